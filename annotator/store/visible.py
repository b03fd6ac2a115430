"""The only reader of spans. Every query takes the one who asks, so blindness is decided here alone.

A reviewer reads what is their own. Others' spans and gold are read by those whom `core.access` lets
adjudicate, see agreement or export, and only once the log says that they were served them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, bindparam, func, literal, or_, select

from annotator.core.access import Viewer
from annotator.core.decisions import Decision
from annotator.core.events import Entry
from annotator.core.links import LinkDecision
from annotator.core.spans import Span, order
from annotator.core.values import Article, Relation, Review
from annotator.errors import Missing
from annotator.store import tables as t
from annotator.store import tallies
from annotator.store.journal import entry_of
from annotator.store.needs import counts

NOT_YOURS = "There is no such span, or it is not yours."
_review_columns = (
    t.Review.id, t.Review.article, t.Review.reviewer, t.Review.state, t.Review.scheme_version, t.Review.submitted_at,
    t.Review.purpose,
)  # fmt: skip
_span_columns = (
    t.Span.id, t.Span.start_at, t.Span.end_at, t.Span.label, t.Span.note, t.Span.attributes, t.Span.version,
    t.Span.changed_at,
)  # fmt: skip
_relation_columns = (t.Relation.id, t.Relation.type, t.Relation.source, t.Relation.target)
_STEPS = ("span.added", "span.changed", "span.deleted", "relation.added", "relation.deleted")

# Built once: putting a statement together costs more than running it.
_mine = t.Review.reviewer == bindparam("name")
_my_review = select(*_review_columns).where(t.Review.article == bindparam("article"), _mine)
_my_spans = (
    select(*_span_columns)
    .join(t.Review, t.Review.id == t.Span.review)
    .where(t.Span.review == bindparam("review"), _mine)
)
_my_relations = (
    select(*_relation_columns)
    .join(t.Review, t.Review.id == t.Relation.review)
    .where(t.Relation.review == bindparam("review"), _mine)
    .order_by(t.Relation.id)
)
_my_span_at = select(*_span_columns).where(
    t.Span.review == bindparam("review"),
    t.Span.start_at == bindparam("start"),
    t.Span.end_at == bindparam("end"),
    t.Span.label == bindparam("label"),
)
_my_span_counts = (
    select(t.Review.article, func.count())
    .join(t.Span, t.Span.review == t.Review.id)
    .join(t.Article, t.Article.id == t.Review.article)
    .where(_mine, t.Article.project == bindparam("project"))
    .group_by(t.Review.article)
)
_my_steps = (
    select(t.LogEntry)
    .where(
        t.LogEntry.review == bindparam("review"),
        t.LogEntry.actor == bindparam("name"),
        t.LogEntry.action.in_(_STEPS),
    )
    .order_by(t.LogEntry.seq.desc())
    .execution_options(yield_per=50)
)


def _span(row: Any, by: str) -> Span:
    return Span(
        id=row.id, start=row.start_at, end=row.end_at, label=row.label, note=row.note,
        attributes=msgspec.json.decode(row.attributes) if row.attributes != "{}" else {}, version=row.version,
        by=by, at=row.changed_at,
    )  # fmt: skip


# -- one's own


def my_review(connection: Connection, viewer: Viewer, article_id: str) -> Review | None:
    """The viewer's review of the article, if there is one."""
    row: Any = connection.execute(_my_review, {"article": article_id, "name": viewer.name}).first()
    return Review(*row) if row else None


def my_spans(connection: Connection, viewer: Viewer, review: Review | None) -> list[Span]:
    """The spans of the viewer's own review, in order; none without a review."""
    if review is None:
        return []
    rows = connection.execute(_my_spans, {"review": review.id, "name": viewer.name})
    return sorted((_span(row, viewer.name) for row in rows), key=order)


def my_relations(connection: Connection, viewer: Viewer, review: Review | None) -> list[Relation]:
    """The relations of the viewer's own review, by id."""
    if review is None:
        return []
    return [Relation(*row) for row in connection.execute(_my_relations, {"review": review.id, "name": viewer.name})]


