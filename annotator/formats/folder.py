"""Where articles are read from: files, folders, zip archives and standard input."""

from __future__ import annotations

import io
import posixpath
import re
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

import msgspec

from annotator.errors import Refused
from annotator.formats import FORMATS, reader
from annotator.formats.archives import UNREADABLE, check_archive
from annotator.formats.format import Format, Seen
from annotator.formats.guess import BEGINNING, guess
from annotator.formats.jsonl import ID, Description, key_of, meta_of, sorted_json
from annotator.formats.options import Options
from annotator.formats.records import Incoming
from annotator.formats.strict_json import lines, strict_object, structured

METADATA = "metadata.jsonl"
_ABOUT = re.compile(r"(README|LICENSE)[^/]*", re.IGNORECASE)


class Described(Description):
    """A line of `metadata.jsonl`; `file_name` is relative to its folder.

    `reviewer` is who made all the file's spans. The last two stand in what we wrote: the article's id, and its `meta`.
    """

    file_name: str
    reviewer: str | None = None
    annotator_id: str | None = None
    annotator_meta: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read. `name` is for people to find it; `key` is its path in what was given, if it has one.

    `open` works until `walk` has gone past the archive that the file is in. `described` is what
    `metadata.jsonl` says of it: the fields we know and, as JSON, the others. `beside` opens the file of that name in
    the same folder, or is None when there is none.
    """

    name: str
    key: str | None
    open: Callable[[], AbstractContextManager[IO[bytes]]]
    described: tuple[Described, str | None] | None = None
    beside: Callable[[str], Callable[[], AbstractContextManager[IO[bytes]]] | None] = lambda _: None


def read_all(paths: Iterable[str], format: str = "auto", options: Options | None = None) -> Iterator[Incoming]:
    """The articles of all the files that `walk` finds, in the format of that name or of their names and contents.

    What `metadata.jsonl` says of a file wins over what the file says. A file that is read along with another is not
    read by itself. `options` tell how to read all of them. Raises Refused, with its place, where no file
    behind can be read either; what else is refused goes to `options.refuse`.
    """
    options = options or Options()
    chosen = None if format == "auto" else FORMATS.get(format)
    if format != "auto":
        reader(format)
    for source in walk(paths):
        try:
            if not _is_companion(source, chosen):
                yield from _articles(source, chosen, options)
        except Refused as refused:
            options.refuse(refused)


def _articles(source: Source, chosen: Format | None, options: Options) -> Iterator[Incoming]:
    with _opened(source) as stream:
        format_ = chosen or _format_of(source, stream)
        assert format_.read is not None
        options = replace(options, key=source.key, beside=partial(_bytes_beside, source))
        for article in format_.read(stream, source.name, options):
            if source.described:
                _describe(article, *source.described)
            yield article


def _is_companion(source: Source, chosen: Format | None) -> bool:
    """Whether the file is read along with another, or says how brat shows others.

    Raises Refused where that other is not there.
    """
    name = posixpath.basename(source.key or "")
    for format_ in [chosen] if chosen else FORMATS.values():
        if name in format_.passes_by:
            return True
        if format_.companion and name.endswith(format_.companion):
            stem = name.removesuffix(format_.companion)
            if any(source.beside(stem + ending) for ending in ("", *format_.extensions)):
                return True
            if chosen or not any(name.endswith(one.extensions) for one in FORMATS.values()):
                raise Refused(f"There is no {stem}{format_.extension} beside it.", where=source.name)
    return False


def _bytes_beside(source: Source, name: str) -> bytes | None:
    opens = source.beside(name)
    if opens is None:
        return None
    with opens() as stream:
        return stream.read()


@contextmanager
def _opened(source: Source) -> Iterator[IO[bytes]]:
    try:
        source.name.encode()
        with source.open() as stream:
            yield stream
    except UnicodeEncodeError:
        raise Refused("Its name is not UTF-8.", where=ascii(source.name)) from None
    except UNREADABLE as error:
        raise Refused(f"It cannot be read: {error}.", where=source.name) from None


def _format_of(source: Source, stream: IO[bytes]) -> Format:
    def beginning() -> bytes:
        if source.open is _standard_input:
            return cast("io.BufferedReader", stream).peek(BEGINNING)[:BEGINNING]
        with source.open() as again:
            return again.read(BEGINNING)

    seen = Seen(source.name, beginning, lambda name: source.beside(name) is not None)
    if source.open is not _standard_input:
        return guess(seen)
    return guess(seen, otherwise=FORMATS["jsonl" if seen.text.startswith("{") else "txt"])


def _describe(article: Incoming, described: Described, meta: str | None) -> None:
    for name in ("project", "title", "url", "source", "author", "published", "language"):
        value = getattr(described, name)
        if value is not None:
            setattr(article, name, value)
    article.key = key_of(described) or article.key
    if meta and article.meta:
        both: list[dict[str, Any]] = [msgspec.json.decode(article.meta), msgspec.json.decode(meta)]
        meta = sorted_json(both[0] | both[1])
    article.meta = meta or article.meta
    if described.annotator_id is not None and ID.fullmatch(described.annotator_id):
        article.id = described.annotator_id
        article.key = key_of(described)
        article.meta = described.annotator_meta or article.meta
    if described.reviewer is not None:
        article.layer, article.reviewer = "review", described.reviewer
        for span in article.spans:
            span.reviewer = described.reviewer


def walk(paths: Iterable[str]) -> Iterator[Source]:
    """The files of the paths: of a folder or `.zip` all of them, by name; `-` is standard input.

    Hidden files are passed over in folders and archives, README and LICENSE too. Each `metadata.jsonl` there
    describes files of its folder (`file_name`, and the fields of a JSONL line). Raises Refused for a
    path that is not there, metadata of a file that is not there, and an archive that is not safe to unpack.
    """
    for given in paths:
        try:
            yield from _sources(given)
        except OSError as error:
            raise Refused(f"It cannot be read: {error}.", where=given) from None


def _sources(given: str) -> Iterator[Source]:
    path = Path(given)
    if given == "-":
        yield Source("standard input", None, _standard_input)
    elif path.is_dir():
        yield from _with_metadata(list(_files_below(path, path)))
    elif not path.exists():
        raise Refused("There is no such file or folder.", where=given)
    elif path.suffix.lower() == ".zip":
        yield from _unpacked(path)
    else:
        # The name alone, so that a file given by itself and within its folder is the same article.
        yield Source(given, path.name, partial(_open, path), beside=partial(_file_beside, path))


def _open(path: Path) -> IO[bytes]:
    return path.open("rb")


def _file_beside(path: Path, name: str) -> Callable[[], IO[bytes]] | None:
    beside = path.with_name(name)
    return partial(_open, beside) if beside.is_file() else None


@contextmanager
def _standard_input() -> Iterator[IO[bytes]]:
    stream = io.BufferedReader(cast("io.RawIOBase", sys.stdin.buffer), BEGINNING)  # has peek, whatever stands there
    try:
        yield stream
    finally:
        stream.detach()


def _files_below(folder: Path, root: Path) -> Iterator[Source]:
    for child in sorted(folder.iterdir(), key=lambda child: child.name):
        if child.name.startswith("."):
            continue
        if child.is_dir():
            yield from _files_below(child, root)
        else:
            yield Source(str(child), child.relative_to(root).as_posix(), partial(_open, child))


def _unpacked(path: Path) -> Iterator[Source]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            check_archive(members, str(path))
            sources = [
                Source(f"{path}/{member.filename}", member.filename, partial(archive.open, member))
                for member in sorted(members, key=lambda member: member.filename.split("/"))
                if not re.search(r"(^|/)(\.|__MACOSX/)", member.filename)
            ]
            yield from _with_metadata(sources)
    except UNREADABLE as error:
        raise Refused(f"The archive cannot be read: {error}.", where=str(path)) from None


def _with_metadata(sources: list[Source]) -> Iterator[Source]:
    keys = {source.key: source for source in sources}
    described: dict[str, tuple[Described, str | None]] = {}
    for source in sources:
        if posixpath.basename(source.key or "") == METADATA:
            for where, key, said in _metadata(source):
                if key not in keys:
                    raise Refused(f"There is no file {said[0].file_name!r} here.", where=where)
                if key in described:
                    raise Refused(f"The file {said[0].file_name!r} is described already.", where=where)
                described[key] = said
    for source in sources:
        name = posixpath.basename(source.key or "")
        if name != METADATA and not _ABOUT.fullmatch(name):
            beside = partial(_source_beside, keys, posixpath.dirname(source.key or ""))
            yield replace(source, described=described.get(source.key or ""), beside=beside)


def _source_beside(
    sources: dict[str | None, Source], folder: str, name: str
) -> Callable[[], AbstractContextManager[IO[bytes]]] | None:
    found = sources.get(posixpath.join(folder, name))
    return found.open if found else None


def _metadata(source: Source) -> Iterator[tuple[str, str, tuple[Described, str | None]]]:
    """For each line its place, the key of the file it describes, and what it says."""
    folder = posixpath.dirname(source.key or "")
    with _opened(source) as stream:
        for where, line in lines(stream, source.name):
            given = strict_object(line, where)
            described = structured(given, Described, where)
            key = posixpath.normpath(posixpath.join(folder, described.file_name))
            yield where, key, (described, meta_of(given, described))
