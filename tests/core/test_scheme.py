import json
import re

import msgspec
import pytest

from annotator.core.scheme import (
    DEFAULT_SCHEME,
    PAGE_KEYS,
    Attribute,
    Label,
    Relation,
    Scheme,
    check_attributes,
    check_relation,
    check_scheme,
    read_scheme,
)
from annotator.errors import Refused

TOML = b"""
[[labels]]
name = "claim"
title = "Claim"
key = "1"
color = "#b45309/#f5b14c"
attributes = ["sure"]

[attributes.sure]
type = "choice"
choices = ["yes", "no"]

[[relations]]
type = "repeats"
from = ["claim"]
to = ["claim"]
"""


def scheme(*labels, **rest):
    return Scheme(labels=tuple(Label(it) if isinstance(it, str) else it for it in labels), **rest)


def test_default_scheme_is_the_one_of_the_contract():
    assert check_scheme(DEFAULT_SCHEME) is DEFAULT_SCHEME
    assert [(it.name, it.key) for it in DEFAULT_SCHEME.labels] == [
        ("claim", "1"), ("denial", "2"), ("quote", "3"), ("figure", "4"),
    ]  # fmt: skip
    assert [it.attributes for it in DEFAULT_SCHEME.labels] == [
        ("speaker",), ("speaker",), ("speaker",), ("value", "unit", "qualifier"),
    ]  # fmt: skip
    assert DEFAULT_SCHEME.relations == (
        Relation("denies", ("denial",), ("claim",)),
        Relation("attributed_to", ("quote",), ("claim", "denial")),
    )


def test_toml_and_json_give_the_same_scheme():
    read = read_scheme(TOML, "scheme.toml")
    assert read == Scheme(
        labels=(Label("claim", "Claim", "1", "#b45309/#f5b14c", attributes=("sure",)),),
        attributes={"sure": Attribute("choice", ("yes", "no"))},
        relations=(Relation("repeats", ("claim",), ("claim",)),),
    )
    assert read_scheme(msgspec.json.encode(read), "scheme.json") == read


@pytest.mark.parametrize("name, data", [
    ("s.toml", b"labels = ["), ("s.toml", b"a = '\xff'"), ("s.json", b"{"), ("s.json", b'{"labels": "\xff"}'),
    ("s.json", b'{"labels": [{"name": 1}]}'), ("s.json", b'{"labels": [], "extra": 1}'), ("s.json", b"{}"),
    ("s.json", b'{"labels": []}'), ("s.json", b"[" * 100_000),
])  # fmt: skip
def test_scheme_file_that_cannot_be_read_is_refused_by_name(name, data):
    with pytest.raises(Refused) as caught:
        read_scheme(data, name)
    assert caught.value.where.startswith(name)


@pytest.mark.parametrize(
    "wrong, where, why",
    [
        (scheme(), "labels", "needs one"),
        (scheme("Claim"), "labels", "'Claim'"),
        (scheme("claim\n"), "labels", "Names are"),
        (scheme("9th"), "labels", "'9th'"),
        (scheme("a" * 41), "labels", "40 characters"),
        (scheme("a", "b", "a"), "labels", "Twice in the list: a"),
        (scheme("a", attributes={"B": Attribute()}), "attributes", "'B'"),
        (scheme(Label("a", key="11")), "labels", "'11'"),
        (scheme(Label("a", key="é")), "labels", "'é'"),
        (scheme(Label("a", key="!")), "labels", "'!'"),
        (scheme(Label("a", key="0")), "labels", "'0'"),
        (scheme(Label("a", key="n")), "labels", "'n'"),
        (scheme(Label("a", key="q"), Label("b", key="q")), "labels", "two labels"),
        (scheme(Label("a", attributes=("b",))), "labels", "not defined"),
        (scheme(Label("a", color="red")), "labels", "colour"),
        (scheme(Label("a", color="#12345g")), "labels", "colour"),
        (scheme(Label("a", color="#123456/#123456/#123456")), "labels", "colour"),
        (scheme("a", attributes={"b": Attribute("choice")}), "attributes", "choices"),
        (scheme("a", attributes={"b": Attribute("text", ("c",))}), "attributes", "choices"),
        (scheme("a", relations=(Relation("R", ("a",), ("a",)),)), "relations", "'R'"),
        (scheme("a", relations=(Relation("r", ("a",), ("b",)),)), "relations", "'b'"),
        (scheme("a", relations=(Relation("r", ("b",), ("a",)),)), "relations", "'b'"),
    ],
)
def test_scheme_that_does_not_hang_together_is_refused(wrong, where, why):
    with pytest.raises(Refused, match=re.escape(why)) as caught:
        check_scheme(wrong)
    assert caught.value.where == where


