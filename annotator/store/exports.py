"""The exports that were made of a project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from annotator.store import tables as t

_KEPT = ("seq", "format", "layer", "filters", "split", "open", "articles", "spans", "bytes", "made_by", "made_at")
_columns = tuple(t.table(t.Export).c[name] for name in _KEPT)


@dataclass(frozen=True, slots=True)
class Made:
    """An export: `filters` by the names of the address's parameters; the rest as in `tables.Export`.

    `articles`, `spans` and `bytes` are None where they are not for whoever asks, `bytes` also where it is not known.
    """

    seq: int
    format: str
    layer: str
    filters: dict[str, Any]
    split: str | None
    open: bool
    articles: int | None
    spans: int | None
    bytes: int | None
    made_by: str
    made_at: str


def last(connection: Connection, slug: str, number: int) -> list[Made]:
    """The project's newest exports, newest first."""
    query = select(*_columns).where(t.Export.project == slug).order_by(t.Export.seq.desc()).limit(number)
    rows = (row._asdict() for row in connection.execute(query))
    return [Made(**row | {"filters": msgspec.json.decode(row["filters"])}) for row in rows]
