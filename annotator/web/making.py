"""Making a project in the browser, as an admin."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, make_response, redirect, render_template, request, session, url_for

from annotator.actions import projects
from annotator.core.scheme import DEFAULT_SCHEME, Scheme, read_scheme
from annotator.errors import Missing, Refused
from annotator.store import projects as projects_store
from annotator.web.context import database, number, viewer
from annotator.web.languages import translate as _

pages = Blueprint("making", __name__)


@dataclass(frozen=True, slots=True)
class NewPage:
    """templates/project/new.html: what was sent, the projects whose scheme can be copied, `why` it is wrong `where`."""

    title: str
    name: str
    reviews: str
    copy: str
    projects: list[tuple[str, str]]
    where: str = ""
    why: str = ""


def _page(refused: Refused | None = None) -> Response:
    with database().read() as connection:
        there = [(one.slug, one.title) for one in projects_store.projects(connection)]
    form = request.form
    page = NewPage(
        form.get("title", ""), form.get("name", ""), form.get("reviews", "2"), form.get("copy", ""), there,
        (refused.where or "form") if refused else "", refused.why if refused else "",
    )  # fmt: skip
    return make_response(render_template("project/new.html", page=page), refused.status if refused else 200)


@pages.get("/new-project")
def form() -> Response:
    """The form."""
    viewer().require("manage people")
    return _page()


@pages.post("/new-project")
def make() -> Response:
    """Makes the project, or shows the form again with the reason beside the field."""
    me = viewer()
    me.require("manage people")
    name = request.form.get("name", "").strip()
    try:
        title = request.form.get("title", "").strip() or None
        made = projects.add_project(
            database(), name, title=title, scheme=_scheme(), reviews=number("reviews"), viewer=me
        )  # fmt: skip
    except Refused as refused:
        return _page(refused)
    session["notice"] = _("%(project)s is made. Add members, then load articles.", project=made.title)
    return make_response(redirect(url_for("members.members", slug=made.slug), 303))


def _scheme() -> Scheme:
    file = request.files.get("file")
    if file is not None and file.filename:
        try:
            return read_scheme(file.read(), file.filename)
        except Refused as refused:
            raise Refused(str(refused), where="file") from None
    slug = request.form.get("copy", "")
    if not slug:
        return DEFAULT_SCHEME
    with database().read() as connection:
        try:
            return projects_store.project(connection, slug).scheme
        except Missing as missing:
            raise Refused(missing.why, where="copy") from None
