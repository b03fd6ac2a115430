"""UIMA CAS JSON 0.4, as INCEpTION exports it: one article a file. What of it is read is in `cas`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import IO, Any

from annotator.core.text import decode
from annotator.errors import Refused
from annotator.formats.cas import Structure, article
from annotator.formats.format import Format, Says, Seen
from annotator.formats.options import Options
from annotator.formats.records import Incoming
from annotator.formats.strict_json import strict_object
from annotator.formats.strict_xml import bytes_of

_STRUCTURES = "%FEATURE_STRUCTURES"


def read(stream: IO[bytes], name: str, options: Options) -> Iterator[Incoming]:
    """The article of the file, its key that of the options; what is refused has the structure's id."""
    data = bytes_of(stream, name)
    text = decode(data, declared=options.encoding, where=name).removeprefix("\ufeff")
    given = strict_object(text.encode(errors="surrogatepass"), name).get(_STRUCTURES)
    if isinstance(given, dict):  # as the first versions wrote them
        given = [{"%ID": id_, **it} if isinstance(it, dict) else it for id_, it in given.items()]
    if not isinstance(given, list):
        raise Refused(f"It has no list of {_STRUCTURES}.", where=name)
    yield article([_structure(it, name, number) for number, it in enumerate(given)], _digest(data), name, options)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _structure(given: Any, name: str, number: int) -> Structure:
    where = f"{name}: {_STRUCTURES}[{number}]"
    if not isinstance(given, dict) or not isinstance(given.get("%TYPE"), str):
        raise Refused("It is no structure with a %TYPE.", where=where)
    found = Structure(str(given.get("%ID", f"-{number}")), given["%TYPE"], where)
    for key, value in given.items():
        if isinstance(value, (list, dict)):
            found.lists += not key.startswith("%")
        elif key.startswith("@"):
            if value is not None:
                found.references[key[1:]] = str(value)
        elif not key.startswith(("%", "^", "#")):
            found.features[key] = value
        elif key.startswith("#"):  # NaN and the infinite ones, as text
            found.features[key[1:]] = float("nan")
    return found


def _looks(seen: Seen) -> Says:
    return "yes" if seen.text[:1] == "{" and not seen.keys.isdisjoint((_STRUCTURES, "%TYPES")) else "no"


FORMAT = Format("cas-json", read, None, (".json",), looks=_looks)
