"""The measures against slow twins that go character by character, by the papers' formulas as they are printed."""

from itertools import combinations, permutations, product

import nervaluate
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.agreement import line_for
from annotator.core.agreement_counts import count, pool

LABELS = "cdq"


def articles(spans):
    """One to four articles, each of a few characters and reviewed by some of four people."""

    def of_length(length):
        reviewers = st.dictionaries(st.sampled_from("abxy"), spans(length), max_size=4)
        return st.tuples(st.just(length), reviewers)

    return st.lists(st.integers(1, 9).flatmap(of_length), min_size=1, max_size=4)


def stacked(length):
    place = st.tuples(st.integers(0, length - 1), st.integers(1, length), st.sampled_from(LABELS))
    return st.lists(place.filter(lambda it: it[0] < it[1]), max_size=5)


@st.composite
def side_by_side(draw, length):
    cuts = sorted({0, length, *draw(st.lists(st.integers(0, length), max_size=5))})
    labels = [draw(st.sampled_from([None, *LABELS])) for _ in cuts[1:]]
    return [(start, end, label) for start, end, label in zip(cuts, cuts[1:], labels, strict=False) if label]


def says(spans, at, label):
    return int(any(start <= at < end and label in (of, "_any") for start, end, of in spans))


def units(parts, label):
    """For each character that two people or more judged: what each of them said, 1 or 0."""
    return [
        [says(spans, at, label) for spans in layers.values()]
        for length, layers in parts
        if len(layers) > 1
        for at in range(length)
    ]


def alpha(parts, label):
    found = units(parts, label)
    o = dict.fromkeys(product((0, 1), repeat=2), 0.0)
    for said in found:
        for c, k in permutations(said, 2):
            o[c, k] += 1 / (len(said) - 1)
    n = {c: o[c, 0] + o[c, 1] for c in (0, 1)}
    total = n[0] + n[1]
    expected = n[0] * n[1] / (total - 1) if total else 0
    return 1 - o[0, 1] / expected if expected else None


def fleiss(parts, label):
    found = units(parts, label)
    if len({len(said) for said in found}) != 1:
        return None
    m = len(found[0])
    agreement = [(sum(said) ** 2 + (m - sum(said)) ** 2 - m) / (m * (m - 1)) for said in found]
    share = sum(map(sum, found)) / (m * len(found))
    if share in (0, 1):
        return None
    by_chance = share**2 + (1 - share) ** 2
    return (sum(agreement) / len(found) - by_chance) / (1 - by_chance)


def kappa(parts, a, b, label):
    both = [(layers[a], layers[b]) for length, layers in parts if {a, b} <= layers.keys() for _ in range(length)]
    places = [at for length, layers in parts if {a, b} <= layers.keys() for at in range(length)]
    said = [(says(of_a, at, label), says(of_b, at, label)) for (of_a, of_b), at in zip(both, places, strict=True)]
    if len(set(said)) < 2 and len({one for pair in said for one in pair}) < 2:
        return None
    share_a, share_b = (sum(column) / len(said) for column in zip(*said, strict=True))
    alike = sum(x == y for x, y in said) / len(said)
    by_chance = share_a * share_b + (1 - share_a) * (1 - share_b)
    return (alike - by_chance) / (1 - by_chance)


def scores(parts, a, b, what):
    shared = [(number, layers) for number, (_, layers) in enumerate(parts) if {a, b} <= layers.keys()]
    of_a, of_b = ({(number, *it) for number, layers in shared for it in what(layers[one])} for one in (a, b))
    if not of_a and not of_b:
        return None
    both = len(of_a & of_b)
    p, r = both / max(1, len(of_b)), both / max(1, len(of_a))
    return [p, r, 2 * p * r / (p + r) if both else 0]


