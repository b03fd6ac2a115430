"""How many reviews an article needs and has, for queries. Every query that counts reviews takes it from here."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, func, literal, select

from annotator.core.assign import shared_below
from annotator.core.values import Project
from annotator.store import tables as t

HOLDING: Final = ("assigned", "in_progress", "submitted")
# A review that takes one of the article's places. One for training or a check takes none.
holds = and_(t.Review.state.in_(HOLDING), t.Review.purpose.is_(None))
# A review that the gold is made from and that agreement is measured on.
counts = and_(t.Review.state == "submitted", t.Review.purpose.is_(None))
has_gold = and_(t.Article.state == "closed", t.Article.stale.is_(False))


def needed(project: Project) -> ColumnElement[int]:
    """`core.assign.needed` for the article of the query at hand."""
    shared = max(project.reviews, project.reviewers)
    below = t.Article.share < shared_below(project.rules)
    return func.coalesce(t.Article.needed, case((below, literal(shared)), else_=literal(project.reviews)))


def number_of(condition: ColumnElement[Any]) -> ScalarSelect[int]:
    """How many reviews like that the article of the query at hand has."""
    query = select(func.count()).select_from(t.Review).where(t.Review.article == t.Article.id, condition)
    return query.correlate(t.Article).scalar_subquery()
