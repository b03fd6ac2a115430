"""The JSON API (contract section 5): the same actions as the pages, bodies in and out as JSON."""

from __future__ import annotations

import hashlib
import io
import shutil
import tempfile
from typing import Any, TypeVar

import msgspec
from flask import Blueprint, Response, request

from annotator.actions import loading, projects, reviewing, tagging
from annotator.actions.projects import check_slug
from annotator.actions.tagging import NewRelation, NewSpan, SpanChange
from annotator.core.access import Viewer
from annotator.core.scheme import DEFAULT_SCHEME, Scheme, check_scheme
from annotator.core.spans import Span
from annotator.core.states import REVIEW
from annotator.core.values import Project
from annotator.errors import Refused, Unreadable
from annotator.formats.jsonl import read as read_jsonl
from annotator.store import articles, asking, visible
from annotator.store import projects as projects_store
from annotator.web import answers
from annotator.web.bodies import body as _body
from annotator.web.bodies import check_parses
from annotator.web.bodies import json_answer as _json
from annotator.web.context import database, limits, viewer
from annotator.web.exports import SPOOLED_IN_MEMORY, streamed_export
from annotator.web.guard import MAX_FILES

pages = Blueprint("api", __name__, url_prefix="/api/v1")
T = TypeVar("T")
MAX_LIMIT = 200


def _page() -> tuple[int, int]:
    """`after` and `limit` of a list."""
    found = []
    for name, default in (("after", "0"), ("limit", "50")):
        text = request.args.get(name, default)
        if not text.isdecimal() or len(text) > 15:
            raise Refused(f"{name} is not one of ours: {text!r}.", where=name)
        found.append(int(text))
    return found[0], max(1, min(found[1], MAX_LIMIT))


# -- projects


class NewProject(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    title: str | None = None
    reviews: int = 2
    scheme: Scheme | None = None


@pages.get("/projects")
def list_projects() -> Response:
    """The projects I have a role in."""
    me = viewer()
    after, limit = _page()
    with database().read() as connection:
        counts = projects_store.article_counts(connection)
        found = projects_store.projects(connection, me)
    shown = found[after : after + limit]
    items = [_project(me, one, counts.get(one.slug, 0)) for one in shown]
    return _json(answers.ProjectList(items, str(after + limit) if len(found) > after + limit else None))


def _project(me: Viewer, project: Project, articles: int) -> answers.ProjectAnswer:
    role = _role(me, project.slug)
    return answers.ProjectAnswer(project.slug, project.slug, project.title, role, project.reviews, articles)


def _role(me: Viewer, slug: str) -> str:
    held = me.roles.get(slug, frozenset())
    return next((role for role in ("manager", "adjudicator", "reviewer") if role in held), "admin")


@pages.post("/projects")
def add_project() -> Response:
    """Makes a project; admins only."""
    me = viewer()
    me.require("manage people")
    new = _body(NewProject)
    scheme = check_scheme(new.scheme) if new.scheme else DEFAULT_SCHEME
    check_slug(new.id, where="id")
    made = projects.add_project(
        database(), new.id, title=new.title, scheme=scheme, reviews=new.reviews, viewer=me
    )  # fmt: skip
    return _json(_project(me, made, 0), 201)


@pages.get("/projects/<slug>/articles")
def list_articles(slug: str) -> Response:
    """The project's articles in the order they were loaded, with the state of my review of each."""
    me = viewer()
    me.require("see project", slug)
    after, limit = _page()
    with database().read() as connection:
        project = projects_store.project(connection, slug)
        found = articles.listed(connection, project, me.name, after=after, limit=limit + 1)
    sees = me.may("adjudicate", slug) or me.may("manage project", slug)
    items = [_item(one, sees=sees) for one in found[:limit]]
    more = str(found[limit - 1].article.position) if len(found) > limit else None
    return _json(answers.ArticleList(items, more))


def _item(one: articles.Listed, *, sees: bool) -> answers.ArticleItem:
    article = one.article
    item = answers.ArticleItem(
        article.id, article.key, article.title, article.source, article.length, article.text_sha256,
        answers.ReviewAnswer(one.state) if one.state else None,
    )  # fmt: skip
    if sees:
        item.state, item.stale, item.assigned, item.submitted = article.state, article.stale, one.taken, one.submitted
    return item


@pages.post("/projects/<slug>/articles")
def load_articles(slug: str) -> Response:
    """Loads one article (a JSON object) or many (application/x-ndjson): all of them or none."""
    me = viewer()
    me.require("load", slug)
    dry_run = request.args.get("dry_run") in {"1", "true"}
    if request.mimetype == "application/x-ndjson":
        request.max_content_length = MAX_FILES
        # Taken in whole before the database is locked: a slow sender holds up nobody's saving.
        stream: Any = tempfile.SpooledTemporaryFile(max_size=SPOOLED_IN_MEMORY)  # noqa: SIM115
        shutil.copyfileobj(request.stream, stream)
        stream.seek(0)
    elif request.mimetype == "application/json":
        data = request.get_data()
        check_parses(data)
        stream = io.BytesIO(data.replace(b"\r", b" ").replace(b"\n", b" "))
    else:
        raise Unreadable("Send application/json (one article) or application/x-ndjson (one a line).")
    try:
        with stream:
            report = loading.Report()
            lines = read_jsonl(stream, "line", report.options())
            loading.load(
                database(), lines, viewer=me, project=slug, report=report, dry_run=dry_run,
                named=loading.named(request.args.get("as", "reviews")),
            )  # fmt: skip
    except Refused as refused:
        place, _, field = (refused.where or "").removeprefix("line:").partition(": ")
        refused.where = place or None
        refused.extra |= {"field": field} if field else {}
        for one in refused.extra.get("refusals", ()):
            one["where"] = one["where"].removeprefix("line:")
        raise
    answer = answers.LoadAnswer(report.loaded, report.same, report.suggestions, report.reviews)
    return _json(answer, 200 if dry_run else 201)


@pages.post("/projects/<slug>/next")
def take_next(slug: str) -> Response:
    """The article to review next."""
    found = reviewing.take_next(database(), viewer(), slug)
    return _article(found) if found else Response(status=204)


@pages.get("/projects/<slug>/export")
def export(slug: str) -> Response:
    """The export, streamed."""
    return streamed_export(slug, request.args)


# -- articles and spans


@pages.get("/articles/<id>")
def show_article(id: str) -> Response:
    """The article with my review, spans and relations."""
    return _article(id)


def _article(id: str) -> Response:
    me = viewer()
    with database().read() as connection:
        article = articles.article(connection, id)
        me.require("read article", article.project)
        body = articles.body(connection, id)
        review = visible.my_review(connection, me, id)
        spans = visible.my_spans(connection, me, review)
        relations = visible.my_relations(connection, me, review)
        questions = asking.my_questions(connection, me, id)
    value = answers.ArticleAnswer(
        article.id, article.project, article.key, article.title, article.url, article.source, article.author,
        article.published, article.language, body.text, article.text_sha256,
        [answers.BlockAnswer(block.start, block.end, block.kind, block.level) for block in body.blocks],
        answers.ReviewAnswer(review.state, review.submitted_at) if review else None,
        [answers.span(span, body.text) for span in spans],
        [answers.relation(relation) for relation in relations],
        [
            answers.QuestionAnswer(one.id, one.text, one.by, one.at, list(one.spans), one.answer)
            for one in questions
        ],
    )  # fmt: skip
    data = msgspec.json.encode(value)
    response = Response(data, mimetype="application/json")
    response.set_etag(hashlib.sha256(data).hexdigest()[:20])
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)


