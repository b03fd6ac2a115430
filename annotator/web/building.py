"""From values of core and store to what the pages show (`views`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from itertools import islice
from typing import Any

import msgspec
from markupsafe import Markup
from sqlalchemy import Connection

from annotator.actions.steps import Done
from annotator.actions.undoing import History, history
from annotator.clean import rendered
from annotator.core.access import Viewer
from annotator.core.names import names_in
from annotator.core.openness import open_items
from annotator.core.scheme import Scheme
from annotator.core.segments import lanes, pieces, spans_of_blocks
from annotator.core.spans import Span
from annotator.core.values import Article, Body, Project, Relation, Review
from annotator.store import articles, asking, desk, line, projects, schemes, visible
from annotator.web import views
from annotator.web.languages import translate as _

LAST_LANE = 5


def state_in_words(state: str | None) -> str:
    """A review's state, or that there is none yet, in the reader's language."""
    words = {
        "in_progress": _("in progress"), "submitted": _("submitted"), "lapsed": _("given back"),
        "withdrawn": _("taken back"),
    }  # fmt: skip
    return words.get(state or "", _("not started"))


def title_of(article: Article) -> str:
    """What to call an article: its title, else its first words."""
    return article.title or article.excerpt


def byline(article: Article) -> str:
    """Author, source and date, as far as they are known."""
    return ", ".join(part for part in (article.author, article.source, article.published) if part)


def blocks(
    body: Body, spans: Sequence[Span], only: Iterable[int] | None = None, furniture: Container[int] = ()
) -> list[views.BlockView]:  # fmt: skip
    """The article's blocks with the spans painted; only those with the numbers in `only`, if given.

    `furniture` are those that the viewer marked as what they are not by themselves.

    Lanes are laid out within each block, so a step changes no block that its span does not touch.
    """
    wanted = None if only is None else set(only)
    touching = spans_of_blocks(body.blocks, spans)
    parted = "\n\n" in body.text
    found = []
    for index, block in enumerate(body.blocks):
        if wanted is not None and index not in wanted:
            continue
        gap = body.text[body.blocks[index - 1].end if index else 0 : block.start]
        lane_of = lanes(touching[index])
        found.append(views.BlockView(
            index=index, start=block.start, end=block.end, kind=block.kind, level=block.level, gap=gap,
            tight=parted and gap == "\n", furniture=(index in furniture) != block.furniture,
            pieces=[
                _piece(body.text, piece) for piece in pieces(block.start, block.end, touching[index], lane_of)
            ],
        ))  # fmt: skip
    return found


def _piece(text: str, piece: Any) -> views.PieceView:
    words = text[piece.start : piece.end]
    if not piece.ids:
        return views.PieceView(words)
    inner = piece.labels[piece.ids.index(piece.innermost)]
    lines = [f"u{min(lane, LAST_LANE)}-{label}" for lane, label in zip(piece.lanes, piece.labels, strict=True)]
    return views.PieceView(
        words, " ".join(piece.ids), " ".join(piece.labels), " ".join(["on", *lines, f"tint-{inner}"]),
        ", ".join(piece.labels),
    )  # fmt: skip


def tail(body: Body) -> str:
    """The text behind the last block."""
    return body.text[body.blocks[-1].end :] if body.blocks else body.text


def labels(scheme: Scheme, spans: Iterable[Span] = ()) -> list[views.LabelView]:
    """The scheme's labels with the number of spans of each."""
    counts = Counter(span.label for span in spans)
    return [
        views.LabelView(
            one.name, one.title or one.name, one.key, one.help,
            Markup(rendered(one.help)),  # noqa: S704 - `rendered` is what makes it safe
            one.line, counts[one.name], one.retired,
        )
        for one in scheme.labels
    ]  # fmt: skip


def span_items(
    scheme: Scheme, text: str, spans: Sequence[Span], relations: Iterable[Relation], only: Iterable[str] | None = None
) -> list[views.SpanView]:  # fmt: skip
    """The list of spans in order; only the items with the ids in `only`, if given."""
    wanted = None if only is None else set(only)
    by_id = {span.id: span for span in spans}
    of_source: dict[str, list[views.RelationView]] = {}
    for relation in relations:
        target = by_id[relation.target]
        of_source.setdefault(relation.source, []).append(
            views.RelationView(relation.id, relation.type, target.id, target.label, text[target.start : target.end])
        )
    found, before = [], ""
    for span in spans:
        if wanted is None or span.id in wanted:
            found.append(_span_item(scheme, text, span, of_source.get(span.id, []), before))
        before = span.id
    return found


