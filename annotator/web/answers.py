"""What the API answers, as structs: `api` fills them, `openapi` describes them, so the two cannot differ."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from annotator.core.spans import Span
from annotator.core.values import Relation


class ProjectAnswer(msgspec.Struct):
    """`id` and `name` are the slug; `role` is the weightiest that the asker holds; `reviews` each article needs."""

    id: str
    name: str
    title: str
    role: str
    reviews: int
    articles: int


class ReviewAnswer(msgspec.Struct):
    """The asker's own review: assigned, in_progress or submitted."""

    state: str
    submitted_at: str | UnsetType | None = UNSET


class ArticleItem(msgspec.Struct):
    """An article in a list. From `state` on, only for adjudicators and managers."""

    id: str
    key: str | None
    title: str | None
    source: str | None
    length: int
    text_sha256: str
    review: ReviewAnswer | None
    state: str | UnsetType = UNSET
    stale: bool | UnsetType = UNSET
    assigned: int | UnsetType = UNSET
    submitted: int | UnsetType = UNSET


class BlockAnswer(msgspec.Struct):
    start: int
    end: int
    kind: str
    level: int


class SpanAnswer(msgspec.Struct):
    """A span: offsets in code points, end exclusive; `text` is what stands there; `version` counts changes."""

    id: str
    start: int
    end: int
    label: str
    text: str
    note: str
    attributes: dict[str, Any]
    version: int


class RelationAnswer(msgspec.Struct, rename={"source": "from", "target": "to"}):
    id: str
    type: str
    source: str
    target: str


class QuestionAnswer(msgspec.Struct):
    """What an adjudicator asks the asker: `spans` are ids of spans of the asker's own, `answer` null as yet."""

    id: str
    text: str
    by: str
    at: str
    spans: list[str]
    answer: str | None


class ArticleAnswer(msgspec.Struct):
    """An article with the asker's own review, spans, relations, and questions to them."""

    id: str
    project: str
    key: str | None
    title: str | None
    url: str | None
    source: str | None
    author: str | None
    published: str | None
    language: str | None
    text: str
    text_sha256: str
    blocks: list[BlockAnswer]
    review: ReviewAnswer | None
    spans: list[SpanAnswer]
    relations: list[RelationAnswer]
    questions: list[QuestionAnswer]


class ProjectList(msgspec.Struct):
    items: list[ProjectAnswer]
    next: str | None


class ArticleList(msgspec.Struct):
    items: list[ArticleItem]
    next: str | None


class SpanList(msgspec.Struct):
    items: list[SpanAnswer]
    next: str | None


class LoadAnswer(msgspec.Struct):
    """`same`: articles that were there already."""

    loaded: int
    same: int
    suggestions: int
    reviews: int


class StateAnswer(msgspec.Struct):
    state: str


class ClosedAnswer(msgspec.Struct):
    """`spans` is the number of gold spans."""

    state: str
    spans: int


class Problem(msgspec.Struct):
    """A refusal (RFC 9457). `where` names the field or line to blame; further members depend on it."""

    title: str
    status: int
    detail: str
    where: str | UnsetType = UNSET


def span(value: Span, text: str) -> SpanAnswer:
    """A span of an article with that text."""
    return SpanAnswer(
        value.id, value.start, value.end, value.label, text[value.start : value.end], value.note, value.attributes,
        value.version,
    )  # fmt: skip


def relation(value: Relation) -> RelationAnswer:
    """A relation."""
    return RelationAnswer(value.id, value.type, value.source, value.target)
