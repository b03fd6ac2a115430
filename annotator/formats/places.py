"""Spans of a text as it was given, carried to the text as it was accepted."""

from __future__ import annotations

import base64
import hashlib
from bisect import bisect_left
from dataclasses import dataclass

from annotator.core.spans import Extent, check_extent
from annotator.core.text import accept_text, dropped
from annotator.formats.options import Options


@dataclass(frozen=True, slots=True)
class Accepted:
    """A text before and after `accept_text`. `shifts` are the places of what went, None where nothing did."""

    given: str
    text: str
    replaced: int
    shifts: list[int] | None

    def extent(self, start: object, end: object, quote: object = None) -> Extent:
        """Where a span of the given text stands in the accepted one; raises Refused as `check_extent` does."""
        extent = check_extent(self.given, start, end, quote)
        if self.shifts is None:
            return extent
        return check_extent(self.text, *(at - bisect_left(self.shifts, at) for at in (extent.start, extent.end)))


def accepted(given: str, options: Options, where: str) -> Accepted:
    """The text to store, with the way there; raises Refused as `accept_text` does."""
    loaded = accept_text(given, replace_controls=options.replace_controls, where=where)
    return Accepted(given, loaded.text, loaded.replaced, dropped(given) if loaded.text != given else None)


def made_id(*parts: str) -> str:
    """An id that depends on the parts alone, in the form of our own."""
    digest = hashlib.sha256("\n".join(parts).encode()).digest()
    return base64.b32encode(digest[:10]).decode().lower()
