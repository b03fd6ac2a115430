"""What each event does to the tables: one pure function an action, from the entry to statements.

The journal runs them as it records; `verify` runs them again over the whole log on an empty database
and compares. So nothing here may depend on anything but the entry (and its payload).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec
from sqlalchemy import Executable, bindparam, delete, insert, update

from annotator.core.events import Entry
from annotator.core.text import excerpt
from annotator.store import tables as t

Rows = dict[str, Any] | list[dict[str, Any]]
Statements = Iterator[tuple[Executable, Rows]]
Payload = tuple[str, ...]

APPLY: Final[dict[str, Callable[[Entry, Payload], Statements]]] = {}


def _on(action: str) -> Callable[[Callable[[Entry, Payload], Statements]], Callable[[Entry, Payload], Statements]]:
    def keep(function: Callable[[Entry, Payload], Statements]) -> Callable[[Entry, Payload], Statements]:
        APPLY[action] = function
        return function

    return keep


def as_json(value: Any) -> str:
    """Compact JSON with sorted keys, as JSON columns hold it."""
    return msgspec.json.encode(value, order="sorted").decode()


# -- people and projects

_add_user = insert(t.table(t.User))
_set_password = (
    update(t.table(t.User)).where(t.User.name == bindparam("b_name")).values(password_hash=bindparam("b_hash"))
)
_set_disabled = update(t.table(t.User)).where(t.User.name == bindparam("b_name")).values(disabled_at=bindparam("b_at"))
_end_sessions = delete(t.table(t.Session)).where(t.Session.name == bindparam("b_name"))
_add_token = insert(t.table(t.Token))
_revoke_token = update(t.table(t.Token)).where(t.Token.id == bindparam("b_id")).values(revoked_at=bindparam("b_at"))
_add_project = insert(t.table(t.Project))
_add_scheme = insert(t.table(t.SchemeVersion))
_set_scheme = (
    update(t.table(t.Project))
    .where(t.Project.slug == bindparam("b_slug"))
    .values(scheme=bindparam("b_scheme"), scheme_version=bindparam("b_version"))
)
_add_member = insert(t.table(t.Member))
_remove_member = delete(t.table(t.Member)).where(
    t.Member.project == bindparam("b_project"),
    t.Member.name == bindparam("b_name"),
    t.Member.role == bindparam("b_role"),
)


@_on("user.added")
def _user_added(entry: Entry, payload: Payload) -> Statements:
    name = entry.data["name"]
    yield _add_user, {
        "name": name, "folded": name.casefold(), "password_hash": payload[0] if payload else None,
        "admin": entry.data["admin"], "disabled_at": entry.at if entry.data["disabled"] else None,
        "created_at": entry.at,
    }  # fmt: skip


@_on("user.password_set")
def _password_set(entry: Entry, payload: Payload) -> Statements:
    yield _set_password, {"b_name": entry.data["name"], "b_hash": payload[0] if payload else None}
    yield _end_sessions, {"b_name": entry.data["name"]}


@_on("user.disabled")
def _user_disabled(entry: Entry, _payload: Payload) -> Statements:
    yield _set_disabled, {"b_name": entry.data["name"], "b_at": entry.at}
    yield _end_sessions, {"b_name": entry.data["name"]}


@_on("user.enabled")
def _user_enabled(entry: Entry, _payload: Payload) -> Statements:
    yield _set_disabled, {"b_name": entry.data["name"], "b_at": None}


@_on("token.added")
def _token_added(entry: Entry, payload: Payload) -> Statements:
    data = entry.data
    yield _add_token, {
        "id": data["token"], "name": data["name"], "hash": payload[0] if payload else None,
        "scope": data["scope"], "created_at": entry.at, "expires_at": data["expires"], "revoked_at": None,
    }  # fmt: skip


@_on("token.revoked")
def _token_revoked(entry: Entry, _payload: Payload) -> Statements:
    yield _revoke_token, {"b_id": entry.data["token"], "b_at": entry.at}


@_on("project.added")
def _project_added(entry: Entry, _payload: Payload) -> Statements:
    data = entry.data
    yield _add_project, {
        "slug": entry.project, "title": data["title"], "reviews": data["reviews"], "auto_agreed": True,
        "own_adjudication": False, "hide_names": False, "scheme": as_json(data["scheme"]), "scheme_version": 1,
        "created_at": entry.at,
    }  # fmt: skip
    yield (
        _add_scheme,
        {"project": entry.project, "version": 1, "scheme": as_json(data["scheme"]), "created_at": entry.at},
    )


@_on("scheme.changed")
def _scheme_changed(entry: Entry, _payload: Payload) -> Statements:
    scheme, version = as_json(entry.data["scheme"]), entry.data["version"]
    yield _add_scheme, {"project": entry.project, "version": version, "scheme": scheme, "created_at": entry.at}
    yield _set_scheme, {"b_slug": entry.project, "b_scheme": scheme, "b_version": version}


@_on("project.changed")
def _project_changed(entry: Entry, _payload: Payload) -> Statements:
    yield update(t.table(t.Project)).where(t.Project.slug == entry.project).values(**entry.data["after"]), {}


@_on("member.added")
def _member_added(entry: Entry, _payload: Payload) -> Statements:
    yield _add_member, {"project": entry.project, "name": entry.data["name"], "role": entry.data["role"]}


@_on("member.removed")
def _member_removed(entry: Entry, _payload: Payload) -> Statements:
    yield _remove_member, {"b_project": entry.project, "b_name": entry.data["name"], "b_role": entry.data["role"]}


# -- loading

_add_article = insert(t.table(t.Article))
_add_text = insert(t.table(t.ArticleText))
_add_suggestion = insert(t.table(t.Suggestion))
_add_review = insert(t.table(t.Review))
_add_span = insert(t.table(t.Span))
_add_relation = insert(t.table(t.Relation))
ARTICLE_FIELDS: Final = ("title", "url", "source", "author", "published", "language")


@_on("article.loaded")
def _article_loaded(entry: Entry, payload: Payload) -> Statements:
    data = entry.data
    text, blocks = payload
    yield _add_article, {
        "id": entry.article, "project": entry.project, "position": data["position"], "key": data["key"],
        "excerpt": excerpt(text),
        "length": data["length"], "text_sha256": data["text_sha256"], "source_sha256": data["source_sha256"],
        "state": "open", "stale": False, "closed_by": None, "closed_at": None, "loaded_at": entry.at,
        **{name: data[name] for name in ARTICLE_FIELDS},
    }  # fmt: skip
    yield _add_text, {"article": entry.article, "blocks": blocks, "meta": data["meta"], "text": text}


def _span_row(span: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": span["id"], "start_at": span["start"], "end_at": span["end"], "label": span["label"],
        "note": span["note"], "attributes": as_json(span["attributes"]),
    }  # fmt: skip


def _relation_rows(relations: list[dict[str, Any]], **owner: Any) -> list[dict[str, Any]]:
    return [
        {"id": r["id"], "type": r["type"], "source": r["from"], "target": r["to"], **owner} for r in relations
    ]  # fmt: skip


@_on("suggestions.loaded")
def _suggestions_loaded(entry: Entry, _payload: Payload) -> Statements:
    rows = [{**_span_row(span), "article": entry.article} for span in entry.data["spans"]]
    yield _add_suggestion, rows


@_on("review.loaded")
def _review_loaded(entry: Entry, _payload: Payload) -> Statements:
    data = entry.data
    yield _add_review, {
        "id": data["review"], "article": entry.article, "reviewer": data["reviewer"], "state": "submitted",
        "scheme_version": data["scheme"], "assigned_at": entry.at, "begun_at": entry.at, "submitted_at": entry.at,
    }  # fmt: skip
    if data["spans"]:
        yield (
            _add_span,
            [
                {**_span_row(span), "review": data["review"], "version": 1, "changed_at": span["at"]}
                for span in data["spans"]
            ],
        )
    if data["relations"]:
        yield _add_relation, _relation_rows(data["relations"], review=data["review"])


@_on("gold.loaded")
def _gold_loaded(entry: Entry, _payload: Payload) -> Statements:
    yield from _gold_rows(entry)
    yield _close, {"b_id": entry.article, "b_by": None, "b_at": entry.at}


# -- reviews

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
_mark_stale = (
    update(t.table(t.Article))
    .where(t.Article.id == bindparam("b_id"), t.Article.closed_at.is_not(None))
    .values(stale=True)
)


@_on("review.assigned")
def _review_assigned(entry: Entry, _payload: Payload) -> Statements:
    data = entry.data
    yield _add_review, {
        "id": data["review"], "article": entry.article, "reviewer": data["reviewer"], "state": "assigned",
        "scheme_version": data["scheme"], "assigned_at": entry.at, "begun_at": None, "submitted_at": None,
    }  # fmt: skip


@_on("review.begun")
def _review_begun(entry: Entry, _payload: Payload) -> Statements:
    yield _begin, {"b_id": entry.data["review"], "b_at": entry.at}


@_on("review.submitted")
def _review_submitted(entry: Entry, _payload: Payload) -> Statements:
    yield _submit, {"b_id": entry.data["review"], "b_at": entry.at}


@_on("review.reopened")
def _review_reopened(entry: Entry, _payload: Payload) -> Statements:
    yield _reopen, {"b_id": entry.data["review"]}
    yield _mark_stale, {"b_id": entry.article}


@_on("review.released")
def _review_released(entry: Entry, _payload: Payload) -> Statements:
    yield _drop_furniture_of_review, {"b_review": entry.data["review"]}
    yield _drop_review, {"b_id": entry.data["review"]}


@_on("article.skipped")
def _article_skipped(entry: Entry, _payload: Payload) -> Statements:
    key = {"b_article": entry.article, "b_name": entry.data["name"]}
    yield _drop_skip, key
    row = {"article": entry.article, "name": entry.data["name"], "reason": entry.data["reason"], "at": entry.at}
    yield _add_skip, row


@_on("block.marked")
def _block_marked(entry: Entry, _payload: Payload) -> Statements:
    review, block = entry.data["review"], entry.data["block"]
    yield _drop_furniture, {"b_review": review, "b_block": block}
    if entry.data["furniture"]:
        yield _add_furniture, {"review": review, "block": block}


@_on("problem.flagged")
def _problem_flagged(entry: Entry, _payload: Payload) -> Statements:
    data = entry.data
    yield _add_flag, {
        "id": data["flag"], "article": entry.article, "name": data["name"], "text": data["text"], "at": entry.at,
        "resolved_at": None,
    }  # fmt: skip


@_on("problem.resolved")
def _problem_resolved(entry: Entry, _payload: Payload) -> Statements:
    yield _resolve_flag, {"b_id": entry.data["flag"], "b_at": entry.at}


# -- spans and relations

_change_span = update(t.table(t.Span)).where(t.Span.id == bindparam("b_id")).values(
    start_at=bindparam("start_at"), end_at=bindparam("end_at"), label=bindparam("label"), note=bindparam("note"),
    attributes=bindparam("attributes"), version=bindparam("version"), changed_at=bindparam("changed_at"),
)  # fmt: skip
_delete_span = delete(t.table(t.Span)).where(t.Span.id == bindparam("b_id"))
_delete_relation = delete(t.table(t.Relation)).where(t.Relation.id == bindparam("b_id"))


@_on("span.added")
def _span_added(entry: Entry, _payload: Payload) -> Statements:
    data = entry.data
    row = _span_row({"id": data["span"], **data["after"]})
    yield _add_span, {**row, "review": data["review"], "version": data["after"]["version"], "changed_at": entry.at}
    yield from _relations_moved(data)


@_on("span.changed")
def _span_changed(entry: Entry, _payload: Payload) -> Statements:
    row = _span_row({"id": entry.data["span"], **entry.data["after"]})
    row["b_id"] = row.pop("id")
    yield _change_span, {**row, "version": entry.data["after"]["version"], "changed_at": entry.at}
    yield from _relations_moved(entry.data)


@_on("span.deleted")
def _span_deleted(entry: Entry, _payload: Payload) -> Statements:
    yield from _relations_moved(entry.data)
    yield _delete_span, {"b_id": entry.data["span"]}


def _relations_moved(data: dict[str, Any]) -> Statements:
    """The relations that went, or came back, together with a change of a span."""
    for relation in data["dropped"]:
        yield _delete_relation, {"b_id": relation["id"]}
    if data["restored"]:
        yield _add_relation, _relation_rows(data["restored"], review=data["review"])


@_on("relation.added")
def _relation_added(entry: Entry, _payload: Payload) -> Statements:
    yield _add_relation, _relation_rows([entry.data["after"]], review=entry.data["review"])


@_on("relation.deleted")
def _relation_deleted(entry: Entry, _payload: Payload) -> Statements:
    yield _delete_relation, {"b_id": entry.data["before"]["id"]}


# -- adjudication

_add_decision = insert(t.table(t.Decision))
_drop_decision = delete(t.table(t.Decision)).where(
    t.Decision.article == bindparam("b_article"), t.Decision.group_id == bindparam("b_group")
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
_close = update(t.table(t.Article)).where(t.Article.id == bindparam("b_id")).values(
    state="closed", stale=False, closed_by=bindparam("b_by"), closed_at=bindparam("b_at")
)  # fmt: skip
_reopen_article = (
    update(t.table(t.Article)).where(t.Article.id == bindparam("b_id")).values(state="reopened", stale=True)
)
_add_served = insert(t.table(t.Served))


@_on("decision.made")
def _decision_made(entry: Entry, _payload: Payload) -> Statements:
    key = {"b_article": entry.article, "b_group": entry.data["group"]}
    after = entry.data["after"]
    yield _drop_decision, key
    yield _add_decision, {
        "article": entry.article, "group_id": entry.data["group"], "action": after["action"],
        "variants": as_json(after["variants"]), "spans": as_json(after["spans"]), "reason": after["reason"],
        "decided_by": entry.actor, "decided_at": entry.at,
    }  # fmt: skip


@_on("decision.undone")
def _decision_undone(entry: Entry, _payload: Payload) -> Statements:
    yield _drop_decision, {"b_article": entry.article, "b_group": entry.data["group"]}


def _gold_rows(entry: Entry) -> Statements:
    """The article's gold anew: what stood before goes, for the entry has the whole of it."""
    article, spans = {"b_article": entry.article}, entry.data["spans"]
    yield _drop_gold_relations, article
    yield _drop_origins, article
    yield _drop_gold, article
    if spans:
        yield (
            _add_gold,
            [
                {**_span_row(span), "article": entry.article, "decided_by": span["by"], "decided_at": span["at"]}
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
        yield _add_gold_relation, _relation_rows(entry.data["relations"], article=entry.article)


@_on("article.closed")
def _article_closed(entry: Entry, _payload: Payload) -> Statements:
    yield from _gold_rows(entry)
    yield _close, {"b_id": entry.article, "b_by": entry.actor, "b_at": entry.at}


@_on("article.reopened")
def _article_reopened(entry: Entry, _payload: Payload) -> Statements:
    yield _reopen_article, {"b_id": entry.article}


@_on("spans.served")
def _spans_served(entry: Entry, _payload: Payload) -> Statements:
    yield _add_served, [{"article": article, "name": entry.data["name"]} for article in entry.data["articles"]]
