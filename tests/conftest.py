"""A file database of its own for every test, copied from one that was migrated (and peopled) once."""

import io
import re
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import hypothesis
import pytest
from sqlalchemy import text as sql
from werkzeug.security import generate_password_hash

from annotator.actions import loading, projects, reviewing, tagging
from annotator.actions import people as accounts
from annotator.actions.limits import Limits
from annotator.app import create_app
from annotator.formats.folder import read_all
from annotator.formats.jsonl import read as read_jsonl
from annotator.formats.options import Options
from annotator.settings import Settings
from annotator.store import articles as articles_store
from annotator.store import people as people_store
from annotator.store import projects as projects_store
from annotator.store.db import Database
from factories import TEXT, ndjson, new_span
from postgres import postgres_server  # noqa: F401 - a fixture

hypothesis.settings.register_profile("untimed", deadline=None)  # a busy machine is no mistake of ours
hypothesis.settings.load_profile("untimed")

PASSWORD = "correct horse"
ROLES = {"ana": "reviewer", "ben": "reviewer", "cyd": "adjudicator", "max": "manager"}
SEEDS = Path(__file__).parent.parent / "seeds"
LIMITS = Limits()


@dataclass(frozen=True)
class Template:
    """A database file to copy, and the API tokens of the people in it."""

    path: Path
    tokens: dict


class _Templates:
    """Migrated, then with people, then with the seeds too: each made once, when first asked for."""

    def __init__(self, folder):
        self.folder = folder
        self.made = {}

    def get(self, kind):
        if kind not in self.made:
            self.made[kind] = getattr(self, f"_{kind}")()
        return self.made[kind]

    def _grown(self, kind, grow, start=None):
        path = self.folder / f"{kind}.sqlite3"
        if start is not None:
            shutil.copy(start.path, path)
        database = Database(f"sqlite:///{path}")
        try:
            tokens = grow(database) or {}
            with database.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            database.dispose()
        return Template(path, (start.tokens if start else {}) | tokens)

    def _empty(self):
        return self._grown("empty", Database.migrate)

    def _people(self):
        return self._grown("people", _populate, self.get("empty"))

    def _seeds(self):
        def grow(database):
            projects.add_project(database, "seeds", title="Seeds")
            loading.load(database, read_all([str(SEEDS)]), project="seeds")
            for name, role in ROLES.items():
                accounts.add_user(database, name, project="seeds", role=role)

        return self._grown("seeds", grow, self.get("people"))


def _populate(database):
    projects.add_project(database, "desk", title="The desk")
    tokens = {}
    with pytest.MonkeyPatch.context() as patch:  # a hash that is as good and quick to check, for many sign-ins
        patch.setattr(accounts, "generate_password_hash", partial(generate_password_hash, method="scrypt:1024:8:1"))
        for name in (*ROLES, "eve", "root"):
            role = ROLES.get(name)
            accounts.add_user(
                database, name, password=PASSWORD, admin=name == "root", project="desk" if role else None, role=role
            )
            tokens[name] = accounts.add_token(database, name).token
    return tokens


@pytest.fixture(scope="session")
def templates(tmp_path_factory):
    return _Templates(tmp_path_factory.mktemp("templates"))


@pytest.fixture
def template(request, templates):
    """The file that this test's database is a copy of, by the fixtures it asks for."""
    asked = {"seeds", "people"} & set(request.fixturenames)
    return templates.get("seeds" if "seeds" in asked else "people" if asked else "empty")


@pytest.fixture
def settings(tmp_path):
    return Settings(
        instance=tmp_path, database_url=f"sqlite:///{tmp_path / 'annotator.sqlite3'}", secret_key="for tests only " * 3
    )


@pytest.fixture
def db(settings, template):
    """The test's own database, migrated."""
    shutil.copy(template.path, settings.instance / "annotator.sqlite3")
    database = Database(settings.database_url)
    yield database
    database.dispose()


@pytest.fixture
def app(settings, db):
    made = create_app(settings)
    yield made
    made.extensions["database"].dispose()


@pytest.fixture
def client(app):
    return app.test_client()


# -- people, articles, reviews


@pytest.fixture
def people(db):
    """ana and ben review, cyd adjudicates, max manages project `desk`; eve has no role, root is admin."""
    with db.read() as connection:
        return SimpleNamespace(
            **{name: people_store.viewer(connection, name) for name in (*ROLES, "eve", "root")}
        )  # fmt: skip


