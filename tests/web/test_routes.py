"""Every route, and the one table of who may use it. A route that is added without an entry fails here."""

import io

import pytest
from sqlalchemy import text as sql

from annotator.actions import adjudicating, inviting, loading, tagging
from annotator.actions import people as accounts
from annotator.actions.tagging import NewRelation
from annotator.formats.jsonl import read as read_jsonl
from annotator.formats.options import Options
from conftest import LIMITS, PASSWORD, csrf_of
from factories import article_text, ndjson, span

NOBODY, EVE, REVIEWER, ADJUDICATOR, MANAGER, ADMIN = "nobody", "eve", "ana", "cyd", "max", "root"
EVERYONE = {NOBODY, EVE, REVIEWER, ADJUDICATOR, MANAGER, ADMIN}
SIGNED_IN = EVERYONE - {NOBODY}
MEMBERS = SIGNED_IN - {EVE}
REVIEWING = {REVIEWER, ADMIN}
ADJUDICATING = {ADJUDICATOR, ADMIN}
MANAGING = {MANAGER, ADMIN}
OVERSEEING = {ADJUDICATOR, MANAGER, ADMIN}
MINE = {REVIEWER}  # ana's own span, link or review
ASKED = {REVIEWER}  # ana, whom the question went to

WHO = {
    "GET /healthz": EVERYONE,
    "GET /readyz": EVERYONE,
    "GET /schema": EVERYONE,
    "GET /schema/annotator-1.json": EVERYONE,
    "GET /login": EVERYONE,
    "POST /login": EVERYONE,
    "POST /logout": EVERYONE,
    "GET /setup": set(),  # there are accounts
    "POST /setup": set(),
    "GET /": EVERYONE,  # who is not signed in is sent to the form
    "GET /account": SIGNED_IN,
    "POST /account/password": SIGNED_IN,
    "POST /account/display": EVERYONE,
    "GET /people": {ADMIN},
    "POST /people": {ADMIN},
    "POST /people/<name>/<any(disable, enable):act>": {ADMIN},
    "POST /people/<name>/password": {ADMIN},
    "GET /projects/<slug>": MEMBERS,
    "GET /projects/<slug>/articles": MEMBERS,
    "GET /projects/<slug>/labels.css": MEMBERS,
    "POST /projects/<slug>/next": REVIEWING,
    "GET /projects/<slug>/export": OVERSEEING,
    "GET /projects/<slug>/agreement": OVERSEEING,
    "GET /api/v1/projects/<slug>/agreement": OVERSEEING,
    "GET /projects/<slug>/export/download": OVERSEEING,
    "GET /projects/<slug>/load": MANAGING,
    "POST /projects/<slug>/load": MANAGING,
    "GET /projects/<slug>/scheme": MANAGING,
    "POST /projects/<slug>/scheme": MANAGING,
    "POST /projects/<slug>/scheme/upload": MANAGING,
    "GET /projects/<slug>/scheme/download": MANAGING,
    "GET /projects/<slug>/scheme/versions": MANAGING,
    "GET /projects/<slug>/settings": MANAGING,
    "POST /projects/<slug>/settings": MANAGING,
    "GET /new-project": {ADMIN},
    "POST /new-project": {ADMIN},
    "GET /projects/<slug>/members": MANAGING,
    "POST /projects/<slug>/invitations": MANAGING,
    "POST /projects/<slug>/invitations/<id>/revoke": MANAGING,
    "GET /join": EVERYONE,
    "POST /join": EVERYONE,
    "POST /projects/<slug>/members": MANAGING,
    "POST /projects/<slug>/members/remove": MANAGING,
    "GET /articles/<id>": MEMBERS,
    "POST /articles/<id>/spans": REVIEWING,
    "POST /spans/<id>": MINE,
    "POST /spans/<id>/delete": MINE,
    "POST /articles/<id>/relations": MINE,
    "POST /relations/<id>/delete": MINE,
    "POST /articles/<id>/<any(undo, redo):act>": MEMBERS,  # each their own: none has any but ana
    "POST /articles/<id>/<any(submit, reopen):act>": REVIEWING,
    "POST /articles/<id>/scheme": MINE,
    "POST /articles/<id>/blocks/<int:block>": REVIEWING,
    "POST /articles/<id>/skip": REVIEWING,
    "POST /articles/<id>/flag": MEMBERS,
    "POST /articles/<id>/place": MEMBERS,
    "POST /flags/<id>/resolve": MANAGING,
    "GET /articles/<id>/adjudicate": ADJUDICATING,
    "POST /articles/<id>/adjudicate/groups/<group>": ADJUDICATING,
    "POST /articles/<id>/adjudicate/groups/<group>/undo": ADJUDICATING,
    "POST /articles/<id>/adjudicate/add": ADJUDICATING,
    "POST /articles/<id>/adjudicate/<any(close, reopen):act>": ADJUDICATING,
    "GET /projects/<slug>/assignment": MANAGING,
    "POST /projects/<slug>/assignment": MANAGING,
    "POST /projects/<slug>/assignment/priority": MANAGING,
    "POST /projects/<slug>/assignment/give": MANAGING,
    "POST /projects/<slug>/assignment/share": MANAGING,
    "POST /projects/<slug>/assignment/round": MANAGING,
    "POST /projects/<slug>/assignment/gold": MANAGING,
    "POST /projects/<slug>/batches": MANAGING,
    "POST /projects/<slug>/batches/change": MANAGING,
    "POST /articles/<id>/take-back": MANAGING,
    "GET /projects/<slug>/quality": MANAGING,
    "GET /articles/<id>/feedback": set(),  # nobody has a training here
    "GET /api/v1/projects/<slug>/assignment": MANAGING,
    "PATCH /api/v1/projects/<slug>/assignment": MANAGING,
    "POST /api/v1/projects/<slug>/assignments": MANAGING,
    "POST /api/v1/projects/<slug>/priorities": MANAGING,
    "GET /api/v1/projects/<slug>/quality": MANAGING,
    "GET /api/v1/articles/<id>/feedback": set(),
    "POST /articles/<id>/adjudicate/groups/<group>/again": ADJUDICATING,
    "POST /articles/<id>/adjudicate/bulk": ADJUDICATING,
    "POST /articles/<id>/adjudicate/undo": ADJUDICATING,
    "POST /articles/<id>/adjudicate/redo": ADJUDICATING,
    "POST /articles/<id>/adjudicate/links": ADJUDICATING,
    "POST /articles/<id>/adjudicate/links/<link>": ADJUDICATING,
    "POST /articles/<id>/adjudicate/links/<link>/undo": ADJUDICATING,
    "POST /articles/<id>/adjudicate/questions": ADJUDICATING,
    "POST /articles/<id>/adjudicate/notes": ADJUDICATING,
    "POST /articles/<id>/adjudicate/checked": ADJUDICATING,
    "GET /projects/<slug>/guidelines": OVERSEEING,
    "GET /projects/<slug>/spot-checks": ADJUDICATING,
    "POST /projects/<slug>/spot-checks/close": ADJUDICATING,
    "GET /api/v1/openapi.json": EVERYONE,
    "GET /api/v1/projects": SIGNED_IN,
    "POST /api/v1/projects": {ADMIN},
    "GET /api/v1/projects/<slug>/articles": MEMBERS,
    "POST /api/v1/projects/<slug>/articles": MANAGING,
    "POST /api/v1/projects/<slug>/next": REVIEWING,
    "GET /api/v1/projects/<slug>/export": OVERSEEING,
    "GET /api/v1/articles/<id>": MEMBERS,
    "GET /api/v1/articles/<id>/spans": MEMBERS,
    "POST /api/v1/articles/<id>/spans": REVIEWING,
    "PATCH /api/v1/spans/<id>": MINE,
    "DELETE /api/v1/spans/<id>": MINE,
    "POST /api/v1/articles/<id>/relations": MINE,
    "DELETE /api/v1/relations/<id>": MINE,
    "POST /api/v1/articles/<id>/<any(submit, reopen):act>": REVIEWING,
    "GET /api/v1/articles/<id>/adjudication": ADJUDICATING,
    "PUT /api/v1/articles/<id>/adjudication/<group>": ADJUDICATING,
    "DELETE /api/v1/articles/<id>/adjudication/<group>": ADJUDICATING,
    "POST /api/v1/articles/<id>/adjudication/<group>/again": ADJUDICATING,
    "POST /api/v1/articles/<id>/adjudication/checked": ADJUDICATING,
    "GET /api/v1/projects/<slug>/spot-checks": ADJUDICATING,
    "POST /api/v1/projects/<slug>/spot-checks/close": ADJUDICATING,
    "POST /api/v1/articles/<id>/adjudication": ADJUDICATING,
    "POST /api/v1/articles/<id>/adjudication/close": ADJUDICATING,
    "POST /api/v1/articles/<id>/adjudication/reopen": ADJUDICATING,
    "POST /api/v1/articles/<id>/adjudication/bulk": ADJUDICATING,
    "POST /api/v1/articles/<id>/adjudication/undo": ADJUDICATING,
    "POST /api/v1/articles/<id>/adjudication/redo": ADJUDICATING,
    "POST /api/v1/articles/<id>/adjudication/relations": ADJUDICATING,
    "PUT /api/v1/articles/<id>/adjudication/relations/<link>": ADJUDICATING,
    "DELETE /api/v1/articles/<id>/adjudication/relations/<link>": ADJUDICATING,
    "POST /api/v1/articles/<id>/adjudication/questions": ADJUDICATING,
    "POST /api/v1/articles/<id>/adjudication/notes": ADJUDICATING,
    "POST /api/v1/articles/<id>/questions/<question>": ASKED,
}


