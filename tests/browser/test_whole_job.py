"""The main job, as a newcomer does it: set up, tag by mouse and keys, adjudicate, export, compare."""

import json
import re

from browser_help import PASSWORD, drag, saved, sign_in, tag

NEXT = "text=Next article"
CLAIM = "China has opened illegal police stations in several countries across the world"


def work_through(page, tags):
    """Takes every article in turn, tags in each what `tags` has words for, and submits it with Ctrl+Enter."""
    done = {}
    for _ in range(5):
        page.goto(page.url.split("/articles")[0].split("/projects")[0] + "/projects/seeds")
        page.click(NEXT)
        page.wait_for_url("**/articles/*")
        text = page.evaluate("document.getElementById('article').textContent")
        for words, key in tags:
            if words in text:
                tag(page, words, key)
                saved(page)
        done[page.url.rsplit("/", 1)[1]] = text
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("text=Re-open")
    return done


def test_from_set_up_to_the_exported_file(bare_server, open_as, tmp_path):
    server = bare_server.start()
    assert "Loaded 5 articles" in server.output
    link = re.search(r"http://\S+/setup\?key=\S+", server.output)[0]
    root = open_as("", server)
    root.goto(link)
    root.fill("[name=name]", "root")
    root.fill("[name=password]", PASSWORD)
    root.click("main button")
    root.wait_for_url(server.url + "/")
    for name, role in (("ana", "reviewer"), ("ben", "reviewer"), ("cyd", "adjudicator")):
        root.goto(server.url + "/people")
        form = root.locator("form.panel")
        form.locator("[name=name]").fill(name)
        form.locator("[name=password]").fill(PASSWORD)
        form.locator("[name=project]").select_option("seeds")
        form.locator("[name=role]").select_option(role)
        form.locator("button").click()
        root.wait_for_selector(f"text={name} added.")

    ana, ben, cyd = (open_as("", server) for _ in range(3))
    for page, name in ((ana, "ana"), (ben, "ben"), (cyd, "cyd")):
        sign_in(page, server, name)
    common = [("54 such stations", "4"), ("48 additional police stations", "4")]
    first = work_through(ana, [*common, (CLAIM, "1"), ("vocational skill training centres", "3")])
    second = work_through(ben, [*common, ("opened illegal police stations in several countries", "1")])
    assert set(first) == set(second)
    assert len(first) == 5
    for article, text in first.items():
        adjudicate(cyd, server, article)
        assert cyd.evaluate("document.getElementById('article').textContent") == text

    out = tmp_path / "gold.jsonl"
    server.command("export", "--project", "seeds", "-o", str(out))
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 5
    found = {(line["key"][:3], s["label"], s["text"], len(s["from"])) for line in lines for s in line["spans"]}
    assert found == {
        ("000", "figure", "54 such stations", 2), ("003", "figure", "54 such stations", 2),
        ("004", "figure", "54 such stations", 2), ("004", "figure", "48 additional police stations", 2),
        ("003", "claim", CLAIM, 1), ("003", "quote", "vocational skill training centres", 1),
    }  # fmt: skip
    for line in lines:
        assert line["text"] == first[line["id"]]
        for span in line["spans"]:
            assert line["text"][span["start"] : span["end"]] == span["text"]
            assert span["by"] == "cyd"
    assert "ok:" in server.command("verify")
    assert server.command("verify").count("blind\t") == 10


def adjudicate(page, server, article):
    """Accepts the first variant of every group that is open, by keys, and closes."""
    page.goto(f"{server.url}/articles/{article}/adjudicate")
    for _ in range(20):
        left = page.locator("#groups .card:not(.decided)").count()
        if not left:
            break
        page.keyboard.press("j")
        if page.locator("#groups .card.chosen.decided").count():
            continue
        page.keyboard.press("1")
        page.wait_for_function("n => document.querySelectorAll('#groups .card:not(.decided)').length < n", arg=left)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=Closed with")


def test_words_selected_with_the_mouse_become_a_span(server, open_as):
    page = open_as("ana", server, path="/projects/seeds")
    page.click("text=Chinese Overseas Policing Violates")
    page.wait_for_selector("#labels")
    page.wait_for_function("() => document.documentElement.classList.contains('js')")
    drag(page, "more than 102 verified Chinese Overseas Police Service Stations")
    page.click("#labels [data-label=figure]")
    page.wait_for_selector("#spans > li")
    saved(page)
    assert (
        page.locator("#spans .words").inner_text() == "more than 102 verified Chinese Overseas Police Service Stations"
    )
    marked = page.locator("#article mark[data-labels=figure]")
    assert "".join(marked.all_text_contents()) == "more than 102 verified Chinese Overseas Police Service Stations"


