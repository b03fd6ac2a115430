"""spaCy's `.spacy`: a DocBin (contract 6); needs the extra `spacy`."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from typing import IO, Any

from annotator.errors import Refused
from annotator.formats.extras import extra
from annotator.formats.format import Format
from annotator.formats.jsonl import ID, SHA256
from annotator.formats.losses import Lost, counted
from annotator.formats.options import Options
from annotator.formats.places import accepted
from annotator.formats.records import Incoming, IncomingSpan, Line
from annotator.formats.tokens import cut, edges, longest_first

_FORMS = {"id": ID, "source_sha256": SHA256}
GROUP = "sc"  # the key of spaCy's own span categorizer
DESCRIBED = (
    "id", "project", "key", "title", "url", "source", "author", "published", "language", "source_sha256", "meta",
    "layer", "reviewer", "split",
)  # fmt: skip
CANNOT_HOLD = (
    "notes", "values of attributes", "names of who made a span", "times of spans", "origins of spans", "relations",
)  # fmt: skip
_DAMAGED = (ValueError, KeyError, TypeError, IndexError, AttributeError, zlib.error, MemoryError)


def write(articles: Iterable[Line], lost: Lost | None = None) -> Iterator[bytes]:
    """One DocBin, in memory until it is whole; raises Refused, when first asked for a piece, without spaCy.

    All spans are in `doc.spans["sc"]`, the longest of those that overlap also in `doc.ents`; `user_data` has them as
    `surface`, and what is said of the article and its layer as `article`. Tokens are cut at the spans' edges, so
    that each span has tokens of its own.
    """
    tokens = extra("spacy.tokens", "spacy")
    vocab = extra("spacy.vocab", "spacy").Vocab()
    docs = tokens.DocBin(store_user_data=True)
    for article in counted(articles, CANNOT_HOLD, lost):
        docs.add(_doc(article, tokens, vocab))
    yield docs.to_bytes()


def _doc(article: Line, tokens: Any, vocab: Any) -> Any:
    words, spaces, first, last = _words(article)
    doc = tokens.Doc(vocab, words=words, spaces=spaces)
    made = {
        span.id: tokens.Span(doc, first[span.start], last[span.end] + 1, label=span.label, span_id=span.id)
        for span in article.spans
    }
    doc.spans[GROUP] = list(made.values())
    doc.set_ents([made[span.id] for span in longest_first(article.spans)])
    doc.user_data["surface"] = [[it.start, it.end, it.label, it.text] for it in article.spans]
    doc.user_data["article"] = {name: getattr(article, name) for name in DESCRIBED}
    return doc


def _words(article: Line) -> tuple[list[str], list[bool], dict[int, int], dict[int, int]]:
    """The tokens, whether a space follows each, and which token starts and which ends at an offset.

    One space after a word belongs to its token, as in spaCy, unless a span begins or ends with it.
    """
    text = article.text
    starts, ends = {span.start for span in article.spans}, {span.end for span in article.spans}
    words: list[str] = []
    spaces: list[bool] = []
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for start, end in cut(text, edges(article.spans)):
        follows = bool(words) and not spaces[-1] and not words[-1].isspace()
        if follows and text[start] == " " and start not in starts and start + 1 not in ends:
            spaces[-1] = True
            start += 1  # noqa: PLW2901 - what is left of the piece
        if start < end:
            first[start] = last[end] = len(words)
            words.append(text[start:end])
            spaces.append(False)
    return words, spaces, first, last


def read(stream: IO[bytes], name: str, options: Options) -> Iterator[Incoming]:
    """The articles of a DocBin: spans of the group `sc`, or the entities where there is none.

    Other groups are counted as passed over. What is refused has the place `NAME:N`, the number of the document from
    1. Raises Refused without spaCy.
    """
    docs = extra("spacy.tokens", "spacy").DocBin()
    vocab = extra("spacy.vocab", "spacy").Vocab()
    data = stream.read()
    try:
        found = docs.from_bytes(data).get_docs(vocab)
        places = ((f"{name}:{number}", doc) for number, doc in enumerate(found, 1))
        yield from options.each(places, lambda doc, where: (_article(doc, where, options),))
    except _DAMAGED as error:
        raise Refused(f"Not a DocBin that can be read: {error}.", where=name) from None


def _article(doc: Any, where: str, options: Options) -> Incoming:
    loaded = accepted(doc.text, options, where)
    options.passed_over["groups of spans other than sc"] += len(set(doc.spans) - {GROUP})
    ours = doc.user_data.get("article")
    said = {name: _text_or_none(ours.get(name)) for name in DESCRIBED} if isinstance(ours, dict) else {}
    article = Incoming(where, loaded.text, hashlib.sha256(doc.text.encode()).hexdigest(), replaced=loaded.replaced)
    for name, value in said.items():
        fits = value is not None and (name not in _FORMS or _FORMS[name].fullmatch(value))
        if fits and name not in {"split", "layer"}:
            setattr(article, name, value)
    article.layer = "review" if article.reviewer else None
    for number, span in enumerate(doc.spans.get(GROUP, doc.ents)):
        try:
            extent = loaded.extent(span.start_char, span.end_char)
        except Refused as refused:
            raise refused.at(f"{where}: spans[{number}]") from None
        kept = IncomingSpan(extent.start, extent.end, span.label_, reviewer=article.reviewer)
        kept.id = span.id_ if article.id is not None and ID.fullmatch(span.id_) else None
        article.spans.append(kept)
    return article


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None


FORMAT = Format("spacy", read, write, (".spacy",), CANNOT_HOLD, extra="spacy")
