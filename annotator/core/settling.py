"""The rule by which a project decides groups without anyone: which variants of a group it takes."""

from __future__ import annotations

from typing import Final, Literal

from annotator.core.groups import Group, Variant, tied
from annotator.errors import Refused

Rule = Literal["agreed", "never"] | int
MOST: Final = 20  # as many reviewers as a project may ask for


def read_rule(text: str) -> Rule:
    """The rule as a project stores it: `agreed`, `never`, or the k of "at least k of n"; raises Refused."""
    if text == "agreed":
        return "agreed"
    if text == "never":
        return "never"
    if text.isascii() and text.isdecimal() and len(text) < 3 and 1 <= int(text) <= MOST:
        return int(text)
    raise Refused(f"The rule is agreed, never or a number from 1 to {MOST}, not {text!r}.", where="auto_decide")


def settled(group: Group, reviewers: int, rule: Rule) -> tuple[int, ...]:
    """The numbers of the variants that `rule` accepts; empty where the group is left to a person.

    `agreed` takes all variants of a group in which every reviewer has every variant. A number k takes
    what at least k of the `reviewers` have, with two cautions, so that it decides nothing that a person
    could see otherwise:

    - Two variants are rivals when they are tied (see `groups.tied`) and each has a reviewer who lacks the
      other. What has a rival with as many reviewers is not taken: two against two stays open, and so does
      a boundary where two have the short and two the long span. A claim and a quote that one reviewer put
      on the same words are no rivals, for there both stand.
    - If anything of the group that is not taken has no rival that is, the whole group stays open: it would
      be dropped for nothing.

    With fewer than k reviewers, k is out of reach and nothing is taken.
    """
    if group.kind == "added" or rule == "never":
        return ()
    if rule == "agreed":
        return tuple(range(len(group.variants))) if group.kind == "agreed" else ()
    rivals = [[j for j, two in enumerate(group.variants) if _rivals(one, two)] for one in group.variants]
    have = [len(variant.reviewers) for variant in group.variants]
    taken = [
        i for i, number in enumerate(have)
        if reviewers >= rule <= number and all(have[j] < number for j in rivals[i])
    ]  # fmt: skip
    beside = [i for i in range(len(have)) if i not in taken and not set(rivals[i]) & set(taken)]
    return () if beside else tuple(taken)


def _rivals(one: Variant, two: Variant) -> bool:
    a, b = set(one.reviewers), set(two.reviewers)
    return one is not two and bool(a - b) and bool(b - a) and tied(one, two)
