"""Stretches of text that somebody marked, and how far the reviewers agree on each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from annotator.core.agreement_counts import Layers, Mark


@dataclass(frozen=True, slots=True)
class Stretch:
    """Text that spans cover without a gap. `by` has what each reviewer marked in it, in name order, nothing too."""

    start: int
    end: int
    by: tuple[tuple[str, tuple[Mark, ...]], ...]

    @property
    def pairs(self) -> int:
        """How many pairs of reviewers there are."""
        return len(self.by) * (len(self.by) - 1) // 2

    @property
    def differing(self) -> int:
        """How many pairs of reviewers did not mark the very same spans in it."""
        alike = Counter(marks for _, marks in self.by)
        return self.pairs - sum(number * (number - 1) // 2 for number in alike.values())

    @property
    def rank(self) -> tuple[float, int, int]:
        """The most disputed are the greatest: by the share of pairs that differ, their number, the different spans."""
        spans = len(set(chain.from_iterable(marks for _, marks in self.by)))
        return (self.differing / self.pairs if self.pairs else 0.0, self.differing, spans)


def stretches(layers: Layers) -> Iterator[Stretch]:
    """The stretches of an article in text order: spans that share a character stand in the same one."""
    entries = sorted({(mark[0], mark[1], mark[2], name) for name, marks in layers.items() for mark in marks})
    run: list[tuple[int, int, str, str]] = []
    reached = -1
    for entry in entries:
        if run and entry[0] >= reached:
            yield _stretch(layers, run, reached)
            run = []
        reached = max(reached, entry[1]) if run else entry[1]
        run.append(entry)
    if run:
        yield _stretch(layers, run, reached)


def _stretch(layers: Layers, run: list[tuple[int, int, str, str]], end: int) -> Stretch:
    found: dict[str, list[Mark]] = {name: [] for name in sorted(layers)}
    for start, stop, label, name in run:
        found[name].append((start, stop, label))
    return Stretch(run[0][0], end, tuple((name, tuple(marks)) for name, marks in found.items()))


def disputed(layers: Layers) -> Iterator[Stretch]:
    """The stretches in which any two reviewers differ, in text order."""
    return (one for one in stretches(layers) if one.differing)


def narrowed(
    layers: Layers, *, names: tuple[str, str] | None = None, label: str | None = None
) -> dict[str, list[Mark]]:
    """The layers of these two reviewers alone, or the spans of this label alone."""
    return {
        name: [mark for mark in marks if label is None or mark[2] == label]
        for name, marks in layers.items()
        if names is None or name in names
    }
