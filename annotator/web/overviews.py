"""From values of core and store to the pages about projects and people (`views`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from annotator.core.access import Viewer
from annotator.core.assign import needed
from annotator.core.values import Project
from annotator.store import articles, desk, projects
from annotator.store import people as people_store
from annotator.web import views
from annotator.web.building import labels, state_in_words, title_of


def home(connection: Connection, viewer: Viewer) -> views.Home:
    """The start page: each project with what there is to do in it."""
    counts = projects.article_counts(connection)
    cards = []
    for project in projects.projects(connection, viewer):
        mine = articles.mine(connection, project.slug, viewer.name)
        adjudicates = viewer.may("adjudicate", project.slug)
        cards.append(views.ProjectCard(
            project.slug, project.title, _roles(viewer, project.slug), counts.get(project.slug, 0),
            sum(one.state in {"assigned", "in_progress"} for one in mine),
            sum(one.state == "submitted" for one in mine),
            len(articles.ready(connection, project)) if adjudicates else 0,
            viewer.may("tag", project.slug), adjudicates,
        ))  # fmt: skip
    return views.Home(cards, viewer.admin)


def _roles(viewer: Viewer, slug: str) -> str:
    held = sorted(viewer.roles.get(slug, ()))
    return ", ".join([*(["admin"] if viewer.admin else []), *held])


PAGE = 100
ON_BOARD = 25


def board(
    connection: Connection, viewer: Viewer, slug: str, *, after: int = 0, search: str = "",
    limit: int = PAGE, ready: Sequence[articles.Listed] = (), ready_in_all: int = 0,
) -> views.Board:  # fmt: skip
    """A project with a page of its articles, each with the viewer's own state.

    `ready` is what waits for adjudication, in order (`actions.queueing`), `ready_in_all` how many do.
    """
    viewer.require("see project", slug)
    project = projects.project(connection, slug)
    sees_progress = viewer.may("adjudicate", slug) or viewer.may("manage project", slug)
    adjudicates = viewer.may("adjudicate", slug)
    listed = articles.listed(connection, project, viewer.name, after=after, limit=limit + 1, search=search)
    return views.Board(
        slug=slug, title=project.title, roles=_roles(viewer, slug),
        rows=[_row(one, project, sees=sees_progress, adjudicates=adjudicates) for one in listed[:limit]],
        sees_progress=sees_progress,
        ready=[_row(one, project, sees=True, adjudicates=True) for one in ready[:limit]],
        ready_in_all=ready_in_all,
        may_export=viewer.may("export", slug), may_manage=viewer.may("manage project", slug),
        may_review=viewer.may("tag", slug),
        flags=_flags(connection, viewer, slug),
        next_page=listed[limit - 1].article.position if len(listed) > limit else None, search=search,
        spot_checks=adjudicates and project.spot_check > 0,
    )  # fmt: skip


def _flags(connection: Connection, viewer: Viewer, slug: str) -> list[views.FlagView]:
    if not viewer.may("manage project", slug):
        return []
    return [
        views.FlagView(one.id, one.article.id, title_of(one.article), one.name, one.text, one.at)
        for one in desk.flags(connection, slug)
    ]


def _row(one: articles.Listed, project: Project, *, sees: bool, adjudicates: bool) -> views.ArticleRow:
    closed, wanted = one.article.state == "closed", needed(project, one.article)
    progress = ""
    if sees:
        progress = "closed" if closed else f"{one.submitted} of {max(wanted, one.taken)} submitted"
        if one.article.stale:
            progress += ", gold stale"
    complete = one.submitted == one.taken and one.submitted >= wanted
    return views.ArticleRow(
        one.article.id, title_of(one.article), one.article.source or "", one.article.length, state_in_words(one.state),
        progress, adjudicates and complete, closed and sees,
    )  # fmt: skip


def settings(connection: Connection, viewer: Viewer, slug: str) -> views.SettingsPage:
    """A project's settings."""
    viewer.require("manage project", slug)
    project = projects.project(connection, slug)
    return views.SettingsPage(
        slug, project.title, project.reviews, project.auto_agreed, project.own_adjudication, project.hide_names,
        labels(project.scheme), len(projects.members(connection, slug)),
        auto_decide=str(project.auto_decide), reasons=project.own_reasons, spot_check=project.spot_check,
    )  # fmt: skip


def people(connection: Connection) -> views.PeoplePage:
    """All accounts with their roles."""
    rows = []
    for one in people_store.accounts(connection):
        held = people_store.roles(connection, one.name)
        roles = [f"{slug}: {role}" for slug in sorted(held) for role in sorted(held[slug])]
        rows.append(views.PersonRow(one.name, one.admin, one.disabled, one.password_hash is not None, roles))
    return views.PeoplePage(rows, [project.slug for project in projects.projects(connection)])


def account(connection: Connection, viewer: Viewer, cookies: Mapping[str, str]) -> views.AccountPage:
    """One's own account."""
    titles = {project.slug: project.title for project in projects.projects(connection)}
    roles = [(titles[slug], ", ".join(sorted(held))) for slug, held in sorted(viewer.roles.items())]
    return views.AccountPage(viewer.name, roles, cookies.get("theme", "system"), cookies.get("lines") == "on")
