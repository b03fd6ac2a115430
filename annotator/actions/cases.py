"""The case of an article: who may open it, what is in it, and writes that lean on what stands in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection

from annotator.actions.steps import call_of, keep
from annotator.core.access import Viewer
from annotator.core.decisions import Decision, GoldDraft, added_group, decided, drafts
from annotator.core.events import Event, canonical
from annotator.core.groups import Group, group
from annotator.core.links import Link, LinkDecision, links
from annotator.core.spans import Span
from annotator.core.states import ARTICLE, step
from annotator.core.values import Article, Project, Relation
from annotator.errors import Conflict, Missing, Refused, Stale
from annotator.store import articles, asking, idempotency, projects, visible
from annotator.store.asking import Question
from annotator.store.db import Database
from annotator.store.ids import digest
from annotator.store.journal import record


@dataclass(frozen=True, slots=True)
class Case:
    """All there is to adjudicate on an article. `force` are the decisions in force, by group id.

    `left` are decisions on groups that are no more, because a review was re-opened and changed since.
    `links` are the relations of what is decided so far; `past` is the gold of the last close, relations left out.
    """

    article: Article
    project: Project
    text: str
    layers: dict[str, list[Span]]
    groups: list[Group]
    force: dict[str, Decision]
    left: list[Decision]
    links: list[Link]
    past: list[Span]
    questions: list[Question]

    @property
    def undecided(self) -> list[Group]:
        """The groups that no decision is in force for."""
        return [one for one in self.groups if one.id not in self.force]

    @property
    def spans(self) -> dict[str, Span]:
        """Every review span by its id."""
        return {span.id: span for layer in self.layers.values() for span in layer}

    @property
    def drafts(self) -> list[GoldDraft]:
        """The gold spans as far as the groups are decided."""
        return drafts(self.groups, self.force, self.spans)

    def find(self, group_id: str) -> Group:
        """The group of that id; raises Missing."""
        for one in self.groups:
            if one.id == group_id:
                return one
        raise Missing("There is no such group now; a review may have been changed since you opened this.",
                      where="group")  # fmt: skip

    def link(self, link_id: str) -> Link:
        """The relation of that id; raises Missing."""
        for one in self.links:
            if one.id == link_id:
                return one
        raise Missing("There is no such relation between the spans that are gold so far.", where="relation")

    def version(self, key: str) -> str:
        """What the decision on a group or relation is known by: another once it is taken, changed or taken back."""
        found: Decision | LinkDecision | None = self.force.get(key)
        found = found or next((one.decision for one in self.links if one.id == key), None)
        return digest([key, msgspec.to_builtins(found)])


def check_version(case: Case, key: str, version: str | None) -> None:
    """Raises Stale, with what is decided now, when `version` is given and no longer that of group or relation `key`."""
    if version is None or version == case.version(key):
        return
    now: Decision | LinkDecision | None = case.force.get(key)
    now = now or next((one.decision for one in case.links if one.id == key), None)
    who = f"{now.by} decided on this" if now and now.by else "The decision on this was taken back"
    words = now.words if now else "nothing"
    extra = {"group": key, "version": case.version(key), "decision": msgspec.to_builtins(now), "words": words}
    raise Stale(f"{who} since you saw it; nothing was changed.", where="version", extra=extra)


def may_open(connection: Connection, viewer: Viewer, article_id: str) -> tuple[Article, Project]:
    """The article, if the viewer may adjudicate it now.

    Raises Missing without the role, Conflict for one's own article, and (with what is missing) before
    every needed review is submitted.
    """
    article, project = may_judge(connection, viewer, article_id)
    submitted, needed = articles.missing_reviews(connection, project, article_id)
    if submitted < needed:
        raise Conflict(
            f"{submitted} of {needed} reviews are submitted; adjudication begins when all are.",
            extra={"submitted": submitted, "needed": needed},
        )
    return article, project


def may_judge(connection: Connection, viewer: Viewer, article_id: str) -> tuple[Article, Project]:
    """The article, if it is the viewer's to adjudicate, whatever its reviews are at."""
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
    force = decided(groups, standing, reviewers=len(layers), rule=project.auto_decide)
    spans = {span.id: span for layer in layers.values() for span in layer}
    drawn = _drawn(visible.relations_of_layers(connection, viewer, article))
    found = links(drafts(groups, force, spans), drawn, spans, visible.link_decisions(connection, viewer, article))
    again = article.closed_at is not None and article.state != "closed"
    return Case(
        article, project, articles.text(connection, article_id), layers, groups, force, left, found,
        visible.gold(connection, viewer, article) if again else [], asking.questions(connection, viewer, article),
    )  # fmt: skip


def _drawn(relations: Iterable[Relation]) -> list[tuple[str, str, str, str]]:
    return [(one.id, one.type, one.source, one.target) for one in relations]


def acting(
    db: Database, viewer: Viewer, article_id: str, act: Callable[[Connection, Case], None], *, key: str | None = None,
    does: str = "",
) -> None:  # fmt: skip
    """Lets `act` write on the case as it stands, once for each idempotency `key` (`does` tells what is done).

    Raises as `may_open`, and Conflict when the article is closed.
    """
    with db.write() as connection:
        call = call_of(f"adjudicate {does}", article_id)
        if key and _done_before(connection, viewer, key, call):
            return
        case = open_for(connection, viewer, article_id)
        step(ARTICLE, case.article.state, "decide")
        act(connection, case)
        keep(connection, viewer, key, call, article_id, "")


def _done_before(connection: Connection, viewer: Viewer, key: str, call: str) -> bool:
    if len(key) > 200:
        raise Refused("The key is longer than 200 characters.", where="Idempotency-Key")
    known = idempotency.known(connection, viewer.name, key)
    if known is not None and known.fingerprint != call:
        raise Refused("This key was used for another call; use a new key for each.", where="Idempotency-Key")
    return known is not None


def open_for(connection: Connection, viewer: Viewer, article_id: str) -> Case:
    """The case within a write; what is about to be decided on counts as served."""
    article, _ = may_open(connection, viewer, article_id)
    if not visible.was_served(connection, viewer, article_id):
        data = {"name": viewer.name, "articles": [article_id], "layer": "review"}
        record(connection, viewer.name, Event("spans.served", data, article.project, article_id))
    return _case(connection, viewer, article_id)


# -- events


def decision_data(decision: Decision, *, whose: bool = False) -> dict[str, Any]:
    """A decision as the log has it; with who took it and when, if `whose`."""
    data: dict[str, Any] = {
        "action": decision.action, "variants": list(decision.variants),
        "spans": [list(place) for place in decision.spans], "reason": decision.reason,
        "attributes": list(decision.attributes), "was": [list(place) for place in decision.was],
    }  # fmt: skip
    return data | ({"by": decision.by, "at": decision.at} if whose else {})


def made(case: Case, decision: Decision, one: Group, step_id: str) -> Event:
    """The event of a decision on group `one`, as part of a step."""
    before = case.force.get(decision.group)
    after = decision_data(decision)
    after["was"] = [[v.start, v.end, v.label] for v in one.variants]
    data = {
        "group": decision.group,
        "before": decision_data(before, whose=True) if before is not None and before.by is not None else None,
        "after": after, "step": step_id,
    }  # fmt: skip
    return Event("decision.made", data, case.article.project, case.article.id)


def same(a: Any, b: Any) -> bool:
    """Whether two pieces of the log's data say the same."""
    return canonical(a) == canonical(b)
