"""What INCEpTION's formats have in common: a UIMA CAS as texts and structures, and the article that it is to us.

A span is a structure with `begin` and `end`, other than tokens, sentences, the document and what belongs to these. Its
label is the feature `label`, else `value`, else the name of its type; its note is `note`. Other features are attributes
where they are text or numbers; lists and references are counted as passed over. A relation is a structure with
`Governor` and `Dependent` that are two of the spans, from the one to the other; its type is found as a label is.
Offsets are in UTF-16 units.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

from annotator.errors import Refused
from annotator.formats.options import Options
from annotator.formats.places import Accepted, accepted, made_id
from annotator.formats.records import Incoming, IncomingRelation, IncomingSpan
from annotator.formats.utf16 import Units

VIEW = "_InitialView"
SPAN = "webanno.custom.Span"
RELATION = "webanno.custom.Relation"
SOFA = "uima.cas.Sofa"
DOCUMENT = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData"
# Names that an attribute may have as a feature of a span.
FEATURE = re.compile(r"(?!(?:begin|end|sofa|label|note|Governor|Dependent)\Z)[A-Za-z][A-Za-z0-9_]*\Z")
# Of what INCEpTION or its preprocessing says of the text, and no person tagged.
_DKPRO = "de.tudarmstadt.ukp.dkpro.core.api."
_STRUCTURAL = (
    "uima.cas.", "uima.tcas.DocumentAnnotation", *(f"{_DKPRO}{name}.type." for name in (
        "metadata", "segmentation", "lexmorph", "syntax", "transform",
    )), "de.tudarmstadt.ukp.clarin.webanno.api.type.", "de.tudarmstadt.ukp.inception.",
)  # fmt: skip
_ENDS = ("Governor", "Dependent")
_OWN = frozenset(("begin", "end", "sofa", "label", "note", *_ENDS))


@dataclass(slots=True)
class Structure:
    """A feature structure. `features` are text, numbers and truth values; `references` are ids of others.

    `where` is its place for refusals; `lists` counts the features that hold several.
    """

    id: str
    type: str
    where: str
    features: dict[str, Any] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    lists: int = 0


def is_structural(type_: str) -> bool:
    """Whether it says where tokens and sentences are, or the like."""
    return type_.startswith(_STRUCTURAL)


def article(structures: list[Structure], digest: str, name: str, options: Options) -> Incoming:
    """The article of a CAS, its key that of the options; raises Refused where it has no text."""
    texts = [it for it in structures if it.type == SOFA and isinstance(it.features.get("sofaString"), str)]
    sofa = next((it for it in texts if it.features.get("sofaID") == VIEW), texts[0] if texts else None)
    if sofa is None:
        raise Refused("It holds no text (a Sofa with a sofaString).", where=name)
    if len(texts) > 1:
        options.passed_over["views beside the first, with their annotations"] += len(texts) - 1
    loaded = accepted(sofa.features["sofaString"], options, name)
    found = Incoming(name, loaded.text, digest, key=options.key, replaced=loaded.replaced)
    here = [it for it in structures if it.references.get("sofa", sofa.id) == sofa.id]
    for it in here:
        if it.type == DOCUMENT or it.type.endswith(".DocumentAnnotation"):
            _describe(found, it)
    _Layers(found, loaded, options).take([it for it in here if not is_structural(it.type)])
    return found


def _describe(found: Incoming, document: Structure) -> None:
    language, title = document.features.get("language"), document.features.get("documentTitle")
    if isinstance(language, str) and language not in {"", "x-unspecified"}:
        found.language = language
    known = (document.features.get("documentId"), (found.key or "").rpartition("/")[2])
    if isinstance(title, str) and title and title not in known:
        found.title = title


class _Layers:
    """Puts spans and relations into an article."""

    def __init__(self, found: Incoming, loaded: Accepted, options: Options) -> None:
        self.found = found
        self.loaded = loaded
        self.options = options
        self.units = Units(loaded.given)
        self.spans: dict[str, IncomingSpan | None] = {}

    def take(self, structures: list[Structure]) -> None:
        relations = [it for it in structures if all(end in it.references for end in _ENDS)]
        ids = {it.id for it in relations}
        for it in structures:
            if it.id not in ids:
                self._try(it, self._span)
        for it in relations:
            self._try(it, self._relation)

    def _try(self, it: Structure, take: Any) -> None:
        try:
            take(it)
        except Refused as refused:
            self.options.refuse(refused.at(it.where))

    def _span(self, it: Structure) -> None:
        self.spans[it.id] = None
        begin, end = it.features.get("begin"), it.features.get("end")
        if begin is None or end is None:
            self.options.passed_over["structures that are nowhere in the text"] += 1
            return
        if begin == end:
            self.options.passed_over["annotations between two characters, of none"] += 1
            return
        extent = self.loaded.extent(self._point("begin", begin), self._point("end", end))
        span = IncomingSpan(extent.start, extent.end, _label(it), _note(it), self._attributes(it))
        span.id = made_id(self.found.source_sha256, self.found.key or "", it.id)
        self.spans[it.id] = span
        self.found.spans.append(span)

    def _point(self, name: str, unit: Any) -> int:
        if type(unit) is not int:
            raise Refused(f"{name} must be an integer, not {unit!r}.", where=name)
        if unit > self.units.length:
            raise Refused(f"{name} is {unit}, past the end of the text at {self.units.length}.", where=name)
        point = self.units.point(unit)
        if point is None:
            raise Refused(f"{name} {unit} falls within a character, between the UTF-16 units of it.", where=name)
        return point

    def _attributes(self, it: Structure) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        chosen = _label_feature(it)
        for name, value in it.features.items():
            if name in _OWN or name == chosen or value is None:
                continue
            if isinstance(value, float) and not math.isfinite(value):
                self.options.passed_over["numbers that are not finite"] += 1
            else:
                kept[name] = str(value).lower() if isinstance(value, bool) else value
        left = it.lists + len(it.references.keys() - {"sofa"})
        if left:
            self.options.passed_over["features that are lists or other structures"] += left
        return kept

    def _relation(self, it: Structure) -> None:
        source, target = (self.spans.get(it.references[end]) for end in _ENDS)
        if source is None or target is None:
            self.options.passed_over["relations of what was passed over"] += 1
            return
        assert source.id
        assert target.id
        self.found.relations.append(IncomingRelation(_label(it), source.id, target.id))


def _label_feature(it: Structure) -> str | None:
    return next((name for name in ("label", "value") if isinstance(it.features.get(name), str)), None)


def _label(it: Structure) -> str:
    name = _label_feature(it)
    return (it.features[name] if name else "") or it.type.rpartition(".")[2]


def _note(it: Structure) -> str:
    note = it.features.get("note")
    return note if isinstance(note, str) else ""
