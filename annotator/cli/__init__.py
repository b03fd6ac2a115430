"""The command line: parse, call one action, print. Exit 0 done, 1 refused or failed, 2 wrong usage.

Actions and the store are imported by the commands that need them: SQLAlchemy alone takes longer to load
than help and wrong usage should take to answer.
"""

from annotator.cli import admin, assigning, data, inout, log  # each adds its commands to the group
from annotator.cli.running import cli, main

__all__ = ["admin", "assigning", "cli", "data", "inout", "log", "main"]
