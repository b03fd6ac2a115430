"""What a load did or would do, and all that it refuses: the same for the command, the API and the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from annotator.errors import Refused
from annotator.formats.options import Options

SHOWN = 100  # refusals that are kept in words; the rest are counted


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that cannot be loaded. `where` is file, line and field; `why` has the value that stands there."""

    where: str
    why: str


@dataclass(slots=True)
class Report:
    """`loaded` and `same` count articles, the latter of those that were there already; nothing is when `refused`.

    `doubles` are spans that a file holds twice, `replaced` controls made spaces; `passed_over` counts, in
    words, what of the files has no place here; `columns` has those of each CSV file with the field that each is
    read as, None for `meta`. `refused` counts all refusals, `refusals` has the first of them.
    """

    loaded: int = 0
    same: int = 0
    reviews: int = 0
    gold: int = 0
    spans: int = 0
    suggestions: int = 0
    doubles: int = 0
    replaced: int = 0
    people: list[str] = field(default_factory=list)
    projects: list[str] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    columns: dict[str, list[tuple[str, str | None]]] = field(default_factory=dict)
    refused: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    first: Refused | None = None

    def options(
        self, encoding: str | None = None, *, replace_controls: bool = False, columns: Mapping[str, str] | None = None,
        boilerplate: str | None = None,
    ) -> Options:  # fmt: skip
        """How to read files so that what is refused and passed over comes into this report."""
        return Options(
            encoding, replace_controls, columns=columns or {}, refuse=self.refuse, passed_over=self.passed_over,
            found=self.columns, boilerplate=boilerplate,
        )  # fmt: skip

    def refuse(self, refused: Refused) -> None:
        """Notes a refusal."""
        self.refused += 1
        self.first = self.first or refused
        if len(self.refusals) < SHOWN:
            self.refusals.append(Refusal(refused.where or "", refused.why))

    def words(self) -> list[str]:
        """What it did in one line, and a line for each thing passed over."""
        parts = [f"{self.loaded} loaded", f"{self.same} same"]
        for number, words in (
            (self.reviews, "reviews"), (self.gold, "gold layers"), (self.spans, "spans"),
            (self.suggestions, "suggestions"), (self.doubles, "spans twice in a file, kept once"),
            (self.replaced, "controls made spaces"),
        ):  # fmt: skip
            if number:
                parts.append(f"{number} {words}")
        passed_over = [f"passed over: {number} {words}" for words, number in self.passed_over.items() if number]
        return [", ".join(parts), *passed_over]

    def check(self) -> None:
        """Raises the first refusal, if there is one, with all of them in its `extra`."""
        if self.first is not None:
            listed = [{"where": one.where, "why": one.why} for one in self.refusals]
            self.first.extra |= {"refused": self.refused, "refusals": listed}
            raise self.first
