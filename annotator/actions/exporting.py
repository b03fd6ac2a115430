"""From the database to export records, with an account of what was left out and why."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast, get_args

import msgspec
from sqlalchemy import Connection

from annotator.actions.adjudicating import serve
from annotator.actions.export_filters import Filters
from annotator.actions.splitting import Splits
from annotator.core.access import Viewer
from annotator.core.assign import needed
from annotator.core.groups import group
from annotator.core.scheme import Scheme
from annotator.core.spans import Span, order
from annotator.core.split import Shares
from annotator.core.values import Project
from annotator.errors import Refused
from annotator.formats.losses import Lost
from annotator.formats.output import File
from annotator.formats.records import SCHEMA, Line, RelationLine, SpanLine
from annotator.formats.records import Layer as LayerName
from annotator.store import exported, projects
from annotator.store.db import Database

Choice = Literal["gold", "reviews", "all", "majority"]
SERVED_AT_ONCE = 1000
EVERYTHING = Filters()


def check_layer(layer: str) -> Choice:
    """The layer itself; raises Refused that names the ones there are."""
    if layer not in get_args(Choice):
        raise Refused(f"There is no layer {layer!r}; choose {', '.join(get_args(Choice))}.", where="layer")
    return cast("Choice", layer)


@dataclass(slots=True)
class Summary:
    """What an export holds, complete once it is through.

    `left_out` counts by reason, `lost` what the format cannot hold, both in words. `labels` counts spans by layer
    and label, `splits` lines by split. `of_projects` has each project's part of articles and spans.
    """

    articles: int = 0
    lines: int = 0
    spans: int = 0
    relations: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    lost: Lost = field(default_factory=Counter)
    labels: Counter[tuple[str, str]] = field(default_factory=Counter)
    of_projects: dict[str, tuple[int, int]] = field(default_factory=dict)
    splits: Counter[str] = field(default_factory=Counter)

    def leave_out(self, reason: str, number: int = 1) -> None:
        """Counts what is not in the export for that reason."""
        if number:
            self.left_out[reason] = self.left_out.get(reason, 0) + number

    def take(self, line: Line) -> None:
        """Counts what the line holds."""
        self.lines += 1
        self.spans += len(line.spans)
        self.relations += len(line.relations)
        self.labels.update((line.layer, span.label) for span in line.spans)
        if line.split:
            self.splits[line.split] += 1

    def words(self) -> list[str]:
        """One line on what it holds and one for each reason for leaving something out."""
        lines = [f"{self.articles} articles, {self.lines} lines, {self.spans} spans"]
        lines += [f"left out: {number} {reason}" for reason, number in self.left_out.items()]
        return lines + [f"not held by the format: {number} {what}" for what, number in self.lost.items()]


def lines(
    connection: Connection, chosen: Iterable[Project], layer: Choice, summary: Summary, *,
    viewer: Viewer | None = None, shares: Shares | None = None, filters: Filters = EVERYTHING,
) -> Iterator[Line]:  # fmt: skip
    """The export's lines, streamed: per article first gold, then each review by name. Fills `summary`."""
    chosen = list(chosen)
    if viewer is not None:
        for project in chosen:
            viewer.require("export", project.slug)
    splits = Splits(connection, chosen, shares) if shares else None
    for project in chosen:
        articles, spans = summary.articles, summary.spans
        found = exported.exported(
            connection, viewer, project, gold=layer in {"gold", "all"}, reviews=layer != "gold"
        )  # fmt: skip
        for item in found:
            if filters.states and item.article.state not in filters.states:
                summary.leave_out("articles in another state")
                continue
            split = splits.of(item.article.text_sha256) if splits else None
            any_line = False
            for name, one in _layers(filters.narrowed(item, summary.leave_out), layer, project, summary):
                if not filters.within(one.at):
                    summary.leave_out("layers of another time")
                    continue
                any_line = True
                line = _line(project, item, name, filters.of_labels(one, summary.leave_out), split)
                summary.take(line)
                yield line
            summary.articles += any_line
        summary.of_projects[project.slug] = (summary.articles - articles, summary.spans - spans)
        summary.leave_out("suggestions (nobody's spans yet)", exported.suggestion_count(connection, project))
        if layer != "gold":
            summary.leave_out("reviews not submitted", exported.open_review_count(connection, project))
            summary.leave_out("reviews for training and checks", exported.measured_count(connection, project))


