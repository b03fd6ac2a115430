"""The page that exports are chosen on: what it counts is what the file holds."""

import io
import json
import re
import zipfile

import pytest

from annotator.actions import adjudicating, projects
from annotator.errors import Refused
from annotator.web.exports import Wanted


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


def download(client, query, project="desk"):
    return client.get(f"/projects/{project}/export/download?{query}", buffered=True)


def last_exports(client):
    """The rows of the table: who, what, numbers (none where they are not shown), and the link."""
    page = client.get("/projects/desk/export").get_data(as_text=True)
    for row in re.findall(r"<tr><td class=\"title one\">.*?</tr>", page, re.DOTALL):
        who = re.search(r'class="from">([^<]+)<', row)[1]
        what = " ".join(re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)[1].split())
        counts = [int(number) for number in re.findall(r'<td class="num"[^>]*>([\d,]+)<', row)]
        yield who, what, counts, re.search(r'href="([^"]+)"', row)[1].replace("&amp;", "&")


def test_the_last_exports_are_listed_and_made_again(db, two_reviews, boss):
    query = (
        "layer=reviews&format=csv&label=claim&label=quote&reviewer=ana&state=open&since=2026&until=2999&split=80/10/10"
    )
    file = download(boss, query)
    download(boss, "layer=majority")
    newest, first = last_exports(boss)
    assert newest[:2] == ("root", "Majority, jsonl")
    who, what, (articles, spans), address = first
    assert (who, articles, spans) == ("root", 1, len(file.data.splitlines()) - 1)
    assert spans > 0
    for word in ("Each reviewer", "csv", "claim, quote", "by ana", "open", "from 2026", "until 2999", "80/10/10"):
        assert word.lower() in what.lower()
    assert boss.get(address, buffered=True).data == file.data
    assert next(row[1:3] for row in last_exports(boss)) == (what, [articles, spans])


def test_a_file_that_is_not_made_whole_is_not_listed(two_reviews, boss, monkeypatch):
    def broken(*_):
        yield b"{"
        raise Refused("No more.")

    monkeypatch.setattr(Wanted, "pieces", broken)
    assert boss.get("/projects/desk/export/download").status_code == 422
    assert boss.head("/projects/desk/export/download").status_code == 422
    assert list(last_exports(boss)) == []


def test_asking_for_the_head_alone_makes_nothing(two_reviews, boss):
    assert boss.head("/projects/desk/export/download?layer=reviews", buffered=True).status_code == 200
    assert list(last_exports(boss)) == []


def test_only_twenty_are_listed_and_no_other_project_s(db, two_reviews, boss):
    projects.add_project(db, "other")
    for _ in range(21):
        download(boss, "layer=majority")
    download(boss, "", project="other")
    assert len(list(last_exports(boss))) == 20
    assert {what for _, what, _, _ in last_exports(boss)} == {"Majority, jsonl"}


def test_how_much_is_in_an_export_of_open_articles_is_for_admins_alone(two_reviews, boss, login_as):
    for layer in ("reviews", "gold"):
        download(boss, f"layer={layer}")
    download(login_as("max"), "layer=all")
    assert [counts for _, _, counts, _ in last_exports(boss)] == [[0, 0], [0, 0], [1, 9]]
    shown = [(who, counts) for who, _, counts, _ in last_exports(login_as("max"))]
    assert shown == [("max", [0, 0]), ("root", [0, 0]), ("root", [])]
