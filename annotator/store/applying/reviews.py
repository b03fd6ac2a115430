"""What happens to a review as a whole, and beside its spans."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, exists, insert, update

from annotator.core.events import Entry
from annotator.store import tables as t
from annotator.store.applying.rules import Payload, Statements, add_review, on

_drop_review = delete(t.table(t.Review)).where(t.Review.id == bindparam("b_id"))
_add_furniture = insert(t.table(t.Furniture))
_drop_furniture_of_review = delete(t.table(t.Furniture)).where(t.Furniture.review == bindparam("b_review"))
_drop_furniture = _drop_furniture_of_review.where(t.Furniture.block == bindparam("b_block"))
_add_skip = insert(t.table(t.Skip))
_drop_skip = delete(t.table(t.Skip)).where(t.Skip.article == bindparam("b_article"), t.Skip.name == bindparam("b_name"))
_add_flag = insert(t.table(t.Flag))
_resolve_flag = update(t.table(t.Flag)).where(t.Flag.id == bindparam("b_id")).values(resolved_at=bindparam("b_at"))
_set_review = update(t.table(t.Review)).where(t.Review.id == bindparam("b_id"))
_begin = _set_review.values(state="in_progress", begun_at=bindparam("b_at"))
_submit = _set_review.values(state="submitted", submitted_at=bindparam("b_at"))
_reopen = _set_review.values(state="in_progress", submitted_at=None)
_lapse = _set_review.values(state="lapsed")
_withdraw = _set_review.values(state="withdrawn")
_resume = _set_review.values(state="in_progress", assigned_at=bindparam("b_at"))
# A review that is only measured against the gold is none that the gold came from.
_is_measured = exists().where(t.Review.id == bindparam("b_review"), t.Review.purpose.is_not(None))
_update = _set_review.values(scheme_version=bindparam("b_scheme"))
_mark_stale = (
    update(t.table(t.Article))
    .where(t.Article.id == bindparam("b_id"), t.Article.closed_at.is_not(None), ~_is_measured)
    .values(stale=True)
)


@on("review.assigned")
def _review_assigned(entry: Entry, _payload: Payload) -> Statements:
    data = entry.data
    yield add_review, {
        "id": data["review"], "article": entry.article, "reviewer": data["reviewer"], "state": "assigned",
        "scheme_version": data["scheme"], "assigned_at": entry.at, "begun_at": None, "submitted_at": None,
        "purpose": data.get("purpose"),
    }  # fmt: skip


@on("review.begun")
def _review_begun(entry: Entry, _payload: Payload) -> Statements:
    yield _begin, {"b_id": entry.data["review"], "b_at": entry.at}


@on("review.submitted")
def _review_submitted(entry: Entry, _payload: Payload) -> Statements:
    yield _submit, {"b_id": entry.data["review"], "b_at": entry.at}


@on("review.reopened")
def _review_reopened(entry: Entry, _payload: Payload) -> Statements:
    yield _reopen, {"b_id": entry.data["review"]}
    yield _mark_stale, {"b_id": entry.article, "b_review": entry.data["review"]}


@on("review.updated")
def _review_updated(entry: Entry, _payload: Payload) -> Statements:
    yield _update, {"b_id": entry.data["review"], "b_scheme": entry.data["scheme"]}


@on("review.released")
def _review_released(entry: Entry, _payload: Payload) -> Statements:
    yield _drop_furniture_of_review, {"b_review": entry.data["review"]}
    yield _drop_review, {"b_id": entry.data["review"]}


@on("review.lapsed")
def _review_lapsed(entry: Entry, _payload: Payload) -> Statements:
    yield _lapse, {"b_id": entry.data["review"]}


@on("review.withdrawn")
def _review_withdrawn(entry: Entry, _payload: Payload) -> Statements:
    yield _withdraw, {"b_id": entry.data["review"]}


@on("review.resumed")
def _review_resumed(entry: Entry, _payload: Payload) -> Statements:
    yield _resume, {"b_id": entry.data["review"], "b_at": entry.at}


@on("article.skipped")
def _article_skipped(entry: Entry, _payload: Payload) -> Statements:
    key = {"b_article": entry.article, "b_name": entry.data["name"]}
    yield _drop_skip, key
    row = {"article": entry.article, "name": entry.data["name"], "reason": entry.data["reason"], "at": entry.at}
    yield _add_skip, row


@on("block.marked")
def _block_marked(entry: Entry, _payload: Payload) -> Statements:
    review, block = entry.data["review"], entry.data["block"]
    yield _drop_furniture, {"b_review": review, "b_block": block}
    if entry.data.get("turned", entry.data["furniture"]):
        yield _add_furniture, {"review": review, "block": block}


@on("problem.flagged")
def _problem_flagged(entry: Entry, _payload: Payload) -> Statements:
    data = entry.data
    yield _add_flag, {
        "id": data["flag"], "article": entry.article, "name": data["name"], "text": data["text"], "at": entry.at,
        "resolved_at": None,
    }  # fmt: skip


@on("problem.resolved")
def _problem_resolved(entry: Entry, _payload: Payload) -> Statements:
    yield _resolve_flag, {"b_id": entry.data["flag"], "b_at": entry.at}
