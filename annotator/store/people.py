"""Reading people, and keeping what comes and goes with signing in (which is not in the log)."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, or_, select

from annotator.core.access import Role, Viewer
from annotator.store import tables as t
from annotator.store.ids import now

SESSION_DAYS = 14
# Built once: every request runs these.
_standing = select(t.User.admin, t.User.disabled_at).where(t.User.name == bindparam("name"))
_roles = select(t.Member.project, t.Member.role).where(t.Member.name == bindparam("name"))
_session = select(t.Session.name).where(t.Session.hash == bindparam("hash"), t.Session.expires_at > bindparam("now"))


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    password_hash: str | None
    admin: bool
    disabled: bool


def later(**delta: float) -> str:
    """The moment that far from now, in the form of `ids.now`."""
    return (datetime.now(UTC) + timedelta(**delta)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def digest(key: str) -> str:
    """What is kept of a random key: SHA-256 is enough, for nobody guesses 256 random bits."""
    return hashlib.sha256(key.encode()).hexdigest()


def account(connection: Connection, name: str) -> Account | None:
    """The account of that name, whatever its case."""
    query = select(t.User.name, t.User.password_hash, t.User.admin, t.User.disabled_at)
    row = connection.execute(query.where(t.User.folded == name.casefold())).first()
    return Account(row.name, row.password_hash, row.admin, row.disabled_at is not None) if row else None


def accounts(connection: Connection) -> list[Account]:
    """All accounts in order of name."""
    query = select(t.User.name, t.User.password_hash, t.User.admin, t.User.disabled_at).order_by(t.User.folded)
    return [Account(r.name, r.password_hash, r.admin, r.disabled_at is not None) for r in connection.execute(query)]


def any_sign_in(connection: Connection) -> bool:
    """Whether anyone could sign in; until then the set-up link stands open."""
    usable = select(t.User.name).where(t.User.password_hash.is_not(None), t.User.disabled_at.is_(None))
    return bool(connection.execute(select(exists(usable))).scalar())


def viewer(connection: Connection, name: str) -> Viewer | None:
    """The person with the roles held now; None when unknown or disabled."""
    row = connection.execute(_standing, {"name": name}).first()
    if row is None or row.disabled_at is not None:
        return None
    return Viewer(name, row.admin, roles(connection, name))


def roles(connection: Connection, name: str) -> dict[str, frozenset[Role]]:
    """The roles a person holds, by project."""
    found: dict[str, set[Role]] = {}
    for project, role in connection.execute(_roles, {"name": name}):
        found.setdefault(project, set()).add(cast("Role", role))
    return {project: frozenset(held) for project, held in found.items()}


# -- sessions


def open_session(connection: Connection, name: str) -> str:
    """A new session for that person: the id for the cookie."""
    key = secrets.token_urlsafe(32)
    connection.execute(delete(t.Session).where(t.Session.expires_at < now()))
    connection.execute(
        insert(t.table(t.Session)),
        {"hash": digest(key), "name": name, "created_at": now(), "expires_at": later(days=SESSION_DAYS)},
    )
    return key


def session_viewer(connection: Connection, key: str) -> Viewer | None:
    """Who is signed in with that session id; None when it is over or the account disabled."""
    name: str | None = connection.execute(_session, {"hash": digest(key), "now": now()}).scalar()
    return viewer(connection, name) if name else None


def close_session(connection: Connection, key: str) -> None:
    """Ends the session; an unknown one is over already."""
    connection.execute(delete(t.Session).where(t.Session.hash == digest(key)))


# -- set-up link


def new_setup_key(connection: Connection) -> str:
    """A new key for the set-up link; any older one is dead."""
    key = secrets.token_urlsafe(24)
    connection.execute(delete(t.SetupKey))
    connection.execute(insert(t.table(t.SetupKey)), {"hash": digest(key), "created_at": now()})
    return key


def setup_key_holds(connection: Connection, key: str) -> bool:
    """Whether that key opens the set-up page now."""
    return bool(connection.execute(select(exists().where(t.SetupKey.hash == digest(key)))).scalar())


def drop_setup_key(connection: Connection) -> None:
    """Makes the set-up link dead."""
    connection.execute(delete(t.SetupKey))


# -- failures to sign in


def failures(connection: Connection, name: str, address: str) -> tuple[int, int]:
    """Failed sign-ins in the last 15 minutes: for that account, from that address."""
    since = later(minutes=-15)
    recent = select(func.count()).select_from(t.SigninFailure).where(t.SigninFailure.at > since)
    of_name = connection.execute(recent.where(t.SigninFailure.folded == name.casefold())).scalar_one()
    of_address = connection.execute(recent.where(t.SigninFailure.address == address)).scalar_one()
    return of_name, of_address


def note_failure(connection: Connection, name: str, address: str) -> None:
    """Counts a failed sign-in, and forgets those that no longer count."""
    connection.execute(delete(t.SigninFailure).where(t.SigninFailure.at < later(minutes=-15)))
    connection.execute(
        insert(t.table(t.SigninFailure)), {"folded": name.casefold()[:200], "address": address, "at": now()}
    )


# -- tokens


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """A token without its secret. `over`: revoked or past its date."""

    id: str
    name: str
    scope: str
    created_at: str
    expires_at: str | None
    over: bool


def token_holder(connection: Connection, token: str) -> tuple[Viewer, str] | None:
    """Who holds that token and its scope; None when unknown, over, or the account disabled."""
    row = connection.execute(
        select(t.Token.name, t.Token.scope).where(
            t.Token.hash == digest(token),
            t.Token.revoked_at.is_(None),
            or_(t.Token.expires_at.is_(None), t.Token.expires_at > now()),
        )
    ).first()
    if row is None:
        return None
    holder = viewer(connection, row.name)
    return (holder, row.scope) if holder else None


def tokens(connection: Connection, name: str) -> list[TokenInfo]:
    """A person's tokens, oldest first."""
    query = select(t.Token).where(t.Token.name == name).order_by(t.Token.created_at)
    present = now()
    return [
        TokenInfo(
            row.id, row.name, row.scope, row.created_at, row.expires_at,
            row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= present),
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def token_exists(connection: Connection, token_id: str) -> bool:
    """Whether there is a token of that id, over or not."""
    return bool(connection.execute(select(exists().where(t.Token.id == token_id))).scalar())
