"""Adjudication over the API (contract section 8), and what goes with it: relations, questions, notes, undo."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import msgspec
from flask import Blueprint, Response, request

from annotator.actions import adjudicating, asking, company, deciding, guidelines, linking, spot_checks
from annotator.core.decisions import Decision, Place, spread
from annotator.errors import Refused
from annotator.web import building, case_answers
from annotator.web.answers import ClosedAnswer, StateAnswer
from annotator.web.bodies import body, if_match, json_answer
from annotator.web.casework import people
from annotator.web.context import database, settings, viewer

pages = Blueprint("adjudication_api", __name__, url_prefix="/api/v1")
CASE: Final = "/articles/<id>/adjudication"


class GivenPlace(msgspec.Struct, forbid_unknown_fields=True):
    start: Any
    end: Any
    label: str


class GivenDecision(msgspec.Struct, forbid_unknown_fields=True):
    """`attributes`: one object for each of `variants` or `spans`, or one for all that have such an attribute."""

    action: str
    variants: list[int] | None = None
    spans: list[GivenPlace] | None = None
    reason: str = ""
    attributes: dict[str, Any] | list[dict[str, Any]] | None = None


class Addition(msgspec.Struct, forbid_unknown_fields=True):
    start: Any
    end: Any
    label: str
    quote: str | None = None
    reason: str = ""
    attributes: dict[str, Any] | None = None


class Reason(msgspec.Struct, forbid_unknown_fields=True):
    reason: str = ""


class Bulk(msgspec.Struct, forbid_unknown_fields=True):
    """Decide where at least so many reviewers agree."""

    at_least: int


class GivenLink(msgspec.Struct, forbid_unknown_fields=True, rename={"source": "from", "target": "to"}):
    """A relation between two spans of the gold so far."""

    type: str
    source: GivenPlace
    target: GivenPlace
    reason: str = ""


class LinkChoice(msgspec.Struct, forbid_unknown_fields=True):
    """`action` is accept or reject."""

    action: str
    reason: str = ""


class GivenQuestion(msgspec.Struct, forbid_unknown_fields=True):
    """`to` are reviewers as the groups name them; without any it goes to all in the group, or to all."""

    text: str
    group: str | None = None
    to: list[str] = []


class GivenNote(msgspec.Struct, forbid_unknown_fields=True):
    """`label` empty: about the guidelines as a whole."""

    group: str
    text: str
    label: str = ""


class Words(msgspec.Struct, forbid_unknown_fields=True):
    text: str


def _key() -> str | None:
    return request.headers.get("Idempotency-Key")


def _group_answer(id: str, group: str, status: int = 200) -> Response:
    case = adjudicating.open_case(database(), viewer(), id)
    response = json_answer(case_answers.group(case, case.find(group)), status)
    response.set_etag(case.version(group))
    return response


def _case_answer(id: str, status: int = 200) -> Response:
    case = adjudicating.open_case(database(), viewer(), id)
    return json_answer(case_answers.case(case), status)


@pages.get(CASE)
def show_case(id: str) -> Response:
    """The groups of an article whose needed reviews are submitted."""
    case = adjudicating.open_case(database(), viewer(), id)
    met = company.meet(database(), viewer(), case)
    return json_answer(case_answers.case(case, met.here))


@pages.put(f"{CASE}/<group>")
def decide(id: str, group: str) -> Response:
    """Decides on a group, in place of any earlier decision; with If-Match, only at that version of the group."""
    given = body(GivenDecision)
    if given.action not in {"accept", "edit", "reject"}:
        raise Refused(f"The action is accept, edit or reject, not {given.action!r}.", where="action")
    for name, belongs in (("variants", "accept"), ("spans", "edit")):
        if (getattr(given, name) is not None) != (given.action == belongs):
            raise Refused(f"{name} go with {belongs}, and {belongs} needs them.", where=name)
    if given.attributes is not None and given.action == "reject":
        raise Refused("A rejected group has no span to give attributes to.", where="attributes")
    places = tuple((place.start, place.end, place.label) for place in given.spans or ())
    decision = Decision(group, given.action, tuple(given.variants or ()), places, given.reason)  # type: ignore[arg-type]
    if isinstance(given.attributes, dict):
        case = adjudicating.open_case(database(), viewer(), id)
        decision = spread(decision, case.find(group), case.project.scheme, given.attributes)
    elif given.attributes is not None:
        decision = replace(decision, attributes=tuple(given.attributes))
    adjudicating.decide(database(), viewer(), id, decision, version=if_match(), key=_key())
    return _group_answer(id, group)


@pages.post(f"{CASE}/<group>/again")
def decide_again(id: str, group: str) -> Response:
    """Decides as before the reviews were changed, or as the gold was; with If-Match, only at that version."""
    deciding.again(database(), viewer(), id, group, version=if_match(), key=_key())
    return _case_answer(id)


@pages.delete(f"{CASE}/<group>")
def take_back(id: str, group: str) -> Response:
    """Takes a decision back; with If-Match, only at that version of the group."""
    adjudicating.take_back(database(), viewer(), id, group, version=if_match(), key=_key())
    return Response(status=204)


@pages.post(CASE)
def add_gold(id: str) -> Response:
    """Adds a span that no reviewer had."""
    new = body(Addition)
    place = (new.start, new.end, new.label)
    group = adjudicating.add(
        database(), viewer(), id, place, quote=new.quote, reason=new.reason, attributes=new.attributes
    )  # fmt: skip
    return _group_answer(id, group, 201)


@pages.post(f"{CASE}/bulk")
def decide_many(id: str) -> Response:
    """Accepts what at least so many reviewers have, in every group that is undecided: one step for undo."""
    decided = deciding.accept_where(database(), viewer(), id, body(Bulk).at_least, key=_key())
    return json_answer(case_answers.BulkAnswer(decided))


@pages.post(f"{CASE}/undo")
def undo_step(id: str) -> Response:
    """Takes my last step on the article back."""
    deciding.undo(database(), viewer(), id, key=_key())
    return _case_answer(id)


@pages.post(f"{CASE}/redo")
def redo_step(id: str) -> Response:
    """Does my step on the article that was taken back last again."""
    deciding.redo(database(), viewer(), id, key=_key())
    return _case_answer(id)


@pages.post(f"{CASE}/close")
def close(id: str) -> Response:
    """Makes the gold."""
    return json_answer(ClosedAnswer("closed", adjudicating.close(database(), viewer(), id)))


@pages.post(f"{CASE}/reopen")
def reopen_case(id: str) -> Response:
    """Opens a closed article again."""
    adjudicating.reopen(database(), viewer(), id, body(Reason).reason)
    return json_answer(StateAnswer("reopened"))


# -- relations


def _link_answer(id: str, link: str, status: int = 200) -> Response:
    case = adjudicating.open_case(database(), viewer(), id)
    response = json_answer(case_answers.link(case, case.link(link)), status)
    response.set_etag(case.version(link))
    return response


def _place(given: GivenPlace, where: str) -> Place:
    if type(given.start) is not int or type(given.end) is not int:
        raise Refused("start and end are integers.", where=where)
    return given.start, given.end, given.label


@pages.post(f"{CASE}/relations")
def add_gold_relation(id: str) -> Response:
    """Links two spans of the gold so far."""
    new = body(GivenLink)
    source, target = _place(new.source, "from"), _place(new.target, "to")
    link = linking.add(database(), viewer(), id, new.type, source, target, reason=new.reason, key=_key())
    return _link_answer(id, link, 201)


@pages.put(f"{CASE}/relations/<link>")
def settle_relation(id: str, link: str) -> Response:
    """Takes a relation into the gold, or leaves it out; with If-Match, only at that version of it."""
    given = body(LinkChoice)
    if given.action not in {"accept", "reject"}:
        raise Refused(f"The action is accept or reject, not {given.action!r}.", where="action")
    linking.settle(
        database(), viewer(), id, link, accepted=given.action == "accept", reason=given.reason, version=if_match(),
        key=_key(),
    )  # fmt: skip
    return _link_answer(id, link)


@pages.delete(f"{CASE}/relations/<link>")
def unsettle_relation(id: str, link: str) -> Response:
    """Takes the decision on a relation back, so that the rule holds again."""
    linking.take_back(database(), viewer(), id, link, version=if_match(), key=_key())
    return Response(status=204)


# -- questions and notes


@pages.post(f"{CASE}/questions")
def ask(id: str) -> Response:
    """Sends the article back to reviewers with a question; their reviews are re-opened."""
    given = body(GivenQuestion)
    to = people(adjudicating.open_case(database(), viewer(), id), given.to)
    asked = asking.ask(database(), viewer(), id, given.text, to=to, group=given.group)
    return json_answer(case_answers.AskedAnswer(len(asked)), 201)


@pages.post("/articles/<id>/questions/<question>")
def answer_question(id: str, question: str) -> Response:
    """Answers a question that went to me, while my review is open."""
    asking.answer(database(), viewer(), id, {question: body(Words).text})
    return Response(status=204)


@pages.post(f"{CASE}/notes")
def note_guideline(id: str) -> Response:
    """Notes what a group taught about the help of a label, or about the guidelines."""
    given = body(GivenNote)
    guidelines.note(database(), viewer(), id, given.group, given.label, given.text)
    return Response(status=204)


@pages.get("/projects/<slug>/spot-checks")
def list_spot_checks(slug: str) -> Response:
    """The articles with one review that are drawn to be looked through: always the same ones."""
    with database().read() as connection:
        project, found = spot_checks.chosen(connection, viewer(), slug, settings().secret_key)
    items = [
        case_answers.SpotAnswer(one.article.id, building.title_of(one.article), one.article.state, one.checked_by)
        for one in found
    ]
    return json_answer(case_answers.SpotList(project.spot_check, items))


@pages.post(f"{CASE}/checked")
def check_article(id: str) -> Response:
    """Says that I looked the article through."""
    spot_checks.check(database(), viewer(), id)
    return Response(status=204)


@pages.post("/projects/<slug>/spot-checks/close")
def close_unchecked(slug: str) -> Response:
    """Closes the articles with one review that are not drawn and have no open group."""
    closed = spot_checks.close_rest(database(), viewer(), slug, settings().secret_key)
    return json_answer(case_answers.SpotsClosed(closed))
