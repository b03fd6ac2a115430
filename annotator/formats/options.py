"""What is said about a file from outside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from annotator.errors import Refused

_Item = TypeVar("_Item")
_Read = TypeVar("_Read")


def _nothing_beside(name: str) -> bytes | None:  # noqa: ARG001 - there is no file of any name
    return None


def raising(refused: Refused) -> None:
    """Ends the reading at the first thing refused."""
    raise refused


@dataclass(frozen=True, slots=True)
class Options:
    """How to read a file. `encoding` is used where neither a byte order mark nor the file says otherwise.

    `key` is for the text of a file that holds a text and nothing else; other files give their own.
    `columns` names the field that a column of the file stands for, where its own name does not say so.
    `beside` gives the bytes of the file of that name in the same folder, None when there is none.
    `found` takes, for the file of a name, its columns with the field that each is read as, None for `meta`.
    `boilerplate` names what judges, in a page of HTML, which blocks are furniture besides those left out: one of
    `boilerplate.WAYS`. `passed_over` counts, in words, what of the file we have no place for. `refuse` is
    told what is wrong with an article or a part of it; where it does not raise, the reader goes on behind that.
    """

    encoding: str | None = None
    replace_controls: bool = False
    key: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    beside: Callable[[str], bytes | None] = _nothing_beside
    found: dict[str, list[tuple[str, str | None]]] = field(default_factory=dict)
    boilerplate: str | None = None
    passed_over: Counter[str] = field(default_factory=Counter)
    refuse: Callable[[Refused], None] = raising

    def each(
        self, items: Iterable[tuple[str, _Item]], read: Callable[[_Item, str], Iterable[_Read]]
    ) -> Iterator[_Read]:  # fmt: skip
        """What `read` makes of each item and its place; an item that it refuses is told to `refuse`, and left out."""
        for where, item in items:
            try:
                yield from list(read(item, where))
            except Refused as refused:
                self.refuse(refused)
