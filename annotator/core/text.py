"""Texts: what is accepted on loading, the blocks to read it in, and where a character may be cut.

Rules of contract section 2. Offsets count code points from 0, except in `decode`, which counts bytes.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass
from typing import Literal

import regex

from annotator.errors import Refused

LIMIT = 1_000_000
BlockKind = Literal["heading", "paragraph", "list_item", "quotation"]

# UTF-32 stands first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Python calls these text encodings too, but no file is stored in them.
_NOT_CHARSETS = frozenset(("idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"))

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# All but these and surrogates. Matching the allowed takes half the time of searching for another.
_ALLOWED = re.compile(r"[\t\n -~\xa0-\ud7ff\ue000-\U0010ffff]*")
_CRLF = re.compile("\r\n")
_CLUSTER = regex.compile(r"\X")
_LIST_ITEM = re.compile(r"[ \t]*(?:--?|[\u2013\u2014\u2022*]|[0-9]{1,3}[.)])[ \t]")
_OPENING_QUOTES = "\"'\u201c\u2018\u201e\u201a\u00ab\u2039\u300c\u300e"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or such: `text[start:end]`, no line end in it; `level` is 1 to 3 in headings, else 0.

    `furniture`: whoever read the file judged it no part of the article; it is shown as such, and its text stays.
    """

    start: int
    end: int
    kind: BlockKind = "paragraph"
    level: int = 0
    furniture: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """An accepted text, and how many controls a space was put for."""

    text: str
    replaced: int = 0


def decode(data: bytes, *, declared: str | None = None, where: str = "") -> str:
    """The bytes as text, by their byte order mark, else as `declared`, else as UTF-8; a mark is kept.

    Raises Refused for an encoding that Python does not know, and at the first byte that does not decode.
    """
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    encoding = marked or _charset(declared, where)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        why = f"This is not {encoding}: {error.reason}. Name the right encoding, or save the file as UTF-8."
        raise Refused(why, where=_place(where, f"byte {error.start}")) from None


def _charset(declared: str | None, where: str) -> str:
    if declared is None:
        return "utf-8"
    try:
        "".encode(declared)  # unlike lookup, knows codecs between bytes and bytes for what they are
        name = codecs.lookup(declared).name
    except (LookupError, ValueError):
        name = ""
    if not name or name in _NOT_CHARSETS:
        raise Refused(f"The encoding {declared!r} is not known.", where=where or None)
    return name


def normalise(text: str) -> str:
    """The text without a byte order mark at its start, and with LF for CRLF, CR and form feed."""
    text = text.removeprefix("\ufeff")
    if "\r" in text:  # to look for one character is far quicker than to replace none
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\f" in text:
        text = text.replace("\f", "\n")
    return text


def dropped(text: str) -> list[int]:
    """Where the characters stand that `normalise` takes out, ascending: a byte order mark, CR before LF."""
    mark = [0] if text.startswith("\ufeff") else []
    return mark + [match.start() for match in _CRLF.finditer(text)]


def check_text(text: str, *, limit: int = LIMIT, where: str = "") -> None:
    """Raises Refused, naming the code point, unless the normalised text may be stored (contract 2.4)."""
    if len(text) > limit:
        why = f"The text has {len(text):,} characters; {limit:,} at most."
        raise Refused(why, where=_place(where, f"code point {limit}"))
    if not text or text.isspace():
        raise Refused("The text holds nothing but white space.", where=_place(where, "code point 0"))
    match = _ALLOWED.match(text)
    assert match
    end = match.end()
    if end < len(text):
        code = ord(text[end])
        kind = "lone surrogate" if code > 0x9F else "control character"
        raise Refused(f"The text holds the {kind} U+{code:04X}.", where=_place(where, f"code point {end}"))


