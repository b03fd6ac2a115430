"""Nobody can tell what another has tagged: twin runs that differ in that alone, byte for byte the same to read.

Both twins are copies of one database, so that ids, sessions and assignments are the same in both.
"""

import re
import shutil
from dataclasses import replace

import pytest

from annotator.actions import people as accounts
from annotator.actions import reviewing, tagging, undoing
from annotator.actions.tagging import NewRelation, SpanChange
from annotator.app import create_app
from annotator.store import journal
from annotator.store import people as people_store
from annotator.store.db import Database
from conftest import LIMITS, PASSWORD, Api
from factories import article_text, new_span, span

QUERIES = ("", "?limit=1&after=1&q=tunnel&layer=all&next=/")


def tag(db, viewer, article, label, words):
    return tagging.add_span(db, viewer, article, new_span(label, words), LIMITS, by_hand=True).after


def work_hard(db, viewer, article):
    """All that a reviewer can do before submitting; answers with the ids of what is left."""
    claim = tag(db, viewer, article, "claim", "The tunnel leaks")
    denial = tag(db, viewer, article, "denial", "anyone fell ill")
    link, _ = tagging.add_relation(db, viewer, article, NewRelation("denies", denial.id, claim.id))
    gone = tag(db, viewer, article, "figure", "12 years")
    tagging.change_span(db, viewer, claim.id, SpanChange(note="seen by ben", attributes={"speaker": "ben"}), 1)
    tagging.delete_span(db, viewer, gone.id)
    undoing.undo(db, viewer, article)
    undoing.undo(db, viewer, article)
    return {"span": claim.id, "link": link.id}


def submit(db, viewer, article):
    reviewing.submit(db, viewer, article)


def work_and_submit(db, viewer, article):
    made = work_hard(db, viewer, article)
    submit(db, viewer, article)
    return made


def tag_one_and_submit(db, viewer, article):
    tag(db, viewer, article, "claim", "53 workers")
    submit(db, viewer, article)


def submit_and_reopen(db, viewer, article):
    work_and_submit(db, viewer, article)
    reviewing.reopen(db, viewer, article)


def nothing(db, viewer, article):
    return {}


class Twin:
    """One of the two: a copy of the database, an app on it, and ways to read it as someone."""

    def __init__(self, settings, folder, template, cookies):
        folder.mkdir()
        shutil.copy(settings.instance / "annotator.sqlite3", folder)
        own = replace(settings, instance=folder, database_url=f"sqlite:///{folder / 'annotator.sqlite3'}")
        self.db = Database(own.database_url)
        self.app = create_app(own)
        self.tokens, self.cookies = template.tokens, cookies

    def close(self):
        self.db.dispose()
        self.app.extensions["database"].dispose()

    def browser(self, name):
        client = self.app.test_client()
        client.set_cookie("annotator", self.cookies[name])
        return client

    def api(self, name):
        return Api(self.app, self.tokens[name])

    def everything(self, name, articles):
        """What `_everything` finds while the clock stands: pages that list exports say when they were made."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(journal, "now", lambda: "2999-01-01T00:00:00.000000Z")
            return self._everything(name, articles)

    def _everything(self, name, articles):
        """Every GET of every route as that person: status, headers and body by address and way of asking."""
        found = {}
        for rule in sorted(self.app.url_map.iter_rules(), key=str):
            if "GET" not in rule.methods or rule.endpoint == "static":
                continue
            for article in articles if "<id>" in rule.rule else articles[:1]:
                path = rule.rule.replace("<slug>", "desk").replace("<id>", article)
                assert "<" not in path
                for query in QUERIES:
                    found[path + query, "page"] = self._read(self.browser(name).get(path + query, buffered=True))
                    if path.startswith("/api/v1"):
                        answer = self.api(name).get(path.removeprefix("/api/v1") + query)
                        found[path + query, "token"] = self._read(answer)
                htmx = self.browser(name).get(path, headers={"HX-Request": "true"}, buffered=True)
                found[path, "htmx"] = self._read(htmx)
        return found

    def _read(self, answer):
        headers = [(key, value) for key, value in answer.headers if key not in ("Set-Cookie", "Date")]
        return answer.status_code, headers, answer.get_data()


@pytest.fixture
def ground(db, people, article, load, login_as, template):
    """ana and ben are both assigned, ana has begun; two more articles are there. Answers with the articles' ids."""
    load(*({"text": article_text(seed=n), "key": f"more-{n}"} for n in range(2)))
    accounts.add_user(db, "dee", password=PASSWORD, project="desk", role="reviewer")
    template.tokens["dee"] = accounts.add_token(db, "dee").token
    for viewer in (people.ana, people.ben):
        reviewing.take_next(db, viewer, "desk")
    tag(db, people.ana, article, "claim", "The tunnel leaks")
    with db.read() as connection:
        return [
            article,
            *connection.exec_driver_sql("SELECT id FROM articles WHERE key LIKE 'more%' ORDER BY key").scalars(),
        ]


