"""What a board shows of a whole project, counted anew only once something happened that it depends on."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any

from sqlalchemy import Connection

from annotator.core.access import Viewer
from annotator.core.pace import window
from annotator.core.values import Project
from annotator.store import articles, journal, progress, visible
from annotator.store.ids import now

KEPT = 500
# Nothing that is counted over the whole project depends on these, and they are most of the log.
WITHOUT_EFFECT = (
    "span.", "spans.", "relation.", "decision.", "block.", "problem.", "invitation.", "suggestions.",
    "export.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Overview:
    """A project's progress. `labels` counts the gold of closed articles."""

    counts: articles.Progress
    reviews: progress.Reviews
    labels: dict[str, int]


@dataclass(frozen=True, slots=True)
class Own:
    """What one person did: their reviews, and their spans by label."""

    reviews: progress.Reviews
    labels: dict[str, int]


class Kept:
    """Results by what they are of, each with the day and the place in the log it was counted at."""

    def __init__(self, limit: int = KEPT) -> None:
        self._limit = limit
        self._found: OrderedDict[tuple[str, ...], tuple[date, int, Any]] = OrderedDict()
        self._turn = Lock()

    def get(self, key: tuple[str, ...], today: date) -> tuple[int, Any] | None:
        """The place in the log and the result, if it is of today."""
        with self._turn:
            found = self._found.get(key)
            return found[1:] if found is not None and found[0] == today else None

    def put(self, key: tuple[str, ...], today: date, seq: int, value: Any) -> None:
        """Keeps a result, or moves one on to a later place in the log."""
        with self._turn:
            self._found[key] = (today, seq, value)
            self._found.move_to_end(key)
            if len(self._found) > self._limit:
                self._found.popitem(last=False)


def present_day() -> date:
    """Today in UTC, by which all days are counted."""
    return date.fromisoformat(now()[:10])


def overview(connection: Connection, viewer: Viewer, project: Project, kept: Kept, today: date) -> Overview:
    """The progress of the project; for whom `core.access` lets see it. Raises Missing for others."""
    if not viewer.may("manage project", project.slug):
        viewer.require("adjudicate", project.slug)

    def counted() -> Overview:
        since = window(today)[0].isoformat()
        return Overview(
            articles.progress(connection, project),
            progress.reviews(connection, project, since), visible.gold_labels(connection, viewer, project.slug),
        )  # fmt: skip

    def moved(seq: int) -> bool:
        return journal.happened(connection, seq, project=project.slug, without=WITHOUT_EFFECT)

    found: Overview = _kept(connection, kept, ("project", project.slug), today, moved, counted)
    return found


def own(connection: Connection, viewer: Viewer, project: Project, kept: Kept, today: date) -> Own:
    """The viewer's own work in the project, and nothing of anyone else's."""

    def counted() -> Own:
        since, name = window(today)[0].isoformat(), viewer.name
        return Own(
            progress.reviews(connection, project, since, only=name), visible.my_labels(connection, viewer, project.slug)
        )

    def moved(seq: int) -> bool:
        mine = journal.happened(connection, seq, actor=viewer.name)
        return mine or journal.happened(connection, seq, project=project.slug, only=["review.loaded"])

    found: Own = _kept(connection, kept, ("own", project.slug, viewer.name), today, moved, counted)
    return found


def _kept(
    connection: Connection, kept: Kept, key: tuple[str, ...], today: date, moved: Callable[[int], bool],
    counted: Callable[[], Any],
) -> Any:  # fmt: skip
    before = kept.get(key, today)
    seq = journal.last_seq(connection)
    stands = before is not None and before[0] <= seq and not moved(before[0])
    value = before[1] if before is not None and stands else counted()
    kept.put(key, today, seq, value)
    return value
