"""Drawings of numbers, laid out here so that templates only write them down. Lengths are units of the SVG."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CELL = 44
NAME_LENGTH = 12
LETTER = 7.5
FULL = 0.5  # how opaque the strongest colour is, so that numbers on it stay readable
LONGEST = 230
BINS = ((0, 0), (1, 1), (2, 2), (3, 5), (6, 10), (11, 20), (21, 50), (51, None))


@dataclass(frozen=True, slots=True)
class Cell:
    """A square with its number; `shade` None where there is none."""

    x: int
    y: int
    a: str
    b: str
    text: str
    shade: float | None


@dataclass(frozen=True, slots=True)
class Heatmap:
    """Squares for every two people. `names` are (name, name cut short, offset of its row and column)."""

    edge: int
    size: int
    cell: int
    names: list[tuple[str, str, int]]
    cells: list[Cell]


def heatmap(pairs: Iterable[tuple[str, str, float | None, str]]) -> Heatmap:
    """Both halves of the table of (a, b, value from 0 to 1, as text)."""
    known = {pair[:2]: pair[2:] for pair in pairs}
    names = sorted({name for pair in known for name in pair})
    edge = int(max((min(len(name), NAME_LENGTH) for name in names), default=0) * LETTER) + 14
    at = {name: edge + place * CELL for place, name in enumerate(names)}
    cells = []
    for a in names:
        for b in names:
            if a != b:
                value, text = known[min(a, b), max(a, b)]
                cells.append(Cell(at[b], at[a], a, b, text, None if value is None else round(value * FULL, 3)))
    cut = [(name, name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 1] + "…", at[name]) for name in names]
    return Heatmap(edge, edge + len(names) * CELL, CELL, cut, cells)


@dataclass(frozen=True, slots=True)
class Shaded:
    """A number in a table; `shade` is 0 (none) to 5 (the most)."""

    label: str
    number: int
    shade: int


def shaded(met: Counter[tuple[str, str]], labels: Sequence[str]) -> list[tuple[str, list[Shaded | None]]]:
    """A row a label, a column a label, each two labels once: the other half is None."""
    named = [*labels, *sorted({label for pair in met for label in pair}.difference(labels))]
    most = max(met.values(), default=0)
    table: list[tuple[str, list[Shaded | None]]] = []
    for row, first in enumerate(named):
        cells: list[Shaded | None] = []
        for column, second in enumerate(named):
            number = met[min(first, second), max(first, second)]
            cells.append(Shaded(second, number, -(-5 * number // most) if number else 0) if column >= row else None)
        table.append((first, cells))
    return table


@dataclass(frozen=True, slots=True)
class Bar:
    """How many starts and ends lie so many (`name`, from `least`) characters apart, with the lengths to draw."""

    name: str
    least: int
    y: int
    starts: int
    ends: int
    start_length: int
    end_length: int


def bars(starts: Counter[int], ends: Counter[int]) -> list[Bar]:
    """The differences of either sign, by `BINS`."""
    counted = [
        [sum(n for difference, n in edges.items() if _within(difference, least, most)) for edges in (starts, ends)]
        for least, most in BINS
    ]
    longest = max(map(max, counted)) or 1
    found = []
    for place, ((least, most), (of_starts, of_ends)) in enumerate(zip(BINS, counted, strict=True)):
        lengths = [_length(number, longest) for number in (of_starts, of_ends)]
        found.append(Bar(bin_name(least, most), least, 30 + place * 34, of_starts, of_ends, *lengths))
    return found


def bin_name(least: int, most: int | None) -> str:
    """One of `BINS` in words: 0, 3–5, 51+."""
    return f"{least}+" if most is None else str(least) if least == most else f"{least}–{most}"


def _within(difference: int, least: int, most: int | None) -> bool:
    return least <= abs(difference) and (most is None or abs(difference) <= most)


def _length(number: int, longest: int) -> int:
    return max(2, round(LONGEST * number / longest)) if number else 0


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a line: where it is drawn, what it is called, and its number."""

    x: int
    y: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Trend:
    """A line from left to right; `lines` are the runs between values that are not defined, as SVG points.

    `rules` are the heights to draw a line at across the whole, with what they are called.
    """

    width: int
    height: int
    points: list[Point]
    lines: list[str]
    rules: list[tuple[int, str]]


STEP = 26
RISE = 72
MARGIN = 10
LEFT = 26


def trend(values: Sequence[tuple[str, float | None]]) -> Trend:
    """Values from 0 (bottom) to 1 (top) in order, at the same distance each."""
    points: list[Point] = []
    runs: list[list[str]] = [[]]
    for place, (name, value) in enumerate(values):
        if value is None:
            runs.append([])
            continue
        at = Point(LEFT + place * STEP, MARGIN + round(RISE * (1 - value)), name, f"{value:.2f}")
        points.append(at)
        runs[-1].append(f"{at.x},{at.y}")
    lines = [" ".join(run) for run in runs if len(run) > 1]
    rules = [(MARGIN, "1"), (MARGIN + RISE // 2, "0.5"), (MARGIN + RISE, "0")]
    return Trend(LEFT + MARGIN + max(len(values) - 1, 1) * STEP, 2 * MARGIN + RISE, points, lines, rules)
