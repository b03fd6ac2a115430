"""What a reviewer does to the spans and relations of their own review. Each call is one step of undo."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import Connection

from annotator.actions.limits import Limits, check_pace
from annotator.actions.reviewing import go_on, reviewed
from annotator.actions.steps import (
    Done,
    call_of,
    done_before,
    keep,
    relation_data,
    sources,
    span_data,
    step_data,
    step_event,
)  # fmt: skip
from annotator.core.access import Viewer
from annotator.core.events import Event
from annotator.core.scheme import Scheme, check_attributes, check_relation
from annotator.core.spans import Extent, Span, check_extent, check_note, quoted, trim
from annotator.core.states import REVIEW, step
from annotator.core.values import Article, Relation, Review
from annotator.errors import Conflict, Refused, Stale, VersionNeeded
from annotator.store import articles, projects, schemes, visible
from annotator.store.db import Database
from annotator.store.ids import new_id
from annotator.store.journal import record


class NewSpan(msgspec.Struct, forbid_unknown_fields=True):
    """A span to add. `quote`, when given, must be the text there. Offsets are checked by `check_extent`."""

    start: Any
    end: Any
    label: str
    quote: str | None = None
    note: str = ""
    attributes: dict[str, Any] = {}


class SpanChange(msgspec.Struct, forbid_unknown_fields=True):
    """A change to a span: only the fields that are set. `attributes` are merged, null takes one away."""

    start: Any = msgspec.UNSET
    end: Any = msgspec.UNSET
    label: str | msgspec.UnsetType = msgspec.UNSET
    quote: str | msgspec.UnsetType | None = msgspec.UNSET
    note: str | msgspec.UnsetType = msgspec.UNSET
    attributes: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET


class NewRelation(msgspec.Struct, forbid_unknown_fields=True, rename={"source": "from", "target": "to"}):
    type: str
    source: str
    target: str


def add_span(
    db: Database,
    viewer: Viewer,
    article_id: str,
    new: NewSpan,
    limits: Limits,
    *,
    by_hand: bool,
    key: str | None = None,
) -> Done:
    """Adds a span to the viewer's review, which is begun (and the article assigned) by it if need be.

    The same (start, end, label) again answers with the first, `created` false (contract 2.7). `key` is
    the client's idempotency key: the same call sent again does nothing and answers with the same span. Raises
    Missing, Conflict (submitted, no place free, other text there), Refused (section 2.6), TooMany.
    """
    with db.write() as connection:
        call = call_of("add", article_id, new)
        before = done_before(connection, viewer, key, call)
        if before is not None:
            if before.after is None:
                raise Conflict("This span was added before and has been deleted since.", where="Idempotency-Key")
            return replace(before, created=True)
        article, scheme, review, events = reviewed(connection, viewer, article_id)
        step(REVIEW, review.state, "tag")
        text = articles.text(connection, article_id)
        extent = check_extent(text, new.start, new.end, new.quote)
        label = scheme.taggable(new.label)
        if by_hand:
            extent = quoted(text, trim(text, extent), label.quotes)
        present = visible.my_span_at(connection, review, extent.start, extent.end, new.label)
        if present is None:
            check_pace(connection, viewer, review, limits)
            present = Span(
                id=new_id(), start=extent.start, end=extent.end, label=new.label, note=check_note(new.note),
                attributes=check_attributes(scheme, new.label, new.attributes), by=viewer.name,
            )  # fmt: skip
            events += [*_begun(article, review), _added(article, review, present)]
            at = record(connection, viewer.name, *events)[-1].at
            begun = review.state == "assigned"
            done = Done(article_id, None, replace(present, at=at), created=True, begun=begun)
        else:
            done = Done(article_id, present, present)
        keep(connection, viewer, key, call, article_id, present.id)
        return done


def change_span(
    db: Database, viewer: Viewer, span_id: str, change: SpanChange, version: int | None, *, by_hand: bool = False,
    key: str | None = None,
) -> Done:  # fmt: skip
    """Moves, relabels, annotates a span; id, note, attributes and relations stay as far as the label has them.

    With a `key` the same call sent again does nothing, whatever the version has become. Raises
    VersionNeeded without `version`, Stale when it is not the present one (with the present span), Conflict
    when the same span exists already at the new place.
    """
    with db.write() as connection:
        call = call_of("change", span_id, change)
        before = done_before(connection, viewer, key, call)
        if before is not None:
            return before
        span, review, article, scheme = _own(connection, viewer, span_id)
        text = articles.text(connection, article.id)
        _check_version(span, version, text)
        after = _changed(text, scheme, span, change, by_hand=by_hand)
        keep(connection, viewer, key, call, article.id, span.id)
        if after == span:
            return Done(article.id, span, span)
        if (after.start, after.end, after.label) != (span.start, span.end, span.label):
            other = visible.my_span_at(connection, review, after.start, after.end, after.label)
            if other is not None:
                raise Conflict("You have this very span already.", where="start", extra={"id": other.id})
        after = replace(after, version=span.version + 1)
        dropped = _unfit(connection, scheme, review, after) if after.label != span.label else []
        data = step_data(review, span.id, before=span, after=after, dropped=dropped)
        entry = record(connection, viewer.name, step_event("span.changed", article, review, data))[0]
        return Done(article.id, span, replace(after, at=entry.at), linked=sources(data))


def delete_span(
    db: Database, viewer: Viewer, span_id: str, version: int | None = None, *, key: str | None = None
) -> Done:  # fmt: skip
    """Takes a span away with its relations; `undo` brings all of it back. Raises Stale for an old version."""
    with db.write() as connection:
        call = call_of("delete", span_id)
        before = done_before(connection, viewer, key, call)
        if before is not None:
            return before
        span, review, article, _ = _own(connection, viewer, span_id)
        if version is not None:
            _check_version(span, version, articles.text(connection, article.id))
        dropped = visible.relations_at(connection, review, span.id)
        data = step_data(review, span.id, before=span, dropped=dropped)
        keep(connection, viewer, key, call, article.id, span.id)
        record(connection, viewer.name, step_event("span.deleted", article, review, data))
        return Done(article.id, span, None, linked=sources(data))


def add_relation(db: Database, viewer: Viewer, article_id: str, new: NewRelation) -> tuple[Relation, bool]:
    """Links two spans of the viewer's review; a link that exists answers with itself and False."""
    with db.write() as connection:
        source, review, article, scheme = _own(connection, viewer, new.source)
        target, other_review = visible.my_span(connection, viewer, new.target)
        if article.id != article_id or other_review.id != review.id:
            raise Refused("Both ends must be spans of this article.", where="from")
        if source.id == target.id:
            raise Refused("A span cannot be linked to itself.", where="to")
        check_relation(scheme, new.type, source.label, target.label)
        for relation in visible.relations_at(connection, review, source.id):
            if (relation.type, relation.source, relation.target) == (new.type, source.id, target.id):
                return relation, False
        relation = Relation(new_id(), new.type, source.id, target.id)
        data = {"review": review.id, "after": relation_data(relation)}
        record(connection, viewer.name, step_event("relation.added", article, review, data))
        return relation, True


