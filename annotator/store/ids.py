"""Ids and times: the two values that the pure core must be given."""

from __future__ import annotations

import base64
import hashlib
import os
from datetime import UTC, datetime
from typing import Any

import msgspec

_LETTERS = bytes(b"abcdefghijklmnopqrstuvwxyz234567"[byte % 32] for byte in range(256))


def new_id() -> str:
    """A random id of 80 bits, 16 characters `a-z2-7`: says nothing of when or by whom it was made."""
    return os.urandom(16).translate(_LETTERS).decode()


def now() -> str:
    """The present moment as text, UTC, microseconds always written so that text order is time order."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def digest(value: Any) -> str:
    """Sixteen characters that stand for the value: the same for the same, another for another."""
    data = hashlib.sha256(msgspec.json.encode(value, order="sorted")).digest()
    return base64.b32encode(data[:10]).decode().lower()
