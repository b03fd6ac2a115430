"""ninjs, the JSON of news agencies (IPTC), versions 1 to 3.

A file is one item or a list of them. The text is the first of an item's bodies that is plain text, else the
first that is HTML, by the rule of `html`, else the first that is NITF, by the rule of `nitf`. A body of no
type is plain text, unless its role says HTML. The headline of the role `main`, or the first, else the item's
`title`, is the title and no part of the text. The source is the one name in `infoSources`. What we have no
place for goes into `meta`, but for the other bodies, which say the same again. Pictures and other items than
text, without a text, are passed over.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import partial
from typing import IO, Any

from annotator.core.text import Block, accept_text, normalise
from annotator.errors import Refused
from annotator.formats import nitf
from annotator.formats.format import Format, Says, Seen
from annotator.formats.html import fragment
from annotator.formats.jsonl import sorted_json
from annotator.formats.options import Options
from annotator.formats.records import Incoming
from annotator.formats.strict_json import items, strict_object
from annotator.formats.strict_xml import parse

# A member for each of our fields, as versions 2 and 3 name it and as version 1 does; the first that is there counts.
FIELDS = {
    "key": ("uri",),
    "author": ("by", "byline", "bylines"),
    "published": (
        "firstCreated", "firstcreated", "versionCreated", "versioncreated", "contentCreated", "contentcreated",
    ),
    "language": ("language",),
    "source": ("source", "provider", "infoSources", "infosources"),
    "url": ("url",),
}  # fmt: skip
_KNOWN = frozenset((
    "bodies", "headlines", "body_text", "body_html", "body_xhtml", "headline", "byline", "firstcreated", "firstCreated",
    "versioncreated", "versionCreated", "representationtype", "representationType", "pubstatus", "pubStatus",
))  # fmt: skip
_MAIN = ("main", "headline", "")
_OTHERS = frozenset(("audio", "video", "picture", "graphic", "event", "planning"))
_HTML = re.compile("html|richtext")
_OLD = re.compile(r"(body|headline)(?:_(.+))?")  # version 1: body_text, body_xhtml, headline_main


def read(stream: IO[bytes], name: str, options: Options) -> Iterator[Incoming]:
    """The articles of a ninjs file, one item at a time.

    Refuses, with the place `NAME:LINE`, an item without a body of text, such as a picture's.
    """
    return options.each(items(stream, name, options.encoding), partial(_articles, options))


def _articles(options: Options, element: bytes, where: str) -> Iterator[Incoming]:
    item = strict_object(element, where)
    bodies, headlines = _listed(item, "bodies", "body"), _listed(item, "headlines", "headline")
    if item.get("type") in _OTHERS and not any(value.strip() for _, _, value in bodies):
        options.passed_over["items that are not text (pictures, events and the like)"] += 1
        return
    text, blocks = _text(bodies, where, options)
    loaded = accept_text(text, replace_controls=options.replace_controls, where=where)
    found = {field: _first(item, names) for field, names in FIELDS.items()}
    described: dict[str, Any] = {field: one[1] for field, one in found.items() if one}
    yield Incoming(
        where, loaded.text, hashlib.sha256(element).hexdigest(), title=_title(item, headlines),
        blocks=blocks if len(loaded.text) == len(text) else None, replaced=loaded.replaced,
        meta=_meta(item, found, len(headlines)), **described,
    )  # fmt: skip


def _listed(item: dict[str, Any], new: str, old: str) -> list[tuple[str, str, str]]:
    """The bodies or headlines: role, content type and value, those of version 1 in the same form."""
    found = []
    for one in item[new] if isinstance(item.get(new), list) else ():
        if isinstance(one, dict) and isinstance(one.get("value"), str):
            role = str(one.get("role") or "")
            kind = one.get("contentType") or one.get("contenttype") or _type(role)
            found.append((role, str(kind).lower(), one["value"]))
    for name, value in item.items():
        match = _OLD.fullmatch(name)
        if match and match[1] == old and isinstance(value, str):
            role = match[2] or ""
            found.append((role, _type(role), value))
    return found


def _type(role: str) -> str:
    """What a body of that role is where nothing says it."""
    return "text/html" if _HTML.search(role.lower()) else "text/plain"


def _text(
    bodies: list[tuple[str, str, str]], where: str, options: Options
) -> tuple[str, tuple[Block, ...] | None]:  # fmt: skip
    for _, kind, value in bodies:
        if kind.split(";")[0].strip() == "text/plain" and value.strip():
            return normalise(value), None
    for _, kind, value in bodies:
        if "html" in kind and value.strip():
            return fragment(value)
    for _, kind, value in bodies:
        if "nitf" in kind and value.strip():
            return nitf.body(parse(value.encode(), where, "utf-8"), options, where)
    kinds = ", ".join(sorted({kind for _, kind, _ in bodies})) or "none"
    raise Refused(f"The item has no body of text/plain, HTML or NITF; it has {kinds}.", where=where)


def _title(item: dict[str, Any], headlines: list[tuple[str, str, str]]) -> str | None:
    for role in _MAIN:
        for own, kind, value in headlines:
            if own == role:
                return _line(kind, value)
    title = item.get("title")
    if not headlines:
        return title if isinstance(title, str) and title else None
    return _line(*headlines[0][1:])


def _line(kind: str, value: str) -> str:
    return " ".join(fragment(value)[0].split()) if "html" in kind else value


def _first(item: dict[str, Any], names: tuple[str, ...]) -> tuple[str, str] | None:
    """The first of the members that is text, or a list of one that says no more than a text, with its name."""
    for name in names:
        value = item.get(name)
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict) and len(value[0]) == 1:
            value = value[0].get("value") or value[0].get("name")
        if isinstance(value, str) and value:
            return name, value
    return None


def _meta(item: dict[str, Any], found: dict[str, tuple[str, str] | None], headlines: int) -> str | None:
    taken = {one[0] for one in found.values() if one} | {"bodies"}
    if not headlines and isinstance(item.get("title"), str):
        taken |= {"title"}
    if headlines == 1:
        taken |= {"headlines", "headline", "headline_main"}
    left = {name: value for name, value in item.items() if name not in taken and not re.fullmatch("body(_.+)?", name)}
    return sorted_json(left) if left else None


def _looks(seen: Seen) -> Says:
    return "yes" if seen.text[:1] in ("{", "[") and not seen.keys.isdisjoint(_KNOWN) else "no"


FORMAT = Format("ninjs", read, None, (".json",), looks=_looks)
