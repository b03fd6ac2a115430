"""A whole adjudication by keys alone: bulk, undo, several variants, edit, values, relations, reasons, close."""

import json
import urllib.request
from pathlib import Path

import pytest

from browser_help import PASSWORD, saved, select
from live import Server

TEXT = (
    "The mayor met 40 people on Monday.\n\nShe denied that the bridge is closed.\n\n"
    "The clerk said the bridge is closed since May.\n\nNobody counted 12 boats.\n\nThe end of it."
)
SPANS = {  # label, words, attributes
    "ana": [("figure", "40 people", {"value": 40}), ("denial", "She denied that the bridge is closed", {}),
            ("claim", "the bridge is closed since May", {"speaker": "the clerk"}), ("figure", "12 boats", {})],
    "ben": [("figure", "40 people", {"value": 14}), ("denial", "She denied that the bridge is closed", {}),
            ("claim", "the bridge is closed since May", {"speaker": "the mayor"}), ("claim", "Nobody counted", {})],
    "eve": [("figure", "40 people on Monday", {}), ("denial", "denied that the bridge is closed", {}),
            ("quote", "the bridge is closed since May", {})],
}  # fmt: skip


@pytest.fixture
def desk(tmp_path):
    """A server with one article that three people reviewed, and two adjudicators; with how to call its API."""
    server = Server(tmp_path / "instance")
    (tmp_path / "one.jsonl").write_text(json.dumps({"key": "one", "text": TEXT}), encoding="utf-8")
    server.command("project", "add", "desk", "--reviews", "3")
    server.command("load", str(tmp_path / "one.jsonl"), "--project", "desk")
    tokens = {}
    for name in ("ana", "ben", "eve", "cyd", "dee"):
        role = "adjudicator" if name in ("cyd", "dee") else "reviewer"
        words = ["--role", role, "--project", "desk", "--password-stdin"]
        server.command("user", "add", name, *words, stdin=PASSWORD + "\n")
        tokens[name] = server.command("token", "add", name).strip().splitlines()[-1]
    server.start()

    def call(name, method, path, body=None, **headers):
        request = urllib.request.Request(
            f"{server.url}/api/v1{path}", json.dumps(body).encode() if body is not None else None,
            {"Authorization": f"Bearer {tokens[name]}", "Content-Type": "application/json", **headers}, method=method,
        )  # fmt: skip
        return json.loads(urllib.request.urlopen(request).read() or b"null")

    server.call = call
    server.article = call("ana", "GET", "/projects/desk/articles")["items"][0]["id"]
    for name, spans in SPANS.items():
        made = {}
        for label, words, attributes in spans:
            start = TEXT.index(words)
            place = {"start": start, "end": start + len(words), "label": label}
            made[label] = call(name, "POST", f"/articles/{server.article}/spans", place)["id"]
            if attributes:
                call(name, "PATCH", f"/spans/{made[label]}", {"attributes": attributes}, **{"If-Match": '"1"'})
            if name == "ana" and label == "claim":
                link = {"type": "denies", "from": made["denial"], "to": made["claim"]}
                call(name, "POST", f"/articles/{server.article}/relations", link)
        call(name, "POST", f"/articles/{server.article}/submit", {})
    yield server
    server.stop()


@pytest.fixture
def open_case(open_as, desk):
    def call(name, **options):
        page = open_as(name, desk, path=f"/articles/{desk.article}/adjudicate", **options)
        page.wait_for_selector(".card.chosen")
        return page

    return call


def chosen(page):
    """The chosen card: its number and kind, and what is decided."""
    head = page.locator(".card.chosen header")
    return head.locator("h3").inner_text().split("\n")[0], head.locator("p").inner_text()


def decided(page):
    return page.locator("#progress .meter span").inner_text()


def press(page, *keys):
    """Presses keys, each once the one before is saved."""
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(50)
        saved(page)


