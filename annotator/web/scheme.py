"""A project's scheme: edited row by row, as a file up and down, and its versions with what changed between two."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, redirect, render_template, request, session, url_for

from annotator.actions import projects
from annotator.core.scheme import Scheme, read_scheme
from annotator.errors import Conflict, Missing, Refused
from annotator.formats.scheme_file import MIME, as_toml, write_scheme
from annotator.store import projects as projects_store
from annotator.store import schemes
from annotator.web.context import database, number, viewer
from annotator.web.languages import translate as _
from annotator.web.scheme_form import Form, act, form_of, read_form, samples, scheme_in

pages = Blueprint("scheme", __name__)


@dataclass(frozen=True, slots=True)
class SchemePage:
    """templates/project/scheme.html. `used` can neither be removed nor renamed; `message` is what went wrong."""

    slug: str
    title: str
    version: int
    form: Form
    used: schemes.InUse
    message: str = ""
    upload_error: str = ""


def _page(slug: str, form: Form | None = None, message: str = "", upload_error: str = "") -> Response:
    viewer().require("manage project", slug)
    with database().read() as connection:
        project = projects_store.project(connection, slug)
        used = schemes.in_use(connection, project)
    form = form or form_of(project.scheme)
    page = SchemePage(slug, project.title, project.scheme_version, form, used, message, upload_error)
    wrong = bool(message or upload_error or form.errors)
    return make_response(render_template("project/scheme.html", page=page, samples=samples), 422 if wrong else 200)


@pages.get("/projects/<slug>/scheme")
def edit(slug: str) -> Response:
    """The scheme as a form."""
    return _page(slug)


@pages.post("/projects/<slug>/scheme")
def change(slug: str) -> Response:
    """Does what the button says: rows come, go and move; `look` shows the form again; `save` makes a version."""
    viewer().require("manage project", slug)
    form = read_form(request.form)
    words = request.form.get("act", "save")
    if words == "look":
        scheme_in(form)
        return _page(slug, form)
    if words != "save":
        act(form, words)
        return _page(slug, form)
    scheme = scheme_in(form)
    if scheme is None:
        return _page(slug, form, _("Not saved: what is wrong stands beside the fields."))
    return _save(slug, form, scheme)


def _save(slug: str, form: Form, scheme: Scheme) -> Response:
    with database().read() as connection:
        newest = projects_store.project(connection, slug).scheme_version
    if number("version") != newest:
        return _page(slug, form, _("Not saved: the scheme was changed meanwhile. Save again to put yours over it."))
    try:
        made = projects.change_scheme(database(), viewer(), slug, scheme)
    except Conflict as refused:
        form.errors[refused.where or "labels", None, ""] = refused.why
        return _page(slug, form, _("Not saved: what is wrong stands beside the fields."))
    session["notice"] = _("Saved as version %(n)s.", n=made) if made != newest else _("Nothing was changed.")
    return make_response(redirect(url_for("scheme.edit", slug=slug), 303))


@pages.post("/projects/<slug>/scheme/upload")
def upload(slug: str) -> Response:
    """Fills the form in from a file; nothing is saved yet."""
    viewer().require("manage project", slug)
    file = request.files.get("file")
    if file is None or not file.filename:
        return _page(slug, upload_error=_("Choose a file first: TOML or JSON."))
    try:
        scheme = read_scheme(file.read(), file.filename)
    except Refused as refused:
        return _page(slug, upload_error=str(refused))
    session["notice"] = _("%(file)s is read in below. It counts once you save it.", file=file.filename)
    return _page(slug, form_of(scheme))


@pages.get("/projects/<slug>/scheme/download")
def download(slug: str) -> Response:
    """The scheme, or an older `version` of it, as a file."""
    viewer().require("manage project", slug)
    form = request.args.get("format", "toml")
    with database().read() as connection:
        wanted = _asked("version", projects_store.project(connection, slug).scheme_version)
        data = write_scheme(schemes.version(connection, slug, wanted), form)
    response = Response(data, mimetype=MIME[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-scheme-{wanted}.{form}"'
    return response


@dataclass(frozen=True, slots=True)
class DiffLine:
    """`sign` is +, - or a space; § begins another place."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class VersionsPage:
    """templates/project/scheme_versions.html: all versions, and what changed from one to another."""

    slug: str
    title: str
    versions: list[schemes.Version]
    older: int
    newer: int
    diff: list[DiffLine]


@pages.get("/projects/<slug>/scheme/versions")
def versions(slug: str) -> str:
    """Who changed the scheme when, and what."""
    viewer().require("manage project", slug)
    with database().read() as connection:
        project = projects_store.project(connection, slug)
        found = schemes.versions(connection, slug)
    newer = _asked("to", project.scheme_version)
    older = _asked("from", max(newer - 1, 1))
    by_number = {one.number: one.scheme for one in found}
    if newer not in by_number or older not in by_number:
        raise Missing(_("The scheme has no such version."), where="version")
    page = VersionsPage(slug, project.title, found, older, newer, diff(by_number[older], by_number[newer]))
    return render_template("project/scheme_versions.html", page=page)


def _asked(name: str, default: int) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isdecimal() and len(text) <= 9 else default


def diff(older: Scheme, newer: Scheme) -> list[DiffLine]:
    """What changed, as lines of TOML with three unchanged ones around; nothing between equal schemes."""
    lines = difflib.unified_diff(as_toml(older).splitlines(), as_toml(newer).splitlines(), lineterm="")
    found = []
    for place, line in enumerate(lines):
        if place < 2:  # the names of the files compared
            continue
        found.append(DiffLine("§", "") if line.startswith("@@") else DiffLine(line[0], line[1:]))
    return found