def my_span(connection: Connection, viewer: Viewer, span_id: str) -> tuple[Span, Review]:
    """A span of the viewer's own with its review; raises Missing for any other."""
    query = (
        select(*_span_columns, *(column.label(f"review_{column.key}") for column in _review_columns))
        .join(t.Review, t.Review.id == t.Span.review)
        .where(t.Span.id == span_id, t.Review.reviewer == viewer.name)
    )
    row: Any = connection.execute(query).first()
    if row is None:
        raise Missing(NOT_YOURS, where="span")
    return _span(row, viewer.name), Review(*row[len(_span_columns) :])


def my_span_at(connection: Connection, review: Review, start: int, end: int, label: str) -> Span | None:
    """The span that already stands at exactly that place with that label in the review."""
    place = {"review": review.id, "start": start, "end": end, "label": label}
    row = connection.execute(_my_span_at, place).first()
    return _span(row, review.reviewer) if row else None


def my_span_count(connection: Connection, review: Review) -> int:
    """How many spans the review has."""
    return connection.execute(
        select(func.count()).select_from(t.Span).where(t.Span.review == review.id)
    ).scalar_one()  # fmt: skip


def my_span_counts(connection: Connection, viewer: Viewer, project: str) -> dict[str, int]:
    """How many spans the viewer has in each article of the project where there are any."""
    rows = connection.execute(_my_span_counts, {"name": viewer.name, "project": project})
    return {row[0]: row[1] for row in rows}


def my_relation(connection: Connection, viewer: Viewer, relation_id: str) -> tuple[Relation, Review]:
    """A relation of the viewer's own with its review; raises Missing for any other."""
    query = (
        select(*_relation_columns, *(column.label(f"review_{column.key}") for column in _review_columns))
        .join(t.Review, t.Review.id == t.Relation.review)
        .where(t.Relation.id == relation_id, t.Review.reviewer == viewer.name)
    )
    row: Any = connection.execute(query).first()
    if row is None:
        raise Missing("There is no such relation, or it is not yours.", where="relation")
    return Relation(*row[:4]), Review(*row[4:])


def relations_at(connection: Connection, review: Review, span_id: str) -> list[Relation]:
    """The review's relations that begin or end at that span, by id."""
    query = select(*_relation_columns).where(
        t.Relation.review == review.id, or_(t.Relation.source == span_id, t.Relation.target == span_id)
    )
    return [Relation(*row) for row in connection.execute(query.order_by(t.Relation.id))]


def my_steps(connection: Connection, viewer: Viewer, review: Review) -> Iterator[Entry]:
    """What was done in the viewer's own review to spans and relations, newest first, streamed."""
    with connection.execute(_my_steps, {"review": review.id, "name": viewer.name}) as rows:
        for row in rows:
            yield entry_of(row)


# -- others'


def was_served(connection: Connection, viewer: Viewer, article_id: str) -> bool:
    """Whether the log has it that this person was once served others' spans or the gold of the article."""
    query = select(t.Served.name).where(t.Served.article == article_id, t.Served.name == viewer.name)
    return connection.execute(query).first() is not None


def all_served(connection: Connection, viewer: Viewer, project: str) -> set[str]:
    """The articles of the project that `was_served` says yes to."""
    query = select(t.Served.article).join(t.Article, t.Article.id == t.Served.article)
    return set(connection.execute(query.where(t.Article.project == project, t.Served.name == viewer.name)).scalars())


def layers(connection: Connection, viewer: Viewer, article: Article) -> dict[str, list[Span]]:
    """The submitted reviews of an article: every reviewer's spans in order, reviewers by name.

    Reviews for training and checks are measured against the gold, and are no part of it.
    Raises Missing unless the viewer may adjudicate the project and the log has it that they are served.
    """
    viewer.require("adjudicate", article.project)
    if not was_served(connection, viewer, article.id):
        raise Missing(NOT_YOURS)
    reviewers = connection.execute(
        select(t.Review.reviewer).where(t.Review.article == article.id, counts).order_by(t.Review.reviewer)
    ).scalars()
    found: dict[str, list[Span]] = {name: [] for name in reviewers}
    query = (
        select(*_span_columns, t.Review.reviewer)
        .join(t.Review, t.Review.id == t.Span.review)
        .where(t.Review.article == article.id, counts)
    )
    for row in connection.execute(query):
        found[row.reviewer].append(_span(row, row.reviewer))
    for spans in found.values():
        spans.sort(key=order)
    return found


