"""The app itself, and what goes in and comes out: serve, load, export, agreement."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click
import msgspec

from annotator import files
from annotator.cli.running import cli, tell, with_database
from annotator.core.agreement import line_for, read_input
from annotator.core.agreement_counts import count
from annotator.core.split import parse_shares
from annotator.formats import FORMATS
from annotator.formats.folder import read_all
from annotator.formats.strict_json import lines, strict_object

if TYPE_CHECKING:
    from annotator.actions.loading import Report
    from annotator.store.db import Database

READABLE = ("auto", *sorted(name for name, one in FORMATS.items() if one.read))
SPOOLED_IN_MEMORY = 8 * 2**20
WRITABLE = tuple(sorted(name for name, one in FORMATS.items() if one.write))


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
def serve(host: str, port: int) -> None:
    """Serve the web app until Ctrl-C."""
    from annotator import server

    server.serve(host, port)


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option("--project", "-p", metavar="P", help="Load into this project; else into the one each line names.")
@click.option("--format", "-f", "format_", default="auto", show_default=True, type=click.Choice(READABLE))
@click.option("--encoding", metavar="E", help="The encoding of files that do not declare theirs (default UTF-8).")
@click.option("--replace-controls", is_flag=True, help="Put a space for each control character, and count them.")
@click.option("--dry-run", is_flag=True, help="Only report what would be loaded.")
@with_database
def load(db: Database, paths: tuple[str, ...], project: str | None, format_: str, encoding: str | None,
         replace_controls: bool, dry_run: bool) -> None:  # fmt: skip
    """Load files, folders or zip archives; - is standard input."""
    from annotator.actions import loading

    incoming = read_all(paths, format=format_, encoding=encoding, replace_controls=replace_controls)
    with click.progressbar(incoming, file=sys.stderr, label="Loading", hidden=not sys.stderr.isatty()) as shown:
        report = loading.load(db, shown, project=project, dry_run=dry_run)
    click.echo(("would load: " if dry_run else "") + _load_words(report))
    if report.people:
        tell(f"made, disabled, for reviewers the files name: {', '.join(report.people)}")


def _load_words(report: Report) -> str:
    parts = [f"{report.loaded} loaded", f"{report.same} same"]
    for number, words in (
        (report.reviews, "reviews"), (report.gold, "gold layers"), (report.spans, "spans"),
        (report.suggestions, "suggestions"), (report.doubles, "spans twice in a file, kept once"),
        (report.replaced, "controls made spaces"),
    ):  # fmt: skip
        if number:
            parts.append(f"{number} {words}")
    return ", ".join(parts)


@cli.command()
@click.option("--project", "-p", metavar="P", help="Only this project; else all.")
@click.option("--format", "-f", "format_", default="jsonl", show_default=True, type=click.Choice(WRITABLE))
@click.option("--layer", "-l", default="gold", show_default=True,
              type=click.Choice(("gold", "reviews", "all", "majority")))  # fmt: skip
@click.option("--split", metavar="80/10/10", help="Shares of train, dev and test.")
@click.option("--output", "-o", default="-", metavar="PATH", help="File to write, with a manifest beside it.")
@with_database
def export(db: Database, project: str | None, format_: str, layer: str, split: str | None, output: str) -> None:
    """Export articles with a layer of spans."""
    from annotator.actions import exporting

    shares = parse_shares(split) if split else None
    summary = exporting.Summary()
    with db.read() as connection:
        chosen = exporting.chosen_projects(connection, project)
        exported = exporting.lines(connection, chosen, exporting.check_layer(layer), summary, shares=shares)
        with files.written_whole(output) as file:
            for piece in FORMATS[format_].write(exported):
                file.write(piece)
        if output != "-":
            manifest = exporting.manifest(
                connection, chosen, summary, format=format_, layer=layer, sha256=file.sha256(), size=file.size
            )
            with files.written_whole(f"{output}.manifest.json") as beside:
                beside.write(manifest)
    for line in summary.words():
        tell(line)


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
