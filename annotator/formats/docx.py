"""Word documents (`.docx`), read from their XML: one article a file. Nothing else of a document is opened or run.

Paragraphs are blocks, their text as it is: headings by the name of their style (`heading 1`; `Title` is of
level 1) or its outline level, list items by their numbering, quotations by the styles `Quote` and `Intense
Quote`; a table's rows are paragraphs with a tab between cells. Empty paragraphs are none. Tabs, line breaks,
soft and no-break hyphens are the characters for them. Footnotes, then endnotes, stand behind the text, a
paragraph each, in the order they are named in; the mark in the text and the numbers of lists are no text.

Of tracked changes, what was inserted or moved there is kept; what was deleted or moved away is left out and
counted, and where the end of a paragraph was deleted the next one goes on in it. Hidden text, text boxes,
comments, headers and footers and symbols of a font's own are left out and counted too. The title is the first
paragraph of the style `Title`, else the first heading of level 1, else the document's; author, language and the
document's dates are the document's own, the dates in `meta`.
"""

from __future__ import annotations

import hashlib
import io
import posixpath
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO

from annotator.core.text import accept_text
from annotator.errors import Refused
from annotator.formats.archives import UNREADABLE, check_archive
from annotator.formats.blocks import Blocks
from annotator.formats.docx_styles import Style, Styles
from annotator.formats.format import Format
from annotator.formats.options import Options
from annotator.formats.records import Incoming
from annotator.formats.strict_xml import MAX_BYTES, Node, as_json, bytes_of, parse

_MAIN = "/officeDocument"
_CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad", "ptab": "\t"}
_DELETED = {"del": "deleted", "moveFrom": "moved away"}
_LEFT_OUT = {
    "sym": "symbols of a font of their own", "commentReference": "comments",
    "object": "objects in the document",
}  # fmt: skip
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}


