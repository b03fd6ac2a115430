"""The lines of WebAnno TSV 3.2 and 3.3, by what INCEpTION writes and takes (its user guide, appendix on the format)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from annotator.errors import Refused
from annotator.formats.cas import SOFA, VIEW, Structure
from annotator.formats.options import Options

FORMAT_LINE = re.compile(r"#FORMAT=WebAnno TSV 3\.[23][ \t]*\r?(?:\n|\Z)")
MAX_UNITS = 4_000_000  # of UTF-16 that the text before a sentence may have
_RESERVED = re.compile(r"\\|\[|\]|\||_|->|;|\t|\n|\*")
_ESCAPED = re.compile(r"\\(->|.)", re.DOTALL)
_LETTERS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "b": "\b"}
_CODES = {"\t": "\\t", "\n": "\\n", "\\": "\\\\"}
_STACKED = re.compile(r"(?:\\.|[^\\|])*", re.DOTALL)
_VALUE = re.compile(r"((?:\\.|[^\\\[])*)(?:\[([0-9]{1,9})(?:_([0-9]{1,9}))?\])?", re.DOTALL)
_LAYER = re.compile(r"#T_(SP|RL|CH)=([^|]+)(?:\|(.*))?")
_UNIT = re.compile(r"[0-9]+-[0-9]+(?:\.[0-9]+)?")
_OFFSETS = re.compile(r"([0-9]{1,12})-([0-9]{1,12})")


def escaped(value: str) -> str:
    """The value of a column."""
    return _RESERVED.sub(lambda found: "\\" + {"\t": "t", "\n": "n"}.get(found[0], found[0]), value)


def escaped_text(text: str) -> str:
    """Text of a sentence or token, on one line."""
    return re.sub(r"[\t\n\\]", lambda found: _CODES[found[0]], text)


def plain(value: str) -> str:
    """What was escaped, as value or text."""
    return _ESCAPED.sub(lambda found: _LETTERS.get(found[1], found[1]), value)


@dataclass(frozen=True, slots=True)
class _Column:
    layer: str
    feature: str  # empty where there is none
    kind: str  # SP, RL, BT (where a relation comes from), or empty: passed over


@dataclass(slots=True)
class _Unit:
    """A token or part of one."""

    name: str
    begin: int
    end: int
    where: str
    spans: dict[str, list[Structure]] = field(default_factory=dict)  # by layer, as they are stacked
    relations: dict[tuple[str, int], Structure] = field(default_factory=dict)


class Sheet:
    """What is read of a file, line by line."""

    def __init__(self, name: str, options: Options) -> None:
        self.name = name
        self.passed_over = options.passed_over
        self.columns: list[_Column] = []
        self.text: list[str] = []
        self.length = 0  # in UTF-16 units
        self.sentence: list[str] = []
        self.units: dict[str, _Unit] = {}
        self.found: list[Structure] = []
        self.numbered: dict[tuple[str, str], Structure] = {}
        self.links: list[tuple[_Unit, _Column, Structure, str]] = []

    def take(self, line: str, number: int) -> None:
        """Reads a line; raises Refused with its place."""
        where = f"{self.name}:{number}"
        if line.startswith("#T_") and not self.units and not self.sentence:
            self._layer(line, where)
        elif line.startswith("#Text="):
            self.sentence.append(plain(line.removeprefix("#Text=")) + "\n")
        elif line and not line.startswith("#"):
            self._token(line.removesuffix("\t").split("\t"), where)

    def structures(self) -> list[Structure]:
        """The text as a Sofa, and the spans and relations; the text's last line end is the format's own."""
        if self.sentence:
            self._begin(self.length, f"{self.name}: the end")
        for unit, column, relation, cell in self.links:
            self._link(unit, column, relation, cell)
        text = "".join(self.text).removesuffix("\n")
        sofa = Structure("text", SOFA, self.name, {"sofaID": VIEW, "sofaString": text})
        return [sofa, *self.found]

    def _layer(self, line: str, where: str) -> None:
        found = _LAYER.fullmatch(line)
        if found is None:
            raise Refused("It is no layer with its columns.", where=where)
        kind, layer, features = found[1], found[2], [it for it in (found[3] or "").split("|") if it]
        passes = kind == "CH"
        for name in features or [""]:
            if name.startswith("BT_") and kind == "RL":
                self.columns.append(_Column(name.removeprefix("BT_"), layer, "BT"))
                continue
            passes_one = passes or name.startswith("ROLE_") or "." in name
            self.columns.append(_Column(layer, name, "" if passes_one else kind))

    def _token(self, cells: list[str], where: str) -> None:
        offsets = _OFFSETS.fullmatch(cells[1]) if len(cells) > 1 else None
        if offsets is None or not _UNIT.fullmatch(cells[0]):
            raise Refused("It is no token with its number and place.", where=where)
        if len(cells) < 3 + len(self.columns):
            raise Refused(f"It has {len(cells)} columns; {3 + len(self.columns)} are announced.", where=where)
        unit = _Unit(cells[0], int(offsets[1]), int(offsets[2]), where)
        if self.sentence:
            self._begin(unit.begin, where)
        if cells[0] in self.units:
            raise Refused(f"The token {cells[0]} is there already.", where=where)
        self.units[cells[0]] = unit
        for column, cell in zip(self.columns, cells[3:], strict=False):
            if cell != "_":
                self._cell(unit, column, cell)

    def _begin(self, begin: int, where: str) -> None:
        """Puts the sentence where its first token says that it begins; between sentences are spaces."""
        if self.length == begin + 1 and self.text and self.text[-1].endswith("\n"):
            self.text[-1] = self.text[-1][:-1]
            self.length -= 1
        if not self.length <= begin <= MAX_UNITS:
            raise Refused(f"The sentence begins at {begin}, the text before it ends at {self.length}.", where=where)
        words = " " * (begin - self.length) + "".join(self.sentence)
        self.sentence.clear()
        self.text.append(words)
        self.length += len(words.encode("utf-16-le", errors="surrogatepass")) // 2

    def _cell(self, unit: _Unit, column: _Column, cell: str) -> None:
        for at, stacked in enumerate(_split(cell)):
            if column.kind == "SP":
                self._value(self._span(unit, column.layer, at, stacked), column, stacked, unit)
            elif column.kind == "RL":
                self._value(self._relation(unit, column.layer, at), column, stacked, unit)
            elif column.kind == "BT":
                self.links.append((unit, column, self._relation(unit, column.feature, at), stacked))
            else:
                self.passed_over["values of chains and of links to other spans"] += 1

    def _value(self, structure: Structure, column: _Column, stacked: str, unit: _Unit) -> None:
        value, _, _ = _parts(stacked, unit.where)
        if column.feature and value != "*":
            structure.features[column.feature] = plain(value)

    def _span(self, unit: _Unit, layer: str, at: int, stacked: str) -> Structure:
        """The span at that place of the stack; by its number, the one that it goes on from."""
        here = unit.spans.setdefault(layer, [])
        if at < len(here):
            return here[at]
        _, number, _ = _parts(stacked, unit.where)
        span = self.numbered.get((layer, number)) if number else None
        if span is None:
            span = Structure(f"{layer} {unit.name} {at}", layer, unit.where, {"begin": unit.begin})
            self.found.append(span)
            if number:
                self.numbered[layer, number] = span
        span.features["end"] = unit.end
        here.append(span)
        return span

    def _relation(self, unit: _Unit, layer: str, at: int) -> Structure:
        if (layer, at) not in unit.relations:
            found = Structure(f"{layer} {unit.name} {at}", layer, unit.where)
            unit.relations[layer, at] = found
            self.found.append(found)
        return unit.relations[layer, at]

    def _link(self, unit: _Unit, column: _Column, relation: Structure, cell: str) -> None:
        name, source, target = _parts(cell, unit.where)
        given = self.units.get(name)
        ends = {"Governor": self._end(given, column.layer, source), "Dependent": self._end(unit, column.layer, target)}
        for end, span in ends.items():
            relation.references[end] = span.id if span else ""

    def _end(self, unit: _Unit | None, layer: str, number: str) -> Structure | None:
        if number not in {"", "0"}:
            return self.numbered.get((layer, number))
        return next(iter(unit.spans.get(layer, ())), None) if unit else None


def _split(cell: str) -> list[str]:
    found, at = [], 0
    while at <= len(cell):
        match = _STACKED.match(cell, at)
        assert match
        found.append(match[0])
        at = match.end() + 1
    return found


def _parts(stacked: str, where: str) -> tuple[str, str, str]:
    """The value as it is escaped, and its numbers, empty where there are none."""
    found = _VALUE.fullmatch(stacked)
    if found is None:
        raise Refused(f"{stacked[:80]!r} is no value with a number.", where=where)
    return found[1], found[2] or "", found[3] or ""
