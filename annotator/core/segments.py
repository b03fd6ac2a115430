"""Segments: how overlapping spans are painted, as pieces of text between their edges and lanes below it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from annotator.core.spans import Extent, Span, order
from annotator.core.text import Block


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that the same spans cover from end to end.

    `ids`, `labels` and `lanes` belong together, outermost span first. `innermost` is the id of the
    shortest span (the last of equals), None where there is none. `starts` and `ends` are the ids of
    the spans whose own start or end is that of the piece.
    """

    start: int
    end: int
    ids: tuple[str, ...]
    labels: tuple[str, ...]
    lanes: tuple[int, ...]
    innermost: str | None
    starts: tuple[str, ...]
    ends: tuple[str, ...]


def _place(span: Span) -> tuple[int, int, str, str]:
    """The order of the export, made total by the id: two people may have the same span."""
    return (*order(span), span.id)


def _length(extent: Extent) -> int:
    return extent.end - extent.start


def lanes(spans: Iterable[Span]) -> dict[str, int]:
    """The lane of each span by id, from 0 (nearest the text) down; spans that overlap never share one.

    The shortest come first, each on the lowest lane that is free along it, so that a figure inside a
    claim keeps the line nearest the text. Touching spans do not overlap.
    """
    lane_of: dict[str, int] = {}
    taken: list[tuple[list[int], list[int]]] = []  # by lane: starts and ends, both ascending
    for span in sorted(spans, key=lambda span: (_length(span), _place(span))):
        for lane, (starts, ends) in enumerate(taken):  # noqa: B007
            at = bisect_right(starts, span.start)
            if (at == 0 or ends[at - 1] <= span.start) and (at == len(starts) or starts[at] >= span.end):
                break
        else:
            lane, starts, ends, at = len(taken), [], [], 0
            taken.append((starts, ends))
        starts.insert(at, span.start)
        ends.insert(at, span.end)
        lane_of[span.id] = lane
    return lane_of


def pieces(start: int, end: int, spans: Iterable[Span], lane_of: Mapping[str, int]) -> list[Piece]:
    """The block `[start, end)` cut at every edge of a span inside it: the pieces in order, without a gap.

    `spans` are in any order; ones that do not touch the block are passed over. `lane_of` is what
    `lanes` gave for the whole article.
    """
    touching = sorted((span for span in spans if span.start < end and start < span.end), key=_place)
    edges = {edge for span in touching for edge in (span.start, span.end) if start < edge < end}
    done = 0
    covering: list[Span] = []
    found = []
    for left, right in pairwise(sorted({start, end} | edges)):
        covering = [span for span in covering if span.end > left]
        while done < len(touching) and touching[done].start <= left:
            covering.append(touching[done])
            done += 1
        found.append(_piece(left, right, covering, lane_of))
    return found


def _piece(left: int, right: int, covering: Sequence[Span], lane_of: Mapping[str, int]) -> Piece:
    if not covering:
        return Piece(left, right, (), (), (), None, (), ())
    return Piece(
        left,
        right,
        ids=tuple([span.id for span in covering]),
        labels=tuple([span.label for span in covering]),
        lanes=tuple([lane_of[span.id] for span in covering]),
        innermost=min(reversed(covering), key=_length).id,
        starts=tuple([span.id for span in covering if span.start == left]),
        ends=tuple([span.id for span in covering if span.end == right]),
    )


def spans_of_blocks(blocks: Iterable[Block], spans: Iterable[Span]) -> list[list[Span]]:
    """For each block, in the order of the text, the spans that share a character with it, in list order."""
    ordered = sorted(spans, key=_place)
    done = 0
    touching: list[Span] = []
    found = []
    for block in blocks:
        touching = [span for span in touching if span.end > block.start]
        while done < len(ordered) and ordered[done].start < block.end:
            if ordered[done].end > block.start:
                touching.append(ordered[done])
            done += 1
        found.append(touching)
    return found