def test_a_whole_adjudication_by_keys(desk, open_case):
    page = open_case("cyd")
    assert decided(page) == "0 of 5 decided"
    press(page, "x")
    assert decided(page) == "3 of 5 decided"
    press(page, "Control+z")
    assert decided(page) == "0 of 5 decided"
    press(page, "Control+Shift+z")
    assert decided(page) == "3 of 5 decided"
    press(page, "Control+z")
    press(page, "x", "2")  # the first card: its variant 2 is taken already, so out it goes
    assert chosen(page)[1].startswith("A, B, C")
    press(page, "Control+z")
    assert chosen(page) == ("1 boundary", "✓ accepted 2 · cyd")

    press(page, "1")
    assert chosen(page)[1] == "✓ accepted 1 and 2 · cyd"
    press(page, "2", "1", "2")
    assert chosen(page)[1] == "✓ accepted 2 · cyd"
    page.keyboard.press("w")
    press(page, "ArrowDown")
    page.wait_for_selector(".card.chosen .values :checked")
    assert page.evaluate("document.activeElement.type") == "radio"
    value = page.locator(".card.chosen .values :checked").get_attribute("value")
    assert value in ("14", "40")
    press(page, "Enter")

    press(page, "j", "r")
    assert chosen(page) == ("2 boundary", "✓ rejected · cyd")
    page.keyboard.press("/")
    page.keyboard.type("guideline unclear")
    press(page, "Enter")
    press(page, "u")
    assert chosen(page)[1].startswith("A, B, C")
    press(page, "1")

    press(page, "Enter")
    assert chosen(page)[0] == "4 missing"
    page.keyboard.press("e")
    for _ in range(2):
        page.keyboard.press("Control+Shift+ArrowRight")
    press(page, "Enter")
    assert page.locator(".card.chosen .edits").inner_text().split("\n")[-1] == "Nobody counted 12 boats"
    press(page, "Enter", "r")
    assert decided(page) == "5 of 5 decided"
    select(page, "The end of it")
    press(page, "4")
    assert decided(page) == "6 of 6 decided"

    press(page, "j")
    assert chosen(page)[0].startswith("denies")
    press(page, "1")
    assert chosen(page)[1] == "✓ accepted · cyd"
    page.reload()
    page.wait_for_selector(".card.chosen")
    assert chosen(page) == ("denies", "✓ accepted · cyd")
    assert decided(page) == "6 of 6 decided"

    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=Closed with 5 gold spans")
    line = json.loads(desk.command("export", "--project", "desk"))
    gold = {(one["label"], one["text"]): one for one in line["spans"]}
    assert set(gold) == {
        ("figure", "40 people"), ("denial", "She denied that the bridge is closed"),
        ("claim", "the bridge is closed since May"), ("claim", "Nobody counted 12 boats"), ("figure", "The end of it"),
    }  # fmt: skip
    assert gold["figure", "40 people"]["attributes"]["value"] == int(value)
    assert [one["type"] for one in line["relations"]] == ["denies"]
    assert "ok:" in desk.command("verify")


def test_a_second_adjudicator_is_told_and_refused_where_the_first_has_decided(desk, open_case):
    first, second = open_case("cyd"), open_case("dee", expect_errors=True)
    assert "cyd has this article open too." in second.locator(".company").inner_text()
    press(first, "r")
    second.keyboard.press("1")
    second.wait_for_selector("#status[data-state=failed]")
    assert "cyd decided on this since you saw it" in second.locator("#problem").inner_text()
    assert "rejected" in second.locator("#problem").inner_text()
    second.click("text=Decide so all the same")
    second.wait_for_selector(".card.chosen.decided")
    assert chosen(second)[1] == "✓ accepted 1 · dee"
    press(first, "j", "r")
    assert "dee decided one since." in first.locator(".company").inner_text()
    first.keyboard.press("k")
    assert chosen(first)[1] == "✓ accepted 1 · dee"


def test_a_question_goes_by_keys_and_comes_back_with_an_answer_and_as_before(desk, open_case, open_as):
    page = open_case("cyd")
    press(page, "2")
    page.keyboard.press("n")
    page.keyboard.type("Does the day belong to it?")
    page.keyboard.press("Tab")
    press(page, "Enter")
    page.wait_for_function("() => document.querySelector('#status .said').textContent.includes('Noted')")
    assert page.locator("#note[open]").count() == 0
    page.keyboard.press("s")
    page.keyboard.type("Why on Monday?")
    page.locator("#ask [value=C]").check()
    page.click("#ask button")
    page.wait_for_url("**/projects/desk")

    eve = open_as("eve", desk, path=f"/articles/{desk.article}")
    assert "Why on Monday?" in eve.locator(".question").inner_text()
    eve.click(".question a")
    eve.wait_for_selector("#spans > li.chosen")
    for _ in range(2):
        eve.keyboard.press("Control+Shift+ArrowLeft")
    eve.wait_for_function(
        "() => [...document.querySelectorAll('#spans .words')].some((one) => one.textContent === '40 people')"
    )
    eve.fill(".question textarea", "It is when they met.")
    eve.click("#submit button")
    eve.wait_for_selector("text=Re-open")

    page = open_case("cyd")
    assert "It is when they met." in page.locator("#groups").inner_text()
    left = page.locator(".card", has_text="40 people").first
    assert "accepted by rule" in left.inner_text()
    assert "asked\t" in desk.command("verify")


def test_cards_and_columns_stand_on_a_phone_and_in_the_dark(desk, open_case, tmp_path):
    for options in ({"viewport": {"width": 390, "height": 844}, "has_touch": True}, {"color_scheme": "dark"}):
        page = open_case("cyd", **options)
        assert page.locator("#rails .rail").count() == 3
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        bars = page.evaluate(
            "[...document.querySelectorAll('#rails i')].map((bar) => bar.getBoundingClientRect().right)"
        )
        text = page.evaluate("document.getElementById('article').getBoundingClientRect().left")
        assert len(bars) == 11
        assert max(bars) < text


def test_the_script_of_the_page_stays_small():
    here = Path(__file__).parents[2] / "static" / "js"
    assert (here / "adjudicate.js").stat().st_size <= 8192
