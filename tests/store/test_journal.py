"""The audit log: every change with its event, in one transaction; what was tampered with is found."""

import hashlib
import json

import msgspec
import pytest
import rfc8785
from sqlalchemy import text as sql

from annotator.actions import (
    adjudicating,
    asking,
    assigning,
    deciding,
    exporting,
    exports_made,
    guidelines,
    inviting,
    linking,
    loading,
    projects,
    reviewing,
    spot_checks,
    tagging,
    undoing,
    workspace,
)
from annotator.actions import people as accounts
from annotator.actions.assigning import Chosen
from annotator.actions.export_filters import Filters
from annotator.actions.exports_made import Asked
from annotator.actions.tagging import NewRelation, SpanChange
from annotator.core.decisions import Decision
from annotator.core.events import ACTIONS
from annotator.core.scheme import DEFAULT_SCHEME
from annotator.errors import Refused
from annotator.formats.jsonl import read_line
from annotator.formats.options import Options
from annotator.store import applying, desk, journal, replay
from annotator.store import assignment as store_assignment
from annotator.store import projects as store_projects
from annotator.store.tables import Base
from factories import TEXT, article_text, export_line, export_span, new_span, span

OTHER = article_text(seed=7)


def everything(db):
    """All rows of all tables."""
    with db.read() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(table.select()).all()))
            for table in Base.metadata.sorted_tables
        }


def replayed(db):
    with db.read() as connection:
        return replay.check_replay(connection)


