"""Packages that only some formats need."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from annotator.errors import Refused


def extra(module: str, name: str) -> Any:
    """The module; raises Refused that says which extra brings it when it is not installed."""
    try:
        return import_module(module)
    except ImportError:
        command = f'pip install "newsroom-annotator[{name}]"'
        raise Refused(f"This needs the extra {name}: {command}", where="format") from None
