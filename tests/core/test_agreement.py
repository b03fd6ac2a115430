"""Contract section 7: cases by hand, the papers' own examples, and what must hold whatever the spans."""

import json
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.agreement import line_for, read_input
from annotator.core.agreement_counts import count, pool
from annotator.errors import Refused

CASES = json.loads(Path(__file__).parents[1].joinpath("cases/agreement.json").read_text(encoding="utf-8"))
COHEN = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]  # 1960, table 2: how many patients each two diagnoses got
FLEISS = """0 0 0 6 0  0 3 0 0 3  0 1 4 0 1  0 0 0 0 6  0 3 0 3 0  2 0 4 0 0  0 0 4 0 2  2 0 3 1 0  2 0 0 4 0  0 0 0 0 6
            1 0 0 5 0  1 1 0 4 0  0 3 3 0 0  1 0 0 5 0  0 2 0 3 1  0 0 5 0 1  3 0 0 1 2  5 1 0 0 0  0 2 0 4 0  1 0 2 0 3
            0 0 0 0 6  0 1 0 5 0  0 2 0 1 3  2 0 0 4 0  1 0 0 4 1  0 5 0 1 0  4 0 0 0 2  0 2 0 4 0  1 0 5 0 0  0 0 0 0 6"""
ONE_CHARACTER = (0, 1)


def line(length, layers, **options):
    return line_for("x", [count(length, layers)], **options)


