"""Schemes that change: versions, what cannot be taken away, and the version that each review is made under."""

import msgspec
import pytest
from sqlalchemy import text as sql

from annotator.actions import adjudicating, projects, reviewing, tagging
from annotator.actions.tagging import NewSpan, SpanChange
from annotator.core.scheme import DEFAULT_SCHEME, Attribute, Label, Relation
from annotator.errors import Conflict, Missing, Refused
from annotator.store import projects as store
from annotator.store import schemes
from annotator.store.journal import COMMAND_LINE
from factories import article_text, new_span

replaced = msgspec.structs.replace


def without(name, scheme=DEFAULT_SCHEME):
    labels = tuple(label for label in scheme.labels if label.name != name)
    return replaced(scheme, labels=labels, relations=())


def retired(name, scheme=DEFAULT_SCHEME):
    labels = tuple(replaced(label, retired=label.name == name) for label in scheme.labels)
    return replaced(scheme, labels=labels)


@pytest.fixture
def change(db, people, project):
    return lambda scheme: projects.change_scheme(db, people.max, "desk", scheme)


def used(db):
    with db.read() as connection:
        return schemes.in_use(connection, store.project(connection, "desk"))


def test_each_change_is_a_version_with_who_made_it(db, people, change):
    guided = replaced(DEFAULT_SCHEME, guidelines="Mark all.")
    assert change(guided) == 2
    assert change(guided) == 2  # the same again is none
    with db.read() as connection:
        found = schemes.versions(connection, "desk")
    assert [(one.number, one.by, one.scheme) for one in found] == [
        (2, "max", guided),
        (1, COMMAND_LINE, DEFAULT_SCHEME),
    ]


def test_what_nothing_has_may_go_and_come(db, change):
    assert change(without("figure")) == 2
    assert change(DEFAULT_SCHEME) == 3


def test_a_label_that_a_span_has_stays(db, people, change, load):
    load({"text": article_text(), "spans": [{"start": 0, "end": 3, "label": "claim"}]})
    with pytest.raises(Conflict, match="claim") as refused:
        change(without("claim"))
    assert refused.value.where == "labels"
    assert change(retired("claim")) == 2
    change(without("quote", retired("claim")))


def test_a_label_that_a_review_may_still_give_stays(change, tag, people):
    tag(people.ana, "claim", "53 workers")
    with pytest.raises(Conflict, match="quote"):
        change(without("quote"))


def test_an_attribute_in_use_stays_and_keeps_its_type(change, load, db):
    text = article_text()
    load({"text": text, "spans": [{"start": 0, "end": 3, "label": "figure", "attributes": {"unit": "m"}}]})
    assert used(db).attributes == {"unit"}
    others = {name: rule for name, rule in DEFAULT_SCHEME.attributes.items() if name != "unit"}
    labels = tuple(
        replaced(label, attributes=tuple(one for one in label.attributes if one != "unit"))
        for label in DEFAULT_SCHEME.labels
    )
    with pytest.raises(Conflict, match="unit"):
        change(replaced(DEFAULT_SCHEME, labels=labels, attributes=others))
    with pytest.raises(Conflict, match="unit"):
        change(replaced(DEFAULT_SCHEME, attributes=others | {"unit": Attribute("number")}))
    change(replaced(DEFAULT_SCHEME, labels=labels))


def test_a_relation_in_use_stays(db, people, change, tag, article):
    ends = [tag(people.ana, label, words).id for label, words in (("denial", "anyone fell"), ("claim", "53 workers"))]
    tagging.add_relation(db, people.ana, article, tagging.NewRelation("denies", *ends))
    with pytest.raises(Conflict, match="attributed_to, denies"):
        change(replaced(DEFAULT_SCHEME, relations=()))
    other = Relation("denies", ("denial",), ("claim", "quote"))
    change(replaced(DEFAULT_SCHEME, relations=(other, DEFAULT_SCHEME.relations[1])))


def test_a_relation_that_a_review_may_give_stays_whether_or_not_it_did(people, change, tag):
    change(replaced(DEFAULT_SCHEME, relations=DEFAULT_SCHEME.relations[:1]))
    tag(people.ana, "claim", "53 workers")
    with pytest.raises(Conflict, match="denies"):
        change(replaced(DEFAULT_SCHEME, relations=()))


def test_a_review_goes_on_under_its_own_version_until_its_reviewer_takes_the_newest(db, people, change, tag, article):
    kept = tag(people.ana, "quote", "53 workers")
    change(replaced(retired("quote"), labels=(*retired("quote").labels, Label("rumour"))))
    tag(people.ana, "quote", "The tunnel leaks")
    with pytest.raises(Refused, match="rumour"):
        tag(people.ana, "rumour", "12 years")
    tag(people.ben, "rumour", "12 years")
    with pytest.raises(Refused, match="retired"):
        tag(people.ben, "quote", "12 years")
    reviewing.take_newest_scheme(db, people.ana, article)
    tag(people.ana, "rumour", "12 years")
    with pytest.raises(Refused, match="retired"):
        tag(people.ana, "quote", "Two inspectors")
    tagging.change_span(db, people.ana, kept.id, SpanChange(label="quote", note="kept"), 1)
    with pytest.raises(Refused, match="retired"):
        tagging.change_span(db, people.ana, tag(people.ana, "claim", "disagree").id, SpanChange(label="quote"), 1)


def test_only_ones_own_open_review_takes_the_newest_version(db, people, change, tag, article, log):
    tag(people.ana, "quote", "53 workers")
    change(retired("quote"))
    reviewing.submit(db, people.ana, article)
    with pytest.raises(Conflict):
        reviewing.take_newest_scheme(db, people.ana, article)
    for other in (people.ben, people.eve):
        with pytest.raises(Missing):
            reviewing.take_newest_scheme(db, other, article)
    reviewing.reopen(db, people.ana, article)
    for _ in range(2):
        reviewing.take_newest_scheme(db, people.ana, article)
    assert [entry.action for entry in log()].count("review.updated") == 1
    with db.read() as connection:
        assert connection.execute(sql("SELECT scheme_version FROM reviews")).scalar() == 2


def test_an_adjudicator_adds_nothing_retired(db, people, change, two_reviews):
    change(retired("quote"))
    adjudicating.open_case(db, people.cyd, two_reviews.article)
    new = new_span("quote", "12 years")
    with pytest.raises(Refused, match="retired"):
        adjudicating.add(db, people.cyd, two_reviews.article, (new.start, new.end, "quote"))


def test_retired_labels_free_their_keys(change):
    labels = (*retired("quote").labels, Label("rumour", key="3"))
    assert change(replaced(DEFAULT_SCHEME, labels=labels, relations=DEFAULT_SCHEME.relations)) == 2


def test_all_labels_retired_is_no_scheme(change):
    with pytest.raises(Refused, match="one label"):
        change(replaced(DEFAULT_SCHEME, labels=tuple(replaced(one, retired=True) for one in DEFAULT_SCHEME.labels)))


def test_new_span_of_a_label_from_nowhere(db, people, article):
    from conftest import LIMITS

    with pytest.raises(Refused, match="has no label"):
        tagging.add_span(db, people.ana, article, NewSpan(0, 3, "nothing"), LIMITS, by_hand=False)
