"""The page that files are loaded from: checked first, with all that is refused in words, then loaded whole."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path, PureWindowsPath

from flask import Blueprint, render_template, request
from werkzeug.datastructures import FileStorage

from annotator.actions import loading
from annotator.actions.loading import Report
from annotator.errors import Refused
from annotator.formats import FORMATS
from annotator.formats.boilerplate import WAYS
from annotator.formats.csv import FIELDS
from annotator.formats.folder import read_all
from annotator.store import projects
from annotator.web.context import by_htmx, database, viewer

pages = Blueprint("loading", __name__)
COLUMN = "column "  # the form's fields that say what a column of a CSV file holds are named for it, after this


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did, or with `dry_run` would do. `counts` are of articles, reviews, spans and so on, by name.

    `refusals` are (where, why), the first of `refused`; `passed_over` (what, how many); `columns` has for each CSV
    file its columns with the field that each is read as, None for what is only kept.
    """

    dry_run: bool
    counts: dict[str, int]
    refused: int
    refusals: list[tuple[str, str]]
    passed_over: list[tuple[str, int]]
    columns: dict[str, list[tuple[str, str | None]]]
    people: list[str]


@dataclass(frozen=True, slots=True)
class LoadPage:
    """templates/project/load.html. `fields` are those that a column of a CSV file can be read as.

    `boilerplate` are the packages that are installed to tell what of a saved page is furniture.
    """

    slug: str
    title: str
    formats: list[str]
    fields: list[str]
    boilerplate: list[str]
    report: LoadReport | None


@pages.get("/projects/<slug>/load")
def show(slug: str) -> str:
    """Where to choose files."""
    return render_template("project/load.html", page=_page(slug, None))


@pages.post("/projects/<slug>/load")
def take(slug: str) -> str:
    """Loads the files, or with `act=check` only says what loading them would do."""
    page = _page(slug, _report(slug, dry_run=request.form.get("act") == "check"))
    return render_template("project/_loaded.html" if by_htmx() else "project/load.html", page=page)


def _page(slug: str, report: LoadReport | None) -> LoadPage:
    me = viewer()
    me.require("load", slug)
    with database().read() as connection:
        project = projects.project(connection, slug)
    formats = sorted(name for name, one in FORMATS.items() if one.read)
    return LoadPage(slug, project.title, formats, list(FIELDS), [name for name in WAYS if find_spec(name)], report)


def _report(slug: str, *, dry_run: bool) -> LoadReport:
    form = request.form
    columns = {name.removeprefix(COLUMN): field for name, field in form.items() if name.startswith(COLUMN) and field}
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        try:
            options = report.options(
                form.get("encoding") or None,
                replace_controls=bool(form.get("replace_controls")),
                columns=columns,
                boilerplate=_way(form.get("boilerplate", "")),
            )
            paths = _put(request.files.getlist("files"), Path(folder))
            loading.attempt(
                database(), read_all(paths, form.get("format", "auto"), options), viewer=viewer(), project=slug,
                named=loading.named(form.get("named", "reviews")), dry_run=dry_run, report=report,
            )  # fmt: skip
        except Refused as refused:
            report.refuse(refused)
    return _in_words(report, f"{folder}/", dry_run=dry_run)


def _way(name: str) -> str | None:
    if name and name not in WAYS:
        raise Refused(f"{name!r} does not tell what is furniture; {', '.join(WAYS)} does.", where="boilerplate")
    return name or None


def _put(given: list[FileStorage], folder: Path) -> list[str]:
    """Keeps the files sent in `folder`; gives what there is to read: each archive by itself, all others together."""
    paths = []
    together = folder / "files"
    together.mkdir()
    for file in given:
        name = PureWindowsPath(file.filename or "").name
        if not name:
            raise Refused("Choose one file at least.", where="files")
        if (together / name).exists():
            raise Refused("Two of the files have this name.", where=name)
        file.save(together / name)
        if name.lower().endswith(".zip"):
            (together / name).rename(folder / name)
            paths.append(str(folder / name))
    if any(together.iterdir()):
        paths.append(str(together))
    if not paths:
        raise Refused("Choose one file at least.", where="files")
    return paths


def _in_words(report: Report, folder: str, *, dry_run: bool) -> LoadReport:
    def named(where: str) -> str:
        return where.removeprefix(folder).removeprefix("files/")

    counts = {
        "loaded": report.loaded, "same": report.same, "reviews": report.reviews, "gold": report.gold,
        "spans": report.spans, "suggestions": report.suggestions, "doubles": report.doubles,
        "replaced": report.replaced,
    }  # fmt: skip
    return LoadReport(
        dry_run=dry_run, counts={name: number for name, number in counts.items() if number or name == "loaded"},
        refused=report.refused, refusals=[(named(one.where), one.why) for one in report.refusals],
        passed_over=[(words, number) for words, number in report.passed_over.items() if number],
        columns={named(name): found for name, found in report.columns.items()}, people=report.people,
    )  # fmt: skip
