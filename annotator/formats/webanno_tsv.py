"""WebAnno TSV 3.3, as INCEpTION takes and gives it: a file for each article and layer, a token a line.

The columns of a span are `label`, `note` and one for each attribute; `[n]` after a value says which span it is
of, where a span has several tokens or shares one with another. A relation stands at the first token of the span
that it goes to, with the token that it comes from. Offsets are in UTF-16 units. Tokens are cut at the edges of
spans, white space is one only where a span begins or ends with it. A sentence is one or more lines of the text,
so that the text comes back whole. What is read of such files besides is in `cas`; `tsv_lines` has how a line is
put together and taken apart.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import IO

from annotator.core.text import decode
from annotator.errors import Refused
from annotator.formats.cas import FEATURE, RELATION, SPAN, article
from annotator.formats.described_files import HOLDS, METADATA, DescribedFiles
from annotator.formats.format import Format, Says, Seen
from annotator.formats.losses import Lost, all_but, counted, lose
from annotator.formats.options import Options
from annotator.formats.records import Incoming, Line, RelationLine, SpanLine
from annotator.formats.sinks import pieces, spool, zipped
from annotator.formats.strict_xml import bytes_of
from annotator.formats.tokens import cut, edges
from annotator.formats.tsv_lines import FORMAT_LINE, Sheet, escaped, escaped_text
from annotator.formats.utf16 import Units

CANNOT_HOLD = all_but(*HOLDS, "notes", "values of attributes", "relations")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
Token = tuple[int, int]


# -- out


def write(articles: Iterable[Line], lost: Lost | None = None) -> Iterator[bytes]:
    """The folder of `write_parts` as a zip archive."""
    return zipped(write_parts(articles, lost))


def write_parts(articles: Iterable[Line], lost: Lost | None = None) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The files of the folder, then `metadata.jsonl`.

    Counted are numbers, which become text, and left out and counted values of attributes that are empty, hold control
    characters, or have a name that is no Java name, and spans and relations whose label or type is or does so.
    """
    with spool() as metadata:
        files = DescribedFiles(".tsv", metadata)
        for line in counted(articles, CANNOT_HOLD, lost):
            yield f"{files.name(line)}.tsv", iter((_document(line, lost).encode(),))
        yield METADATA, pieces(metadata)


def _document(line: Line, lost: Lost | None) -> str:
    spans = [it for it in line.spans if _fits(it.label)]
    lose(lost, "spans whose label TSV cannot hold", len(line.spans) - len(spans))
    ids = {it.id for it in spans}
    relations = [it for it in line.relations if {it.from_, it.to} <= ids and _fits(it.type)]
    lose(lost, "relations of spans left out", len(line.relations) - len(relations))
    said = {it.id: _said(it, lost) for it in spans}
    features = ["label", "note", *sorted({name for values in said.values() for name in values} - {"label", "note"})]
    sheet = _Written(line.text, spans, relations, features, said)
    header = [f"#FORMAT=WebAnno TSV 3.3\n#T_SP={SPAN}|{'|'.join(features)}\n"]
    if relations:
        header.append(f"#T_RL={RELATION}|label|BT_{SPAN}\n")
    return "".join((*header, "\n", *sheet.sentences()))


def _fits(value: str) -> bool:
    return bool(value) and not _CONTROLS.search(value)


def _said(span: SpanLine, lost: Lost | None) -> dict[str, str]:
    """The values of the span's columns."""
    said = {"label": span.label}
    if span.note and _fits(span.note):
        said["note"] = span.note
    lose(lost, "notes that TSV cannot hold", bool(span.note) and "note" not in said)
    for name, value in span.attributes.items():
        if value is None:
            continue
        if not FEATURE.match(name):
            lose(lost, "values of attributes whose name UIMA cannot have")
        elif not _fits(str(value)):
            lose(lost, "values of attributes that TSV cannot hold")
        else:
            said[name] = str(value)
            lose(lost, "numbers that become text", not isinstance(value, str))
    return said


