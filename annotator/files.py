"""Reading and writing the files that commands name; `-` is standard input or output."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from annotator.errors import Refused


def read(path: str) -> bytes:
    """All of a file; raises Refused that names it."""
    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise Refused(f"It cannot be read: {error.strerror}.", where=path) from error


@contextlib.contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """The file, to read piece by piece; raises Refused that names it."""
    if path == "-":
        yield sys.stdin.buffer
        return
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(Path(path).open("rb"))
        except OSError as error:
            raise Refused(f"It cannot be read: {error.strerror}.", where=path) from error
        yield file


class Written:
    """A file being written: counts and hashes what goes through."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        """Writes `data`."""
        self._file.write(data)
        self._hash.update(data)
        self.size += len(data)

    def sha256(self) -> str:
        """The hash of all that was written so far."""
        return self._hash.hexdigest()


@contextlib.contextmanager
def written_whole(path: str) -> Iterator[Written]:
    """A file that appears under its name only when the block ends well: written beside, then renamed.

    Raises Refused when it cannot be written; a file that was there before is then as it was.
    """
    if path == "-":
        yield Written(sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return
    try:
        if Path(path).exists() and not Path(path).is_file():  # a device would be replaced by a file, for root
            raise Refused("It is there and is no file; - writes to standard output.", where=path)
        handle, beside = tempfile.mkstemp(prefix=f".{Path(path).name}-", dir=Path(path).parent)
    except OSError as error:
        raise Refused(f"It cannot be written: {error.strerror}.", where=path) from error
    try:
        with os.fdopen(handle, "wb", buffering=1 << 20) as file:
            yield Written(file)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(0o666 & ~_umask())
        Path(beside).replace(path)
    except OSError as error:
        raise Refused(f"It cannot be written: {error.strerror}.", where=path) from error
    finally:
        Path(beside).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
