"""From what was measured to the page of agreement (templates/project/agreement.html) and its CSV and JSON.

A measure that is not defined is shown in words; the template has them in the reader's language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import fsum
from typing import Any

from sqlalchemy import Connection

from annotator.actions.disputing import most_disputed
from annotator.actions.measuring import Kept, Measured, Place, measured
from annotator.core.access import Viewer
from annotator.core.agreement import line_for
from annotator.core.agreement_counts import ANY, Counts, levels_of, pool
from annotator.core.values import Article, Project
from annotator.store import articles, progress, projects
from annotator.web import building
from annotator.web.charts import Bar, Heatmap, Shaded, bars, heatmap, shaded
from annotator.web.disputes import Stretches, StretchView, stretch_view
from annotator.web.weeks import Week, weeks

NO_SHARED = "no shared article"
NOBODY = "nobody marked this label"
NOTHING = "nobody marked anything"
NEITHER = "neither marked this label"
NEITHER_ANY = "neither marked anything"
EVERYTHING = "all of the text is marked by all"
UNEVEN = "not the same number of reviewers everywhere"
STACKED = "somebody's own spans overlap"
MOST_DISPUTED = 10


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure: its `text` with two places, or `why` in words where `value` is None.

    What is not quite 1 is never shown as 1.00. `level` is how much it can be relied on (`level_of`).
    """

    value: float | None
    text: str = ""
    why: str = ""
    level: str = ""


def figure(value: float | None, why: str = "") -> Figure:
    """The measure as shown; `why` is kept only where it is not defined."""
    if value is None:
        return Figure(None, why=why)
    shown = min(value, 0.99) if value < 1 else value
    return Figure(value, f"{shown:.2f}".replace("-0.00", "0.00"), level=level_of(value))


def _of_a_hundred(share: float) -> int:
    return 100 if share == 1 else min(round(100 * share), 99)


def level_of(alpha: float) -> str:
    """How much can be concluded from data with that alpha (Krippendorff 2004, 11.4.2)."""
    if alpha <= 0:
        return "none"
    return "reliable" if alpha >= 0.8 else "tentative" if alpha >= 0.667 else "low"


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A label, or any (`name` is `_any`): `kappa` and `f1` are means over the pairs that have one."""

    name: str
    title: str
    alpha: Figure
    fleiss: Figure
    kappa: Figure
    f1: Figure


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two reviewers and the `articles` they share; `kappa` by label, that of any label last."""

    a: str
    b: str
    articles: int
    precision: Figure
    recall: Figure
    f1: Figure
    exact: Figure
    kappa: list[Figure]


@dataclass(frozen=True, slots=True)
class DisputedRow:
    """An article with the lowest mean F1s."""

    id: str
    title: str
    f1: Figure
    reviewers: int
    spans: int


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A week by when articles' last reviews were submitted, as shown."""

    week: Week
    alpha: Figure
    f1: Figure


@dataclass(frozen=True, slots=True)
class Behind:
    """The spans behind one number of the page; `more` says that not all are listed.

    `what` is labels (then those two), or starts or ends (then that bar's name).
    """

    what: str
    labels: tuple[str, str]
    bar: str
    places: list[Place]
    more: bool


@dataclass(frozen=True, slots=True)
class AgreementPage:
    """`measured` articles have two submitted reviews or more, `alone` only one, which says nothing.

    `only_closed`: the viewer is shown closed articles alone. `percent`: the mean F1 of a hundred.
    """

    slug: str
    title: str
    articles: int
    closed: int
    only_closed: bool
    may_look: bool
    measured: int
    alone: int
    reviewers: int
    spans: int
    alpha: Figure
    mean_f1: Figure
    percent: int
    u_alpha: Figure
    labels: list[LabelRow]
    pairs: list[PairRow]
    heatmap: Heatmap
    confusion: list[tuple[str, list[Shaded | None]]]
    extents: int
    alike: int
    bars: list[Bar]
    tied: int
    disputed: list[DisputedRow]
    stretches: list[StretchView]
    weeks: list[WeekRow]
    behind: Behind | None = None
    behind_measure: Stretches | None = None


