"""Training, development and test shares by the hash of the text."""

import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.split import parse_shares, split_of
from annotator.errors import Refused

ORDER = ("train", "dev", "test")
HASHES = [hashlib.sha256(f"text {n}".encode()).hexdigest() for n in range(4000)]
shares = st.tuples(st.integers(0, 100), st.integers(0, 100)).filter(lambda two: sum(two) <= 100)
shares = shares.map(lambda two: (*two, 100 - sum(two)))
sha256 = st.binary(min_size=32, max_size=32).map(bytes.hex)


@pytest.mark.parametrize("wanted", [(80, 10, 10), (60, 20, 20), (34, 33, 33), (1, 1, 98), (100, 0, 0), (0, 0, 100)])
def test_shares_come_out_about_right_over_many_texts(wanted):
    found = Counter(split_of(one, wanted) for one in HASHES)
    for name, share in zip(ORDER, wanted, strict=True):
        assert abs(found[name] / len(HASHES) * 100 - share) < 2.5
        assert share or not found[name]


@pytest.mark.parametrize(
    ("sha", "expected"),
    [("0" * 64, "train"), ("7" + "f" * 63, "train"), ("8" + "0" * 63, "dev"), ("bf" + "f" * 62, "dev"),
     ("c" + "0" * 63, "test"), ("f" * 64, "test")],
)  # fmt: skip
def test_shares_end_where_they_should(sha, expected):
    assert split_of(sha, (50, 25, 25)) == expected


def test_a_text_is_in_the_same_share_in_every_release():
    assert [split_of(one, (80, 10, 10)) for one in HASHES[33:41]] == [
        "train", "train", "test", "test", "dev", "test", "train", "dev",
    ]  # fmt: skip


@given(sha256, shares)
def test_a_share_of_nothing_gets_nothing_and_one_of_all_gets_all(sha, wanted):
    assert wanted[ORDER.index(split_of(sha, wanted))] > 0
    assert split_of(sha, (0, 100, 0)) == "dev"


@given(sha256, shares, st.integers(0, 100))
def test_more_for_train_takes_nothing_out_of_train(sha, wanted, more):
    train = min(100, wanted[0] + more)
    if split_of(sha, wanted) == "train":
        assert split_of(sha, (train, 100 - train, 0)) == "train"


@given(shares)
def test_shares_are_read_as_written(wanted):
    assert parse_shares("/".join(map(str, wanted))) == wanted


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("80/10/20", "makes 110, not 100"),
        ("80/10/5", "makes 95, not 100"),
        ("80/10", "not of the form"),
        ("80/10/10/0", "not of the form"),
        ("80/10/10\n", "not of the form"),
        (" 80/10/10", "not of the form"),
        ("80/20/-0", "not of the form"),
        ("80.0/10/10", "not of the form"),
        ("0.8/0.1/0.1", "not of the form"),
        ("train", "not of the form"),
        ("", "not of the form"),
        ("1000/0/0", "not of the form"),
    ],
)
def test_what_is_no_split_is_refused_with_the_words_given(text, why):
    with pytest.raises(Refused, match=why) as caught:
        parse_shares(text)
    assert caught.value.where == "split"
    assert text.strip() in caught.value.why
