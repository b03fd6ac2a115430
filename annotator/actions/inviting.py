"""Invitations: a link that makes whoever opens it a member, a number of times and for some days."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection
from werkzeug.security import generate_password_hash

from annotator.actions.people import check_name, check_password
from annotator.actions.projects import check_role
from annotator.core.access import Viewer
from annotator.core.events import Event
from annotator.errors import Conflict, Missing, Refused, TooMany
from annotator.store import invitations, people, projects
from annotator.store.db import Database
from annotator.store.ids import new_id
from annotator.store.journal import record

MAX_USES = 1000
MAX_DAYS = 365
NOT_GOOD = "This invitation is not there, or no longer good. Ask whoever sent it for a new one."


@dataclass(frozen=True, slots=True)
class NewInvitation:
    id: str
    key: str


def invite(db: Database, viewer: Viewer, slug: str, role: str, *, uses: int, days: int) -> NewInvitation:
    """A new invitation; its key is shown once, only its hash is kept. Raises Refused for numbers out of range."""
    viewer.require("manage project", slug)
    check_role(role)
    if not 1 <= uses <= MAX_USES:
        raise Refused(f"An invitation is good 1 to {MAX_USES:,} times, not {uses}.", where="uses")
    if not 1 <= days <= MAX_DAYS:
        raise Refused(f"An invitation is good for 1 to {MAX_DAYS} days, not {days}.", where="days")
    made = NewInvitation(new_id(), secrets.token_urlsafe(24))
    data = {"invitation": made.id, "role": role, "uses": uses, "expires": people.later(days=days)}
    with db.write() as connection:
        projects.project(connection, slug)
        event = Event("invitation.added", data, slug, payload=(people.digest(made.key),))
        record(connection, viewer.name, event)
    return made


def revoke(db: Database, viewer: Viewer, slug: str, invitation_id: str) -> None:
    """Makes an invitation useless from now on; who joined stays. Raises Missing, Conflict when it is over anyway."""
    viewer.require("manage project", slug)
    with db.write() as connection:
        found = {one.id: one for one in invitations.of_project(connection, slug)}.get(invitation_id)
        if found is None:
            raise Missing("There is no such invitation.")
        if found.state != "open":
            raise Conflict(f"This invitation is {found.state} already.")
        record(connection, viewer.name, Event("invitation.revoked", {"invitation": found.id}, slug))


def invitation(connection: Connection, key: str) -> invitations.Invitation:
    """The open invitation with that key. Raises the same Missing whatever is the matter with it."""
    found = invitations.of_key(connection, key)
    if found is None:
        raise Missing(NOT_GOOD)
    return found


def look(db: Database, key: str, address: str, limit: int) -> invitations.Invitation:
    """The open invitation with that key, for whoever asks from the address.

    Raises Missing, which counts there as a failed sign-in does, and TooMany after 20 * `limit` of them in 15
    minutes; 0 is no limit.
    """
    with db.read() as connection:
        found = invitations.of_key(connection, key)
        _of_name, of_address = people.failures(connection, "", address)
    if limit and of_address >= 20 * limit:
        raise TooMany("Too many failed tries. Wait 15 minutes, then open the link of the invitation again.")
    if found is None:
        with db.write() as connection:
            people.note_failure(connection, "", address)
        raise Missing(NOT_GOOD)
    return found


def join_anew(db: Database, key: str, name: str, password: str) -> str:
    """Makes an account with the role; answers with the project. Raises Missing, Refused, Conflict (name taken)."""
    with db.read() as connection:
        invitation(connection, key)  # before a hash is worked out for nothing
    check_name(name)
    hashed = generate_password_hash(check_password(password))
    with db.write() as connection:
        found = invitation(connection, key)
        if people.account(connection, name) is not None:
            raise Conflict(f"There is an account {name!r} already. Choose another name, or sign in.", where="name")
        account = Event("user.added", {"name": name, "admin": False, "disabled": False}, payload=(hashed,))
        record(connection, name, account, *_joined(found, name))
        return found.project


def join(db: Database, viewer: Viewer, key: str) -> str:
    """Gives the viewer the role; answers with the project. One held already stays, and costs no use.

    Raises Missing, and Conflict for who was taken out of the project since the invitation was made.
    """
    with db.write() as connection:
        found = invitation(connection, key)
        if found.role not in projects.members(connection, found.project).get(viewer.name, []):
            if invitations.removed_since(connection, found, viewer.name):
                raise Conflict("You were taken out of this project. Ask its managers for a new link.")
            record(connection, viewer.name, *_joined(found, viewer.name))
        return found.project


def _joined(found: invitations.Invitation, name: str) -> list[Event]:
    return [
        Event("invitation.used", {"invitation": found.id, "name": name}, found.project),
        Event("member.added", {"name": name, "role": found.role}, found.project),
    ]
