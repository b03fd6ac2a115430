"""Feedback on training: what differed from the gold, once a training is submitted."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from flask import Blueprint, Response, render_template

from annotator.actions import qualifying
from annotator.core.agreement_counts import Mark
from annotator.core.spans import Span
from annotator.store import articles
from annotator.web import building, views
from annotator.web.bodies import json_answer
from annotator.web.context import database, viewer

pages = Blueprint("training", __name__)


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """One difference: the `kind`, and the words and label on either side, empty where that side has none."""

    kind: str
    mine_label: str
    mine: str
    gold_label: str
    gold: str
    start: int


@dataclass(frozen=True, slots=True)
class FeedbackPage:
    """templates/article/feedback.html: the article with the gold painted, and what differed."""

    project: str
    id: str
    title: str
    same: int
    marked: int
    gold: int
    differences: list[DifferenceView]
    blocks: list[views.BlockView]
    tail: str
    language: str


SHOWN = 300


@pages.get("/articles/<id>/feedback")
def feedback(id: str) -> str:
    """What differed from the gold in a training of mine."""
    found = qualifying.feedback(database(), viewer(), id)
    with database().read() as connection:
        body = articles.body(connection, id)
    page = FeedbackPage(
        found.article.project, id, building.title_of(found.article), found.same, len(found.mine), len(found.gold),
        [_difference(found.text, one.kind, one.mine, one.gold) for one in found.differences],
        building.blocks(body, found.gold), building.tail(body), found.article.language or "",
    )  # fmt: skip
    return render_template("article/feedback.html", page=page)


def _difference(text: str, kind: str, mine: Mark | None, gold: Mark | None) -> DifferenceView:
    start = (gold or mine or (0, 0, ""))[0]
    return DifferenceView(
        kind, mine[2] if mine else "", _words(text, mine), gold[2] if gold else "", _words(text, gold), start
    )  # fmt: skip


def _words(text: str, mark: Mark | None) -> str:
    if mark is None:
        return ""
    words = text[mark[0] : mark[1]]
    return words if len(words) <= SHOWN else words[:SHOWN] + "…"


class MarkAnswer(msgspec.Struct):
    start: int
    end: int
    label: str
    text: str


class DifferenceAnswer(msgspec.Struct):
    """`kind`: missed (in the gold alone), extra, label (same extent) or boundary (same label)."""

    kind: str
    mine: MarkAnswer | None
    gold: MarkAnswer | None


class FeedbackAnswer(msgspec.Struct):
    """`same`: how many spans are as in the gold; `gold` are all of its spans."""

    same: int
    differences: list[DifferenceAnswer]
    gold: list[MarkAnswer]


@pages.get("/api/v1/articles/<id>/feedback")
def show_feedback(id: str) -> Response:
    """What differed from the gold in a training of mine, once it is submitted."""
    found = qualifying.feedback(database(), viewer(), id)
    differences = [
        DifferenceAnswer(one.kind, _mark(found.text, one.mine), _mark(found.text, one.gold))
        for one in found.differences
    ]
    return json_answer(FeedbackAnswer(found.same, differences, [_span(found.text, one) for one in found.gold]))


def _mark(text: str, mark: Mark | None) -> MarkAnswer | None:
    return MarkAnswer(*mark, text[mark[0] : mark[1]]) if mark else None


def _span(text: str, span: Span) -> MarkAnswer:
    return MarkAnswer(span.start, span.end, span.label, text[span.start : span.end])
