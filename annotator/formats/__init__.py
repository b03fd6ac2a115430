"""Formats by name. A new one is a module and a line in the table below."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from annotator.errors import Refused
from annotator.formats import jsonl, txt
from annotator.formats.options import Options
from annotator.formats.records import Incoming, Line

Reader = Callable[[IO[bytes], str, Options], Iterator[Incoming]]
Writer = Callable[[Iterable[Line]], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Format:
    """A format; `cannot_hold` names what of a `Line` is lost in it."""

    name: str
    read: Reader | None
    write: Writer | None
    extension: str
    cannot_hold: tuple[str, ...] = ()


FORMATS = {
    format_.name: format_
    for format_ in (
        Format("txt", txt.read, None, ".txt"),
        Format("jsonl", jsonl.read, jsonl.write, ".jsonl"),
    )
}


def reader(name: str) -> Reader:
    """The function that reads the format; raises Refused for one that cannot be read."""
    format_ = FORMATS.get(name)
    if format_ is None or format_.read is None:
        raise _unknown(name, "read", [known.name for known in FORMATS.values() if known.read])
    return format_.read


def writer(name: str) -> Writer:
    """The function that writes the format; raises Refused for one that cannot be written."""
    format_ = FORMATS.get(name)
    if format_ is None or format_.write is None:
        raise _unknown(name, "written", [known.name for known in FORMATS.values() if known.write])
    return format_.write


def _unknown(name: str, done: str, names: list[str]) -> Refused:
    return Refused(f"The format {name!r} cannot be {done}; these can: {', '.join(names)}.", where="format")


def guess(file_name: str) -> Format:
    """The format that the file's extension stands for; raises Refused where it stands for none."""
    extension = PurePosixPath(file_name).suffix.lower()
    for format_ in FORMATS.values():
        if format_.read and format_.extension == extension:
            return format_
    known = ", ".join(format_.extension for format_ in FORMATS.values() if format_.read)
    raise Refused(f"Its name does not tell the format ({known}); give --format.", where=file_name)
