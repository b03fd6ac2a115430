"""axe-core finds nothing on any page, in both themes, wide and narrow (WCAG 2.2 A and AA)."""

import re
from pathlib import Path

import pytest

from browser_help import saved, select

AXE = (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RUN = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await axe.run(document, { runOnly: { type: "tag", values: tags } });
  return found.violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map((node) => node.html.slice(0, 160))]);
}"""
SIZES = {"wide": {"width": 1440, "height": 900}, "narrow": {"width": 390, "height": 844}}
SCREENS = {
    f"{theme}-{name}": {"viewport": size, "color_scheme": theme}
    for theme in ("light", "dark") for name, size in SIZES.items()
}  # fmt: skip
PAGES = {
    "": ["/login", "/nowhere", "/schema", "/join?key=none"],
    "ana": ["/", "/projects/seeds", "/projects/seeds/articles", "/account", "/articles/none"],
    "cyd": [
        "/",
        "/projects/seeds",
        "/projects/seeds/export",
        "/projects/seeds/agreement",
        "/projects/seeds/agreement?label=_any",
        "/projects/seeds/guidelines",
        "/projects/seeds/spot-checks",
    ],
    "root": [
        "/people",
        "/projects/seeds/load",
        "/projects/seeds/settings",
        "/projects/seeds",
        "/projects/seeds/scheme",
        "/projects/seeds/scheme/versions",
        "/projects/seeds/assignment",
        "/projects/seeds/quality",
        "/projects/seeds/members",
        "/new-project",
    ],
}


def violations(page):
    page.evaluate(AXE)
    return page.evaluate(RUN)


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("name", PAGES)
def test_pages(server, open_as, name, screen):
    page = open_as(name, server, expect_errors=True, **SCREENS[screen])
    page.request.get(f"{server.url}/projects/seeds/export/download?layer=all")  # so that an export is listed
    for path in PAGES[name]:
        page.goto(server.url + path)
        assert violations(page) == [], path


@pytest.mark.parametrize("screen", SCREENS)
def test_workspace(server, open_as, screen):
    page = open_as("ana", server, path="/projects/seeds", **SCREENS[screen])
    page.click("text=Exclusive: China operating")
    page.wait_for_selector("html.js")
    assert violations(page) == [], "empty"
    select(page, "54 such stations")
    page.keyboard.press("4")
    page.wait_for_selector("#spans > li")
    saved(page)
    assert violations(page) == [], "with a span chosen"
    for key in ("?", "g", "s", "f"):
        page.keyboard.press("Escape")
        page.wait_for_function("() => document.activeElement.tagName !== 'INPUT'")
        page.keyboard.press(key)
        page.wait_for_selector("dialog[open]")
        assert violations(page) == [], f"the dialog of {key}"
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert violations(page) == [], "finding"


@pytest.mark.parametrize("screen", SCREENS)
def test_adjudication(server, open_as, case, screen):
    page = open_as("cyd", server, path=f"/articles/{case}/adjudicate", **SCREENS[screen])
    page.wait_for_selector("html.js")
    assert violations(page) == []


@pytest.mark.parametrize("screen", SCREENS)
def test_set_up(bare_server, open_as, screen):
    server = bare_server.start()
    link = next(word for word in server.output.split() if "/setup?key=" in word)
    page = open_as("", server, path=link.removeprefix(server.url), **SCREENS[screen])
    assert page.locator("[name=password]").count() == 1
    assert violations(page) == []


@pytest.mark.parametrize("screen", SCREENS)
def test_invitation(server, open_as, screen):
    manager = open_as("root", server, path="/projects/seeds/members")
    made = manager.evaluate("""async () => {
      const token = document.querySelector("meta[name=csrf-token]").content;
      const body = new URLSearchParams({ csrf_token: token, role: "reviewer", uses: 1, days: 1 });
      return await (await fetch("/projects/seeds/invitations", { method: "POST", body })).text();
    }""")
    key = re.search(r"/join\?key=([\w-]+)", made)[1]
    page = open_as("", server, path=f"/join?key={key}", **SCREENS[screen])
    assert page.locator("[name=password]").count() == 1
    assert violations(page) == []
