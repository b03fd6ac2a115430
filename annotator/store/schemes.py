"""Reading the versions of a project's scheme, and what of a scheme cannot be taken away any more."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, literal, select

from annotator.core.scheme import Scheme
from annotator.core.values import Project, Review
from annotator.errors import Missing
from annotator.store import tables as t
from annotator.store import visible
from annotator.store.projects import scheme_of

_columns = (t.SchemeVersion.version, t.SchemeVersion.made_by, t.SchemeVersion.created_at, t.SchemeVersion.scheme)
_one = select(t.SchemeVersion.scheme).where(
    t.SchemeVersion.project == bindparam("project"), t.SchemeVersion.version == bindparam("version")
)


@dataclass(frozen=True, slots=True)
class Version:
    """A scheme that a project has or had: `by` whom it was made, and when."""

    number: int
    by: str
    at: str
    scheme: Scheme


def versions(connection: Connection, slug: str) -> list[Version]:
    """All versions of the project's scheme, the newest first."""
    query = select(*_columns).where(t.SchemeVersion.project == slug).order_by(t.SchemeVersion.version.desc())
    return [
        Version(row.version, row.made_by, row.created_at, scheme_of(row.scheme)) for row in connection.execute(query)
    ]


def version(connection: Connection, slug: str, number: int) -> Scheme:
    """That version of the project's scheme; raises Missing."""
    text = connection.execute(_one, {"project": slug, "version": number}).scalar()
    if text is None:
        raise Missing(f"The scheme of {slug} has no version {number}.", where="version")
    return scheme_of(text)


def of_review(connection: Connection, project: Project, review: Review | None) -> Scheme:
    """The scheme that the review is made under: its own version, without a review the project's newest."""
    if review is None or review.scheme_version == project.scheme_version:
        return project.scheme
    return version(connection, project.slug, review.scheme_version)


@dataclass(frozen=True, slots=True)
class InUse:
    """What must stay in a project's scheme: labels, attributes and relation types, by name."""

    labels: frozenset[str]
    attributes: frozenset[str]
    relations: frozenset[str]


def in_use(connection: Connection, project: Project) -> InUse:
    """What the versions have that reviews there are made under, and what gold and suggested spans and links have."""
    reviewed = [version(connection, project.slug, number) for number in _versions_reviewed(connection, project.slug)]
    labels = {label.name for scheme in reviewed for label in scheme.labels}
    attributes = {name for scheme in reviewed for name in scheme.attributes}
    relations = {one.type for scheme in reviewed for one in scheme.relations}
    loaded = {
        name for name in project.scheme.attributes
        if name not in attributes and visible.attribute_in_use(connection, project.slug, name)
    }  # fmt: skip
    return InUse(
        frozenset(labels | visible.labels_in_use(connection, project.slug)), frozenset(attributes | loaded),
        frozenset(relations | visible.relations_in_use(connection, project.slug)),
    )  # fmt: skip


def _versions_reviewed(connection: Connection, slug: str) -> list[int]:
    """The versions that any review of the project is made under, found one by one: reviews are many."""
    numbers = select(t.SchemeVersion.version).where(t.SchemeVersion.project == slug).order_by(t.SchemeVersion.version)
    found = []
    for number in connection.execute(numbers).scalars().all():
        some = (
            select(literal(1))
            .select_from(t.Review)
            .join(t.Article, t.Article.id == t.Review.article)
            .where(t.Article.project == slug, t.Review.scheme_version == number)
            .limit(1)
        )
        if connection.execute(some).first() is not None:
            found.append(number)
    return found
