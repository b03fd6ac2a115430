"""What an adjudicator does: look at the reviews of an article, decide on groups, add spans, close, re-open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from annotator.core.access import Viewer
from annotator.core.decisions import (
    Decision,
    GoldDraft,
    added_group,
    check_decision,
    decided,
    gold,
    gold_relations,
)  # fmt: skip
from annotator.core.events import Event
from annotator.core.groups import Group, group
from annotator.core.spans import Span, check_extent, check_note, trim
from annotator.core.states import ARTICLE, step
from annotator.core.values import Article, Project
from annotator.errors import Conflict, Missing
from annotator.store import articles, projects, visible
from annotator.store.db import Database
from annotator.store.ids import new_id, now
from annotator.store.journal import record


@dataclass(frozen=True, slots=True)
class Case:
    """All there is to adjudicate on an article. `force` are the decisions in force, by group id.

    `left` are decisions on groups that are no more, because a review was re-opened and changed since.
    """

    article: Article
    project: Project
    text: str
    layers: dict[str, list[Span]]
    groups: list[Group]
    force: dict[str, Decision]
    left: list[Decision]

    @property
    def undecided(self) -> list[Group]:
        """The groups that no decision is in force for."""
        return [one for one in self.groups if one.id not in self.force]

    def find(self, group_id: str) -> Group:
        """The group of that id; raises Missing."""
        for one in self.groups:
            if one.id == group_id:
                return one
        raise Missing("There is no such group now; a review may have been changed since you opened this.",
                      where="group")  # fmt: skip


def may_open(connection: Connection, viewer: Viewer, article_id: str) -> tuple[Article, Project]:
    """The article, if the viewer may adjudicate it now.

    Raises Missing without the role, Conflict for one's own article, and (with what is missing) before
    every needed review is submitted.
    """
    article, project = _may_judge(connection, viewer, article_id)
    submitted, needed = articles.missing_reviews(connection, project, article_id)
    if submitted < needed:
        raise Conflict(
            f"{submitted} of {needed} reviews are submitted; adjudication begins when all are.",
            extra={"submitted": submitted, "needed": needed},
        )
    return article, project


def _may_judge(connection: Connection, viewer: Viewer, article_id: str) -> tuple[Article, Project]:
    article = articles.article(connection, article_id)
    viewer.require("adjudicate", article.project)
    project = projects.project(connection, article.project)
    if not project.own_adjudication and visible.my_review(connection, viewer, article_id) is not None:
        raise Conflict("You reviewed this article, so someone else adjudicates it (a setting of the project).")
    return article, project


def open_case(db: Database, viewer: Viewer, article_id: str) -> Case:
    """The case, once the log has it that the viewer was served it (contract section 9)."""
    with db.read() as connection:
        article, _ = may_open(connection, viewer, article_id)
        served = visible.was_served(connection, viewer, article_id)
    if not served:
        serve(db, viewer, article.project, [article_id], "review")
    with db.read() as connection:
        return _case(connection, viewer, article_id)


def serve(db: Database, viewer: Viewer, project: str, article_ids: list[str], layer: str) -> None:
    """Writes down that the viewer is about to be served others' spans or gold, where it is the first time."""
    with db.write() as connection:
        fresh = [a for a in article_ids if not visible.was_served(connection, viewer, a)]
        if fresh:
            data = {"name": viewer.name, "articles": fresh, "layer": layer}
            record(connection, viewer.name, Event("spans.served", data, project, fresh[0] if len(fresh) == 1 else None))


def _case(connection: Connection, viewer: Viewer, article_id: str) -> Case:
    article, project = may_open(connection, viewer, article_id)
    layers = visible.layers(connection, viewer, article)
    taken = visible.decisions(connection, viewer, article)
    groups = group(layers)
    known = {one.id for one in groups}
    groups += [added_group(decision) for decision in taken.values() if decision.action == "add"]
    groups.sort(key=lambda one: (one.variants[0].start, -one.variants[0].end, one.variants[0].label, one.id))
    left = [d for d in taken.values() if d.group not in known and d.action != "add"]
    standing = {d.group: d for d in taken.values() if d.group in known or d.action == "add"}
    force = decided(groups, standing, auto_agreed=project.auto_agreed)
    return Case(article, project, articles.text(connection, article_id), layers, groups, force, left)


def decide(db: Database, viewer: Viewer, article_id: str, decision: Decision) -> None:
    """Takes a decision on a group, in place of any earlier one on it.

    Raises Missing for a group that is not there, Conflict once closed, Refused for a wrong decision.
    """

    def act(connection: Connection, case: Case) -> None:
        one = case.find(decision.group)
        if one.kind == "added":
            raise Conflict("A span that you added is taken back or kept, not decided on.")
        check_decision(decision, one, case.text, case.project.scheme)
        _record_decision(connection, viewer, case, replace(decision, reason=check_note(decision.reason, "reason")))

    _acting(db, viewer, article_id, act)