def agreement_page(
    connection: Connection, viewer: Viewer, slug: str, kept: Kept, behind: Behind | Stretches | None = None
) -> AgreementPage:  # fmt: skip
    """The page, of what the log says the viewer was served. Raises Missing."""
    viewer.require("see agreement", slug)
    project = projects.project(connection, slug)
    there = articles.progress(connection, project)
    found = list(measured(connection, viewer, project, kept))
    shared = [(article, one) for article, one in found if len(one.counts.names) > 1]
    parts = pool(one.counts for _, one in shared)
    names = [label.name for label in project.scheme.labels]
    line = line_for(None, parts, names)
    pairs = _pairs(line, shared)
    met: Counter[tuple[str, str]] = Counter()
    starts: Counter[int] = Counter()
    ends: Counter[int] = Counter()
    for _, one in shared:
        met.update(one.labels)
        starts.update(one.starts)
        ends.update(one.ends)
    return AgreementPage(
        slug=slug, title=project.title, articles=there.articles, closed=there.closed,
        only_closed=not viewer.admin, may_look=viewer.may("adjudicate", slug), measured=len(shared),
        alone=len(found) - len(shared), reviewers=len({name for part in parts for name in part.names}),
        spans=sum(one.spans for _, one in shared),
        alpha=figure(line["alpha"][ANY], _why(parts, ANY)),
        mean_f1=figure(line["mean_f1"], NOTHING if shared else NO_SHARED),
        percent=_of_a_hundred(line["mean_f1"] or 0), u_alpha=figure(line["u_alpha"], _why_no_units(parts)),
        labels=_labels(project, line, parts), pairs=pairs,
        heatmap=heatmap([(pair.a, pair.b, pair.f1.value, pair.f1.text) for pair in pairs]),
        confusion=shaded(met, names), extents=met.total(),
        alike=sum(number for (a, b), number in met.items() if a == b),
        bars=bars(starts, ends), tied=starts.total(), disputed=_disputed(shared),
        stretches=[stretch_view(connection, one) for one in most_disputed(connection, shared, MOST_DISPUTED)],
        weeks=_weeks(shared, progress.last_submitted(connection, project)),
        behind=behind if isinstance(behind, Behind) else None,
        behind_measure=behind if isinstance(behind, Stretches) else None,
    )  # fmt: skip


def _why(parts: Sequence[Counts], label: str, *, fleiss: bool = False) -> str:
    """Why alpha or Fleiss' kappa has no value for the label, should it have none."""
    levels = levels_of(parts, label)
    if not levels:
        return NO_SHARED
    if not any(votes for _, votes in levels):
        return NOTHING if label == ANY else NOBODY
    if all(votes == reviewers for (reviewers, votes), chars in levels.items() if chars):
        return EVERYTHING
    return UNEVEN if fleiss else ""


def _why_no_units(parts: Sequence[Counts]) -> str:
    return STACKED if any(part.stacked for part in parts) else _why(parts, ANY) or EVERYTHING


def _labels(project: Project, line: Mapping[str, Any], parts: Sequence[Counts]) -> list[LabelRow]:
    titles = {label.name: label.title or label.name for label in project.scheme.labels}
    rows = []
    for name in line["alpha"]:
        why = _why(parts, name)
        f1s = [pair["strict"] if name == ANY else pair["strict_by_label"][name] for pair in line["pairs"]]
        rows.append(LabelRow(
            name, titles.get(name, name), figure(line["alpha"][name], why),
            figure(line["fleiss"][name], _why(parts, name, fleiss=True)),
            figure(_mean(pair["kappa"][name] for pair in line["pairs"]), why or EVERYTHING),
            figure(_mean(score[2] if score else None for score in f1s), why),
        ))  # fmt: skip
    return rows


def _mean(values: Iterable[float | None]) -> float | None:
    defined = [value for value in values if value is not None]
    return fsum(defined) / len(defined) if defined else None


def _pairs(line: Mapping[str, Any], shared: Iterable[tuple[Article, Measured]]) -> list[PairRow]:
    together = Counter(pair for _, one in shared for pair in combinations(one.counts.names, 2))
    rows = []
    for pair in line["pairs"]:
        number = together[pair["a"], pair["b"]]
        scores = [
            [figure(one, NEITHER_ANY if number else NO_SHARED) for one in pair[kind] or (None, None, None)]
            for kind in ("strict", "exact")
        ]
        kappas = [figure(kappa, _why_no_kappa(pair, label, number)) for label, kappa in pair["kappa"].items()]
        rows.append(PairRow(pair["a"], pair["b"], number, *scores[0], scores[1][2], kappas))
    return rows


