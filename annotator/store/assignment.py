"""Reading how a project's articles are given out: batches, seats, reviews that are open. Nothing here reads a span."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, or_, select, text

from annotator.core.assign import MAX_PRIORITY, PARTS, Seats, shared_below
from annotator.core.values import Project, Review
from annotator.store import tables as t
from annotator.store import tallies
from annotator.store.needs import has_gold, holds, needed, number_of

CHUNK = 900  # bound parameters in one query, as in `present`


@dataclass(frozen=True, slots=True)
class OpenReview:
    """A review that is not submitted: `since` when it was assigned, `seen` when its reviewer was last there."""

    id: str
    article: str
    title: str
    reviewer: str
    state: str
    since: str
    seen: str | None
    purpose: str | None


# Every review is by somebody: said so that the index of reviewers and states finds the few that are open.
_by_anyone = t.Review.reviewer.in_(select(t.User.name))
_seen = (
    select(t.Place.at)
    .where(t.Place.article == t.Review.article, t.Place.name == t.Review.reviewer)
    .correlate(t.Review)
    .scalar_subquery()
)
_open_columns = (
    t.Review.id, t.Review.article, func.coalesce(t.Article.title, t.Article.excerpt), t.Review.reviewer,
    t.Review.state, t.Review.assigned_at, _seen, t.Review.purpose,
)  # fmt: skip


def idle(connection: Connection, slug: str, before: str) -> list[OpenReview]:
    """The reviews of open articles that hold a place and were last touched before that moment, oldest first."""
    query = _open_reviews(slug).where(
        _by_anyone,
        t.Review.state.in_(("assigned", "in_progress")),
        t.Review.assigned_at < before,
        or_(_seen.is_(None), _seen < before),
        func.coalesce(t.Article.state, "") == "open",
    )
    return [OpenReview(*row) for row in map(tuple, connection.execute(query))]


def open_reviews(connection: Connection, slug: str, limit: int) -> list[OpenReview]:
    """The reviews that are not submitted, oldest first; given back and taken back ones too."""
    states = ("assigned", "in_progress", "lapsed", "withdrawn")
    query = (
        _open_reviews(slug)
        .where(text(t.NOT_SUBMITTED), t.Review.state.in_(states), func.coalesce(t.Article.state, "") == "open")
        .limit(limit)
    )
    return [OpenReview(*row) for row in map(tuple, connection.execute(query))]


def _open_reviews(slug: str) -> Any:
    joined = select(*_open_columns).join(t.Article, t.Article.id == t.Review.article)
    return joined.where(_in_project(slug)).order_by(t.Review.assigned_at, t.Review.id)


def _in_project(slug: str) -> ColumnElement[bool]:
    """The project as a value, not as a column: the open reviews are few, so they are looked up first."""
    return func.coalesce(t.Article.project, "") == slug


def review_of(connection: Connection, article_id: str, name: str) -> Review | None:
    """That person's review of the article, if there is one: its state, and nothing that is in it."""
    columns = (t.Review.id, t.Review.article, t.Review.reviewer, t.Review.state, t.Review.scheme_version,
               t.Review.submitted_at, t.Review.purpose)  # fmt: skip
    query = select(*columns).where(t.Review.article == article_id, t.Review.reviewer == name)
    row: Any = connection.execute(query).first()
    return Review(*row) if row else None


