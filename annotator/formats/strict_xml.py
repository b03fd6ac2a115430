"""XML, strictly: no entity but characters, nothing fetched, no file that swells; what is not well formed is refused.

A document type is passed over when it does no more than name one, as NITF's often does. One that declares things itself
is refused: entities are how a small file becomes a large one. HTML's names of characters (`&eacute;`) are known
without a declaration; any other entity is refused.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.entities import html5
from typing import IO, Any, NoReturn
from xml.parsers import expat

from annotator.core.text import decode
from annotator.errors import Refused
from annotator.formats.jsonl import sorted_json

MAX_BYTES = 64_000_000
MAX_DEPTH = 200
MAX_ELEMENTS = 500_000  # that are in memory at a time
PREFIXES = {"http://www.w3.org/XML/1998/namespace": "xml:", "http://www.omg.org/XMI": "xmi:"}
_CHUNK = 1 << 16
_DECLARED = re.compile(rb"\s*<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]+)")
_WIDE = re.compile(r"utf-?(16|32)|ucs|iso-10646|unicode", re.IGNORECASE)
# What may stand before the document type, and it, as far as its name and the places that it names.
_PROLOG = re.compile(
    r"""(?:\s++|<\?.*?\?>|<!--.*?-->)*+(<!DOCTYPE(?:"[^"]*"|'[^']*'|[^"'<>\[])*+)([>\[]?)""", re.DOTALL
)
_ROOT = re.compile(
    r"""(?:\s++|<\?.*?\?>|<!--.*?-->|<!DOCTYPE(?:"[^"]*"|'[^']*'|[^"'>])*+>)*+<(?:[^\s<>/:!?]+:)?([^\s<>/:!?]+)""",
    re.DOTALL,
)
# Where a reference is none, as far as its end or else the whole rest, and references by name.
_NAMED = re.compile(
    r"<!\[CDATA\[(?:.*?\]\]>|.*)|<!--(?:.*?-->|.*)|<\?(?:.*?\?>|.*)|&([A-Za-z][A-Za-z0-9]{0,40});", re.DOTALL
)
_OWN = frozenset(("amp", "lt", "gt", "quot", "apos"))


@dataclass(slots=True, eq=False)
class Node:
    """An element. `name` is without its namespace, as are those of `attributes`, but for those of `PREFIXES`."""

    name: str
    space: str
    attributes: dict[str, str]
    line: int
    children: list[Node | str] = field(default_factory=list)

    def nodes(self, *names: str) -> list[Node]:
        """The elements in it, of those names where there are any."""
        return [it for it in self.children if isinstance(it, Node) and (not names or it.name in names)]

    def first(self, *path: str) -> Node | None:
        """The first element by those names, each in the one before."""
        found: Node | None = self
        for name in path:
            found = next(iter(found.nodes(name)), None) if found else None
        return found

    def walk(self) -> Iterator[Node]:
        """It and all in it, in order."""
        yield self
        for node in self.nodes():
            yield from node.walk()

    def text(self) -> str:
        """All text in it."""
        return "".join(it if isinstance(it, str) else it.text() for it in self.children)

    def words(self) -> str:
        """All text in it, white space as single spaces, none at the ends."""
        return " ".join(self.text().split())


def bytes_of(stream: IO[bytes], name: str) -> bytes:
    """All of the stream; raises Refused past `MAX_BYTES`."""
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Refused(f"It is longer than {MAX_BYTES:,} bytes.", where=name)
    return data


def root_name(begins: str) -> str:
    """The name of the root of a document that begins so, to tell its format by; empty where there is none."""
    found = _ROOT.match(begins)
    return found[1] if found else ""


def parse(data: bytes, name: str, encoding: str | None = None) -> Node:
    """The root of a document, with all in it; raises Refused with `NAME:LINE`, and as `decode` does."""
    parser = _Parser(name, lambda _: False)
    parser.feed(_text(data, name, encoding).encode(), last=True)
    assert parser.root
    return parser.root


def elements(
    data: bytes, name: str, encoding: str | None, wanted: Callable[[Node], bool]
) -> Iterator[tuple[Node, Node]]:  # fmt: skip
    """Each element that is wanted, whole, with the root; it is no longer in its parent, so memory stays flat.

    Elements in a wanted one come with it. When the last is out, what is left of the root is whole. Raises Refused as
    `parse` does.
    """
    parser = _Parser(name, wanted)
    document = _text(data, name, encoding).encode()
    for at in range(0, len(document), _CHUNK):
        parser.feed(document[at : at + _CHUNK])
        while parser.done:
            assert parser.root
            yield parser.done.pop(0), parser.root
    parser.feed(b"", last=True)


