"""How much one reviewer may add: against scripts gone wrong, not against people."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from annotator.core.access import Viewer
from annotator.core.values import Review
from annotator.errors import TooMany
from annotator.store import visible
from annotator.store.people import later


@dataclass(frozen=True, slots=True)
class Limits:
    """Spans per reviewer: in a minute (0: no limit) and on one article."""

    per_minute: int = 0
    per_article: int = 20_000


def check_pace(connection: Connection, viewer: Viewer, review: Review, limits: Limits) -> None:
    """Raises TooMany when one more span would pass a limit."""
    if visible.my_span_count(connection, review) >= limits.per_article:
        raise TooMany(f"This article has {limits.per_article} spans of yours, which is the limit.")
    if limits.per_minute and visible.my_added_since(connection, viewer, later(minutes=-1)) >= limits.per_minute:
        raise TooMany(f"More than {limits.per_minute} spans in a minute; wait a little.")
