"""What is said about a file from outside it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """How to read a file. `encoding` is used where no byte order mark says otherwise.

    `key` is for the text of a file that holds a text and nothing else; other files give their own.
    """

    encoding: str | None = None
    replace_controls: bool = False
    key: str | None = None
