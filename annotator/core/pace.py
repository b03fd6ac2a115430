"""How fast reviews come in, and when they will all be there if it goes on like that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

WINDOW = 14  # days that the pace is taken from, today among them


@dataclass(frozen=True, slots=True)
class Forecast:
    """`done`: nothing is missing. `none`: nothing was submitted in the window. `by`: on that `day`, at `rate` a day."""

    kind: Literal["done", "none", "by"]
    rate: float = 0.0
    day: date | None = None


def forecast(missing: int, submitted: int, today: date) -> Forecast:
    """When `missing` reviews will be in at the pace of `submitted` ones in the last `WINDOW` days.

    The pace is a plain mean over the days; more than a hundred years ahead is no forecast either.
    """
    if missing <= 0:
        return Forecast("done")
    if submitted <= 0:
        return Forecast("none")
    days = -(-missing * WINDOW // submitted)
    if days > 36_525:
        return Forecast("none")
    return Forecast("by", submitted / WINDOW, today + timedelta(days=days))


def window(today: date) -> list[date]:
    """The days of the window in order, today last."""
    return [today - timedelta(days=back) for back in range(WINDOW - 1, -1, -1)]
