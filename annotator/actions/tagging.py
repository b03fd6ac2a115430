"""What a reviewer does to the spans and relations of their own review. Each call is one step of undo."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from sqlalchemy import Connection

from annotator.actions.limits import Limits, check_pace
from annotator.actions.reviewing import reviewed
from annotator.core.access import Viewer
from annotator.core.events import Entry, Event
from annotator.core.scheme import Scheme, check_attributes, check_relation
from annotator.core.spans import Extent, Span, check_extent, check_note, trim
from annotator.core.states import REVIEW, step
from annotator.core.values import Article, Relation, Review
from annotator.errors import Conflict, Refused, Stale, VersionNeeded
from annotator.store import articles, idempotency, projects, visible
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


@dataclass(frozen=True, slots=True)
class Done:
    """What a step did: the span as it was and as it is (None: not there), and where.

    `linked` are ids of spans whose relations changed with it; `begun`: the step took the article up.
    """

    article: str
    before: Span | None
    after: Span | None
    created: bool = False
    linked: tuple[str, ...] = ()
    begun: bool = False


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
        sent_before = _sent_before(connection, viewer, article_id, key, new)
        if sent_before is not None:
            return Done(article_id, None, sent_before, created=True)
        article, scheme, review, events = reviewed(connection, viewer, article_id)
        step(REVIEW, review.state, "tag")
        text = articles.text(connection, article_id)
        extent = check_extent(text, new.start, new.end, new.quote)
        if by_hand:
            extent = trim(text, extent)
        scheme.label(new.label)
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
        if key:
            idempotency.remember(connection, viewer.name, key, _fingerprint(article_id, new), present.id)
        return done


def change_span(
    db: Database, viewer: Viewer, span_id: str, change: SpanChange, version: int | None, *, by_hand: bool = False
) -> Done:
    """Moves, relabels, annotates a span; id, note, attributes and relations stay as far as the label has them.

    Raises VersionNeeded without `version`, Stale when it is not the present one (with the present span),
    Conflict when the same span exists already at the new place.
    """
    with db.write() as connection:
        span, review, article, scheme = _own(connection, viewer, span_id)
        text = articles.text(connection, article.id)
        _check_version(span, version, text)
        after = _changed(text, scheme, span, change, by_hand=by_hand)
        if after == span:
            return Done(article.id, span, span)
        if (after.start, after.end, after.label) != (span.start, span.end, span.label):
            other = visible.my_span_at(connection, review, after.start, after.end, after.label)
            if other is not None:
                raise Conflict("You have this very span already.", where="start", extra={"id": other.id})
        after = replace(after, version=span.version + 1)
        dropped = _unfit(connection, scheme, review, after) if after.label != span.label else []
        data = _step(review, span.id, before=span, after=after, dropped=dropped)
        entry = record(connection, viewer.name, _event("span.changed", article, review, data))[0]
        return Done(article.id, span, replace(after, at=entry.at), linked=_sources(data))


def delete_span(db: Database, viewer: Viewer, span_id: str, version: int | None = None) -> Done:
    """Takes a span away with its relations; `undo` brings all of it back. Raises Stale for an old version."""
    with db.write() as connection:
        span, review, article, _ = _own(connection, viewer, span_id)
        if version is not None:
            _check_version(span, version, articles.text(connection, article.id))
        dropped = visible.relations_at(connection, review, span.id)
        data = _step(review, span.id, before=span, dropped=dropped)
        record(connection, viewer.name, _event("span.deleted", article, review, data))
        return Done(article.id, span, None, linked=_sources(data))


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
        data = {"review": review.id, "after": _relation_data(relation)}
        record(connection, viewer.name, _event("relation.added", article, review, data))
        return relation, True


def delete_relation(db: Database, viewer: Viewer, relation_id: str) -> tuple[str, Relation]:
    """Takes a link away; answers with the article's id and what it was."""
    with db.write() as connection:
        relation, review = visible.my_relation(connection, viewer, relation_id)
        step(REVIEW, review.state, "tag")
        article = articles.article(connection, review.article)
        data = {"review": review.id, "before": _relation_data(relation)}
        record(connection, viewer.name, _event("relation.deleted", article, review, data))
        return article.id, relation


