"""What happens between adjudicators and others: questions to reviewers, notes on the guidelines, spot checks."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, insert, update

from annotator.core.events import Entry
from annotator.store import tables as t
from annotator.store.applying.rules import Payload, Statements, as_json, on

_add_question = insert(t.table(t.Question))
_add_asked = insert(t.table(t.Asked))
_answer = (
    update(t.table(t.Asked))
    .where(t.Asked.question == bindparam("b_question"), t.Asked.name == bindparam("b_name"))
    .values(answer=bindparam("b_answer"), answered_at=bindparam("b_at"))
)
_add_note = insert(t.table(t.GuidelineNote))
_add_check = insert(t.table(t.SpotCheck))
_drop_check = delete(t.table(t.SpotCheck)).where(
    t.SpotCheck.article == bindparam("b_article"), t.SpotCheck.name == bindparam("b_name")
)


@on("question.asked")
def _question_asked(entry: Entry, _payload: Payload) -> Statements:
    data = entry.data
    yield _add_question, {
        "id": data["question"], "article": entry.article, "group_id": data["group"], "text": data["text"],
        "asked_by": entry.actor, "asked_at": entry.at,
    }  # fmt: skip
    nothing = {"answer": None, "answered_at": None}
    yield (
        _add_asked,
        [
            {"question": data["question"], "name": one["name"], "spans": as_json(one["spans"]), **nothing}
            for one in data["to"]
        ],
    )


@on("question.answered")
def _question_answered(entry: Entry, _payload: Payload) -> Statements:
    data = entry.data
    yield _answer, {
        "b_question": data["question"], "b_name": entry.actor, "b_answer": data["text"], "b_at": entry.at
    }  # fmt: skip


@on("guideline.noted")
def _guideline_noted(entry: Entry, _payload: Payload) -> Statements:
    data = entry.data
    yield _add_note, {
        "id": data["note"], "article": entry.article, "group_id": data["group"], "label": data["label"],
        "text": data["text"], "noted_by": entry.actor, "noted_at": entry.at,
    }  # fmt: skip


@on("article.checked")
def _article_checked(entry: Entry, _payload: Payload) -> Statements:
    yield _drop_check, {"b_article": entry.article, "b_name": entry.actor}
    yield _add_check, {"article": entry.article, "name": entry.actor, "at": entry.at}
