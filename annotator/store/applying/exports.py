"""What is kept of an export that was made."""

from __future__ import annotations

from sqlalchemy import insert

from annotator.core.events import Entry
from annotator.store import tables as t
from annotator.store.applying.rules import Payload, Statements, as_json, on

_add_export = insert(t.table(t.Export))


@on("export.made")
def _export_made(entry: Entry, _payload: Payload) -> Statements:
    kept = {"seq": entry.seq, "project": entry.project, "made_by": entry.actor, "made_at": entry.at}
    yield _add_export, {**entry.data, **kept, "filters": as_json(entry.data["filters"])}
