"""From the spans of several reviewers to the groups that an adjudicator decides on (contract section 8)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from annotator.core.spans import Extent, Span, order, overlap, share_half

Kind = Literal["agreed", "missing", "label", "boundary", "mixed", "added"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant(Extent):
    """One (start, end, label) with the reviewers who have it and the ids of their spans, both in name order."""

    label: str
    reviewers: tuple[str, ...]
    spans: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    kind: Kind
    variants: tuple[Variant, ...]


def tied(a: Span | Variant, b: Span | Variant) -> bool:
    """Whether two reviewers' spans speak of the same thing.

    They do when they overlap under one label, or, whatever their labels, when they share at least
    half of the characters of their union.
    """
    return (a.label == b.label and overlap(a, b) > 0) or share_half(a, b)


def group(layers: Mapping[str, Sequence[Span]]) -> list[Group]:
    """The groups of an article in text order. `layers` has every reviewer, those without a span too.

    Groups are the connected sets under `tied` (between different reviewers), so they depend on no
    order of reviewers or spans; each span is in exactly one. Sweeps by start: only spans that still
    reach past a start are compared with it.
    """
    entries = sorted(
        ((span, name) for name, spans in layers.items() for span in spans),
        key=lambda entry: (order(entry[0]), entry[1]),
    )
    parent = list(range(len(entries)))
    live: list[int] = []
    for i, (span, name) in enumerate(entries):
        live = [j for j in live if entries[j][0].end > span.start]
        for j in live:
            other, other_name = entries[j]
            if other_name != name and tied(other, span):
                parent[_root(parent, i)] = _root(parent, j)
        live.append(i)
    members: dict[int, list[tuple[Span, str]]] = {}
    for i, entry in enumerate(entries):
        members.setdefault(_root(parent, i), []).append(entry)
    return [_build(entries_of_one, len(layers)) for entries_of_one in members.values()]


def _root(parent: list[int], i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


def _build(entries: list[tuple[Span, str]], reviewers: int) -> Group:
    found: dict[tuple[int, int, str], list[tuple[str, str]]] = {}
    for span, name in entries:
        found.setdefault((span.start, span.end, span.label), []).append((name, span.id))
    variants = tuple(
        Variant(
            start=start, end=end, label=label,
            reviewers=tuple(name for name, _ in sorted(who)),
            spans=tuple(span_id for _, span_id in sorted(who)),
        )
        for (start, end, label), who in found.items()
    )  # fmt: skip
    return Group(_identity([span for span, _ in entries]), kind_of(variants, reviewers), variants)


def kind_of(variants: Sequence[Variant], reviewers: int) -> Kind:
    """What the `reviewers` (their number) disagree on in these variants."""
    if all(len(variant.reviewers) == reviewers for variant in variants):
        return "agreed"
    if len(variants) == 1:
        return "missing"
    if len({(variant.start, variant.end) for variant in variants}) == 1:
        return "label"
    if len({variant.label for variant in variants}) == 1:
        return "boundary"
    return "mixed"


def _identity(spans: Sequence[Span]) -> str:
    """A group's id: the same as long as the same spans stand at the same places with the same labels.

    So a decision stays with its group over reloads, and is not silently carried over to other spans.
    """
    parts = sorted(f"{span.id} {span.start} {span.end} {span.label}" for span in spans)
    digest = hashlib.sha256("\n".join(parts).encode()).digest()
    return base64.b32encode(digest[:10]).decode().lower()
