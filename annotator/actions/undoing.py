"""Undo and redo without limit, over reloads and tabs: the steps are read from the log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from annotator.actions.reviewing import go_on
from annotator.actions.steps import Done, call_of, done_before, keep, sources, span_of, step_event
from annotator.core.access import Viewer
from annotator.core.events import Entry
from annotator.core.states import REVIEW, step
from annotator.core.values import Review
from annotator.errors import Conflict
from annotator.store import articles, visible
from annotator.store.db import Database
from annotator.store.journal import record


@dataclass(frozen=True, slots=True)
class History:
    """The steps that `undo` and `redo` would act on now; None when there is none."""

    undo: Entry | None
    redo: Entry | None


def history(connection: Connection, viewer: Viewer, review: Review | None) -> History:
    """What undo and redo would act on, read from the review's log backwards."""
    if review is None:
        return History(None, None)
    return History(
        _undoable(visible.my_steps(connection, viewer, review)),
        _redoable(visible.my_steps(connection, viewer, review)),
    )


def _undoable(steps: Iterable[Entry]) -> Entry | None:
    """The newest step that stands: each undo on the way hides one step before it."""
    hidden = 0
    for entry in steps:
        if "undoes" in entry.data:
            hidden += 1
        elif hidden:
            hidden -= 1
        else:
            return entry
    return None


def _redoable(steps: Iterable[Entry]) -> Entry | None:
    """The newest undo that was not redone, unless another step came after it."""
    again = 0
    for entry in steps:
        if "redoes" in entry.data:
            again += 1
        elif "undoes" not in entry.data:
            return None
        elif again:
            again -= 1
        else:
            return entry
    return None


def undo(db: Database, viewer: Viewer, article_id: str, *, key: str | None = None) -> Done:
    """Takes the last step back, with everything that went or came with it. Raises Conflict when there is none."""
    return _travel(db, viewer, article_id, key, back=True)


def redo(db: Database, viewer: Viewer, article_id: str, *, key: str | None = None) -> Done:
    """Does the step taken back last again. Raises Conflict when there is none."""
    return _travel(db, viewer, article_id, key, back=False)


def _travel(db: Database, viewer: Viewer, article_id: str, key: str | None, *, back: bool) -> Done:
    with db.write() as connection:
        call = call_of("undo" if back else "redo", article_id)
        again = done_before(connection, viewer, key, call)
        if again is not None:
            return again
        article = articles.article(connection, article_id)
        viewer.require("read article", article.project)
        review = visible.my_review(connection, viewer, article_id)
        found = history(connection, viewer, review)
        entry = found.undo if back else found.redo
        if review is None or entry is None:
            raise Conflict("There is nothing to undo.") if back else Conflict("There is nothing to redo.")
        review = go_on(connection, viewer, review)
        step(REVIEW, review.state, "tag")
        # To redo is to take the undo back.
        action, data = _inverse(connection, viewer, entry)
        data["undoes" if back else "redoes"] = entry.seq
        at = record(connection, viewer.name, step_event(action, article, review, data))[0].at
        keep(connection, viewer, key, call, article_id, data.get("span", ""))
        before, after = (span_of(data, side, viewer.name, at) for side in ("before", "after"))
        return Done(article_id, before, after, linked=sources(data))


_OPPOSITE = {
    "span.added": "span.deleted",
    "span.deleted": "span.added",
    "span.changed": "span.changed",
    "relation.added": "relation.deleted",
    "relation.deleted": "relation.added",
}


def _inverse(connection: Connection, viewer: Viewer, entry: Entry) -> tuple[str, dict[str, Any]]:
    """The action and data that take an entry back. The version goes on counting, so no stale write fits again."""
    old = entry.data
    data: dict[str, Any] = {"review": old["review"]}
    if "span" not in old:
        data.update(
            {{"before": "after", "after": "before"}[side]: old[side] for side in ("before", "after") if side in old}
        )
        return _OPPOSITE[entry.action], data
    data |= {"span": old["span"], "dropped": old["restored"], "restored": old["dropped"]}
    version = (old.get("after") or old["before"])["version"]
    if "after" in old:
        version = visible.my_span(connection, viewer, old["span"])[0].version
        data["before"] = {**old["after"], "version": version}
    if "before" in old:
        data["after"] = {**old["before"], "version": version + 1}
    return _OPPOSITE[entry.action], data
