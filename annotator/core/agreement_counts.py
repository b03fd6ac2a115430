"""What agreement is measured on: how many characters and spans which reviewers have in common.

Spans are cut at their boundaries into weighted segments; no loop runs over characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

ANY = "_any"  # stands beside the labels: whatever the label

Mark = tuple[int, int, str]
"""A span as agreement sees it: (start, end, label)."""
Layers = Mapping[str, Iterable[Mark]]
"""Every reviewer's spans on one article, those without a span included."""
Masks = dict[int, int]
"""How much exactly these reviewers have: a mask has bit i set for reviewer i of `names`, at least one."""


@dataclass(slots=True)
class Counts:
    """One article that `names` (sorted) reviewed, or several end to end that the same people reviewed.

    `length` is in characters. `chars[label]` counts the characters that lie in a span of that label,
    `spans[label]` the different spans of that label, by who has them; under `ANY`, those of any label.
    `extents` counts the different (start, end). `squares` is the sum of the squared lengths of all
    spans, and `stacked` whether somebody's own spans overlap: both for `unitizing_alpha`.
    """

    names: tuple[str, ...]
    length: int = 0
    chars: dict[str, Masks] = field(default_factory=dict)
    spans: dict[str, Masks] = field(default_factory=dict)
    extents: Masks = field(default_factory=dict)
    squares: int = 0
    stacked: bool = False

    def add(self, other: Counts) -> None:
        """Put another article of the same reviewers behind this one."""
        self.length += other.length
        for mine, theirs in ((self.chars, other.chars), (self.spans, other.spans)):
            for label, masks in theirs.items():
                _add(mine.setdefault(label, {}), masks)
        _add(self.extents, other.extents)
        self.squares += other.squares
        self.stacked = self.stacked or other.stacked


def _add(total: Masks, masks: Masks) -> None:
    for mask, amount in masks.items():
        total[mask] = total.get(mask, 0) + amount


def count(length: int, layers: Layers) -> Counts:
    """The counts of one article of `length` characters.

    Spans must lie within it. What a reviewer has twice counts once, spans and characters alike.
    """
    counts = Counts(tuple(sorted(layers)), length)
    edges: dict[str, list[tuple[int, int]]] = {}
    spans: dict[Mark, int] = {}
    extents: dict[tuple[int, int], int] = {}
    for number, name in enumerate(counts.names):
        bit = 1 << number
        reached = 0
        by_label: dict[str, list[tuple[int, int]]] = {ANY: []}
        for mark in sorted(set(layers[name])):
            start, end, label = mark
            extent = (start, end)
            spans[mark] = spans.get(mark, 0) | bit
            extents[extent] = extents.get(extent, 0) | bit
            by_label[ANY].append(extent)
            by_label.setdefault(label, []).append(extent)
            counts.squares += (end - start) ** 2
            counts.stacked = counts.stacked or start < reached
            reached = max(reached, end)
        for label, found in by_label.items():
            edges.setdefault(label, []).extend((offset, bit) for run in _runs(found) for offset in run)
    counts.chars = {label: _weigh(found) for label, found in edges.items()}
    _count_holders(counts, spans, extents)
    return counts


def _runs(extents: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The sorted extents, those that overlap or touch made one."""
    begun = reached = -1
    for start, end in extents:
        if start > reached:
            if begun >= 0:
                yield begun, reached
            begun = start
        reached = max(reached, end)
    if begun >= 0:
        yield begun, reached


def _weigh(edges: list[tuple[int, int]]) -> Masks:
    """The characters between edges by who covers them; at an edge a reviewer (a bit) begins or ends."""
    masks: Masks = {}
    mask = since = 0
    for offset, bit in sorted(edges):
        if mask and offset > since:
            masks[mask] = masks.get(mask, 0) + offset - since
        mask ^= bit
        since = offset
    return masks


def _count_holders(counts: Counts, spans: dict[Mark, int], extents: dict[tuple[int, int], int]) -> None:
    for (_, _, label), mask in spans.items():
        for key in (label, ANY):
            masks = counts.spans.setdefault(key, {})
            masks[mask] = masks.get(mask, 0) + 1
    for mask in extents.values():
        counts.extents[mask] = counts.extents.get(mask, 0) + 1


def pool(articles: Iterable[Counts]) -> list[Counts]:
    """The articles end to end, one `Counts` for each set of reviewers that shared articles."""
    pooled: dict[tuple[str, ...], Counts] = {}
    for counts in articles:
        pooled.setdefault(counts.names, Counts(counts.names)).add(counts)
    return list(pooled.values())


@dataclass(slots=True)
class Cell:
    """Of two reviewers a and b: what both have, a has and b has, out of `total`, on what both reviewed."""

    both: int = 0
    a: int = 0
    b: int = 0
    total: int = 0


def pair_cells(parts: Iterable[tuple[Counts, Masks]]) -> dict[tuple[str, str], Cell]:
    """The cell of every two reviewers who share an article; `total` is in characters."""
    cells: dict[tuple[str, str], Cell] = {}
    for counts, masks in parts:
        names = counts.names
        table = _table(masks, len(names))
        for i, j in combinations(range(len(names)), 2):
            cell = cells.setdefault((names[i], names[j]), Cell())
            cell.both += table[i][j]
            cell.a += table[i][i]
            cell.b += table[j][j]
            cell.total += counts.length
    return cells


def _table(masks: Masks, reviewers: int) -> list[list[int]]:
    """`[i][j]`, for i <= j: how much the reviewers i and j both have."""
    table = [[0] * reviewers for _ in range(reviewers)]
    for mask, amount in masks.items():
        members = [i for i in range(mask.bit_length()) if mask >> i & 1]
        for number, i in enumerate(members):
            row = table[i]
            for j in members[number:]:
                row[j] += amount
    return table


Levels = dict[tuple[int, int], int]
"""(m, k) → characters that m reviewed and k of them have in a span."""


def levels_of(parts: Sequence[Counts], label: str) -> Levels:
    """How many characters have how many votes for the label, on articles with two reviewers or more."""
    levels: Levels = {}
    for counts in parts:
        reviewers = len(counts.names)
        if reviewers < 2:
            continue
        uncovered = counts.length
        for mask, amount in counts.chars.get(label, {}).items():
            level = (reviewers, mask.bit_count())
            levels[level] = levels.get(level, 0) + amount
            uncovered -= amount
        levels[reviewers, 0] = levels.get((reviewers, 0), 0) + uncovered
    return levels
