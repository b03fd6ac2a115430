"""The data card of an export: what is in it and how it came about, in Markdown for whoever trains on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection

from annotator.actions import measuring
from annotator.actions.exporting import Summary
from annotator.core.access import Viewer
from annotator.core.values import Project
from annotator.formats.records import SCHEMA
from annotator.store import projects

NOT_STATED = "not stated"
_SPECIAL = str.maketrans({character: f"\\{character}" for character in r"\`*_{}[]<>#|~&!"})


def card(
    connection: Connection, chosen: Sequence[Project], summary: Summary, *, format: str, layer: str, audit_hash: str,
    licence: str | None = None, viewer: Viewer | None = None,
) -> str:  # fmt: skip
    """The card of an export that is through: `summary` is what it left behind."""
    titles = ", ".join(project.title for project in chosen)
    lines = [
        f"# Data card: {escaped(titles)}", "",
        *_table(("", ""), [
            ("Format", format), ("Schema", SCHEMA), ("Layer", layer), ("Articles", summary.articles),
            ("Lines", summary.lines), ("Spans", summary.spans), ("Relations", summary.relations),
            ("Licence", licence or NOT_STATED), ("Audit log", audit_hash),
        ]), "",
        *_labels(summary), *_splits(summary),
    ]  # fmt: skip
    for project in chosen:
        lines += [*_project(connection, project), *_agreement(connection, project, viewer)]
    return "\n".join([*lines, *_gaps(summary)])


def escaped(text: str) -> str:
    """The text on one line, without meaning in Markdown or HTML."""
    return " ".join(text.split()).translate(_SPECIAL)


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(escaped(str(cell)) for cell in row)} |"


def _labels(summary: Summary) -> Iterator[str]:
    yield from ("## Labels", "")
    total = {layer: sum(n for (of, _), n in summary.labels.items() if of == layer) for layer, _ in summary.labels}
    rows = [
        (layer, label, number, f"{100 * number / total[layer]:.1f} %")
        for (layer, label), number in sorted(summary.labels.items(), key=lambda one: (one[0][0], -one[1], one[0][1]))
    ]
    yield from _table(("Layer", "Label", "Spans", "Share of the layer"), rows) if rows else ["There are no spans."]
    yield ""


def _splits(summary: Summary) -> Iterator[str]:
    yield from ("## Splits", "")
    if not summary.splits:
        yield from ("None was asked for.", "")
        return
    total = sum(summary.splits.values())
    rows = [(name, n, f"{100 * n / total:.1f} %") for name in ("train", "dev", "test") if (n := summary.splits[name])]
    yield from _table(("Split", "Lines", "Share"), rows)
    yield from ("", "A split depends on the text alone; near copies of one another are in the same one.", "")


def _project(connection: Connection, project: Project) -> Iterator[str]:
    scheme = project.scheme
    yield from (f"## Project {escaped(project.title)}", "")
    yield from (f"Each article was to have {project.reviews} independent reviews before it was adjudicated.", "")
    if project.rules.shared_percent:
        part = f"{project.rules.shared_percent} per cent of the articles, chosen by the hash of their text,"
        yield from (f"{part} were to be reviewed by everyone.", "")
    rows = [
        (label.name, label.title or label.name, ", ".join(label.attributes), label.help) for label in scheme.labels
    ]  # fmt: skip
    yield from _table(("Label", "Title", "Attributes", "Meaning"), rows)
    if scheme.relations:
        yield ""
        links = [(one.type, ", ".join(one.from_), ", ".join(one.to)) for one in scheme.relations]
        yield from _table(("Relation", "From", "To"), links)
    yield from ("", "### Versions of the scheme and its guidelines", "")
    versions = [
        (one.version, one.created_at, "as before" if same else f"{len(one.scheme.guidelines):,} characters" if
         one.scheme.guidelines else "none")
        for one, same in _with_change(projects.scheme_versions(connection, project.slug))
    ]  # fmt: skip
    yield from _table(("Version", "Since", "Guidelines"), versions)
    yield ""


def _with_change(
    versions: Sequence[projects.SchemeVersion],
) -> Iterator[tuple[projects.SchemeVersion, bool]]:
    """Each version, and whether its guidelines are those of the one before."""
    before = ""
    for one in versions:
        yield one, bool(one.scheme.guidelines) and one.scheme.guidelines == before
        before = one.scheme.guidelines


def _agreement(connection: Connection, project: Project, viewer: Viewer | None) -> Iterator[str]:
    yield from ("### Agreement of the submitted reviews", "")
    whole: dict[str, Any] = {}
    for line in measuring.lines(connection, viewer, project, measuring.Kept(0)):
        whole = line
    if not whole["pairs"]:
        yield from ("There are no two reviewers to compare.", "")
        return
    yield f"Mean F1 of exact spans with label: {_figure(whole['mean_f1'])}; uα: {_figure(whole['u_alpha'])}."
    yield ""
    labels = list(whole["alpha"])
    rows = [
        ("all labels" if label == "_any" else label, _figure(whole["alpha"][label]), _figure(whole["fleiss"][label]))
        for label in labels
    ]
    yield from _table(("Label", "Krippendorff's α", "Fleiss' κ"), rows)
    yield ""


def _figure(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"


def _gaps(summary: Summary) -> Iterator[str]:
    yield from ("## Known gaps", "")
    for words, counts in (("Left out", summary.left_out), ("Not held by the format", summary.lost)):
        for what, number in counts.items():
            yield f"- {words}: {number:,} {escaped(what)}"
    if not summary.left_out and not summary.lost:
        yield "None is known."
    yield ""