class _Written:
    """The lines of a text with its spans."""

    def __init__(
        self, text: str, spans: list[SpanLine], relations: list[RelationLine], features: list[str],
        said: dict[str, dict[str, str]],
    ) -> None:  # fmt: skip
        self.text = text
        self.spans = sorted(spans, key=lambda it: it.start)
        self.relations = relations
        self.features = features
        self.said = said
        self.units = Units(text)
        starts, ends = {it.start for it in spans}, {it.end for it in spans}
        self.tokens: list[Token] = []
        for start, end in cut(text, edges(spans)):
            if not text[start:end].isspace() or start == 0 or start in starts or end in ends:
                self.tokens.append((start, end))
        self.covering = list(self._covering())
        self.numbers = self._numbers()
        self.names: dict[str, str] = {}  # of the first token of each span

    def _covering(self) -> Iterator[list[SpanLine]]:
        """The spans that each token is in."""
        coming = iter(self.spans)
        span = next(coming, None)
        here: list[SpanLine] = []
        for start, end in self.tokens:
            here = [it for it in here if it.end > start]
            while span is not None and span.start < end:
                here.append(span)
                span = next(coming, None)
            yield list(here)

    def _numbers(self) -> dict[str, int]:
        """A number for each span of several tokens or that shares one."""
        tokens = Counter(it.id for here in self.covering for it in here)
        shared = {it.id for here in self.covering if len(here) > 1 for it in here}
        needing = [it for it in self.spans if tokens[it.id] > 1 or it.id in shared]
        return {it.id: number for number, it in enumerate(needing, 1)}

    def sentences(self) -> Iterator[str]:
        bounds = [0, *self._breaks(), len(self.text) + 1]
        named: list[tuple[str, Token, list[SpanLine]]] = []
        at = 0
        sentence, ordinal = 1, 0
        for (start, end), here in zip(self.tokens, self.covering, strict=True):
            while start >= bounds[sentence]:
                sentence, ordinal = sentence + 1, 0
            ordinal += 1
            named.append((f"{sentence}-{ordinal}", (start, end), here))
            for it in here:
                self.names.setdefault(it.id, f"{sentence}-{ordinal}")
        for number in range(1, len(bounds)):
            words = self.text[bounds[number - 1] : bounds[number] - 1]
            yield "\n" + "".join(f"#Text={escaped_text(part)}\n" for part in words.split("\n"))
            while at < len(named) and named[at][1][0] < bounds[number]:
                yield self._line(*named[at])
                at += 1

    def _breaks(self) -> list[int]:
        """Where a line begins that a sentence may begin with: with a token, and no token before it has its line end."""
        inside = {place for start, end in self.tokens for place in range(start, end) if self.text[place] == "\n"}
        begins = {start for start, _ in self.tokens}
        return [
            found.end()
            for found in re.finditer("\n", self.text)
            if found.end() in begins and found.start() not in inside
        ]

    def _line(self, name: str, token: Token, here: list[SpanLine]) -> str:
        start, end = token
        cells = [name, f"{self.units.of(start)}-{self.units.of(end)}", escaped_text(self.text[start:end])]
        cells += ["|".join(self._value(it, feature) for it in here) or "_" for feature in self.features]
        if self.relations:
            firsts = {it.id for it in here if self.names[it.id] == name}
            relations = [it for it in self.relations if it.to in firsts]
            cells.append("|".join(escaped(it.type) for it in relations) or "_")
            cells.append("|".join(self._from(it) for it in relations) or "_")
        return "\t".join(cells) + "\t\n"

    def _value(self, span: SpanLine, feature: str) -> str:
        value = self.said[span.id].get(feature)
        number = self.numbers.get(span.id)
        return ("*" if value is None else escaped(value)) + (f"[{number}]" if number else "")

    def _from(self, relation: RelationLine) -> str:
        source, target = (self.numbers.get(id_, 0) for id_ in (relation.from_, relation.to))
        return self.names[relation.from_] + (f"[{source}_{target}]" if source or target else "")


# -- in


def read(stream: IO[bytes], name: str, options: Options) -> Iterator[Incoming]:
    """The article of the file, its key that of the options; what is refused has the place `NAME:LINE`.

    Chains and slots (links to other spans) are counted as passed over.
    """
    data = bytes_of(stream, name)
    text = decode(data, declared=options.encoding, where=name).removeprefix("\ufeff")
    if not FORMAT_LINE.match(text):
        raise Refused("It does not begin as WebAnno TSV 3.2 or 3.3 does.", where=f"{name}:1")
    sheet = Sheet(name, options)
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        sheet.take(line, number)
    yield article(sheet.structures(), hashlib.sha256(data).hexdigest(), name, options)


def _looks(seen: Seen) -> Says:
    return "yes" if seen.text.startswith("#FORMAT=WebAnno TSV") else "no"


FORMAT = Format("webanno-tsv", read, write, (".tsv",), CANNOT_HOLD, _looks, write_parts, "folder")
