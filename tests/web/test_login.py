"""Signing in and out, the set-up link, and health."""

import pytest
from sqlalchemy import text as sql

from annotator.actions import people as accounts
from annotator.store import people as people_store
from conftest import PASSWORD, csrf_of


def sign_in(client, name, password, **more):
    token = csrf_of(client.get("/login"))
    return client.post("/login", data={"name": name, "password": password, "csrf_token": token} | more)


def test_signing_in_leads_where_one_was_going(client, people):
    asked = client.get("/projects/desk?q=a")
    assert asked.status_code == 302
    assert asked.headers["Location"].startswith("/login?next=")
    assert 'value="/projects/desk?q=a"' in client.get(asked.headers["Location"]).get_data(as_text=True)
    answer = sign_in(client, "ana", PASSWORD, next="/projects/desk?q=a")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/projects/desk?q=a")


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)", "//[",
     "http://[", "evil", "", "/\nSet-Cookie: x", "\\\\evil.example", "/\r\n//evil.example"],
)  # fmt: skip
def test_signing_in_never_leads_elsewhere(target, client, people):
    answer = sign_in(client, "ana", PASSWORD, next=target)
    assert answer.status_code == 303
    place = answer.headers["Location"]
    assert place.startswith("/")
    assert not place.startswith(("//", "/\\"))
    assert "\n" not in place
    assert client.get("/login", query_string={"next": target}).status_code == 302


def test_a_wrong_password_reads_as_an_unknown_name(app, people):
    answers = []
    for name in ("ana", "nob"):
        client = app.test_client()
        answer = sign_in(client, name, "wrong")
        assert answer.status_code == 422
        page = answer.get_data(as_text=True)
        answers.append(page.replace(csrf_of(answer), "").replace(f'value="{name}"', ""))
    assert answers[0] == answers[1]


def test_after_too_many_failures_even_the_right_password_waits(client, people, settings):
    for _ in range(settings.signin_failures):
        assert sign_in(client, "ana", "wrong").status_code == 422
    assert sign_in(client, "ana", PASSWORD).status_code == 429
    assert client.get("/account").status_code == 302
    assert sign_in(client, "ben", PASSWORD).status_code == 303


def test_signing_out_ends_the_session_on_the_server(login_as):
    ana = login_as("ana")
    kept = ana.get_cookie("annotator").value
    assert ana.post("/logout", headers=ana.headers).status_code == 303
    ana.set_cookie("annotator", kept)
    assert ana.get("/account").status_code == 302


def test_a_disabled_account_is_signed_out_at_once(db, login_as):
    ana = login_as("ana")
    accounts.set_disabled(db, "ana", disabled=True)
    assert ana.get("/account").status_code == 302
    accounts.set_disabled(db, "ana", disabled=False)
    assert ana.get("/account").status_code == 302


def test_a_new_password_ends_other_sessions_and_not_this_one(login_as):
    here, there = login_as("ana"), login_as("ana")
    form = {"old": PASSWORD, "new": "another horse", "csrf_token": here.csrf}
    assert here.post("/account/password", data=form | {"old": "wrong"}).status_code == 422
    assert here.post("/account/password", data=form).status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302


def test_a_session_that_is_over_asks_to_sign_in(db, login_as):
    ana = login_as("ana")
    with db.write() as connection:
        connection.execute(sql("UPDATE sessions SET expires_at = '2020-01-01T00:00:00.000000Z'"))
    assert ana.get("/account").status_code == 302


@pytest.fixture
def key(db):
    with db.write() as connection:
        return people_store.new_setup_key(connection)


def set_up(client, key, name="first", password=PASSWORD):
    token = csrf_of(client.get("/login"))
    return client.post("/setup", data={"key": key, "name": name, "password": password, "csrf_token": token})


def test_the_set_up_link_makes_an_admin_once(client, app, key, db):
    assert client.get(f"/setup?key={key}").status_code == 200
    assert set_up(client, key).status_code == 303
    assert client.get("/people").status_code == 200
    with db.read() as connection:
        assert people_store.viewer(connection, "first").admin
    other = app.test_client()
    assert other.get(f"/setup?key={key}").status_code == 404
    assert set_up(other, key, "second").status_code == 404


@pytest.mark.parametrize("wrong", ["", "wrong", "x" * 5000, "\x00"])
def test_a_wrong_set_up_key_opens_nothing(wrong, client, key):
    assert client.get("/setup", query_string={"key": wrong}).status_code == 404
    assert set_up(client, wrong).status_code == 404


def test_a_newer_set_up_link_kills_the_older(client, key, db):
    with db.write() as connection:
        people_store.new_setup_key(connection)
    assert client.get(f"/setup?key={key}").status_code == 404


def test_a_refused_set_up_says_why_and_the_link_lives_on(client, key):
    for name, password in (("first", "short"), ("a/b", PASSWORD)):
        assert set_up(client, key, name, password).status_code == 422
    assert set_up(client, key).status_code == 303


def test_with_an_account_there_is_no_set_up(client, people, db):
    with db.write() as connection:
        key = people_store.new_setup_key(connection)
    assert client.get(f"/setup?key={key}").status_code == 404
    assert set_up(client, key).status_code == 404


def test_alive_and_ready(client, db):
    assert (client.get("/healthz").status_code, client.get("/readyz").status_code) == (200, 200)
    with db.write() as connection:
        connection.execute(sql("UPDATE alembic_version SET version_num = 'other'"))
    assert (client.get("/healthz").status_code, client.get("/readyz").status_code) == (200, 503)
