"""Text that XML marks up much as HTML does (XHTML, NITF), by the block rule of `html`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from annotator.core.text import Block
from annotator.formats.html import blocks_of
from annotator.formats.markup import Token
from annotator.formats.pages import BLOCKS, UNSHOWN, VOID, page_of
from annotator.formats.strict_xml import Node

_KNOWN = BLOCKS | UNSHOWN | VOID | {"td", "th", "h1", "h2", "h3", "h4", "h5", "h6"}
_NOTHING: Mapping[str, str] = {}


def marked(
    node: Node, means: Mapping[str, str] = _NOTHING, left_out: frozenset[str] = frozenset()
) -> tuple[str, tuple[Block, ...]]:  # fmt: skip
    """The text and blocks of an element; `means` gives HTML's names for its own, `left_out` those without text.

    An element of any other name that HTML does not have for a block stands in a line.
    """
    return blocks_of(page_of(_tokens(node, means, left_out)))


def _tokens(node: Node, means: Mapping[str, str], left_out: frozenset[str]) -> Iterator[Token]:
    name = means.get(node.name, node.name)
    tag = name if name in _KNOWN else "span"
    yield Token("start", tag)
    for child in node.children:
        if isinstance(child, str):
            yield Token("text", text=child)
        elif child.name not in left_out:
            yield from _tokens(child, means, left_out)
    if tag not in VOID:
        yield Token("end", tag)
