"""From a case to the adjudication page."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from annotator.actions import deciding
from annotator.actions.cases import Case
from annotator.actions.company import Company
from annotator.core.access import Viewer
from annotator.core.agreement import line_for
from annotator.core.agreement_counts import count
from annotator.core.spans import Span
from annotator.store import articles
from annotator.web import building, case_cards, case_views
from annotator.web.context import settings


def adjudication(
    connection: Connection, viewer: Viewer, case: Case, company: Company, *, message: str = "", chosen: str = "",
    painted: bool = True,
) -> case_views.Adjudication:  # fmt: skip
    """The page of a case that the viewer was served; without its blocks unless `painted`."""
    body = articles.body(connection, case.article.id)
    shown = [
        Span(id=f"{one.id}.{number}", start=variant.start, end=variant.end, label=variant.label)
        for one in case.groups
        for number, variant in enumerate(one.variants)
    ]
    names = columns(case)
    on = case_cards.ground(case, names)
    groups = [case_cards.group(on, number, one) for number, one in enumerate(case.groups, 1)]
    known = {one.id for one in case.groups}
    shown_columns = [
        case_views.ColumnView(letter, "" if case.project.hide_names else name) for name, letter in names.items()
    ]
    return case_views.Adjudication(
        project=case.project.slug, project_title=case.project.title, id=case.article.id,
        title=building.title_of(case.article), byline=building.byline(case.article),
        language=case.article.language or "", direction="auto", state=case.article.state, stale=case.article.stale,
        columns=shown_columns, blocks=building.blocks(body, shown) if painted else [], tail=building.tail(body),
        groups=groups, labels=building.labels(case.project.scheme, shown),
        decided=sum(bool(one.decision) for one in groups), total=len(groups),
        links=case_cards.relations(on), left=case_cards.left(case),
        relations=[rule.type for rule in case.project.scheme.relations], ends=case_cards.ends(on),
        bulk=list(deciding.reach(case).items()) if len(case.layers) > 1 else [],
        undo=bool(deciding.undoable(connection, viewer, case)),
        redo=bool(deciding.redoable(connection, viewer, case)), reasons=case.project.reasons,
        questions=[
            case_cards.question(one, names) for one in case.questions if one.group is None or one.group not in known
        ],
        company=_company(company), agreement=_agreement(case), single=len(case.layers) == 1, past=bool(case.past),
        message=message, chosen=chosen,
    )  # fmt: skip


def columns(case: Case) -> dict[str, str]:
    """Each reviewer's letter, in the order of the columns.

    Where names are hidden the order is drawn anew for each article: by a keyed hash of article and
    name, so that it stays the same, says nothing across articles, and cannot be worked out from the names.
    """
    names = sorted(case.layers)
    if case.project.hide_names:
        key = settings().secret_key.encode()
        names.sort(key=lambda name: hmac.digest(key, f"{case.article.id} {name}".encode(), "sha256"))
    return {name: letter(place) for place, name in enumerate(names)}


def letter(place: int) -> str:
    """A to Z, then AA, AB and so on; without G, which stands for the gold of the last close."""
    alphabet = "ABCDEFHIJKLMNOPQRSTUVWXYZ"
    before, last = divmod(place, len(alphabet))
    return (letter(before - 1) if before else "") + alphabet[last]


def people(case: Case, letters: Iterable[str]) -> list[str]:
    """The reviewers whom the page calls so; what is no letter of a column is taken for a name, unless hidden."""
    by_letter = {shown: name for name, shown in columns(case).items()}
    hidden = case.project.hide_names
    return [by_letter.get(one, "?" if hidden else one) for one in letters]


def _company(company: Company) -> list[str]:
    told = [f"{name} has this article open too." for name in company.here]
    return told + [_since(name, number) for name, number in company.decided.items()]


def _since(name: str, number: int) -> str:
    return f"{name} decided {number} of them since you last looked." if number > 1 else f"{name} decided one since."


def _agreement(case: Case) -> str:
    """How far the reviewers agree: the strict F1 and Krippendorff's α over characters with any label."""
    layers: Mapping[str, list[tuple[int, int, str]]] = {
        name: [(span.start, span.end, span.label) for span in spans] for name, spans in case.layers.items()
    }
    if len(layers) < 2:
        return "1 reviewer"
    line = line_for(case.article.id, [count(case.article.length, layers)])
    parts = [f"{len(layers)} reviewers"]
    if line["mean_f1"] is not None:
        parts.append(f"strict F1 {line['mean_f1']:.2f}")
    if line["alpha"]["_any"] is not None:
        parts.append(f"α {line['alpha']['_any']:.2f}")
    return " · ".join(parts)