def whole_story(db, people, article, add):
    """One of everything: each step is (action expected in the log, what to call)."""
    made = {}

    def keep(name, value):
        made[name] = value
        return value

    def line(value):
        return read_line(json.dumps(value).encode(), "line:1", Options())

    def group():
        return adjudicating.open_case(db, people.cyd, article).undecided[0].id

    def question():
        with db.read() as connection:
            return connection.execute(sql("SELECT question FROM asked")).scalar_one()

    def link():
        return adjudicating.open_case(db, people.cyd, article).links[0].id

    def load(value):
        return lambda: loading.load(db, [line(value)], project="desk")

    both = {"text": OTHER, "key": "o", "spans": [span("figure", "40", OTHER)]}
    by_ana = {"text": OTHER, "key": "o", "spans": [span("figure", "40", OTHER) | {"by": "ana"}]}
    gold = export_line(OTHER, [export_span("g", "figure", "40", OTHER)], key="o")
    yield "user.added", lambda: accounts.add_user(db, "dan", password="long enough")
    yield "user.password_set", lambda: accounts.set_password(db, people.root, "dan", "long enough!")
    yield "user.disabled", lambda: accounts.set_disabled(db, "dan", disabled=True)
    yield "user.enabled", lambda: accounts.set_disabled(db, "dan", disabled=False)
    yield "token.added", lambda: keep("token", accounts.add_token(db, "dan"))
    yield "token.revoked", lambda: accounts.revoke_token(db, made["token"].id)
    yield "project.added", lambda: projects.add_project(db, "fresh")
    yield "project.changed", lambda: projects.change_project(db, people.max, "desk", title="T", hide_names=True)
    yield "member.added", lambda: projects.add_member(db, "desk", "dan", "reviewer")
    yield "member.removed", lambda: projects.remove_member(db, people.max, "desk", "dan", "reviewer")
    yield "invitation.added", lambda: keep("in", inviting.invite(db, people.max, "desk", "reviewer", uses=2, days=1))
    yield "invitation.used", lambda: inviting.join_anew(db, made["in"].key, "fay", "long enough")
    yield "invitation.revoked", lambda: inviting.revoke(db, people.max, "desk", made["in"].id)
    yield "article.loaded", load({"text": article_text(seed=8), "extra": {"ü": 1.5}})
    yield "suggestions.loaded", load(both)
    yield "review.loaded", load(by_ana)
    yield "gold.loaded", load(gold)
    yield "review.assigned", lambda: reviewing.take_next(db, people.ana, "desk")
    yield "review.begun", lambda: keep("claim", add(people.ana, "claim", "53 workers", attributes={"speaker": "s"}))
    yield "span.added", lambda: keep("denial", add(people.ana, "denial", "anyone fell ill"))
    change = SpanChange(note="ü", attributes={"value": 1.5, "unit": "m"})
    yield "span.added", lambda: keep("figure", add(people.ana, "figure", "12 years"))
    yield "span.changed", lambda: tagging.change_span(db, people.ana, made["figure"].id, change, 1)
    relation = "relation.added"
    yield (
        relation,
        lambda: tagging.add_relation(
            db, people.ana, article, NewRelation("denies", made["denial"].id, made["claim"].id)
        ),
    )
    yield "relation.deleted", lambda: undoing.undo(db, people.ana, article)
    yield relation, lambda: undoing.redo(db, people.ana, article)
    yield "span.deleted", lambda: tagging.delete_span(db, people.ana, made["claim"].id)
    yield "span.added", lambda: undoing.undo(db, people.ana, article)
    yield "review.submitted", lambda: reviewing.submit(db, people.ana, article)
    yield "review.reopened", lambda: reviewing.reopen(db, people.ana, article)
    yield "review.submitted", lambda: reviewing.submit(db, people.ana, article)
    yield "review.assigned", lambda: reviewing.submit(db, people.ben, article)
    yield "spans.served", lambda: adjudicating.open_case(db, people.cyd, article)
    yield "decision.made", lambda: adjudicating.decide(db, people.cyd, article, Decision(keep("g", group()), "reject"))
    yield "decision.undone", lambda: adjudicating.take_back(db, people.cyd, article, made["g"])
    yield "guideline.noted", lambda: guidelines.note(db, people.cyd, article, made["g"], "claim", "Say more.")
    yield "question.asked", lambda: asking.ask(db, people.cyd, article, "Why?", to=["ana"])
    yield "question.answered", lambda: asking.answer(db, people.ana, article, {question(): "So."})
    yield "review.submitted", lambda: reviewing.submit(db, people.ana, article)
    for _ in range(3):
        accept = "decision.made"
        yield accept, lambda: adjudicating.decide(db, people.cyd, article, Decision(group(), "accept", (0,)))
    yield "link.decided", lambda: linking.settle(db, people.cyd, article, link(), accepted=False)
    yield "link.undone", lambda: deciding.undo(db, people.cyd, article)
    yield "article.closed", lambda: adjudicating.close(db, people.cyd, article)
    yield "article.reopened", lambda: adjudicating.reopen(db, people.cyd, article, "why")
    yield "review.assigned", lambda: keep("next", reviewing.take_next(db, people.ana, "desk"))
    yield "block.marked", lambda: workspace.mark_block(db, people.ana, made["next"], 0, furniture=True)

    def flag():
        with db.read() as connection:
            return desk.flags(connection, "desk")[0].id

    yield "problem.flagged", lambda: workspace.flag(db, people.ana, made["next"], "cut off")
    yield "problem.resolved", lambda: workspace.resolve_flag(db, people.max, flag())
    yield "review.released", lambda: workspace.skip(db, people.ana, made["next"], "not mine")
    yield "article.skipped", lambda: workspace.skip(db, people.ana, made["next"], "still not")
    rules = {"auto_decide": "2", "reasons": ["not ours"], "spot_check": 10, "reviews": 1}
    yield "project.changed", lambda: projects.change_project(db, people.max, "desk", **rules)
    yield "review.submitted", lambda: reviewing.submit(db, people.ana, made["next"])
    yield "article.checked", lambda: spot_checks.check(db, people.cyd, made["next"])
    yield "scheme.changed", lambda: projects.change_scheme(db, people.max, "desk", DEFAULT_SCHEME_TWO)
    yield "review.reopened", lambda: reviewing.reopen(db, people.ana, article)
    yield "export.made", lambda: export(db, people.max)
    yield "review.updated", lambda: reviewing.take_newest_scheme(db, people.ana, article)
    yield from assignment_story(db, people, load)


