"""What lies on a reviewer's desk beside the spans: furniture, the place in the article, names; and flags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, insert, select, update

from annotator.core.access import NOT_TO_SEE, Viewer
from annotator.core.values import Article, Review
from annotator.errors import Missing
from annotator.store import articles
from annotator.store import tables as t
from annotator.store.ids import now

_furniture = (
    select(t.Furniture.block)
    .join(t.Review, t.Review.id == t.Furniture.review)
    .where(t.Furniture.review == bindparam("review"), t.Review.reviewer == bindparam("name"))
)
_place = select(t.Place.offset, t.Place.seconds).where(
    t.Place.article == bindparam("article"), t.Place.name == bindparam("name")
)
_spent = (
    select(t.Place.article, t.Place.seconds)
    .join(t.Article, t.Article.id == t.Place.article)
    .where(t.Place.name == bindparam("name"), t.Article.project == bindparam("project"))
)
_spoken = (
    select(t.Span.attributes)
    .join(t.Review, t.Review.id == t.Span.review)
    .join(t.Article, t.Article.id == t.Review.article)
    .where(
        t.Review.reviewer == bindparam("name"),
        t.Article.project == bindparam("project"),
        t.Span.attributes.contains('"speaker"'),
    )
    .order_by(t.Span.changed_at.desc())
    .limit(500)
)


def furniture(connection: Connection, viewer: Viewer, review: Review | None) -> set[int]:
    """The blocks that the viewer marked: as no part of the article, or as one, whatever they are not by themselves."""
    if review is None:
        return set()
    return set(connection.execute(_furniture, {"review": review.id, "name": viewer.name}).scalars())


def place(connection: Connection, viewer: Viewer, article_id: str) -> tuple[int, int]:
    """The offset the viewer was at, and the seconds of work so far; zeros for a first visit."""
    row = connection.execute(_place, {"article": article_id, "name": viewer.name}).first()
    return (row.offset, row.seconds) if row else (0, 0)


def seconds_spent(connection: Connection, viewer: Viewer, project: str) -> dict[str, int]:
    """The seconds of work that the viewer put into each article of the project."""
    rows = connection.execute(_spent, {"name": viewer.name, "project": project})
    return {row.article: row.seconds for row in rows}


def keep_place(connection: Connection, viewer: Viewer, article_id: str, offset: int, seconds: int) -> None:
    """Writes the offset down and adds the seconds."""
    _write(connection, viewer, article_id, {"offset": offset, "seconds": t.Place.seconds + seconds},
           {"offset": offset, "seconds": seconds})  # fmt: skip


def be_there(connection: Connection, viewer: Viewer, article_id: str) -> None:
    """Writes down that the viewer is at the article now."""
    _write(connection, viewer, article_id, {}, {"offset": 0, "seconds": 0})


def _write(
    connection: Connection, viewer: Viewer, article_id: str, changes: dict[str, Any], first: dict[str, int]
) -> None:  # fmt: skip
    mine = (t.Place.article == article_id, t.Place.name == viewer.name)
    at = now()
    changed = connection.execute(update(t.table(t.Place)).where(*mine).values(at=at, **changes))
    if not changed.rowcount:
        row = {"article": article_id, "name": viewer.name, "at": at, **first}
        connection.execute(insert(t.table(t.Place)), row)


def speakers(connection: Connection, viewer: Viewer, project: str) -> list[str]:
    """The speakers that the viewer named in the project, the latest first, each once. Never anyone else's."""
    rows = connection.execute(_spoken, {"name": viewer.name, "project": project}).scalars()
    return list(dict.fromkeys(str(msgspec.json.decode(row)["speaker"]) for row in rows))


@dataclass(frozen=True, slots=True)
class Flagged:
    """A problem told to the managers."""

    id: str
    article: Article
    name: str
    text: str
    at: str


def flags(connection: Connection, project: str) -> list[Flagged]:
    """The project's open problems, oldest first."""
    # In two steps: of a join, a planner that knows nothing of flags reads all articles, and those are many.
    query = select(t.Flag.id, t.Flag.article, t.Flag.name, t.Flag.text, t.Flag.at).where(t.Flag.resolved_at.is_(None))
    found = connection.execute(query.order_by(t.Flag.at)).all()
    there: dict[str, Article] = {}
    wanted = sorted({row.article for row in found})
    for start in range(0, len(wanted), 500):
        some = t.Article.id.in_(wanted[start : start + 500])
        for row in connection.execute(select(*articles.COLUMNS).where(some)):
            there[row.id] = Article(*row)
    return [
        Flagged(row.id, there[row.article], row.name, row.text, row.at)
        for row in found if there[row.article].project == project
    ]  # fmt: skip


def flag(connection: Connection, flag_id: str) -> tuple[Article, bool]:
    """The article of a flagged problem, and whether it is still open; raises Missing."""
    query = select(t.Flag.article, t.Flag.resolved_at).where(t.Flag.id == flag_id)
    row = connection.execute(query).first()
    if row is None:
        raise Missing(NOT_TO_SEE)
    return articles.article(connection, row.article), row.resolved_at is None
