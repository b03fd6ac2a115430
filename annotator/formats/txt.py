"""Plain text: the file is the article."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import IO

from annotator.core.text import load_text
from annotator.formats.format import Format
from annotator.formats.options import Options
from annotator.formats.records import Incoming


def read(stream: IO[bytes], name: str, options: Options) -> Iterator[Incoming]:
    """The one article of a text file, its key that of the options.

    Raises Refused with `NAME: byte N` or `NAME: code point N`.
    """
    data = stream.read()
    loaded = load_text(data, declared=options.encoding, replace_controls=options.replace_controls, where=name)
    sha256 = hashlib.sha256(data).hexdigest()
    yield Incoming(name, loaded.text, sha256, key=options.key, replaced=loaded.replaced)


FORMAT = Format("txt", read, None, (".txt",))
