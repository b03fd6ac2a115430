"""Selecting by mouse and touch: words, sentences, quotation marks, the ends of a span."""

import json

import pytest

from browser_help import drag, saved, select, spans, tag

TEXT = (
    "He counted 40 fires in March. “Nobody disagrees,” she said. It was ‘late’ and (wet).\n\n"
    "אבג דהו זחט טיכ. עוד משפט אחד.\n\n👩‍🚒 came e\u0301 last."
)


@pytest.fixture
def fresh(server, open_as, tmp_path, request):
    """An article of its own, opened by ana."""
    title = request.node.name
    file = tmp_path / "one.jsonl"
    file.write_text(json.dumps({"key": title, "title": title, "text": TEXT}), encoding="utf-8")
    server.command("load", str(file), "--project", "seeds")

    def open_fresh(**options):
        page = open_as("ana", server, path="/projects/seeds", **options)
        page.goto(server.url + page.locator("a", has_text=title).first.get_attribute("href"))
        page.wait_for_selector("html.js #article")
        return page

    return open_fresh


def selection(page):
    return page.evaluate("getSelection().toString()")


def middle(page, words):
    """The middle of words in the window, with nothing selected."""
    select(page, words)
    return page.evaluate("""() => { const box = getSelection().getRangeAt(0).getBoundingClientRect();
      getSelection().removeAllRanges(); return [box.x + box.width / 2, box.y + box.height / 2]; }""")


def extents(page):
    return page.evaluate("[...document.querySelectorAll('#spans > li')].map(({ dataset: d }) => [+d.from, +d.to])")


def test_double_click_takes_the_word_and_triple_click_the_sentence(fresh):
    page = fresh()
    at = middle(page, "fires")
    page.mouse.dblclick(*at)
    assert selection(page).strip() == "fires"
    page.mouse.click(*at, click_count=3)
    assert selection(page) == "He counted 40 fires in March."
    page.keyboard.press("1")
    page.wait_for_selector("#spans > li")
    assert spans(page) == [["claim", "He counted 40 fires in March."]]


def test_shift_click_extends_and_snaps_to_words(fresh):
    page = fresh()
    page.mouse.click(*middle(page, "counted"))
    at = middle_keeping_caret(page, "March")
    page.keyboard.down("Shift")
    page.mouse.click(*at)
    page.keyboard.up("Shift")
    page.wait_for_function("() => getSelection().toString() === 'counted 40 fires in March'")


def middle_keeping_caret(page, words):
    return page.evaluate("""(words) => {
      const walker = document.createTreeWalker(document.getElementById("article"), NodeFilter.SHOW_TEXT);
      while (walker.nextNode() && !walker.currentNode.data.includes(words));
      const range = new Range();
      const at = walker.currentNode.data.indexOf(words);
      range.setStart(walker.currentNode, at);
      range.setEnd(walker.currentNode, at + words.length);
      const box = range.getBoundingClientRect();
      return [box.x + box.width / 2, box.y + box.height / 2];
    }""", words)  # fmt: skip


def test_half_words_grow_unless_snapping_is_off(fresh):
    page = fresh()
    drag(page, "ounted 40 fir")
    page.wait_for_function("() => getSelection().toString() === 'counted 40 fires'")
    page.keyboard.press("w")
    drag(page, "ounted 40 fir")
    page.wait_for_timeout(50)
    assert selection(page) == "ounted 40 fir"


def test_a_selection_never_splits_a_character_and_drops_white_space(fresh):
    page = fresh()
    page.evaluate("""() => {
      const node = document.querySelector("#article > :last-child").firstChild;
      getSelection().setBaseAndExtent(node, 2, node, node.data.indexOf("\\u0301"));
    }""")
    page.keyboard.press("1")
    page.wait_for_selector("#spans > li")
    assert spans(page) == [["claim", "👩‍🚒 came e\u0301"]]


def test_both_ends_move_by_dragging_as_one_step_each(fresh):
    page = fresh()
    tag(page, "counted 40", "4")
    saved(page)
    posts = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    for number, words in ((1, "March"), (0, "He")):
        box = page.locator(".handle").nth(number).bounding_box()
        page.mouse.move(box["x"] + 2, box["y"] + box["height"] / 2)
        page.mouse.down()
        page.mouse.move(*middle_keeping_caret(page, words), steps=6)
        page.mouse.up()
        page.wait_for_function(
            "words => document.querySelector('#spans .words').textContent.includes(words)", arg=words
        )
        saved(page)
    assert spans(page) == [["figure", "He counted 40 fires in March"]]
    assert len([url for url in posts if "/spans/" in url]) == 2
    page.keyboard.press("Control+z")
    page.wait_for_function("() => document.querySelector('#spans .words').textContent === 'counted 40 fires in March'")


def test_handles_are_large_enough_for_a_finger(fresh):
    page = fresh(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844})
    tag(page, "counted 40", "4")
    page.wait_for_selector(".handle:not([hidden])")
    size = page.evaluate("""() => { const style = getComputedStyle(document.querySelector(".handle"), "::before");
      return [parseFloat(style.width), parseFloat(style.height)]; }""")
    assert min(size) >= 44


def test_keys_move_ends_the_way_a_right_to_left_text_runs(fresh):
    page = fresh()
    tag(page, "דהו", "1")
    saved(page)
    start, end = extents(page)[0]
    page.keyboard.press("Shift+ArrowLeft")  # onwards in this text
    page.keyboard.press("Shift+Control+ArrowLeft")
    page.wait_for_function("() => document.querySelector('#spans .words').textContent === 'דהו זחט'")
    saved(page)
    page.keyboard.press("Alt+Shift+ArrowRight")
    page.wait_for_function("n => +document.querySelector('#spans > li').dataset.from < n", arg=start)
    saved(page)
    assert extents(page) == [[start - 2, end + 4]]


def test_the_address_names_a_span(fresh):
    page = fresh()
    tag(page, "fires", "1")
    tag(page, "late", "2")
    saved(page)
    first = page.locator("#spans > li").first.get_attribute("data-span")
    page.goto(page.url + "?span=" + first)
    page.wait_for_selector(f"#span-{first}.chosen")
    assert page.locator("#article mark.chosen").inner_text() == "fires"


def test_the_other_end_of_a_relation_is_shown(fresh):
    page = fresh()
    tag(page, "fires", "1")
    tag(page, "late", "2")
    saved(page)
    page.click("#tools [data-type=denies]")
    page.locator("#article mark", has_text="fires").click()
    saved(page)
    page.wait_for_selector("#article mark.linked")
    assert page.locator("#article mark.linked").inner_text() == "fires"
    page.locator("#article mark", has_text="fires").click()
    page.wait_for_selector("#article mark.linked:has-text('late')")
