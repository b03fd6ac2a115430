"""What a route needs of the app and of the request at hand."""

from __future__ import annotations

from typing import cast

from flask import current_app, g, request
from flask_htmx import HTMX

from annotator.actions.limits import Limits
from annotator.actions.measuring import Kept
from annotator.core.access import Viewer
from annotator.errors import Refused, SignInNeeded
from annotator.settings import Settings
from annotator.store.db import Database


def settings() -> Settings:
    """The settings in force."""
    return cast("Settings", current_app.extensions["annotator"])


def database() -> Database:
    """The database."""
    return cast("Database", current_app.extensions["database"])


def limits() -> Limits:
    """How much one reviewer may add."""
    return cast("Limits", current_app.extensions["limits"])


def kept() -> Kept:
    """What was measured of agreement."""
    return cast("Kept", current_app.extensions["measured"])


def viewer() -> Viewer:
    """Who asks; raises SignInNeeded when nobody is signed in."""
    if g.viewer is None:
        raise SignInNeeded("Sign in to go on." if not request.path.startswith("/api/") else "A token is needed.")
    return cast("Viewer", g.viewer)


def by_htmx() -> bool:
    """Whether the request is one of htmx for a part of a page."""
    return bool(cast("HTMX", current_app.extensions["htmx"]))


def number(name: str) -> int:
    """The whole number in that form field; raises Refused."""
    text = request.form.get(name, "")
    if not text.isdecimal() or len(text) > 15:
        raise Refused(f"{name} must be a whole number, not {text!r}.", where=name)
    return int(text)
