"""Takes the pictures in the README anew: a server with the seeds, two reviews of one article, a Chromium.

.venv-test/bin/python tests/pictures.py
"""

import json
import sys
import tempfile
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from browser_help import PASSWORD, sign_in  # noqa: E402
from live import ARGS, Server, chromium_path  # noqa: E402

BOTH = [
    ("more than 100 so-called overseas police stations", "figure"),
    ("54 such stations", "figure"),
    ("48 additional police stations", "figure"),
    ("two more Chinese exiles", "figure"),
    ("at least 53 countries", "figure"),
    ("Beijing has denied it is running undeclared police forces outside its territory", "denial"),
]
ANA = [
    ("Beijing has set up more than 100 so-called overseas police stations across the globe", "claim"),
    ("it found evidence China was operating 48 additional police stations abroad", "claim"),
    ("a Chinese citizen was coerced into returning home by operatives working undercover", "claim"),
    ("it has identified four different police jurisdictions of China’s Ministry of Public Security", "claim"),
    (
        "“We hope that relevant parties stop hyping it up to create tensions. Using this as a pretext to smear China is unacceptable.”",
        "quote",
    ),
    ("China has claimed the facilities are administrative hubs", "denial"),
]
BEN = [
    ("Beijing has set up more than 100 so-called overseas police stations", "claim"),
    ("China has claimed the facilities are administrative hubs", "claim"),
    ("135 people for its first 21 stations", "figure"),
]


def call(server, token, method, path, body=None):
    request = urllib.request.Request(
        f"{server.url}/api/v1{path}", json.dumps(body).encode() if body is not None else None,
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}, method=method,
    )  # fmt: skip
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read() or b"null")


def fill(server):
    """Two reviews of the longest seed; gives its id."""
    server.command("project", "add", "seeds", "--title", "Seeds")
    server.command("load", str(HERE.parent / "seeds"), "--project", "seeds")
    tokens = {}
    for name, role in (("ana", "reviewer"), ("ben", "reviewer"), ("cyd", "adjudicator")):
        server.command(
            "user", "add", name, "--role", role, "--project", "seeds", "--password-stdin", stdin=PASSWORD + "\n"
        )
        tokens[name] = server.command("token", "add", name).strip().splitlines()[-1]
    server.start()
    items = call(server, tokens["ana"], "GET", "/projects/seeds/articles")["items"]
    article = next(item["id"] for item in items if item["key"].startswith("004"))
    text = call(server, tokens["ana"], "GET", f"/articles/{article}")["text"]
    for name, own in (("ana", ANA), ("ben", BEN)):
        made = {}
        for words, label in BOTH + own:
            start = text.index(words)
            place = {"start": start, "end": start + len(words), "label": label}
            made[words] = call(server, tokens[name], "POST", f"/articles/{article}/spans", place)["id"]
        if name == "ana":
            link = {"type": "denies", "from": made[BOTH[5][0]], "to": made[ANA[3][0]]}
            call(server, tokens[name], "POST", f"/articles/{article}/relations", link)
    return article, tokens


def main():
    folder = HERE / "pictures"
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as instance, sync_playwright() as playwright:
        server = Server(Path(instance) / "instance")
        article, tokens = fill(server)
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGS)
        try:
            for theme in ("light", "dark"):
                page = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme=theme)
                sign_in(page, server, "ana")
                page.goto(f"{server.url}/articles/{article}")
                page.click("#spans > li[data-name=denial] .head")
                page.wait_for_timeout(300)
                page.evaluate("scrollTo(0, 0)")
                page.screenshot(path=folder / f"workspace-{theme}.png")
            for name in ("ana", "ben"):
                call(server, tokens[name], "POST", f"/articles/{article}/submit", {})
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            sign_in(page, server, "cyd")
            page.goto(f"{server.url}/articles/{article}/adjudicate")
            page.wait_for_timeout(300)
            page.screenshot(path=folder / "adjudicate-light.png")
        finally:
            browser.close()
            server.stop()


if __name__ == "__main__":
    main()
