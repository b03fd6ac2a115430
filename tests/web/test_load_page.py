"""The page that files are loaded from: the same report as the command's, and nothing half loaded."""

import io
import json
import sys
import zipfile
from types import SimpleNamespace

import pytest
from sqlalchemy import text as sql

from annotator.web import loading
from conftest import csrf_of

CSV = "Headline,Body\nMayor,Forty fires in March.\nPort,The port is closed.\n"


@pytest.fixture
def page(project, login_as):
    """Posts files as the manager; `as_htmx` for the part of the page."""
    client = login_as("max")
    token = csrf_of(client.get("/projects/desk/load"))

    def post(*files, act="load", as_htmx=True, **form):
        data = {"csrf_token": token, "act": act, "files": [(io.BytesIO(data), name) for name, data in files], **form}
        headers = {"HX-Request": "true"} if as_htmx else {}
        return client.post("/projects/desk/load", data=data, headers=headers, content_type="multipart/form-data")

    return post


@pytest.fixture
def articles(db):
    def read():
        with db.read() as connection:
            return connection.execute(sql("select key, title from articles order by position")).all()

    return read


def test_files_are_loaded_and_counted(page, articles):
    line = json.dumps({"key": "a", "text": "Nobody was hurt.", "spans": [{"start": 0, "end": 6, "label": "claim"}]})
    answer = page(("one.txt", b"Forty fires."), ("two.jsonl", line.encode()))
    assert answer.status_code == 200
    said = answer.get_data(as_text=True)
    assert "<h2>Loaded</h2>" in said
    assert "<dt>articles loaded</dt><dd>2</dd>" in said
    assert "<dt>suggestions</dt><dd>1</dd>" in said
    assert [key for key, _ in articles()] == ["one.txt", "a"]


def test_a_check_loads_nothing(page, articles):
    said = page(("one.txt", b"Forty fires."), act="check").get_data(as_text=True)
    assert "This would be loaded" in said
    assert articles() == []


def test_what_is_refused_is_named_by_the_names_of_the_files(page, articles):
    bad = b'{"text": "good"}\n{"text": ""}\n{"txt": 1}\n'
    said = page(("good.txt", b"Forty fires."), ("bad.jsonl", bad)).get_data(as_text=True)
    assert "2 things refused" in said
    assert "Nothing was loaded." in said
    assert '<td class="where">bad.jsonl:3</td>' in said
    assert '<td class="where">bad.jsonl:2' in said
    assert "/tmp" not in said
    assert articles() == []


def test_columns_are_mapped_by_name(page, articles):
    said = page(("news.csv", CSV.encode()), act="check").get_data(as_text=True)
    assert "No column is named text" in said
    assert 'name="column Body"' in said
    said = page(("news.csv", CSV.encode()), **{"column Body": "text", "column Headline": "title"}).get_data(
        as_text=True
    )
    assert "<dt>articles loaded</dt><dd>2</dd>" in said
    assert [title for _, title in articles()] == ["Mayor", "Port"]


def test_an_archive_is_unpacked_and_an_unsafe_one_refused(page, articles):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("folder/a.txt", "Forty fires.")
    page(("some.zip", made.getvalue()))
    assert [key for key, _ in articles()] == ["folder/a.txt"]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("../a.txt", "Forty more.")
    said = page(("bad.zip", made.getvalue())).get_data(as_text=True)
    assert "leads out of the archive" in said
    assert len(articles()) == 1


@pytest.mark.parametrize(
    ("files", "form", "why"),
    [
        ([], {}, "Choose one file at least."),
        ([("a.txt", b"x"), ("a.txt", b"y")], {}, "Two of the files have this name."),
        ([("a.txt", b"x")], {"encoding": "klingon"}, "klingon"),
        ([("a.txt", b"x")], {"format": "klingon"}, "klingon"),
        ([("a.txt", b"x")], {"named": "klingon"}, "klingon"),
        ([("a.txt", b"\xff\xfe\x00")], {}, "a.txt"),
        ([("../../a.txt", b"")], {}, "a.txt"),
    ],
)
def test_wrong_input_is_refused_in_words(page, articles, files, form, why):
    answer = page(*files, **form)
    assert answer.status_code == 200
    said = answer.get_data(as_text=True)
    assert "refused</h2>" in said
    assert why in said
    assert articles() == []


def test_without_scripts_the_whole_page_answers(page):
    said = page(("one.txt", b"Forty fires."), as_htmx=False).get_data(as_text=True)
    assert said.startswith("<!doctype html>")
    assert "<h2>Loaded</h2>" in said


def test_the_page_names_who_it_made(page):
    line = json.dumps({"text": "Nobody.", "spans": [{"start": 0, "end": 6, "label": "claim", "reviewer": "zoe"}]})
    assert "disabled: zoe" in page(("a.jsonl", line.encode())).get_data(as_text=True)
    assert "<dt>suggestions</dt>" in page(
        ("b.jsonl", line.replace("Nobody", "Nobodi").encode()), named="suggestions"
    ).get_data(as_text=True)


def test_what_tells_furniture_is_asked_for_by_name(page, db, login_as):
    pytest.importorskip("trafilatura")
    form = login_as("max").get("/projects/desk/load").get_data(as_text=True)
    assert 'name="boilerplate" value="trafilatura"' in form
    answer = page(("a.html", b"<p>Nothing"), boilerplate="guesswork").get_data(as_text=True)
    assert "guesswork" in answer
    assert "trafilatura" in answer
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "trafilatura", SimpleNamespace(extract=lambda *_, **__: "The council met."))
        page(("a.html", b"<p>The council met.<p>Read more"), boilerplate="trafilatura")
    with db.read() as connection:
        stored = connection.exec_driver_sql("SELECT blocks FROM article_texts").scalar_one()
    assert json.loads(stored) == [[0, 16, "paragraph", 0], [18, 27, "paragraph", 0, True]]


def test_what_is_not_installed_is_not_offered(login_as, project, monkeypatch):
    monkeypatch.setattr(loading, "find_spec", lambda _: None)
    assert "boilerplate" not in login_as("max").get("/projects/desk/load").get_data(as_text=True)
