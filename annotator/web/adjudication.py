"""The page where the reviews of an article are settled."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Blueprint, Response, make_response, redirect, render_template, request, session, url_for

from annotator.actions import adjudicating, company, deciding, linking
from annotator.core.decisions import Action, Decision, Place
from annotator.errors import Refused
from annotator.web.casework import adjudication
from annotator.web.context import by_htmx, database, number, viewer

pages = Blueprint("adjudication", __name__)


@pages.get("/articles/<id>/adjudicate")
def show(id: str) -> str:
    """The article with every reviewer's spans, and the groups to decide on."""
    return render_template("adjudication/page.html", page=_page(id))


def _page(id: str, message: str = "", chosen: str = "", *, painted: bool = True) -> object:
    me = viewer()
    case = adjudicating.open_case(database(), me, id)
    met = company.meet(database(), me, case)
    with database().read() as connection:
        return adjudication(connection, me, case, met, message=message, chosen=chosen, painted=painted)


def answered(id: str, message: str, chosen: str = "", *, painted: bool = False) -> Response:
    """The parts that a decision changed; the text too (`painted`) where a span came or went."""
    if by_htmx():
        page = _page(id, message, chosen, painted=painted)
        return make_response(render_template("adjudication/_answer.html", page=page))
    session["notice"] = message
    return make_response(redirect(url_for("adjudication.show", id=id), 303))


def away(target: str, notice: str) -> Response:
    """Goes to another page, which says `notice`."""
    session["notice"] = notice
    if by_htmx():
        return Response(status=204, headers={"HX-Redirect": target})
    return make_response(redirect(target, 303))


def _seen() -> dict[str, Any]:
    """The version of the card that the decision was taken on, and the key of the call."""
    return {"version": request.form.get("version"), "key": request.headers.get("Idempotency-Key")}


@pages.post("/articles/<id>/adjudicate/groups/<group>")
def decide(id: str, group: str) -> Response:
    """Accepts variants, edits or rejects."""
    adjudicating.decide(database(), viewer(), id, _decision(group), **_seen())
    return answered(id, "Decided", group)


def _decision(group: str) -> Decision:
    form = request.form
    action: Action
    if form.get("action") == "accept":
        action = "accept"
    elif form.get("action") == "reject":
        action = "reject"
    elif form.get("action") == "edit":
        action = "edit"
    else:
        raise Refused("The action is accept, edit or reject.", where="action")
    try:
        variants = tuple(int(text) for text in form.getlist("variants")) if action == "accept" else ()
        spans = msgspec.json.decode(form.get("spans", "[]"), type=list[_Place]) if action == "edit" else []
    except (ValueError, msgspec.DecodeError) as error:
        raise Refused(f"The decision cannot be read: {error}.", where="spans") from None
    places = tuple((one.start, one.end, one.label) for one in spans)
    numbers = variants if action == "accept" else tuple(range(len(places)))
    return Decision(group, action, variants, places, form.get("reason", ""), attributes=_attributes(numbers))


def _attributes(numbers: tuple[int, ...]) -> tuple[dict[str, Any], ...]:
    """The values chosen for the variants (or edited spans) of these numbers: `attr.N.NAME`, or words of one's own."""
    found: dict[int, dict[str, Any]] = {}
    for kind in ("attr", "other"):
        for field, value in request.form.items():
            head, _, rest = field.partition(".")
            of, _, name = rest.partition(".")
            if head == kind and of in map(str, numbers) and (kind == "attr" or value.strip()):
                found.setdefault(int(of), {})[name] = value.strip() or None
    return tuple(found.get(n, {}) for n in numbers) if found else ()


class _Place(msgspec.Struct, forbid_unknown_fields=True):
    start: int
    end: int
    label: str


@pages.post("/articles/<id>/adjudicate/groups/<group>/undo")
def take_back(id: str, group: str) -> Response:
    """Takes a decision back."""
    adjudicating.take_back(database(), viewer(), id, group, **_seen())
    return answered(id, "Decision taken back", group, painted=True)


@pages.post("/articles/<id>/adjudicate/groups/<group>/again")
def again(id: str, group: str) -> Response:
    """Decides as before the reviews were changed."""
    deciding.again(database(), viewer(), id, group, **_seen())
    return answered(id, "Decided as before", group, painted=True)


@pages.post("/articles/<id>/adjudicate/bulk")
def decide_many(id: str) -> Response:
    """Accepts what at least so many reviewers have."""
    decided = deciding.accept_where(database(), viewer(), id, number("at_least"), key=_seen()["key"])
    return answered(id, f"{decided} accepted. Undo takes all of them back" if decided else "Accepted")


@pages.post("/articles/<id>/adjudicate/undo")
def undo(id: str) -> Response:
    """Takes my last step back."""
    group = deciding.undo(database(), viewer(), id, key=_seen()["key"])
    return answered(id, "Undone", group, painted=True)


@pages.post("/articles/<id>/adjudicate/redo")
def redo(id: str) -> Response:
    """Does my step that was taken back last again."""
    group = deciding.redo(database(), viewer(), id, key=_seen()["key"])
    return answered(id, "Redone", group, painted=True)


@pages.post("/articles/<id>/adjudicate/add")
def add(id: str) -> Response:
    """Adds a span that no reviewer had."""
    form = request.form
    place = (number("start"), number("end"), form.get("label", ""))
    group = adjudicating.add(
        database(), viewer(), id, place, quote=form.get("quote"), reason=form.get("reason", ""), by_hand=True,
        key=_seen()["key"],
    )  # fmt: skip
    return answered(id, "Added", group, painted=True)


@pages.post("/articles/<id>/adjudicate/<any(close, reopen):act>")
def finish(id: str, act: str) -> Response:
    """Closes the article, or opens it again."""
    target = url_for("adjudication.show", id=id)
    if act == "close":
        number_of = adjudicating.close(database(), viewer(), id)
        return away(target, f"Closed with {number_of} gold spans.")
    adjudicating.reopen(database(), viewer(), id, request.form.get("reason", ""))
    return away(target, "Re-opened. The gold stays, marked stale, until you close again.")


# -- relations


@pages.post("/articles/<id>/adjudicate/links")
def link(id: str) -> Response:
    """Links two spans of the gold so far."""
    form = request.form
    made = linking.add(
        database(), viewer(), id, form.get("type", ""), _end("from"), _end("to"), key=_seen()["key"]
    )  # fmt: skip
    return answered(id, "Linked", made)


def _end(name: str) -> Place:
    start, _, rest = request.form.get(name, "").partition("-")
    end, _, label = rest.partition("-")
    if not (start.isdecimal() and end.isdecimal() and len(start) < 15 and len(end) < 15):
        raise Refused("Choose a span.", where=name)
    return int(start), int(end), label


@pages.post("/articles/<id>/adjudicate/links/<link>")
def settle(id: str, link: str) -> Response:
    """Takes a relation into the gold, or leaves it out."""
    action = request.form.get("action")
    if action not in {"accept", "reject"}:
        raise Refused("The action is accept or reject.", where="action")
    linking.settle(
        database(), viewer(), id, link, accepted=action == "accept", reason=request.form.get("reason", ""), **_seen()
    )
    return answered(id, "Decided", link)


@pages.post("/articles/<id>/adjudicate/links/<link>/undo")
def unsettle(id: str, link: str) -> Response:
    """Leaves a relation to the rule again."""
    linking.take_back(database(), viewer(), id, link, **_seen())
    return answered(id, "Decision taken back", link)
