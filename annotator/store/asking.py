"""Reading what passes between adjudicators and others: questions, notes, spot checks, who has a case open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, func, insert, select, update

from annotator.core.access import Viewer
from annotator.core.guideline_loop import cleared_by
from annotator.core.values import Article, Project
from annotator.store import needs, schemes
from annotator.store import tables as t
from annotator.store.articles import COLUMNS


@dataclass(frozen=True, slots=True)
class Question:
    """A question, to one of those it went to. `spans` are ids of spans of their own, `answer` None as yet."""

    id: str
    article: str
    group: str | None
    text: str
    by: str
    at: str
    name: str
    spans: tuple[str, ...]
    answer: str | None
    answered_at: str | None


_questions = select(
    t.Question.id, t.Question.article, t.Question.group_id, t.Question.text, t.Question.asked_by,
    t.Question.asked_at, t.Asked.name, t.Asked.spans, t.Asked.answer, t.Asked.answered_at,
).join(t.Asked, t.Asked.question == t.Question.id)  # fmt: skip


def _question(row: Any) -> Question:
    return Question(
        row.id, row.article, row.group_id, row.text, row.asked_by, row.asked_at, row.name,
        tuple(msgspec.json.decode(row.spans)), row.answer, row.answered_at,
    )  # fmt: skip


def my_questions(connection: Connection, viewer: Viewer, article_id: str) -> list[Question]:
    """The questions on the article that went to the viewer, oldest first: never to whom else they went."""
    query = _questions.where(t.Question.article == article_id, t.Asked.name == viewer.name)
    return [_question(row) for row in connection.execute(query.order_by(t.Question.asked_at, t.Question.id))]


def questions(connection: Connection, viewer: Viewer, article: Article) -> list[Question]:
    """All questions on the article, oldest first, once for each person asked; for those who may adjudicate."""
    viewer.require("adjudicate", article.project)
    query = _questions.where(t.Question.article == article.id)
    return [
        _question(row)
        for row in connection.execute(query.order_by(t.Question.asked_at, t.Question.id, t.Asked.name))
    ]  # fmt: skip


# -- the guideline loop


@dataclass(frozen=True, slots=True)
class Unclear:
    """What is to be cleared up in the guidelines: a note (`text`), or a group decided as unclear (`id` empty).

    `since` is the number of the scheme's version that says something new of it, None while there is none.
    """

    article: Article
    group: str
    label: str
    text: str
    by: str
    at: str
    since: int | None


def notes(connection: Connection, viewer: Viewer, project: Project) -> list[Unclear]:
    """The notes on the project's guidelines, newest first; for those who may see agreement."""
    viewer.require("see agreement", project.slug)
    note = t.GuidelineNote
    query = (
        select(*COLUMNS, note.group_id, note.label, note.text, note.noted_by, note.noted_at)
        .join(t.Article, t.Article.id == note.article)
        .where(t.Article.project == project.slug)
        .order_by(note.noted_at.desc(), note.id)
    )
    return _unclear(connection, project, connection.execute(query))


def decided_for(connection: Connection, viewer: Viewer, project: Project, reason: str) -> list[Unclear]:
    """The groups decided for that reason, newest first; says nothing of what stands there."""
    viewer.require("see agreement", project.slug)
    one = t.Decision
    query = (
        select(*COLUMNS, one.group_id, one.reason, one.reason, one.decided_by, one.decided_at)
        .join(t.Article, t.Article.id == one.article)
        .where(t.Article.project == project.slug, func.lower(one.reason) == reason)
        .order_by(one.decided_at.desc(), one.group_id)
    )
    return _unclear(connection, project, connection.execute(query))


def _unclear(connection: Connection, project: Project, rows: Iterable[Any]) -> list[Unclear]:
    """The rows with what has cleared each up; a reason for a decision is no label, so any label's help does."""
    versions = [(one.number, one.at, one.scheme) for one in reversed(schemes.versions(connection, project.slug))]
    found = []
    for row in map(tuple, rows):
        group, label, text, by, at = row[len(COLUMNS) :]
        since = cleared_by(versions, label, at)
        found.append(Unclear(Article(*row[: len(COLUMNS)]), group, label, text, by, at, since))
    return found


# -- spot checks


@dataclass(frozen=True, slots=True)
class Single:
    """An article whose one review is submitted, and who looked it through, if anyone did."""

    article: Article
    checked_by: str | None


def single_reviewed(connection: Connection, viewer: Viewer, project: Project) -> list[Single]:
    """The articles that need one review and have it submitted, and that nobody else has begun, in order."""
    viewer.require("adjudicate", project.slug)
    checked = select(func.min(t.SpotCheck.name)).where(t.SpotCheck.article == t.Article.id).scalar_subquery()
    query = (
        select(*COLUMNS, checked)
        .where(
            t.Article.project == project.slug, needs.needed(project) == 1, needs.number_of(needs.holds) == 1,
            needs.number_of(needs.counts) == 1,
        )
        .order_by(t.Article.position)
    )  # fmt: skip
    if not project.own_adjudication:
        mine = and_(t.Review.article == t.Article.id, t.Review.reviewer == viewer.name)
        query = query.where(~select(t.Review.id).where(mine).exists())
    return [Single(Article(*row[:-1]), row[-1]) for row in map(tuple, connection.execute(query))]


# -- who has a case open: no part of the log


def others_at(connection: Connection, viewer: Viewer, article_id: str, since: str) -> list[str]:
    """Who else has had the case of the article before them since that moment."""
    one = t.CaseOpening
    query = select(one.name).where(one.article == article_id, one.name != viewer.name, one.seen_at > since)
    return list(connection.execute(query.order_by(one.name)).scalars())


def last_seen(connection: Connection, viewer: Viewer, article_id: str) -> str | None:
    """When the viewer last had the case before them."""
    one = t.CaseOpening
    query = select(one.seen_at).where(one.article == article_id, one.name == viewer.name)
    return connection.execute(query).scalar()


def keep_seen(connection: Connection, viewer: Viewer, article_id: str, at: str) -> None:
    """Writes down that the viewer has the case before them at that moment."""
    mine = (t.CaseOpening.article == article_id, t.CaseOpening.name == viewer.name)
    changed = connection.execute(update(t.table(t.CaseOpening)).where(*mine).values(seen_at=at))
    if not changed.rowcount:
        row = {"article": article_id, "name": viewer.name, "seen_at": at}
        connection.execute(insert(t.table(t.CaseOpening)), row)
