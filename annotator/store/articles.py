"""Reading articles and who is assigned to them. Nothing here reads a span."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, func, select

from annotator.core.access import NOT_TO_SEE
from annotator.core.assign import PARTS, shared_below
from annotator.core.assign import needed as needed_by
from annotator.core.text import Block
from annotator.core.values import Article, Body, Project
from annotator.errors import Missing
from annotator.store import tables as t
from annotator.store import tallies
from annotator.store.needs import counts, holds, needed, number_of

COLUMNS = tuple(
    t.table(t.Article).c[name]
    for name in (
        "id", "project", "position", "key", "title", "url", "source", "author", "published", "language", "excerpt",
        "length", "text_sha256", "source_sha256", "state", "stale", "closed_by", "closed_at", "batch", "share",
        "needed", "purpose",
    )
)  # fmt: skip
# Built once: putting a statement together costs more than running it.
_article = select(*COLUMNS).where(t.Article.id == bindparam("id"))
_of_text = t.ArticleText.article == bindparam("id")
_body = select(t.ArticleText.text, t.ArticleText.blocks, t.ArticleText.meta).where(_of_text)
_text = select(t.ArticleText.text).where(_of_text)
_places = select(func.count()).select_from(t.Review).where(t.Review.article == bindparam("id"), holds)
_mine = (
    select(*COLUMNS, t.Review.state)
    .join(t.Review, t.Review.article == t.Article.id)
    .where(t.Article.project == bindparam("project"), t.Review.reviewer == bindparam("name"))
    .order_by(t.Article.position)
)


def article(connection: Connection, article_id: str) -> Article:
    """The article of that id; raises Missing."""
    row = connection.execute(_article, {"id": article_id}).first()
    if row is None:
        raise Missing(NOT_TO_SEE)  # in the words of `access`, so that hidden and absent read the same
    return Article(*row)


def body(connection: Connection, article_id: str) -> Body:
    """The text and blocks of an article that is there."""
    row = connection.execute(_body, {"id": article_id}).one()
    blocks = tuple(Block(*block) for block in msgspec.json.decode(row.blocks))
    return Body(row.text, blocks, row.meta)


def text(connection: Connection, article_id: str) -> str:
    """Only the text of an article that is there."""
    return str(connection.execute(_text, {"id": article_id}).scalar_one())


def same(connection: Connection, project: str, key: str | None, text_sha256: str) -> Article | None:
    """The article that a line to load is: of that key, or without a key the first of that text."""
    query = select(*COLUMNS).where(t.Article.project == project)
    if key is not None:
        query = query.where(t.Article.key == key)
    else:
        query = query.where(t.Article.text_sha256 == text_sha256).order_by(t.Article.position)
    row = connection.execute(query.limit(1)).first()
    return Article(*row) if row else None


def last_position(connection: Connection, project: str) -> int:
    """The position of the article loaded last into the project, 0 before the first."""
    query = select(func.max(t.Article.position)).where(t.Article.project == project)
    return connection.execute(query).scalar() or 0


def places_taken(connection: Connection, article_id: str) -> int:
    """How many reviews of the article have a place: assigned, in progress or submitted."""
    return int(connection.execute(_places, {"id": article_id}).scalar_one())


@dataclass(frozen=True, slots=True)
class Listed:
    """An article in a list. `state` is that of the asker's own review, None without one.

    `taken` and `submitted` count reviews of everyone: for managers and adjudicators only.
    """

    article: Article
    state: str | None
    taken: int
    submitted: int


def listed(
    connection: Connection, project: Project, name: str, *, after: int = 0, limit: int = 50, search: str = ""
) -> list[Listed]:
    """A page of the project's articles by position, from behind position `after` on.

    `search` keeps those whose title, key, source or author contains it, whatever the case.
    """
    own = select(t.Review.state).where(t.Review.article == t.Article.id, t.Review.reviewer == name)
    query = select(
        *COLUMNS,
        own.scalar_subquery(),
        number_of(holds),
        number_of(counts),
    ).where(t.Article.project == project.slug, t.Article.position > after)
    if search:
        fields = (t.Article.title, t.Article.key, t.Article.source, t.Article.author)
        parts = [func.lower(func.coalesce(field, "")).contains(search.lower(), autoescape=True) for field in fields]
        query = query.where(parts[0] | parts[1] | parts[2] | parts[3])
    rows = connection.execute(query.order_by(t.Article.position).limit(limit)).all()
    return [_listed(row) for row in rows]


def _listed(row: Any) -> Listed:
    values = tuple(row)
    return Listed(Article(*values[:-3]), *values[-3:])


def mine(connection: Connection, project: str, name: str) -> list[Listed]:
    """The articles a person has a review of, in order of assignment."""
    rows = connection.execute(_mine, {"project": project, "name": name})
    return [Listed(Article(*row[:-1]), row[-1], 0, 0) for row in map(tuple, rows)]


def ready(connection: Connection, project: Project) -> list[Listed]:
    """The open articles whose needed reviews are all submitted: what adjudicators can take up."""
    taken, submitted = number_of(holds), number_of(counts)
    query = (
        select(*COLUMNS, taken, submitted)
        .where(
            t.Article.project == project.slug,
            t.Article.state != "closed",
            submitted >= needed(project),
            submitted == taken,
        )
        .order_by(t.Article.position)
        .limit(200)
    )
    return [Listed(Article(*row[:-2]), None, row[-2], row[-1]) for row in map(tuple, connection.execute(query))]


def missing_reviews(connection: Connection, project: Project, article_id: str) -> tuple[int, int]:
    """How many reviews are submitted, and how many must be: the needed ones and every further one begun."""
    query = select(t.Review.state).where(t.Review.article == article_id, holds)
    states = [row[0] for row in connection.execute(query)]
    return states.count("submitted"), max(needed_by(project, article(connection, article_id)), len(states))


def review_ids(connection: Connection, article_id: str) -> dict[str, str]:
    """The id of each person's review of the article, by name."""
    query = select(t.Review.reviewer, t.Review.id).where(t.Review.article == article_id)
    return {row.reviewer: row.id for row in connection.execute(query)}


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts over a project: articles in all, with a review begun, ready to adjudicate, closed.

    `missing` counts the reviews that articles not closed still need.
    """

    articles: int
    begun: int
    ready: int
    closed: int
    missing: int


def progress(connection: Connection, project: Project) -> Progress:
    """How far the project is."""
    below = shared_below(project.rules) * 100 // PARTS
    total = begun = ready_count = closed = missing = 0
    for state, taken, submitted, asked, share, number in tallies.articles(connection, project.slug):
        shared = max(project.reviews, project.reviewers) if share < below else project.reviews
        wanted = asked or shared
        total += number
        closed += number if state == "closed" else 0
        missing += number * max(wanted - submitted, 0) if state != "closed" else 0
        if state != "closed" and taken:
            complete = submitted == taken and taken >= wanted
            ready_count += number if complete else 0
            begun += 0 if complete else number
    return Progress(total, begun, ready_count, closed, missing)
