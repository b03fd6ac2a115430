"""Lists and their pages, ETags, loading and exporting over the API."""

import io
import json
import zipfile

import pytest
from sqlalchemy import text as sql

from factories import TEXT, article_text, ndjson, span

NDJSON = {"Content-Type": "application/x-ndjson"}


def all_pages(client, path, limit):
    """The items of a list, fetched page by page."""
    found, after = [], None
    while True:
        answer = client.get(f"{path}?limit={limit}" + (f"&after={after}" if after else "")).json
        assert len(answer["items"]) <= limit
        found += answer["items"]
        after = answer["next"]
        if after is None:
            return found


def test_projects_are_those_one_has_a_role_in(api, seeds, article):
    shown = {one["id"]: one for one in api("ana").get("/projects").json["items"]}
    assert shown["desk"] == {
        "id": "desk", "name": "desk", "title": "The desk", "role": "reviewer", "reviews": 2, "articles": 1
    }  # fmt: skip
    assert [one["id"] for one in api("root").get("/projects").json["items"]] == ["desk", "seeds"]
    assert api("eve").get("/projects").json == {"items": [], "next": None}


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 200])
def test_pages_together_are_the_list(limit, api, seeds, load):
    ana = api("ana")
    assert [one["id"] for one in all_pages(ana, "/projects/seeds/articles", limit)] == [one.id for one in seeds]
    assert [one["id"] for one in all_pages(ana, "/projects", limit)] == ["desk", "seeds"]
    for start in range(5):
        ana.post(f"/articles/{seeds[0].id}/spans", {"start": start, "end": 60, "label": "claim"})
    got = all_pages(ana, f"/articles/{seeds[0].id}/spans", limit)
    assert got == ana.get(f"/articles/{seeds[0].id}").json["spans"]


@pytest.mark.parametrize("query", ["after=x", "limit=x", "limit=-1", "after=1.5", "limit=" + "9" * 30, "after=%00"])
def test_a_wrong_cursor_is_422(query, api, seeds):
    for path in ("/projects", "/projects/seeds/articles", f"/articles/{seeds[0].id}/spans"):
        answer = api("ana").get(f"{path}?{query}")
        assert (answer.status_code, answer.json["where"]) == (422, query.partition("=")[0])


def test_a_reviewer_sees_no_progress_in_the_list_and_a_manager_does(api, two_reviews):
    (item,) = api("ana").get("/projects/desk/articles").json["items"]
    assert item["review"] == {"state": "submitted"}
    assert not item.keys() & {"assigned", "submitted", "state", "stale"}
    (item,) = api("max").get("/projects/desk/articles").json["items"]
    assert (item["assigned"], item["submitted"], item["review"]) == (2, 2, None)


def test_an_article_has_an_etag_that_changes_with_my_spans_only(api, article):
    ana, path = api("ana"), f"/articles/{article}"
    first = ana.get(path).headers["ETag"]
    api("ben").post(f"{path}/spans", span("claim", "53 workers"))
    same = ana.get(path, headers={"If-None-Match": first})
    assert (same.status_code, same.data) == (304, b"")
    one = ana.post(f"{path}/spans", span("claim", "53 workers")).json
    second = ana.get(path, headers={"If-None-Match": first})
    assert second.status_code == 200
    ana.patch(f"/spans/{one['id']}", {"note": "n"}, version=1)
    assert ana.get(path, headers={"If-None-Match": second.headers["ETag"]}).status_code == 200


def test_blocks_and_what_stands_between_them_are_the_text(api, seeds):
    for seed in seeds:
        shown = api("ana").get(f"/articles/{seed.id}").json
        at, parts = 0, []
        for block in shown["blocks"]:
            parts += [shown["text"][at : block["start"]], shown["text"][block["start"] : block["end"]]]
            assert parts[-2].isspace() or not parts[-2]
            at = block["end"]
        assert "".join(parts) + shown["text"][at:] == shown["text"] == seed.text


def test_one_article_is_loaded_as_json(api, project):
    body = {"text": TEXT, "key": "k", "title": "T", "mine": {"a": [1]}, "spans": [span("claim", "53 workers")]}
    first = api("max").post("/projects/desk/articles", body)
    assert (first.status_code, first.json["loaded"], first.json["same"]) == (201, 1, 0)
    second = api("max").post("/projects/desk/articles", json.loads(json.dumps(body)))
    assert (second.json["loaded"], second.json["same"]) == (0, 1)


def test_indented_json_is_one_article(api, project):
    data = json.dumps({"text": TEXT, "key": "k"}, indent=2).replace("\n", "\r\n")
    answer = api("max").post("/projects/desk/articles", data=data, headers={"Content-Type": "application/json"})
    assert answer.json["loaded"] == 1


def test_many_articles_are_loaded_as_lines(api, project):
    lines = [{"text": article_text(seed=n), "key": str(n)} for n in range(700)]
    answer = api("max").post("/projects/desk/articles", data=ndjson(*lines), headers=NDJSON)
    assert answer.json["loaded"] == 700
    assert len(all_pages(api("ana"), "/projects/desk/articles", 200)) == 700