def _why_no_kappa(pair: Mapping[str, Any], label: str, together: int) -> str:
    if not together:
        return NO_SHARED
    if label == ANY:
        return EVERYTHING if pair["strict"] else NEITHER_ANY
    return EVERYTHING if pair["strict_by_label"][label] else NEITHER


def _disputed(shared: Iterable[tuple[Article, Measured]]) -> list[DisputedRow]:
    """Lowest mean F1 first; articles on which all agree are none."""
    scored = [
        (one.mean_f1, article.position, article, one)
        for article, one in shared if one.mean_f1 is not None and one.mean_f1 < 1
    ]  # fmt: skip
    return [
        DisputedRow(article.id, building.title_of(article), figure(f1), len(one.counts.names), one.spans)
        for f1, _, article, one in sorted(scored)[:MOST_DISPUTED]
    ]


def _weeks(shared: Iterable[tuple[Article, Measured]], submitted: Mapping[str, str]) -> list[WeekRow]:
    found = weeks(((article.id, one.counts) for article, one in shared), submitted)
    return [WeekRow(week, figure(week.alpha, NOTHING), figure(week.mean_f1, NOTHING)) for week in found]


# -- as a table and as JSON

COLUMNS = ("section", "a", "b", "label", "measure", "value", "why")
Row = tuple[str, str, str, str, str, float | int | None, str]


def rows(page: AgreementPage) -> Iterator[Row]:
    """All that the page shows, a number a row: one shape for CSV and JSON."""
    for name in ("articles", "closed", "measured", "alone", "reviewers", "spans"):
        yield "project", "", "", "", name, getattr(page, name), ""
    for name in ("alpha", "mean_f1", "u_alpha"):
        yield _row("project", name, getattr(page, name), label=ANY if name == "alpha" else "")
    for label in page.labels:
        for name in ("alpha", "fleiss", "kappa", "f1"):
            yield _row("label", name, getattr(label, name), label=label.name)
    for pair in page.pairs:
        yield "pair", pair.a, pair.b, "", "articles", pair.articles, ""
        for name in ("precision", "recall", "f1", "exact"):
            yield _row("pair", name, getattr(pair, name), pair.a, pair.b)
        for label, kappa in zip(page.labels, pair.kappa, strict=True):
            yield _row("pair", "kappa", kappa, pair.a, pair.b, label.name)
    for first, cells in page.confusion:
        for cell in filter(None, cells):
            yield "same extent", first, cell.label, "", "pairs", cell.number, ""
    for bar in page.bars:
        yield "boundaries", bar.name, "", "", "starts", bar.starts, ""
        yield "boundaries", bar.name, "", "", "ends", bar.ends, ""
    for row in page.weeks:
        yield "week", row.week.name, "", "", "articles", row.week.articles, ""
        yield _row("week", "alpha", row.alpha, row.week.name)
        yield _row("week", "mean_f1", row.f1, row.week.name)
    for article in page.disputed:
        yield _row("article", "mean_f1", article.f1, article.id, article.title)
    for view in page.stretches:
        where = f"{view.start}-{view.end}"
        yield "stretch", view.article, where, "", "pairs", view.pairs, ""
        yield "stretch", view.article, where, "", "differing", view.differing, ""
        for name, marks in view.by:
            for mark in marks:
                yield "stretch span", view.article, name, mark.label, "start", mark.start, ""
                yield "stretch span", view.article, name, mark.label, "end", mark.end, ""
    for place in page.behind.places if page.behind else ():
        for name, label, (start, end) in ((place.a, place.label_a, place.of_a), (place.b, place.label_b, place.of_b)):
            yield "place", place.article.id, name, label, "start", start, ""
            yield "place", place.article.id, name, label, "end", end, ""


def _row(section: str, measure: str, one: Figure, a: str = "", b: str = "", label: str = "") -> Row:
    return section, a, b, label, measure, one.value, one.why
