"""From counts to the board of a project (templates/project/_progress.html): what is drawn, and the same as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from annotator.actions.boarding import Kept, Overview, overview, own, present_day
from annotator.core.access import Viewer
from annotator.core.pace import Forecast, forecast, window
from annotator.core.scheme import Scheme
from annotator.store import progress, projects

WIDTH = 336  # of all drawings, in units of their SVG: one is about a pixel on a phone
COLUMN = WIDTH // 14
TALL = 96
LINE = 30
NAMES = 110


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the bar of states, from `x` on, `width` wide."""

    name: str
    number: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Column:
    """What was submitted on a day; `height` is 0 where nothing was."""

    day: date
    number: int
    x: int
    height: int


@dataclass(frozen=True, slots=True)
class LabelBar:
    """How many spans have a label; `length` is to draw."""

    name: str
    title: str
    number: int
    y: int
    length: int


@dataclass(frozen=True, slots=True)
class ReviewerRow:
    """A reviewer's reviews by state, and those submitted on each day of the window."""

    name: str
    open: int
    submitted: int
    recent: int
    days: list[int]
    heights: list[int]


@dataclass(frozen=True, slots=True)
class BoardView:
    """`own`: all of it is the viewer's own work. `named`: whether reviewers are listed by name.

    `gold`: the labels counted are those of the gold of closed articles, else of the viewer's own spans.
    """

    own: bool
    states: list[Part]
    days: list[date]
    columns: list[Column]
    forecast: Forecast
    missing: int
    recent: int
    labels: list[LabelBar]
    reviewers: list[ReviewerRow] = field(default_factory=list)


def board_view(connection: Connection, viewer: Viewer, slug: str, kept: Kept) -> tuple[BoardView, int]:
    """The board that the viewer may see: the project's for who manages or adjudicates it, else their own work's.

    With it, how many articles are ready to adjudicate: 0 for who is not told.
    """
    viewer.require("see project", slug)
    project = projects.project(connection, slug)
    today = present_day()
    manages = viewer.may("manage project", slug)
    if manages or viewer.may("adjudicate", slug):
        found = overview(connection, viewer, project, today)
        named = manages or not project.hide_names
        return _of_project(found, project.scheme, today, named=named), found.counts.ready
    mine = own(connection, viewer, project, kept, today)
    counts = mine.reviews.states.get(viewer.name, Counter())
    states = [("submitted", counts["submitted"]), ("begun", counts["in_progress"]),
              ("not started", counts["assigned"])]  # fmt: skip
    missing = counts["in_progress"] + counts["assigned"]
    return _view(states, mine.reviews, missing, mine.labels, project.scheme, today, own=True), 0


def _of_project(found: Overview, scheme: Scheme, today: date, *, named: bool) -> BoardView:
    counts = found.counts
    waiting = counts.articles - counts.begun - counts.ready - counts.closed
    states = [("closed", counts.closed), ("ready to adjudicate", counts.ready), ("begun", counts.begun),
              ("not started", waiting)]  # fmt: skip
    reviewers = _reviewers(found.reviews, window(today)) if named else []
    return _view(states, found.reviews, counts.missing, found.labels, scheme, today, own=False, reviewers=reviewers)


def _view(
    states: Sequence[tuple[str, int]], reviews: progress.Reviews, missing: int, labels: Mapping[str, int],
    scheme: Scheme, today: date, *, own: bool, reviewers: list[ReviewerRow] | None = None,
) -> BoardView:  # fmt: skip
    shown = window(today)
    by_day: Counter[str] = Counter()
    for (_, day), number in reviews.days.items():
        by_day[day] += number
    columns = _columns(shown, by_day)
    recent = sum(column.number for column in columns)
    return BoardView(
        own, parts(states), shown, columns, forecast(missing, recent, today), missing, recent,
        label_bars(labels, scheme), reviewers or [],
    )  # fmt: skip


def parts(states: Iterable[tuple[str, int]]) -> list[Part]:
    """One bar `WIDTH` wide, shared out by number; a part that is not empty can always be seen."""
    listed = list(states)
    total = sum(number for _, number in listed)
    widths = [max(2.0, WIDTH * number / total) if number else 0.0 for _, number in listed]
    scale = WIDTH / sum(widths) if total else 0.0
    found, x = [], 0.0
    for (name, number), width in zip(listed, widths, strict=True):
        found.append(Part(name, number, round(x, 2), round(width * scale, 2)))
        x += width * scale
    return found


def _columns(days: Sequence[date], by_day: Mapping[str, int]) -> list[Column]:
    numbers = [by_day.get(day.isoformat(), 0) for day in days]
    heights = _heights(numbers, TALL)
    return [
        Column(day, number, place * COLUMN, height)
        for place, (day, number, height) in enumerate(zip(days, numbers, heights, strict=True))
    ]


def _heights(numbers: Sequence[int], tall: int) -> list[int]:
    most = max(numbers, default=0)
    return [max(2, round(tall * number / most)) if number else 0 for number in numbers]


def label_bars(counts: Mapping[str, int], scheme: Scheme) -> list[LabelBar]:
    """A bar a label in the scheme's order; retired ones only where they are met."""
    listed = [label for label in scheme.labels if not label.retired or counts.get(label.name)]
    most = max((counts.get(label.name, 0) for label in listed), default=0)
    return [
        LabelBar(
            label.name, label.title or label.name, counts.get(label.name, 0), place * LINE,
            round((WIDTH - NAMES - 50) * counts.get(label.name, 0) / most) if most else 0,
        )
        for place, label in enumerate(listed)
    ]  # fmt: skip


def _reviewers(reviews: progress.Reviews, shown: Sequence[date]) -> list[ReviewerRow]:
    rows = []
    for name, states in sorted(reviews.states.items()):
        numbers = [reviews.days[name, day.isoformat()] for day in shown]
        rows.append(ReviewerRow(
            name, states["assigned"] + states["in_progress"], states["submitted"], sum(numbers),
            numbers, _heights(numbers, 20),
        ))  # fmt: skip
    return rows