def nearly(value):
    """Equal up to the last digits, at any depth; None and words exactly."""
    if isinstance(value, dict):
        return {key: nearly(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [nearly(inner) for inner in value]
    return value if value is None or isinstance(value, str) else pytest.approx(value, abs=1e-14)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_cases_are_true(case):
    read = read_input({"id": "x", **case}, "case")
    found = line(read.length, read.layers, labels=case.get("labels", ()))
    for measure in case.keys() - {"name", "text_len", "spans", "labels"}:
        assert found[measure] == nearly(case[measure])


def test_keys_stand_in_the_contracts_order():
    found = line(9, {"b": [(0, 1, "q")], "a": [(0, 2, "c")]}, labels=["z", "q"])
    assert list(found) == ["id", "pairs", "alpha", "fleiss", "mean_f1", "u_alpha"]
    assert list(found["pairs"][0]) == ["a", "b", "strict", "exact", "strict_by_label", "kappa"]
    assert list(found["pairs"][0]["strict_by_label"]) == ["z", "q", "c"]
    assert list(found["alpha"]) == ["z", "q", "c", "_any"]


def characters(values):
    """One span of one character for each value that is not None: what one judge said of each unit."""
    return [(at, at + 1, value) for at, value in enumerate(values) if value is not None]


def test_cohen_1960_psychiatric_diagnoses():
    judged = [
        (a, b) for a, row in enumerate("123") for b, times in zip("123", COHEN[a], strict=True) for _ in range(times)
    ]
    first, second = characters([str(a + 1) for a, _ in judged]), characters([b for _, b in judged])
    kappa = line(200, {"A": first, "B": second})["pairs"][0]["kappa"]
    # Kappa over all categories is the mean of each one's kappa against the rest, weighted by 1 - p_e.
    shares = {label: [sum(mark[2] == label for mark in marks) / 200 for marks in (first, second)] for label in "123"}
    weights = {label: a + b - 2 * a * b for label, (a, b) in shares.items()}
    whole = sum(weights[label] * kappa[label] for label in "123") / sum(weights.values())
    assert whole == pytest.approx((0.70 - 0.41) / (1 - 0.41))
    assert round(whole, 3) == 0.492


def test_fleiss_1971_psychiatric_diagnoses():
    votes = [int(number) for number in FLEISS.split()]
    patients = [votes[at : at + 5] for at in range(0, 150, 5)]
    told = [
        [label for label, times in zip("12345", patient, strict=True) for _ in range(times)] for patient in patients
    ]
    found = line(30, {f"rater {one}": characters([patient[one] for patient in told]) for one in range(6)})["fleiss"]
    assert [round(found[label], 3) for label in "12345"] == [0.245, 0.245, 0.520, 0.471, 0.566]
    # Kappa over all categories is the mean of each one's, weighted by p(1 - p): 0.430 in the paper.
    shares = {label: sum(patient.count(label) for patient in told) / 180 for label in "12345"}
    weights = {label: share * (1 - share) for label, share in shares.items()}
    assert round(sum(weights[label] * found[label] for label in "12345") / sum(weights.values()), 3) == 0.430


def test_krippendorff_2011_binary_data():
    meg, owen = "0100000010", "1110010000"
    layers = {
        name: characters(["yes" if it == "1" else None for it in said]) for name, said in (("Meg", meg), ("Owen", owen))
    }
    assert round(line(10, layers)["alpha"]["yes"], 3) == 0.095


def whole_alpha(found, values):
    """Alpha over all categories: the mean of each one's against the rest, weighted by n_c(n - n_c)."""
    weights = {label: values.count(label) * (len(values) - values.count(label)) for label in set(values)}
    return sum(weight * found[label] for label, weight in weights.items()) / sum(weights.values())


def test_krippendorff_2011_nominal_data():
    ben, gerry = "aabbdcccedda", "babbbccceddd"
    found = line(12, {"Ben": characters(ben), "Gerry": characters(gerry)})["alpha"]
    assert round(whole_alpha(found, ben + gerry), 3) == 0.692


def test_krippendorff_2011_nominal_data_with_missing_values():
    coders = {"A": "123321412...", "B": "1233224125.3", "C": ".3332342251.", "D": "12332441251."}
    units = [
        {name: [(*ONE_CHARACTER, said[at])] for name, said in coders.items() if said[at] != "."} for at in range(12)
    ]
    paired = "".join(mark[2] for unit in units if len(unit) > 1 for (mark,) in unit.values())
    found = line_for(None, pool(count(1, unit) for unit in units))
    assert len(paired) == 40
    assert round(whole_alpha(found["alpha"], paired), 3) == 0.743
    assert set(found["fleiss"].values()) == {None}  # two, three and four coders a unit


def test_krippendorff_2016_units_of_text():
    """The example with a continuum of 60, also in Krippendorff 2019, figure 12.11: uα = .510."""
    layers = {
        "Alex": [(0, 7, "1"), (7, 13, "2"), (30, 32, "5"), (32, 37, "6"), (37, 44, "6"), (44, 60, "7")],
        "Paul": [(0, 7, "1"), (7, 13, "3"), (13, 21, "5"), (32, 44, "6")],
        "Suzan": [(0, 7, "1"), (7, 13, "4"), (13, 21, "5"), (32, 37, "6"), (37, 41, "6"), (41, 44, "6")],
    }
    assert round(line(60, layers)["u_alpha"], 3) == 0.510


names = st.sampled_from(["ann", "bob", "cy", "di"])
marks = st.tuples(st.integers(0, 11), st.integers(1, 12), st.sampled_from("cdq")).filter(lambda it: it[0] < it[1])
layers_of = st.dictionaries(names, st.lists(marks, max_size=6), max_size=4)


def swapped(pair):
    def turned(score):
        return score and [score[1], score[0], score[2]]

    return {
        **pair, "a": pair["b"], "b": pair["a"], "strict": turned(pair["strict"]), "exact": turned(pair["exact"]),
        "strict_by_label": {label: turned(score) for label, score in pair["strict_by_label"].items()},
    }  # fmt: skip


@given(layers_of, st.permutations(["ann", "bob", "cy", "di"]), st.randoms())
def test_other_names_and_another_order_of_spans_change_no_measure(layers, order, random):
    called = dict(zip(["ann", "bob", "cy", "di"], order, strict=True))
    mixed = {called[name]: random.sample(spans, len(spans)) for name, spans in reversed(layers.items())}
    before, after = line(12, layers), line(12, mixed)
    expected = [{**pair, "a": called[pair["a"]], "b": called[pair["b"]]} for pair in before["pairs"]]
    expected = [pair if pair["a"] < pair["b"] else swapped(pair) for pair in expected]
    expected.sort(key=lambda pair: (pair["a"], pair["b"]))
    assert after == {**before, "pairs": expected}


@given(st.lists(marks, min_size=1, max_size=6), st.integers(2, 4))
def test_reviewers_with_the_same_spans_agree_wholly_or_it_is_undefined(spans, number):
    found = line(12, dict.fromkeys("abcd"[:number], spans))
    assert found["mean_f1"] == 1
    assert {*found["alpha"].values(), *found["fleiss"].values(), found["u_alpha"]} <= {1, None}
    for pair in found["pairs"]:
        assert set(pair["kappa"].values()) <= {1, None}


@given(st.lists(marks, min_size=1), st.lists(marks, min_size=1))
def test_reviewers_who_share_nothing_agree_less_than_by_chance(left, right):
    far = [(start + 12, end + 12, label) for start, end, label in right]
    found = line(24, {"a": left, "b": far})
    assert found["mean_f1"] == 0
    assert found["pairs"][0]["kappa"]["_any"] < 0
    assert found["fleiss"]["_any"] < 0
    assert found["u_alpha"] is None or found["u_alpha"] < 0


def test_renaming_labels_alike_for_all_changes_no_value():
    layers = {"a": [(0, 3, "c"), (5, 7, "d")], "b": [(0, 2, "c"), (5, 7, "q"), (8, 9, "d")]}
    before = line(12, layers)
    for named in permutations("xyz"):
        called = dict(zip("cdq", named, strict=True))
        after = line(12, {name: [(*mark[:2], called[mark[2]]) for mark in spans] for name, spans in layers.items()})
        assert after["alpha"] == {called.get(label, label): value for label, value in before["alpha"].items()}
        assert after["u_alpha"] == before["u_alpha"]


def test_project_pools_what_two_reviewers_share():
    parts = [
        count(10, {"ann": [(0, 5, "c")], "bob": [(0, 5, "c")]}),
        count(10, {"ann": [(0, 5, "c")], "cy": []}),
        count(10, {"ann": [(5, 9, "q")], "bob": [(0, 5, "c")]}),
    ]
    found = line_for(None, pool(parts))
    by_names = {(pair["a"], pair["b"]): pair for pair in found["pairs"]}
    assert found["id"] is None
    assert by_names["ann", "bob"]["strict"] == [1 / 2, 1 / 2, 1 / 2]
    assert by_names["ann", "bob"]["kappa"] == line(20, {
        "ann": [(0, 5, "c"), (15, 19, "q")], "bob": [(0, 5, "c"), (10, 15, "c")]})["pairs"][0]["kappa"]  # fmt: skip
    assert by_names["ann", "cy"]["strict"] == [0, 0, 0]
    assert by_names["bob", "cy"] == {
        "a": "bob", "b": "cy", "strict": None, "exact": None, "strict_by_label": {"c": None, "q": None},
        "kappa": {"c": None, "q": None, "_any": None},
    }  # fmt: skip
    assert found["mean_f1"] == 1 / 4


def test_the_same_place_in_two_articles_is_not_the_same_span():
    parts = [count(5, {"a": [(0, 2, "c")], "b": []}), count(5, {"a": [], "b": [(0, 2, "c")]})]
    assert line_for(None, pool(parts))["pairs"][0]["strict"] == [0, 0, 0]


def test_an_article_that_one_person_reviewed_changes_no_measure_of_several():
    shared = [count(10, {"a": [(0, 5, "c")], "b": [(1, 5, "c")]}), count(10, {"a": [(2, 4, "q")], "b": []})]
    alone = count(10, {"a": [(0, 9, "c"), (1, 9, "c")]})
    assert line_for(None, pool([*shared, alone])) == line_for(None, pool(shared))


def test_fleiss_takes_different_people_but_the_same_number():
    parts = [count(5, {"a": [(0, 2, "c")], "b": [(0, 2, "c")]}), count(5, {"c": [(0, 2, "c")], "d": [(0, 2, "c")]})]
    assert line_for(None, pool(parts))["fleiss"] == {"c": 1, "_any": 1}
    parts.append(count(5, {"a": [], "b": [], "c": []}))
    assert line_for(None, pool(parts))["fleiss"] == {"c": None, "_any": None}


GOOD = {"id": "x", "text_len": 9, "spans": {"ann": [[0, 2, "claim"]]}}


def test_input_is_read_with_a_length_or_a_text():
    read = read_input({**GOOD, "more": 1}, "f:1")
    assert (read.id, read.length, read.layers) == ("x", 9, {"ann": [(0, 2, "claim")]})
    assert read_input({"id": 7, "text": "😀 ok", "spans": {}}, "f:1").length == 4
    assert read_input({**GOOD, "text": "nine char"}, "f:1").length == 9


@pytest.mark.parametrize(
    "change, where",
    [
        ({"id": None}, "id"), ({"id": 1.5}, "id"), ({"id": True}, "id"),
        ({"text_len": None}, "text_len"), ({"text_len": -1}, "text_len"), ({"text_len": 9.0}, "text_len"),
        ({"text_len": True}, "text_len"), ({"text": "other"}, "text_len"), ({"text": 9}, "text"),
        ({"spans": None}, "spans"), ({"spans": []}, "spans"), ({"spans": {"ann": {}}}, "spans.ann"),
        *(
            ({"spans": {"ann": [[0, 1, "c"], span]}}, "spans.ann[1]")
            for span in (
                None, [0, 1], [0, 1, "c", 1], [0.0, 1, "c"], [0, True, "c"], [-1, 1, "c"], [1, 1, "c"], [2, 1, "c"],
                [0, 10, "c"], [0, 1, 5], [0, 1, ""], [0, 1, "_any"],
            )
        ),
    ],
)  # fmt: skip
def test_input_is_refused_with_its_place(change, where):
    with pytest.raises(Refused) as caught:
        read_input({**GOOD, **change}, "f:1")
    assert caught.value.where == f"f:1: {where}"
