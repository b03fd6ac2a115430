"""How far reviewers agree (contract section 7). A measure that is not defined is None, never 1 and never NaN.

Counts are whole numbers and stay so up to the one division at the end of each measure. Articles that only
one person reviewed say nothing about agreement and are left out of every measure of several.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import fsum
from typing import Any

from annotator.core.agreement_counts import ANY, Cell, Counts, Levels, Mark, levels_of, pair_cells
from annotator.errors import Refused


def precision_recall_f1(cell: Cell) -> list[float] | None:
    """Precision, recall and F1 of b's set of spans, with a's as the reference.

    P = |A∩B| / |B|, R = |A∩B| / |A|, F1 = 2|A∩B| / (|A|+|B|) (van Rijsbergen 1979). None when both sets
    are empty; all 0 when one is.
    """
    if cell.a and cell.b:
        return [cell.both / cell.b, cell.both / cell.a, 2 * cell.both / (cell.a + cell.b)]
    return [0.0, 0.0, 0.0] if cell.a or cell.b else None


def cohen_kappa(cell: Cell) -> float | None:
    """Cohen's kappa of two reviewers who say yes or no to each character (Cohen 1960).

    κ = (p_o − p_e) / (1 − p_e), where p_o is the share of characters that both judge alike and p_e the
    one expected from each reviewer's own shares: p_e = a·b + (1−a)(1−b). None when p_e is 1: both say
    the same everywhere, or there is no character that both judged.
    """
    total = cell.total
    alike = total - cell.a - cell.b + 2 * cell.both
    expected = cell.a * cell.b + (total - cell.a) * (total - cell.b)
    if expected == total * total:
        return None
    return (total * alike - expected) / (total * total - expected)


def _disagreement(levels: Levels) -> tuple[Fraction, int, int]:
    """Σ k(m−k)/(m−1) over characters (Krippendorff's o_01), and the numbers of yes and no in all."""
    observed = Fraction(0)
    yes = values = 0
    for (reviewers, votes), chars in levels.items():
        observed += Fraction(chars * votes * (reviewers - votes), reviewers - 1)
        yes += chars * votes
        values += chars * reviewers
    return observed, yes, values - yes


def krippendorff_alpha(levels: Levels) -> float | None:
    """Krippendorff's alpha for nominal data, of yes or no to each character (Krippendorff 2004, 11.3).

    α = 1 − (n−1)·o_01 / (n_0·n_1): n_0 and n_1 count the noes and yeses among all n = n_0 + n_1, and
    o_01 = Σ k(m−k)/(m−1) over the characters, each judged by m ≥ 2 reviewers of whom k say yes. m may
    differ from character to character; that is how alpha takes missing values. None when all say the same.
    """
    observed, yes, no = _disagreement(levels)
    if not yes or not no:
        return None
    return float(1 - (yes + no - 1) * observed / (yes * no))


def fleiss_kappa(levels: Levels) -> float | None:
    """Fleiss' kappa of one category, yes or no to each character (Fleiss 1971, his kappa_j).

    κ = 1 − Σ k(m−k) / (N·m·(m−1)·p·q): N characters, each judged by the same number m of reviewers, not
    necessarily the same people, of whom k say yes; p is the share of yeses in all, q = 1 − p. With
    two categories this is (P̄ − P̄_e) / (1 − P̄_e). None when m is not the same everywhere, as the
    formula has no place for that (alpha has), and when all say the same.
    """
    observed, yes, no = _disagreement(levels)
    if len({reviewers for reviewers, _ in levels}) != 1 or not yes or not no:
        return None
    return float(1 - (yes + no) * observed / (yes * no))


def unitizing_alpha(parts: Sequence[Counts]) -> float | None:
    """uα: agreement on where units are and on their labels, gaps between units included.

    From Krippendorff, Mathet, Bouvry & Widlöcher 2016 the coefficient uα with the nominal metric (not
    |uα, which takes all labels as one, nor cuα or (k)uα, which look at common stretches only):

        uα = 1 − (ℓ − Σ_c ℓ_cc) / (ℓ − Σ_c e_cc),      ℓ = Σ_c ℓ_c,      c any label, or φ for a gap
        ℓ_cc = 1/(m−1) · characters where i and j both have c, over all ordered pairs i ≠ j of reviewers
        e_cc = ℓ · (ℓ_c² − s_c) / (ℓ² − Σ_c s_c)
        s_c = Σ length² over the units of c; of gaps, which have no inner structure, s_φ = Σ length

    s takes out the pairing of a unit with itself. As Σ_c e_cc contains s once above and once below,
    ℓ − Σ e_cc = ℓ·(ℓ² − Σ ℓ_c²) / (ℓ² − Σ s_c). Where the number of reviewers differs between articles,
    ℓ_cc is added up with each article's own m, as alpha does with missing values (not in the paper).

    None when some reviewer's own spans overlap (a unit has one value), when fewer than two reviewed, and
    when the expected disagreement is 0: everything is one label, or one gap.
    """
    disagreement = Fraction(0)
    total = squares = 0
    lengths: dict[str, int] = {}
    for counts in parts:
        reviewers = len(counts.names)
        if reviewers < 2:
            continue
        if counts.stacked:
            return None
        same = 0
        for label in counts.chars:
            for (_, votes), chars in levels_of([counts], label).items():
                holders = reviewers - votes if label == ANY else votes  # under ANY, those who have a gap
                same += holders * (holders - 1) * chars
                lengths[label] = lengths.get(label, 0) + holders * chars
        disagreement += Fraction(reviewers * (reviewers - 1) * counts.length - same, reviewers - 1)
        total += reviewers * counts.length
        squares += counts.squares
    expected = total * (total**2 - sum(length**2 for length in lengths.values()))
    if not expected:
        return None
    return float(1 - disagreement * (total**2 - squares - lengths[ANY]) / expected)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One line of a spans file: an article's id, its length in characters and each reviewer's spans."""

    id: str | int
    length: int
    layers: dict[str, list[Mark]]


def read_input(given: Mapping[str, Any], where: str) -> Reviewed:
    """The article of a decoded line `{"id", "text_len" or "text", "spans": {reviewer: [[start, end, label]]}}`.

    Other members are passed over. Raises Refused that names the member to blame, after `where`.
    """
    try:
        length = _length(given)
        return Reviewed(_id(given), length, _layers(given, length))
    except Refused as refused:
        raise refused.at(where) from None


def _id(given: Mapping[str, Any]) -> str | int:
    id_: Any = given.get("id")
    if type(id_) is str or type(id_) is int:
        return id_
    raise Refused(f"id must be a string or an integer, not {id_!r}.", where="id")


def _length(given: Mapping[str, Any]) -> int:
    text: Any = given.get("text")
    length: Any = given.get("text_len")
    if text is None and length is None:
        raise Refused("Give text, or its length in characters as text_len.", where="text_len")
    if text is not None:
        if type(text) is not str:
            raise Refused(f"text must be a string, not {text!r}.", where="text")
        length = len(text) if length is None else length
    if type(length) is not int or length < 0:
        raise Refused(f"text_len must be an integer from 0 on, not {length!r}.", where="text_len")
    if text is not None and len(text) != length:
        raise Refused(f"text_len is {length}, but text has {len(text)} characters.", where="text_len")
    return length


def _layers(given: Mapping[str, Any], length: int) -> dict[str, list[Mark]]:
    layers = given.get("spans")
    if type(layers) is not dict:
        raise Refused("spans must be an object, from reviewers to lists of spans.", where="spans")
    return {name: _marks(name, spans, length) for name, spans in layers.items()}


def _marks(name: str, spans: Any, length: int) -> list[Mark]:
    where = f"spans.{name}"
    if type(spans) is not list:
        raise Refused("A reviewer's spans must be a list.", where=where)
    return [_mark(span, length, f"{where}[{number}]") for number, span in enumerate(spans)]


def _mark(span: Any, length: int, where: str) -> Mark:
    if type(span) is not list or len(span) != 3:
        raise Refused(f"A span must be [start, end, label], not {span!r}.", where=where)
    start, end, label = span
    if type(start) is not int or type(end) is not int:
        raise Refused(f"start and end must be integers, not {start!r} and {end!r}.", where=where)
    if not 0 <= start < end <= length:
        raise Refused(f"{start} to {end} is no stretch of a text with {length} characters.", where=where)
    if type(label) is not str or label in {"", ANY}:
        raise Refused(f"{label!r} cannot be a label.", where=where)
    return start, end, label


def mean_f1(parts: Iterable[Counts]) -> float | None:
    """The mean of the F1s that are defined, over all pairs of reviewers; None when none is."""
    cells = pair_cells((part, part.spans.get(ANY, {})) for part in parts)
    scores = [score for score in map(precision_recall_f1, cells.values()) if score is not None]
    return fsum(f1 for _, _, f1 in scores) / len(scores) if scores else None


def line_for(id_: str | int | None, parts: Sequence[Counts], labels: Iterable[str] = ()) -> dict[str, Any]:
    """The output of contract section 7 for one article (`[count(…)]`) or a project (None, `pool(…)`).

    Measures are given for `labels` (a scheme's), in that order, then for every other label that somebody
    used, by name; a label in `labels` that nobody used has None. Two people who share no article are a
    pair too, with None throughout.
    """
    named = list(dict.fromkeys(labels))
    used = {label for counts in parts for label in counts.spans if label != ANY}
    named += sorted(used.difference(named))
    levels = {label: levels_of(parts, label) for label in (*named, ANY)}
    return {
        "id": id_,
        "pairs": _pairs(parts, named),
        "alpha": {label: krippendorff_alpha(found) for label, found in levels.items()},
        "fleiss": {label: fleiss_kappa(found) for label, found in levels.items()},
        "mean_f1": mean_f1(parts),
        "u_alpha": unitizing_alpha(parts),
    }


def _pairs(parts: Sequence[Counts], labels: Sequence[str]) -> list[dict[str, Any]]:
    every = (*labels, ANY)
    spans = {label: pair_cells((part, part.spans.get(label, {})) for part in parts) for label in every}
    chars = {label: pair_cells((part, part.chars.get(label, {})) for part in parts) for label in every}
    extents = pair_cells((part, part.extents) for part in parts)
    strangers = Cell()
    return [
        {
            "a": pair[0],
            "b": pair[1],
            "strict": precision_recall_f1(spans[ANY].get(pair, strangers)),
            "exact": precision_recall_f1(extents.get(pair, strangers)),
            "strict_by_label": {label: precision_recall_f1(spans[label].get(pair, strangers)) for label in labels},
            "kappa": {label: cohen_kappa(chars[label].get(pair, strangers)) for label in every},
        }
        for pair in combinations(sorted({name for part in parts for name in part.names}), 2)
    ]
