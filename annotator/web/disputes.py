"""From stretches of text to the page of agreement, and to the list of spans as CSV and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import Connection

from annotator.actions.disputing import Asked, Dispute
from annotator.store import articles
from annotator.web import building

SHOWN_AT_ENDS = 60
COLUMNS = ("article", "title", "stretch", "reviewer", "label", "start", "end", "text")
Row = tuple[str, str, str, str, str | None, int | None, int | None, str | None]


def cut(words: str) -> str:
    """The words of a span, of a long one both ends: that is where spans differ."""
    return words if len(words) <= 2 * SHOWN_AT_ENDS else f"{words[:SHOWN_AT_ENDS]} … {words[-SHOWN_AT_ENDS:]}"


@dataclass(frozen=True, slots=True)
class MarkView:
    """A span that somebody has in a stretch."""

    label: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class StretchView:
    """A stretch and what each reviewer marked in it; `differing` of the `pairs` of reviewers differ.

    `block` is the number of the article's block in which it begins, None where that is between blocks.
    """

    article: str
    title: str
    start: int
    end: int
    text: str
    differing: int
    pairs: int
    block: int | None
    by: list[tuple[str, list[MarkView]]]


def stretch_view(connection: Connection, one: Dispute) -> StretchView:
    """The stretch with its words, long ones cut in the middle."""
    stretch = one.stretch
    by = [
        (name, [MarkView(label, start, end, cut(_words(one, start, end))) for start, end, label in marks])
        for name, marks in stretch.by
    ]
    blocks = articles.body(connection, one.article.id).blocks
    block = next((number for number, b in enumerate(blocks) if b.start <= stretch.start < b.end), None)
    return StretchView(
        one.article.id, building.title_of(one.article), stretch.start, stretch.end, cut(one.text),
        stretch.differing, stretch.pairs, block, by,
    )  # fmt: skip


def _words(one: Dispute, start: int, end: int) -> str:
    return one.text[start - one.stretch.start : end - one.stretch.start]


@dataclass(frozen=True, slots=True)
class Stretches:
    """The stretches behind one number, those `asked` for; `more` says that not all are listed."""

    asked: Asked
    places: list[StretchView]
    more: bool

    def query(self, **changed: str) -> str:
        """The query string of this list, with something of it asked for otherwise."""
        asked = {"a": self.asked.a, "b": self.asked.b, "label": self.asked.label, "article": self.asked.article}
        asked["alike"] = "1" if self.asked.alike else ""
        return urlencode({key: value for key, value in (asked | changed).items() if value})


def rows(found: Iterable[Dispute]) -> Iterator[Row]:
    """A span a row, in full; who marked nothing in a stretch has a row without a label."""
    for one in found:
        head = one.article.id, building.title_of(one.article), f"{one.stretch.start}-{one.stretch.end}"
        for name, marks in one.stretch.by:
            for start, end, label in marks:
                yield *head, name, label, start, end, _words(one, start, end)
            if not marks:
                yield *head, name, None, None, None, None
