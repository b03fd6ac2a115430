from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from annotator.core.agreement_details import (
    SameExtent,
    TiedSpans,
    boundary_differences,
    confusion,
    same_extents,
    tied_spans,
)
from annotator.core.groups import tied
from annotator.core.spans import Span

marks = st.tuples(st.integers(0, 11), st.integers(1, 12), st.sampled_from("cdq")).filter(lambda it: it[0] < it[1])
layers_of = st.dictionaries(st.sampled_from("abxy"), st.lists(marks, max_size=6), max_size=4)


def test_same_extent_other_label_is_a_confusion():
    layers = {"bob": [(3, 9, "claim")], "ann": [(3, 9, "quote"), (0, 2, "claim")]}
    pairs = list(same_extents(layers))
    assert pairs == [SameExtent(3, 9, "ann", "bob", "quote", "claim")]
    assert confusion(pairs) == {("claim", "quote"): 1}


def test_labels_that_both_gave_are_not_confused():
    both = [(3, 9, "claim"), (3, 9, "quote")]
    pairs = list(same_extents({"ann": both, "bob": [*both, (3, 9, "denial")]}))
    assert confusion(pairs) == {("claim", "claim"): 1, ("quote", "quote"): 1}


def test_each_two_of_three_reviewers_count():
    pairs = same_extents({"a": [(0, 2, "c")], "b": [(0, 2, "d")], "x": [(0, 2, "c")]})
    assert confusion(pairs) == {("c", "d"): 2, ("c", "c"): 1}


def test_boundaries_are_measured_from_the_first_by_name():
    layers = {"bob": [(8, 20, "claim"), (40, 50, "quote")], "ann": [(10, 20, "claim"), (40, 50, "claim")]}
    pairs = list(tied_spans(layers))
    assert pairs == [TiedSpans("claim", "ann", "bob", (10, 20), (8, 20))]
    assert boundary_differences(pairs) == ({-2: 1}, {0: 1})


def test_spans_that_touch_are_not_tied():
    assert not list(tied_spans({"a": [(0, 5, "c")], "b": [(5, 9, "c")]}))


def test_a_span_that_both_have_is_tied_to_itself_alone():
    both = [(0, 9, "c"), (0, 4, "c")]
    starts, ends = boundary_differences(tied_spans({"a": both, "b": [*both, (2, 5, "c")]}))
    assert (starts, ends) == ({0: 2}, {0: 2})


@given(layers_of)
def test_tied_spans_are_those_that_make_a_group(layers):
    expected = Counter()
    for a in layers:
        for b in layers:
            if a < b:
                of_a, of_b = set(layers[a]), set(layers[b])
                expected.update((a, b, mark, mark) for mark in of_a & of_b)
                expected.update(
                    (a, b, one, other)
                    for one in of_a - of_b
                    for other in of_b - of_a
                    if one[2] == other[2]
                    and tied(Span(*one[:2], id="1", label=one[2]), Span(*other[:2], id="2", label=other[2]))
                )
    found = Counter((it.a, it.b, (*it.of_a, it.label), (*it.of_b, it.label)) for it in tied_spans(layers))
    assert found == expected
