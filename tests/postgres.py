"""A PostgreSQL server for the tests, in a folder of its own on a socket: started once, if there is one to start.

A test asks for the fixture `postgres_server`; `postgres_server.fresh()` is the address of a new, empty database.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import pytest


class NoServer(Exception):
    """Why there is none."""


def programs():
    """The folder of the server's programs; Debian keeps them off the path. Raises NoServer."""
    found = _installed()
    if not found and os.getuid() == 0 and shutil.which("apt-get"):
        for command in (["apt-get", "update"], ["apt-get", "install", "-y", "postgresql"]):
            done = subprocess.run(command, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
                                  stdin=subprocess.DEVNULL, capture_output=True, check=False)  # fmt: skip
            if done.returncode:
                raise NoServer(f"apt-get {command[1]} failed: {done.stderr.decode(errors='replace')[-200:]}")
        found = _installed()
    if found:
        return found[-1]
    on_path = shutil.which("initdb")
    if on_path is None:
        raise NoServer("no PostgreSQL server is installed (on Debian: apt-get install postgresql)")
    return Path(on_path).parent


def _installed():
    """Debian's, the newest last."""
    return sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))


class Server:
    """A running server: `url` of its first database, `fresh()` that of a new one.

    It is a child that ends with this process, however that ends: a run that is killed leaves no server behind.
    """

    def __init__(self):
        try:
            import psycopg  # noqa: F401
        except ImportError as error:
            raise NoServer("psycopg is not installed (pip install 'newsroom-annotator[postgres]')") from error
        folder = programs()
        # A socket's path has room for about a hundred letters; pytest's own folders are longer than that.
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        self.url = f"postgresql://postgres@/postgres?host={self.folder}"
        self.wrap = ["setpriv", "--pdeathsig", "INT"] if shutil.which("setpriv") else []
        if os.getuid() == 0:  # the server refuses to run as root
            if not self.wrap:
                raise NoServer("setpriv, to start it as its own user, is not there")
            shutil.chown(self.folder, "postgres", "postgres")
            self.wrap += ["--reuid=postgres", "--regid=postgres", "--clear-groups"]
        data = self.folder / "data"
        made = [folder / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        done = subprocess.run([*self.wrap, *map(str, made)], cwd=self.folder, stdin=subprocess.DEVNULL,
                              capture_output=True, check=False)  # fmt: skip
        if done.returncode:
            raise NoServer(f"initdb: {done.stderr.decode(errors='replace')[-300:]}")
        options = ["-k", self.folder, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200"]
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [*self.wrap, *map(str, [folder / "postgres", "-D", data, *options])],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        self._wait()

    def _wait(self):
        import psycopg

        for _ in range(600):
            try:
                psycopg.connect(self.url).close()
            except psycopg.OperationalError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
            else:
                return
        log = (self.folder / "log").read_text(errors="replace")[-300:]
        self.stop()
        raise NoServer(f"it did not start: {log}")

    def fresh(self, language=None):
        """The address of a new, empty database; one that sorts words as the language does, if named."""
        import psycopg

        name = f"t{uuid.uuid4().hex[:12]}"
        order = f"TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE '{language}'" if language else ""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} {order}")
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def stop(self):
        """Ends the server and takes its folder away."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server():
    """The server, skipping what needs it with the reason where none can be had."""
    try:
        server = Server()
    except NoServer as why:
        pytest.skip(f"no PostgreSQL: {why}")
    yield server
    server.stop()
