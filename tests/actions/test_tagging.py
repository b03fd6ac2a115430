"""Adding, moving, relabelling, annotating and deleting spans of one's own review."""

import pytest

from annotator.actions import reviewing, tagging, undoing
from annotator.actions.limits import Limits
from annotator.actions.tagging import NewSpan, SpanChange
from annotator.errors import Conflict, Missing, Refused, Stale, TooMany, VersionNeeded
from annotator.store import visible
from conftest import LIMITS
from factories import TEXT, new_span, span


@pytest.fixture
def mine(db, article):
    """A person's spans of the article, in order."""

    def read(viewer):
        with db.read() as connection:
            return visible.my_spans(connection, viewer, visible.my_review(connection, viewer, article))

    return read


def test_a_span_holds_the_words_it_was_given(people, tag, mine):
    tag(people.ana, "claim", "Ana Ruiz 👩‍🚒", note="who?", attributes={"speaker": "the paper"})
    (kept,) = mine(people.ana)
    assert TEXT[kept.start : kept.end] == "Ana Ruiz 👩‍🚒"
    assert (kept.label, kept.note, kept.attributes, kept.version) == (
        "claim",
        "who?",
        {"speaker": "the paper"},
        1,
    )


@pytest.mark.parametrize("words", ["The last words end here", "<b>opposite</b>", "fell ill.  “Nobody", "cafe\u0301"])
def test_words_come_back_as_they_stand_in_the_text(words, people, tag, mine):
    tag(people.ana, "quote", words)
    (kept,) = mine(people.ana)
    assert TEXT[kept.start : kept.end] == words


def test_the_same_span_again_is_the_first_one(db, people, article, tag, mine):
    first = tag(people.ana, "claim", "The tunnel leaks")
    again = tagging.add_span(
        db, people.ana, article, new_span("claim", "The tunnel leaks", note="new"), LIMITS, by_hand=False
    )
    assert not again.created
    assert (again.after.id, again.after.note) == (first.id, "")
    assert len(mine(people.ana)) == 1


def test_the_same_words_with_another_label_are_another_span(people, tag, mine):
    tag(people.ana, "claim", "The tunnel leaks")
    tag(people.ana, "quote", "The tunnel leaks")
    assert [one.label for one in mine(people.ana)] == ["claim", "quote"]


def test_the_order_of_tagging_changes_nothing(people, tag, mine):
    words = ["At least 53 workers", "53 workers", "53", "workers fell ill", "tunnel leaks,” said"]
    for one in words:
        tag(people.ana, "claim", one)
    for one in reversed(words):
        tag(people.ben, "claim", one)
    places = [[(one.start, one.end, one.label) for one in mine(who)] for who in (people.ana, people.ben)]
    assert places[0] == places[1]
    assert places[0] == sorted(places[0], key=lambda place: (place[0], -place[1], place[2]))


def test_white_space_is_trimmed_by_hand_and_kept_from_programs(db, people, article, mine):
    wide = new_span("quote", "  “Nobody was hurt,” ")
    for viewer, by_hand in ((people.ana, True), (people.ben, False)):
        tagging.add_span(db, viewer, article, wide, LIMITS, by_hand=by_hand)
    kept = [TEXT[one.start : one.end] for viewer in (people.ana, people.ben) for one in mine(viewer)]
    assert kept == ["“Nobody was hurt,”", "  “Nobody was hurt,” "]


def test_a_selection_of_white_space_alone_is_refused_by_hand(db, people, article):
    gap = TEXT.index("ill.  “Nobody") + 4
    with pytest.raises(Refused, match="white space"):
        tagging.add_span(db, people.ana, article, NewSpan(gap, gap + 2, "claim"), LIMITS, by_hand=True)


