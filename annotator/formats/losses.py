"""What of a record a format has no place for, counted in words that a person can read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from annotator.formats.records import Line

Lost = Counter[str]  # how many of what; the keys are plural words

# Words for each part of a `Line` besides the text, and how many of it the line has.
COUNTED: dict[str, Callable[[Line], int]] = {
    "names of projects": lambda line: bool(line.project),
    "ids of articles": lambda line: bool(line.id),
    "keys": lambda line: line.key is not None,
    "titles": lambda line: line.title is not None,
    "addresses": lambda line: line.url is not None,
    "sources": lambda line: line.source is not None,
    "authors": lambda line: line.author is not None,
    "dates of publication": lambda line: line.published is not None,
    "languages": lambda line: line.language is not None,
    "hashes of source files": lambda line: bool(line.source_sha256),
    "sets of other fields (meta)": lambda line: line.meta is not None,
    "names of layers": lambda line: bool(line.layer),
    "names of reviewers": lambda line: line.reviewer is not None,
    "splits": lambda line: line.split is not None,
    "ids of spans": lambda line: len(line.spans),
    "notes": lambda line: sum(bool(span.note) for span in line.spans),
    "values of attributes": lambda line: sum(
        value is not None for span in line.spans for value in span.attributes.values()
    ),
    "names of who made a span": lambda line: sum(bool(span.by) and span.by != line.reviewer for span in line.spans),
    "times of spans": lambda line: sum(bool(span.at) for span in line.spans),
    "origins of spans": lambda line: sum(bool(span.from_) for span in line.spans),
    "relations": lambda line: len(line.relations),
}


def all_but(*held: str) -> tuple[str, ...]:
    """What a format cannot hold, by what it can. A name that is not in `COUNTED` is a mistake of ours."""
    unknown = set(held) - COUNTED.keys()
    assert not unknown, unknown
    return tuple(name for name in COUNTED if name not in held)


def counted(articles: Iterable[Line], cannot_hold: tuple[str, ...], lost: Lost | None) -> Iterator[Line]:
    """The articles as they come; into `lost` goes what of each the format cannot hold."""
    for article in articles:
        for name in cannot_hold if lost is not None else ():
            lose(lost, name, COUNTED[name](article))
        yield article


def lose(lost: Lost | None, name: str, number: int = 1) -> None:
    """Counts what is left out; nothing is counted where nobody asks."""
    if lost is not None and number:
        lost[name] += number
