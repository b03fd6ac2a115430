"""Accounts, passwords, tokens, signing in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cache

from werkzeug.security import check_password_hash, generate_password_hash

from annotator.actions.projects import check_role
from annotator.core.access import Viewer
from annotator.core.events import Event
from annotator.errors import Conflict, Missing, Refused, TooMany
from annotator.store import people, projects
from annotator.store.db import Database
from annotator.store.ids import new_id
from annotator.store.journal import COMMAND_LINE, record

MIN_PASSWORD = 8


@cache
def _nobody() -> str:
    """A hash to check when there is no such account, so that the answer takes as long as when there is."""
    return generate_password_hash(secrets.token_urlsafe())


def check_name(name: str) -> str:
    """The name itself; raises Refused unless it can be an account's (1 to 64 printable characters)."""
    if (
        not 1 <= len(name) <= 64
        or name != name.strip()
        or not name.isprintable()
        or name == COMMAND_LINE
        or "/" in name
    ):
        raise Refused(f"{name!r} is no account name: 1 to 64 characters, no / or control, no space at either end.",
                      where="name")  # fmt: skip
    return name


def check_password(password: str) -> str:
    """The password itself; raises Refused when it is too short (or too long to be meant)."""
    if not MIN_PASSWORD <= len(password) <= 1000:
        raise Refused(f"A password has {MIN_PASSWORD} characters at least.", where="password")
    return password


def add_user(
    db: Database, name: str, *, password: str | None = None, admin: bool = False, project: str | None = None,
    role: str | None = None, viewer: Viewer | None = None,
) -> bool:  # fmt: skip
    """Makes an account, with a role in a project if one is given. Without a password nobody can sign in to it.

    An account that is there only gets the role: then False. Raises Conflict when there is nothing to add.
    """
    if viewer is not None:
        viewer.require("manage people")
    check_name(name)
    hashed = generate_password_hash(check_password(password)) if password is not None else None
    if (role is None) != (project is None):
        raise Refused("A role is held in a project: give both --role and --project.", where="role")
    actor = viewer.name if viewer else COMMAND_LINE
    with db.write() as connection:
        account = people.account(connection, name)
        events = []
        if account is None:
            data = {"name": name, "admin": admin, "disabled": False}
            events.append(Event("user.added", data, payload=(hashed,) if hashed else ()))
        elif password is not None or admin or role is None:
            raise Conflict(f"There is an account {account.name!r} already.", where="name")
        else:
            name = account.name
        if project is not None and role is not None:
            projects.project(connection, project)
            if check_role(role) not in projects.members(connection, project).get(name, []):
                events.append(Event("member.added", {"name": name, "role": role}, project))
        if events:
            record(connection, actor, *events)
        return account is None


def set_up(db: Database, key: str, name: str, password: str) -> None:
    """Makes the first account, an admin, with the key of the set-up link, which is dead from then on."""
    check_name(name)
    hashed = generate_password_hash(check_password(password))
    with db.write() as connection:
        if people.any_sign_in(connection) or not people.setup_key_holds(connection, key):
            raise Missing("This set-up link was used already or is not the newest one.")
        if people.account(connection, name) is not None:
            raise Conflict(f"There is an account {name!r} already.", where="name")
        people.drop_setup_key(connection)
        record(
            connection, name, Event("user.added", {"name": name, "admin": True, "disabled": False}, payload=(hashed,))
        )


def set_disabled(db: Database, name: str, *, disabled: bool, viewer: Viewer | None = None) -> None:
    """Closes an account to its holder, or opens it again. Everything done under its name stays."""
    if viewer is not None:
        viewer.require("manage people")
    with db.write() as connection:
        account = people.account(connection, name)
        if account is None:
            raise Missing(f"There is no account {name!r}.", where="name")
        if viewer is not None and viewer.name == account.name:
            raise Conflict("You cannot disable your own account.", where="name")
        if account.disabled != disabled:
            action = "user.disabled" if disabled else "user.enabled"
            record(connection, viewer.name if viewer else COMMAND_LINE, Event(action, {"name": account.name}))


def set_password(db: Database, viewer: Viewer, name: str, password: str, *, old: str | None = None) -> None:
    """Sets a password: one's own with the `old` one, anyone's as an admin. Ends the person's sessions."""
    if old is None:
        viewer.require("manage people")
    hashed = generate_password_hash(check_password(password))
    with db.write() as connection:
        account = people.account(connection, name)
        if account is None:
            raise Missing(f"There is no account {name!r}.", where="name")
        if old is not None and not check_password_hash(account.password_hash or _nobody(), old):
            raise Refused("The present password is another.", where="old")
        record(connection, viewer.name, Event("user.password_set", {"name": account.name}, payload=(hashed,)))


def sign_in(db: Database, name: str, password: str, address: str, limit: int) -> str:
    """The id of a new session for that account.

    Raises Refused, the same for an unknown name as for a wrong password, and TooMany after `limit`
    failures for the account (20 times as many from the address) in 15 minutes; 0 is no limit.
    """
    with db.read() as connection:
        account = people.account(connection, name)
        of_name, of_address = people.failures(connection, name, address)
    if limit and (of_name >= limit or of_address >= 20 * limit):
        raise TooMany("Too many failed sign-ins. Wait 15 minutes, or ask an admin for a new password.")
    nobody = _nobody()  # for every name, so that making it slows the first sign-in whoever it is
    fits = check_password_hash((account and account.password_hash) or nobody, password)
    with db.write() as connection:
        if not fits or account is None or account.disabled or account.password_hash is None:
            people.note_failure(connection, name, address)
            session = None
        else:
            session = people.open_session(connection, account.name)
    if session is None:
        raise Refused("Name and password do not belong together.", where="password")
    return session


@dataclass(frozen=True, slots=True)
class NewToken:
    id: str
    token: str


def add_token(db: Database, name: str, *, scope: str = "write", days: int | None = None) -> NewToken:
    """A new token for the API; it is shown once, only its hash is kept."""
    if scope not in {"read", "write"}:
        raise Refused(f"The scope is read or write, not {scope!r}.", where="scope")
    if days is not None and not 1 <= days <= 3650:
        raise Refused("A token lives 1 to 3650 days.", where="days")
    made = NewToken(new_id(), "ann_" + secrets.token_urlsafe(32))
    with db.write() as connection:
        account = people.account(connection, name)
        if account is None:
            raise Missing(f"There is no account {name!r}.", where="name")
        data = {
            "token": made.id, "name": account.name, "scope": scope,
            "expires": people.later(days=days) if days else None,
        }  # fmt: skip
        record(connection, COMMAND_LINE, Event("token.added", data, payload=(people.digest(made.token),)))
    return made


def revoke_token(db: Database, token_id: str) -> None:
    """Makes a token useless from now on."""
    with db.write() as connection:
        if not people.token_exists(connection, token_id):
            raise Missing(f"There is no token {token_id!r}.", where="id")
        record(connection, COMMAND_LINE, Event("token.revoked", {"token": token_id}))
