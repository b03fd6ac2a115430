"""The page of the schema says all that the schema does, and nothing of it by hand."""

import json
import re
from html import unescape
from pathlib import Path

import pytest

import annotator
from annotator.web.line_schema import parts

SHIPPED = Path(annotator.__file__).with_name("schema") / "annotator-1.json"


def keys(rules):
    """(key, its rules) of every object at any depth."""
    if isinstance(rules, dict):
        if isinstance(rules.get("properties"), dict) and "type" in rules:
            yield from rules["properties"].items()
        for value in rules.values():
            yield from keys(value)
    elif isinstance(rules, list):
        for value in rules:
            yield from keys(value)


@pytest.fixture
def rows(client):
    """The page's rows, each the words of its cells."""
    page = client.get("/schema").get_data(as_text=True)
    return [
        [
            " ".join(unescape(re.sub("<[^>]+>", " ", cell)).split())
            for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr><td.*?</tr>", page, re.DOTALL)
    ]


def test_every_key_at_any_depth_is_described_and_on_the_page(rows):
    found = list(keys(json.loads(SHIPPED.read_bytes())))
    assert len(found) == 19 + 10 + 4
    assert all(rules["description"] for _, rules in found)
    assert [(name, said) for name, _, _, said in rows] == [(name, rules["description"]) for name, rules in found]


def test_the_file_is_the_one_that_ships(client):
    answer = client.get("/schema/annotator-1.json")
    assert (answer.mimetype, answer.data) == ("application/schema+json", SHIPPED.read_bytes())


def test_types_values_and_limits_are_drawn_from_the_schema(rows):
    said = {name: kind for name, kind, always, _ in rows[:19] if always == "yes"}
    assert said["schema"] == '"annotator/1"'
    assert said["key"] == "string or null"
    assert said["layer"] == '"gold" or "review" or "majority"'
    assert said["split"] == 'null or "train" or "dev" or "test"'
    assert said["spans"] == "array of span"
    assert said["text_sha256"] == "string pattern ^[0-9a-f]{64}$"
    inner = {name: kind for name, kind, _, _ in rows[19:29]}
    assert inner["attributes"] == "object of string or number or null"
    assert inner["from"] == "array of string"
    assert inner["start"] == "integer minimum 0"


def test_another_schema_makes_another_page():
    schema = {
        "title": "t", "description": "T.", "required": ["b"],
        "properties": {"a": {"type": "number"}, "b": {"$ref": "#/$defs/x", "description": "B."}},
        "$defs": {"x": {"type": "object", "properties": {"c": {"type": "null"}}}},
    }  # fmt: skip
    line, x = parts(schema)
    assert (line.name, line.description, x.name, [key.name for key in x.keys]) == ("t", "T.", "x", ["c"])
    assert [(key.name, key.required, key.types, key.description) for key in line.keys] == [
        ("a", False, ("number",), ""),
        ("b", True, ("object",), "B."),
    ]


def test_the_export_page_leads_to_it(login_as):
    assert 'href="/schema"' in login_as("root").get("/projects/desk/export").get_data(as_text=True)
