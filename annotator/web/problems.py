"""The one place that turns refusals (and what should not happen) into pages, fragments and problem documents."""

from __future__ import annotations

import logging

import msgspec
from flask import Flask, Response, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from annotator.errors import Refused, SignInNeeded
from annotator.web.context import by_htmx
from annotator.web.languages import translate

log = logging.getLogger("annotator")


class _Plain(Refused):
    """An error of HTTP itself, such as an address that no route has."""


_WORDS = {
    404: ("Not found", "There is nothing here under this address, or it is not yours to see."),
    405: ("Not here", "This address does not take that kind of request."),
    413: ("Too large", "The request is larger than this server takes."),
    500: ("Something broke", "This should not have happened, and it was not your doing. Nothing half done was kept."),
}


def register(app: Flask) -> None:
    """Hooks the handlers into the app."""
    app.register_error_handler(Refused, answer)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _of_bug)


def answer(refused: Refused) -> Response:
    """The refusal in the form that the client asked in: problem document, fragment or page."""
    if request.path.startswith("/api/"):
        response = Response(msgspec.json.encode(problem(refused)), refused.status, mimetype="application/problem+json")
        if refused.status == 401:
            response.headers["WWW-Authenticate"] = 'Bearer realm="annotator"'
        return response
    if by_htmx():
        return make_response(render_template("_problem.html", problem=_view(refused)), refused.status)
    if isinstance(refused, SignInNeeded):
        return make_response(redirect(url_for("account.login", next=_back())))
    return make_response(render_template("problem.html", problem=_view(refused)), refused.status)


def problem(refused: Refused) -> dict[str, object]:
    """The refusal as a problem document (RFC 9457)."""
    found: dict[str, object] = {"title": refused.title, "status": refused.status, "detail": refused.why}
    if refused.where:
        found["where"] = refused.where
    return {**found, **{name: value for name, value in refused.extra.items() if name not in found}}


def _view(refused: Refused) -> dict[str, object]:
    return {
        "title": translate(refused.title), "status": refused.status, "why": translate(refused.why),
        "where": refused.where or "", "extra": refused.extra,
        "back": request.referrer if request.referrer != request.url else None,
    }  # fmt: skip


def _back() -> str:
    return request.full_path.rstrip("?") if request.method == "GET" else "/"


def _of_http(error: HTTPException) -> Response:
    if error.code is not None and error.code < 400:
        return make_response(error.get_response())
    code = error.code or 500
    title, why = _WORDS.get(code, (error.name, error.description or error.name))
    plain = _Plain(why)
    plain.status, plain.title = code, title
    response = answer(plain)
    for name, value in error.get_headers():
        if name.lower() == "allow":
            response.headers[name] = value
    return response


def _of_bug(error: Exception) -> Response:
    log.error("%s %s", request.method, request.path, exc_info=error)
    plain = _Plain(_WORDS[500][1])
    plain.status, plain.title = 500, _WORDS[500][0]
    return answer(plain)
