"""Events: every change as a value, chained by hashes (contract section 10)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import rfc8785

from annotator.errors import Refused

FIRST_PREV: Final = "0" * 64

# What each action's data holds beside what its name says. A new action is a new line here and a new
# function in store/applying.py; neither names nor keys of an old one may change, for logs are kept.
ACTIONS: Final[dict[str, str]] = {
    "user.added": "name admin disabled",
    "user.password_set": "name",
    "user.disabled": "name",
    "user.enabled": "name",
    "token.added": "token name scope expires",
    "token.revoked": "token",
    "project.added": "title reviews scheme",
    "project.changed": "before after",
    "scheme.changed": "version scheme",
    "member.added": "name role",
    "member.removed": "name role",
    "invitation.added": "invitation role uses expires",
    "invitation.used": "invitation name",
    "invitation.revoked": "invitation",
    "article.loaded": "key position length text_sha256 source_sha256 blocks_sha256 meta and the article's fields",
    "suggestions.loaded": "spans",
    "review.loaded": "review reviewer scheme spans relations",
    "gold.loaded": "spans relations",
    "review.assigned": "review reviewer scheme and, for training or a check, purpose",
    "review.begun": "review",
    "review.submitted": "review",
    "review.reopened": "review",
    "review.released": "review",
    "review.lapsed": "review",
    "review.withdrawn": "review",
    "review.resumed": "review",
    "review.updated": "review scheme",
    "article.skipped": "name reason",
    "block.marked": "review block furniture and, for what is furniture by its file, turned",
    "problem.flagged": "flag name text",
    "problem.resolved": "flag",
    "span.added": "review span after dropped restored",
    "span.changed": "review span before after dropped restored",
    "span.deleted": "review span before dropped restored",
    "relation.added": "review after",
    "relation.deleted": "review before",
    "decision.made": "group before after",
    "decision.undone": "group before",
    "article.closed": "spans relations",
    "article.reopened": "reason",
    "link.decided": "link before after",
    "link.undone": "link before",
    "question.asked": "question group text to",
    "question.answered": "question text",
    "guideline.noted": "note group label text",
    "article.checked": "",
    "spans.served": "name articles layer",
    "assignment.changed": "before after",
    "articles.ranked": "articles priority",
    "batch.changed": "name before after",
    "batch.filled": "name reviews articles",
    "gold.used": "purpose articles",
    "export.made": "format layer filters split open articles spans bytes",
}


@dataclass(frozen=True, slots=True)
class Event:
    """A change that is about to be recorded.

    `review` is an index into the log, not part of the entry. `payload` goes to its table and not into
    the log: a hash of a password or token, or an article's text and blocks, whose hashes `data` has.
    """

    action: str
    data: dict[str, Any]
    project: str | None = None
    article: str | None = None
    review: str | None = None
    payload: tuple[str, ...] = ()


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event as it stands in the log and in `annotator audit`, keys in this order."""

    seq: int
    at: str
    actor: str
    action: str
    project: str | None
    article: str | None
    data: dict[str, Any]
    prev: str
    hash: str


_sorted_json = msgspec.json.Encoder(order="sorted")
_MAX_INT = 2**53 - 1
_SCALARS = frozenset((str, bool, type(None)))
_NESTED = frozenset((dict, list, tuple))


def canonical(value: Any) -> bytes:
    """Canonical JSON of `value` (RFC 8785).

    Values without floats, and with ASCII keys, which is nearly all we write, come out the same from
    msgspec's sorted encoder, fifty times faster; the rest goes through the library for the standard.
    """
    if _is_plain(value):
        return _sorted_json.encode(value)
    return rfc8785.dumps(value)


def _is_plain(value: Any) -> bool:
    kind = type(value)
    if kind is dict:
        if not all(map(_is_plain_key, value)):
            return False
        value = value.values()
    elif kind is not list and kind is not tuple:
        value = (value,)
    for one in value:
        kind = type(one)
        if kind is int:
            if not -_MAX_INT <= one <= _MAX_INT:
                return False
        elif kind not in _SCALARS and (kind not in _NESTED or not _is_plain(one)):
            return False
    return True


def _is_plain_key(key: object) -> bool:
    return type(key) is str and key.isascii()


def chain(prev: str, seq: int, at: str, actor: str, event: Event) -> tuple[Entry, bytes]:
    """The log entry for `event`, following the entry whose hash is `prev`, and its data as canonical JSON."""
    data = canonical(event.data)
    rest: dict[str, Any] = {
        "seq": seq, "at": at, "actor": actor, "action": event.action, "project": event.project,
        "article": event.article, "data": msgspec.Raw(data), "prev": prev,
    }  # fmt: skip
    digest = hashlib.sha256(_sorted_json.encode(rest)).hexdigest()
    return Entry(seq, at, actor, event.action, event.project, event.article, event.data, prev, digest), data


def entry_hash(entry: Entry) -> str:
    """The hash that the entry should have."""
    rest = msgspec.structs.asdict(entry)
    del rest["hash"]
    return hashlib.sha256(canonical(rest)).hexdigest()


def _hash_fits(entry: Entry) -> bool:
    try:
        return entry_hash(entry) == entry.hash
    except (rfc8785.CanonicalizationError, UnicodeEncodeError):  # no entry of ours holds what has no canonical form
        return False


def verify_chain(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries again, each once it is known to follow the one before.

    Raises Refused at the first that does not: wrong number, wrong link or wrong hash.
    """
    prev = FIRST_PREV
    for seq, entry in enumerate(entries, 1):
        where = f"entry {entry.seq}"
        if entry.seq != seq:
            raise Refused(f"Entry {seq} is missing; {entry.seq} stands in its place.", where=where)
        if entry.prev != prev:
            raise Refused("It does not follow the entry before it: prev differs from that one's hash.", where=where)
        if not _hash_fits(entry):
            raise Refused("Its hash is not that of its content: the entry was changed.", where=where)
        if entry.action not in ACTIONS:
            raise Refused(f"Its action {entry.action!r} is not known.", where=where)
        prev = entry.hash
        yield entry
