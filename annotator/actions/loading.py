"""Loading articles with their spans: checked first, with nothing locked, then written in one transaction.

Between the two, what was checked waits in a file of its own, so that memory stays flat and other writers
wait for the writing alone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, cast, get_args

import msgspec

from annotator.actions.load_checking import Checked, Checker, Named
from annotator.actions.load_report import Refusal, Report
from annotator.actions.load_writing import Writer
from annotator.core.access import Viewer
from annotator.errors import Busy, Refused
from annotator.formats.records import Incoming
from annotator.store.db import Database

__all__ = ["Named", "Refusal", "Report", "attempt", "load", "named"]

BATCH = 200  # articles
BATCH_LENGTH = 2_000_000  # code points: what is more is written in several batches
IN_MEMORY = 1 << 20  # bytes that wait in memory; more become a file
_batch = msgspec.msgpack.Decoder(list[Checked])
_packed = msgspec.msgpack.Encoder()


class _Undone(Exception):
    """Rolls the transaction back once the report is made."""


def named(word: str) -> Named:
    """The word itself; raises Refused that names the ones there are."""
    if word not in get_args(Named):
        raise Refused(f"Named reviewers' spans become {' or '.join(get_args(Named))}, not {word!r}.", where="as")
    return cast("Named", word)


def load(
    db: Database, incoming: Iterable[Incoming], *, viewer: Viewer | None = None, project: str | None = None,
    named: Named = "reviews", dry_run: bool = False, report: Report | None = None,
) -> Report:  # fmt: skip
    """As `attempt`; raises the first refusal, its `extra` listing all, if anything is refused."""
    report = attempt(db, incoming, viewer=viewer, project=project, named=named, dry_run=dry_run, report=report)
    report.check()
    return report


def attempt(
    db: Database, incoming: Iterable[Incoming], *, viewer: Viewer | None = None, project: str | None = None,
    named: Named = "reviews", dry_run: bool = False, report: Report | None = None,
) -> Report:  # fmt: skip
    """Loads articles into `project`, or each into the project that its line names, made if missing.

    All or nothing: where anything is refused, or for a dry run, nothing is loaded, and the report is what there
    is of it. Read with the report's `options`, so that all that is refused and passed over comes into it. The
    same key (or without one the same text) is the same article: same text counts as `same`, other text is
    refused. Reviewers that a file names get accounts (disabled, if new) and submitted reviews, unless `named`
    makes suggestions of them, as of spans that name none; gold is loaded as gold. `viewer` None is the command
    line. Raises Missing where `project` is none, Busy.
    """
    report = Report() if report is None else report
    checker = Checker(db, viewer, project, named, report)
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
        for batch in _batches(checker, incoming, report):
            packed = _packed.encode(batch)
            spool.write(len(packed).to_bytes(8))
            spool.write(packed)
        try:
            with db.write() as connection:
                writer = Writer(connection, viewer, report)
                for batch in _read_back(spool):
                    writer.take(batch)
                if dry_run or report.refused:
                    raise _Undone  # noqa: TRY301 - it leaves the transaction, not this function
        except _Undone:
            pass
    return report


def _batches(checker: Checker, incoming: Iterable[Incoming], report: Report) -> Iterator[list[Checked]]:
    batch: list[Checked] = []
    length = 0
    try:
        for line in incoming:
            checked = checker.check(line)
            if checked is not None:
                batch.append(checked)
                length += len(checked.text)
            if len(batch) == BATCH or length > BATCH_LENGTH:
                yield batch
                batch, length = [], 0
    except Busy:
        raise
    except Refused as refused:
        report.refuse(refused)
    yield batch


def _read_back(spool: IO[bytes]) -> Iterator[list[Checked]]:
    spool.seek(0)
    while size := spool.read(8):
        yield _batch.decode(spool.read(int.from_bytes(size)))
