"""Who gets which article: a project's rules, the reviews an article needs, shares and rounds.

Nothing here is drawn at random. Where a choice is open, hashes of texts and names decide, so that the
same call on the same articles gives the same answer on every machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal, get_args

import msgspec

from annotator.errors import Refused

if TYPE_CHECKING:
    from annotator.core.values import Article, Project

Order = Literal["priority", "age", "shuffled"]
Queue = Literal["age", "disputed"]
Purpose = Literal["training", "check"]
ORDERS: Final[tuple[Order, ...]] = get_args(Order)
QUEUES: Final[tuple[Queue, ...]] = get_args(Queue)
PURPOSES: Final[tuple[Purpose, ...]] = get_args(Purpose)
MAX_PRIORITY: Final = 1_000_000
MAX_HOURS: Final = 24 * 365
PARTS: Final = 10_000


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a project gives its articles out.

    `order`: what comes next to a reviewer. `queue`: what comes first to an adjudicator. `return_hours`:
    after how long an idle review gives its place back, None for never. `shared_percent`: the share of
    articles that every reviewer gets, so that agreement can be measured on them.
    """

    order: Order = "priority"
    queue: Queue = "age"
    return_hours: int | None = None
    shared_percent: int = 0


def check_rules(rules: Rules) -> Rules:
    """The rules themselves; raises Refused naming the field that is out of range."""
    if rules.return_hours is not None and not 1 <= rules.return_hours <= MAX_HOURS:
        raise Refused(f"Idle work returns after 1 to {MAX_HOURS:,} hours, or never.", where="return_hours")
    if not 0 <= rules.shared_percent <= 100:
        raise Refused(f"A share is 0 to 100 per cent, not {rules.shared_percent}.", where="shared_percent")
    return rules


def draw(text_sha256: str, purpose: str, size: int) -> int:
    """A number from 0 to `size` − 1 that depends on nothing but the text and the purpose.

    The hash is hashed again with the purpose, so that this is independent of the split into training,
    development and test articles (`core.split`), and one purpose of another.
    """
    digest = hashlib.sha256(f"{purpose} {text_sha256}".encode()).hexdigest()
    return int(digest[:15], 16) * size // 16**15


def share_of(text_sha256: str) -> int:
    """Where the article stands among all for the shared part, in hundredths of a per cent: 0 to 9,999."""
    return draw(text_sha256, "shared", PARTS)


def shuffled(text_sha256: str) -> int:
    """The article's place in a stable shuffle, below 2²⁸."""
    return draw(text_sha256, "shuffled", 2**28)


def needed(project: Project, article: Article) -> int:
    """How many reviews the article needs: the one rule (`store.needs.needed` is the same for queries).

    Its batch's own number; else, for an article of the shared part, as many as the project has
    reviewers, though never fewer than other articles; else the project's number.
    """
    if article.needed is not None:
        return article.needed
    if article.share < shared_below(project.rules):
        return max(project.reviews, project.reviewers)
    return project.reviews


def shared_below(rules: Rules) -> int:
    """Articles whose `share_of` is below this are of the shared part."""
    return rules.shared_percent * PARTS // 100


def idle_before(now: str, hours: int) -> str:
    """The moment `hours` before `now`, both as `store.ids.now` writes them."""
    return (datetime.fromisoformat(now) - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


# -- giving out by share and by round


@dataclass(frozen=True, slots=True)
class Seats:
    """An article to give out: who has a review of it in any state, how many it needs, how many are free now."""

    article: str
    text_sha256: str
    holders: frozenset[str]
    needed: int
    free: int


Given = tuple[str, str]


def parse_shares(given: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Per cents by reviewer; raises Refused for one twice, one out of range, or more than 100 in all."""
    shares: dict[str, int] = {}
    for name, percent in given:
        if name in shares:
            raise Refused(f"{name} has two shares.", where="shares")
        if not 0 <= percent <= 100:
            raise Refused(f"A share is 0 to 100 per cent, not {percent}.", where="shares")
        shares[name] = percent
    total = sum(shares.values())
    if not 1 <= total <= 100:
        raise Refused(f"The shares make {total} per cent together; 1 to 100 can be given out.", where="shares")
    return shares


def by_share(seats: Sequence[Seats], shares: Mapping[str, int]) -> list[Given]:
    """Which article goes to whom so that each has that per cent of all the reviews needed.

    What somebody has already counts as theirs, so that giving out again gives nothing more, and after
    a load only the new. Articles go in the order of a hash, each to those who are furthest from their
    quota; a hash of article and name breaks ties. Never more than the free places, never the same
    article twice to one: a share of more reviews than there are articles is not reached.
    """
    left = _quotas(sum(seat.needed for seat in seats), shares)
    for seat in seats:
        for name in seat.holders & left.keys():
            left[name] -= 1
    given = []
    free = (seat for seat in seats if seat.free > 0)
    for seat in sorted(free, key=lambda seat: (draw(seat.text_sha256, "given", 2**28), seat.article)):
        for name in _first(seat, {name: -number for name, number in left.items() if number > 0}):
            left[name] -= 1
            given.append((seat.article, name))
    return given


def _quotas(total: int, shares: Mapping[str, int]) -> dict[str, int]:
    """Whole numbers in proportion, by the largest remainder; they add up to the rounded whole of the shares."""
    quotas = {name: total * percent // 100 for name, percent in shares.items()}
    over = total * sum(shares.values()) // 100 - sum(quotas.values())
    rest = sorted(shares, key=lambda name: (-(total * shares[name] % 100), name))
    for name in rest[:over]:
        quotas[name] += 1
    return quotas


def by_round(seats: Iterable[Seats], names: Iterable[str], each: int, open_now: Mapping[str, int]) -> list[Given]:
    """Which article goes to whom so that each of `names` has `each` reviews that are not submitted.

    `open_now` is how many each has; articles are given in their order, each to those who have the
    fewest. So giving out twice gives nothing more until somebody has submitted. No more of `seats` is
    read than is needed.
    """
    has = {name: open_now.get(name, 0) for name in names}
    given: list[Given] = []
    wanting = {name: number for name, number in has.items() if number < each}
    if not wanting:
        return given
    for seat in seats:
        for name in _first(seat, wanting):
            given.append((seat.article, name))
            wanting[name] += 1
            if wanting[name] >= each:
                del wanting[name]
        if not wanting:
            break
    return given


def _first(seat: Seats, rank: Mapping[str, int]) -> Iterator[str]:
    """Those of the lowest rank who have no review of the article, as many as there are free places."""
    if seat.free < 1:
        return
    names = [name for name in rank if name not in seat.holders]
    if len(names) > seat.free:
        # Who is behind the last place by rank alone needs no hash.
        last = sorted(rank[name] for name in names)[seat.free - 1]
        names = [name for name in names if rank[name] <= last]
    names.sort(key=lambda name: (rank[name], draw(seat.text_sha256, f"given {name}", 2**28), name))
    yield from names[: seat.free]
