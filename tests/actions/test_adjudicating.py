"""Deciding on the groups of an article, up to and including its close."""

import pytest

from annotator.actions import adjudicating, projects, reviewing, tagging
from annotator.core.decisions import Decision
from annotator.errors import Conflict, Missing, Refused
from annotator.store import people as people_store
from factories import TEXT, span


def place(label, words):
    one = span(label, words)
    return one["start"], one["end"], one["label"]


@pytest.fixture
def case(db, people, two_reviews):
    """cyd's case as it is now."""
    return lambda: adjudicating.open_case(db, people.cyd, two_reviews.article)


@pytest.fixture
def of_kind(case):
    """The group of that kind."""
    return lambda kind: next(one for one in case().groups if one.kind == kind)


@pytest.fixture
def decide(db, people, two_reviews):
    def call(group, action, *, variants=(), spans=(), reason=""):
        decision = Decision(group.id, action, tuple(variants), tuple(spans), reason)
        adjudicating.decide(db, people.cyd, two_reviews.article, decision)

    return call


@pytest.mark.parametrize(
    ("submitted", "extra"),
    [((), {"submitted": 0, "needed": 2}), (("ana",), {"submitted": 1, "needed": 2})],
)
def test_adjudication_waits_for_all_needed_reviews(submitted, extra, db, people, article, tag):
    for name in ("ana", "ben"):
        tag(getattr(people, name), "claim", "53 workers")
    for name in submitted:
        reviewing.submit(db, getattr(people, name), article)
    for act in (
        lambda: adjudicating.open_case(db, people.cyd, article),
        lambda: adjudicating.add(db, people.cyd, article, place("claim", "12 years")),
        lambda: adjudicating.close(db, people.cyd, article),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.extra == extra


@pytest.mark.parametrize("who", ["ana", "ben", "max", "eve"])
def test_who_is_no_adjudicator_finds_no_case(who, db, people, two_reviews, case):
    viewer, group = getattr(people, who), case().groups[0].id
    for act in (
        lambda: adjudicating.open_case(db, viewer, two_reviews.article),
        lambda: adjudicating.decide(db, viewer, two_reviews.article, Decision(group, "reject")),
        lambda: adjudicating.take_back(db, viewer, two_reviews.article, group),
        lambda: adjudicating.add(db, viewer, two_reviews.article, place("claim", "union")),
        lambda: adjudicating.close(db, viewer, two_reviews.article),
        lambda: adjudicating.reopen(db, viewer, two_reviews.article),
    ):
        with pytest.raises(Missing):
            act()


def test_every_kind_of_group_shows_who_has_which_words(case):
    shown = {one.kind: {(TEXT[v.start : v.end], v.label): v.reviewers for v in one.variants} for one in case().groups}
    assert shown == {
        "agreed": {("The tunnel leaks", "claim"): ("ana", "ben")},
        "missing": {("12 years", "figure"): ("ana",)},
        "boundary": {("53 workers fell ill", "claim"): ("ben",), ("workers fell ill", "claim"): ("ana",)},
        "label": {("Nobody was hurt", "denial"): ("ben",), ("Nobody was hurt", "quote"): ("ana",)},
        "mixed": {("Two inspectors disagree", "claim"): ("ben",), ("Two inspectors", "figure"): ("ana",)},
    }


def test_agreed_groups_are_decided_by_the_rule_if_the_project_says_so(db, people, case):
    assert {one.kind for one in case().undecided} == {"missing", "boundary", "label", "mixed"}
    projects.change_project(db, people.max, "desk", auto_agreed=False)
    assert {one.kind for one in case().undecided} == {"agreed", "missing", "boundary", "label", "mixed"}


def test_a_decision_is_in_force_until_it_is_taken_back(db, people, two_reviews, case, of_kind, decide):
    group = of_kind("label")
    decide(group, "accept", variants=[1], reason="said so")
    kept = case().force[group.id]
    assert (kept.action, kept.variants, kept.reason, kept.by) == ("accept", (1,), "said so", "cyd")
    adjudicating.take_back(db, people.cyd, two_reviews.article, group.id)
    assert group.id not in case().force


def test_a_decision_takes_the_place_of_the_one_before(case, of_kind, decide, log):
    group = of_kind("label")
    decide(group, "accept", variants=[0, 1])
    decide(group, "reject")
    assert case().force[group.id].action == "reject"
    assert [entry.action for entry in log()].count("decision.made") == 2


def test_an_agreed_group_can_be_decided_otherwise_and_falls_back_to_the_rule(
    db, people, two_reviews, case, of_kind, decide
):
    group = of_kind("agreed")
    decide(group, "reject")
    assert case().force[group.id].action == "reject"
    adjudicating.take_back(db, people.cyd, two_reviews.article, group.id)
    assert (case().force[group.id].action, case().force[group.id].by) == ("accept", None)
    with pytest.raises(Conflict, match="none to take back"):
        adjudicating.take_back(db, people.cyd, two_reviews.article, group.id)


@pytest.mark.parametrize(
    ("decision", "where"),
    [
        ({"action": "accept"}, "variants"),
        ({"action": "accept", "variants": [2]}, "variants"),
        ({"action": "accept", "variants": [-1]}, "variants"),
        ({"action": "accept", "variants": [0, 0]}, "variants"),
        ({"action": "edit"}, "spans"),
        ({"action": "edit", "spans": [(0, 10**9, "claim")]}, "spans[0]: end"),
        ({"action": "edit", "spans": [(0, 5, "opinion")]}, "spans[0]: label"),
        ({"action": "edit", "spans": [(0, 5, "claim"), (0, 5, "claim")]}, "spans"),
        ({"action": "edit", "spans": [(0, "5", "claim")]}, "spans[0]: end"),
        ({"action": "reject", "reason": "\x00"}, "reason"),
    ],
)
def test_a_wrong_decision_is_refused_by_its_field(decision, where, case, of_kind, decide):
    with pytest.raises(Refused) as refused:
        decide(of_kind("label"), **decision)
    assert (refused.value.status, refused.value.where) == (422, where)
    assert of_kind("label").id not in case().force


def test_an_unknown_group_is_missing(db, people, two_reviews):
    with pytest.raises(Missing):
        adjudicating.decide(db, people.cyd, two_reviews.article, Decision("a" * 16, "reject"))
    with pytest.raises(Missing):
        adjudicating.take_back(db, people.cyd, two_reviews.article, "a" * 16)


def test_an_added_span_is_a_group_of_its_own_and_goes_when_taken_back(db, people, two_reviews, case):
    group = adjudicating.add(db, people.cyd, two_reviews.article, place("claim", "the union says"), reason="missed")
    added = case().find(group)
    assert (added.kind, added.variants[0].reviewers, case().force[group].reason) == ("added", (), "missed")
    with pytest.raises(Conflict, match="taken back or kept"):
        adjudicating.decide(db, people.cyd, two_reviews.article, Decision(group, "reject"))
    adjudicating.take_back(db, people.cyd, two_reviews.article, group)
    with pytest.raises(Missing):
        case().find(group)


def test_a_span_that_is_in_a_group_is_not_added(db, people, two_reviews, of_kind):
    with pytest.raises(Conflict) as refused:
        adjudicating.add(db, people.cyd, two_reviews.article, place("figure", "12 years"))
    assert refused.value.extra["group"] == of_kind("missing").id
    adjudicating.add(db, people.cyd, two_reviews.article, place("claim", "the union says"))
    with pytest.raises(Conflict):
        adjudicating.add(db, people.cyd, two_reviews.article, place("claim", "the union says"))


def test_a_wrong_span_is_not_added(db, people, two_reviews, case):
    before = len(case().groups)
    for wrong, kind in (((0, 1.0, "claim"), Refused), ((5, 5, "claim"), Refused), ((0, 5, "nothing"), Refused)):
        with pytest.raises(kind):
            adjudicating.add(db, people.cyd, two_reviews.article, wrong)
    with pytest.raises(Conflict):
        adjudicating.add(db, people.cyd, two_reviews.article, place("claim", "the union says"), quote="The union says")
    assert len(case().groups) == before


def test_who_reviewed_an_article_does_not_adjudicate_it_unless_allowed(db, people, two_reviews):
    projects.add_member(db, "desk", "ana", "adjudicator")
    with db.read() as connection:
        ana = people_store.viewer(connection, "ana")
    for act in (
        lambda: adjudicating.open_case(db, ana, two_reviews.article),
        lambda: adjudicating.add(db, ana, two_reviews.article, place("claim", "the union says")),
        lambda: adjudicating.close(db, ana, two_reviews.article),
    ):
        with pytest.raises(Conflict, match="You reviewed"):
            act()
    projects.change_project(db, people.max, "desk", own_adjudication=True)
    assert adjudicating.open_case(db, ana, two_reviews.article).groups


def test_a_decision_is_not_carried_over_to_other_spans(db, people, two_reviews, case, of_kind, decide):
    group, untouched = of_kind("missing"), of_kind("label")
    decide(group, "accept", variants=[0])
    decide(untouched, "accept", variants=[0])
    reviewing.reopen(db, people.ana, two_reviews.article)
    old = two_reviews.ana["12 years"]
    tagging.delete_span(db, people.ana, old.id)
    reviewing.submit(db, people.ana, two_reviews.article)
    assert group.id not in {one.id for one in case().groups}
    assert untouched.id in case().force
    assert [one.group for one in case().left] == [group.id]


def test_groups_depend_on_no_order_of_reviewers(db, people, article, two_reviews, case):
    first = [(one.id, one.kind, one.variants) for one in case().groups]
    reviewing.reopen(db, people.ana, article)
    reviewing.submit(db, people.ana, article)
    assert [(one.id, one.kind, one.variants) for one in case().groups] == first


def test_an_undecided_group_holds_the_close_up(db, people, two_reviews, case, decide):
    open_groups = [one.id for one in case().undecided]
    with pytest.raises(Conflict) as refused:
        adjudicating.close(db, people.cyd, two_reviews.article)
    assert refused.value.extra["undecided"] == open_groups
    assert case().article.state == "open"
