"""Projects, articles, reviews and relations as plain values, as the store hands them out."""

from __future__ import annotations

from dataclasses import dataclass, field

from annotator.core.assign import Purpose, Rules
from annotator.core.scheme import Scheme
from annotator.core.settling import Rule
from annotator.core.text import Block

GUIDELINE_UNCLEAR = "guideline unclear"


@dataclass(frozen=True, slots=True)
class Project:
    """`reviews` is how many an article needs that has no number of its own (`assign.needed`).

    `auto_decide` is the rule that decides groups, `auto_agreed` whether there is one. `own_reasons` are
    words to choose from for a decision; `spot_check` is the percentage of articles with one review that
    adjudicators look through. `reviewers`: how many people review it at present.
    """

    slug: str
    title: str
    reviews: int
    auto_agreed: bool
    own_adjudication: bool
    hide_names: bool
    scheme: Scheme
    scheme_version: int
    rules: Rules = field(default_factory=Rules)
    reviewers: int = 0
    auto_decide: Rule = "agreed"
    own_reasons: tuple[str, ...] = ()
    spot_check: int = 0

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons offered for a decision: the one that the guideline's page lists, then the project's own."""
        return tuple(dict.fromkeys((GUIDELINE_UNCLEAR, *self.own_reasons)))


@dataclass(frozen=True, slots=True)
class Article:
    """An article without its text. `excerpt` is its first words, `length` in code points; `stale`: gold overtaken.

    `share` is `assign.share_of` its text, `needed` its batch's own number of reviews, `purpose` what its gold
    is used for beside being gold.
    """

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
    batch: str | None
    share: int
    needed: int | None
    purpose: Purpose | None


@dataclass(frozen=True, slots=True)
class Body:
    """An article's text with its blocks, and the loader's other fields as JSON text."""

    text: str
    blocks: tuple[Block, ...]
    meta: str | None


@dataclass(frozen=True, slots=True)
class Review:
    """`purpose`: None for a review that the article needs; else it is measured against the gold and nothing more."""

    id: str
    article: str
    reviewer: str
    state: str
    scheme_version: int
    submitted_at: str | None
    purpose: Purpose | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """A typed link between two spans of one layer; `source` and `target` are their ids."""

    id: str
    type: str
    source: str
    target: str
