import random
from array import array

from hypothesis import given
from hypothesis import strategies as st

from annotator.core.copies import BUCKETS, are_near, groups, sketch

NEWS = (
    "The council voted on Tuesday to close the bridge for repairs that it said could take until the spring. "
    "Residents who use it every day said nobody had asked them, and that the ferry costs four crowns a trip. "
    "A spokesman denied that the decision had been made before the meeting began and pointed to the minutes. "
)
OTHER = (
    "Two goals in the last ten minutes gave the visitors a win that their coach called undeserved but welcome. "
    "The home side had been ahead since a header in the first half and missed a penalty shortly after the break. "
)


def test_a_text_with_a_line_before_and_behind_is_a_near_copy():
    assert are_near(sketch(NEWS), sketch(f"EASTMERE (Agency) — {NEWS} Additional reporting by our staff."))
    assert are_near(sketch(NEWS), sketch(NEWS.upper().replace(",", " –")))


def test_other_texts_are_not():
    assert not are_near(sketch(NEWS), sketch(OTHER))
    assert not are_near(sketch("Short."), sketch("Brief."))
    assert not are_near(sketch("…"), sketch(NEWS))


def test_half_shared_is_about_the_border():
    words = [f"word{number}" for number in range(2000)]
    copies = [" ".join(words[at : at + 1000]) for at in (0, 100, 700)]
    assert are_near(sketch(copies[0]), sketch(copies[1]))
    assert not are_near(sketch(copies[0]), sketch(copies[2]))


def test_groups_are_the_copies_of_copies():
    texts = [OTHER, NEWS, f"{NEWS} More follows.", "Something else altogether, in seven words.", NEWS.lower(), "x"]
    assert [sorted(group) for group in groups(map(sketch, texts))] == [[1, 2, 4]]


def test_many_copies_among_many_texts():
    rng = random.Random(5)
    pool = [f"w{number}" for number in range(5000)]
    texts = [" ".join(rng.choices(pool, k=200)) for _ in range(300)]
    copies = [f"{text} {' '.join(rng.choices(pool, k=20))}" for text in texts[:100]]
    found = sorted(sorted(group) for group in groups(map(sketch, texts + copies)))
    assert found == [[number, 300 + number] for number in range(100)]


@given(st.text())
def test_any_text_has_a_sketch_that_is_near_itself(text):
    one = sketch(text)
    assert len(one) == BUCKETS
    assert are_near(one, one)


def test_what_is_empty_is_near_nothing():
    empty = array("I", [2**32 - 1]) * BUCKETS
    assert not are_near(empty, empty)
