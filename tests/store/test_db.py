"""The database: its migrations, its own constraints, its transactions."""

import re
import threading
from itertools import islice

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError

from annotator.errors import Busy, Refused
from annotator.store import db as db_module
from annotator.store.db import Database
from annotator.store.ids import ids_together
from annotator.store.tables import Base


@pytest.fixture
def fresh(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'fresh.sqlite3'}")
    yield database
    database.dispose()


def schema(database):
    """Every table's and index's columns, as SQLite has them."""
    with database.read() as connection:
        names = connection.execute(
            sql("SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite%' AND name <> 'alembic_version'")
        ).all()
        return {
            (kind, name): connection.exec_driver_sql(
                f"PRAGMA {'table_xinfo' if kind == 'table' else 'index_info'}({name})"
            ).all()
            for kind, name in names
        }


def test_the_migrations_lead_to_the_tables_of_the_code(db):
    with db.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )  # fmt: skip
        assert compare_metadata(context, Base.metadata) == []


def test_migrated_and_made_from_metadata_have_the_same_columns_and_constraints(db, fresh):
    Base.metadata.create_all(fresh.engine)
    assert schema(db) == schema(fresh)

    def checks(database):
        query = sql("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name <> 'alembic_version'")
        with database.read() as connection:
            rows = connection.execute(query).all()
        return {
            name: sorted(line.strip(" ,") for line in text.splitlines() if "CONSTRAINT" in line) for name, text in rows
        }

    assert checks(db) == checks(fresh)


def test_migrating_twice_changes_nothing(fresh):
    assert fresh.revision() is None
    fresh.migrate()
    first = fresh.revision()
    fresh.migrate()
    assert fresh.revision() == first == fresh.newest()


def test_a_database_of_a_newer_version_is_refused_and_left_alone(fresh):
    fresh.migrate()
    with fresh.write() as connection:
        connection.execute(sql("UPDATE alembic_version SET version_num = 'from-the-future'"))
    before = schema(fresh)
    with pytest.raises(Refused, match="newer") as refused:
        fresh.migrate()
    assert "fresh.sqlite3" in refused.value.where
    assert fresh.revision() == "from-the-future"
    assert schema(fresh) == before


def test_a_file_that_is_no_database_is_refused(tmp_path):
    path = tmp_path / "letter.sqlite3"
    path.write_bytes(b"Dear reader, " * 200)
    database = Database(f"sqlite:///{path}")
    with pytest.raises(Refused, match="not an SQLite database"):
        database.migrate()
    assert path.read_bytes() == b"Dear reader, " * 200
    database.dispose()


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'no' / 'such.sqlite3'}")
    with pytest.raises(Refused, match="cannot be used"):
        database.migrate()
    database.dispose()


def test_saves_are_synced_and_foreign_keys_are_on(db):
    with db.write() as connection:
        pragma = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("foreign_keys", "journal_mode", "synchronous")
        }
    assert pragma == {"foreign_keys": 1, "journal_mode": "wal", "synchronous": 2}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE spans SET review = 'nobody'",
        "UPDATE spans SET start_at = -1",
        "UPDATE spans SET end_at = start_at",
        "UPDATE reviews SET state = 'lost'",
        "UPDATE reviews SET reviewer = 'cyd'",
        "UPDATE articles SET state = 'gone'",
        "UPDATE projects SET reviews = 0",
        "UPDATE members SET role = 'boss'",
        "UPDATE tokens SET scope = 'all'",
        "UPDATE users SET folded = 'ana'",
        "UPDATE events SET hash = 'same'",
        "DELETE FROM articles",
        "DELETE FROM users",
        "DELETE FROM reviews",
        "INSERT INTO relations VALUES ('r', (SELECT id FROM reviews LIMIT 1), 'denies', 'none', 'nowhere')",
    ],
)
def test_the_database_itself_refuses_what_cannot_be(statement, db, two_reviews):
    with pytest.raises(IntegrityError), db.write() as connection:
        connection.execute(sql(statement))


def test_a_write_that_fails_leaves_nothing(db, people):
    def write():
        with db.write() as connection:
            connection.execute(sql("UPDATE users SET admin = 1"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    with db.read() as connection:
        assert connection.execute(sql("SELECT count(*) FROM users WHERE admin")).scalar() == 1


def test_a_reader_sees_one_state_from_first_to_last(db, people):
    count = sql("SELECT count(*) FROM users WHERE admin")
    with db.read() as reading:
        before = reading.execute(count).scalar()
        with db.write() as writing:
            writing.execute(sql("UPDATE users SET admin = 1"))
        assert reading.execute(count).scalar() == before


def test_a_locked_database_is_busy_in_plain_words(db, people, monkeypatch):
    monkeypatch.setattr(db_module, "BUSY_SECONDS", 0.05)
    other = Database(db.url)
    held, done = threading.Event(), threading.Event()

    def hold():
        with db.write():
            held.set()
            done.wait(5)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        held.wait(5)
        with pytest.raises(Busy, match="busy"), other.write():
            pass
    finally:
        done.set()
        thread.join()
        other.dispose()


def test_a_database_of_the_first_revision_keeps_all_it_holds(fresh):
    config = fresh._alembic()
    with fresh.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql(
            "INSERT INTO projects VALUES ('p', 'P', 2, 1, 0, 0, '{\"labels\":[]}', 1, '2026-11-25T00:00:00.000000Z')"
        )
        connection.exec_driver_sql(
            "INSERT INTO users VALUES ('ana', 'ana', NULL, 0, NULL, '2026-11-25T00:00:00.000000Z')"
        )
        connection.commit()
    fresh.migrate()
    with fresh.read() as connection:
        assert connection.execute(sql("SELECT project, version, scheme FROM scheme_versions")).all() == [
            ("p", 1, '{"labels":[]}')
        ]
        assert connection.execute(sql("SELECT name FROM users")).scalar_one() == "ana"
        assert connection.execute(sql("PRAGMA foreign_key_check")).all() == []


def test_the_newest_revision_is_said_right(db):
    script = ScriptDirectory.from_config(db._alembic())
    assert script.get_current_head() == db_module.NEWEST


def test_ids_written_together_are_in_order_and_no_two_layers_share_any():
    one, other = (list(islice(ids_together(), 40_000)) for _ in range(2))
    assert len({*one, *other}) == 80_000
    assert one[:32_768] == sorted(one[:32_768])
    assert all(re.fullmatch("[a-z2-7]{16}", name) for name in one)
    assert one[0][:13] != other[0][:13] != one[-1][:13]
