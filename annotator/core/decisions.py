"""What an adjudicator decides on groups, and the gold spans that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from annotator.core.groups import Group, Variant
from annotator.core.scheme import Scheme
from annotator.core.spans import Span, check_extent
from annotator.errors import Conflict, Refused

Action = Literal["accept", "edit", "reject", "add"]
Place = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on one group: `variants` for accept (numbers), `spans` for edit and add (places).

    `by` is None where the project's rule decided.
    """

    group: str
    action: Action
    variants: tuple[int, ...] = ()
    spans: tuple[Place, ...] = ()
    reason: str = ""
    by: str | None = None
    at: str | None = None


@dataclass(frozen=True, slots=True)
class GoldDraft:
    """A gold span to be: its place, where it came from, and who decided it when (None: by the rule)."""

    place: Place
    origin: tuple[str, ...]
    note: str
    attributes: dict[str, Any]
    by: str | None
    at: str | None


def check_decision(decision: Decision, group: Group, text: str, scheme: Scheme) -> Decision:
    """The decision itself, when it can be taken on `group`.

    Raises Refused for a variant that is not there, an accept of none, a span outside the rules of
    contract section 2.6 or twice in the list.
    """
    if decision.action == "accept":
        if not decision.variants:
            raise Refused("To accept, name one variant at least; to take none, reject.", where="variants")
        for number in decision.variants:
            if not 0 <= number < len(group.variants):
                raise Refused(f"There is no variant {number}; they are numbered 0 to {len(group.variants) - 1}.",
                              where="variants")  # fmt: skip
        if len(set(decision.variants)) < len(decision.variants):
            raise Refused("A variant is named twice.", where="variants")
    if decision.action == "edit" and not decision.spans:
        raise Refused("An edit needs one span at least; to take none, reject.", where="spans")
    for index, (start, end, label) in enumerate(decision.spans):
        try:
            check_extent(text, start, end)
            scheme.label(label)
        except Refused as refused:
            raise refused.at(f"spans[{index}]") from None
    if len(set(decision.spans)) < len(decision.spans):
        raise Refused("The same span is in the list twice.", where="spans")
    return decision


def decided(groups: Iterable[Group], taken: Mapping[str, Decision], *, auto_agreed: bool) -> dict[str, Decision]:
    """The decisions in force by group id: those taken, and the rule's for agreed groups without one."""
    force = dict(taken)
    for group in groups:
        if auto_agreed and group.kind == "agreed" and group.id not in taken:
            force[group.id] = Decision(group.id, "accept", tuple(range(len(group.variants))))
    return force


def gold(groups: Sequence[Group], decisions: Mapping[str, Decision], spans: Mapping[str, Span]) -> list[GoldDraft]:
    """The gold spans of an article in export order. `spans` has every review span by its id.

    A place decided twice (an edit that lands on an accepted variant) is one gold span with both
    origins. An attribute is taken over where all who set it agree. Raises Conflict, with the number
    of them, while a group is undecided.
    """
    open_groups = [group for group in groups if group.id not in decisions]
    if open_groups:
        raise Conflict(
            f"{len(open_groups)} of {len(groups)} groups are undecided.",
            extra={"undecided": [group.id for group in open_groups]},
        )
    drafts: dict[Place, GoldDraft] = {}
    for group in groups:
        decision = decisions[group.id]
        for place, origin in _places(group, decision):
            before = drafts.get(place)
            if before is not None:
                origin = tuple(dict.fromkeys((*before.origin, *origin)))  # noqa: PLW2901
            attributes = _agreed_attributes([spans[i] for i in origin if i in spans and spans[i].label == place[2]])
            drafts[place] = GoldDraft(place, origin, "", attributes, decision.by, decision.at)
    return sorted(drafts.values(), key=lambda draft: (draft.place[0], -draft.place[1], draft.place[2]))


def _places(group: Group, decision: Decision) -> Iterable[tuple[Place, tuple[str, ...]]]:
    if decision.action == "accept":
        for number in sorted(decision.variants):
            variant = group.variants[number]
            yield (variant.start, variant.end, variant.label), variant.spans
    elif decision.action in {"edit", "add"}:
        everyone = tuple(span for variant in group.variants for span in variant.spans)
        for place in decision.spans:
            yield place, everyone


def _agreed_attributes(spans: Sequence[Span]) -> dict[str, Any]:
    values: dict[str, list[Any]] = {}
    for span in spans:
        for name, value in span.attributes.items():
            values.setdefault(name, []).append(value)
    return {name: found[0] for name, found in sorted(values.items()) if all(v == found[0] for v in found)}


def added_group(decision: Decision) -> Group:
    """The group that stands for a span which the adjudicator added and no reviewer had."""
    variants = tuple(
        Variant(start=start, end=end, label=label, reviewers=(), spans=())
        for start, end, label in decision.spans
    )  # fmt: skip
    return Group(decision.group, "added", variants)


def gold_relations(
    drafts: Sequence[GoldDraft], relations: Iterable[tuple[str, str, str, str]], spans: Mapping[str, Span]
) -> list[tuple[str, Place, Place]]:
    """Relations between gold spans: those that every reviewer who has both ends has drawn.

    `relations` are (id, type, from, to) of the reviews; `spans` has every review span by its id. Whose
    span had another label than the gold span that an edit made of it does not have that end: the scheme
    may not allow the relation there.
    """
    gold_of: dict[str, list[Place]] = {}
    holders: dict[Place, set[str]] = {}
    for draft in drafts:
        same = [spans[i] for i in draft.origin if i in spans and spans[i].label == draft.place[2]]
        holders[draft.place] = {span.by for span in same}
        for span in same:
            gold_of.setdefault(span.id, []).append(draft.place)
    drawn: dict[tuple[str, Place, Place], set[str]] = {}
    for _, kind, source, target in relations:
        for a in gold_of.get(source, ()):
            for b in gold_of.get(target, ()):
                if a != b:
                    drawn.setdefault((kind, a, b), set()).add(spans[source].by)
    return sorted(key for key, who in drawn.items() if holders[key[1]] & holders[key[2]] <= who)
