"""The only writer of the tables: an event is appended to the chain and applied, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Executable, Insert, func, insert, select

from annotator.core.events import FIRST_PREV, Entry, Event, chain
from annotator.errors import Refused
from annotator.store.applying import APPLY
from annotator.store.bulk import insert_many
from annotator.store.ids import now
from annotator.store.tables import Base, LogEntry, table
from annotator.store.tallies import Moves

COMMAND_LINE = "(command line)"

_TABLE_ORDER = {known.name: place for place, known in enumerate(Base.metadata.sorted_tables)}
_last = select(LogEntry.seq, LogEntry.hash).order_by(LogEntry.seq.desc()).limit(1)
_append = insert(table(LogEntry))
_columns = (
    LogEntry.seq, LogEntry.at, LogEntry.actor, LogEntry.action, LogEntry.project, LogEntry.article, LogEntry.data,
    LogEntry.prev, LogEntry.hash,
)  # fmt: skip


def record(connection: Connection, actor: str, *events: Event, at: str | None = None) -> list[Entry]:
    """Appends the events to the log and applies each to the tables, in order.

    `connection` must be one of `Database.write()`, so that no other writer can take the same place in
    the chain. All events of a call carry the same time.
    """
    entries, log_rows = _chained(connection, actor, events, at or now())
    connection.execute(_append, log_rows)
    moves = Moves(connection, entries)
    for entry, event in zip(entries, events, strict=True):
        for statement, rows in APPLY[entry.action](entry, event.payload):
            connection.execute(statement, rows)
    moves.done()
    return entries


def record_loads(connection: Connection, actor: str, events: Sequence[Event], at: str) -> None:
    """As `record`, for many events that each only insert: one statement a table and call, not one a row."""
    if not events:
        return
    entries, log_rows = _chained(connection, actor, events, at)
    insert_many(connection, _append, log_rows)
    moves = Moves(connection, entries)
    batches: dict[int, tuple[Executable, list[dict[str, Any]]]] = {}
    for entry, event in zip(entries, events, strict=True):
        for statement, rows in APPLY[entry.action](entry, event.payload):
            batch = batches.setdefault(id(statement), (statement, []))[1]
            batch.extend(rows if isinstance(rows, list) else [rows])
    for statement, rows in sorted(batches.values(), key=lambda batch: _rank(batch[0])):
        if isinstance(statement, Insert):
            insert_many(connection, statement, rows)
        else:
            connection.execute(statement, rows)
    moves.done()


def _rank(statement: Any) -> tuple[bool, int, bool]:
    """Deletes first, then parents before children, as foreign keys ask; a row is there before it is updated."""
    return (not statement.is_delete, _TABLE_ORDER[statement.table.name], statement.is_update)


def _chained(
    connection: Connection, actor: str, events: Iterable[Event], at: str
) -> tuple[list[Entry], list[dict[str, Any]]]:  # fmt: skip
    """The entries, and the rows that they are in the log."""
    last = connection.execute(_last).first()
    seq, prev = (last.seq, last.hash) if last else (0, FIRST_PREV)
    entries, rows = [], []
    for event in events:
        seq += 1
        entry, data = chain(prev, seq, at, actor, event)
        prev = entry.hash
        entries.append(entry)
        rows.append({
            "seq": seq, "at": at, "actor": actor, "action": event.action, "project": event.project,
            "article": event.article, "review": event.review, "data": data.decode(), "prev": entry.prev,
            "hash": prev,
        })  # fmt: skip
    return entries, rows


def entry_of(row: Any) -> Entry:
    """The log entry in a row of `events`; raises Refused for one whose data was changed to what is no JSON."""
    try:
        data = msgspec.json.decode(row.data)
    except msgspec.DecodeError:
        raise Refused("Its data is not JSON: the entry was changed.", where=f"entry {row.seq}") from None
    return Entry(row.seq, row.at, row.actor, row.action, row.project, row.article, data, row.prev, row.hash)


def entries(connection: Connection, project: str | None = None) -> Iterator[Entry]:
    """The log from its beginning (of one project only, if named), streamed."""
    query = select(*_columns).order_by(LogEntry.seq)
    if project is not None:
        query = query.where(LogEntry.project == project)
    streamed = connection.execution_options(yield_per=1000).execute(query)
    for row in streamed:
        yield entry_of(row)


def last_hash(connection: Connection) -> str:
    """The hash of the newest entry: it stands for the whole log."""
    last = connection.execute(_last).first()
    return last.hash if last else FIRST_PREV


def last_seq(connection: Connection) -> int:
    """The number of the newest entry, 0 of an empty log."""
    return connection.execute(select(func.max(LogEntry.seq))).scalar() or 0


def happened(
    connection: Connection, since: int, *, project: str | None = None, actor: str | None = None,
    without: Iterable[str] = (), only: Iterable[str] | None = None,
) -> bool:  # fmt: skip
    """Whether the log has an entry behind `since` of the project, or by the actor.

    Actions that begin as one of `without` are left aside; `only` names the ones that count.
    """
    query = select(LogEntry.seq).where(LogEntry.seq > since)
    if project is not None:
        query = query.where(LogEntry.project == project)
    if actor is not None:
        query = query.where(LogEntry.actor == actor)
    if only is not None:
        query = query.where(LogEntry.action.in_(list(only)))
    for kind in without:
        query = query.where(LogEntry.action.not_like(f"{kind}%"))
    return connection.execute(query.limit(1)).first() is not None
