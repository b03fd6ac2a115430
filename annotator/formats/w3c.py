"""W3C Web Annotation: an AnnotationCollection in JSON-LD, the texts in a file beside it (contract 6).

An annotation's id is `urn:annotator:LAYER:ID` of the span, its target's source `urn:annotator:article:ID`. Bodies are
the label (purpose `tagging`), the note (`commenting`) and the set attributes as JSON (`describing`).
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import IO, Any

import msgspec

from annotator.core.text import decode
from annotator.errors import Refused
from annotator.formats.format import Format, Says, Seen
from annotator.formats.losses import Lost, all_but, counted, lose
from annotator.formats.options import Options
from annotator.formats.places import accepted
from annotator.formats.records import Incoming, IncomingSpan, Line, SpanLine
from annotator.formats.sinks import pieces, spool
from annotator.formats.strict_json import strict_object, structured

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
COMPANION = ".texts.json"
AROUND = 32  # code points of the prefix and of the suffix of a quotation
CANNOT_HOLD = tuple(
    name
    for name in all_but("ids of articles", "names of layers", "ids of spans", "notes", "values of attributes")
    if name not in {"names of reviewers", "names of who made a span", "times of spans"}  # its creator, and when
)
_OURS = re.compile(r"urn:annotator:(gold|review|majority):([A-Za-z0-9_-]{1,64})")
_ARTICLE = re.compile(r"urn:annotator:article:([A-Za-z0-9_-]{1,64})")
_ENCODER = msgspec.json.Encoder()


# -- out


def write(articles: Iterable[Line], lost: Lost | None = None) -> Iterator[bytes]:
    """The collection alone; the texts, which have no place in it, are counted."""
    with spool() as texts:
        written: set[str] = set()
        yield from _collection(articles, texts, written, lost)
        lose(lost, "texts of articles", len(written))


def write_parts(articles: Iterable[Line], lost: Lost | None = None) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The collection, then `.texts.json`: an object with the text of each source, in UTF-8."""
    with spool() as texts:
        yield ".jsonld", _collection(articles, texts, set(), lost)
        texts.write(b"\n}\n" if texts.tell() else b"{}\n")
        yield COMPANION, pieces(texts)


def _collection(articles: Iterable[Line], texts: IO[bytes], written: set[str], lost: Lost | None) -> Iterator[bytes]:
    """The collection in pieces; each article's text goes into `texts`, its id into `written`."""
    total = 0
    yield (
        f'{{"@context":"{CONTEXT}","id":"urn:annotator:export","type":"AnnotationCollection",'
        '"first":{"id":"urn:annotator:export:1","type":"AnnotationPage","startIndex":0,"items":['
    ).encode()
    for article in counted(articles, CANNOT_HOLD, lost):
        lose(lost, "reviews without a span", article.layer == "review" and not article.spans)
        if article.id not in written:
            texts.write(b",\n" if written else b"{\n")
            texts.write(_ENCODER.encode(_source(article)) + b":" + _ENCODER.encode(article.text))
            written.add(article.id)
        for span in article.spans:
            yield (b",\n" if total else b"\n") + _ENCODER.encode(_annotation(article, span))
            total += 1
    yield f'\n]}},"total":{total}}}\n'.encode()


def _source(article: Line) -> str:
    return f"urn:annotator:article:{article.id}"


def _annotation(article: Line, span: SpanLine) -> dict[str, Any]:
    attributes = {name: value for name, value in span.attributes.items() if value is not None}
    bodies = [{"type": "TextualBody", "purpose": "tagging", "value": span.label}]
    if span.note:
        bodies.append({"type": "TextualBody", "purpose": "commenting", "format": "text/plain", "value": span.note})
    if attributes:
        value = _ENCODER.encode(attributes).decode()
        bodies.append({"type": "TextualBody", "purpose": "describing", "format": "application/json", "value": value})
    said = {"creator": {"type": "Person", "name": span.by}} if span.by else {}
    said |= {"created": span.at} if span.at else {}  # type: ignore[dict-item]
    text, start, end = article.text, span.start, span.end
    quote = {"exact": span.text, "prefix": text[max(0, start - AROUND) : start], "suffix": text[end : end + AROUND]}
    return {
        "id": f"urn:annotator:{article.layer}:{span.id}", "type": "Annotation", "motivation": "tagging", **said,
        "body": bodies,
        "target": {"source": _source(article), "selector": [
            {"type": "TextPositionSelector", "start": start, "end": end}, {"type": "TextQuoteSelector", **quote},
        ]},
    }  # fmt: skip


# -- in


class _Annotation(msgspec.Struct):
    target: Any
    id: str | None = None
    body: Any = None
    creator: Any = None
    created: str | None = None


class _Page(msgspec.Struct):
    items: list[dict[str, Any]] = []
    next: Any = None


class _Collection(msgspec.Struct):
    first: _Page
    total: int | None = None


