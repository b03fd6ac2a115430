"""Measuring how far a project's reviewers agree: article by article, each read once and kept while it stays."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import nlargest
from threading import Lock
from typing import Any, Literal

from sqlalchemy import Connection

from annotator.actions.adjudicating import serve
from annotator.actions.exporting import SERVED_AT_ONCE
from annotator.core.access import Viewer
from annotator.core.agreement import line_for, mean_f1
from annotator.core.agreement_counts import Counts, Mark, count, pool
from annotator.core.agreement_details import (
    SameExtent,
    TiedSpans,
    boundary_differences,
    confusion,
    same_extents,
    tied_spans,
)
from annotator.core.spans import Span
from annotator.core.stretches import Stretch, disputed
from annotator.core.values import Article, Project
from annotator.store import exported, projects, visible
from annotator.store.db import Database

AT_ONCE = 200
KEPT = 20_000
MOST_OF_ONE = 3  # stretches of one article among the most disputed
Edge = Literal["starts", "ends"]


@dataclass(frozen=True, slots=True)
class Measured:
    """What is counted on one article's submitted reviews.

    `labels` counts the pairs of labels at the same extent, `starts` and `ends` the differences of
    boundaries (`agreement_details`), `spans` all spans. `mean_f1` is that of the contract, and
    `disputed` has the most disputed stretches.
    """

    counts: Counts
    labels: Counter[tuple[str, str]]
    starts: Counter[int]
    ends: Counter[int]
    spans: int
    mean_f1: float | None
    disputed: tuple[Stretch, ...]


class Kept:
    """What was measured, by article, as long as the same reviews are in: the least used of `limit` goes first."""

    def __init__(self, limit: int = KEPT) -> None:
        self._limit = limit
        self._found: OrderedDict[str, tuple[str, Measured]] = OrderedDict()
        self._turn = Lock()

    def get(self, one: exported.Submitted) -> Measured | None:
        """What was measured on these very reviews of the article, if it is still here."""
        with self._turn:
            stamp, measured = self._found.get(one.article.id, ("", None))
            if measured is None or stamp != one.stamp:
                return None
            self._found.move_to_end(one.article.id)
            return measured

    def put(self, one: exported.Submitted, measured: Measured) -> None:
        """Keeps it in place of what was measured on other reviews of the article."""
        with self._turn:
            self._found[one.article.id] = (one.stamp, measured)
            self._found.move_to_end(one.article.id)
            if len(self._found) > self._limit:
                self._found.popitem(last=False)


def measured(
    connection: Connection, viewer: Viewer | None, project: Project, kept: Kept
) -> Iterator[tuple[Article, Measured]]:  # fmt: skip
    """The project's articles that have a submitted review which may be shown, in order, streamed.

    Who is not an admin gets closed articles only, and everyone those that the log says were served (see
    `serve_all`); None is the command line. Raises Missing for who may not see agreement.
    """
    there = exported.submitted(connection, viewer, project)
    if viewer is not None:
        served = visible.all_served(connection, viewer, project.slug)
        there = [one for one in there if one.article.id in served]
    for start in range(0, len(there), AT_ONCE):
        batch = there[start : start + AT_ONCE]
        known = {one.article.id: kept.get(one) for one in batch}
        missing = [one.article.id for one in batch if known[one.article.id] is None]
        fresh = {
            item.article.id: measure(item.article, layers_of(item))
            for item in exported.exported(connection, viewer, project, gold=False, reviews=True, only=missing)
        } if missing else {}  # fmt: skip
        for one in batch:
            found = known[one.article.id]
            if found is None:
                found = fresh[one.article.id]
                kept.put(one, found)
            yield one.article, found


def marks(layers: Mapping[str, Iterable[Span]]) -> dict[str, list[Mark]]:
    """The layers' spans as what is measured of them."""
    return {name: [(span.start, span.end, span.label) for span in spans] for name, spans in layers.items()}


def layers_of(item: exported.Exported) -> dict[str, list[Mark]]:
    """Each reviewer's spans of the article, as what is measured of them."""
    return marks({review.reviewer or "": review.spans for review in item.reviews})


