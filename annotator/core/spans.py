"""Spans: a stretch of an article's text with a label. All offsets are code points, end exclusive."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from annotator.core.text import splits_cluster
from annotator.errors import Conflict, Refused


@dataclass(frozen=True, slots=True)
class Extent:
    """Where something stands in a text: `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Span(Extent):
    """One span of one layer. `version` counts its changes from 1; `attributes` holds set ones only."""

    id: str
    label: str
    note: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    version: int = 1
    by: str = ""
    at: str = ""
    origin: tuple[str, ...] = ()


def order(span: Span) -> tuple[int, int, str]:
    """The order of every list of spans: outer before inner, then by label (contract section 6)."""
    return (span.start, -span.end, span.label)


def check_extent(text: str, start: object, end: object, quote: object = None) -> Extent:
    """The extent, if it is one of `text` (contract section 2.6).

    Raises Refused for anything but integers with `0 <= start < end <= len(text)` that split no
    grapheme cluster, and Conflict when the client's `quote` is not what stands there.
    """
    if type(start) is not int:
        raise Refused(f"start must be an integer, not {start!r}.", where="start")
    if type(end) is not int:
        raise Refused(f"end must be an integer, not {end!r}.", where="end")
    if start < 0:
        raise Refused(f"start is {start}; the text begins at 0.", where="start")
    if end > len(text):
        raise Refused(f"end is {end}, past the end of the text at {len(text)}.", where="end")
    if start >= end:
        why = f"start {start} is not before end {end}; a span holds a character at least."
        raise Refused(why, where="start")
    if splits_cluster(text, start):
        raise _splitting("start", start)
    if splits_cluster(text, end):
        raise _splitting("end", end)
    if quote is not None and quote != text[start:end]:
        why = f"The text from {start} to {end} is {text[start:end]!r}, not {quote!r}."
        raise Conflict(why, where="quote")
    return Extent(start, end)


def _splitting(name: str, offset: int) -> Refused:
    why = f"{name} {offset} falls inside one character as readers see it (a grapheme cluster)."
    return Refused(why, where=name)


def trim(text: str, extent: Extent) -> Extent:
    """The extent without white space at either end, as selections by hand are stored.

    White space that shares a grapheme cluster with what follows (a space under a combining mark) stays.
    Raises Refused when nothing else is in it.
    """
    start, end = extent.start, extent.end
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end:
        raise Refused("The selection holds white space only.", where="start")
    while splits_cluster(text, start):
        start -= 1
    while splits_cluster(text, end):
        end += 1
    return Extent(start, end)


QUOTES = frozenset(["“”", '""', "''", "‘’", "«»", "»«", "„“", "„”", "„‟", "‟”", "””", "’’", "‹›", "›‹", "「」", "『』"])


def quoted(text: str, extent: Extent, rule: str) -> Extent:
    """The extent by a label's rule on quotation marks: "keep" takes in those that stand just outside, both or
    the one that is missing; "drop" leaves out the pair at the ends; "" changes nothing.

    Marks that share a grapheme cluster with a neighbour, and those around white space alone, stay as they are.
    """
    start, end = extent.start, extent.end
    if rule == "drop" and _is_quoted(text, start, end) and not text[start + 1 : end - 1].isspace():
        inner = trim(text, Extent(start + 1, end - 1))
        return extent if inner.start <= start or inner.end >= end else inner
    if rule == "keep":
        for a, b in ((start, end), (start - 1, end), (start, end + 1), (start - 1, end + 1)):
            if _is_quoted(text, a, b) and not splits_cluster(text, a) and not splits_cluster(text, b):
                return Extent(a, b)
    return extent


def _is_quoted(text: str, start: int, end: int) -> bool:
    return 0 <= start < end - 2 and end <= len(text) and text[start] + text[end - 1] in QUOTES


def overlap(a: Extent, b: Extent) -> int:
    """How many characters both cover; touching spans share none."""
    return max(0, min(a.end, b.end) - max(a.start, b.start))


def share_half(a: Extent, b: Extent) -> bool:
    """Whether both cover at least half of the characters that either covers (of their union)."""
    both = overlap(a, b)
    return both > 0 and 2 * both >= (a.end - a.start) + (b.end - b.start) - both


NOTE_LIMIT = 5_000
_NOT_IN_NOTES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def check_note(note: str, where: str = "note") -> str:
    """The words someone wrote, line ends as LF; raises Refused for controls and for more than 5,000 characters."""
    note = note.replace("\r\n", "\n").replace("\r", "\n")
    if len(note) > NOTE_LIMIT:
        raise Refused(f"It has {len(note)} characters; {NOTE_LIMIT} at most.", where=where)
    found = _NOT_IN_NOTES.search(note)
    if found:
        raise Refused(f"It holds a control character (U+{ord(found[0]):04X}) at {found.start()}.", where=where)
    return note
