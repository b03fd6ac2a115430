"""What boards count, kept beside what it is counted from."""

import importlib
from collections import Counter

import pytest
from sqlalchemy import text as sql

from annotator.actions import projects
from annotator.errors import Refused
from annotator.store import replay, tallies
from annotator.store.tallies import Key
from factories import article_text
from store.test_journal import story

__all__ = ["story"]

filling = importlib.import_module("annotator.store.migrations.versions.0008_tallies")


def kept(connection):
    rows = connection.execute(sql("SELECT project, kind, name, value, day, number FROM tallies WHERE number <> 0"))
    return {Key(*row[:5]): row[5] for row in map(tuple, rows)}


@pytest.fixture
def filled(db, story):
    """Batches, rounds, training, gold, reviews that lapsed or came with a file: whatever can happen has."""
    for _, act in story:
        act()
    return db


def test_they_are_what_the_tables_have_after_everything_that_can_happen(filled):
    with filled.read() as connection:
        found = kept(connection)
        assert found == tallies.of_project(connection, "desk")
        assert {key.kind for key in found} == {"article", "review", "gold"}
        assert len({key.value for key in found if key.kind == "article"}) > 3


def test_a_migration_counts_what_was_there_before(filled):
    with filled.write() as connection:
        before = kept(connection)
        connection.execute(sql("DELETE FROM tallies"))
        for statement in (filling.ARTICLES, filling.REVIEWS, filling.GOLD):
            connection.execute(sql(statement))
        assert kept(connection) == before


@pytest.mark.parametrize("kind", ["article", "review", "gold"])
def test_a_tally_that_was_changed_is_found_and_named(filled, kind):
    with filled.write() as connection:
        tallies.check(connection)
        first = min(key for key in kept(connection) if key.kind == kind)
        connection.execute(
            sql("UPDATE tallies SET number = number + 1 WHERE kind = :kind AND name = :name AND value = :value"),
            {"kind": kind, "name": first.name, "value": first.value},
        )
    with filled.read() as connection, pytest.raises(Refused) as refused:
        replay.check_replay(connection)
    assert refused.value.where == f"tallies {'/'.join(first)}"


def test_a_load_of_many_articles_is_counted_by_each(db, people, load):
    projects.change_project(db, people.max, "desk", reviews=2)
    load(*({"text": article_text(seed=n), "key": str(n)} for n in range(7)))
    with db.read() as connection:
        found = Counter({key: number for key, number in kept(connection).items() if key.kind == "article"})
    assert found.total() == 7
    assert {key.value.split()[:3] == ["0", "0", "0"] for key in found} == {True}
