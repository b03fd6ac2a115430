"""When a new version of a scheme clears up what somebody noted about its guidelines."""

from __future__ import annotations

from collections.abc import Iterable

from annotator.core.scheme import Scheme


def cleared_by(versions: Iterable[tuple[int, str, Scheme]], label: str, at: str) -> int | None:
    """The first version, made after `at`, that says something else of the label than the one before it.

    `versions` are number, time and scheme, oldest first. A word on all labels at once (`guidelines`) counts for
    each, and so does any label's help where `label` is empty or no label. None while nothing was said.
    """
    before: Scheme | None = None
    for number, made_at, scheme in versions:
        if before is not None and made_at > at and _said(before, label) != _said(scheme, label):
            return number
        before = scheme
    return None


def _said(scheme: Scheme, label: str) -> tuple[str, ...]:
    helps = {one.name: one.help for one in scheme.labels}
    return (scheme.guidelines, helps[label]) if label in helps else (scheme.guidelines, *helps.values())
