"""Label Studio's JSON: a list of tasks, each with an annotation for every reviewer (contract 6)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import count, groupby
from typing import IO, Any

import msgspec

from annotator.errors import Refused
from annotator.formats.format import Format, Says, Seen
from annotator.formats.jsonl import ID, Description, key_of, meta_of, sorted_json
from annotator.formats.losses import Lost, all_but, counted
from annotator.formats.options import Options
from annotator.formats.places import Accepted, accepted, made_id
from annotator.formats.records import Incoming, IncomingRelation, IncomingSpan, Line, RelationLine, SpanLine
from annotator.formats.strict_json import items, strict_object, structured

HELD = (
    "names of projects", "ids of articles", "keys", "titles", "addresses", "sources", "authors",
    "dates of publication", "languages", "sets of other fields (meta)", "names of reviewers", "ids of spans", "notes",
    "values of attributes", "relations",
)  # fmt: skip
CANNOT_HOLD = all_but(*HELD)
_DESCRIBED = ("project", "key", "title", "url", "source", "author", "published", "language")
_ENCODER = msgspec.json.Encoder()


# -- out


def write(articles: Iterable[Line], lost: Lost | None = None) -> Iterator[bytes]:
    """A list with a task for each article; its layers are taken to follow one another, as in an export.

    `data` holds the text and what is set of the article's fields; `annotator_id` and `annotator_meta` are ours. A
    review's annotation names the reviewer as `completed_by.email`, gold is marked `ground_truth`. A region's `meta`
    holds the note as Label Studio does, and the set attributes. Offsets count code points, as Label Studio's own do.
    """
    numbers = count(1)
    groups = groupby(counted(articles, CANNOT_HOLD, lost), key=lambda line: (line.project, line.id))
    before = b"[\n"
    for number, (_, layers) in enumerate(groups, 1):
        lines = list(layers)
        annotations = [_annotation(line, next(numbers)) for line in lines]
        task = {"id": number, "data": _data(lines[0]), "annotations": annotations, "predictions": []}
        yield before + _ENCODER.encode(task)
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def _data(line: Line) -> dict[str, Any]:
    described = {name: getattr(line, name) for name in _DESCRIBED}
    ours = {"annotator_id": line.id, "annotator_meta": line.meta}
    return {"text": line.text, **{name: value for name, value in (described | ours).items() if value is not None}}


def _annotation(line: Line, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "completed_by": {} if line.reviewer is None else {"email": line.reviewer},
        "ground_truth": line.layer == "gold",
        "was_cancelled": False,
        "result": [*map(_region, line.spans), *map(_relation, line.relations)],
    }


def _region(span: SpanLine) -> dict[str, Any]:
    region: dict[str, Any] = {
        "id": span.id, "from_name": "label", "to_name": "text", "type": "labels",
        "value": {"start": span.start, "end": span.end, "text": span.text, "labels": [span.label]},
    }  # fmt: skip
    attributes = {name: value for name, value in span.attributes.items() if value is not None}
    note = {"text": [span.note]} if span.note else {}
    meta = note | ({"attributes": attributes} if attributes else {})
    return region | ({"meta": meta} if meta else {})


def _relation(relation: RelationLine) -> dict[str, Any]:
    return {
        "type": "relation", "from_id": relation.from_, "to_id": relation.to, "direction": "right",
        "labels": [relation.type],
    }  # fmt: skip


# -- in


class _Data(Description):
    text: str
    annotator_id: str | None = None
    annotator_meta: str | None = None


class _Value(msgspec.Struct):
    start: Any = None  # check_extent tells 1 from 1.0 and from "1"
    end: Any = None
    labels: list[str] = []
    text: str | None = None


class _Meta(msgspec.Struct):
    text: list[str] | str = ""
    attributes: dict[str, Any] = {}


class _Result(msgspec.Struct):
    type: str
    id: str | None = None
    value: dict[str, Any] = {}
    meta: _Meta | None = None
    from_id: str = ""
    to_id: str = ""
    direction: str = "right"
    labels: list[str] | None = None


class _Annotation(msgspec.Struct):
    result: list[_Result] = []
    completed_by: dict[str, Any] | int | str | None = None
    was_cancelled: bool = False


class _Task(msgspec.Struct):
    data: dict[str, Any]
    annotations: list[_Annotation] = []
    predictions: list[_Annotation] = []


def read(stream: IO[bytes], name: str, options: Options) -> Iterator[Incoming]:
    """The articles of a list of tasks, one at a time, once for each annotation.

    What is refused has the place `NAME:LINE`.

    The text is `data.text`; other members of `data` are the article's fields or go into `meta`. An annotation is
    the review of whom `completed_by` names (by address, else by number); those that name nobody, and
    predictions, are suggestions. Results other than labels and relations, and annotations that were cancelled,
    are counted as passed over.
    """
    return options.each(items(stream, name, options.encoding), partial(_articles, options))


def _articles(options: Options, element: bytes, where: str) -> Iterator[Incoming]:
    task = structured(strict_object(element, where), _Task, where)
    data = structured(task.data, _Data, f"{where}: data")
    loaded = accepted(data.text, options, f"{where}: data.text")
    source_sha256 = hashlib.sha256(element).hexdigest()
    given = [(f"annotations[{at}]", it, _reviewer(it)) for at, it in enumerate(task.annotations)]
    given += [(f"predictions[{at}]", it, None) for at, it in enumerate(task.predictions)]
    kept = [one for one in given if not one[1].was_cancelled]
    options.passed_over["annotations that were cancelled"] += len(given) - len(kept)
    if not kept:
        yield _article(task, data, loaded, source_sha256, where)
    for number, (place, annotation, reviewer) in enumerate(kept):
        article = _article(task, data, loaded, source_sha256, where)
        article.replaced = 0 if number else loaded.replaced
        article.reviewer, article.layer = reviewer, "review" if reviewer else None
        _fill(article, annotation, loaded, f"{where}: {place}", options)
        yield article


def _reviewer(annotation: _Annotation) -> str | None:
    named = annotation.completed_by
    if isinstance(named, dict):
        named = named.get("email") or named.get("username") or named.get("id")
    return str(named) if named else None


def _article(task: _Task, data: _Data, loaded: Accepted, source_sha256: str, where: str) -> Incoming:
    ours = data.annotator_id is not None and ID.fullmatch(data.annotator_id)
    return Incoming(
        where, loaded.text, source_sha256, id=data.annotator_id if ours else None, project=data.project,
        key=key_of(data), title=data.title, url=data.url, source=data.source, author=data.author,
        published=data.published, language=data.language, replaced=loaded.replaced,
        meta=_meta(task, data, where),
    )  # fmt: skip


def _meta(task: _Task, data: _Data, where: str) -> str | None:
    foreign = meta_of(task.data, data)
    if data.annotator_meta is None:
        return foreign
    ours = strict_object(data.annotator_meta.encode(), f"{where}: data.annotator_meta")
    return sorted_json(ours | msgspec.json.decode(foreign)) if foreign else data.annotator_meta


def _fill(article: Incoming, annotation: _Annotation, loaded: Accepted, where: str, options: Options) -> None:
    """Puts the annotation's regions and relations into the article; each may be refused."""
    passed_over = options.passed_over
    ids: dict[str, str] = {}
    regions = {result.id for result in annotation.result}
    for number, result in enumerate(annotation.result):
        place = f"{where}.result[{number}]"
        if result.type == "labels":
            try:
                article.spans += list(_spans(result, article, loaded, ids, place, passed_over))
            except Refused as refused:
                options.refuse(refused)
        elif result.type != "relation":
            passed_over[f"results of type {result.type}"] += 1
    for number, result in enumerate(annotation.result):
        if result.type != "relation":
            continue
        if result.from_id in ids and result.to_id in ids:
            article.relations += _relations(result, ids, f"{where}.result[{number}]", passed_over)
        elif result.from_id in regions and result.to_id in regions:
            passed_over["relations of what was passed over"] += 1
        else:
            why = f"It names a region that is not in this annotation: {result.from_id!r} or {result.to_id!r}."
            options.refuse(Refused(why, where=f"{where}.result[{number}]"))


