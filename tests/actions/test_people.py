"""Accounts, signing in, tokens."""

import pytest
from sqlalchemy import text as sql

from annotator.actions import people as accounts
from annotator.errors import Conflict, Missing, Refused, TooMany
from annotator.store import people as people_store
from conftest import PASSWORD


@pytest.fixture
def sign_in(db, people):
    return lambda name, password=PASSWORD, address="1.2.3.4": accounts.sign_in(db, name, password, address, 3)


def test_the_right_password_opens_a_session(db, sign_in):
    key = sign_in("ana")
    with db.read() as connection:
        assert people_store.session_viewer(connection, key).name == "ana"


def test_a_name_is_known_in_any_case(db, sign_in):
    key = sign_in("ANA")
    with db.read() as connection:
        assert people_store.session_viewer(connection, key).name == "ana"
    with pytest.raises(Conflict):
        accounts.add_user(db, "Ana", password=PASSWORD)


def test_a_wrong_password_reads_as_an_unknown_name(db, people, sign_in):
    accounts.add_user(db, "dan", password=PASSWORD)
    accounts.set_disabled(db, "dan", disabled=True)
    accounts.add_user(db, "robot")
    words = set()
    for name, password in (("ana", "wrong"), ("nobody", PASSWORD), ("dan", PASSWORD), ("robot", ""), ("", "")):
        with pytest.raises(Refused) as refused:
            sign_in(name, password)
        words.add((refused.value.why, refused.value.where, refused.value.status))
    assert len(words) == 1


def test_too_many_failures_lock_an_account_even_for_the_right_password(sign_in):
    for _ in range(3):
        with pytest.raises(Refused, match="belong together"):
            sign_in("Ana", "wrong")
    with pytest.raises(TooMany):
        sign_in("ana")
    assert sign_in("ben")


def test_only_failures_count(sign_in):
    for _ in range(4):
        assert sign_in("ana")


def test_too_many_failures_lock_an_address(db, sign_in):
    with db.write() as connection:
        for number in range(60):
            people_store.note_failure(connection, f"nobody-{number}", "1.2.3.4")
    with pytest.raises(TooMany):
        sign_in("ana")
    assert sign_in("ana", address="5.6.7.8")


def test_failures_are_forgotten_after_a_quarter_of_an_hour(db, sign_in):
    for _ in range(3):
        with pytest.raises(Refused):
            sign_in("ana", "wrong")
    with db.write() as connection:
        connection.execute(sql("UPDATE signin_failures SET at = :at"), {"at": people_store.later(minutes=-16)})
    assert sign_in("ana")


def test_a_new_password_ends_the_sessions(db, people, sign_in):
    key = sign_in("ana")
    with pytest.raises(Refused, match="another"):
        accounts.set_password(db, people.ana, "ana", "another horse", old="wrong")
    accounts.set_password(db, people.ana, "ana", "another horse", old=PASSWORD)
    with db.read() as connection:
        assert people_store.session_viewer(connection, key) is None
    assert sign_in("ana", "another horse")


def test_only_an_admin_sets_someones_password(db, people):
    for viewer in (people.ana, people.cyd, people.max, people.eve):
        with pytest.raises(Missing):
            accounts.set_password(db, viewer, "ben", "another horse")
    accounts.set_password(db, people.root, "ben", "another horse")


def test_a_disabled_account_is_shut_out_at_once_and_comes_back(db, people, sign_in):
    key, token = sign_in("ana"), accounts.add_token(db, "ana").token
    accounts.set_disabled(db, "ana", disabled=True, viewer=people.root)
    with db.read() as connection:
        assert people_store.session_viewer(connection, key) is None
        assert people_store.token_holder(connection, token) is None
    accounts.set_disabled(db, "ana", disabled=False, viewer=people.root)
    with db.read() as connection:
        assert people_store.session_viewer(connection, key) is None
        assert people_store.token_holder(connection, token)[0].name == "ana"


@pytest.mark.parametrize("name", ["root", "ROOT"])
def test_nobody_disables_themselves(name, db, people):
    with pytest.raises(Conflict):
        accounts.set_disabled(db, name, disabled=True, viewer=people.root)


@pytest.mark.parametrize("name", ["", " ana", "a\nb", "x" * 65, "a/b", "(command line)", "\u202eevil"])
def test_a_name_must_be_one(name, db, log):
    with pytest.raises(Refused):
        accounts.add_user(db, name, password=PASSWORD)
    assert log() == []


def test_a_password_must_be_long_enough(db, log):
    for password in ("", "short", "x" * 1001):
        with pytest.raises(Refused):
            accounts.add_user(db, "dan", password=password)
    assert log() == []


def test_a_role_in_a_project_that_is_not_there_makes_no_account(db, people, log):
    before = log()
    for project, role in (("nowhere", "reviewer"), ("desk", "boss"), ("desk", None), (None, "reviewer")):
        with pytest.raises(Refused):
            accounts.add_user(db, "dan", password=PASSWORD, project=project, role=role)
    assert log() == before


def test_a_token_holds_until_revoked_or_past_its_date(db, people):
    kept, short = accounts.add_token(db, "ana", scope="read"), accounts.add_token(db, "ana", days=1)

    def holder(token):
        with db.read() as connection:
            return people_store.token_holder(connection, token)

    assert holder(kept.token)[1] == "read"
    assert holder(short.token)[1] == "write"
    with db.write() as connection:
        past = {"at": people_store.later(seconds=-1), "id": short.id}
        connection.execute(sql("UPDATE tokens SET expires_at = :at WHERE id = :id"), past)
    assert holder(short.token) is None
    accounts.revoke_token(db, kept.id)
    assert holder(kept.token) is None
    assert holder("") is None


def test_no_secret_is_stored_or_logged(db, people):
    token = accounts.add_token(db, "ana").token
    key = accounts.sign_in(db, "ana", PASSWORD, "", 10)
    with db.write() as connection:
        setup = people_store.new_setup_key(connection)
    with db.read() as connection:
        dump = "\n".join(connection.connection.dbapi_connection.iterdump())
    for secret in (token, token.removeprefix("ann_"), key, setup, PASSWORD):
        assert secret not in dump


@pytest.mark.parametrize("wrong", [{"scope": "all"}, {"days": 0}, {"days": 10**9}])
def test_a_wrong_token_is_refused(wrong, db, people):
    with pytest.raises(Refused):
        accounts.add_token(db, "ana", **wrong)
