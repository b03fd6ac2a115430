"""Turning what is written into a file into pieces that are handed on."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from functools import partial
from typing import IO

PIECE = 1 << 16  # bytes
IN_MEMORY = 1 << 20  # bytes that a spool keeps before it becomes a file

Parts = Iterable[tuple[str, Iterable[bytes]]]  # files, each with its name, to be read one after the other


class Sink(io.RawIOBase):
    """A file for libraries to write to; `take` gives what was written since the last time."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        part = bytes(data)  # type: ignore[call-overload]
        self._parts.append(part)
        self._size += len(part)
        return len(part)

    def tell(self) -> int:
        return self._size

    def take(self) -> bytes:
        """The bytes written and not yet taken."""
        parts = b"".join(self._parts)
        self._parts.clear()
        return parts


def spool() -> IO[bytes]:
    """A file of our own that goes when it is closed, in memory while it is small."""
    return tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)


def pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """All of a file from its start."""
    stream.seek(0)
    yield from iter(partial(stream.read, PIECE), b"")


def zipped(parts: Parts, stem: str = "") -> Iterator[bytes]:
    """The parts as a zip archive, the same bytes for the same parts; `stem` goes before the parts' names."""
    sink = Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pieces in parts:
            with archive.open(zipfile.ZipInfo(f"{stem}{name}"), "w") as file:
                for piece in pieces:
                    file.write(piece)
                    yield sink.take()
            yield sink.take()
    yield sink.take()
