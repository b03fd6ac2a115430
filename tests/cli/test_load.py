"""`annotator load`: what goes in, and that what is refused goes in not at all."""

import io
import json
import os
import pty
import subprocess
import sys
import zipfile

import pytest

from cli.command import environment
from factories import TEXT, export_line, ndjson, span

ONE = {"text": "The mayor met 40 people.", "key": "one"}
TWO = {"text": "She denied it.", "key": "two"}
GREEK = "Ο δήμαρχος"


def rows(db, query):
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def articles(db):
    return rows(db, "SELECT a.project, a.key, t.text FROM articles a JOIN article_texts t ON t.article = a.id"
                    " ORDER BY a.project, a.position")  # fmt: skip


def zipped(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return buffer.getvalue()


# -- from where


def test_a_text_file(annotator, db, project):
    ran = annotator("load", annotator.write("news.txt", "\ufeffOne\r\n\r\nTwo  spaces & <b>\n"), "-p", "desk")
    assert ran.lines == ["1 loaded, 0 same"]
    assert articles(db) == [("desk", "news.txt", "One\n\nTwo  spaces & <b>\n")]


def test_json_lines(annotator, db, project):
    annotator("load", annotator.write("news.jsonl", ndjson(ONE, TWO)), "--project", "desk")
    assert articles(db) == [("desk", "one", ONE["text"]), ("desk", "two", TWO["text"])]


def test_a_folder_with_its_metadata(annotator, db, project):
    annotator.write("in/b.txt", "Second")
    annotator.write("in/a.txt", "First")
    annotator.write("in/README.md", "About")
    annotator.write("in/metadata.jsonl", ndjson({"file_name": "a.txt", "title": "A title", "desk": "city"}))
    assert annotator("load", "in", "-p", "desk").lines == ["2 loaded, 0 same"]
    assert articles(db) == [("desk", "a.txt", "First"), ("desk", "b.txt", "Second")]
    assert rows(db, "SELECT title, meta FROM articles JOIN article_texts ON article = id WHERE key = 'a.txt'") == [
        ("A title", '{"desk":"city"}')
    ]


def test_a_zip_archive(annotator, db, project):
    annotator.write("in.zip", zipped(b_txt="Second", a_jsonl=ndjson(ONE)))
    annotator("load", "in.zip", "-p", "desk")
    assert [(key, text) for _, key, text in articles(db)] == [("one", ONE["text"]), ("b.txt", "Second")]


def test_standard_input_as_text_and_as_json_lines(annotator, db, project):
    annotator("load", "-", "-p", "desk", stdin=b"Just words")
    annotator("load", "-", "-p", "desk", stdin=ndjson(ONE))
    annotator("load", "-", "-p", "desk", "--format", "txt", stdin=b'{"text": "kept as it is"}')
    assert [text for _, _, text in articles(db)] == ["Just words", ONE["text"], '{"text": "kept as it is"}']


def test_several_paths_in_another_encoding(annotator, db, project):
    annotator.write("a.txt", GREEK.encode("iso-8859-7"))
    annotator.write("b.txt", GREEK.encode("utf-16"))
    annotator("load", "a.txt", "b.txt", "-p", "desk", "--encoding", "iso-8859-7")
    assert [text for _, _, text in articles(db)] == [GREEK, GREEK]


def test_the_same_again_is_same(annotator, db, project):
    annotator.inside("load", "-", "-p", "desk", stdin=ndjson(ONE, TWO))
    log = rows(db, "SELECT count(*) FROM events")
    assert annotator("load", "-", "-p", "desk", stdin=ndjson(TWO, ONE)).lines == ["0 loaded, 2 same"]
    assert rows(db, "SELECT count(*) FROM events") == log


def test_without_a_project__into_the_one_each_line_names__made_if_missing(annotator, db, project):
    annotator("load", "-", stdin=ndjson(ONE | {"project": "desk"}, TWO | {"project": "city-2"}))
    assert articles(db) == [("city-2", "two", TWO["text"]), ("desk", "one", ONE["text"])]


def test_into_a_database_that_is_not_there_yet(fresh):
    fresh("load", "-", stdin=ndjson(ONE | {"project": "city"}))
    assert fresh.inside("project", "list").lines == ["city\t1\t2\tcity"]


# -- spans


def test_spans_become_reviews_of_the_reviewers_named_and_else_suggestions(annotator, db, project):
    text = ONE["text"]
    spans = [
        span("claim", "The mayor met 40 people", text, quote=False) | {"reviewer": "ana"},
        span("figure", "40 people", text, quote=False) | {"by": "zoë", "text": "40 people", "note": "how many?"},
        span("figure", "40", text, quote=False),
    ]
    ran = annotator("load", "-", "-p", "desk", stdin=ndjson(ONE | {"spans": spans}))
    assert ran.lines == ["1 loaded, 0 same, 2 reviews, 2 spans, 1 suggestions"]
    assert "zoë" in ran.err
    assert "ana" not in ran.err  # who has an account already
    found = rows(db, "SELECT reviewer, state, start_at, end_at, label, note FROM reviews r JOIN spans s"
                     " ON s.review = r.id ORDER BY reviewer")  # fmt: skip
    assert found == [("ana", "submitted", 0, 23, "claim", ""), ("zoë", "submitted", 14, 23, "figure", "how many?")]
    assert rows(db, "SELECT start_at, end_at, label FROM suggestions") == [(14, 16, "figure")]
    assert rows(db, "SELECT disabled_at IS NOT NULL, password_hash FROM users WHERE name = 'zoë'") == [(1, None)]


# -- what is refused


def test_a_bad_line_is_named_and_nothing_is_loaded(annotator, db, project):
    good = [{"text": f"Text {n}"} for n in range(1200)]  # more than one batch
    annotator.write("a.jsonl", ndjson(*good, TWO | {"spans": [{"start": 0, "end": 99, "label": "claim"}]}))
    assert annotator.refused("load", "a.jsonl", "-p", "desk").startswith("a.jsonl:1201: spans[0].end: ")
    assert articles(db) == []


def test_a_bad_file_among_good_ones_is_named_and_nothing_is_loaded(annotator, db, project):
    annotator.write("in/a.txt", "Good")
    annotator.write("in/b.txt", b"caf\xe9")
    annotator.write("in/c.txt", "Good too")
    assert annotator.refused("load", "in", "-p", "desk").startswith("in/b.txt: byte 3: ")
    assert articles(db) == []


def test_projects_and_people_that_a_refused_file_names_are_not_made(annotator, db):
    review = {"reviewer": "new", **span("figure", "40", ONE["text"])}
    stdin = ndjson(ONE | {"project": "new", "spans": [review]}, {"text": "\x00", "project": "new"})
    before = rows(db, "SELECT count(*) FROM events")
    assert annotator.refused("load", "-", stdin=stdin).startswith("standard input:2: ")
    assert rows(db, "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM projects)") == [(0, 0)]
    assert rows(db, "SELECT count(*) FROM events") == before


def test_no_project_named_anywhere(annotator, db):
    assert "names no project" in annotator.refused_inside("load", "-", stdin=ndjson(ONE))


def test_a_project_that_is_not_there(annotator, db):
    assert (
        annotator.refused_inside("load", "-", "-p", "desc", stdin=ndjson(ONE)) == "project: There is no project 'desc'."
    )


def test_other_text_under_the_same_key(annotator, db, project):
    annotator.inside("load", "-", "-p", "desk", stdin=ndjson(ONE))
    changed = ndjson(TWO, ONE | {"text": "The mayor met 41 people."})
    assert annotator.refused("load", "-", "-p", "desk", stdin=changed).startswith("standard input:2: key: ")
    assert [key for _, key, _ in articles(db)] == ["one"]


def test_a_quote_that_is_not_there(annotator, db, project):
    wrong = span("figure", "40", ONE["text"]) | {"quote": "41"}
    why = annotator.refused_inside("load", "-", "-p", "desk", stdin=ndjson(ONE | {"spans": [wrong]}))
    assert why == "standard input:1: spans[0].quote: The text from 14 to 16 is '40', not '41'."


def test_a_label_that_the_scheme_does_not_have(annotator, db, project):
    wrong = span("rumour", "40", ONE["text"])
    why = annotator.refused_inside("load", "-", "-p", "desk", stdin=ndjson(ONE | {"spans": [wrong]}))
    assert why.startswith("standard input:1: spans[0]: label: The scheme has no label 'rumour'")


def test_a_changed_export_line(annotator, db, project):
    line = export_line(TEXT) | {"text": TEXT + "."}
    assert "its hash differs" in annotator.refused_inside("load", "-", stdin=ndjson(line))


def test_a_file_that_is_not_there(annotator, db, project):
    assert annotator.refused_inside("load", "gone.txt", "-p", "desk") == "gone.txt: There is no such file or folder."


def test_a_file_of_no_known_kind(annotator, db, project):
    why = annotator.refused_inside("load", annotator.write("news.odt", "x"), "-p", "desk")
    assert why.startswith("news.odt: ")
    assert "--format" in why


def test_a_zip_that_is_none(annotator, db, project):
    assert annotator.refused_inside("load", annotator.write("a.zip", "x"), "-p", "desk").startswith("a.zip: ")


def test_controls_are_refused_and_on_request_made_spaces(annotator, db, project):
    annotator.write("a.txt", "a\x00b\x1fc")
    assert annotator.refused("load", "a.txt", "-p", "desk").startswith("a.txt: code point 1: ")
    ran = annotator("load", "a.txt", "-p", "desk", "--replace-controls")
    assert ran.lines == ["1 loaded, 0 same, 2 controls made spaces"]
    assert articles(db) == [("desk", "a.txt", "a b c")]


# -- how it says so


def test_a_dry_run_reports_and_leaves_nothing(annotator, db, project):
    spans = [span("figure", "40", ONE["text"]) | {"reviewer": "nora"}]
    before = rows(db, "SELECT count(*) FROM events")
    ran = annotator("load", "-", "-p", "desk", "--dry-run", stdin=ndjson(ONE | {"spans": spans}, TWO))
    assert ran.lines == ["would load: 2 loaded, 0 same, 1 reviews, 1 spans"]
    assert articles(db) == []
    assert rows(db, "SELECT count(*) FROM events") == before


def test_no_progress_bar_in_a_pipe(annotator, db, project):
    ran = annotator("load", "-", "-p", "desk", stdin=ndjson(*({"text": f"Text {n}"} for n in range(50))))
    assert ran.err == ""
    assert ran.out == b"50 loaded, 0 same\n"


def test_a_progress_bar_on_a_terminal(annotator, db, project):
    ours, theirs = pty.openpty()
    annotator.write("a.jsonl", ndjson(ONE, TWO))
    with subprocess.Popen(
        [sys.executable, "-m", "annotator", "load", "a.jsonl", "-p", "desk"], cwd=annotator.folder,
        env=environment(annotator.instance, TERM="xterm"), stdout=subprocess.PIPE, stderr=theirs,
    ) as process:  # fmt: skip
        assert process.stdout.read() == b"2 loaded, 0 same\n"
        assert process.wait(20) == 0
    os.close(theirs)
    assert b"Loading" in os.read(ours, 10_000)
    os.close(ours)


# -- the report


def test_all_that_is_refused_is_named_file_by_file(annotator, db, project):
    annotator.write("in/a.jsonl", ndjson(ONE, {"text": 5}, {"text": "a\x00"}))
    annotator.write("in/b.txt", b"caf\xe9")
    ran = annotator("load", "in", "-p", "desk", code=1)
    assert ran.err.splitlines() == [
        "error: in/a.jsonl:2: text: Expected `str`, got `int`: 5.",
        "error: in/a.jsonl:3: code point 1: The text holds the control character U+0000.",
        "error: in/b.txt: byte 3: This is not utf-8: unexpected end of data. Name the right encoding, or save the file as UTF-8.",
        "3 refused; nothing was loaded",
    ]  # fmt: skip
    assert articles(db) == []


def test_past_a_hundred_they_are_counted(annotator, db, project):
    ran = annotator("load", "-", "-p", "desk", code=1, stdin=b"{}\n" * 130)
    assert len(ran.err.splitlines()) == 101
    assert ran.err.endswith("\n130 refused, 30 of them not shown; nothing was loaded\n")


def test_a_dry_run_of_what_is_refused(annotator, db, project):
    ran = annotator("load", "-", "-p", "desk", "--dry-run", code=1, stdin=ndjson(ONE, {}))
    assert ran.out == b""
    assert ran.err.endswith("\n1 refused; nothing would be loaded\n")


def test_columns_of_a_csv_file_are_shown_and_named(annotator, db, project):
    annotator.write("a.csv", "Slug;Body;Desk\n1;One text;city\n")
    ran = annotator("load", "a.csv", "-p", "desk", "--map", "text=Body", "--map", "key=Slug", "--dry-run")
    assert ran.lines == ["would load: 1 loaded, 0 same"]
    assert ran.err == "a.csv: Slug → key, Body → text, Desk → meta\n"
    annotator("load", "a.csv", "-p", "desk", "--map", "text=Body", "--map", "key=Slug")
    assert articles(db) == [("desk", "1", "One text")]


def test_a_mapping_of_no_field_or_no_column(annotator, db, project):
    annotator.write("a.csv", "text\na\n")
    assert "'body=text' is not FIELD=COLUMN" in annotator("load", "a.csv", "--map", "body=text", code=2).err
    why = annotator.refused("load", "a.csv", "-p", "desk", "--map", "title=Head")
    assert why == "a.csv:1: No column is named 'Head'; there are 'text'."


def test_reviewers_as_suggestions(annotator, db, project):
    line = {"text": TEXT, "spans": [span("claim", "The tunnel leaks") | {"by": "zoë"}]}
    ran = annotator("load", "-", "-p", "desk", "--as", "suggestions", stdin=ndjson(line))
    assert ran.lines == ["1 loaded, 0 same, 1 suggestions"]
    assert rows(db, "SELECT name FROM users WHERE name = 'zoë'") == []


def test_what_is_passed_over_is_told(annotator, db, project):
    annotator.write("a.txt", "one")
    annotator.write("a.ann", "T1\tclaim 0 3\tone\nE1\tevent:T1\n")
    ran = annotator("load", "a.txt", "-p", "desk")
    assert ran.lines == ["1 loaded, 0 same, 1 suggestions"]
    assert ran.err == "passed over: 1 lines of brat's other kinds (events, normalisations, equivalences)\n"


def test_what_is_furniture_in_a_saved_page_is_told_by_another_where_it_is_asked_to(annotator, db, project):
    pytest.importorskip("trafilatura")
    said = "The council said on Tuesday that the old bridge over the river stays closed until the end of next year."
    links = "".join(f'<li><a href="/{n}">Story {n}</a></li>' for n in range(6))
    path = annotator.write("a.html", f"<body><ul>{links}</ul><h1>The bridge</h1><p>{said}</p><p>{said}".encode())
    annotator.inside("load", path, "-p", "desk", "--boilerplate", "trafilatura")
    with db.read() as connection:
        blocks = json.loads(connection.exec_driver_sql("SELECT blocks FROM article_texts").scalar_one())
    assert [len(block) == 5 for block in blocks] == [True] * 6 + [False] * 3
    annotator.inside("load", path, "-p", "desk", "--boilerplate", "guesswork", code=2)
