"""Stretches of text that somebody marked, and on which reviewers differ."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from annotator.core.stretches import disputed, narrowed, stretches

MARK = st.tuples(st.integers(0, 20), st.integers(1, 6), st.sampled_from(["a", "b"])).map(
    lambda one: (one[0], one[0] + one[1], one[2])
)
LAYERS = st.dictionaries(st.sampled_from(["ana", "ben", "cyd", "dee"]), st.lists(MARK, max_size=6), min_size=1)


def test_spans_that_share_a_character_stand_in_one_stretch():
    layers = {"ana": [(0, 5, "a"), (4, 9, "b"), (9, 12, "a")], "ben": [(0, 5, "a")]}
    first, second = stretches(layers)
    assert (first.start, first.end, second.start, second.end) == (0, 9, 9, 12)
    assert first.by == (("ana", ((0, 5, "a"), (4, 9, "b"))), ("ben", ((0, 5, "a"),)))
    assert second.by == (("ana", ((9, 12, "a"),)), ("ben", ()))


def test_pairs_that_differ_are_counted():
    layers = {"ana": [(0, 5, "a")], "ben": [(0, 5, "a")], "cyd": [(0, 5, "b")], "dee": []}
    (one,) = stretches(layers)
    assert (one.pairs, one.differing) == (6, 5)
    assert list(disputed({"ana": [(0, 5, "a")], "ben": [(0, 5, "a")]})) == []
    assert list(disputed({"ana": [(0, 5, "a")]})) == []
    assert list(stretches({"ana": [], "ben": []})) == []


def test_the_most_disputed_rank_first():
    none_alike = {"ana": [(0, 5, "a")], "ben": [(0, 5, "b")], "cyd": [(1, 5, "a")]}
    one_apart = {"ana": [(0, 5, "a")], "ben": [(0, 5, "a")], "cyd": [(1, 5, "a")]}
    two_people = {"ana": [(0, 5, "a")], "ben": []}
    ranks = [next(stretches(layers)).rank for layers in (none_alike, two_people, one_apart)]
    assert ranks == sorted(ranks, reverse=True)


@given(LAYERS)
def test_every_span_is_in_one_stretch_and_stretches_do_not_touch_the_same_character(layers):
    found = list(stretches(layers))
    for name, marks in layers.items():
        inside = [mark for one in found for mark in dict(one.by)[name]]
        assert sorted(inside) == sorted(set(marks))
    covered = {at for marks in layers.values() for start, end, _ in marks for at in range(start, end)}
    assert [at for one in found for at in range(one.start, one.end)] == sorted(covered)


@given(LAYERS)
def test_pairs_that_differ_as_counted_one_by_one(layers):
    for one in stretches(layers):
        slow = sum(dict(one.by)[a] != dict(one.by)[b] for a, b in combinations(sorted(layers), 2))
        assert one.differing == slow
    assert any(stretch.differing for stretch in stretches(layers)) == any(
        set(layers[a]) != set(layers[b]) for a, b in combinations(layers, 2)
    )


@given(LAYERS)
def test_the_order_of_reviewers_and_spans_does_not_matter(layers):
    turned = {name: layers[name][::-1] for name in reversed(layers)}
    assert list(stretches(turned)) == list(stretches(layers))


def test_layers_of_two_people_or_of_one_label():
    layers = {"ana": [(0, 5, "a"), (0, 5, "b")], "ben": [(0, 5, "b")], "cyd": []}
    assert narrowed(layers, names=("ana", "cyd")) == {"ana": layers["ana"], "cyd": []}
    assert narrowed(layers, label="a") == {"ana": [(0, 5, "a")], "ben": [], "cyd": []}
    assert narrowed(layers) == layers
