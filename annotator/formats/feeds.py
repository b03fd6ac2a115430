"""RSS (0.9x, 1.0, 2.0) and Atom 1.0 feeds as files: an article for each item. Nothing is fetched from any address.

The text is `content:encoded` or Atom's `content`, else `description` or `summary`, by the block rule of
`html`; Atom's of the type `text` as it stands. An item without any is counted as passed over. The title is no
part of the text. Key: `guid` or `id`, else the link. Author: `author` or `dc:creator`. Date, as it is
written: `pubDate` or `published`, else `dc:date` or `updated`. Source and language: the title and language of
the feed, unless the item says its own language. All else that an item says goes into `meta`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import partial
from typing import IO

from annotator.core.text import Block, accept_text, normalise
from annotator.errors import Refused
from annotator.formats.format import Format, Says, Seen
from annotator.formats.html import fragment
from annotator.formats.marked import marked
from annotator.formats.options import Options
from annotator.formats.records import Incoming
from annotator.formats.strict_xml import Node, as_json, bytes_of, elements, root_name

ATOM = "http://www.w3.org/2005/Atom"
_OWN = frozenset(
    ("", ATOM, "http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/", "http://channel.netscape.com/rdf/simple/0.9/")
)  # fmt: skip
_CONTENT = frozenset(("http://purl.org/rss/1.0/modules/content/",))
_DUBLIN = frozenset(("http://purl.org/dc/elements/1.1/",))
# Where each thing is said, the first that says something counts.
_TEXTS = ((_CONTENT, "encoded"), (_OWN, "content"), (_OWN, "description"), (_OWN, "summary"))
_DATES = ((_OWN, "pubDate"), (_OWN, "published"), (_DUBLIN, "date"), (_OWN, "updated"))
_AUTHORS = ((_OWN, "author"), (_DUBLIN, "creator"))


def read(stream: IO[bytes], name: str, options: Options) -> Iterator[Incoming]:
    """The articles of a feed's items, one at a time; what is refused has the place `NAME:LINE`."""
    data = bytes_of(stream, name)
    digest = hashlib.sha256(data).hexdigest()
    root: Node | None = None
    for _, root in elements(data, name, options.encoding, _is_item):  # noqa: B007 - what the feed says may stand last
        pass
    if root is None:
        raise Refused("It holds no item of RSS or Atom.", where=name)
    feed = root.first("channel") or root
    found = ((f"{name}:{item.line}", item) for item, _ in elements(data, name, options.encoding, _is_item))
    yield from options.each(found, partial(_articles, options, digest, feed))


def _is_item(node: Node) -> bool:
    return node.name in {"item", "entry"} and node.space in _OWN


def _articles(options: Options, digest: str, feed: Node, item: Node, where: str) -> Iterator[Incoming]:
    text, blocks = _text(item)
    if not text.strip():
        options.passed_over["items without a text"] += 1
        return
    loaded = accept_text(text, replace_controls=options.replace_controls, where=where)
    link = _link(item)
    language = next((it.words() for it in _all(feed, _OWN, "language")), None)
    yield Incoming(
        where, loaded.text, digest, key=_said(item, ((_OWN, "guid"), (_OWN, "id"))) or link, url=link,
        title=_line(item), source=_line(feed), author=_said(item, _AUTHORS), published=_said(item, _DATES),
        language=item.attributes.get("xml:lang") or feed.attributes.get("xml:lang") or language or None,
        meta=_meta(item), replaced=loaded.replaced, blocks=blocks if len(loaded.text) == len(text) else None,
    )  # fmt: skip


def _text(item: Node) -> tuple[str, tuple[Block, ...] | None]:
    for spaces, name in _TEXTS:
        for node in _all(item, spaces, name):
            text, blocks = _read(node)
            if text.strip():
                return text, blocks
    return "", None


def _read(node: Node) -> tuple[str, tuple[Block, ...] | None]:
    """Atom says what its text is, and RSS has HTML."""
    kind = node.attributes.get("type", "text" if node.space == ATOM else "html").lower()
    if kind in {"text", "text/plain"}:
        return normalise(node.text()), None
    if kind in {"html", "text/html"}:
        return fragment(node.text())
    if kind in {"xhtml", "application/xhtml+xml"}:
        return marked(node)
    return "", None


def _line(node: Node) -> str | None:
    """Its title on one line."""
    for title in _all(node, _OWN, "title"):
        kind = title.attributes.get("type", "text").lower()
        words = " ".join(fragment(title.text())[0].split()) if "html" in kind and kind != "xhtml" else title.words()
        if words:
            return words
    return None


def _said(item: Node, places: tuple[tuple[frozenset[str], str], ...]) -> str | None:
    """What stands at the first of the places that says something; of people, their names."""
    for spaces, name in places:
        names = [(it.first("name") or it).words() for it in _all(item, spaces, name)]
        if said := ", ".join(filter(None, names)):
            return said
    return None


def _link(item: Node) -> str | None:
    for link in _all(item, _OWN, "link"):
        address = link.attributes.get("href") or link.words()
        if address and link.attributes.get("rel", "alternate") == "alternate":
            return address
    return None


def _all(node: Node, spaces: frozenset[str], name: str) -> list[Node]:
    return [it for it in node.nodes(name) if it.space in spaces]


def _meta(item: Node) -> str | None:
    taken = {(spaces, name) for spaces, name in (*_TEXTS, *_AUTHORS, *_DATES[:2])}
    taken |= {(_OWN, "title"), (_OWN, "guid"), (_OWN, "id")}
    left = [
        it for it in item.nodes()
        if not any(it.name == name and it.space in spaces for spaces, name in taken)
        and not (it.name == "link" and (it.attributes.get("href") or it.words()) == _link(item))
    ]  # fmt: skip
    return as_json(left)


def _looks(seen: Seen) -> Says:
    return "yes" if root_name(seen.text) in {"rss", "RDF", "feed"} else "no"


FORMAT = Format("feeds", read, None, (".rss", ".atom", ".xml"), looks=_looks)
