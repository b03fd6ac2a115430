"""Formats that are a folder: a file for each article and layer, and `metadata.jsonl` with what is known of each."""

from __future__ import annotations

import re
from typing import IO, Any

import msgspec

from annotator.errors import Refused
from annotator.formats.records import Line

METADATA = "metadata.jsonl"
# What of a `Line` it holds, in the words of `losses`.
HOLDS = (
    "names of projects", "ids of articles", "keys", "titles", "addresses", "sources", "authors",
    "dates of publication", "languages", "sets of other fields (meta)", "names of reviewers",
)  # fmt: skip
_DESCRIBED = ("project", "key", "title", "url", "source", "author", "published", "language", "reviewer")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*%]|^\.|[. ]$')


class DescribedFiles:
    """The names given so far; what is known of each file goes into `metadata` as a line."""

    def __init__(self, extension: str, metadata: IO[bytes]) -> None:
        self.extension = extension
        self.metadata = metadata
        self.names: set[str] = set()

    def name(self, article: Line) -> str:
        """The file's name without its extension, a review's in a folder named for the reviewer.

        Raises Refused for two layers of an article that would have one name.
        """
        folder = _UNSAFE.sub(_escaped, article.reviewer) + "/" if article.reviewer else ""
        name = f"{folder}{article.id}"
        if name in self.names:
            why = f"Two layers would be {name}{self.extension}; write them into folders of their own."
            raise Refused(why, where="layer")
        self.names.add(name)
        self.metadata.write(msgspec.json.encode(_described(article, name + self.extension)) + b"\n")
        return name


def _escaped(found: re.Match[str]) -> str:
    return f"%{ord(found[0]):02X}"


def _described(article: Line, file_name: str) -> dict[str, Any]:
    said = {field: getattr(article, field) for field in _DESCRIBED}
    said |= {"file_name": file_name, "annotator_id": article.id, "annotator_meta": article.meta}
    return {field: value for field, value in said.items() if value is not None}
