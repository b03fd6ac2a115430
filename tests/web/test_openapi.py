"""The API's description: whole, and true of what the API answers."""

import json

import jsonschema
import msgspec
import pytest

from annotator.web.openapi import BODIES, document
from factories import span


@pytest.fixture
def described(app):
    return json.loads(msgspec.json.encode(document(app)))


def test_every_route_of_the_api_is_described(app, client, described):
    assert client.get("/api/v1/openapi.json").json == described
    rules = [rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1/")]
    assert len(described["paths"]) >= len({rule.split("<any")[0] for rule in rules})
    for path, operations in described["paths"].items():
        for operation in operations.values():
            assert operation["summary"]
            named = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
            assert named == {part.strip("{}") for part in path.split("/") if part.startswith("{")}


def test_every_endpoint_with_a_body_is_in_the_table(app):
    plain = {"export", "lines", "describe"}
    names = {rule.endpoint.rpartition(".")[2] for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1/")}
    assert names - plain <= set(BODIES)


def fits(described, answer, path, method):
    schema = described["paths"][path][method]["responses"][str(answer.status_code)]
    content = next(iter(schema["content"].values()))
    jsonschema.validate(answer.json, {**content["schema"], "components": described["components"]})


def test_answers_are_as_described(described, api, article, two_reviews):
    max_, ana, cyd = api("max"), api("ana"), api("cyd")
    fits(described, max_.get("/projects"), "/api/v1/projects", "get")
    fits(described, max_.get("/projects/desk/articles"), "/api/v1/projects/{slug}/articles", "get")
    fits(described, ana.get(f"/articles/{article}"), "/api/v1/articles/{id}", "get")
    fits(described, ana.get(f"/articles/{article}/spans"), "/api/v1/articles/{id}/spans", "get")
    fits(described, ana.post(f"/articles/{article}/spans", json=span("claim", "Two inspectors disagree")),
         "/api/v1/articles/{id}/spans", "post")  # fmt: skip
    case = cyd.get(f"/articles/{article}/adjudication")
    fits(described, case, "/api/v1/articles/{id}/adjudication", "get")
    group = next(one for one in case.json["groups"] if not one["decision"])
    answer = cyd.put(f"/articles/{article}/adjudication/{group['id']}", json={"action": "accept", "variants": [0]})
    fits(described, answer, "/api/v1/articles/{id}/adjudication/{group}", "put")
    case = f"/articles/{article}/adjudication"
    for act in ("undo", "redo"):
        fits(described, cyd.post(f"{case}/{act}"), f"/api/v1/articles/{{id}}/adjudication/{act}", "post")
    fits(described, cyd.post(f"{case}/bulk", json={"at_least": 1}), "/api/v1/articles/{id}/adjudication/bulk", "post")
    fits(described, cyd.post(f"{case}/questions", json={"text": "Why?"}),
         "/api/v1/articles/{id}/adjudication/questions", "post")  # fmt: skip
    fits(described, ana.get(f"/articles/{article}"), "/api/v1/articles/{id}", "get")
