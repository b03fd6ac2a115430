"""Reading articles with layers of spans for export: streamed in batches, a handful of queries each.

As `visible`, this takes the one who asks: None is the command line, whose user has the database file anyway.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import BindParameter, ColumnElement, Connection, Select, bindparam, func, select

from annotator.core.access import Viewer
from annotator.core.assign import Purpose
from annotator.core.spans import Span, order
from annotator.core.values import Article, Project, Relation
from annotator.store import tables as t
from annotator.store.articles import COLUMNS
from annotator.store.needs import counts
from annotator.store.present import chunks

BATCH = 200
_handed_in = t.Review.state == "submitted"


@dataclass(slots=True)
class Layer:
    """The spans and relations of one review (`reviewer` set), or of the gold (None).

    `at` is when the review was submitted, or the article closed; `purpose` is that of the review.
    """

    reviewer: str | None
    spans: list[Span] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    at: str = ""
    purpose: Purpose | None = None


@dataclass(slots=True)
class Exported:
    """An article with its text, its gold if it has any in force, and its submitted reviews by name."""

    article: Article
    text: str
    meta: str | None
    gold: Layer | None
    reviews: list[Layer]


def exported(
    connection: Connection, viewer: Viewer | None, project: Project, *, gold: bool, reviews: bool,
    only: Collection[str] | None = None, measured: bool = False,
) -> Iterator[Exported]:  # fmt: skip
    """The project's articles in the order they were loaded, with the layers asked for; those in `only`, if given.

    `measured`: reviews for training and checks too, which otherwise stand beside the project's work.
    Who is not an admin gets reviews of closed articles only, and nothing without the right to export.
    """
    if viewer is not None:
        viewer.require("export", project.slug)
    only_closed = _sees_only_closed(viewer)
    after = 0
    query = (
        select(*COLUMNS, t.ArticleText.text, t.ArticleText.meta)
        .join(t.ArticleText, t.ArticleText.article == t.Article.id)
        .where(t.Article.project == project.slug)
        .order_by(t.Article.position)
        .limit(BATCH)
    )
    if only is not None:
        query = query.where(t.Article.id.in_(only))
    while True:
        rows = connection.execute(query.where(t.Article.position > after)).all()
        if not rows:
            return
        batch = [(Article(*row[:-2]), row[-2], row[-1]) for row in map(tuple, rows)]
        after = batch[-1][0].position
        closed = [article.id for article, _, _ in batch if has_gold(article)]
        golds = _gold(connection, closed) if gold else {}
        readable = [article.id for article, _, _ in batch if not only_closed or article.state == "closed"]
        layers = _reviews(connection, readable, _all_handed_in if measured else _counting) if reviews else {}
        for article, text, meta in batch:
            if article.id in golds:
                golds[article.id].at = article.closed_at or ""
            yield Exported(article, text, meta, golds.get(article.id), layers.get(article.id, []))


def _sees_only_closed(viewer: Viewer | None) -> bool:
    return viewer is not None and not viewer.admin


@dataclass(frozen=True, slots=True)
class Submitted:
    """An article that has submitted reviews: who made them, and a stamp that is another once one of them is."""

    article: Article
    reviewers: tuple[str, ...]
    stamp: str


def submitted(connection: Connection, viewer: Viewer | None, project: Project) -> list[Submitted]:
    """The articles whose reviews `exported` would hand out, in its order; no span is read for it.

    What is submitted stays as it is until it is re-opened, so review and time say which spans there are.
    """
    if viewer is not None:
        viewer.require("see agreement", project.slug)
    query = _submitted(project)
    return _stamped(connection, query.where(t.Article.state == "closed") if _sees_only_closed(viewer) else query)


def waiting(connection: Connection, viewer: Viewer, project: Project, only: Collection[str]) -> list[Submitted]:
    """As `submitted`, of those articles that an adjudicator may look at; raises Missing for anyone else."""
    viewer.require("adjudicate", project.slug)
    return _stamped(connection, _submitted(project).where(t.Article.id.in_(only)))


def _submitted(project: Project) -> Select[Any]:
    return (
        select(*COLUMNS, t.Review.id, t.Review.reviewer, t.Review.submitted_at)
        .join(t.Review, t.Review.article == t.Article.id)
        .where(t.Article.project == project.slug, counts)
        .order_by(t.Article.position, t.Review.reviewer)
    )


def _stamped(connection: Connection, query: Select[Any]) -> list[Submitted]:
    found = []
    for values, rows in groupby(map(tuple, connection.execute(query)), key=itemgetter(slice(len(COLUMNS)))):
        reviews = [row[-3:] for row in rows]
        digest = hashlib.sha256(repr([(review, at) for review, _, at in reviews]).encode())
        found.append(Submitted(Article(*values), tuple(name for _, name, _ in reviews), digest.hexdigest()))
    return found


def has_gold(article: Article) -> bool:
    """Whether the article has gold in force: closed, and no review re-opened since."""
    return article.state == "closed" and not article.stale


# Built once: a statement with its values in it is garbage in a circle, which stays until it is looked for.
_here: BindParameter[Any] = bindparam("articles", expanding=True)
_of_span = ("id", "start_at", "end_at", "label", "note", "attributes")
_origins = (
    select(t.GoldOrigin.gold, t.GoldOrigin.span)
    .join(t.GoldSpan, t.GoldSpan.id == t.GoldOrigin.gold)
    .where(t.GoldSpan.article.in_(_here))
    .order_by(t.GoldOrigin.gold, t.GoldOrigin.place)
)
_gold_columns = (t.GoldSpan.article, t.GoldSpan.decided_by, t.GoldSpan.decided_at)
_gold_spans = select(*_gold_columns, *(t.table(t.GoldSpan).c[name] for name in _of_span)).where(
    t.GoldSpan.article.in_(_here)
)
_link_columns = ("id", "type", "source", "target")
_gold_links = select(t.GoldRelation.article, *(t.table(t.GoldRelation).c[name] for name in _link_columns)).where(
    t.GoldRelation.article.in_(_here)
)


def _reviews_where(which: ColumnElement[bool]) -> Any:
    columns = (t.Review.id, t.Review.article, t.Review.reviewer, t.Review.purpose, t.Review.submitted_at)
    return select(*columns).where(t.Review.article.in_(_here), which).order_by(t.Review.article, t.Review.reviewer)


_counting, _all_handed_in = _reviews_where(counts), _reviews_where(_handed_in)
# By the reviews' ids: of a query within, SQLite may take the index of states and read all reviews there are.
_theirs: BindParameter[Any] = bindparam("reviews", expanding=True)
_review_spans = select(t.Span.review, t.Span.changed_at, *(t.table(t.Span).c[name] for name in _of_span)).where(
    t.Span.review.in_(_theirs)
)
_review_links = select(t.Relation.review, *(t.table(t.Relation).c[name] for name in _link_columns)).where(
    t.Relation.review.in_(_theirs)
)


def _span(values: Sequence[Any], by: str, at: str, origin: tuple[str, ...] = ()) -> Span:
    """The span of the columns `_of_span`."""
    id_, start, end, label, note, attributes = values
    set_ones = msgspec.json.decode(attributes) if attributes != "{}" else {}
    return Span(
        id=id_, start=start, end=end, label=label, note=note, attributes=set_ones, by=by, at=at, origin=origin
    )  # fmt: skip


def _gold(connection: Connection, articles: Sequence[str]) -> dict[str, Layer]:
    found = {article: Layer(None) for article in articles}
    here = {"articles": articles}
    origins: dict[str, list[str]] = defaultdict(list)
    for gold, origin in connection.execute(_origins, here):
        origins[gold].append(origin)
    for article, by, at, *values in map(tuple, connection.execute(_gold_spans, here).all()):
        found[article].spans.append(_span(values, by, at, tuple(origins.get(values[0], ()))))
    for article, *values in map(tuple, connection.execute(_gold_links, here)):
        found[article].relations.append(Relation(*values))
    return _ordered(found)


def _reviews(connection: Connection, articles: Sequence[str], query: Select[Any]) -> dict[str, list[Layer]]:
    of_article: dict[str, list[Layer]] = defaultdict(list)
    layers: dict[str, Layer] = {}
    for review, article, reviewer, purpose, at in connection.execute(query, {"articles": articles}):
        layers[review] = Layer(reviewer, at=at or "", purpose=purpose)
        of_article[article].append(layers[review])
    for part in chunks(list(layers)):
        theirs = {"reviews": part}
        for review, at, *values in map(tuple, connection.execute(_review_spans, theirs).all()):
            layer = layers[review]
            layer.spans.append(_span(values, layer.reviewer or "", at))
        for review, *values in map(tuple, connection.execute(_review_links, theirs)):
            layers[review].relations.append(Relation(*values))
    _ordered(layers)
    return of_article


def _ordered(layers: dict[str, Layer]) -> dict[str, Layer]:
    for layer in layers.values():
        layer.spans.sort(key=order)
        layer.relations.sort(key=lambda relation: relation.id)
    return layers


def texts(connection: Connection, project: Project) -> Iterator[tuple[str, str]]:
    """Hash and text of each of the project's articles, in order, streamed."""
    query = (
        select(t.Article.text_sha256, t.ArticleText.text)
        .join(t.ArticleText, t.ArticleText.article == t.Article.id)
        .where(t.Article.project == project.slug)
        .order_by(t.Article.position)
    )
    for row in connection.execution_options(yield_per=BATCH).execute(query):
        yield row.text_sha256, row.text


