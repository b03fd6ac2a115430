"""Who may import what: the layers of CONTRIBUTING.md as a table, and the source walked against it."""

import ast
import sys
from pathlib import Path

import pytest

import annotator

ROOT = Path(annotator.__file__).parent
PURE = {"msgspec", "regex", "rfc8785"}
CONNECTION = {"sqlalchemy.Connection"}  # what the store's functions are handed through; for annotations only

# Part of the package → the parts of it, and the packages from outside (or single names of one), that it may import.
# The standard library is free to all. A part is a folder or a module.
MAY = {
    "errors": (set(), set()),
    "clean": (set(), {"bleach", "mistune"}),
    "core": ({"core", "errors"}, PURE),
    "formats": ({"core", "formats", "errors", "clean"}, PURE),
    "store": ({"core", "store", "errors"}, {"sqlalchemy", "alembic", "msgspec"}),
    "actions": (
        {"core", "formats", "store", "actions", "errors"},
        {"msgspec", "werkzeug.security", *CONNECTION},
    ),
    "web": (
        {"core", "formats", "store", "actions", "web", "errors", "clean", "settings"},
        {"flask", "flask_htmx", "markupsafe", "msgspec", "werkzeug", *CONNECTION},
    ),
    "settings": ({"errors"}, {"dotenv"}),
    "files": ({"errors"}, set()),
    "app": ({"web", "actions", "store", "errors", "settings"}, {"flask", "flask_htmx", "jinja2", "werkzeug"}),
    "server": (
        {"app", "actions", "formats", "store", "errors", "settings"},
        {"click", "granian", "flask.Flask"},  # the latter for an annotation
    ),
    "cli": (
        {"cli", "core", "formats", "store", "actions", "errors", "settings", "files", "server", "__version__"},
        {"click", "msgspec"},
    ),
    "__main__": ({"cli"}, set()),
    "__init__": (set(), set()),
}
LEAVES_OF_FORMATS = {"html"}  # the only formats that may take `clean`


def part_of(path):
    first = path.relative_to(ROOT).parts[0]
    return first.removesuffix(".py")


def imported(tree):
    """Every module or name that is imported, dotted, wherever in the file the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are absolute"
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def breaches(source, part, stem=""):
    """What of `source`, a module of `part`, may not be imported there."""
    inside, outside = MAY[part]
    for name, line in imported(ast.parse(source)):
        top, _, rest = name.partition(".")
        if top in sys.stdlib_module_names:
            continue
        if top == "annotator":
            target = rest.split(".")[0]
            fine = target in inside and (target != "clean" or part != "formats" or stem in LEAVES_OF_FORMATS)
            fine = fine or (name == "annotator.__version__" and part not in {"core", "formats"})
        else:
            fine = any(name == known or name.startswith(known + ".") for known in outside)
        if not fine:
            yield f"line {line}: {name}"


MODULES = sorted(path for path in ROOT.rglob("*.py") if "_files" not in path.parts)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_go_one_way(path):
    assert not list(breaches(path.read_text(encoding="utf-8"), part_of(path), path.stem))


def test_every_layer_is_walked():
    assert {part_of(path) for path in MODULES} >= {"core", "formats", "store", "actions", "web", "cli", "app"}


@pytest.mark.parametrize(
    ("part", "line"),
    [
        ("core", "import sqlalchemy"),
        ("core", "from annotator.store import db"),
        ("core", "from annotator import store"),
        ("core", "from annotator.formats.records import Line"),
        ("core", "def f():\n    from flask import g"),
        ("formats", "import annotator.store.db"),
        ("formats", "from annotator.clean import clean"),
        ("store", "from annotator.actions import tagging"),
        ("store", "from annotator.formats.records import Line"),
        ("store", "import flask"),
        ("actions", "from sqlalchemy import select"),
        ("actions", "from sqlalchemy import Connection, insert"),
        ("actions", "import sqlalchemy"),
        ("actions", "from flask import request"),
        ("actions", "from annotator.web import views"),
        ("web", "import bleach"),
        ("web", "from sqlalchemy import text"),
        ("web", "from annotator import cli"),
        ("cli", "from flask import Flask"),
        ("cli", "from annotator.web import views"),
        ("errors", "from annotator.core import text"),
        ("settings", "import rfc8785"),
    ],
)
def test_a_breach_is_seen(part, line):
    assert list(breaches(line, part))


@pytest.mark.parametrize(
    ("part", "line"),
    [
        ("core", "import json, regex"),
        ("core", "from annotator.errors import Refused"),
        ("formats", "from annotator.core.text import decode"),
        ("store", "from alembic.config import Config"),
        ("actions", "from sqlalchemy import Connection"),
        ("web", "from flask import g"),
    ],
)
def test_what_is_allowed_is_no_breach(part, line):
    assert not list(breaches(line, part))


def test_the_html_format_may_clean():
    assert not list(breaches("from annotator.clean import clean", "formats", "html"))


@pytest.mark.parametrize("part", ["actions", "web"])
def test_a_connection_is_only_ever_an_annotation_above_the_store(part):
    """Statements are run in the store: no file above it calls `execute` on what it hands through."""
    for path in (ROOT / part).rglob("*.py"):
        calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
        names = {node.func.attr for node in calls if isinstance(node.func, ast.Attribute)}
        assert not names & {"execute", "exec_driver_sql", "scalar", "scalars"}, path.name
