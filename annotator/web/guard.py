"""What every request passes through: host, origin, who asks, CSRF, and the headers of every answer."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, request, session

from annotator.core.access import Viewer
from annotator.errors import Forbidden, Refused, SignInNeeded
from annotator.store import people
from annotator.web.context import database, settings
from annotator.web.languages import language, languages

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
TAKE_FILES = frozenset({"loading.take"})
MAX_FILES = 2**30
THEMES = ("system", "light", "dark")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class WrongHost(Refused):
    status = 421
    title = "Not this host"


def register(app: Flask) -> None:
    """Hooks the checks into the app."""
    app.before_request(_check)
    app.after_request(_headers)
    app.context_processor(_for_templates)


def _check() -> None:
    g.viewer = None
    g.bearer = False
    if request.endpoint in {"health.alive", "health.ready"}:
        return  # asked by machines, under whatever address they know
    _check_host()
    if request.endpoint == "static":
        return
    if request.method not in SAFE:
        _check_origin()
    _identify()
    if g.viewer is not None and request.endpoint in TAKE_FILES:
        request.max_content_length = MAX_FILES
    if request.method not in SAFE and not g.bearer:
        _check_csrf()


def _check_host() -> None:
    """Answers only under known names, so that no foreign name can be pointed at us (DNS rebinding)."""
    allowed = settings().hosts
    name = (urlsplit(f"//{request.host}").hostname or "").lower()
    if name in LOOPBACK or name in allowed or "*" in allowed or (":any-address" in allowed and _is_address(name)):
        return
    raise WrongHost(f"This server does not answer to the name {name!r}; ANNOTATOR_HOSTS lists those it does.")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _check_origin() -> None:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        raise Forbidden("This request came from another site.")
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.host:
        raise Forbidden("This request came from another site.")


def _identify() -> None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer" and request.path.startswith("/api/"):
        with database().read() as connection:
            held = people.token_holder(connection, token.strip())
        if held is None:
            raise SignInNeeded("The token is not known, revoked or past its date.")
        g.viewer, scope = held
        g.bearer = True
        if scope == "read" and request.method not in SAFE:
            raise Forbidden("This token may only read.")
    elif "id" in session:
        with database().read() as connection:
            g.viewer = people.session_viewer(connection, session["id"])


def csrf_token() -> str:
    """The token that unsafe requests of this browser must carry."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


def _check_csrf() -> None:
    if g.viewer is None and (request.path.startswith("/api/") or request.headers.get("HX-Request")):
        raise SignInNeeded("Sign in to go on.")
    given = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    if "csrf" not in session or not hmac.compare_digest(given.encode(), str(session["csrf"]).encode()):
        raise Forbidden("The page was open too long, or the request is not from it. Reload the page and try again.")


def _headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CSP)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store" if g.get("viewer") else "no-cache")
        response.vary.update(("Accept-Language", "Cookie", "HX-Request"))
    return response


def _for_templates() -> dict[str, Any]:
    viewer: Viewer | None = g.get("viewer")
    theme = request.cookies.get("theme", "system")
    return {
        "viewer": viewer,
        "csrf_token": csrf_token(),
        "theme": theme if theme in THEMES else "system",
        "lines": request.cookies.get("lines") == "on",
        "locale": language(),
        "languages": languages(),
        "notice": session.pop("notice", ""),
    }