def relations_of_layers(connection: Connection, viewer: Viewer, article: Article) -> list[Relation]:
    """The relations of the article's submitted reviews, by id; for whom `layers` answers."""
    viewer.require("adjudicate", article.project)
    query = (
        select(*_relation_columns)
        .join(t.Review, t.Review.id == t.Relation.review)
        .where(t.Review.article == article.id, counts)
        .order_by(t.Relation.id)
    )
    return [Relation(*row) for row in connection.execute(query)]


def decisions(connection: Connection, viewer: Viewer, article: Article) -> dict[str, Decision]:
    """What was decided on the article, by group id; for whom `layers` answers."""
    viewer.require("adjudicate", article.project)
    query = select(t.Decision).where(t.Decision.article == article.id).order_by(t.Decision.decided_at)
    return {
        row.group_id: Decision(
            row.group_id, row.action, tuple(msgspec.json.decode(row.variants)),
            tuple((start, end, label) for start, end, label in msgspec.json.decode(row.spans)),
            row.reason, row.decided_by, row.decided_at, tuple(msgspec.json.decode(row.attributes)),
            tuple((start, end, label) for start, end, label in msgspec.json.decode(row.was)),
        )
        for row in connection.execute(query)
    }  # fmt: skip


def link_decisions(connection: Connection, viewer: Viewer, article: Article) -> list[LinkDecision]:
    """What was decided on relations of the article, oldest first; for whom `layers` answers."""
    viewer.require("adjudicate", article.project)
    query = select(t.LinkDecision).where(t.LinkDecision.article == article.id).order_by(t.LinkDecision.decided_at)
    return [
        LinkDecision(
            row.type, _place(row.source), _place(row.target), row.accepted, row.reason, row.decided_by, row.decided_at
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def _place(text: str) -> tuple[int, int, str]:
    start, end, label = msgspec.json.decode(text)
    return start, end, label


_CASE_STEPS = ("decision.made", "decision.undone", "link.decided", "link.undone")


def my_case_steps(connection: Connection, viewer: Viewer, article: Article) -> Iterator[Entry]:
    """What the viewer decided on the article since it was last closed, newest first, streamed."""
    query = (
        select(t.LogEntry)
        .where(
            t.LogEntry.article == article.id, t.LogEntry.actor == viewer.name, t.LogEntry.action.in_(_CASE_STEPS),
            t.LogEntry.at > (article.closed_at or ""),
        )
        .order_by(t.LogEntry.seq.desc())
        .execution_options(yield_per=50)
    )  # fmt: skip
    with connection.execute(query) as rows:
        for row in rows:
            yield entry_of(row)


def gold(connection: Connection, viewer: Viewer, article: Article) -> list[Span]:
    """The gold spans of an article, in order.

    Raises Missing unless the viewer may adjudicate or export and the log has it that they are served.
    """
    if not viewer.may("adjudicate", article.project):
        viewer.require("export", article.project)
    if not was_served(connection, viewer, article.id):
        raise Missing(NOT_YOURS)
    return _gold(connection, article)


def gold_of_training(connection: Connection, viewer: Viewer, article: Article) -> list[Span]:
    """The gold spans of an article that the viewer has submitted as training, in order.

    Raises Missing for any other article, and unless the log has it that the viewer is served.
    """
    review = my_review(connection, viewer, article.id)
    done = review is not None and review.purpose == "training" and review.state == "submitted"
    if not done or not was_served(connection, viewer, article.id):
        raise Missing(NOT_YOURS)
    return _gold(connection, article)


def _gold(connection: Connection, article: Article) -> list[Span]:
    origins: dict[str, list[str]] = {}
    of_article = select(t.GoldOrigin).join(t.GoldSpan, t.GoldSpan.id == t.GoldOrigin.gold)
    for row in connection.execute(
        of_article.where(t.GoldSpan.article == article.id).order_by(t.GoldOrigin.gold, t.GoldOrigin.place)
    ):
        origins.setdefault(row.gold, []).append(row.span)
    rows = connection.execute(select(t.GoldSpan).where(t.GoldSpan.article == article.id))
    spans = [
        Span(
            id=row.id, start=row.start_at, end=row.end_at, label=row.label, note=row.note,
            attributes=msgspec.json.decode(row.attributes), by=row.decided_by, at=row.decided_at,
            origin=tuple(origins.get(row.id, ())),
        )
        for row in rows
    ]  # fmt: skip
    return sorted(spans, key=order)


def gold_ids(connection: Connection, article: Article) -> dict[tuple[int, int, str], str]:
    """The ids of the present gold spans by place, so that closing again keeps them. Says nothing to anyone."""
    columns = (t.GoldSpan.start_at, t.GoldSpan.end_at, t.GoldSpan.label, t.GoldSpan.id)
    rows = connection.execute(select(*columns).where(t.GoldSpan.article == article.id))
    return {(start, end, label): span_id for start, end, label, span_id in rows}


def my_added_since(connection: Connection, viewer: Viewer, since: str) -> int:
    """How many spans the viewer has added since that moment."""
    query = select(func.count()).select_from(t.LogEntry)
    of_mine = query.where(t.LogEntry.actor == viewer.name, t.LogEntry.action == "span.added")
    return connection.execute(of_mine.where(t.LogEntry.at > since)).scalar_one()


def gold_relation_ids(connection: Connection, article: Article) -> dict[tuple[str, str, str], str]:
    """The ids of the present gold relations by type and ends, as `gold_ids`."""
    columns = (t.GoldRelation.type, t.GoldRelation.source, t.GoldRelation.target, t.GoldRelation.id)
    rows = connection.execute(select(*columns).where(t.GoldRelation.article == article.id))
    return {(kind, source, target): relation_id for kind, source, target, relation_id in rows}


def my_labels(connection: Connection, viewer: Viewer, project: str) -> dict[str, int]:
    """How many spans of each label the viewer has in the project."""
    query = (
        select(t.Span.label, func.count())
        .join(t.Review, t.Review.id == t.Span.review)
        .join(t.Article, t.Article.id == t.Review.article)
        .where(t.Review.reviewer == viewer.name, t.Article.project == project)
        .group_by(t.Span.label)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def gold_labels(connection: Connection, viewer: Viewer, project: str) -> dict[str, int]:
    """How many gold spans of each label the project's closed articles have; for who may export."""
    viewer.require("export", project)
    return tallies.gold(connection, project)


# What must stay in a scheme. Of reviews it is what their versions of it have that counts, not what was
# tagged with it: whoever edits a scheme does not see spans.


def labels_in_use(connection: Connection, project: str) -> set[str]:
    """The labels that any gold or suggested span of the project has."""
    return {
        label for model in (t.GoldSpan, t.Suggestion)
        for label in connection.execute(_of_project(select(model.label).distinct(), model, project)).scalars()
    }  # fmt: skip


def attribute_in_use(connection: Connection, project: str, name: str) -> bool:
    """Whether any gold or suggested span of the project has a value of that attribute."""
    for model in (t.GoldSpan, t.Suggestion):
        written = model.attributes.contains(f'"{name}":', autoescape=True)
        query = _of_project(select(literal(1)).select_from(model).where(written).limit(1), model, project)
        if connection.execute(query).first() is not None:
            return True
    return False


def relations_in_use(connection: Connection, project: str) -> set[str]:
    """The types that any gold link of the project has."""
    query = _of_project(select(t.GoldRelation.type).distinct(), t.GoldRelation, project)
    return set(connection.execute(query).scalars())


def _of_project(query: Select[Any], model: Any, project: str) -> Select[Any]:
    return query.join(t.Article, t.Article.id == model.article).where(t.Article.project == project)