# -- undo and redo


@dataclass(frozen=True, slots=True)
class History:
    """The steps that `undo` and `redo` would act on now; None when there is none."""

    undo: Entry | None
    redo: Entry | None


def history(connection: Connection, viewer: Viewer, review: Review | None) -> History:
    """What undo and redo would act on, read from the review's log backwards."""
    if review is None:
        return History(None, None)
    return History(
        _undoable(visible.my_steps(connection, viewer, review)),
        _redoable(visible.my_steps(connection, viewer, review)),
    )


def _undoable(steps: Iterable[Entry]) -> Entry | None:
    """The newest step that stands: each undo on the way hides one step before it."""
    hidden = 0
    for entry in steps:
        if "undoes" in entry.data:
            hidden += 1
        elif hidden:
            hidden -= 1
        else:
            return entry
    return None


def _redoable(steps: Iterable[Entry]) -> Entry | None:
    """The newest undo that was not redone, unless another step came after it."""
    again = 0
    for entry in steps:
        if "redoes" in entry.data:
            again += 1
        elif "undoes" not in entry.data:
            return None
        elif again:
            again -= 1
        else:
            return entry
    return None


def undo(db: Database, viewer: Viewer, article_id: str) -> Done:
    """Takes the last step back, with everything that went or came with it. Raises Conflict when there is none."""
    return _travel(db, viewer, article_id, back=True)


def redo(db: Database, viewer: Viewer, article_id: str) -> Done:
    """Does the step taken back last again. Raises Conflict when there is none."""
    return _travel(db, viewer, article_id, back=False)


def _travel(db: Database, viewer: Viewer, article_id: str, *, back: bool) -> Done:
    with db.write() as connection:
        article = articles.article(connection, article_id)
        viewer.require("read article", article.project)
        review = visible.my_review(connection, viewer, article_id)
        found = history(connection, viewer, review)
        entry = found.undo if back else found.redo
        if review is None or entry is None:
            raise Conflict("There is nothing to undo." if back else "There is nothing to redo.")
        step(REVIEW, review.state, "tag")
        # To redo is to take the undo back.
        action, data = _inverse(connection, viewer, entry)
        data["undoes" if back else "redoes"] = entry.seq
        at = record(connection, viewer.name, _event(action, article, review, data))[0].at
        before, after = (_span_of(data, side, viewer.name, at) for side in ("before", "after"))
        return Done(article_id, before, after, linked=_sources(data))


_OPPOSITE = {
    "span.added": "span.deleted",
    "span.deleted": "span.added",
    "span.changed": "span.changed",
    "relation.added": "relation.deleted",
    "relation.deleted": "relation.added",
}


def _inverse(connection: Connection, viewer: Viewer, entry: Entry) -> tuple[str, dict[str, Any]]:
    """The action and data that take an entry back. The version goes on counting, so no stale write fits again."""
    old = entry.data
    data: dict[str, Any] = {"review": old["review"]}
    if "span" not in old:
        data.update(
            {{"before": "after", "after": "before"}[side]: old[side] for side in ("before", "after") if side in old}
        )
        return _OPPOSITE[entry.action], data
    data |= {"span": old["span"], "dropped": old["restored"], "restored": old["dropped"]}
    version = (old.get("after") or old["before"])["version"]
    if "after" in old:
        version = visible.my_span(connection, viewer, old["span"])[0].version
        data["before"] = {**old["after"], "version": version}
    if "before" in old:
        data["after"] = {**old["before"], "version": version + 1}
    return _OPPOSITE[entry.action], data


# -- parts


