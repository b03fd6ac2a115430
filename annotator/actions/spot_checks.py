"""Spot checks: adjudicators look a share of the articles with one review through; the rest may close as they are."""

from __future__ import annotations

import hashlib
import hmac

from sqlalchemy import Connection

from annotator.actions.adjudicating import close_case
from annotator.actions.cases import open_for
from annotator.core.access import Viewer
from annotator.core.events import Event
from annotator.core.values import Project
from annotator.errors import Conflict
from annotator.store import articles, asking, projects
from annotator.store.asking import Single
from annotator.store.db import Database
from annotator.store.journal import record


def is_chosen(article_id: str, percent: int, secret: str) -> bool:
    """Whether the article is among the `percent` to check: always the same, and nobody without `secret` can tell."""
    drawn = hmac.new(secret.encode(), f"spot check {article_id}".encode(), hashlib.sha256).digest()
    return int.from_bytes(drawn[:4]) * 100 < percent << 32


def chosen(connection: Connection, viewer: Viewer, slug: str, secret: str) -> tuple[Project, list[Single]]:
    """The project with its articles to check, in order; raises Missing for who does not adjudicate."""
    viewer.require("adjudicate", slug)
    project = projects.project(connection, slug)
    singles = asking.single_reviewed(connection, viewer, project) if project.spot_check else []
    return project, [one for one in singles if is_chosen(one.article.id, project.spot_check, secret)]


def check(db: Database, viewer: Viewer, article_id: str) -> None:
    """Writes down that the viewer looked an article with one review through.

    Raises Conflict for an article with more, and as `cases.may_open`.
    """
    with db.write() as connection:
        case = open_for(connection, viewer, article_id)
        if len(case.layers) != 1:
            raise Conflict("Only an article that one person reviewed is spot-checked.")
        record(connection, viewer.name, Event("article.checked", {}, case.article.project, article_id))


def close_rest(db: Database, viewer: Viewer, slug: str, secret: str) -> int:
    """Closes every article with one review that is not to be checked and has no open group; answers with how many."""
    with db.read() as connection:
        viewer.require("adjudicate", slug)
        project = projects.project(connection, slug)
        singles = asking.single_reviewed(connection, viewer, project)
    closed = 0
    for one in singles:
        if one.article.state == "closed" or is_chosen(one.article.id, project.spot_check, secret):
            continue
        with db.write() as connection:  # each its own: nobody's saving waits for all of them
            submitted, needed = articles.missing_reviews(connection, project, one.article.id)
            if submitted < needed or articles.article(connection, one.article.id).state == "closed":
                continue
            case = open_for(connection, viewer, one.article.id)
            if not case.undecided:
                close_case(connection, viewer, case)
                closed += 1
    return closed
