"""The first half of a load, for which nothing is locked: each line checked and made ready to write."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from annotator.actions.load_report import Report
from annotator.core.access import Viewer
from annotator.core.scheme import DEFAULT_SCHEME, Scheme, check_attributes, check_relation
from annotator.core.spans import check_note
from annotator.core.text import split_blocks, text_sha256
from annotator.errors import Refused
from annotator.formats.records import Incoming, IncomingRelation, IncomingSpan
from annotator.store import projects
from annotator.store.applying import ARTICLE_FIELDS, as_json
from annotator.store.db import Database
from annotator.store.ids import ids_together, new_id

Kind = Literal["gold", "review", "suggestions"]
Named = Literal["reviews", "suggestions"]


class Layer(msgspec.Struct, array_like=True):
    """Spans and relations as event data; in those of gold `by` is as the file says, or None.

    `given` are the ids of spans and relations that come from the file and may be in use here.
    """

    kind: Kind
    reviewer: str | None
    spans: list[dict[str, Any]]
    relations: list[dict[str, str]]
    given: list[str]


class Checked(msgspec.Struct, array_like=True):
    """An article with its layers, ready to write. `fields` are those of `ARTICLE_FIELDS`, in their order."""

    where: str
    project: str
    scheme_version: int
    id: str | None
    key: str | None
    fields: list[str | None]
    text: str
    digest: str
    source_sha256: str
    blocks: str
    meta: str | None
    layers: list[Layer]


class Checker:
    """Checks lines against the schemes of the projects they go to; what is wrong goes to the report."""

    def __init__(self, db: Database, viewer: Viewer | None, project: str | None, named: Named, report: Report) -> None:
        self.db = db
        self.viewer = viewer
        self.named = named
        self.report = report
        self.schemes: dict[str, tuple[Scheme, int]] = {}
        self.labels: dict[str, frozenset[str]] = {}
        self.into = project
        if project is not None:
            with db.read() as connection:
                found = projects.project(connection, project)
            self._know(project, found.scheme, found.scheme_version)

    def check(self, line: Incoming) -> Checked | None:
        """The line ready to write, its layers only if nothing of it is refused; None where it has no project."""
        refused_before = self.report.refused
        self.report.replaced += line.replaced
        try:
            slug = self._project(line)
        except Refused as refused:
            self.report.refuse(refused.at(line.where))
            return None
        scheme, version = self.schemes[slug]
        layers = [self._layer(slug, scheme, line, *one) for one in self._layers(line)]
        blocks = split_blocks(line.text, line.title) if line.blocks is None else line.blocks
        return Checked(
            line.where, slug, version, line.id, line.key, [getattr(line, name) for name in ARTICLE_FIELDS], line.text,
            text_sha256(line.text), line.source_sha256, as_json([
                [b.start, b.end, b.kind, b.level, True] if b.furniture else [b.start, b.end, b.kind, b.level]
                for b in blocks
            ]),
            line.meta, layers if self.report.refused == refused_before else [],
        )  # fmt: skip

    def _project(self, line: Incoming) -> str:
        slug = self.into or line.project
        if slug is None:
            raise Refused("The line names no project, and neither does the command (--project).", where="project")
        if slug not in self.schemes:
            with self.db.read() as connection:
                found = projects.find(connection, slug)
            if self.viewer is not None:
                self.viewer.require("load", slug)
            if found is None:
                self._know(slug, DEFAULT_SCHEME, 1)
            else:
                self._know(slug, found.scheme, found.scheme_version)
        return slug

    def _know(self, slug: str, scheme: Scheme, version: int) -> None:
        self.schemes[slug] = scheme, version
        self.labels[slug] = frozenset(label.name for label in scheme.labels)

    def _layers(self, line: Incoming) -> list[tuple[Kind, str | None, list[IncomingSpan]]]:
        if line.layer == "gold":
            return [("gold", None, line.spans)]
        if self.named == "suggestions":
            return [("suggestions", None, line.spans)] if line.spans else []
        if line.layer == "review" and line.reviewer is not None:
            return [("review", line.reviewer, line.spans)]
        by_reviewer: dict[str | None, list[IncomingSpan]] = {}
        for span in line.spans:
            by_reviewer.setdefault(span.reviewer, []).append(span)
        return [
            ("suggestions" if reviewer is None else "review", reviewer, spans)
            for reviewer, spans in by_reviewer.items()
        ]

    def _layer(
        self, slug: str, scheme: Scheme, line: Incoming, kind: Kind, reviewer: str | None, spans: list[IncomingSpan]
    ) -> Layer:  # fmt: skip
        layer = Layer(kind, reviewer, [], [], [])
        ids: dict[str, str] = {}
        seen: dict[tuple[int, int, str], str] = {}
        labels = self.labels[slug]
        fresh = ids_together()
        for index, span in enumerate(spans):
            place = (span.start, span.end, span.label)
            if place in seen:
                self.report.doubles += 1
                if span.id:
                    ids[span.id] = seen[place]
                continue
            try:
                if span.label not in labels:
                    scheme.label(span.label)
                attributes = check_attributes(scheme, span.label, span.attributes) if span.attributes else {}
                note = check_note(span.note) if span.note else ""
            except Refused as refused:
                self.report.refuse(refused.at(f"{line.where}: spans[{index}]"))
                continue
            if span.id:
                ids[span.id] = seen[place] = span.id
                layer.given.append(span.id)
            else:
                seen[place] = next(fresh)
            row = {
                "id": seen[place], "start": span.start, "end": span.end, "label": span.label, "note": note,
                "attributes": attributes, "at": span.at,
            }  # fmt: skip
            if kind == "gold":
                row |= {"by": span.by or span.reviewer, "from": list(span.origin)}
            layer.spans.append(row)
        if line.relations:
            self._add_relations(scheme, line, layer, ids)
        return layer

    def _add_relations(self, scheme: Scheme, line: Incoming, layer: Layer, ids: dict[str, str]) -> None:
        if layer.kind == "suggestions":
            self.report.passed_over["relations between suggestions"] += len(line.relations)
            return
        labels = {row["id"]: row["label"] for row in layer.spans}
        seen: set[tuple[str, str, str]] = set()
        for index, relation in enumerate(line.relations):
            try:
                ends = _ends(scheme, relation, ids, labels)
            except Refused as refused:
                self.report.refuse(refused.at(f"{line.where}: relations[{index}]"))
                continue
            if (relation.type, *ends) in seen:
                continue
            seen.add((relation.type, *ends))
            if relation.id:
                layer.given.append(relation.id)
            layer.relations.append(
                {"id": relation.id or new_id(), "type": relation.type, "from": ends[0], "to": ends[1]}
            )  # fmt: skip


def _ends(
    scheme: Scheme, relation: IncomingRelation, ids: dict[str, str], labels: dict[str, str]
) -> tuple[str, str]:  # fmt: skip
    source, target = ids.get(relation.source, ""), ids.get(relation.target, "")
    for end, given in ((source, relation.source), (target, relation.target)):
        if end not in labels:
            raise Refused(f"It names a span that is not on this line: {given!r}.")
    check_relation(scheme, relation.type, labels[source], labels[target])
    if source == target:
        raise Refused("A span cannot be linked to itself.")
    return source, target
