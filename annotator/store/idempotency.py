"""Clients' keys for writes: a write sent again under its key is known as done.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from annotator.store.ids import now
from annotator.store.tables import IdempotencyKey, table


@dataclass(frozen=True, slots=True)
class Known:
    """A write that was done under a key: what was sent, and the article and span it was about."""

    fingerprint: str
    article: str
    span: str


def known(connection: Connection, name: str, key: str) -> Known | None:
    """What that person did under the key; None for a new one."""
    query = select(IdempotencyKey.fingerprint, IdempotencyKey.article, IdempotencyKey.span)
    row = connection.execute(query.where(IdempotencyKey.name == name, IdempotencyKey.key == key)).first()
    return Known(row.fingerprint, row.article, row.span) if row else None


def remember(connection: Connection, name: str, key: str, done: Known) -> None:
    """Keeps what came of a write."""
    row = {
        "name": name, "key": key, "fingerprint": done.fingerprint, "article": done.article, "span": done.span,
        "at": now(),
    }  # fmt: skip
    connection.execute(insert(table(IdempotencyKey)), row)