def routes(app):
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }


def test_every_route_has_its_entry(app):
    assert routes(app) == set(WHO)


@pytest.fixture
def places(db, people, article, tag, two_reviews, load):
    """What stands for the parameters: a case to adjudicate, and an article where ana has work and a place is free."""
    from annotator.actions import assigning, workspace
    from annotator.store import desk, line, projects

    other = article_text(seed=1)
    load({"text": other})
    with db.read() as connection:
        fresh = line.next_for(connection, projects.project(connection, "desk"), "ana")
    ends = {}
    for label, words in (("claim", "40 people"), ("denial", "denied")):
        new = tagging.NewSpan(**span(label, words, other))
        ends[label] = tagging.add_span(db, people.ana, fresh, new, LIMITS, by_hand=True).after.id
    link, _ = tagging.add_relation(db, people.ana, fresh, NewRelation("denies", ends["denial"], ends["claim"]))
    workspace.flag(db, people.ana, fresh, "cut off")
    assigning.fill_batch(db, people.max, "desk", "held", assigning.Chosen(articles=["tunnel"]))
    with db.read() as connection:
        flag = desk.flags(connection, "desk")[0].id
    invited = inviting.invite(db, people.max, "desk", "adjudicator", uses=1, days=1)
    return {
        "case": article, "fresh": fresh, "span": ends["claim"], "ends": ends, "link": link.id, "flag": flag,
        "invitation": invited.id, "key": invited.key,
        **asked(db, people),
    }  # fmt: skip


