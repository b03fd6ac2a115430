"""Tokens and layers without overlaps, for formats that label tokens."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from annotator.formats.records import SpanLine

# A word with the marks that stand on its letters, white space, or any other single character.
_TOKEN = re.compile(r"\s+|[\w\u0300-\u036f\u200c\u200d]+|.", re.DOTALL)


def cut(text: str, edges: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The text in pieces, none left out: words, other characters and white space, cut at the edges too."""
    at_edges = sorted(set(edges))
    coming = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        while coming < len(at_edges) and at_edges[coming] < end:
            if at_edges[coming] > start:
                yield start, at_edges[coming]
                start = at_edges[coming]
            coming += 1
        yield start, end


def edges(spans: Iterable[SpanLine]) -> list[int]:
    """Where the spans start and end."""
    return [edge for span in spans for edge in (span.start, span.end)]


def longest_first(spans: Iterable[SpanLine]) -> list[SpanLine]:
    """Spans that do not overlap, in their order in the text: the longest is taken, then the next that fits.

    Among equally long ones the first in the text, then the first given, goes first.
    """
    kept: list[SpanLine] = []
    starts: list[int] = []
    for span in sorted(spans, key=lambda span: (span.start - span.end, span.start)):
        at = bisect_right(starts, span.start)
        if (at == 0 or kept[at - 1].end <= span.start) and (at == len(kept) or span.end <= kept[at].start):
            kept.insert(at, span)
            starts.insert(at, span.start)
    return kept
