"""Adjudication over the API: the forms of contract section 8."""

import pytest

from annotator.actions import projects, reviewing
from factories import span


@pytest.fixture
def path(two_reviews):
    return f"/articles/{two_reviews.article}/adjudication"


@pytest.fixture
def cyd(api):
    return api("cyd")


@pytest.fixture
def group(cyd, path):
    """The group of that kind as it is now."""
    return lambda kind: next(one for one in cyd.get(path).json["groups"] if one["kind"] == kind)


def test_before_all_are_submitted_it_says_what_is_missing(cyd, db, people, two_reviews, path):
    reviewing.reopen(db, people.ana, two_reviews.article)
    for answer in (cyd.get(path), cyd.post(path, span("claim", "union")), cyd.post(f"{path}/close")):
        assert answer.status_code == 409
        assert (answer.json["submitted"], answer.json["needed"]) == (1, 2)


def test_a_group_has_its_variants_with_words_and_reviewers(group, two_reviews):
    one = group("label")
    assert one["decision"] is None
    words = span("denial", "Nobody was hurt", quote=False)
    assert one["variants"][0] == words | {
        "text": "Nobody was hurt",
        "reviewers": ["ben"],
        "spans": [two_reviews.ben["Nobody was hurt"].id],
    }
    assert group("agreed")["decision"]["rule"] is True


def test_a_decision_is_put_replaced_and_taken_back(cyd, path, group):
    one = group("label")["id"]
    for body in (
        {"action": "accept", "variants": [0]},
        {"action": "accept", "variants": [0, 1], "reason": "both"},
        {"action": "edit", "spans": [span("quote", "Nobody was", quote=False)]},
        {"action": "reject", "reason": "none"},
    ):
        answer = cyd.put(f"{path}/{one}", body)
        assert answer.status_code == 200
        assert answer.json == group("label")
        assert {key: answer.json["decision"][key] for key in body} == body
    assert cyd.delete(f"{path}/{one}").status_code == 204
    assert group("label")["decision"] is None
    assert cyd.delete(f"{path}/{one}").status_code == 409


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "action"),
        ({"action": "agree"}, "action"),
        ({"action": "accept"}, "variants"),
        ({"action": "accept", "variants": []}, "variants"),
        ({"action": "accept", "variants": [9]}, "variants"),
        ({"action": "accept", "variants": [10**30]}, "variants"),
        ({"action": "accept", "variants": ["0"]}, "variants[0]"),
        ({"action": "accept", "variants": [0], "spans": []}, "spans"),
        ({"action": "edit"}, "spans"),
        ({"action": "edit", "spans": [{"start": 1, "end": 2}]}, "spans[0].label"),
        ({"action": "reject", "variants": [0]}, "variants"),
        ({"action": "reject", "because": "x"}, "because"),
        ({"action": "reject", "reason": "x" * 5001}, "reason"),
    ],
)
def test_a_wrong_decision_is_422_by_its_field(body, where, cyd, path, group):
    answer = cyd.put(f"{path}/{group('label')['id']}", body)
    assert (answer.status_code, answer.json.get("where")) == (422, where)
    assert group("label")["decision"] is None


def test_a_span_is_added_and_taken_back(cyd, path, group):
    made = cyd.post(path, span("claim", "the union says") | {"reason": "missed"})
    assert made.status_code == 201
    assert (made.json["kind"], made.json["variants"][0]["text"]) == ("added", "the union says")
    assert made.json == group("added")
    assert cyd.post(path, span("claim", "the union says")).status_code == 409
    assert cyd.post(path, span("claim", "union") | {"quote": "Union"}).status_code == 409
    assert cyd.delete(f"{path}/{made.json['id']}").status_code == 204
    assert cyd.get(f"{path}").json["groups"] == [one for one in cyd.get(path).json["groups"] if one["kind"] != "added"]


def test_close_waits_for_every_group_and_reopening_keeps_decisions(cyd, path):
    answer = cyd.post(f"{path}/close")
    undecided = [one["id"] for one in cyd.get(path).json["groups"] if not one["decision"]]
    assert (answer.status_code, answer.json["undecided"]) == (409, undecided)
    for one in undecided:
        cyd.put(f"{path}/{one}", {"action": "accept", "variants": [0]})
    assert cyd.post(f"{path}/close").json == {"state": "closed", "spans": 5}
    assert cyd.get(path).json["state"] == "closed"
    assert cyd.put(f"{path}/{undecided[0]}", {"action": "reject"}).status_code == 409
    assert cyd.post(f"{path}/reopen", {"reason": "a mistake"}).json == {"state": "reopened"}
    case = cyd.get(path).json
    assert (case["state"], case["stale"]) == ("reopened", True)
    assert all(one["decision"] for one in case["groups"])


def test_hidden_names_are_letters_and_columns_differ_by_article(api, db, people, path, two_reviews):
    projects.change_project(db, people.max, "desk", hide_names=True)
    answer = api("cyd").get(path)
    assert b'"ana"' not in answer.data
    assert b'"ben"' not in answer.data
    names = {name for one in answer.json["groups"] for variant in one["variants"] for name in variant["reviewers"]}
    assert names == {"A", "B"}


def test_reviewers_and_managers_find_no_case(api, path, group):
    one = group("label")["id"]
    for name in ("ana", "ben", "max", "eve"):
        for method, address in (
            ("GET", path), ("POST", path), ("POST", f"{path}/close"), ("POST", f"{path}/reopen"),
            ("PUT", f"{path}/{one}"), ("DELETE", f"{path}/{one}"),
        ):  # fmt: skip
            body = span("claim", "union") if (method, address) == ("POST", path) else {"action": "reject"}
            body = None if method == "DELETE" or address.endswith(("close", "reopen")) else body
            assert api(name).open(method, address, body).status_code == 404