def asked(db, people):
    """A question to ana on an article that is back with her, and a relation to settle on another."""
    from annotator.actions import asking, reviewing

    lines = [article_text(seed=n) for n in (2, 3)]
    loading.load(db, read_jsonl(io.BytesIO(ndjson(*({"text": text} for text in lines))), "line", Options()),
                 project="desk")  # fmt: skip
    with db.read() as connection:
        query = "SELECT article FROM article_texts WHERE text LIKE '%Number 2%' OR text LIKE '%Number 3%' ORDER BY text"
        back, linked = connection.execute(sql(query)).scalars().all()
    for viewer in (people.ana, people.ben):
        ends = [
            tagging.add_span(db, viewer, linked, tagging.NewSpan(**span(*one, lines[1])), LIMITS, by_hand=False).after
            for one in (("denial", "denied"), ("claim", "40 people"))
        ]
        if viewer is people.ana:
            tagging.add_relation(db, viewer, linked, NewRelation("denies", ends[0].id, ends[1].id))
        for article in (back, linked):
            reviewing.submit(db, viewer, article)
    asking.ask(db, people.cyd, back, "Why?", to=["ana"])
    relation = adjudicating.open_case(db, people.cyd, linked).links[0].id
    with db.read() as connection:
        question = connection.execute(sql("SELECT id FROM questions")).scalar_one()
    return {"back": back, "question": question, "linked": linked, "relation": relation}