def export(db, viewer):
    """The gold of a label, as a file that nobody keeps."""
    filters = Filters(labels=frozenset({"claim"}), since="2026")
    with db.read() as connection:
        project, summary = store_projects.project(connection, "desk"), exporting.Summary()
        list(exporting.lines(connection, [project], "gold", summary, viewer=viewer, filters=filters))
    exports_made.tell(db, viewer, Asked("jsonl", "gold", filters, (80, 10, 10)), summary, 3 * 2**31)


def assignment_story(db, people, load):
    """An article of its own, given out, left, taken back and given again."""
    text = article_text(seed=9)
    new = Chosen(articles=["nine"])
    yield "article.loaded", load({"text": text, "key": "nine"})
    yield "batch.changed", lambda: assigning.fill_batch(db, people.max, "desk", "first", new)
    yield "batch.changed", lambda: assigning.change_batch(db, people.max, "desk", "first", reviews=1)
    yield "batch.filled", lambda: assigning.fill_batch(db, people.max, "desk", "first", new)
    yield "articles.ranked", lambda: assigning.set_priority(db, people.max, "desk", new, 5)
    rules = {"return_hours": 1, "shared_percent": 20, "order": "shuffled"}
    yield "assignment.changed", lambda: assigning.change_rules(db, people.max, "desk", **rules)
    yield "assignment.changed", lambda: assigning.change_rules(db, people.max, "desk", order="age")
    yield "review.assigned", lambda: assigning.give(db, people.max, "desk", "ana", new)

    def nine():
        with db.read() as connection:
            return store_assignment.by_keys(connection, "desk", ["nine"])["nine"]

    def an_hour_later():
        with pytest.MonkeyPatch.context() as patch, db.write() as connection:
            patch.setattr(reviewing, "now", lambda: "2999-01-01T00:00:00.000000Z")
            reviewing.give_back_idle(connection, store_projects.project(connection, "desk"))

    yield "review.lapsed", an_hour_later
    yield "review.resumed", lambda: assigning.give(db, people.max, "desk", "ana", new)
    yield "review.withdrawn", lambda: assigning.take_back(db, people.max, nine(), "ana", "ben")
    yield "gold.used", lambda: assigning.use_gold(db, people.max, "desk", Chosen(articles=["o"]), "check")
    yield "review.withdrawn", lambda: assigning.take_back(db, people.max, nine(), "ben")
    yield "batch.changed", lambda: assigning.remove_batch(db, people.max, "desk", "first")


DEFAULT_SCHEME_TWO = msgspec.structs.replace(DEFAULT_SCHEME, guidelines="Mark *all* of it.")


@pytest.fixture
def story(db, people, article):
    from conftest import LIMITS

    def add(viewer, label, words, **more):
        return tagging.add_span(db, viewer, article, new_span(label, words, **more), LIMITS, by_hand=True).after

    return whole_story(db, people, article, add)


def test_every_change_is_an_event_and_the_log_replays_to_the_tables(db, people, story, log):
    for action, act in story:
        before = everything(db)
        seen = len(log())
        act()
        assert action in [entry.action for entry in log()[seen:]]
        assert everything(db) != before
    assert {entry.action for entry in log()} == set(ACTIONS)
    assert replayed(db) == len(log())


def test_a_change_that_cannot_be_applied_leaves_neither_event_nor_change(db, people, story, monkeypatch):
    class Broken(Exception):
        pass

    def broken(function):
        """Applies the first of the statements, if there is one, and then breaks."""

        def apply(entry, payload):
            yield next(iter(function(entry, payload)))
            raise Broken

        return apply

    tried = set()
    for action, act in story:
        if action not in tried:
            tried.add(action)
            before = everything(db)
            with monkeypatch.context() as patch:
                patch.setitem(applying.APPLY, action, broken(applying.APPLY[action]))
                with pytest.raises(Broken):
                    act()
            after = everything(db)
            served = {"served", "events"} if after["served"] != before["served"] else set()
            assert {name for name in after if after[name] != before[name]} <= served
        act()
    assert tried == set(ACTIONS)
    replayed(db)


