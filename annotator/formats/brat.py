"""brat's standoff: for each article a `.txt` with its text and an `.ann` with its spans (contract 6).

An `.ann` line is `T1<TAB>label start end<TAB>text`. A span over several lines has a fragment for each, `start
end;start end`, and a space for the line ends between them in its text. `R1<TAB>type Arg1:T1 Arg2:T2` is a relation,
`#1<TAB>AnnotatorNotes T1<TAB>words` a line of a note, `#2<TAB>Attribute T1<TAB>name = JSON` an attribute.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterable, Iterator
from itertools import count, pairwise
from typing import IO

import msgspec

from annotator.core.text import decode
from annotator.errors import Refused
from annotator.formats.described_files import HOLDS, METADATA, DescribedFiles
from annotator.formats.format import Format, Says, Seen
from annotator.formats.losses import Lost, all_but, counted, lose
from annotator.formats.options import Options
from annotator.formats.places import Accepted, accepted, made_id
from annotator.formats.records import Incoming, IncomingRelation, IncomingSpan, Line, SpanLine
from annotator.formats.sinks import pieces, spool, zipped
from annotator.formats.strict_json import strict_value

CANNOT_HOLD = all_but(*HOLDS, "notes", "values of attributes", "relations")
COMPANION = ".ann"
CONFIGURATION = frozenset(("annotation.conf", "visual.conf", "tools.conf", "kb_shortcuts.conf"))
_TYPE = re.compile(r"\S+")
_ATTRIBUTE = re.compile(r"(\S+) = (.+)")
_RELATION = re.compile(r"(\S+) (\S+):(\S+) (\S+):(\S+)\s*")
_BINARY = re.compile(r"(\S+) (\S+)(?: (.+))?")
_OTHERS = "brat's other kinds (events, normalisations, equivalences)"


# -- out


def write(articles: Iterable[Line], lost: Lost | None = None) -> Iterator[bytes]:
    """The folder of `write_parts` as a zip archive."""
    return zipped(write_parts(articles, lost))


def write_parts(articles: Iterable[Line], lost: Lost | None = None) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The files of the folder: name, and content in UTF-8. A review's stand in a folder named for the reviewer.

    The last file, `metadata.jsonl`, says of each text what is known of the article. Spans that begin or end with
    a line end, and labels and types with white space in them, have no place in the format and are counted. Raises
    Refused for two layers of an article that would have one name.
    """
    with spool() as metadata:
        files = DescribedFiles(".txt", metadata)
        for article in counted(articles, CANNOT_HOLD, lost):
            name = files.name(article)
            yield f"{name}.txt", iter((article.text.encode(),))
            yield f"{name}{COMPANION}", iter(("".join(_annotations(article, lost)).encode(),))
        yield METADATA, pieces(metadata)


def _annotations(article: Line, lost: Lost | None) -> Iterator[str]:
    names: dict[str, str] = {}
    numbers = count(1)
    for span in article.spans:
        if not _TYPE.fullmatch(span.label):
            lose(lost, "spans whose label holds white space")
        elif span.text[0] == "\n" or span.text[-1] == "\n":
            lose(lost, "spans that begin or end with a line end")
        else:
            names[span.id] = name = f"T{len(names) + 1}"
            fragments = list(_fragments(span))
            places = ";".join(f"{start} {end}" for start, end in fragments)
            words = " ".join(article.text[start:end] for start, end in fragments)
            yield f"{name}\t{span.label} {places}\t{words}\n"
            yield from _notes(span, name, numbers, lost)
    held = [it for it in article.relations if it.from_ in names and it.to in names and _TYPE.fullmatch(it.type)]
    lose(lost, "relations of spans left out", len(article.relations) - len(held))
    for number, relation in enumerate(held, 1):
        yield f"R{number}\t{relation.type} Arg1:{names[relation.from_]} Arg2:{names[relation.to]}\n"


def _fragments(span: SpanLine) -> Iterator[tuple[int, int]]:
    for match in re.finditer(r"[^\n]+", span.text):
        yield span.start + match.start(), span.start + match.end()


def _notes(span: SpanLine, name: str, numbers: Iterator[int], lost: Lost | None) -> Iterator[str]:
    for words in span.note.split("\n") if span.note else ():
        yield f"#{next(numbers)}\tAnnotatorNotes {name}\t{words}\n"
    for attribute, value in span.attributes.items():
        if value is None:
            continue
        if not _TYPE.fullmatch(attribute):
            lose(lost, "values of attributes whose name holds white space")
        else:
            yield f"#{next(numbers)}\tAttribute {name}\t{attribute} = {msgspec.json.encode(value).decode()}\n"


# -- in


