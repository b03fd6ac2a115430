"""A project's board: what it counts, for whom, and when it counts anew."""

import re

import pytest
from sqlalchemy import text as sql

from annotator.actions import adjudicating, boarding, projects, reviewing
from annotator.core.decisions import Decision
from annotator.store import projects as store
from annotator.store import tallies
from annotator.web.boards import WIDTH, board_view, label_bars, parts
from factories import article_text


@pytest.fixture
def view(db):
    """The board of `desk` as that person sees it."""
    kept = boarding.Kept()

    def call(viewer, slug="desk"):
        with db.read() as connection:
            return board_view(connection, viewer, slug, kept)[0]

    call.kept = kept
    return call


def states(board):
    return {part.name: part.number for part in board.states}


def close(db, people, article):
    for one in adjudicating.open_case(db, people.cyd, article).undecided:
        adjudicating.decide(db, people.cyd, article, Decision(one.id, "accept", (0,)))
    adjudicating.close(db, people.cyd, article)


def test_articles_by_state_and_what_is_missing(db, people, two_reviews, load, view, tag):
    load(*({"text": article_text(seed=n)} for n in range(3)))
    first = reviewing.take_next(db, people.ana, "desk")
    board = view(people.max)
    assert states(board) == {"closed": 0, "ready to adjudicate": 1, "begun": 1, "not started": 2}
    assert (board.missing, board.recent) == (6, 2)
    assert board.forecast.kind == "by"
    reviewing.submit(db, people.ana, first)
    close(db, people, two_reviews.article)
    board = view(people.max)
    assert states(board) == {"closed": 1, "ready to adjudicate": 0, "begun": 1, "not started": 2}
    assert (board.missing, board.recent) == (5, 3)
    assert sum(bar.number for bar in board.labels) == 5
    assert {row.name: (row.open, row.submitted, row.days[-1]) for row in board.reviewers} == {
        "ana": (0, 2, 2),
        "ben": (0, 1, 1),
    }


def test_a_reviewers_board_is_of_their_own_work_only(db, people, two_reviews, load, view):
    mine = view(people.ana)
    assert mine.own
    assert states(mine) == {"submitted": 1, "begun": 0, "not started": 0}
    assert {bar.name: bar.number for bar in mine.labels} == {"claim": 2, "denial": 0, "quote": 1, "figure": 2}
    load({"text": article_text()})
    other = reviewing.take_next(db, people.ben, "desk")
    reviewing.submit(db, people.ben, other)
    close(db, people, two_reviews.article)
    assert view(people.ana) == mine
    view.kept.__init__()
    assert view(people.ana) == mine
    assert (mine.reviewers, mine.forecast.kind) == ([], "done")


def test_pages_say_it_to_whom_it_is_said(login_as, two_reviews):
    ana = login_as("ana").get("/projects/desk").get_data(as_text=True)
    assert "My reviews submitted in the last 14 days" in ana
    assert "ben" not in ana
    boss = login_as("max").get("/projects/desk").get_data(as_text=True)
    assert re.search(r'<th scope="row">ben</th><td class="num">0</td><td class="num">1</td>', boss)
    assert "/projects/desk/agreement" in boss


def test_no_forecast_without_a_submission(login_as, load):
    load({"text": article_text()})
    html = login_as("max").get("/projects/desk").get_data(as_text=True)
    assert "No forecast: nothing was submitted in 14 days." in html


def test_submitted_longer_ago_is_not_in_the_pace(db, people, two_reviews, view):
    with db.write() as connection:
        connection.execute(
            sql("UPDATE reviews SET submitted_at = '2020-01-01T00:00:00.000000Z' WHERE reviewer = 'ana'")
        )
        tallies.recount(connection, "desk")
    board = view(people.max)
    assert board.recent == 1
    assert {row.name: (row.submitted, row.recent) for row in board.reviewers} == {"ana": (1, 0), "ben": (1, 1)}


def test_names_that_are_hidden_are_not_listed_for_adjudicators(db, people, two_reviews, view):
    projects.change_project(db, people.max, "desk", hide_names=True)
    assert view(people.cyd).reviewers == []
    assert [row.name for row in view(people.max).reviewers] == ["ana", "ben"]


def test_ones_own_numbers_follow_ones_own_spans(db, people, article, tag, view):
    assert sum(bar.number for bar in view(people.ana).labels) == 0
    tag(people.ana, "claim", "53 workers")
    assert sum(bar.number for bar in view(people.ana).labels) == 1


def test_what_is_kept_of_yesterday_is_not_shown_today(db, people, article, view, monkeypatch):
    view(people.max)
    monkeypatch.setattr(boarding, "now", lambda: "2031-01-01T00:00:00.000000Z")
    from annotator.web import boards

    assert boards.present_day().year == 2031
    assert view(people.max).days[-1].year == 2031


def test_parts_fill_the_bar():
    found = parts([("a", 99_999), ("b", 1), ("c", 0)])
    assert sum(part.width for part in found) == pytest.approx(WIDTH, abs=0.1)
    assert found[1].width > 1
    assert found[2].width == 0
    assert all(part.width == 0 for part in parts([("a", 0), ("b", 0)]))


def test_a_label_without_spans_has_no_bar(db, project):
    with db.read() as connection:
        scheme = store.project(connection, "desk").scheme
    bars = label_bars({"claim": 4, "quote": 1}, scheme)
    assert [(bar.name, bar.number, bar.length > 0) for bar in bars] == [
        ("claim", 4, True), ("denial", 0, False), ("quote", 1, True), ("figure", 0, False),
    ]  # fmt: skip
