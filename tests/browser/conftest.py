"""A true server on a free port with its own instance, and a true Chromium, driven as a person would."""

import json
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from browser_help import PASSWORD, sign_in
from live import ARGS, Server, chromium_path

FAILURES = Path(__file__).parent / "failures"


@pytest.fixture(scope="session")
def browser():
    path = chromium_path()
    assert path, "no Chromium for the browser tests: install one, or set CHROMIUM to it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def bare_server(tmp_path):
    """A server on an empty instance, not started."""
    server = Server(tmp_path / "instance")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A started server with the seeds, two reviewers (ana, ben), an adjudicator (cyd) and an admin (root)."""
    server = Server(tmp_path_factory.mktemp("server") / "instance")
    for name, role in (("ana", "reviewer"), ("ben", "reviewer"), ("cyd", "adjudicator"), ("root", "")):
        if name == "ana":
            server.command("project", "add", "seeds", "--title", "Seeds")
            server.command("load", str(Path(__file__).parents[2] / "seeds"), "--project", "seeds")
        words = ["--role", role, "--project", "seeds"] if role else ["--admin"]
        server.command("user", "add", name, *words, "--password-stdin", stdin=PASSWORD + "\n")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def case(server):
    """The address of an article whose two reviews are submitted."""
    tokens = {name: server.command("token", "add", name).strip().splitlines()[-1] for name in ("ana", "ben")}

    def call(name, method, path, body=None):
        request = urllib.request.Request(
            f"{server.url}/api/v1{path}", json.dumps(body).encode() if body is not None else None,
            {"Authorization": f"Bearer {tokens[name]}", "Content-Type": "application/json"}, method=method,
        )  # fmt: skip
        return json.loads(urllib.request.urlopen(request).read() or b"null")

    items = call("ana", "GET", "/projects/seeds/articles")["items"]
    article = next(item["id"] for item in items if item["key"].startswith("003"))
    for name, end in (("ana", 79), ("ben", 86)):
        call(name, "POST", f"/articles/{article}/spans", {"start": 0, "end": end, "label": "claim"})
        call(name, "POST", f"/articles/{article}/submit", {})
    return article


@pytest.fixture
def open_as(browser, request):
    """`open_as(name, server)` gives a page on which that person is signed in; errors in it fail the test."""
    contexts, errors = [], []

    def open_as(name, server, *, path="/", expect_errors=False, **options):
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        if not expect_errors:
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        if name:
            sign_in(page, server, name)
        page.goto(server.url + path)
        return page

    yield open_as
    if request.session.testsfailed:
        FAILURES.mkdir(exist_ok=True)
        for number, context in enumerate(contexts):
            for page in context.pages:
                page.screenshot(path=FAILURES / f"{request.node.name}-{number}.png")
    for context in contexts:
        context.close()
    assert errors == []
