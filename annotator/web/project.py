"""Pages of a project: board, articles, settings. And the start page."""

from __future__ import annotations

from typing import Any, cast

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)

from annotator.actions import boarding, projects, queueing, reviewing, workspace
from annotator.errors import Missing
from annotator.store import projects as projects_store
from annotator.web import overviews
from annotator.web.boards import board_view
from annotator.web.context import by_htmx, database, kept, number, viewer

pages = Blueprint("project", __name__)


@pages.get("/")
def home() -> Response:
    """My work."""
    if g.viewer is None:
        return make_response(redirect(url_for("account.login")))
    with database().read() as connection:
        page = overviews.home(connection, viewer())
    return make_response(render_template("home.html", page=page))


@pages.get("/projects/<slug>")
def board(slug: str) -> str:
    """The project at a glance."""
    me = viewer()
    boards = cast("boarding.Kept", current_app.extensions["boards"])
    ready = queueing.queue(database(), me, slug, kept()) if me.may("adjudicate", slug) else []
    with database().read() as connection:
        progress, waiting = board_view(connection, me, slug, boards)
        page = overviews.board(
            connection, me, slug, limit=overviews.ON_BOARD, ready=ready, ready_in_all=waiting
        )  # fmt: skip
    return render_template("project/board.html", page=page, progress=progress)


@pages.get("/projects/<slug>/articles")
def articles(slug: str) -> str:
    """The project's articles, page by page, and search."""
    after = request.args.get("after", "0")
    if not after.isdecimal() or len(after) > 15:
        raise Missing("There is no such page.")
    with database().read() as connection:
        search = request.args.get("q", "").strip()
        page = overviews.board(connection, viewer(), slug, after=int(after), search=search)
    return render_template("project/articles.html", page=page)


@pages.post("/projects/<slug>/next")
def take_next(slug: str) -> Response:
    """Goes on to the article to review next."""
    found = reviewing.take_next(database(), viewer(), slug)
    if found is None:
        session["notice"] = "No article is left for you here. Come back when more are loaded."
    target = url_for("article.show", id=found) if found else url_for("project.board", slug=slug)
    if by_htmx():
        return Response(status=204, headers={"HX-Redirect": target})
    return make_response(redirect(target, 303))


@pages.get("/projects/<slug>/labels.css")
def labels_css(slug: str) -> Response:
    """The colours of the project's labels."""
    with database().read() as connection:
        viewer().require("see project", slug)
        scheme = projects_store.project(connection, slug).scheme
    labels = []
    for label in scheme.labels:
        light, _, dark = (label.color or "#1d4ed8/#7aa2ff").partition("/")
        labels.append((label.name, light, dark or light, label.line))
    response = make_response(render_template("labels.css.j2", labels=labels))
    response.mimetype = "text/css"
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    return response.make_conditional(request)


@pages.get("/projects/<slug>/settings")
def settings(slug: str) -> str:
    """Settings and members."""
    with database().read() as connection:
        page = overviews.settings(connection, viewer(), slug)
    return render_template("project/settings.html", page=page)


def _back(slug: str, notice: str) -> Response:
    session["notice"] = notice
    return make_response(redirect(url_for("project.settings", slug=slug), 303))


@pages.post("/projects/<slug>/settings")
def change_settings(slug: str) -> Response:
    """Changes the settings."""
    form = request.form
    fields: dict[str, Any] = {name: bool(form.get(name)) for name in ("own_adjudication", "hide_names")}
    if "auto_decide" in form:
        fields["auto_decide"] = form["auto_decide"]
    else:
        fields["auto_agreed"] = bool(form.get("auto_agreed"))
    if "reasons" in form:
        fields["reasons"] = form["reasons"].splitlines()
    if "spot_check" in form:
        fields["spot_check"] = number("spot_check")
    projects.change_project(
        database(), viewer(), slug, title=form.get("title", ""), reviews=number("reviews"), **fields
    )  # fmt: skip
    return _back(slug, "Settings saved.")


@pages.post("/flags/<id>/resolve")
def resolve_flag(id: str) -> Response:
    """Ends a problem that was flagged."""
    slug = workspace.resolve_flag(database(), viewer(), id)
    session["notice"] = "Resolved."
    return make_response(redirect(url_for("project.board", slug=slug), 303))