def test_keys_and_colours_that_are_free_are_taken():
    check_scheme(scheme(Label("a", key="9", color="#123456"), Label("b", key="q", color="#ABCDEF/#000000"), "c"))
    assert not PAGE_KEYS & {it.key for it in DEFAULT_SCHEME.labels}


def test_attributes_are_kept_by_name_without_unset_ones():
    given = {"value": "12.5", "unit": "km", "qualifier": None}
    assert list(check_attributes(DEFAULT_SCHEME, "figure", given).items()) == [("unit", "km"), ("value", 12.5)]
    assert check_attributes(DEFAULT_SCHEME, "claim", {"speaker": "", "unit": None}) == {}


@pytest.mark.parametrize("given, kept", [
    (54, 54), ("54", 54), ("-5.50", -5.5), ("1e3", 1000), (2.0, 2), (0.1, 0.1), (1e300, 1e300),
    (2**53 - 1, 2**53 - 1), ("9007199254740991", 2**53 - 1),
])  # fmt: skip
def test_numbers_are_kept_as_numbers(given, kept):
    value = check_attributes(DEFAULT_SCHEME, "figure", {"value": given})["value"]
    assert (value, type(value)) == (kept, type(kept))
    assert json.loads(json.dumps(value)) == value


@pytest.mark.parametrize("given", [
    "at least 53", "nan", "inf", "1e999", "9" * 5000, 2**53, -(2**53), float("nan"), float("inf"), True, [1], {},
])  # fmt: skip
def test_what_is_no_exact_number_is_refused(given):
    with pytest.raises(Refused, match="number") as caught:
        check_attributes(DEFAULT_SCHEME, "figure", {"value": given})
    assert caught.value.where == "attributes.value"


@pytest.mark.parametrize("label, given, why", [
    ("claim", {"value": 1}, "has no attribute 'value'; it has speaker"),
    ("claim", {"speaker": 1}, "must be text"),
    ("claim", {"speaker": "a" * 1001}, "1,000 at most"),
    ("myth", {}, "no label 'myth'; it has claim, denial, quote, figure"),
])  # fmt: skip
def test_attribute_that_does_not_fit_is_refused(label, given, why):
    with pytest.raises(Refused, match=re.escape(why)):
        check_attributes(DEFAULT_SCHEME, label, given)


def test_choice_is_one_of_its_choices():
    chosen = read_scheme(TOML, "s.toml")
    assert check_attributes(chosen, "claim", {"sure": "yes"}) == {"sure": "yes"}
    with pytest.raises(Refused, match="one of yes, no"):
        check_attributes(chosen, "claim", {"sure": "maybe"})
    with pytest.raises(Refused, match="it has none"):
        check_attributes(scheme("a", attributes={"b": Attribute()}), "a", {"b": "c"})


@pytest.mark.parametrize("kind, source, target, allowed", [
    ("denies", "denial", "claim", True), ("denies", "claim", "denial", False), ("denies", "denial", "denial", False),
    ("attributed_to", "quote", "denial", True), ("attributed_to", "claim", "denial", False),
    ("likes", "claim", "claim", False),
])  # fmt: skip
def test_relations_have_the_ends_that_the_scheme_says(kind, source, target, allowed):
    if allowed:
        check_relation(DEFAULT_SCHEME, kind, source, target)
    else:
        with pytest.raises(Refused) as caught:
            check_relation(DEFAULT_SCHEME, kind, source, target)
        assert caught.value.where == "type"


def test_contrast_of_the_default_colours_is_readable():
    def light(colour):
        channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for label in DEFAULT_SCHEME.labels:
        on_white, on_black = label.color.split("/")
        assert 1.05 / (light(on_white) + 0.05) >= 4.5
        assert (light(on_black) + 0.05) / 0.05 >= 4.5
