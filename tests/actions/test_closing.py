"""Gold: what closing makes of the decisions, and what opening again does to it."""

import pytest

from annotator.actions import adjudicating, reviewing, tagging
from annotator.actions.tagging import NewRelation, SpanChange
from annotator.core.decisions import Decision
from annotator.errors import Conflict
from annotator.store import articles, visible
from factories import TEXT, span


def place(label, words):
    one = span(label, words)
    return one["start"], one["end"], one["label"]


@pytest.fixture
def decide_all(db, people, two_reviews):
    """Decides on every open group: accepts all variants of it, or what is given for its kind."""

    def call(**by_kind):
        for group in adjudicating.open_case(db, people.cyd, two_reviews.article).undecided:
            given = by_kind.get(group.kind, {"action": "accept", "variants": tuple(range(len(group.variants)))})
            adjudicating.decide(db, people.cyd, two_reviews.article, Decision(group.id, **given))

    return call


@pytest.fixture
def close(db, people, two_reviews):
    return lambda: adjudicating.close(db, people.cyd, two_reviews.article)


@pytest.fixture
def gold(db, people, two_reviews):
    """The gold spans by (label, words)."""

    def read():
        with db.read() as connection:
            found = visible.gold(
                connection, people.cyd, articles.article(connection, two_reviews.article)
            )  # fmt: skip
        return {(one.label, TEXT[one.start : one.end]): one for one in found}

    return read


@pytest.fixture
def now(db, two_reviews):
    def read():
        with db.read() as connection:
            return articles.article(connection, two_reviews.article)

    return read


def test_gold_is_what_was_accepted_edited_and_added(db, people, two_reviews, decide_all, close, gold, now):
    decide_all(
        missing={"action": "reject"},
        boundary={"action": "edit", "spans": (place("figure", "53 workers"), place("claim", "fell ill, the"))},
        label={"action": "accept", "variants": (0, 1)},
        mixed={"action": "accept", "variants": (0,)},
    )
    adjudicating.add(db, people.cyd, two_reviews.article, place("claim", "the union says"))
    assert close() == len(gold()) == 7
    assert set(gold()) == {
        ("claim", "The tunnel leaks"),
        ("figure", "53 workers"),
        ("claim", "fell ill, the"),
        ("quote", "Nobody was hurt"),
        ("denial", "Nobody was hurt"),
        ("claim", "Two inspectors disagree"),
        ("claim", "the union says"),
    }
    assert (now().state, now().stale, now().closed_by) == ("closed", False, "cyd")


def test_gold_spans_remember_the_review_spans_they_came_from(db, people, two_reviews, decide_all, close, gold):
    decide_all(boundary={"action": "edit", "spans": (place("claim", "53 workers"),)})
    adjudicating.add(db, people.cyd, two_reviews.article, place("claim", "the union says"))
    close()
    ana, ben, made = two_reviews.ana, two_reviews.ben, gold()

    def origin(label, words):
        return set(made[label, words].origin)

    assert origin("claim", "The tunnel leaks") == {ana["The tunnel leaks"].id, ben["The tunnel leaks"].id}
    assert origin("figure", "12 years") == {ana["12 years"].id}
    assert origin("denial", "Nobody was hurt") == {ben["Nobody was hurt"].id}
    assert origin("claim", "53 workers") == {ana["workers fell ill"].id, ben["53 workers fell ill"].id}
    assert origin("claim", "the union says") == set()


def test_an_edit_onto_an_accepted_place_is_one_gold_span_with_both_origins(two_reviews, decide_all, close, gold):
    decide_all(boundary={"action": "edit", "spans": (place("figure", "12 years"),)})
    close()
    origin = gold()["figure", "12 years"].origin
    assert set(origin) == {
        two_reviews.ana[words].id for words in ("12 years", "workers fell ill")
    } | {two_reviews.ben["53 workers fell ill"].id}  # fmt: skip


def test_an_article_that_nobody_tagged_closes_with_empty_gold(db, people, article):
    for viewer in (people.ana, people.ben):
        reviewing.submit(db, viewer, article)
    assert adjudicating.close(db, people.cyd, article) == 0


