"""Settings from the environment, a `.env` in the instance folder, and their defaults."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields

import pytest

from annotator.errors import Refused
from annotator.settings import Settings, database_url, load_settings


def load(folder, **variables):
    return load_settings({"ANNOTATOR_INSTANCE": str(folder)} | variables)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "a" / "new" / "instance"


def test_defaults_are_the_contracts(folder):
    made = load(folder)
    assert made.database_url == f"sqlite:///{folder}/annotator.sqlite3"
    assert made.hosts == ()
    assert (made.proxy, made.max_spans_per_minute, made.max_spans_per_article, made.signin_failures) == (
        0,
        0,
        20_000,
        10,
    )


def test_the_folder_is_instance_here_by_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_settings({}).database_url == f"sqlite:///{tmp_path}/instance/annotator.sqlite3"


def test_every_setting_has_its_variable_and_help():
    for one in fields(Settings):
        assert one.metadata["variable"] == "ANNOTATOR_" + one.name.upper()
        assert one.metadata["help"]


def test_what_is_set_is_taken(folder):
    made = load(
        folder, ANNOTATOR_HOSTS=" News.example.org, localhost ,", ANNOTATOR_PROXY="2", ANNOTATOR_SECRET_KEY="k" * 40,
        ANNOTATOR_MAX_SPANS_PER_MINUTE="60", ANNOTATOR_MAX_SPANS_PER_ARTICLE="5", ANNOTATOR_SIGNIN_FAILURES="3",
    )  # fmt: skip
    assert made.hosts == ("news.example.org", "localhost")
    assert (made.proxy, made.max_spans_per_minute, made.max_spans_per_article, made.signin_failures) == (2, 60, 5, 3)
    assert made.secret_key == "k" * 40
    assert list(folder.iterdir()) == []


def test_what_is_empty_is_not_set(folder):
    assert load(folder, ANNOTATOR_PROXY="", ANNOTATOR_HOSTS="") == load(folder)


# -- the database


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("postgres://u:p@host/db", "postgresql+psycopg://u:p@host/db"),
        ("postgresql://u:p@host/db", "postgresql+psycopg://u:p@host/db"),
        ("postgresql+psycopg://u:p@host/db", "postgresql+psycopg://u:p@host/db"),
        ("sqlite:////data/a.sqlite3", "sqlite:////data/a.sqlite3"),
    ],
)
def test_addresses_of_databases(tmp_path, given, expected):
    assert database_url(given, tmp_path) == expected


def test_our_own_variable_goes_before_the_common_one(folder):
    both = {"DATABASE_URL": "sqlite:////common", "ANNOTATOR_DATABASE_URL": "sqlite:////own"}
    assert load(folder, **both).database_url == "sqlite:////own"
    assert load(folder, DATABASE_URL="sqlite:////common").database_url == "sqlite:////common"


@pytest.mark.parametrize(
    "url", ["mysql://u:hunter2@host/db", "host/db", "sqlite:a.db", "postgresql+asyncpg://u:hunter2@h/d"]
)
def test_other_databases_are_refused_without_the_password(folder, url):
    with pytest.raises(Refused) as caught:
        load(folder, ANNOTATOR_DATABASE_URL=url)
    assert caught.value.where == "ANNOTATOR_DATABASE_URL"
    assert "hunter2" not in str(caught.value)


# -- `.env`


def test_the_environment_goes_before_the_file(folder):
    folder.mkdir(parents=True)
    (folder / ".env").write_text(
        "ANNOTATOR_PROXY=1\nexport ANNOTATOR_HOSTS='a.example' # ours\nDATABASE_URL=sqlite:////f\n"
    )
    made = load(folder, ANNOTATOR_PROXY="2")
    assert (made.proxy, made.hosts, made.database_url) == (2, ("a.example",), "sqlite:////f")


def test_a_file_that_is_no_text_is_refused(folder):
    folder.mkdir(parents=True)
    (folder / ".env").write_bytes(b"ANNOTATOR_HOSTS=\xff\xfe")
    with pytest.raises(Refused) as caught:
        load(folder)
    assert caught.value.where == str(folder / ".env")


# -- the secret key


def test_the_secret_key_is_made_once_and_for_us_alone(folder):
    first, second = load(folder), load(folder)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 43
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["secret_key"]
    assert load(folder.parent / "other").secret_key != first.secret_key


def test_the_secret_key_is_not_shown(folder):
    made = load(folder)
    assert made.secret_key not in repr(made)


def test_many_who_start_at_once_have_one_key(folder):
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: load(folder).secret_key, range(8)))) == 1


@pytest.mark.parametrize("content", [b"", b"short\n", "ключ".encode() * 20])
def test_a_secret_key_that_is_none_is_refused(folder, content):
    folder.mkdir(parents=True)
    (folder / "secret_key").write_bytes(content)
    with pytest.raises(Refused) as caught:
        load(folder)
    assert caught.value.where == str(folder / "secret_key")


# -- what is refused


@pytest.mark.parametrize("text", ["two", "-1", "1.5", "1e3", "²", "9" * 5000])
@pytest.mark.parametrize("name", ["PROXY", "MAX_SPANS_PER_MINUTE", "MAX_SPANS_PER_ARTICLE", "SIGNIN_FAILURES"])
def test_numbers_that_are_none_are_refused(folder, name, text):
    with pytest.raises(Refused, match="whole number") as caught:
        load(folder, **{f"ANNOTATOR_{name}": text})
    assert caught.value.where == f"ANNOTATOR_{name}"


def test_a_folder_that_cannot_be_written_to_is_refused(folder, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK)
    with pytest.raises(Refused, match="cannot be written to") as caught:
        load(folder)
    assert caught.value.where == str(folder)
