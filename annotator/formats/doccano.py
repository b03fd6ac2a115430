"""doccano's JSONL for sequence labelling with relations (contract 6), and what doccano itself exports."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import count
from typing import IO, Any

import msgspec

from annotator.errors import Refused
from annotator.formats.format import Format, Says, Seen
from annotator.formats.jsonl import Description, key_of, meta_of
from annotator.formats.losses import Lost, all_but, counted
from annotator.formats.options import Options
from annotator.formats.places import Accepted, accepted, made_id
from annotator.formats.records import Incoming, IncomingRelation, IncomingSpan, Line
from annotator.formats.strict_json import lines, strict_object, structured

CANNOT_HOLD = all_but("relations")
_ANNOTATED = re.compile(r'"(?:entities|labels?)"\s*:\s*\[')
_ENCODER = msgspec.json.Encoder()


class _Entity(msgspec.Struct):
    label: str
    start_offset: Any  # check_extent tells 1 from 1.0 and from "1"
    end_offset: Any
    id: int | None = None


class _Relation(msgspec.Struct):
    from_id: int
    to_id: int
    type: str


class _Given(Description):
    text: str
    entities: list[_Entity] | None = None
    label: list[tuple[Any, Any, str]] | None = None
    labels: list[tuple[Any, Any, str]] | None = None
    relations: list[_Relation] | None = None
    surface: list[str] | None = None


def write(articles: Iterable[Line], lost: Lost | None = None) -> Iterator[bytes]:
    """A line for each article and layer; lines, entities and relations are numbered from 1 through the file.

    `surface` holds the entities' texts, in their order.
    """
    entity_ids, relation_ids = count(1), count(1)
    for number, article in enumerate(counted(articles, CANNOT_HOLD, lost), 1):
        ids = {span.id: next(entity_ids) for span in article.spans}
        yield _ENCODER.encode({
            "id": number,
            "text": article.text,
            "entities": [
                {"id": ids[it.id], "label": it.label, "start_offset": it.start, "end_offset": it.end}
                for it in article.spans
            ],
            "relations": [
                {"id": next(relation_ids), "from_id": ids[it.from_], "to_id": ids[it.to], "type": it.type}
                for it in article.relations
            ],
            "surface": [it.text for it in article.spans],
        }) + b"\n"  # fmt: skip


def read(stream: IO[bytes], name: str, options: Options) -> Iterator[Incoming]:
    """The articles of a doccano export, line by line; what is refused has the place `NAME:LINE`.

    Spans are `entities`, or `label` or `labels` as lists of start, end and label; they name no reviewer. A line's
    `id` is its key, but where `surface` tells that we wrote the line: there it is its number and no more. Other
    members go into `meta`.
    """
    return options.each(lines(stream, name, options.encoding), partial(_articles, options))


def _articles(options: Options, line: bytes, where: str) -> Iterator[Incoming]:
    given = strict_object(line, where)
    article = structured(given, _Given, where)
    ours = article.surface is not None
    loaded = accepted(article.text, options, where)
    source_sha256 = hashlib.sha256(line).hexdigest()
    entities = _entities(article)
    found = Incoming(
        where, loaded.text, source_sha256, project=article.project,
        key=None if ours and article.key is None else key_of(article), title=article.title, url=article.url,
        source=article.source, author=article.author, published=article.published, language=article.language,
        meta=meta_of(given, article), spans=_spans(article, entities, loaded, where, options), replaced=loaded.replaced,
    )  # fmt: skip
    if article.relations and len(found.spans) == len(entities):
        found.relations = _relations(article.relations, entities, found.spans, source_sha256, where)
    yield found


def _entities(article: _Given) -> list[_Entity]:
    listed = (article.label or []) + (article.labels or [])
    return (article.entities or []) + [_Entity(label, start, end) for start, end, label in listed]


def _spans(
    article: _Given, entities: list[_Entity], loaded: Accepted, where: str, options: Options
) -> list[IncomingSpan]:  # fmt: skip
    """The spans; each may be refused."""
    surface: list[str] | list[None] = article.surface or [None] * len(entities)
    if len(surface) != len(entities):
        raise Refused(f"There are {len(surface)} texts for {len(entities)} entities.", where=f"{where}: surface")
    found = []
    for number, (entity, quote) in enumerate(zip(entities, surface, strict=True)):
        try:
            extent = loaded.extent(entity.start_offset, entity.end_offset, quote)
        except Refused as refused:
            options.refuse(Refused(refused.why, where=f"{where}: entities[{number}].{refused.where}"))
            continue
        found.append(IncomingSpan(extent.start, extent.end, entity.label))
    return found


def _relations(
    relations: list[_Relation], entities: list[_Entity], spans: list[IncomingSpan], source_sha256: str, where: str
) -> list[IncomingRelation]:  # fmt: skip
    """The relations; the spans get ids for them to name."""
    ids: dict[int | None, str] = {}
    for entity, span in zip(entities, spans, strict=True):
        if entity.id in ids:
            raise Refused(f"Two entities have the id {entity.id}.", where=f"{where}: entities")
        if entity.id is not None:
            ids[entity.id] = span.id = made_id(source_sha256, str(entity.id))
    for number, relation in enumerate(relations):
        for end in (relation.from_id, relation.to_id):
            if end not in ids:
                raise Refused(f"No entity of the line has the id {end}.", where=f"{where}: relations[{number}]")
    return [IncomingRelation(it.type, ids[it.from_id], ids[it.to_id]) for it in relations]


def _looks(seen: Seen) -> Says:
    begins = seen.text.partition("\n")[0]
    return "yes" if begins[:1] == "{" and '"text"' in begins and _ANNOTATED.search(begins) else "no"


FORMAT = Format("doccano", read, write, (".jsonl", ".ndjson"), CANNOT_HOLD, _looks)
