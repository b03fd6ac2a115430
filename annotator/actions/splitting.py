"""Shares of training, development and test data that keep near copies together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection

from annotator.core.copies import groups, sketch
from annotator.core.split import Shares, Split, split_of
from annotator.core.values import Project
from annotator.store import exported


class Splits:
    """The split of every article of some projects.

    It depends on the text's hash alone, or, where there are near copies, on the least hash among them; whatever of
    the projects an export holds.
    """

    def __init__(self, connection: Connection, chosen: Iterable[Project], shares: Shares) -> None:
        self.shares = shares
        self.grouped: dict[str, str] = {}
        digests = bytearray()

        def texts() -> Iterator[str]:
            for project in chosen:
                for digest, text in exported.texts(connection, project):
                    digests.extend(bytes.fromhex(digest))
                    yield text

        for numbers in groups(map(sketch, texts())):
            members = {digests[number * 32 : (number + 1) * 32].hex() for number in numbers}
            self.grouped |= dict.fromkeys(members, min(members))

    def of(self, text_sha256: str) -> Split:
        """The split of the article whose text has that hash."""
        return split_of(self.grouped.get(text_sha256, text_sha256), self.shares)
