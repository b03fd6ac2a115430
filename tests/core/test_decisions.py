"""From decisions on groups to gold: accept, edit, reject, add; origins, attributes, relations (contract section 8)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.decisions import Decision, added_group, check_decision, decided, drafts, gold
from annotator.core.groups import group
from annotator.core.links import LinkDecision, gold_relations, links
from annotator.core.scheme import DEFAULT_SCHEME
from annotator.core.spans import Span
from annotator.errors import Conflict, Missing, Refused

TEXT = "Li denied that 53 countries had “police stations”. 👍🏽 " * 4


def layers_of(**layers):
    """Layers from (start, end, label[, attributes]) by reviewer; ids are the name and a number."""
    return {
        name: [
            Span(s, e, id=f"{name}{i}", label=label, attributes=dict(*rest), by=name, at="then")
            for i, (s, e, label, *rest) in enumerate(spans)
        ]
        for name, spans in layers.items()
    }


def spans_of(layers):
    return {span.id: span for spans in layers.values() for span in spans}


def gold_of(layers, *decisions, added=()):
    """The gold drafts when the groups, in text order, are decided so: (action, variants or places[, by])."""
    groups = group(layers)
    taken = {}
    for one, (action, given_, *by) in zip(groups, decisions, strict=True):
        key = "variants" if action == "accept" else "spans"
        taken[one.id] = Decision(one.id, action, **{key: tuple(given_)}, by=(by or ["adj"])[0], at="now")
    for number, place in enumerate(added):
        decision = Decision(f"added{number}", "add", spans=(place,), by="adj", at="now")
        groups.append(added_group(decision))
        taken[decision.group] = decision
    return gold(groups, taken, spans_of(layers))


def places(drafts):
    return [draft.place for draft in drafts]


# -- what each decision makes

TWO = layers_of(ann=[(0, 9, "claim")], bob=[(2, 12, "claim")])


def test_accept_one__that_variant_with_its_own_spans_as_origin():
    (draft,) = gold_of(TWO, ("accept", [1]))
    assert (draft.place, draft.origin) == ((2, 12, "claim"), ("bob0",))
    assert (draft.by, draft.at, draft.note) == ("adj", "now", "")


def test_accept_several__each_a_gold_span_of_its_own():
    drafts = gold_of(TWO, ("accept", [1, 0]))
    assert [(d.place, d.origin) for d in drafts] == [((0, 9, "claim"), ("ann0",)), ((2, 12, "claim"), ("bob0",))]


def test_accept_a_variant_of_two__comes_from_both():
    layers = layers_of(bob=[(0, 9, "claim")], ann=[(0, 9, "claim")], cyd=[(0, 8, "claim")])
    (draft,) = gold_of(layers, ("accept", [0]))
    assert draft.origin == ("ann0", "bob0")


def test_edit__the_given_places_come_from_all_of_the_group():
    drafts = gold_of(TWO, ("edit", [(20, 25, "figure"), (3, 9, "quote")]))
    assert places(drafts) == [(3, 9, "quote"), (20, 25, "figure")]
    assert {draft.origin for draft in drafts} == {("ann0", "bob0")}


def test_reject__nothing():
    assert gold_of(TWO, ("reject", [])) == []


def test_add__a_span_from_nobody():
    (draft,) = gold_of({"ann": [], "bob": []}, added=[(3, 9, "quote")])
    assert (draft.place, draft.origin, draft.attributes) == ((3, 9, "quote"), (), {})


def test_an_article_without_spans_has_empty_gold():
    assert gold([], {}, {}) == []


def test_undecided__conflict_with_the_groups_that_are():
    layers = layers_of(ann=[(0, 9, "claim"), (20, 30, "claim")], bob=[(40, 50, "claim")])
    groups = group(layers)
    taken = {groups[1].id: Decision(groups[1].id, "reject", by="adj")}
    with pytest.raises(Conflict, match="2 of 3 groups") as caught:
        gold(groups, taken, spans_of(layers))
    assert caught.value.extra == {"undecided": [groups[0].id, groups[2].id]}


def test_gold_stands_in_export_order():
    layers = layers_of(
        ann=[(4, 9, "claim"), (0, 9, "quote"), (0, 20, "claim"), (0, 9, "denial")],
        bob=[(0, 9, "claim")],
    )
    groups = group(layers)
    taken = {one.id: Decision(one.id, "accept", tuple(range(len(one.variants))), by="adj") for one in groups}
    assert places(gold(groups, taken, spans_of(layers))) == [
        (0, 20, "claim"),
        (0, 9, "claim"),
        (0, 9, "denial"),
        (0, 9, "quote"),
        (4, 9, "claim"),
    ]


# -- one place decided twice


def test_an_edit_that_lands_on_an_accepted_variant__is_one_span_with_both_origins():
    layers = layers_of(ann=[(0, 9, "claim"), (30, 40, "claim")], bob=[(0, 9, "claim")])
    (draft,) = gold_of(layers, ("accept", [0]), ("edit", [(0, 9, "claim")]))
    assert (draft.place, draft.origin) == ((0, 9, "claim"), ("ann0", "bob0", "ann1"))


def test_an_added_span_on_an_edited_place__keeps_the_origins():
    layers = layers_of(ann=[(0, 9, "claim")], bob=[])
    (draft,) = gold_of(layers, ("edit", [(3, 9, "quote")]), added=[(3, 9, "quote")])
    assert draft.origin == ("ann0",)


def test_the_same_extent_under_other_labels__stays_two_spans():
    layers = layers_of(ann=[(0, 9, "claim")], bob=[(0, 9, "quote")])
    assert places(gold_of(layers, ("accept", [0, 1]))) == [(0, 9, "claim"), (0, 9, "quote")]


# -- attributes


def attributes_of(*given, decision=("accept", [0]), label="claim"):
    names = ("ann", "bob", "cyd")
    layers = layers_of(**{name: [(0, 9, label, one)] for name, one in zip(names, given, strict=False)})
    return gold_of(layers, decision)[0].attributes


def test_an_attribute_that_all_who_set_it_agree_on_is_taken_over():
    assert attributes_of({"speaker": "Li"}, {"speaker": "Li"}) == {"speaker": "Li"}
    assert attributes_of({"speaker": "Li"}, {}, {"speaker": "Li"}) == {"speaker": "Li"}


def test_an_attribute_that_two_set_otherwise_is_left_out__and_the_others_stay():
    given = {"unit": "countries", "value": 53}, {"unit": "countries", "value": 54}, {}
    assert attributes_of(*given, label="figure") == {"unit": "countries"}


def test_an_edit_keeps_the_attributes_of_spans_that_had_its_label():
    layers = layers_of(ann=[(0, 9, "quote", {"speaker": "Li"})], bob=[(0, 9, "figure", {"value": 53})])
    (draft,) = gold_of(layers, ("edit", [(0, 8, "figure")]))
    assert draft.attributes == {"value": 53}


def test_merged_places_take_attributes_of_both_origins():
    layers = layers_of(
        ann=[(0, 9, "claim", {"speaker": "Li"}), (30, 40, "claim", {"speaker": "Wang"})],
        bob=[(0, 9, "claim")],
    )
    (draft,) = gold_of(layers, ("accept", [0]), ("edit", [(0, 9, "claim")]))
    assert draft.attributes == {}


# -- relations


def relations_of(layers, drafts, *relations):
    return gold_relations(drafts, [(str(i), *one) for i, one in enumerate(relations)], spans_of(layers))


LINKED = layers_of(ann=[(0, 9, "denial"), (20, 30, "claim")], bob=[(0, 9, "denial"), (20, 30, "claim")], cyd=[])
BOTH = (("accept", [0]), ("accept", [0]))
DENIES = ("denies", (0, 9, "denial"), (20, 30, "claim"))


def test_a_relation_that_all_who_have_both_ends_drew_is_gold():
    drawn = [("denies", "ann0", "ann1"), ("denies", "bob0", "bob1")]
    assert relations_of(LINKED, gold_of(LINKED, *BOTH), *drawn) == [DENIES]


def test_a_relation_that_one_of_two_with_both_ends_drew_is_not_gold():
    assert relations_of(LINKED, gold_of(LINKED, *BOTH), ("denies", "ann0", "ann1")) == []


def test_who_lacks_an_end_has_no_say():
    layers = layers_of(ann=[(0, 9, "denial"), (20, 30, "claim")], bob=[(0, 9, "denial")], cyd=[])
    assert relations_of(layers, gold_of(layers, *BOTH), ("denies", "ann0", "ann1")) == [DENIES]


def test_two_relations_of_other_types_do_not_stand_for_each_other():
    drawn = [("denies", "ann0", "ann1"), ("attributed_to", "bob0", "bob1")]
    assert relations_of(LINKED, gold_of(LINKED, *BOTH), *drawn) == []


def test_two_relations_of_other_directions_do_not_stand_for_each_other():
    drawn = [("denies", "ann0", "ann1"), ("denies", "bob1", "bob0")]
    assert relations_of(LINKED, gold_of(LINKED, *BOTH), *drawn) == []


def test_a_relation_goes_with_an_end_that_is_rejected():
    drawn = [("denies", "ann0", "ann1"), ("denies", "bob0", "bob1")]
    assert relations_of(LINKED, gold_of(LINKED, ("accept", [0]), ("reject", [])), *drawn) == []


def test_a_relation_follows_an_end_that_is_moved():
    drawn = [("denies", "ann0", "ann1"), ("denies", "bob0", "bob1")]
    drafts = gold_of(LINKED, ("accept", [0]), ("edit", [(18, 30, "claim")]))
    assert relations_of(LINKED, drafts, *drawn) == [("denies", (0, 9, "denial"), (18, 30, "claim"))]


def test_a_relation_does_not_follow_an_end_that_gets_another_label():
    drawn = [("denies", "ann0", "ann1"), ("denies", "bob0", "bob1")]
    drafts = gold_of(LINKED, ("accept", [0]), ("edit", [(20, 30, "figure")]))
    assert relations_of(LINKED, drafts, *drawn) == []


def test_a_relation_between_ends_merged_into_one_span_is_gone():
    layers = layers_of(ann=[(0, 9, "claim"), (20, 30, "claim")], bob=[])
    drafts = gold_of(layers, ("accept", [0]), ("edit", [(0, 9, "claim")]))
    assert len(drafts) == 1
    assert relations_of(layers, drafts, ("denies", "ann0", "ann1")) == []


def test_a_relation_that_was_accepted_is_gold_whoever_drew_it():
    taken = [LinkDecision(*DENIES, accepted=True)]
    assert gold_relations(gold_of(LINKED, *BOTH), [], spans_of(LINKED), taken) == [DENIES]


def test_a_relation_that_was_rejected_is_not_gold_though_all_drew_it():
    drawn = [("0", "denies", "ann0", "ann1"), ("1", "denies", "bob0", "bob1")]
    taken = [LinkDecision(*DENIES, accepted=False)]
    assert gold_relations(gold_of(LINKED, *BOTH), drawn, spans_of(LINKED), taken) == []


def test_an_accepted_relation_goes_with_an_end_that_is_rejected():
    taken = [LinkDecision(*DENIES, accepted=True)]
    assert gold_relations(gold_of(LINKED, ("accept", [0]), ("reject", [])), [], spans_of(LINKED), taken) == []


def test_a_relation_tells_who_drew_it_and_who_could_have():
    (one,) = links(gold_of(LINKED, *BOTH), [("0", "denies", "ann0", "ann1")], spans_of(LINKED))
    assert (one.drawn, one.able, one.agreed, one.accepted) == (("ann",), ("ann", "bob"), False, False)


def test_drafts_leave_out_what_is_undecided():
    groups = group(LINKED)
    force = {groups[1].id: Decision(groups[1].id, "accept", (0,))}
    assert places(drafts(groups, force, spans_of(LINKED))) == [(20, 30, "claim")]


# -- values that were chosen

SPOKEN = layers_of(ann=[(0, 9, "claim", {"speaker": "Li"})], bob=[(0, 9, "claim", {"speaker": "Wang"})])


def chosen(layers, *attributes, action="accept", variants=(0,), spans=()):
    (one,) = group(layers)
    decision = Decision(one.id, action, tuple(variants), tuple(spans), attributes=attributes)
    kept = check_decision(decision, one, TEXT, DEFAULT_SCHEME)
    return [draft.attributes for draft in gold([one], {one.id: kept}, spans_of(layers))]


def test_a_chosen_value_goes_before_what_the_reviewers_have():
    assert chosen(SPOKEN, {"speaker": "Wang"}) == [{"speaker": "Wang"}]
    assert chosen(SPOKEN, {"speaker": "Zhang"}) == [{"speaker": "Zhang"}]


def test_a_value_that_was_not_chosen_is_left_to_the_rule():
    layers = layers_of(ann=[(0, 9, "figure", {"unit": "m", "value": 5})], bob=[(0, 9, "figure", {"value": 6})])
    assert chosen(layers, {"value": 6}) == [{"unit": "m", "value": 6}]


def test_none_leaves_a_value_out_that_all_agree_on():
    layers = layers_of(ann=[(0, 9, "claim", {"speaker": "Li"})], bob=[(0, 9, "claim", {"speaker": "Li"})])
    assert chosen(layers, {"speaker": None}) == [{}]


def test_each_accepted_variant_has_values_of_its_own():
    layers = layers_of(ann=[(0, 9, "claim")], bob=[(0, 9, "figure")])
    assert chosen(layers, {"value": "53"}, {"speaker": "Li"}, variants=(1, 0)) == [{"speaker": "Li"}, {"value": 53}]


def test_edited_spans_take_values():
    assert chosen(SPOKEN, {"value": 5}, action="edit", variants=(), spans=[(3, 9, "figure")]) == [{"value": 5}]


@pytest.mark.parametrize(
    ("attributes", "where"),
    [
        (({}, {}), "attributes"),
        (({"value": 5},), "spans[0]: attributes.value"),
        (({"value": None},), "spans[0]: attributes.value"),
        (({"speaker": 5},), "spans[0]: attributes.speaker"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_place(attributes, where):
    with pytest.raises(Refused) as caught:
        chosen(SPOKEN, *attributes)
    assert caught.value.where == where


# -- what is in force


def test_agreed_groups_are_decided_by_the_rule_if_the_project_says_so():
    groups = group(layers_of(ann=[(0, 9, "claim"), (0, 9, "quote"), (40, 50, "claim")],
                             bob=[(0, 9, "claim"), (0, 9, "quote"), (41, 50, "claim")]))  # fmt: skip
    agreed, open_one = groups
    assert decided(groups, {}, reviewers=2, rule="never") == {}
    assert decided(groups, {}, reviewers=2, rule="agreed") == {agreed.id: Decision(agreed.id, "accept", (0, 1))}
    assert open_one.kind == "boundary"


def test_a_decision_taken_on_an_agreed_group_goes_before_the_rule():
    groups = group(layers_of(ann=[(0, 9, "claim")], bob=[(0, 9, "claim")]))
    taken = {groups[0].id: Decision(groups[0].id, "reject", by="adj")}
    assert decided(groups, taken, reviewers=2, rule="agreed") == taken


# -- what is refused


@pytest.mark.parametrize(
    ("action", "variants", "spans", "where"),
    [
        ("accept", (), (), "variants"),
        ("accept", (2,), (), "variants"),
        ("accept", (-1,), (), "variants"),
        ("accept", (0, 0), (), "variants"),
        ("edit", (), (), "spans"),
        ("edit", (), ((0, 9, "claim"), (0, 9, "claim")), "spans"),
        ("edit", (), ((0, 9, "claim"), (5, 5, "claim")), "spans[1]: start"),
        ("edit", (), ((0, len(TEXT) + 1, "claim"),), "spans[0]: end"),
        ("edit", (), ((-1, 9, "claim"),), "spans[0]: start"),
        ("edit", (), ((True, 9, "claim"),), "spans[0]: start"),
        ("edit", (), ((0, 9.0, "claim"),), "spans[0]: end"),
        ("edit", (), ((0, TEXT.index("🏽"), "claim"),), "spans[0]: end"),
        ("edit", (), ((0, 9, "rumour"),), "spans[0]: label"),
    ],
)
def test_a_decision_that_cannot_be_taken_is_refused_with_its_place(action, variants, spans, where):
    (one,) = group(TWO)
    with pytest.raises(Refused) as caught:
        check_decision(Decision(one.id, action, variants, spans), one, TEXT, DEFAULT_SCHEME)
    assert caught.value.where == where
    assert not isinstance(caught.value, Missing)


@pytest.mark.parametrize(
    ("action", "variants", "spans"),
    [("accept", (1, 0), ()), ("edit", (), ((0, 9, "claim"), (0, 9, "quote"))), ("reject", (), ())],
)
def test_a_decision_that_can_be_taken_comes_back_as_it_is(action, variants, spans):
    (one,) = group(TWO)
    decision = Decision(one.id, action, variants, spans, reason="why not")
    assert check_decision(decision, one, TEXT, DEFAULT_SCHEME) is decision


# -- laws


@given(st.data())
def test_accepting_all_variants_makes_gold_of_every_place_with_every_span_as_origin_once(data):
    place = st.tuples(st.integers(0, 12), st.integers(1, 6), st.sampled_from(("claim", "quote")))
    layers = layers_of(**{
        name: [(s, s + n, label) for s, n, label in data.draw(st.lists(place, max_size=6, unique=True))]
        for name in ("ann", "bob", "cyd")
    })  # fmt: skip
    groups = group(layers)
    taken = {one.id: Decision(one.id, "accept", tuple(range(len(one.variants))), by="adj") for one in groups}
    drafts = gold(groups, taken, spans_of(layers))
    assert set(places(drafts)) == {(s.start, s.end, s.label) for s in spans_of(layers).values()}
    assert len(set(places(drafts))) == len(drafts)
    assert sorted(i for draft in drafts for i in draft.origin) == sorted(spans_of(layers))