def u_alpha(parts):
    """Equations 1 to 5 of the paper, with the coincidences of every two values."""
    parts = [(length, layers) for length, layers in parts if len(layers) > 1]
    values = [*LABELS, None]
    observed = dict.fromkeys(product(values, repeat=2), 0.0)
    itself = dict.fromkeys(values, 0)
    for length, layers in parts:
        rows = []
        for spans in layers.values():
            row = [None] * length
            for start, end, label in set(spans):
                if any(row[start:end]):
                    return None
                row[start:end] = [label] * (end - start)
                itself[label] += (end - start) ** 2
            itself[None] += row.count(None)
            rows.append(row)
        for one, other in permutations(rows, 2):
            for c, k in zip(one, other, strict=True):
                observed[c, k] += 1 / (len(rows) - 1)
    margin = {c: sum(observed[c, k] for k in values) for c in values}
    total = sum(margin.values())
    below = total**2 - sum(itself.values())
    if sum(1 for length in margin.values() if length) < 2:
        return None
    expected = {
        (c, k): total * (margin[c] * margin[k] - (itself[c] if c == k else 0)) / below
        for c, k in product(values, repeat=2)
    }
    apart = [(c, k) for c, k in observed if c != k]
    return 1 - sum(observed[pair] for pair in apart) / sum(expected[pair] for pair in apart)


def slow_line(parts):
    everyone = sorted({name for _, layers in parts for name in layers})
    used = sorted({label for _, layers in parts for spans in layers.values() for _, _, label in spans})
    pairs = [
        {
            "a": a,
            "b": b,
            "strict": scores(parts, a, b, lambda spans: spans),
            "exact": scores(parts, a, b, lambda spans: [it[:2] for it in spans]),
            "strict_by_label": {
                label: scores(parts, a, b, lambda spans, label=label: [it for it in spans if it[2] == label])
                for label in used
            },
            "kappa": {label: kappa(parts, a, b, label) for label in (*used, "_any")},
        }
        for a, b in combinations(everyone, 2)
    ]
    f1s = [pair["strict"][2] for pair in pairs if pair["strict"]]
    return {
        "id": None,
        "pairs": pairs,
        "alpha": {label: alpha(parts, label) for label in (*used, "_any")},
        "fleiss": {label: fleiss(parts, label) for label in (*used, "_any")},
        "mean_f1": sum(f1s) / len(f1s) if f1s else None,
        "u_alpha": u_alpha(parts),
    }


def flat(value, path=()):
    if isinstance(value, dict):
        value = list(value.items())
    elif isinstance(value, list):
        value = list(enumerate(value))
    else:
        return {path: value}
    return {end: leaf for key, inner in value for end, leaf in flat(inner, (*path, key)).items()}


def assert_same(quick, slow):
    quick, slow = flat(quick), flat(slow)
    assert quick.keys() == slow.keys()
    for path, value in slow.items():
        exact = value is None or isinstance(value, str)
        assert quick[path] == (value if exact else pytest.approx(value, abs=1e-9)), path


@given(articles(stacked))
def test_overlapping_spans(parts):
    assert_same(line_for(None, pool(count(*part) for part in parts)), slow_line(parts))


@given(articles(side_by_side))
def test_spans_side_by_side(parts):
    assert_same(line_for(None, pool(count(*part) for part in parts)), slow_line(parts))


@given(articles(side_by_side))
def test_sets_against_nervaluate(parts):
    """Only where nobody overlaps himself: nervaluate matches greedily, so its counts depend on the order else."""
    shared = [layers for _, layers in parts if {"a", "b"} <= layers.keys()]
    reference, predicted = (
        [[{"label": of, "start": start, "end": end - 1} for start, end, of in layers[name]] for layers in shared]
        for name in "ab"
    )
    pairs = line_for(None, pool(count(9, {name: layers[name] for name in "ab"}) for layers in shared))["pairs"]
    if not any(reference) or not any(predicted):
        return
    results = nervaluate.Evaluator(reference, predicted, tags=list(LABELS), loader="dict").evaluate()["overall"]
    for measure in ("strict", "exact"):
        theirs = results[measure]
        assert pairs[0][measure] == pytest.approx([theirs.precision, theirs.recall, theirs.f1])
