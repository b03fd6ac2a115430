"""Bulk decisions, values of attributes, undo, decisions made again, and two adjudicators at once."""

import pytest
from sqlalchemy import text as sql

from annotator.actions import adjudicating, company, deciding, projects, reviewing, tagging
from annotator.actions import people as accounts
from annotator.actions.tagging import SpanChange
from annotator.core.decisions import Decision
from annotator.errors import Conflict, Missing, Refused, Stale
from annotator.store import articles as articles_store
from annotator.store import people as people_store
from annotator.store import replay, visible
from conftest import LIMITS
from factories import TEXT, new_span, span


def place(label, words):
    one = span(label, words)
    return one["start"], one["end"], one["label"]


@pytest.fixture
def dee(db, people):
    """A second adjudicator."""
    accounts.add_user(db, "dee", project="desk", role="adjudicator")
    with db.read() as connection:
        return people_store.viewer(connection, "dee")


@pytest.fixture
def case(db, people, two_reviews):
    return lambda: adjudicating.open_case(db, people.cyd, two_reviews.article)


@pytest.fixture
def of_kind(case):
    return lambda kind: next(one for one in case().groups if one.kind == kind)


@pytest.fixture
def decide(db, people, two_reviews):
    def call(group, action="accept", variants=(), spans=(), reason="", attributes=(), viewer=None, version=None):
        decision = Decision(group.id, action, tuple(variants), tuple(spans), reason, attributes=tuple(attributes))
        adjudicating.decide(db, viewer or people.cyd, two_reviews.article, decision, version=version)

    return call


@pytest.fixture
def undo(db, people, two_reviews):
    return lambda viewer=None, **more: deciding.undo(db, viewer or people.cyd, two_reviews.article, **more)


@pytest.fixture
def redo(db, people, two_reviews):
    return lambda viewer=None, **more: deciding.redo(db, viewer or people.cyd, two_reviews.article, **more)


@pytest.fixture
def three_reviews(db, people, load, two_reviews):
    """An article with reviews by ana, ben and eve; answers with its id. One group has two of three, one three, one none."""
    projects.change_project(db, people.max, "desk", reviews=3)
    projects.add_member(db, "desk", "eve", "reviewer")
    text = "The mayor met 40 people.\n\nShe denied it, the clerk said, and left early."
    load({"text": text, "key": "three"})
    both = {
        "ana": [("figure", "40 people"), ("denial", "She denied it"), ("claim", "left early")],
        "ben": [("figure", "40 people"), ("denial", "denied it")],
        "eve": [("figure", "40 people"), ("denial", "denied it"), ("quote", "the clerk")],
    }
    with db.read() as connection:
        article = connection.execute(sql("SELECT id FROM articles WHERE key = 'three'")).scalar_one()
        eve = people_store.viewer(connection, "eve")
    for name, tags in both.items():
        viewer = eve if name == "eve" else getattr(people, name)
        for label, words in tags:
            tagging.add_span(db, viewer, article, new_span(label, words, text), LIMITS, by_hand=False)
        reviewing.submit(db, viewer, article)
    return article


def in_force(db, viewer, article):
    """The gold so far by words, and whether a person decided."""
    case = adjudicating.open_case(db, viewer, article)
    return {
        (case.text[v.start : v.end], v.label): case.force[one.id].by
        for one in case.groups if one.id in case.force and case.force[one.id].action == "accept"
        for v in (one.variants[n] for n in case.force[one.id].variants)
    }  # fmt: skip


# -- the project's rule


def test_the_rule_of_the_project_decides(db, people, three_reviews):
    seen = {}
    for rule in ("agreed", "never", "2", "3"):
        projects.change_project(db, people.max, "desk", auto_decide=rule)
        seen[rule] = set(in_force(db, people.cyd, three_reviews))
    figure, denial = ("40 people", "figure"), ("denied it", "denial")
    assert seen == {"agreed": {figure}, "never": set(), "2": {figure, denial}, "3": {figure}}


def test_the_old_switch_still_says_agreed_or_never(db, people):
    def rule():
        with db.read() as connection:
            return tuple(connection.execute(sql("SELECT auto_decide, auto_agreed FROM projects")).one())

    seen = [rule()]
    for change in ({"auto_agreed": False}, {"auto_agreed": True}, {"auto_decide": "2"}, {"auto_agreed": True},
                   {"auto_decide": "never"}):  # fmt: skip
        projects.change_project(db, people.max, "desk", **change)
        seen.append(rule())
    assert seen == [("agreed", 1), ("never", 0), ("agreed", 1), ("2", 1), ("2", 1), ("never", 0)]


