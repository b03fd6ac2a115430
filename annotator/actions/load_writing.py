"""The second half of a load, in one transaction: what was made ready is compared with what is there, and written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from annotator.actions.load_checking import Checked, Layer
from annotator.actions.load_report import Report
from annotator.actions.people import check_name
from annotator.actions.projects import check_slug, new_project_event
from annotator.core.access import Viewer
from annotator.core.events import Event
from annotator.core.scheme import DEFAULT_SCHEME
from annotator.core.values import Project
from annotator.errors import Conflict, Refused
from annotator.store import people, present, projects
from annotator.store.applying import ARTICLE_FIELDS
from annotator.store.ids import new_id, now
from annotator.store.journal import COMMAND_LINE, record, record_loads


class Writer:
    """One call's state: the projects and people met so far, and the events of the batch at hand."""

    def __init__(self, connection: Connection, viewer: Viewer | None, report: Report) -> None:
        self.connection = connection
        self.viewer = viewer
        self.actor = viewer.name if viewer else COMMAND_LINE
        self.report = report
        self.at = now()
        self.projects: dict[str, Project] = {}
        self.positions: dict[str, int] = {}
        self.people: dict[str, str] = {}
        self.events: list[Event] = []

    def take(self, batch: list[Checked]) -> None:
        """Writes one batch; what is there already is looked up once for all of it. Refusals go to the report."""
        given = [id_ for line in batch for layer in line.layers for id_ in layer.given]
        there = present.Present(
            self.connection, projects=sorted({line.project for line in batch}), hashes=[line.digest for line in batch],
            keys=[line.key for line in batch if line.key is not None],
            articles=[line.id for line in batch if line.id], given=given,
        )  # fmt: skip
        for line in batch:
            try:
                self._line(line, there)
            except Refused as refused:
                self.report.refuse(refused.at(line.where))
        record_loads(self.connection, self.actor, self.events, self.at)
        self.events = []

    def _line(self, line: Checked, there: present.Present) -> None:
        project = self._project(line)
        article = there.find(project.slug, line.key, line.digest)
        if article is None:
            article = there.free_id(line.id) or new_id()
            self.events.append(self._article(project.slug, article, line))
            there.add(project.slug, line.key, line.digest, article)
            self.report.loaded += 1
        elif there.hashes[article] != line.digest:
            raise Refused(
                f"There is an article with key {line.key!r} and other text: {there.hashes[article]} is there, "
                f"{line.digest} in the file.",
                where="key",
            )
        else:
            self.report.same += 1
        for layer in line.layers:
            self.events += self._layer(project, article, layer, there)

    def _project(self, line: Checked) -> Project:
        slug = line.project
        if slug not in self.projects:
            found = projects.find(self.connection, slug)
            if found is None:
                record(self.connection, self.actor, new_project_event(check_slug(slug), slug, 2, DEFAULT_SCHEME))
                self.report.projects.append(slug)
                found = projects.project(self.connection, slug)
            self.projects[slug] = found
        if self.projects[slug].scheme_version != line.scheme_version:
            raise Conflict("The project's scheme changed while the file was read; load it again.", where="project")
        return self.projects[slug]

    def _article(self, slug: str, article: str, line: Checked) -> Event:
        if slug not in self.positions:
            self.positions[slug] = present.last_position(self.connection, slug)
        self.positions[slug] += 1
        data = {
            "key": line.key, "position": self.positions[slug], "length": len(line.text),
            "text_sha256": line.digest, "source_sha256": line.source_sha256,
            "blocks_sha256": hashlib.sha256(line.blocks.encode()).hexdigest(), "meta": line.meta,
            **dict(zip(ARTICLE_FIELDS, line.fields, strict=True)),
        }  # fmt: skip
        return Event("article.loaded", data, slug, article, payload=(line.text, line.blocks))

    # -- layers

    def _layer(self, project: Project, article: str, layer: Layer, there: present.Present) -> Iterator[Event]:
        self._settle_ids(layer, there)
        for span in layer.spans:
            if span["at"] is None:
                span["at"] = self.at
        if layer.kind == "suggestions":
            fresh = there.fresh_suggestions(article, layer.spans)
            self.report.suggestions += len(fresh)
            if fresh:
                yield Event("suggestions.loaded", {"spans": fresh}, project.slug, article)
        elif layer.kind == "gold":
            yield from self._gold(project, article, layer, there)
        else:
            assert layer.reviewer is not None
            yield from self._review(project, article, self._person(layer.reviewer), layer, there)

    def _settle_ids(self, layer: Layer, there: present.Present) -> None:
        """An id of the file that is in use here gets another."""
        if not layer.given:
            return
        given = set(layer.given)
        renamed: dict[str, str] = {}
        for span in layer.spans:
            if span["id"] in given:
                own = span["id"]
                span["id"] = renamed[own] = there.free_span_id(own) or new_id()
        for relation in layer.relations:
            if relation["id"] in given:
                relation["id"] = there.free_relation_id(relation["id"]) or new_id()
            for end in ("from", "to"):
                relation[end] = renamed.get(relation[end], relation[end])

    def _review(
        self, project: Project, article: str, reviewer: str, layer: Layer, there: present.Present
    ) -> Iterator[Event]:  # fmt: skip
        before = there.review(article, reviewer)
        if before is not None:
            if before != present.places(layer.spans):
                raise Refused(f"{reviewer} has another review of this article already.", where="reviewer")
            return
        there.add_review(article, reviewer, layer.spans)
        review = new_id()
        data: dict[str, Any] = {
            "review": review, "reviewer": reviewer, "scheme": project.scheme_version, "spans": layer.spans,
            "relations": layer.relations,
        }  # fmt: skip
        self.report.reviews += 1
        self.report.spans += len(layer.spans)
        yield Event("review.loaded", data, project.slug, article, review=review)

    def _gold(self, project: Project, article: str, layer: Layer, there: present.Present) -> Iterator[Event]:
        for span in layer.spans:
            span["by"] = self._person(span["by"] or self.actor)
        before = there.gold(article)
        if before is not None:
            if before != present.places(layer.spans):
                raise Refused("The article has other gold already.", where="layer")
            return
        there.add_gold(article, layer.spans)
        self.report.gold += 1
        self.report.spans += len(layer.spans)
        yield Event("gold.loaded", {"spans": layer.spans, "relations": layer.relations}, project.slug, article)

    def _person(self, name: str) -> str:
        """The name as the account has it; an account made for it, disabled, when there is none."""
        if name not in self.people:
            account = people.account(self.connection, name)
            if account is None:
                check_name(name)
                data = {"name": name, "admin": False, "disabled": True}
                record(self.connection, self.actor, Event("user.added", data))
                self.report.people.append(name)
            self.people[name] = account.name if account else name
        return self.people[name]