@pages.get("/articles/<id>/spans")
def list_spans(id: str) -> Response:
    """My spans of the article."""
    me = viewer()
    with database().read() as connection:
        article = articles.article(connection, id)
        me.require("read article", article.project)
        text = articles.text(connection, id)
        spans = visible.my_spans(connection, me, visible.my_review(connection, me, id))
    after, limit = _page()
    shown = [answers.span(span, text) for span in spans[after : after + limit]]
    return _json(answers.SpanList(shown, str(after + limit) if len(spans) > after + limit else None))


def _span(span: Span, article: str, status: int = 200) -> Response:
    with database().read() as connection:
        text = articles.text(connection, article)
    response = _json(answers.span(span, text), status)
    response.set_etag(str(span.version))
    return response


@pages.post("/articles/<id>/spans")
def add_span(id: str) -> Response:
    """Adds a span to my review: 201, or 200 with the one that is there already."""
    key = request.headers.get("Idempotency-Key")
    done = tagging.add_span(database(), viewer(), id, _body(NewSpan), limits(), by_hand=False, key=key)
    assert done.after is not None
    return _span(done.after, id, 201 if done.created else 200)


def _if_match(id: str) -> int | None:
    """The version in If-Match, `*` for the present one; None without the header. What is none of ours fits nothing."""
    given = request.headers.get("If-Match")
    if given is None:
        return None
    if given.strip() == "*":
        with database().read() as connection:
            return visible.my_span(connection, viewer(), id)[0].version
    text = given.strip().removeprefix("W/").strip('"')
    return int(text) if text.isdecimal() and len(text) < 15 else -1


@pages.patch("/spans/<id>")
def change_span(id: str) -> Response:
    """Changes a span of mine, if it is still at the version in If-Match."""
    change = _body(SpanChange)
    done = tagging.change_span(database(), viewer(), id, change, _if_match(id))
    assert done.after is not None
    return _span(done.after, done.article)


@pages.delete("/spans/<id>")
def delete_span(id: str) -> Response:
    """Takes a span of mine away; with If-Match, only at that version."""
    tagging.delete_span(database(), viewer(), id, _if_match(id))
    return Response(status=204)


@pages.post("/articles/<id>/relations")
def add_relation(id: str) -> Response:
    """Links two spans of mine."""
    relation, made = tagging.add_relation(database(), viewer(), id, _body(NewRelation))
    return _json(answers.relation(relation), 201 if made else 200)


@pages.delete("/relations/<id>")
def delete_relation(id: str) -> Response:
    """Takes a link of mine away."""
    tagging.delete_relation(database(), viewer(), id)
    return Response(status=204)


@pages.post("/articles/<id>/<any(submit, reopen):act>")
def hand_in(id: str, act: str) -> Response:
    """Submits my review, or takes it back."""
    (reviewing.submit if act == "submit" else reviewing.reopen)(database(), viewer(), id)
    return _json(answers.StateAnswer(REVIEW["in_progress" if act == "submit" else "submitted"][act]))
