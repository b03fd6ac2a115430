"""Measuring reviewers against the gold, and telling them after training what differed from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection

from annotator.actions.adjudicating import serve
from annotator.actions.exporting import SERVED_AT_ONCE
from annotator.actions.measuring import AT_ONCE
from annotator.core.access import Viewer
from annotator.core.agreement_counts import Mark
from annotator.core.assign import PURPOSES
from annotator.core.quality import Difference, Record, compare, differences, relaxed, strict, week_of
from annotator.core.spans import Span
from annotator.core.values import Article, Project
from annotator.errors import Conflict, Missing
from annotator.store import articles, assignment, exported, projects, visible
from annotator.store.db import Database

ORDINARY: Final = "review"
UNDEFINED: Final = (None, None, None)
COLUMNS: Final = (
    "reviewer", "purpose", "week", "label", "articles", "same", "gold", "marked", "both", "precision", "recall",
    "f1", "relaxed_precision", "relaxed_recall", "relaxed_f1",
)  # fmt: skip
Row = tuple[str | int | float | None, ...]


@dataclass(slots=True)
class Accuracy:
    """One reviewer against the gold: by what the review was for (training, check, review), and by week.

    A `review` is one that the gold was made from; it says less than a check, as it had a part in the gold.
    """

    name: str
    by_purpose: dict[str, Record] = field(default_factory=dict)
    by_week: dict[str, dict[str, Record]] = field(default_factory=dict)

    def add(self, purpose: str, at: str, mine: Iterable[Mark], gold: Iterable[Mark]) -> None:
        """Counts one review."""
        tallies = compare(mine, gold)
        self.by_purpose.setdefault(purpose, Record()).add(tallies)
        self.by_week.setdefault(week_of(at), {}).setdefault(purpose, Record()).add(tallies)


def accuracies(connection: Connection, viewer: Viewer | None, project: Project) -> list[Accuracy]:
    """Every reviewer who has a submitted review of an article with gold in force, by name.

    Raises Missing unless the viewer manages the project; None is the command line. What is read has to be
    served first (`serve_all`).
    """
    if viewer is not None:
        viewer.require("manage project", project.slug)
    served = None if viewer is None else visible.all_served(connection, viewer, project.slug)
    chosen = [
        one for one in assignment.measurable(connection, project.slug)
        if served is None or one in served
    ]  # fmt: skip
    found: dict[str, Accuracy] = {}
    for start in range(0, len(chosen), AT_ONCE):
        only = chosen[start : start + AT_ONCE]
        for item in exported.exported(connection, viewer, project, gold=True, reviews=True, only=only, measured=True):
            _measure(item, found)
    return [found[name] for name in sorted(found)]


def _measure(item: exported.Exported, found: dict[str, Accuracy]) -> None:
    assert item.gold is not None
    gold = _marks(item.gold.spans)
    for review in item.reviews:
        name = review.reviewer or ""
        one = found.setdefault(name, Accuracy(name))
        one.add(review.purpose or ORDINARY, review.at, _marks(review.spans), gold)


def _marks(spans: Iterable[Span]) -> list[Mark]:
    return [(span.start, span.end, span.label) for span in spans]


def rows(found: Iterable[Accuracy]) -> Iterator[Row]:
    """A row for each reviewer, kind of review, week (empty: all of them) and label (`_any`: all labels)."""
    for one in found:
        for kind in (*PURPOSES, ORDINARY):
            if kind in one.by_purpose:
                yield from _rows(one.name, kind, "", one.by_purpose[kind])
        for week, kinds in sorted(one.by_week.items()):
            for kind in (*PURPOSES, ORDINARY):
                if kind in kinds:
                    yield from _rows(one.name, kind, week, kinds[kind])


def _rows(name: str, kind: str, week: str, record: Record) -> Iterator[Row]:
    for label, tally in sorted(record.labels.items()):
        measures = [value for one in (strict(tally), relaxed(tally)) for value in one or UNDEFINED]
        yield (name, kind, week, label, record.articles, record.same, tally.gold, tally.mine, tally.both, *measures)


def figures(connection: Connection, viewer: Viewer | None, project: Project) -> list[dict[str, Any]]:
    """The rows as objects."""
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows(accuracies(connection, viewer, project))]


def serve_all(db: Database, viewer: Viewer, slug: str) -> None:
    """Writes into the log that the viewer is served what accuracy tells of spans and gold, before it is."""
    viewer.require("manage project", slug)
    with db.read() as connection:
        projects.project(connection, slug)
        known = visible.all_served(connection, viewer, slug)
        fresh = [one for one in assignment.measurable(connection, slug) if one not in known]
    for start in range(0, len(fresh), SERVED_AT_ONCE):
        serve(db, viewer, slug, fresh[start : start + SERVED_AT_ONCE], "gold")


@dataclass(frozen=True, slots=True)
class Feedback:
    """What differed from the gold in a training that is submitted. `same` marks are as in the gold."""

    article: Article
    text: str
    mine: list[Span]
    gold: list[Span]
    differences: list[Difference]
    same: int


def feedback(db: Database, viewer: Viewer, article_id: str) -> Feedback:
    """The viewer's training against the gold, once the log has it that they are served it.

    Raises Missing for an article that is no training of theirs, Conflict before it is submitted or while its gold is
    being changed.
    """
    with db.read() as connection:
        article = _training(connection, viewer, article_id)
    serve(db, viewer, article.project, [article_id], "gold")
    with db.read() as connection:
        article = _training(connection, viewer, article_id)
        review = visible.my_review(connection, viewer, article_id)
        mine = visible.my_spans(connection, viewer, review)
        gold = visible.gold_of_training(connection, viewer, article)
        text = articles.text(connection, article_id)
    found = differences(_marks(mine), _marks(gold))
    return Feedback(article, text, mine, gold, found, len(set(_marks(mine)) & set(_marks(gold))))


def _training(connection: Connection, viewer: Viewer, article_id: str) -> Article:
    article = articles.article(connection, article_id)
    viewer.require("read article", article.project)
    review = visible.my_review(connection, viewer, article_id)
    if review is None or review.purpose != "training":
        raise Missing(visible.NOT_YOURS)
    if review.state != "submitted":
        raise Conflict("Submit this training first; then you see what differs from the gold.")
    if not exported.has_gold(article):
        raise Conflict("The gold of this article is being changed; look again once it is closed.")
    return article
