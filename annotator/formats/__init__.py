"""Formats by name: ours, each a module of this folder, and those of other packages (`format` says how).

from annotator.formats import FORMATS, reader, writer
from annotator.formats.folder import read_all       # articles of files, folders, archives
from annotator.formats.convert import convert       # from file to file
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import NoReturn, cast

from annotator.errors import Refused
from annotator.formats.format import Format, Reader, Writer

__all__ = ["FORMATS", "Format", "Reader", "Writer", "reader", "writer"]

GROUP = "annotator.formats"
OWN = (
    "txt", "jsonl", "csv", "html", "ninjs", "doccano", "labelstudio", "brat", "w3c", "spacy", "hf", "conll", "parquet",
    "nitf", "newsml", "feeds", "xmi", "cas-json", "webanno-tsv", "docx", "pdf",
)  # fmt: skip


class _Formats(Mapping[str, Format]):
    """All there are, found when first asked for; ours come first, and no other takes the name of one."""

    def __getitem__(self, name: str) -> Format:
        return _found()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_found())

    def __len__(self) -> int:
        return len(_found())


FORMATS: Mapping[str, Format] = _Formats()


@cache
def _found() -> dict[str, Format]:
    found: dict[str, Format] = {name: import_module(f"{__name__}.{name.replace('-', '_')}").FORMAT for name in OWN}
    for point in entry_points(group=GROUP):
        if point.name not in found:
            found[point.name] = _theirs(point)
    return found


def _theirs(point: EntryPoint) -> Format:
    """The format of another package; one that cannot be had refuses when it is used, and spoils no other."""
    try:
        format_ = point.load()
    except Exception as error:  # noqa: BLE001 - whatever another's module raises
        return _broken(point, f"{type(error).__name__}: {error}")
    if not isinstance(format_, Format) or format_.name != point.name:
        return _broken(point, f"{point.value} is not a Format of that name")
    return format_


def _broken(point: EntryPoint, why: str) -> Format:
    def refuse(*_: object) -> NoReturn:
        raise Refused(f"The format {point.name!r} of another package cannot be used: {why}.", where="format")

    return Format(point.name, refuse, cast("Writer", refuse), ())


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
