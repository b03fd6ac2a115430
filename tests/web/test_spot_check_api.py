"""Spot checks, and deciding as before, over the API."""

import pytest

from annotator.actions import adjudicating, projects, reviewing
from annotator.core.decisions import Decision


@pytest.fixture
def single(db, people, article, tag):
    """The article with ana's review alone, all of which is drawn to be looked through."""
    projects.change_project(db, people.max, "desk", reviews=1, spot_check=100)
    tag(people.ana, "claim", "53 workers")
    reviewing.submit(db, people.ana, article)
    return article


def test_an_article_with_one_review_is_drawn_and_looked_through(db, people, api, single):
    cyd = api("cyd")
    drawn = cyd.get("/projects/desk/spot-checks").json
    assert drawn["percent"] == 100
    assert [(one["article"], one["checked_by"]) for one in drawn["items"]] == [(single, None)]
    assert cyd.post(f"/articles/{single}/adjudication/checked").status_code == 204
    assert [one["checked_by"] for one in cyd.get("/projects/desk/spot-checks").json["items"]] == ["cyd"]
    assert cyd.post("/projects/desk/spot-checks/close").json == {"closed": 0}
    projects.change_project(db, people.max, "desk", spot_check=0)
    assert cyd.get("/projects/desk/spot-checks").json["items"] == []
    assert cyd.post("/projects/desk/spot-checks/close").json == {"closed": 1}


def test_an_article_with_two_reviews_is_not_spot_checked(api, two_reviews):
    assert api("cyd").post(f"/articles/{two_reviews.article}/adjudication/checked").status_code == 409


def test_a_group_is_decided_as_the_gold_was(db, people, api, two_reviews, tag):
    article, cyd = two_reviews.article, api("cyd")
    for one in adjudicating.open_case(db, people.cyd, article).undecided:
        adjudicating.decide(db, people.cyd, article, Decision(one.id, "accept", (0,)))
    adjudicating.close(db, people.cyd, article)
    adjudicating.reopen(db, people.cyd, article)
    group = next(one for one in cyd.get(f"/articles/{article}/adjudication").json["groups"] if one["kind"] != "agreed")
    path = f"/articles/{article}/adjudication/{group['id']}"
    assert cyd.post(f"{path}/again").status_code == 409
    before = group["decision"]
    assert cyd.delete(path).status_code == 204
    answer = cyd.post(f"{path}/again")
    assert answer.status_code == 200
    after = next(one for one in answer.json["groups"] if one["id"] == group["id"])["decision"]
    assert (after["action"], after["variants"]) == (before["action"], before["variants"])
