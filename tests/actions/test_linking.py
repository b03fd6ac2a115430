"""Relations of the gold: proposed from what the reviewers drew, accepted, rejected, added, taken back."""

import pytest

from annotator.actions import adjudicating, deciding, linking, reviewing, tagging
from annotator.actions.tagging import NewRelation
from annotator.core.decisions import Decision
from annotator.errors import Conflict, Missing, Refused, Stale
from annotator.store import replay
from factories import span

ILL, DENIED, HURT = ("claim", "53 workers fell ill"), ("denial", "anyone fell ill"), ("quote", "Nobody was hurt")


def place(label, words):
    one = span(label, words)
    return one["start"], one["end"], one["label"]


@pytest.fixture
def drawn(db, people, article, tag):
    """Both have all three spans; both drew `denies`, ana alone `attributed_to`. Answers with the article."""
    for viewer in (people.ana, people.ben):
        claim, denial, quote = (tag(viewer, *one) for one in (ILL, DENIED, HURT))
        tagging.add_relation(db, viewer, article, NewRelation("denies", denial.id, claim.id))
        if viewer is people.ana:
            tagging.add_relation(db, viewer, article, NewRelation("attributed_to", quote.id, claim.id))
        reviewing.submit(db, viewer, article)
    return article


@pytest.fixture
def links(db, people, drawn):
    def read():
        found = adjudicating.open_case(db, people.cyd, drawn).links
        return {one.type: one for one in found}

    return read


@pytest.fixture
def gold(db, people, drawn):
    def read():
        adjudicating.close(db, people.cyd, drawn)
        with db.read() as connection:
            replay.check_replay(connection)
            query = "SELECT type FROM gold_relations ORDER BY type"
            return connection.exec_driver_sql(query).scalars().all()

    return read


def test_relations_are_proposed_with_who_drew_them_and_the_rule_holds(links, gold):
    assert {name: (one.drawn, one.able, one.accepted) for name, one in links().items()} == {
        "denies": (("ana", "ben"), ("ana", "ben"), True),
        "attributed_to": (("ana",), ("ana", "ben"), False),
    }
    assert gold() == ["denies"]


def test_what_was_decided_on_a_relation_goes_before_the_rule(db, people, drawn, links, gold):
    linking.settle(db, people.cyd, drawn, links()["denies"].id, accepted=False)
    linking.settle(db, people.cyd, drawn, links()["attributed_to"].id, accepted=True, reason="she says so")
    assert links()["attributed_to"].decision.reason == "she says so"
    assert gold() == ["attributed_to"]


def test_a_relation_that_nobody_drew_is_added_and_taken_back(db, people, drawn, links, gold):
    made = linking.add(db, people.cyd, drawn, "attributed_to", place(*HURT), place(*DENIED))
    added = next(one for one in adjudicating.open_case(db, people.cyd, drawn).links if one.id == made)
    assert (added.drawn, added.accepted) == ((), True)
    linking.take_back(db, people.cyd, drawn, made)
    assert set(links()) == {"denies", "attributed_to"}
    assert links()["attributed_to"].drawn == ("ana",)
    linking.add(db, people.cyd, drawn, "attributed_to", place(*HURT), place(*DENIED))
    assert gold() == ["attributed_to", "denies"]


@pytest.mark.parametrize(
    ("kind", "source", "target", "error", "where"),
    [
        ("denies", place(*ILL), place(*DENIED), Refused, "type"),
        ("refutes", place(*DENIED), place(*ILL), Refused, "type"),
        ("denies", place(*DENIED), place(*DENIED), Refused, "to"),
        ("denies", place("denial", "12 years"), place(*ILL), Conflict, "from"),
        ("denies", place(*DENIED), place("claim", "12 years"), Conflict, "to"),
    ],
)
def test_a_relation_that_cannot_be_is_refused_with_its_end(kind, source, target, error, where, db, people, drawn):
    with pytest.raises(error) as refused:
        linking.add(db, people.cyd, drawn, kind, source, target)
    assert refused.value.where == where


def test_a_relation_goes_with_its_end_and_comes_back_with_it(db, people, drawn, links):
    linking.settle(db, people.cyd, drawn, links()["attributed_to"].id, accepted=True)
    claim = next(
        one for one in adjudicating.open_case(db, people.cyd, drawn).groups if one.variants[0].label == "claim"
    )
    adjudicating.decide(db, people.cyd, drawn, Decision(claim.id, "reject"))
    assert links() == {}
    adjudicating.take_back(db, people.cyd, drawn, claim.id)
    assert links()["attributed_to"].accepted


def test_undo_takes_back_what_was_decided_on_relations(db, people, drawn, links):
    before = links()
    linking.settle(db, people.cyd, drawn, before["denies"].id, accepted=False)
    linking.settle(db, people.cyd, drawn, before["denies"].id, accepted=True)
    linking.take_back(db, people.cyd, drawn, before["denies"].id)
    for accepted in (True, False):
        deciding.undo(db, people.cyd, drawn)
        assert links()["denies"].decision.accepted is accepted
    deciding.undo(db, people.cyd, drawn)
    assert links() == before


def test_a_stale_decision_on_a_relation_is_refused(db, people, drawn, links):
    one = links()["denies"].id
    seen = adjudicating.open_case(db, people.cyd, drawn).version(one)
    linking.settle(db, people.root, drawn, one, accepted=False)
    with pytest.raises(Stale, match="root decided"):
        linking.settle(db, people.cyd, drawn, one, accepted=True, version=seen)
    with pytest.raises(Stale):
        linking.take_back(db, people.cyd, drawn, one, version=seen)


def test_who_is_no_adjudicator_settles_nothing(db, people, drawn, links):
    one = links()["denies"].id
    for viewer in (people.ana, people.max, people.eve):
        for act in (
            lambda viewer=viewer: linking.settle(db, viewer, drawn, one, accepted=False),
            lambda viewer=viewer: linking.add(db, viewer, drawn, "denies", place(*DENIED), place(*ILL)),
            lambda viewer=viewer: linking.take_back(db, viewer, drawn, one),
        ):
            with pytest.raises(Missing):
                act()
    with pytest.raises(Missing):
        linking.settle(db, people.cyd, drawn, "a" * 16, accepted=True)
    with pytest.raises(Conflict, match="none to take back"):
        linking.take_back(db, people.cyd, drawn, one)
