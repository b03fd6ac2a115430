"""The transition tables: every (state, act) pair is allowed or refused, as drawn here."""

from itertools import product

import pytest

from annotator.core import states
from annotator.core.states import ARTICLE, REVIEW, step
from annotator.errors import Conflict

REVIEW_STEPS = {
    ("assigned", "tag"): "in_progress",
    ("assigned", "submit"): "submitted",
    ("assigned", "reopen"): None,
    ("in_progress", "tag"): "in_progress",
    ("in_progress", "submit"): "submitted",
    ("in_progress", "reopen"): None,
    ("submitted", "tag"): None,
    ("submitted", "submit"): None,
    ("submitted", "reopen"): "in_progress",
    ("lapsed", "tag"): None,
    ("lapsed", "submit"): None,
    ("lapsed", "reopen"): None,
    ("withdrawn", "tag"): None,
    ("withdrawn", "submit"): None,
    ("withdrawn", "reopen"): None,
    ("assigned", "lapse"): "lapsed",
    ("in_progress", "lapse"): "lapsed",
    ("submitted", "lapse"): None,
    ("lapsed", "lapse"): None,
    ("withdrawn", "lapse"): None,
    ("assigned", "withdraw"): "withdrawn",
    ("in_progress", "withdraw"): "withdrawn",
    ("submitted", "withdraw"): None,
    ("lapsed", "withdraw"): "withdrawn",
    ("withdrawn", "withdraw"): None,
    ("assigned", "resume"): None,
    ("in_progress", "resume"): None,
    ("submitted", "resume"): None,
    ("lapsed", "resume"): "in_progress",
    ("withdrawn", "resume"): "in_progress",
}
ARTICLE_STEPS = {
    ("open", "decide"): "open",
    ("open", "close"): "closed",
    ("open", "reopen"): None,
    ("closed", "decide"): None,
    ("closed", "close"): None,
    ("closed", "reopen"): "reopened",
    ("reopened", "decide"): "reopened",
    ("reopened", "close"): "closed",
    ("reopened", "reopen"): None,
}
TABLES = {"review": (REVIEW, REVIEW_STEPS), "article": (ARTICLE, ARTICLE_STEPS)}
PAIRS = [(table, *pair, after) for table, steps in TABLES.values() for pair, after in steps.items()]


@pytest.mark.parametrize(("table", "expected"), TABLES.values(), ids=TABLES)
def test_every_pair_is_drawn_here(table, expected):
    acts = {act for row in table.values() for act in row}
    assert set(product(table, acts)) == set(expected)


@pytest.mark.parametrize(("table", "expected"), TABLES.values(), ids=TABLES)
def test_every_state_that_is_led_to_has_a_way_out(table, expected):
    assert {after for row in table.values() for after in row.values()} <= set(table)
    assert all(table.values())


@pytest.mark.parametrize(("table", "state", "act", "after"), [one for one in PAIRS if one[3]])
def test_what_is_allowed_leads_on(table, state, act, after):
    assert step(table, state, act) == after


@pytest.mark.parametrize(("table", "state", "act", "after"), [one for one in PAIRS if not one[3]])
def test_what_is_not_allowed_is_refused_in_words_that_name_the_thing(table, state, act, after):
    with pytest.raises(Conflict) as caught:
        step(table, state, act)
    assert caught.value.why.startswith("This review " if table is REVIEW else "This article ")
    assert caught.value.status == 409


def test_no_words_are_left_for_what_is_allowed():
    allowed = {(state, act) for table in (REVIEW, ARTICLE) for state, row in table.items() for act in row}
    assert not allowed & set(states._WHY)
