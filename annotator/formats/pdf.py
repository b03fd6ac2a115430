"""PDF files with a text layer: one article a file; needs the extra `office`.

The text is that of each page as pypdf takes it out, in the order that the file draws it in, two line ends
between pages. Nothing of it is guessed at: lines stay lines, a word that is hyphenated at a line's end stays in
two, page numbers and running heads stay in; only spaces at the ends of a line go, which are no part of what was
drawn. Blocks are those of any plain text. Nothing is read off pictures: a file without text on any page is
refused, and pages without are counted. Title, author and dates are those of the file's own information, the
dates in `meta`.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from typing import IO, Any

from annotator.core.text import accept_text, normalise
from annotator.errors import Refused
from annotator.formats.extras import extra
from annotator.formats.format import Format
from annotator.formats.jsonl import sorted_json
from annotator.formats.options import Options
from annotator.formats.records import Incoming
from annotator.formats.strict_xml import bytes_of

MAX_PAGES = 5_000
_SPACES = re.compile(r"[ \t]+(?=\n|\Z)")
_TO_META = {"/CreationDate": "created", "/ModDate": "modified", "/Subject": "subject", "/Keywords": "keywords"}


def read(stream: IO[bytes], name: str, options: Options) -> Iterator[Incoming]:
    """The one article of the file, its key that of the options; raises Refused, also without the extra."""
    library = extra("pypdf", "office")
    data = bytes_of(stream, name)
    try:
        pages, said = _taken(library.PdfReader(io.BytesIO(data)), name)
    except Refused:
        raise
    except Exception as error:  # noqa: BLE001 - whatever pypdf raises of a damaged file
        raise Refused(f"Not a PDF that can be read: {type(error).__name__}: {error}.", where=name) from None
    filled = [page for page in pages if page.strip()]
    if not filled:
        raise Refused("It has no text layer: its pages are pictures, or empty.", where=name)
    if len(filled) < len(pages):
        options.passed_over["pages without text"] += len(pages) - len(filled)
    loaded = accept_text("\n\n".join(filled), replace_controls=options.replace_controls, where=name)
    others = {ours: said[theirs] for theirs, ours in _TO_META.items() if theirs in said}
    yield Incoming(
        name, loaded.text, hashlib.sha256(data).hexdigest(), key=options.key, title=said.get("/Title"),
        author=said.get("/Author"), meta=sorted_json(others) if others else None, replaced=loaded.replaced,
    )  # fmt: skip


def _taken(document: Any, name: str) -> tuple[list[str], dict[str, str]]:
    """The text of each page, and what the file says of itself."""
    if document.is_encrypted:
        raise Refused("It is encrypted; save it without a password.", where=name)
    if len(document.pages) > MAX_PAGES:
        raise Refused(f"It has {len(document.pages):,} pages; {MAX_PAGES:,} at most.", where=name)
    pages = [_SPACES.sub("", normalise(page.extract_text())).strip("\n") for page in document.pages]
    said = {key: " ".join(str(value).split()) for key, value in (document.metadata or {}).items()}
    return pages, {key: value for key, value in said.items() if value}


FORMAT = Format("pdf", read, None, (".pdf",), extra="office")
