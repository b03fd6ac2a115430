"""A text that is put together from blocks, for formats that tell their blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from annotator.core.text import Block, BlockKind

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(slots=True)
class Blocks:
    """The text so far, in parts, with its blocks; `count` is of those added, which may have several lines."""

    parts: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    count: int = 0
    length: int = 0
    listed: str = ""

    def add(self, text: str, kind: BlockKind = "paragraph", level: int = 0, listed: str = "") -> None:
        """Adds a block, two line ends after the one before; one, where both are `listed` as the same (`li`, `tr`)."""
        if self.parts:
            self._append("\n" if listed and listed == self.listed else "\n\n")
        self.listed = listed
        self.count += 1
        for line in _LINE.findall(text):
            words = line.removesuffix("\n")
            if words and not words.isspace():
                self.blocks.append(Block(self.length, self.length + len(words), kind, level))
            self._append(line)

    def _append(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)
