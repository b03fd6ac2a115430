"""HTML text into tags, text and comments, as browsers take it apart (HTML standard, 13.2.5), in linear time.

The standard library's parser is not used: it differs from one Python to the next, raises other errors than ours on
some bad markup, and takes minutes for some of half a megabyte.
"""
# ruff: noqa: SIM905 - lists of words are easier to read than lists of strings

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Literal

# What stands in these is text up to their own end tag; in the last two with references.
_RAW = frozenset("iframe noembed noframes script style xmp textarea title".split())
_WITH_REFERENCES = frozenset(("textarea", "title"))
_COMMENT = re.compile(r"<!--(?:-?>|(.*?)(?:--!?>|(\Z)))", re.DOTALL)
_BOGUS = re.compile(r"<(?:[!?]|/(?![a-zA-Z]))([^>]*+)>?")  # declarations, instructions, sections, `</>`
_TAG = re.compile(r"<(/?)([a-zA-Z][^\t\n\f\r />]*+)")
_ATTRIBUTE = re.compile(
    r"[\t\n\f\r /]*+(?:([^\t\n\f\r />][^\t\n\f\r />=]*+)"
    r"""(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:"([^"]*+)("|\Z)|'([^']*+)('|\Z)|([^\t\n\f\r >]*+)))?+)?+"""
)
_REFERENCE = re.compile(r"&(?:#[xX]([0-9a-fA-F]+)|#([0-9]+)|[a-zA-Z][a-zA-Z0-9]{1,31})(;?)")
_LAST = 0x10FFFF


@dataclass(frozen=True, slots=True)
class Token:
    """`name` of a tag, in lower case; `text` of text or a comment. `closes`: a start tag with a slash at its end."""

    kind: Literal["start", "end", "text", "comment", "unfinished"]
    name: str = ""
    text: str = ""
    attributes: dict[str, str] | None = None
    closes: bool = False


def tokens(html: str) -> Iterator[Token]:
    """The tokens in order; a tag or comment that the text ends in is `unfinished`: browsers leave it out."""
    at = 0
    while at < len(html):
        begins = html.find("<", at)
        if begins != at:
            end = len(html) if begins < 0 else begins
            yield Token("text", text=references(html[at:end]))
            at = end
            continue
        if comment := _COMMENT.match(html, at):
            yield Token("comment" if comment[2] is None else "unfinished", text=comment[1] or "")
            at = comment.end()
        elif bogus := _BOGUS.match(html, at):
            yield Token("comment", text=bogus[1])
            at = bogus.end()
        elif tag := _TAG.match(html, at):
            token, end = _tag(html, tag)
            yield token
            at = end
            if token.kind == "start" and token.name in _RAW:
                end = _raw_end(html, at, token.name)
                raw = html[at:end]
                yield Token("text", text=references(raw) if token.name in _WITH_REFERENCES else raw)
                at = end
        else:
            yield Token("text", text="<")
            at += 1


def _tag(html: str, tag: re.Match[str]) -> tuple[Token, int]:
    """The tag, and where it ends. The first of two attributes of one name counts."""
    attributes: dict[str, str] = {}
    at = tag.end()
    while (found := _ATTRIBUTE.match(html, at)) and found[1]:
        value = next((it for it in (found[2], found[4], found[6]) if it is not None), "")
        attributes.setdefault(found[1].lower(), references(value, in_attribute=True))
        at = found.end()
        if found[3] == "" or found[5] == "":
            break
    at = found.end() if found else at
    if html[at : at + 1] != ">":
        return Token("unfinished", text=html[tag.start() :]), len(html)
    closes = html[at - 1] == "/"
    kind: Literal["start", "end"] = "end" if tag[1] else "start"
    return Token(kind, tag[2].lower(), attributes=attributes, closes=closes), at + 1


def _raw_end(html: str, at: int, name: str) -> int:
    found = re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE).search(html, at)
    return found.start() if found else len(html)


def references(text: str, *, in_attribute: bool = False) -> str:
    """The text with HTML's references to characters spelt out; in attributes, named ones without `;` are not."""
    if "&" not in text:
        return text
    return _REFERENCE.sub(_in_attribute if in_attribute else _character, text)


def _in_attribute(found: re.Match[str]) -> str:
    return _character(found) if found[3] or found[1] or found[2] else found[0]


def _character(found: re.Match[str]) -> str:
    """A numeric one as the standard says: controls and noncharacters are what they are, 80 to 9F windows-1252."""
    digits = found[1] or found[2]
    if digits is None:
        return unescape(found[0])
    digits = digits.lstrip("0")
    code = int(digits or "0", 16 if found[1] else 10) if len(digits) < 9 else _LAST + 1
    if code == 0 or code > _LAST or 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    if 0x80 <= code <= 0x9F:
        return bytes((code,)).decode("cp1252", errors="ignore") or chr(code)
    return chr(code)