def _spans(
    result: _Result, article: Incoming, loaded: Accepted, ids: dict[str, str], where: str, passed_over: Counter[str]
) -> Iterator[IncomingSpan]:  # fmt: skip
    value = structured(result.value, _Value, f"{where}.value")
    try:
        extent = loaded.extent(value.start, value.end, value.text)
    except Refused as refused:
        raise refused.at(f"{where}.value") from None
    meta = result.meta or _Meta()
    note = meta.text if isinstance(meta.text, str) else "\n".join(meta.text)
    if not value.labels:
        passed_over["regions without a label"] += 1
    for label in value.labels:
        span = IncomingSpan(extent.start, extent.end, label, note, dict(meta.attributes), article.reviewer)
        if result.id is not None:
            first = result.id not in ids
            own = article.id is not None and first and ID.fullmatch(result.id)
            span.id = result.id if own else made_id(article.source_sha256, where, result.id, label)
            ids.setdefault(result.id, span.id)
        yield span


def _relations(
    result: _Result, ids: dict[str, str], where: str, passed_over: Counter[str]
) -> Iterator[IncomingRelation]:  # fmt: skip
    """One for each type it has, and each way that it is directed."""
    if not result.labels:
        passed_over["relations without a type"] += 1
    ends = {"right": [(0, 1)], "left": [(1, 0)], "bi": [(0, 1), (1, 0)]}.get(result.direction)
    if ends is None:
        raise Refused(f"{result.direction!r} is no direction.", where=f"{where}.direction")
    both = (ids[result.from_id], ids[result.to_id])
    for kind in result.labels or ():
        for source, target in ends:
            yield IncomingRelation(kind, both[source], both[target])


def _looks(seen: Seen) -> Says:
    if seen.text[:1] not in ("[", "{"):
        return "no"
    if "data" in seen.keys and not seen.keys.isdisjoint(("annotations", "predictions")):
        return "yes"
    return "may" if seen.text[:1] == "[" else "no"


FORMAT = Format("labelstudio", read, write, (".json",), CANNOT_HOLD, _looks)
