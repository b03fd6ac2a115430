"""Every act on a review and on an article, in every state, by every role: allowed as drawn here, or refused."""

import pytest
from sqlalchemy import text as sql

from annotator.actions import adjudicating, assigning, reviewing
from annotator.actions.assigning import Chosen
from annotator.core.decisions import Decision
from annotator.core.states import ARTICLE, REVIEW
from annotator.store import projects as projects_store
from factories import span

ROLES = ("ana", "ben", "cyd", "max", "eve", "root")
NONE = "none"
# By whom and in which state ana's review goes where by each act; whatever is not here leaves it as it is.
REVIEWER = {
    (NONE, "tag"): "in_progress", (NONE, "submit"): "submitted",
    ("assigned", "tag"): "in_progress", ("assigned", "submit"): "submitted",
    ("in_progress", "tag"): "in_progress", ("in_progress", "submit"): "submitted",
    ("submitted", "reopen"): "in_progress",
    ("lapsed", "tag"): "in_progress", ("lapsed", "submit"): "submitted",
}  # fmt: skip
MANAGER = {
    (NONE, "give"): "assigned", ("lapsed", "give"): "in_progress", ("withdrawn", "give"): "in_progress",
    ("assigned", "take back"): "withdrawn", ("in_progress", "take back"): "withdrawn",
    ("lapsed", "take back"): "withdrawn",
}  # fmt: skip
ALLOWED = {"ana": REVIEWER, "max": MANAGER, "root": MANAGER}
ACTS = {
    "tag": lambda api, page, a: api.post(f"/articles/{a}/spans", json=span("claim", "12 years")),
    "submit": lambda api, page, a: api.post(f"/articles/{a}/submit"),
    "reopen": lambda api, page, a: api.post(f"/articles/{a}/reopen"),
    "give": lambda api, page, a: api.post("/projects/desk/assignments", json={"reviewer": "ana", "articles": [a]}),
    "take back": lambda api, page, a: page.post(f"/articles/{a}/take-back", data={"from": "ana"}, headers=page.headers),
}  # fmt: skip


@pytest.fixture
def in_state(db, people, article, tag, monkeypatch):
    """Brings ana's review of the article into that state."""

    def bring(state):
        if state == NONE:
            return
        reviewing.take_next(db, people.ana, "desk")
        if state != "assigned":
            tag(people.ana, "claim", "53 workers")
        if state == "submitted":
            reviewing.submit(db, people.ana, article)
        elif state == "lapsed":
            assigning.change_rules(db, people.max, "desk", return_hours=1)
            with monkeypatch.context() as patch, db.write() as connection:
                patch.setattr(reviewing, "now", lambda: "2999-01-01T00:00:00.000000Z")
                reviewing.give_back_idle(connection, projects_store.project(connection, "desk"))
        elif state == "withdrawn":
            assigning.take_back(db, people.max, article, "ana")

    return bring


def state_of(db, name="ana"):
    with db.read() as connection:
        query = sql("SELECT state FROM reviews WHERE reviewer = :name")
        return connection.execute(query, {"name": name}).scalar() or NONE


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("state", [NONE, *REVIEW])
def test_a_review_goes_where_it_may_and_nowhere_else(state, who, db, settings, api, app, article, in_state, login_as):
    in_state(state)
    assert state_of(db) == state
    page = login_as(who)
    file = settings.instance / "annotator.sqlite3"
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = file.read_bytes()
    found = {}
    for act, run in ACTS.items():
        answer = run(api(who), page, article)
        assert answer.status_code < 500, (act, answer.get_data(as_text=True))
        if (after := state_of(db)) != state or (answer.status_code < 400 and ALLOWED.get(who, {}).get((state, act))):
            found[state, act] = after
        if found.get((state, act)) is None:
            assert answer.status_code >= 400 or not _hers(who, act), (act, answer.status_code)
        for database in (db, app.extensions["database"]):
            database.dispose()
        for suffix in ("-wal", "-shm"):
            file.with_name(file.name + suffix).unlink(missing_ok=True)
        file.write_bytes(kept)
    assert found == {pair: after for pair, after in ALLOWED.get(who, {}).items() if pair[0] == state}


def _hers(who, act):
    """Ben, and the admin, may tag and submit a review of their own; giving what she has answers that she has it."""
    return not (who in {"ben", "root"} and act in {"tag", "submit", "reopen"}) and act != "give"


# -- articles

ARTICLE_ACTS = {
    "decide": lambda api, a, group: api.put(f"/articles/{a}/adjudication/{group}", json={"action": "reject"}),
    "close": lambda api, a, group: api.post(f"/articles/{a}/adjudication/close"),
    "reopen": lambda api, a, group: api.post(f"/articles/{a}/adjudication/reopen"),
}


@pytest.fixture
def group(db, people, two_reviews):
    """A group of the article, once all are decided."""
    case = adjudicating.open_case(db, people.cyd, two_reviews.article)
    for one in case.undecided:
        adjudicating.decide(db, people.cyd, two_reviews.article, Decision(one.id, "accept", (0,)))
    return case.groups[0].id


@pytest.mark.parametrize("act", ARTICLE_ACTS)
@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("state", ARTICLE)
def test_an_article_goes_where_it_may_and_nowhere_else(state, who, act, db, people, api, two_reviews, group):
    article = two_reviews.article
    if state != "open":
        adjudicating.close(db, people.cyd, article)
    if state == "reopened":
        adjudicating.reopen(db, people.cyd, article)
    answer = ARTICLE_ACTS[act](api(who), article, group)
    with db.read() as connection:
        after = connection.execute(sql("SELECT state FROM articles")).scalar()
    if who not in {"cyd", "root"}:
        assert (answer.status_code, after) == (404, state)
    elif act in ARTICLE[state]:
        assert (answer.status_code, after) == (200, ARTICLE[state][act])
    else:
        assert (answer.status_code, after) == (409, state)


def test_giving_and_taking_back_name_nobody_twice(db, people, article, in_state):
    in_state("in_progress")
    report = assigning.give(db, people.max, "desk", "ana", Chosen(articles=[article]))
    assert (report.given, report.already) == ({"ana": 0}, 1)
