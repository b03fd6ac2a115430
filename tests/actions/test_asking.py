"""Questions to reviewers, notes on the guidelines, spot checks."""

import msgspec
import pytest

from annotator.actions import adjudicating, asking, guidelines, projects, reviewing, spot_checks
from annotator.core.decisions import Decision
from annotator.core.scheme import DEFAULT_SCHEME
from annotator.errors import Conflict, Missing, Refused
from annotator.store import asking as asking_store
from annotator.store import journal, replay
from factories import article_text


@pytest.fixture
def case(db, people, two_reviews):
    return lambda: adjudicating.open_case(db, people.cyd, two_reviews.article)


@pytest.fixture
def of_kind(case):
    return lambda kind: next(one for one in case().groups if one.kind == kind)


@pytest.fixture
def ask(db, people, two_reviews):
    return lambda text="Why?", **more: asking.ask(db, people.cyd, two_reviews.article, text, **more)


@pytest.fixture
def questions(db, two_reviews):
    def read(viewer):
        with db.read() as connection:
            return asking_store.my_questions(connection, viewer, two_reviews.article)

    return read


@pytest.fixture
def words(db):
    """What the log proves of each reviewer's review: blind, and asked."""

    def read():
        with db.read() as connection:
            replay.check_replay(connection)
            found = replay.blind_reviews(journal.entries(connection))
        return {one.reviewer: (one.blind, bool(one.asked)) for one in found}

    return read


# -- questions


def test_a_question_goes_to_those_in_the_group_with_their_own_spans_alone(
    db, people, two_reviews, of_kind, ask, questions
):
    group = of_kind("missing")
    assert ask(group=group.id) == ["ana"]
    (one,) = questions(people.ana)
    assert (one.text, one.by, one.spans, one.answer) == ("Why?", "cyd", (two_reviews.ana["12 years"].id,), None)
    assert questions(people.ben) == []
    with pytest.raises(Conflict, match="1 of 2 reviews"):
        adjudicating.open_case(db, people.cyd, two_reviews.article)


def test_who_lacks_the_span_can_be_asked_and_is_shown_none(people, of_kind, ask, questions):
    assert ask(group=of_kind("missing").id, to=["ben"]) == ["ben"]
    assert questions(people.ben)[0].spans == ()


def test_without_a_group_all_are_asked(ask):
    assert ask() == ["ana", "ben"]


@pytest.mark.parametrize(
    ("more", "where"), [({"text": " "}, "text"), ({"to": ["eve"]}, "to"), ({"text": "\x00"}, "text")]
)
def test_a_wrong_question_is_refused_by_its_field(more, where, ask, case):
    with pytest.raises(Refused) as refused:
        ask(**{"text": "Why?"} | more)
    assert refused.value.where == where
    assert case().questions == []


def test_an_answer_comes_back_with_the_review(db, people, two_reviews, of_kind, ask, questions, case):
    ask(group=of_kind("missing").id)
    (one,) = questions(people.ana)
    asking.answer(db, people.ana, two_reviews.article, {one.id: " It is counted. "})
    reviewing.submit(db, people.ana, two_reviews.article)
    assert [(q.name, q.answer, q.group) for q in case().questions] == [("ana", "It is counted.", of_kind("missing").id)]
    with pytest.raises(Conflict):
        asking.answer(db, people.ana, two_reviews.article, {one.id: "later"})


def test_a_question_is_answered_by_whom_it_went_to(db, people, two_reviews, of_kind, ask, questions):
    ask(group=of_kind("missing").id)
    (one,) = questions(people.ana)
    for viewer in (people.ben, people.eve, people.cyd):
        with pytest.raises(Missing):
            asking.answer(db, viewer, two_reviews.article, {one.id: "I"})


def test_decisions_stay_over_a_question(db, people, two_reviews, of_kind, ask, case):
    label = of_kind("label")
    adjudicating.decide(db, people.cyd, two_reviews.article, Decision(label.id, "reject"))
    ask(to=["ana"])
    reviewing.submit(db, people.ana, two_reviews.article)
    assert case().force[label.id].action == "reject"


def test_the_log_says_which_reviews_were_submitted_again_after_a_question(db, people, two_reviews, ask, words, case):
    case()
    assert words() == {"ana": (True, False), "ben": (True, False)}
    ask(to=["ana"])
    assert words() == {"ben": (True, False)}
    reviewing.submit(db, people.ana, two_reviews.article)
    assert words() == {"ana": (True, True), "ben": (True, False)}


def test_a_closed_article_is_not_sent_back(db, people, two_reviews, ask, case):
    for one in case().undecided:
        adjudicating.decide(db, people.cyd, two_reviews.article, Decision(one.id, "reject"))
    adjudicating.close(db, people.cyd, two_reviews.article)
    with pytest.raises(Conflict, match="closed"):
        ask()


def test_who_is_no_adjudicator_asks_and_notes_nothing(db, people, two_reviews, of_kind):
    group = of_kind("label").id
    for viewer in (people.ana, people.max, people.eve):
        with pytest.raises(Missing):
            asking.ask(db, viewer, two_reviews.article, "Why?")
        with pytest.raises(Missing):
            guidelines.note(db, viewer, two_reviews.article, group, "claim", "Say more.")


# -- the guideline loop


