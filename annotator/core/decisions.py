"""What an adjudicator decides on groups, and the gold spans that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from annotator.core.groups import Group, Variant
from annotator.core.scheme import Scheme, check_attributes
from annotator.core.settling import Rule, settled
from annotator.core.spans import Span, check_extent
from annotator.errors import Conflict, Refused

Action = Literal["accept", "edit", "reject", "add"]
Place = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on one group: `variants` for accept (numbers), `spans` for edit and add (places).

    `attributes` are values chosen for the gold spans, one dict for each of `variants` or `spans` (or none
    at all); a name that is not in it is left to the rule of `gold`, a None in it leaves the attribute out.
    `was` are the places of the group's variants as they stood then. `by` is None where the project's rule
    decided.
    """

    group: str
    action: Action
    variants: tuple[int, ...] = ()
    spans: tuple[Place, ...] = ()
    reason: str = ""
    by: str | None = None
    at: str | None = None
    attributes: tuple[dict[str, Any], ...] = ()
    was: tuple[Place, ...] = ()

    @property
    def made(self) -> tuple[Place, ...]:
        """The places that it makes gold, as far as it still knows them (see `was`)."""
        if self.action == "accept":
            return tuple(self.was[number] for number in self.variants if number < len(self.was))
        return self.spans

    @property
    def words(self) -> str:
        """What it says, in words; variants count from 1 as people do."""
        if self.action == "accept":
            if self.by is None:
                return "accepted by rule"
            return "accepted " + " and ".join(str(number + 1) for number in self.variants)
        return {"edit": "edited", "reject": "rejected", "add": "added"}[self.action]


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
    """The decision itself, when it can be taken on `group`; its attributes as they are stored.

    Raises Refused for a variant that is not there, an accept of none, a span outside the rules of
    contract section 2.6 or twice in the list, an attribute that its label does not have.
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
    return replace(decision, attributes=_checked(decision, group, scheme)) if decision.attributes else decision


def spread(decision: Decision, group: Group, scheme: Scheme, given: Mapping[str, Any]) -> Decision:
    """The decision with these values on each of its spans whose label has such an attribute.

    Raises Refused for a value whose name none of them has. A decision that cannot be taken is left as it is.
    """
    if any(not 0 <= number < len(group.variants) for number in decision.variants):
        return decision
    have = [set(scheme.label(place[2]).attributes) for place in _own_places(group, decision)]
    unknown = sorted(given.keys() - set().union(*have))
    if unknown:
        raise Refused(f"No span of this has an attribute {unknown[0]!r}.", where=f"attributes.{unknown[0]}")
    values = tuple({name: value for name, value in given.items() if name in names} for names in have)
    return replace(decision, attributes=values)


def _checked(decision: Decision, group: Group, scheme: Scheme) -> tuple[dict[str, Any], ...]:
    places = _own_places(group, decision)
    if len(decision.attributes) != len(places):
        raise Refused(f"attributes has {len(decision.attributes)} items for {len(places)} spans.", where="attributes")
    kept: list[dict[str, Any]] = []
    for index, (place, given) in enumerate(zip(places, decision.attributes, strict=True)):
        unknown = next((name for name in given if name not in scheme.label(place[2]).attributes), None)
        if unknown is not None:
            where = f"spans[{index}]: attributes.{unknown}"
            raise Refused(f"Label {place[2]!r} has no attribute {unknown!r}.", where=where)
        try:
            values = check_attributes(scheme, place[2], given)
        except Refused as refused:
            raise refused.at(f"spans[{index}]") from None
        kept.append({name: values.get(name) for name in sorted(given)})
    return tuple(kept)


def decided(
    groups: Iterable[Group], taken: Mapping[str, Decision], *, reviewers: int, rule: Rule
) -> dict[str, Decision]:  # fmt: skip
    """The decisions in force by group id: those taken, and where there is none the rule's (see `settled`)."""
    force = dict(taken)
    for group in groups:
        variants = () if group.id in taken else settled(group, reviewers, rule)
        if variants:
            force[group.id] = Decision(group.id, "accept", variants)
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
    return drafts(groups, decisions, spans)


def drafts(groups: Iterable[Group], decisions: Mapping[str, Decision], spans: Mapping[str, Span]) -> list[GoldDraft]:
    """The gold spans as far as the groups are decided, in export order; otherwise as `gold`."""
    found: dict[Place, GoldDraft] = {}
    chosen: dict[Place, dict[str, Any]] = {}
    for group in groups:
        decision = decisions.get(group.id)
        if decision is None:
            continue
        for place, origin, values in _places(group, decision):
            before = found.get(place)
            if before is not None:
                origin = tuple(dict.fromkeys((*before.origin, *origin)))  # noqa: PLW2901
            values = chosen[place] = chosen.get(place, {}) | values  # noqa: PLW2901
            attributes = _agreed_attributes([spans[i] for i in origin if i in spans and spans[i].label == place[2]])
            kept = {name: value for name, value in (attributes | values).items() if value is not None}
            found[place] = GoldDraft(place, origin, "", dict(sorted(kept.items())), decision.by, decision.at)
    return sorted(found.values(), key=lambda draft: (draft.place[0], -draft.place[1], draft.place[2]))


def _own_places(group: Group, decision: Decision) -> tuple[Place, ...]:
    """The places of the decision, in the order of its `variants` or `spans`."""
    if decision.action == "accept":
        taken = [group.variants[number] for number in decision.variants]
        return tuple((one.start, one.end, one.label) for one in taken)
    return decision.spans


def _places(group: Group, decision: Decision) -> Iterable[tuple[Place, tuple[str, ...], dict[str, Any]]]:
    places = _own_places(group, decision)
    everyone = tuple(span for variant in group.variants for span in variant.spans)
    values = decision.attributes or ({},) * len(places)
    origins = [group.variants[n].spans for n in decision.variants] if decision.action == "accept" else (
        [everyone] * len(places)
    )  # fmt: skip
    return zip(places, origins, values, strict=True)


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
