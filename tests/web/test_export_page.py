"""The page that exports are chosen on: what it counts is what the file holds."""

import io
import json
import re
import zipfile

import pytest

from annotator.actions import adjudicating


@pytest.fixture
def boss(login_as):
    return login_as("root")  # admins see every submitted review, of articles that are open too


def numbers(page):
    found = re.findall(r"<dt>([^<]+)</dt><dd>([\d,]+)</dd>", page)
    return {name: int(number.replace(",", "")) for name, number in found}


def page_and_file(boss, query):
    page = boss.get(f"/projects/desk/export?{query}", headers={"HX-Request": "true"}).get_data(as_text=True)
    address = re.search(r'href="([^"]+/download[^"]*)"', page)[1].replace("&amp;", "&")
    return page, boss.get(address, buffered=True)


@pytest.mark.parametrize(
    "query", ["layer=reviews", "layer=reviews&label=claim", "layer=majority", "layer=reviews&state=open"]
)
def test_the_counts_are_those_of_the_file(db, two_reviews, boss, query):
    page, answer = page_and_file(boss, query)
    lines = [json.loads(line) for line in answer.get_data().splitlines()]
    counted = numbers(page)
    assert counted["articles"] == len({line["id"] for line in lines})
    assert counted["spans"] == sum(len(line["spans"]) for line in lines)
    assert counted["spans"] > 0


def test_a_format_says_what_it_has_no_place_for(two_reviews, boss):
    page, answer = page_and_file(boss, "layer=reviews&format=conll")
    assert "The format has no place for" in page
    assert re.search(r"<li>\d+ spans that overlap", page) or "ids of spans" in page
    assert answer.mimetype == "text/plain"


def test_a_format_of_many_files_is_an_archive(two_reviews, boss):
    _, answer = page_and_file(boss, "layer=reviews&format=brat")
    names = zipfile.ZipFile(io.BytesIO(answer.get_data())).namelist()
    assert {name.rpartition(".")[2] for name in names} >= {"txt", "ann"}
    assert answer.headers["Content-Disposition"].endswith('.zip"')


def test_shares_are_counted(db, people, two_reviews, boss):
    page, _ = page_and_file(boss, "layer=reviews&split=80/10/10")
    counted = numbers(page)
    assert sum(counted.get(name, 0) for name in ("train", "dev", "test")) == 2


@pytest.mark.parametrize(
    ("query", "word"),
    [("layer=klingon", "klingon"), ("format=klingon", "klingon"), ("state=klingon", "klingon"), ("since=now", "now"),
     ("split=1/2", "split")],
)  # fmt: skip
def test_what_cannot_be_exported_is_said_in_words(boss, project, query, word):
    answer = boss.get(f"/projects/desk/export?{query}")
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert "This cannot be exported" in page
    assert boss.get(f"/projects/desk/export/download?{query}").status_code == 422
    assert word in page or "shares" in page.lower()


def test_gold_that_is_not_there_is_left_out_by_name(db, people, two_reviews, article, boss):
    assert "Nothing to export yet" in boss.get("/projects/desk/export").get_data(as_text=True)
    case = adjudicating.open_case(db, people.cyd, article)
    assert case.groups
    page = boss.get("/projects/desk/export").get_data(as_text=True)
    assert "articles not closed" in page
