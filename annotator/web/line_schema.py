"""The schema of export lines: the file itself, and a page that says what each key holds, made from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
from flask import Blueprint, Response, render_template

from annotator.formats.records import SCHEMA

pages = Blueprint("line_schema", __name__)
NAME: Final = f"{SCHEMA.replace('/', '-')}.json"
FILE: Final = (Path(__file__).parents[1] / "schema" / NAME).read_bytes()
_LIMITS = ("minLength", "minimum", "pattern")


@dataclass(frozen=True, slots=True)
class Key:
    """A key of an object. `types` are JSON's, `values` all it can be, as JSON; `limits` in the schema's words.

    `items` are the types in an array or an object of any keys; `part` names the part that its items are.
    """

    name: str
    required: bool
    description: str
    types: tuple[str, ...]
    values: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    part: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """An object: the line, named by the schema's title, or one that stands in it. `id` is its place on the page."""

    id: str
    name: str
    description: str
    keys: list[Key]


@dataclass(frozen=True, slots=True)
class SchemaPage:
    """templates/schema.html."""

    file: str
    parts: list[Part]


def parts(schema: dict[str, Any]) -> list[Part]:
    """The line and each object that the schema defines, with their keys in order."""
    defined = schema.get("$defs", {})
    objects = [("line", schema["title"], schema)]
    objects += [(name, name, rules) for name, rules in defined.items() if "properties" in rules]
    return [
        Part(id_, name, rules.get("description", ""), [
            _key(key, of, key in rules.get("required", ()), defined) for key, of in rules["properties"].items()
        ])
        for id_, name, rules in objects
    ]  # fmt: skip


def _key(name: str, rules: dict[str, Any], required: bool, defined: dict[str, Any]) -> Key:
    whole = {**defined[_target(rules)], **rules} if "$ref" in rules else rules
    values = [whole["const"]] if "const" in whole else whole.get("enum", [])
    inner = whole.get("items") or whole.get("additionalProperties") or {}
    target = _target(inner) if "$ref" in inner else ""
    named = "properties" in defined.get(target, {})
    return Key(
        name, required, rules.get("description", ""), _types(whole),
        tuple(msgspec.json.encode(value).decode() for value in values),
        tuple(f"{limit} {whole[limit]}" for limit in _LIMITS if limit in whole),
        () if named else _types(defined.get(target, inner)), target if named else "",
    )  # fmt: skip


def _types(rules: dict[str, Any]) -> tuple[str, ...]:
    found = rules.get("type", ())
    return (found,) if isinstance(found, str) else tuple(found)


def _target(rules: dict[str, Any]) -> str:
    return str(rules["$ref"]).removeprefix("#/$defs/")


PAGE: Final = SchemaPage(NAME, parts(msgspec.json.decode(FILE)))


@pages.get("/schema")
def show() -> str:
    """Every key of an exported line."""
    return render_template("schema.html", page=PAGE)


@pages.get(f"/schema/{NAME}")
def file() -> Response:
    """The JSON Schema as it ships."""
    return Response(FILE, mimetype="application/schema+json")
