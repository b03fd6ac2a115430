"""How far the reviewers of a project agree: the page, the same as CSV and JSON, and the lines of the API."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

import msgspec
from flask import Blueprint, Response, make_response, render_template, request
from sqlalchemy import Connection

from annotator.actions import disputing, measuring
from annotator.core.access import Viewer
from annotator.errors import Refused
from annotator.store import projects
from annotator.web import disputes
from annotator.web.charts import BINS, bin_name
from annotator.web.context import database, kept, viewer
from annotator.web.exports import SPOOLED_IN_MEMORY
from annotator.web.measures import COLUMNS, AgreementPage, Behind, agreement_page, rows

pages = Blueprint("agreement", __name__)
LISTED = 50
_Cells = Sequence[str | float | None]


@pages.get("/projects/<slug>/agreement")
def show(slug: str) -> Response:
    """The measures of the whole project; with `labels`, `starts` or `ends` the spans behind one number of them.

    With `a` and `b` (a pair), `label` or `article` the stretches behind its measures, which as CSV or JSON are a
    list of their own, in full.
    """
    me = viewer()
    form = request.args.get("format", "html")
    if form not in _FORMS:
        raise Refused(f"There is no format {form!r}; choose {', '.join(_FORMS)}.", where="format")
    measuring.serve_all(database(), me, slug)
    asked = _asked()
    with database().read() as connection:
        if asked is None:
            behind = _behind(connection, me, slug)
        else:
            found = disputing.behind(connection, me, projects.project(connection, slug), kept(), asked)
            if form != "html":
                return _LISTS[form](slug, disputes.rows(found))
            places = [disputes.stretch_view(connection, one) for one in islice(found, LISTED + 1)]
            behind = disputes.Stretches(asked, places[:LISTED], len(places) > LISTED)
        page = agreement_page(connection, me, slug, kept(), behind)
    return _FORMS[form](page)


@pages.get("/api/v1/projects/<slug>/agreement")
def lines(slug: str) -> Response:
    """A line of JSON an article, and one with id null for all of them, as the command writes it."""
    me = viewer()
    measuring.serve_all(database(), me, slug)
    spool = tempfile.SpooledTemporaryFile(max_size=SPOOLED_IN_MEMORY)  # noqa: SIM115
    with database().read() as connection:
        project = projects.project(connection, slug)
        for line in measuring.lines(connection, me, project, kept()):
            spool.write(msgspec.json.encode(line) + b"\n")
    size = spool.tell()
    spool.seek(0)
    response = Response(iter(partial(spool.read, 1 << 16), b""), mimetype="application/x-ndjson")
    response.call_on_close(spool.close)
    response.content_length = size
    return response


def _asked() -> disputing.Asked | None:
    """The pair, label or article whose stretches are asked for; half a pair asks for nothing."""
    a, b, label, article = (request.args.get(name, "") for name in ("a", "b", "label", "article"))
    if not (a and b):
        a = b = ""
    if not (a or label or article):
        return None
    return disputing.Asked(a, b, label, article, alike=bool(request.args.get("alike")))


def _behind(connection: Connection, me: Viewer, slug: str) -> Behind | None:
    project = projects.project(connection, slug)
    labels = request.args.get("labels", "").split(",")
    if len(labels) == 2:
        pair = (labels[0], labels[1])
        return _listed("labels", pair, "", measuring.places_of_labels(connection, me, project, kept(), pair))
    edges: tuple[measuring.Edge, ...] = ("starts", "ends")
    for edge in edges:
        for least, most in BINS:
            if request.args.get(edge) == str(least):
                found = measuring.places_of_difference(
                    connection, me, project, kept(), edge=edge, least=least, most=most
                )
                return _listed(edge, ("", ""), bin_name(least, most), found)
    return None


def _listed(what: str, labels: tuple[str, str], bar: str, found: Iterator[measuring.Place]) -> Behind:
    places = [
        replace(one, text_a=disputes.cut(one.text_a), text_b=disputes.cut(one.text_b))
        for one in islice(found, LISTED + 1)
    ]
    return Behind(what, labels, bar, places[:LISTED], len(places) > LISTED)


def _html(page: AgreementPage) -> Response:
    return make_response(render_template("project/agreement.html", page=page))


def _json(page: AgreementPage) -> Response:
    found = [dict(zip(COLUMNS, row, strict=True)) for row in rows(page)]
    value = {"project": page.slug, "only_closed": page.only_closed, "figures": found}
    return Response(msgspec.json.encode(value), mimetype="application/json")


def _csv(page: AgreementPage) -> Response:
    return _table(f"{page.slug}-agreement.csv", COLUMNS, rows(page))


def _list_json(slug: str, found: Iterable[disputes.Row]) -> Response:
    spans = [dict(zip(disputes.COLUMNS, row, strict=True)) for row in found]
    return Response(msgspec.json.encode({"project": slug, "spans": spans}), mimetype="application/json")


def _list_csv(slug: str, found: Iterable[disputes.Row]) -> Response:
    return _table(f"{slug}-agreement-spans.csv", disputes.COLUMNS, found)


def _table(name: str, columns: Sequence[str], found: Iterable[_Cells]) -> Response:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(_plain(columns, found))
    response = Response(text.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _plain(columns: Sequence[str], found: Iterable[_Cells]) -> Iterator[_Cells]:
    """The rows for a spreadsheet: words that it would take for a formula get an apostrophe in front."""
    yield columns
    for row in found:
        yield [f"'{cell}" if isinstance(cell, str) and cell[:1] in set("=+-@\t\r") else cell for cell in row]


_FORMS = {"html": _html, "csv": _csv, "json": _json}
_LISTS = {"csv": _list_csv, "json": _list_json}
