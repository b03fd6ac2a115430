"""Schemes written out as files, as `core.scheme.read_scheme` reads them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from annotator.core.scheme import Scheme
from annotator.errors import Refused

MIME: Final = {"toml": "application/toml", "json": "application/json"}


def write_scheme(scheme: Scheme, form: str) -> bytes:
    """The scheme as TOML or JSON; raises Refused for another `form`."""
    if form not in MIME:
        raise Refused(f"There is no format {form!r}; choose {', '.join(MIME)}.", where="format")
    if form == "toml":
        return as_toml(scheme).encode()
    return msgspec.json.format(msgspec.json.encode(scheme), indent=2) + b"\n"


def as_toml(scheme: Scheme) -> str:
    """The scheme as TOML, one value a line, so that two of them compare line by line."""
    value = msgspec.to_builtins(scheme)
    parts = ["\n".join(_pairs({"guidelines": value["guidelines"]}))] if value.get("guidelines") else []
    parts += ["\n".join(["[[labels]]", *_pairs(label)]) for label in value["labels"]]
    attributes = value.get("attributes", {})
    parts += ["\n".join([f"[attributes.{name}]", *_pairs(rule)]) for name, rule in attributes.items()]
    parts += ["\n".join(["[[relations]]", *_pairs(one)]) for one in value.get("relations", [])]
    return "\n\n".join(parts) + "\n"


def _pairs(table: dict[str, Any]) -> Iterator[str]:
    return (f"{name} = {_value(value)}" for name, value in table.items())


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    return f"[{', '.join(map(_text, value))}]"


def _text(text: str) -> str:
    """A basic string of TOML: JSON's escapes, and DEL, which only TOML wants escaped."""
    return msgspec.json.encode(text).decode().replace("\x7f", "\\u007f")
