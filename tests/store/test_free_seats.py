"""Free places as they are read for a round: a portion at a time, in the order of the line."""

import pytest

from annotator.actions import assigning
from annotator.actions.assigning import Chosen
from annotator.core.assign import Seats
from annotator.store import assignment, projects
from factories import article_text


@pytest.fixture
def desk(db, people, load):
    """Nine articles, of ranks that repeat; some in a batch, some with one place taken, one with both."""
    load(*({"text": article_text(seed=number), "key": f"k{number}"} for number in range(9)))
    for key, priority in (("k8", 2), ("k7", 2), ("k6", 2), ("k3", 1), ("k0", -1)):
        assigning.set_priority(db, people.max, "desk", Chosen(articles=[key]), priority)
    assigning.fill_batch(db, people.max, "desk", "first", Chosen(articles=["k5", "k2"]))
    assigning.give(db, people.max, "desk", "ana", Chosen(articles=["k6", "k1", "k5"]))
    assigning.give(db, people.max, "desk", "ben", Chosen(articles=["k1"]))
    with db.read() as connection:
        yield connection, projects.project(connection, "desk")


@pytest.mark.parametrize("portion", [1, 2, 3, 900])
def test_no_article_is_left_out_or_comes_twice_however_few_are_read_at_once(desk, monkeypatch, portion):
    connection, project = desk
    wanted = [seat for seat in assignment.seats(connection, project) if seat.free]
    monkeypatch.setattr(assignment, "CHUNK", portion)
    found = [*assignment.free_seats(connection, project, "first"), *assignment.free_seats(connection, project, None)]
    assert found == wanted
    assert len(found) == 8


def test_the_holders_of_chosen_articles_are_those_of_all(desk):
    connection, project = desk
    every = assignment.seats(connection, project)
    some: list[Seats] = assignment.seats(connection, project, [seat.article for seat in every[2:5]])
    assert some == every[2:5]
