"""`annotator audit` and `annotator verify`."""

import hashlib
import re
import subprocess
import sys

import msgspec
import pytest
import rfc8785

from annotator.core.events import Entry, entry_hash
from annotator.errors import Refused
from annotator.store import replay
from cli.command import environment
from factories import article_text


def change(db, *statements):
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.commit()


def rechain(db):
    """Makes all hashes anew, as one would who has the database and knows how."""
    with db.engine.connect() as connection:
        prev = "0" * 64
        for row in connection.exec_driver_sql("SELECT * FROM events ORDER BY seq").all():
            values = {name: getattr(row, name) for name in Entry.__struct_fields__}
            entry = Entry(**values | {"data": msgspec.json.decode(row.data), "prev": prev})
            prev = entry_hash(entry)
            query = "UPDATE events SET prev = ?, hash = ? WHERE seq = ?"
            connection.exec_driver_sql(query, (entry.prev, prev, row.seq))
        connection.commit()


# -- audit


def test_the_log_comes_out_as_it_is_chained(annotator, closed):
    ran = annotator("audit")
    prev = "0" * 64
    for number, entry in enumerate(ran.objects, 1):
        assert list(entry) == "seq at actor action project article data prev hash".split()
        assert (entry["seq"], entry["prev"]) == (number, prev)
        prev = entry.pop("hash")
        assert hashlib.sha256(rfc8785.dumps(entry)).hexdigest() == prev
    assert {e["action"] for e in ran.objects} >= {"user.added", "article.loaded", "span.added", "article.closed"}


def test_of_one_project_only_its_entries(annotator, seeds):
    entries = annotator("audit", "-p", "seeds").objects
    assert {entry["project"] for entry in entries} == {"seeds"}
    assert [entry["action"] for entry in entries].count("article.loaded") == 5
    assert annotator.refused_inside("audit", "-p", "desc") == "project: There is no project 'desc'."


def test_to_a_file__which_verify_reads(annotator, closed):
    printed = annotator.inside("audit").out
    assert annotator("audit", "-o", "log.jsonl").out == b""
    assert (annotator.folder / "log.jsonl").read_bytes() == printed
    count = printed.count(b"\n")
    assert annotator("verify", "log.jsonl").lines == [f"ok: {count} entries, chain unbroken"]


def test_who_reads_only_the_beginning_gets_no_traceback(annotator, db, load):
    load(*({"text": article_text(seed=n)} for n in range(1500)))
    with subprocess.Popen(
        [sys.executable, "-m", "annotator", "audit"], env=environment(annotator.instance), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout.readline().startswith(b'{"seq":1,')
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(20) == 1


# -- verify, with the database at hand


def test_a_database_in_order(annotator, closed):
    *reviews, last = annotator("verify").lines
    assert last.startswith("ok: ")
    assert last.endswith("entries, chain unbroken, tables as replayed")
    assert [line.split("\t")[:3] for line in reviews] == [["blind", closed, "ana"], ["blind", closed, "ben"]]
    assert all(line.endswith("never served others' spans") for line in reviews)


def test_an_empty_database_in_order(annotator):
    assert annotator("verify").lines == ["ok: 0 entries, chain unbroken, tables as replayed"]


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("UPDATE events SET actor = 'eve' WHERE seq = 7", "entry 7: Its hash"),
        ("UPDATE events SET data = '{}' WHERE seq = 3", "entry 3: Its hash"),
        ("UPDATE events SET data = '{' WHERE seq = 3", "entry 3: "),
        ("DELETE FROM events WHERE seq = 9", "entry 10: Entry 9 is missing"),
        ("DELETE FROM events WHERE seq = 1", "entry 2: Entry 1 is missing"),
        ("DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)", "articles "),
        ("UPDATE spans SET end_at = end_at - 1 WHERE label = 'quote'", "spans "),
        ("UPDATE gold_spans SET label = 'denial' WHERE label = 'quote'", "gold_spans "),
        ("DELETE FROM gold_origins", "gold_origins "),
        ("UPDATE article_texts SET text = replace(text, 'ill', 'well')", "entry "),
        ("DELETE FROM article_texts", "entry "),
        ("UPDATE reviews SET state = 'in_progress'", "reviews "),
        ("UPDATE users SET admin = 1 WHERE name = 'ana'", "users ana: "),
        ("INSERT INTO members VALUES ('desk', 'eve', 'manager')", "members desk/eve/manager: "),
    ],
)  # fmt: skip
def test_what_was_changed_behind_its_back_is_named(db, closed, statement, where):
    change(db, statement)
    with db.read() as connection, pytest.raises(Refused) as caught:
        replay.check_replay(connection)
    assert str(caught.value).startswith(where)


def test_what_was_changed_is_one_line_and_exit_1(annotator, db, closed):
    change(db, "UPDATE spans SET label = 'claim' WHERE label = 'figure'")
    assert re.fullmatch(r"spans [a-z2-7]{16}: The table differs from what the log says\.", annotator.refused("verify"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET data = '{}' WHERE action = 'project.added'",
        "UPDATE events SET data = replace(data, 'ana', 'nobody') WHERE action = 'member.added'",
        "UPDATE events SET data = replace(data, '\"spans\":[', '\"spans\":[7,') WHERE action = 'article.closed'",
    ],
)
def test_a_log_made_up_anew_that_cannot_be_replayed_is_named_too(db, closed, statement):
    change(db, statement)
    rechain(db)
    with db.read() as connection, pytest.raises(Refused, match=r"^entry \d+: It cannot be replayed"):
        replay.check_replay(connection)


def test_a_log_made_up_anew_that_tells_another_story_differs_from_the_tables(db, closed):
    change(db, "UPDATE events SET data = replace(data, 'not said', 'said') WHERE action = 'decision.made'")
    rechain(db)
    with db.read() as connection, pytest.raises(Refused, match=r"decisions .*: The table differs"):
        replay.check_replay(connection)


# -- verify FILE


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda lines: [*lines[:4], lines[4].replace(b'"actor":"', b'"actor":"x'), *lines[5:]], "entry 5: Its hash"),
        (lambda lines: lines[:4] + lines[5:], "entry 6: Entry 5 is missing"),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "entry 2: Entry 1 is missing"),
        (lambda lines: [*lines[:2], b"{", *lines[2:]], "log.jsonl:3: Not a log entry"),
        (lambda lines: [*lines[:2], b'{"seq":3}', *lines[2:]], "log.jsonl:3: Not a log entry"),
        (lambda lines: [lines[0].replace(b'"seq":1', b'"seq":"1"'), *lines[1:]], "log.jsonl:1: Not a log entry"),
        (lambda lines: [lines[0].replace(b":2,", b":9007199254740993,"), *lines[1:]], "entry 1: Its hash"),
        (lambda lines: [b"\xff\xfe", *lines], "log.jsonl:1: Not a log entry"),
    ],
)
def test_a_file_that_was_changed_is_refused_with_the_first_bad_entry(annotator, people, change, why):
    lines = annotator.inside("audit").out.splitlines()
    annotator.write("log.jsonl", b"\n".join(change(lines)) + b"\n")
    assert annotator.refused_inside("verify", "log.jsonl").startswith(why)


def test_a_file_that_is_not_there(annotator):
    assert annotator.refused("verify", "gone.jsonl").startswith("gone.jsonl: It cannot be read")