def test_overlapping_and_nested_spans_stand_together_and_undo_brings_back(server, open_as):
    page = open_as("ben", server, path="/projects/seeds")
    page.click("text=Exclusive: China operating")
    page.wait_for_selector("#labels")
    page.wait_for_function("() => document.documentElement.classList.contains('js')")
    heights = "[...document.querySelectorAll('#article [data-start]')].map((block) => block.offsetHeight).join()"
    before = page.evaluate(heights)
    text = page.evaluate("document.getElementById('article').textContent")
    outer = "Beijing has set up more than 100 so-called overseas police stations across the globe"
    for words, key in ((outer, "1"), ("more than 100 so-called overseas police stations", "4"),
                       ("police stations across the globe to monitor", "2"), (outer, "3")):  # fmt: skip
        tag(page, words, key)
    saved(page)
    assert page.evaluate(heights) == before  # no line has moved
    assert page.evaluate("document.getElementById('article').textContent") == text
    deepest = page.locator("#article mark", has_text="police stations").first
    assert sorted(deepest.get_attribute("data-labels").split()) == ["claim", "denial", "figure", "quote"]

    deepest.click()  # picks the shortest; another click the next one out
    page.wait_for_selector("#spans > li.chosen[data-name=denial]")
    deepest.click()
    page.wait_for_selector("#spans > li.chosen[data-name=figure]")
    page.keyboard.press("Delete")
    page.wait_for_function("() => document.querySelectorAll('#spans > li').length === 3")
    page.keyboard.press("Control+z")
    page.wait_for_function("() => document.querySelectorAll('#spans > li').length === 4")
    page.keyboard.press("Control+z")
    page.wait_for_function("() => document.querySelectorAll('#spans > li').length === 3")
    page.keyboard.press("Control+Shift+Z")
    page.wait_for_function("() => document.querySelectorAll('#spans > li').length === 4")
    page.reload()
    assert page.locator("#spans > li").count() == 4


def test_digit_typed_in_a_note_does_not_tag(server, open_as):
    page = open_as("ana", server, path="/projects/seeds")
    page.click("text=China has opened illegal police stations")
    page.wait_for_selector("#labels")
    page.wait_for_function("() => document.documentElement.classList.contains('js')")
    tag(page, "54 such stations", "4")
    note = page.locator("#spans > li.chosen [name=note]")
    note.click()
    page.keyboard.type("counted 1 2 3")
    page.keyboard.press("Tab")
    saved(page)
    page.reload()
    assert page.locator("#spans > li").count() == 1
    assert "counted 1 2 3" in page.locator("#spans > li").inner_text()


def test_second_tab_does_not_overwrite_the_first(server, open_as):
    first = open_as("ben", server, path="/projects/seeds")
    first.click("text=China has opened illegal police stations")
    first.wait_for_selector("#labels")
    first.wait_for_function("() => document.documentElement.classList.contains('js')")
    tag(first, "54 such stations", "4")
    saved(first)
    second = first.context.new_page()
    second.goto(first.url)
    for page, note in ((first, "from the first"), (second, "from the second")):
        page.locator("#spans > li .head").first.click() if not page.locator("#spans > li.chosen").count() else None
        page.locator("#spans > li.chosen [name=note]").fill(note)
        page.keyboard.press("Tab")
        if page is first:
            saved(page)
    second.wait_for_selector("#status[data-state=failed]")
    words = second.locator("#problem").inner_text()
    assert "from the first" in words
    assert "from the second" in words
    first.reload()
    assert "from the first" in first.locator("#spans > li").inner_text()


def test_page_reads_lists_and_deletes_without_scripts(server, open_as):
    page = open_as("ana", server, path="/projects/seeds")
    page.click("text=London Act Daily News")
    page.wait_for_selector("#labels")
    page.wait_for_function("() => document.documentElement.classList.contains('js')")
    tag(page, "54 such stations", "4")
    saved(page)
    plain = open_as("ana", server, path=page.url.removeprefix(server.url), java_script_enabled=False)
    assert plain.locator("#spans > li").count() == 1
    assert "54 such stations" in plain.locator("#article mark").inner_text()
    plain.click("#spans button:has-text('Delete')")
    plain.wait_for_selector("text=No span yet")
    assert plain.locator("#spans > li").count() == 0


def test_selection_across_blocks_and_emoji_is_one_span(server, open_as, tmp_path):
    text = "👩‍🚒 LIVE 🗞️  Mayor:\n\n“We counted 40 fires.”\r\nNobody <b>disagrees</b> & left"
    file = tmp_path / "emoji.jsonl"
    file.write_text(json.dumps({"key": "emoji", "text": text}), encoding="utf-8")
    server.command("load", str(file), "--project", "seeds")
    page = open_as("ben", server, path="/projects/seeds")
    page.click("text=LIVE")
    page.wait_for_selector("#labels")
    page.wait_for_function("() => document.documentElement.classList.contains('js')")
    kept = text.replace("\r\n", "\n")
    assert page.evaluate("document.getElementById('article').textContent") == kept
    for words, key in (
        ("40 fires", "4"),
        ("LIVE 🗞️  Mayor:\n\n“We counted 40 fires.”\nNobody", "1"),
        ("left", "2"),
        ("👩‍🚒", "3"),
    ):
        tag(page, words, key)
    saved(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=Re-open")
    lines = server.command("export", "--layer", "reviews", "--project", "seeds").splitlines()
    (line,) = [line for line in map(json.loads, lines) if line["key"] == "emoji"]
    assert [span["text"] for span in line["spans"]] == [
        "👩‍🚒", "LIVE 🗞️  Mayor:\n\n“We counted 40 fires.”\nNobody", "40 fires", "left",
    ]  # fmt: skip
    for span in line["spans"]:
        assert kept[span["start"] : span["end"]] == span["text"]
