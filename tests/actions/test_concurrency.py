"""Eight people take articles at the same moment: never one place more than needed, never the same article twice.

On SQLite and on PostgreSQL; as threads, as processes of their own, and as clients of one server.
"""

import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from subprocess import PIPE, Popen
from threading import Barrier

import pytest
from sqlalchemy import text as sql

from annotator.actions import assigning, loading, projects, reviewing
from annotator.actions import people as accounts
from annotator.actions.assigning import Chosen
from annotator.app import create_app
from annotator.formats.jsonl import read as read_jsonl
from annotator.formats.options import Options
from annotator.settings import Settings
from annotator.store import people as people_store
from annotator.store import replay
from annotator.store.db import Database
from cli.command import ROOT
from conftest import Api
from factories import article_text, ndjson

CROWD = [f"reviewer-{number}" for number in range(8)]
ARTICLES, NEEDED = 7, 3


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'annotator.sqlite3'}"
    return request.getfixturevalue("postgres_server").fresh()


@pytest.fixture
def ground(url):
    """A database with eight reviewers and their tokens, a manager, and seven articles that need three reviews each."""
    import io

    database = Database(url)
    database.migrate()
    projects.add_project(database, "desk", reviews=NEEDED)
    for name in (*CROWD, "max"):
        accounts.add_user(database, name, project="desk", role="manager" if name == "max" else "reviewer")
    lines = [{"text": article_text(seed=number), "key": f"k{number}"} for number in range(ARTICLES)]
    loading.load(database, read_jsonl(io.BytesIO(ndjson(*lines)), "line", Options()), project="desk")
    yield database
    database.dispose()


def viewer(database, name):
    with database.read() as connection:
        return people_store.viewer(connection, name)


def assert_exact(database):
    """As many reviews as needed for each article, none by one person twice, and a log that says the same."""
    with database.read() as connection:
        rows = connection.execute(sql("SELECT article, reviewer FROM reviews")).all()
        assert replay.check_replay(connection) > 0
    assert Counter(article for article, _ in rows) == dict.fromkeys({article for article, _ in rows}, NEEDED)
    assert len(rows) == ARTICLES * NEEDED
    assert len({tuple(row) for row in rows}) == len(rows)


def pull_all(database, me):
    """Takes and submits until nothing is left; answers with what came, in order."""
    got = []
    while (article := reviewing.take_next(database, me, "desk")) is not None:
        got.append(article)
        reviewing.submit(database, me, article)
    return got


def test_eight_threads_pull(ground, url):
    barrier = Barrier(len(CROWD))

    def run(name):
        own = Database(url)
        try:
            me = viewer(own, name)
            barrier.wait()
            return pull_all(own, me)
        finally:
            own.dispose()

    with ThreadPoolExecutor(len(CROWD)) as pool:
        answers = list(pool.map(run, CROWD))
    assert all(len(got) == len(set(got)) for got in answers)
    assert_exact(ground)


PULLER = """
import sys
from annotator.actions import reviewing
from annotator.store import people
from annotator.store.db import Database

database = Database(sys.argv[1])
with database.read() as connection:
    me = people.viewer(connection, sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
while (article := reviewing.take_next(database, me, "desk")) is not None:
    print(article, flush=True)
    reviewing.submit(database, me, article)
"""


def test_eight_processes_pull(ground, url):
    def start(name):
        return Popen(
            [sys.executable, "-c", PULLER, url, name], cwd=ROOT, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True
        )

    running = [start(name) for name in CROWD]
    for one in running:
        assert one.stdout.readline() == "ready\n", one.communicate()
    for one in running:  # the gun
        one.stdin.write("\n")
        one.stdin.flush()
    for one in running:
        out, err = one.communicate(timeout=60)
        assert (one.returncode, err) == (0, "")
        assert len(out.split()) == len(set(out.split()))
    assert_exact(ground)


def test_eight_clients_of_the_api_pull(ground, url, tmp_path):
    tokens = {name: accounts.add_token(ground, name).token for name in CROWD}
    app = create_app(Settings(instance=tmp_path, database_url=url, secret_key="for tests only " * 3))
    barrier = Barrier(len(CROWD))

    def run(name):
        api, got = Api(app, tokens[name]), []
        barrier.wait()
        while (answer := api.post("/projects/desk/next")).status_code == 200:
            got.append(answer.json["id"])
            assert api.post(f"/articles/{got[-1]}/submit").status_code == 200
        assert answer.status_code == 204
        return got

    with ThreadPoolExecutor(len(CROWD)) as pool:
        answers = list(pool.map(run, CROWD))
    app.extensions["database"].dispose()
    assert all(len(got) == len(set(got)) for got in answers)
    assert_exact(ground)


def test_giving_out_and_pulling_at_once(ground, url):
    """Three pushes in every way beside five who pull."""
    barrier = Barrier(8)

    def push(act):
        def run(own):
            me = viewer(own, "max")
            barrier.wait()
            for _ in range(3):
                act(own, me)

        return run

    def pull(name):
        def run(own):
            me = viewer(own, name)
            barrier.wait()
            pull_all(own, me)

        return run

    keys = Chosen(articles=[f"k{number}" for number in range(ARTICLES)])
    acts = [
        push(lambda own, me: assigning.give_by_share(own, me, "desk", {CROWD[0]: 60, CROWD[1]: 40})),
        push(lambda own, me: assigning.give_by_round(own, me, "desk", 2)),
        push(lambda own, me: assigning.give(own, me, "desk", CROWD[2], keys)),
        *(pull(name) for name in CROWD[3:]),
    ]

    def run(act):
        own = Database(url)
        try:
            act(own)
        finally:
            own.dispose()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, acts))
    for name in CROWD:
        pull_all(ground, viewer(ground, name))
    assert_exact(ground)
