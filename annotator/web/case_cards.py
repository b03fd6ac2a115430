"""The cards of the adjudication page: groups, relations, decisions without a group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import msgspec

from annotator.actions import deciding
from annotator.actions.cases import Case
from annotator.core.decisions import Decision, Place
from annotator.core.groups import Group
from annotator.core.links import Link
from annotator.core.spans import Extent, Span, overlap
from annotator.store.asking import Question
from annotator.web import case_views

PAST = "G"  # the column of what was gold when the article was last closed


@dataclass(frozen=True, slots=True)
class Ground:
    """A case with what all its cards need: reviewers' letters by name, spans by id, attributes of the gold so far."""

    case: Case
    names: Mapping[str, str]
    spans: Mapping[str, Span]
    attributes: Mapping[Place, Mapping[str, Any]]


def ground(case: Case, names: Mapping[str, str]) -> Ground:
    """What the cards of a case are made on; `names` are the letters of the columns by reviewer."""
    return Ground(case, names, case.spans, {draft.place: draft.attributes for draft in case.drafts})


def group(on: Ground, number: int, one: Group) -> case_views.GroupView:
    """The card of one group."""
    case, names = on.case, on.names
    decision = case.force.get(one.id)
    involved = {name for variant in one.variants for name in variant.reviewers}
    edits = decision.spans if decision and decision.action == "edit" else ()
    past = deciding.before(case, one)
    return case_views.GroupView(
        id=one.id, number=number, kind=one.kind, who=_letters(involved, names),
        start=min(variant.start for variant in one.variants), end=max(variant.end for variant in one.variants),
        variants=_variants(case, one, decision, names), decision=decision.words if decision else "",
        act=decision.action if decision else "",
        by_rule=decision is not None and decision.by is None,
        by=decision.by or "" if decision else "", reason=decision.reason if decision else "",
        edits=[(start, end, label, case.text[start:end]) for start, end, label in edits],
        spans=msgspec.json.encode([{"start": s, "end": e, "label": label} for s, e, label in edits]).decode(),
        version=case.version(one.id), values=_values(on, one, decision), before=_again(case, past),
        questions=[question(asked, names) for asked in case.questions if asked.group == one.id],
    )  # fmt: skip


def _variants(
    case: Case, one: Group, decision: Decision | None, names: Mapping[str, str]
) -> list[case_views.VariantView]:  # fmt: skip
    taken = set(decision.variants) if decision and decision.action == "accept" else set()
    gold = {(span.start, span.end, span.label) for span in case.past}
    here = {(variant.start, variant.end, variant.label) for variant in one.variants}
    gone = [
        span for span in case.past
        if (span.start, span.end, span.label) not in here
        and any(overlap(span, v) and (span.label == v.label or Extent(span.start, span.end) == v) for v in one.variants)
    ]  # fmt: skip
    extents: list[Extent] = [*one.variants, *gone]
    shown = [
        case_views.VariantView(
            index, str(index + 1), v.start, v.end, v.label, parts(case.text, v, extents),
            _with_past(_letters(v.reviewers, names), past=(v.start, v.end, v.label) in gold), index in taken,
            (v.start, v.end, v.label) in gold,
        )
        for index, v in enumerate(one.variants)
    ]  # fmt: skip
    return shown + [
        case_views.VariantView(
            -1, "", span.start, span.end, span.label, parts(case.text, span, extents), PAST, taken=False, past=True
        )
        for span in gone
    ]


def _with_past(who: str, *, past: bool) -> str:
    return ", ".join(filter(None, (who, PAST if past else "")))


def _letters(who: Iterable[str], names: Mapping[str, str]) -> str:
    found = set(who)
    return ", ".join(letter for name, letter in names.items() if name in found)


def _again(case: Case, past: Decision | None) -> str:
    """What deciding as before would do, in words."""
    if past is None:
        return ""
    if past.action == "accept":
        return "accept " + " and ".join(str(number + 1) for number in past.variants)
    if past.action == "reject":
        return "reject"
    return "; ".join(f"{label} “{case.text[start:end]}”" for start, end, label in past.spans)


# -- values of attributes


def _values(on: Ground, one: Group, decision: Decision | None) -> list[case_views.ValuesView]:
    """The attributes to choose a value of: where holders differ, where one was chosen, and all of what is new."""
    if decision is None or decision.action == "reject":
        return []
    found = []
    everyone = tuple(span for variant in one.variants for span in variant.spans)
    accepted = [one.variants[n] for n in decision.variants] if decision.action == "accept" else None
    for number, place in enumerate(_gold_of(on.case, one)):
        origin = accepted[number].spans if accepted else everyone
        holders = [on.spans[i] for i in origin if i in on.spans and on.spans[i].label == place[2]]
        chosen = decision.attributes[number] if decision.attributes else {}
        index = decision.variants[number] if accepted else number
        for name in on.case.project.scheme.label(place[2]).attributes:
            have = [(span.by, span.attributes.get(name)) for span in holders]
            if accepted and name not in chosen and len({repr(value) for _, value in have}) < 2:
                continue
            of = f" {index + 1}" if len(decision.variants or decision.spans) > 1 else ""
            found.append(_choice(on, f"{index}.{name}", name + of, have, on.attributes.get(place, {}).get(name),
                                 chosen=name in chosen))  # fmt: skip
    return found


