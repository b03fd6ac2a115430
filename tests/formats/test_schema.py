import json
from pathlib import Path

import jsonschema
import msgspec
import pytest
from hypothesis import given

import annotator
from annotator.core.text import text_sha256
from annotator.formats import jsonl
from annotator.formats.records import SCHEMA, Line, RelationLine, SpanLine
from strategies import text_with_spans

NAME = f"{SCHEMA.replace('/', '-')}.json"
RULES = json.loads(Path(annotator.__file__).with_name("schema").joinpath(NAME).read_text(encoding="utf-8"))
CHECK = jsonschema.Draft202012Validator(RULES)
TEXT = "😀 The army denied it."


def line(text=TEXT, places=((11, 17),), **members):
    fields = dict.fromkeys(Line.__struct_fields__)
    fields |= {"schema": SCHEMA, "project": "seeds", "id": "a" * 16, "text": text, "text_sha256": text_sha256(text)}
    fields |= {"source_sha256": "0" * 64, "layer": "gold", "relations": [RelationLine("r1", "denies", "s0", "s0")]}
    spans = [
        SpanLine(
            f"s{n}", start, end, "denial", text[start:end], "", {"speaker": None, "value": 1.5}, "bob", "2026", ["s9"]
        )
        for n, (start, end) in enumerate(places)
    ]
    return Line(**(fields | {"spans": spans} | members))


def test_it_is_a_schema():
    CHECK.check_schema(RULES)


@pytest.mark.parametrize("rules, record", [
    (RULES, Line), (RULES["$defs"]["span"], SpanLine), (RULES["$defs"]["relation"], RelationLine),
], ids=["line", "span", "relation"])  # fmt: skip
def test_members_are_those_of_the_record_in_order(rules, record):
    names = [field.encode_name for field in msgspec.structs.fields(record)]
    assert list(rules["properties"]) == rules["required"] == names
    assert rules["additionalProperties"] is False
    assert all(member["description"] for member in rules["properties"].values())


@pytest.mark.parametrize("members", [
    {}, {"layer": "majority", "split": "train"}, {"layer": "review", "reviewer": "bob", "split": "test"},
    {"key": "k", "title": "T", "url": "u", "source": "s", "author": "a", "published": "p", "language": "en", "meta": "{}"},
    {"spans": [], "relations": []},
])  # fmt: skip
def test_written_lines_pass(members):
    [written] = jsonl.write([line(**members)])
    CHECK.validate(json.loads(written))
    jsonl.check_line(written)


@given(text_with_spans())
def test_any_written_line_passes(made):
    text, spans = made
    [written] = jsonl.write([line(text, [(it.start, it.end) for it in spans], relations=[])])
    CHECK.validate(json.loads(written))


@pytest.mark.parametrize("wrong", [
    {"schema": "annotator/2"}, {"extra": 1}, {"id": "a b"}, {"text": ""}, {"text_sha256": "x"}, {"layer": "silver"},
    {"layer": "review"}, {"reviewer": "bob"}, {"split": "half"}, {"meta": {}}, {"key": 1}, {"spans": None}, {"spans": [{}]},
    {"relations": [{}]},
])  # fmt: skip
def test_other_lines_do_not_pass(wrong):
    assert not CHECK.is_valid(msgspec.to_builtins(line()) | wrong)


@pytest.mark.parametrize("name", Line.__struct_fields__)
def test_no_member_may_be_left_out(name):
    members = msgspec.to_builtins(line())
    del members[name]
    assert not CHECK.is_valid(members)


@pytest.mark.parametrize("wrong", [
    {"start": -1}, {"start": 0.5}, {"end": 0}, {"text": ""}, {"note": None}, {"attributes": {"speaker": []}}, {"from": None},
])  # fmt: skip
def test_other_spans_do_not_pass(wrong):
    members = msgspec.to_builtins(line())
    members["spans"][0] |= wrong
    assert not CHECK.is_valid(members)
