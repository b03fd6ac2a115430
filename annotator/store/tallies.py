"""What boards count, kept beside the tables it is counted from and moved on in the same transaction.

So a board reads some hundred rows, however many articles there are. A tally is a number of
- articles by `state`, and by how many reviews hold a place, how many of these are submitted, how many its batch asks
  for (0: it says nothing) and the per cent of the shared part that it would belong to;
- reviews by reviewer, state, and the day of submission (UTC, ISO; empty for those that are not);
- gold spans of closed articles by label.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import BindParameter, Connection, bindparam, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from annotator.core.assign import PARTS
from annotator.core.events import Entry
from annotator.errors import Refused
from annotator.store import tables as t
from annotator.store.needs import HOLDING

CHUNK = 500
# What an entry with one of these names counts for another number of: its article, or the articles in its data.
_OF_ARTICLES: Final = frozenset({
    "article.loaded", "review.loaded", "gold.loaded", "review.assigned", "review.begun", "review.submitted",
    "review.reopened", "review.released", "review.lapsed", "review.withdrawn", "review.resumed", "article.closed",
    "article.reopened", "batch.filled",
})  # fmt: skip
_OF_PROJECTS: Final = frozenset({"batch.changed", "scheme.changed"})

_here: BindParameter[Any] = bindparam("articles", expanding=True)
_articles = select(t.Article.id, t.Article.project, t.Article.state, t.Article.needed, t.Article.share).where(
    t.Article.id.in_(_here)
)
_reviews = select(
    t.Review.article, t.Review.reviewer, t.Review.state, t.Review.submitted_at, t.Review.purpose
).where(t.Review.article.in_(_here))  # fmt: skip
_gold = (
    select(t.GoldSpan.article, t.GoldSpan.label, func.count())
    .where(t.GoldSpan.article.in_(_here))
    .group_by(t.GoldSpan.article, t.GoldSpan.label)
)
_drop = delete(t.table(t.Tally)).where(t.Tally.project == bindparam("b_project"))
_add = insert(t.table(t.Tally))
_KEY = ("project", "kind", "name", "value", "day")


def _moving(dialect: Any) -> Any:
    new = dialect.insert(t.table(t.Tally))
    return new.on_conflict_do_update(index_elements=_KEY, set_={"number": t.Tally.number + new.excluded.number})


_move = {"sqlite": _moving(sqlite), "postgresql": _moving(postgresql)}


class Key(NamedTuple):
    """What is counted. `kind` is article, review or gold; what the others hold is said by the readers below."""

    project: str
    kind: str
    name: str
    value: str = ""
    day: str = ""


Tallies = Counter[Key]


class Moves:
    """The tallies of what some entries are about: begun before they are applied, done after."""

    def __init__(self, connection: Connection, entries: Sequence[Entry]) -> None:
        self._connection = connection
        self._projects = sorted({str(one.project) for one in entries if one.action in _OF_PROJECTS})
        moved = dict.fromkeys(article for one in entries for article in _about(one))
        self._articles = [] if self._projects else list(moved)
        self._before = counted(connection, self._articles)

    def done(self) -> None:
        """Writes what has changed."""
        for project in self._projects:
            recount(self._connection, project)
        if not self._articles:
            return
        after = counted(self._connection, self._articles)
        after.subtract(self._before)
        # In one order always, so that no two writers wait for each other.
        moves = [{**key._asdict(), "number": number} for key, number in sorted(after.items()) if number]
        if moves:
            self._connection.execute(_move[self._connection.dialect.name], moves)


def _about(entry: Entry) -> Iterator[str]:
    if entry.action not in _OF_ARTICLES:
        return
    if entry.article is not None:
        yield entry.article
    else:
        yield from entry.data["articles"]


def counted(connection: Connection, articles: Sequence[str]) -> Tallies:
    """The tallies of these articles, from the tables themselves."""
    found: Tallies = Counter()
    for start in range(0, len(articles), CHUNK):
        here = {"articles": articles[start : start + CHUNK]}
        places: dict[str, list[int]] = {}
        rows = connection.execute(_articles, here).all()
        project_of = {row.id: row.project for row in rows}
        for article, reviewer, state, submitted_at, purpose in connection.execute(_reviews, here):
            done = state == "submitted"
            day = submitted_at[:10] if done and submitted_at else ""
            found[Key(project_of[article], "review", reviewer, state, day)] += 1
            if state in HOLDING and purpose is None:
                place = places.setdefault(article, [0, 0])
                place[0] += 1
                place[1] += done
        closed = set()
        for id_, project, state, needed, share in rows:
            taken, submitted = places.get(id_, [0, 0])
            value = f"{taken} {submitted} {needed or 0} {share * 100 // PARTS}"
            found[Key(project, "article", state, value)] += 1
            if state == "closed":
                closed.add(id_)
        for article, label, number in connection.execute(_gold, here):
            if article in closed:
                found[Key(project_of[article], "gold", label)] += number
    return found


def of_project(connection: Connection, project: str) -> Tallies:
    """The tallies of the whole project, from the tables themselves."""
    articles = connection.execute(select(t.Article.id).where(t.Article.project == project)).scalars().all()
    return counted(connection, articles)


def recount(connection: Connection, project: str) -> None:
    """Counts a project anew, where that is less work than saying what has changed, or the only way."""
    connection.execute(_drop, {"b_project": project})
    rows = [{**key._asdict(), "number": number} for key, number in of_project(connection, project).items()]
    if rows:
        connection.execute(_add, rows)


def check(connection: Connection) -> None:
    """Raises Refused, naming the tally, where one is not what the tables have."""
    for project in connection.execute(select(t.Project.slug)).scalars().all():
        query = select(*(t.table(t.Tally).c[name] for name in (*_KEY, "number"))).where(t.Tally.project == project)
        kept = Counter({Key(*row[:5]): row[5] for row in map(tuple, connection.execute(query)) if row[5]})
        right = of_project(connection, project)
        for key in sorted(kept.keys() | right.keys()):
            if kept[key] != right[key]:
                raise Refused(f"It is {kept[key]}; counted, it is {right[key]}.", where=f"tallies {'/'.join(key)}")


# -- reading


def articles(connection: Connection, project: str) -> Iterable[tuple[str, int, int, int, int, int]]:
    """Of each kind of article: state, places taken, submitted, needed by its batch (0: nothing said), per cent of
    the shared part, and how many there are.
    """
    query = select(t.Tally.name, t.Tally.value, t.Tally.number)
    for state, value, number in connection.execute(
        query.where(t.Tally.project == project, t.Tally.kind == "article", t.Tally.number > 0)
    ):
        taken, submitted, needed, share = map(int, value.split())
        yield state, taken, submitted, needed, share, number


def reviews(connection: Connection, project: str, *, only: str | None = None) -> Iterable[tuple[str, str, str, int]]:
    """Reviewer, state, day of submission and how many, of `only` one person if named."""
    query = select(t.Tally.name, t.Tally.value, t.Tally.day, t.Tally.number)
    query = query.where(t.Tally.project == project, t.Tally.kind == "review", t.Tally.number > 0)
    for row in connection.execute(query if only is None else query.where(t.Tally.name == only)):
        yield row[0], row[1], row[2], row[3]


def gold(connection: Connection, project: str) -> dict[str, int]:
    """How many gold spans of each label the closed articles have."""
    query = select(t.Tally.name, t.Tally.number)
    query = query.where(t.Tally.project == project, t.Tally.kind == "gold", t.Tally.number > 0)
    return {row[0]: row[1] for row in connection.execute(query)}
