"""What happens to accounts, tokens, projects and members."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, insert, update

from annotator.core.events import Entry
from annotator.store import tables as t
from annotator.store.applying.rules import Payload, Statements, as_json, on

_add_user = insert(t.table(t.User))
_set_password = (
    update(t.table(t.User)).where(t.User.name == bindparam("b_name")).values(password_hash=bindparam("b_hash"))
)
_set_disabled = update(t.table(t.User)).where(t.User.name == bindparam("b_name")).values(disabled_at=bindparam("b_at"))
_end_sessions = delete(t.table(t.Session)).where(t.Session.name == bindparam("b_name"))
_add_token = insert(t.table(t.Token))
_revoke_token = update(t.table(t.Token)).where(t.Token.id == bindparam("b_id")).values(revoked_at=bindparam("b_at"))
_add_project = insert(t.table(t.Project))
_add_scheme = insert(t.table(t.SchemeVersion))
_set_scheme = (
    update(t.table(t.Project))
    .where(t.Project.slug == bindparam("b_slug"))
    .values(scheme=bindparam("b_scheme"), scheme_version=bindparam("b_version"))
)
_add_member = insert(t.table(t.Member))
_remove_member = delete(t.table(t.Member)).where(
    t.Member.project == bindparam("b_project"),
    t.Member.name == bindparam("b_name"),
    t.Member.role == bindparam("b_role"),
)


@on("user.added")
def _user_added(entry: Entry, payload: Payload) -> Statements:
    name = entry.data["name"]
    yield _add_user, {
        "name": name, "folded": name.casefold(), "password_hash": payload[0] if payload else None,
        "admin": entry.data["admin"], "disabled_at": entry.at if entry.data["disabled"] else None,
        "created_at": entry.at,
    }  # fmt: skip


@on("user.password_set")
def _password_set(entry: Entry, payload: Payload) -> Statements:
    yield _set_password, {"b_name": entry.data["name"], "b_hash": payload[0] if payload else None}
    yield _end_sessions, {"b_name": entry.data["name"]}


@on("user.disabled")
def _user_disabled(entry: Entry, _payload: Payload) -> Statements:
    yield _set_disabled, {"b_name": entry.data["name"], "b_at": entry.at}
    yield _end_sessions, {"b_name": entry.data["name"]}


@on("user.enabled")
def _user_enabled(entry: Entry, _payload: Payload) -> Statements:
    yield _set_disabled, {"b_name": entry.data["name"], "b_at": None}


@on("token.added")
def _token_added(entry: Entry, payload: Payload) -> Statements:
    data = entry.data
    yield _add_token, {
        "id": data["token"], "name": data["name"], "hash": payload[0] if payload else None,
        "scope": data["scope"], "created_at": entry.at, "expires_at": data["expires"], "revoked_at": None,
    }  # fmt: skip


@on("token.revoked")
def _token_revoked(entry: Entry, _payload: Payload) -> Statements:
    yield _revoke_token, {"b_id": entry.data["token"], "b_at": entry.at}


@on("project.added")
def _project_added(entry: Entry, _payload: Payload) -> Statements:
    data = entry.data
    yield _add_project, {
        "slug": entry.project, "title": data["title"], "reviews": data["reviews"], "auto_agreed": True,
        "own_adjudication": False, "hide_names": False, "scheme": as_json(data["scheme"]), "scheme_version": 1,
        "created_at": entry.at, "auto_decide": "agreed", "reasons": "[]", "spot_check": 0,
    }  # fmt: skip
    yield (
        _add_scheme,
        {
            "project": entry.project, "version": 1, "scheme": as_json(data["scheme"]), "created_at": entry.at,
            "made_by": entry.actor,
        },
    )  # fmt: skip


@on("scheme.changed")
def _scheme_changed(entry: Entry, _payload: Payload) -> Statements:
    scheme, version = as_json(entry.data["scheme"]), entry.data["version"]
    yield _add_scheme, {
        "project": entry.project, "version": version, "scheme": scheme, "created_at": entry.at, "made_by": entry.actor,
    }  # fmt: skip
    yield _set_scheme, {"b_slug": entry.project, "b_scheme": scheme, "b_version": version}


@on("project.changed")
def _project_changed(entry: Entry, _payload: Payload) -> Statements:
    after = dict(entry.data["after"])
    if "auto_decide" in after:
        after["auto_agreed"] = after["auto_decide"] != "never"
    elif "auto_agreed" in after:  # as it was said before there was more than one rule
        after["auto_decide"] = "agreed" if after["auto_agreed"] else "never"
    if "reasons" in after:
        after["reasons"] = as_json(after["reasons"])
    yield update(t.table(t.Project)).where(t.Project.slug == entry.project).values(**after), {}


@on("member.added")
def _member_added(entry: Entry, _payload: Payload) -> Statements:
    yield _add_member, {"project": entry.project, "name": entry.data["name"], "role": entry.data["role"]}


@on("member.removed")
def _member_removed(entry: Entry, _payload: Payload) -> Statements:
    yield _remove_member, {"b_project": entry.project, "b_name": entry.data["name"], "b_role": entry.data["role"]}