@pytest.fixture
def twins(request, settings, db, app, people, ground, login_as, template, tmp_path):
    """`twins(one, other)`: two copies, in which ben does the one and the other; also what the other made."""
    made = []

    def make(one, other):
        cookies = {name: login_as(name).get_cookie("annotator").value for name in ("ana", "dee", "max", "eve")}
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.dispose()
        app.extensions["database"].dispose()
        for number, act in enumerate((one, other)):
            twin = Twin(settings, tmp_path / f"twin-{number}", template, cookies)
            made.append(twin)
            with twin.db.read() as connection:
                ben = people_store.viewer(connection, "ben")
            twin.made = act(twin.db, ben, ground[0])
        return made

    yield make
    for twin in made:
        twin.close()


def differences(twins, name, articles):
    one, other = (twin.everything(name, articles) for twin in twins)
    assert len(one) > 50
    assert sum(answer[0] == 200 for answer in one.values()) > 10
    return [key for key in one if one[key] != other[key]]


@pytest.mark.parametrize("act", [work_hard, work_and_submit, submit_and_reopen])
@pytest.mark.parametrize("name", ["ana", "dee"])
def test_a_reviewer_reads_the_same_whatever_another_did(name, act, twins, ground):
    assert differences(twins(nothing, act), name, ground) == []


def test_someone_without_a_role_reads_the_same_too(twins, ground):
    one, other = (twin.everything("eve", ground) for twin in twins(nothing, work_and_submit))
    assert one == other


def test_a_manager_sees_that_a_review_was_submitted_and_not_what_is_in_it(twins, ground):
    assert differences(twins(tag_one_and_submit, work_and_submit), "max", ground) == []


def test_what_a_manager_sees_does_change_with_progress(twins, ground):
    assert differences(twins(nothing, work_and_submit), "max", ground)


def masked(answer):
    """Status, headers and body with ids and times made alike: for answers to writes, which make new ones."""
    body = re.sub(rb"[a-z2-7]{16}|\d{4}-\d\d-\d\dT[\d:.]+Z", b"*", answer.get_data())
    headers = sorted((k, v) for k, v in answer.headers if k not in ("Set-Cookie", "Date", "ETag"))
    return answer.status_code, headers, body


def test_what_a_reviewer_writes_is_answered_the_same_whatever_another_did(twins, ground):
    pair, article = twins(nothing, work_and_submit), ground[0]
    theirs = pair[1].made
    calls = [
        ("POST", "/projects/desk/next", None),
        ("POST", f"/articles/{article}/spans", span("denial", "anyone fell ill")),
        ("POST", f"/articles/{article}/spans", span("claim", "The tunnel leaks")),
        ("PATCH", f"/spans/{theirs['span']}", {"note": "?"}),
        ("DELETE", f"/spans/{theirs['span']}", None),
        ("DELETE", f"/relations/{theirs['link']}", None),
        ("POST", f"/articles/{article}/relations", {"type": "denies", "from": theirs["span"], "to": theirs["span"]}),
        ("PUT", f"/articles/{article}/adjudication/{'a' * 16}", {"action": "reject"}),
        ("POST", f"/articles/{article}/adjudication/close", None),
        ("POST", f"/articles/{article}/submit", None),
        ("POST", f"/articles/{article}/spans", span("figure", "12 years")),
        ("POST", f"/articles/{article}/reopen", None),
        ("POST", f"/articles/{article}/submit", None),
        ("POST", "/projects/desk/next", None),
    ]
    for method, path, body in calls:
        answers = [masked(twin.api("ana").open(method, path, body, headers={"If-Match": '"1"'})) for twin in pair]
        assert answers[0] == answers[1], (method, path)
        assert answers[0][0] < 500


def test_a_third_reviewer_is_turned_away_in_the_same_words(twins, ground):
    pair = twins(nothing, work_and_submit)
    for path, body in (
        (f"/articles/{ground[0]}/spans", span("claim", "53 workers")),
        (f"/articles/{ground[0]}/submit", {}),
    ):
        answers = [masked(twin.api("dee").post(path, body)) for twin in pair]
        assert answers[0] == answers[1]
        assert answers[0][0] == 409


def test_ids_say_nothing_of_their_order(db, people, article):
    spans = [tag(db, people.ana, article, "claim", words).id for words in ("53 workers", "12 years", "fell ill, the")]
    assert all(re.fullmatch(r"[a-z2-7]{16}", one) for one in spans)
    assert len({one[:4] for one in spans}) == 3
