"""Clients' keys for writes: a write sent again under its key is known as done.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from annotator.store.ids import now
from annotator.store.tables import IdempotencyKey, table


def known(connection: Connection, name: str, key: str) -> tuple[str, str] | None:
    """The fingerprint of what that person sent under the key, and the span it made; None for a new key."""
    query = select(IdempotencyKey.fingerprint, IdempotencyKey.span)
    row = connection.execute(query.where(IdempotencyKey.name == name, IdempotencyKey.key == key)).first()
    return (row.fingerprint, row.span) if row else None


def remember(connection: Connection, name: str, key: str, fingerprint: str, span: str) -> None:
    """Keeps what came of a write."""
    row = {"name": name, "key": key, "fingerprint": fingerprint, "span": span, "at": now()}
    connection.execute(insert(table(IdempotencyKey)), row)
