"""`annotator convert` between formats, and `annotator export` into files of every kind."""

import json
import zipfile

import pytest

from annotator.formats import FORMATS
from factories import TEXT, ndjson, span

LINE = {"text": TEXT, "key": "k", "title": "T", "spans": [
    span("claim", "The tunnel leaks") | {"note": "so", "attributes": {"speaker": "Ana"}}, span("quote", "“The tunnel leaks,”"),
]}  # fmt: skip
READ_BACK = sorted(name for name, one in FORMATS.items() if one.read and one.write and name != "csv")


def places(line):
    return sorted((it["start"], it["end"], it["label"], it["text"]) for it in line["spans"])


@pytest.mark.parametrize("name", READ_BACK)
def test_there_and_back_keeps_text_and_spans(fresh, name):
    fresh.write("a.jsonl", ndjson(LINE))
    target = "out" if name == "brat" else f"out{FORMATS[name].extension}"
    ran = fresh("convert", "a.jsonl", target, "--to", name)
    assert ran.err.splitlines()[0] == "1 lines, 2 spans"
    fresh("convert", target, "back.jsonl", "--from", name, "--to", "jsonl")
    [line] = map(json.loads, (fresh.folder / "back.jsonl").read_text(encoding="utf-8").splitlines())
    assert line["text"] == TEXT
    assert [(one[2], one[3]) for one in places(line)] == [
        ("quote", "“The tunnel leaks,”"),
        ("claim", "The tunnel leaks"),
    ]
    assert all(line["text"][start:end] == text for start, end, _, text in places(line))


def test_what_is_lost_is_counted(fresh):
    fresh.write("a.jsonl", ndjson(LINE))
    ran = fresh("convert", "a.jsonl", "-", "--to", "doccano")
    assert json.loads(ran.out)["surface"] == ["“The tunnel leaks,”", "The tunnel leaks"]
    told = ran.err.splitlines()
    assert told[0] == "1 lines, 2 spans"
    for lost in ("1 notes", "1 values of attributes", "1 titles", "1 keys"):
        assert f"lost: {lost}" in told


def test_standard_input_is_told_by_its_content(fresh):
    ran = fresh("convert", "-", "-", "--to", "hf", stdin=ndjson(LINE))
    assert json.loads(ran.out)["text"] == TEXT


def test_what_is_refused_leaves_nothing(fresh):
    fresh.write("a.jsonl", ndjson(LINE, {"text": ""}))
    fresh.write("out.csv", "what was there")
    assert fresh.refused("convert", "a.jsonl", "out.csv", "--to", "csv").startswith("a.jsonl:2: ")
    assert (fresh.folder / "out.csv").read_text(encoding="utf-8") == "what was there"
    assert fresh.refused("convert", "a.jsonl", "out", "--to", "brat").startswith("a.jsonl:2: ")
    assert not (fresh.folder / "out").exists()
    assert not list(fresh.folder.glob(".out*"))


def test_no_database_is_touched(fresh):
    fresh.write("a.jsonl", ndjson(LINE))
    fresh("convert", "a.jsonl", "b.csv", "--to", "csv")
    assert not list(fresh.folder.rglob("*.sqlite3"))


def test_columns_are_named(fresh):
    fresh.write("a.csv", "Body,Slug\nOne,1\n")
    ran = fresh("convert", "a.csv", "-", "--to", "jsonl", "--map", "text=Body", "--map", "key=Slug")
    assert [(line["key"], line["text"]) for line in ran.objects] == [("1", "One")]


# -- export into files


def test_a_folder_a_zip_and_files_side_by_side(annotator, closed):
    annotator("export", "-p", "desk", "-f", "brat", "-o", "out")
    annotator("export", "-p", "desk", "-f", "brat", "-o", "out.zip")
    names = sorted(path.name for path in (annotator.folder / "out").iterdir())
    assert {name.replace(closed, "ID") for name in names} == {"ID.ann", "ID.txt", "metadata.jsonl"}
    assert sorted(zipfile.ZipFile(annotator.folder / "out.zip").namelist()) == names
    manifest = json.loads((annotator.folder / "out.manifest.json").read_text(encoding="utf-8"))
    assert sorted(one["path"] for one in manifest["files"]) == [f"out/{name}" for name in names]
    ran = annotator("export", "-p", "desk", "-f", "w3c", "-o", "gold.jsonld")
    assert {path.name for path in annotator.folder.glob("gold*")} == {
        "gold.jsonld", "gold.texts.json", "gold.jsonld.manifest.json",
    }  # fmt: skip
    assert "not held by the format: 1 relations" in ran.err
    assert "already" in annotator.refused("export", "-p", "desk", "-f", "brat", "-o", "out")


def test_the_filters_and_the_card(annotator, closed):
    ran = annotator(
        "export", "-p", "desk", "-l", "all", "--reviewer", "ben", "--label", "claim", "--state", "closed", "--since", "2020",
        "--split", "0/0/100", "--card", "card.md", "--licence", "CC0", "-o", "a.jsonl",
    )  # fmt: skip
    lines = [json.loads(line) for line in (annotator.folder / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(line["layer"], line["reviewer"], line["split"]) for line in lines] == [
        ("gold", None, "test"), ("review", "ben", "test"),
    ]  # fmt: skip
    assert "left out: 1 reviews of other reviewers" in ran.err
    card = (annotator.folder / "card.md").read_text(encoding="utf-8")
    assert "| Licence | CC0 |" in card
    assert "- Left out: 1 reviews of other reviewers" in card
    assert annotator.refused("export", "-p", "desk", "--since", "now").startswith("since: ")
