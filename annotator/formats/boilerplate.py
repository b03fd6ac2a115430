"""What another's judgement leaves out of a page, where ours has left it in.

Trafilatura (https://trafilatura.readthedocs.io, Apache-2.0, the extra `web`) is given the page, and a block counts as
furniture when none of what it extracts is that block. Blocks are compared by their letters and digits alone, since it
changes white space and marks. A heading of level 1 is never furniture: as the title it is no part of what is
extracted. Where nothing is extracted, or no block of it found again, nothing is furniture.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from annotator.core.text import Block
from annotator.formats.extras import extra

WAYS: Final = ("trafilatura",)
LONG = 40  # letters and digits that no other block has by chance, so that they may stand within a longer line
_MARKS = re.compile(r"[\W_]+")


def marked(page: str, text: str, blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks of `text`, which was read from the page, with those marked that trafilatura leaves out.

    Raises Refused when the extra is not installed.
    """
    found = extra("trafilatura", "web").extract(page, include_comments=False, include_tables=True) or ""
    lines = {_letters(line) for line in found.split("\n")}
    whole = _letters(found)
    judged = []
    for block in blocks:
        letters = _letters(text[block.start : block.end])
        kept = not letters or letters in lines or (len(letters) >= LONG and letters in whole)
        judged.append((block, kept))
    if not any(kept and _letters(text[block.start : block.end]) for block, kept in judged):
        return tuple(block for block, _ in judged)
    return tuple(
        replace(block, furniture=not kept and (block.kind, block.level) != ("heading", 1)) for block, kept in judged
    )


def _letters(text: str) -> str:
    return _MARKS.sub("", text).casefold()
