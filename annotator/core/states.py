"""What may happen to a review and to an article, as two tables: state → act → next state.

Anything that is not in a table is refused. Nothing else decides on states.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from annotator.errors import Conflict

Table = Mapping[str, Mapping[str, str]]

REVIEW: Final[Table] = {
    "assigned": {"tag": "in_progress", "submit": "submitted", "lapse": "lapsed", "withdraw": "withdrawn"},
    "in_progress": {"tag": "in_progress", "submit": "submitted", "lapse": "lapsed", "withdraw": "withdrawn"},
    "submitted": {"reopen": "in_progress"},
    "lapsed": {"resume": "in_progress", "withdraw": "withdrawn"},
    "withdrawn": {"resume": "in_progress"},
}

ARTICLE: Final[Table] = {
    "open": {"decide": "open", "close": "closed"},
    "closed": {"reopen": "reopened"},
    "reopened": {"decide": "reopened", "close": "closed"},
}

_LAPSED = "This review gave its place back, as it was left for too long. What you marked is kept."
_WITHDRAWN = "This review was taken back by a manager. What you marked is kept."
_HELD = "This review has its place."
_WHY = {
    ("submitted", "tag"): "This review is submitted; re-open it to change it.",
    ("submitted", "submit"): "This review is submitted already.",
    ("assigned", "reopen"): "This review is not submitted, so there is nothing to re-open.",
    ("in_progress", "reopen"): "This review is not submitted, so there is nothing to re-open.",
    ("submitted", "lapse"): "This review is submitted, so it is not left idle.",
    ("submitted", "withdraw"): "This review is submitted; what is done is not given to someone else.",
    ("lapsed", "tag"): _LAPSED,
    ("lapsed", "submit"): _LAPSED,
    ("lapsed", "reopen"): _LAPSED,
    ("lapsed", "lapse"): "This review has given its place back already.",
    ("withdrawn", "tag"): _WITHDRAWN,
    ("withdrawn", "submit"): _WITHDRAWN,
    ("withdrawn", "reopen"): _WITHDRAWN,
    ("withdrawn", "lapse"): "This review has no place to give back: it was taken back by a manager.",
    ("withdrawn", "withdraw"): "This review was taken back already.",
    ("assigned", "resume"): _HELD,
    ("in_progress", "resume"): _HELD,
    ("submitted", "resume"): _HELD,
    ("closed", "decide"): "This article is closed; re-open it to change a decision.",
    ("closed", "close"): "This article is closed already.",
    ("open", "reopen"): "This article is not closed, so there is nothing to re-open.",
    ("reopened", "reopen"): "This article is not closed, so there is nothing to re-open.",
}


def step(table: Table, state: str, act: str) -> str:
    """The state after `act`; raises Conflict, saying what can be done instead, when it may not happen."""
    after = table[state].get(act)
    if after is None:
        raise Conflict(_WHY[state, act])
    return after
