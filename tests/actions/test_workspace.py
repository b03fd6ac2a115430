"""Furniture, skipping, flags, and the place one comes back to."""

from types import SimpleNamespace

import pytest

from annotator.actions import adjudicating, loading, reviewing, workspace
from annotator.core.text import Block
from annotator.errors import Conflict, Missing, Refused
from annotator.formats.records import Incoming
from annotator.store import articles, desk, replay, visible
from annotator.web import building
from factories import article_text


@pytest.fixture
def furniture(db, article):
    def read(viewer):
        with db.read() as connection:
            return desk.furniture(connection, viewer, visible.my_review(connection, viewer, article))

    return read


def test_furniture_is_the_reviewers_own_and_changes_no_offset(db, people, article, tag, furniture):
    before = tag(people.ana, "claim", "53 workers")
    workspace.mark_block(db, people.ana, article, 0, furniture=True)
    workspace.mark_block(db, people.ana, article, 2, furniture=True)
    assert furniture(people.ana) == {0, 2}
    assert furniture(people.ben) == set()
    workspace.mark_block(db, people.ana, article, 0, furniture=False)
    assert furniture(people.ana) == {2}
    with db.read() as connection:
        assert visible.my_span(connection, people.ana, before.id)[0] == before


def test_marking_the_same_block_again_is_no_event(db, people, article, log):
    workspace.mark_block(db, people.ana, article, 1, furniture=True)
    before = len(log())
    workspace.mark_block(db, people.ana, article, 1, furniture=True)
    assert len(log()) == before


@pytest.fixture
def page(db, people, log):
    """An article whose second block is furniture by its file: `shown()` are the numbers that ana sees as such."""
    text = "The council met.\n\nRead more\n\nIt said no."
    blocks = (Block(0, 16), Block(18, 27, "list_item", 0, True), Block(29, 40))
    loading.load(db, [Incoming("page", text, "0" * 64, blocks=blocks)], project="desk")
    made = log()[-1].article

    def shown(viewer=people.ana):
        with db.read() as connection:
            review = visible.my_review(connection, viewer, made)
            drawn = building.blocks(
                articles.body(connection, made), [], furniture=desk.furniture(connection, viewer, review)
            )
        return [one.index for one in drawn if one.furniture]

    return SimpleNamespace(article=made, shown=shown)


def test_furniture_by_the_file_is_shown_as_such_and_taken_back_by_each_for_themselves(db, people, page, log):
    assert page.shown() == [1]
    workspace.mark_block(db, people.ana, page.article, 1, furniture=False)
    workspace.mark_block(db, people.ana, page.article, 2, furniture=True)
    assert page.shown() == [2]
    assert page.shown(people.ben) == [1]
    seen = len(log())
    workspace.mark_block(db, people.ana, page.article, 1, furniture=False)
    assert len(log()) == seen
    workspace.mark_block(db, people.ana, page.article, 1, furniture=True)
    assert page.shown() == [1, 2]
    with db.read() as connection:
        assert replay.check_replay(connection) == len(log())


@pytest.mark.parametrize("block", [-1, 99])
def test_a_block_that_is_not_there_is_refused(db, people, article, block):
    with pytest.raises(Refused, match=f"no block {block}"):
        workspace.mark_block(db, people.ana, article, block, furniture=True)


def test_furniture_of_a_submitted_review_stands(db, people, article):
    reviewing.submit(db, people.ana, article)
    with pytest.raises(Conflict):
        workspace.mark_block(db, people.ana, article, 0, furniture=True)


def test_skipping_gives_the_place_back_and_goes_on(db, people, article, load):
    load({"text": article_text(seed=1)})
    assert reviewing.take_next(db, people.ana, "desk") == article
    other = workspace.skip(db, people.ana, article, "not my field")
    assert other not in {article, None}
    with db.read() as connection:
        assert visible.my_review(connection, people.ana, article) is None
    assert reviewing.take_next(db, people.ana, "desk") == other


def test_a_skipped_article_with_spans_keeps_them_and_comes_last(db, people, article, tag, load):
    load({"text": article_text(seed=1)})
    span = tag(people.ana, "claim", "53 workers")
    other = workspace.skip(db, people.ana, article, "")
    with db.read() as connection:
        assert visible.my_span(connection, people.ana, span.id)[0] == span
    reviewing.submit(db, people.ana, other)
    assert reviewing.take_next(db, people.ana, "desk") == article


def test_a_submitted_review_is_not_skipped(db, people, article):
    reviewing.submit(db, people.ana, article)
    with pytest.raises(Conflict):
        workspace.skip(db, people.ana, article, "")


def test_only_who_tags_may_skip(db, people, article):
    with pytest.raises(Missing):
        workspace.skip(db, people.max, article, "")


def test_a_flagged_problem_is_told_to_managers_until_resolved(db, people, article):
    workspace.flag(db, people.ana, article, " The text is cut off \r\n")
    with db.read() as connection:
        (found,) = desk.flags(connection, "desk")
    assert (found.name, found.text, found.article.id) == ("ana", "The text is cut off", article)
    with pytest.raises(Missing):
        workspace.resolve_flag(db, people.ana, found.id)
    assert workspace.resolve_flag(db, people.max, found.id) == "desk"
    with db.read() as connection:
        assert desk.flags(connection, "desk") == []
    with pytest.raises(Conflict):
        workspace.resolve_flag(db, people.max, found.id)


def test_a_flag_without_words_is_refused(db, people, article):
    with pytest.raises(Refused, match="few words"):
        workspace.flag(db, people.ana, article, "  ")


def test_the_place_is_kept_and_the_time_added(db, people, article, log):
    before = len(log())
    workspace.keep_place(db, people.ana, article, 40, 30)
    workspace.keep_place(db, people.ana, article, 10**9, 5)
    with db.read() as connection:
        offset, seconds = desk.place(connection, people.ana, article)
        assert desk.place(connection, people.ben, article) == (0, 0)
    assert seconds == 35
    assert 0 < offset < 1000  # not past the end of the text
    assert len(log()) == before  # where one looks is nobody's business


def test_time_is_not_added_without_bound(db, people, article):
    workspace.keep_place(db, people.ana, article, 0, 10**6)
    with db.read() as connection:
        assert desk.place(connection, people.ana, article)[1] == workspace.MAX_SECONDS


def test_speakers_are_completed_from_ones_own_spans_only(db, people, article, tag):
    tag(people.ana, "claim", "53 workers", attributes={"speaker": "Ana Ruiz"})
    tag(people.ben, "claim", "12 years", attributes={"speaker": "Only Ben"})
    with db.read() as connection:
        assert desk.speakers(connection, people.ana, "desk") == ["Ana Ruiz"]


def test_furniture_and_flags_do_not_stop_adjudication(db, people, article, tag):
    workspace.mark_block(db, people.ana, article, 0, furniture=True)
    for viewer in (people.ana, people.ben):
        reviewing.submit(db, viewer, article)
    assert adjudicating.open_case(db, people.cyd, article).groups == []