def add(db: Database, viewer: Viewer, article_id: str, place: tuple[Any, Any, str], *, quote: str | None = None,
        reason: str = "", by_hand: bool = False) -> str:  # fmt: skip
    """Adds a gold span that no reviewer had; answers with the id of the group that stands for it."""
    made: list[str] = []

    def act(connection: Connection, case: Case) -> None:
        start, end, label = place
        extent = check_extent(case.text, start, end, quote)
        extent = trim(case.text, extent) if by_hand else extent
        wanted = (extent.start, extent.end, case.project.scheme.taggable(label).name)
        for one in case.groups:
            if any((v.start, v.end, v.label) == wanted for v in one.variants):
                raise Conflict("That very span is in a group already; accept it there.", extra={"group": one.id})
        made.append(new_id())
        decision = Decision(made[0], "add", (), (wanted,), check_note(reason, "reason"))
        _record_decision(connection, viewer, case, decision)

    _acting(db, viewer, article_id, act)
    return made[0]


def take_back(db: Database, viewer: Viewer, article_id: str, group_id: str) -> None:
    """Takes the decision on a group back (for an added span: the span too). Raises Conflict when there is none."""

    def act(connection: Connection, case: Case) -> None:
        case.find(group_id)
        decision = case.force.get(group_id)
        if decision is None or decision.by is None:
            raise Conflict("No decision was taken on this group, so there is none to take back.")
        data = {"group": group_id, "before": _data(decision)}
        record(connection, viewer.name, Event("decision.undone", data, case.article.project, article_id))

    _acting(db, viewer, article_id, act)


def close(db: Database, viewer: Viewer, article_id: str) -> int:
    """Makes the gold of the article from the decisions; answers with the number of its spans.

    Raises Conflict while a group is undecided. A gold span that stood before at the same place keeps its id.
    """
    with db.write() as connection:
        case = _open_for(connection, viewer, article_id)
        step(ARTICLE, case.article.state, "close")
        spans = {span.id: span for layer in case.layers.values() for span in layer}
        drafts = gold(case.groups, case.force, spans)
        ids = visible.gold_ids(connection, case.article)
        link_ids = visible.gold_relation_ids(connection, case.article)
        of_place = {draft.place: ids.get(draft.place) or new_id() for draft in drafts}
        at = now()
        links = gold_relations(
            drafts,
            [(r.id, r.type, r.source, r.target) for r in visible.relations_of_layers(connection, viewer, case.article)],
            spans,
        )
        data = {
            "spans": [_gold_data(draft, of_place[draft.place], viewer.name, at) for draft in drafts],
            "relations": [
                {"id": link_ids.get((kind, of_place[a], of_place[b])) or new_id(), "type": kind,
                 "from": of_place[a], "to": of_place[b]}
                for kind, a, b in links
            ],
        }  # fmt: skip
        record(connection, viewer.name, Event("article.closed", data, case.article.project, article_id), at=at)
        return len(drafts)


def reopen(db: Database, viewer: Viewer, article_id: str, reason: str = "") -> None:
    """Opens a closed article again: decisions and gold stay, the gold marked stale until closed anew."""
    with db.write() as connection:
        article, _ = _may_judge(connection, viewer, article_id)
        step(ARTICLE, article.state, "reopen")
        data = {"reason": check_note(reason, "reason")}
        record(connection, viewer.name, Event("article.reopened", data, article.project, article_id))


def _acting(db: Database, viewer: Viewer, article_id: str, act: Callable[[Connection, Case], None]) -> None:
    with db.write() as connection:
        case = _open_for(connection, viewer, article_id)
        step(ARTICLE, case.article.state, "decide")
        act(connection, case)


def _open_for(connection: Connection, viewer: Viewer, article_id: str) -> Case:
    """The case within a write; what is about to be decided on counts as served."""
    article, _ = may_open(connection, viewer, article_id)
    if not visible.was_served(connection, viewer, article_id):
        data = {"name": viewer.name, "articles": [article_id], "layer": "review"}
        record(connection, viewer.name, Event("spans.served", data, article.project, article_id))
    return _case(connection, viewer, article_id)


def _record_decision(connection: Connection, viewer: Viewer, case: Case, decision: Decision) -> None:
    before = case.force.get(decision.group)
    data = {
        "group": decision.group,
        "before": _data(before) if before is not None and before.by is not None else None,
        "after": _data(decision),
    }
    record(connection, viewer.name, Event("decision.made", data, case.article.project, case.article.id))


def _data(decision: Decision) -> dict[str, Any]:
    return {
        "action": decision.action, "variants": list(decision.variants),
        "spans": [list(place) for place in decision.spans], "reason": decision.reason,
    }  # fmt: skip


def _gold_data(draft: GoldDraft, span_id: str, closer: str, at: str) -> dict[str, Any]:
    start, end, label = draft.place
    return {
        "id": span_id, "start": start, "end": end, "label": label, "note": draft.note,
        "attributes": draft.attributes, "from": list(draft.origin), "by": draft.by or closer, "at": draft.at or at,
    }  # fmt: skip
