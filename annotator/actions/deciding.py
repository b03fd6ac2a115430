"""Many decisions in one step, and steps taken back: bulk, decisions made again, undo and redo."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from annotator.actions.cases import Case, acting, check_version, decision_data, made, same
from annotator.actions.linking import link_data
from annotator.core.access import Viewer
from annotator.core.decisions import Decision, added_group, check_decision
from annotator.core.events import Entry, Event
from annotator.core.groups import Group
from annotator.core.settling import settled
from annotator.core.spans import Extent, overlap
from annotator.errors import Conflict, Refused
from annotator.store import visible
from annotator.store.db import Database
from annotator.store.ids import new_id
from annotator.store.journal import record


def reach(case: Case) -> dict[int, int]:
    """For each k of "where k of n agree" that would decide an undecided group: how many."""
    n = len(case.layers)
    counts = {k: sum(bool(settled(one, n, k)) for one in case.undecided) for k in range(1, n + 1)}
    return {k: count for k, count in counts.items() if count}


def accept_where(db: Database, viewer: Viewer, article_id: str, k: int, *, key: str | None = None) -> int:
    """Accepts what at least `k` reviewers have in every group that is undecided (see `settling.settled`).

    One step for undo, an event for each group; answers with their number. Raises Refused for a k that is
    no number of reviewers here, Conflict when there is nothing that k would decide.
    """
    decided: list[Event] = []

    def act(connection: Connection, case: Case) -> None:
        n = len(case.layers)
        if not 1 <= k <= n:
            raise Refused(f"The article has {n} reviews; choose 1 to {n}.", where="at_least")
        step_id = new_id()
        for one in case.undecided:
            variants = settled(one, n, k)
            if variants:
                decided.append(made(case, Decision(one.id, "accept", variants), one, step_id))
        if not decided:
            raise Conflict(f"In no open group do {k} of {n} agree.")
        record(connection, viewer.name, *decided)

    acting(db, viewer, article_id, act, key=key, does=f"accept where {k}")
    return len(decided)


# -- what was decided before


def before(case: Case, one: Group) -> Decision | None:
    """What was decided on these words before the reviews were changed, as a decision on the group as it is now.

    That is the decision on a group that is no more and overlaps this one most, else the gold of the last
    close here; None where there is neither, or where the group is decided.
    """
    if one.id in case.force or one.kind == "added":
        return None
    past = _left_on(case, one)
    if past is not None:
        attributes = past.attributes if len(past.attributes) == len(past.made) else ()
        return _as_now(one, past.made, past.reason, attributes)
    gold = [g for g in case.past if any(overlap(g, v) and g.label == v.label for v in one.variants)]
    if not gold:
        return None
    return _as_now(one, tuple((g.start, g.end, g.label) for g in gold), "", tuple(g.attributes for g in gold))


def _left_on(case: Case, one: Group) -> Decision | None:
    """The decision without a group that this group is most likely to be about."""
    best, most = None, 0
    for decision in case.left:
        home = home_of(case, decision)
        shared = sum(overlap(Extent(s, e), v) for s, e, _ in decision.was for v in one.variants)
        if home is not None and home.id == one.id and shared > most:
            best, most = decision, shared
    return best


def home_of(case: Case, decision: Decision) -> Group | None:
    """The undecided group that a decision on a group that is no more falls to: the one it overlaps most."""
    best, most = None, 0
    for one in case.undecided:
        shared = sum(overlap(Extent(s, e), v) for s, e, _ in decision.was for v in one.variants)
        if shared > most:
            best, most = one, shared
    return best


def _as_now(
    one: Group, places: tuple[tuple[int, int, str], ...], reason: str, attributes: tuple[dict[str, Any], ...]
) -> Decision:  # fmt: skip
    if not places:
        return Decision(one.id, "reject", reason=reason)
    here = [(v.start, v.end, v.label) for v in one.variants]
    if all(place in here for place in places):
        numbers = tuple(here.index(place) for place in places)
        return Decision(one.id, "accept", numbers, reason=reason, attributes=attributes)
    return Decision(one.id, "edit", (), places, reason, attributes=attributes)


def again(
    db: Database, viewer: Viewer, article_id: str, group_id: str, *, version: str | None = None, key: str | None = None
) -> None:  # fmt: skip
    """Decides on a group as it was decided before (see `before`), or adds what was gold where no group is left.

    `group_id` is a group's, or that of a decision on a group that is no more. Raises Conflict when nothing
    was decided there before.
    """

    def act(connection: Connection, case: Case) -> None:
        gone = next((one for one in case.left if one.group == group_id), None)
        step_id = new_id()
        if gone is not None:
            events = _added_again(case, gone, step_id)
        else:
            one = case.find(group_id)
            check_version(case, one.id, version)
            decision, gone = before(case, one), _left_on(case, one)
            if decision is None:
                raise Conflict("Nothing was decided here before, or it is decided already.")
            checked = check_decision(decision, one, case.text, case.project.scheme)
            events = [made(case, checked, one, step_id)]
        if gone is not None:
            data = {"group": gone.group, "before": decision_data(gone, whose=True), "step": step_id}
            events.append(Event("decision.undone", data, case.article.project, article_id))
        record(connection, viewer.name, *events)

    acting(db, viewer, article_id, act, key=key, does=f"again {group_id}")


def _added_again(case: Case, gone: Decision, step_id: str) -> list[Event]:
    there = {draft.place for draft in case.drafts}
    events = []
    for place in gone.made:
        if place in there:
            continue
        decision = Decision(new_id(), "add", (), (place,), gone.reason)
        one = added_group(decision)
        events.append(made(case, check_decision(decision, one, case.text, case.project.scheme), one, step_id))
    return events


# -- undo


def undoable(connection: Connection, viewer: Viewer, case: Case) -> list[Entry]:
    """The entries of the viewer's last step on the case that stands, newest first; empty when there is none."""
    if case.article.state == "closed":
        return []
    stands: dict[str, bool] = {}  # steps taken back or done again: which came last
    found: list[Entry] = []
    for entry in visible.my_case_steps(connection, viewer, case.article):
        data, of = entry.data, _step_of(entry)
        if "undoes" in data or "redoes" in data:
            stands.setdefault(data.get("undoes") or data["redoes"], "redoes" in data)
        elif found and of != _step_of(found[0]):
            break
        elif stands.get(of, True):
            found.append(entry)
    return found


