"""Projects, articles, reviews and relations as plain values, as the store hands them out."""

from __future__ import annotations

from dataclasses import dataclass

from annotator.core.scheme import Scheme
from annotator.core.text import Block


@dataclass(frozen=True, slots=True)
class Project:
    """`reviews` is how many an article needs. `auto_agreed`: agreed groups are decided by rule."""

    slug: str
    title: str
    reviews: int
    auto_agreed: bool
    own_adjudication: bool
    hide_names: bool
    scheme: Scheme
    scheme_version: int


@dataclass(frozen=True, slots=True)
class Article:
    """An article without its text. `excerpt` is its first words, `length` in code points; `stale`: gold overtaken."""

    id: str
    project: str
    position: int
    key: str | None
    title: str | None
    url: str | None
    source: str | None
    author: str | None
    published: str | None
    language: str | None
    excerpt: str
    length: int
    text_sha256: str
    source_sha256: str
    state: str
    stale: bool
    closed_by: str | None
    closed_at: str | None


@dataclass(frozen=True, slots=True)
class Body:
    """An article's text with its blocks, and the loader's other fields as JSON text."""

    text: str
    blocks: tuple[Block, ...]
    meta: str | None


@dataclass(frozen=True, slots=True)
class Review:
    id: str
    article: str
    reviewer: str
    state: str
    scheme_version: int
    submitted_at: str | None


@dataclass(frozen=True, slots=True)
class Relation:
    """A typed link between two spans of one layer; `source` and `target` are their ids."""

    id: str
    type: str
    source: str
    target: str
