"""Writing a format into files: one, several beside one another, a folder, or an archive of them."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from annotator.errors import Refused
from annotator.formats import Format, writer
from annotator.formats.losses import Lost
from annotator.formats.records import Line
from annotator.formats.sinks import Parts, zipped


@dataclass(frozen=True, slots=True)
class File:
    """A file that was written; `size` in bytes."""

    path: str
    sha256: str
    size: int


def write(format: Format, articles: Iterable[Line], path: str, lost: Lost | None = None) -> list[File]:
    """The format under that path, the file itself first; what was there before is as it was if this fails.

    A format of several files becomes a zip archive where the path ends in `.zip`. Else parts that have names of their
    own become a folder, which must not be there or be empty, and those that are suffixes stand beside
    one another, the first under the path and the others under it without its extension. Raises Refused.
    """
    target = Path(path)
    try:
        if format.write_parts is not None and target.suffix.lower() == ".zip":
            stem = target.stem if format.parts == "beside" else ""
            return _beside([("", zipped(format.write_parts(articles, lost), stem))], target)
        if format.write_parts is not None and format.parts == "folder":
            return _folder(format.write_parts(articles, lost), target)
        if format.write_parts is not None:
            return _beside(format.write_parts(articles, lost), target)
        return _beside([("", writer(format.name)(articles, lost))], target)
    except OSError as error:
        raise Refused(f"It cannot be written: {error.strerror}.", where=path) from error


def _beside(parts: Parts, target: Path) -> list[File]:
    """All are written beside under other names; then they get their own, one after the other."""
    if target.exists() and not target.is_file():
        raise Refused("It is there and is no file; - writes to standard output.", where=str(target))
    made: list[tuple[Path, File]] = []
    try:
        for number, (suffix, pieces) in enumerate(parts):
            path = target.with_suffix(suffix) if number else target
            handle, beside = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
            with os.fdopen(handle, "wb", buffering=1 << 20) as file:
                made.append((Path(beside), File(str(path), "", 0)))
                made[-1] = (Path(beside), _filled(file, pieces, path))
                os.fsync(file.fileno())
        for beside_path, done in made:
            beside_path.chmod(0o666 & ~_umask())
            beside_path.replace(done.path)
    finally:
        for beside_path, _ in made:
            beside_path.unlink(missing_ok=True)
    return [done for _, done in made]


def _folder(parts: Parts, target: Path) -> list[File]:
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Refused("It is there already; name a new folder, or a file that ends in .zip.", where=str(target))
    made = []
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        for name, pieces in parts:
            path = beside / PurePosixPath(name)
            path.parent.mkdir(exist_ok=True)
            with path.open("xb") as file:
                made.append(_filled(file, pieces, target / PurePosixPath(name)))
        beside.chmod(0o777 & ~_umask())
        beside.replace(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return made


def _filled(file: IO[bytes], pieces: Iterable[bytes], path: Path) -> File:
    digest = hashlib.sha256()
    size = 0
    for piece in pieces:
        file.write(piece)
        digest.update(piece)
        size += len(piece)
    file.flush()
    return File(str(path), digest.hexdigest(), size)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