def _span_item(
    scheme: Scheme, text: str, span: Span, relations: list[views.RelationView], after: str
) -> views.SpanView:  # fmt: skip
    label = scheme.label(span.label)
    values = {f"attr.{name}": str(value) for name, value in span.attributes.items()}
    if span.note:
        values["note"] = span.note
    return views.SpanView(
        span.id, span.start, span.end, span.label, label.title or label.name, text[span.start : span.end], span.note,
        span.version, msgspec.json.encode(values).decode() if values else "", relations, after,
    )  # fmt: skip


def workspace(connection: Connection, viewer: Viewer, article_id: str, chosen: str = "") -> views.Workspace:
    """The page to tag an article on, with the span `chosen` if it is the viewer's. Raises Missing."""
    article = articles.article(connection, article_id)
    viewer.require("read article", article.project)
    project = projects.project(connection, article.project)
    body = articles.body(connection, article_id)
    review = visible.my_review(connection, viewer, article_id)
    scheme = schemes.of_review(connection, project, review)
    spans = visible.my_spans(connection, viewer, review)
    relations = visible.my_relations(connection, viewer, review)
    steps = history(connection, viewer, review)
    queue = _queue(connection, viewer, article)
    locked = _locked(connection, viewer, project, article, review)
    named = [*desk.speakers(connection, viewer, project.slug), *names_in(body.text)]
    return views.Workspace(
        project=project.slug, project_title=project.title, id=article.id, title=title_of(article),
        byline=byline(article), url=article.url, language=article.language or "", direction="auto",
        state=state_in_words(review.state if review else None), locked=locked, may_submit=not locked,
        may_reopen=review is not None and review.state == "submitted",
        blocks=blocks(body, spans, furniture=desk.furniture(connection, viewer, review)), tail=tail(body),
        spans=span_items(scheme, body.text, spans, relations), labels=labels(scheme, spans),
        attributes=attribute_fields(scheme), relations=relation_rules(scheme),
        queue=queue, total=len(queue),
        done=sum(item.submitted for item in queue), undo=steps.undo is not None and not locked,
        redo=steps.redo is not None and not locked, open_items=open_views(scheme, body.text, spans, relations),
        people=list(dict.fromkeys(named)), chosen=chosen if any(span.id == chosen for span in spans) else "",
        place=desk.place(connection, viewer, article_id)[0],
        newer_scheme=not locked and review is not None and review.scheme_version < project.scheme_version,
        guidelines=Markup(rendered(scheme.guidelines)),  # noqa: S704 - `rendered` is what makes it safe
        training=_training(review), questions=_questions(connection, viewer, article_id, body.text, spans),
    )  # fmt: skip


def _training(review: Review | None) -> str:
    if review is None or review.purpose != "training":
        return ""
    return "done" if review.state == "submitted" else "open"


def _questions(
    connection: Connection, viewer: Viewer, article_id: str, text: str, spans: Iterable[Span]
) -> list[views.QuestionView]:  # fmt: skip
    """What adjudicators ask the viewer; of the spans they ask about, those that are still there."""
    by_id = {span.id: span for span in spans}
    return [
        views.QuestionView(
            one.id, one.by, one.text,
            [(i, by_id[i].label, text[by_id[i].start : by_id[i].end]) for i in one.spans if i in by_id],
            one.answer or "",
        )
        for one in asking.my_questions(connection, viewer, article_id)
    ]  # fmt: skip


MOST_OPEN = 50


def open_views(
    scheme: Scheme, text: str, spans: Sequence[Span], relations: Iterable[Relation]
) -> list[views.OpenView]:  # fmt: skip
    """What is still open before submitting, in words: the first fifty of it."""
    ends = {rule.type: _(" or ").join(rule.to) for rule in scheme.relations}
    found = []
    for item in islice(open_items(scheme, spans, relations), MOST_OPEN):
        span, name = item.span, item.name.replace("_", " ")
        if item.kind == "relation":
            why = _("%(name)s: no %(labels)s chosen", name=name, labels=ends[item.name])
        else:
            why = _("%(name)s is empty", name=name)
        found.append(views.OpenView(span.id, span.label, text[span.start : min(span.end, span.start + 80)], why))
    return found


