"""Pages about who one is: set-up, sign-in, own account, and the people an admin looks after."""

from __future__ import annotations

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, session, url_for

from annotator.actions import people
from annotator.errors import Missing, Refused
from annotator.store import people as people_store
from annotator.web import overviews
from annotator.web.context import database, settings, viewer
from annotator.web.guard import THEMES
from annotator.web.languages import languages

pages = Blueprint("account", __name__)


def signed_in(key: str, target: str) -> Response:
    """The answer that begins a session; nothing of the one before is carried over."""
    session.clear()
    session["id"] = key
    session.permanent = True
    return make_response(redirect(_safe(target), 303))


def _safe(target: str) -> str:
    """The address to go on to, if it is one of ours."""
    ours = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if ours else "/"


@pages.get("/login")
def login() -> str | Response:
    """The form to sign in with."""
    if g.viewer is not None:
        return make_response(redirect(_safe(request.args.get("next", "/"))))
    return render_template("account/login.html", error="", name="", next=request.args.get("next", "/"))


@pages.post("/login")
def sign_in() -> Response:
    """Signs in, or shows the form again with the reason."""
    name, target = request.form.get("name", "").strip(), request.form.get("next", "/")
    try:
        key = people.sign_in(
            database(), name, request.form.get("password", ""), request.remote_addr or "", settings().signin_failures
        )
    except Refused as refused:
        page = render_template("account/login.html", error=refused.why, name=name, next=target)
        return make_response(page, refused.status)
    return signed_in(key, target)


@pages.post("/logout")
def logout() -> Response:
    """Ends the session."""
    if "id" in session:
        with database().write() as connection:
            people_store.close_session(connection, session["id"])
    session.clear()
    return make_response(redirect(url_for("account.login"), 303))


@pages.get("/setup")
def setup() -> str:
    """The form behind the one-time link."""
    key = request.args.get("key", "")
    with database().read() as connection:
        if people_store.any_sign_in(connection) or not people_store.setup_key_holds(connection, key):
            raise Missing("This set-up link was used already or is not the newest one. The server prints it.")
    return render_template("account/setup.html", error="", name="", key=key)


@pages.post("/setup")
def set_up() -> Response:
    """Makes the first account and signs in to it."""
    form = request.form
    name, key = form.get("name", "").strip(), form.get("key", "")
    try:
        people.set_up(database(), key, name, form.get("password", ""))
    except Missing:
        raise
    except Refused as refused:
        page = render_template("account/setup.html", error=refused.why, name=name, key=key)
        return make_response(page, refused.status)
    with database().write() as connection:
        session_key = people_store.open_session(connection, name)
    return signed_in(session_key, "/")


@pages.get("/account")
def account() -> str:
    """My name, roles, password and display."""
    with database().read() as connection:
        page = overviews.account(connection, viewer(), request.cookies)
    return render_template("account/account.html", page=page)


@pages.post("/account/password")
def password() -> Response:
    """Sets my password; other sessions of mine end, this one goes on."""
    me = viewer()
    people.set_password(database(), me, me.name, request.form.get("new", ""), old=request.form.get("old", ""))
    with database().write() as connection:
        key = people_store.open_session(connection, me.name)
    response = signed_in(key, url_for("account.account"))
    session["notice"] = "Password changed. Your other sessions have ended."
    return response


@pages.post("/account/display")
def display() -> Response:
    """Keeps theme and line styles in this browser."""
    theme = request.form.get("theme", "system")
    response = make_response(redirect(_safe(request.form.get("next", url_for("account.account"))), 303))
    year = 365 * 24 * 3600
    response.set_cookie("theme", theme if theme in THEMES else "system", max_age=year, samesite="Lax", httponly=True)
    known = [code for code, _ in languages()]
    if request.form.get("language") in known:
        response.set_cookie("language", request.form["language"], max_age=year, samesite="Lax", httponly=True)
    lines = "on" if request.form.get("lines") else ""
    response.set_cookie("lines", lines, max_age=year, samesite="Lax", httponly=True)
    return response


@pages.get("/people")
def all_people() -> str:
    """All accounts, for admins."""
    viewer().require("manage people")
    with database().read() as connection:
        page = overviews.people(connection)
    return render_template("account/people.html", page=page)


@pages.post("/people")
def add_person() -> Response:
    """Makes an account, with a role in a project if one is chosen."""
    form = request.form
    project = form.get("project") or None
    name = form.get("name", "").strip()
    made = people.add_user(
        database(), name, password=form.get("password") or None, admin=bool(form.get("admin")), project=project,
        role=(form.get("role") or None) if project else None, viewer=viewer(),
    )  # fmt: skip
    session["notice"] = f"{name} added." if made else f"{name} has the role now."
    return make_response(redirect((form.get("next") and _safe(form["next"])) or url_for("account.all_people"), 303))


@pages.post("/people/<name>/<any(disable, enable):act>")
def switch_person(name: str, act: str) -> Response:
    """Disables or enables an account."""
    people.set_disabled(database(), name, disabled=act == "disable", viewer=viewer())
    session["notice"] = f"{name} is {act}d."
    return make_response(redirect(url_for("account.all_people"), 303))


@pages.post("/people/<name>/password")
def person_password(name: str) -> Response:
    """Sets someone's password, as an admin."""
    me = viewer()
    people.set_password(database(), me, name, request.form.get("password", ""))
    session["notice"] = f"{name} has a new password."
    return make_response(redirect(url_for("account.all_people"), 303))
