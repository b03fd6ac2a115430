"""The queries of assignment and measuring answer the same on PostgreSQL as on SQLite."""

import io

import pytest
from alembic import command

from annotator.actions import assigning, loading, measuring, projects, qualifying, queueing, reviewing, tagging
from annotator.actions import people as accounts
from annotator.actions.assigning import Chosen
from annotator.core.assign import share_of, shuffled
from annotator.formats.jsonl import read as read_jsonl
from annotator.formats.options import Options
from annotator.store import articles, assignment
from annotator.store import people as people_store
from annotator.store import projects as projects_store
from annotator.store.db import Database
from annotator.web.giving import assignment_page
from conftest import LIMITS
from factories import article_text, export_line, export_span, ndjson, new_span

GOLDEN = article_text(seed=90)


@pytest.fixture
def both(tmp_path, postgres_server):
    """A migrated database of each kind."""
    found = [Database(f"sqlite:///{tmp_path / 'annotator.sqlite3'}"), Database(postgres_server.fresh())]
    for database in found:
        database.migrate()
    yield found
    for database in found:
        database.dispose()


def story(database):
    """A little of everything; answers with what the pages show of it, without ids and times."""
    projects.add_project(database, "desk")
    for name, role in (("ana", "reviewer"), ("ben", "reviewer"), ("cyd", "adjudicator"), ("max", "manager")):
        accounts.add_user(database, name, project="desk", role=role)
    with database.read() as connection:
        ana, ben, cyd, manager = (people_store.viewer(connection, name) for name in ("ana", "ben", "cyd", "max"))
    gold = export_line(GOLDEN, [export_span("g1", "claim", "40 people", GOLDEN)], key="g")
    lines = [gold, *({"text": article_text(seed=n), "key": f"k{n}"} for n in range(5))]
    loading.load(database, read_jsonl(io.BytesIO(ndjson(*lines)), "line", Options()), project="desk")
    assigning.use_gold(database, manager, "desk", Chosen(articles=["g"]), "training")
    assigning.fill_batch(database, manager, "desk", "first", Chosen(first=4, last=5))
    assigning.fill_batch(database, manager, "desk", "second", Chosen(articles=["k0"]))
    assigning.change_batch(database, manager, "desk", "first", reviews=1)
    assigning.move_batch(database, manager, "desk", "second", -1)
    assigning.set_priority(database, manager, "desk", Chosen(articles=["k4"]), 3)
    assigning.change_rules(database, manager, "desk", return_hours=5, shared_percent=30, queue="disputed")
    came = []
    for viewer in (ana, ben):
        while (article := reviewing.take_next(database, viewer, "desk")) is not None:
            with database.read() as connection:
                came.append((viewer.name, articles.article(connection, article).key))
                text = articles.text(connection, article)
            label = "claim" if viewer is ana or came[-1][1] == "k0" else "figure"
            tagging.add_span(database, viewer, article, new_span(label, "40 people", text), LIMITS, by_hand=False)
            reviewing.submit(database, viewer, article)
    queue = [one.article.key for one in queueing.queue(database, cyd, "desk", measuring.Kept())]
    qualifying.serve_all(database, manager, "desk")
    with database.read() as connection:
        project = projects_store.project(connection, "desk")
        page = assignment_page(connection, manager, "desk")
        figures = qualifying.figures(connection, manager, project)
        progress = articles.progress(connection, project)
        loads = [(one.articles, one.first, one.last) for one in assignment.loads(connection, "desk")]
    shown = (page.places, page.taken, page.batches, page.gold, page.training, page.checks, page.shared)
    return came, queue, progress, loads, shown, [{**one, "week": bool(one["week"])} for one in figures]


def test_a_project_is_the_same_on_both(both):
    on_sqlite, on_postgresql = map(story, both)
    assert on_sqlite == on_postgresql
    came, queue, progress, *_ = on_sqlite
    assert [key for name, key in came if name == "ana"][:2] == ["g", "k0"]
    assert queue == ["k1", "k4", "k0", "k2", "k3"]  # agreed on comes after disputed, a single review last
    assert progress.ready == 5


def test_migrating_a_database_of_the_version_before(both):
    database = both[1]
    with database.engine.connect() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
        config = database._alembic()
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        for statement in (
            "INSERT INTO users VALUES ('ana', 'ana', NULL, false, NULL, '2026')",
            "INSERT INTO projects VALUES ('p', 'P', 2, true, false, false, '{}', 1, '2026')",
            (
                "INSERT INTO articles VALUES ('a', 'p', 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'x', 1, "
                "'aa', 'bb', 'open', false, NULL, NULL, '2026')"
            ),
            "INSERT INTO reviews VALUES ('r', 'a', 'ana', 'in_progress', 1, '2026', '2026', NULL)",
        ):
            connection.exec_driver_sql(statement)
        connection.commit()
    database.migrate()
    with database.read() as connection:
        columns = "batch, rank, share, shuffle, needed, purpose"
        row = connection.exec_driver_sql(f"SELECT {columns} FROM articles").one()
        assert tuple(row) == (None, 0, share_of("aa"), shuffled("aa"), None, None)


def test_a_reader_sees_one_state_from_first_to_last_on_both(both):
    for database in both:
        with database.read() as connection:
            before = [one.slug for one in projects_store.projects(connection)]
            projects.add_project(database, "new")
            assert [one.slug for one in projects_store.projects(connection)] == before == []
        with database.read() as connection:
            assert [one.slug for one in projects_store.projects(connection)] == ["new"]
