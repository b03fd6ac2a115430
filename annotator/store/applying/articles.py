"""What a load does to the tables."""

from __future__ import annotations

from typing import Final

from sqlalchemy import insert

from annotator.core.assign import share_of, shuffled
from annotator.core.events import Entry
from annotator.core.text import excerpt
from annotator.store import tables as t
from annotator.store.applying.adjudication import CLOSE, gold_rows
from annotator.store.applying.rules import (
    Payload,
    Statements,
    add_relation,
    add_review,
    add_span,
    on,
    relation_rows,
    span_row,
)

_add_article = insert(t.table(t.Article))
_add_text = insert(t.table(t.ArticleText))
_add_suggestion = insert(t.table(t.Suggestion))
ARTICLE_FIELDS: Final = ("title", "url", "source", "author", "published", "language")


@on("article.loaded")
def _article_loaded(entry: Entry, payload: Payload) -> Statements:
    data = entry.data
    text, blocks = payload
    yield _add_article, {
        "id": entry.article, "project": entry.project, "position": data["position"], "key": data["key"],
        "excerpt": excerpt(text),
        "length": data["length"], "text_sha256": data["text_sha256"], "source_sha256": data["source_sha256"],
        "state": "open", "stale": False, "closed_by": None, "closed_at": None, "loaded_at": entry.at,
        "batch": None, "rank": 0, "share": share_of(data["text_sha256"]), "shuffle": shuffled(data["text_sha256"]),
        "needed": None, "purpose": None,
        **{name: data[name] for name in ARTICLE_FIELDS},
    }  # fmt: skip
    yield _add_text, {"article": entry.article, "blocks": blocks, "meta": data["meta"], "text": text}


@on("suggestions.loaded")
def _suggestions_loaded(entry: Entry, _payload: Payload) -> Statements:
    rows = [{**span_row(span), "article": entry.article} for span in entry.data["spans"]]
    yield _add_suggestion, rows


@on("review.loaded")
def _review_loaded(entry: Entry, _payload: Payload) -> Statements:
    data = entry.data
    yield add_review, {
        "id": data["review"], "article": entry.article, "reviewer": data["reviewer"], "state": "submitted",
        "scheme_version": data["scheme"], "assigned_at": entry.at, "begun_at": entry.at, "submitted_at": entry.at,
        "purpose": None,
    }  # fmt: skip
    if data["spans"]:
        yield (
            add_span,
            [
                {**span_row(span), "review": data["review"], "version": 1, "changed_at": span["at"]}
                for span in data["spans"]
            ],
        )
    if data["relations"]:
        yield add_relation, relation_rows(data["relations"], review=data["review"])


@on("gold.loaded")
def _gold_loaded(entry: Entry, _payload: Payload) -> Statements:
    yield from gold_rows(entry)
    yield CLOSE, {"b_id": entry.article, "b_by": None, "b_at": entry.at}
