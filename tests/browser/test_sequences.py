"""Whatever a person does, in whatever order and however fast: the page, the server and the export end equal."""

import json
import random
import urllib.request
from pathlib import Path

import jsonschema
import pytest

from browser_help import saved
from strategies import boundaries

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "annotator/schema/annotator-1.json").read_text(encoding="utf-8"))
TEXT = (
    "The mayor “denies” 40 fires.\nThe 👩‍🚒 counted 54 of them; “Nobody\n\ndisagrees 🇬🇧🇺🇦”, she e\u0301 said.\n"
    "אבג דהו 12 זחט.\n\n  क्षेत्र नि 北京 𠮷 three 👍🏽 \n- an item\n- another one 🏴󠁧󠁢󠁥󠁮󠁧󠁿 last."
)
EDGES = boundaries(TEXT)
STEPS = 45
SELECT = """([start, end]) => {
  const walker = document.createTreeWalker(document.getElementById("article"), NodeFilter.SHOW_TEXT);
  const ends = [null, null];
  for (let at = 0; walker.nextNode(); at += walker.currentNode.length) {
    const node = walker.currentNode;
    if (!ends[0] && start < at + node.length) ends[0] = [node, start - at];
    if (!ends[1] && end <= at + node.length) ends[1] = [node, end - at];
  }
  getSelection().setBaseAndExtent(...ends[0], ...ends[1]);
}"""
SHOWN = """() => {
  const length = (text) => [...text].length;
  const items = [...document.querySelectorAll("#spans > li")].map(({ dataset: d, children: [head] }) =>
    ({ id: d.span, start: +d.from, end: +d.to, label: d.name, text: head.querySelector(".words").textContent }));
  const walker = document.createTreeWalker(document.getElementById("article"), NodeFilter.SHOW_TEXT);
  const pieces = [];
  for (let at = 0; walker.nextNode(); at += length(walker.currentNode.data)) {
    const mark = walker.currentNode.parentElement.closest("mark");
    if (mark) pieces.push([at, at + length(walker.currentNode.data), mark.dataset.spans, mark.dataset.labels]);
  }
  const blocks = [...document.querySelectorAll("#article > *")].map(({ dataset: d }) => [+d.start, +d.end]);
  return { items, pieces, blocks };
}"""


def utf16(offset):
    return len(TEXT[:offset].encode("utf-16-le")) // 2


class Person:
    """Does random things on the page, by the keys that a reviewer has."""

    def __init__(self, page, seed):
        self.page, self.rng = page, random.Random(seed)

    def tag(self):
        first, last = sorted(self.rng.sample(range(len(EDGES)), 2))
        self.page.evaluate(SELECT, [utf16(EDGES[first]), utf16(EDGES[last])])
        self.page.keyboard.press(self.rng.choice("1234"))

    def choose(self):
        self.page.keyboard.press("Escape")
        for _ in range(self.rng.randint(1, 5)):
            self.page.keyboard.press(self.rng.choice("np"))

    def resize(self):
        self.choose()
        edge = self.rng.choice(["Shift+", "Alt+Shift+", "Control+Shift+", "Control+Alt+Shift+"])
        for _ in range(self.rng.randint(1, 4)):
            self.page.keyboard.press(edge + self.rng.choice(["ArrowLeft", "ArrowRight"]))

    def relabel(self):
        self.choose()
        self.page.keyboard.press(self.rng.choice("1234"))

    def delete(self):
        self.choose()
        self.page.keyboard.press("Delete")

    def undo(self):
        self.page.keyboard.press("Control+z")

    def redo(self):
        self.page.keyboard.press("Control+Shift+z")

    def act(self):
        acts = (
            [self.tag] * 4
            + [self.resize] * 3
            + [self.relabel, self.relabel, self.delete, self.undo, self.undo, self.redo]
        )
        self.rng.choice(acts)()
        if self.rng.random() < 0.5:
            self.page.wait_for_timeout(self.rng.choice([5, 40, 200]))

    def rest(self):
        """Until what was done is sent and answered; a refusal (the very span is there already) is put away."""
        self.page.wait_for_timeout(600)  # an edge that was moved is saved when the keys rest
        self.page.wait_for_function("() => !Object.keys(localStorage).some((name) => name.startsWith('unsaved'))")
        self.page.wait_for_function(
            "() => ['saved', 'failed'].includes(document.querySelector('#status').dataset.state)"
        )

    def until_disabled(self, name, key):
        while self.page.locator(f"#{name} button").is_enabled():
            self.page.keyboard.press(key)
            self.rest()


def api(server, token, path):
    request = urllib.request.Request(f"{server.url}/api/v1{path}", headers={"Authorization": f"Bearer {token}"})
    return json.loads(urllib.request.urlopen(request).read())


def known(spans):
    return [{name: span[name] for name in ("id", "start", "end", "label", "text")} for span in spans]


def check_painted(shown):
    """Every character within a block is painted with just the spans that cover it."""
    painted = {at: set(ids.split()) for start, end, ids, _ in shown["pieces"] for at in range(start, end)}
    for start, end in shown["blocks"]:
        for at in range(start, end):
            assert painted.get(at, set()) == {i["id"] for i in shown["items"] if i["start"] <= at < i["end"]}, at


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_page_server_and_export_end_equal(server, open_as, tmp_path, seed):
    key = f"sequence-{seed}"
    file = tmp_path / "one.jsonl"
    file.write_text(json.dumps({"key": key, "title": key, "text": TEXT}), encoding="utf-8")
    server.command("load", str(file), "--project", "seeds")
    token = server.command("token", "add", "ana").strip().splitlines()[-1]
    page = open_as("ana", server, path="/projects/seeds", expect_errors=True)
    page.goto(server.url + page.locator("a", has_text=key).first.get_attribute("href"))
    page.wait_for_selector("html.js #article")
    article = page.url.rsplit("/", 1)[-1]
    person = Person(page, seed)

    for _ in range(STEPS):
        person.act()
    person.rest()
    person.until_disabled("redo", "Control+Shift+z")
    shown = page.evaluate(SHOWN)
    kept = known(api(server, token, f"/articles/{article}")["spans"])
    assert shown["items"] == kept
    check_painted(shown)
    page.reload()
    page.wait_for_selector("html.js #article")
    assert page.evaluate(SHOWN) == shown

    person.until_disabled("undo", "Control+z")
    assert page.evaluate(SHOWN)["items"] == [] == api(server, token, f"/articles/{article}")["spans"]
    person.until_disabled("redo", "Control+Shift+z")
    again = page.evaluate(SHOWN)
    check_painted(again)
    assert again["items"] == kept == known(api(server, token, f"/articles/{article}")["spans"])

    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=Submitted")
    lines = server.command("export", "--project", "seeds", "--layer", "reviews").splitlines()
    line = next(made for made in map(json.loads, lines) if made["key"] == key)
    jsonschema.validate(line, SCHEMA)
    assert known(line["spans"]) == again["items"]
    for span in line["spans"]:
        assert line["text"][span["start"] : span["end"]] == span["text"]
        assert {span["start"], span["end"]} <= set(EDGES)
    saved(page)
