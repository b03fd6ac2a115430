"""The page where the reviews of an article are settled."""

from __future__ import annotations

import msgspec
from flask import Blueprint, Response, make_response, redirect, render_template, request, session, url_for

from annotator.actions import adjudicating
from annotator.core.decisions import Action, Decision
from annotator.errors import Refused
from annotator.web.casework import adjudication
from annotator.web.context import by_htmx, database, number, viewer

pages = Blueprint("adjudication", __name__)


@pages.get("/articles/<id>/adjudicate")
def show(id: str) -> str:
    """The article with every reviewer's spans, and the groups to decide on."""
    return render_template("adjudication/page.html", page=_page(id))


def _page(id: str, message: str = "", chosen: str = "", *, painted: bool = True) -> object:
    case = adjudicating.open_case(database(), viewer(), id)
    with database().read() as connection:
        return adjudication(connection, case, message, chosen, painted=painted)


def _answer(id: str, message: str, chosen: str = "", *, painted: bool = False) -> Response:
    """The parts that a decision changed; the text too (`painted`) where a span came or went."""
    if by_htmx():
        page = _page(id, message, chosen, painted=painted)
        return make_response(render_template("adjudication/_answer.html", page=page))
    session["notice"] = message
    return make_response(redirect(url_for("adjudication.show", id=id), 303))


@pages.post("/articles/<id>/adjudicate/groups/<group>")
def decide(id: str, group: str) -> Response:
    """Accepts variants, edits or rejects."""
    adjudicating.decide(database(), viewer(), id, _decision(group))
    return _answer(id, "Decided", group)


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
    return Decision(group, action, variants, places, form.get("reason", ""))


class _Place(msgspec.Struct, forbid_unknown_fields=True):
    start: int
    end: int
    label: str


@pages.post("/articles/<id>/adjudicate/groups/<group>/undo")
def undo(id: str, group: str) -> Response:
    """Takes a decision back."""
    adjudicating.take_back(database(), viewer(), id, group)
    return _answer(id, "Decision taken back", group, painted=True)


@pages.post("/articles/<id>/adjudicate/add")
def add(id: str) -> Response:
    """Adds a span that no reviewer had."""
    form = request.form
    place = (number("start"), number("end"), form.get("label", ""))
    group = adjudicating.add(
        database(), viewer(), id, place, quote=form.get("quote"), reason=form.get("reason", ""), by_hand=True
    )
    return _answer(id, "Added", group, painted=True)


@pages.post("/articles/<id>/adjudicate/<any(close, reopen):act>")
def finish(id: str, act: str) -> Response:
    """Closes the article, or opens it again."""
    if act == "close":
        number_of = adjudicating.close(database(), viewer(), id)
        session["notice"] = f"Closed with {number_of} gold spans."
    else:
        adjudicating.reopen(database(), viewer(), id, request.form.get("reason", ""))
        session["notice"] = "Re-opened. The gold stays, marked stale, until you close again."
    target = url_for("adjudication.show", id=id)
    if by_htmx():
        return Response(status=204, headers={"HX-Redirect": target})
    return make_response(redirect(target, 303))
