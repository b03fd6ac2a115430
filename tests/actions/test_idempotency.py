"""A write sent twice under one key is done once."""

import pytest

from annotator.actions import reviewing, tagging
from annotator.errors import Conflict, Missing, Refused
from conftest import LIMITS
from factories import new_span


@pytest.fixture
def add(db, people, article):
    def call(label, words, key, who=people.ana, **more):
        return tagging.add_span(
            db, who, article, new_span(label, words, **more), LIMITS, by_hand=False, key=key
        )  # fmt: skip

    return call


def test_the_same_key_and_span_do_nothing_twice(add, log):
    first = add("claim", "53 workers", "k")
    before = log()
    again = add("claim", "53 workers", "k")
    assert (again.after.id, again.created) == (first.after.id, True)
    assert log() == before


def test_a_replay_after_submitting_still_answers(add, db, people, article):
    first = add("claim", "53 workers", "k")
    reviewing.submit(db, people.ana, article)
    assert add("claim", "53 workers", "k").after.id == first.after.id


def test_a_key_for_another_span_is_misused(add):
    add("claim", "53 workers", "k")
    for other in (("claim", "12 years"), ("figure", "53 workers")):
        with pytest.raises(Refused) as refused:
            add(*other, "k")
        assert (refused.value.status, refused.value.where) == (422, "Idempotency-Key")
    with pytest.raises(Refused):
        add("claim", "53 workers", "k", note="with a note")


def test_a_key_is_its_senders_own(add, people):
    mine = add("claim", "53 workers", "k")
    theirs = add("figure", "12 years", "k", who=people.ben)
    assert theirs.created
    assert theirs.after.id != mine.after.id


def test_a_refused_write_uses_no_key_up(add):
    with pytest.raises(Refused):
        add("opinion", "53 workers", "k")
    assert add("claim", "53 workers", "k").created


def test_a_replay_of_a_span_deleted_since_says_so(add, db, people):
    first = add("claim", "53 workers", "k")
    tagging.delete_span(db, people.ana, first.after.id)
    with pytest.raises(Conflict, match="deleted"):
        add("claim", "53 workers", "k")


def test_a_key_is_not_endless(add):
    with pytest.raises(Refused):
        add("claim", "53 workers", "k" * 201)


def test_a_key_opens_no_article_that_one_may_not_see(add, people):
    with pytest.raises(Missing):
        add("claim", "53 workers", "k", who=people.eve)
