"""Agreement over time: which week an article counts for, and the same numbers on page, as CSV and JSON."""

from datetime import date

import pytest
from sqlalchemy import text as sql

from annotator.actions import adjudicating
from annotator.core.agreement import line_for
from annotator.core.agreement_counts import count, pool
from annotator.core.decisions import Decision
from annotator.web.weeks import MOST_WEEKS, TALL, WIDTH, weeks

SAME = count(100, {"ana": [(0, 10, "claim")], "ben": [(0, 10, "claim")]})
OTHER = count(100, {"ana": [(0, 10, "claim")], "ben": [(20, 30, "claim")]})
EMPTY = count(100, {"ana": [], "ben": []})


def test_each_week_has_the_measures_of_its_articles_alone():
    found = weeks(
        [("a", SAME), ("b", OTHER), ("c", SAME)],
        {"a": "2026-11-22T23:59:59Z", "b": "2026-11-23T00:00:00Z", "c": "2026-11-29T10:00:00Z"},
    )
    assert [(one.name, one.monday, one.articles) for one in found] == [
        ("2026-W47", date(2026, 11, 16), 1),
        ("2026-W48", date(2026, 11, 23), 2),
    ]
    whole = line_for(None, pool([OTHER, SAME]), [])
    assert (found[1].mean_f1, found[1].alpha) == (whole["mean_f1"], whole["alpha"]["_any"])
    assert (found[0].mean_f1, found[0].y) == (1, 0)


def test_the_turn_of_the_year_is_that_of_iso_weeks():
    [one] = weeks([("a", SAME)], {"a": "2027-01-01T12:00:00Z"})
    assert (one.name, one.monday) == ("2026-W53", date(2026, 12, 28))


def test_what_has_no_measure_is_not_drawn_and_only_the_last_weeks_are():
    assert weeks([], {}) == []
    assert weeks([("a", EMPTY)], {"a": "2026-11-22"})[0].y is None
    many = {f"a{n}": date.fromordinal(740_000 + 7 * n).isoformat() for n in range(MOST_WEEKS + 4)}
    found = weeks([(name, OTHER) for name in many], many)
    assert [one.y for one in found[:4]] == [None] * 4
    assert all(0 <= one.x <= WIDTH and 0 <= one.y <= TALL for one in found[4:])


@pytest.fixture
def closed(db, people, two_reviews):
    for one in adjudicating.open_case(db, people.cyd, two_reviews.article).undecided:
        adjudicating.decide(db, people.cyd, two_reviews.article, Decision(one.id, "accept", (0,)))
    adjudicating.close(db, people.cyd, two_reviews.article)
    with db.write() as connection:
        connection.execute(
            sql("UPDATE reviews SET submitted_at = '2026-11-10T08:00:00.000000Z' WHERE reviewer = 'ana'")
        )
        connection.execute(
            sql("UPDATE reviews SET submitted_at = '2026-11-18T08:00:00.000000Z' WHERE reviewer = 'ben'")
        )


def test_page_csv_and_json_have_the_week_of_the_last_review(login_as, closed):
    browser = login_as("cyd")
    figures = browser.get("/projects/desk/agreement?format=json").json["figures"]
    of_week = {row["measure"]: row["value"] for row in figures if row["section"] == "week"}
    whole = {row["measure"]: row["value"] for row in figures if row["section"] == "project"}
    assert {row["a"] for row in figures if row["section"] == "week"} == {"2026-W47"}
    assert of_week == {"articles": 1, "alpha": whole["alpha"], "mean_f1": whole["mean_f1"]}
    assert "week,2026-W47,,,articles,1," in browser.get("/projects/desk/agreement?format=csv").get_data(as_text=True)
    assert '<th scope="row">2026-W47</th>' in browser.get("/projects/desk/agreement").get_data(as_text=True)
