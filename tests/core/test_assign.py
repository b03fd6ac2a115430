"""Shares, rounds and draws: what they promise, whatever the articles."""

import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.assign import Seats, by_round, by_share, draw, idle_before, parse_shares, share_of
from annotator.core.split import split_of
from annotator.errors import Refused

NAMES = ("ana", "ben", "cyd", "dan")


def text_hash(number):
    return hashlib.sha256(str(number).encode()).hexdigest()


def seats(number, needed=1, holders=()):
    return [Seats(f"a{n}", text_hash(n), frozenset(holders), needed, needed - len(holders)) for n in range(number)]


@st.composite
def any_seats(draw):
    found = []
    for number in range(draw(st.integers(0, 12))):
        holders = draw(st.frozensets(st.sampled_from(NAMES)))
        needed = draw(st.integers(1, 5))
        free = draw(st.sampled_from([0, max(needed - len(holders), 0)]))
        found.append(Seats(f"a{number}", text_hash(number), holders, needed, free))
    return found


shares = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 25), min_size=1)


def after(seats, given):
    """The seats once all of that is given."""
    of = {}
    for article, name in given:
        of.setdefault(article, set()).add(name)
    return [
        Seats(
            s.article,
            s.text_sha256,
            s.holders | of.get(s.article, set()),
            s.needed,
            s.free - len(of.get(s.article, ())),
        )
        for s in seats
    ]


def assert_lawful(seats, given):
    assert len(set(given)) == len(given)
    count = Counter(article for article, _ in given)
    for seat in seats:
        assert count[seat.article] <= seat.free
        assert not seat.holders & {name for article, name in given if article == seat.article}


@given(any_seats(), shares)
def test_a_share_never_gives_too_many_nor_twice_and_again_gives_nothing(seats, shares):
    given = by_share(seats, shares)
    assert_lawful(seats, given)
    assert by_share(after(seats, given), shares) == []


@given(any_seats(), shares)
def test_a_share_does_not_depend_on_the_order_of_articles_or_names(seats, shares):
    other = dict(reversed(shares.items()))
    assert sorted(by_share(seats[::-1], other)) == sorted(by_share(seats, shares))


@given(any_seats(), st.integers(1, 6))
def test_a_round_never_gives_too_many_nor_twice_and_again_gives_nothing(seats, each):
    given = by_round(seats, NAMES, each, {"ana": 1})
    assert_lawful(seats, given)
    has = Counter({"ana": 1}) + Counter(name for _, name in given)
    assert all(has[name] <= max(each, 1) for name in NAMES)
    assert by_round(after(seats, given), NAMES, each, has) == []


def test_per_cents_are_met_to_the_review():
    given = by_share(seats(100, 2), {"ana": 50, "ben": 30, "cyd": 20})
    assert Counter(name for _, name in given) == {"ana": 100, "ben": 60, "cyd": 40}


def test_what_does_not_come_out_even_goes_to_the_largest_remainders():
    given = by_share(seats(10), {"ana": 33, "ben": 33, "cyd": 34})
    assert Counter(name for _, name in given) == {"ana": 3, "ben": 3, "cyd": 4}


def test_what_is_given_by_share_is_not_one_stretch_of_the_articles():
    given = dict(by_share(seats(40), {"ana": 50, "ben": 50}))
    assert {given[f"a{n}"] for n in range(20)} == {"ana", "ben"}


def test_a_round_begins_at_the_front_of_the_line():
    assert {article for article, _ in by_round(seats(10), ("ana", "ben"), 2, {})} == {"a0", "a1", "a2", "a3"}


@pytest.mark.parametrize("given", [[("ana", 60), ("ana", 10)], [("ana", 101)], [("ana", -1)], [("ana", 0)], [],
                                   [("ana", 60), ("ben", 41)]])  # fmt: skip
def test_shares_that_cannot_be_are_refused(given):
    with pytest.raises(Refused) as refused:
        parse_shares(given)
    assert refused.value.where == "shares"


def test_the_shared_part_is_about_the_share_and_independent_of_the_split():
    shared = [n for n in range(4000) if share_of(text_hash(n)) < 2000]
    assert 700 < len(shared) < 900
    splits = Counter(split_of(text_hash(n), (80, 10, 10)) for n in shared)
    assert 0.75 < splits["train"] / len(shared) < 0.85


def test_draws_for_several_purposes_are_not_the_same():
    assert len({draw(text_hash(1), purpose, 2**28) for purpose in "abcdefgh"}) == 8
    assert {draw(text_hash(n), "one of three", 3) for n in range(50)} == {0, 1, 2}


def test_idle_since_is_written_as_the_log_writes_times():
    assert idle_before("2026-03-01T00:30:00.000001Z", 1) == "2026-02-28T23:30:00.000001Z"
