"""The messages of the interface, and the catalogues made of them.

    python tests/catalogues.py

puts new messages into annotator/translations and takes unused ones out; translate them in the .po file and run
it again, for the compiled catalogue.
"""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import annotator
from annotator import errors

ROOT = Path(__file__).parent.parent
CATALOGUES = Path(annotator.__file__).parent / "translations"
REFUSALS = {name: None for name, kind in vars(errors).items() if isinstance(kind, type)}
SOURCES = (("templates", "**.html", "jinja2", {"_": None}), ("annotator/web", "**.py", "python", {"_": None}),
           ("annotator/actions", "**.py", "python", REFUSALS))  # fmt: skip


def messages():
    """Message → the files that have it: what templates and routes pass to `_`, and the fixed words of refusals."""
    found = {
        kind.title: {"annotator/errors.py"}
        for name, kind in vars(errors).items()
        if name in REFUSALS and hasattr(kind, "title")
    }
    for folder, pattern, method, keywords in SOURCES:
        for file, _, message, _, _ in extract_from_dir(
            ROOT / folder, [(pattern, method)], {pattern: {"silent": "false"}}, keywords=keywords
        ):
            found.setdefault(message, set()).add(f"{folder}/{file}")
    return found


def main():
    new = Catalog(project="annotator", charset="utf-8")
    for message, files in sorted(messages().items(), key=lambda item: (sorted(item[1]), item[0])):
        new.add(
            message,
            locations=[(file, None) for file in sorted(files)],
            flags=["python-format"] if "%(" in message else [],
        )
    with (CATALOGUES / "annotator.pot").open("wb") as file:
        write_po(file, new, omit_header=False, include_lineno=False)
    for folder in filter(Path.is_dir, CATALOGUES.iterdir()):
        path = folder / "LC_MESSAGES" / "annotator.po"
        with path.open("rb") as file:
            po = read_po(file, locale=folder.name)
        po.update(new, no_fuzzy_matching=True)
        po.obsolete.clear()
        with path.open("wb") as file:
            write_po(file, po, include_lineno=False)
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, po)
        print(folder.name, "without a translation:", *[m.id for m in po if m.id and not m.string], sep="\n  ")


if __name__ == "__main__":
    main()
