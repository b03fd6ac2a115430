"""Giving articles out, and how reviewers compare with the gold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from annotator import files
from annotator.cli.running import cli, tell, with_database
from annotator.errors import Refused

if TYPE_CHECKING:
    from annotator.store.db import Database


@cli.command()
@click.option("--project", "-p", required=True, metavar="P", help="The project.")
@click.option("--to", metavar="NAME", help="Give the articles whose keys --keys has to this reviewer.")
@click.option("--keys", metavar="FILE", help="Keys or ids, one a line; - is standard input.")
@click.option("--share", multiple=True, metavar="NAME=N", help="N per cent of all reviews to NAME; once for each.")
@click.option("--round", "each", type=int, metavar="N", help="Articles to everyone until each has N to do.")
@click.option("--batch", metavar="B", help="Only articles of this batch.")
@with_database
def assign(
    db: Database, project: str, to: str | None, keys: str | None, share: tuple[str, ...], each: int | None,
    batch: str | None,
) -> None:  # fmt: skip
    """Give articles out: by hand, by share, or by round. Done again, it gives nothing more."""
    from annotator.actions import assigning
    from annotator.core.assign import parse_shares

    if sum((to is not None, bool(share), each is not None)) != 1:
        raise click.UsageError("Choose one of --to, --share and --round.")
    if to is not None:
        named = _keys(keys) if keys is not None else None
        report = assigning.give(db, None, project, to, assigning.Chosen(articles=named, batch=batch))
    elif keys is not None:
        raise click.UsageError("--keys goes with --to.")
    elif share:
        report = assigning.give_by_share(db, None, project, parse_shares(map(_share, share)), batch)
    else:
        report = assigning.give_by_round(db, None, project, each or 0, batch)
    for name, number in sorted(report.given.items()):
        click.echo(f"{name}\t{number}")
    tell(f"{sum(report.given.values())} given, {report.already} theirs already, {report.full} without a free place")


def _keys(path: str) -> list[str]:
    try:
        text = files.read(path).decode()
    except UnicodeDecodeError as error:
        raise Refused("It is not UTF-8.", where=f"{path}:byte {error.start}") from None
    return [line.strip() for line in text.splitlines() if line.strip()]


def _share(text: str) -> tuple[str, int]:
    name, _, percent = text.rpartition("=")
    if not name or not percent.isdecimal() or len(percent) > 3:
        raise Refused(f"{text!r} is not of the form NAME=N.", where="--share")
    return name, int(percent)


@cli.command()
@click.option("--project", "-p", required=True, metavar="P", help="The project.")
@with_database
def quality(db: Database, project: str) -> None:
    """Measure reviewers against the gold, as JSON lines: by purpose, week and label (_any: all labels)."""
    from annotator.actions import qualifying
    from annotator.store import projects

    with db.read() as connection:
        for line in qualifying.figures(connection, None, projects.project(connection, project)):
            click.echo(msgspec.json.encode(line))
