"""What happens to the way articles are given out: rules, priorities, batches, gold put to use."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, insert, update

from annotator.core.events import Entry
from annotator.store import tables as t
from annotator.store.applying.rules import Payload, Statements, as_json, on

_drop_rules = delete(t.table(t.Assignment)).where(t.Assignment.project == bindparam("b_project"))
_add_rules = insert(t.table(t.Assignment))
_of_project = (t.Batch.project == bindparam("b_project"), t.Batch.name == bindparam("b_name"))
_add_batch = insert(t.table(t.Batch))
_drop_batch = delete(t.table(t.Batch)).where(*_of_project)
_set_batch = update(t.table(t.Batch)).where(*_of_project)
_in_batch = update(t.table(t.Article)).where(
    t.Article.project == bindparam("b_project"), t.Article.batch == bindparam("b_name")
)
_article = update(t.table(t.Article)).where(t.Article.id == bindparam("b_id"))
_rank = _article.values(rank=bindparam("b_rank"))
_put = _article.values(batch=bindparam("b_batch"), needed=bindparam("b_needed"))
_use = _article.values(purpose=bindparam("b_purpose"))


@on("assignment.changed")
def _assignment_changed(entry: Entry, _payload: Payload) -> Statements:
    yield _drop_rules, {"b_project": entry.project}
    yield _add_rules, {"project": entry.project, "rules": as_json(entry.data["after"])}


@on("articles.ranked")
def _articles_ranked(entry: Entry, _payload: Payload) -> Statements:
    yield _rank, [{"b_id": article, "b_rank": -entry.data["priority"]} for article in entry.data["articles"]]


@on("batch.changed")
def _batch_changed(entry: Entry, _payload: Payload) -> Statements:
    key = {"b_project": entry.project, "b_name": entry.data["name"]}
    after = entry.data["after"]
    if after is None:
        yield _in_batch.values(batch=None, needed=None), key
        yield _drop_batch, key
    elif entry.data["before"] is None:
        yield _add_batch, {"project": entry.project, "name": entry.data["name"], **after}
    else:
        yield _set_batch.values(**after), key
        yield _in_batch.values(needed=after["reviews"]), key


@on("batch.filled")
def _batch_filled(entry: Entry, _payload: Payload) -> Statements:
    data = entry.data
    yield _put, [{"b_id": a, "b_batch": data["name"], "b_needed": data["reviews"]} for a in data["articles"]]


@on("gold.used")
def _gold_used(entry: Entry, _payload: Payload) -> Statements:
    yield _use, [{"b_id": article, "b_purpose": entry.data["purpose"]} for article in entry.data["articles"]]
