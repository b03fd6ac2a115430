"""Replaying the log on an empty database, to see that it gives the tables' present state."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, select
from sqlalchemy.exc import SQLAlchemyError

from annotator.core.events import Entry, verify_chain
from annotator.errors import Refused
from annotator.store import tables as t
from annotator.store import tallies
from annotator.store.applying import APPLY
from annotator.store.db import Database
from annotator.store.journal import entry_of

CHUNK = 1000


def check_replay(connection: Connection) -> int:
    """Replays the whole log and compares every table with the present one; answers with the entries read.

    Raises Refused at the first entry that breaks the chain, a text that is not the one that was loaded,
    or a row that differs, naming table and key. Passwords' and tokens' hashes are not in the log and
    are not compared.
    """
    with tempfile.TemporaryDirectory(prefix="annotator-verify-") as folder:
        copy = Database(f"sqlite:///{Path(folder) / 'replay.sqlite3'}")
        try:
            t.Base.metadata.create_all(copy.engine)
            with copy.write() as other:
                count = _replay(connection, other)
            with copy.read() as other:
                for table in t.REPLAYED:
                    _compare(connection, other, table)
            tallies.check(connection)
            return count
        finally:
            copy.dispose()


def _replay(connection: Connection, other: Connection) -> int:
    count = 0
    for entry in verify_chain(_indexed(connection)):
        count += 1
        try:
            payload = _payload(connection, entry) if entry.action == "article.loaded" else ()
            for statement, rows in APPLY[entry.action](entry, payload):
                other.execute(statement, rows)
        except (AttributeError, LookupError, TypeError, ValueError, SQLAlchemyError) as error:
            # the chain holds, so whoever wrote the entry made the hashes too, and none of our actions did
            raise Refused("It cannot be replayed: its data does not fit.", where=f"entry {entry.seq}") from error
    return count


def _indexed(connection: Connection) -> Iterator[Entry]:
    """The log; the column that undo finds a review's steps by stands outside the chain, so it is checked here."""
    rows = connection.execution_options(yield_per=CHUNK).execute(select(t.LogEntry).order_by(t.LogEntry.seq))
    for row in rows:
        entry = entry_of(row)
        if row.review != entry.data.get("review"):
            raise Refused("It is indexed under another review.", where=f"entry {entry.seq}")
        yield entry


def _payload(connection: Connection, entry: Entry) -> tuple[str, str]:
    query = select(t.ArticleText.text, t.ArticleText.blocks).where(t.ArticleText.article == entry.article)
    row = connection.execute(query).first()
    if row is None:
        raise Refused("Its article is gone from the database.", where=f"entry {entry.seq}")
    for name, value in (("text", row.text), ("blocks", row.blocks)):
        if hashlib.sha256(value.encode()).hexdigest() != entry.data[f"{name}_sha256"]:
            raise Refused(f"The {name} of article {entry.article} is not what was loaded.", where=f"entry {entry.seq}")
    return row.text, row.blocks


def _compare(here: Connection, other: Connection, table: Table) -> None:
    columns = [column for column in table.columns if column not in t.SECRET_COLUMNS]
    keys = list(table.primary_key.columns)
    query = select(*columns).order_by(*keys)
    ours, replayed = _rows(here, query), _rows(other, query)
    while True:
        a, b = next(ours, None), next(replayed, None)
        if a is None and b is None:
            return
        if a != b:
            row = a or b
            assert row is not None
            key = "/".join(str(row[key.name]) for key in keys)
            raise Refused("The table differs from what the log says.", where=f"{table.name} {key}")


def _rows(connection: Connection, query: Any) -> Iterator[dict[str, Any]]:
    for row in connection.execution_options(yield_per=CHUNK).execute(query):
        yield dict(row._mapping)  # noqa: SLF001


@dataclass(frozen=True, slots=True)
class BlindReview:
    """A submitted review, and when its reviewer was first served others' spans of the article, if ever.

    `blind`: that was never, or after the review was submitted for the last time. `asked`: when an
    adjudicator, who knows the others' spans, had last asked the reviewer something before that.
    """

    article: str
    reviewer: str
    submitted: str
    served: str | None
    blind: bool
    asked: str | None


def blind_reviews(log: Iterable[Entry]) -> list[BlindReview]:
    """What the log says of each submitted review, in order of submission (contract section 9)."""
    reviewers: dict[str, tuple[str, str]] = {}
    submitted: dict[str, Entry] = {}
    served: dict[tuple[str, str], Entry] = {}
    asked: dict[tuple[str, str], Entry] = {}
    for entry in log:
        if entry.action in {"review.assigned", "review.loaded"}:
            reviewers[entry.data["review"]] = (str(entry.article), entry.data["reviewer"])
        if entry.action in {"review.submitted", "review.loaded"}:
            submitted[entry.data["review"]] = entry
        elif entry.action == "review.reopened":
            submitted.pop(entry.data["review"], None)
        elif entry.action == "spans.served":
            for article in entry.data["articles"]:
                served.setdefault((article, entry.data["name"]), entry)
        elif entry.action == "question.asked":
            asked |= {(str(entry.article), one["name"]): entry for one in entry.data["to"]}
    found = []
    for review, last in submitted.items():
        first = served.get(reviewers[review])
        blind = first is None or first.seq > last.seq
        question = asked.get(reviewers[review])
        found.append(BlindReview(
            *reviewers[review], last.at, first.at if first else None, blind,
            question.at if question and question.seq < last.seq else None,
        ))  # fmt: skip
    return found
