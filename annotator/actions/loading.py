"""Loading articles with their spans: all of a call in one transaction, streamed in batches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from annotator.actions.people import check_name
from annotator.actions.projects import check_slug, new_project_event
from annotator.core.access import Viewer
from annotator.core.events import Event
from annotator.core.scheme import DEFAULT_SCHEME, Scheme, check_attributes, check_relation
from annotator.core.spans import check_note
from annotator.core.text import split_blocks, text_sha256
from annotator.core.values import Project
from annotator.errors import Refused
from annotator.formats.records import Incoming, IncomingSpan
from annotator.store import people, present, projects
from annotator.store.applying import ARTICLE_FIELDS, as_json
from annotator.store.db import Database
from annotator.store.ids import new_id, now
from annotator.store.journal import COMMAND_LINE, record, record_loads

BATCH = 500


@dataclass(slots=True)
class Report:
    """What a load did. `doubles` are spans that a file holds twice, `replaced` controls made spaces."""

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


class _DryRun(Exception):
    """Rolls the transaction back once the report is made."""


def load(
    db: Database, incoming: Iterable[Incoming], *, viewer: Viewer | None = None, project: str | None = None,
    dry_run: bool = False,
) -> Report:  # fmt: skip
    """Loads articles into `project`, or each into the project that its line names, made if missing.

    All or nothing: the first line at fault refuses the whole, with its place. The same key (or without
    one the same text) is the same article: same text counts as `same`, other text is refused. Reviewers
    that a file names get accounts (disabled, if new) and submitted reviews; spans without one are
    suggestions. `viewer` None is the command line.
    """
    report = Report()
    lines = iter(incoming)
    try:
        with db.write() as connection:
            loader = _Loader(connection, viewer, project, report)
            while batch := list(islice(lines, BATCH)):
                loader.take(batch)
            if dry_run:
                raise _DryRun  # noqa: TRY301 - it leaves the transaction, not this function
    except _DryRun:
        pass
    return report


class _Loader:
    """One call's state: the projects met so far, and the events of the batch at hand."""

    def __init__(self, connection: Connection, viewer: Viewer | None, project: str | None, report: Report) -> None:
        self.connection = connection
        self.viewer = viewer
        self.actor = viewer.name if viewer else COMMAND_LINE
        self.report = report
        self.at = now()
        self.into = projects.project(connection, project) if project else None
        self.known: dict[str, Project] = {}
        self.positions: dict[str, int] = {}
        self.people: set[str] = set()
        self.events: list[Event] = []

    def take(self, batch: list[Incoming]) -> None:
        """Loads one batch. What is there already is looked up once for all of it."""
        hashes = [text_sha256(line.text) for line in batch]
        there = present.Present(
            self.connection, hashes=hashes,
            keys=[line.key for line in batch if line.key is not None],
            articles=[line.id for line in batch if line.id],
            spans=[span.id for line in batch for span in line.spans if span.id],
            relations=[relation.id for line in batch for relation in line.relations if relation.id],
        )  # fmt: skip
        for line, digest in zip(batch, hashes, strict=True):
            try:
                self._line(line, digest, there)
            except Refused as refused:
                raise refused.at(line.where) from None
        record_loads(self.connection, self.actor, self.events, self.at)
        self.events = []

    def _line(self, line: Incoming, digest: str, there: present.Present) -> None:
        project = self._project(line)
        self.report.replaced += line.replaced
        article = there.find(project.slug, line.key, digest)
        if article is None:
            article = there.free_id(line.id) or new_id()
            self.events.append(self._article(project, article, line, digest))
            there.add(project.slug, line.key, digest, article)
            self.report.loaded += 1
        elif there.hashes[article] != digest:
            raise Refused(
                f"There is an article with key {line.key!r} and other text: {there.hashes[article]} is there, "
                f"{digest} in the file.",
                where="key",
            )
        else:
            self.report.same += 1
        for event in self._layers(project, article, line, there):
            self.events.append(event)

    def _project(self, line: Incoming) -> Project:
        if self.into is not None:
            return self.into
        if line.project is None:
            raise Refused("The line names no project, and neither does the command (--project).", where="project")
        if line.project not in self.known:
            self.known[line.project] = self._named(line.project)
        return self.known[line.project]

    def _named(self, slug: str) -> Project:
        found = projects.find(self.connection, slug)
        if found is None:
            record(self.connection, self.actor, new_project_event(check_slug(slug), slug, 2, DEFAULT_SCHEME))
            self.report.projects.append(slug)
            found = projects.project(self.connection, slug)
        if self.viewer is not None:
            self.viewer.require("load", slug)
        return found

    def _article(self, project: Project, article: str, line: Incoming, digest: str) -> Event:
        blocks = as_json([[b.start, b.end, b.kind, b.level] for b in split_blocks(line.text, line.title)])
        if project.slug not in self.positions:
            self.positions[project.slug] = present.last_position(self.connection, project.slug)
        self.positions[project.slug] += 1
        data = {
            "key": line.key, "position": self.positions[project.slug], "length": len(line.text),
            "text_sha256": digest, "source_sha256": line.source_sha256,
            "blocks_sha256": hashlib.sha256(blocks.encode()).hexdigest(), "meta": line.meta,
            **{name: getattr(line, name) for name in ARTICLE_FIELDS},
        }  # fmt: skip
        return Event("article.loaded", data, project.slug, article, payload=(line.text, blocks))

    # -- layers

    def _layers(self, project: Project, article: str, line: Incoming, there: present.Present) -> Iterator[Event]:
        if line.layer == "gold":
            yield from self._gold(project, article, line, there)
            return
        if line.layer == "review" and line.reviewer is not None:
            by_reviewer: dict[str | None, list[IncomingSpan]] = {line.reviewer: line.spans}
        else:
            by_reviewer = {}
            for span in line.spans:
                by_reviewer.setdefault(span.reviewer, []).append(span)
        for reviewer, spans in by_reviewer.items():
            if reviewer is None:
                yield from self._suggestions(project, article, spans, there)
            else:
                yield from self._review(project, article, line, self._person(reviewer), spans, there)

    def _review(
        self, project: Project, article: str, line: Incoming, reviewer: str, spans: list[IncomingSpan],
        there: present.Present,
    ) -> Iterator[Event]:  # fmt: skip
        rows, ids = self._rows(project.scheme, spans, there)
        before = there.review(article, reviewer)
        if before is not None:
            if before != {(row["start"], row["end"], row["label"]) for row in rows}:
                raise Refused(f"{reviewer} has another review of this article already.", where="reviewer")
            return
        there.add_review(article, reviewer, rows)
        review = new_id()
        data = {
            "review": review, "reviewer": reviewer, "scheme": project.scheme_version, "spans": rows,
            "relations": self._relations(project.scheme, line, ids, rows, there),
        }  # fmt: skip
        self.report.reviews += 1
        self.report.spans += len(rows)
        yield Event("review.loaded", data, project.slug, article, review=review)

    def _gold(self, project: Project, article: str, line: Incoming, there: present.Present) -> Iterator[Event]:
        rows, ids = self._rows(project.scheme, line.spans, there)
        first = {(span.start, span.end, span.label): span for span in reversed(line.spans)}
        for row in rows:
            span = first[row["start"], row["end"], row["label"]]
            row["by"] = self._person(span.by or span.reviewer or self.actor)
            row["from"] = list(span.origin)
        before = there.gold(article)
        if before is not None:
            if before != {(row["start"], row["end"], row["label"]) for row in rows}:
                raise Refused("The article has other gold already.", where="layer")
            return
        there.add_gold(article, rows)
        data = {"spans": rows, "relations": self._relations(project.scheme, line, ids, rows, there)}
        self.report.gold += 1
        self.report.spans += len(rows)
        yield Event("gold.loaded", data, project.slug, article)

    def _suggestions(
        self, project: Project, article: str, spans: list[IncomingSpan], there: present.Present
    ) -> Iterator[Event]:  # fmt: skip
        rows, _ = self._rows(project.scheme, spans, there)
        fresh = there.fresh_suggestions(article, rows)
        self.report.suggestions += len(fresh)
        if fresh:
            yield Event("suggestions.loaded", {"spans": fresh}, project.slug, article)

    def _rows(
        self, scheme: Scheme, spans: list[IncomingSpan], there: present.Present
    ) -> tuple[list[dict[str, Any]], dict[str, str]]:  # fmt: skip
        """The spans as event data, doubles left out, and the id in use here for each id in the file."""
        rows: list[dict[str, Any]] = []
        ids: dict[str, str] = {}
        seen: dict[tuple[int, int, str], str] = {}
        for index, span in enumerate(spans):
            place = (span.start, span.end, span.label)
            if place in seen:
                self.report.doubles += 1
                if span.id:
                    ids[span.id] = seen[place]
                continue
            try:
                scheme.label(span.label)
                attributes = check_attributes(scheme, span.label, span.attributes) if span.attributes else {}
                note = check_note(span.note) if span.note else ""
            except Refused as refused:
                raise refused.at(f"spans[{index}]") from None
            seen[place] = there.free_span_id(span.id) or new_id()
            if span.id:
                ids[span.id] = seen[place]
            rows.append({
                "id": seen[place], "start": span.start, "end": span.end, "label": span.label, "note": note,
                "attributes": attributes, "at": span.at or self.at,
            })  # fmt: skip
        return rows, ids

    def _relations(
        self, scheme: Scheme, line: Incoming, ids: dict[str, str], rows: list[dict[str, Any]], there: present.Present
    ) -> list[dict[str, Any]]:  # fmt: skip
        labels = {row["id"]: row["label"] for row in rows}
        seen: set[tuple[str, str, str]] = set()
        found = []
        for index, relation in enumerate(line.relations):
            source, target = ids.get(relation.source), ids.get(relation.target)
            if source not in labels or target not in labels:
                raise Refused("It names a span that is not on this line.", where=f"relations[{index}]")
            assert source is not None
            assert target is not None
            try:
                check_relation(scheme, relation.type, labels[source], labels[target])
            except Refused as refused:
                raise refused.at(f"relations[{index}]") from None
            if source == target:
                raise Refused("A span cannot be linked to itself.", where=f"relations[{index}]")
            if (relation.type, source, target) in seen:
                continue
            seen.add((relation.type, source, target))
            relation_id = there.free_relation_id(relation.id) or new_id()
            found.append({"id": relation_id, "type": relation.type, "from": source, "to": target})
        return found

    def _person(self, name: str) -> str:
        """The name as the account has it; an account made for it, disabled, when there is none."""
        if name in self.people:
            return name
        account = people.account(self.connection, name)
        if account is None:
            check_name(name)
            data = {"name": name, "admin": False, "disabled": True}
            record(self.connection, self.actor, Event("user.added", data))
            self.report.people.append(name)
        else:
            name = account.name
        self.people.add(name)
        return name
