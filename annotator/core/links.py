"""Relations between gold spans: what the reviewers drew, brought over to the gold, and what is decided on it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from annotator.core.decisions import GoldDraft, Place
from annotator.core.spans import Span

Key = tuple[str, Place, Place]


@dataclass(frozen=True, slots=True)
class LinkDecision:
    """What was decided on a relation between two places: part of the gold (`accepted`), or not."""

    type: str
    source: Place
    target: Place
    accepted: bool
    reason: str = ""
    by: str = ""
    at: str = ""

    @property
    def id(self) -> str:
        """See `link_id`."""
        return link_id(self.type, self.source, self.target)

    @property
    def words(self) -> str:
        """What it says, in words."""
        return "accepted" if self.accepted else "rejected"


@dataclass(frozen=True, slots=True)
class Link:
    """A relation that could be gold. `drawn` are the reviewers who drew it, `able` those who have both its ends.

    `decision` is what an adjudicator decided; without one the rule holds: gold where all who could have
    drawn it have.
    """

    type: str
    source: Place
    target: Place
    drawn: tuple[str, ...] = ()
    able: tuple[str, ...] = ()
    decision: LinkDecision | None = None

    @property
    def id(self) -> str:
        """See `link_id`."""
        return link_id(self.type, self.source, self.target)

    @property
    def agreed(self) -> bool:
        """Whether every reviewer who has both ends has drawn it, and somebody has."""
        return bool(self.drawn) and set(self.able) <= set(self.drawn)

    @property
    def accepted(self) -> bool:
        """Whether it is to be gold."""
        return self.decision.accepted if self.decision else self.agreed


def link_id(kind: str, source: Place, target: Place) -> str:
    """The id of a relation between two places of an article: the same whenever it is asked for."""
    digest = hashlib.sha256(repr((kind, source, target)).encode()).digest()
    return base64.b32encode(digest[:10]).decode().lower()


def links(
    drafts: Sequence[GoldDraft], relations: Iterable[tuple[str, str, str, str]], spans: Mapping[str, Span],
    decisions: Iterable[LinkDecision] = (),
) -> list[Link]:  # fmt: skip
    """All relations between these gold spans that a reviewer drew or an adjudicator decided on, sorted.

    `relations` are (id, type, from, to) of the reviews; `spans` has every review span by its id. Whose
    span had another label than the gold span that an edit made of it does not have that end: the scheme
    may not allow the relation there. What was decided on a place that is no gold any more is left out.
    """
    gold_of: dict[str, list[Place]] = {}
    holders: dict[Place, set[str]] = {}
    for draft in drafts:
        same = [spans[i] for i in draft.origin if i in spans and spans[i].label == draft.place[2]]
        holders[draft.place] = {span.by for span in same}
        for span in same:
            gold_of.setdefault(span.id, []).append(draft.place)
    drawn: dict[Key, set[str]] = {}
    for _, kind, source, target in relations:
        for a in gold_of.get(source, ()):
            for b in gold_of.get(target, ()):
                if a != b:
                    drawn.setdefault((kind, a, b), set()).add(spans[source].by)
    taken = {(one.type, one.source, one.target): one for one in decisions}
    standing = {key for key in taken if key[1] in holders and key[2] in holders}
    return [
        Link(
            *key, tuple(sorted(drawn.get(key, ()))), tuple(sorted(holders[key[1]] & holders[key[2]])), taken.get(key)
        )
        for key in sorted(drawn.keys() | standing)
    ]  # fmt: skip


def gold_relations(
    drafts: Sequence[GoldDraft], relations: Iterable[tuple[str, str, str, str]], spans: Mapping[str, Span],
    decisions: Iterable[LinkDecision] = (),
) -> list[Key]:  # fmt: skip
    """The relations of the gold: those that an adjudicator accepted, and those that all who could have drawn."""
    found = links(drafts, relations, spans, decisions)
    return [(one.type, one.source, one.target) for one in found if one.accepted]
