"""`annotator project set` and `show`."""

import json

import pytest

from annotator.store import projects


def found(db, slug="desk"):
    with db.read() as connection:
        return projects.project(connection, slug)


def test_only_what_is_given_changes(annotator, db, project):
    assert annotator("project", "set", "desk", "--title", "The  city", "--hide-names").lines == ["desk"]
    now = found(db)
    assert (now.title, now.hide_names, now.reviews, now.auto_agreed) == ("The city", True, 2, True)
    annotator.inside("project", "set", "desk", "--reviews", "3", "--show-names", "--decide-agreed")
    now = found(db)
    assert (now.title, now.hide_names, now.reviews, now.auto_agreed) == ("The city", False, 3, False)
    annotator("verify")


@pytest.mark.parametrize("form", ["toml", "json"])
def test_a_scheme_shown_is_one_to_set(annotator, db, project, form):
    shown = annotator("project", "show", "desk", "--format", form)
    assert shown.err.startswith("The desk: 2 reviews each, scheme version 1, names shown")
    same = annotator.write(f"s.{form}", shown.out)
    assert annotator.inside("project", "set", "desk", "--scheme", same).lines == ["desk\tscheme version 1"]
    other = annotator.write(f"t.{form}", shown.out.replace(b"Figure", b"Zahl"))
    assert annotator.inside("project", "set", "desk", "--scheme", other).lines == ["desk\tscheme version 2"]
    assert found(db).scheme.labels[3].title == "Zahl"
    assert found(db).scheme_version == 2


def test_json_is_what_a_program_reads(annotator, project):
    labels = json.loads(annotator.inside("project", "show", "desk", "-f", "json").out)["labels"]
    assert [label["name"] for label in labels] == ["claim", "denial", "quote", "figure"]


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (["set", "nowhere", "--reviews", "2"], "project: There is no project 'nowhere'."),
        (["set", "desk", "--reviews", "0"], "reviews: An article needs 1 to 20 reviews, not 0."),
        (["set", "desk", "--scheme", "gone.toml"], "gone.toml: It cannot be read"),
        (["show", "nowhere"], "project: There is no project 'nowhere'."),
    ],
)
def test_what_cannot_be_is_refused(annotator, project, args, why):
    assert annotator.refused_inside("project", *args).startswith(why)


def test_nothing_to_change_is_told(annotator, project):
    assert "Say what to change" in annotator.inside("project", "set", "desk", code=2).err


def test_a_label_in_use_stays(annotator, db, article, tag, people):
    tag(people.ana, "claim", "53 workers")
    other = annotator.write("s.json", '{"labels": [{"name": "rumour"}]}')
    assert "claim" in annotator.refused_inside("project", "set", "desk", "--scheme", other)
    assert found(db).scheme_version == 1
