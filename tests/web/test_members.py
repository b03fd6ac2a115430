"""Members, invitations, joining by a link, and making a project."""

import io
import re

import pytest
from sqlalchemy import text as sql

from annotator.actions import inviting
from annotator.actions import projects as project_actions
from annotator.core.scheme import DEFAULT_SCHEME
from annotator.errors import Conflict, Missing, Refused
from annotator.store import invitations, projects
from annotator.store import people as people_store
from conftest import PASSWORD, csrf_of


def members(db, slug="desk"):
    with db.read() as connection:
        return projects.members(connection, slug)


def invited(db, slug="desk"):
    with db.read() as connection:
        return invitations.of_project(connection, slug)


@pytest.fixture
def boss(login_as):
    return login_as("max")


def invite(boss, **fields):
    """The key in the link that the page shows."""
    sent = {"role": "reviewer", "uses": "1", "days": "7"} | fields
    answer = boss.post("/projects/desk/invitations", data=sent, headers=boss.headers)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return re.search(r'value="http://localhost/join\?key=([^"]+)" readonly', answer.get_data(as_text=True))[1]


def join(client, key, name="fay", password=PASSWORD):
    token = getattr(client, "csrf", None) or csrf_of(client.get("/login"))
    sent = {"key": key, "name": name, "password": password, "csrf_token": token}
    return client.post("/join", data=sent)


def test_roles_are_given_and_taken(db, boss):
    sent = {"name": "eve", "role": "adjudicator"}
    assert boss.post("/projects/desk/members", data=sent, headers=boss.headers).status_code == 303
    assert members(db)["eve"] == ["adjudicator"]
    assert "eve" in boss.get("/projects/desk/members").get_data(as_text=True)
    assert boss.post("/projects/desk/members/remove", data=sent, headers=boss.headers).status_code == 303
    assert "eve" not in members(db)


def test_a_link_makes_an_account_with_the_role_and_signs_in_to_it(db, boss, app, log):
    key = invite(boss, role="adjudicator", uses="2")
    client = app.test_client()
    assert "The desk" in client.get(f"/join?key={key}").get_data(as_text=True)
    answer = join(client, key)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/projects/desk")
    assert client.get("/projects/desk").status_code == 200
    assert members(db)["fay"] == ["adjudicator"]
    assert [entry.action for entry in log()][-3:] == ["user.added", "invitation.used", "member.added"]
    assert [(one.used, one.uses, one.state) for one in invited(db)] == [(1, 2, "open")]


def test_the_key_is_shown_once_and_kept_nowhere(db, boss, settings):
    key = invite(boss)
    assert key not in boss.get("/projects/desk/members").get_data(as_text=True)
    with db.read() as connection:
        log = "".join(connection.execute(sql("SELECT data FROM events")).scalars())
    assert key not in log
    assert key.encode() not in b"".join(path.read_bytes() for path in settings.instance.iterdir() if path.is_file())


def test_who_is_signed_in_joins_with_the_account_there_is(db, boss, login_as):
    key = invite(boss)
    eve = login_as("eve")
    assert "eve" in eve.get(f"/join?key={key}").get_data(as_text=True)
    assert eve.post("/join", data={"key": key}, headers=eve.headers).headers["Location"] == "/projects/desk"
    assert members(db)["eve"] == ["reviewer"]


def test_who_has_the_role_costs_no_use(db, boss, login_as):
    key = invite(boss)
    ana = login_as("ana")
    assert ana.post("/join", data={"key": key}, headers=ana.headers).status_code == 303
    assert invited(db)[0].used == 0


def test_a_name_taken_or_a_short_password_is_told_and_costs_no_use(db, boss, app):
    key = invite(boss)
    for name, password, status in (("Ana", PASSWORD, 409), ("fay", "short", 422), ("", PASSWORD, 422)):
        answer = join(app.test_client(), key, name, password)
        assert answer.status_code == status
        assert 'role="alert">' in answer.get_data(as_text=True)
    assert invited(db)[0].used == 0
    assert join(app.test_client(), key).status_code == 303


def expire(db):
    with db.write() as connection:
        connection.execute(sql("UPDATE invitations SET expires_at = '2020'"))


@pytest.mark.parametrize("matter", ["wrong", "used up", "expired", "revoked"])
@pytest.mark.parametrize("who", ["nobody", "eve"])
def test_a_key_that_is_not_good_answers_the_same_whatever_the_matter(db, boss, people, app, login_as, matter, who):
    key = invite(boss)
    if matter == "wrong":
        key = "x" + key[1:]
    elif matter == "used up":
        join(app.test_client(), key)
    elif matter == "expired":
        expire(db)
    else:
        inviting.revoke(db, people.max, "desk", invited(db)[0].id)
        assert invited(db)[0].state == matter
    client = app.test_client() if who == "nobody" else login_as(who)
    shown, made = client.get(f"/join?key={key}"), join(client, key, "gus")
    assert (shown.status_code, made.status_code) == (404, 404)
    for answer in (shown, made, client.get("/join")):
        assert inviting.NOT_GOOD.partition(".")[0] in answer.get_data(as_text=True)
    assert "gus" not in members(db)
    assert "eve" not in members(db)
    with db.read() as connection:
        assert people_store.account(connection, "gus") is None


