"""Counts over a project's reviews: who has how many in which state, and how many were submitted on which day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from annotator.core.values import Project
from annotator.store import tables as t
from annotator.store import tallies


@dataclass(frozen=True, slots=True)
class Reviews:
    """`states`: how many reviews each person has, by state. `days`: submitted ones by (person, day), ISO and UTC."""

    states: dict[str, Counter[str]] = field(default_factory=dict)
    days: Counter[tuple[str, str]] = field(default_factory=Counter)


def reviews(connection: Connection, project: Project, since: str, *, only: str | None = None) -> Reviews:
    """All reviews of the project, of `only` one person if named; days from `since` (ISO) on."""
    found = Reviews()
    for name, state, day, number in tallies.reviews(connection, project.slug, only=only):
        found.states.setdefault(name, Counter())[state] += number
        if state == "submitted" and day >= since:
            found.days[name, day] += number
    return found


def last_submitted(connection: Connection, project: Project) -> dict[str, str]:
    """When the last of each article's submitted reviews was, by article."""
    query = (
        select(t.Review.article, func.max(t.Review.submitted_at))
        .select_from(t.Article)
        .join(t.Review, t.Review.article == t.Article.id)
        .where(t.Article.project == project.slug, t.Review.state == "submitted")
        .group_by(t.Review.article)
    )
    return {article: last for article, last in connection.execute(query) if last is not None}
