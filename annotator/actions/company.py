"""Two adjudicators at one article: each is told of the other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from annotator.actions.cases import Case
from annotator.core.access import Viewer
from annotator.store import asking
from annotator.store.db import Database
from annotator.store.ids import now

STILL_THERE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Company:
    """Who else has the case open, and how many decisions of others have come since the viewer last looked."""

    here: tuple[str, ...]
    decided: dict[str, int]


def meet(db: Database, viewer: Viewer, case: Case) -> Company:
    """Who else is at the case; and writes down (outside the log) that the viewer is.

    Who has not asked for anything for 15 minutes is taken to have left.
    """
    at = now()
    since = (datetime.now(UTC) - STILL_THERE).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    with db.write() as connection:
        before = asking.last_seen(connection, viewer, case.article.id)
        here = asking.others_at(connection, viewer, case.article.id, since)
        asking.keep_seen(connection, viewer, case.article.id, at)
    taken = [(one.by, one.at) for one in (*case.force.values(), *case.left)]
    taken += [(one.decision.by, one.decision.at) for one in case.links if one.decision]
    fresh = (by for by, at in taken if by and by != viewer.name and before and at and at > before)
    return Company(tuple(here), dict(Counter(fresh)))
