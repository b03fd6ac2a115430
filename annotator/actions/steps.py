"""The steps of a review, as undo sees them: what one call did, how it is written down, and calls sent twice."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection

from annotator.core.access import Viewer
from annotator.core.events import Event
from annotator.core.spans import Span
from annotator.core.values import Article, Relation, Review
from annotator.errors import Missing, Refused
from annotator.store import idempotency, visible


@dataclass(frozen=True, slots=True)
class Done:
    """What a step did: the span as it was and as it is (None: not there), and where.

    `linked` are ids of spans whose relations changed with it; `begun`: the step took the article up.
    `again` is set where the call was done before under its idempotency key: the span that it was about.
    `blocks` are the numbers of blocks that look otherwise for another reason.
    """

    article: str
    before: Span | None
    after: Span | None
    created: bool = False
    linked: tuple[str, ...] = ()
    begun: bool = False
    again: str = ""
    blocks: tuple[int, ...] = ()


def step_event(action: str, article: Article, review: Review, data: dict[str, Any]) -> Event:
    return Event(action, data, article.project, article.id, review=review.id)


def step_data(
    review: Review, span_id: str, *, before: Span | None = None, after: Span | None = None,
    dropped: list[Relation] | None = None,
) -> dict[str, Any]:  # fmt: skip
    data: dict[str, Any] = {"review": review.id, "span": span_id, "restored": []}
    data["dropped"] = [relation_data(relation) for relation in dropped or []]
    if before is not None:
        data["before"] = span_data(before)
    if after is not None:
        data["after"] = span_data(after)
    return data


def span_data(span: Span) -> dict[str, Any]:
    return {
        "start": span.start, "end": span.end, "label": span.label, "note": span.note,
        "attributes": span.attributes, "version": span.version,
    }  # fmt: skip


def span_of(data: dict[str, Any], side: str, by: str, at: str) -> Span | None:
    if "span" not in data or side not in data:
        return None
    return Span(id=data["span"], by=by, at=at, **data[side])


def sources(data: dict[str, Any]) -> tuple[str, ...]:
    """The spans at which the relations begin that went or came with a step."""
    if "span" not in data:
        return ((data.get("after") or data["before"])["from"],)
    return tuple(r["from"] for r in (*data["dropped"], *data["restored"]) if r["from"] != data["span"])


def relation_data(relation: Relation) -> dict[str, Any]:
    return {"id": relation.id, "type": relation.type, "from": relation.source, "to": relation.target}


# -- calls sent again


def call_of(act: str, subject: str, body: msgspec.Struct | None = None) -> str:
    """What tells a call from others, so that a key is not used for two."""
    return hashlib.sha256(msgspec.json.encode([act, subject, body], order="sorted")).hexdigest()


def done_before(connection: Connection, viewer: Viewer, key: str | None, call: str) -> Done | None:
    """What the call came to when it was done before under its key; None for a new one.

    Raises Refused for a key that was used for another call, or is no key.
    """
    if not key:
        return None
    if len(key) > 200:
        raise Refused("The key is longer than 200 characters.", where="Idempotency-Key")
    known = idempotency.known(connection, viewer.name, key)
    if known is None:
        return None
    if known.fingerprint != call:
        raise Refused("This key was used for another call; use a new key for each.", where="Idempotency-Key")
    try:
        present = visible.my_span(connection, viewer, known.span)[0]
    except Missing:
        present = None
    return Done(known.article, present, present, again=known.span)


def keep(connection: Connection, viewer: Viewer, key: str | None, call: str, article: str, span: str) -> None:
    if key:
        idempotency.remember(connection, viewer.name, key, idempotency.Known(call, article, span))