@pytest.mark.parametrize("inside", ["👩‍🚒", "e\u0301"])
@pytest.mark.parametrize("end", ["start", "end"])
def test_an_end_inside_a_grapheme_cluster_is_refused(inside, end, db, people, article, mine):
    at = TEXT.index(inside) + 1
    place = {"start": at, "end": at + 20} if end == "start" else {"start": at - 9, "end": at}
    with pytest.raises(Refused, match="grapheme") as refused:
        tagging.add_span(db, people.ana, article, NewSpan(**place, label="claim"), LIMITS, by_hand=False)
    assert refused.value.where == end
    assert mine(people.ana) == []


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"start": "1"}, "start"),
        ({"start": 1.0}, "start"),
        ({"start": True}, "start"),
        ({"start": None}, "start"),
        ({"start": -1}, "start"),
        ({"end": 10**30}, "end"),
        ({"end": len(TEXT) + 1}, "end"),
        ({"start": 9, "end": 9}, "start"),
        ({"start": 9, "end": 8}, "start"),
        ({"label": "opinion"}, "label"),
        ({"label": ""}, "label"),
        ({"note": "x" * 5001}, "note"),
        ({"note": "a\x00b"}, "note"),
        ({"attributes": {"value": 3}}, "attributes.value"),
        ({"attributes": {"speaker": 3}}, "attributes.speaker"),
    ],
)
def test_a_wrong_span_is_refused_by_its_field_and_nothing_is_stored(fields, where, db, people, article, mine, log):
    before = log()
    with pytest.raises(Refused) as refused:
        tagging.add_span(
            db, people.ana, article, NewSpan(**{"start": 0, "end": 8, "label": "claim"} | fields), LIMITS, by_hand=False
        )
    assert (refused.value.status, refused.value.where) == (422, where)
    assert mine(people.ana) == []
    assert log() == before


def test_the_last_character_can_be_tagged(db, people, article, mine):
    tagging.add_span(db, people.ana, article, NewSpan(len(TEXT) - 1, len(TEXT), "claim"), LIMITS, by_hand=True)
    assert mine(people.ana)[0].end == len(TEXT)


def test_another_quote_than_what_stands_there_conflicts(db, people, article, mine):
    wrong = new_span("figure", "53 workers")
    wrong.quote = "54 workers"
    with pytest.raises(Conflict) as refused:
        tagging.add_span(db, people.ana, article, wrong, LIMITS, by_hand=False)
    assert refused.value.where == "quote"
    assert mine(people.ana) == []


def test_a_moved_span_keeps_id_note_and_attributes(db, people, tag, mine):
    first = tag(people.ana, "claim", "53 workers fell ill", note="n", attributes={"speaker": "union"})
    change = span("claim", "workers fell ill")
    tagging.change_span(db, people.ana, first.id, SpanChange(**change), 1)
    (kept,) = mine(people.ana)
    assert TEXT[kept.start : kept.end] == "workers fell ill"
    assert (kept.id, kept.note, kept.attributes, kept.version) == (first.id, "n", {"speaker": "union"}, 2)


def test_a_relabelled_span_keeps_only_the_attributes_of_its_label(db, people, tag, mine):
    first = tag(people.ana, "claim", "53 workers", note="n", attributes={"speaker": "union"})
    tagging.change_span(db, people.ana, first.id, SpanChange(label="figure"), 1)
    (kept,) = mine(people.ana)
    assert (kept.id, kept.label, kept.note, kept.attributes) == (first.id, "figure", "n", {})


def test_attributes_are_merged_and_null_takes_one_away(db, people, tag, mine):
    first = tag(people.ana, "figure", "53 workers", attributes={"value": 53, "unit": "people"})
    tagging.change_span(
        db, people.ana, first.id, SpanChange(attributes={"unit": None, "qualifier": "at least", "value": "53.5"}), 1
    )
    assert mine(people.ana)[0].attributes == {"qualifier": "at least", "value": 53.5}


def test_a_note_alone_moves_nothing(db, people, article, mine):
    wide = NewSpan(TEXT.index("ill.  “Nobody") + 4, TEXT.index("Nobody") + 6, "claim")
    first = tagging.add_span(db, people.ana, article, wide, LIMITS, by_hand=False).after
    tagging.change_span(db, people.ana, first.id, SpanChange(note="spaced"), 1, by_hand=True)
    (kept,) = mine(people.ana)
    assert (kept.start, kept.end, kept.note) == (first.start, first.end, "spaced")


def test_a_change_of_nothing_is_no_event(db, people, tag, log):
    first = tag(people.ana, "claim", "53 workers", note="n")
    before = log()
    tagging.change_span(db, people.ana, first.id, SpanChange(note="n", label="claim"), 1)
    assert log() == before


@pytest.mark.parametrize(
    "fields", [{"start": 1.0}, {"start": "0"}, {"end": 7.0}, {"end": 10**20}, {"label": "x"}, {"note": "\x07"}]
)
def test_a_wrong_change_is_refused(fields, db, people, tag, mine):
    first = tag(people.ana, "claim", "Ministry denies")
    with pytest.raises(Refused) as refused:
        tagging.change_span(db, people.ana, first.id, SpanChange(**fields), 1)
    assert refused.value.status == 422
    assert mine(people.ana) == [first]


