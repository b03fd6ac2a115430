"""NITF, the News Industry Text Format (IPTC), versions 3.x: one article a file.

The text is that of `body.content`, by the block rule of `html`: `p`, `hl1` and `hl2` (headings), `bq` (quotations),
`li`, `table`, `pre` and the like are blocks. Pictures and their captions (`media`) are left out and counted. The
headline (`hl1`, else `title`) is the title and no part of the text, nor are the abstract, the dateline and the tagline.
Author: `byline`. Date: `date.issue`, else `date.release`, else `story.date`. Source: `distributor`, else the name in
`pubdata`, else who gave the `doc-id`. Key: the `doc-id`, else that of the options. All else that the head, the
`body.head` and the `body.end` say goes into `meta`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import IO, Any

from annotator.core.text import Block, accept_text
from annotator.errors import Refused
from annotator.formats.format import Format, Says, Seen
from annotator.formats.marked import marked
from annotator.formats.options import Options
from annotator.formats.records import Incoming
from annotator.formats.strict_xml import Node, as_json, bytes_of, parse, root_name

_MEANS = {"hl1": "h1", "hl2": "h2", "bq": "blockquote", "block": "div", "hedline": "div", "fn": "p", "credit": "div",
          "note": "p", "postaddr": "address", "nitf-table": "div", "nitf-col": "col"}  # fmt: skip
_LEFT_OUT = frozenset(("media", "nitf-table-metadata"))


def read(stream: IO[bytes], name: str, options: Options) -> Iterator[Incoming]:
    """The one article of the file; raises Refused as `strict_xml.parse` and `accept_text` do."""
    data = bytes_of(stream, name)
    root = parse(data, name, options.encoding)
    if root.name != "nitf":
        raise Refused(f"It is not NITF: it begins with <{root.name}>.", where=f"{name}:{root.line}")
    text, blocks = body(root, options, f"{name}:{root.line}")
    loaded = accept_text(text, replace_controls=options.replace_controls, where=name)
    said = described(root)
    said["key"] = said["key"] or options.key
    yield Incoming(
        name, loaded.text, hashlib.sha256(data).hexdigest(), **said, replaced=loaded.replaced,
        blocks=blocks if len(loaded.text) == len(text) else None, meta=_meta(root, said["title"]),
    )  # fmt: skip


def body(root: Node, options: Options, where: str) -> tuple[str, tuple[Block, ...]]:
    """The text and blocks; pictures are counted as passed over. Raises Refused where there is no `body.content`."""
    content = root.first("body", "body.content")
    if content is None:
        raise Refused("It has no body.content.", where=where)
    pictures = sum(1 for node in content.walk() if node.name == "media")
    if pictures:
        options.passed_over["pictures and the like, with their captions"] += pictures
    return marked(content, _MEANS, _LEFT_OUT)


def described(root: Node) -> dict[str, Any]:
    """The article's fields, None for what is not said."""
    data = root.first("head", "docdata")
    document = data.first("doc-id") if data else None
    publication = root.first("head", "pubdata")
    head = root.first("body", "body.head")
    bylines = [node.words() for node in head.nodes("byline")] if head else []
    content = root.first("body", "body.content")
    dates = [data.first("date.issue") if data else None, data.first("date.release") if data else None]
    dates.append(head.first("dateline", "story.date") if head else None)
    titles = (head.first("hedline", "hl1") if head else None, root.first("head", "title"))
    distributor = head.first("distributor") if head else None
    return {
        "key": _said(document, "id-string"),
        "title": next((node.words() for node in titles if node and node.words()), None),
        "author": ", ".join(filter(None, bylines)) or None,
        "published": next(filter(None, (_said(node, "norm") for node in dates)), None),
        "source": (distributor.words() if distributor else None)
        or _said(publication, "name") or _said(document, "regsrc"),
        "url": _said(publication, "ex-ref"),
        "language": _said(root, "xml:lang") or _said(content, "xml:lang"),
    }  # fmt: skip


def _said(node: Node | None, attribute: str) -> str | None:
    return (node.attributes.get(attribute) or None) if node else None


def _meta(root: Node, title: str | None) -> str | None:
    kept: list[Node] = []
    for path in (("head",), ("body", "body.head"), ("body", "body.end")):
        part = root.first(*path)
        kept += part.nodes() if part else []
    return as_json([node for node in kept if not _is_taken(node, title)])


def _is_taken(node: Node, title: str | None) -> bool:
    return node.name == "byline" or (node.name in {"hedline", "title"} and node.words() == title)


def _looks(seen: Seen) -> Says:
    return "yes" if root_name(seen.text) == "nitf" else "no"


FORMAT = Format("nitf", read, None, (".nitf", ".xml"), looks=_looks)
