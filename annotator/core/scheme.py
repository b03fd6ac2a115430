"""Schemes: the labels, attributes and relations that a project allows, read from TOML or JSON."""

from __future__ import annotations

import tomllib
from typing import Annotated, Any, Literal

import msgspec

from annotator.errors import Refused

SLUG = r"^[a-z][a-z0-9_-]{0,39}\Z"
PAGE_KEYS = frozenset("npwjkeruagxs?/[]")
_NAME = Annotated[str, msgspec.Meta(pattern=SLUG)]


class Label(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One label. `line` is how its underline is drawn where colours are not told apart.

    `help` is Markdown. `quotes`: whether a selection takes quotation marks around it in, or leaves them out.
    """

    name: str
    title: str = ""
    key: str = ""
    color: str = ""
    line: Literal["solid", "double", "dashed", "dotted"] = "solid"
    help: str = ""
    attributes: tuple[str, ...] = ()
    quotes: Literal["", "keep", "drop"] = ""


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
    names = [label.name for label in scheme.labels]
    if not names:
        raise Refused("A scheme needs one label at least.", where="labels")
    _check_names("labels", names)
    _check_names("attributes", list(scheme.attributes))
    _check_keys(scheme.labels)
    for label in scheme.labels:
        for attribute in label.attributes:
            if attribute not in scheme.attributes:
                raise Refused(f"Label {label.name!r} has attribute {attribute!r}, which is not defined.",
                              where="labels")  # fmt: skip
        if label.color:
            _check_color(label)
    for attribute, rule in scheme.attributes.items():
        if (rule.type == "choice") != bool(rule.choices):
            raise Refused(f"Attribute {attribute!r}: a choice needs choices, and only a choice has them.",
                          where="attributes")  # fmt: skip
    _check_names("relations", [relation.type for relation in scheme.relations])
    for relation in scheme.relations:
        for end in (*relation.from_, *relation.to):
            if end not in names:
                raise Refused(f"Relation {relation.type!r} names label {end!r}, which is not there.",
                              where="relations")  # fmt: skip
    return scheme


def _check_names(where: str, names: list[str]) -> None:
    try:
        msgspec.convert(names, list[_NAME])
    except msgspec.ValidationError:
        raise Refused("Names are a–z, 0–9, - and _, from a letter on, 40 characters at most: "
                      + ", ".join(map(repr, names)), where=where) from None  # fmt: skip
    double = {name for name in names if names.count(name) > 1}
    if double:
        raise Refused(f"Twice in the list: {', '.join(sorted(double))}.", where=where)


def _check_keys(labels: tuple[Label, ...]) -> None:
    keys = [label.key for label in labels if label.key]
    for key in keys:
        if len(key) != 1 or not key.isascii() or not key.isalnum() or key in {"0", *PAGE_KEYS}:
            raise Refused(f"Key {key!r} is not free; use a digit 1–9 or a letter that no page key has.",
                          where="labels")  # fmt: skip
        if keys.count(key) > 1:
            raise Refused(f"Key {key!r} stands for two labels.", where="labels")


def _check_color(label: Label) -> None:
    parts = label.color.split("/")
    if len(parts) > 2 or not all(len(p) == 7 and p[0] == "#" and _is_hex(p[1:]) for p in parts):
        raise Refused(f"Label {label.name!r}: a colour is #rrggbb, or two as light/dark.", where="labels")


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