def _own(connection: Connection, viewer: Viewer, span_id: str) -> tuple[Span, Review, Article, Scheme]:
    span, review = visible.my_span(connection, viewer, span_id)
    step(REVIEW, review.state, "tag")
    article = articles.article(connection, review.article)
    viewer.require("read article", article.project)
    return span, review, article, projects.project(connection, article.project).scheme


def _changed(text: str, scheme: Scheme, span: Span, change: SpanChange, *, by_hand: bool) -> Span:
    unset = msgspec.UNSET
    label = span.label if change.label is unset else scheme.label(str(change.label)).name
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
            extra={"current": {"id": span.id, "text": text[span.start : span.end], **_span_data(span)}},
        )


def _unfit(connection: Connection, scheme: Scheme, review: Review, span: Span) -> list[Relation]:
    """The span's relations that the scheme does not allow under its new label."""
    unfit = []
    for relation in visible.relations_at(connection, review, span.id):
        rule = next(rule for rule in scheme.relations if rule.type == relation.type)
        if span.label not in (rule.from_ if relation.source == span.id else rule.to):
            unfit.append(relation)
    return unfit


def _begun(article: Article, review: Review) -> list[Event]:
    if review.state != "assigned":
        return []
    return [_event("review.begun", article, review, {"review": review.id})]


def _added(article: Article, review: Review, span: Span) -> Event:
    return _event("span.added", article, review, _step(review, span.id, after=span))


def _event(action: str, article: Article, review: Review, data: dict[str, Any]) -> Event:
    return Event(action, data, article.project, article.id, review=review.id)


def _step(
    review: Review, span_id: str, *, before: Span | None = None, after: Span | None = None,
    dropped: list[Relation] | None = None,
) -> dict[str, Any]:  # fmt: skip
    data: dict[str, Any] = {"review": review.id, "span": span_id, "restored": []}
    data["dropped"] = [_relation_data(relation) for relation in dropped or []]
    if before is not None:
        data["before"] = _span_data(before)
    if after is not None:
        data["after"] = _span_data(after)
    return data


def _span_data(span: Span) -> dict[str, Any]:
    return {
        "start": span.start, "end": span.end, "label": span.label, "note": span.note,
        "attributes": span.attributes, "version": span.version,
    }  # fmt: skip


def _span_of(data: dict[str, Any], side: str, by: str, at: str) -> Span | None:
    if "span" not in data or side not in data:
        return None
    return Span(id=data["span"], by=by, at=at, **data[side])


def _sources(data: dict[str, Any]) -> tuple[str, ...]:
    """The spans at which the relations begin that went or came with a step."""
    if "span" not in data:
        return ((data.get("after") or data["before"])["from"],)
    return tuple(r["from"] for r in (*data["dropped"], *data["restored"]) if r["from"] != data["span"])


def _relation_data(relation: Relation) -> dict[str, Any]:
    return {"id": relation.id, "type": relation.type, "from": relation.source, "to": relation.target}


# -- idempotency


def _fingerprint(article_id: str, new: NewSpan) -> str:
    return hashlib.sha256(article_id.encode() + msgspec.json.encode(new, order="sorted")).hexdigest()


def _sent_before(
    connection: Connection, viewer: Viewer, article_id: str, key: str | None, new: NewSpan
) -> Span | None:  # fmt: skip
    if not key:
        return None
    if len(key) > 200:
        raise Refused("The key is longer than 200 characters.", where="Idempotency-Key")
    known = idempotency.known(connection, viewer.name, key)
    if known is None:
        return None
    fingerprint, span_id = known
    if fingerprint != _fingerprint(article_id, new):
        raise Refused("This key was used for another span; use a new key for each.", where="Idempotency-Key")
    try:
        return visible.my_span(connection, viewer, span_id)[0]
    except Refused:
        raise Conflict("This span was added before and has been deleted since.", where="Idempotency-Key") from None
