"""`annotator serve` as people run it: what it prints, how it ends, and what a kill -9 cannot take."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import text as sql

from annotator.server import hosts
from annotator.settings import Settings
from annotator.store.db import Database
from cli.command import Command, environment

READY_SECONDS = 20
END_SECONDS = 5


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A running server. `said` is all it has printed so far."""

    def __init__(self, instance, log):
        self.port = free_port()
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "annotator", "serve", "--port", str(self.port)],
                env=environment(instance, PYTHONUNBUFFERED="1"), stdout=output, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip

    @property
    def said(self):
        return self.log.read_text(encoding="utf-8")

    def wait_until_it_answers(self):
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            try:
                if self.get("/readyz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)
        pytest.fail(f"it does not answer: {self.said}")

    def request(self, method, path, body=None, **headers):
        """Status, headers, text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            response = connection.getresponse()
            return response.status, response.headers, response.read().decode()
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.request("GET", path, **headers)

    def end(self, signal_, *, group=False):
        """Seconds until it had ended."""
        begun = time.monotonic()
        (os.killpg if group else os.kill)(self.process.pid, signal_)
        self.process.wait(READY_SECONDS)
        return time.monotonic() - begun

    def answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True


@pytest.fixture
def serve(tmp_path):
    """Starts a server on an instance folder and waits until it answers; whatever it leaves is killed."""

    @contextmanager
    def running(instance):
        server = Server(instance, tmp_path / f"server-{len(list(tmp_path.glob('server-*')))}.log")
        try:
            server.wait_until_it_answers()
            yield server
        finally:
            try:
                os.killpg(server.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            server.process.wait()

    return running


def link_in(server):
    found = re.search(rf"http://127\.0\.0\.1:{server.port}(/setup\?key=\S+)", server.said)
    return found and found[1]


def fill_in(server, link, name):
    """Sends the form behind the set-up link."""
    status, headers, page = server.get(link)
    if status != 200:
        return status
    form = {
        "name": name,
        "password": "correct horse",
        "key": link.split("key=")[1],
        "csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page)[1],
    }
    cookie = headers["Set-Cookie"].split(";")[0]
    kind = "application/x-www-form-urlencoded"
    return server.request("POST", urlsplit(link).path, urlencode(form), Cookie=cookie, Content_Type=kind)[0]


def rows(instance, query):
    db = Database(f"sqlite:///{instance / 'annotator.sqlite3'}")
    try:
        with db.read() as connection:
            return [tuple(row) for row in connection.execute(sql(query))]
    finally:
        db.dispose()


def test_the_first_start_and_the_second(serve, tmp_path):
    instance = tmp_path / "instance"
    with serve(instance) as server:
        assert f"http://127.0.0.1:{server.port}/ " in server.said
        assert "Loaded 5 articles into project seeds." in server.said
        first_link = link_in(server)
        assert server.get("/healthz")[0] == 200
        assert server.end(signal.SIGINT) < END_SECONDS
        assert server.process.returncode == 0
        assert server.said.endswith("annotator has stopped\n")
        assert "Traceback" not in server.said
    with serve(instance) as server:
        assert "Loaded" not in server.said
        assert server.get(first_link)[0] == 404
        link = link_in(server)
        assert fill_in(server, link, "Editor") == 303
        assert fill_in(server, link, "Intruder") == server.get(link)[0] == 404
        assert server.end(signal.SIGTERM) < END_SECONDS
        assert server.process.returncode == 0
        assert "Traceback" not in server.said
    assert rows(instance, "SELECT name, admin FROM users") == [("Editor", 1)]
    assert rows(instance, "SELECT count(*) FROM setup_keys") == [(0,)]  # dead even when no one could sign in any more
    assert rows(instance, "SELECT project, count(*) FROM articles GROUP BY project") == [("seeds", 5)]
    with serve(instance) as server:
        assert link_in(server) is None


def test_ctrl_c_reaches_the_whole_group__with_a_browser_still_connected(serve, tmp_path, db):
    with serve(tmp_path) as server:
        kept = http.client.HTTPConnection("127.0.0.1", server.port)
        kept.request("GET", "/healthz")
        assert kept.getresponse().read() == b"ok\n"
        assert server.end(signal.SIGINT, group=True) < END_SECONDS
        kept.close()
        assert server.process.returncode == 0
        assert "Traceback" not in server.said
        assert not server.answers()


def test_the_port_is_free_soon_after_the_main_process_alone_was_killed(serve, tmp_path, db):
    with serve(tmp_path) as server:
        server.end(signal.SIGKILL)
        until = time.monotonic() + END_SECONDS
        while server.answers() and time.monotonic() < until:
            time.sleep(0.05)
        assert not server.answers()


def test_where_there_is_a_project_no_seeds_are_loaded(serve, tmp_path, project):
    with serve(tmp_path) as server:
        assert "Loaded" not in server.said
        assert link_in(server) is None
    assert rows(tmp_path, "SELECT slug FROM projects") == [("desk",)]


# -- what it refuses to start on


def test_a_taken_port(tmp_path):
    command = Command(tmp_path, tmp_path / "instance")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = taken.getsockname()[1]
        why = command.refused("serve", "--port", port)
    assert why.startswith(f"127.0.0.1:{port}: Cannot listen there: Address already in use.")
    assert not (tmp_path / "instance" / "annotator.sqlite3").exists()


def test_an_address_that_is_not_ours(tmp_path):
    why = Command(tmp_path, tmp_path / "instance").refused("serve", "--host", "192.0.2.1")
    assert why.startswith("192.0.2.1:8000: Cannot listen there: ")


def test_a_database_of_a_newer_version(tmp_path, db):
    with db.engine.connect() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    assert "made by a newer" in Command(tmp_path, tmp_path).refused("serve", "--port", free_port())


@pytest.mark.parametrize(
    ("set_", "host", "expected"),
    [
        ((), "127.0.0.1", ("127.0.0.1",)),
        ((), "News.Example.org", ("news.example.org",)),
        (("a.example",), "0.0.0.0", ("a.example",)),
    ],
)
def test_the_names_it_answers_to(set_, host, expected):
    assert hosts(Settings(hosts=set_), host) == expected


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_listening_everywhere_answers_to_any_address_but_no_foreign_name(host):
    assert ":any-address" in hosts(Settings(), host)
    assert "*" not in hosts(Settings(), host)


# -- kill -9

WORDS = 3000
TEXT = "word " * WORDS


def save_spans(server, article, token, mine, acknowledged, stop):
    """Saves spans as fast as it goes, until the server is gone; notes each that was acknowledged."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        for number in mine:
            place = {"start": 5 * number, "end": 5 * number + 4, "label": "claim", "quote": "word"}
            connection.request("POST", f"/api/v1/articles/{article}/spans", json.dumps(place), headers)
            response = connection.getresponse()
            body = response.read()
            if response.status == 201:
                acknowledged.append((json.loads(body)["id"], place["start"]))
            elif response.status != 503:
                pytest.fail(f"{response.status}: {body}")
    except (OSError, http.client.HTTPException):
        assert stop.is_set()
    finally:
        connection.close()


@pytest.mark.parametrize("after", [20, 60, 120], ids="killed_after_{}_spans".format)
def test_no_acknowledged_span_is_lost_when_the_server_is_killed(serve, tmp_path, load, templates, after):
    load({"text": TEXT, "key": "long"})
    ((article,),) = rows(tmp_path, "SELECT id FROM articles")
    acknowledged, stop = [], threading.Event()
    with serve(tmp_path) as server:
        threads = [
            threading.Thread(
                target=save_spans,
                args=(server, article, templates.get("people").tokens[name], range(n, WORDS, 2), acknowledged, stop),
            )
            for name in ("ana", "ben")
            for n in (0, 1)
        ]
        for thread in threads:
            thread.start()
        until = time.monotonic() + READY_SECONDS
        while len(acknowledged) < after and time.monotonic() < until:
            time.sleep(0.001)
        stop.set()
        os.killpg(server.process.pid, signal.SIGKILL)
        for thread in threads:
            thread.join(10)
    assert len(acknowledged) >= after
    kept = dict(rows(tmp_path, "SELECT id, start_at FROM spans"))
    assert [(id_, start) for id_, start in acknowledged if kept.get(id_) != start] == []
    assert len(kept) <= len(acknowledged) + len(threads)  # at most one each that was saved and not yet acknowledged
    assert "ok: " in Command(tmp_path, tmp_path)("verify").lines[-1]
