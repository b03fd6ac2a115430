"""What every command runs in: the group, refusals as one line, a database at hand."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from annotator import __version__
from annotator.errors import Refused
from annotator.settings import load_settings


def main() -> None:
    """Runs the command line; what is refused becomes one line on standard error and exit 1."""
    try:
        cli(standalone_mode=False)
    except Refused as refused:
        fail(str(refused))
    except click.exceptions.Abort:
        fail("stopped")
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except OSError as error:
        # A disk that is full, say; click has seen to pipes that are closed. Python at exit shall not try again.
        sys.stdout = None  # type: ignore[assignment]
        fail(str(error))


def fail(words: str) -> None:
    """Prints `error: …` on standard error and exits with 1."""
    click.echo(f"error: {words}", err=True)
    sys.exit(1)


def tell(words: str) -> None:
    """Prints a line for the person at the terminal, on standard error: standard output is for data."""
    click.echo(words, err=True)


def with_database(command: Callable[..., Any]) -> Callable[..., Any]:
    """Hands the command a migrated database as its first argument, made if missing."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        from annotator.store.db import Database

        db = Database(load_settings().database_url)
        try:
            db.migrate()
            return command(db, *args, **kwargs)
        finally:
            db.dispose()

    return run


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="annotator")
def cli() -> None:
    """Tag claims, denials, quotes and figures in articles, settle what reviewers disagree on, export gold."""
