"""What a board shows: of a whole project from its tallies, of a person's own work."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from threading import Lock

from sqlalchemy import Connection

from annotator.core.access import Viewer
from annotator.core.pace import window
from annotator.core.values import Project
from annotator.store import articles, journal, progress, visible
from annotator.store.ids import now

KEPT = 500


@dataclass(frozen=True, slots=True)
class Overview:
    """A project's progress. `labels` counts the gold of closed articles."""

    counts: articles.Progress
    reviews: progress.Reviews
    labels: dict[str, int]


@dataclass(frozen=True, slots=True)
class Own:
    """What one person did: their reviews, and their spans by label."""

    reviews: progress.Reviews
    labels: dict[str, int]


class Kept:
    """People's own spans by label, each with the place in the log that it was counted at."""

    def __init__(self, limit: int = KEPT) -> None:
        self._limit = limit
        self._found: OrderedDict[tuple[str, str], tuple[int, dict[str, int]]] = OrderedDict()
        self._turn = Lock()

    def get(self, key: tuple[str, str]) -> tuple[int, dict[str, int]] | None:
        """The place in the log and the counts of that project and person."""
        with self._turn:
            return self._found.get(key)

    def put(self, key: tuple[str, str], seq: int, labels: dict[str, int]) -> None:
        """Keeps counts, or moves them on to a later place in the log."""
        with self._turn:
            self._found[key] = seq, labels
            self._found.move_to_end(key)
            if len(self._found) > self._limit:
                self._found.popitem(last=False)


def present_day() -> date:
    """Today in UTC, by which all days are counted."""
    return date.fromisoformat(now()[:10])


def overview(connection: Connection, viewer: Viewer, project: Project, today: date) -> Overview:
    """The progress of the project; for whom `core.access` lets see it. Raises Missing for others."""
    if not viewer.may("manage project", project.slug):
        viewer.require("adjudicate", project.slug)
    since = window(today)[0].isoformat()
    return Overview(
        articles.progress(connection, project), progress.reviews(connection, project, since),
        visible.gold_labels(connection, viewer, project.slug),
    )  # fmt: skip


def own(connection: Connection, viewer: Viewer, project: Project, kept: Kept, today: date) -> Own:
    """The viewer's own work in the project, and nothing of anyone else's. Their spans are counted again only once
    they did something since.
    """
    key, name = (project.slug, viewer.name), viewer.name
    seq = journal.last_seq(connection)
    before = kept.get(key)
    if before is not None and before[0] <= seq and not _moved(connection, project, name, before[0]):
        labels = before[1]
    else:
        labels = visible.my_labels(connection, viewer, project.slug)
    kept.put(key, seq, labels)
    reviews = progress.reviews(connection, project, window(today)[0].isoformat(), only=name)
    return Own(reviews, labels)


def _moved(connection: Connection, project: Project, name: str, since: int) -> bool:
    mine = journal.happened(connection, since, actor=name)
    return mine or journal.happened(connection, since, project=project.slug, only=["review.loaded"])
