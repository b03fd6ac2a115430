"""Questions: an adjudicator sends an article back to reviewers, who answer and submit again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from annotator.actions.cases import Case, open_for
from annotator.core.access import Viewer
from annotator.core.events import Event
from annotator.core.spans import check_note
from annotator.core.states import ARTICLE, REVIEW, step
from annotator.errors import Missing, Refused
from annotator.store import articles, asking, visible
from annotator.store.db import Database
from annotator.store.ids import new_id
from annotator.store.journal import record


def ask(
    db: Database, viewer: Viewer, article_id: str, text: str, *, to: Sequence[str] = (), group: str | None = None
) -> list[str]:  # fmt: skip
    """Re-opens the reviews of those in `to` with a question; answers with their names.

    Without names it goes to all who have a span in the group, or without a group to all. Each is shown
    the question and which spans of their own it is about: nothing of anyone else's. Raises Refused
    without words and for who has no review here, Conflict as `cases.may_open` and once closed.
    """
    words = check_note(text, "text").strip()
    if not words:
        raise Refused("Say in a few words what you would like to know.", where="text")
    with db.write() as connection:
        case = open_for(connection, viewer, article_id)
        step(ARTICLE, case.article.state, "decide")
        own = _own_spans(case, group)
        names = list(dict.fromkeys(to)) or [name for name in own if own[name] or group is None] or list(own)
        for name in names:
            if name not in own:
                raise Refused("Only who has submitted a review of this article can be asked.", where="to")
        about = [{"name": name, "spans": own[name]} for name in names]
        data = {"question": new_id(), "group": group, "text": words, "to": about}
        reviews = articles.review_ids(connection, article_id)
        record(
            connection,
            viewer.name,
            Event("question.asked", data, case.article.project, article_id),
            *[
                Event("review.reopened", {"review": reviews[name]}, case.article.project, article_id, reviews[name])
                for name in names
            ],
        )
    return names


def _own_spans(case: Case, group: str | None) -> dict[str, list[str]]:
    """For each reviewer the ids of the spans that they have in the group."""
    own: dict[str, list[str]] = {name: [] for name in case.layers}
    for variant in case.find(group).variants if group else ():
        for name, span in zip(variant.reviewers, variant.spans, strict=True):
            own[name].append(span)
    return own


def answer(db: Database, viewer: Viewer, article_id: str, answers: Mapping[str, str]) -> None:
    """Writes down what the viewer answers to questions that went to them, by the question's id; empty words are none.

    Raises Missing for a question that did not, Conflict once the review is submitted again.
    """
    said = {question: check_note(text, f"answer.{question}").strip() for question, text in answers.items()}
    with db.write() as connection:
        article = articles.article(connection, article_id)
        viewer.require("read article", article.project)
        mine = {one.id: one for one in asking.my_questions(connection, viewer, article_id)}
        review = visible.my_review(connection, viewer, article_id)
        for question in said:
            if question not in mine or review is None:
                raise Missing("There is no such question, or it did not go to you.", where=f"answer.{question}")
            step(REVIEW, review.state, "tag")
        events = [
            Event("question.answered", {"question": question, "text": text}, article.project, article_id)
            for question, text in said.items()
            if text and text != mine[question].answer
        ]
        if events:
            record(connection, viewer.name, *events)
