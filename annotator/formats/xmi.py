"""UIMA CAS XMI, as INCEpTION takes and gives it: a file for each article and layer, and one `TypeSystem.xml`.

We write spans as `webanno.custom.Span` with the features `label`, `note` and one for each attribute, relations as
`webanno.custom.Relation` from `Governor` to `Dependent`; INCEpTION needs layers of these names. Offsets are in UTF-16
units. What is read of such files is in `cas`; the kinds of features are those of the `TypeSystem.xml` beside, and
without one all of them are text.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import IO

from annotator.errors import Refused
from annotator.formats import type_system
from annotator.formats.cas import DOCUMENT, FEATURE, SOFA, VIEW, Structure, article, is_structural
from annotator.formats.described_files import HOLDS, METADATA, DescribedFiles
from annotator.formats.format import Format, Says, Seen
from annotator.formats.losses import Lost, all_but, counted, lose
from annotator.formats.options import Options
from annotator.formats.records import Incoming, Line, SpanLine
from annotator.formats.sinks import pieces, spool, zipped
from annotator.formats.strict_xml import Node, bytes_of, elements, root_name
from annotator.formats.type_system import DOUBLE, STRING, TypeSystem, quoted
from annotator.formats.utf16 import Units

CANNOT_HOLD = all_but(*HOLDS, "notes", "values of attributes", "relations")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPACE = re.compile(r"http:///(.*)\.ecore")
_OPENING = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" '
    'xmlns:cas="http:///uima/cas.ecore" xmlns:custom="http:///webanno/custom.ecore" '
    f'xmlns:type="http:///{DOCUMENT.rpartition(".")[0].replace(".", "/")}.ecore" xmi:version="2.0">'
)
_SOFA = {"sofaNum": "1", "sofaID": VIEW, "mimeType": "text/plain"}
_IDS = re.compile(r"[0-9]+")
_ENDS = frozenset(("Governor", "Dependent"))


# -- out


def write(articles: Iterable[Line], lost: Lost | None = None) -> Iterator[bytes]:
    """The folder of `write_parts` as a zip archive."""
    return zipped(write_parts(articles, lost))


def write_parts(articles: Iterable[Line], lost: Lost | None = None) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The files of the folder: the articles', a `TypeSystem.xml` in each folder of theirs, `metadata.jsonl`.

    Left out and counted are articles and spans with a character that XML does not have (U+FFFE, U+FFFF), and values of
    attributes with such, with a name that is no Java name, or of another kind than the attribute's first value.
    """
    features: dict[str, str] = {}
    folders = {""}
    with spool() as metadata:
        files = DescribedFiles(".xmi", metadata)
        for line in counted(articles, CANNOT_HOLD, lost):
            if _NOT_XML.search(line.text):
                lose(lost, "articles with characters that XML does not have")
                lose(lost, "spans of articles left out", len(line.spans))
            else:
                name = files.name(line)
                folders.add(name.rpartition("/")[0])
                yield f"{name}.xmi", iter((_document(line, features, lost).encode(),))
        for folder in sorted(folders):
            yield posixpath.join(folder, type_system.FILE), iter((type_system.written(features).encode(),))
        yield METADATA, pieces(metadata)


def _document(line: Line, features: dict[str, str], lost: Lost | None) -> str:
    units = Units(line.text)
    written = [
        _OPENING,
        '<cas:NULL xmi:id="0"/>',
        _element("cas:Sofa", 1, _SOFA | {"sofaString": line.text}),
        _about(line, units),
    ]
    ids: dict[str, tuple[int, SpanLine]] = {}
    for span in line.spans:
        if _NOT_XML.search(span.label):
            lose(lost, "spans whose label XML cannot hold")
            continue
        number = len(written) - 1
        ids[span.id] = (number, span)
        said = {**_places(units, span.start, span.end), "label": span.label, **_said(span, features, lost)}
        written.append(_element("custom:Span", number, said))
    held = [it for it in line.relations if it.from_ in ids and it.to in ids and not _NOT_XML.search(it.type)]
    lose(lost, "relations of spans left out", len(line.relations) - len(held))
    for it in held:
        (source, _), (target, span) = ids[it.from_], ids[it.to]
        ends = {"Governor": str(source), "Dependent": str(target), "label": it.type}
        written.append(_element("custom:Relation", len(written) - 1, _places(units, span.start, span.end) | ends))
    members = " ".join(str(number) for number in range(2, len(written) - 1))
    return "\n".join((*written, f'<cas:View sofa="1" members="{members}"/>\n</xmi:XMI>\n'))


