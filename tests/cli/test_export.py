"""`annotator export`: lines that pass the shipped schema, the layers, the summary, the manifest."""

import hashlib
import json
import os

import jsonschema
import pytest
from msgspec import to_builtins

from annotator.actions import exports_made
from annotator.core.scheme import DEFAULT_SCHEME
from annotator.errors import Busy
from cli.command import ROOT
from factories import TEXT, article_text, ndjson, span

SCHEMA = json.loads((ROOT / "annotator/schema/annotator-1.json").read_text(encoding="utf-8"))
ORDER = (
    "schema project id key title url source author published language text text_sha256 source_sha256 meta layer"
    " reviewer split spans relations"
).split()


@pytest.fixture
def check():
    """Checks a line against the schema and what the schema cannot say."""
    validator = jsonschema.Draft202012Validator(SCHEMA)

    def call(line):
        validator.validate(line)
        assert list(line) == ORDER
        assert line["text_sha256"] == hashlib.sha256(line["text"].encode()).hexdigest()
        spans = line["spans"]
        assert all(line["text"][s["start"] : s["end"]] == s["text"] for s in spans)
        assert spans == sorted(spans, key=lambda s: (s["start"], -s["end"], s["label"]))
        assert all(set(s["attributes"]) == set(DEFAULT_SCHEME.attributes) for s in spans)
        assert {end for r in line["relations"] for end in (r["from"], r["to"])} <= {s["id"] for s in spans}
        return line

    return call


def words(line):
    return [(s["label"], s["text"]) for s in line["spans"]]


def test_gold_is_what_the_adjudicator_decided_with_its_origins(annotator, closed, check):
    ran = annotator("export", "-p", "desk")
    (line,) = map(check, ran.objects)
    assert (line["layer"], line["reviewer"], line["split"], line["key"]) == ("gold", None, None, "tunnel")
    assert line["text"] == TEXT
    assert words(line) == [
        ("figure", "12 years"),
        ("claim", "At least 53 workers fell ill"),
        ("figure", "53 workers"),
        ("quote", "Nobody was hurt"),
    ]
    years, claim, figure, quote = line["spans"]
    assert [len(s["from"]) for s in line["spans"]] == [0, 2, 1, 2]
    assert {s["by"] for s in line["spans"]} == {"cyd"}
    assert figure["attributes"] == {"value": 53, "unit": "workers", "qualifier": "at least", "speaker": None}
    assert claim["attributes"]["speaker"] == "the union"
    assert set(years["attributes"].values()) == {None}
    assert [(r["type"], r["from"], r["to"]) for r in line["relations"]] == [("attributed_to", quote["id"], claim["id"])]
    assert ran.err == "1 articles, 1 lines, 4 spans\n"


def test_reviews_are_each_reviewers_own_by_name(annotator, closed, check):
    ana, ben = map(check, annotator.inside("export", "-p", "desk", "--layer", "reviews").objects)
    assert [(one["layer"], one["reviewer"], len(one["spans"])) for one in (ana, ben)] == [
        ("review", "ana", 4),
        ("review", "ben", 3),
    ]
    assert {s["by"] for s in ben["spans"]} == {"ben"}
    assert {s["note"] for s in ana["spans"]} == {"", "“so” he says\n👍🏽"}
    assert [len(one["relations"]) for one in (ana, ben)] == [1, 1]


def test_all_is_gold_then_reviews__and_gold_comes_from_spans_that_stand_there(annotator, closed, check):
    lines = [check(line) for line in annotator.inside("export", "-p", "desk", "-l", "all").objects]
    assert [(line["layer"], line["reviewer"]) for line in lines] == [
        ("gold", None),
        ("review", "ana"),
        ("review", "ben"),
    ]
    assert len({line["id"] for line in lines}) == 1
    reviewed = {s["id"] for line in lines[1:] for s in line["spans"]}
    assert {origin for s in lines[0]["spans"] for origin in s["from"]} <= reviewed


def test_majority_is_the_exact_spans_that_more_than_half_have(annotator, closed, check):
    (line,) = map(check, annotator.inside("export", "-p", "desk", "-l", "majority").objects)
    assert words(line) == [("quote", "Nobody was hurt")]
    assert (line["layer"], line["reviewer"]) == ("majority", None)


def test_majority_of_three_is_two(annotator, db, load, check):
    text = article_text()
    spans = [
        span("figure", "40", text) | {"reviewer": who} for who in ("ana", "ben")
    ] + [span("figure", "40 people", text) | {"reviewer": "zed"}]  # fmt: skip
    load({"text": text, "spans": spans})
    (line,) = map(check, annotator.inside("export", "-l", "majority").objects)
    assert words(line) == [("figure", "40")]


def test_to_a_file_with_a_manifest_beside_it(annotator, closed):
    printed = annotator.export("-p", "desk", "-l", "all")
    ran = annotator("export", "-p", "desk", "-l", "all", "-o", "gold.jsonl")
    written = (annotator.folder / "gold.jsonl").read_bytes()
    assert written == printed
    assert ran.out == b""
    manifest = json.loads((annotator.folder / "gold.jsonl.manifest.json").read_bytes())
    assert (manifest["articles"], manifest["lines"], manifest["spans"]) == (1, 3, 11)
    assert manifest["sha256"] == hashlib.sha256(written).hexdigest()
    assert manifest["bytes"] == len(written)
    assert manifest["projects"][0]["project"] == "desk"
    assert manifest["projects"][0]["scheme"] == json.loads(json.dumps(to_builtins(DEFAULT_SCHEME)))
    assert manifest["audit_hash"] == annotator.inside("audit").objects[-1]["hash"]
    names = ["gold.jsonl", "gold.jsonl.manifest.json"]
    assert sorted(path.name for path in annotator.folder.iterdir()) == names