def read(stream: IO[bytes], name: str, options: Options) -> Iterator[Incoming]:
    """The one article of a document, its key that of the options, its blocks told.

    What is wrong with a part of it has the place `NAME/PART:LINE`. Raises Refused.
    """
    data = bytes_of(stream, name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = _Document(archive, name, options).article(hashlib.sha256(data).hexdigest())
    except UNREADABLE as error:
        raise Refused(f"Not a Word document that can be read: {error}.", where=name) from None
    yield found


@dataclass(slots=True)
class _Paragraph:
    """What is read of a paragraph; `open` where its end was deleted."""

    parts: list[str] = field(default_factory=list)
    style: Style = field(default_factory=Style)
    listed: bool = False
    open: bool = False


class _Document:
    """The parts of a document, and its text so far."""

    def __init__(self, archive: zipfile.ZipFile, name: str, options: Options) -> None:
        check_archive(archive.infolist(), name)
        self.archive = archive
        self.name = name
        self.options = options
        self.passed_over = options.passed_over
        self.text = Blocks()
        self.paragraph = _Paragraph()
        self.notes: dict[str, list[str]] = {kind: [] for kind in _NOTES.values()}
        self.titles: dict[str, str] = {}
        self.main = self._target("", _MAIN) or ""
        if not self.main:
            raise Refused("Not a Word document: it names no main part.", where=name)
        styles, numbering = self._target(self.main, "/styles"), self._target(self.main, "/numbering")
        self.styles = Styles(self._part(styles) if styles else None)
        self.numbered = numbering is not None

    def article(self, digest: str) -> Incoming:
        root = self._part(self.main)
        body = root.first("body")
        if body is None:
            raise Refused("Not a Word document: its main part has no body.", where=f"{self.name}/{self.main}")
        self._blocks(body)
        self._end()
        for kind in self.notes:
            self._take_notes(kind)
        self._count_others()
        text = "".join(self.text.parts)
        loaded = accept_text(text, replace_controls=self.options.replace_controls, where=self.name)
        core = self._target("", "/core-properties")
        about = self._part(core) if core else None
        said = {name: (node.words() or None) if (node := about and about.first(name)) else None for name in (
            "title", "creator", "language",
        )}  # fmt: skip
        others = about.nodes("created", "modified", "subject", "keywords", "description", "category") if about else []
        return Incoming(
            self.name, loaded.text, digest, key=self.options.key, author=said["creator"], language=said["language"],
            title=self.titles.get("title") or self.titles.get("heading") or said["title"], replaced=loaded.replaced,
            meta=as_json(others), blocks=tuple(self.text.blocks) if len(loaded.text) == len(text) else None,
        )  # fmt: skip

    # -- parts

    def _part(self, path: str) -> Node:
        try:
            member = self.archive.getinfo(path)
        except KeyError:
            raise Refused(f"Not a Word document: it has no {path}.", where=self.name) from None
        if member.file_size > MAX_BYTES:
            raise Refused(f"{path} is longer than {MAX_BYTES:,} bytes.", where=self.name)
        return parse(self.archive.read(member), f"{self.name}/{path}")

    def _targets(self, part: str, kind: str) -> Iterator[str]:
        """The parts that a part names as that kind of thing, in the document alone."""
        folder, base = posixpath.split(part)
        path = posixpath.join(folder, "_rels", f"{base}.rels")
        if path in self.archive.namelist():
            for node in self._part(path).nodes("Relationship"):
                given = node.attributes
                if given.get("Type", "").endswith(kind) and given.get("TargetMode") != "External":
                    yield posixpath.normpath(posixpath.join("/", folder, given.get("Target", ""))).lstrip("/")

    def _target(self, part: str, kind: str) -> str | None:
        return next(self._targets(part, kind), None)

    def _count_others(self) -> None:
        edges = sum(1 for kind in ("/header", "/footer") for _ in self._targets(self.main, kind))
        if edges:
            self.passed_over["headers and footers"] += edges

    # -- blocks

    def _blocks(self, node: Node) -> None:
        for child in node.nodes():
            if child.name == "p":
                self._take_paragraph(child)
            elif child.name == "tbl":
                self._end()
                self._take_table(child)
            elif child.name in _DELETED:
                self._count_deleted(child)
            elif child.name not in {"sectPr", "tblPr", "tcPr", "sdtPr"}:
                self._blocks(child)

    def _take_paragraph(self, node: Node) -> None:
        properties = node.first("pPr")
        if not self.paragraph.open:
            self.paragraph.style = self.styles.of(properties)
            self.paragraph.listed = self.numbered and self.styles.is_listed(properties)
        self._inline(node)
        mark = properties.first("rPr") if properties else None
        self.paragraph.open = mark is not None and any(it.name in _DELETED for it in mark.nodes())
        if self.paragraph.open:
            self.passed_over["ends of paragraphs that were deleted"] += 1
        else:
            self._end()

    def _end(self, listed: str = "") -> None:
        """Ends the block that is being read."""
        paragraph, self.paragraph = self.paragraph, _Paragraph()
        text = "".join(paragraph.parts)
        if text.strip():
            kind, level = paragraph.style.kind, paragraph.style.level
            if kind == "heading" and level == 1:
                self.titles.setdefault("title" if paragraph.style.is_title else "heading", " ".join(text.split()))
            if kind == "paragraph" and paragraph.listed:
                kind = "list_item"
            self.text.add(text, kind, level, listed or ("li" if kind == "list_item" else ""))

    def _take_table(self, table: Node) -> None:
        for row in _rows(table):
            if row.first("trPr", "del"):
                self._count_deleted(row)
                continue
            cells = [self._cell(cell) for cell in _cells(row)]
            if any(cell.strip() for cell in cells):
                self.text.add("\t".join(cells), "paragraph", 0, "tr")

    def _cell(self, cell: Node) -> str:
        """The cell's text on lines of its own, without blocks."""
        outer, self.text = self.text, Blocks()
        self._blocks(cell)
        self._end()
        inner, self.text = self.text, outer
        return "".join(inner.parts).replace("\n\n", "\n")

    # -- in a paragraph

    def _inline(self, node: Node) -> None:
        for child in node.nodes():
            name = child.name
            if name == "t":
                self.paragraph.parts.append(child.text())
            elif name in _CHARACTERS:
                self.paragraph.parts.append(_CHARACTERS[name])
            elif name in _NOTES:
                self.notes[_NOTES[name]].append(child.attributes.get("id", ""))
            elif name in _DELETED:
                self._count_deleted(child)
            elif name in _LEFT_OUT:
                self.passed_over[_LEFT_OUT[name]] += 1
            elif name == "r" and _is_hidden(child):
                self.passed_over["runs of hidden text"] += 1
            elif name in {"drawing", "pict"}:
                boxes = sum(1 for it in child.walk() if it.name == "txbxContent")
                self.passed_over["text boxes"] += boxes
            elif name == "AlternateContent":  # the same twice: for those who know it, and for others
                self._inline(child.first("Choice") or child.first("Fallback") or child)
            elif name not in {"pPr", "rPr", "instrText", "delText", "delInstrText", "rt", "sdtPr"}:
                self._inline(child)

    def _count_deleted(self, node: Node) -> None:
        count = sum(len(it.text()) for it in node.walk() if it.name in {"t", "delText"})
        if count:
            self.passed_over[f"characters {_DELETED.get(node.name, 'deleted')} in tracked changes"] += count

    def _take_notes(self, kind: str) -> None:
        path = self._target(self.main, f"/{kind}")
        named = list(dict.fromkeys(self.notes[kind]))
        if path is None or not named:
            return
        notes = {node.attributes.get("id", ""): node for node in self._part(path).nodes()}
        for id_ in named:
            note = self._cell(notes[id_]).strip() if id_ in notes else ""
            if note:
                self.text.add(note)


def _each(node: Node, name: str, stop: Callable[[Node], bool]) -> Iterator[Node]:
    for child in node.nodes():
        if child.name == name:
            yield child
        elif not stop(child):
            yield from _each(child, name, stop)


def _rows(table: Node) -> Iterator[Node]:
    """Rows that stand in the table itself, also in a content control."""
    return _each(table, "tr", lambda node: node.name in {"tbl", "tblPr", "tblGrid"})


def _cells(row: Node) -> Iterator[Node]:
    return _each(row, "tc", lambda node: node.name in {"tbl", "trPr"})


def _is_hidden(run: Node) -> bool:
    properties = run.first("rPr")
    vanish = properties.first("vanish") if properties else None
    return vanish is not None and vanish.attributes.get("val", "true") not in {"0", "false", "off"}


FORMAT = Format("docx", read, None, (".docx",))
