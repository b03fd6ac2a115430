"""The JSON API: spans, relations, reviews, adjudication, and the forms of its errors."""

import pytest

from annotator.actions import people as accounts
from conftest import Api
from factories import TEXT, span


def problem(response, status, where=None):
    """Asserts that the answer is a problem document of that status; answers with it."""
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.mimetype == "application/problem+json"
    assert {"title", "status", "detail"} <= response.json.keys()
    assert response.json["status"] == status
    if where is not None:
        assert response.json["where"] == where
    return response.json


def test_a_reviewers_whole_way(api, article):
    ana = api("ana")
    first = ana.post("/projects/desk/next")
    assert (first.status_code, first.json["id"], first.json["text"]) == (200, article, TEXT)
    assert first.json["review"]["state"] == "assigned"
    made = ana.post(f"/articles/{article}/spans", span("claim", "53 workers"))
    assert made.status_code == 201
    assert {k: made.json[k] for k in ("label", "text", "note", "attributes", "version")} == {
        "label": "claim", "text": "53 workers", "note": "", "attributes": {}, "version": 1
    }  # fmt: skip
    assert made.headers["ETag"] == '"1"'
    again = ana.post(f"/articles/{article}/spans", span("claim", "53 workers"))
    assert (again.status_code, again.json) == (200, made.json)
    changed = ana.patch(f"/spans/{made.json['id']}", {"note": "n"}, version=1)
    assert (changed.status_code, changed.json["note"], changed.json["version"]) == (200, "n", 2)
    shown = ana.get(f"/articles/{article}").json
    assert shown["spans"] == ana.get(f"/articles/{article}/spans").json["items"] == [changed.json]
    assert shown["review"]["state"] == "in_progress"
    assert ana.post(f"/articles/{article}/submit").json == {"state": "submitted"}
    assert ana.post("/projects/desk/next").status_code == 204
    assert ana.post(f"/articles/{article}/reopen").json == {"state": "in_progress"}
    gone = ana.delete(f"/spans/{made.json['id']}", headers={"If-Match": '"2"'})
    assert (gone.status_code, gone.data) == (204, b"")


def test_a_relation_is_made_and_taken_away(api, article):
    ana = api("ana")
    claim = ana.post(f"/articles/{article}/spans", span("claim", "53 workers")).json["id"]
    denial = ana.post(f"/articles/{article}/spans", span("denial", "anyone fell ill")).json["id"]
    body = {"type": "denies", "from": denial, "to": claim}
    made = ana.post(f"/articles/{article}/relations", body)
    assert made.status_code == 201
    assert made.json == body | {"id": made.json["id"]}
    assert ana.post(f"/articles/{article}/relations", body).status_code == 200
    assert ana.get(f"/articles/{article}").json["relations"] == [made.json]
    problem(ana.post(f"/articles/{article}/relations", body | {"from": claim, "to": denial}), 422, "type")
    problem(api("ben").delete(f"/relations/{made.json['id']}"), 404)
    assert ana.delete(f"/relations/{made.json['id']}").status_code == 204
    problem(ana.delete(f"/relations/{made.json['id']}"), 404)


def test_a_stale_write_answers_with_the_present_span(api, article):
    ana = api("ana")
    one = ana.post(f"/articles/{article}/spans", span("claim", "53 workers")).json
    present = ana.patch(f"/spans/{one['id']}", {"note": "first tab"}, version=1).json
    for stale in (
        ana.patch(f"/spans/{one['id']}", {"note": "second tab"}, version=1),
        ana.patch(f"/spans/{one['id']}", {"note": "second tab"}, version="x"),
        ana.delete(f"/spans/{one['id']}", headers={"If-Match": '"1"'}),
    ):
        assert problem(stale, 412)["current"] == present
    problem(ana.patch(f"/spans/{one['id']}", {"note": "n"}), 428)


def test_conflicts_are_409(api, article):
    ana = api("ana")
    wrong = span("claim", "53 workers") | {"quote": "54 workers"}
    problem(ana.post(f"/articles/{article}/spans", wrong), 409, "quote")
    ana.post(f"/articles/{article}/submit")
    for response in (
        ana.post(f"/articles/{article}/spans", span("claim", "53 workers")),
        ana.post(f"/articles/{article}/submit"),
    ):
        problem(response, 409)


def test_someone_elses_span_is_404(api, article):
    one = api("ana").post(f"/articles/{article}/spans", span("claim", "53 workers")).json["id"]
    for name in ("ben", "cyd", "max", "eve", "root"):
        problem(api(name).patch(f"/spans/{one}", {"note": "n"}, version=1), 404)
        problem(api(name).delete(f"/spans/{one}"), 404)


def test_white_space_sent_by_a_program_is_kept(api, article):
    made = api("ana").post(f"/articles/{article}/spans", span("claim", " “Nobody was hurt,” "))
    assert made.json["text"] == " “Nobody was hurt,” "


def test_an_idempotency_key_is_honoured(api, article):
    ana, headers = api("ana"), {"Idempotency-Key": "k1"}
    answers = [
        ana.post(f"/articles/{article}/spans", span("claim", "53 workers"), headers=headers) for _ in range(3)
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.json["id"] for answer in answers}) == 1
    misuse = ana.post(f"/articles/{article}/spans", span("claim", "12 years"), headers=headers)
    problem(misuse, 422, "Idempotency-Key")


