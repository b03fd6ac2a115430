"""Members of a project, invitations into it, and the page behind an invitation."""

from __future__ import annotations

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, session, url_for

from annotator.actions import inviting, projects
from annotator.errors import Missing, Refused
from annotator.store import invitations, people
from annotator.store import projects as projects_store
from annotator.web import views
from annotator.web.account import signed_in
from annotator.web.context import database, number, settings, viewer
from annotator.web.languages import translate as _

pages = Blueprint("members", __name__)


@pages.get("/projects/<slug>/members")
def members(slug: str) -> str:
    """Members with their roles, and invitations."""
    return _page(slug)


def _page(slug: str, link: str = "") -> str:
    me = viewer()
    me.require("manage project", slug)
    with database().read() as connection:
        project = projects_store.project(connection, slug)
        rows = [views.MemberRow(name, roles) for name, roles in projects_store.members(connection, slug).items()]
        # Who manages a project may add people to it; the list of all accounts is the admins'.
        everyone = [one.name for one in people.accounts(connection) if not one.disabled] if me.admin else []
        invited = invitations.of_project(connection, slug)
    page = views.MembersPage(slug, project.title, rows, everyone, invited, link)
    return render_template("project/members.html", page=page)


def _back(slug: str, notice: str) -> Response:
    session["notice"] = notice
    return make_response(redirect(url_for("members.members", slug=slug), 303))


@pages.post("/projects/<slug>/members")
def add_member(slug: str) -> Response:
    """Gives a person a role."""
    name, role = request.form.get("name", "").strip(), request.form.get("role", "")
    projects.add_member(database(), slug, name, role, viewer=viewer())
    return _back(slug, _("%(name)s is %(role)s now.", name=name, role=_(role)))


@pages.post("/projects/<slug>/members/remove")
def remove_member(slug: str) -> Response:
    """Takes a role away."""
    name, role = request.form.get("name", ""), request.form.get("role", "")
    projects.remove_member(database(), viewer(), slug, name, role)
    return _back(slug, _("%(name)s is no longer %(role)s.", name=name, role=_(role)))


@pages.post("/projects/<slug>/invitations")
def invite(slug: str) -> str:
    """Makes an invitation and shows its link, this once."""
    me = viewer()
    me.require("manage project", slug)
    made = inviting.invite(
        database(), me, slug, request.form.get("role", ""), uses=number("uses"), days=number("days")
    )  # fmt: skip
    return _page(slug, url_for("members.invitation", key=made.key, _external=True))


@pages.post("/projects/<slug>/invitations/<id>/revoke")
def revoke(slug: str, id: str) -> Response:
    """Makes an invitation useless."""
    inviting.revoke(database(), viewer(), slug, id)
    return _back(slug, _("The invitation is revoked."))


@pages.get("/join")
def invitation() -> str:
    """What an invitation is to: a form for a new account, or a button for who is signed in."""
    return _join_page(request.args.get("key", ""))


def _invitation(key: str) -> invitations.Invitation:
    return inviting.look(database(), key, request.remote_addr or "", settings().signin_failures)


def _join_page(key: str, error: str = "", name: str = "") -> str:
    found = _invitation(key)
    with database().read() as connection:
        title = projects_store.project(connection, found.project).title
    return render_template("account/join.html", key=key, title=title, role=found.role, error=error, name=name)


@pages.post("/join")
def join() -> Response:
    """Makes the account and signs in to it; or gives who is signed in the role."""
    key = request.form.get("key", "")
    _invitation(key)
    if g.viewer is not None:
        slug = inviting.join(database(), viewer(), key)
        session["notice"] = _("You are a member now.")
        return make_response(redirect(url_for("project.board", slug=slug), 303))
    name = request.form.get("name", "").strip()
    try:
        slug = inviting.join_anew(database(), key, name, request.form.get("password", ""))
    except Missing:
        raise
    except Refused as refused:
        return make_response(_join_page(key, refused.why, name), refused.status)
    with database().write() as connection:
        session_key = people.open_session(connection, name)
    return signed_in(session_key, url_for("project.board", slug=slug))
