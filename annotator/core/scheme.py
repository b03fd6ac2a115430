"""Schemes: the labels, attributes and relations that a project allows, read from TOML or JSON."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

import msgspec

from annotator.errors import Refused

SLUG = r"^[a-z][a-z0-9_-]{0,39}\Z"
PAGE_KEYS = frozenset("npwjkeruagxsf?/[]")
_SLUG = re.compile(SLUG)


class Label(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One label. `line` is how its underline is drawn where colours are not told apart.

    `help` is Markdown. `quotes`: whether a selection takes quotation marks around it in, or leaves them out.
    A `retired` label stays readable and its key is free; nothing new is tagged with it.
    """

    name: str
    title: str = ""
    key: str = ""
    color: str = ""
    line: Literal["solid", "double", "dashed", "dotted"] = "solid"
    help: str = ""
    attributes: tuple[str, ...] = ()
    quotes: Literal["", "keep", "drop"] = ""
    retired: bool = False


class Attribute(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    type: Literal["text", "number", "choice"] = "text"
    choices: tuple[str, ...] = ()
    required: bool = False


class Relation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """A relation type with the labels allowed at either end."""

    type: str
    from_: tuple[str, ...]
    to: tuple[str, ...]


class Scheme(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a project allows; `guidelines` are Markdown, for all labels."""

    labels: tuple[Label, ...]
    attributes: dict[str, Attribute] = {}
    relations: tuple[Relation, ...] = ()
    guidelines: str = ""

    def label(self, name: str) -> Label:
        """The label of that name; raises Refused that names the ones there are."""
        for label in self.labels:
            if label.name == name:
                return label
        names = ", ".join(label.name for label in self.labels)
        raise Refused(f"The scheme has no label {name!r}; it has {names}.", where="label")

    def taggable(self, name: str) -> Label:
        """The label of that name for something new; raises Refused when there is none or it is retired."""
        label = self.label(name)
        if label.retired:
            names = ", ".join(one.name for one in self.labels if not one.retired)
            raise Refused(f"Label {name!r} is retired; tag with {names}.", where="label")
        return label


class Problem(NamedTuple):
    """What is wrong with a scheme. `row` is the place in the list, None where it is the whole list that is."""

    where: Literal["labels", "attributes", "relations"]
    row: int | None
    field: str
    why: str


# Colours are pairs of light and dark, chosen for 4.5:1 on the paper of either theme.
DEFAULT_COLORS = {
    "claim": "#b45309/#f5b14c",
    "denial": "#be123c/#ff7b93",
    "quote": "#0f766e/#4fd1c1",
    "figure": "#4338ca/#a5a2ff",
}

DEFAULT_SCHEME = Scheme(
    labels=(
        Label(
            "claim", "Claim", "1", DEFAULT_COLORS["claim"], "solid",
            "A statement of fact that can be checked. Mark the whole statement, without the words that "
            "say who made it.",
            ("speaker",),
        ),
        Label(
            "denial", "Denial", "2", DEFAULT_COLORS["denial"], "double",
            "A statement that something claimed is not so, or a refusal of an accusation. Link it to the "
            "claim it denies.",
            ("speaker",),
        ),
        Label(
            "quote", "Quote", "3", DEFAULT_COLORS["quote"], "dashed",
            "Words given as someone's own, between quotation marks.",
            ("speaker",),
        ),
        Label(
            "figure", "Figure", "4", DEFAULT_COLORS["figure"], "dotted",
            "A number with what it counts and what limits it: “at least 53 countries”.",
            ("value", "unit", "qualifier"),
        ),
    ),
    attributes={
        "speaker": Attribute("text"),
        "value": Attribute("number"),
        "unit": Attribute("text"),
        "qualifier": Attribute("text"),
    },
    relations=(
        Relation("denies", ("denial",), ("claim",)),
        Relation("attributed_to", ("quote",), ("claim", "denial")),
    ),
)  # fmt: skip


def read_scheme(data: bytes, name: str) -> Scheme:
    """The scheme in a TOML file (`name` ends in .toml) or else a JSON one.

    Raises Refused with the file and what is wrong in it.
    """
    try:
        value = tomllib.loads(data.decode()) if name.endswith(".toml") else msgspec.json.decode(data)
        scheme = msgspec.convert(value, Scheme)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.DecodeError, RecursionError) as error:
        raise Refused(str(error), where=name) from error
    try:
        return check_scheme(scheme)
    except Refused as refused:
        raise refused.at(name) from None


def check_scheme(scheme: Scheme) -> Scheme:
    """The scheme itself when it hangs together: unique names and keys, known attributes and ends."""
    for problem in problems(scheme):
        raise Refused(problem.why, where=problem.where)
    return scheme


def problems(scheme: Scheme) -> Iterator[Problem]:
    """All that is wrong with the scheme, row by row; nothing where it hangs together."""
    if not any(not label.retired for label in scheme.labels):
        yield Problem("labels", None, "", "A scheme needs one label at least.")
    names = [label.name for label in scheme.labels]
    yield from names_amiss("labels", names)
    yield from names_amiss("attributes", list(scheme.attributes))
    yield from _keys_amiss(scheme.labels)
    for row, label in enumerate(scheme.labels):
        for attribute in label.attributes:
            if attribute not in scheme.attributes:
                why = f"Label {label.name!r} has attribute {attribute!r}, which is not defined."
                yield Problem("labels", row, "attributes", why)
        if label.color and not _is_color(label.color):
            why = f"Label {label.name!r}: a colour is #rrggbb, or two as light/dark."
            yield Problem("labels", row, "color", why)
    for row, (attribute, rule) in enumerate(scheme.attributes.items()):
        if (rule.type == "choice") != bool(rule.choices):
            why = f"Attribute {attribute!r}: a choice needs choices, and only a choice has them."
            yield Problem("attributes", row, "choices", why)
    yield from names_amiss("relations", [relation.type for relation in scheme.relations])
    for row, relation in enumerate(scheme.relations):
        for field, ends in (("from", relation.from_), ("to", relation.to)):
            for end in ends:
                if end not in names:
                    why = f"Relation {relation.type!r} names label {end!r}, which is not there."
                    yield Problem("relations", row, field, why)


def names_amiss(where: Literal["labels", "attributes", "relations"], names: Sequence[str]) -> Iterator[Problem]:
    """Names that cannot be one, or that stand twice in their list."""
    field = "type" if where == "relations" else "name"
    for row, name in enumerate(names):
        if not _SLUG.match(name):
            why = f"Names are a–z, 0–9, - and _, from a letter on, 40 characters at most: {name!r}"
            yield Problem(where, row, field, why)
        elif name in names[:row]:
            yield Problem(where, row, field, f"Twice in the list: {name}.")


def _keys_amiss(labels: Sequence[Label]) -> Iterator[Problem]:
    taken: dict[str, str] = {}
    for row, label in enumerate(labels):
        key = label.key
        if not key or label.retired:
            continue
        if len(key) == 1 and key in PAGE_KEYS:
            why = f"Key {key!r} is not free: the page has it. Use a digit 1–9 or a letter that no page key has."
            yield Problem("labels", row, "key", why)
        elif len(key) != 1 or not key.isascii() or not key.isalnum() or key == "0":
            why = f"Key {key!r} is not free; use a digit 1–9 or a letter that no page key has."
            yield Problem("labels", row, "key", why)
        elif key in taken:
            yield Problem("labels", row, "key", f"Key {key!r} stands for two labels: {taken[key]}, {label.name}.")
        else:
            taken[key] = label.name


def _is_color(color: str) -> bool:
    parts = color.split("/")
    return len(parts) <= 2 and all(len(p) == 7 and p[0] == "#" and _is_hex(p[1:]) for p in parts)


def _is_hex(digits: str) -> bool:
    return all(d in "0123456789abcdefABCDEF" for d in digits)


def check_attributes(scheme: Scheme, label: str, given: dict[str, Any]) -> dict[str, Any]:
    """The attributes to store for a span of `label`: null ones left out, numbers as numbers.

    Raises Refused for one that the label does not have, or a value of another type.
    """
    allowed = scheme.label(label).attributes
    kept: dict[str, Any] = {}
    for name, value in given.items():
        if value is None or value == "":
            continue
        if name not in allowed:
            have = ", ".join(allowed) or "none"
            raise Refused(f"Label {label!r} has no attribute {name!r}; it has {have}.", where=f"attributes.{name}")
        kept[name] = _check_value(scheme.attributes[name], name, value)
    return dict(sorted(kept.items()))


def _check_value(rule: Attribute, name: str, value: object) -> Any:
    where = f"attributes.{name}"
    if rule.type == "number":
        return _as_number(value, where)
    if not isinstance(value, str):
        raise Refused(f"{name} must be text, not {value!r}.", where=where)
    if len(value) > 1000:
        raise Refused(f"{name} has {len(value)} characters; 1,000 at most.", where=where)
    if rule.type == "choice" and value not in rule.choices:
        raise Refused(f"{name} must be one of {', '.join(rule.choices)}, not {value!r}.", where=where)
    return value


def _as_number(value: object, where: str) -> int | float:
    """A finite number that every JSON reader keeps exactly (RFC 8785 asks for doubles)."""
    if isinstance(value, str):
        try:
            value = float(value) if any(c in value for c in ".eE") else int(value)
        except ValueError:
            raise Refused(f"{value!r} is not a number; write 54 or 12.5, and words in another field.",
                          where=where) from None  # fmt: skip
    if type(value) is int and abs(value) < 2**53:
        return value
    if type(value) is float and abs(value) < 2**53:
        return int(value) if value == int(value) else value
    if type(value) is float and 1e21 <= abs(value) < float("inf"):
        return value  # written with an exponent; between the two it would come back as an integer past 2^53
    raise Refused(f"{value!r} is not a finite number below 2^53.", where=where)


def check_relation(scheme: Scheme, kind: str, source_label: str, target_label: str) -> None:
    """Raises Refused unless the scheme allows `kind` from a span of one label to one of the other."""
    for relation in scheme.relations:
        if relation.type == kind:
            if source_label in relation.from_ and target_label in relation.to:
                return
            raise Refused(
                f"{kind!r} goes from {' or '.join(relation.from_)} to {' or '.join(relation.to)}, "
                f"not from {source_label} to {target_label}.",
                where="type",
            )
    have = ", ".join(relation.type for relation in scheme.relations) or "none"
    raise Refused(f"The scheme has no relation {kind!r}; it has {have}.", where="type")
