"""The line in which articles come to a reviewer. Nothing here reads a span.

What comes next depends on the articles, on who was given which, and on nothing that anyone marked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select

from annotator.core.assign import PURPOSES, Purpose
from annotator.core.values import Project
from annotator.store import tables as t
from annotator.store.needs import holds, needed, number_of

Query = Select[*tuple[Any, ...]]


def next_for(connection: Connection, project: Project, name: str) -> str | None:
    """The article that person should have next: one assigned and not submitted, else a new one.

    New ones come in this order: training; what was theirs and has a place free again; then the line: batch
    by batch, and what is in none last. Checks stand in the line among the others, each where it would stand without
    gold. What the person skipped comes after all the rest.
    """
    skipped = exists().where(t.Skip.article == t.Article.id, t.Skip.name == name)
    sources = list(_sources(connection, project, name))
    for condition in (~skipped, skipped):
        for queries in sources:
            rows = [connection.execute(query.where(condition).limit(1)).first() for query in queries]
            found = min((tuple(row) for row in rows if row is not None), default=None)
            if found is not None:
                return str(found[-1])
    return None


def _sources(connection: Connection, project: Project, name: str) -> Iterator[list[Query]]:
    """Queries for what an article is ordered by, its id last: the foremost of a source's queries comes next.

    Of a batch, what is open and what is a check are asked for apart, as each has an index.
    """
    yield [_mine(project, name).where(t.Review.state.in_(("assigned", "in_progress")))]
    order = _order(project)
    fresh = ~exists().where(t.Review.article == t.Article.id, t.Review.reviewer == name)
    here: Query = select(*order, t.Article.id).where(t.Article.project == project.slug, fresh).order_by(*order)
    yield [here.where(may_measure("training", name))]
    lapsed = _mine(project, name).where(t.Review.state == "lapsed")
    yield [lapsed.where(or_(has_place(project), t.Review.purpose.is_not(None)))]
    for batch in (*open_batches(connection, project.slug), None):
        inside = here.where(t.Article.batch == batch if batch is not None else t.Article.batch.is_(None))
        yield [inside.where(has_place(project)), inside.where(may_measure("check", name))]


def _mine(project: Project, name: str) -> Query:
    order = (t.Review.assigned_at, t.Article.position)
    query: Query = select(*order, t.Article.id).join(t.Review, t.Article.id == t.Review.article)
    return query.where(t.Review.reviewer == name, t.Article.project == project.slug).order_by(*order)


def _order(project: Project) -> tuple[ColumnElement[int], ...]:
    columns = t.table(t.Article).c
    return {
        "priority": (columns.rank, columns.position),
        "age": (columns.position,),
        "shuffled": (columns.shuffle, columns.position),
    }[project.rules.order]


def has_place(project: Project) -> ColumnElement[bool]:
    """Whether the article of the query at hand has a place free for one more review that it needs."""
    return and_(t.Article.state == "open", number_of(holds) < needed(project))


def may_measure(purpose: Purpose, name: str) -> ColumnElement[bool]:
    """Whether the article's gold is put to that use, is in force, and was never served to that person."""
    served = exists().where(t.Served.article == t.Article.id, t.Served.name == name)
    # The state as a value, not as a column: so the few of a purpose are found by its index, not among all closed.
    in_force = and_(func.coalesce(t.Article.state, "") == "closed", t.Article.stale.is_(False))
    return and_(t.Article.purpose == purpose, in_force, ~served)


def open_batches(connection: Connection, slug: str) -> list[str]:
    """The names of the project's batches that are not paused, in their order."""
    query = select(t.Batch.name).where(t.Batch.project == slug, t.Batch.paused.is_(False))
    return list(connection.execute(query.order_by(t.Batch.place, t.Batch.name)).scalars())


def is_free(connection: Connection, project: Project, article_id: str) -> bool:
    """Whether the article has a place for one more review that it needs, and is in no batch that is paused."""
    paused = exists().where(t.Batch.project == project.slug, t.Batch.name == t.Article.batch, t.Batch.paused)
    query = select(t.Article.id).where(t.Article.id == article_id, has_place(project), ~paused)
    return connection.execute(query).first() is not None


def measures(connection: Connection, article_id: str, name: str) -> Purpose | None:
    """What a review of that article by that person would be for: training, a check, or (None) neither."""
    for purpose in PURPOSES:
        query = select(t.Article.id).where(t.Article.id == article_id, may_measure(purpose, name))
        if connection.execute(query).first() is not None:
            return purpose
    return None