def open_now(connection: Connection, slug: str) -> dict[str, int]:
    """How many reviews each person has in the project that are assigned or in progress."""
    query = (
        select(t.Review.reviewer, func.count())
        .join(t.Article, t.Article.id == t.Review.article)
        .where(_in_project(slug), _by_anyone, t.Review.state.in_(("assigned", "in_progress")))
        .where(t.Review.purpose.is_(None))
        .group_by(t.Review.reviewer)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def reviewers(connection: Connection, slug: str) -> list[str]:
    """Who reviews the project at present, by name."""
    query = (
        select(t.Member.name)
        .join(t.User, t.User.name == t.Member.name)
        .where(t.Member.project == slug, t.Member.role == "reviewer", t.User.disabled_at.is_(None))
    )
    return list(connection.execute(query.order_by(t.Member.name)).scalars())


# -- articles to give out


def seats(
    connection: Connection, project: Project, only: Sequence[str] | None = None, *, batch: str | None = None,
    paused_too: bool = False,
) -> list[Seats]:  # fmt: skip
    """The project's articles in their order with who has them; of `only` these or that batch, if given.

    What is closed has no free place, and (unless `paused_too`) what is in a paused batch: it stands
    here as what it counts for in shares.
    """
    there = batch_order(connection, project.slug)
    turns = {one.name: turn for turn, one in enumerate(there)}
    paused = set() if paused_too else {one.name for one in there if one.paused}
    article = t.Article
    columns = (article.id, article.text_sha256, needed(project).label("wanted"), article.state, article.batch,
               article.rank, article.position)  # fmt: skip
    query = select(*columns).where(article.project == project.slug)
    if batch is not None:
        query = query.where(article.batch == batch)
    rows: list[Any] = []
    for condition in _chunks(article.id, only):
        rows += connection.execute(query.where(condition)).all()
    rows.sort(key=lambda row: (turns.get(row.batch, len(turns)), row.rank, row.position))
    holders, taken = _holders(connection, project.slug, only)
    return [
        Seats(row.id, row.text_sha256, frozenset(holders.get(row.id, ())), row.wanted,
              max(row.wanted - taken[row.id], 0) if row.state == "open" and row.batch not in paused else 0)
        for row in rows
    ]  # fmt: skip


def free_seats(connection: Connection, project: Project, batch: str | None) -> Iterator[Seats]:
    """The articles of the batch (None: of no batch) with a free place, in their order, read as they are asked for."""
    article, after = t.Article, (-MAX_PRIORITY - 1, 0)
    columns = (article.id, article.text_sha256, needed(project).label("wanted"), article.rank, article.position)
    here = article.batch == batch if batch is not None else article.batch.is_(None)
    query = (
        select(*columns)
        .where(article.project == project.slug, here, article.state == "open", number_of(holds) < needed(project))
        .order_by(article.rank, article.position)
        .limit(CHUNK)
    )
    while True:
        behind = or_(article.rank > after[0], and_(article.rank == after[0], article.position > after[1]))
        rows = connection.execute(query.where(article.rank >= after[0], behind)).all()
        holders, taken = _holders(connection, project.slug, [row.id for row in rows])
        for row in rows:
            free = row.wanted - taken[row.id]
            yield Seats(row.id, row.text_sha256, frozenset(holders.get(row.id, ())), row.wanted, free)
        if len(rows) < CHUNK:
            return
        after = rows[-1].rank, rows[-1].position


def _holders(
    connection: Connection, slug: str, only: Sequence[str] | None
) -> tuple[dict[str, list[str]], Counter[str]]:  # fmt: skip
    """Who has a review of each article in any state, and how many places are taken."""
    columns = (t.Review.article, t.Review.reviewer, case((holds, 1), else_=0))
    query = select(*columns).join(t.Article, t.Article.id == t.Review.article).where(t.Article.project == slug)
    found: dict[str, list[str]] = defaultdict(list)
    taken: Counter[str] = Counter()
    for condition in _chunks(t.Review.article, only):
        for article, name, holding in connection.execute(query.where(condition)):
            found[article].append(name)
            taken[article] += holding
    return found, taken


def _chunks(column: Any, values: Sequence[str] | None) -> Iterator[ColumnElement[bool]]:
    if values is None:
        yield column == column  # noqa: PLR0124 - every row, in words of SQL
        return
    for start in range(0, len(values), CHUNK):
        yield column.in_(values[start : start + CHUNK])


def by_keys(connection: Connection, slug: str, keys: Sequence[str]) -> dict[str, str]:
    """The ids of the project's articles with these keys or ids, by what was given; what is not there is missing."""
    found: dict[str, str] = {}
    for column in (t.Article.id, t.Article.key):
        for condition in _chunks(column, list(dict.fromkeys(keys))):
            query = select(column, t.Article.id).where(t.Article.project == slug, condition)
            found.update({str(row[0]): row[1] for row in connection.execute(query)})
    return found


def in_range(connection: Connection, slug: str, first: int, last: int) -> list[str]:
    """The ids of the articles from one position to another, both included."""
    query = select(t.Article.id).where(
        t.Article.project == slug, t.Article.position >= first, t.Article.position <= last
    )
    return list(connection.execute(query.order_by(t.Article.position)).scalars())


def in_load(connection: Connection, slug: str, at: str) -> list[str]:
    """The ids of the articles that were loaded at that time."""
    query = select(t.Article.id).where(t.Article.project == slug, t.Article.loaded_at == at)
    return list(connection.execute(query.order_by(t.Article.position)).scalars())


def in_batch(connection: Connection, slug: str, name: str) -> list[str]:
    """The ids of the articles in that batch."""
    query = select(t.Article.id).where(t.Article.project == slug, t.Article.batch == name)
    return list(connection.execute(query.order_by(t.Article.position)).scalars())


@dataclass(frozen=True, slots=True)
class Load:
    """Articles that were loaded at one time, and the positions of the first and the last of them."""

    at: str
    articles: int
    first: int
    last: int


def loads(connection: Connection, slug: str, limit: int = 50) -> list[Load]:
    """The loads of the project, the latest first."""
    position = t.Article.position
    query = select(t.Article.loaded_at, func.count(), func.min(position), func.max(position))
    grouped = query.where(t.Article.project == slug).group_by(t.Article.loaded_at)
    rows: Any = connection.execute(grouped.order_by(t.Article.loaded_at.desc()).limit(limit))
    return [Load(*row) for row in rows]


# -- batches


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch with the number of its articles; `free` of them have a place."""

    name: str
    place: int
    paused: bool
    reviews: int | None
    articles: int = 0
    free: int = 0


def batches(connection: Connection, project: Project) -> list[Batch]:
    """The project's batches in their order, with counts."""
    free = case((and_(t.Article.state == "open", number_of(holds) < needed(project)), 1), else_=0)
    counted = (
        select(t.Article.batch, func.count(), func.sum(free))
        .where(t.Article.project == project.slug, t.Article.batch.is_not(None))
        .group_by(t.Article.batch)
    )
    numbers = {name: (articles, places) for name, articles, places in connection.execute(counted).all()}
    return [
        Batch(one.name, one.place, one.paused, one.reviews, *numbers.get(one.name, (0, 0)))
        for one in _batches(connection, project.slug)
    ]  # fmt: skip


def batch(connection: Connection, slug: str, name: str) -> Batch | None:
    """The batch of that name, without counts."""
    for one in _batches(connection, slug):
        if one.name == name:
            return Batch(one.name, one.place, one.paused, one.reviews)
    return None


def batch_order(connection: Connection, slug: str) -> list[Batch]:
    """The batches in their order, without counts."""
    return [Batch(one.name, one.place, one.paused, one.reviews) for one in _batches(connection, slug)]


def _batches(connection: Connection, slug: str) -> Iterable[Any]:
    query = select(t.Batch).where(t.Batch.project == slug).order_by(t.Batch.place, t.Batch.name)
    return connection.execute(query).all()


# -- gold put to use


def with_gold(connection: Connection, slug: str) -> dict[str | None, int]:
    """How many articles have gold in force, by what it is used for (None: nothing beside being gold)."""
    query = select(t.Article.purpose, func.count()).where(t.Article.project == slug, has_gold)
    return {row[0]: row[1] for row in connection.execute(query.group_by(t.Article.purpose))}


def measurable(connection: Connection, slug: str) -> list[str]:
    """The articles with gold in force that somebody has submitted a review of, in order."""
    there = exists().where(t.Review.article == t.Article.id, t.Review.state == "submitted")
    query = select(t.Article.id).where(t.Article.project == slug, has_gold, there)
    return list(connection.execute(query.order_by(t.Article.position)).scalars())


def gold_among(connection: Connection, slug: str, articles: Sequence[str]) -> list[str]:
    """Those of the articles that have gold in force."""
    found: list[str] = []
    for condition in _chunks(t.Article.id, articles):
        query = select(t.Article.id).where(t.Article.project == slug, has_gold, condition)
        found += connection.execute(query.order_by(t.Article.position)).scalars()
    return found


def places(connection: Connection, project: Project) -> tuple[int, int]:
    """How many reviews the project's open articles need, and how many of them have somebody."""
    wanted = places_taken = 0
    below = shared_below(project.rules) * 100 // PARTS
    for state, taken, _, asked, share, number in tallies.articles(connection, project.slug):
        if state == "open":
            shared = max(project.reviews, project.reviewers) if share < below else project.reviews
            wanted += number * (asked or shared)
            places_taken += number * taken
    return wanted, places_taken
