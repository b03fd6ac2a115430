"""From a case to the adjudication page."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from itertools import pairwise

from sqlalchemy import Connection

from annotator.actions.adjudicating import Case
from annotator.core.decisions import Decision
from annotator.core.groups import Group, Variant
from annotator.core.spans import Span
from annotator.store import articles
from annotator.web import building, views
from annotator.web.context import settings

LETTERS = "ABCDEFGHIJKLMNOPQRST"


def adjudication(
    connection: Connection, case: Case, message: str = "", chosen: str = "", *, painted: bool = True
) -> views.Adjudication:  # fmt: skip
    """The page of a case that the viewer was served; without its blocks unless `painted`."""
    body = articles.body(connection, case.article.id)
    shown = [
        Span(id=f"{one.id}.{number}", start=variant.start, end=variant.end, label=variant.label)
        for one in case.groups
        for number, variant in enumerate(one.variants)
    ]
    names = columns(case)
    groups = [_group(case, number, one, names) for number, one in enumerate(case.groups, 1)]
    return views.Adjudication(
        project=case.project.slug, project_title=case.project.title, id=case.article.id,
        title=building.title_of(case.article), byline=building.byline(case.article),
        language=case.article.language or "", direction="auto", state=case.article.state, stale=case.article.stale,
        columns=[
            views.ColumnView(letter, "" if case.project.hide_names else name) for name, letter in names.items()
        ],
        blocks=building.blocks(body, shown) if painted else [], tail=building.tail(body), groups=groups,
        labels=building.labels(case.project.scheme, shown), decided=sum(bool(one.decision) for one in groups),
        total=len(groups), message=message, chosen=chosen,
    )  # fmt: skip


def columns(case: Case) -> dict[str, str]:
    """Each reviewer's letter, in the order of the columns.

    Where names are hidden the order is drawn anew for each article: by a keyed hash of article and
    name, so that it stays the same, says nothing across articles, and cannot be worked out from the names.
    """
    names = sorted(case.layers)
    if case.project.hide_names:
        key = settings().secret_key.encode()
        names.sort(key=lambda name: hmac.digest(key, f"{case.article.id} {name}".encode(), "sha256"))
    return {name: LETTERS[place] for place, name in enumerate(names)}


def _group(case: Case, number: int, one: Group, names: dict[str, str]) -> views.GroupView:
    decision = case.force.get(one.id)
    taken = set(decision.variants) if decision and decision.action == "accept" else set()
    involved = {name for variant in one.variants for name in variant.reviewers}
    return views.GroupView(
        id=one.id, number=number, kind=one.kind, who=_letters(involved, names),
        start=min(variant.start for variant in one.variants), end=max(variant.end for variant in one.variants),
        variants=[
            views.VariantView(
                index, str(index + 1), variant.start, variant.end, variant.label,
                parts(case.text, variant, one.variants), _letters(variant.reviewers, names), index in taken,
            )
            for index, variant in enumerate(one.variants)
        ],
        decision=_words(decision), by_rule=decision is not None and decision.by is None and one.kind == "agreed",
        by=decision.by or "" if decision else "", reason=decision.reason if decision else "",
        edits=[
            (start, end, label, case.text[start:end])
            for start, end, label in (decision.spans if decision and decision.action == "edit" else ())
        ],
    )  # fmt: skip


def _letters(who: Sequence[str] | set[str], names: dict[str, str]) -> str:
    return ", ".join(letter for name, letter in names.items() if name in who)


def _words(decision: Decision | None) -> str:
    if decision is None:
        return ""
    if decision.action == "accept":
        if decision.by is None:
            return "accepted by rule"
        return "accepted " + " and ".join(str(number + 1) for number in decision.variants)
    return {"edit": "edited", "reject": "rejected", "add": "added"}[decision.action]


def parts(text: str, variant: Variant, all_of_them: Sequence[Variant]) -> list[tuple[str, bool]]:
    """The variant's words cut where the group's variants begin and end; True where not every variant reaches."""
    edges = {edge for other in all_of_them for edge in (other.start, other.end)}
    inside = sorted({variant.start, variant.end} | {e for e in edges if variant.start < e < variant.end})
    shared_start = max(other.start for other in all_of_them)
    shared_end = min(other.end for other in all_of_them)
    found: list[tuple[str, bool]] = []
    for left, right in pairwise(inside):
        differs = left < shared_start or right > shared_end
        if found and found[-1][1] == differs:
            found[-1] = (found[-1][0] + text[left:right], differs)
        else:
            found.append((text[left:right], differs))
    return found