def measure(article: Article, layers: dict[str, list[Mark]]) -> Measured:
    """What is counted on these reviews of the article."""
    counts = count(article.length, layers)
    starts, ends = boundary_differences(tied_spans(layers))
    return Measured(
        counts, confusion(same_extents(layers)), starts, ends, sum(map(len, layers.values())), mean_f1([counts]),
        tuple(nlargest(MOST_OF_ONE, disputed(layers), key=lambda one: one.rank)),
    )  # fmt: skip


def lines(connection: Connection, viewer: Viewer | None, project: Project, kept: Kept) -> Iterator[dict[str, Any]]:
    """The lines of contract section 7: one an article, and at the end that of the whole project (id null)."""
    labels = [label.name for label in project.scheme.labels]
    pooled: list[Counts] = []
    behind: list[Counts] = []
    for article, one in measured(connection, viewer, project, kept):
        behind.append(one.counts)
        if len(behind) == AT_ONCE:
            pooled, behind = pool([*pooled, *behind]), []
        yield line_for(article.id, [one.counts], labels)
    yield line_for(None, pool([*pooled, *behind]), labels)


@dataclass(frozen=True, slots=True)
class Place:
    """Two reviewers' spans behind a number: which label, where (start, end), and the words there."""

    article: Article
    a: str
    b: str
    label_a: str
    label_b: str
    of_a: tuple[int, int]
    of_b: tuple[int, int]
    text_a: str
    text_b: str


def places_of_labels(
    connection: Connection, viewer: Viewer, project: Project, kept: Kept, labels: tuple[str, str]
) -> Iterator[Place]:  # fmt: skip
    """Where two reviewers gave the same stretch these two labels (in either order), in order, streamed."""
    wanted = (min(labels), max(labels))
    chosen = [a.id for a, one in measured(connection, viewer, project, kept) if wanted in one.labels]
    for item in _read(connection, viewer, project, chosen):
        for pair in same_extents(layers_of(item)):
            if (min(pair.label_a, pair.label_b), max(pair.label_a, pair.label_b)) == wanted:
                yield _same(item, pair)


def places_of_difference(
    connection: Connection, viewer: Viewer, project: Project, kept: Kept, *, edge: Edge, least: int,
    most: int | None,
) -> Iterator[Place]:  # fmt: skip
    """Where two reviewers' spans of one label overlap and start or end `least` to `most` characters apart."""

    def within(difference: int) -> bool:
        return least <= abs(difference) and (most is None or abs(difference) <= most)

    chosen = [
        a.id for a, one in measured(connection, viewer, project, kept)
        if any(map(within, one.starts if edge == "starts" else one.ends))
    ]  # fmt: skip
    for item in _read(connection, viewer, project, chosen):
        for pair in tied_spans(layers_of(item)):
            if within(pair.start_difference if edge == "starts" else pair.end_difference):
                yield _tied(item, pair)


def _read(
    connection: Connection, viewer: Viewer, project: Project, chosen: list[str]
) -> Iterator[exported.Exported]:  # fmt: skip
    for start in range(0, len(chosen), AT_ONCE):
        only = chosen[start : start + AT_ONCE]
        yield from exported.exported(connection, viewer, project, gold=False, reviews=True, only=only)


def _same(item: exported.Exported, pair: SameExtent) -> Place:
    extent, words = (pair.start, pair.end), item.text[pair.start : pair.end]
    return Place(item.article, pair.a, pair.b, pair.label_a, pair.label_b, extent, extent, words, words)


def _tied(item: exported.Exported, pair: TiedSpans) -> Place:
    words = [item.text[start:end] for start, end in (pair.of_a, pair.of_b)]
    return Place(item.article, pair.a, pair.b, pair.label, pair.label, pair.of_a, pair.of_b, *words)


def serve_all(db: Database, viewer: Viewer, slug: str) -> None:
    """Writes into the log that the viewer is served what agreement tells of others' spans, before it is.

    Raises Missing for who may not see it.
    """
    viewer.require("see agreement", slug)
    with db.read() as connection:
        project = projects.project(connection, slug)
        known = visible.all_served(connection, viewer, slug)
        there = exported.submitted(connection, viewer, project)
    fresh = [one.article.id for one in there if one.article.id not in known]
    for start in range(0, len(fresh), SERVED_AT_ONCE):
        serve(db, viewer, slug, fresh[start : start + SERVED_AT_ONCE], "review")
