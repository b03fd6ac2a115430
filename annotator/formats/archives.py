"""Zip archives from anywhere: none that leads out of its folder or swells beyond reason."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterable
from lzma import LZMAError

from annotator.errors import Refused

MAX_UNPACKED = 2_000_000_000  # bytes of all the files of one archive
MAX_RATIO = 200  # of unpacked to packed bytes, past the first megabyte
_OUTSIDE = re.compile(r"[/\\]|[A-Za-z]:|(.*[/\\])?\.\.([/\\]|$)", re.DOTALL)
# What a file that may not be read raises, or a damaged archive.
UNREADABLE = (OSError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error, LZMAError)


def check_archive(members: Iterable[zipfile.ZipInfo], path: str) -> None:
    """Raises Refused for names that lead outside, encryption, and archives that swell beyond reason.

    The sizes are those that the archive states; `zipfile` stops reading a file there.
    """
    unpacked = packed = 0
    for member in members:
        if _OUTSIDE.match(member.filename):
            raise Refused(f"{member.filename!r} leads out of the archive.", where=path)
        if member.flag_bits & 1:
            raise Refused(f"{member.filename!r} is encrypted.", where=path)
        unpacked += member.file_size
        packed += member.compress_size
    if unpacked > min(MAX_UNPACKED, 1_000_000 + MAX_RATIO * packed):
        raise Refused(f"It would unpack {packed:,} bytes to {unpacked:,}, which is not safe.", where=path)
