"""JSONL: one article with one layer of spans a line; our export, and what others bring (contract 3 and 6)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import IO, Any

import msgspec

from annotator.core.spans import check_extent
from annotator.core.text import accept_text, text_sha256
from annotator.errors import Refused
from annotator.formats.format import Format, Says, Seen
from annotator.formats.losses import Lost
from annotator.formats.options import Options
from annotator.formats.places import Accepted, accepted
from annotator.formats.records import SCHEMA, Incoming, IncomingRelation, IncomingSpan, Line
from annotator.formats.strict_json import lines, strict_object, structured

ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
SHA256 = re.compile(r"[0-9a-f]{64}")
_SPANS = re.compile(r'"spans"\s*:\s*\[|"schema"\s*:\s*"annotator/')
_ENCODER = msgspec.json.Encoder()
_SORTING_ENCODER = msgspec.json.Encoder(order="sorted")


class Description(msgspec.Struct, kw_only=True):
    """What a foreign line, or one of `metadata.jsonl`, may say of an article; `key` wins over `id`."""

    project: str | None = None
    key: str | int | None = None
    id: str | int | None = None
    title: str | None = None
    url: str | None = None
    source: str | None = None
    author: str | None = None
    published: str | None = None
    language: str | None = None


# What `Incoming` takes over from our own line as it stands there.
_KEPT = (*Description.__struct_fields__, "meta", "layer", "reviewer", "split")


class _GivenSpan(msgspec.Struct):
    start: Any  # check_extent tells 1 from 1.0 and from "1"
    end: Any
    label: str
    text: str | None = None
    quote: str | None = None
    reviewer: str | None = None
    by: str | None = None
    note: str | None = None
    attributes: dict[str, Any] | None = None


class _Given(Description):
    text: str
    spans: list[_GivenSpan] | None = None


def read(stream: IO[bytes], name: str, options: Options) -> Iterator[Incoming]:
    """The articles of a JSONL file, line by line; what is refused has the place `NAME:LINE`."""
    return options.each(lines(stream, name, options.encoding), lambda line, where: (read_line(line, where, options),))


def read_line(line: bytes, where: str, options: Options) -> Incoming:
    """The article of one line, without its line end.

    A line with our `schema` must be as we write it, and keeps its ids. In any other line, members that
    we have no place for go into `meta`; those of a span are passed over. Raises Refused.
    """
    given = strict_object(line, where)
    schema = given.get("schema")
    if schema == SCHEMA:
        return _own(_checked(given, where), where)
    if isinstance(schema, str) and schema.startswith("annotator/"):
        raise Refused(f"{schema} is not {SCHEMA}: another version of annotator wrote this.", where=where)
    return _foreign(given, hashlib.sha256(line).hexdigest(), where, options)


def _foreign(given: dict[str, Any], source_sha256: str, where: str, options: Options) -> Incoming:
    article = structured(given, _Given, where)
    loaded = accepted(article.text, options, where)
    return Incoming(
        where,
        loaded.text,
        source_sha256,
        project=article.project,
        key=key_of(article),
        title=article.title,
        url=article.url,
        source=article.source,
        author=article.author,
        published=article.published,
        language=article.language,
        meta=meta_of(given, article),
        spans=_spans(article, loaded, where, options) if article.spans else [],
        replaced=loaded.replaced,
    )


def key_of(article: Description) -> str | None:
    """The loader's own id of an article, as text."""
    key = article.id if article.key is None else article.key
    return None if key is None else str(key)


def meta_of(given: dict[str, Any], article: Description) -> str | None:
    """The members that `article` has no field for, as `sorted_json`; None when there are none."""
    names = given.keys() - article.__struct_fields__
    if article.id is not None and article.key is not None:
        names.add("id")
    if not names:
        return None
    return sorted_json({name: given[name] for name in names})


def sorted_json(value: dict[str, Any]) -> str:
    """The object as JSON without spaces, keys sorted at every depth."""
    return _SORTING_ENCODER.encode(value).decode()


