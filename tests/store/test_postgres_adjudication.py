"""Invitations, a whole adjudication, agreement and boards are the same on PostgreSQL as on SQLite, and replay there."""

import io

import pytest

from annotator.actions import (
    adjudicating,
    boarding,
    deciding,
    inviting,
    loading,
    measuring,
    projects,
    reviewing,
    tagging,
)
from annotator.actions import people as accounts
from annotator.core.decisions import Decision
from annotator.errors import Missing, Stale
from annotator.formats.jsonl import read as read_jsonl
from annotator.formats.options import Options
from annotator.store import articles, replay
from annotator.store import people as people_store
from annotator.store import projects as projects_store
from annotator.web.boards import board_view
from conftest import LIMITS
from factories import article_text, ndjson, new_span
from store.test_postgres import both

__all__ = ["both"]

PASSWORD = "correct horse battery"
MARKED = {
    "ana": [("claim", "40 people"), ("denial", "denied it"), ("figure", "Number 7")],
    "ben": [("claim", "40 people"), ("claim", "denied it"), ("quote", "Number 7")],
}


def viewers(database, *names):
    with database.read() as connection:
        return [people_store.viewer(connection, name) for name in names]


def joined(database):
    """The project with its manager, to which the others came by links; one of them used up, one revoked."""
    projects.add_project(database, "desk")
    accounts.add_user(database, "max", project="desk", role="manager")
    (manager,) = viewers(database, "max")
    projects.change_project(database, manager, "desk", auto_decide="never")
    links = {}
    for role in ("reviewer", "adjudicator"):
        links[role] = inviting.invite(database, manager, "desk", role, uses=2, days=3)
    for name, role in (("ana", "reviewer"), ("ben", "reviewer"), ("cyd", "adjudicator"), ("dee", "adjudicator")):
        inviting.join_anew(database, links[role].key, name, PASSWORD)
    with pytest.raises(Missing):
        inviting.join_anew(database, links["reviewer"].key, "eve", PASSWORD)
    return viewers(database, "ana", "ben", "cyd", "dee", "max")


def reviewed(database, *reviewers):
    """The article that both have marked and submitted."""
    line = {"text": article_text(seed=7), "key": "k"}
    loading.load(database, read_jsonl(io.BytesIO(ndjson(line)), "line", Options()), project="desk")
    for viewer in reviewers:
        article = reviewing.take_next(database, viewer, "desk")
        with database.read() as connection:
            text = articles.text(connection, article)
        for label, words in MARKED[viewer.name]:
            tagging.add_span(database, viewer, article, new_span(label, words, text), LIMITS, by_hand=False)
        reviewing.submit(database, viewer, article)
    return article


def adjudicated(database, article, cyd, dee):
    """Accepts, edits, rejects, undoes, redoes, is told of another's decision, closes, re-opens, closes."""

    def case():
        return adjudicating.open_case(database, cyd, article)

    def stands():
        now = case()
        return [(now.force[one.id].action, now.force[one.id].by) if one.id in now.force else None for one in now.groups]

    first, second, third = case().groups
    seen, found = case().version(second.id), []
    adjudicating.decide(database, cyd, article, Decision(first.id, "accept", (0,)))
    edit = Decision(second.id, "edit", spans=((second.variants[0].start, second.variants[0].end, "quote"),))
    adjudicating.decide(database, dee, article, edit)
    with pytest.raises(Stale):
        adjudicating.decide(database, cyd, article, Decision(second.id, "reject"), version=seen)
    adjudicating.decide(database, cyd, article, Decision(third.id, "reject", reason="guideline unclear"))
    found.append(stands())
    deciding.undo(database, cyd, article)
    found.append(stands())
    deciding.redo(database, cyd, article)
    found += [stands(), adjudicating.close(database, cyd, article)]
    adjudicating.reopen(database, dee, article, "again")
    adjudicating.decide(database, dee, article, Decision(third.id, "accept", (0, 1)))
    return [*found, adjudicating.close(database, dee, article)]


def story(database):
    """All of it; answers with what came out, without ids and times."""
    ana, ben, cyd, dee, manager = joined(database)
    article = reviewed(database, ana, ben)
    found = adjudicated(database, article, cyd, dee)
    measuring.serve_all(database, manager, "desk")
    kept = boarding.Kept()
    with database.read() as connection:
        project = projects_store.project(connection, "desk")
        agreement = [{**one, "id": bool(one["id"])}
                     for one in measuring.lines(connection, manager, project, measuring.Kept())]  # fmt: skip
        boards = [board_view(connection, viewer, "desk", kept) for viewer in (ana, ben, cyd, manager)]
        query = "SELECT start_at, end_at, label, decided_by FROM gold_spans ORDER BY start_at, end_at, label"
        gold = [tuple(row) for row in connection.exec_driver_sql(query)]
        replay.check_replay(connection)
    return found, agreement, boards, gold


def test_an_adjudication_is_the_same_on_both_and_replays(both):
    on_sqlite, on_postgresql = map(story, both)
    assert on_sqlite == on_postgresql
    found, agreement, boards, gold = on_sqlite
    assert found[0] == found[2] == [("accept", "cyd"), ("edit", "dee"), ("reject", "cyd")]
    assert found[1] == [*found[0][:2], None]
    assert found[3:] == [2, 4]
    assert len(gold) == 4
    assert agreement[-1]["mean_f1"] == pytest.approx(1 / 3)
    assert [part.number for part in boards[-1][0].states] == [1, 0, 0, 0]
