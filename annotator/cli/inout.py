"""What goes in and comes out: load, export, convert."""

from __future__ import annotations

import gc
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from annotator import files
from annotator.cli.running import cli, tell, with_database
from annotator.core.split import parse_shares
from annotator.errors import Refused
from annotator.formats import FORMATS, writer
from annotator.formats.boilerplate import WAYS
from annotator.formats.convert import converted
from annotator.formats.csv import FIELDS
from annotator.formats.folder import read_all
from annotator.formats.losses import Lost
from annotator.formats.options import Options
from annotator.formats.output import File, write
from annotator.formats.records import Line

if TYPE_CHECKING:
    from annotator.actions.loading import Report
    from annotator.store.db import Database

READABLE = ("auto", *sorted(name for name, one in FORMATS.items() if one.read))
WRITABLE = tuple(sorted(name for name, one in FORMATS.items() if one.write))


def _columns(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    columns: dict[str, str] = {}
    for one in given:
        field, equals, column = one.partition("=")
        if field not in FIELDS or not equals or not column:
            raise click.BadParameter(f"{one!r} is not FIELD=COLUMN, with a FIELD of {', '.join(FIELDS)}.")
        columns[column] = field
    return columns


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option("--project", "-p", metavar="P", help="Load into this project; else into the one each line names.")
@click.option("--format", "-f", "format_", default="auto", show_default=True, type=click.Choice(READABLE))
@click.option("--encoding", metavar="E", help="The encoding of files that do not declare theirs (default UTF-8).")
@click.option("--map", "columns", multiple=True, metavar="FIELD=COLUMN", callback=_columns,
              help="The column of a CSV file that holds a field, as text=body; several times for several.")  # fmt: skip
@click.option("--as", "named", default="reviews", show_default=True, type=click.Choice(("reviews", "suggestions")),
              help="What spans become whose reviewer the file names.")  # fmt: skip
@click.option("--replace-controls", is_flag=True, help="Put a space for each control character, and count them.")
@click.option("--boilerplate", type=click.Choice(WAYS),
              help="Mark as furniture what this leaves out of saved pages.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Only report what would be loaded.")
@with_database
def load(db: Database, paths: tuple[str, ...], project: str | None, format_: str, encoding: str | None,
         columns: dict[str, str], named: str, replace_controls: bool, boilerplate: str | None,
         dry_run: bool) -> None:  # fmt: skip
    """Load files, folders or zip archives; - is standard input."""
    from annotator.actions import loading

    gc.set_threshold(100_000)  # a load makes many small objects and hardly a cycle: a fifth of its time went there
    report = loading.Report()
    options = report.options(
        encoding, replace_controls=replace_controls, columns=columns, boilerplate=boilerplate
    )  # fmt: skip
    incoming = read_all(paths, format_, options)
    with click.progressbar(incoming, file=sys.stderr, label="Loading", hidden=not sys.stderr.isatty()) as shown:
        loading.attempt(db, shown, project=project, named=loading.named(named), dry_run=dry_run, report=report)
    if dry_run:
        _show_columns(report)
    if report.refused:
        _fail(report, dry_run=dry_run)
    first, *rest = report.words()
    click.echo(("would load: " if dry_run else "") + first)
    for line in rest:
        tell(line)
    if report.people:
        tell(f"made, disabled, for reviewers the files name: {', '.join(report.people)}")


def _show_columns(report: Report) -> None:
    for name, columns in report.columns.items():
        read_as = [f"{column} → {field or 'meta'}" for column, field in columns]
        tell(f"{name}: {', '.join(read_as)}")


def _fail(report: Report, *, dry_run: bool) -> None:
    for refusal in report.refusals:
        click.echo(f"error: {refusal.where}: {refusal.why}" if refusal.where else f"error: {refusal.why}", err=True)
    if report.refused > 1 or dry_run:
        rest = report.refused - len(report.refusals)
        shown = f", {rest} of them not shown" if rest else ""
        click.echo(f"{report.refused} refused{shown}; nothing {'would be' if dry_run else 'was'} loaded", err=True)
    sys.exit(1)


@cli.command()
@click.option("--project", "-p", metavar="P", help="Only this project; else all.")
@click.option("--format", "-f", "format_", default="jsonl", show_default=True, type=click.Choice(WRITABLE))
@click.option("--layer", "-l", default="gold", show_default=True,
              type=click.Choice(("gold", "reviews", "all", "majority")))  # fmt: skip
@click.option("--label", "labels", multiple=True, metavar="NAME", help="Only spans of this label; may be given again.")
@click.option("--reviewer", "reviewers", multiple=True, metavar="NAME", help="Only reviews by this person.")
@click.option("--state", "states", multiple=True, type=click.Choice(("open", "closed", "reopened")),
              help="Only articles in this state.")  # fmt: skip
@click.option("--since", default="", metavar="DATE", help="Only what was closed or submitted on that day or later.")
@click.option("--until", default="", metavar="DATE", help="Only what was closed or submitted on that day or before.")
@click.option("--split", metavar="80/10/10", help="Shares of train, dev and test; near copies stay together.")
@click.option("--card", metavar="FILE", help="Write a data card in Markdown.")
@click.option("--licence", metavar="WORDS", help="The licence that the data card names.")
@click.option("--output", "-o", default="-", metavar="PATH", help="File to write, with a manifest beside it.")
@with_database
def export(
    db: Database, project: str | None, format_: str, layer: str, labels: tuple[str, ...], reviewers: tuple[str, ...],
    states: tuple[str, ...], since: str, until: str, split: str | None, card: str | None, licence: str | None,
    output: str,
) -> None:  # fmt: skip
    """Export articles with a layer of spans."""
    from annotator.actions import cards, exporting, exports_made
    from annotator.actions.export_filters import Filters

    gc.set_threshold(100_000)  # as for a load
    shares = parse_shares(split) if split else None
    filters = Filters(frozenset(labels), frozenset(reviewers), frozenset(states), since, until).check()
    summary = exporting.Summary()
    with db.read() as connection:
        chosen = exporting.chosen_projects(connection, project)
        choice = exporting.check_layer(layer)
        exported = exporting.lines(connection, chosen, choice, summary, shares=shares, filters=filters)
        written, size = _written(format_, exported, output, summary.lost)
        try:
            asked = exports_made.Asked(format_, choice, filters, shares)
            audit_hash = exports_made.tell(db, None, asked, summary, size)
        except Refused as refused:
            refused.why = f"The export is written whole, but it is not in the log: {refused.why}"
            raise
        about = {"format": format_, "layer": layer, "audit_hash": audit_hash}
        if written:
            manifest = exporting.manifest(chosen, summary, written=written, **about)
            with files.written_whole(f"{output.rstrip('/')}.manifest.json") as beside:
                beside.write(manifest)
        if card:
            words = cards.card(connection, chosen, summary, licence=licence, **about)
            with files.written_whole(card) as file:
                file.write(words.encode())
    for line in summary.words():
        tell(line)


def _written(format_: str, lines: Iterable[Line], output: str, lost: Lost) -> tuple[list[File], int]:
    """Writes the format under that path, or to standard output, which gives no files; how many bytes it is."""
    if output != "-":
        written = write(FORMATS[format_], lines, output, lost)
        return written, sum(one.size for one in written)
    with files.written_whole(output) as file:
        for piece in writer(format_)(lines, lost):
            file.write(piece)
    return [], file.size


@cli.command()
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@click.option("--from", "from_", default="auto", show_default=True, type=click.Choice(READABLE), help="Format of IN.")
@click.option("--to", required=True, type=click.Choice(WRITABLE), help="Format of OUT.")
@click.option("--encoding", metavar="E", help="The encoding of files that do not declare theirs (default UTF-8).")
@click.option("--map", "columns", multiple=True, metavar="FIELD=COLUMN", callback=_columns,
              help="The column of a CSV file that holds a field, as text=body; several times for several.")  # fmt: skip
@click.option("--replace-controls", is_flag=True, help="Put a space for each control character, and count them.")
def convert(source: str, target: str, from_: str, to: str, encoding: str | None, columns: dict[str, str],
            replace_controls: bool) -> None:  # fmt: skip
    """Convert a file, folder or zip archive into another format, without a database.

    - is standard input or output. Spans whose reviewer the file does not name are gold.
    """
    options = Options(encoding, replace_controls, columns=columns)
    lost: Lost = Counter()
    held: Counter[str] = Counter()
    _written(to, _counted(converted(source, from_, options, lost), held), target, lost)
    tell(f"{held['lines']} lines, {held['spans']} spans")
    for what, number in sorted((options.passed_over + lost).items()):
        tell(f"lost: {number} {what}")


def _counted(lines: Iterable[Line], held: Counter[str]) -> Iterator[Line]:
    for line in lines:
        held.update(lines=1, spans=len(line.spans))
        yield line