def article_ids(connection: Connection, project: Project, *, only_closed: bool) -> list[str]:
    """The ids of the project's articles in order; the closed ones only, if asked."""
    query = select(t.Article.id).where(t.Article.project == project.slug).order_by(t.Article.position)
    if only_closed:
        query = query.where(t.Article.state == "closed")
    return list(connection.execute(query).scalars())


def suggestion_count(connection: Connection, project: Project) -> int:
    """How many suggestions the project's articles have: they are in no export."""
    query = select(func.count()).select_from(t.Suggestion).join(t.Article, t.Article.id == t.Suggestion.article)
    return connection.execute(query.where(t.Article.project == project.slug)).scalar_one()


def measured_count(connection: Connection, project: Project) -> int:
    """How many submitted reviews are for training or checks: they are in no export."""
    query = select(func.count()).select_from(t.Review).join(t.Article, t.Article.id == t.Review.article)
    beside = (t.Article.project == project.slug, t.Review.state == "submitted", t.Review.purpose.is_not(None))
    return connection.execute(query.where(*beside)).scalar_one()


def open_review_count(connection: Connection, project: Project) -> int:
    """How many of the project's reviews are not submitted: they are in no export."""
    query = select(func.count()).select_from(t.Review).join(t.Article, t.Article.id == t.Review.article)
    unfinished = query.where(t.Article.project == project.slug, t.Review.state != "submitted")
    return connection.execute(unfinished).scalar_one()