def test_a_key_sent_again_with_a_number_beyond_all_bounds_is_misused(api, article):
    ana, headers = api("ana"), {"Idempotency-Key": "k1"}
    ana.post(f"/articles/{article}/spans", span("figure", "53 workers"), headers=headers)
    for attributes in ({"value": 10**30}, {"value": 10**400}, {"x": [10**30]}):
        again = span("figure", "53 workers") | {"attributes": attributes}
        problem(ana.post(f"/articles/{article}/spans", again, headers=headers), 422)


@pytest.mark.parametrize(
    ("body", "status", "where"),
    [
        (b"{", 400, "body"),
        (b"not json", 400, "body"),
        (b"\xff\xfe", 400, None),
        (b'{"start":0,"start":1,"end":3,"label":"claim"}', 400, None),
        (b'{"start":0,"end":3,"label":"claim","colour":"red"}', 422, "colour"),
        (b'{"start":0,"end":3}', 422, "label"),
        (b"", 422, "start"),
        (b'{"start":0,"end":3,"label":5}', 422, "label"),
        (b'{"start":0,"end":3,"label":"claim","attributes":[]}', 422, "attributes"),
        (b'{"start":"0","end":3,"label":"claim"}', 422, "start"),
        (b'{"start":0.5,"end":3,"label":"claim"}', 422, "start"),
        (b'{"start":0,"end":1e3,"label":"claim"}', 422, "end"),
        (b'{"start":0,"end":3,"label":"claim","note":"\\u0000"}', 422, "note"),
        (b'{"start":0,"end":' + b"9" * 6000 + b',"label":"claim"}', None, None),
        (b'{"start":' + b"9" * 30 + b',"end":3,"label":"claim"}', 422, "start"),
        (b'{"start":0,"end":3,"label":"claim","attributes":{"speaker":' + b"9" * 6000 + b"}}", None, None),
        (b'{"start":0,"end":3,"label":"claim","attributes":{"speaker":' + b"[" * 90 + b"]" * 90 + b"}}", 422, None),
        (b"[" * 100_000, 400, None),
        (b'{"a":' * 100_000, 400, None),
    ],
)
def test_a_wrong_body_is_refused_by_its_field(body, status, where, api, article):
    answer = api("ana").post(f"/articles/{article}/spans", data=body, headers={"Content-Type": "application/json"})
    problem(answer, status or answer.status_code, where)
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    ("method", "path", "body", "where"),
    [
        ("PATCH", "/spans/{span}", {"colour": 1}, "colour"),
        ("POST", "/articles/{article}/relations", {"type": "denies", "from": "a"}, "to"),
        ("POST", "/articles/{article}/relations", {"type": "denies", "from": "a", "to": "b", "x": 1}, "x"),
        ("POST", "/projects", {"id": "p", "labels": []}, "labels"),
        ("POST", "/projects", {}, "id"),
        ("POST", "/projects", {"id": "p", "reviews": 0}, "reviews"),
        ("POST", "/projects", {"id": "p", "scheme": {"labels": []}}, "labels"),
        ("POST", "/projects", {"id": "p", "scheme": {"labels": [{"name": "a", "x": 1}]}}, "scheme.labels[0].x"),
    ],
)
def test_the_field_to_blame_is_named_everywhere(method, path, body, where, api, article):
    one = api("ana").post(f"/articles/{article}/spans", span("claim", "53 workers")).json["id"]
    name = "root" if path == "/projects" else "ana"
    answer = api(name).open(
        method, path.format(span=one, article=article), body, headers={"If-Match": '"1"'}
    )  # fmt: skip
    problem(answer, 422, where)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/articles/none", 404),
        ("GET", "/projects/none/articles", 404),
        ("POST", "/projects/none/next", 404),
        ("GET", "/projects/none/export", 404),
        ("GET", "/spans/x", 405),
        ("PUT", "/projects", 405),
        ("DELETE", "/articles/x", 405),
    ],
)
@pytest.mark.parametrize("name", ["ana", "root"])
def test_what_is_not_there_is_a_problem_document_too(name, method, path, status, api):
    answer = api(name).open(method, path)
    problem(answer, status)
    assert ("Allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize("given", ["Bearer wrong", "Bearer", "", "Basic YW5hOnB3", "Bearer " + "x" * 5000])
def test_a_token_that_does_not_hold_is_401(given, client):
    for method in ("GET", "POST"):
        answer = client.open("/api/v1/projects", method=method, headers={"Authorization": given})
        problem(answer, 401)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_without_a_token_the_api_asks_for_one(client):
    problem(client.get("/api/v1/projects"), 401)
    problem(client.post("/api/v1/projects/desk/next"), 401)


def test_a_read_token_reads_and_writes_nothing(app, db, article, log):
    reader = Api(app, accounts.add_token(db, "ana", scope="read").token)
    before = log()
    assert reader.get(f"/articles/{article}").status_code == 200
    for answer in (
        reader.post("/projects/desk/next"),
        reader.post(f"/articles/{article}/spans", span("claim", "53 workers")),
        reader.post(f"/articles/{article}/submit"),
        reader.patch("/spans/x", {}),
        reader.delete("/spans/x"),
    ):
        problem(answer, 403)
    assert log() == before


def test_a_revoked_token_and_one_of_a_disabled_account_are_401(app, db, people):
    made = accounts.add_token(db, "ana")
    assert Api(app, made.token).get("/projects").status_code == 200
    accounts.revoke_token(db, made.id)
    problem(Api(app, made.token).get("/projects"), 401)
    other = accounts.add_token(db, "ben")
    accounts.set_disabled(db, "ben", disabled=True)
    problem(Api(app, other.token).get("/projects"), 401)
