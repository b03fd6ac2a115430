"""Projects, accounts and tokens."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from annotator import files
from annotator.cli.running import cli, tell, with_database
from annotator.core.access import ROLES
from annotator.core.scheme import DEFAULT_SCHEME, read_scheme
from annotator.errors import Refused

if TYPE_CHECKING:
    from annotator.store.db import Database


@cli.group()
def project() -> None:
    """Make, change, show and list projects."""


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


@project.command("set")
@click.argument("name")
@click.option("--title", metavar="T", help="What people read.")
@click.option("--reviews", type=int, metavar="N", help="How many reviews each article needs.")
@click.option("--scheme", "scheme_file", metavar="FILE", help="The next version of the scheme: TOML or JSON.")
@click.option("--hide-names/--show-names", default=None, help="Whether adjudicators see reviewers' names.")
@click.option("--auto-agreed/--decide-agreed", default=None, help="Whether groups all agree on are accepted by rule.")
@click.option("--own-adjudication/--others-adjudication", default=None,
              help="Whether who reviewed an article may adjudicate it.")  # fmt: skip
@with_database
def project_set(
    db: Database, name: str, scheme_file: str | None, **fields: str | int | bool | None
) -> None:  # fmt: skip
    """Change a project: only what is given. Reviews begun keep the version of the scheme they have."""
    from annotator.actions import projects

    given = {field: value for field, value in fields.items() if value is not None}
    if not given and scheme_file is None:
        raise click.UsageError("Say what to change.")
    scheme = read_scheme(files.read(scheme_file), scheme_file) if scheme_file else None
    projects.change_project(db, None, name, **given)
    if scheme is not None:
        click.echo(f"{name}\tscheme version {projects.change_scheme(db, None, name, scheme)}")
    else:
        click.echo(name)


@project.command("show")
@click.argument("name")
@click.option("--format", "-f", "format_", default="toml", show_default=True, type=click.Choice(("toml", "json")))
@with_database
def project_show(db: Database, name: str, format_: str) -> None:
    """Write a project's scheme, as `project set --scheme` takes it; its settings go to standard error."""
    from annotator.formats.scheme_file import write_scheme
    from annotator.store import projects

    with db.read() as connection:
        one = projects.project(connection, name)
    tell(f"{one.title}: {one.reviews} reviews each, scheme version {one.scheme_version}, "
         f"names {'hidden' if one.hide_names else 'shown'}")  # fmt: skip
    click.echo(write_scheme(one.scheme, format_), nl=False)


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
