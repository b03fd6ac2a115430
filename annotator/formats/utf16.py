"""Offsets in UTF-16 units, as Java counts them, and in code points, as we do."""

from __future__ import annotations

import re
from bisect import bisect_left

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


class Units:
    """A text, and where its characters of two units stand."""

    def __init__(self, text: str) -> None:
        self._points = [found.start() for found in _ASTRAL.finditer(text)]
        self._units = [at + before for before, at in enumerate(self._points)]
        self.length = len(text) + len(self._points)

    def of(self, point: int) -> int:
        """The units before that code point."""
        return point + bisect_left(self._points, point)

    def point(self, unit: int) -> int | None:
        """The code points before that unit; None where it falls within a character. It may be past the end."""
        before = bisect_left(self._units, unit)
        if before and self._units[before - 1] == unit - 1:
            return None
        return unit - before
