"""What happens to the spans and relations of a review."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, delete, update

from annotator.core.events import Entry
from annotator.store import tables as t
from annotator.store.applying.rules import Payload, Statements, add_relation, add_span, on, relation_rows, span_row

_change_span = update(t.table(t.Span)).where(t.Span.id == bindparam("b_id")).values(
    start_at=bindparam("start_at"), end_at=bindparam("end_at"), label=bindparam("label"), note=bindparam("note"),
    attributes=bindparam("attributes"), version=bindparam("version"), changed_at=bindparam("changed_at"),
)  # fmt: skip
_delete_span = delete(t.table(t.Span)).where(t.Span.id == bindparam("b_id"))
_delete_relation = delete(t.table(t.Relation)).where(t.Relation.id == bindparam("b_id"))


@on("span.added")
def _span_added(entry: Entry, _payload: Payload) -> Statements:
    data = entry.data
    row = span_row({"id": data["span"], **data["after"]})
    yield add_span, {**row, "review": data["review"], "version": data["after"]["version"], "changed_at": entry.at}
    yield from _relations_moved(data)


@on("span.changed")
def _span_changed(entry: Entry, _payload: Payload) -> Statements:
    row = span_row({"id": entry.data["span"], **entry.data["after"]})
    row["b_id"] = row.pop("id")
    yield _change_span, {**row, "version": entry.data["after"]["version"], "changed_at": entry.at}
    yield from _relations_moved(entry.data)


@on("span.deleted")
def _span_deleted(entry: Entry, _payload: Payload) -> Statements:
    yield from _relations_moved(entry.data)
    yield _delete_span, {"b_id": entry.data["span"]}


def _relations_moved(data: dict[str, Any]) -> Statements:
    """The relations that went, or came back, together with a change of a span."""
    for relation in data["dropped"]:
        yield _delete_relation, {"b_id": relation["id"]}
    if data["restored"]:
        yield add_relation, relation_rows(data["restored"], review=data["review"])


@on("relation.added")
def _relation_added(entry: Entry, _payload: Payload) -> Statements:
    yield add_relation, relation_rows([entry.data["after"]], review=entry.data["review"])


@on("relation.deleted")
def _relation_deleted(entry: Entry, _payload: Payload) -> Statements:
    yield _delete_relation, {"b_id": entry.data["before"]["id"]}