@pytest.mark.parametrize("value", [0.0, False])
def test_a_place_that_only_equals_the_present_one_is_refused(value, db, people, tag):
    first = tag(people.ana, "claim", "Ministry denies")
    assert first.start == value
    with pytest.raises(Refused, match="integer"):
        tagging.change_span(db, people.ana, first.id, SpanChange(start=value), 1)


def test_a_quote_is_checked_though_nothing_moves(db, people, tag):
    first = tag(people.ana, "claim", "53 workers")
    with pytest.raises(Conflict):
        tagging.change_span(db, people.ana, first.id, SpanChange(note="n", quote="54 workers"), 1)


def test_moving_onto_a_span_of_mine_conflicts(db, people, tag, mine):
    there = tag(people.ana, "claim", "53 workers")
    other = tag(people.ana, "claim", "fell ill, the union")
    with pytest.raises(Conflict) as refused:
        tagging.change_span(db, people.ana, other.id, SpanChange(**span("claim", "53 workers")), 1)
    assert refused.value.extra["id"] == there.id
    assert len(mine(people.ana)) == 2


def test_a_stale_change_is_refused_with_the_present_span(db, people, tag, mine):
    first = tag(people.ana, "claim", "53 workers")
    tagging.change_span(db, people.ana, first.id, SpanChange(note="one tab"), 1)
    for stale in (1, 3, -1):
        with pytest.raises(Stale) as refused:
            tagging.change_span(db, people.ana, first.id, SpanChange(note="another tab"), stale)
        assert refused.value.extra["current"]["note"] == "one tab"
        with pytest.raises(Stale):
            tagging.delete_span(db, people.ana, first.id, stale)
    assert mine(people.ana)[0].note == "one tab"


def test_a_change_needs_a_version_and_a_deletion_does_not(db, people, tag, mine):
    first = tag(people.ana, "claim", "53 workers")
    with pytest.raises(VersionNeeded):
        tagging.change_span(db, people.ana, first.id, SpanChange(note="n"), None)
    tagging.delete_span(db, people.ana, first.id)
    assert mine(people.ana) == []


def test_nothing_of_a_submitted_review_changes(db, people, article, tag, mine):
    first = tag(people.ana, "claim", "53 workers")
    reviewing.submit(db, people.ana, article)
    for write in (
        lambda: tag(people.ana, "claim", "12 years"),
        lambda: tagging.change_span(db, people.ana, first.id, SpanChange(note="n"), 1),
        lambda: tagging.delete_span(db, people.ana, first.id),
        lambda: undoing.undo(db, people.ana, article),
    ):
        with pytest.raises(Conflict, match="submitted"):
            write()
    assert mine(people.ana) == [first]


def test_someone_elses_span_is_not_there(db, people, tag, mine):
    first = tag(people.ana, "claim", "53 workers")
    for other in (people.ben, people.cyd, people.max, people.eve, people.root):
        with pytest.raises(Missing):
            tagging.change_span(db, other, first.id, SpanChange(note="n"), 1)
        with pytest.raises(Missing):
            tagging.delete_span(db, other, first.id, 1)
    assert mine(people.ana) == [first]


@pytest.mark.parametrize("who", ["cyd", "max", "eve"])
def test_only_reviewers_tag(who, people, tag):
    with pytest.raises(Missing):
        tag(getattr(people, who), "claim", "53 workers")


def test_an_article_has_a_limit_of_spans(db, people, article, mine):
    limits = Limits(per_article=2)
    for words in ("53 workers", "12 years"):
        tagging.add_span(db, people.ana, article, new_span("figure", words), limits, by_hand=True)
    with pytest.raises(TooMany):
        tagging.add_span(db, people.ana, article, new_span("claim", "12 years"), limits, by_hand=True)
    same = tagging.add_span(db, people.ana, article, new_span("figure", "12 years"), limits, by_hand=True)
    assert not same.created
    assert len(mine(people.ana)) == 2


def test_a_minute_has_a_limit_of_spans_for_each_reviewer(db, people, article, tag):
    limits = Limits(per_minute=1)
    for who in (people.ana, people.ben):
        tagging.add_span(db, who, article, new_span("figure", "53 workers"), limits, by_hand=True)
        with pytest.raises(TooMany):
            tagging.add_span(db, who, article, new_span("figure", "12 years"), limits, by_hand=True)
