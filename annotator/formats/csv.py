"""CSV: spans out, one a row (contract 6); articles in, one a row, their columns found by name."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from functools import partial
from typing import IO, Any

import msgspec

from annotator.core.text import accept_text, decode
from annotator.errors import Refused
from annotator.formats.format import Format
from annotator.formats.jsonl import Description, key_of, sorted_json
from annotator.formats.losses import Lost, all_but, counted, lose
from annotator.formats.options import Options
from annotator.formats.records import Incoming, Line, SpanLine
from annotator.formats.sinks import spool
from annotator.formats.strict_json import MAX_LINE

SPAN_COLUMNS = ("article", "key", "title", "layer", "reviewer", "id", "start", "end", "label", "text", "note")
FIELDS = ("text", *Description.__struct_fields__)
DELIMITERS = (",", ";", "\t")
CANNOT_HOLD = all_but(
    "ids of articles", "keys", "titles", "names of layers", "names of reviewers", "ids of spans", "notes",
    "values of attributes",
)  # fmt: skip
_RUN_BY_SPREADSHEETS = tuple("=+-@\t\r")
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
csv.field_size_limit(MAX_LINE)  # a cell may hold an article


# -- spans out


def write(articles: Iterable[Line], lost: Lost | None = None) -> Iterator[bytes]:
    """A header and a row for each span; lines end in CRLF (RFC 4180), no mark stands at the start.

    The attributes follow the note, in the order in which they are first met; one named like another column
    is `attributes.NAME`. A cell beginning with one of `= + - @`, tab or CR gets a `'`, and is counted: it
    is then not told from one that began so. Texts of articles are not in it.
    """
    names: dict[str, int] = {}
    with spool() as rows:
        for article in counted(articles, CANNOT_HOLD, lost):
            lose(lost, "texts of articles")
            lose(lost, "articles without a span", not article.spans)
            for span in article.spans:
                values = [span.attributes.get(name) for name in _met(span, names)]
                rows.write(msgspec.json.encode(_cells(article, span) + values) + b"\n")
        extra = [f"attributes.{name}" if name in SPAN_COLUMNS else name for name in names]
        yield _row([*SPAN_COLUMNS, *extra], 0, lost)
        rows.seek(0)
        for line in rows:
            yield _row(msgspec.json.decode(line), len(SPAN_COLUMNS) + len(names), lost)


def _met(span: SpanLine, names: dict[str, int]) -> list[str]:
    for name in span.attributes:
        names.setdefault(name, len(names))
    return list(names)


def _cells(article: Line, span: SpanLine) -> list[Any]:
    return [
        article.id, article.key, article.title, article.layer, article.reviewer, span.id, span.start, span.end,
        span.label, span.text, span.note,
    ]  # fmt: skip


def _row(values: list[Any], width: int, lost: Lost | None) -> bytes:
    cells = ["" if value is None else str(value) for value in values]
    cells += [""] * (width - len(cells))
    guarded = ["'" + cell if cell.startswith(_RUN_BY_SPREADSHEETS) else cell for cell in cells]
    lose(lost, "cells that now begin with '", sum(map(len, guarded)) - sum(map(len, cells)))
    line = io.StringIO(newline="")
    csv.writer(line).writerow(guarded)
    return line.getvalue().encode()


# -- articles in


def read(stream: IO[bytes], name: str, options: Options) -> Iterator[Incoming]:
    """The articles of a CSV file, one a row, its columns found by their names in the first row.

    A column is one of `FIELDS` if its name is, in any case, or if `options.columns` says so; every other is
    kept in `meta`; `options.found` has which. Empty cells are left out. Cells are separated by whichever of
    comma, semicolon and tab gives the first row a column `text`. What is refused has the place `NAME:LINE`,
    the line that the row ends on.
    """
    lines = _Lines(stream, name, options.encoding)
    first = next(lines, "")
    delimiter, header = _header(first, name, options)
    fields = _fields(header, name, options)
    options.found[name] = list(zip(header, fields, strict=True))
    lines.taken.clear()
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            raise Refused(f"Not CSV that can be read: {error}.", where=f"{name}:{lines.number}") from None
        if row is None:
            return
        source_sha256 = hashlib.sha256(b"".join(lines.taken)).hexdigest()
        lines.taken.clear()
        if row:
            place = f"{name}:{lines.number}"
            yield from options.each([(place, row)], partial(_article, header, fields, source_sha256, options))


class _Lines:
    """The lines of a stream as text, with their ends. `number` is the last one's, `taken` the bytes of those read."""

    def __init__(self, stream: IO[bytes], name: str, encoding: str | None) -> None:
        first = stream.readline(MAX_LINE + 1)
        if encoding or first.startswith(_WIDE_MARKS):
            text = decode(first + stream.read(), declared=encoding, where=name)
            stream = io.BytesIO(text.removeprefix("\ufeff").encode(errors="surrogatepass"))
            first = stream.readline(MAX_LINE + 1)
        self._first: bytes | None = first.removeprefix(codecs.BOM_UTF8)
        self._stream = stream
        self._name = name
        self.number = 0
        self.taken: list[bytes] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._stream.readline(MAX_LINE + 1) if self._first is None else self._first
        self._first = None
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) > MAX_LINE:
            raise Refused(f"The line is longer than {MAX_LINE:,} bytes.", where=f"{self._name}:{self.number}")
        self.taken.append(line)
        try:
            return line.decode()
        except UnicodeDecodeError as error:
            why = f"This is not utf-8: {error.reason}. Name the right encoding, or save the file as UTF-8."
            raise Refused(why, where=f"{self._name}:{self.number}: byte {error.start}") from None