def _about(line: Line, units: Units) -> str:
    said = {"documentTitle": line.title or line.id, "documentId": line.id, "collectionId": line.project}
    said["language"] = line.language or "x-unspecified"
    held = {name: value for name, value in said.items() if not _NOT_XML.search(value)}
    return _element("type:DocumentMetaData", 2, _places(units, 0, len(line.text)) | held)


def _element(name: str, number: int, said: dict[str, str]) -> str:
    attributes = "".join(f" {feature}={quoted(value)}" for feature, value in said.items())
    return f'<{name} xmi:id="{number}"{attributes}/>'


def _places(units: Units, start: int, end: int) -> dict[str, str]:
    return {"sofa": "1", "begin": str(units.of(start)), "end": str(units.of(end))}


def _said(span: SpanLine, features: dict[str, str], lost: Lost | None) -> dict[str, str]:
    """The note and the set attributes; `features` learns of what kind each attribute is."""
    said = {}
    if span.note and _NOT_XML.search(span.note):
        lose(lost, "notes that XML cannot hold")
    elif span.note:
        said["note"] = span.note
    for name, value in span.attributes.items():
        if value is None:
            continue
        text, kind = (repr(value), DOUBLE) if type(value) in {int, float} else (str(value), STRING)
        if not FEATURE.match(name):
            lose(lost, "values of attributes whose name UIMA cannot have")
        elif _NOT_XML.search(text):
            lose(lost, "values of attributes that XML cannot hold")
        elif features.setdefault(name, kind) != kind:
            lose(lost, "values of attributes of another kind than the first")
        else:
            said[name] = text
    return said


# -- in


def read(stream: IO[bytes], name: str, options: Options) -> Iterator[Incoming]:
    """The article of the file, its key that of the options; what is refused has the place `NAME:LINE`."""
    data = bytes_of(stream, name)
    described = options.beside(type_system.FILE)
    types = type_system.read(described, type_system.FILE) if described is not None else TypeSystem()
    found = elements(data, name, options.encoding, lambda node: node.name != "XMI")
    structures = [it for it in (_structure(node, types, name) for node, _ in found) if it is not None]
    yield article(structures, hashlib.sha256(data).hexdigest(), name, options)


def _structure(node: Node, types: TypeSystem, name: str) -> Structure | None:
    space = _SPACE.fullmatch(node.space)
    package = (space[1] if space else "").replace("/", ".")
    type_ = node.name if package in {"", "uima.noNamespace"} else f"{package}.{node.name}"
    if is_structural(type_) and type_ not in {SOFA, DOCUMENT} and not type_.endswith(".DocumentAnnotation"):
        return None
    where = f"{name}:{node.line}"
    found = Structure(node.attributes.get("xmi:id", ""), type_, where, lists=len({it.name for it in node.nodes()}))
    for feature, text in node.attributes.items():
        try:
            _put(found, feature, text, types)
        except Refused as refused:
            raise refused.at(f"{where}: {feature}") from None
    return found


def _put(found: Structure, feature: str, text: str, types: TypeSystem) -> None:
    if feature in {"begin", "end"}:
        found.features[feature] = int(text) if _IDS.fullmatch(text) and len(text) < 20 else text
    elif feature == "sofa" or feature in _ENDS:
        found.references[feature] = text
    elif feature != "xmi:id":
        value = type_system.value(text, types.range(found.type, feature))
        if value is None:
            found.references[feature] = text
        else:
            found.features[feature] = value


def _looks(seen: Seen) -> Says:
    return "yes" if root_name(seen.text) == "XMI" else "no"


FORMAT = Format(
    "xmi", read, write, (".xmi", ".xml"), CANNOT_HOLD, _looks, write_parts, "folder",
    passes_by=frozenset((type_system.FILE,)),
)  # fmt: skip
