"""Reading invitations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, cast

import msgspec
from sqlalchemy import Connection, select

from annotator.core.access import Role
from annotator.store import tables as t
from annotator.store.ids import now
from annotator.store.people import digest

State = Literal["open", "used up", "expired", "revoked"]


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation without its key; only an `open` one lets anyone in."""

    id: str
    project: str
    role: Role
    uses: int
    used: int
    by: str
    expires: str
    state: State


def _value(row: Any, present: str) -> Invitation:
    state: State = "open"
    if row.revoked_at is not None:
        state = "revoked"
    elif row.used >= row.uses:
        state = "used up"
    elif row.expires_at <= present:
        state = "expired"
    role = cast("Role", row.role)
    return Invitation(row.id, row.project, role, row.uses, row.used, row.made_by, row.expires_at, state)


def of_key(connection: Connection, key: str) -> Invitation | None:
    """The open invitation with that key; None for any other key, whatever is the matter with it."""
    row = connection.execute(select(t.table(t.Invitation)).where(t.Invitation.hash == digest(key))).first()
    found = _value(row, now()) if row else None
    return found if found is not None and found.state == "open" else None


def removed_since(connection: Connection, invitation: Invitation, name: str) -> bool:
    """Whether that person was taken out of the project since the invitation was made."""
    made = select(t.Invitation.created_at).where(t.Invitation.id == invitation.id).scalar_subquery()
    query = select(t.LogEntry.data).where(
        t.LogEntry.project == invitation.project, t.LogEntry.action == "member.removed", t.LogEntry.at >= made
    )
    return any(msgspec.json.decode(data)["name"] == name for data in connection.execute(query).scalars())


def of_project(connection: Connection, slug: str) -> list[Invitation]:
    """All invitations into the project, the newest first."""
    query = select(t.table(t.Invitation)).where(t.Invitation.project == slug)
    present = now()
    return [_value(row, present) for row in connection.execute(query.order_by(t.Invitation.created_at.desc()))]
