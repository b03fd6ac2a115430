"""Accuracy against gold: worked cases, identities, and brute force beside the sweep."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.agreement_counts import ANY
from annotator.core.quality import (
    Difference,
    Record,
    Tally,
    compare,
    differences,
    kinds,
    relaxed,
    strict,
    week_of,
)

GOLD = [(0, 10, "claim"), (12, 20, "quote"), (30, 40, "figure")]
MINE = [(0, 10, "claim"), (12, 18, "quote"), (30, 40, "denial"), (50, 60, "claim")]


@st.composite
def marks(draw):
    found = set()
    for _ in range(draw(st.integers(0, 8))):
        start = draw(st.integers(0, 20))
        found.add((start, start + draw(st.integers(1, 6)), draw(st.sampled_from(["claim", "quote"]))))
    return sorted(found)


def test_a_worked_case():
    found = compare(MINE, GOLD)
    assert found[ANY] == Tally(gold=3, mine=4, both=1, found=2, fitting=2)
    assert strict(found[ANY]) == [1 / 4, 1 / 3, 2 / 7]
    assert relaxed(found[ANY]) == pytest.approx([2 / 4, 2 / 3, 4 / 7])
    assert strict(found["claim"]) == [1 / 2, 1.0, 2 / 3]
    assert strict(found["quote"]) == [0.0, 0.0, 0.0]
    assert relaxed(found["quote"]) == [1.0, 1.0, 1.0]
    assert strict(found["figure"]) == [0.0, 0.0, 0.0]


def test_what_nobody_marked_has_no_value():
    assert strict(Tally()) is None
    assert relaxed(Tally()) is None
    assert strict(compare([], [])[ANY]) is None
    assert strict(Tally(gold=1)) == relaxed(Tally(gold=1)) == [0.0, 0.0, 0.0]
    assert relaxed(Tally(gold=1, mine=1)) == [0.0, 0.0, 0.0]


@given(marks(), marks())
def test_the_sweep_finds_what_brute_force_finds(mine, gold):
    for label in ("claim", "quote"):
        a, b = ([m for m in side if m[2] == label] for side in (gold, mine))
        tally = compare(mine, gold).get(label, Tally())
        assert tally.found == sum(any(x[0] < y[1] and y[0] < x[1] for y in b) for x in a)
        assert tally.fitting == sum(any(x[0] < y[1] and y[0] < x[1] for y in a) for x in b)
        assert tally.both == len(set(a) & set(b))


@given(marks(), marks())
def test_exchanging_the_sides_exchanges_precision_and_recall(mine, gold):
    for measure in (strict, relaxed):
        one, other = measure(compare(mine, gold)[ANY]), measure(compare(gold, mine)[ANY])
        if one is None:
            assert other is None
        else:
            assert one == [other[1], other[0], other[2]]


@given(marks(), marks())
def test_an_overlap_is_never_worth_less_than_the_same_span(mine, gold):
    tally = compare(mine, gold)[ANY]
    if strict(tally) is not None:
        assert relaxed(tally)[2] >= strict(tally)[2] - 1e-12


@given(marks())
def test_the_gold_itself_is_all_right(gold):
    tally = compare(gold, gold)[ANY]
    assert strict(tally) == relaxed(tally) == ([1.0, 1.0, 1.0] if gold else None)
    assert differences(gold, gold) == []


def test_records_add_up_and_count_what_is_exactly_the_gold():
    record = Record()
    for mine in (MINE, GOLD, []):
        record.add(compare(mine, GOLD))
    record.add(compare([], []))
    assert (record.articles, record.same) == (4, 2)
    assert record.labels[ANY] == Tally(gold=9, mine=7, both=4, found=5, fitting=5)


def test_each_kind_of_difference_in_the_order_of_the_text():
    gold = [*GOLD, (70, 80, "claim")]
    assert differences(MINE, gold) == [
        Difference("boundary", (12, 18, "quote"), (12, 20, "quote")),
        Difference("label", (30, 40, "denial"), (30, 40, "figure")),
        Difference("extra", (50, 60, "claim"), None),
        Difference("missed", None, (70, 80, "claim")),
    ]


def test_of_several_that_overlap_the_one_that_shares_most_is_paired():
    gold = [(0, 20, "claim")]
    found = differences([(0, 5, "claim"), (6, 19, "claim")], gold)
    assert found == [
        Difference("extra", (0, 5, "claim"), None),
        Difference("boundary", (6, 19, "claim"), (0, 20, "claim")),
    ]
    assert kinds(found) == {"boundary": 1, "extra": 1}


@given(marks(), marks())
def test_every_mark_is_the_same_or_in_exactly_one_difference(mine, gold):
    found = differences(mine, gold)
    assert sorted(one.mine for one in found if one.mine) == sorted(set(mine) - set(gold))
    assert sorted(one.gold for one in found if one.gold) == sorted(set(gold) - set(mine))


@pytest.mark.parametrize(
    ("at", "week"),
    [("2026-11-23T00:00:00.000000Z", "2026-11-23"), ("2026-11-29T23:59:59.999999Z", "2026-11-23"),
     ("2027-01-01T00:00:00.000000Z", "2026-12-28")],
)  # fmt: skip
def test_a_week_begins_on_monday(at, week):
    assert week_of(at) == week
