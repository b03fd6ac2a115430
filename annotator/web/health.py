"""Whether the server is alive, and whether it can do its work."""

from __future__ import annotations

from flask import Blueprint, Response

from annotator.errors import Busy, Refused
from annotator.web.context import database

pages = Blueprint("health", __name__)


@pages.get("/healthz")
def alive() -> Response:
    """Answers as long as the process does."""
    return Response("ok\n", mimetype="text/plain")


@pages.get("/readyz")
def ready() -> Response:
    """Answers 200 when the database answers and is at the revision that this version needs."""
    db = database()
    try:
        at = db.revision()
    except Refused as refused:
        raise Busy(refused.why) from refused
    if at != db.newest():
        raise Busy(f"The database is at revision {at}, this version needs {db.newest()}.")
    return Response("ok\n", mimetype="text/plain")