def _spans(article: _Given, loaded: Accepted, where: str, options: Options) -> list[IncomingSpan]:
    """The spans, their offsets carried from the text as given to the text as accepted; each may be refused."""
    found = []
    for number, span in enumerate(article.spans or ()):
        try:
            extent = loaded.extent(span.start, span.end, _quote(span))
        except Refused as refused:
            options.refuse(Refused(refused.why, where=f"{where}: spans[{number}].{refused.where}"))
            continue
        attributes = _set_ones(span.attributes) if span.attributes else {}
        reviewer = span.reviewer or span.by
        found.append(IncomingSpan(extent.start, extent.end, span.label, span.note or "", attributes, reviewer))
    return found


def _quote(span: _GivenSpan) -> str | None:
    if span.text is None or span.quote in (None, span.text):
        return span.quote if span.text is None else span.text
    raise Refused("text and quote differ.", where="quote")


def _set_ones(attributes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if value is not None}


def write(articles: Iterable[Line], lost: Lost | None = None) -> Iterator[bytes]:  # noqa: ARG001 - nothing is
    """The lines of an export, in UTF-8 with their line ends."""
    for article in articles:
        yield _ENCODER.encode(article) + b"\n"


def check_line(line: bytes, where: str = "line") -> Line:
    """The record of a line that has our `schema`; raises Refused for any that we would not write."""
    return _checked(strict_object(line, where), where)


def _checked(given: dict[str, Any], where: str) -> Line:
    line = structured(given, Line, where)
    if msgspec.to_builtins(line) != given:
        raise Refused(f"The line has members that {SCHEMA} does not know.", where=where)
    try:
        _check_ids(line)
        _check_text(line)
    except Refused as refused:
        raise Refused(refused.why, where=f"{where}: {refused.where}") from None
    return line


def _check_ids(line: Line) -> None:
    spans = [span.id for span in line.spans]
    for id_ in (line.id, *spans, *(relation.id for relation in line.relations)):
        if not ID.fullmatch(id_):
            raise Refused(f"{id_!r} is not an id.", where="id")
    if len(set(spans)) < len(spans):
        raise Refused("Two spans have the same id.", where="spans")
    for number, relation in enumerate(line.relations):
        for end in (relation.from_, relation.to):
            if end not in spans:
                raise Refused(f"No span of the line has the id {end!r}.", where=f"relations[{number}]")


def _check_text(line: Line) -> None:
    if line.schema != SCHEMA:
        raise Refused(f"{line.schema!r} is not {SCHEMA}.", where="schema")
    if (line.layer == "review") != (line.reviewer is not None):
        raise Refused("A review has a reviewer, and nothing else has.", where="reviewer")
    if line.meta is not None:
        strict_object(line.meta.encode(), "meta")
    if not SHA256.fullmatch(line.source_sha256):
        raise Refused("This is not a SHA-256 in lower-case hexadecimal.", where="source_sha256")
    if accept_text(line.text, where="text").text != line.text or text_sha256(line.text) != line.text_sha256:
        raise Refused("The text is not the one that was exported: its hash differs.", where="text_sha256")
    for number, span in enumerate(line.spans):
        try:
            check_extent(line.text, span.start, span.end, span.text)
        except Refused as refused:
            raise refused.at(f"spans[{number}]") from None


def _own(line: Line, where: str) -> Incoming:
    spans = [
        IncomingSpan(
            span.start,
            span.end,
            span.label,
            span.note,
            span.attributes,
            reviewer=line.reviewer,
            id=span.id,
            by=span.by,
            at=span.at,
            origin=tuple(span.from_),
        )
        for span in line.spans
    ]
    relations = [IncomingRelation(it.type, it.from_, it.to, it.id) for it in line.relations]
    taken = {name: getattr(line, name) for name in _KEPT}
    return Incoming(where, line.text, line.source_sha256, **taken, spans=spans, relations=relations)


def _looks(seen: Seen) -> Says:
    begins = seen.text.partition("\n")[0]
    if begins[:1] == "{" and '"text"' in begins and _SPANS.search(begins):
        return "yes"
    return "may" if begins[:1] in ("{", "") or not seen.name.endswith(".json") else "no"


FORMAT = Format("jsonl", read, write, (".jsonl", ".ndjson", ".json"), looks=_looks)
