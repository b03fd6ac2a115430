"""From the adjudication page to others: questions to reviewers, the guideline loop, spot checks."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, url_for

from annotator.actions import adjudicating, asking, guidelines, spot_checks
from annotator.core.access import Viewer
from annotator.core.values import Article
from annotator.store.asking import Unclear
from annotator.web import building, case_views
from annotator.web.adjudication import answered, away
from annotator.web.casework import columns, people
from annotator.web.context import database, settings, viewer

pages = Blueprint("guidelines", __name__)


@pages.post("/articles/<id>/adjudicate/questions")
def ask(id: str) -> Response:
    """Sends the article back to reviewers with a question."""
    form, me = request.form, viewer()
    case = adjudicating.open_case(database(), me, id)
    to = people(case, form.getlist("to"))
    asked = asking.ask(database(), me, id, form.get("text", ""), to=to, group=form.get("group") or None)
    letters = columns(case)
    names = ", ".join(sorted(letters[name] for name in asked))
    return away(url_for("project.board", slug=case.project.slug), f"Sent back to {names}. It returns when all submit.")


@pages.post("/articles/<id>/adjudicate/notes")
def note(id: str) -> Response:
    """Notes what a group taught about the guidelines."""
    form = request.form
    guidelines.note(
        database(), viewer(), id, form.get("group", ""), form.get("label", ""), form.get("text", "")
    )  # fmt: skip
    return answered(id, "Noted for the guidelines", form.get("group", ""))


@pages.post("/articles/<id>/adjudicate/checked")
def checked(id: str) -> Response:
    """Says that I looked the article through."""
    spot_checks.check(database(), viewer(), id)
    return answered(id, "Looked through")


@pages.get("/projects/<slug>/guidelines")
def loop(slug: str) -> str:
    """What disputed groups taught, and which were decided as unclear."""
    me = viewer()
    with database().read() as connection:
        found = guidelines.loop(connection, me, slug)
    notes, groups = ([_unclear(me, slug, one) for one in many] for many in (found.notes, found.groups))
    page = case_views.GuidelinesPage(
        slug, found.project.title, me.may("manage project", slug),
        [one for one in notes if one.since is None], [one for one in groups if one.since is None],
        [one for one in (*notes, *groups) if one.since is not None],
    )  # fmt: skip
    return render_template("project/guidelines.html", page=page)


def _unclear(me: Viewer, slug: str, one: Unclear) -> case_views.UnclearView:
    return case_views.UnclearView(
        one.article.id, building.title_of(one.article), one.group if me.may("adjudicate", slug) else "", one.label,
        one.text, one.by, one.at, one.since,
    )  # fmt: skip


@pages.get("/projects/<slug>/spot-checks")
def spots(slug: str) -> str:
    """The articles with one review that are to be looked through."""
    with database().read() as connection:
        project, found = spot_checks.chosen(connection, viewer(), slug, settings().secret_key)
    rows = [
        case_views.SpotRow(one.article.id, building.title_of(one.article), _state(one.article), one.checked_by or "")
        for one in found
    ]
    done = sum(bool(row.checked_by) for row in rows)
    page = case_views.SpotChecks(slug, project.title, project.spot_check, rows, done)
    return render_template("project/spot_checks.html", page=page)


def _state(article: Article) -> str:
    return "closed" if article.state == "closed" else "submitted"


@pages.post("/projects/<slug>/spot-checks/close")
def close_rest(slug: str) -> Response:
    """Closes what is not to be checked and has no open group."""
    closed = spot_checks.close_rest(database(), viewer(), slug, settings().secret_key)
    return away(url_for("guidelines.spots", slug=slug), f"Closed {closed}.")
