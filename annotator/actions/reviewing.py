"""A reviewer's way through the articles: next, submit, re-open."""

from __future__ import annotations

from sqlalchemy import Connection

from annotator.core.access import Viewer
from annotator.core.events import Event
from annotator.core.scheme import Scheme
from annotator.core.states import REVIEW, step
from annotator.core.values import Article, Project, Review
from annotator.errors import Conflict, Missing
from annotator.store import articles, projects, visible
from annotator.store.db import Database
from annotator.store.ids import new_id
from annotator.store.journal import record

NO_PLACE = "Every review this article needs is taken by someone else. Take the next article instead."


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
    review = visible.my_review(connection, viewer, article_id)
    if review is not None:
        return article, project.scheme, review, []
    viewer.require("tag", article.project)
    if articles.places_taken(connection, article_id) >= project.reviews or article.state != "open":
        raise Conflict(NO_PLACE)
    review, event = _assigned(viewer, article, project)
    return article, project.scheme, review, [event]


def _assigned(viewer: Viewer, article: Article, project: Project) -> tuple[Review, Event]:
    review = Review(new_id(), article.id, viewer.name, "assigned", project.scheme_version, None)
    data = {"review": review.id, "reviewer": viewer.name, "scheme": project.scheme_version}
    return review, Event("review.assigned", data, project.slug, article.id, review=review.id)


def take_next(db: Database, viewer: Viewer, slug: str) -> str | None:
    """The article to go on with: one begun and not submitted, else a new one, assigned by this call.

    None when no article is left. Two people can never take the last place of one article: it is looked
    up and taken in one write.
    """
    with db.write() as connection:
        viewer.require("tag", slug)
        project = projects.project(connection, slug)
        found = articles.next_for(connection, project, viewer.name)
        if found is None:
            return None
        article = articles.article(connection, found)
        if visible.my_review(connection, viewer, found) is None:
            record(connection, viewer.name, _assigned(viewer, article, project)[1])
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
        record(
            connection, viewer.name, _event("review.reopened", article, review)
        )  # fmt: skip


def _event(action: str, article: Article, review: Review) -> Event:
    return Event(action, {"review": review.id}, article.project, article.id, review=review.id)
