"""Which texts are near copies of one another: an agency's report, say, and what two papers made of it.

By one-permutation min-hashing (Li, Owen, Zhang 2012): the five-word shingles of a text are hashed, the hashes dealt
into `BUCKETS` buckets, and the least of each kept. Two texts are near copies when at least half of the buckets that
either has agree, which estimates that half of all their shingles are in both.
"""

from __future__ import annotations

import re
import zlib
from array import array
from collections.abc import Iterable, Iterator

BUCKETS = 24
SHINGLE = 5  # words
_EMPTY = 2**32 - 1
_WORD = re.compile(r"\w+")
_MIX = 0x9E3779B1  # spreads what a checksum leaves regular

Sketch = array  # of BUCKETS unsigned 32-bit integers


def sketch(text: str) -> Sketch[int]:
    """The least hash of each bucket; case, punctuation and white space of the text count for nothing."""
    words = _WORD.findall(text.lower())
    least = array("I", [_EMPTY]) * BUCKETS
    for at in range(max(1, len(words) - SHINGLE + 1)):
        value = zlib.crc32(" ".join(words[at : at + SHINGLE]).encode()) * _MIX & _EMPTY
        bucket = value % BUCKETS
        least[bucket] = min(least[bucket], value)
    return least


def are_near(one: Sketch[int], other: Sketch[int]) -> bool:
    """Whether at least half of the buckets that either has are the same in both."""
    either = both = 0
    for a, b in zip(one, other, strict=True):
        either += a != _EMPTY or b != _EMPTY
        both += a == b != _EMPTY
    return 2 * both >= either > 0


def groups(sketches: Iterable[Sketch[int]]) -> Iterator[list[int]]:
    """The numbers, from 0, of the sketches that are near copies, directly or over others: a list for each group.

    What is no copy of another is in none. A hundred bytes a sketch are held.
    """
    every = array("I")
    for one in sketches:
        every.extend(one)
    count = len(every) // BUCKETS
    leader = array("I", range(count))

    def lead(number: int) -> int:
        while leader[number] != number:
            leader[number] = number = leader[leader[number]]
        return number

    for bucket in range(BUCKETS):
        first: dict[int, int] = {}
        for number in range(count):
            value = every[number * BUCKETS + bucket]
            other = first.setdefault(value, number) if value != _EMPTY else number
            if lead(number) != lead(other) and are_near(_of(every, number), _of(every, other)):
                leader[lead(number)] = lead(other)
    members: dict[int, list[int]] = {}
    for number in range(count):
        if (led := lead(number)) != number:
            members.setdefault(led, [led]).append(number)
    yield from members.values()


def _of(every: Sketch[int], number: int) -> Sketch[int]:
    return every[number * BUCKETS : (number + 1) * BUCKETS]
