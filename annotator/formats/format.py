"""What a format is: a module with a `FORMAT`, whose functions read articles from a file or write them into one.

Whoever has a format of their own writes such a module in a package of their own, and names it as an entry point:

    [project.entry-points."annotator.formats"]
    ourcms = "our_package.ourcms:FORMAT"

Then `annotator load`, `export` and `convert` know the format `ourcms` wherever that package is installed.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import IO, Literal, Protocol

from annotator.formats.losses import Lost
from annotator.formats.options import Options
from annotator.formats.records import Incoming, Line

# The articles of a stream of that name. What is wrong with one article goes to `options.refuse`; Refused is
# raised where nothing behind it can be read either.
Reader = Callable[[IO[bytes], str, Options], Iterator[Incoming]]
Says = Literal["yes", "may", "no"]
_KEY = re.compile(r'"([^"\\]{1,64})"\s*:')


class Writer(Protocol):
    """Gives the file in pieces; `lost` counts what the format cannot hold, complete once the last piece is out."""

    def __call__(self, articles: Iterable[Line], lost: Lost | None = None) -> Iterator[bytes]: ...


class PartsWriter(Protocol):
    """Gives the files of a format that is several, each with its name; each is to be read before the next."""

    def __call__(
        self, articles: Iterable[Line], lost: Lost | None = None
    ) -> Iterator[tuple[str, Iterator[bytes]]]: ...  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """What can be seen of a file before it is read: its name, its first bytes, whether a file is beside it."""

    name: str
    beginning: Callable[[], bytes] = lambda: b""
    beside: Callable[[str], bool] = lambda _: False

    @cached_property
    def begins(self) -> bytes:
        """The first bytes."""
        return self.beginning()

    @cached_property
    def text(self) -> str:
        """The first bytes as text, without white space or a mark before it; only to look for ASCII in."""
        wide = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
        encoding = next((name for mark, name in wide.items() if self.begins.startswith(mark)), "utf-8")
        return self.begins.decode(encoding, errors="replace").lstrip("\ufeff \t\r\n")

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys of JSON that the text has, at any depth."""
        return frozenset(_KEY.findall(self.text))


@dataclass(frozen=True, slots=True)
class Format:
    """A format; `cannot_hold` names what of a `Line` is lost in it (keys of `losses.COUNTED`).

    `extensions` are those of its files, the first the one to write; `looks` says whether a file of such a
    name is of this format, and it may be where there is none. `parts` says what the names are that `write_parts`
    gives: paths in a folder, or endings of files beside one another. `companion` is the ending of the file that
    is read along with one of the extensions, `passes_by` names files beside that say nothing of an article. `extra`
    is the extra that it needs.
    """

    name: str
    read: Reader | None
    write: Writer | None
    extensions: tuple[str, ...]
    cannot_hold: tuple[str, ...] = ()
    looks: Callable[[Seen], Says] | None = None
    write_parts: PartsWriter | None = None
    parts: Literal["folder", "beside"] = "folder"
    companion: str = ""
    passes_by: frozenset[str] = frozenset()
    extra: str = ""

    @property
    def extension(self) -> str:
        """That of the files it writes."""
        return self.extensions[0] if self.extensions else ""
