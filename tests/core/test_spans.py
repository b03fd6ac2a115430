import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from annotator.core.spans import Extent, Span, check_extent, check_note, order, overlap, quoted, share_half, trim
from annotator.errors import Conflict, Refused
from strategies import boundaries, hostile_text, text_with_spans

FAMILY = "👨‍👩‍👧‍👦"
extents = st.tuples(st.integers(0, 30), st.integers(1, 30)).map(lambda it: Extent(it[0], it[0] + it[1]))


def span(start, end, label="claim"):
    return Span(start, end, id="s", label=label)


def test_order_is_start_then_longer_then_label():
    mixed = [span(1, 2), span(0, 5, "denial"), span(1, 3), span(0, 5, "claim"), span(0, 9, "quote")]
    assert sorted(mixed, key=order) == [mixed[at] for at in (4, 3, 1, 2, 0)]


@pytest.mark.parametrize("value", [1.0, "1", True, None, [1]])
@pytest.mark.parametrize("name", ["start", "end"])
def test_offsets_must_be_integers(name, value):
    with pytest.raises(Refused, match="integer") as caught:
        check_extent("abc", **{"start": 0, "end": 2, name: value})
    assert caught.value.where == name


@pytest.mark.parametrize(
    "start, end, where",
    [(-1, 2, "start"), (0, 4, "end"), (2, 2, "start"), (2, 1, "start"), (3, 3, "start"), (4, 5, "end")],
)
def test_offsets_must_be_in_the_text_and_in_order(start, end, where):
    with pytest.raises(Refused) as caught:
        check_extent("abc", start, end)
    assert caught.value.where == where


@pytest.mark.parametrize("start, end, where", [(1, 7, "start"), (0, 3, "end"), (2, 3, "start")])
def test_offsets_must_not_split_what_readers_see_as_one(start, end, where):
    with pytest.raises(Refused, match="cluster") as caught:
        check_extent(FAMILY, start, end)
    assert caught.value.where == where


def test_quote_must_be_what_stands_there():
    assert check_extent("😀 denied", 2, 8, "denied") == Extent(2, 8)
    with pytest.raises(Conflict) as caught:
        check_extent("😀 denied", 1, 7, "denied")
    assert (caught.value.where, caught.value.status) == ("quote", 409)
    with pytest.raises(Conflict):
        check_extent("denied", 0, 6, "")


@given(text_with_spans())
def test_extents_between_clusters_are_taken_as_they_are(made):
    text, spans = made
    for it in spans:
        assert check_extent(text, it.start, it.end, text[it.start : it.end]) == Extent(it.start, it.end)


@pytest.mark.parametrize(
    "text, start, end, kept",
    [
        ("a b c", 1, 4, (2, 3)),
        ("\t\u00a0b\n\n", 0, 5, (2, 3)),
        ("bc", 0, 2, (0, 2)),
        ("a \u0301b", 1, 4, (1, 4)),
        ("a \u0301b", 0, 2, (0, 1)),
        ("a\u0600 b", 0, 3, (0, 3)),
        (FAMILY, 0, 7, (0, 7)),
    ],
)
def test_trim_leaves_white_space_out(text, start, end, kept):
    assert trim(text, Extent(start, end)) == Extent(*kept)


def test_trim_refuses_white_space_only():
    with pytest.raises(Refused, match="white space"):
        trim("a  b", Extent(1, 3))


@given(hostile_text(), st.data())
def test_trimmed_selection_is_a_span_with_the_same_words(text, data):
    edges = boundaries(text)
    start, end = sorted(data.draw(st.tuples(st.sampled_from(edges), st.sampled_from(edges))))
    assume(text[start:end].strip())
    kept = trim(text, Extent(start, end))
    assert check_extent(text, kept.start, kept.end) == kept
    assert start <= kept.start < kept.end <= end
    assert text[kept.start : kept.end].strip() == text[start:end].strip()
    assert trim(text, kept) == kept


@given(extents, extents)
def test_overlap_and_share_half_count_characters(a, b):
    mine, yours = set(range(a.start, a.end)), set(range(b.start, b.end))
    assert overlap(a, b) == overlap(b, a) == len(mine & yours)
    assert share_half(a, b) == share_half(b, a) == (2 * len(mine & yours) >= len(mine | yours))


def test_half_exactly_is_shared():
    assert share_half(Extent(0, 2), Extent(0, 4))
    assert not share_half(Extent(0, 2), Extent(0, 5))
    assert not share_half(Extent(0, 2), Extent(2, 4))


@pytest.mark.parametrize("char", ["\x00", "\x0b", "\x7f", "\x85", "\ud800"])
def test_notes_hold_no_controls(char):
    with pytest.raises(Refused) as caught:
        check_note(f"ab{char}", "spans[0].note")
    assert caught.value.where == "spans[0].note"


def test_notes_have_lf_line_ends_and_an_end():
    assert check_note("a\r\nb\rc\td") == "a\nb\nc\td"
    assert check_note("😀" * 5_000)
    with pytest.raises(Refused, match="5000"):
        check_note("a" * 5_001)


@pytest.mark.parametrize(
    ("text", "chosen", "rule", "expected"),
    [
        ("She said “no way” twice", "no way", "keep", "“no way”"),
        ("She said “no way” twice", "“no way", "keep", "“no way”"),
        ("She said “no way” twice", "no way”", "keep", "“no way”"),
        ("She said “no way” twice", "“no way”", "keep", "“no way”"),
        ("She said “no way” twice", "no", "keep", "no"),
        ("She said “no way” twice", "“no way”", "drop", "no way"),
        ("She said “no way” twice", "no way", "drop", "no way"),
        ("She said “no way” twice", "“no way", "drop", "“no way"),
        ("She said “no way” twice", "“no way”", "", "“no way”"),
        ("„ja, gern“ sagt er", "ja, gern", "keep", "„ja, gern“"),
        ("il dit « non » enfin", "« non »", "drop", "non"),
        ("a “  ” b", "“  ”", "drop", "“  ”"),
        ("whole", "whole", "keep", "whole"),
        ("a “\u0301x” b", "“\u0301x”", "drop", "“\u0301x”"),
        ("a “x”\u0301 b", "x", "keep", "x"),
        ("👩‍🚒 “🔥” b", "🔥", "keep", "“🔥”"),
    ],
)
def test_quotation_marks_follow_the_rule_of_the_label(text, chosen, rule, expected):
    start = text.index(chosen)
    found = quoted(text, Extent(start, start + len(chosen)), rule)
    assert text[found.start : found.end] == expected