@pytest.mark.parametrize(
    ("field", "value"),
    [("auto_decide", "most"), ("spot_check", 101), ("spot_check", -1), ("reasons", ["x" * 101]),
     ("reasons", ["\x00"]), ("reasons", [str(n) for n in range(31)])],
)  # fmt: skip
def test_a_wrong_setting_is_refused_by_its_field(field, value, db, people):
    with pytest.raises(Refused) as refused:
        projects.change_project(db, people.max, "desk", **{field: value})
    assert refused.value.where == field


def test_reasons_are_the_project_s_own_after_the_one_that_is_always_there(db, people, case):
    projects.change_project(db, people.max, "desk", reasons=["wrong  extent", "", "wrong extent", "not ours"])
    assert case().project.reasons == ("guideline unclear", "wrong extent", "not ours")


# -- bulk


def test_bulk_decides_what_k_of_n_have_with_an_event_each_and_one_undo(db, people, three_reviews, log):
    projects.change_project(db, people.max, "desk", auto_decide="never")
    before = in_force(db, people.cyd, three_reviews)
    assert deciding.reach(adjudicating.open_case(db, people.cyd, three_reviews)) == {1: 4, 2: 2, 3: 1}
    seen = len(log())
    assert deciding.accept_where(db, people.cyd, three_reviews, 2) == 2
    assert [entry.action for entry in log()[seen:]] == ["decision.made", "decision.made"]
    assert in_force(db, people.cyd, three_reviews) == {("40 people", "figure"): "cyd", ("denied it", "denial"): "cyd"}
    deciding.undo(db, people.cyd, three_reviews)
    assert in_force(db, people.cyd, three_reviews) == before == {}


def test_bulk_leaves_alone_what_is_decided(db, people, three_reviews):
    case = adjudicating.open_case(db, people.cyd, three_reviews)
    denial = next(one for one in case.groups if one.variants[0].label == "denial")
    adjudicating.decide(db, people.cyd, three_reviews, Decision(denial.id, "reject"))
    with pytest.raises(Conflict, match="In no open group do 2 of 3"):
        deciding.accept_where(db, people.cyd, three_reviews, 2)
    for k in (0, 4):
        with pytest.raises(Refused):
            deciding.accept_where(db, people.cyd, three_reviews, k)


def test_a_call_sent_twice_under_its_key_does_nothing_twice(db, people, two_reviews, of_kind, decide, undo, case):
    decide(of_kind("label"), variants=[0])
    decide(of_kind("missing"), variants=[0])
    for _ in range(2):
        undo(key="one press")
    assert of_kind("label").id in case().force
    assert of_kind("missing").id not in case().force


# -- undo


def test_undo_goes_back_to_the_first_step_and_redo_to_the_last(
    case, of_kind, decide, undo, redo, db, people, two_reviews
):
    states = [dict(case().force)]
    for act in (
        lambda: decide(of_kind("label"), variants=[0]),
        lambda: decide(of_kind("label"), variants=[0, 1], reason="both"),
        lambda: decide(of_kind("boundary"), "edit", spans=[place("claim", "53 workers")]),
        lambda: adjudicating.take_back(db, people.cyd, two_reviews.article, of_kind("label").id),
        lambda: adjudicating.add(db, people.cyd, two_reviews.article, place("claim", "the union says")),
        lambda: decide(of_kind("agreed"), "reject"),
    ):
        act()
        states.append(dict(case().force))
    for state in reversed(states[:-1]):
        undo()
        assert case().force == state
    with pytest.raises(Conflict, match="nothing to take back"):
        undo()
    for state in states[1:]:
        redo()
        assert case().force == state
    with pytest.raises(Conflict, match="nothing to do again"):
        redo()
    with db.read() as connection:
        replay.check_replay(connection)


def test_undo_gives_a_decision_back_to_who_took_it(case, of_kind, decide, undo, dee):
    group = of_kind("label")
    decide(group, variants=[0], viewer=dee)
    first = case().force[group.id]
    decide(group, "reject")
    undo()
    assert case().force[group.id] == first


