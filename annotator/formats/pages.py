"""A page of HTML: its elements, and in order what stands in them. `html` chooses from it and says by what rule."""
# ruff: noqa: SIM905 - lists of words are easier to read than lists of strings

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from annotator.core.text import BlockKind
from annotator.formats.markup import Token, tokens

MAX_DEPTH = 512  # as browsers: what is nested deeper belongs to the element at that depth
BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol option p pre search section "
    "select summary table tbody tfoot thead tr ul".split()
)
# Not shown, or not as text.
UNSHOWN = frozenset(
    "audio canvas datalist head iframe math noembed noframes noscript object script style svg template textarea title "
    "video".split()
)
VOID = frozenset("area base br col embed frame hr img input link meta param source track wbr".split())
_HEAD = frozenset("base head link meta noscript script style template title".split())
_LEVELS = {"h1": 1, "h2": 2, "h3": 3, "h4": 3, "h5": 3, "h6": 3}
_KINDS: dict[str, BlockKind] = {"li": "list_item", "blockquote": "quotation"}
# Where one of these begins, an open one of those ends: their end tags may be left out.
_ENDS = {
    "li": ("li",), "dt": ("dt", "dd"), "dd": ("dt", "dd"), "td": ("td", "th"), "th": ("td", "th"), "tr": ("tr",),
    "option": ("option",),
}  # fmt: skip
_SCOPES = frozenset(("ul", "ol", "menu", "dl", "table", "select"))
_SAVED = re.compile(r"\s*saved from url=\([0-9]+\)(\S+)")
Mark = Literal["", "block", "line", "cell"]


@dataclass(slots=True, eq=False)
class Element:
    """An element, with what of its parent's goes for it too. `size` is of the text in it, white space aside."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None
    kind: BlockKind = "paragraph"
    level: int = 0
    unshown: bool = False
    pre: bool = False
    listed: str = ""  # the list item or table row that it is in: `li`, `tr`
    banner: bool = False  # a header of the page, not of an article or section, without an `h1`
    size: int = 0


@dataclass(slots=True)
class Page:
    """`pieces`: text or a mark (a block begins or ends, a line, a cell), with the element that it stands in."""

    root: Element = field(default_factory=lambda: Element("html", {}, None))
    elements: list[Element] = field(default_factory=list)
    pieces: list[tuple[Element, Mark, str]] = field(default_factory=list)
    saved_from: str = ""
    unfinished: str = ""  # a tag or comment that the page ends in


def parse(html: str) -> Page:
    """The page; whatever is wrong with its tags, all its text is in a piece."""
    return page_of(tokens(html))


def page_of(taken: Iterable[Token]) -> Page:
    """The page that the tags and texts make."""
    tree = _Tree()
    for token in taken:
        tree.take(token)
    tree.end(0)
    return tree.page


class _Tree:
    """The elements that are open while a page is read."""

    def __init__(self) -> None:
        self.page = Page()
        self.page.elements.append(self.page.root)
        self.stack = [self.page.root]
        self.open = Counter(html=1)

    def take(self, token: Token) -> None:
        if token.kind == "start":
            self._start(token)
        elif token.kind == "end":
            self._end(token.name)
        elif token.kind == "text":
            self._text(token.text)
        elif token.kind == "unfinished":
            self.page.unfinished = token.text
        elif not self.page.saved_from and (found := _SAVED.match(token.text)):
            self.page.saved_from = found[1]

    def _text(self, text: str) -> None:
        size = sum(map(len, text.split()))
        within = self.stack[-1]
        if size and within.tag == "head":
            within = self._end("head")
        if not within.unshown:
            within.size += size
        self.page.pieces.append((within, "", text))

    def _start(self, token: Token) -> None:
        tag, attributes = token.name, token.attributes or {}
        if tag in {"html", "body"} and self.open[tag]:
            first = next(element for element in self.stack if element.tag == tag)
            first.attributes = attributes | first.attributes
            return
        if self.stack[-1].tag == "head" and tag not in _HEAD:
            self._end("head")
        if tag in BLOCKS:
            self._end_nearest(("p",), BLOCKS)
        if tag in _ENDS:
            self._end_nearest(_ENDS[tag], _SCOPES)
        marks: dict[str, Mark] = {"br": "line", "td": "cell", "th": "cell"}
        if tag in BLOCKS or tag in marks:
            self.page.pieces.append((self.stack[-1], marks.get(tag, "block"), ""))
        element = _element(tag, attributes, self.stack)
        self.page.elements.append(element)
        drawn = tag in {"svg", "math"} or self.open["svg"] or self.open["math"]
        if tag not in VOID and len(self.stack) < MAX_DEPTH and not (token.closes and drawn):
            self.stack.append(element)
            self.open[tag] += 1

    def _end(self, tag: str) -> Element:
        """Ends the nearest open element of the tag, and all in it; of tags within a line, none beyond the block."""
        if tag == "br":
            self.page.pieces.append((self.stack[-1], "line", ""))
        elif tag not in {"html", "body"}:  # what follows a body is still in it
            self._end_nearest((tag,), () if tag in BLOCKS or tag in UNSHOWN else BLOCKS)
        return self.stack[-1]

    def _end_nearest(self, tags: tuple[str, ...], scopes: frozenset[str] | tuple[()]) -> None:
        if not any(self.open[tag] for tag in tags):
            return
        at = len(self.stack) - 1
        while self.stack[at].tag not in tags:
            if self.stack[at].tag in scopes:
                return
            at -= 1
        self.end(at)

    def end(self, at: int) -> None:
        """Ends the open elements from that one on."""
        while len(self.stack) > at:
            element = self.stack.pop()
            self.open[element.tag] -= 1
            if element.parent is not None:
                element.parent.size += element.size
                if element.tag in BLOCKS:
                    self.page.pieces.append((element.parent, "block", ""))


def _element(tag: str, attributes: dict[str, str], stack: list[Element]) -> Element:
    parent = stack[-1]
    element = Element(tag, attributes, parent, parent.kind, parent.level, parent.unshown, parent.pre, parent.listed)
    if tag in _LEVELS:
        element.kind, element.level = "heading", _LEVELS[tag]
        for one in stack if tag == "h1" else ():
            one.banner = False
    elif tag in _KINDS:
        element.kind, element.level = _KINDS[tag], 0
    element.unshown = parent.unshown or tag in UNSHOWN
    element.pre = parent.pre or tag == "pre"
    if tag in {"li", "tr"}:
        element.listed = tag
    element.banner = tag == "header" and not any(one.tag in {"article", "main", "section"} for one in stack)
    return element
