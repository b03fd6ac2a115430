"""The page of agreement: the disputed stretches, and the list of spans behind a measure."""

import csv
import io
import re

import pytest

from annotator.actions import adjudicating, disputing
from annotator.actions.disputing import Asked
from annotator.actions.measuring import Kept, serve_all
from annotator.core.decisions import Decision
from annotator.store import projects as projects_store
from factories import TEXT


@pytest.fixture
def closed(db, people, two_reviews):
    for one in adjudicating.open_case(db, people.cyd, two_reviews.article).undecided:
        adjudicating.decide(db, people.cyd, two_reviews.article, Decision(one.id, "accept", (0,)))
    adjudicating.close(db, people.cyd, two_reviews.article)
    return two_reviews.article


def page(browser, query=""):
    answer = browser.get(f"/projects/desk/agreement{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_nothing_is_shown_of_articles_that_are_not_closed(login_as, two_reviews):
    boss = login_as("max")
    for query in ("?label=_any", "?a=ana&b=ben", f"?article={two_reviews.article}&alike=1"):
        assert "There are none." in page(boss, query)
        assert boss.get(f"/projects/desk/agreement{query}&format=json").json["spans"] == []
        assert "12 years" not in page(boss, query)


def test_the_disputed_stretches_tell_who_marked_what(login_as, closed):
    text = page(login_as("max"))
    for words in ("53 workers fell ill", "Two inspectors disagree", "Nobody was hurt"):
        assert f"“{words}”" in text
    assert "“The tunnel leaks”" not in text  # both have it


def test_a_stretch_leads_to_its_block_in_adjudication_for_those_who_may_read_it(login_as, closed):
    judge = login_as("cyd")
    links = set(re.findall(rf'href="(/articles/{closed}/adjudicate)#(block-[0-9]+)"', page(judge)))
    assert links
    for path, block in links:
        assert f'id="{block}"' in judge.get(path).get_data(as_text=True)
    assert f"/articles/{closed}/adjudicate" not in page(login_as("max"))


@pytest.mark.parametrize(
    ("query", "there", "not_there"),
    [
        ("?label=_any", ["53 workers fell ill", "12 years", "Nobody was hurt"], ["The tunnel leaks"]),
        ("?label=_any&alike=1", ["53 workers fell ill", "The tunnel leaks"], []),
        ("?label=figure", ["12 years"], ["Nobody was hurt", "The tunnel leaks"]),
        ("?label=quote", ["Nobody was hurt"], ["12 years"]),
        ("?a=ana&b=ben", ["53 workers fell ill", "12 years"], ["The tunnel leaks"]),
        ("?a=ana&b=nobody", ["There are none."], ["12 years"]),
        ("?article=none", ["There are none."], ["12 years"]),
        ("?label=nothing", ["There are none."], ["12 years"]),
    ],
)
def test_what_is_behind_a_number(query, there, not_there, login_as, closed):
    text = page(login_as("cyd"), query)
    listed = text[text.index('id="behind"') : text.index("</section>", text.index('id="behind"'))]
    assert [words in listed for words in there] == [True] * len(there)
    assert [words in listed for words in not_there] == [False] * len(not_there)


def test_half_a_pair_is_no_question(login_as, closed):
    assert 'id="behind"' not in page(login_as("max"), "?a=ana")


def test_the_list_is_there_as_csv_and_json(login_as, closed):
    boss = login_as("max")
    text = boss.get("/projects/desk/agreement?format=csv&label=figure").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["article"] for row in rows} == {closed}
    spans = [row for row in rows if row["label"]]
    assert ("ana", "12 years") in {(row["reviewer"], row["text"]) for row in spans}
    for row in spans:
        assert TEXT[int(row["start"]) : int(row["end"])] == row["text"]
    assert {row["reviewer"] for row in rows if not row["label"]} == {"ben"}  # who marked nothing there
    items = boss.get("/projects/desk/agreement?format=json&label=figure").json["spans"]
    assert [(one["reviewer"], one["label"] or "") for one in items] == [(r["reviewer"], r["label"]) for r in rows]


def test_numbers_lead_to_what_is_behind_them(login_as, closed):
    browser = login_as("max")
    text = page(browser)
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="(\?[^"]+)#behind"', text)}
    wanted = {"?label=_any", "?label=claim", "?a=ana&b=ben", "?a=ana&b=ben&label=claim", f"?article={closed}"}
    assert wanted <= links
    assert any(link.startswith("?labels=") for link in links)
    assert any(link.startswith("?starts=") for link in links)
    for link in links:
        assert 'id="behind"' in page(browser, link)


def test_only_articles_that_can_have_it_are_read(db, people, closed, load, monkeypatch):
    serve_all(db, people.max, "desk")
    read = []
    real = disputing.exported.exported
    with db.read() as connection:
        project = projects_store.project(connection, "desk")
        kept = Kept()
        for label in ("_any", "nothing"):
            list(disputing.behind(connection, people.max, project, kept, Asked(label=label)))
        monkeypatch.setattr(
            disputing.exported, "exported", lambda *args, **more: read.extend(more["only"]) or real(*args, **more)
        )
        list(disputing.behind(connection, people.max, project, kept, Asked(label="nothing")))
        assert read == []
        list(disputing.behind(connection, people.max, project, kept, Asked(label="_any")))
    assert read == [closed]
