"""The API described (OpenAPI 3.1): routes from the app, words from their docstrings, bodies from the structs."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec
from flask import Blueprint, Flask, Response, current_app

from annotator.actions.tagging import NewRelation, NewSpan, SpanChange
from annotator.core.assign import Rules
from annotator.web import adjudication_api, answers, api, assignment, case_answers, quality, training

pages = Blueprint("openapi", __name__, url_prefix="/api/v1")
PROBLEMS: Final = {
    "400": "The body does not parse.",
    "401": "No token, or one that is over.",
    "403": "A read token, a foreign site, or no CSRF token.",
    "404": "Not there, or not the asker's to see.",
    "409": "Not in the present state.",
    "412": "Changed since the version in If-Match; the answer has what stands.",
    "422": "Refused; `where` names the field or line.",
}
# By endpoint: the body taken, then what is answered by status (None: no body).
Described = tuple[type | None, dict[str, type | None]]
BODIES: Final[dict[str, Described]] = {
    "list_projects": (None, {"200": answers.ProjectList}),
    "add_project": (api.NewProject, {"201": answers.ProjectAnswer}),
    "list_articles": (None, {"200": answers.ArticleList}),
    "take_next": (None, {"200": answers.ArticleAnswer, "204": None}),
    "show_article": (None, {"200": answers.ArticleAnswer}),
    "list_spans": (None, {"200": answers.SpanList}),
    "add_span": (NewSpan, {"201": answers.SpanAnswer, "200": answers.SpanAnswer}),
    "change_span": (SpanChange, {"200": answers.SpanAnswer}),
    "delete_span": (None, {"204": None}),
    "add_relation": (NewRelation, {"201": answers.RelationAnswer, "200": answers.RelationAnswer}),
    "delete_relation": (None, {"204": None}),
    "hand_in": (None, {"200": answers.StateAnswer}),
    "show_case": (None, {"200": case_answers.CaseAnswer}),
    "decide": (adjudication_api.GivenDecision, {"200": case_answers.GroupAnswer}),
    "decide_again": (None, {"200": case_answers.CaseAnswer}),
    "list_spot_checks": (None, {"200": case_answers.SpotList}),
    "check_article": (None, {"204": None}),
    "close_unchecked": (None, {"200": case_answers.SpotsClosed}),
    "take_back": (None, {"204": None}),
    "add_gold": (adjudication_api.Addition, {"201": case_answers.GroupAnswer}),
    "decide_many": (adjudication_api.Bulk, {"200": case_answers.BulkAnswer}),
    "undo_step": (None, {"200": case_answers.CaseAnswer}),
    "redo_step": (None, {"200": case_answers.CaseAnswer}),
    "close": (None, {"200": answers.ClosedAnswer}),
    "reopen_case": (adjudication_api.Reason, {"200": answers.StateAnswer}),
    "add_gold_relation": (adjudication_api.GivenLink, {"201": case_answers.LinkAnswer}),
    "settle_relation": (adjudication_api.LinkChoice, {"200": case_answers.LinkAnswer}),
    "unsettle_relation": (None, {"204": None}),
    "ask": (adjudication_api.GivenQuestion, {"201": case_answers.AskedAnswer}),
    "answer_question": (adjudication_api.Words, {"204": None}),
    "note_guideline": (adjudication_api.GivenNote, {"204": None}),
    "load_articles": (None, {"200": answers.LoadAnswer, "201": answers.LoadAnswer}),
    "show_rules": (None, {"200": Rules}),
    "patch_rules": (assignment.RulesChange, {"200": Rules}),
    "assign": (assignment.NewAssignment, {"200": assignment.AssignmentAnswer}),
    "rank": (assignment.Ranking, {"200": assignment.RankingAnswer}),
    "list_quality": (None, {"200": quality.QualityAnswer}),
    "show_feedback": (None, {"200": training.FeedbackAnswer}),
}
# Query and header parameters by endpoint: (name, in, required, words).
PAGING: Final = (
    ("after", "query", False, "`next` of the page before."),
    ("limit", "query", False, "Items on a page, 200 at most."),
)
PARAMETERS: Final[dict[str, tuple[tuple[str, str, bool, str], ...]]] = {
    "list_projects": PAGING,
    "list_articles": PAGING,
    "list_spans": PAGING,
    "add_span": (("Idempotency-Key", "header", False, "Sent again with the same key, the call does nothing twice."),),
    "change_span": (("If-Match", "header", True, "The version that is changed, in quotes."),),
    "delete_span": (("If-Match", "header", False, "Only at this version."),),
    "load_articles": (
        ("as", "query", False, "What spans become whose reviewer is named: reviews (default) or suggestions."),
        ("dry_run", "query", False, "1: nothing is loaded, the answer (200) says what would be."),
    ),
    "export": (
        ("layer", "query", False, "gold (default), reviews, all or majority."),
        ("format", "query", False, "jsonl (default) or another export format; one of several files comes as a zip."),
        ("label", "query", False, "Only spans of this label; may be given again."),
        ("reviewer", "query", False, "Only reviews by this person; may be given again."),
        ("state", "query", False, "Only articles in this state: open, closed or reopened; may be given again."),
        ("since", "query", False, "Only what was closed or submitted on that day (2026-11-25) or later."),
        ("until", "query", False, "Only what was closed or submitted on that day or before."),
        ("split", "query", False, "Shares of train, dev and test, as 80/10/10."),
    ),
}
_ONLY_THEN = ("If-Match", "header", False, "Only at this version.")
PARAMETERS |= dict.fromkeys(("decide", "take_back", "settle_relation", "unsettle_relation"), (_ONLY_THEN,))
JSON_LINES: Final = {"application/x-ndjson": {"schema": {"type": "string"}}}


@pages.get("/openapi.json")
def describe() -> Response:
    """The description of this API."""
    return Response(msgspec.json.encode(document(current_app)), mimetype="application/json")


def document(app: Flask) -> dict[str, Any]:
    """The description of every route under /api/v1."""
    structs = {struct for body, by_status in BODIES.values() for struct in (body, *by_status.values()) if struct}
    ordered = sorted({*structs, answers.Problem}, key=lambda struct: struct.__name__)
    _, components = msgspec.json.schema_components(ordered, ref_template="#/components/schemas/{name}")
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if not rule.rule.startswith("/api/v1/"):
            continue
        name = rule.endpoint.rpartition(".")[2]
        for path, parameters in _paths(rule.rule):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                paths.setdefault(path, {})[method.lower()] = _operation(app, rule.endpoint, name, parameters)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "annotator",
            "version": app.config["VERSION"],
            "description": "Offsets count Unicode code points.",
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _paths(rule: str) -> list[tuple[str, list[str]]]:
    """The rule as paths of OpenAPI with their parameters: one for each act where it names several."""
    choice = re.search(r"<any\(([^)]*)\):\w+>", rule)
    rules = [rule.replace(choice[0], act.strip()) for act in choice[1].split(",")] if choice else [rule]
    return [(re.sub(r"<(\w+)>", r"{\1}", one), re.findall(r"<(\w+)>", one)) for one in rules]


def _operation(app: Flask, endpoint: str, name: str, parameters: list[str]) -> dict[str, Any]:
    words = (app.view_functions[endpoint].__doc__ or "").strip().splitlines()[0]
    body, by_status = BODIES.get(name, (None, {}))
    found: dict[str, Any] = {"summary": words, "parameters": [_in_path(one) for one in parameters]}
    for parameter, place, required, about in PARAMETERS.get(name, ()):
        found["parameters"].append(
            {"name": parameter, "in": place, "required": required, "description": about, "schema": {"type": "string"}}
        )
    if body is not None:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(body)}}}
    if name == "load_articles":
        found["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": {"type": "object"}}, **JSON_LINES},
        }
    found["responses"] = {status: _answer(struct) for status, struct in by_status.items()} or {
        "200": {"description": "Done.", "content": JSON_LINES}
    }
    for status, about in PROBLEMS.items():
        content = {"application/problem+json": {"schema": _ref(answers.Problem)}}
        found["responses"].setdefault(status, {"description": about, "content": content})
    return found


def _in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _answer(struct: type | None) -> dict[str, Any]:
    if struct is None:
        return {"description": "Done; no body."}
    return {"description": "Done.", "content": {"application/json": {"schema": _ref(struct)}}}


def _ref(struct: type) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{struct.__name__}"}