def group_of(db, people, article):
    return adjudicating.open_case(db, people.cyd, article).undecided[0].id


def address(rule, places, group):
    """The rule with its parameters filled in, for each act where it has several."""
    case = "adjudic" in rule
    rule = rule.replace("<link>", places["relation"]).replace("<question>", places["question"])
    if places["relation"] in rule or rule.endswith(("links", "adjudication/relations", places["question"])):
        rule = rule.replace("<id>", places["back" if places["question"] in rule else "linked"])
    ids = {
        "flags": places["flag"],
        "spans": places["span"],
        "relations": places["link"],
        "articles": places["case" if case else "fresh"],
    }
    kind = rule.removeprefix("/api/v1").split("/")[1]
    path = rule.replace("<slug>", "desk").replace("<name>", "ben").replace("<group>", group)
    path = path.replace("<int:block>", "0")
    path = path.replace("<id>", places["invitation"] if "invitations" in rule else ids.get(kind, ""))
    if rule == "/join":
        path += f"?key={places['key']}"
    if "<any(" in path:
        head, _, rest = path.partition("<any(")
        acts, _, tail = rest.partition("):act>")
        return [head + act + tail for act in acts.split(", ")]
    return [path]


PLACE = {"start": 0, "end": 8, "label": "claim"}
BODIES = {
    "POST /people": {"name": "new"},
    "POST /setup": {"name": "new", "password": PASSWORD},
    "POST /projects/<slug>/settings": {"title": "T", "reviews": 2},
    "POST /projects/<slug>/members": {"name": "eve", "role": "reviewer"},
    "POST /projects/<slug>/members/remove": {"name": "ben", "role": "reviewer"},
    "POST /api/v1/projects/<slug>/articles": {"text": "One more."},
    "POST /projects/<slug>/assignment": {"order": "age", "queue": "age", "shared_percent": 0},
    "POST /projects/<slug>/assignment/priority": {"first": 1, "last": 1, "priority": 1},
    "POST /projects/<slug>/assignment/give": {"reviewer": "ana", "articles": "tunnel"},
    "POST /projects/<slug>/assignment/share": {"share.ana": 10},
    "POST /projects/<slug>/assignment/round": {"each": 1},
    "POST /projects/<slug>/assignment/gold": {"articles": "tunnel"},
    "POST /projects/<slug>/batches": {"name": "b", "articles": "tunnel"},
    "POST /projects/<slug>/batches/change": {"name": "held", "act": "pause"},
    "POST /articles/<id>/take-back": {"from": "ana"},
    "POST /api/v1/projects/<slug>/assignments": {"each": 1},
    "POST /api/v1/projects/<slug>/priorities": {"priority": 1, "articles": ["tunnel"]},
    "POST /new-project": {"name": "fresh", "reviews": 2},
    "POST /projects/<slug>/invitations": {"role": "reviewer", "uses": 1, "days": 1},
    "POST /articles/<id>/spans": PLACE,
    "POST /api/v1/articles/<id>/spans": PLACE,
    "POST /spans/<id>": {"version": 1},
    "POST /articles/<id>/flag": {"text": "cut off"},
    "POST /articles/<id>/place": {"at": 0, "seconds": 1},
    "POST /articles/<id>/adjudicate/add": PLACE,
    "POST /api/v1/articles/<id>/adjudication": PLACE,
    "POST /articles/<id>/adjudicate/groups/<group>": {"action": "reject"},
    "PUT /api/v1/articles/<id>/adjudication/<group>": {"action": "reject"},
    "POST /articles/<id>/adjudicate/bulk": {"at_least": 1},
    "POST /articles/<id>/adjudicate/links": {"type": "denies", "from": "30-36-denial", "to": "14-23-claim"},
    "POST /articles/<id>/adjudicate/links/<link>": {"action": "reject"},
    "POST /articles/<id>/adjudicate/questions": {"text": "Why?"},
    "POST /articles/<id>/adjudicate/notes": {"text": "Say more.", "group": "<group>"},
    "POST /api/v1/articles/<id>/adjudication/bulk": {"at_least": 1},
    "POST /api/v1/articles/<id>/adjudication/relations": {
        "type": "denies",
        "from": {"start": 30, "end": 36, "label": "denial"},
        "to": {"start": 14, "end": 23, "label": "claim"},
    },
    "PUT /api/v1/articles/<id>/adjudication/relations/<link>": {"action": "reject"},
    "POST /api/v1/articles/<id>/adjudication/questions": {"text": "Why?"},
    "POST /api/v1/articles/<id>/adjudication/notes": {"text": "Say more.", "group": "<group>"},
    "POST /api/v1/articles/<id>/questions/<question>": {"text": "So."},
}


