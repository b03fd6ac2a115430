"""The command line: parse, call one action, print. Exit 0 done, 1 refused or failed, 2 wrong usage.

Actions and the store are imported by the commands that need them: SQLAlchemy alone takes longer to load
than help and wrong usage should take to answer.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import click
import msgspec

from annotator import __version__, files
from annotator.core.access import ROLES
from annotator.core.events import Entry, verify_chain
from annotator.core.scheme import DEFAULT_SCHEME, read_scheme
from annotator.core.split import parse_shares
from annotator.errors import Refused
from annotator.formats import FORMATS
from annotator.formats.folder import read_all
from annotator.settings import load_settings

if TYPE_CHECKING:
    from annotator.actions.loading import Report
    from annotator.store.db import Database

READABLE = ("auto", *sorted(name for name, one in FORMATS.items() if one.read))
WRITABLE = tuple(sorted(name for name, one in FORMATS.items() if one.write))


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
        lines = exporting.lines(connection, chosen, exporting.check_layer(layer), summary, shares=shares)
        with files.written_whole(output) as file:
            for piece in FORMATS[format_].write(lines):
                file.write(piece)
        if output != "-":
            manifest = exporting.manifest(
                connection, chosen, summary, format=format_, layer=layer, sha256=file.sha256(), size=file.size
            )
            with files.written_whole(f"{output}.manifest.json") as beside:
                beside.write(manifest)
    for line in summary.words():
        tell(line)


@cli.group()
def project() -> None:
    """Make and list projects."""


@project.command("add")
@click.argument("name")
@click.option("--title", metavar="T", help="What people read; default: the name.")
@click.option("--scheme", "scheme_file", metavar="FILE", help="Labels, attributes, relations: TOML or JSON.")
@click.option("--reviews", default=2, show_default=True, help="How many reviews each article needs.")
@with_database
def project_add(db: Database, name: str, title: str | None, scheme_file: str | None, reviews: int) -> None:
    """Make a project; NAME is a slug (a–z, 0–9, -)."""
    from annotator.actions import projects

    scheme = DEFAULT_SCHEME
    if scheme_file:
        scheme = read_scheme(files.read(scheme_file), scheme_file)
    projects.add_project(db, name, title=title, scheme=scheme, reviews=reviews)
    click.echo(name)


@project.command("list")
@with_database
def project_list(db: Database) -> None:
    """List projects: name, articles, reviews each, title."""
    from annotator.store import projects

    with db.read() as connection:
        counts = projects.article_counts(connection)
        for one in projects.projects(connection):
            click.echo(f"{one.slug}\t{counts.get(one.slug, 0)}\t{one.reviews}\t{one.title}")


@cli.group()
def user() -> None:
    """Make, list, disable and enable accounts."""


@user.command("add")
@click.argument("name")
@click.option("--role", metavar="R", help=f"In --project: {', '.join(ROLES)}.")
@click.option("--project", "-p", metavar="P", help="The project the role is held in.")
@click.option("--admin", is_flag=True, help="May do everything.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_database
def user_add(db: Database, name: str, role: str | None, project: str | None, admin: bool, password_stdin: bool) -> None:
    """Make an account, or give one that is there a role."""
    from annotator.actions import people

    password = None
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty() and not role_only(db, name):
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    made = people.add_user(db, name, password=password, admin=admin, project=project, role=role)
    click.echo(f"{name} added" if made else f"{name} is {role} in {project}")
    if made and password is None:
        tell("no password: nobody can sign in to it; tokens work")


def role_only(db: Database, name: str) -> bool:
    """Whether the account is there, so that only a role can be meant."""
    from annotator.store import people

    with db.read() as connection:
        return people.account(connection, name) is not None


@user.command("list")
@with_database
def user_list(db: Database) -> None:
    """List accounts: name, state, roles."""
    from annotator.store import people

    with db.read() as connection:
        for one in people.accounts(connection):
            roles = people.roles(connection, one.name)
            held = [f"{slug}:{role}" for slug in sorted(roles) for role in sorted(roles[slug])]
            state = "disabled" if one.disabled else "active" if one.password_hash else "no password"
            click.echo("\t".join((one.name, state, ",".join([*(["admin"] if one.admin else []), *held]))))


@user.command("disable")
@click.argument("name")
@with_database
def user_disable(db: Database, name: str) -> None:
    """Close an account to its holder; all done under its name stays."""
    from annotator.actions import people

    people.set_disabled(db, name, disabled=True)
    click.echo(f"{name} disabled")


@user.command("enable")
@click.argument("name")
@with_database
def user_enable(db: Database, name: str) -> None:
    """Open a disabled account again."""
    from annotator.actions import people

    people.set_disabled(db, name, disabled=False)
    click.echo(f"{name} enabled")


@cli.group()
def token() -> None:
    """Make, list and revoke tokens for the API."""


@token.command("add")
@click.argument("name")
@click.option("--scope", default="write", show_default=True, type=click.Choice(("read", "write")))
@click.option("--days", type=int, metavar="N", help="How long it lives; default: until revoked.")
@with_database
def token_add(db: Database, name: str, scope: str, days: int | None) -> None:
    """Make a token for NAME; it is printed once, alone on the last line."""
    from annotator.actions import people

    made = people.add_token(db, name, scope=scope, days=days)
    tell(f"token {made.id} for {name}, scope {scope}; it is shown only now:")
    click.echo(made.token)


@token.command("list")
@click.argument("name")
@with_database
def token_list(db: Database, name: str) -> None:
    """List NAME's tokens: id, scope, made, until, state."""
    from annotator.store import people

    with db.read() as connection:
        if people.account(connection, name) is None:
            raise Refused(f"There is no account {name!r}.")
        for one in people.tokens(connection, name):
            state = "over" if one.over else "active"
            click.echo("\t".join((one.id, one.scope, one.created_at, one.expires_at or "-", state)))


@token.command("revoke")
@click.argument("id")
@with_database
def token_revoke(db: Database, id: str) -> None:
    """Make a token useless."""
    from annotator.actions import people

    people.revoke_token(db, id)
    click.echo(f"{id} revoked")


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
        click.echo(f"{'blind' if one.blind else 'NOT BLIND'}\t{one.article}\t{one.reviewer}\t{one.submitted}\t{served}")
    click.echo(f"ok: {count} entries, chain unbroken, tables as replayed")


def _entries_of(file: str) -> Any:
    for number, line in enumerate(files.read(file).splitlines(), 1):
        try:
            yield msgspec.json.decode(line, type=Entry)
        except msgspec.DecodeError as error:
            raise Refused(f"Not a log entry: {error}", where=f"{file}:{number}") from None


if __name__ == "__main__":
    main()
