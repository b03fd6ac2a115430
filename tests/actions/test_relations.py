"""Links between two spans of one's own review."""

import pytest

from annotator.actions import reviewing, tagging, undoing
from annotator.actions.tagging import NewRelation, NewSpan, SpanChange
from annotator.errors import Conflict, Missing, Refused
from annotator.store import visible
from conftest import LIMITS


@pytest.fixture
def links(db, people, article):
    """ana's relations: (type, from, to)."""

    def read():
        with db.read() as connection:
            review = visible.my_review(connection, people.ana, article)
            found = visible.my_relations(connection, people.ana, review)
            return {(r.id, r.type, r.source, r.target) for r in found}

    return read


@pytest.fixture
def claim(people, tag):
    return tag(people.ana, "claim", "53 workers fell ill")


@pytest.fixture
def denial(people, tag):
    return tag(people.ana, "denial", "anyone fell ill")


@pytest.fixture
def quote(people, tag):
    return tag(people.ana, "quote", "Nobody was hurt")


@pytest.fixture
def link(db, people, article):
    def call(kind, source, target, who=people.ana):
        return tagging.add_relation(db, who, article, NewRelation(kind, source.id, target.id))

    return call


def test_a_link_between_allowed_labels_stands(link, links, denial, claim, quote):
    made = [
        link("denies", denial, claim),
        link("attributed_to", quote, claim),
        link("attributed_to", quote, denial),
    ]
    assert all(new for _, new in made)
    assert len(links()) == 3


def test_the_same_link_again_is_the_first(link, links, denial, claim):
    first, _ = link("denies", denial, claim)
    assert link("denies", denial, claim) == (first, False)
    assert len(links()) == 1


def test_other_ends_than_the_scheme_has_are_refused(link, links, denial, claim, quote):
    for kind, source, target in (
        ("denies", claim, denial),
        ("denies", quote, claim),
        ("attributed_to", claim, quote),
        ("causes", denial, claim),
    ):
        with pytest.raises(Refused) as refused:
            link(kind, source, target)
        assert refused.value.where == "type"
    assert links() == set()


def test_a_span_is_not_linked_to_itself(link, denial):
    with pytest.raises(Refused):
        link("denies", denial, denial)


def test_a_link_to_someone_elses_span_is_not_possible(link, people, tag, denial):
    theirs = tag(people.ben, "claim", "53 workers fell ill")
    with pytest.raises(Missing):
        link("denies", denial, theirs)
    with pytest.raises(Missing):
        link("denies", denial, theirs, who=people.ben)


def test_a_link_over_two_articles_is_refused(db, people, seeds, article, denial):
    far = tagging.add_span(db, people.ana, seeds[0].id, NewSpan(0, 9, "claim"), LIMITS, by_hand=False).after
    for place in (article, seeds[0].id):
        with pytest.raises(Refused, match="this article"):
            tagging.add_relation(db, people.ana, place, NewRelation("denies", denial.id, far.id))


def test_relabelling_drops_what_no_longer_fits_and_undo_brings_it_back(
    db, people, article, link, links, denial, claim, quote
):
    link("denies", denial, claim)
    link("attributed_to", quote, claim)
    before = links()
    tagging.change_span(db, people.ana, claim.id, SpanChange(label="denial"), 1)
    assert {kind for _, kind, *_ in links()} == {"attributed_to"}
    undoing.undo(db, people.ana, article)
    assert links() == before
    undoing.redo(db, people.ana, article)
    assert {kind for _, kind, *_ in links()} == {"attributed_to"}


def test_deleting_a_span_takes_its_links_and_undo_brings_both_back(db, people, article, link, links, denial, claim):
    link("denies", denial, claim)
    before = links()
    tagging.delete_span(db, people.ana, claim.id)
    assert links() == set()
    undoing.undo(db, people.ana, article)
    assert links() == before


def test_a_deleted_link_comes_back_by_undo_with_its_id(db, people, article, link, links, denial, claim):
    made, _ = link("denies", denial, claim)
    before = links()
    tagging.delete_relation(db, people.ana, made.id)
    assert links() == set()
    undoing.undo(db, people.ana, article)
    assert links() == before
    undoing.undo(db, people.ana, article)
    assert links() == set()


def test_someone_elses_link_is_not_there(db, people, link, links, denial, claim):
    made, _ = link("denies", denial, claim)
    for other in (people.ben, people.cyd, people.root):
        with pytest.raises(Missing):
            tagging.delete_relation(db, other, made.id)
    assert len(links()) == 1


def test_links_of_a_submitted_review_stand_still(db, people, article, link, links, denial, claim, quote):
    made, _ = link("denies", denial, claim)
    reviewing.submit(db, people.ana, article)
    with pytest.raises(Conflict):
        link("attributed_to", quote, claim)
    with pytest.raises(Conflict):
        tagging.delete_relation(db, people.ana, made.id)
    assert len(links()) == 1