def test_a_closed_article_takes_no_decision(db, people, two_reviews, decide_all, close, log):
    decide_all()
    close()
    group, before = adjudicating.open_case(db, people.cyd, two_reviews.article).groups[0].id, log()
    for act in (
        lambda: adjudicating.decide(db, people.cyd, two_reviews.article, Decision(group, "reject")),
        lambda: adjudicating.take_back(db, people.cyd, two_reviews.article, group),
        lambda: adjudicating.add(db, people.cyd, two_reviews.article, place("claim", "the union says")),
        close,
    ):
        with pytest.raises(Conflict, match="closed"):
            act()
    assert log() == before


def test_only_a_closed_article_is_reopened(db, people, two_reviews, decide_all, close):
    with pytest.raises(Conflict, match="not closed"):
        adjudicating.reopen(db, people.cyd, two_reviews.article)
    decide_all()
    close()
    adjudicating.reopen(db, people.cyd, two_reviews.article)
    with pytest.raises(Conflict, match="not closed"):
        adjudicating.reopen(db, people.cyd, two_reviews.article)


def test_a_reopened_article_keeps_decisions_and_stale_gold(db, people, two_reviews, decide_all, close, gold, now):
    decide_all()
    close()
    before = gold()
    adjudicating.reopen(db, people.cyd, two_reviews.article, "a mistake")
    assert (now().state, now().stale) == ("reopened", True)
    assert gold() == before
    assert adjudicating.open_case(db, people.cyd, two_reviews.article).undecided == []


def test_closing_again_keeps_the_ids_of_gold_that_stays(db, people, two_reviews, decide_all, close, gold, now):
    decide_all()
    close()
    before = gold()
    adjudicating.reopen(db, people.cyd, two_reviews.article)
    label = next(g for g in adjudicating.open_case(db, people.cyd, two_reviews.article).groups if g.kind == "label")
    adjudicating.decide(db, people.cyd, two_reviews.article, Decision(label.id, "reject"))
    close()
    assert (now().state, now().stale) == ("closed", False)
    assert {key: one.id for key, one in gold().items()} == {
        key: one.id for key, one in before.items() if key[1] != "Nobody was hurt"
    }


def test_reopening_a_review_after_the_close_marks_gold_stale_and_loses_nothing(
    db, people, two_reviews, decide_all, close, gold, now
):
    decide_all()
    close()
    before = gold()
    reviewing.reopen(db, people.ana, two_reviews.article)
    assert (now().state, now().stale) == ("closed", True)
    assert gold() == before
    one = two_reviews.ana["12 years"]
    tagging.change_span(db, people.ana, one.id, SpanChange(**span("figure", "for 12 years")), 1)
    reviewing.submit(db, people.ana, two_reviews.article)
    adjudicating.reopen(db, people.cyd, two_reviews.article)
    case = adjudicating.open_case(db, people.cyd, two_reviews.article)
    assert [TEXT[g.variants[0].start : g.variants[0].end] for g in case.undecided] == ["for 12 years"]
    decide_all()
    close()
    assert now().stale is False
    assert ("figure", "for 12 years") in gold()
    assert ("figure", "12 years") not in gold()


def test_gold_has_the_relations_that_all_with_both_ends_drew(db, people, article, tag):
    for viewer in (people.ana, people.ben):
        claim, denial = tag(viewer, "claim", "53 workers fell ill"), tag(viewer, "denial", "anyone fell ill")
        quote = tag(viewer, "quote", "Nobody was hurt")
        tagging.add_relation(db, viewer, article, NewRelation("denies", denial.id, claim.id))
        if viewer is people.ana:
            tagging.add_relation(db, viewer, article, NewRelation("attributed_to", quote.id, claim.id))
        reviewing.submit(db, viewer, article)
    adjudicating.close(db, people.cyd, article)
    with db.read() as connection:
        rows = connection.exec_driver_sql("SELECT type FROM gold_relations").scalars().all()
    assert rows == ["denies"]


def test_an_attribute_goes_to_gold_where_all_who_set_it_agree(db, people, article, tag):
    given = {"ana": {"value": 53, "unit": "people"}, "ben": {"value": 53, "unit": "workers", "qualifier": "at least"}}
    for name, attributes in given.items():
        tag(getattr(people, name), "figure", "53 workers", attributes=attributes)
        reviewing.submit(db, getattr(people, name), article)
    adjudicating.close(db, people.cyd, article)
    with db.read() as connection:
        (one,) = visible.gold(connection, people.cyd, articles.article(connection, article))
    assert one.attributes == {"qualifier": "at least", "value": 53}
