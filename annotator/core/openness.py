"""What a reviewer may still want to fill in before submitting. It never forbids anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from annotator.core.scheme import Scheme
from annotator.core.spans import Span
from annotator.core.values import Relation


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One thing still open: at which span, and the relation type or attribute that is missing there."""

    span: Span
    kind: str
    name: str


def open_items(scheme: Scheme, spans: Sequence[Span], relations: Iterable[Relation]) -> Iterator[OpenItem]:
    """What is open, in the order of the spans.

    A span of a label that relations begin at, with none of them begun, where the article has a span
    they could lead to; an attribute that is required, or is the speaker of a quote, and is not set.
    """
    begun = {(relation.source, relation.type) for relation in relations}
    labels = {span.label for span in spans}
    links = {
        name: [rule.type for rule in scheme.relations if name in rule.from_ and not labels.isdisjoint(rule.to)]
        for name in labels
    }
    wanted = {
        name: [
            attribute for attribute in scheme.label(name).attributes
            if scheme.attributes[attribute].required or (attribute == "speaker" and name == "quote")
        ]
        for name in labels
    }  # fmt: skip
    for span in spans:
        for kind in links[span.label]:
            if (span.id, kind) not in begun:
                yield OpenItem(span, "relation", kind)
        for attribute in wanted[span.label]:
            if attribute not in span.attributes:
                yield OpenItem(span, "attribute", attribute)