def test_a_revoked_link_is_listed_as_such_and_members_stay(db, boss, app):
    key = invite(boss, uses="5")
    join(app.test_client(), key)
    path = f"/projects/desk/invitations/{invited(db)[0].id}/revoke"
    assert boss.post(path, headers=boss.headers).status_code == 303
    assert "revoked" in boss.get("/projects/desk/members").get_data(as_text=True)
    assert boss.post(path, headers=boss.headers).status_code == 409
    assert boss.post("/projects/desk/invitations/none/revoke", headers=boss.headers).status_code == 404
    assert members(db)["fay"] == ["reviewer"]


def test_numbers_and_roles_out_of_range_are_refused(db, people):
    for role, uses, days in (("king", 1, 1), ("reviewer", 0, 1), ("reviewer", 1001, 1), ("reviewer", 1, 366)):
        with pytest.raises(Refused):
            inviting.invite(db, people.max, "desk", role, uses=uses, days=days)
    with pytest.raises(Missing):
        inviting.invite(db, people.ana, "desk", "manager", uses=1, days=1)


def test_the_last_use_is_given_once(db, people, boss):
    key = invite(boss)
    inviting.join(db, people.eve, key)
    with pytest.raises(Missing):
        inviting.join_anew(db, key, "fay", PASSWORD)


def test_who_was_taken_out_needs_a_new_link(db, people, boss, login_as):
    old = invite(boss, uses="3")
    eve = login_as("eve")
    eve.post("/join", data={"key": old}, headers=eve.headers)
    project_actions.remove_member(db, people.max, "desk", "eve", "reviewer")
    answer = eve.post("/join", data={"key": old}, headers=eve.headers)
    assert (answer.status_code, "eve" in members(db)) == (409, False)
    assert "Ask its managers for a new link." in answer.get_data(as_text=True)
    assert eve.post("/join", data={"key": invite(boss)}, headers=eve.headers).status_code == 303
    assert members(db)["eve"] == ["reviewer"]


def test_an_invitation_of_one_project_is_not_revoked_from_another(db, people, seeds):
    made = inviting.invite(db, people.max, "desk", "reviewer", uses=1, days=1)
    with pytest.raises(Missing):
        inviting.revoke(db, people.max, "seeds", made.id)
    inviting.revoke(db, people.max, "desk", made.id)
    with pytest.raises(Conflict):
        inviting.revoke(db, people.max, "desk", made.id)


# -- a new project


def make(browser, **fields):
    sent = {"name": "fresh", "title": "A fresh one", "reviews": "3", "copy": ""} | fields
    return browser.post("/new-project", data=sent, headers=browser.headers)


def found(db, slug="fresh"):
    with db.read() as connection:
        return projects.find(connection, slug)


def test_an_admin_makes_a_project(db, login_as):
    root = login_as("root")
    assert make(root).headers["Location"] == "/projects/fresh/members"
    assert (found(db).title, found(db).reviews, found(db).scheme) == ("A fresh one", 3, DEFAULT_SCHEME)
    file = (io.BytesIO(b'{"labels": [{"name": "rumour"}]}'), "s.json")
    assert make(root, name="filed", file=file).status_code == 303
    assert make(root, name="copied", copy="filed").status_code == 303
    assert [label.name for label in found(db, "copied").scheme.labels] == ["rumour"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "Not a slug"}, "name"),
        ({"name": "desk"}, "name"),
        ({"title": "x" * 201}, "title"),
        ({"reviews": "0"}, "reviews"),
        ({"reviews": "many"}, "reviews"),
        ({"copy": "nowhere"}, "copy"),
        ({"file": b"labels = ["}, "file"),
    ],
)
def test_what_is_wrong_stands_beside_the_field_and_no_project_is_made(db, login_as, fields, field):
    if "file" in fields:
        fields = {"file": (io.BytesIO(fields["file"]), "s.toml")}
    before = found(db, "desk")
    answer = make(login_as("root"), **fields)
    assert answer.status_code in (409, 422)
    html = answer.get_data(as_text=True)
    assert f'id="e-{field}">' in html
    assert 'value="A fresh one"' in html or field == "title"
    assert found(db) is None
    assert found(db, "new") is None
    assert found(db, "desk") == before


def test_keys_are_not_guessed_for_long(settings, boss, client):
    key = invite(boss)
    for number in range(20 * settings.signin_failures):
        assert client.get(f"/join?key=wrong{number}").status_code == 404
    assert client.get("/join?key=wrong").status_code == 429
    assert client.get(f"/join?key={key}").status_code == 429
    assert join(client, key).status_code == 429
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get(f"/join?key={key}", environ_base=elsewhere).status_code == 200
