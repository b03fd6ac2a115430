"""The text by keyboard: a caret that is seen and heard, and tagging with it alone."""

import json

import pytest

from browser_help import saved, spans

TEXT = (
    "One two three. Four five 👩‍🚒 six. "
    + "Lines and lines of it go on here. " * 12
    + "\n\nאבג דהו. זחט.\n\nThe last line."
)


@pytest.fixture
def page(server, open_as, tmp_path, request):
    title = request.node.name
    file = tmp_path / "one.jsonl"
    file.write_text(json.dumps({"key": title, "title": title, "text": TEXT}), encoding="utf-8")
    server.command("load", str(file), "--project", "seeds")
    page = open_as("ana", server, path="/projects/seeds")
    page.click(f"text={title}")
    page.wait_for_selector("html.js #article")
    page.focus("#article")
    page.wait_for_selector("#caret:not([hidden])")
    page.keyboard.press("Control+Home")
    return page


PLACE = """() => { const range = new Range(); range.setStart(document.getElementById("article"), 0);
  range.setEnd(getSelection().focusNode, getSelection().focusOffset); return range.toString().length; }"""


def at(page):
    return page.evaluate(PLACE)


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)
    return at(page)


def heard(page):
    return page.locator("#heard").inner_text()


def test_arrows_go_by_character_word_and_sentence(page):
    assert press(page, "ArrowRight") == 1
    assert press(page, "Control+ArrowRight") == 3
    assert press(page, "Control+ArrowRight") == 7
    assert heard(page) == "two" or page.evaluate("document.getElementById('heard').textContent") != ""
    assert press(page, "Alt+ArrowRight") == TEXT.index("Four")
    assert page.locator("#heard").inner_text() == "Four five 👩‍🚒 six."
    assert press(page, "Alt+ArrowLeft") == 0
    assert press(page, "ArrowLeft") == 0  # never out of the text


def test_a_character_of_many_code_points_is_one_step(page):
    words = "One two three. Four five "
    before = len(words.encode("utf-16-le")) // 2
    page.evaluate("""n => { const node = document.querySelector("#article > *").firstChild;
      getSelection().setBaseAndExtent(node, n, node, n); }""", before)  # fmt: skip
    assert press(page, "ArrowRight") == before + len("👩‍🚒".encode("utf-16-le")) // 2


def test_lines_home_end_and_the_whole_text(page):
    top = page.evaluate("document.getElementById('caret').getBoundingClientRect().top")
    end = press(page, "End")
    assert end > 20
    assert press(page, "Home") == 0
    assert press(page, "ArrowDown") > 20
    page.wait_for_function("top => document.getElementById('caret').getBoundingClientRect().top > top + 10", arg=top)
    press(page, "ArrowUp")
    assert at(page) < end
    length = page.evaluate("document.getElementById('article').textContent.length")
    assert press(page, "Control+End") == length
    assert press(page, "ArrowRight") == length
    assert press(page, "ArrowDown") == length
    assert press(page, "Control+Home") == 0
    press(page, "Control+Shift+End")
    assert page.evaluate("getSelection().toString().length") > 400


def test_shift_extends_and_a_digit_tags(page):
    press(page, "Shift+Control+ArrowRight", "Shift+Control+ArrowRight")
    assert page.evaluate("getSelection().toString()") == "One two"
    press(page, "Shift+ArrowLeft", "Shift+ArrowRight")
    page.keyboard.press("1")
    page.wait_for_selector("#spans > li.chosen")
    saved(page)
    assert spans(page) == [["claim", "One two"]]
    assert at(page) == 7  # the caret goes on from there
    press(page, "Shift+Control+ArrowRight")  # the chosen span's end
    page.wait_for_function("() => document.querySelector('#spans .words').textContent === 'One two three'")
    saved(page)
    assert at(page) == 7
    press(page, "ArrowRight", "Shift+Control+ArrowRight", "2")  # moved on: nothing is chosen, so it selects
    page.wait_for_selector("#spans > li[data-name=denial]")
    saved(page)
    assert ["denial", "three"] in spans(page)


def test_alt_and_shift_select_a_sentence_and_moves_the_start_of_a_chosen_span(page):
    press(page, "Alt+Shift+ArrowRight")
    assert page.evaluate("getSelection().toString()").strip() == "One two three."
    page.keyboard.press("1")
    page.wait_for_selector("#spans > li.chosen")
    saved(page)
    press(page, "Control+Alt+Shift+ArrowRight")
    page.wait_for_function("() => document.querySelector('#spans .words').textContent === 'two three.'")
    saved(page)


def test_enter_chooses_the_span_at_the_caret(page):
    press(page, "Shift+Control+ArrowRight", "1")
    page.wait_for_selector("#spans > li.chosen")
    saved(page)
    press(page, "Escape", "Home", "ArrowRight")
    assert page.locator("#spans > li.chosen").count() == 0
    page.keyboard.press("Enter")
    page.wait_for_selector("#spans > li.chosen")
    page.keyboard.press("Delete")
    page.wait_for_function("() => !document.querySelector('#spans > li')")


def test_left_goes_on_where_the_text_runs_to_the_left(page):
    start = TEXT.index("אבג") + 2  # the woman is five in UTF-16, three here
    page.evaluate("""() => { const node = document.querySelector("#block-1").firstChild;
      getSelection().setBaseAndExtent(node, 0, node, 0); }""")
    begin = at(page)
    assert start - 4 < begin < start + 4
    assert press(page, "ArrowLeft") == begin + 1
    assert press(page, "Alt+ArrowLeft") == begin + 9
    assert press(page, "Alt+ArrowRight") == begin


def test_arrows_are_left_to_the_browser_outside_the_text(page):
    page.evaluate("document.activeElement.blur()")
    before = at(page)
    assert press(page, "ArrowRight", "End") == before
    page.wait_for_selector("#caret", state="hidden")  # it goes with the next frame
