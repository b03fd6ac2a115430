"""The workspace: read, tag, undo, submit. Every write also works as a plain form, without scripts."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Blueprint, Response, make_response, redirect, render_template, request, session, url_for

from annotator.actions import asking, reviewing, tagging, undoing, workspace
from annotator.actions.steps import Done
from annotator.actions.tagging import NewRelation, NewSpan, SpanChange
from annotator.web import building
from annotator.web.context import by_htmx, database, limits, number, viewer
from annotator.web.languages import translate as _

pages = Blueprint("article", __name__)


@pages.get("/articles/<id>")
def show(id: str) -> str:
    """The workspace; `?span=ID` chooses a span."""
    with database().read() as connection:
        page = building.workspace(connection, viewer(), id, request.args.get("span", ""))
    return render_template("article/page.html", page=page)


def _answer(done: Done, message: str, status: int = 200) -> Response:
    """The parts of the page that a step changed, or without htmx the whole page again."""
    if not by_htmx():
        return make_response(redirect(url_for("article.show", id=done.article), 303))
    with database().read() as connection:
        page = building.changes(connection, viewer(), done.article, done, message)
    return make_response(render_template("article/_changes.html", page=page), status)


def _key() -> str | None:
    return request.headers.get("Idempotency-Key")


@pages.post("/articles/<id>/spans")
def add(id: str) -> Response:
    """Tags what is selected."""
    new = NewSpan(number("start"), number("end"), request.form.get("label", ""), quote=request.form.get("quote"))
    done = tagging.add_span(database(), viewer(), id, new, limits(), by_hand=True, key=_key())
    said = (
        _("%(label)s saved", label=new.label) if done.created else _("This %(label)s is there already", label=new.label)
    )
    return _answer(done, said)


@pages.post("/spans/<id>")
def change(id: str) -> Response:
    """Moves, relabels or annotates a span."""
    form = request.form
    values: dict[str, Any] = {name: form[name] for name in ("label", "quote", "note") if name in form}
    values |= {name: number(name) for name in ("start", "end") if name in form}
    attributes = {name.removeprefix("attr."): value for name, value in form.items() if name.startswith("attr.")}
    if attributes:
        values["attributes"] = attributes
    change = msgspec.convert(values, SpanChange)
    done = tagging.change_span(database(), viewer(), id, change, number("version"), by_hand=True, key=_key())
    return _answer(done, _("Saved"))


@pages.post("/spans/<id>/delete")
def delete(id: str) -> Response:
    """Takes a span away."""
    version = number("version") if "version" in request.form else None
    done = tagging.delete_span(database(), viewer(), id, version, key=_key())
    return _answer(done, _("Deleted. Undo brings it back"))


@pages.post("/articles/<id>/relations")
def relate(id: str) -> Response:
    """Links two spans."""
    form = request.form
    new = NewRelation(form.get("type", ""), form.get("from", ""), form.get("to", ""))
    relation = tagging.add_relation(database(), viewer(), id, new)[0]
    return _answer(Done(id, None, None, linked=(relation.source,)), _("Linked"))


@pages.post("/relations/<id>/delete")
def unrelate(id: str) -> Response:
    """Takes a link away."""
    return _answer(tagging.delete_relation(database(), viewer(), id, key=_key()), _("Link removed"))


@pages.post("/articles/<id>/<any(undo, redo):act>")
def travel(id: str, act: str) -> Response:
    """Takes the last step back, or does it again."""
    done = (undoing.undo if act == "undo" else undoing.redo)(database(), viewer(), id, key=_key())
    return _answer(done, _("Undone") if act == "undo" else _("Done again"))


@pages.post("/articles/<id>/<any(submit, reopen):act>")
def hand_in(id: str, act: str) -> Response:
    """Submits the review, or takes it back; then goes on to the next article, or stays."""
    said = {name.removeprefix("answer."): text for name, text in request.form.items() if name.startswith("answer.")}
    if act == "submit" and said:
        asking.answer(database(), viewer(), id, said)
    (reviewing.submit if act == "submit" else reviewing.reopen)(database(), viewer(), id)
    session["notice"] = _("Submitted. Re-open it any time to change it.") if act == "submit" else _("Re-opened.")
    target = url_for("article.show", id=id)
    if by_htmx():
        return Response(status=204, headers={"HX-Redirect": target})
    return make_response(redirect(target, 303))


@pages.post("/articles/<id>/scheme")
def newest_scheme(id: str) -> Response:
    """Goes on with the review under the project's newest scheme."""
    reviewing.take_newest_scheme(database(), viewer(), id)
    session["notice"] = _("You go on under the newest scheme.")
    return make_response(redirect(url_for("article.show", id=id), 303))


@pages.post("/articles/<id>/blocks/<int:block>")
def mark_block(id: str, block: int) -> Response:
    """Marks a block as no part of the article, or as part of it again."""
    furniture = bool(request.form.get("furniture"))
    done = workspace.mark_block(database(), viewer(), id, block, furniture=furniture)
    return _answer(done, _("Put aside") if furniture else _("Part of the article"))


@pages.post("/articles/<id>/skip")
def skip(id: str) -> Response:
    """Puts the article aside and goes on to the next."""
    found = workspace.skip(database(), viewer(), id, request.form.get("reason", ""))
    session["notice"] = _("Skipped. It comes back when nothing else is left.")
    target = url_for("article.show", id=found) if found else url_for("project.home")
    if by_htmx():
        return Response(status=204, headers={"HX-Redirect": target})
    return make_response(redirect(target, 303))


@pages.post("/articles/<id>/flag")
def flag(id: str) -> Response:
    """Tells the managers of a problem."""
    workspace.flag(database(), viewer(), id, request.form.get("text", ""))
    if by_htmx():
        return _answer(Done(id, None, None), _("Flagged. The managers see it"))
    session["notice"] = _("Flagged. The managers see it.")
    return make_response(redirect(url_for("article.show", id=id), 303))


@pages.post("/articles/<id>/place")
def keep_place(id: str) -> Response:
    """Remembers where the reader is, and for how long there was work."""
    workspace.keep_place(database(), viewer(), id, number("at"), number("seconds"))
    return Response(status=204)
