"""How well a review matches the gold. A measure that is not defined is None, never 1 and never NaN.

A mark is (start, end, label). Counts add up over articles (micro-average), and stay whole numbers up to
the one division at the end.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Literal

from annotator.core.agreement import precision_recall_f1
from annotator.core.agreement_counts import ANY, Cell, Mark

Kind = Literal["missed", "extra", "label", "boundary"]
KINDS: Final[tuple[Kind, ...]] = ("missed", "extra", "label", "boundary")


@dataclass(slots=True)
class Tally:
    """Marks counted for one label, or for any.

    `gold` and `mine` are how many there are on each side, `both` those that are the same in start, end
    and label; `found` of the gold and `fitting` of mine touch a mark of the same label on the other side.
    """

    gold: int = 0
    mine: int = 0
    both: int = 0
    found: int = 0
    fitting: int = 0

    def add(self, other: Tally) -> None:
        """Adds the other's counts to these."""
        self.gold += other.gold
        self.mine += other.mine
        self.both += other.both
        self.found += other.found
        self.fitting += other.fitting


Measure = list[float] | None


def strict(tally: Tally) -> Measure:
    """Precision, recall and F1 of marks that must be the same in start, end and label.

    P = both / mine, R = both / gold, F1 = 2·both / (mine + gold) (van Rijsbergen 1979). None when
    neither side has any; all 0 when one has none.
    """
    return precision_recall_f1(Cell(tally.both, tally.gold, tally.mine))


def relaxed(tally: Tally) -> Measure:
    """The same where an overlap by one character is enough, labels being equal.

    P = fitting / mine, R = found / gold, F1 = 2·P·R / (P + R): each side is counted on its own, as one
    long mark may touch several (the overlap match of Hripcsak and Rothschild 2005). None and 0 as in `strict`.
    """
    if not tally.gold or not tally.mine:
        return [0.0, 0.0, 0.0] if tally.gold or tally.mine else None
    precision, recall = tally.fitting / tally.mine, tally.found / tally.gold
    total = precision + recall
    return [precision, recall, 2 * precision * recall / total if total else 0.0]


def compare(mine: Iterable[Mark], gold: Iterable[Mark]) -> dict[str, Tally]:
    """The counts of one article by label, and under `ANY` of all its labels together."""
    sides = (_by_label(gold), _by_label(mine))
    found = {label: _tally(*(side.get(label, set()) for side in sides)) for label in {*sides[0], *sides[1]}}
    whole = Tally()
    for tally in found.values():
        whole.add(tally)
    return {**found, ANY: whole}


def _by_label(marks: Iterable[Mark]) -> dict[str, set[tuple[int, int]]]:
    found: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for start, end, label in marks:
        found[label].add((start, end))
    return found


def _tally(gold: set[tuple[int, int]], mine: set[tuple[int, int]]) -> Tally:
    return Tally(len(gold), len(mine), len(gold & mine), _touching(gold, mine), _touching(mine, gold))


def _touching(some: set[tuple[int, int]], others: set[tuple[int, int]]) -> int:
    """How many of `some` overlap one of `others`: by a sweep, as an article may have thousands."""
    starts = sorted(others)
    number, place, reach = 0, 0, -1
    for start, end in sorted(some, key=lambda extent: extent[1]):
        # All others that begin before this end; the furthest of their ends tells whether one reaches in.
        while place < len(starts) and starts[place][0] < end:
            reach = max(reach, starts[place][1])
            place += 1
        number += reach > start
    return number


@dataclass(slots=True)
class Record:
    """What a reviewer's reviews of one kind come to. `same`: articles marked exactly as the gold is."""

    articles: int = 0
    same: int = 0
    labels: dict[str, Tally] = field(default_factory=dict)

    def add(self, tallies: Mapping[str, Tally]) -> None:
        """Adds one article's counts."""
        whole = tallies[ANY]
        self.articles += 1
        self.same += whole.gold == whole.mine == whole.both
        for label, tally in tallies.items():
            self.labels.setdefault(label, Tally()).add(tally)


def week_of(at: str) -> str:
    """The Monday of the week of a time as the log writes it, as a date."""
    day = date.fromisoformat(at[:10])
    return (day - timedelta(days=day.weekday())).isoformat()


# -- what differs, for feedback on training


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs from the gold: a mark of one's own, one of the gold, or two that belong together."""

    kind: Kind
    mine: Mark | None
    gold: Mark | None


def differences(mine: Iterable[Mark], gold: Iterable[Mark]) -> list[Difference]:
    """What differs, in the order of the text.

    What is in both is left out. Of the rest, marks of the same extent are paired (`label`), then marks
    of one label by the characters they share, most first (`boundary`); each is in one pair at most.
    What is left is `missed` (in the gold alone) or `extra`.
    """
    own, right = set(mine), set(gold)
    own, right = own - right, right - own
    by_extent: dict[tuple[int, int], list[Mark]] = defaultdict(list)
    for mark in right:
        by_extent[mark[:2]].append(mark)
    found = _paired("label", own, right, [(0, a, b) for a in own for b in by_extent[a[:2]]])
    found += _paired("boundary", own, right, list(_touching_pairs(own, right)))
    found += [Difference("missed", None, one) for one in right]
    found += [Difference("extra", one, None) for one in own]
    return sorted(found, key=lambda one: (*(one.gold or one.mine or ()), one.kind))


def _touching_pairs(own: set[Mark], right: set[Mark]) -> Iterator[tuple[int, Mark, Mark]]:
    """The overlapping pairs of one label, with the characters they share below zero."""
    by_label: dict[str, list[Mark]] = defaultdict(list)
    for mark in sorted(right):
        by_label[mark[2]].append(mark)
    for a in own:
        for b in by_label[a[2]]:
            if b[0] >= a[1]:
                break
            shared = min(a[1], b[1]) - max(a[0], b[0])
            if shared > 0:
                yield -shared, a, b


def _paired(
    kind: Kind, own: set[Mark], right: set[Mark], pairs: Sequence[tuple[int, Mark, Mark]]
) -> list[Difference]:  # fmt: skip
    """Takes pairs out of both sets, the first in order first."""
    found = []
    for _, a, b in sorted(pairs):
        if a in own and b in right:
            own.remove(a)
            right.remove(b)
            found.append(Difference(kind, a, b))
    return found


def kinds(found: Iterable[Difference]) -> Counter[Kind]:
    """How many differences there are of each kind."""
    return Counter(one.kind for one in found)
