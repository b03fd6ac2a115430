"""Exports: the page that they are chosen on, and the files themselves."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict

from annotator.actions import exporting, exports_made
from annotator.actions.export_filters import Filters
from annotator.core.access import Viewer
from annotator.core.split import Shares, parse_shares
from annotator.errors import Refused
from annotator.formats import FORMATS, Format, writer
from annotator.formats.sinks import zipped
from annotator.store import projects
from annotator.store.exports import Made
from annotator.store.journal import COMMAND_LINE
from annotator.web.context import by_htmx, database, viewer
from annotator.web.languages import translate

pages = Blueprint("exports", __name__)
SPOOLED_IN_MEMORY = 8 * 2**20
TYPES: Final = {
    ".jsonl": "application/x-ndjson", ".json": "application/json", ".csv": "text/csv", ".conll": "text/plain",
    ".zip": "application/zip",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be exported, as the address says."""

    layer: exporting.Choice
    format: Format
    filters: Filters
    shares: Shares | None

    @classmethod
    def of(cls, args: MultiDict[str, str]) -> Wanted:
        """Reads the address; raises Refused that names the parameter."""
        writer(args.get("format", "jsonl"))
        filters = Filters(
            frozenset(args.getlist("label")), frozenset(args.getlist("reviewer")), frozenset(args.getlist("state")),
            args.get("since", ""), args.get("until", ""),
        )  # fmt: skip
        return cls(
            exporting.check_layer(args.get("layer", "gold")), FORMATS[args.get("format", "jsonl")], filters.check(),
            parse_shares(args["split"]) if args.get("split") else None,
        )  # fmt: skip

    @property
    def extension(self) -> str:
        """That of the file; a format of several files comes as an archive of them."""
        return ".zip" if self.format.write_parts else self.format.extension

    def pieces(self, connection: Connection, me: Viewer, slug: str, summary: exporting.Summary) -> Iterator[bytes]:
        """The file, in pieces; fills `summary`."""
        chosen = [projects.project(connection, slug)]
        lines = exporting.lines(
            connection, chosen, self.layer, summary, viewer=me, shares=self.shares, filters=self.filters
        )
        if self.format.write_parts is None:
            return writer(self.format.name)(lines, summary.lost)
        return zipped(
            self.format.write_parts(lines, summary.lost), slug if self.format.parts == "beside" else ""
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class LastExport:
    """An export that was made. `by` is empty for the command line; `query` makes the same one again.

    `labels` are titles; a number is None where it is not known, or not for whoever looks.
    """

    by: str
    at: str
    format: str
    layer: str
    labels: list[str]
    reviewers: list[str]
    states: list[str]
    since: str
    until: str
    split: str
    articles: int | None
    spans: int | None
    size: int | None
    query: str

    @classmethod
    def of(cls, made: Made, titles: dict[str, str]) -> LastExport:
        """As the page shows it; `titles` are those of labels."""
        asked = made.filters
        again = {"layer": made.layer, "format": made.format, **asked, **({"split": made.split} if made.split else {})}
        return cls(
            "" if made.made_by == COMMAND_LINE else made.made_by, made.made_at, made.format, made.layer,
            [titles.get(name, name) for name in asked.get("label", ())], asked.get("reviewer", []),
            asked.get("state", []), asked.get("since", ""), asked.get("until", ""), made.split or "",
            made.articles, made.spans, made.bytes, urlencode(again, doseq=True),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExportPage:
    """templates/project/export.html. `args` is what was chosen, `query` the same as it stands in an address.

    `left_out` and `lost` are (number, what): what is not in the export, and what the format has no place for.
    `problem` says in words why nothing can be exported as asked.
    """

    slug: str
    title: str
    formats: list[str]
    labels: list[tuple[str, str]]
    args: MultiDict[str, str]
    query: str
    problem: str = ""
    articles: int = 0
    lines: int = 0
    spans: int = 0
    relations: int = 0
    size: int = 0
    left_out: tuple[tuple[int, str], ...] = ()
    lost: tuple[tuple[int, str], ...] = ()
    splits: tuple[tuple[str, int], ...] = ()
    last: tuple[LastExport, ...] = ()


@pages.get("/projects/<slug>/export")
def show(slug: str) -> str:
    """The choice of layer, format and filters, with the counts of what will and will not be in the file."""
    me = viewer()
    me.require("export", slug)
    with database().read() as connection:
        project = projects.project(connection, slug)
        formats = sorted(name for name, one in FORMATS.items() if one.write)
        labels = [(label.name, label.title or label.name) for label in project.scheme.labels]
        args = MultiDict([(name, value) for name, value in request.args.items(multi=True) if value])
        page = ExportPage(
            slug, project.title, formats, labels, args, urlencode(list(args.items(multi=True))),
            last=tuple(LastExport.of(one, dict(labels)) for one in exports_made.last_exports(connection, me, slug)),
        )  # fmt: skip
        try:
            page = _counted(page, connection, me, Wanted.of(args))
        except Refused as refused:
            page = replace(page, problem=translate(refused.why))
    return render_template("project/_holds.html" if by_htmx() else "project/export.html", page=page)


def _counted(page: ExportPage, connection: Connection, me: Viewer, wanted: Wanted) -> ExportPage:
    summary = exporting.Summary()
    size = sum(len(piece) for piece in wanted.pieces(connection, me, page.slug, summary))
    return replace(
        page, articles=summary.articles, lines=summary.lines, spans=summary.spans, relations=summary.relations,
        size=size, left_out=tuple((number, why) for why, number in summary.left_out.items()),
        lost=tuple((number, what) for what, number in summary.lost.items()),
        splits=tuple(sorted(summary.splits.items())),
    )  # fmt: skip


@pages.get("/projects/<slug>/export/download")
def download(slug: str) -> Response:
    """The export itself, as a file."""
    return streamed_export(slug, request.args, attached=True)


def streamed_export(slug: str, args: MultiDict[str, str], *, attached: bool = False) -> Response:
    """An export as a download, as `args` say; the log has that the viewer is served it, and that it was made."""
    me, db = viewer(), database()
    me.require("export", slug)
    wanted = Wanted.of(args)
    exporting.serve_all(db, me, slug, wanted.layer)

    summary = exporting.Summary()
    # Made whole before the first byte goes out: with its length told, no cut-off export passes for a whole one.
    spool = tempfile.SpooledTemporaryFile(max_size=SPOOLED_IN_MEMORY)  # noqa: SIM115
    try:
        with db.read() as connection:
            for piece in wanted.pieces(connection, me, slug, summary):
                spool.write(piece)
        size = spool.tell()
        if request.method != "HEAD":
            asked = exports_made.Asked(wanted.format.name, wanted.layer, wanted.filters, wanted.shares)
            exports_made.tell(db, me, asked, summary, size)
    except BaseException:
        spool.close()
        raise
    spool.seek(0)
    response = Response(
        iter(partial(spool.read, 1 << 16), b""), mimetype=TYPES.get(wanted.extension, "application/octet-stream")
    )
    response.call_on_close(spool.close)
    response.content_length = size
    if attached:
        name = f"{slug}-{wanted.layer}{wanted.extension}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
