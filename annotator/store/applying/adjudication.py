"""What happens to decisions and gold."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, insert, update

from annotator.core.events import Entry
from annotator.store import tables as t
from annotator.store.applying.rules import Payload, Statements, as_json, on, relation_rows, span_row

_add_decision = insert(t.table(t.Decision))
_drop_decision = delete(t.table(t.Decision)).where(
    t.Decision.article == bindparam("b_article"), t.Decision.group_id == bindparam("b_group")
)
_add_link = insert(t.table(t.LinkDecision))
_drop_link = delete(t.table(t.LinkDecision)).where(
    t.LinkDecision.article == bindparam("b_article"), t.LinkDecision.id == bindparam("b_id")
)
_of_article = t.GoldSpan.article == bindparam("b_article")
_drop_origins = delete(t.table(t.GoldOrigin)).where(
    t.GoldOrigin.gold.in_(t.table(t.GoldSpan).select().with_only_columns(t.GoldSpan.id).where(_of_article))
)
_drop_gold_relations = delete(t.table(t.GoldRelation)).where(t.GoldRelation.article == bindparam("b_article"))
_drop_gold = delete(t.table(t.GoldSpan)).where(_of_article)
_add_gold = insert(t.table(t.GoldSpan))
_add_origin = insert(t.table(t.GoldOrigin))
_add_gold_relation = insert(t.table(t.GoldRelation))
CLOSE = update(t.table(t.Article)).where(t.Article.id == bindparam("b_id")).values(
    state="closed", stale=False, closed_by=bindparam("b_by"), closed_at=bindparam("b_at")
)  # fmt: skip
_reopen_article = (
    update(t.table(t.Article)).where(t.Article.id == bindparam("b_id")).values(state="reopened", stale=True)
)
_add_served = insert(t.table(t.Served))


@on("decision.made")
def _decision_made(entry: Entry, _payload: Payload) -> Statements:
    key = {"b_article": entry.article, "b_group": entry.data["group"]}
    after = entry.data["after"]
    yield _drop_decision, key
    yield _add_decision, {
        "article": entry.article, "group_id": entry.data["group"], "action": after["action"],
        "variants": as_json(after["variants"]), "spans": as_json(after["spans"]), "reason": after["reason"],
        "attributes": as_json(after.get("attributes", [])), "was": as_json(after.get("was", [])),
        **_who_and_when(entry),
    }  # fmt: skip


def _who_and_when(entry: Entry) -> dict[str, str]:
    """Of a decision: who takes it now, or took it first where undo brings it back."""
    after = entry.data["after"]
    return {"decided_by": after.get("by", entry.actor), "decided_at": after.get("at", entry.at)}


@on("decision.undone")
def _decision_undone(entry: Entry, _payload: Payload) -> Statements:
    yield _drop_decision, {"b_article": entry.article, "b_group": entry.data["group"]}


@on("link.decided")
def _link_decided(entry: Entry, _payload: Payload) -> Statements:
    after = entry.data["after"]
    yield _drop_link, {"b_article": entry.article, "b_id": entry.data["link"]}
    yield _add_link, {
        "article": entry.article, "id": entry.data["link"], "type": after["type"], "source": as_json(after["from"]),
        "target": as_json(after["to"]), "accepted": after["accepted"], "reason": after["reason"],
        **_who_and_when(entry),
    }  # fmt: skip


@on("link.undone")
def _link_undone(entry: Entry, _payload: Payload) -> Statements:
    yield _drop_link, {"b_article": entry.article, "b_id": entry.data["link"]}


def gold_rows(entry: Entry) -> Statements:
    """The article's gold anew: what stood before goes, for the entry has the whole of it."""
    article, spans = {"b_article": entry.article}, entry.data["spans"]
    yield _drop_gold_relations, article
    yield _drop_origins, article
    yield _drop_gold, article
    if spans:
        yield (
            _add_gold,
            [
                {**span_row(span), "article": entry.article, "decided_by": span["by"], "decided_at": span["at"]}
                for span in spans
            ],
        )
    origins = [
        {"gold": span["id"], "place": place, "span": origin}
        for span in spans
        for place, origin in enumerate(span["from"])
    ]
    if origins:
        yield _add_origin, origins
    if entry.data["relations"]:
        yield _add_gold_relation, relation_rows(entry.data["relations"], article=entry.article)


@on("article.closed")
def _article_closed(entry: Entry, _payload: Payload) -> Statements:
    yield from gold_rows(entry)
    yield CLOSE, {"b_id": entry.article, "b_by": entry.actor, "b_at": entry.at}


@on("article.reopened")
def _article_reopened(entry: Entry, _payload: Payload) -> Statements:
    yield _reopen_article, {"b_id": entry.article}


@on("spans.served")
def _spans_served(entry: Entry, _payload: Payload) -> Statements:
    yield _add_served, [{"article": article, "name": entry.data["name"]} for article in entry.data["articles"]]