def test_undo_is_one_s_own_and_stops_where_another_has_decided_since(case, of_kind, decide, undo, redo, dee):
    group = of_kind("label")
    decide(group, "reject")
    decide(of_kind("missing"), "reject", viewer=dee)
    decide(group, variants=[1], viewer=dee)
    with pytest.raises(Conflict, match="dee has decided on it since"):
        undo()
    undo(dee)
    undo(dee)
    undo()
    assert group.id not in case().force
    decide(group, variants=[0], viewer=dee)
    with pytest.raises(Conflict, match="dee has decided on it since"):
        redo()


def test_undo_stops_at_the_last_close(db, people, two_reviews, case, decide, undo):
    for one in case().undecided:
        decide(one, variants=[0])
    adjudicating.close(db, people.cyd, two_reviews.article)
    with pytest.raises(Conflict, match="closed"):
        undo()
    adjudicating.reopen(db, people.cyd, two_reviews.article)
    with pytest.raises(Conflict, match="nothing to take back"):
        undo()


# -- values


@pytest.fixture
def spoken(db, people, article, tag):
    """Two reviews that differ in a speaker; answers with how to decide and read the gold's attributes."""
    for name in ("Li", "Wang"):
        viewer = people.ana if name == "Li" else people.ben
        tag(viewer, "claim", "53 workers fell ill", attributes={"speaker": name})
        reviewing.submit(db, viewer, article)

    def gold(*attributes):
        (one,) = adjudicating.open_case(db, people.cyd, article).groups
        adjudicating.decide(db, people.cyd, article, Decision(one.id, "accept", (0,), attributes=attributes))
        adjudicating.close(db, people.cyd, article)
        with db.read() as connection:
            (made,) = visible.gold(connection, people.cyd, articles_store.article(connection, article))
        return made.attributes

    return gold


@pytest.mark.parametrize("value", ["Wang", "the union"])
def test_a_value_that_was_chosen_goes_to_the_gold(value, spoken, db):
    assert spoken({"speaker": value}) == {"speaker": value}
    with db.read() as connection:
        replay.check_replay(connection)


def test_without_a_choice_what_differs_is_left_out(spoken):
    assert spoken() == {}


def test_a_value_that_no_label_has_is_refused(spoken):
    with pytest.raises(Refused) as refused:
        spoken({"unit": "m"})
    assert refused.value.where == "spans[0]: attributes.unit"


def test_an_added_span_takes_values(db, people, two_reviews, case):
    made = adjudicating.add(
        db, people.cyd, two_reviews.article, place("claim", "the union says"), attributes={"speaker": "Li"}
    )
    assert case().force[made].attributes == ({"speaker": "Li"},)
    accept = Decision(made, "accept", (0,), attributes=({"speaker": "Wang"},))
    adjudicating.decide(db, people.cyd, two_reviews.article, accept)
    again = case().force[made]
    assert (again.action, again.attributes, again.spans) == (
        "add", ({"speaker": "Wang"},), (place("claim", "the union says"),)
    )  # fmt: skip


# -- two at once


def test_a_decision_on_a_stale_state_is_refused_with_what_stands(case, of_kind, decide, dee, db, people, two_reviews):
    group = of_kind("label")
    seen = case().version(group.id)
    decide(group, variants=[0], viewer=dee, version=seen)
    for act in (
        lambda: decide(group, "reject", version=seen),
        lambda: adjudicating.take_back(db, people.cyd, two_reviews.article, group.id, version=seen),
    ):
        with pytest.raises(Stale, match="dee decided") as refused:
            act()
        assert refused.value.extra["decision"]["variants"] == (0,)
        assert refused.value.extra["version"] == case().version(group.id)
    assert case().force[group.id].by == "dee"
    decide(group, "reject", version=case().version(group.id))
    assert case().force[group.id].action == "reject"


def test_one_s_own_decision_said_twice_is_not_stale(case, of_kind, decide, log):
    group = of_kind("label")
    seen = case().version(group.id)
    decide(group, variants=[0], version=seen)
    before = len(log())
    decide(group, variants=[0], version=seen)
    assert len(log()) == before
    with pytest.raises(Stale):
        decide(group, variants=[1], version=seen)


def test_each_is_told_of_the_other_and_of_what_came_since(db, people, dee, case, of_kind, decide):
    first = company.meet(db, people.cyd, case())
    assert (first.here, first.decided) == ((), {})
    assert company.meet(db, dee, case()).here == ("cyd",)
    decide(of_kind("label"), "reject", viewer=dee)
    decide(of_kind("missing"), "reject")
    told = company.meet(db, people.cyd, case())
    assert (told.here, told.decided) == (("dee",), {"dee": 1})
    assert company.meet(db, people.cyd, case()).decided == {}


