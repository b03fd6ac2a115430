"""What is there already of a batch to load, looked up with one query a table instead of one a line."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam, func, select

from annotator.errors import Refused
from annotator.store import tables as t

Place = tuple[int, int, str]
CHUNK = 900  # bound parameters in one query: SQLite takes 32,766, older ones 999

# Built once: a statement with its values in it is garbage in a circle, which stays until it is looked for.
_values: BindParameter[Any] = bindparam("values", expanding=True)
_columns = (t.Article.position, t.Article.id, t.Article.project, t.Article.key, t.Article.text_sha256)
_projects: BindParameter[Any] = bindparam("projects", expanding=True)
# Sorted here, not there: to have them in order, SQLite would go through all articles of the project.
_there = select(*_columns).where(t.Article.project.in_(_projects))
_of_keys = _there.where(t.Article.key.in_(_values))
_of_texts = _there.where(t.Article.text_sha256.in_(_values))
_of_ids: dict[type[t.Base], Select[str]] = {
    table: select(table.id).where(table.id.in_(_values))
    for table in (t.Article, t.Span, t.GoldSpan, t.Suggestion, t.Relation, t.GoldRelation)
}


def last_position(connection: Connection, project: str) -> int:
    """The position of the article loaded last into the project, 0 before the first."""
    query = select(func.max(t.Article.position)).where(t.Article.project == project)
    return connection.execute(query).scalar() or 0


class Present:
    """The articles, ids and layers that a batch may meet; it learns what the batch itself adds.

    `projects` are those it goes to, `hashes` are of its texts, `keys` and ids of its `articles`; `given` are
    the ids that the file gives spans and relations.
    """

    def __init__(
        self, connection: Connection, *, projects: Collection[str], hashes: Sequence[str], keys: Sequence[str],
        articles: Sequence[str], given: Sequence[str],
    ) -> None:  # fmt: skip
        self.connection = connection
        self.hashes: dict[str, str] = {}
        self._by_key: dict[tuple[str, str], str] = {}
        self._by_text: dict[tuple[str, str], str] = {}
        self._fresh: set[str] = set()
        self._reviews: dict[tuple[str, str], set[Place]] = {}
        self._gold: dict[str, set[Place]] = {}
        self._suggested: dict[str, set[Place]] = {}
        # Texts last: the key's article is not always the first of its text.
        for query, values in ((_of_keys, keys), (_of_texts, hashes)):
            for part in chunks(values):
                found: Any = connection.execute(query, {"projects": projects, "values": part})
                for _, article, project, key, digest in sorted(map(tuple, found), reverse=True):
                    self._learn(project, key, digest, article)
        self._articles = self._taken(articles, t.Article)
        self._spans = self._taken(given, t.Span, t.GoldSpan, t.Suggestion)
        self._relations = self._taken(given, t.Relation, t.GoldRelation)

    def _taken(self, ids: Sequence[str], *tables: type[t.Base]) -> set[str]:
        found: set[str] = set()
        for table in tables:
            for part in chunks(ids):
                found.update(self.connection.execute(_of_ids[table], {"values": part}).scalars())
        return found

    def _learn(self, project: str, key: str | None, digest: str, article: str) -> None:
        self.hashes[article] = digest
        self._by_text[project, digest] = article
        if key is not None:
            self._by_key[project, key] = article

    def find(self, project: str, key: str | None, digest: str) -> str | None:
        """The article of that key, or without a key the first of that text."""
        if key is not None:
            return self._by_key.get((project, key))
        return self._by_text.get((project, digest))

    def add(self, project: str, key: str | None, digest: str, article: str) -> None:
        """Notes an article that the batch makes."""
        self._fresh.add(article)
        self._articles.add(article)
        earlier = self._by_text.get((project, digest))
        self._learn(project, key, digest, article)
        if earlier is not None:
            self._by_text[project, digest] = earlier

    def free_id(self, wanted: str | None) -> str | None:
        """The id a file gives an article, unless it is taken."""
        return wanted if wanted and wanted not in self._articles else None

    def free_span_id(self, wanted: str | None) -> str | None:
        """The id a file gives a span, unless it is taken; it is from now on."""
        return _claim(self._spans, wanted)

    def free_relation_id(self, wanted: str | None) -> str | None:
        """The id a file gives a relation, unless it is taken; it is from now on."""
        return _claim(self._relations, wanted)

    # -- layers of an article that was there before the batch are read when a line asks for them

    def review(self, article: str, reviewer: str) -> set[Place] | None:
        """Where the spans of that reviewer's review are, None without one.

        Raises Refused for a review that was written here or changed since it was loaded: whether a file
        says the same would tell whoever loads it what the reviewer has marked.
        """
        if article not in self._fresh and (article, reviewer) not in self._reviews:
            row = self.connection.execute(
                select(t.Review.id).where(t.Review.article == article, t.Review.reviewer == reviewer)
            ).first()
            if row is not None:
                self._check_loaded(row.id, reviewer)
                columns = (t.Span.start_at, t.Span.end_at, t.Span.label)
                rows = self.connection.execute(select(*columns).where(t.Span.review == row.id))
                self._reviews[article, reviewer] = {(start, end, label) for start, end, label in rows}
        return self._reviews.get((article, reviewer))

    def _check_loaded(self, review: str, reviewer: str) -> None:
        actions = self.connection.execute(select(t.LogEntry.action).where(t.LogEntry.review == review)).scalars()
        if list(actions) != ["review.loaded"]:
            raise Refused(f"{reviewer} has a review of this article already.", where="reviewer")

    def add_review(self, article: str, reviewer: str, rows: list[dict[str, Any]]) -> None:
        """Notes a review that the batch makes."""
        self._reviews[article, reviewer] = places(rows)

    def gold(self, article: str) -> set[Place] | None:
        """Where the gold spans of the article are, None if it never had gold."""
        if article not in self._fresh and article not in self._gold:
            closed = self.connection.execute(select(t.Article.closed_at).where(t.Article.id == article)).scalar()
            if closed is not None:
                columns = (t.GoldSpan.start_at, t.GoldSpan.end_at, t.GoldSpan.label)
                rows = self.connection.execute(select(*columns).where(t.GoldSpan.article == article))
                self._gold[article] = {(start, end, label) for start, end, label in rows}
        return self._gold.get(article)

    def add_gold(self, article: str, rows: list[dict[str, Any]]) -> None:
        """Notes gold that the batch makes."""
        self._gold[article] = places(rows)

    def fresh_suggestions(self, article: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Those rows that are no suggestion of the article yet; they are from now on."""
        if article not in self._suggested:
            columns = (t.Suggestion.start_at, t.Suggestion.end_at, t.Suggestion.label)
            there: Iterable[Any] = () if article in self._fresh else self.connection.execute(
                select(*columns).where(t.Suggestion.article == article)
            )  # fmt: skip
            self._suggested[article] = {(start, end, label) for start, end, label in there}
        known = self._suggested[article]
        fresh = [row for row in rows if (row["start"], row["end"], row["label"]) not in known]
        known |= places(fresh)
        return fresh


def places(rows: Iterable[dict[str, Any]]) -> set[Place]:
    """Where spans in event data stand, and their labels."""
    return {(row["start"], row["end"], row["label"]) for row in rows}


def _claim(taken: set[str], wanted: str | None) -> str | None:
    if not wanted or wanted in taken:
        return None
    taken.add(wanted)
    return wanted


def chunks(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """The values in parts that one query takes as its parameters."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
