"""NewsML-G2 (IPTC): the news items of a message, or the one that a file is, with their text in them.

The text of a `newsItem` is the first of these in its `contentSet`: `inlineData` of `text/plain`, as it stands;
`inlineXML` with XHTML, all of it, or NITF, by the rule of `nitf`; `inlineData` of HTML. Text is taken by the block rule
of `html`. Title: `headline`, else the item's `title`, else NITF's; none of them is part of the text. Author: `by`, else
the `creator`s. Date: `firstCreated`, else `versionCreated`. Source: `provider`. Key: the `guid`. All else in
`itemMeta`, `contentMeta` and `rightsInfo` goes into `meta`, with the item's version.

Items of another class than text (pictures), and packages, concepts and the like, are counted as passed over. What
stands elsewhere (`remoteContent`) is not fetched.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import IO, Any

from annotator.core.text import Block, accept_text, normalise
from annotator.errors import Refused
from annotator.formats import nitf
from annotator.formats.format import Format, Says, Seen
from annotator.formats.html import fragment
from annotator.formats.marked import marked
from annotator.formats.options import Options
from annotator.formats.records import Incoming
from annotator.formats.strict_xml import Node, as_json, bytes_of, elements, root_name

_ITEMS = frozenset(("newsItem", "packageItem", "conceptItem", "knowledgeItem", "planningItem", "catalogItem"))
_ROOTS = _ITEMS | {"newsMessage"}
_OTHERS = "items that are not text (pictures, packages and the like)"
_METAS = ("itemMeta", "contentMeta", "rightsInfo")
_XHTML = frozenset(("html", "body", "div", "section", "article", "p"))


def read(stream: IO[bytes], name: str, options: Options) -> Iterator[Incoming]:
    """The articles of the items that are text, one at a time; what is refused has the place `NAME:LINE`."""
    data = bytes_of(stream, name)
    digest = hashlib.sha256(data).hexdigest()
    found = elements(data, name, options.encoding, lambda node: node.name in _ITEMS)
    places = ((f"{name}:{item.line}", item) for item, _ in found)
    first = next(places, None)
    if first is None:
        raise Refused("It holds no item of NewsML-G2.", where=name)
    yield from options.each(chain((first,), places), partial(_articles, options, digest))


def _articles(options: Options, digest: str, item: Node, where: str) -> Iterator[Incoming]:
    kind = item.first("itemMeta", "itemClass")
    if item.name != "newsItem" or (kind and not kind.attributes.get("qcode", "text").endswith("text")):
        options.passed_over[_OTHERS] += 1
        return
    text, blocks, inner = _content(item, options, where)
    loaded = accept_text(text, replace_controls=options.replace_controls, where=where)
    said = _described(item, inner)
    yield Incoming(
        where, loaded.text, digest, **said, replaced=loaded.replaced, meta=_meta(item, said),
        blocks=blocks if len(loaded.text) == len(text) else None,
    )  # fmt: skip


def _content(item: Node, options: Options, where: str) -> tuple[str, tuple[Block, ...] | None, Node | None]:
    """The text, its blocks where it has any of its own, and the NITF that it stands in if it does."""
    contents = item.first("contentSet")
    given = contents.nodes("inlineData", "inlineXML") if contents else []
    given = [node for node in given if not node.attributes.get("encoding")]
    for node in given:
        if node.name == "inlineData" and _type(node) in {"text/plain", ""} and node.text().strip():
            return normalise(node.text()), None, None
    for node in given:
        for inner in node.nodes() if node.name == "inlineXML" else ():
            if inner.name == "nitf":
                return *nitf.body(inner, options, where), inner
            if inner.name in _XHTML:
                return *marked(inner), None
    for node in given:
        if node.name == "inlineData" and "html" in _type(node) and node.text().strip():
            return *fragment(node.text()), None
    there = ", ".join(
        f"{node.name} {_type(node)}".rstrip() for node in (contents.nodes() if contents else [])
    ) or "nothing"  # fmt: skip
    raise Refused(f"The item has no text in it that can be read; its contentSet holds {there}.", where=where)


def _type(node: Node) -> str:
    return node.attributes.get("contenttype", "").split(";")[0].strip().lower()


def _described(item: Node, inner: Node | None) -> dict[str, Any]:
    about, meta = item.first("contentMeta"), item.first("itemMeta")
    within = nitf.described(inner) if inner else {}
    headline, title = (about.first("headline") if about else None), (meta.first("title") if meta else None)
    language = about.first("language") if about else None
    dates = [meta.first(name) for name in ("firstCreated", "versionCreated")] if meta else []
    provider = meta.first("provider") if meta else None
    bylines = [node.words() for node in (about.nodes("by") if about else [])]
    creators = [_name(node) for node in (about.nodes("creator") if about else [])]
    return {
        "key": item.attributes.get("guid") or None,
        "title": next((it.words() for it in (headline, title) if it and it.words()), None) or within.get("title"),
        "author": ", ".join(filter(None, bylines)) or ", ".join(filter(None, creators)) or within.get("author"),
        "published": next((it.words() for it in dates if it and it.words()), None) or within.get("published"),
        "source": (_name(provider) if provider else None) or within.get("source"),
        "language": (language.attributes.get("tag") if language else None)
        or item.attributes.get("xml:lang") or within.get("language"),
    }  # fmt: skip


def _name(node: Node) -> str:
    """What a party is called: by its name, else what stands for it."""
    name = node.first("name")
    given = node.attributes
    return (name.words() if name else "") or next(filter(None, map(given.get, ("literal", "qcode", "uri"))), "")


def _meta(item: Node, said: dict[str, Any]) -> str | None:
    kept = [node for meta in _METAS for part in item.nodes(meta) for node in part.nodes()]
    return as_json(
        [node for node in kept if not _is_taken(node, said["title"])], version=item.attributes.get("version", "")
    )


def _is_taken(node: Node, title: str | None) -> bool:
    return node.name in {"by", "firstCreated"} or (node.name in {"headline", "title"} and node.words() == title)


def _looks(seen: Seen) -> Says:
    return "yes" if root_name(seen.text) in _ROOTS else "no"


FORMAT = Format("newsml", read, None, (".xml", ".newsml"), looks=_looks)
