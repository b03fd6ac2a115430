"""What an adjudicator does: look at the reviews of an article, decide on groups, add spans, close, re-open."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from annotator.actions.cases import (
    Case,
    acting,
    check_version,
    decision_data,
    made,
    may_judge,
    may_open,
    open_case,
    open_for,
    same,
    serve,
)
from annotator.core.access import Viewer
from annotator.core.decisions import Decision, GoldDraft, added_group, check_decision, gold
from annotator.core.events import Event
from annotator.core.spans import check_extent, check_note, trim
from annotator.core.states import ARTICLE, step
from annotator.errors import Conflict
from annotator.store import visible
from annotator.store.db import Database
from annotator.store.ids import new_id, now
from annotator.store.journal import record

__all__ = ["Case", "add", "close", "decide", "may_open", "open_case", "reopen", "serve", "take_back"]


def decide(
    db: Database, viewer: Viewer, article_id: str, decision: Decision, *, version: str | None = None,
    key: str | None = None,
) -> None:  # fmt: skip
    """Takes a decision on a group, in place of any earlier one on it.

    With `version`, only if the group is still as that version says. Raises Missing for a group that is
    not there, Conflict once closed, Refused for a wrong decision, Stale for an old version.
    """

    def act(connection: Connection, case: Case) -> None:
        one = case.find(decision.group)
        wanted = replace(decision, reason=check_note(decision.reason, "reason"))
        if one.kind == "added":
            wanted = _of_added(case.force[one.id], wanted)
        wanted = check_decision(wanted, one, case.text, case.project.scheme)
        before = case.force.get(one.id)
        if before is not None and before.by == viewer.name and same(_asked(before), _asked(wanted)):
            return  # said twice
        check_version(case, one.id, version)
        record(connection, viewer.name, made(case, wanted, one, new_id()))

    acting(db, viewer, article_id, act, key=key, does=f"decide {decision.group} {decision.action}")


def _asked(decision: Decision) -> dict[str, Any]:
    return {name: value for name, value in decision_data(decision).items() if name != "was"}


def _of_added(before: Decision, decision: Decision) -> Decision:
    """Of an added span only values and reason change: "accept it" stands for adding it so."""
    if decision.action != "accept":
        raise Conflict("A span that you added is taken back or kept, not decided on.")
    return replace(decision, action="add", variants=(), spans=before.spans)


def add(
    db: Database, viewer: Viewer, article_id: str, place: tuple[Any, Any, str], *, quote: str | None = None,
    reason: str = "", by_hand: bool = False, attributes: dict[str, Any] | None = None, key: str | None = None,
) -> str:  # fmt: skip
    """Adds a gold span that no reviewer had; answers with the id of the group that stands for it."""
    found: list[str] = []

    def act(connection: Connection, case: Case) -> None:
        start, end, label = place
        extent = check_extent(case.text, start, end, quote)
        extent = trim(case.text, extent) if by_hand else extent
        wanted = (extent.start, extent.end, case.project.scheme.taggable(label).name)
        for one in case.groups:
            if any((v.start, v.end, v.label) == wanted for v in one.variants):
                raise Conflict("That very span is in a group already; accept it there.", extra={"group": one.id})
        found.append(new_id())
        values = (attributes,) if attributes else ()
        decision = Decision(found[0], "add", (), (wanted,), check_note(reason, "reason"), attributes=values)
        one = added_group(decision)
        checked = check_decision(decision, one, case.text, case.project.scheme)
        record(connection, viewer.name, made(case, checked, one, new_id()))

    acting(db, viewer, article_id, act, key=key, does=f"add {place}")
    return found[0] if found else ""


def take_back(
    db: Database, viewer: Viewer, article_id: str, group_id: str, *, version: str | None = None, key: str | None = None
) -> None:  # fmt: skip
    """Takes the decision on a group back (for an added span: the span too), also one on a group that is no more.

    Raises Conflict when there is none.
    """

    def act(connection: Connection, case: Case) -> None:
        left = next((one for one in case.left if one.group == group_id), None)
        decision = left or case.force.get(case.find(group_id).id)
        check_version(case, group_id, None if left else version)
        if decision is None or decision.by is None:
            raise Conflict("No decision was taken on this group, so there is none to take back.")
        data = {"group": group_id, "before": decision_data(decision, whose=True), "step": new_id()}
        record(connection, viewer.name, Event("decision.undone", data, case.article.project, article_id))

    acting(db, viewer, article_id, act, key=key, does=f"take back {group_id}")


def close(db: Database, viewer: Viewer, article_id: str) -> int:
    """Makes the gold of the article from the decisions; answers with the number of its spans.

    Raises Conflict while a group is undecided. A gold span that stood before at the same place keeps its id.
    """
    with db.write() as connection:
        case = open_for(connection, viewer, article_id)
        return close_case(connection, viewer, case)


def close_case(connection: Connection, viewer: Viewer, case: Case) -> int:
    """See `close`; within a write, on the case as it stands."""
    step(ARTICLE, case.article.state, "close")
    drafts = gold(case.groups, case.force, case.spans)
    ids = visible.gold_ids(connection, case.article)
    link_ids = visible.gold_relation_ids(connection, case.article)
    of_place = {draft.place: ids.get(draft.place) or new_id() for draft in drafts}
    at = now()
    ends = [(one.type, of_place[one.source], of_place[one.target]) for one in case.links if one.accepted]
    data = {
        "spans": [_gold_data(draft, of_place[draft.place], viewer.name, at) for draft in drafts],
        "relations": [
            {"id": link_ids.get(end) or new_id(), "type": end[0], "from": end[1], "to": end[2]} for end in ends
        ],
    }
    record(connection, viewer.name, Event("article.closed", data, case.article.project, case.article.id), at=at)
    return len(drafts)


def reopen(db: Database, viewer: Viewer, article_id: str, reason: str = "") -> None:
    """Opens a closed article again: decisions and gold stay, the gold marked stale until closed anew."""
    with db.write() as connection:
        article, _ = may_judge(connection, viewer, article_id)
        step(ARTICLE, article.state, "reopen")
        data = {"reason": check_note(reason, "reason")}
        record(connection, viewer.name, Event("article.reopened", data, article.project, article_id))


def _gold_data(draft: GoldDraft, span_id: str, closer: str, at: str) -> dict[str, Any]:
    start, end, label = draft.place
    return {
        "id": span_id, "start": start, "end": end, "label": label, "note": draft.note,
        "attributes": draft.attributes, "from": list(draft.origin), "by": draft.by or closer, "at": draft.at or at,
    }  # fmt: skip