def body_of(route, places, group):
    """A body that is well enough formed for the route to look at who asks."""
    if route.endswith("/notes"):
        return BODIES[route] | {"group": group}
    if route.endswith("/relations") and "adjudication" not in route:
        return {"type": "denies", "from": places["ends"]["denial"], "to": places["ends"]["claim"]}
    if route == "POST /join":
        return {"key": places["key"], "name": "joe", "password": PASSWORD}
    return BODIES.get(route, {})


def reached(answer):
    """Whether the route answered as one that is there for this person."""
    to_login = answer.status_code in (302, 303) and answer.headers["Location"].startswith("/login?next=")
    return answer.status_code not in (401, 403, 404) and not to_login


@pytest.mark.parametrize("name", sorted(EVERYONE))
def test_each_route_is_there_for_those_in_the_table_and_for_nobody_else(
    name, app, db, people, places, settings, login_as
):

    file = settings.instance / "annotator.sqlite3"
    group = group_of(db, people, places["case"])
    browser = app.test_client() if name == NOBODY else login_as(name)
    if name == NOBODY:
        browser.headers = {"X-CSRF-Token": csrf_of(browser.get("/login"))}
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    kept, wrong = file.read_bytes(), []
    cookie = browser.get_cookie("annotator").value
    for route, who in WHO.items():
        method, rule = route.split(" ", 1)
        for path in address(rule, places, group):
            api = path.startswith("/api/")
            sent = (
                {"json" if api else "data": body_of(route, places, group)} if method in ("POST", "PUT", "PATCH") else {}
            )
            answer = browser.open(path, method=method, headers=browser.headers, buffered=True, **sent)
            assert answer.status_code < 500, (route, answer.get_data(as_text=True))
            if reached(answer) != (name in who) and not _none_of_theirs(name, path, answer):
                wrong.append((route, path, answer.status_code))
            for database in (db, app.extensions["database"]):
                database.dispose()
            for suffix in ("-wal", "-shm"):
                file.with_name(file.name + suffix).unlink(missing_ok=True)
            file.write_bytes(kept)
            browser.set_cookie("annotator", cookie)

    assert wrong == []


def _none_of_theirs(name, path, answer):
    """An admin may do all that a reviewer may, but has no review here to take back."""
    return name == ADMIN and path.endswith("/reopen") and "adjudic" not in path and answer.status_code == 404


def test_what_is_hidden_answers_as_what_is_not_there(api, article, people):
    for hidden, absent in (
        (f"/articles/{article}", "/articles/nowhere"),
        ("/projects/desk/articles", "/projects/nowhere/articles"),
        ("/projects/desk/export", "/projects/nowhere/export"),
        (f"/articles/{article}/adjudication", "/articles/nowhere/adjudication"),
    ):
        answers = [api("eve").get(path) for path in (hidden, absent)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].json == answers[1].json


def test_a_role_taken_away_shuts_the_project_at_once(api, db, people, article):
    from annotator.actions import projects

    assert api("ana").get(f"/articles/{article}").status_code == 200
    projects.remove_member(db, people.max, "desk", "ana", "reviewer")
    assert api("ana").get(f"/articles/{article}").status_code == 404
    accounts.add_user(db, "ana", project="desk", role="manager")
    assert api("ana").post("/projects/desk/next").status_code == 404
    with db.read() as connection:
        assert connection.execute(sql("SELECT count(*) FROM reviews")).scalar() == 0
