"""Exports that were made: told to the log once the file is whole, and listed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection

from annotator.actions.export_filters import Filters
from annotator.actions.exporting import Choice, Summary
from annotator.core.access import Viewer
from annotator.core.events import Event
from annotator.core.split import Shares
from annotator.store import exports
from annotator.store.db import Database
from annotator.store.exports import Made
from annotator.store.journal import COMMAND_LINE, last_hash, record

LISTED: Final = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What an export was asked to hold, and in which format."""

    format: str
    layer: Choice
    filters: Filters
    shares: Shares | None


def tell(db: Database, viewer: Viewer | None, asked: Asked, summary: Summary, size: int) -> str:
    """Writes into the log that the export was made, once for each project in it; answers with the log's last hash.

    `summary` is of an export that is through, `size` the bytes of all its files. A viewer of None is the command line.
    """
    several = len(summary.of_projects) > 1
    data = {
        "format": asked.format, "layer": asked.layer, "filters": asked.filters.asked(),
        "split": "/".join(map(str, asked.shares)) if asked.shares else None,
        "open": asked.layer != "gold" and (viewer is None or viewer.admin), "bytes": None if several else size,
    }  # fmt: skip
    made = [
        Event("export.made", {**data, "articles": articles, "spans": spans}, project=slug)
        for slug, (articles, spans) in summary.of_projects.items()
    ]
    with db.write() as connection:
        if made:
            record(connection, viewer.name if viewer else COMMAND_LINE, *made)
        return last_hash(connection)


def last_exports(connection: Connection, viewer: Viewer, slug: str) -> list[Made]:
    """The project's last exports, newest first; raises Missing for who may not export.

    How much was in one that holds work on articles not closed, only an admin may see (contract section 9).
    """
    viewer.require("export", slug)
    found = exports.last(connection, slug, LISTED)
    if viewer.admin:
        return found
    return [replace(one, articles=None, spans=None, bytes=None) if one.open else one for one in found]
