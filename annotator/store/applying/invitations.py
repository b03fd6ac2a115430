"""What happens to invitations; the account and the role that one gives are events of their own."""

from __future__ import annotations

from sqlalchemy import bindparam, insert, update

from annotator.core.events import Entry
from annotator.store import tables as t
from annotator.store.applying.rules import Payload, Statements, on

_add = insert(t.table(t.Invitation))
_of_id = update(t.table(t.Invitation)).where(t.Invitation.id == bindparam("b_id"))
_use = _of_id.values(used=t.Invitation.used + 1)
_revoke = _of_id.values(revoked_at=bindparam("b_at"))


@on("invitation.added")
def _invitation_added(entry: Entry, payload: Payload) -> Statements:
    data = entry.data
    yield _add, {
        "id": data["invitation"], "project": entry.project, "role": data["role"], "uses": data["uses"], "used": 0,
        "hash": payload[0] if payload else None, "made_by": entry.actor, "created_at": entry.at,
        "expires_at": data["expires"], "revoked_at": None,
    }  # fmt: skip


@on("invitation.used")
def _invitation_used(entry: Entry, _payload: Payload) -> Statements:
    yield _use, {"b_id": entry.data["invitation"]}


@on("invitation.revoked")
def _invitation_revoked(entry: Entry, _payload: Payload) -> Statements:
    yield _revoke, {"b_id": entry.data["invitation"], "b_at": entry.at}
