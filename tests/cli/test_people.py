"""`annotator user` and `annotator token`."""

import re

import pytest

from annotator.actions import people as accounts
from annotator.errors import Refused
from annotator.store import people as people_store


def holder(db, token):
    with db.read() as connection:
        found = people_store.token_holder(connection, token)
        return found and (found[0].name, found[1])


def secrets_of(db, table, column):
    with db.engine.connect() as connection:
        return [row[0] for row in connection.exec_driver_sql(f"SELECT {column} FROM {table}")]


# -- accounts


def test_an_account_with_a_password_from_standard_input(annotator, db):
    ran = annotator("user", "add", "Zoë", "--password-stdin", stdin="sehr geheim ß\r\nnext line".encode())
    assert ran.lines == ["Zoë added"]
    assert ran.err == ""
    assert accounts.sign_in(db, "zoë", "sehr geheim ß", "127.0.0.1", 10)
    assert "geheim" not in annotator.inside("audit").out.decode()
    with pytest.raises(Refused):
        accounts.sign_in(db, "zoë", "sehr geheim ß\nnext line", "127.0.0.1", 10)


def test_an_account_without_a_password_lets_nobody_in(annotator, db):
    assert "nobody can sign in" in annotator("user", "add", "bot").err
    assert secrets_of(db, "users", "password_hash") == [None]
    with pytest.raises(Refused):
        accounts.sign_in(db, "bot", "", "127.0.0.1", 10)


def test_roles_come_with_an_account_and_later(annotator, people):
    annotator.inside("user", "add", "new", "--role", "reviewer", "--project", "desk")
    assert annotator("user", "add", "new", "--role", "manager", "-p", "desk").lines == ["new is manager in desk"]
    listed = dict(line.split("\t", 1) for line in annotator.inside("user", "list").lines)
    assert listed["new"] == "no password\tdesk:manager,desk:reviewer"
    assert listed["ana"] == "active\tdesk:reviewer"
    assert listed["root"] == "active\tadmin"
    assert listed["eve"] == "active\t"


def test_a_disabled_account_is_closed_and_can_be_opened_again(annotator, db, people, templates):
    token = templates.get("people").tokens["ana"]
    annotator("user", "disable", "ana")
    assert "ana\tdisabled\tdesk:reviewer" in annotator.inside("user", "list").lines
    assert holder(db, token) is None
    with pytest.raises(Refused):
        accounts.sign_in(db, "ana", "correct horse", "127.0.0.1", 10)
    annotator.inside("user", "enable", "ana")
    assert holder(db, token) == ("ana", "write")


@pytest.mark.parametrize(
    ("args", "stdin", "why"),
    [
        (["add", "ana"], b"", "name: There is an account 'ana' already."),
        (["add", "ANA"], b"", "name: There is an account 'ana' already."),
        (["add", "x", "--password-stdin"], b"short\n", "password: A password has 8 characters at least."),
        (["add", "x", "--password-stdin"], b"", "password: A password has 8 characters at least."),
        (["add", "x", "--role", "reviewer"], b"", "role: A role is held in a project"),
        (["add", "x", "--role", "boss", "-p", "desk"], b"", "role: There is no role 'boss'"),
        (["add", "x", "--role", "manager", "-p", "desc"], b"", "project: There is no project 'desc'."),
        (["add", "a/b"], b"", "name: 'a/b' is no account name"),
        (["add", "(command line)"], b"", "name: '(command line)' is no account name"),
        (["disable", "nobody"], b"", "name: There is no account 'nobody'."),
    ],
)
def test_what_cannot_be_is_refused_and_makes_no_account(annotator, db, people, args, stdin, why):
    before = secrets_of(db, "users", "name")
    assert annotator.refused_inside("user", *args, stdin=stdin).startswith(why)
    assert secrets_of(db, "users", "name") == before


# -- tokens


def test_a_token_stands_alone_on_the_last_line__works__and_is_kept_as_a_hash(annotator, db, people):
    ran = annotator("token", "add", "ana", "--scope", "read", "--days", "30")
    (token,) = ran.lines
    assert re.fullmatch(r"\S{30,}", token)
    assert token not in ran.err
    assert holder(db, token) == ("ana", "read")
    assert not any(token in str(kept) for kept in secrets_of(db, "tokens", "hash"))
    assert token not in annotator.inside("audit").out.decode()


def test_a_token_is_listed_and_revoked(annotator, db, people):
    token = annotator("token", "add", "eve").lines[-1]
    first, listed = (line.split("\t") for line in annotator.inside("token", "list", "eve").lines)
    assert (listed[1], listed[3], listed[4]) == ("write", "-", "active")
    assert token not in "\t".join(listed)
    annotator("token", "revoke", listed[0])
    assert holder(db, token) is None
    assert [line.split("\t")[4] for line in annotator.inside("token", "list", "eve").lines] == ["active", "over"]
    assert first[0] != listed[0]


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (["add", "nobody"], "name: There is no account 'nobody'."),
        (["add", "ana", "--days", "0"], "days: A token lives 1 to 3650 days."),
        (["list", "nobody"], "There is no account 'nobody'."),
        (["revoke", "nothing"], "id: There is no token 'nothing'."),
    ],
)
def test_a_token_that_cannot_be_is_refused(annotator, people, args, why):
    assert annotator.refused_inside("token", *args) == why
