"""A reviewer's way through the articles: next, submit, re-open; and places that are left for too long."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from annotator.core.access import Viewer
from annotator.core.assign import Purpose, idle_before
from annotator.core.events import Event
from annotator.core.scheme import Scheme
from annotator.core.states import REVIEW, step
from annotator.core.values import Article, Project, Review
from annotator.errors import Conflict, Missing
from annotator.store import articles, assignment, desk, line, projects, schemes, visible
from annotator.store.db import Database
from annotator.store.ids import new_id, now
from annotator.store.journal import record

NO_PLACE = "Every review this article needs is taken by someone else. Take the next article instead."
IDLE_RULE = "(idle rule)"


def reviewed(
    connection: Connection, viewer: Viewer, article_id: str
) -> tuple[Article, Scheme, Review, list[Event]]:  # fmt: skip
    """The article with the viewer's review of it, and the event that assigns it when there was none.

    Raises Missing unless the viewer may see it (and tag, where a review is to be made), Conflict when
    no place is free.
    """
    article = articles.article(connection, article_id)
    viewer.require("read article", article.project)
    project = projects.project(connection, article.project)
    give_back_idle(connection, project)
    review = visible.my_review(connection, viewer, article_id)
    if review is not None:
        review = go_on(connection, viewer, review)
        return article, schemes.of_review(connection, project, review), review, []
    viewer.require("tag", article.project)
    purpose = line.measures(connection, article_id, viewer.name)
    if purpose is None and not line.is_free(connection, project, article_id):
        raise Conflict(NO_PLACE)
    review, event = assigned(viewer.name, article.id, project, purpose)
    return article, project.scheme, review, [event]


def go_on(connection: Connection, viewer: Viewer, review: Review) -> Review:
    """The viewer's review, with its place again where it had given it back and one is free.

    Raises Conflict where none is free, or a manager took the review back.
    """
    if review.state != "lapsed":
        return review
    article = articles.article(connection, review.article)
    project = projects.project(connection, article.project)
    if review.purpose is None and not line.is_free(connection, project, article.id):
        raise Conflict(
            "This review was left for so long that its place went to someone else. What you marked is kept; "
            "take the next article instead."
        )
    record(connection, viewer.name, _event("review.resumed", article, review))
    return replace(review, state=step(REVIEW, review.state, "resume"))


def assigned(name: str, article_id: str, project: Project, purpose: Purpose | None = None) -> tuple[Review, Event]:
    """A review that is about to be assigned to that person, and the event that does it."""
    review = Review(new_id(), article_id, name, "assigned", project.scheme_version, None, purpose)
    data = {"review": review.id, "reviewer": name, "scheme": project.scheme_version}
    data |= {"purpose": purpose} if purpose else {}
    return review, Event("review.assigned", data, project.slug, article_id, review=review.id)


def give_back_idle(connection: Connection, project: Project) -> None:
    """Gives back the places of reviews that nobody has been at for as long as the project says.

    There is no clock that runs beside: whoever is about to take a place does it first, in the same
    write. A sign of life is being assigned, taking up, re-opening, or having the article open: never a
    span, so that no place tells of spans (contract section 9).
    """
    hours = project.rules.return_hours
    if hours is None:
        return
    events = [
        Event("review.lapsed", {"review": one.id}, project.slug, one.article, review=one.id)
        for one in assignment.idle(connection, project.slug, idle_before(now(), hours))
    ]
    if events:
        record(connection, IDLE_RULE, *events)


def take_next(db: Database, viewer: Viewer, slug: str) -> str | None:
    """The article to go on with: one begun and not submitted, else a new one, assigned by this call.

    None when no article is left. Two people can never take the last place of one article: it is looked
    up and taken in one write.
    """
    with db.write() as connection:
        viewer.require("tag", slug)
        project = projects.project(connection, slug)
        give_back_idle(connection, project)
        found = line.next_for(connection, project, viewer.name)
        if found is None:
            return None
        review = visible.my_review(connection, viewer, found)
        if review is None:
            purpose = line.measures(connection, found, viewer.name)
            record(connection, viewer.name, assigned(viewer.name, found, project, purpose)[1])
        else:
            go_on(connection, viewer, review)
        desk.be_there(connection, viewer, found)
        return found


def submit(db: Database, viewer: Viewer, article_id: str) -> None:
    """Hands the viewer's review in; an article without any span can be handed in too."""
    with db.write() as connection:
        article, _, review, events = reviewed(connection, viewer, article_id)
        step(REVIEW, review.state, "submit")
        events.append(_event("review.submitted", article, review))
        record(connection, viewer.name, *events)


def reopen(db: Database, viewer: Viewer, article_id: str) -> None:
    """Takes the viewer's submitted review back to work on. Gold made from it stays, marked stale."""
    with db.write() as connection:
        article = articles.article(connection, article_id)
        viewer.require("read article", article.project)
        review = visible.my_review(connection, viewer, article_id)
        if review is None:
            raise Missing("You have no review of this article.")
        step(REVIEW, review.state, "reopen")
        if review.purpose == "training" and visible.was_served(connection, viewer, article_id):
            raise Conflict("You have seen what the gold of this training is, so your review stays as it is.")
        desk.be_there(connection, viewer, article_id)
        record(connection, viewer.name, _event("review.reopened", article, review))


def take_newest_scheme(db: Database, viewer: Viewer, article_id: str) -> None:
    """Goes on with the viewer's review under the project's newest scheme. Spans stay: what is in use stays in it.

    Raises Missing without a review, Conflict when it is submitted.
    """
    with db.write() as connection:
        article = articles.article(connection, article_id)
        viewer.require("read article", article.project)
        review = visible.my_review(connection, viewer, article_id)
        if review is None:
            raise Missing("You have no review of this article.")
        step(REVIEW, review.state, "tag")
        newest = projects.project(connection, article.project).scheme_version
        if review.scheme_version != newest:
            data = {"review": review.id, "scheme": newest}
            record(
                connection, viewer.name, Event("review.updated", data, article.project, article.id, review=review.id)
            )


def _event(action: str, article: Article, review: Review) -> Event:
    return Event(action, {"review": review.id}, article.project, article.id, review=review.id)
