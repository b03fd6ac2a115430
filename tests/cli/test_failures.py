"""What stands in the way of every command: one clear line that names it, exit 1, and nothing changed."""

import subprocess
import sys
from pathlib import Path

import pytest

from cli.command import environment


def test_an_instance_folder_that_cannot_be_made(annotator):
    annotator.write("in-the-way", "a file")
    broken = annotator.at(annotator.folder / "in-the-way" / "instance")
    assert (
        broken.refused("project", "list") == f"{broken.instance}: The instance folder cannot be made: Not a directory."
    )


def test_a_database_of_a_newer_version(annotator, db):
    with db.engine.connect() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    db.dispose()
    path = annotator.instance / "annotator.sqlite3"
    before = path.read_bytes()
    why = annotator.refused("project", "add", "p")
    assert why.startswith(f"sqlite:///{path}: The database is at revision 9999, which this version does not know")
    assert path.read_bytes() == before


def test_a_file_that_is_no_database(fresh):
    fresh.instance.mkdir()
    path = fresh.instance / "annotator.sqlite3"
    path.write_bytes(b"Dear diary, " * 1000)
    assert fresh.refused("project", "add", "p") == f"sqlite:///{path}: The file is not an SQLite database."
    assert path.read_bytes() == b"Dear diary, " * 1000


def test_a_database_that_is_torn(annotator, db, seeds):
    path = annotator.instance / "annotator.sqlite3"
    db.dispose()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 3])
    assert annotator.refused("audit").endswith("The SQLite database is damaged; restore a backup.")


def test_a_folder_where_the_database_should_be(fresh):
    (fresh.instance / "annotator.sqlite3").mkdir(parents=True)
    why = fresh.refused("project", "list")
    assert (
        why
        == f"sqlite:///{fresh.instance}/annotator.sqlite3: The database cannot be used: unable to open database file."
    )


if Path("/dev/full").exists():  # a device of Linux

    @pytest.mark.parametrize("args", [["--help"], ["audit"], ["export", "-l", "reviews"], ["verify"]])
    def test_a_full_disk_behind_standard_output(annotator, two_reviews, args):
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run(
                [sys.executable, "-m", "annotator", *args], stdout=full, stderr=subprocess.PIPE,
                env=environment(annotator.instance), timeout=30, check=False,
            )  # fmt: skip
        assert done.returncode == 1
        assert done.stderr == b"error: [Errno 28] No space left on device\n"


@pytest.mark.parametrize(
    ("variables", "why"),
    [
        ({"ANNOTATOR_DATABASE_URL": "mysql://u:secret@host/db"}, "ANNOTATOR_DATABASE_URL: The database must be"),
        ({"DATABASE_URL": "postgresql://u:secret@host:port/db"}, "ANNOTATOR_DATABASE_URL: "),
        ({"ANNOTATOR_PROXY": "two"}, "ANNOTATOR_PROXY: It must be a whole number, 0 or more, not 'two'."),
    ],
)
def test_a_setting_that_cannot_be__said_without_the_password(fresh, variables, why):
    found = fresh.refused("project", "list", **variables)
    assert found.startswith(why)
    assert "secret" not in found


def test_an_empty_file_is_a_new_database(fresh):
    fresh.instance.mkdir()
    (fresh.instance / "annotator.sqlite3").touch()
    assert fresh("project", "list").out == b""


def test_settings_also_come_from_env_in_the_instance_folder(fresh):
    fresh.instance.mkdir()
    (fresh.instance / ".env").write_text(f"ANNOTATOR_DATABASE_URL=sqlite:///{fresh.folder}/elsewhere.sqlite3\n")
    fresh("project", "add", "p")
    assert (fresh.folder / "elsewhere.sqlite3").exists()
    assert not (fresh.instance / "annotator.sqlite3").exists()
