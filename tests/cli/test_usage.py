"""Help, version and wrong usage: exit 0 and 2, and no instance is made for them."""

import click
import pytest

from annotator import __version__
from annotator.cli import cli


def commands(group=cli, path=()):
    for name, command in group.commands.items():
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


CONTRACT = (
    "serve load export project user token audit verify project/add project/list user/add user/list user/disable"
    " token/add token/list token/revoke"
).split()
COMMANDS = dict(commands())


def test_every_command_of_the_contract_is_there():
    assert {tuple(name.split("/")) for name in CONTRACT} <= set(COMMANDS)


@pytest.mark.parametrize("path", COMMANDS, ids="/".join)
def test_every_command_has_help_for_itself_and_its_options(path):
    command = COMMANDS[path]
    assert command.help
    assert command.help.split("\n")[0].endswith(".")
    for parameter in command.params:
        described = getattr(parameter, "help", None) or isinstance(parameter, click.Argument)
        assert described or isinstance(parameter.type, click.Choice) or parameter.metavar, parameter.name


@pytest.mark.parametrize("args", [["--help"], ["-h"], ["export", "--help"], ["project", "add", "-h"]])
def test_help(fresh, args):
    ran = fresh(*args)
    assert ran.lines[0].startswith("Usage: ")
    assert ran.err == ""
    assert not fresh.instance.exists()


def test_help_names_every_command(fresh):
    ran = fresh("--help").out.decode()
    assert all(f"\n  {path[0]} " in ran for path in COMMANDS)


def test_version(fresh):
    assert fresh("--version").lines == [f"annotator, version {__version__}"]


@pytest.mark.parametrize(
    ("args", "why"),
    [
        ([], "Usage: "),
        (["project"], "Usage: "),
        (["lode"], "No such command 'lode'"),
        (["load"], "Missing argument 'PATH…'"),
        (["load", "x", "--formt", "txt"], "No such option"),
        (["load", "x", "--format", "sheet"], "'sheet' is not one of 'auto', "),
        (["export", "--layer", "silver"], "'silver' is not one of 'gold', 'reviews', 'all', 'majority'"),
        (["export", "--format", "txt"], "Invalid value for '--format'"),
        (["export", "extra"], "unexpected extra argument (extra)"),
        (["project", "add"], "Missing argument 'NAME'"),
        (["project", "add", "p", "--reviews", "two"], "'two' is not a valid integer"),
        (["token", "add", "ana", "--scope", "all"], "'all' is not one of 'read', 'write'"),
        (["serve", "--port", "70000"], "70000 is not in the range"),
    ],
)
def test_wrong_usage(fresh, args, why):
    ran = fresh(*args, code=2)
    assert why in ran.err
    assert ran.out == b""
    assert not fresh.instance.exists()
