"""JSON lines, strictly: what another reader might understand otherwise is refused, with its place."""

from __future__ import annotations

import codecs
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import IO, Any, TypeVar

import msgspec

from annotator.core.text import decode
from annotator.errors import Refused

MAX_LINE = 64_000_000  # bytes
MAX_DEPTH = 100
_WIDE_MARKS = (
    codecs.BOM_UTF16_LE,
    codecs.BOM_UTF16_BE,
    codecs.BOM_UTF32_BE,
)  # the UTF-32 LE one begins as UTF-16's
_DECODER = msgspec.json.Decoder()
_KEY_END = re.compile(rb'"[ \t\r\n]*:')
_CHUNK = 1 << 20  # bytes
_SPACE = b" \t\r\n"
_STRUCTURE = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["\[\]{},]', re.DOTALL)
_STEP = re.compile(r"([^.\[\]]+)|\[(\d*)\]")
_NESTED = frozenset((dict, list))
_Struct = TypeVar("_Struct", bound=msgspec.Struct)


def lines(stream: IO[bytes], name: str, encoding: str | None = None) -> Iterator[tuple[str, bytes]]:
    """The lines of a stream as UTF-8, without their ends or blank ones, each with its place (`NAME:LINE`).

    UTF-8 is read line by line; with a mark of another encoding, or one named, the whole stream is decoded
    first (contract 2.3). Raises Refused for a line over `MAX_LINE` bytes.
    """
    first = stream.readline(MAX_LINE + 1)
    if encoding or first.startswith(_WIDE_MARKS):
        text = decode(first + stream.read(), declared=encoding, where=name)
        stream = io.BytesIO(text.removeprefix("\ufeff").encode(errors="surrogatepass"))
        first = stream.readline(MAX_LINE + 1)
    first = first.removeprefix(codecs.BOM_UTF8)
    rest = iter(partial(stream.readline, MAX_LINE + 1), b"")
    for number, line in enumerate(chain((first,), rest), 1):
        where = f"{name}:{number}"
        if len(line) > MAX_LINE:
            raise Refused(f"The line is longer than {MAX_LINE:,} bytes.", where=where)
        if line and not line.isspace():
            yield where, line.removesuffix(b"\n").removesuffix(b"\r")


def items(stream: IO[bytes], name: str, encoding: str | None = None) -> Iterator[tuple[str, bytes]]:
    """The elements of the array that a JSON file holds, as UTF-8, one in memory at a time, each with its place.

    The place is the line that it begins on (`NAME:LINE`). A file that holds something else is one element.
    Raises Refused for an element over `MAX_LINE` bytes and an array that does not end; what stands in an
    element is for `strict_object` to check.
    """
    data = stream.read(_CHUNK)
    if encoding or data.startswith(_WIDE_MARKS):
        text = decode(data + stream.read(), declared=encoding, where=name)
        stream = io.BytesIO(text.removeprefix("\ufeff").encode(errors="surrogatepass"))
        data = stream.read(_CHUNK)
    data = data.removeprefix(codecs.BOM_UTF8)
    while not data.strip(_SPACE) and len(data) <= MAX_LINE and (more := stream.read(_CHUNK)):
        data += more
    if data.lstrip(_SPACE)[:1] != b"[":
        data += stream.read(MAX_LINE + 1 - len(data)) if len(data) <= MAX_LINE else b""
        if len(data) > MAX_LINE:
            raise Refused(f"It is longer than {MAX_LINE:,} bytes.", where=name)
        yield name, data
        return
    yield from _elements(stream, data, name)


def _elements(stream: IO[bytes], data: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    opening = data.index(b"[")
    line = 1 + data.count(b"\n", 0, opening)
    data = data[opening + 1 :]
    any_yet = False
    while True:
        while True:
            begins = len(data) - len(data.lstrip(_SPACE))
            line += data.count(b"\n", 0, begins)
            data = data[begins:] or stream.read(_CHUNK)
            if data[:1].strip(_SPACE) or not data:
                break
        end, data = _element_end(stream, data, f"{name}:{line}")
        element, closing = data[:end].rstrip(_SPACE), data[end : end + 1]
        if len(element) > MAX_LINE:
            raise _too_long(f"{name}:{line}")
        if element or any_yet or closing == b",":
            yield f"{name}:{line}", element
        any_yet = True
        line += data.count(b"\n", 0, end)
        data = data[end + 1 :]
        if closing == b"]":
            break
    if data.strip(_SPACE) or stream.read().strip(_SPACE):
        raise Refused("Something stands after the end of the array.", where=f"{name}:{line}")


def _element_end(stream: IO[bytes], data: bytes, where: str) -> tuple[int, bytes]:
    """Where the comma or bracket stands that ends the element at the start of `data`, which is read on as needed."""
    at = depth = 0
    while True:
        for token in _STRUCTURE.finditer(data, at):
            mark = token[0][:1]
            if mark == b'"' and len(token[0]) == 1:  # a string that goes on beyond the data
                at = token.start()
                break
            if mark in b"]," and depth == 0:
                return token.start(), data
            depth += (mark in b"[{") - (mark in b"]}")
            at = token.end()
        if len(data) > MAX_LINE:
            raise _too_long(where)
        more = stream.read(max(_CHUNK, len(data)))
        if not more:
            raise Refused("The file ends within its array.", where=where)
        data += more


def _too_long(where: str) -> Refused:
    return Refused(f"The element is longer than {MAX_LINE:,} bytes.", where=where)


def strict_object(line: bytes, where: str) -> dict[str, Any]:
    """The JSON object of a line; raises Refused as `strict_value` does, and for anything but one object."""
    value = strict_value(line, where)
    if type(value) is not dict:
        raise Refused("The line is not a JSON object.", where=where)
    return value


def strict_value(line: bytes, where: str) -> Any:
    """The JSON value of a line.

    Raises Refused for bytes that are not UTF-8, a repeated key at any depth, numbers that are not finite, lone
    surrogates, and nesting deeper than `MAX_DEPTH`.
    """
    try:
        value = _DECODER.decode(line)
    except UnicodeDecodeError:
        value = decode(line, where=where)  # which refuses with the byte's place in the line, not in the string
    except RecursionError:
        raise _too_deep(where) from None
    except msgspec.DecodeError as error:
        raise Refused(f"Not JSON that can be read: {error}.", where=where) from None
    # The decoder keeps the last of repeated keys. Every key of the line ends in a quote and a colon, so
    # no more of these than keys kept means no repeats; more may also stand in a string: look closely.
    if type(value) in _NESTED and len(_KEY_END.findall(line)) != _count_keys(value, where):
        _refuse_repeated(line, where)
    return value


def _count_keys(value: Any, where: str) -> int:
    keys = 0
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        inner: list[Any] = []
        for item in level:
            members = item
            if type(item) is dict:
                keys += len(item)
                members = item.values()
            if not _NESTED.isdisjoint(map(type, members)):
                inner += [member for member in members if type(member) in _NESTED]
        if not inner:
            return keys
        level = inner
    raise _too_deep(where)


def _refuse_repeated(line: bytes, where: str) -> None:
    try:
        json.loads(line.decode(), object_pairs_hook=_unique, parse_int=str)
    except Refused as refused:
        raise refused.at(where) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        key = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise Refused(f"The key {key!r} is there more than once.")
    return members


def _too_deep(where: str) -> Refused:
    return Refused(f"Nested more than {MAX_DEPTH} deep.", where=where)


def structured(value: dict[str, Any], kind: type[_Struct], where: str) -> _Struct:
    """The object as a struct; raises Refused that names the member which is missing or of another type."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        why, _, path = str(error).partition(" - at `$")
        member = path.rstrip("`").lstrip(".")
        there = _there(value, member)
        raise Refused(f"{why}{there}.", where=f"{where}: {member}" if member else where) from None


def _there(value: Any, member: str) -> str:
    """What stands at that member, in words to follow an error; nothing for one in a map, which has no name."""
    try:
        for name, index in _STEP.findall(member):
            value = value[int(index)] if index else value[name]
    except (LookupError, TypeError, ValueError):
        return ""
    shown = msgspec.json.encode(value).decode() if type(value) not in _NESTED else ""
    return f": {shown[:80]}" if shown else ""
