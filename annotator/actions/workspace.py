"""What a reviewer does in the workspace beside tagging: put furniture aside, skip, flag, leave and come back."""

from __future__ import annotations

from annotator.actions.reviewing import reviewed, take_next
from annotator.actions.steps import Done
from annotator.core.access import Viewer
from annotator.core.events import Event
from annotator.core.spans import check_note
from annotator.core.states import REVIEW, step
from annotator.errors import Conflict, Refused
from annotator.store import articles, desk, projects, visible
from annotator.store.db import Database
from annotator.store.ids import new_id
from annotator.store.journal import record

MAX_SECONDS = 600


def mark_block(db: Database, viewer: Viewer, article_id: str, block: int, *, furniture: bool) -> Done:
    """Marks a block as no part of the article, or as part of it again: for the viewer's own review alone."""
    with db.write() as connection:
        article, _, review, events = reviewed(connection, viewer, article_id)
        step(REVIEW, review.state, "tag")
        blocks = articles.body(connection, article_id).blocks
        if not 0 <= block < len(blocks):
            raise Refused(f"The article has no block {block}.", where="block")
        data = {"review": review.id, "block": block, "furniture": furniture}
        turned = furniture != blocks[block].furniture
        if blocks[block].furniture:
            data["turned"] = turned
        if (block in desk.furniture(connection, viewer, review)) != turned:
            events.append(Event("block.marked", data, article.project, article.id, review=review.id))
        begun = any(event.action == "review.assigned" for event in events)
        if events:
            record(connection, viewer.name, *events)
        return Done(article_id, None, None, blocks=(block,), begun=begun)


def skip(db: Database, viewer: Viewer, article_id: str, reason: str) -> str | None:
    """Puts an article aside and answers with the next one, assigned, or None.

    A review without a span is given back, so that someone else may take the place; one with spans
    stays and comes last. Raises Conflict for a submitted review.
    """
    with db.write() as connection:
        article = articles.article(connection, article_id)
        viewer.require("tag", article.project)
        data = {"name": viewer.name, "reason": check_note(reason, "reason")}
        events = [Event("article.skipped", data, article.project, article_id)]
        review = visible.my_review(connection, viewer, article_id)
        if review is not None:
            step(REVIEW, review.state, "tag")
            if review.state == "assigned":
                gone = {"review": review.id}
                events.append(Event("review.released", gone, article.project, article_id, review=review.id))
        record(connection, viewer.name, *events)
    found = take_next(db, viewer, article.project)
    return None if found == article_id else found


def flag(db: Database, viewer: Viewer, article_id: str, text: str) -> None:
    """Tells the managers of a problem with the article. Raises Refused without words."""
    words = check_note(text, "text").strip()
    if not words:
        raise Refused("Say in a few words what is wrong.", where="text")
    with db.write() as connection:
        article = articles.article(connection, article_id)
        viewer.require("read article", article.project)
        data = {"flag": new_id(), "name": viewer.name, "text": words}
        record(connection, viewer.name, Event("problem.flagged", data, article.project, article_id))


def resolve_flag(db: Database, viewer: Viewer, flag_id: str) -> str:
    """Ends a flagged problem, as a manager; answers with the project's slug."""
    with db.write() as connection:
        article, open_still = desk.flag(connection, flag_id)
        viewer.require("manage project", article.project)
        if not open_still:
            raise Conflict("This problem is resolved already.")
        record(connection, viewer.name, Event("problem.resolved", {"flag": flag_id}, article.project, article.id))
        return article.project


def keep_place(db: Database, viewer: Viewer, article_id: str, offset: int, seconds: int) -> None:
    """Remembers where the viewer is in the article, and adds the seconds of work since the last call."""
    with db.write() as connection:
        article = articles.article(connection, article_id)
        viewer.require("read article", article.project)
        projects.project(connection, article.project)
        desk.keep_place(
            connection, viewer, article_id, min(max(offset, 0), article.length), min(max(seconds, 0), MAX_SECONDS)
        )
