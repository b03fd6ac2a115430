"""Reading projects and their members."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, func, select

from annotator.core.access import Viewer
from annotator.core.assign import Rules
from annotator.core.scheme import Scheme
from annotator.core.settling import read_rule
from annotator.core.values import Project
from annotator.errors import Missing
from annotator.store import tables as t

_columns = (
    t.Project.slug, t.Project.title, t.Project.reviews, t.Project.auto_agreed, t.Project.own_adjudication,
    t.Project.hide_names, t.Project.scheme, t.Project.scheme_version, t.Project.auto_decide, t.Project.reasons,
    t.Project.spot_check,
    select(t.Assignment.rules).where(t.Assignment.project == t.Project.slug).scalar_subquery().label("rules"),
    select(func.count())
    .select_from(t.Member)
    .join(t.User, t.User.name == t.Member.name)
    .where(t.Member.project == t.Project.slug, t.Member.role == "reviewer", t.User.disabled_at.is_(None))
    .scalar_subquery()
    .label("reviewers"),
)  # fmt: skip
_project = select(*_columns).where(t.Project.slug == bindparam("slug"))


@lru_cache(maxsize=64)
def scheme_of(text: str) -> Scheme:
    """The scheme in a column of JSON."""
    return msgspec.json.decode(text, type=Scheme)


@lru_cache(maxsize=64)
def _rules(text: str) -> Rules:
    return msgspec.json.decode(text, type=Rules)


def _value(row: Any) -> Project:
    return Project(
        row.slug, row.title, row.reviews, row.auto_agreed, row.own_adjudication, row.hide_names,
        scheme_of(row.scheme), row.scheme_version, _rules(row.rules or "{}"), row.reviewers,
        read_rule(row.auto_decide), tuple(msgspec.json.decode(row.reasons)), row.spot_check,
    )  # fmt: skip


def find(connection: Connection, slug: str) -> Project | None:
    """The project of that slug, if there is one."""
    row = connection.execute(_project, {"slug": slug}).first()
    return _value(row) if row else None


def project(connection: Connection, slug: str) -> Project:
    """The project of that slug; raises Missing."""
    found = find(connection, slug)
    if found is None:
        raise Missing(f"There is no project {slug!r}.", where="project")
    return found


def projects(connection: Connection, viewer: Viewer | None = None) -> list[Project]:
    """All projects in order of slug; with a viewer, those that one has a role in (an admin: all)."""
    query = select(*_columns).order_by(t.Project.slug)
    if viewer is not None and not viewer.admin:
        query = query.where(t.Project.slug.in_(list(viewer.roles)))
    return [_value(row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class SchemeVersion:
    """A scheme that a project has had, and since when."""

    version: int
    created_at: str
    scheme: Scheme


def scheme_versions(connection: Connection, slug: str) -> list[SchemeVersion]:
    """All schemes that the project has had, in order."""
    query = select(t.SchemeVersion.version, t.SchemeVersion.created_at, t.SchemeVersion.scheme)
    rows = connection.execute(query.where(t.SchemeVersion.project == slug).order_by(t.SchemeVersion.version))
    return [SchemeVersion(row.version, row.created_at, scheme_of(row.scheme)) for row in rows]


def article_counts(connection: Connection) -> dict[str, int]:
    """How many articles each project has."""
    query = select(t.Article.project, func.count()).group_by(t.Article.project)
    return {row[0]: row[1] for row in connection.execute(query)}


def members(connection: Connection, slug: str) -> dict[str, list[str]]:
    """The roles of each member, by name."""
    query = select(t.Member.name, t.Member.role).where(t.Member.project == slug).order_by(t.Member.name, t.Member.role)
    found: dict[str, list[str]] = {}
    for name, role in connection.execute(query):
        found.setdefault(name, []).append(role)
    return found
