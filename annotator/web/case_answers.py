"""What the API answers about adjudication, as structs (see `answers`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from annotator.actions.cases import Case
from annotator.core.decisions import Decision
from annotator.core.groups import Group, Kind, Variant
from annotator.core.links import Link
from annotator.core.spans import Span
from annotator.web.casework import columns


class VariantAnswer(msgspec.Struct):
    """`reviewers` (pseudonyms where the project hides names) and their `spans` are parallel."""

    start: int
    end: int
    label: str
    text: str
    reviewers: list[str]
    spans: list[str]


class PlaceAnswer(msgspec.Struct):
    start: int
    end: int
    label: str


class DecisionAnswer(msgspec.Struct):
    """`rule`: the project's rule decided, nobody did. `attributes`: values chosen, for each variant or span."""

    action: str
    reason: str
    by: str | None
    at: str | None
    rule: bool
    variants: list[int] | UnsetType = UNSET
    spans: list[PlaceAnswer] | UnsetType = UNSET
    attributes: list[dict[str, Any]] | UnsetType = UNSET


class GroupAnswer(msgspec.Struct):
    """`version` changes with the decision: send it as If-Match, and nobody's decision is overwritten unseen.

    `attributes` are those of the variants' spans, by the span's id, where there are any.
    """

    id: str
    kind: Kind
    variants: list[VariantAnswer]
    decision: DecisionAnswer | None
    version: str
    attributes: dict[str, dict[str, Any]]


class EndAnswer(msgspec.Struct):
    start: int
    end: int
    label: str
    text: str


class LinkDecisionAnswer(msgspec.Struct):
    action: str
    reason: str
    by: str
    at: str


class LinkAnswer(msgspec.Struct, rename={"source": "from", "target": "to"}):
    """A relation between spans of the gold so far.

    `reviewers` drew it, of `able` who have both its ends; `accepted`: it will be gold, by decision or by rule.
    """

    id: str
    type: str
    source: EndAnswer
    target: EndAnswer
    reviewers: list[str]
    able: list[str]
    accepted: bool
    decision: LinkDecisionAnswer | None
    version: str


class AskedQuestion(msgspec.Struct):
    """A question to one reviewer and what they answered."""

    id: str
    group: str | None
    text: str
    by: str
    at: str
    to: str
    answer: str | None


class CaseAnswer(msgspec.Struct):
    """`here`: who else has the case open."""

    state: str
    stale: bool
    groups: list[GroupAnswer]
    relations: list[LinkAnswer]
    questions: list[AskedQuestion]
    here: list[str]


class SpotAnswer(msgspec.Struct):
    """An article to look through, with who did."""

    article: str
    title: str
    state: str
    checked_by: str | None


class SpotList(msgspec.Struct):
    """`percent` of the articles with one review are drawn."""

    percent: int
    items: list[SpotAnswer]
    next: str | None = None


class SpotsClosed(msgspec.Struct):
    """`closed` is the number of articles."""

    closed: int


class BulkAnswer(msgspec.Struct):
    """`decided` is the number of groups."""

    decided: int


class AskedAnswer(msgspec.Struct):
    """`asked` is the number of reviewers."""

    asked: int


def _letters(of: Case) -> dict[str, str]:
    return columns(of) if of.project.hide_names else {name: name for name in of.layers}


def case(value: Case, here: Sequence[str] = ()) -> CaseAnswer:
    """All groups of a case."""
    letters = _letters(value)
    spans = value.spans
    questions = [
        AskedQuestion(one.id, one.group, one.text, one.by, one.at, letters.get(one.name, "?"), one.answer)
        for one in value.questions
    ]
    return CaseAnswer(
        value.article.state, value.article.stale, [_group(value, one, letters, spans) for one in value.groups],
        [link(value, one) for one in value.links], sorted(questions, key=lambda one: (one.at, one.id, one.to)),
        list(here),
    )  # fmt: skip


def group(of: Case, value: Group) -> GroupAnswer:
    """A group; reviewers by letter where the project hides their names."""
    return _group(of, value, _letters(of), of.spans)


def _group(of: Case, value: Group, letters: dict[str, str], spans: dict[str, Span]) -> GroupAnswer:
    decided = of.force.get(value.id)
    ids = sorted(span for one in value.variants for span in one.spans if spans[span].attributes)
    return GroupAnswer(
        value.id, value.kind, [_variant(of, one, letters) for one in value.variants],
        decision(decided) if decided else None, of.version(value.id), {span: spans[span].attributes for span in ids},
    )  # fmt: skip


def _variant(of: Case, one: Variant, letters: dict[str, str]) -> VariantAnswer:
    # In the order of what is shown: that of the names would tell which letter is whose.
    pairs = sorted((letters[name], span) for name, span in zip(one.reviewers, one.spans, strict=True))
    return VariantAnswer(
        one.start, one.end, one.label, of.text[one.start : one.end], [name for name, _ in pairs],
        [span for _, span in pairs],
    )  # fmt: skip


def decision(value: Decision) -> DecisionAnswer:
    """A decision in force."""
    return DecisionAnswer(
        value.action, value.reason, value.by, value.at, value.by is None,
        variants=list(value.variants) if value.action == "accept" else UNSET,
        spans=[PlaceAnswer(*place) for place in value.spans] if value.action in {"edit", "add"} else UNSET,
        attributes=list(value.attributes) if value.attributes else UNSET,
    )  # fmt: skip


def link(of: Case, value: Link) -> LinkAnswer:
    """A relation between spans of the gold so far."""
    letters, taken = _letters(of), value.decision
    ends = [EndAnswer(*place, of.text[place[0] : place[1]]) for place in (value.source, value.target)]
    return LinkAnswer(
        value.id, value.type, *ends, sorted(letters.get(name, "?") for name in value.drawn),
        sorted(letters.get(name, "?") for name in value.able), value.accepted,
        LinkDecisionAnswer("accept" if taken.accepted else "reject", taken.reason, taken.by, taken.at)
        if taken else None, of.version(value.id),
    )  # fmt: skip
