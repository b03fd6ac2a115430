"""How reviewers compare with the gold: the manager's page, and the same as CSV and JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from flask import Blueprint, Response, make_response, render_template, request
from sqlalchemy import Connection

from annotator.actions import qualifying
from annotator.actions.qualifying import COLUMNS, ORDINARY, Accuracy, figures
from annotator.core.access import Viewer
from annotator.core.agreement_counts import ANY
from annotator.core.quality import Record, Tally, relaxed, strict
from annotator.errors import Refused
from annotator.store import projects
from annotator.web.bodies import json_answer
from annotator.web.charts import Trend, trend
from annotator.web.context import database, viewer
from annotator.web.measures import Figure, figure

pages = Blueprint("quality", __name__)
KINDS: Final = ("check", "training", ORDINARY)
WEEKS: Final = 26
NOBODY = "nobody marked this label"
NOTHING = "nobody marked anything"


@dataclass(frozen=True, slots=True)
class LabelCell:
    """A label of one reviewer: how many spans the gold has and the reviewer marked, and the measures."""

    name: str
    title: str
    gold: int
    marked: int
    precision: Figure
    recall: Figure
    f1: Figure
    relaxed: Figure


@dataclass(frozen=True, slots=True)
class ReviewerCard:
    """A reviewer: the measures over all labels, one row a label, and F1 by week as a drawing and a table."""

    name: str
    articles: int
    same: int
    whole: LabelCell
    labels: list[LabelCell]
    trend: Trend
    weeks: list[tuple[str, int, Figure]]


@dataclass(frozen=True, slots=True)
class QualityPage:
    """templates/project/quality.html. `purpose` is the kind of reviews shown, empty for all of them."""

    slug: str
    title: str
    purpose: str
    kinds: list[tuple[str, int]]
    reviewers: list[ReviewerCard]
    gold: int


@pages.get("/projects/<slug>/quality")
def show(slug: str) -> Response:
    """Each reviewer's accuracy against the gold, by label and over time; `?purpose=` one kind of reviews."""
    me = viewer()
    me.require("manage project", slug)
    form, purpose = request.args.get("format", "html"), request.args.get("purpose", "")
    if form not in _FORMS:
        raise Refused(f"There is no format {form!r}; choose {', '.join(_FORMS)}.", where="format")
    if purpose not in {"", *KINDS}:
        raise Refused(f"There is no purpose {purpose!r}; choose {', '.join(KINDS)}.", where="purpose")
    qualifying.serve_all(database(), me, slug)
    with database().read() as connection:
        return _FORMS[form](connection, me, slug, purpose)


def _html(connection: Connection, me: Viewer, slug: str, purpose: str) -> Response:
    project = projects.project(connection, slug)
    found = qualifying.accuracies(connection, me, project)
    titles = {label.name: label.title or label.name for label in project.scheme.labels}
    counted = [(kind, sum(_of(one, kind).articles for one in found)) for kind in KINDS]
    cards = [card for one in found if (card := _card(one, purpose, titles)).articles]
    page = QualityPage(slug, project.title, purpose, counted, cards, sum(number for _, number in counted))
    return make_response(render_template("project/quality.html", page=page))


def _of(one: Accuracy, purpose: str) -> Record:
    return _pooled(one.by_purpose, purpose)


def _pooled(records: Mapping[str, Record], purpose: str) -> Record:
    """The records of that kind, or of all kinds, as one."""
    whole = Record()
    for kind, record in records.items():
        if purpose in {"", kind}:
            whole.articles += record.articles
            whole.same += record.same
            for label, tally in record.labels.items():
                whole.labels.setdefault(label, Tally()).add(tally)
    return whole


def _card(one: Accuracy, purpose: str, titles: Mapping[str, str]) -> ReviewerCard:
    record = _of(one, purpose)
    named = [*titles, *sorted(record.labels.keys() - {*titles, ANY})]
    by_week = {week: _pooled(kinds, purpose) for week, kinds in sorted(one.by_week.items())}
    weeks = [
        (week, found.articles, _f1(found.labels[ANY]))
        for week, found in by_week.items() if found.articles
    ][-WEEKS:]  # fmt: skip
    return ReviewerCard(
        one.name, record.articles, record.same, _cell(ANY, ANY, record.labels.get(ANY, Tally()), NOTHING),
        [_cell(name, titles.get(name, name), record.labels.get(name, Tally()), NOBODY) for name in named],
        trend([(week, f1.value) for week, _, f1 in weeks]), weeks,
    )  # fmt: skip


def _f1(tally: Tally) -> Figure:
    found = strict(tally)
    return figure(found[2] if found else None, NOTHING)


def _cell(name: str, title: str, tally: Tally, why: str) -> LabelCell:
    exact, near = strict(tally), relaxed(tally)
    precision, recall, f1 = (figure(exact[place] if exact else None, why) for place in range(3))
    return LabelCell(
        name, title, tally.gold, tally.mine, precision, recall, f1, figure(near[2] if near else None, why)
    )  # fmt: skip


# -- the same as CSV and JSON


def _json(connection: Connection, me: Viewer, slug: str, purpose: str) -> Response:
    found = [
        one for one in figures(connection, me, projects.project(connection, slug)) if purpose in {"", one["purpose"]}
    ]
    return json_answer({"project": slug, "figures": found})


def _csv(connection: Connection, me: Viewer, slug: str, purpose: str) -> Response:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in figures(connection, me, projects.project(connection, slug)):
        if purpose in {"", one["purpose"]}:
            writer.writerow([_plain(cell) for cell in one.values()])
    response = Response(text.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-quality.csv"'
    return response


def _plain(cell: Any) -> Any:
    """A cell for a spreadsheet: words that it would take for a formula get an apostrophe in front."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in set("=+-@\t\r") else cell


_FORMS = {"html": _html, "csv": _csv, "json": _json}


class QualityAnswer(msgspec.Struct):
    """A row a reviewer, purpose, week (empty: all) and label (`_any`: all)."""

    items: list[dict[str, Any]]


@pages.get("/api/v1/projects/<slug>/quality")
def list_quality(slug: str) -> Response:
    """Each reviewer's accuracy against the gold, by purpose, week and label."""
    me = viewer()
    qualifying.serve_all(database(), me, slug)
    with database().read() as connection:
        return json_answer(QualityAnswer(figures(connection, me, projects.project(connection, slug))))
