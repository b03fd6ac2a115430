"""What reviewers differ on, stretch by stretch with the words there; and all stretches behind a measure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from annotator.actions.measuring import AT_ONCE, Kept, Measured, layers_of, measured
from annotator.core.access import Viewer
from annotator.core.agreement_counts import ANY, Counts
from annotator.core.stretches import Stretch, narrowed, stretches
from annotator.core.values import Article, Project
from annotator.store import articles, exported


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose stretches are asked for: of two reviewers (`a` and `b`), on a label, in an article; "" where not.

    `alike`: those on which they agree too.
    """

    a: str = ""
    b: str = ""
    label: str = ""
    article: str = ""
    alike: bool = False


@dataclass(frozen=True, slots=True)
class Dispute:
    """A stretch of an article with its words; `text` begins at the stretch's start."""

    article: Article
    stretch: Stretch
    text: str


def most_disputed(connection: Connection, found: Iterable[tuple[Article, Measured]], most: int) -> list[Dispute]:
    """The stretches that the greatest share of reviewers differ on, then those of more reviewers and spans."""
    ranked = [(one.rank, article, one) for article, measure in found for one in measure.disputed]
    ranked.sort(key=lambda entry: ([-part for part in entry[0]], entry[1].position, entry[2].start))
    chosen = [(article, stretch) for _, article, stretch in ranked[:most]]
    texts = {article.id: articles.text(connection, article.id) for article, _ in chosen}
    return [Dispute(a, one, texts[a.id][one.start : one.end]) for a, one in chosen]


def behind(
    connection: Connection, viewer: Viewer, project: Project, kept: Kept, asked: Asked
) -> Iterator[Dispute]:  # fmt: skip
    """The stretches behind a measure, in order, streamed. Who may see them, and what it raises: as `measured`."""
    chosen = [article.id for article, one in measured(connection, viewer, project, kept) if _has(article, one, asked)]
    names = (asked.a, asked.b) if asked.a else None
    label = asked.label if asked.label not in {"", ANY} else None
    for start in range(0, len(chosen), AT_ONCE):
        only = chosen[start : start + AT_ONCE]
        for item in exported.exported(connection, viewer, project, gold=False, reviews=True, only=only):
            for one in stretches(narrowed(layers_of(item), names=names, label=label)):
                if asked.alike or one.differing:
                    yield Dispute(item.article, one, item.text[one.start : one.end])


def _has(article: Article, one: Measured, asked: Asked) -> bool:
    """Whether the article can have what is asked for, by what was counted on it: its spans are not read for that."""
    counts = one.counts
    if len(counts.names) < 2 or asked.article not in {"", article.id}:
        return False
    if asked.a and not {asked.a, asked.b} <= set(counts.names):
        return False
    label = asked.label or ANY
    return label in counts.spans if asked.alike else _differs(counts, label)


def _differs(counts: Counts, label: str) -> bool:
    everyone = (1 << len(counts.names)) - 1
    return any(mask != everyone for mask in counts.spans.get(label, {}))
