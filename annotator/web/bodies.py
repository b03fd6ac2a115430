"""JSON in and out of the API."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from flask import Response, request

from annotator.errors import Refused, Unreadable
from annotator.formats.strict_json import strict_object

T = TypeVar("T")


def json_answer(value: Any, status: int = 200) -> Response:
    """The value as a JSON answer."""
    return Response(msgspec.json.encode(value), status, mimetype="application/json")


def body(kind: type[T]) -> T:
    """The request's JSON object as `kind`: 400 when it does not parse, 422 naming the field when it does not fit."""
    data = request.get_data()
    if data and data.lstrip()[:1] != b"{":
        check_parses(data)
        raise Refused("The body must be a JSON object.", where="body")
    try:
        value = strict_object(data or b"{}", "body")
    except Refused as refused:
        raise Unreadable(refused.why, where=refused.where) from None
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        why, _, where = str(error).partition(" - at ")
        field = where.strip("`").removeprefix("$").removeprefix(".")
        if "unknown field" in why or "required field" in why:
            field = ".".join(part for part in (field, why.split("`")[1]) if part)
        raise Refused(why + ".", where=field or "body") from None


def check_parses(data: bytes) -> None:
    """Raises Unreadable unless the bytes are JSON."""
    try:
        msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(f"Not JSON that can be read: {error}.", where="body") from None


def if_match() -> str | None:
    """The version in If-Match; None without one or for any (`*`)."""
    given = request.headers.get("If-Match")
    if given is None or given.strip() == "*":
        return None
    return given.strip().removeprefix("W/").strip('"')