def _choice(
    on: Ground, field: str, title: str, have: list[tuple[str, Any]], now: Any, *, chosen: bool
) -> case_views.ValuesView:  # fmt: skip
    """The choice of one attribute: `have` is each holder's value, `now` the one that goes to the gold."""
    rule = on.case.project.scheme.attributes[field.partition(".")[2]]
    who: dict[str, list[str]] = {}
    for reviewer, value in have:
        who.setdefault("" if value is None else str(value), []).append(reviewer)
    open_still = now is None and not chosen and len(who) - ("" in who) > 1
    for value in ("", *rule.choices, *([] if now is None else [str(now)])):
        who.setdefault(value, [])
    taken = None if open_still else "" if now is None else str(now)
    values = [
        case_views.ValueView(value, _letters(people, on.names), value == taken)
        for value, people in sorted(who.items(), key=lambda item: (not item[0], item[0]))
    ]
    return case_views.ValuesView(field, title, rule.type, values, open_still)


# -- relations


def relations(on: Ground) -> list[case_views.LinkView]:
    """The cards of the relations between spans of the gold so far."""
    homes: dict[Place, str] = {}
    for one in on.case.groups:
        homes |= dict.fromkeys(_gold_of(on.case, one), one.id)
    return [_link(on.case, one, on.names, homes) for one in on.case.links]


def _link(case: Case, one: Link, names: Mapping[str, str], homes: Mapping[Place, str]) -> case_views.LinkView:
    decision = one.decision
    words = decision.words if decision else "accepted by rule" if one.agreed else ""
    groups = dict.fromkeys(homes[place] for place in (one.source, one.target) if place in homes)
    return case_views.LinkView(
        one.id, one.type, one.source[2], case.text[one.source[0] : one.source[1]], one.target[2],
        case.text[one.target[0] : one.target[1]], _letters(one.drawn, names), _letters(one.able, names),
        one.accepted, words, decision is not None, decision.by if decision else "",
        decision.reason if decision else "", " ".join(groups), case.version(one.id),
    )  # fmt: skip


def _gold_of(case: Case, one: Group) -> Sequence[Place]:
    decision = case.force.get(one.id)
    if decision is None:
        return ()
    if decision.action == "accept":
        return [(v.start, v.end, v.label) for v in (one.variants[n] for n in decision.variants)]
    return decision.spans


def ends(on: Ground) -> list[tuple[str, str, str]]:
    """The spans of the gold so far whose label any relation may begin or end at."""
    allowed = {label for rule in on.case.project.scheme.relations for label in (*rule.from_, *rule.to)}
    return [
        (f"{start}-{end}-{label}", label, on.case.text[start:end])
        for start, end, label in on.attributes
        if label in allowed
    ]


# -- what was before


def left(case: Case) -> list[case_views.LeftView]:
    """The cards of decisions whose words no undecided group has."""
    return [
        case_views.LeftView(
            one.group, one.words, one.by or "", one.reason,
            [(label, case.text[start:end]) for start, end, label in one.made or one.was],
        )
        for one in case.left
        if deciding.home_of(case, one) is None
    ]  # fmt: skip


def question(one: Question, names: Mapping[str, str]) -> case_views.AnswerView:
    """A question with its answer; of who left since, no letter is known."""
    return case_views.AnswerView(one.text, one.by, names.get(one.name, "?"), one.answer or "")


def parts(text: str, variant: Extent | Span, all_of_them: Sequence[Extent]) -> list[tuple[str, bool]]:
    """The variant's words cut where the group's variants begin and end; True where not every variant reaches."""
    edges = {edge for other in all_of_them for edge in (other.start, other.end)}
    inside = sorted({variant.start, variant.end} | {e for e in edges if variant.start < e < variant.end})
    shared_start = max(other.start for other in all_of_them)
    shared_end = min(other.end for other in all_of_them)
    found: list[tuple[str, bool]] = []
    for left_edge, right in pairwise(inside):
        differs = left_edge < shared_start or right > shared_end
        if found and found[-1][1] == differs:
            found[-1] = (found[-1][0] + text[left_edge:right], differs)
        else:
            found.append((text[left_edge:right], differs))
    return found
