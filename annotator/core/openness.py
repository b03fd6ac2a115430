"""What a reviewer may still want to fill in before submitting. It never forbids anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


def open_items(scheme: Scheme, spans: Sequence[Span], relations: Iterable[Relation]) -> list[OpenItem]:
    """What is open, in the order of the spans.

    A span of a label that relations begin at, with none of them begun, where the article has a span
    they could lead to; an attribute that is required, or is the speaker, and is not set.
    """
    begun = {(relation.source, relation.type) for relation in relations}
    labels = {span.label for span in spans}
    found = []
    for span in spans:
        for rule in scheme.relations:
            fits = span.label in rule.from_ and not labels.isdisjoint(rule.to)
            if fits and (span.id, rule.type) not in begun:
                found.append(OpenItem(span, "relation", rule.type))
        for name in scheme.label(span.label).attributes:
            wanted = scheme.attributes[name].required or (name == "speaker" and span.label == "quote")
            if wanted and name not in span.attributes:
                found.append(OpenItem(span, "attribute", name))
    return found
