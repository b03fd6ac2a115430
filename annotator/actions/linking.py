"""Deciding on the relations of the gold to be."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from annotator.actions.cases import Case, acting, check_version
from annotator.core.access import Viewer
from annotator.core.decisions import Place
from annotator.core.events import Event
from annotator.core.links import Link, LinkDecision, link_id
from annotator.core.scheme import check_relation
from annotator.core.spans import check_note
from annotator.errors import Conflict, Refused
from annotator.store.db import Database
from annotator.store.ids import new_id
from annotator.store.journal import record


def link_data(decision: LinkDecision, *, whose: bool = True) -> dict[str, Any]:
    """A decision on a relation as the log has it; with who took it and when, if `whose`."""
    data: dict[str, Any] = {
        "type": decision.type, "from": list(decision.source), "to": list(decision.target),
        "accepted": decision.accepted, "reason": decision.reason,
    }  # fmt: skip
    return data | ({"by": decision.by, "at": decision.at} if whose else {})


def settle(
    db: Database, viewer: Viewer, article_id: str, link: str, *, accepted: bool, reason: str = "",
    version: str | None = None, key: str | None = None,
) -> None:  # fmt: skip
    """Takes a relation that is proposed into the gold, or leaves it out. Raises as `adjudicating.decide`."""

    def act(connection: Connection, case: Case) -> None:
        one = case.link(link)
        if one.decision and one.decision.by == viewer.name and one.decision.accepted == accepted:
            return  # said twice
        check_version(case, one.id, version)
        _record(connection, viewer, case, one, LinkDecision(
            one.type, one.source, one.target, accepted, check_note(reason, "reason")
        ))  # fmt: skip

    acting(db, viewer, article_id, act, key=key, does=f"settle {link} {accepted}")


def add(
    db: Database, viewer: Viewer, article_id: str, kind: str, source: Place, target: Place, *, reason: str = "",
    key: str | None = None,
) -> str:  # fmt: skip
    """Links two spans of the gold to be; answers with the relation's id.

    Raises Refused for what the scheme does not allow, Conflict for a place that is no gold so far.
    """

    def act(connection: Connection, case: Case) -> None:
        if source == target:
            raise Refused("A relation needs two spans.", where="to")
        check_relation(case.project.scheme, kind, source[2], target[2])
        there = {draft.place for draft in case.drafts}
        for name, place in (("from", source), ("to", target)):
            if place not in there:
                raise Conflict("There is no such span in the gold so far; accept it first.", where=name)
        wanted = LinkDecision(kind, source, target, accepted=True, reason=check_note(reason, "reason"))
        one = next((one for one in case.links if one.id == wanted.id), Link(kind, source, target))
        if not (one.decision and one.decision.accepted):
            _record(connection, viewer, case, one, wanted)

    acting(db, viewer, article_id, act, key=key, does=f"link {kind} {source} {target}")
    return link_id(kind, source, target)


def take_back(
    db: Database, viewer: Viewer, article_id: str, link: str, *, version: str | None = None, key: str | None = None
) -> None:  # fmt: skip
    """Takes the decision on a relation back, so that the rule holds again. Raises Conflict when there is none."""

    def act(connection: Connection, case: Case) -> None:
        one = case.link(link)
        check_version(case, one.id, version)
        if one.decision is None:
            raise Conflict("No decision was taken on this relation, so there is none to take back.")
        data = {"link": one.id, "before": link_data(one.decision), "step": new_id()}
        record(connection, viewer.name, Event("link.undone", data, case.article.project, article_id))

    acting(db, viewer, article_id, act, key=key, does=f"unsettle {link}")


def _record(connection: Connection, viewer: Viewer, case: Case, one: Link, decision: LinkDecision) -> None:
    data = {
        "link": one.id, "before": link_data(one.decision) if one.decision else None,
        "after": link_data(decision, whose=False), "step": new_id(),
    }  # fmt: skip
    record(connection, viewer.name, Event("link.decided", data, case.article.project, case.article.id))