def _header(first: str, name: str, options: Options) -> tuple[str, list[str]]:
    for delimiter in DELIMITERS:
        header = _first_row(first, delimiter, name)
        if tuple(header[: len(SPAN_COLUMNS)]) == SPAN_COLUMNS:
            raise Refused("These are spans without their articles; load the jsonl export.", where=f"{name}:1")
        if "text" in (_field(cell, options) for cell in header):
            return delimiter, header
    header = _first_row(first, max(DELIMITERS, key=first.count), name)
    options.found[name] = [(cell, _field(cell, options)) for cell in header]
    raise Refused(f"No column is named text; the first line is {first.rstrip()[:200]!r}.", where=f"{name}:1")


def _first_row(first: str, delimiter: str, name: str) -> list[str]:
    try:
        return [cell.strip() for row in csv.reader([first], delimiter=delimiter) for cell in row]
    except csv.Error as error:
        raise Refused(f"Not CSV that can be read: {error}.", where=f"{name}:1") from None


def _field(column: str, options: Options) -> str | None:
    named = options.columns.get(column, column.lower())
    return named if named in FIELDS else None


def _fields(header: list[str], name: str, options: Options) -> list[str | None]:
    fields = [_field(column, options) for column in header]
    for column in options.columns:
        if column not in header:
            raise Refused(
                f"No column is named {column!r}; there are {', '.join(map(repr, header))}.", where=f"{name}:1"
            )
    known = [field or f"the column {column!r}" for field, column in zip(fields, header, strict=True)]
    double = sorted({one for one in known if known.count(one) > 1})
    if double:
        raise Refused(f"Two columns stand for {double[0]}.", where=f"{name}:1")
    return fields


def _article(
    header: list[str], fields: list[str | None], source_sha256: str, options: Options, row: list[str], where: str
) -> Iterator[Incoming]:  # fmt: skip
    if len(row) != len(header):
        raise Refused(f"The row has {len(row)} cells, the first one {len(header)}.", where=where)
    given = {field: cell for field, cell in zip(fields, row, strict=True) if field and cell}
    meta = {column: cell for column, field, cell in zip(header, fields, row, strict=True) if not field and cell}
    if "id" in given and "key" in given:
        meta["id"] = given["id"]
    loaded = accept_text(given.pop("text", ""), replace_controls=options.replace_controls, where=f"{where}: text")
    described: dict[str, Any] = {name: cell for name, cell in given.items() if name not in {"id", "key"}}
    yield Incoming(
        where, loaded.text, source_sha256, key=key_of(Description(key=given.get("key"), id=given.get("id"))),
        meta=sorted_json(meta) if meta else None, replaced=loaded.replaced, **described,
    )  # fmt: skip


FORMAT = Format("csv", read, write, (".csv", ".tsv"), CANNOT_HOLD)
