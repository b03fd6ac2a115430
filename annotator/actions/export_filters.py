"""What of a project an export is to hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from annotator.core.spans import Span
from annotator.errors import Refused
from annotator.store.exported import Exported, Layer

STATES = ("open", "closed", "reopened")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}(:\d{2}(:\d{2})?)?Z?)?)?)?")
LeaveOut = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Filters:
    """Empty ones let everything through. `states` are those of articles.

    `since` and `until` are beginnings of times in UTC (`2026-11`, `2026-11-25`), both included: of when gold was
    closed, a review submitted, the last review of a majority submitted.
    """

    labels: frozenset[str] = frozenset()
    reviewers: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    since: str = ""
    until: str = ""

    def check(self) -> Filters:
        """The filters themselves; raises Refused for a state that there is none of, or what is no time."""
        for state in sorted(self.states - set(STATES)):
            raise Refused(f"There is no state {state!r}; choose {', '.join(STATES)}.", where="state")
        for name in ("since", "until"):
            if (value := getattr(self, name)) and not _DATE.fullmatch(value):
                raise Refused(f"{value!r} is no date; write 2026-11-25, or a beginning of it.", where=name)
        return self

    def asked(self) -> dict[str, Any]:
        """What is asked for, by the names of the address's parameters; sorted, and without what is not."""
        asked: dict[str, Any] = {
            "label": sorted(self.labels), "reviewer": sorted(self.reviewers), "state": sorted(self.states),
            "since": self.since, "until": self.until,
        }  # fmt: skip
        return {name: value for name, value in asked.items() if value}

    def within(self, at: str) -> bool:
        """Whether the time is in the dates asked for."""
        since, until = self.since.removesuffix("Z"), self.until.removesuffix("Z")
        return at[: len(since)] >= since and at[: len(until)] <= until

    def narrowed(self, item: Exported, leave_out: LeaveOut) -> Exported:
        """The article with only the layers that are let through; what is not is told to `leave_out`."""
        reviews = [one for one in item.reviews if not self.reviewers or one.reviewer in self.reviewers]
        leave_out("reviews of other reviewers", len(item.reviews) - len(reviews))
        return replace(item, reviews=reviews)

    def of_labels(self, layer: Layer, leave_out: LeaveOut) -> Layer:
        """The layer with only the spans of the labels asked for, and the relations between those."""
        if not self.labels:
            return layer
        spans: list[Span] = [span for span in layer.spans if span.label in self.labels]
        ids = {span.id for span in spans}
        relations = [one for one in layer.relations if one.source in ids and one.target in ids]
        leave_out("spans of other labels", len(layer.spans) - len(spans))
        leave_out("relations of spans of other labels", len(layer.relations) - len(relations))
        return replace(layer, spans=spans, relations=relations)
