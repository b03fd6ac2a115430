"""`annotator project add` and `list`, and scheme files."""

import json

import pytest

TOML = """
[[labels]]
name = "rumour"
title = "Gerücht"
key = "q"
color = "#b45309/#f5b14c"
attributes = ["mood", "weight"]

[[labels]]
name = "fact"

[attributes.mood]
type = "choice"
choices = ["glad", "sad"]

[attributes.weight]
type = "number"

[[relations]]
type = "backs"
from = ["fact"]
to = ["rumour", "fact"]
"""


def scheme_of(db, slug):
    with db.engine.connect() as connection:
        query = "SELECT scheme FROM projects WHERE slug = ?"
        return json.loads(connection.exec_driver_sql(query, (slug,)).scalar())


def test_a_project_is_listed_with_what_it_was_given(annotator, db, seeds):
    assert annotator("project", "add", "city-desk", "--title", "The  city", "--reviews", "3").lines == ["city-desk"]
    assert annotator("project", "list").lines == [
        "city-desk\t0\t3\tThe city",
        "desk\t0\t2\tThe desk",
        "seeds\t5\t2\tSeeds",
    ]
    assert [label["name"] for label in scheme_of(db, "city-desk")["labels"]] == ["claim", "denial", "quote", "figure"]


def test_no_projects_no_lines(annotator):
    assert annotator("project", "list").out == b""


def test_a_scheme_in_toml(annotator, db):
    annotator("project", "add", "p", "--scheme", annotator.write("s.toml", TOML))
    scheme = scheme_of(db, "p")
    assert [label["name"] for label in scheme["labels"]] == ["rumour", "fact"]
    assert scheme["labels"][0]["title"] == "Gerücht"
    assert scheme["attributes"]["mood"] == {"type": "choice", "choices": ["glad", "sad"]}
    assert scheme["relations"] == [{"type": "backs", "from": ["fact"], "to": ["rumour", "fact"]}]


def test_a_scheme_in_json_from_standard_input(annotator, db):
    annotator("project", "add", "p", "--scheme", "-", stdin=b'{"labels": [{"name": "rumour"}]}')
    assert [label["name"] for label in scheme_of(db, "p")["labels"]] == ["rumour"]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("s.toml", TOML + "[[labels]]\nname = 'fact'\n", "s.toml: labels: Twice in the list: fact."),
        ("s.toml", TOML.replace("glad", 'g"lad'), "s.toml: "),
        ("s.json", TOML, "s.json: "),
        ("s.json", '{"labels": []}', "s.json: labels: A scheme needs one label at least."),
        ("s.json", '{"labels": [{"name": "a", "colour": "#fff"}]}', "s.json: "),
        ("s.json", b'{"labels": [{"name": "\xff"}]}', "s.json: "),
        ("s.json", "[" * 5000, "s.json: "),
    ],
)
def test_a_bad_scheme_is_refused_with_its_file__and_no_project_made(annotator, db, name, content, why):
    assert annotator.refused_inside("project", "add", "p", "--scheme", annotator.write(name, content)).startswith(why)
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM events").scalar() == 0


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (["desk"], "name: There is a project 'desk' already."),
        (["City Desk"], "name: 'City Desk' is no project name"),
        (["-"], "name: '-' is no project name"),
        (["p", "--reviews", "0"], "reviews: An article needs 1 to 20 reviews, not 0."),
        (["p", "--title", "\x1b[31mred"], "title: A title has 1 to 200 characters"),
        (["p", "--scheme", "gone.toml"], "gone.toml: It cannot be read: No such file or directory."),
    ],
)
def test_a_project_that_cannot_be_is_refused(annotator, project, args, why):
    assert annotator.refused_inside("project", "add", *args).startswith(why)
