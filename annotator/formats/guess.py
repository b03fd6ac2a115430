"""Which format a file is of, by its name and how it begins."""

from __future__ import annotations

from pathlib import PurePosixPath

from annotator.errors import Refused
from annotator.formats import FORMATS
from annotator.formats.format import Format, Seen

BEGINNING = 1 << 16  # bytes to tell a format by


def guess(seen: Seen, otherwise: Format | None = None) -> Format:
    """The one format that has the file's extension and says that the file is of it, else may be.

    A format that does not say is one that may. A file whose extension none has must be told by its content, or is of
    the format `otherwise`. Raises Refused that names the formats, where none or several are left.
    """
    extension = PurePosixPath(seen.name).suffix.lower()
    read = [format_ for format_ in FORMATS.values() if format_.read]
    known = [format_ for format_ in read if extension in format_.extensions]
    if len(known) == 1:
        return known[0]
    said: dict[str, list[Format]] = {"yes": [], "may": [], "no": []}
    for format_ in known or read:
        said["may" if format_.looks is None else format_.looks(seen)].append(format_)
    if not known:
        said["may"] = []
    for answer in ("yes", "may"):
        if len(said[answer]) == 1:
            return said[answer][0]
        if said[answer]:
            names = " or ".join(format_.name for format_ in said[answer])
            raise Refused(f"By its name and content it may be {names}; give --format.", where=seen.name)
    if known:
        names = ", ".join(format_.name for format_ in known)
        raise Refused(f"Its content is not that of {names}, as its name says; give --format.", where=seen.name)
    if otherwise is not None:
        return otherwise
    extensions = ", ".join(dict.fromkeys(one for format_ in read for one in format_.extensions))
    raise Refused(f"Its name does not tell the format ({extensions}); give --format.", where=seen.name)
