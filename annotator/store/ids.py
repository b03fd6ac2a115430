"""Ids and times: the two values that the pure core must be given."""

from __future__ import annotations

import base64
import os
from datetime import UTC, datetime


def new_id() -> str:
    """A random id of 80 bits, 16 characters `a-z2-7`: says nothing of when or by whom it was made."""
    return base64.b32encode(os.urandom(10)).decode().lower()


def now() -> str:
    """The present moment as text, UTC, microseconds always written so that text order is time order."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
