"""From what a reader hands out to export records, and so from file to file, without a database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from annotator.core.spans import check_note
from annotator.core.text import text_sha256
from annotator.errors import Refused
from annotator.formats import FORMATS, output, writer
from annotator.formats.folder import read_all
from annotator.formats.jsonl import ID
from annotator.formats.losses import Lost, lose
from annotator.formats.options import Options
from annotator.formats.places import made_id
from annotator.formats.records import SCHEMA, Incoming, IncomingSpan, Layer, Line, RelationLine, SpanLine

PROJECT = "converted"  # of articles whose file names none


def convert(
    source: str, target: str, from_: str, to: str, options: Options | None = None, lost: Lost | None = None
) -> list[output.File]:  # fmt: skip
    """Converts a file, folder or archive into a file (or a folder, as `output.write` says), whole or not at all.

    Into `lost` goes, in words, what the format cannot hold; what was passed over in reading is in
    `options.passed_over`. `target` is a path: for standard output there is `converted`. Raises Refused.
    """
    writer(to)
    return output.write(FORMATS[to], converted(source, from_, options, lost), target, lost)


def converted(
    source: str, from_: str = "auto", options: Options | None = None, lost: Lost | None = None
) -> Iterator[Line]:  # fmt: skip
    """The records of a file, folder or archive (`-` is standard input), for any writer."""
    return records(read_all([source], from_, options), lost)


def records(incoming: Iterable[Incoming], lost: Lost | None = None) -> Iterator[Line]:
    """The articles as export records, one for each layer: their reviewers' reviews, and the rest as gold.

    Ids that the file does not have are made from the article's key, or text, and the span's place, so that the same
    file gives the same records. Times and names that it does not have are empty. Attributes are those
    that the file has. Raises Refused for values that a record does not have, with their place.
    """
    for article in incoming:
        lose(lost, "controls made spaces", article.replaced)
        try:
            for layer, reviewer, spans in _layers(article):
                yield _record(article, layer, reviewer, spans, lost)
        except Refused as refused:
            raise refused.at(article.where) from None


def _layers(article: Incoming) -> Iterator[tuple[Layer, str | None, list[IncomingSpan]]]:
    if article.layer is not None:
        yield article.layer, article.reviewer, article.spans
        return
    by_reviewer: dict[str | None, list[IncomingSpan]] = {}
    for span in article.spans:
        by_reviewer.setdefault(span.reviewer, []).append(span)
    for reviewer, spans in (by_reviewer or {None: []}).items():
        yield "gold" if reviewer is None else "review", reviewer, spans


def _record(
    article: Incoming, layer: Layer, reviewer: str | None, spans: list[IncomingSpan], lost: Lost | None
) -> Line:  # fmt: skip
    project = article.project or PROJECT
    digest = text_sha256(article.text)
    id_ = article.id or made_id(project, digest if article.key is None else f"key {article.key}")
    kept, ids = _spans(article, id_, layer, reviewer, spans, lost)
    return Line(
        schema=SCHEMA, project=project, id=id_, key=article.key, title=article.title, url=article.url,
        source=article.source, author=article.author, published=article.published, language=article.language,
        text=article.text, text_sha256=digest, source_sha256=article.source_sha256, meta=article.meta, layer=layer,
        reviewer=reviewer, split=article.split, spans=sorted(kept, key=lambda it: (it.start, -it.end, it.label)),
        relations=_relations(article, id_, ids, lost),
    )  # fmt: skip


def _spans(
    article: Incoming, id_: str, layer: Layer, reviewer: str | None, spans: list[IncomingSpan], lost: Lost | None
) -> tuple[list[SpanLine], dict[str, str]]:  # fmt: skip
    """The spans, each place and label once, and the id in the record for each id in the file."""
    kept: dict[tuple[int, int, str], SpanLine] = {}
    ids: dict[str, str] = {}
    used: set[str] = set()
    for number, span in enumerate(spans):
        place = (span.start, span.end, span.label)
        if place not in kept:
            own = span.id if span.id and ID.fullmatch(span.id) and span.id not in used else None
            made = made_id(id_, layer, reviewer or "", *map(str, place))
            try:
                note, attributes = check_note(span.note), _attributes(span)
            except Refused as refused:
                raise refused.at(f"spans[{number}]") from None
            kept[place] = SpanLine(
                own or made, span.start, span.end, span.label, article.text[span.start : span.end], note,
                attributes, span.by or reviewer or "", span.at or "", list(span.origin),
            )  # fmt: skip
            used.add(kept[place].id)
        else:
            lose(lost, "spans twice in a file, kept once")
        if span.id:
            ids[span.id] = kept[place].id
    return list(kept.values()), ids


def _attributes(span: IncomingSpan) -> dict[str, Any]:
    for name, value in span.attributes.items():
        if type(value) not in {str, int, float, type(None)}:
            raise Refused(f"An attribute is text or a number, not {value!r}.", where=f"attributes.{name}")
    return span.attributes


def _relations(article: Incoming, id_: str, ids: dict[str, str], lost: Lost | None) -> list[RelationLine]:
    """Those between two spans of the layer; those across two layers are counted."""
    found = []
    for relation in article.relations:
        source, target = ids.get(relation.source), ids.get(relation.target)
        if source is not None and target is not None:
            made = made_id(id_, relation.type, source, target)
            found.append(RelationLine(relation.id or made, relation.type, source, target))
        elif source is not None or target is not None:
            lose(lost, "relations between spans of two layers")
    return found