def attribute_fields(scheme: Scheme) -> list[views.AttributeView]:
    """The fields of the span editor in the order that labels name them, each with the labels that have it."""
    names = dict.fromkeys(name for label in scheme.labels for name in label.attributes)
    return [
        views.AttributeView(
            name, rule.type, rule.required, rule.choices,
            " ".join(label.name for label in scheme.labels if name in label.attributes),
        )
        for name, rule in ((name, scheme.attributes[name]) for name in names)
    ]  # fmt: skip


def relation_rules(scheme: Scheme) -> list[dict[str, Any]]:
    """The relation types with the labels allowed at either end, for the page to offer."""
    return [{"type": rule.type, "from": list(rule.from_), "to": list(rule.to)} for rule in scheme.relations]


def _locked(
    connection: Connection, viewer: Viewer, project: Project, article: Article, review: Review | None
) -> str:  # fmt: skip
    if review is not None:
        return _standing(connection, project, article, review)
    if not viewer.may("tag", project.slug):
        return _("You are no reviewer of this project, so you can read here but not tag.")
    if line.measures(connection, article.id, viewer.name) is None and not line.is_free(connection, project, article.id):
        return _("Every review this article needs is taken. Take the next article instead.")
    return ""


def _standing(connection: Connection, project: Project, article: Article, review: Review) -> str:
    if review.state == "submitted":
        return _("This review is submitted. Re-open it to change it.")
    if review.state == "withdrawn":
        return _("A manager took this review back. What you marked is kept.")
    if review.state == "lapsed" and not review.purpose and not line.is_free(connection, project, article.id):
        return _("This review was left for so long that its place went to someone else. What you marked is kept.")
    return ""


def _queue(connection: Connection, viewer: Viewer, current: Article) -> list[views.QueueItem]:
    counts = visible.my_span_counts(connection, viewer, current.project)
    mine = articles.mine(connection, current.project, viewer.name)
    spent = desk.seconds_spent(connection, viewer, current.project)
    return [
        views.QueueItem(
            one.article.id, title_of(one.article), state_in_words(one.state), counts.get(one.article.id, 0),
            one.article.id == current.id, spent.get(one.article.id, 0) // 60, one.state == "submitted",
        )
        for one in mine
    ]  # fmt: skip


def changes(connection: Connection, viewer: Viewer, article_id: str, done: Done, message: str) -> views.Changes:
    """What a step changed on the page: the blocks its span stood or stands in, the list items, the counts."""
    article = articles.article(connection, article_id)
    project = projects.project(connection, article.project)
    body = articles.body(connection, article_id)
    review = visible.my_review(connection, viewer, article_id)
    scheme = schemes.of_review(connection, project, review)
    spans = visible.my_spans(connection, viewer, review)
    relations = visible.my_relations(connection, viewer, review)
    steps: History = history(connection, viewer, review)
    queue = _queue(connection, viewer, article)
    before, after = done.before, done.after
    # A call sent again may never have reached the page the first time: then all that it could show is sent.
    moved = bool(done.again) or before is None or after is None or _place(before) != _place(after)
    # A span's words stand in the items of the spans that are linked to it, too.
    linked = {r.source for r in relations if after is not None and r.target == after.id} if moved else set()
    linked |= set(done.linked)
    one = {after.id} if after is not None else set()
    items = {item.id: item for item in span_items(scheme, body.text, spans, relations, one | linked)}
    inserted = [items[i] for i in one if moved]
    removed = [done.again] if done.again else [before.id] if before is not None and moved else []
    touched = None if done.again else [*_touched(body, before, after), *done.blocks] if moved else done.blocks
    named = {span.label for span in (before, after) if span is not None}
    replaced = [item for item in items.values() if item not in inserted]
    return views.Changes(
        id=article_id, blocks=blocks(body, spans, touched, desk.furniture(connection, viewer, review)),
        removed=removed, inserted=inserted, replaced=replaced,
        labels=[one for one in labels(scheme, spans) if done.again or one.name in named],
        count=len(spans), undo=steps.undo is not None,
        redo=steps.redo is not None, message=message, chosen=after.id if after is not None else "",
        open_items=open_views(scheme, body.text, spans, relations),
        current=next((item for item in queue if item.current), None), queue=queue if done.begun else [],
        done=sum(item.submitted for item in queue), total=len(queue),
    )  # fmt: skip


def _place(span: Span) -> tuple[int, int, str]:
    return (span.start, span.end, span.label)


def _touched(body: Body, *spans: Span | None) -> list[int]:
    return [
        index for index, block in enumerate(body.blocks)
        if any(span is not None and span.start < block.end and block.start < span.end for span in spans)
    ]  # fmt: skip