def test_the_chain_is_as_the_contract_says(db, people, story):
    for _, act in story:
        act()
    prev = "0" * 64
    with db.read() as connection:
        for seq, entry in enumerate(journal.entries(connection), 1):
            rest = {
                "seq": entry.seq, "at": entry.at, "actor": entry.actor, "action": entry.action,
                "project": entry.project, "article": entry.article, "data": entry.data, "prev": entry.prev,
            }  # fmt: skip
            assert (entry.seq, entry.prev) == (seq, prev)
            assert hashlib.sha256(rfc8785.dumps(rest)).hexdigest() == entry.hash
            prev = entry.hash
        assert journal.last_hash(connection) == prev


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("UPDATE article_texts SET text = replace(text, '53', '54')", "entry"),
        ("UPDATE article_texts SET blocks = '[[0,5,\"paragraph\",0]]'", "entry"),
        ("UPDATE article_texts SET meta = '{}'", "article_texts"),
        ("UPDATE articles SET title = 'Another'", "articles"),
        ("UPDATE articles SET state = 'closed'", "articles"),
        ("UPDATE spans SET end_at = end_at + 1 WHERE label = 'denial'", "spans"),
        ("UPDATE spans SET note = 'x' WHERE label = 'denial'", "spans"),
        ("DELETE FROM spans WHERE label = 'denial'", "spans"),
        ("INSERT INTO spans SELECT 'zzz', review, 0, 1, label, '', '{}', 1, '' FROM spans LIMIT 1", "spans zzz"),
        ("UPDATE reviews SET submitted_at = '2020'", "reviews"),
        ("UPDATE users SET admin = 1 WHERE name = 'ana'", "users ana"),
        ("INSERT INTO members VALUES ('desk', 'ana', 'manager')", "members desk/ana/manager"),
        ("DELETE FROM served", "served"),
        ("UPDATE tokens SET scope = 'read'", "tokens"),
        ("UPDATE projects SET reviews = 3", "projects"),
        ("UPDATE events SET data = replace(data, '\"claim\"', '\"quote\"') WHERE action = 'span.added'", "entry"),
        ("UPDATE events SET actor = 'ben' WHERE action = 'review.submitted' AND actor = 'ana'", "entry"),
        ("UPDATE events SET at = '2020' WHERE seq = 3", "entry 3"),
        ("DELETE FROM events WHERE seq = 5", "entry 6"),
        ("DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)", "served"),
    ],
)
def test_tampering_is_found_and_named(statement, where, db, people, two_reviews):
    adjudicating.open_case(db, people.cyd, two_reviews.article)
    replayed(db)
    with db.engine.connect() as connection:
        connection.exec_driver_sql(statement)
        connection.commit()
    with pytest.raises(Refused) as refused:
        replayed(db)
    assert refused.value.where.startswith(where)


def test_a_rewritten_entry_with_a_hash_of_its_own_breaks_the_next_link(db, people, two_reviews):
    with db.write() as connection:
        entry = next(e for e in journal.entries(connection) if e.action == "span.added")
        data = json.loads(json.dumps(entry.data)) | {"span": "forged"}
        rest = {
            "seq": entry.seq, "at": entry.at, "actor": entry.actor, "action": entry.action, "project": entry.project,
            "article": entry.article, "data": data, "prev": entry.prev,
        }  # fmt: skip
        forged = hashlib.sha256(rfc8785.dumps(rest)).hexdigest()
        connection.execute(
            sql("UPDATE events SET data = :data, hash = :hash WHERE seq = :seq"),
            {"data": rfc8785.dumps(data).decode(), "hash": forged, "seq": entry.seq},
        )
    with pytest.raises(Refused, match="does not follow") as refused:
        replayed(db)
    assert refused.value.where == f"entry {entry.seq + 1}"


def test_texts_and_password_hashes_stay_out_of_the_log(db, people, two_reviews):
    with db.read() as connection:
        log = "\n".join(connection.execute(sql("SELECT data FROM events")).scalars())
        hashed = connection.execute(sql("SELECT password_hash FROM users WHERE name = 'ana'")).scalar()
    assert TEXT[-40:] not in log
    assert hashed not in log
