"""The registry of `applying`, and the rows that several of its functions make.

A function takes an entry and gives statements, and may depend on nothing but the entry and its payload.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec
from sqlalchemy import Executable, insert

from annotator.core.events import Entry
from annotator.store import tables as t

Rows = dict[str, Any] | list[dict[str, Any]]
Statements = Iterator[tuple[Executable, Rows]]
Payload = tuple[str, ...]

APPLY: Final[dict[str, Callable[[Entry, Payload], Statements]]] = {}


def on(action: str) -> Callable[[Callable[[Entry, Payload], Statements]], Callable[[Entry, Payload], Statements]]:
    """Registers the function below it as what `action` does."""

    def keep(function: Callable[[Entry, Payload], Statements]) -> Callable[[Entry, Payload], Statements]:
        APPLY[action] = function
        return function

    return keep


def as_json(value: Any) -> str:
    """Compact JSON with sorted keys, as JSON columns hold it."""
    return msgspec.json.encode(value, order="sorted").decode()


def span_row(span: dict[str, Any]) -> dict[str, Any]:
    """What every table of spans keeps of a span in an entry."""
    return {
        "id": span["id"], "start_at": span["start"], "end_at": span["end"], "label": span["label"],
        "note": span["note"], "attributes": as_json(span["attributes"]),
    }  # fmt: skip


def relation_rows(relations: list[dict[str, Any]], **owner: Any) -> list[dict[str, Any]]:
    """Rows of relations that belong to a review or an article."""
    return [
        {"id": r["id"], "type": r["type"], "source": r["from"], "target": r["to"], **owner} for r in relations
    ]  # fmt: skip


add_review = insert(t.table(t.Review))
add_span = insert(t.table(t.Span))
add_relation = insert(t.table(t.Relation))
