"""`annotator serve`: first-time set-up, then the web server."""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
import threading
import time
from urllib.parse import quote

import click
from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from annotator.actions import loading, projects
from annotator.app import create_app, shipped
from annotator.errors import Refused
from annotator.formats.folder import read_all
from annotator.settings import Settings, load_settings
from annotator.store import people
from annotator.store import projects as projects_store
from annotator.store.db import Database

SEEDS = "seeds"
ANY = ("0.0.0.0", "::")  # noqa: S104


def serve(host: str, port: int) -> None:
    """Makes what is missing, prints the address (and, with no account yet, the set-up link), serves.

    Raises Refused for a port that is taken, a folder that cannot be written, a database of a newer version.
    """
    settings = load_settings()
    check_port(host, port)
    db = Database(settings.database_url)
    try:
        db.migrate()
        load_seeds(db)
        key = setup_key(db)
    finally:
        db.dispose()
    create_app(settings)  # whatever is wrong with it shows here, once, and not in each worker
    shown = f"http://{_shown(host)}:{port}"
    click.echo(f"annotator serves {shown}/  (Ctrl-C ends it)")
    if key:
        click.echo(f"Make the first account here, once: {shown}/setup?key={quote(key)}")
    sys.stdout.flush()
    os.environ["ANNOTATOR_HOSTS"] = ",".join(hosts(settings, host))
    _server(host, port).serve(target_loader=load_app)
    click.echo("annotator has stopped")


def check_port(host: str, port: int) -> None:
    """Raises Refused when nothing can listen there, after a moment's grace for a server that is ending.

    The server itself would not notice: on Linux two of them share a port.
    """
    patience = time.monotonic() + 1
    while True:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.socket(found[0], socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(found[4])
                probe.listen(1)
                return
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > patience:
                why = f"Cannot listen there: {error.strerror}. Choose another --port or --host."
                raise Refused(why, where=f"{host}:{port}") from error
            time.sleep(0.1)


def load_seeds(db: Database) -> None:
    """Loads the shipped articles into project `seeds` when there is no project yet."""
    with db.read() as connection:
        if projects_store.projects(connection):
            return
    projects.add_project(db, SEEDS, title="Seeds")
    report = loading.load(db, read_all([str(shipped("seeds"))]), project=SEEDS)
    click.echo(f"Loaded {report.loaded} articles into project {SEEDS}.")


def setup_key(db: Database) -> str | None:
    """A new key for the set-up link while nobody can sign in, else None."""
    with db.write() as connection:
        return None if people.any_sign_in(connection) else people.new_setup_key(connection)


def hosts(settings: Settings, host: str) -> tuple[str, ...]:
    """The host names to answer: those set, else the one listened on; a wildcard answers to any address."""
    if settings.hosts:
        return settings.hosts
    return (":any-address", socket.gethostname().lower()) if host in ANY else (host.lower(),)


def _shown(host: str) -> str:
    if host in ANY:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _server(host: str, port: int) -> Granian:
    """Two workers for the cores, four threads each: an export keeps one busy while the others answer."""
    address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0]
    return Granian(
        "annotator", address=str(address), port=port, interface=Interfaces.WSGI, workers=2, blocking_threads=4,
        http=HTTPModes.http1, websockets=False, log_level=LogLevels.error, respawn_failed_workers=True,
        workers_kill_timeout=10,
    )  # fmt: skip


def load_app(_target: str) -> Flask:
    """The app of one worker, and what the worker needs beside it.

    The main process alone hears Ctrl-C and then ends the workers by SIGTERM; a worker that heard both
    could hang. Threads take turns every millisecond, so that one busy with an export does not hold up
    the rest. A worker whose main process was killed ends too, and frees the port.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    sys.setswitchinterval(0.001)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    return create_app()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(1)
