"""Aids to reading: find, guidelines, what is still open, furniture, skip, flag, the minimap, print, narrow screens."""

import json

import pytest

from browser_help import saved, select, spans, tag

PHONE = {"width": 390, "height": 844}
TEXT = "document.getElementById('article').textContent"


@pytest.fixture
def page(server, open_as, request):
    name = {"test_skipping_goes_on_to_the_next_article": "ben"}.get(request.node.name, "ana")
    page = open_as(name, server, path="/projects/seeds")
    page.click("text=Exclusive: China operating")
    page.wait_for_selector("html.js")
    return page


def painted(page, name):
    return page.evaluate("(name) => [...(CSS.highlights.get(name) ?? [])].map(String)", name)


def test_find_paints_all_and_walks_through_them(page):
    page.keyboard.press("/")
    page.keyboard.type("safeguard defenders")
    number = page.evaluate(TEXT).count("Safeguard Defenders")
    assert page.locator("#find output").inner_text() == f"1 / {number}"
    assert painted(page, "found-now") == ["Safeguard Defenders"]
    assert len(painted(page, "found")) == number - 1
    page.keyboard.press("Shift+Enter")
    assert page.locator("#find output").inner_text() == f"{number} / {number}"
    page.keyboard.press("Escape")
    assert painted(page, "found") == []
    assert page.locator("#find").is_hidden()
    assert spans(page) == []  # a digit or letter typed into the search does nothing else


def test_guidelines_stand_beside_the_text(page):
    page.keyboard.press("g")
    assert "A statement of fact that can be checked" in page.locator("#guide").inner_text()
    page.keyboard.press("1")  # nothing behind an open dialog
    page.keyboard.press("Escape")
    assert page.locator("#guide").is_hidden()


def test_furniture_is_greyed_and_changes_no_text(page):
    before = page.evaluate(TEXT)
    page.hover("#block-0")
    page.click("#aside")
    page.wait_for_selector("#block-0.furniture")
    assert page.evaluate(TEXT) == before
    page.reload()
    assert page.locator("#block-0.furniture").count() == 1
    page.hover("#block-0")
    page.click("#aside")
    page.wait_for_selector("#block-0:not(.furniture)")
    page.click("#aside")  # once more, without the pointer having left
    page.wait_for_selector("#block-0.furniture")
    assert page.get_attribute("#aside", "aria-pressed") == "true"
    page.click("#aside")
    page.wait_for_selector("#block-0:not(.furniture)")


def test_furniture_by_key_is_that_of_the_chosen_span(page):
    tag(page, "48 additional police stations", "4")
    saved(page)
    block = page.evaluate("document.querySelector('#article mark.chosen').parentElement.id")
    page.keyboard.press("x")
    page.wait_for_selector(f"#{block}.furniture")
    assert page.locator(f"#{block} mark").count() == 1  # spans in it stay
    page.keyboard.press("x")
    page.wait_for_selector(f"#{block}:not(.furniture)")


def test_furniture_by_thumb(server, open_as):
    page = open_as("ana", server, path="/projects/seeds", viewport=PHONE, has_touch=True, is_mobile=True)
    page.tap("text=Exclusive: China operating")
    page.wait_for_selector("html.js")
    page.tap("#block-4")
    page.tap("#aside")
    page.wait_for_selector("#block-4.furniture")
    page.tap("#aside")
    page.wait_for_selector("#block-4:not(.furniture)")


def test_what_is_open_is_told_and_leads_there(page):
    tag(page, "Beijing has denied it is running undeclared police forces outside its territory", "2")
    tag(page, "it has identified four different police jurisdictions", "1")
    saved(page)
    item = page.locator("#open-items button", has_text="denies")
    assert "no claim chosen" in item.inner_text()
    item.click()
    page.wait_for_selector("#spans > li.chosen[data-name=denial]")
    page.click("#tools [data-act=pick][data-type=denies]")
    page.click("#spans > li[data-name=claim] .head")
    page.wait_for_selector("#open-items", state="hidden")


def test_speaker_is_completed_from_names_in_the_article(page):
    options = page.evaluate("[...document.querySelectorAll('#people option')].map((option) => option.value)")
    assert {"Safeguard Defenders", "Laura Harth", "CNN"} <= set(options)


def test_flag_reaches_the_managers(page, server, open_as):
    page.keyboard.press("f")
    page.keyboard.type("the end is a comment form")
    page.keyboard.press("Enter")
    page.wait_for_selector("#status:has-text('Flagged')")
    root = open_as("root", server, path="/projects/seeds")
    assert "the end is a comment form" in root.locator("main").inner_text()
    root.click("button:has-text('Resolve')")
    root.wait_for_selector("text=Resolved")
    assert "the end is a comment form" not in root.locator("main").inner_text()


def test_skipping_goes_on_to_the_next_article(page):
    first = page.url
    page.keyboard.press("s")
    page.keyboard.type("not my field")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/articles/" in url and url != first)
    assert "Skipped" in page.locator("main").inner_text()


