"""The guideline loop: what disputed groups taught, on its way into the guidelines."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from annotator.actions.cases import open_for
from annotator.core.access import Viewer
from annotator.core.events import Event
from annotator.core.spans import check_note
from annotator.core.values import GUIDELINE_UNCLEAR, Project
from annotator.errors import Refused
from annotator.store import asking, projects
from annotator.store.asking import Unclear
from annotator.store.db import Database
from annotator.store.ids import new_id
from annotator.store.journal import record


def note(db: Database, viewer: Viewer, article_id: str, group: str, label: str, text: str) -> None:
    """Notes what a group taught about the help of a label (empty: about all of the guidelines).

    Raises Refused without words or for a label that is not there, and as `cases.may_open`.
    """
    words = check_note(text, "text").strip()
    if not words:
        raise Refused("Say in a few words what the guideline should say.", where="text")
    with db.write() as connection:
        case = open_for(connection, viewer, article_id)
        if label:
            case.project.scheme.label(label)
        data = {"note": new_id(), "group": case.find(group).id, "label": label, "text": words}
        record(connection, viewer.name, Event("guideline.noted", data, case.article.project, article_id))


@dataclass(frozen=True, slots=True)
class Loop:
    """What there is to clear up, newest first: notes, and groups decided as unclear. See `asking.Unclear`."""

    project: Project
    notes: list[Unclear]
    groups: list[Unclear]


def loop(connection: Connection, viewer: Viewer, slug: str) -> Loop:
    """The project's guideline loop; raises Missing for who may see neither agreement nor this."""
    viewer.require("see agreement", slug)
    project = projects.project(connection, slug)
    return Loop(
        project, asking.notes(connection, viewer, project),
        asking.decided_for(connection, viewer, project, GUIDELINE_UNCLEAR),
    )  # fmt: skip