def redoable(connection: Connection, viewer: Viewer, case: Case) -> list[Entry]:
    """The entries that took the viewer's last step back, newest first; empty once another step came after."""
    if case.article.state == "closed":
        return []
    redone: set[str] = set()
    found: list[Entry] = []
    for entry in visible.my_case_steps(connection, viewer, case.article):
        of = entry.data.get("undoes")
        if found:
            if of != found[0].data["undoes"]:
                break
            found.append(entry)
        elif "redoes" in entry.data:
            redone.add(entry.data["redoes"])
        elif of is None:
            break
        elif of not in redone:
            found.append(entry)
    return found


def _step_of(entry: Entry) -> str:
    return str(entry.data.get("step", entry.seq))


def undo(db: Database, viewer: Viewer, article_id: str, *, key: str | None = None) -> str:
    """Takes the viewer's last step on the article back, the whole of it; answers with the group to look at.

    Raises Conflict when there is none, or when someone else has decided on any of it since.
    """
    return _travel(db, viewer, article_id, key, back=True)


def redo(db: Database, viewer: Viewer, article_id: str, *, key: str | None = None) -> str:
    """Does the viewer's step that was taken back last again, the whole of it; answers as `undo` does.

    Raises Conflict when there is none, or when someone else has decided on any of it since.
    """
    return _travel(db, viewer, article_id, key, back=False)


def _travel(db: Database, viewer: Viewer, article_id: str, key: str | None, *, back: bool) -> str:
    where: list[str] = []

    def act(connection: Connection, case: Case) -> None:
        entries = (undoable if back else redoable)(connection, viewer, case)
        if not entries:
            raise Conflict(f"You have nothing to {'take back' if back else 'do again'} here.")
        of = {"undoes": _step_of(entries[0])} if back else {"redoes": entries[0].data["undoes"]}
        record(connection, viewer.name, *[_inverse(case, entry, of) for entry in entries])
        last = entries[-1].data
        where.append(last.get("group") or last["link"])

    acting(db, viewer, article_id, act, key=key, does="undo" if back else "redo")
    return where[0] if where else ""


def _inverse(case: Case, entry: Entry, of: dict[str, Any]) -> Event:
    """The event that takes an entry back; raises Conflict unless what it left is still what stands."""
    old, kind = entry.data, entry.action.partition(".")[0]
    name = "group" if kind == "decision" else "link"
    now = _present(case, old[name], kind)
    left = old.get("after")
    if (now is None) != (left is None) or (left and now and not same(_words(now), _words(left))):
        who = now["by"] if now else "someone"
        raise Conflict(f"{who} has decided on it since; that stands.", extra={name: old[name]})
    data: dict[str, Any] = {name: old[name], **of, "before": now}
    if old.get("before") is None:
        return Event(f"{kind}.undone", data, case.article.project, case.article.id)
    action = "decision.made" if kind == "decision" else "link.decided"
    return Event(action, data | {"after": old["before"]}, case.article.project, case.article.id)


def _present(case: Case, key: str, kind: str) -> dict[str, Any] | None:
    if kind == "link":
        return next((link_data(one.decision) for one in case.links if one.id == key and one.decision), None)
    taken = case.force.get(key) or next((one for one in case.left if one.group == key), None)
    return decision_data(taken, whose=True) if taken is not None and taken.by is not None else None


def _words(data: dict[str, Any]) -> dict[str, Any]:
    """What is said in a decision, without who said it and when, as logs of all ages have it."""
    rest = {name: value for name, value in data.items() if name not in {"by", "at", "was"}}
    return {"attributes": [], **rest}