def _text(data: bytes, name: str, encoding: str | None) -> str:
    """The document without its document type, references to HTML's characters by number.

    It is decoded by its mark, else by its declaration, else by `encoding`, else as UTF-8. Raises Refused.
    """
    text = decode(data, declared=_encoding(data, name) or encoding, where=name).removeprefix("\ufeff")
    found = _PROLOG.match(text)
    if found and found[2] == "[":
        line = 1 + text.count("\n", 0, found.end())
        raise Refused("Its document type declares entities or other things; that is not read.", where=f"{name}:{line}")
    if found and found[2]:
        text = text[: found.start(1)] + re.sub(r"[^\n]", "", found[0][found.start(1) :]) + text[found.end() :]
    return _NAMED.sub(_character, text) if "&" in text else text


def _encoding(data: bytes, name: str) -> str | None:
    """What the bytes say of themselves (XML 1.0, appendix F)."""
    if data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)):
        return None
    if data.startswith((b"<\0", b"\0<")):
        return "utf-16-le" if data[:1] == b"<" else "utf-16-be"
    found = _DECLARED.match(data)
    if found is None:
        return None
    declared = found[1].decode()
    if _WIDE.match(declared):
        raise Refused(f"It says that it is {declared}, which its bytes are not.", where=f"{name}: byte 0")
    return declared


def _character(found: re.Match[str]) -> str:
    """References to characters for the names that HTML has for them."""
    if not found[1] or found[1] in _OWN or f"{found[1]};" not in html5:
        return found[0]
    return "".join(f"&#{ord(one)};" for one in html5[f"{found[1]};"])


class _Parser:
    """Expat with handlers that build nodes and keep to the limits."""

    def __init__(self, name: str, wanted: Callable[[Node], bool]) -> None:
        self.name = name
        self.wanted = wanted
        self.root: Node | None = None
        self.done: list[Node] = []
        self.stack: list[Node] = []
        self.alive = 0
        self.within: Node | None = None  # the wanted element that is open
        self.expat = expat.ParserCreate("utf-8", " ")
        self.expat.buffer_text = True
        self.expat.StartElementHandler = self._start
        self.expat.EndElementHandler = self._end
        self.expat.CharacterDataHandler = self._text
        self.expat.StartDoctypeDeclHandler = self._declares
        self.expat.EntityDeclHandler = self._declares

    def feed(self, data: bytes, *, last: bool = False) -> None:
        try:
            self.expat.Parse(data, last)
        except expat.ExpatError as error:
            self._refuse(f"It is not well-formed XML: {expat.errors.messages[error.code]}.", error.lineno)

    def _refuse(self, why: str, line: int | None = None) -> NoReturn:
        raise Refused(why, where=f"{self.name}:{line or self.expat.CurrentLineNumber}")

    def _declares(self, *_: object) -> NoReturn:
        self._refuse("It declares a document type or an entity; that is not read.")

    def _start(self, tag: str, given: dict[str, str]) -> None:
        self.alive += 1
        if len(self.stack) >= MAX_DEPTH:
            self._refuse(f"Its elements stand more than {MAX_DEPTH} deep in one another.")
        if self.alive > MAX_ELEMENTS:
            self._refuse(f"It holds more than {MAX_ELEMENTS:,} elements.")
        space, _, local = tag.rpartition(" ")
        attributes = {_attribute(name): value for name, value in given.items()}
        node = Node(local, space, attributes, self.expat.CurrentLineNumber)
        if self.stack:
            self.stack[-1].children.append(node)
        else:
            self.root = node
        self.stack.append(node)
        if self.within is None and self.wanted(node):
            self.within = node

    def _end(self, _: str) -> None:
        node = self.stack.pop()
        if node is self.within:
            self.within = None
            self.done.append(node)
            self.alive -= sum(1 for _ in node.walk())
            if self.stack:
                self.stack[-1].children.pop()

    def _text(self, text: str) -> None:
        if self.stack:
            self.stack[-1].children.append(text)


def _attribute(name: str) -> str:
    space, _, local = name.rpartition(" ")
    return PREFIXES.get(space, "") + local


# -- for what has no place of its own


def as_json(nodes: list[Node], **more: str) -> str | None:
    """What the elements say, as JSON: members by name, lists where there are several, and more; None for nothing."""
    said = _members(nodes) | {name: value for name, value in more.items() if value}
    return sorted_json(said) if said else None


def _members(nodes: list[Node]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    several: set[str] = set()
    for node in nodes:
        value = _value(node)
        if value in ("", {}):
            continue
        if node.name in several:
            said[node.name].append(value)
        elif node.name in said:
            said[node.name] = [said[node.name], value]
            several.add(node.name)
        else:
            said[node.name] = value
    return said


def _value(node: Node) -> Any:
    """Its text where there is nothing else, else an object of its attributes, elements and text."""
    own = " ".join("".join(it for it in node.children if isinstance(it, str)).split())
    inner = _members(node.nodes())
    if own and inner:  # text with elements in it
        own, inner = node.words(), {}
    said: dict[str, Any] = dict(node.attributes) | inner
    if not said:
        return own
    return said | ({"text": own} if own else {})
