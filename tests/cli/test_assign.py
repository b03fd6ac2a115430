"""`annotator assign` and `annotator quality`."""

import json

import pytest

from annotator.actions import assigning, reviewing, tagging
from annotator.actions.assigning import Chosen
from annotator.store import assignment
from conftest import LIMITS
from factories import article_text, export_line, export_span, new_span

GOLDEN = article_text(seed=90)


@pytest.fixture
def four(load):
    load(*({"text": article_text(seed=number), "key": f"k {number}"} for number in range(4)))


def test_by_hand_from_a_list_of_keys(annotator, four):
    keys = annotator.write("keys.txt", "k 0\n\n k 2 \n")
    assert annotator("assign", "-p", "desk", "--to", "ana", "--keys", keys).lines == ["ana\t2"]
    again = annotator("assign", "-p", "desk", "--to", "ana", "--keys", "-", stdin=b"k 0\nk 1\n")
    assert (again.lines, again.err) == (["ana\t1"], "1 given, 1 theirs already, 0 without a free place\n")


def test_by_share_and_by_round(annotator, four):
    share = ("--share", "ana=50", "--share", "ben=25")
    assert annotator("assign", "-p", "desk", *share).lines == ["ana\t4", "ben\t2"]
    assert annotator("assign", "-p", "desk", *share).lines == []
    assert annotator("assign", "-p", "desk", "--round", "3").lines == ["ben\t1"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("--share", "ana"), "--share: 'ana' is not of the form NAME=N."), (("--share", "eve=5"), "eve does not review"),
     (("--round", "0"), "each: A round gives"), (("--to", "ana", "--batch", "no"), "batch: There is no batch 'no'"),
     (("--to", "ana"), "articles: Choose articles in one way")],
)  # fmt: skip
def test_what_cannot_be_is_one_line(arguments, words, annotator, four):
    assert words in annotator.refused_inside("assign", "-p", "desk", *arguments)


def test_keys_that_are_no_text_are_refused_with_the_byte(annotator, four):
    keys = annotator.write("keys.txt", b"k 0\n\xff")
    assert "keys.txt:byte 4: It is not UTF-8." in annotator.refused(
        "assign", "-p", "desk", "--to", "ana", "--keys", keys
    )


def test_quality_is_a_line_for_each_reviewer_purpose_week_and_label(annotator, db, people, load):
    load(export_line(GOLDEN, [export_span("g1", "claim", "40 people", GOLDEN)], key="g"))
    assigning.use_gold(db, people.max, "desk", Chosen(articles=["g"]), "check")
    with db.read() as connection:
        article = assignment.by_keys(connection, "desk", ["g"])["g"]
    tagging.add_span(db, people.ana, article, new_span("claim", "40 people", GOLDEN), LIMITS, by_hand=True)
    reviewing.submit(db, people.ana, article)
    found = [json.loads(line) for line in annotator("quality", "-p", "desk").lines]
    assert [(one["reviewer"], one["purpose"], bool(one["week"]), one["label"], one["f1"]) for one in found] == [
        ("ana", "check", False, "_any", 1.0), ("ana", "check", False, "claim", 1.0),
        ("ana", "check", True, "_any", 1.0), ("ana", "check", True, "claim", 1.0),
    ]  # fmt: skip
