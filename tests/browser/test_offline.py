"""Nothing is lost: no network, no server, no session, a closed page, another person at the same browser."""

import json

import pytest

from browser_help import PASSWORD, saved, select, spans

TEXT = "He counted 40 fires in March. Nobody disagrees, she said. It was late. " + "And so it went on. " * 60
KEPT = "Object.keys(localStorage).filter((name) => name.startsWith('unsaved')).length"
PAINTED = "[...CSS.highlights].filter(([name]) => name.startsWith('pending')).reduce((n, [, all]) => n + all.size, 0)"


@pytest.fixture
def page(server, open_as, tmp_path, request):
    title = request.node.name
    file = tmp_path / "one.jsonl"
    file.write_text(json.dumps({"key": title, "title": title, "text": TEXT}), encoding="utf-8")
    server.command("load", str(file), "--project", "seeds")
    page = open_as("ana", server, path="/projects/seeds", expect_errors=True)
    page.click(f"text={title}")
    page.wait_for_selector("html.js #article")
    return page


def mark(page, words, key):
    select(page, words)
    page.keyboard.press(key)


def unsaved(page, number):
    page.wait_for_selector("#status[data-state=waiting]")
    assert page.evaluate(PAINTED) == number
    assert page.evaluate(KEPT) >= number


def all_saved(page):
    saved(page)
    page.wait_for_function(f"() => {KEPT} === 0 && {PAINTED} === 0")


def test_marks_made_offline_are_sent_when_the_network_is_back(page):
    page.context.set_offline(True)
    mark(page, "40 fires", "4")
    mark(page, "Nobody disagrees", "2")
    page.keyboard.press("1")  # relabels what is not saved yet
    unsaved(page, 2)
    page.context.set_offline(False)
    page.wait_for_function("() => document.querySelectorAll('#spans > li').length === 2")
    all_saved(page)
    assert spans(page) == [["figure", "40 fires"], ["claim", "Nobody disagrees"]]
    assert page.locator("#problem").inner_text() == ""


def test_an_edge_moved_offline_starts_from_where_it_was_moved_to(page):
    mark(page, "40 fires", "4")
    page.wait_for_selector("#spans > li.chosen")
    saved(page)
    page.context.set_offline(True)
    for _ in range(2):
        page.keyboard.press("Shift+Control+ArrowRight")
        page.wait_for_timeout(600)
    page.context.set_offline(False)
    all_saved(page)
    assert spans(page) == [["figure", "40 fires in March"]]


def test_a_reload_while_nothing_is_answered_loses_nothing(page):
    page.route("**/*", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    warned = []
    page.on("dialog", lambda dialog: (warned.append(dialog.type), dialog.accept()))
    page.click("#article")
    mark(page, "40 fires", "4")
    mark(page, "late", "1")
    unsaved(page, 2)
    page.reload()
    page.wait_for_selector("html.js #article")
    unsaved(page, 2)
    assert warned == ["beforeunload"]
    page.unroute("**/*")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_function("() => document.querySelectorAll('#spans > li').length === 2")
    all_saved(page)
    page.reload()
    assert warned == ["beforeunload"]
    assert spans(page) == [["figure", "40 fires"], ["claim", "late"]]


def test_an_answer_that_was_lost_makes_no_second_span(page):
    lost = []

    def lose(route):
        if route.request.method == "POST" and not lost:
            lost.append(route.request.headers["idempotency-key"])
            route.fetch()
            return route.abort()
        return route.continue_()

    page.route("**/spans", lose)
    mark(page, "40 fires", "4")
    page.wait_for_selector("#spans > li", timeout=9000)
    all_saved(page)
    page.reload()
    assert spans(page) == [["figure", "40 fires"]]


def test_work_waits_for_the_next_sign_in(page):
    page.context.clear_cookies()
    mark(page, "40 fires", "4")
    unsaved(page, 1)
    where = page.url
    page.click("#problem a")
    page.wait_for_url(lambda url: "/login?next=" in url)
    page.fill("[name=name]", "ana")
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_url(where)
    page.wait_for_selector("#spans > li")
    all_saved(page)
    assert spans(page) == [["figure", "40 fires"]]


def test_work_goes_on_after_signing_in_in_another_tab(page, server):
    page.context.clear_cookies()
    mark(page, "40 fires", "4")
    unsaved(page, 1)
    sign_in_beside(page, server, "ana")
    page.click("#problem [data-act=retry]")
    page.wait_for_selector("#spans > li")
    all_saved(page)


def test_what_one_person_left_is_never_sent_as_another(page, server):
    page.context.clear_cookies()
    mark(page, "40 fires", "4")
    unsaved(page, 1)
    beside = sign_in_beside(page, server, "ben")
    page.click("#problem [data-act=retry]")
    page.wait_for_timeout(500)
    unsaved(page, 1)
    beside.goto(page.url)
    beside.wait_for_selector("#problem:has-text('another person')")
    beside.wait_for_timeout(300)
    assert beside.evaluate(KEPT) == 1
    assert beside.locator("#spans > li").count() == 0


def sign_in_beside(page, server, name):
    beside = page.context.new_page()
    beside.goto(server.url + "/login")
    beside.fill("[name=name]", name)
    beside.fill("[name=password]", PASSWORD)
    beside.click("main button")
    beside.wait_for_url(lambda url: "/login" not in url)
    return beside


def test_the_place_is_found_again(page):
    page.set_viewport_size({"width": 390, "height": 300})
    page.reload()
    page.mouse.move(100, 200)
    page.evaluate("scrollTo(0, document.getElementById('article').getBoundingClientRect().bottom + scrollY - 160)")
    with page.expect_request("**/place") as sent:
        page.evaluate("""() => { Object.defineProperty(document, "hidden", { value: true });
          document.dispatchEvent(new Event("visibilitychange")); }""")
    assert int(dict(pair.split("=") for pair in sent.value.post_data.split("&"))["at"]) > 0
    sent.value.response()
    page.goto(page.url)
    page.wait_for_function("() => scrollY > 20")
