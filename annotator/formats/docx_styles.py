"""The styles of a Word document: what block a paragraph is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from annotator.core.text import BlockKind
from annotator.formats.strict_xml import Node

_HEADING = re.compile(r"heading ([1-9])")
_QUOTES = frozenset(("quote", "intense quote"))


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph of a style is."""

    kind: BlockKind = "paragraph"
    level: int = 0
    is_title: bool = False


class Styles:
    """The paragraph styles of a document, by their ids; names are English in every language's Word."""

    def __init__(self, root: Node | None) -> None:
        nodes = root.nodes("style") if root else []
        self._styles = {node.attributes.get("styleId", ""): node for node in nodes}

    def of(self, properties: Node | None) -> Style:
        """What a paragraph of these properties is: by its own outline level, else by its styles."""
        if properties is None:
            return Style()
        level = _outline(properties)
        if level is not None:
            return _heading(level + 1) if level < 9 else Style()
        for style in self._chain(properties):
            name = _value(style, "name").lower()
            if found := _HEADING.fullmatch(name):
                return _heading(int(found[1]))
            if name == "title":
                return Style("heading", 1, is_title=True)
            if name in _QUOTES:
                return Style("quotation")
            level = _outline(style.first("pPr"))
            if level is not None and level < 9:
                return _heading(level + 1)
        return Style()

    def is_listed(self, properties: Node | None) -> bool:
        """Whether the paragraph is numbered or has a bullet, of itself or by its style."""
        places = [properties, *(style.first("pPr") for style in self._chain(properties))]
        for place in places:
            numbering = place.first("numPr", "numId") if place else None
            if numbering is not None:
                return numbering.attributes.get("val") != "0"
        return False

    def _chain(self, properties: Node | None) -> list[Node]:
        """The paragraph's style and those it is based on, each once."""
        found: list[Node] = []
        id_ = _value(properties, "pStyle") if properties else ""
        while id_ in self._styles and self._styles[id_] not in found:
            found.append(self._styles[id_])
            id_ = _value(found[-1], "basedOn")
        return found


def _heading(level: int) -> Style:
    return Style("heading", min(level, 3))


def _outline(properties: Node | None) -> int | None:
    value = _value(properties, "outlineLvl") if properties else ""
    return int(value) if value in set("0123456789") else None


def _value(node: Node, name: str) -> str:
    found = node.first(name)
    return found.attributes.get("val", "") if found else ""
