"""Agreement over time: the articles by the week in which the last of their reviews was submitted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from annotator.core.agreement import line_for
from annotator.core.agreement_counts import ANY, Counts, pool

WIDTH = 560
TALL = 120
MOST_WEEKS = 26


@dataclass(frozen=True, slots=True)
class Week:
    """A week by ISO 8601 (`2026-W48`) with its Monday and measures; None where one is not defined.

    `x` and `y` are where its mean F1 is drawn; `y` None where there is none, or the week is too long ago.
    """

    name: str
    monday: date
    articles: int
    alpha: float | None
    mean_f1: float | None
    x: float = 0.0
    y: float | None = None


def weeks(shared: Iterable[tuple[str, Counts]], submitted: Mapping[str, str]) -> list[Week]:
    """The weeks in order, of articles by id with what was counted on them, and when each was `submitted` (ISO)."""
    parts: dict[tuple[int, int], list[Counts]] = {}
    for article, counts in shared:
        day = date.fromisoformat(submitted[article][:10])
        parts.setdefault(day.isocalendar()[:2], []).append(counts)
    found = []
    first = max(len(parts) - MOST_WEEKS, 0)
    step = WIDTH / (min(len(parts), MOST_WEEKS) or 1)
    for place, (year, week) in enumerate(sorted(parts)):
        counted = parts[year, week]
        line = line_for(None, pool(counted), [])
        f1 = line["mean_f1"]
        drawn = f1 is not None and place >= first
        found.append(Week(
            f"{year}-W{week:02}", date.fromisocalendar(year, week, 1), len(counted), line["alpha"][ANY], f1,
            round((place - first + 0.5) * step, 1), round(TALL * (1 - f1), 1) if drawn and f1 is not None else None,
        ))  # fmt: skip
    return found
