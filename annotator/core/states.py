"""What may happen to a review and to an article, as two tables: state → act → next state.

Anything that is not in a table is refused. Nothing else decides on states.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from annotator.errors import Conflict

Table = Mapping[str, Mapping[str, str]]

REVIEW: Final[Table] = {
    "assigned": {"tag": "in_progress", "submit": "submitted"},
    "in_progress": {"tag": "in_progress", "submit": "submitted"},
    "submitted": {"reopen": "in_progress"},
}

ARTICLE: Final[Table] = {
    "open": {"decide": "open", "close": "closed"},
    "closed": {"reopen": "reopened"},
    "reopened": {"decide": "reopened", "close": "closed"},
}

_WHY = {
    ("submitted", "tag"): "This review is submitted; re-open it to change it.",
    ("submitted", "submit"): "This review is submitted already.",
    ("assigned", "reopen"): "This review is not submitted, so there is nothing to re-open.",
    ("in_progress", "reopen"): "This review is not submitted, so there is nothing to re-open.",
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
