"""Groups of reviewers' spans (contract section 8): a truth table of kinds, and laws over random layers."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from annotator.core.groups import group, kind_of, tied
from annotator.core.spans import Span

NAMES = ("ann", "bob", "cyd", "dan")


def span(start, end, label="claim", id=None):
    return Span(start, end, id=id or f"{label}-{start}-{end}", label=label)


def kinds(**layers):
    """The kind of each group in text order; a layer is a list of (start, end, label)."""
    return [one.kind for one in group(layers_of(**layers))]


def layers_of(**layers):
    return {name: [span(*place, id=f"{name}{i}") for i, place in enumerate(it)] for name, it in layers.items()}


# -- kinds


def test_two_reviewers__same_extent__same_label__is_agreed():
    assert kinds(ann=[(0, 9, "claim")], bob=[(0, 9, "claim")]) == ["agreed"]


def test_two_reviewers__one_has_it__is_missing():
    assert kinds(ann=[(0, 9, "claim")], bob=[]) == ["missing"]


def test_three_reviewers__two_have_it__is_missing():
    assert kinds(ann=[(0, 9, "claim")], bob=[(0, 9, "claim")], cyd=[]) == ["missing"]


def test_two_reviewers__same_extent__other_label__is_label():
    assert kinds(ann=[(0, 9, "claim")], bob=[(0, 9, "quote")]) == ["label"]


def test_two_reviewers__same_extent__one_label_shared__another_not__is_label():
    assert kinds(ann=[(0, 9, "claim"), (0, 9, "quote")], bob=[(0, 9, "claim")]) == ["label"]


def test_two_reviewers__same_extent__both_labels_by_both__is_agreed():
    assert kinds(ann=[(0, 9, "claim"), (0, 9, "quote")], bob=[(0, 9, "quote"), (0, 9, "claim")]) == ["agreed"]


def test_two_reviewers__other_extent__same_label__is_boundary():
    assert kinds(ann=[(0, 9, "claim")], bob=[(8, 30, "claim")]) == ["boundary"]


def test_two_reviewers__one_span_against_two_halves__same_label__is_boundary():
    assert kinds(ann=[(0, 20, "claim")], bob=[(0, 10, "claim"), (10, 20, "claim")]) == ["boundary"]


def test_two_reviewers__other_extent__other_label__half_shared__is_mixed():
    assert kinds(ann=[(0, 10, "claim")], bob=[(0, 9, "quote")]) == ["mixed"]


def test_three_reviewers__chain_of_boundary_and_label__is_mixed():
    assert kinds(ann=[(0, 9, "claim")], bob=[(0, 9, "quote")], cyd=[(5, 30, "claim")]) == ["mixed"]


def test_two_reviewers__other_extent__other_label__less_than_half_shared__is_two_missing():
    assert kinds(ann=[(0, 10, "claim")], bob=[(6, 16, "quote")]) == ["missing", "missing"]


def test_two_reviewers__touching__same_label__is_two_missing():
    assert kinds(ann=[(0, 9, "claim")], bob=[(9, 18, "claim")]) == ["missing", "missing"]


def test_one_reviewer__own_overlapping_spans__are_never_tied_to_each_other():
    assert kinds(ann=[(0, 9, "claim"), (3, 12, "claim")], bob=[]) == ["missing", "missing"]


def test_one_reviewer__own_overlapping_spans__are_one_group_through_another_reviewer():
    assert kinds(ann=[(0, 9, "claim"), (8, 20, "claim")], bob=[(5, 15, "claim")]) == ["boundary"]


def test_one_reviewer_alone__is_agreed():
    assert kinds(ann=[(0, 9, "claim")]) == ["agreed"]


def test_no_reviewers_and_no_spans__is_no_group():
    assert group({}) == []
    assert kinds(ann=[], bob=[]) == []


# -- tied


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ((0, 10), (0, 5), True),  # 5 of 10: exactly half
        ((0, 11), (0, 5), False),  # 5 of 11
        ((0, 9), (3, 12), True),  # 6 of 12, neither inside the other: exactly half of the union
        ((0, 8), (3, 11), False),  # 5 of 11
        ((0, 3), (1, 4), True),  # 2 of 4
        ((0, 2), (1, 3), False),  # 1 of 3, though half of each
        ((0, 1), (0, 2), True),
        ((0, 1), (1, 2), False),
    ],
)
def test_other_labels_are_tied_from_half_of_the_union_on(a, b, expected):
    assert tied(span(*a, "claim"), span(*b, "quote")) is expected
    assert tied(span(*b, "quote"), span(*a, "claim")) is expected
    assert len(kinds(ann=[(*a, "claim")], bob=[(*b, "quote")])) == (1 if expected else 2)


def test_one_label_is_tied_from_one_shared_character_on():
    assert tied(span(0, 10), span(9, 500))
    assert not tied(span(0, 10), span(10, 20))


# -- variants


def test_a_variant_names_its_reviewers_and_their_spans_in_one_order():
    layers = {"bob": [span(0, 9, id="zz")], "ann": [span(0, 9, id="yy")], "cyd": [span(0, 8, id="xx")]}
    (one,) = group(layers)
    assert [(v.start, v.end, v.label, v.reviewers, v.spans) for v in one.variants] == [
        (0, 9, "claim", ("ann", "bob"), ("yy", "zz")),
        (0, 8, "claim", ("cyd",), ("xx",)),
    ]


def test_variants_stand_outer_first_then_by_label():
    (one,) = group(layers_of(ann=[(2, 8, "claim"), (0, 9, "quote")], bob=[(0, 9, "claim"), (0, 7, "claim")]))
    assert [(v.start, v.end, v.label) for v in one.variants] == [
        (0, 9, "claim"),
        (0, 9, "quote"),
        (0, 7, "claim"),
        (2, 8, "claim"),
    ]


def test_groups_stand_in_text_order():
    found = group(layers_of(ann=[(40, 50, "claim"), (0, 10, "claim")], bob=[(20, 30, "claim"), (45, 60, "claim")]))
    assert [one.variants[0].start for one in found] == [0, 20, 40]


# -- ids


def test_an_id_stays_when_other_groups_change():
    before = group(layers_of(ann=[(0, 9, "claim")], bob=[]))
    layers = layers_of(ann=[(0, 9, "claim")], bob=[])
    layers["bob"].append(span(20, 30, id="new"))
    assert [one.id for one in group(layers)][:1] == [before[0].id]


@pytest.mark.parametrize("change", [{"start": 1}, {"end": 8}, {"label": "quote"}, {"id": "other"}])
def test_an_id_is_another_when_a_span_of_the_group_changes(change):
    layers = layers_of(ann=[(0, 9, "claim")], bob=[(0, 9, "claim")])
    before = group(layers)[0].id
    layers["ann"] = [replace(layers["ann"][0], **change)]
    assert before not in {one.id for one in group(layers)}


def test_an_id_is_another_when_a_span_joins_or_leaves():
    two = group(layers_of(ann=[(0, 9, "claim")], bob=[(0, 9, "claim")]))[0].id
    one = group(layers_of(ann=[(0, 9, "claim")], bob=[]))[0].id
    three = group(layers_of(ann=[(0, 9, "claim")], bob=[(0, 9, "claim")], cyd=[(0, 9, "claim")]))[0].id
    assert len({one, two, three}) == 3


def test_an_id_does_not_hang_on_notes_attributes_or_versions():
    layers = layers_of(ann=[(0, 9, "claim")], bob=[(0, 9, "claim")])
    before = group(layers)[0].id
    layers["ann"] = [replace(layers["ann"][0], note="mind this", attributes={"speaker": "Li"}, version=7)]
    assert group(layers)[0].id == before


def test_an_id_has_the_form_of_all_ids_and_never_changes_between_releases():
    assert group(layers_of(ann=[(0, 9, "claim")], bob=[(0, 9, "claim")]))[0].id == "yzbzlpqwvlbmclp2"


# -- laws


@st.composite
def layers(draw, max_spans=7):
    """Layers of up to four reviewers, dense enough to overlap, nest, touch and coincide; no one has a place twice."""
    found = {}
    for name in NAMES[: draw(st.integers(1, 4))]:
        place = st.tuples(st.integers(0, 14), st.integers(1, 8), st.sampled_from(("claim", "denial", "quote")))
        places = draw(st.lists(place, max_size=max_spans, unique=True))
        found[name] = [span(at, at + length, label, id=f"{name}{i}") for i, (at, length, label) in enumerate(places)]
    return found


def by_brute_force(layers):
    """Connected components over all pairs, by repeated merging: no sweep, no union-find."""
    entries = [(name, one) for name, spans in layers.items() for one in spans]
    sets = [{one.id} for _, one in entries]
    for (name, a), (other, b) in combinations(entries, 2):
        both = min(a.end, b.end) - max(a.start, b.start)
        union = max(a.end, b.end) - min(a.start, b.start)
        if name != other and both > 0 and (a.label == b.label or both / union >= 0.5):
            joined = [s for s in sets if s & {a.id, b.id}]
            sets = [s for s in sets if s not in joined] + [set().union(*joined)]
    return {frozenset(s) for s in sets}


def ids_of(groups):
    return [[span_id for variant in one.variants for span_id in variant.spans] for one in groups]


@given(layers())
@example({"ann": [span(0, 9, id="a")], "bob": [span(9, 18, id="b")], "cyd": [span(8, 10, id="c")]})
@example({"ann": [span(0, 100, id="a")], "bob": [span(1, 2, id="b"), span(50, 99, id="c")], "cyd": []})
def test_groups_are_the_connected_components(layers):
    assert {frozenset(ids) for ids in ids_of(group(layers))} == by_brute_force(layers)


@given(layers())
def test_every_span_is_in_exactly_one_group_and_one_variant(layers):
    found = sorted(span_id for ids in ids_of(group(layers)) for span_id in ids)
    assert found == sorted(one.id for spans in layers.values() for one in spans)


@given(layers(), st.randoms(use_true_random=False))
def test_groups_depend_on_no_order(layers, random):
    names = list(layers)
    random.shuffle(names)
    shuffled = {name: random.sample(layers[name], len(layers[name])) for name in names}
    assert group(shuffled) == group(layers)


@given(layers())
def test_variants_tell_their_spans_truly(layers):
    by_id = {one.id: (name, one) for name, spans in layers.items() for one in spans}
    for one in group(layers):
        assert one.kind == kind_of(one.variants, len(layers))
        assert len({(v.start, v.end, v.label) for v in one.variants}) == len(one.variants)
        for variant in one.variants:
            assert len(variant.reviewers) == len(variant.spans) == len(set(variant.reviewers))
            for name, span_id in zip(variant.reviewers, variant.spans, strict=True):
                holder, held = by_id[span_id]
                assert (holder, held.start, held.end, held.label) == (name, variant.start, variant.end, variant.label)


@given(layers())
def test_kinds_follow_the_table(layers):
    for one in group(layers):
        extents = {(v.start, v.end) for v in one.variants}
        labels = {v.label for v in one.variants}
        everyone = all(len(v.reviewers) == len(layers) for v in one.variants)
        if everyone:
            expected = "agreed"
        elif len(extents) == len(labels) == 1:
            expected = "missing"
        elif len(extents) == 1:
            expected = "label"
        else:
            expected = "boundary" if len(labels) == 1 else "mixed"
        assert one.kind == expected


@given(layers())
def test_ids_are_distinct(layers):
    ids = [one.id for one in group(layers)]
    assert len(set(ids)) == len(ids)