def test_what_is_left_out_is_counted_with_the_reason(annotator, db, load, people, two_reviews):
    load({"text": "Nobody saw this."}, {"text": article_text(), "spans": [span("figure", "40", article_text())]})
    gold = annotator("export", "-p", "desk")
    assert gold.out == b""
    assert gold.err.splitlines() == [
        "0 articles, 0 lines, 0 spans",
        "left out: 3 articles not closed",
        "left out: 1 suggestions (nobody's spans yet)",
    ]
    reviews = annotator("export", "-p", "desk", "-l", "reviews")
    assert reviews.err.startswith("1 articles, 2 lines, 9 spans\nleft out: 2 articles without a submitted review")


def test_split_gives_each_article_its_share(annotator, load):
    spans = [{"start": 0, "end": 3, "label": "claim", "reviewer": "ana"}]
    load(*({"text": f"The text number {n}.", "spans": spans} for n in range(300)))
    lines = annotator.inside("export", "-l", "reviews", "--split", "60/20/20").objects
    shares = [line["split"] for line in lines]
    assert 150 < shares.count("train") < 210
    assert 35 < shares.count("dev") < 85
    again = annotator.inside("export", "-l", "reviews", "--split", "60/20/20").objects
    assert [line["split"] for line in again] == shares
    assert set(shares) == {"train", "dev", "test"}


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (["-p", "desc"], "project: There is no project 'desc'."),
        (["--split", "80/30/10"], "split: 80/30/10 makes 120, not 100."),
        (["-o", "gone/gold.jsonl"], "gone/gold.jsonl: It cannot be written: No such file or directory."),
        (["-o", "."], ".: It is there and is no file; - writes to standard output."),
    ],
)
def test_what_cannot_be_exported_is_refused_in_one_line(annotator, project, args, why):
    assert annotator.refused_inside("export", *args) == why


def test_a_device_is_not_replaced_by_a_file(annotator, project):
    device = annotator.folder / "device"
    os.mkfifo(device)
    assert "is no file" in annotator.refused_inside("export", "-o", device)
    assert device.is_fifo()


def test_a_file_that_is_there_stays_when_the_export_is_refused(annotator, project):
    annotator.write("gold.jsonl", "from before")
    annotator.refused_inside("export", "-p", "desc", "-o", "gold.jsonl")
    assert [(path.name, path.read_bytes()) for path in annotator.folder.iterdir()] == [("gold.jsonl", b"from before")]


def test_without_a_project_all_of_them(annotator, db):
    spans = [span("figure", "40", article_text()) | {"reviewer": "ana"}]
    stdin = ndjson(*({"project": slug, "text": article_text(), "spans": spans} for slug in ("b", "a")))
    annotator.inside("load", "-", stdin=stdin)
    assert [line["project"] for line in annotator.inside("export", "-l", "reviews").objects] == ["a", "b"]


def made(annotator):
    entries = [json.loads(line) for line in annotator("audit").out.splitlines()]
    return [entry for entry in entries if entry["action"] == "export.made"]


def test_each_export_is_in_the_log_once_for_each_project(annotator, closed):
    annotator.inside("project", "add", "other")
    annotator.inside("load", "-", "-p", "other", stdin=ndjson({"text": article_text()}))
    whole = annotator.export("-p", "desk", "-l", "all", "--label", "claim", "--until", "2999", "--split", "80/10/10")
    annotator.inside("export", "-f", "brat", "-o", annotator.folder / "all")
    first, *both = made(annotator)
    assert (first["actor"], first["project"], first["article"]) == ("(command line)", "desk", None)
    assert first["data"] == {
        "format": "jsonl", "layer": "all", "filters": {"label": ["claim"], "until": "2999"}, "split": "80/10/10",
        "open": True, "articles": 1, "spans": whole.count(b'"label":"claim"'), "bytes": len(whole),
    }  # fmt: skip
    assert [(one["project"], one["data"]["articles"], one["data"]["spans"]) for one in both] == [
        ("desk", 1, 4),
        ("other", 0, 0),
    ]
    assert {(one["data"]["format"], one["data"]["open"], one["data"]["bytes"]) for one in both} == {
        ("brat", False, None)
    }
    assert annotator("verify").lines[-1].startswith("ok: ")


def test_what_was_not_written_whole_is_no_export(annotator, closed):
    annotator.refused_inside("export", "-o", annotator.folder / "none" / "file.jsonl")
    annotator.refused_inside("export", "-p", "nowhere")
    assert made(annotator) == []


def test_an_export_that_the_log_has_no_entry_of_is_told(annotator, closed, monkeypatch):
    def busy(*_):
        raise Busy("It is busy.")

    monkeypatch.setattr(exports_made, "record", busy)
    ran = annotator.inside("export", "-o", "gold.jsonl", code=1)
    assert ran.err == "error: The export is written whole, but it is not in the log: It is busy.\n"
    assert [path.name for path in annotator.folder.iterdir()] == ["gold.jsonl"]
    assert made(annotator) == []
