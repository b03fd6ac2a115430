"""The pages: what outside tests hold on to (contract section 4), and that every form works without scripts."""

import re
from html.parser import HTMLParser

import pytest
from sqlalchemy import text as sql

from factories import TEXT, ndjson, span

VOID = {"meta", "link", "input", "br", "img", "hr", "wbr", "source", "col"}


class Page(HTMLParser):
    """The text within `#article`, its blocks and marks, and every element's attributes."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.text, self.blocks, self.marks = [], [], "", [], []
        self.feed(page)

    def handle_starttag(self, name, attributes):
        attributes = dict(attributes)
        self.elements.append((name, attributes))
        if name in VOID:
            return
        self.open.append((name, attributes, len(self.text)))

    def handle_endtag(self, name):
        while self.open:
            opened, attributes, start = self.open.pop()
            if self.within() or attributes.get("id") == "article":
                if "data-start" in attributes:
                    place = (int(attributes["data-start"]), int(attributes["data-end"]))
                    self.blocks.append((place, self.text[start:]))
                if opened == "mark":
                    self.marks.append(
                        (self.text[start:], attributes["data-spans"].split(), attributes["data-labels"].split())
                    )
            if opened == name:
                return

    def within(self):
        return any(attributes.get("id") == "article" for _, attributes, _ in self.open)

    def handle_data(self, data):
        if self.within():
            self.text += data

    def having(self, **wanted):
        wanted = {key.replace("_", "-"): value for key, value in wanted.items()}
        return [a for _, a in self.elements if all(a.get(key) == value for key, value in wanted.items())]


@pytest.fixture
def workspace(login_as):
    return lambda name, article: Page(login_as(name).get(f"/articles/{article}").get_data(as_text=True))


def test_the_article_is_its_text_and_nothing_but_its_text(workspace, seeds, article):
    for one, text in [(article, TEXT)] + [(seed.id, seed.text) for seed in seeds]:
        page = workspace("ana", one)
        assert page.text == text
        assert page.blocks
        for (start, end), words in page.blocks:
            assert words == text[start:end]


def test_marks_hold_the_words_of_their_spans_overlapping_and_nested(workspace, people, article, tag):
    words = ["At least 53 workers", "53 workers fell", "53", "fell ill, the union", "Ana Ruiz 👩‍🚒", "end here"]
    made = {tag(people.ana, "claim" if len(one) > 4 else "figure", one).id: one for one in words}
    page = workspace("ana", article)
    assert page.text == TEXT
    for span_id, one in made.items():
        assert "".join(text for text, ids, _ in page.marks if span_id in ids) == one
        assert len(page.having(data_span=span_id)) == 1
    assert all(len(ids) == len(labels) for _, ids, labels in page.marks)
    assert {label for _, _, labels in page.marks for label in labels} == {"claim", "figure"}


def test_the_workspace_has_its_hooks(workspace, article):
    page = workspace("ana", article)
    for label in ("claim", "denial", "quote", "figure"):
        assert page.having(data_label=label)
    assert page.having(id="spans")
    assert page.having(id="status")[0]["aria-live"]
    assert page.having(name="csrf-token")


def test_hostile_text_is_shown_and_never_run(workspace, load, db, login_as):
    text = "<script>alert(1)</script> & &amp; \"quoted\" <img src=x onerror=alert(1)> 'x'\n</div></main>\nThe end."
    load({"text": text, "title": "<b>T</b>\"'", "source": "<i>", "author": "&", "key": "<k>"})
    with db.read() as connection:
        article = connection.execute(sql("SELECT id FROM articles")).scalar_one()
    assert workspace("ana", article).text == text
    for path in ("/", "/projects/desk", "/projects/desk/articles", f"/articles/{article}"):
        page = login_as("max").get(path).get_data(as_text=True)
        assert "<b>T</b>" not in page
        assert not re.search(r"<script>|<img src=x|onerror=alert\(1\)>", page.replace("&lt;", "").replace("&#", ""))


def test_everything_works_as_plain_forms(login_as, db, article):
    ana = login_as("ana")

    def post(path, **form):
        answer = ana.post(path, data=form | {"csrf_token": ana.csrf})
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return answer.headers["Location"]

    def rows(query):
        with db.read() as connection:
            return connection.execute(sql(query)).all()

    assert post("/projects/desk/next") == f"/articles/{article}"
    post(f"/articles/{article}/spans", **span("claim", "53 workers"))
    post(f"/articles/{article}/spans", **span("denial", " anyone fell ill"))
    (claim,), (denial,) = rows("SELECT id FROM spans ORDER BY label")
    post(f"/articles/{article}/relations", type="denies", **{"from": denial, "to": claim})
    post(f"/spans/{claim}", version=1, note="n\r\nm", **{"attr.speaker": "union"})
    assert rows(f"SELECT note, attributes, version FROM spans WHERE id = '{claim}'") == [
        ("n\nm", '{"speaker":"union"}', 2)
    ]
    post(f"/relations/{rows('SELECT id FROM relations')[0][0]}/delete")
    post(f"/articles/{article}/undo")
    assert len(rows("SELECT id FROM relations")) == 1
    post(f"/spans/{claim}/delete", version=2)
    assert rows("SELECT label FROM spans") == [("denial",)]
    post(f"/articles/{article}/undo")
    post(f"/articles/{article}/redo")
    post(f"/articles/{article}/submit")
    assert rows("SELECT state FROM reviews") == [("submitted",)]
    post(f"/articles/{article}/reopen")


def test_a_stale_form_is_refused_and_both_stand_there(login_as, people, article, tag, db):
    one = tag(people.ana, "claim", "53 workers")
    first, second = login_as("ana"), login_as("ana")
    form = {"version": "1", "note": "the first tab", "csrf_token": first.csrf}
    assert first.post(f"/spans/{one.id}", data=form).status_code == 303
    for headers in ({}, {"HX-Request": "true"}):
        stale = {"version": "1", "note": "the second tab", "csrf_token": second.csrf}
        answer = second.post(f"/spans/{one.id}", data=stale, headers=headers)
        assert answer.status_code == 412
    with db.read() as connection:
        assert connection.execute(sql("SELECT note FROM spans")).scalar() == "the first tab"


def test_htmx_swaps_only_the_blocks_a_span_touches(login_as, article):
    ana = login_as("ana")
    answer = ana.post(
        f"/articles/{article}/spans", data=span("claim", "53 workers"), headers=ana.headers | {"HX-Request": "true"}
    )
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert "Two inspectors disagree" not in page
    assert "53 workers" in page
    assert "The last words end here" not in page


def test_a_problem_is_a_page_a_fragment_or_a_document(login_as, api):
    ana = login_as("ana")
    page = ana.get("/articles/nowhere")
    assert page.status_code == 404
    assert "<html" in page.get_data(as_text=True)
    fragment = ana.get("/articles/nowhere", headers={"HX-Request": "true"})
    assert fragment.status_code == 404
    assert "<html" not in fragment.get_data(as_text=True)
    assert api("ana").get("/articles/nowhere").mimetype == "application/problem+json"


def test_the_board_has_next_for_reviewers_and_progress_for_managers(login_as, two_reviews):
    assert "2 of 2 submitted" not in login_as("ana").get("/projects/desk").get_data(as_text=True)
    assert "2 of 2 submitted" in login_as("max").get("/projects/desk").get_data(as_text=True)


def test_articles_are_paged_and_found_by_title(login_as, api):
    lines = [{"text": f"Text {n}.", "key": str(n), "title": f"Title {n:03}%"} for n in range(120)]
    api("max").post("/projects/desk/articles", data=ndjson(*lines), headers={"Content-Type": "application/x-ndjson"})
    ana = login_as("ana")
    first = ana.get("/projects/desk/articles").get_data(as_text=True)
    assert "Title 099%" in first
    assert "Title 100%" not in first
    (after,) = set(re.findall(r"after=(\d+)", first))
    assert "Title 100%" in ana.get(f"/projects/desk/articles?after={after}").get_data(as_text=True)
    found = ana.get("/projects/desk/articles?q=title 007%25").get_data(as_text=True)
    assert "Title 007%" in found
    assert "Title 008%" not in found
    assert "Title" not in ana.get("/projects/desk/articles?q=_itle").get_data(as_text=True).replace("Title</", "")


def test_settings_and_members_are_changed_by_the_manager(login_as, db):
    boss = login_as("max")
    form = {"title": "New  title", "reviews": "3", "hide_names": "on", "csrf_token": boss.csrf}
    assert boss.post("/projects/desk/settings", data=form).status_code == 303
    assert "New title" in boss.get("/projects/desk/settings").get_data(as_text=True)
    member = {"name": "eve", "role": "reviewer", "csrf_token": boss.csrf}
    assert boss.post("/projects/desk/members", data=member).status_code == 303
    assert login_as("eve").get("/projects/desk").status_code == 200
    assert boss.post("/projects/desk/members/remove", data=member).status_code == 303
    assert login_as("eve").get("/projects/desk").status_code == 404
    with db.read() as connection:
        row = connection.execute(sql("SELECT title, reviews, auto_agreed, hide_names FROM projects")).one()
    assert tuple(row) == ("New title", 3, 0, 1)


def test_adjudication_works_as_plain_forms(login_as, db, two_reviews):
    cyd, base = login_as("cyd"), f"/articles/{two_reviews.article}/adjudicate"
    page = Page(cyd.get(base).get_data(as_text=True))
    assert page.text == TEXT

    def post(path, **form):
        answer = cyd.post(base + path, data=form | {"csrf_token": cyd.csrf})
        assert answer.status_code == 303, answer.get_data(as_text=True)

    with db.read() as connection:
        from annotator.actions import adjudicating
        from annotator.store import people as people_store

        viewer = people_store.viewer(connection, "cyd")
    groups = {one.kind: one.id for one in adjudicating.open_case(db, viewer, two_reviews.article).undecided}
    post(f"/groups/{groups['missing']}", action="reject", reason="no")
    post(f"/groups/{groups['missing']}/undo")
    post(f"/groups/{groups['missing']}", action="accept", variants="0")
    post(f"/groups/{groups['label']}", action="accept", variants=["0", "1"])
    post(f"/groups/{groups['boundary']}", action="edit", spans='[{"start": 0, "end": 8, "label": "claim"}]')
    post(f"/groups/{groups['mixed']}", action="reject")
    post("/add", **span("claim", "the union says"))
    post("/close")
    assert "losed" in cyd.get(base).get_data(as_text=True)
    post("/reopen", reason="a mistake")
    post("/close")
    with db.read() as connection:
        assert connection.execute(sql("SELECT count(*) FROM gold_spans")).scalar() == 6


def test_the_download_is_a_file(login_as, two_reviews):
    boss = login_as("max")
    answer = boss.get("/projects/desk/export/download?layer=gold", buffered=True)
    assert answer.status_code == 200
    assert 'filename="desk-gold.jsonl"' in answer.headers["Content-Disposition"]
    assert "articles not closed" in boss.get("/projects/desk/export").get_data(as_text=True)