def _layers(
    item: exported.Exported, layer: Choice, project: Project, summary: Summary
) -> Iterator[tuple[LayerName, exported.Layer]]:  # fmt: skip
    if layer in {"gold", "all"}:
        if item.gold is not None:
            yield "gold", item.gold
        else:
            summary.leave_out(_why_no_gold(item))
    if layer in {"reviews", "all"}:
        for review in item.reviews:
            yield "review", review
        if layer == "reviews" and not item.reviews:
            summary.leave_out("articles without a submitted review that may be shown")
    if layer == "majority":
        if len(item.reviews) >= needed(project, item.article):
            yield "majority", majority(item.article.id, item.reviews)
        else:
            summary.leave_out("articles with fewer submitted reviews than they need")


def _why_no_gold(item: exported.Exported) -> str:
    if item.article.state == "open":
        return "articles not closed"
    if item.article.state == "reopened":
        return "articles re-opened and not closed again"
    return "articles whose gold is stale: a review was re-opened after they were closed"


def majority(article: str, reviews: list[exported.Layer]) -> exported.Layer:
    """The exact spans that more than half of the reviews have, ids made from article and place."""
    groups = group({review.reviewer or "": review.spans for review in reviews})
    by_id = {span.id: span for review in reviews for span in review.spans}
    spans = []
    for variant in (variant for one in groups for variant in one.variants):
        if 2 * len(variant.spans) > len(reviews):
            digest = hashlib.sha256(f"{article} {variant.start} {variant.end} {variant.label}".encode()).digest()
            sources = [by_id[span] for span in variant.spans]
            spans.append(Span(
                id=base64.b32encode(digest[:10]).decode().lower(), start=variant.start, end=variant.end,
                label=variant.label, by="majority", at=max(span.at for span in sources), origin=variant.spans,
                attributes={
                    name: value for name, value in sources[0].attributes.items()
                    if all(span.attributes.get(name) == value for span in sources)
                },
            ))  # fmt: skip
    return exported.Layer(None, sorted(spans, key=order), at=max(review.at for review in reviews))


def _line(
    project: Project, item: exported.Exported, name: LayerName, layer: exported.Layer, split: Any
) -> Line:  # fmt: skip
    article = item.article
    return Line(
        schema=SCHEMA, project=project.slug, id=article.id, key=article.key, title=article.title, url=article.url,
        source=article.source, author=article.author, published=article.published, language=article.language,
        text=item.text, text_sha256=article.text_sha256, source_sha256=article.source_sha256, meta=item.meta,
        layer=name, reviewer=layer.reviewer, split=split,
        spans=[_span_line(project.scheme, item.text, span) for span in layer.spans],
        relations=[RelationLine(r.id, r.type, r.source, r.target) for r in layer.relations],
    )  # fmt: skip


def _span_line(scheme: Scheme, text: str, span: Span) -> SpanLine:
    return SpanLine(
        id=span.id, start=span.start, end=span.end, label=span.label, text=text[span.start : span.end],
        note=span.note, attributes={name: span.attributes.get(name) for name in scheme.attributes}, by=span.by,
        at=span.at, from_=list(span.origin),
    )  # fmt: skip


def chosen_projects(connection: Connection, slug: str | None) -> list[Project]:
    """The project of that slug, or all. Raises Missing."""
    return [projects.project(connection, slug)] if slug else projects.projects(connection)


def serve_all(db: Database, viewer: Viewer, slug: str, layer: Choice) -> None:
    """Writes into the log that the viewer is served the project's export, before it is."""
    viewer.require("export", slug)
    with db.read() as connection:
        project = projects.project(connection, slug)
        # Who exports gold alone is served closed articles only; so is who is not an admin.
        ids = exported.article_ids(connection, project, only_closed=layer == "gold" or not viewer.admin)
    for start in range(0, len(ids), SERVED_AT_ONCE):
        serve(db, viewer, slug, ids[start : start + SERVED_AT_ONCE], layer)


def manifest(
    chosen: list[Project], summary: Summary, *, format: str, layer: str, written: Sequence[File], audit_hash: str
) -> bytes:  # fmt: skip
    """What stands beside an export: counts, the projects' schemes, the audit log's last hash, of the export's own
    entry. JSON, indented.

    `sha256` and `bytes` are of the file; where the export is several, `files` has those of each.
    """
    of_files: dict[str, Any] = {"sha256": written[0].sha256, "bytes": written[0].size}
    if len(written) > 1:
        of_files = {"files": [{"path": one.path, "sha256": one.sha256, "bytes": one.size} for one in written]}
    value = {
        "schema": SCHEMA, "format": format, "layer": layer, **of_files,
        "articles": summary.articles, "lines": summary.lines, "spans": summary.spans, "left_out": summary.left_out,
        "not_held": dict(summary.lost),
        "projects": [
            {"project": p.slug, "title": p.title, "reviews": p.reviews, "scheme": msgspec.to_builtins(p.scheme)}
            for p in chosen
        ],
        "audit_hash": audit_hash,
    }  # fmt: skip
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