def test_the_map_shows_marks_and_leads_to_them(page):
    tag(page, "Harth told CNN the organization will likely find more stations in the future", "1")
    page.wait_for_function(
        "() => document.getElementById('map').getContext('2d').getImageData(0, 0, 12, 800).data.some(Boolean)"
    )
    page.evaluate("scrollTo(0, 0)")
    box = page.locator("#map").bounding_box()
    page.mouse.click(box["x"] + 6, box["y"] + box["height"] * 0.9)
    page.wait_for_function("() => scrollY > 1000")


def test_find_stays_with_the_words_when_a_block_is_swapped(page):
    page.keyboard.press("/")
    page.keyboard.type("several European nations")
    assert painted(page, "found-now") == ["several European nations"]
    page.evaluate("document.activeElement.blur()")
    tag(page, "Croatia, Serbia and Romania", "1")
    saved(page)
    assert painted(page, "found-now") == ["several European nations"]


BOXES = """() => { const box = (part) => { const { left, right, top } = part.getBoundingClientRect(); return [left, right, top]; };
  return [document.querySelector("#article mark.chosen"), ...document.querySelectorAll(".handle")].map(box); }"""


def test_handles_stand_at_the_ends_of_the_chosen_span(page):
    tag(page, "two more Chinese exiles", "4")
    page.wait_for_selector(".handle:not([hidden])")
    mark, start, end = page.evaluate(BOXES)
    assert abs((start[0] + start[1]) / 2 - mark[0]) <= 1
    assert abs((end[0] + end[1]) / 2 - mark[1]) <= 1
    assert abs(start[2] - mark[2]) <= 4


def test_the_bar_leaves_the_selected_words_free(server, open_as, case, page):
    select(page, "Serbia and Romania have")
    page.wait_for_selector("#labels.near")
    cyd = open_as("cyd", server, path=f"/articles/{case}/adjudicate")
    cyd.wait_for_selector("html.js")
    cyd.evaluate("""() => { const node = document.querySelector("#block-8, #article > :nth-child(8)").firstChild;
      getSelection().setBaseAndExtent(node, 2, node, 9); }""")
    cyd.wait_for_selector("#labels.near")
    for one in (page, cyd):
        bar, words = one.evaluate("""() => [document.getElementById("labels"), getSelection().getRangeAt(0)].map((part) => {
          const { top, bottom } = part.getBoundingClientRect(); return [top, bottom]; })""")  # fmt: skip
        assert bar[1] <= words[0] or bar[0] >= words[1]


def test_overlapping_marks_are_printed_with_each_label_once(page):
    tag(page, "Safeguard Defenders says it found evidence China was operating", "1")
    tag(page, "it found evidence", "4")
    saved(page)
    page.emulate_media(media="print")
    told = page.evaluate("""() => [...document.querySelectorAll("#block-" + document.querySelector(
      "#article mark.chosen").parentElement.id.slice(6) + " mark")].map((mark) => getComputedStyle(mark, "::before").content)""")
    assert sum("claim" in words for words in told) == 1
    assert sum("figure" in words for words in told) >= 1
    assert "none" in told  # the claim goes on behind the figure, and is not named again


def test_print_shows_labels_in_words_and_no_chrome(page):
    tag(page, "54 such stations", "4")
    page.emulate_media(media="print")
    mark = page.locator("#article mark", has_text="54 such stations")
    assert (
        mark.evaluate("(mark) => getComputedStyle(mark, '::before').content") == 'attr(data-begins) " "'
        or mark.evaluate("(mark) => getComputedStyle(mark, '::before').content") == '"figure "'
    )
    for part in (".top", "#labels", "#map", ".side.queue"):
        assert page.locator(part).is_hidden()


@pytest.mark.parametrize("path", ["/", "/projects/seeds", "/projects/seeds/articles", "/account"])
def test_nothing_is_wider_than_a_phone(server, open_as, path):
    page = open_as("ana", server, path=path, viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_workspace_fits_a_phone(server, open_as):
    page = open_as("ana", server, path="/projects/seeds", viewport=PHONE)
    page.click("text=Exclusive: China operating")
    page.wait_for_selector("html.js")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("#map").is_hidden()
    for part in ("#submit button", ".skipper", "#labels [data-label=claim]"):
        assert page.locator(part).is_visible()
    page.click("[data-act=flag]")
    assert page.locator("#flag").is_visible()


def test_writing_from_the_right_keeps_its_direction(server, open_as, tmp_path):
    file = tmp_path / "one.jsonl"
    text = "قال المتحدث إن خمسين شخصا حضروا.\n\nThe second block is English."
    file.write_text(json.dumps({"key": "rtl", "title": "From the right", "text": text}), encoding="utf-8")
    server.command("load", str(file), "--project", "seeds")
    page = open_as("ana", server, path="/projects/seeds", viewport=PHONE)
    page.click("text=From the right")
    page.wait_for_selector("html.js")
    directions = page.evaluate(
        "[...document.querySelectorAll('#article > *')].map((part) => getComputedStyle(part).direction)"
    )
    assert directions == ["rtl", "ltr"]
    tag(page, "خمسين شخصا", "4")
    assert spans(page) == [["figure", "خمسين شخصا"]]
    mark, start, end = page.evaluate(BOXES)
    assert abs((start[0] + start[1]) / 2 - mark[1]) <= 2  # the start stands on the right
    assert abs((end[0] + end[1]) / 2 - mark[0]) <= 2
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