@pytest.fixture
def project(db, people):
    """Project `desk`: the default scheme, two reviews."""
    with db.read() as connection:
        return projects_store.project(connection, "desk")


@pytest.fixture
def seeds(db, people):
    """The five shipped articles of project `seeds`, with their texts, in order."""
    with db.read() as connection:
        found = articles_store.listed(connection, projects_store.project(connection, "seeds"), "ana")
        return [
            SimpleNamespace(id=one.article.id, text=articles_store.text(connection, one.article.id)) for one in found
        ]


@pytest.fixture
def load(db, project):
    """Loads objects as JSON lines into `desk`; answers with the report."""

    def call(*lines, project="desk", **options):
        return loading.load(db, read_jsonl(io.BytesIO(ndjson(*lines)), "line", Options()), project=project, **options)

    return call


@pytest.fixture
def article(db, load):
    """The id of the one article of `desk`, whose text is `factories.TEXT`."""
    load({"text": TEXT, "key": "tunnel", "title": "Ministry denies that the tunnel leaks"})
    with db.read() as connection:
        return connection.execute(sql("SELECT id FROM articles WHERE key = 'tunnel'")).scalar_one()


@pytest.fixture
def tag(db, article):
    """Tags words of the article: `tag(people.ana, "claim", "the words")`; answers with the span."""

    def call(viewer, label, words, **more):
        return tagging.add_span(db, viewer, article, new_span(label, words, **more), LIMITS, by_hand=False).after

    return call


@pytest.fixture
def two_reviews(db, people, article, tag):
    """ana's and ben's submitted reviews: one group agreed, one of each other kind. Spans by reviewer and words."""
    both = {
        "ana": [("claim", "The tunnel leaks"), ("figure", "12 years"), ("claim", "workers fell ill"),
                ("quote", "Nobody was hurt"), ("figure", "Two inspectors")],
        "ben": [("claim", "The tunnel leaks"), ("claim", "53 workers fell ill"), ("denial", "Nobody was hurt"),
                ("claim", "Two inspectors disagree")],
    }  # fmt: skip
    spans = {name: {words: tag(getattr(people, name), label, words) for label, words in both[name]} for name in both}
    for name in both:
        reviewing.submit(db, getattr(people, name), article)
    return SimpleNamespace(article=article, **spans)


# -- through the web


def csrf_of(response):
    return re.search(r'name="csrf[-_]token"\s+(?:content|value)="([^"]+)"', response.get_data(as_text=True))[1]


@pytest.fixture
def login_as(app, people):
    """A browser signed in through the form: a client whose `csrf` and `headers` carry the page's token."""

    def login(name, password=PASSWORD):
        browser = app.test_client()
        form = {"name": name, "password": password, "csrf_token": csrf_of(browser.get("/login"))}
        response = browser.post("/login", data=form)
        assert response.status_code == 303, response.get_data(as_text=True)
        browser.csrf = csrf_of(browser.get("/account"))
        browser.headers = {"X-CSRF-Token": browser.csrf}
        return browser

    return login


class Api:
    """Calls under /api/v1 with a bearer token; answers are werkzeug's, without their exceptions."""

    def __init__(self, app, token):
        self.client = app.test_client(use_cookies=False)
        self.token = token

    def open(self, method, path, json=None, headers=None, **rest):
        sent = {"Authorization": f"Bearer {self.token}"} | (headers or {})
        return self.client.open("/api/v1" + path, method=method, json=json, headers=sent, buffered=True, **rest)

    def get(self, path, **rest):
        return self.open("GET", path, **rest)

    def post(self, path, json=None, **rest):
        return self.open("POST", path, json, **rest)

    def put(self, path, json=None, **rest):
        return self.open("PUT", path, json, **rest)

    def patch(self, path, json=None, version=None, **rest):
        headers = rest.pop("headers", {}) | ({} if version is None else {"If-Match": f'"{version}"'})
        return self.open("PATCH", path, json, headers=headers, **rest)

    def delete(self, path, **rest):
        return self.open("DELETE", path, **rest)


@pytest.fixture
def api(app, people, template):
    """The API as that person: `api("ana").get("/projects")`."""
    return lambda name: Api(app, template.tokens[name])


@pytest.fixture
def log(db):
    """The actions in the audit log from a sequence number on: `log()`, `log(since=12)`."""

    def read(since=0):
        with db.read() as connection:
            query = sql("SELECT seq, actor, action, article FROM events WHERE seq > :since ORDER BY seq")
            return connection.execute(query, {"since": since}).all()

    return read
