"""What the page of assignment shows (templates/project/assignment.html). It tells of progress, never of a span."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from annotator.core.access import Viewer
from annotator.core.assign import Rules
from annotator.store import assignment, projects
from annotator.web.building import state_in_words

SHOWN = 100


@dataclass(frozen=True, slots=True)
class ReviewerRow:
    """A reviewer with the number of reviews that are assigned or in progress."""

    name: str
    open: int


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A review that is not submitted; `state` in words, `may_take` whether it can be taken back."""

    article: str
    title: str
    reviewer: str
    state: str
    since: str
    seen: str
    may_take: bool


@dataclass(frozen=True, slots=True)
class AssignmentPage:
    """`places` are the reviews that open articles need, `taken` those that somebody has.

    `gold` are articles with gold that are used for nothing else, `training` and `checks` those put to use.
    `shared` is how many reviews an article of the shared part needs.
    """

    slug: str
    title: str
    rules: Rules
    reviews: int
    shared: int
    places: int
    taken: int
    reviewers: list[ReviewerRow]
    batches: list[assignment.Batch]
    loads: list[assignment.Load]
    open: list[OpenRow]
    more: bool
    gold: int
    training: int
    checks: int


def assignment_page(connection: Connection, viewer: Viewer, slug: str) -> AssignmentPage:
    """The page; raises Missing for who does not manage the project."""
    viewer.require("manage project", slug)
    project = projects.project(connection, slug)
    has = assignment.open_now(connection, slug)
    found = assignment.open_reviews(connection, slug, SHOWN + 1)
    places, taken = assignment.places(connection, project)
    uses = assignment.with_gold(connection, slug)
    return AssignmentPage(
        slug=slug, title=project.title, rules=project.rules, reviews=project.reviews,
        shared=max(project.reviews, project.reviewers), places=places, taken=taken,
        reviewers=[ReviewerRow(name, has.get(name, 0)) for name in assignment.reviewers(connection, slug)],
        batches=assignment.batches(connection, project), loads=assignment.loads(connection, slug),
        open=[_row(one) for one in found[:SHOWN]], more=len(found) > SHOWN, gold=sum(uses.values()),
        training=uses.get("training", 0), checks=uses.get("check", 0),
    )  # fmt: skip


def _row(one: assignment.OpenReview) -> OpenRow:
    return OpenRow(
        one.article, one.title, one.reviewer, state_in_words(one.state), _shown(one.since),
        _shown(one.seen or ""), one.state != "withdrawn",
    )  # fmt: skip


def _shown(at: str) -> str:
    return at[:16].replace("T", " ")