def read(stream: IO[bytes], name: str, options: Options) -> Iterator[Incoming]:
    """The article of a `.txt` with the spans of the `.ann` beside it, its key that of the options.

    The spans name no reviewer. `A` lines become attributes; lines of other kinds (events, normalisations) are
    counted as passed over. Raises Refused with the `.ann` file and line, also for fragments with more between
    them than line ends: a span here is one stretch of text.
    """
    data = stream.read()
    beside = posixpath.splitext(posixpath.basename(name))[0] + COMPANION
    where = posixpath.splitext(name)[0] + COMPANION
    found = options.beside(beside)
    if found is None:
        raise Refused(f"There is no {beside} beside it.", where=name)
    loaded = accepted(_decoded(data, options, name), options, name)
    article = Incoming(
        name, loaded.text, hashlib.sha256(data).hexdigest(), key=options.key, replaced=loaded.replaced
    )  # fmt: skip
    _Annotations(article, loaded, options).read(_decoded(found, options, where).removeprefix("\ufeff"), where)
    yield article


def _decoded(data: bytes, options: Options, where: str) -> str:
    return decode(data, declared=options.encoding, where=where)


class _Annotations:
    """The lines of one `.ann`, put into the article."""

    def __init__(self, article: Incoming, loaded: Accepted, options: Options) -> None:
        self.article = article
        self.loaded = loaded
        self.passed_over = options.passed_over
        self.refuse = options.refuse
        self.spans: dict[str, IncomingSpan] = {}
        self.noted: set[str] = set()

    def read(self, text: str, where: str) -> None:
        """Each line may be refused. Spans first: notes and relations may stand before what they name."""
        lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        for spans in (True, False):
            for number, line in lines:
                if line.startswith("T") == spans:
                    try:
                        self._line(line.removesuffix("\r"))
                    except Refused as refused:
                        self.refuse(Refused(refused.why, where=f"{where}:{number}"))

    def _line(self, line: str) -> None:
        name, _, rest = line.partition("\t")
        what, _, words = rest.partition("\t")
        kind = name[:1]
        if kind == "T":
            self._span(name, what, words)
        elif kind == "R":
            self._relation(what, name)
        elif kind == "A":
            self._attribute(what, name)
        elif kind == "#":
            self._note(what, words, name)
        else:
            self.passed_over[f"lines of {_OTHERS}"] += 1

    def _span(self, name: str, what: str, words: str) -> None:
        label, _, places = what.partition(" ")
        try:
            fragments = [(int(start), int(end)) for start, end in (place.split(" ") for place in places.split(";"))]
        except ValueError:
            raise Refused(f"{what!r} is no label with start and end.") from None
        given = self.loaded.given
        for (_, end), (start, _) in pairwise(fragments):
            if end > start or given[end:start].strip("\r\n"):
                raise Refused("Its fragments have more than line ends between them; a span is one stretch of text.")
        there = " ".join(given[start:end] for start, end in fragments)
        if there != words:
            raise Refused(f"The text there is {there!r}, not {words!r}.")
        extent = self.loaded.extent(fragments[0][0], fragments[-1][1])
        if name in self.spans:
            raise Refused(f"{name} is there already.")
        id_ = made_id(self.article.source_sha256, self.article.key or "", name)
        self.spans[name] = IncomingSpan(extent.start, extent.end, label, id=id_)
        self.article.spans.append(self.spans[name])

    def _target(self, target: str, name: str) -> IncomingSpan:
        span = self.spans.get(target)
        if span is None:
            raise Refused(f"{name} is of {target}, which is no span of this file.")
        return span

    def _attribute(self, what: str, name: str) -> None:
        found = _BINARY.fullmatch(what)
        if found is None:
            raise Refused(f"{what!r} is no attribute of a span.")
        if found[2].startswith("E"):
            self.passed_over[f"attributes of {_OTHERS}"] += 1
            return
        self._target(found[2], name).attributes[found[1]] = True if found[3] is None else found[3]

    def _relation(self, what: str, name: str) -> None:
        found = _RELATION.fullmatch(what)
        if found is None:
            raise Refused(f"{what!r} is no relation of two spans.")
        kind, role, first, other_role, second = found.groups()
        if first.startswith("E") or second.startswith("E"):
            self.passed_over[f"relations of {_OTHERS}"] += 1
            return
        if (role, other_role) == ("Arg2", "Arg1"):
            first, second = second, first
        source, target = self._target(first, name).id, self._target(second, name).id
        assert source is not None
        assert target is not None
        self.article.relations.append(IncomingRelation(kind, source, target))

    def _note(self, what: str, words: str, name: str) -> None:
        kind, _, target = what.partition(" ")
        if not target.startswith("T"):
            self.passed_over["notes on what is no span"] += 1
            return
        span = self._target(target, name)
        attribute = _ATTRIBUTE.fullmatch(words) if kind == "Attribute" else None
        if attribute:
            span.attributes[attribute[1]] = strict_value(attribute[2].encode(), name)
        else:
            span.note = f"{span.note}\n{words}" if target in self.noted else words
            self.noted.add(target)


def _looks(seen: Seen) -> Says:
    stem = posixpath.splitext(posixpath.basename(seen.name))[0]
    return "yes" if seen.beside(stem + COMPANION) else "no"


FORMAT = Format(
    "brat", read, write, (".txt",), CANNOT_HOLD, _looks, write_parts, "folder", COMPANION, CONFIGURATION
)  # fmt: skip