def delete_relation(db: Database, viewer: Viewer, relation_id: str, *, key: str | None = None) -> Done:
    """Takes a link away."""
    with db.write() as connection:
        call = call_of("unlink", relation_id)
        before = done_before(connection, viewer, key, call)
        if before is not None:
            return before
        relation, review = visible.my_relation(connection, viewer, relation_id)
        review = go_on(connection, viewer, review)
        step(REVIEW, review.state, "tag")
        article = articles.article(connection, review.article)
        data = {"review": review.id, "before": relation_data(relation)}
        keep(connection, viewer, key, call, article.id, relation.source)
        record(connection, viewer.name, step_event("relation.deleted", article, review, data))
        return Done(article.id, None, None, linked=(relation.source,))


# -- parts


def _own(connection: Connection, viewer: Viewer, span_id: str) -> tuple[Span, Review, Article, Scheme]:
    span, review = visible.my_span(connection, viewer, span_id)
    review = go_on(connection, viewer, review)
    step(REVIEW, review.state, "tag")
    article = articles.article(connection, review.article)
    viewer.require("read article", article.project)
    project = projects.project(connection, article.project)
    return span, review, article, schemes.of_review(connection, project, review)


def _changed(text: str, scheme: Scheme, span: Span, change: SpanChange, *, by_hand: bool) -> Span:
    unset = msgspec.UNSET
    label = span.label if change.label in (unset, span.label) else scheme.taggable(str(change.label)).name
    start = span.start if change.start is unset else change.start
    end = span.end if change.end is unset else change.end
    extent = check_extent(text, start, end, None if change.quote is unset else change.quote)
    if by_hand and extent != Extent(span.start, span.end):
        extent = trim(text, extent)
    kept = {name: v for name, v in span.attributes.items() if name in scheme.label(label).attributes}
    given = {} if isinstance(change.attributes, msgspec.UnsetType) else change.attributes
    taken_away = {name for name, value in given.items() if value in (None, "")}
    attributes = {**kept, **check_attributes(scheme, label, given)}
    return replace(
        span, start=extent.start, end=extent.end, label=label,
        note=span.note if isinstance(change.note, msgspec.UnsetType) else check_note(change.note),
        attributes={name: attributes[name] for name in sorted(attributes) if name not in taken_away},
    )  # fmt: skip


def _check_version(span: Span, version: int | None, text: str) -> None:
    if version is None:
        raise VersionNeeded("Say which version you change, in If-Match, so that no other change is lost.")
    if version != span.version:
        raise Stale(
            f"This span was changed meanwhile: it is at version {span.version}, you had {version}. "
            "Your change was not saved; both stand here.",
            extra={"current": {"id": span.id, "text": text[span.start : span.end], **span_data(span)}},
        )


def _unfit(connection: Connection, scheme: Scheme, review: Review, span: Span) -> list[Relation]:
    """The span's relations that the scheme does not allow under its new label."""
    unfit = []
    for relation in visible.relations_at(connection, review, span.id):
        rule = next((rule for rule in scheme.relations if rule.type == relation.type), None)
        if rule is None or span.label not in (rule.from_ if relation.source == span.id else rule.to):
            unfit.append(relation)
    return unfit


def _begun(article: Article, review: Review) -> list[Event]:
    if review.state != "assigned":
        return []
    return [step_event("review.begun", article, review, {"review": review.id})]


def _added(article: Article, review: Review, span: Span) -> Event:
    return step_event("span.added", article, review, step_data(review, span.id, after=span))