def loop(db, viewer):
    with db.read() as connection:
        found = guidelines.loop(connection, viewer, "desk")
    return [(one.label, one.text, one.since) for one in found.notes], [(one.group, one.since) for one in found.groups]


def test_notes_and_unclear_groups_are_listed_until_the_guidelines_change(db, people, two_reviews, of_kind):
    group = of_kind("label")
    guidelines.note(db, people.cyd, two_reviews.article, group.id, "quote", "A denial in quotation marks?")
    decision = Decision(group.id, "reject", reason="Guideline unclear")
    adjudicating.decide(db, people.cyd, two_reviews.article, decision)
    for viewer in (people.cyd, people.max):
        assert loop(db, viewer) == ([("quote", "A denial in quotation marks?", None)], [(group.id, None)])
    labels = [msgspec.structs.replace(one, title=one.title + "s") for one in DEFAULT_SCHEME.labels]
    projects.change_scheme(db, people.max, "desk", msgspec.structs.replace(DEFAULT_SCHEME, labels=tuple(labels)))
    assert loop(db, people.max) == ([("quote", "A denial in quotation marks?", None)], [(group.id, None)])
    better = msgspec.structs.replace(DEFAULT_SCHEME, guidelines="Both.")
    projects.change_scheme(db, people.max, "desk", better)
    assert loop(db, people.max) == ([("quote", "A denial in quotation marks?", 3)], [(group.id, 3)])
    for viewer in (people.ana, people.eve):
        with pytest.raises(Missing):
            loop(db, viewer)


@pytest.mark.parametrize(("label", "text", "where"), [("claim", " ", "text"), ("rumour", "?", "label")])
def test_a_wrong_note_is_refused_by_its_field(label, text, where, db, people, two_reviews, of_kind):
    with pytest.raises(Refused) as refused:
        guidelines.note(db, people.cyd, two_reviews.article, of_kind("label").id, label, text)
    assert refused.value.where == where


# -- spot checks


@pytest.fixture
def singles(db, people, project, load):
    """Twenty articles that ana alone reviewed in a project of one review each; answers with their ids."""
    projects.change_project(db, people.max, "desk", reviews=1, spot_check=30)
    load(*({"text": article_text(seed=n), "key": str(n)} for n in range(20)))
    with db.read() as connection:
        ids = connection.exec_driver_sql("SELECT id FROM articles ORDER BY position").scalars().all()
    for article in ids:
        reviewing.submit(db, people.ana, article)
    return ids


def chosen(db, viewer, secret="s"):
    with db.read() as connection:
        return [one.article.id for one in spot_checks.chosen(connection, viewer, "desk", secret)[1]]


def test_the_same_share_of_single_reviews_is_chosen_every_time(db, people, singles):
    first = chosen(db, people.cyd)
    assert first == chosen(db, people.cyd) == [one for one in singles if one in first]
    assert 0 < len(first) < len(singles)
    assert chosen(db, people.cyd, "another") != first
    for percent, number in ((0, 0), (100, 20)):
        projects.change_project(db, people.max, "desk", spot_check=percent)
        assert len(chosen(db, people.cyd)) == number


def test_a_larger_share_holds_the_smaller(singles):
    for n in range(500):
        drawn = [spot_checks.is_chosen(str(n), percent, "s") for percent in range(101)]
        assert drawn == sorted(drawn)
    share = sum(spot_checks.is_chosen(str(n), 20, "s") for n in range(5000)) / 5000
    assert 0.18 < share < 0.22


def test_what_is_not_chosen_closes_in_one_go_and_the_rest_waits(db, people, singles):
    waiting = chosen(db, people.cyd)
    assert spot_checks.close_rest(db, people.cyd, "desk", "s") == 20 - len(waiting)
    assert spot_checks.close_rest(db, people.cyd, "desk", "s") == 0
    with db.read() as connection:
        open_still = connection.exec_driver_sql("SELECT id FROM articles WHERE state = 'open'").scalars().all()
    assert set(open_still) == set(waiting)


def test_who_looked_an_article_through_is_written_down(db, people, singles):
    article = chosen(db, people.cyd)[0]
    spot_checks.check(db, people.cyd, article)
    spot_checks.check(db, people.cyd, article)
    with db.read() as connection:
        found = spot_checks.chosen(connection, people.cyd, "desk", "s")[1]
        replay.check_replay(connection)
    assert {one.article.id: one.checked_by for one in found}[article] == "cyd"


def test_an_article_that_needs_two_reviews_is_no_spot_check(db, people, two_reviews, load):
    projects.change_project(db, people.max, "desk", spot_check=100)
    load({"text": article_text(seed=1), "key": "half"})
    with db.read() as connection:
        half = connection.exec_driver_sql("SELECT id FROM articles WHERE key = 'half'").scalar_one()
    reviewing.submit(db, people.ana, half)
    assert chosen(db, people.cyd) == []
    with pytest.raises(Conflict, match="one person reviewed"):
        spot_checks.check(db, people.cyd, two_reviews.article)


def test_spot_checks_are_for_adjudicators(db, people, singles):
    for viewer in (people.ana, people.max, people.eve):
        with pytest.raises(Missing):
            chosen(db, viewer)
        with pytest.raises(Missing):
            spot_checks.close_rest(db, viewer, "desk", "s")
        with pytest.raises(Missing):
            spot_checks.check(db, viewer, singles[0])
