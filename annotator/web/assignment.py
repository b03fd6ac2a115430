"""Who gets which article: the manager's page, and the same for programs."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Blueprint, Response, make_response, redirect, render_template, request, session, url_for

from annotator.actions import assigning
from annotator.actions.assigning import Chosen, Report
from annotator.core.assign import Rules, parse_shares
from annotator.errors import Refused
from annotator.store import projects as projects_store
from annotator.web.bodies import body as body_as
from annotator.web.bodies import json_answer
from annotator.web.context import database, number, viewer
from annotator.web.giving import assignment_page
from annotator.web.languages import translate as _

pages = Blueprint("assignment", __name__)


@pages.get("/projects/<slug>/assignment")
def show(slug: str) -> str:
    """The rules, batches and open reviews of a project."""
    with database().read() as connection:
        page = assignment_page(connection, viewer(), slug)
    return render_template("project/assignment.html", page=page)


def _back(slug: str, notice: str) -> Response:
    session["notice"] = notice
    return make_response(redirect(url_for("assignment.show", slug=slug), 303))


@pages.post("/projects/<slug>/assignment")
def change_rules(slug: str) -> Response:
    """Changes the rules."""
    form = request.form
    assigning.change_rules(
        database(), viewer(), slug, order=form.get("order", ""), queue=form.get("queue", ""),
        return_hours=_optional("return_hours"), shared_percent=number("shared_percent"),
    )  # fmt: skip
    return _back(slug, _("Rules saved."))


def _optional(name: str) -> int | None:
    return number(name) if request.form.get(name, "").strip() else None


def _choice() -> Chosen:
    """The articles that the form names; the fields left empty choose nothing."""
    form = request.form
    keys = [line.strip() for line in form.get("articles", "").splitlines() if line.strip()]
    return Chosen(
        articles=keys or None, first=_optional("first"), last=_optional("last"),
        loaded_at=form.get("loaded_at") or None, batch=form.get("batch") or None,
    )  # fmt: skip


def _signed(name: str) -> int:
    text = request.form.get(name, "").strip().replace("−", "-")
    if not text.removeprefix("-").isdecimal() or len(text) > 15:
        raise Refused(f"{name} must be a whole number, not {text!r}.", where=name)
    return int(text)


@pages.post("/projects/<slug>/assignment/priority")
def set_priority(slug: str) -> Response:
    """Gives articles a priority."""
    changed = assigning.set_priority(database(), viewer(), slug, _choice(), _signed("priority"))
    return _back(slug, _("Priority set: %(n)s articles.", n=changed))


@pages.post("/projects/<slug>/assignment/give")
def give(slug: str) -> Response:
    """Gives these articles to this reviewer."""
    name = request.form.get("reviewer", "")
    return _back(slug, _words(assigning.give(database(), viewer(), slug, name, _choice())))


@pages.post("/projects/<slug>/assignment/share")
def give_by_share(slug: str) -> Response:
    """Gives each reviewer a per cent of the reviews needed."""
    named = [name.removeprefix("share.") for name, value in request.form.items() if name.startswith("share.") and value]
    shares = {name: number(f"share.{name}") for name in named}
    batch = request.form.get("batch") or None
    report = assigning.give_by_share(database(), viewer(), slug, {n: p for n, p in shares.items() if p}, batch)
    return _back(slug, _words(report))


@pages.post("/projects/<slug>/assignment/round")
def give_by_round(slug: str) -> Response:
    """Gives every reviewer articles until each has so many."""
    batch = request.form.get("batch") or None
    return _back(slug, _words(assigning.give_by_round(database(), viewer(), slug, number("each"), batch)))


def _words(report: Report) -> str:
    given = ", ".join(f"{name} {count}" for name, count in sorted(report.given.items()) if count)
    parts = [_("Given: %(numbers)s.", numbers=given) if given else _("Nothing to give.")]
    parts += [_("%(n)s were theirs already.", n=report.already)] if report.already else []
    parts += [_("%(n)s have no place free.", n=report.full)] if report.full else []
    return " ".join(parts)


@pages.post("/projects/<slug>/assignment/gold")
def use_gold(slug: str) -> Response:
    """Puts articles with gold to use, or ends that."""
    changed = assigning.use_gold(database(), viewer(), slug, _choice(), request.form.get("purpose") or None)
    return _back(slug, _("Use of gold changed: %(n)s articles.", n=changed))


@pages.post("/projects/<slug>/batches")
def fill_batch(slug: str) -> Response:
    """Puts articles into a batch."""
    name = request.form.get("name", "")
    changed = assigning.fill_batch(database(), viewer(), slug, name, _choice())
    return _back(slug, _("Batch %(name)s: %(n)s articles put in.", name=name, n=changed))


@pages.post("/projects/<slug>/batches/change")
def change_batch(slug: str) -> Response:
    """Opens, pauses, moves or ends a batch, or gives it a number of reviews."""
    db, me, name, act = database(), viewer(), request.form.get("name", ""), request.form.get("act", "")
    if act in {"pause", "open"}:
        assigning.change_batch(db, me, slug, name, paused=act == "pause")
    elif act in {"earlier", "later"}:
        assigning.move_batch(db, me, slug, name, -1 if act == "earlier" else 1)
    elif act == "reviews":
        assigning.change_batch(db, me, slug, name, reviews=_optional("reviews"))
    elif act == "remove":
        assigning.remove_batch(db, me, slug, name)
    else:
        raise Refused(f"There is no act {act!r} for a batch.", where="act")
    return _back(slug, _("Batch %(name)s changed.", name=name))


@pages.post("/articles/<id>/take-back")
def take_back(id: str) -> Response:
    """Takes a review from someone, and gives the article to someone else, if named."""
    form = request.form
    slug = assigning.take_back(database(), viewer(), id, form.get("from", ""), form.get("to") or None)
    return _back(slug, _("Taken back."))


# -- for programs


class RulesChange(msgspec.Struct, forbid_unknown_fields=True):
    """The rules that are set; the others stay."""

    order: str | msgspec.UnsetType = msgspec.UNSET
    queue: str | msgspec.UnsetType = msgspec.UNSET
    return_hours: int | msgspec.UnsetType | None = msgspec.UNSET
    shared_percent: int | msgspec.UnsetType = msgspec.UNSET


class NewAssignment(msgspec.Struct, forbid_unknown_fields=True):
    """Giving out in one way: `reviewer` and the articles, `shares` (per cents by reviewer), or `each` (a round)."""

    reviewer: str | None = None
    articles: list[str] | None = None
    shares: dict[str, int] | None = None
    each: int | None = None
    batch: str | None = None


class AssignmentAnswer(msgspec.Struct):
    """How many reviews each was given, how many they had already, how many articles had no place free."""

    given: dict[str, int]
    already: int
    full: int


class Ranking(msgspec.Struct, forbid_unknown_fields=True):
    priority: int
    articles: list[str] | None = None
    first: int | None = None
    last: int | None = None
    batch: str | None = None


class RankingAnswer(msgspec.Struct):
    articles: int


@pages.get("/api/v1/projects/<slug>/assignment")
def show_rules(slug: str) -> Response:
    """How the project gives its articles out."""
    me = viewer()
    me.require("manage project", slug)
    with database().read() as connection:
        rules: Rules = projects_store.project(connection, slug).rules
    return json_answer(rules)


@pages.patch("/api/v1/projects/<slug>/assignment")
def patch_rules(slug: str) -> Response:
    """Changes the rules that are given."""
    me = viewer()
    me.require("manage project", slug)
    fields: dict[str, Any] = msgspec.to_builtins(body_as(RulesChange))
    return json_answer(assigning.change_rules(database(), me, slug, **fields))


@pages.post("/api/v1/projects/<slug>/assignments")
def assign(slug: str) -> Response:
    """Gives articles to a reviewer, to all by share, or to all by round; done again, it gives nothing more."""
    db, me = database(), viewer()
    me.require("manage project", slug)
    new = body_as(NewAssignment)
    if sum(one is not None for one in (new.reviewer, new.shares, new.each)) != 1:
        raise Refused("Give reviewer, shares or each, one of them.", where="reviewer")
    if new.shares is not None:
        report = assigning.give_by_share(db, me, slug, parse_shares(new.shares.items()), new.batch)
    elif new.each is not None:
        report = assigning.give_by_round(db, me, slug, new.each, new.batch)
    else:
        chosen = Chosen(articles=new.articles, batch=new.batch)
        report = assigning.give(db, me, slug, new.reviewer or "", chosen)
    return json_answer(AssignmentAnswer(report.given, report.already, report.full))


@pages.post("/api/v1/projects/<slug>/priorities")
def rank(slug: str) -> Response:
    """Gives articles a priority, the highest first in line."""
    me = viewer()
    me.require("manage project", slug)
    new = body_as(Ranking)
    chosen = Chosen(articles=new.articles, first=new.first, last=new.last, batch=new.batch)
    return json_answer(RankingAnswer(assigning.set_priority(database(), me, slug, chosen, new.priority)))
