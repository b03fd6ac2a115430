"""Exports as answers."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import partial
from typing import Final

from flask import Response
from werkzeug.datastructures import MultiDict

from annotator.actions import exporting
from annotator.actions.export_filters import Filters
from annotator.core.split import parse_shares
from annotator.formats import FORMATS, Format, writer
from annotator.formats.records import Line
from annotator.formats.sinks import zipped
from annotator.store import projects
from annotator.web.context import database, viewer

SPOOLED_IN_MEMORY = 8 * 2**20
TYPES: Final = {
    ".jsonl": "application/x-ndjson", ".json": "application/json", ".csv": "text/csv", ".conll": "text/plain",
    ".zip": "application/zip",
}  # fmt: skip


def streamed_export(slug: str, args: MultiDict[str, str], *, attached: bool = False) -> Response:
    """An export as a download, as `args` say; the log has it first that the viewer is served it.

    A format of several files comes as a zip archive of them.
    """
    me, db = viewer(), database()
    choice = exporting.check_layer(args.get("layer", "gold"))
    writer(args.get("format", "jsonl"))
    format_ = FORMATS[args.get("format", "jsonl")]
    filters = Filters(
        frozenset(args.getlist("label")), frozenset(args.getlist("reviewer")), frozenset(args.getlist("state")),
        args.get("since", ""), args.get("until", ""),
    ).check()  # fmt: skip
    shares = parse_shares(args["split"]) if args.get("split") else None
    exporting.serve_all(db, me, slug, choice)

    # Made whole before the first byte goes out: with its length told, no cut-off export passes for a whole one.
    spool = tempfile.SpooledTemporaryFile(max_size=SPOOLED_IN_MEMORY)  # noqa: SIM115
    with db.read() as connection:
        chosen = [projects.project(connection, slug)]
        summary = exporting.Summary()
        lines = exporting.lines(connection, chosen, choice, summary, viewer=me, shares=shares, filters=filters)
        for piece in _pieces(format_, lines, summary, slug):
            spool.write(piece)
    size = spool.tell()
    spool.seek(0)
    extension = ".zip" if format_.write_parts else format_.extension
    response = Response(
        iter(partial(spool.read, 1 << 16), b""), mimetype=TYPES.get(extension, "application/octet-stream")
    )
    response.call_on_close(spool.close)
    response.content_length = size
    if attached:
        response.headers["Content-Disposition"] = f'attachment; filename="{slug}-{choice}{extension}"'
    return response


def _pieces(format_: Format, lines: Iterator[Line], summary: exporting.Summary, slug: str) -> Iterator[bytes]:
    if format_.write_parts is None:
        return writer(format_.name)(lines, summary.lost)
    return zipped(format_.write_parts(lines, summary.lost), slug if format_.parts == "beside" else "")
