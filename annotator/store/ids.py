"""Ids and times: the two values that the pure core must be given."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from typing import Any

import msgspec

_COUNTED = tuple(map("".join, product("234567abcdefghijklmnopqrstuvwxyz", repeat=3)))  # in the order of their bytes
_LETTERS = bytes(b"abcdefghijklmnopqrstuvwxyz234567"[byte % 32] for byte in range(256))


def new_id() -> str:
    """A random id of 80 bits, 16 characters `a-z2-7`: says nothing of when or by whom it was made."""
    return os.urandom(16).translate(_LETTERS).decode()


def ids_together() -> Iterator[str]:
    """Ids that stand beside one another in an index, for spans of one layer that are written together.

    In form as those of `new_id`: 13 random characters (65 bits), then three that count. A large table takes a dozen
    such into one page of its index, where it would look for a dozen pages. Two layers share none of it.
    """
    while True:
        first = new_id()[:13]
        yield from map(first.__add__, _COUNTED)


def now() -> str:
    """The present moment as text, UTC, microseconds always written so that text order is time order."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def digest(value: Any) -> str:
    """Sixteen characters that stand for the value: the same for the same, another for another."""
    data = hashlib.sha256(msgspec.json.encode(value, order="sorted")).digest()
    return base64.b32encode(data[:10]).decode().lower()