# -- what was decided before


def change(db, people, two_reviews, words, *new):
    """ana takes a span away and perhaps puts others in its place."""
    reviewing.reopen(db, people.ana, two_reviews.article)
    one = two_reviews.ana[words]
    if new:
        tagging.change_span(db, people.ana, one.id, SpanChange(**span(*new)), 1)
    else:
        tagging.delete_span(db, people.ana, one.id)
    reviewing.submit(db, people.ana, two_reviews.article)


def test_a_decision_on_a_group_that_changed_is_taken_again(db, people, two_reviews, case, of_kind, decide):
    decide(of_kind("missing"), variants=[0], reason="yes")
    change(db, people, two_reviews, "12 years", "figure", "for 12 years")
    (group,) = [one for one in case().undecided if TEXT[one.variants[0].start : one.variants[0].end] == "for 12 years"]
    (left,) = case().left
    decision = deciding.before(case(), group)
    assert (decision.action, decision.spans, decision.reason) == ("edit", (place("figure", "12 years"),), "yes")
    deciding.again(db, people.cyd, two_reviews.article, group.id)
    assert (case().force[group.id].spans, case().left) == ((place("figure", "12 years"),), [])
    deciding.undo(db, people.cyd, two_reviews.article)
    assert (case().left, group.id in case().force) == ([left], False)


def test_a_rejection_of_a_group_that_changed_is_taken_again(db, people, two_reviews, case, of_kind, decide):
    decide(of_kind("missing"), "reject")
    change(db, people, two_reviews, "12 years", "figure", "for 12 years")
    group = next(one for one in case().undecided if one.kind == "missing")
    deciding.again(db, people.cyd, two_reviews.article, group.id)
    assert case().force[group.id].action == "reject"


def test_a_decision_whose_words_nobody_has_any_more_is_added_again(db, people, two_reviews, case, of_kind, decide):
    decide(of_kind("missing"), variants=[0])
    change(db, people, two_reviews, "12 years")
    (left,) = case().left
    assert deciding.home_of(case(), left) is None
    deciding.again(db, people.cyd, two_reviews.article, left.group)
    added = next(one for one in case().groups if one.kind == "added")
    assert (added.variants[0].start, case().left) == (place("figure", "12 years")[0], [])


def test_a_decision_on_a_group_that_is_no_more_can_be_dropped(db, people, two_reviews, case, of_kind, decide):
    decide(of_kind("missing"), variants=[0])
    change(db, people, two_reviews, "12 years")
    (left,) = case().left
    adjudicating.take_back(db, people.cyd, two_reviews.article, left.group)
    assert case().left == []


def test_the_gold_of_the_last_close_is_there_to_decide_by(db, people, two_reviews, case, decide):
    assert case().past == []
    for one in case().undecided:
        decide(one, variants=[0])
    adjudicating.close(db, people.cyd, two_reviews.article)
    gold = {(one.start, one.end, one.label) for one in case().past}
    assert gold == set()  # closed: what stands is the gold itself
    adjudicating.reopen(db, people.cyd, two_reviews.article)
    assert {TEXT[one.start : one.end] for one in case().past} >= {"The tunnel leaks", "12 years"}
    missing = next(one for one in case().groups if one.kind == "missing")
    adjudicating.take_back(db, people.cyd, two_reviews.article, missing.id)
    decision = deciding.before(case(), missing)
    assert (decision.action, decision.variants) == ("accept", (0,))


def test_nothing_is_taken_again_where_nothing_was(db, people, two_reviews, of_kind):
    with pytest.raises(Conflict, match="Nothing was decided"):
        deciding.again(db, people.cyd, two_reviews.article, of_kind("label").id)
    with pytest.raises(Missing):
        deciding.again(db, people.cyd, two_reviews.article, "a" * 16)


def test_who_is_no_adjudicator_does_none_of_it(db, people, two_reviews, of_kind):
    group = of_kind("label").id
    for viewer in (people.ana, people.max, people.eve):
        for act in (
            lambda viewer=viewer: deciding.undo(db, viewer, two_reviews.article),
            lambda viewer=viewer: deciding.redo(db, viewer, two_reviews.article),
            lambda viewer=viewer: deciding.again(db, viewer, two_reviews.article, group),
            lambda viewer=viewer: deciding.accept_where(db, viewer, two_reviews.article, 1),
        ):
            with pytest.raises(Missing):
                act()
