"""Making and changing projects and their members."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

import msgspec

from annotator.core.access import ROLES, Role, Viewer
from annotator.core.events import Event
from annotator.core.scheme import DEFAULT_SCHEME, Scheme, check_scheme
from annotator.core.settling import read_rule
from annotator.core.spans import check_note
from annotator.core.values import Project
from annotator.errors import Conflict, Missing, Refused
from annotator.store import people, projects, schemes
from annotator.store.db import Database
from annotator.store.journal import COMMAND_LINE, record

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
MAX_REVIEWS = 20
MAX_REASONS = 30


def check_slug(slug: str, where: str = "name") -> str:
    """The slug itself; raises Refused unless it is one (`a-z 0-9 -`, no - at either end)."""
    if not _SLUG.fullmatch(slug):
        raise Refused(f"{slug!r} is no project name: use a–z, 0–9 and - inside, 64 characters at most.", where=where)
    return slug


def check_role(role: str) -> Role:
    """The role itself; raises Refused that names the roles there are."""
    if role not in ROLES:
        raise Refused(f"There is no role {role!r}; the roles are {', '.join(ROLES)}.", where="role")
    return role


def new_project_event(slug: str, title: str, reviews: int, scheme: Scheme) -> Event:
    """The event that makes a project."""
    data = {"title": title, "reviews": reviews, "scheme": msgspec.to_builtins(scheme)}
    return Event("project.added", data, project=slug)


def add_project(
    db: Database, slug: str, *, title: str | None = None, scheme: Scheme = DEFAULT_SCHEME, reviews: int = 2,
    viewer: Viewer | None = None,
) -> Project:  # fmt: skip
    """Makes a project. Raises Conflict when the slug is taken, Refused for a wrong slug or number."""
    check_slug(slug)
    _check_reviews(reviews)
    with db.write() as connection:
        if projects.find(connection, slug) is not None:
            raise Conflict(f"There is a project {slug!r} already.", where="name")
        actor = viewer.name if viewer else COMMAND_LINE
        record(connection, actor, new_project_event(slug, _title(title or slug), reviews, scheme))
        return projects.project(connection, slug)


def change_project(db: Database, viewer: Viewer | None, slug: str, **fields: Any) -> None:
    """Changes title, reviews, auto_agreed, auto_decide, reasons, spot_check, own_adjudication or hide_names.

    A viewer of None is the command line.

    `auto_decide` is text as `settling.read_rule` takes it, `auto_agreed` the same in two values: of the
    two, the one that is given and differs counts.
    """
    if viewer is not None:
        viewer.require("manage project", slug)
    with db.write() as connection:
        now = asdict(projects.project(connection, slug))
        now |= {"auto_decide": str(now["auto_decide"]), "reasons": list(now.pop("own_reasons"))}
        if "reviews" in fields:
            _check_reviews(fields["reviews"])
        if "title" in fields:
            fields["title"] = _title(fields["title"])
        check_rules(fields)
        after = {name: value for name, value in fields.items() if now[name] != value}
        if after:
            data = {"before": {name: now[name] for name in after}, "after": after}
            record(connection, viewer.name if viewer else COMMAND_LINE, Event("project.changed", data, slug))


def check_rules(fields: dict[str, Any]) -> None:
    """Raises Refused for a rule, list of reasons or share of spot checks that cannot be."""
    if "auto_decide" in fields:
        read_rule(fields["auto_decide"])
    if "reasons" in fields:
        words = [" ".join(check_note(reason, "reasons").split()) for reason in fields["reasons"]]
        fields["reasons"] = list(dict.fromkeys(filter(None, words)))
        if len(words) > MAX_REASONS or any(len(reason) > 100 for reason in words):
            raise Refused(f"{MAX_REASONS} reasons at most, of 100 characters at most.", where="reasons")
    if not 0 <= fields.get("spot_check", 0) <= 100:
        raise Refused("A share is 0 to 100 percent.", where="spot_check")


def change_scheme(db: Database, viewer: Viewer | None, slug: str, scheme: Scheme) -> int:
    """Gives a project another scheme, as a version of its own; answers with its number. None is the command line.

    Reviews begun keep the version they were made under. Raises Conflict when a label, attribute or
    relation in use would be gone (labels are retired instead), or such an attribute would have another type.
    """
    if viewer is not None:
        viewer.require("manage project", slug)
    check_scheme(scheme)
    with db.write() as connection:
        project = projects.project(connection, slug)
        if scheme == project.scheme:
            return project.scheme_version
        _check_kept(schemes.in_use(connection, project), project.scheme, scheme)
        data = {"version": project.scheme_version + 1, "scheme": msgspec.to_builtins(scheme)}
        record(connection, viewer.name if viewer else COMMAND_LINE, Event("scheme.changed", data, slug))
        return project.scheme_version + 1


def _check_kept(used: schemes.InUse, before: Scheme, after: Scheme) -> None:
    def refuse(gone: set[str], where: str, instead: str) -> None:
        if gone:
            raise Conflict(f"In use and so not to be taken away: {', '.join(sorted(gone))}. {instead}", where=where)

    labels = {label.name for label in before.labels} - {label.name for label in after.labels}
    refuse(labels & used.labels, "labels", "Give it another title, or retire it.")
    attributes = {
        name for name, rule in before.attributes.items()
        if name not in after.attributes or after.attributes[name].type != rule.type
    }  # fmt: skip
    refuse(attributes & used.attributes, "attributes", "It keeps its type, too; labels need not have it any more.")
    relations = {one.type for one in before.relations} - {one.type for one in after.relations}
    refuse(relations & used.relations, "relations", "The labels it links may change.")


def add_member(db: Database, slug: str, name: str, role: str, *, viewer: Viewer | None = None) -> None:
    """Gives a person a role in a project; one held already stays."""
    check_role(role)
    if viewer is not None:
        viewer.require("manage project", slug)
    with db.write() as connection:
        projects.project(connection, slug)
        account = people.account(connection, name)
        if account is None:
            raise Missing(f"There is no account {name!r}.", where="name")
        if role not in projects.members(connection, slug).get(account.name, []):
            actor = viewer.name if viewer else COMMAND_LINE
            record(connection, actor, Event("member.added", {"name": account.name, "role": role}, slug))


def remove_member(db: Database, viewer: Viewer, slug: str, name: str, role: str) -> None:
    """Takes a role in a project away; what the person did in it stays."""
    viewer.require("manage project", slug)
    with db.write() as connection:
        if role not in projects.members(connection, slug).get(name, []):
            raise Missing(f"{name} is not {role} here.", where="name")
        record(connection, viewer.name, Event("member.removed", {"name": name, "role": role}, slug))


def _check_reviews(reviews: int) -> None:
    if not 1 <= reviews <= MAX_REVIEWS:
        raise Refused(f"An article needs 1 to {MAX_REVIEWS} reviews, not {reviews}.", where="reviews")


def _title(title: str) -> str:
    title = " ".join(title.split())
    if not 1 <= len(title) <= 200 or not title.isprintable():
        raise Refused("A title has 1 to 200 characters, none of them a control.", where="title")
    return title
