"""Handing a review in and taking it back."""

import pytest

from annotator.actions import adjudicating, reviewing
from annotator.errors import Conflict, Missing
from annotator.store import articles, visible


@pytest.fixture
def review_state(db, article):
    def read(viewer):
        with db.read() as connection:
            review = visible.my_review(connection, viewer, article)
            return review and review.state

    return read


def test_a_review_goes_from_assigned_to_submitted_and_back(db, people, article, tag, review_state):
    assert review_state(people.ana) is None
    reviewing.take_next(db, people.ana, "desk")
    assert review_state(people.ana) == "assigned"
    tag(people.ana, "claim", "53 workers")
    assert review_state(people.ana) == "in_progress"
    reviewing.submit(db, people.ana, article)
    assert review_state(people.ana) == "submitted"
    reviewing.reopen(db, people.ana, article)
    assert review_state(people.ana) == "in_progress"


def test_an_article_without_a_span_can_be_submitted(db, people, article, review_state):
    reviewing.submit(db, people.ana, article)
    assert review_state(people.ana) == "submitted"


def test_submitting_twice_conflicts(db, people, article, log):
    reviewing.submit(db, people.ana, article)
    before = log()
    with pytest.raises(Conflict, match="already"):
        reviewing.submit(db, people.ana, article)
    assert log() == before


def test_only_a_submitted_review_is_reopened(db, people, article):
    with pytest.raises(Missing):
        reviewing.reopen(db, people.ana, article)
    reviewing.take_next(db, people.ana, "desk")
    with pytest.raises(Conflict, match="not submitted"):
        reviewing.reopen(db, people.ana, article)


def test_reopening_before_closing_marks_nothing_stale(db, people, two_reviews):
    reviewing.reopen(db, people.ana, two_reviews.article)
    with db.read() as connection:
        assert not articles.article(connection, two_reviews.article).stale


def test_a_reopened_review_holds_adjudication_up(db, people, two_reviews):
    adjudicating.open_case(db, people.cyd, two_reviews.article)
    reviewing.reopen(db, people.ana, two_reviews.article)
    with pytest.raises(Conflict) as refused:
        adjudicating.open_case(db, people.cyd, two_reviews.article)
    assert refused.value.extra == {"submitted": 1, "needed": 2}


@pytest.mark.parametrize("who", ["cyd", "max", "eve"])
def test_who_is_no_reviewer_submits_nothing(who, db, people, article):
    with pytest.raises(Missing):
        reviewing.submit(db, getattr(people, who), article)
