"""In which order articles come to an adjudicator: the longest waiting first, or the most disputed first.

The second order tells of spans, so nobody gets it who reviews in the project, and it begins with the
longest waiting articles, each served to the adjudicator in the log before it is measured.
"""

from __future__ import annotations

from sqlalchemy import Connection

from annotator.actions.adjudicating import serve
from annotator.actions.measuring import Kept, marks, measure
from annotator.core.access import Viewer
from annotator.core.values import Project
from annotator.store import articles, exported, projects, visible
from annotator.store.db import Database


def queue(db: Database, viewer: Viewer, slug: str, kept: Kept) -> list[articles.Listed]:
    """The articles that wait for an adjudicator, in the order of the project's rules. Raises Missing.

    The most disputed first is the order of the mean F1 of exact spans among the 200 that have waited
    longest; articles with a single review, or without any span, come after them by age. So do articles that the
    viewer has a review of. Who reviews in the project gets all by age.
    """
    viewer.require("adjudicate", slug)
    with db.read() as connection:
        project = projects.project(connection, slug)
        waiting = articles.ready(connection, project)
        if not _by_dispute(viewer, project) or not waiting:
            return waiting
        known = visible.all_served(connection, viewer, slug)
        mine = {one.article.id for one in articles.mine(connection, slug, viewer.name)}
    fresh = [one.article.id for one in waiting if one.article.id not in known | mine]
    if fresh:
        serve(db, viewer, slug, fresh, "review")
    with db.read() as connection:
        f1s = _measured(connection, viewer, project, kept, [a.article.id for a in waiting if a.article.id not in mine])
    # An article without a measure comes after all that have one; the sort keeps the order by age.
    return sorted(waiting, key=lambda one: 2.0 if (f1 := f1s.get(one.article.id)) is None else f1)


def _by_dispute(viewer: Viewer, project: Project) -> bool:
    return project.rules.queue == "disputed" and "reviewer" not in viewer.roles.get(project.slug, ())


def _measured(
    connection: Connection, viewer: Viewer, project: Project, kept: Kept, ids: list[str]
) -> dict[str, float | None]:  # fmt: skip
    found: dict[str, float | None] = {}
    for one in exported.waiting(connection, viewer, project, ids):
        measured = kept.get(one)
        if measured is None:
            measured = measure(one.article, marks(visible.layers(connection, viewer, one.article)))
            kept.put(one, measured)
        found[one.article.id] = measured.mean_f1
    return found
