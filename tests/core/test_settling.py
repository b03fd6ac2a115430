"""What is decided without anyone: a truth table of the three rules, and laws over random layers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.decisions import Decision, added_group
from annotator.core.groups import group, tied
from annotator.core.settling import read_rule, settled
from annotator.core.spans import Span
from annotator.errors import Refused

SHORT, LONG, QUOTE = (0, 9, "claim"), (0, 12, "claim"), (0, 9, "quote")


def layers_of(*layers):
    """Layers of as many reviewers, each a list of (start, end, label)."""
    return {
        f"r{n}": [Span(s, e, id=f"r{n}-{i}", label=label) for i, (s, e, label) in enumerate(spans)]
        for n, spans in enumerate(layers)
    }


def taken(rule, *layers):
    """The places that the rule takes in the one group of these layers."""
    (one,) = group(layers_of(*layers))
    places = [(v.start, v.end, v.label) for v in one.variants]
    return {places[i] for i in settled(one, len(layers), rule)}


# -- all agree


def test_agreed__all_have_it__is_taken():
    assert taken("agreed", [SHORT], [SHORT]) == {SHORT}


def test_agreed__all_have_both_of_two__both_are_taken():
    assert taken("agreed", [SHORT, QUOTE], [QUOTE, SHORT]) == {SHORT, QUOTE}


def test_agreed__two_of_three_have_it__is_open():
    assert taken("agreed", [SHORT], [SHORT], []) == set()


def test_agreed__one_reviewer_alone__is_taken():
    assert taken("agreed", [SHORT]) == {SHORT}


# -- never


def test_never__all_have_it__is_open():
    assert taken("never", [SHORT], [SHORT]) == set()


# -- at least k of n


def test_two_of_three__two_have_it__third_nothing__is_taken():
    assert taken(2, [SHORT], [SHORT], []) == {SHORT}


def test_two_of_three__one_has_it__is_open():
    assert taken(2, [SHORT], [], []) == set()


def test_two_of_three__two_short__one_long__short_is_taken():
    assert taken(2, [SHORT], [SHORT], [LONG]) == {SHORT}


def test_two_of_four__two_short__two_long__is_open():
    assert taken(2, [SHORT], [SHORT], [LONG], [LONG]) == set()


def test_two_of_five__three_short__two_long__short_is_taken():
    assert taken(2, [SHORT], [SHORT], [SHORT], [LONG], [LONG]) == {SHORT}


def test_three_of_three__two_short__one_long__is_open():
    assert taken(3, [SHORT], [SHORT], [LONG]) == set()


def test_two_of_four__two_claim__two_quote_on_the_same_words__is_open():
    assert taken(2, [SHORT], [SHORT], [QUOTE], [QUOTE]) == set()


def test_two_of_three__two_claim_and_quote__one_claim__both_are_taken():
    assert taken(2, [SHORT, QUOTE], [SHORT, QUOTE], [SHORT]) == {SHORT, QUOTE}


def test_two_of_three__claim_by_all__quote_beside_it_by_one__is_open():
    assert taken(2, [SHORT], [SHORT], [SHORT, QUOTE]) == set()


def test_two_of_three__overlapping_pair_shared_in_the_middle__is_open():
    assert taken(2, [SHORT], [SHORT, LONG], [LONG]) == set()


def test_two_of_three__two_halves_by_two__whole_by_one__both_halves_are_taken():
    halves = [(0, 45, "claim"), (55, 100, "claim")]
    assert taken(2, halves, halves, [(0, 100, "claim")]) == set(halves)


def test_two_of_three__one_end_of_a_chain_by_two__other_end_by_one_alone__is_open():
    assert taken(2, [(0, 40, "claim")], [(0, 40, "claim"), (60, 99, "claim")], [(30, 70, "claim")]) == set()


def test_two_of_one__k_is_out_of_reach__is_open():
    assert taken(2, [SHORT]) == set()


def test_one_of_one__is_taken():
    assert taken(1, [SHORT]) == {SHORT}


def test_one_of_two__each_another__is_open():
    assert taken(1, [SHORT], [LONG]) == set()


@pytest.mark.parametrize("rule", ["agreed", "never", 1, 2])
def test_what_the_adjudicator_added_is_not_decided_by_rule(rule):
    assert settled(added_group(Decision("g", "add", spans=(SHORT,))), 2, rule) == ()


@pytest.mark.parametrize(("text", "rule"), [("agreed", "agreed"), ("never", "never"), ("1", 1), ("20", 20)])
def test_a_rule_is_read(text, rule):
    assert read_rule(text) == rule


@pytest.mark.parametrize("text", ["", "all", "0", "21", "-1", "2.0", "²", "٢", "2 of 3", "100000"])
def test_what_is_no_rule_is_refused(text):
    with pytest.raises(Refused) as refused:
        read_rule(text)
    assert refused.value.where == "auto_decide"


# -- laws

PLACE = st.tuples(st.integers(0, 10), st.integers(1, 8), st.sampled_from(("claim", "quote")))
LAYER = st.lists(PLACE.map(lambda p: (p[0], p[0] + p[1], p[2])), max_size=4, unique=True)
LAYERS = st.lists(LAYER, min_size=1, max_size=5).map(lambda layers: layers_of(*layers))
RULES = st.one_of(st.sampled_from(("agreed", "never")), st.integers(1, 6))


@given(LAYERS, st.integers(1, 6))
def test_what_k_takes_is_held_by_k_and_no_two_of_it_are_rivals(layers, k):
    for one in group(layers):
        chosen = [one.variants[i] for i in settled(one, len(layers), k)]
        assert all(len(variant.reviewers) >= k for variant in chosen)
        for a in chosen:
            for b in chosen:
                apart = set(a.reviewers) - set(b.reviewers) and set(b.reviewers) - set(a.reviewers)
                assert not (apart and tied(a, b))


@given(LAYERS, RULES, st.randoms(use_true_random=False))
def test_a_rule_depends_on_no_order_of_reviewers(layers, rule, random):
    names = random.sample(list(layers), len(layers))
    shuffled = {name: random.sample(layers[name], len(layers[name])) for name in names}
    assert [settled(one, len(layers), rule) for one in group(shuffled)] == [
        settled(one, len(layers), rule) for one in group(layers)
    ]


@given(LAYERS, st.integers(1, 6))
def test_what_all_agree_on_is_taken_by_every_k_in_reach(layers, k):
    for one in group(layers):
        if one.kind == "agreed" and k <= len(layers):
            assert settled(one, len(layers), k) == settled(one, len(layers), "agreed")
