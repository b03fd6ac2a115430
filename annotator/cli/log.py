"""The audit log: written out, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import msgspec

from annotator import files
from annotator.cli.running import cli, with_database
from annotator.core.events import Entry, verify_chain
from annotator.errors import Refused

if TYPE_CHECKING:
    from annotator.store.db import Database


@cli.command()
@click.option("--project", "-p", metavar="P", help="Only this project's entries.")
@click.option("--output", "-o", default="-", metavar="FILE")
@with_database
def audit(db: Database, project: str | None, output: str) -> None:
    """Write the audit log as JSON lines."""
    from annotator.store import journal, projects

    with db.read() as connection, files.written_whole(output) as file:
        if project:
            projects.project(connection, project)
        for entry in journal.entries(connection, project):
            file.write(msgspec.json.encode(entry) + b"\n")


@cli.command()
@click.argument("file", required=False)
def verify(file: str | None) -> None:
    """Check the audit log: the chain, and (without FILE) that replaying it gives the tables' present state."""
    if file:
        count = sum(1 for _ in verify_chain(_entries_of(file)))
        click.echo(f"ok: {count} entries, chain unbroken")
    else:
        _verify_database()


@with_database
def _verify_database(db: Database) -> None:
    from annotator.store import journal, replay

    with db.read() as connection:
        count = replay.check_replay(connection)
        reviews = replay.blind_reviews(journal.entries(connection))
    for one in reviews:
        served = f"served others' spans at {one.served}" if one.served else "never served others' spans"
        asked = f"; an adjudicator's question at {one.asked} came before it" if one.asked else ""
        word = "NOT BLIND" if not one.blind else "asked" if one.asked else "blind"
        click.echo(f"{word}\t{one.article}\t{one.reviewer}\t{one.submitted}\t{served}{asked}")
    click.echo(f"ok: {count} entries, chain unbroken, tables as replayed")


def _entries_of(file: str) -> Any:
    for number, line in enumerate(files.read(file).splitlines(), 1):
        try:
            yield msgspec.json.decode(line, type=Entry)
        except msgspec.DecodeError as error:
            raise Refused(f"Not a log entry: {error}", where=f"{file}:{number}") from None
