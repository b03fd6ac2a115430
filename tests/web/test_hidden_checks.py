"""A hidden check cannot be told from another article: twin runs, in one of which it has no gold and is none.

Both twins are copies of one database, so that ids, sessions and what was given before are the same.
"""

import pytest

from annotator.actions import assigning, reviewing, tagging
from annotator.actions import people as accounts
from annotator.actions.assigning import Chosen
from annotator.store import assignment
from annotator.store import people as people_store
from conftest import LIMITS, PASSWORD
from factories import article_text, export_line, export_span, new_span, span
from web.test_blindness import Twin, masked

GOLDEN = article_text(seed=90)
TO_PLAIN = (
    "DELETE FROM gold_spans",
    "UPDATE articles SET state = 'open', purpose = NULL, closed_by = NULL, closed_at = NULL",
    "UPDATE reviews SET purpose = NULL",
)


@pytest.fixture
def ids(db, people, load, login_as, template):
    """k0, the check g and k1, as ids by key; ana has submitted k0 and begun g, dee has nothing yet."""
    gold = export_line(GOLDEN, [export_span("g1", "claim", "40 people", GOLDEN)], key="g")
    load({"text": article_text(seed=0), "key": "k0"})
    load(gold)
    load({"text": article_text(seed=1), "key": "k1"})
    assigning.use_gold(db, people.max, "desk", Chosen(articles=["g"]), "check")
    accounts.add_user(db, "dee", password=PASSWORD, project="desk", role="reviewer")
    template.tokens["dee"] = accounts.add_token(db, "dee").token
    with db.read() as connection:
        found = assignment.by_keys(connection, "desk", ["k0", "g", "k1"])
    assert reviewing.take_next(db, people.ana, "desk") == found["k0"]
    reviewing.submit(db, people.ana, found["k0"])
    assert reviewing.take_next(db, people.ana, "desk") == found["g"]
    tagging.add_span(db, people.ana, found["g"], new_span("denial", "denied it", GOLDEN), LIMITS, by_hand=True)
    return found


@pytest.fixture
def twins(settings, db, app, ids, login_as, template, tmp_path):
    """The one with the check, and the one where g is an article like any other."""
    cookies = {name: login_as(name).get_cookie("annotator").value for name in ("ana", "dee", "max")}
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.dispose()
    app.extensions["database"].dispose()
    made = [Twin(settings, tmp_path / f"twin-{number}", template, cookies) for number in range(2)]
    with made[1].db.write() as connection:
        for statement in TO_PLAIN:
            connection.exec_driver_sql(statement)
    yield made
    for twin in made:
        twin.close()


def differences(twins, name, ids):
    one, other = (twin.everything(name, list(ids.values())) for twin in twins)
    assert sum(answer[0] == 200 for answer in one.values()) > 10
    return [key for key in one if one[key] != other[key]]


@pytest.mark.parametrize("name", ["ana", "dee"])
def test_a_reviewer_reads_the_same_bytes_whether_it_is_a_check_or_not(name, twins, ids):
    assert differences(twins, name, ids) == []


def test_the_twins_do_differ_for_a_manager(twins, ids):
    assert differences(twins, "max", ids)


def in_turn(twins, name, calls):
    for method, path, body in calls:
        answers = [masked(twin.api(name).open(method, path, body)) for twin in twins]
        assert answers[0] == answers[1], (method, path)
        assert answers[0][0] < 500
        yield answers[0]


def test_working_on_it_is_answered_the_same(twins, ids):
    g = ids["g"]
    calls = [
        ("POST", "/projects/desk/next", None),
        ("POST", f"/articles/{g}/spans", span("claim", "40 people", GOLDEN)),
        ("POST", f"/articles/{g}/spans", span("denial", "denied it", GOLDEN)),
        ("GET", f"/articles/{g}/adjudication", None),
        ("POST", f"/articles/{g}/submit", None),
        ("GET", f"/articles/{g}/feedback", None),
        ("GET", f"/articles/{g}", None),
        ("POST", f"/articles/{g}/reopen", None),
        ("POST", f"/articles/{g}/submit", None),
        ("POST", "/projects/desk/next", None),
        ("POST", f"/articles/{ids['k1']}/submit", None),
        ("POST", "/projects/desk/next", None),
    ]
    assert [status for status, _, _ in in_turn(twins, "ana", calls)] == [
        200, 201, 200, 404, 200, 404, 200, 200, 200, 200, 200, 204,
    ]  # fmt: skip


def test_it_comes_in_the_same_order(twins, ids):
    calls = [call for one in ids.values() for call in (("POST", "/projects/desk/next", None),
                                                       ("POST", f"/articles/{one}/submit", None))]  # fmt: skip
    assert [status for status, _, _ in in_turn(twins, "dee", calls)] == [200] * 6


def test_tagging_it_from_the_list_takes_it_up_in_the_same_way(twins, ids):
    calls = [("POST", f"/articles/{ids['g']}/spans", span("claim", "40 people", GOLDEN)),
             ("POST", "/projects/desk/next", None)]  # fmt: skip
    assert [status for status, _, _ in in_turn(twins, "dee", calls)] == [201, 200]


@pytest.mark.parametrize("path", ["/", "/projects/desk", "/projects/desk/articles", "/articles/{g}"])
def test_pages_are_the_same_after_submitting(path, twins, ids):
    for twin in twins:
        with twin.db.read() as connection:
            ana = people_store.viewer(connection, "ana")
        reviewing.submit(twin.db, ana, ids["g"])
    pages = [twin.browser("ana").get(path.format(**ids), buffered=True) for twin in twins]
    assert pages[0].status_code == pages[1].status_code == 200
    assert pages[0].get_data() == pages[1].get_data()
