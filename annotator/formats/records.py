"""What formats read and write: one article with one layer of spans.

`Line` is a line of our JSONL export, its keys in the order of contract section 6; its names and
order may not change without a new `schema` string. `Incoming` is what a reader hands to the loader.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from annotator.core.text import Block

SCHEMA = "annotator/1"
Layer = Literal["gold", "review", "majority"]


class SpanLine(msgspec.Struct, rename={"from_": "from"}):
    """A span as exported. `attributes` has every attribute of the scheme, null where unset."""

    id: str
    start: int
    end: int
    label: str
    text: str
    note: str
    attributes: dict[str, Any]
    by: str
    at: str
    from_: list[str]


class RelationLine(msgspec.Struct, rename={"from_": "from"}):
    id: str
    type: str
    from_: str
    to: str


class Line(msgspec.Struct):
    """One article and layer, as exported."""

    schema: str
    project: str
    id: str
    key: str | None
    title: str | None
    url: str | None
    source: str | None
    author: str | None
    published: str | None
    language: str | None
    text: str
    text_sha256: str
    source_sha256: str
    meta: str | None
    layer: Layer
    reviewer: str | None
    split: Literal["train", "dev", "test"] | None
    spans: list[SpanLine]
    relations: list[RelationLine]


@dataclass(slots=True)
class IncomingSpan:
    """A span to load. `id`, `by`, `at` and `origin` are set where the file is our own export.

    `reviewer` is who made it, or None: then it is a suggestion (or gold, if the layer says so).
    """

    start: int
    end: int
    label: str
    note: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    reviewer: str | None = None
    id: str | None = None
    by: str | None = None
    at: str | None = None
    origin: tuple[str, ...] = ()


@dataclass(slots=True)
class IncomingRelation:
    """`source` and `target` are ids of spans on the same line."""

    type: str
    source: str
    target: str
    id: str | None = None


@dataclass(slots=True)
class Incoming:
    """An article to load, its text already accepted (contract section 2) and its spans checked against it.

    `where` names the place in the file (`FILE:LINE`) for refusals that come later. `layer` and
    `reviewer` are set where the file is our own export: a line of gold closes the article, a line of
    a review is that reviewer's submitted review even if it holds no span. `blocks` are set where the file
    tells them; else they are those of `split_blocks`.
    """

    where: str
    text: str
    source_sha256: str
    project: str | None = None
    id: str | None = None
    key: str | None = None
    title: str | None = None
    url: str | None = None
    source: str | None = None
    author: str | None = None
    published: str | None = None
    language: str | None = None
    meta: str | None = None
    layer: Layer | None = None
    reviewer: str | None = None
    split: Literal["train", "dev", "test"] | None = None
    spans: list[IncomingSpan] = field(default_factory=list)
    relations: list[IncomingRelation] = field(default_factory=list)
    replaced: int = 0
    blocks: tuple[Block, ...] | None = None