def load_text(
    data: bytes,
    *,
    declared: str | None = None,
    replace_controls: bool = False,
    limit: int = LIMIT,
    where: str = "",
) -> Loaded:
    """The text to store for the bytes of a text file; raises Refused as `decode` and `check_text` do."""
    text = decode(data, declared=declared, where=where)
    return accept_text(text, replace_controls=replace_controls, limit=limit, where=where)


def accept_text(text: str, *, replace_controls: bool = False, limit: int = LIMIT, where: str = "") -> Loaded:
    """The text to store for one that came decoded, as in JSON; raises Refused as `check_text` does.

    `replace_controls` puts a space for each control character, which leaves every offset as it was.
    """
    text = normalise(text)
    replaced = 0
    if replace_controls:
        text, replaced = _CONTROLS.subn(" ", text)
    check_text(text, limit=limit, where=where)
    return Loaded(text, replaced)


def _place(where: str, place: str) -> str:
    return f"{where}: {place}" if where else place


def split_blocks(text: str, title: str | None = None) -> tuple[Block, ...]:
    """The blocks of a plain text: every line that holds something other than white space is one.

    - heading, level 1: the first line that is exactly `title`;
    - quotation: begins with `>`;
    - list item: begins, after spaces, with `-`, `--`, an en or em dash, a bullet, `*`, or a number of up to
      three digits with `.` or `)`, and then a space or tab;
    - heading, level 2: a line set apart in running text, that is at most 80 characters and 12 words,
      beginning with an upper-case letter, a digit or an opening quotation mark, not ending in `.`, `,`,
      `;`, `:` or `…`, with a blank line before and after, between blocks of at least 120 characters;
    - paragraph: any other.
    """
    lines = text.split("\n")
    blocks: list[Block] = []
    start = 0
    for number, line in enumerate(lines):
        end = start + len(line)
        if line and not line.isspace():
            if line == title:
                blocks.append(Block(start, end, "heading", 1))
                title = None
            elif line.startswith(">"):
                blocks.append(Block(start, end, "quotation"))
            elif _LIST_ITEM.match(line):
                blocks.append(Block(start, end, "list_item"))
            elif len(line) <= 80 and _is_heading(line) and _stands_apart(lines, number):
                blocks.append(Block(start, end, "heading", 2))
            else:
                blocks.append(Block(start, end))
        start = end + 1
    return tuple(blocks)


def _is_heading(line: str) -> bool:
    line = line.strip()
    first = line[0]
    begins = first.isupper() or first.isdecimal() or first in _OPENING_QUOTES
    return begins and line[-1] not in ".,;:…" and len(line.split()) <= 12


def _stands_apart(lines: list[str], number: int) -> bool:
    """Whether blank lines part the line from a long block on either side."""
    for step in (-1, 1):
        at = number + step
        while 0 <= at < len(lines) and not lines[at].strip():
            at += step
        if at == number + step or not 0 <= at < len(lines) or len(lines[at]) < 120:
            return False
    return True


def splits_cluster(text: str, offset: int) -> bool:
    """Whether `offset` stands strictly inside an extended grapheme cluster (UAX 29) of the text."""
    if not 0 < offset < len(text):
        return False
    before, after = text[offset - 1], text[offset]
    # Nothing below U+0300 joins its neighbour, but for CR and LF.
    if before < "\u0300" > after and before != "\r":
        return False
    # `regex` looks back beyond the first position for what a boundary depends on, and forward no further.
    match = _CLUSTER.match(text, offset - 1, offset + 1)
    return match is not None and match.end() != offset


def text_sha256(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes, in hexadecimal (contract 2.5)."""
    return hashlib.sha256(text.encode()).hexdigest()


def excerpt(text: str, length: int = 72) -> str:
    """The first words of a text, on one line, to call it by: `length` characters at most, cut between words."""
    words = " ".join(text[: 4 * length].split())
    if len(words) <= length:
        return words
    return (words[:length].rsplit(" ", 1)[0] if " " in words[:length] else words[: length - 1]) + "…"
