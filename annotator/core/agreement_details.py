"""What stands behind the measures: which labels are taken for which, and how far boundaries lie apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from annotator.core.agreement_counts import Layers

_Extent = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SameExtent:
    """Two reviewers, `a` before `b` by name, marked the same stretch, each with the label given."""

    start: int
    end: int
    a: str
    b: str
    label_a: str
    label_b: str


def same_extents(layers: Layers) -> Iterator[SameExtent]:
    """Every two labels that two reviewers gave the same stretch, in text order.

    A label that both gave is paired with itself alone; only what one has and the other lacks is a confusion.
    """
    found: dict[_Extent, dict[str, set[str]]] = {}
    for name in sorted(layers):
        for start, end, label in layers[name]:
            found.setdefault((start, end), {}).setdefault(name, set()).add(label)
    for (start, end), by_name in sorted(found.items()):
        for (a, of_a), (b, of_b) in combinations(by_name.items(), 2):
            for label in sorted(of_a & of_b):
                yield SameExtent(start, end, a, b, label, label)
            for label_a in sorted(of_a - of_b):
                for label_b in sorted(of_b - of_a):
                    yield SameExtent(start, end, a, b, label_a, label_b)


def confusion(pairs: Iterable[SameExtent]) -> Counter[tuple[str, str]]:
    """How often two labels met on one stretch. A key is in name order: it does not tell whose label is whose."""
    return Counter((min(pair.label_a, pair.label_b), max(pair.label_a, pair.label_b)) for pair in pairs)


@dataclass(frozen=True, slots=True)
class TiedSpans:
    """Two reviewers' spans of one label that overlap, `a` before `b` by name."""

    label: str
    a: str
    b: str
    of_a: _Extent
    of_b: _Extent

    @property
    def start_difference(self) -> int:
        """By how many characters b begins later than a; negative when b begins before."""
        return self.of_b[0] - self.of_a[0]

    @property
    def end_difference(self) -> int:
        """By how many characters b ends later than a; negative when b ends before."""
        return self.of_b[1] - self.of_a[1]


def tied_spans(layers: Layers) -> Iterator[TiedSpans]:
    """Every two spans of one label that are tied (`groups.tied`), by label, then by the reviewers' names.

    A span that both have is paired with itself alone: two people with the same spans, one inside the
    other, do not differ.
    """
    by_label: dict[str, dict[str, set[_Extent]]] = {}
    for name in sorted(layers):
        for start, end, label in layers[name]:
            by_label.setdefault(label, {}).setdefault(name, set()).add((start, end))
    for label, by_name in sorted(by_label.items()):
        for (a, of_a), (b, of_b) in combinations(by_name.items(), 2):
            for extent in sorted(of_a & of_b):
                yield TiedSpans(label, a, b, extent, extent)
            for extent_a, extent_b in _overlapping(sorted(of_a - of_b), sorted(of_b - of_a)):
                yield TiedSpans(label, a, b, extent_a, extent_b)


def _overlapping(firsts: list[_Extent], seconds: list[_Extent]) -> Iterator[tuple[_Extent, _Extent]]:
    """Every two that share a character, one from each sorted list; a sweep, so long lists cost little."""
    live: list[_Extent] = []
    begun = 0
    for first in firsts:
        start, end = first
        while begun < len(seconds) and seconds[begun][0] < end:
            live.append(seconds[begun])
            begun += 1
        live = [second for second in live if second[1] > start]
        for second in live:
            if second[0] < end:
                yield first, second


def boundary_differences(pairs: Iterable[TiedSpans]) -> tuple[Counter[int], Counter[int]]:
    """Two histograms, of starts and of ends: signed difference in characters → how many tied spans."""
    starts: Counter[int] = Counter()
    ends: Counter[int] = Counter()
    for pair in pairs:
        starts[pair.start_difference] += 1
        ends[pair.end_difference] += 1
    return starts, ends