def read(stream: IO[bytes], name: str, options: Options) -> Iterator[Incoming]:
    """The articles of the texts beside a collection, in their order, once for each who made spans of it.

    The texts are `NAME.texts.json`, or the whole file name with `.texts.json`. A span is where its position says, and
    must be what its quotation says; each tag is a span. Who made it is its creator's name, but for the gold of
    our own export. What is refused has the annotation's number from 0.
    """
    collection = structured(strict_object(stream.read(), name), _Collection, name)
    if collection.first.next is not None or collection.total not in (None, len(collection.first.items)):
        raise Refused("The collection goes on in a page that is not in the file.", where=f"{name}: first")
    texts = _texts(name, options)
    spans: dict[str, dict[str | None, list[tuple[IncomingSpan, Any, str]]]] = {source: {} for source in texts}
    items = ((f"{name}: items[{number}]", item) for number, item in enumerate(collection.first.items))
    for source, reviewer, span, quote, where in options.each(items, partial(_spans, options)):
        if source in spans:
            spans[source].setdefault(reviewer, []).append((span, quote, where))
        else:
            options.refuse(Refused(f"No text is beside it for the source {source!r}.", where=where))
    for source, text in texts.items():
        loaded = accepted(text, options, f"{name}: {source}")
        ours = _ARTICLE.fullmatch(source)
        for at, (reviewer, found) in enumerate((spans[source] or {None: []}).items()):
            article = Incoming(
                f"{name}: {source}", loaded.text, hashlib.sha256(text.encode()).hexdigest(),
                id=ours[1] if ours else None, url=None if ours else source, reviewer=reviewer,
                layer="review" if reviewer else None, replaced=0 if at else loaded.replaced,
            )  # fmt: skip
            for span, quote, where in found:
                try:
                    extent = loaded.extent(span.start, span.end, quote)
                except Refused as refused:
                    options.refuse(refused.at(where))
                    continue
                span.start, span.end = extent.start, extent.end
                article.spans.append(span)
            yield article


def _texts(name: str, options: Options) -> dict[str, str]:
    base = posixpath.basename(name)
    for beside in (posixpath.splitext(base)[0] + COMPANION, base + COMPANION):
        data = options.beside(beside)
        if data is not None:
            where = posixpath.join(posixpath.dirname(name), beside)
            given = strict_object(decode(data, where=where).encode(), where)
            for source, text in given.items():
                if not isinstance(text, str):
                    raise Refused("The text is not a string.", where=f"{where}: {source}")
            return given
    raise Refused(f"There is no {posixpath.splitext(base)[0]}{COMPANION} beside it, with the texts.", where=name)


def _spans(
    options: Options, item: dict[str, Any], where: str
) -> Iterator[tuple[str, str | None, IncomingSpan, Any, str]]:  # fmt: skip
    """For each tag its source, who made it, the span as its position says, its quotation, and the place."""
    given = structured(item, _Annotation, where)
    target = given.target if isinstance(given.target, dict) else {}
    selectors = {one.get("type"): one for one in _listed(target.get("selector")) if isinstance(one, dict)}
    position = selectors.get("TextPositionSelector")
    source = target.get("source")
    if not isinstance(source, str) or position is None:
        raise Refused("Its target has no source with a TextPositionSelector.", where=f"{where}.target")
    said: dict[str, list[str]] = {"tagging": [], "commenting": [], "describing": []}
    for body in _listed(given.body):
        purpose = body.get("purpose") if isinstance(body, dict) else None
        if purpose in said and isinstance(body.get("value"), str):
            said[purpose].append(body["value"])
        else:
            options.passed_over["bodies that are no tag, comment or description"] += 1
    ours = _OURS.fullmatch(given.id or "")
    by = _name(given.creator)
    reviewer = by if ours is None or ours[1] == "review" else None
    for number, label in enumerate(said["tagging"]):
        span = IncomingSpan(
            position.get("start"), position.get("end"), label, "\n".join(said["commenting"]), reviewer=reviewer,  # type: ignore[arg-type]
            id=ours[2] if ours and number == 0 else None, by=by, at=given.created if ours else None,
        )  # fmt: skip
        for text in said["describing"] if ours else ():
            span.attributes = strict_object(text.encode(), f"{where}.body")
        yield source, reviewer, span, selectors.get("TextQuoteSelector", {}).get("exact"), where
    if not said["tagging"]:
        options.passed_over["annotations without a tag"] += 1


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _name(creator: Any) -> str | None:
    for one in _listed(creator):
        named = one if isinstance(one, str) else next(
            (one[key] for key in ("nickname", "name", "id") if isinstance(one.get(key), str)), None
        ) if isinstance(one, dict) else None  # fmt: skip
        if named:
            return named
    return None


def _looks(seen: Seen) -> Says:
    return "yes" if seen.text[:1] == "{" and '"AnnotationCollection"' in seen.text else "no"


FORMAT = Format(
    "w3c", read, write, (".jsonld", ".json"), CANNOT_HOLD, _looks, write_parts, "beside", COMPANION
)  # fmt: skip
