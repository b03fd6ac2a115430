"""The README against the program: every setting, every command, every option it shows."""

import re
from dataclasses import fields

import click
import pytest

from annotator.cli import cli
from annotator.settings import Settings
from cli.command import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
CODE = "\n".join(a or b for a, b in re.findall(r"^```sh\n(.*?)^```|`([^`\n]+)`", README, re.MULTILINE | re.DOTALL))
ROWS = dict(re.findall(r"^\| `(ANNOTATOR_\w+)` \| (.*) \|$", README, re.MULTILINE))


def leaves(group=cli, path=()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


COMMANDS = dict(leaves())


@pytest.mark.parametrize("setting", fields(Settings), ids=lambda one: one.name)
def test_the_table_of_settings_has_each_in_the_words_of_the_program(setting):
    row = ROWS[setting.metadata["variable"]]
    assert row.startswith(setting.metadata["help"])
    shown = setting.default
    if isinstance(shown, int) and shown > 0:
        assert f"default {shown:,}" in row


def test_the_table_of_settings_has_no_other():
    assert set(ROWS) == {one.metadata["variable"] for one in fields(Settings)}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command):
    assert re.search(rf"`{command}\b", README), f"`{command}` is not in README.md"


@pytest.mark.parametrize("words", sorted(set(re.findall(r"\bannotator ((?:[a-z]+ ?)+)", CODE))))
def test_every_command_line_in_the_readme_is_one(words):
    assert any(f"{words} ".startswith(f"{command} ") for command in COMMANDS)


@pytest.mark.parametrize("option", sorted(set(re.findall(r"(?<![-\w])--[a-z][a-z-]*", CODE))))
def test_every_option_in_the_readme_is_there(option):
    known = {name for command in COMMANDS.values() for parameter in command.params for name in parameter.opts}
    assert option in known | {"--help"}


def test_the_readme_has_the_two_commands_that_do_it_all():
    assert "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/annotator serve" in README
    assert re.search(r"^tests/run$", README, re.MULTILINE)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\(((?!http)[^)#]+)\)", README))))
def test_what_the_readme_links_to_is_there(path):
    target = ROOT / path
    made = target.suffix == ".png" and not target.parent.exists()  # pictures: a script makes all of them at once
    assert target.exists() or made
