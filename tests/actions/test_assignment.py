"""Who gets which article: in order, each to as many as the project asks for, never to one more."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import text as sql

from annotator.actions import people as accounts
from annotator.actions import projects, reviewing, tagging
from annotator.actions.tagging import NewSpan
from annotator.errors import Conflict, Missing
from annotator.store import people as people_store
from annotator.store.db import Database
from conftest import LIMITS
from factories import article_text, new_span


@pytest.fixture
def taken(db):
    """How many reviews each article has, in the order of the articles."""

    def read():
        with db.read() as connection:
            return list(
                connection.execute(sql(
                    "SELECT (SELECT count(*) FROM reviews WHERE article = a.id) FROM articles a ORDER BY a.position"
                )).scalars()
            )  # fmt: skip

    return read


@pytest.fixture
def crowd(db, people):
    """Eight reviewers of `desk`."""
    names = [f"reviewer-{number}" for number in range(8)]
    for name in names:
        accounts.add_user(db, name, project="desk", role="reviewer")
    with db.read() as connection:
        return [people_store.viewer(connection, name) for name in names]


def test_next_goes_through_the_articles_in_order(db, people, seeds):
    got = []
    while (article := reviewing.take_next(db, people.ana, "seeds")) is not None:
        got.append(article)
        reviewing.submit(db, people.ana, article)
    assert got == [one.id for one in seeds]


def test_next_is_the_article_begun_until_it_is_submitted(db, people, seeds):
    first = reviewing.take_next(db, people.ana, "seeds")
    assert reviewing.take_next(db, people.ana, "seeds") == first
    reviewing.submit(db, people.ana, first)
    assert reviewing.take_next(db, people.ana, "seeds") != first


def test_an_article_tagged_from_the_list_is_the_one_to_go_on_with(db, people, seeds):
    third = seeds[2].id
    tagging.add_span(db, people.ana, third, NewSpan(0, 9, "claim"), LIMITS, by_hand=False)
    assert reviewing.take_next(db, people.ana, "seeds") == third


def test_reopening_brings_an_article_back_as_next(db, people, seeds):
    first = reviewing.take_next(db, people.ana, "seeds")
    reviewing.submit(db, people.ana, first)
    reviewing.reopen(db, people.ana, first)
    assert reviewing.take_next(db, people.ana, "seeds") == first


def test_an_article_goes_to_as_many_as_the_project_asks_for(db, people, crowd, article, taken):
    got = [reviewing.take_next(db, viewer, "desk") for viewer in crowd[:3]]
    assert got == [article, article, None]
    assert taken() == [2]


def test_a_full_article_cannot_be_tagged_or_submitted_by_another(db, people, article, tag, taken):
    for viewer in (people.ana, people.ben):
        reviewing.take_next(db, viewer, "desk")
    with pytest.raises(Conflict):
        tagging.add_span(db, people.root, article, new_span("claim", "53 workers"), LIMITS, by_hand=False)
    with pytest.raises(Conflict):
        reviewing.submit(db, people.root, article)
    assert taken() == [2]


def test_raising_the_number_frees_a_place(db, people, crowd, article, taken):
    for viewer in crowd[:2]:
        reviewing.take_next(db, viewer, "desk")
    projects.change_project(db, people.max, "desk", reviews=3)
    assert reviewing.take_next(db, crowd[2], "desk") == article
    assert taken() == [3]


def test_a_refused_tag_assigns_nothing(db, people, article, taken):
    wrong = new_span("claim", "53 workers")
    wrong.quote = "54 workers"
    with pytest.raises(Conflict):
        tagging.add_span(db, people.ana, article, wrong, LIMITS, by_hand=False)
    assert taken() == [0]


@pytest.mark.parametrize("who", ["cyd", "max", "eve"])
def test_who_is_no_reviewer_takes_no_article(who, db, people, article, taken):
    with pytest.raises(Missing):
        reviewing.take_next(db, getattr(people, who), "desk")
    assert taken() == [0]


def at_once(db, viewers, act):
    """Runs `act(database, viewer)` for all at the same moment, each on connections of its own."""
    barrier = Barrier(len(viewers))

    def run(viewer):
        own = Database(db.url)
        try:
            barrier.wait()
            return act(own, viewer)
        except Conflict as refused:
            return refused
        finally:
            own.dispose()

    with ThreadPoolExecutor(len(viewers)) as pool:
        return list(pool.map(run, viewers))


def test_two_people_never_take_the_last_place(db, crowd, load, taken):
    load(*({"text": article_text(seed=number)} for number in range(5)))
    for _ in range(5):
        at_once(
            db,
            crowd,
            lambda own, viewer: [
                reviewing.submit(own, viewer, article)
                for article in [reviewing.take_next(own, viewer, "desk")]
                if article
            ],
        )
    assert taken() == [2] * 5


def test_tagging_at_the_same_moment_never_takes_one_place_more(db, crowd, article, taken):
    answers = at_once(
        db,
        crowd,
        lambda own, viewer: (
            tagging.add_span(own, viewer, article, new_span("claim", "53 workers"), LIMITS, by_hand=False).created
        ),
    )
    assert answers.count(True) == 2
    assert sum(isinstance(answer, Conflict) for answer in answers) == 6
    assert taken() == [2]


def test_the_same_span_sent_eight_times_at_once_is_stored_once(db, people, article):
    answers = at_once(
        db,
        [people.ana] * 8,
        lambda own, viewer: tagging.add_span(
            own, viewer, article, new_span("claim", "53 workers"), LIMITS, by_hand=True
        ),
    )
    assert sorted(answer.created for answer in answers) == [False] * 7 + [True]
    assert len({answer.after.id for answer in answers}) == 1
