"""The app itself, and what it measures: serve, agreement."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click
import msgspec

from annotator import files
from annotator.cli.running import cli, with_database
from annotator.core.agreement import line_for, read_input
from annotator.core.agreement_counts import count
from annotator.formats.strict_json import lines, strict_object

if TYPE_CHECKING:
    from annotator.store.db import Database

SPOOLED_IN_MEMORY = 8 * 2**20


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
def serve(host: str, port: int) -> None:
    """Serve the web app until Ctrl-C."""
    from annotator import server

    server.serve(host, port)


@cli.command()
@click.argument("file", required=False)
@click.option("--project", "-p", metavar="P", help="Only this project; else all, one behind the other.")
def agreement(file: str | None, project: str | None) -> None:
    """Measure how far reviewers agree, as JSON lines.

    One line an article with its submitted reviews, and behind a project's articles one with id null for all
    of it. With FILE (- is standard input), a line for each of its lines, and no database is touched.
    """
    if file is None:
        _agreement_of_database(project)
        return
    if project is not None:
        raise click.UsageError("--project goes with the database, not with a FILE.")
    with files.opened(file) as stream:
        _print_whole(_measured(lines(stream, "standard input" if file == "-" else file)))


def _measured(given: Iterable[tuple[str, bytes]]) -> Iterable[dict[str, Any]]:
    for where, line in given:
        one = read_input(strict_object(line, where), where)
        yield line_for(one.id, [count(one.length, one.layers)])


@with_database
def _agreement_of_database(db: Database, project: str | None) -> None:
    from annotator.actions import exporting, measuring

    with db.read() as connection:
        chosen = exporting.chosen_projects(connection, project)
        found = (line for one in chosen for line in measuring.lines(connection, None, one, measuring.Kept(0)))
        _print_whole(found)


def _print_whole(values: Iterable[dict[str, Any]]) -> None:
    """Prints a line for each value once all are there, so that what is refused prints nothing."""
    with tempfile.SpooledTemporaryFile(max_size=SPOOLED_IN_MEMORY) as spool:
        for value in values:
            spool.write(msgspec.json.encode(value) + b"\n")
        spool.seek(0)
        shutil.copyfileobj(spool, sys.stdout.buffer)
    sys.stdout.buffer.flush()
