import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.segments import Piece, lanes, pieces, spans_of_blocks
from annotator.core.spans import Span, order
from annotator.core.text import Block, split_blocks
from strategies import text_with_spans

spans_anywhere = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 12), st.sampled_from(["claim", "figure"])), max_size=14
).map(lambda places: [span(f"s{n}", start, start + size, label) for n, (start, size, label) in enumerate(places)])


def span(id_, start, end, label="claim"):
    return Span(start, end, id=id_, label=label)


def test_figure_inside_a_claim_lies_nearest_the_text():
    assert lanes([span("claim", 0, 50), span("figure", 10, 20)]) == {"figure": 0, "claim": 1}


def test_touching_spans_share_a_lane():
    assert lanes([span("a", 0, 5), span("b", 5, 9), span("c", 9, 11)]) == {"a": 0, "b": 0, "c": 0}


def test_lowest_free_lane_is_taken_between_others():
    found = lanes([span("a", 0, 2), span("b", 4, 6), span("c", 1, 5), span("d", 2, 4)])
    assert found == {"a": 0, "b": 0, "d": 0, "c": 1}


def test_same_extent_goes_by_label_then_id():
    assert lanes([span("z", 0, 5), span("b", 0, 5), span("a", 0, 5, "denial")]) == {"b": 0, "z": 1, "a": 2}


@given(spans_anywhere, st.randoms())
def test_overlapping_spans_have_different_lanes_whatever_their_order(spans, random):
    found = lanes(spans)
    assert found.keys() == {it.id for it in spans}
    for a, b in itertools.combinations(spans, 2):
        if a.start < b.end and b.start < a.end:
            assert found[a.id] != found[b.id]
    for it in spans:  # no lane is skipped: on each lower one something overlapping lies, no longer than it
        below = {
            found[other.id]
            for other in spans
            if other.start < it.end and it.start < other.end and other.end - other.start <= it.end - it.start
        }
        assert below >= set(range(found[it.id]))
    shuffled = random.sample(spans, len(spans))
    assert lanes(shuffled) == found


def test_pieces_of_a_figure_inside_a_claim():
    spans = [span("f", 4, 6, "figure"), span("c", 2, 9)]
    assert pieces(0, 10, spans, lanes(spans)) == [
        Piece(0, 2, (), (), (), None, (), ()),
        Piece(2, 4, ("c",), ("claim",), (1,), "c", ("c",), ()),
        Piece(4, 6, ("c", "f"), ("claim", "figure"), (1, 0), "f", ("f",), ("f",)),
        Piece(6, 9, ("c",), ("claim",), (1,), "c", (), ("c",)),
        Piece(9, 10, (), (), (), None, (), ()),
    ]


def test_pieces_of_a_span_across_blocks_start_and_end_in_their_own():
    spans = [span("c", 2, 30)]
    assert [(it.starts, it.ends) for it in pieces(0, 10, spans, {"c": 0})] == [((), ()), (("c",), ())]
    assert pieces(11, 20, spans, {"c": 0}) == [Piece(11, 20, ("c",), ("claim",), (0,), "c", (), ())]
    assert [(it.starts, it.ends) for it in pieces(21, 30, spans, {"c": 0})] == [((), ("c",))]


def test_innermost_of_equals_is_the_last():
    spans = [span("a", 0, 4), span("b", 0, 4, "denial")]
    assert pieces(0, 4, spans, lanes(spans))[0].innermost == "b"


@pytest.mark.parametrize("edges", [(5, 9), (0, 2), (9, 12)])
def test_spans_that_only_touch_a_block_are_not_in_it(edges):
    assert pieces(2, 5, [span("a", *edges)], {"a": 0}) == [Piece(2, 5, (), (), (), None, (), ())]


def test_empty_block_has_no_pieces():
    assert pieces(3, 3, [span("a", 0, 9)], {"a": 0}) == []


@given(spans_anywhere, st.integers(0, 20), st.integers(1, 25))
def test_pieces_are_the_block_with_exactly_its_spans(spans, start, size):
    end, lane_of = start + size, lanes(spans)
    found = pieces(start, end, spans, lane_of)
    by_id = {it.id: it for it in spans}
    assert [offset for it in found for offset in range(it.start, it.end)] == list(range(start, end))
    for it in found:
        covering = [by_id[id_] for id_ in it.ids]
        for offset in range(it.start, it.end):
            assert {other.id for other in spans if other.start <= offset < other.end} == set(it.ids)
        assert covering == sorted(covering, key=lambda other: (*order(other), other.id))
        assert it.labels == tuple(other.label for other in covering)
        assert it.lanes == tuple(lane_of[id_] for id_ in it.ids)
        shortest = min((other.end - other.start for other in covering), default=None)
        assert it.innermost == next((o.id for o in reversed(covering) if o.end - o.start == shortest), None)
        assert it.starts == tuple(other.id for other in covering if other.start == it.start)
        assert it.ends == tuple(other.id for other in covering if other.end == it.end)
    edges = {edge for it in spans for edge in (it.start, it.end)}
    assert {it.start for it in found[1:]} == {edge for edge in edges if start < edge < end}


@given(text_with_spans())
def test_spans_of_blocks_are_those_that_share_a_character(made):
    text, spans = made
    blocks = split_blocks(text)
    for block, touching in zip(blocks, spans_of_blocks(blocks, spans), strict=True):
        expected = [it for it in spans if it.start < block.end and block.start < it.end]
        assert touching == sorted(expected, key=lambda it: (*order(it), it.id))


def test_span_over_three_blocks_is_in_each():
    blocks = [Block(0, 3), Block(4, 7), Block(8, 11)]
    over, last, between = span("over", 1, 9), span("last", 8, 9), span("between", 3, 4)
    assert spans_of_blocks(blocks, [last, between, over]) == [[over], [over], [over, last]]