@pytest.mark.parametrize(
    "bad",
    [
        b"{not json\n",
        b'{"key": "no text"}\n',
        b'{"text": "a", "text": "b"}\n',
        b'{"text": ""}\n',
        b'{"text": "a\\u0000b"}\n',
        b"\xff\n",
        b'{"text":"abc","spans":[{"start":0,"end":9,"label":"claim"}]}\n',
        b'{"text":"abc","spans":[{"start":0,"end":1,"label":"claim","text":"b"}]}\n',
        b'{"text":"other","key":"0"}\n',
        b"[1]\n",
    ],
)
@pytest.mark.parametrize("before", [0, 2, 600])
def test_a_bad_line_refuses_all_and_is_named_by_its_number(bad, before, api, project, log):
    start = log()
    good = [{"text": article_text(seed=n), "key": str(n)} for n in range(max(before, 1))]
    api("max").post("/projects/desk/articles", good[0])
    start = log()
    answer = api("max").post("/projects/desk/articles", data=ndjson(*good[:before], bad, good[-1]), headers=NDJSON)
    assert answer.status_code in ((409, 422) if b"other" in bad else (422,))
    assert str(answer.json["where"]).partition(":")[0] == str(before + 1)
    assert log() == start


def test_a_load_of_another_kind_is_400(api, project):
    for kind in ("text/plain", "application/xml"):
        answer = api("max").post("/projects/desk/articles", data=b"{}", headers={"Content-Type": kind})
        assert answer.status_code == 400


def test_the_export_streams_what_the_command_writes_and_is_an_event(api, db, two_reviews, log):
    for group in api("cyd").get(f"/articles/{two_reviews.article}/adjudication").json["groups"]:
        if not group["decision"]:
            body = {"action": "accept", "variants": [0]}
            path = f"/articles/{two_reviews.article}/adjudication/{group['id']}"
            assert api("cyd").put(path, body).json["decision"]["action"] == "accept"
    closed = api("cyd").post(f"/articles/{two_reviews.article}/adjudication/close")
    assert closed.json == {"state": "closed", "spans": 5}
    seen = len(log())
    answers = [api("max").get("/projects/desk/export?layer=all&format=jsonl") for _ in range(2)]
    assert [entry.action for entry in log()[seen:]] == ["spans.served", "export.made", "export.made"]
    assert answers[0].mimetype == "application/x-ndjson"
    assert answers[0].data == answers[1].data
    lines = [json.loads(line) for line in answers[0].data.splitlines()]
    assert [(line["layer"], line["reviewer"]) for line in lines] == [
        ("gold", None),
        ("review", "ana"),
        ("review", "ben"),
    ]
    assert all(one["text"] == line["text"][one["start"] : one["end"]] for line in lines for one in line["spans"])
    with db.read() as connection:
        gold = connection.execute(sql("SELECT count(*) FROM gold_spans")).scalar()
    assert len(lines[0]["spans"]) == gold == 5


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("layer=silver", "layer"),
        ("format=docx", "format"),
        ("format=txt", "format"),
        ("state=gone", "state"),
        ("since=today", "since"),
        ("split=1/2", "split"),
    ],
)
def test_an_unknown_layer_or_format_is_422_and_serves_nothing(query, where, api, project, log):
    before = log()
    answer = api("max").get(f"/projects/desk/export?{query}")
    assert (answer.status_code, answer.json["where"]) == (422, where)
    assert log() == before


@pytest.mark.parametrize("name, kind", [
    ("jsonl", "application/x-ndjson"), ("hf", "application/x-ndjson"), ("doccano", "application/x-ndjson"),
    ("labelstudio", "application/json"), ("csv", "text/csv"), ("conll", "text/plain"), ("brat", "application/zip"),
    ("w3c", "application/zip"), ("spacy", "application/octet-stream"), ("parquet", "application/octet-stream"),
])  # fmt: skip
def test_the_export_streams_every_format(api, two_reviews, name, kind):
    answer = api("root").get(f"/projects/desk/export?layer=reviews&format={name}")
    assert (answer.status_code, answer.mimetype) == (200, kind)
    if kind == "application/zip":
        assert zipfile.ZipFile(io.BytesIO(answer.data)).testzip() is None
    assert b"Nobody was hurt" in answer.data or name in {"brat", "w3c", "spacy", "parquet"}


def test_the_export_is_filtered(api, two_reviews):
    answer = api("root").get("/projects/desk/export?layer=reviews&reviewer=ben&label=claim&state=open&split=100/0/0")
    [line] = map(json.loads, answer.data.splitlines())
    assert (line["reviewer"], line["split"], {one["label"] for one in line["spans"]}) == ("ben", "train", {"claim"})
    assert api("root").get("/projects/desk/export?layer=reviews&state=closed").data == b""


def test_a_dry_run_and_suggestions_over_the_api(api, project, log):
    before = log()
    line = {"text": TEXT, "spans": [span("claim", "The tunnel leaks") | {"by": "guest"}]}
    dry = api("max").post("/projects/desk/articles?dry_run=1&as=suggestions", data=ndjson(line), headers=NDJSON)
    assert (dry.status_code, dry.json["loaded"], dry.json["suggestions"]) == (200, 1, 1)
    assert log() == before
    wrong = api("max").post("/projects/desk/articles?as=gold", data=ndjson(line), headers=NDJSON)
    assert (wrong.status_code, wrong.json["where"]) == (422, "as")
    refused = api("max").post("/projects/desk/articles?dry_run=1", data=ndjson(line, {}, {"text": 1}), headers=NDJSON)
    assert (refused.status_code, refused.json["refused"]) == (422, 2)
    assert [one["where"] for one in refused.json["refusals"]] == ["2", "3: text"]
    assert log() == before
