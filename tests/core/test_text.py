import codecs
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core import text as core_text
from annotator.core.text import (
    Block,
    Loaded,
    accept_text,
    check_text,
    decode,
    dropped,
    excerpt,
    load_text,
    normalise,
    split_blocks,
    splits_cluster,
    text_sha256,
)
from annotator.errors import Refused
from strategies import boundaries, hostile_text

CASES = json.loads(Path(__file__).parents[1].joinpath("cases/offsets.json").read_text(encoding="utf-8"))
LONG = "Long paragraphs stand on either side of a heading " * 3


# Bytes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("declared", [None, "latin-1", "no such encoding"])
def test_mark_wins_over_what_is_declared(encoding, declared):
    assert normalise(decode("\ufeffZürich 😀".encode(encoding), declared=declared)) == "Zürich 😀"


def test_only_one_mark_goes():
    assert load_text(codecs.BOM_UTF8 * 2 + b"a").text == "\ufeffa"


@pytest.mark.parametrize("declared", ["latin-1", "ISO-8859-1", "cp1252"])
def test_declared_encoding_is_used_without_a_mark(declared):
    assert decode("Zürich".encode("latin-1"), declared=declared) == "Zürich"


def test_utf8_is_what_is_not_declared():
    assert decode("Zürich 😀".encode()) == "Zürich 😀"


@pytest.mark.parametrize(
    "declared",
    [
        "klingon",
        "",
        "hex",
        "rot13",
        "idna",
        "punycode",
        "unicode_escape",
        "raw_unicode_escape",
        "undefined",
        "a\0b",
        "\ud800",
    ],
)
def test_unknown_encoding_is_refused_by_name(declared):
    with pytest.raises(Refused) as caught:
        decode(b"a", declared=declared, where="a.txt")
    assert repr(declared) in caught.value.why
    assert caught.value.where == "a.txt"


@pytest.mark.parametrize(
    "data, declared, byte",
    [
        (b"ab\xffc", None, 2),
        (b"\xff", None, 0),
        (b"ab\xe2\x82", None, 2),
        (b"\xc0\x80", None, 0),
        (b"a\xed\xa0\x80", None, 1),
        (codecs.BOM_UTF8 + b"a\xff", None, 4),
        (codecs.BOM_UTF16_LE + "a\ud800b".encode("utf-16-le", "surrogatepass"), None, 4),
        (codecs.BOM_UTF16_BE + b"\x00a\x00", None, 4),
        (codecs.BOM_UTF32_LE + b"a\x00\x00\x00\xff\xff\xff\xff", None, 8),
        (b"abc\x81", "cp1252", 3),
        (b"ab\x80", "ascii", 2),
    ],
)
def test_byte_that_does_not_decode_is_refused_with_its_offset(data, declared, byte):
    with pytest.raises(Refused) as caught:
        decode(data, declared=declared, where="a.txt")
    assert caught.value.where == f"a.txt: byte {byte}"
    with pytest.raises(Refused) as caught:
        decode(data, declared=declared)
    assert caught.value.where == f"byte {byte}"


# Text


@pytest.mark.parametrize(
    "given_, kept",
    [
        ("a\r\nb\rc\fd\n", "a\nb\nc\nd\n"),
        ("\r\r\n\n", "\n\n\n"),
        ("\ufeffa\ufeff", "a\ufeff"),
        (" \te\u0301\u2028ﬁ &amp; ", " \te\u0301\u2028ﬁ &amp; "),
        ("a\x85b", "a\x85b"),
    ],
)
def test_normalise_changes_nothing_but_line_ends_and_the_mark(given_, kept):
    assert normalise(given_) == kept


@given(hostile_text(line_ends=("\r\n", "\r", "\f", "\ufeff")))
def test_normalise_drops_what_dropped_says(text):
    gone = set(dropped(text))
    kept = "".join(char for offset, char in enumerate(text) if offset not in gone)
    assert normalise(text) == kept.replace("\r", "\n").replace("\f", "\n")


def test_dropped_names_the_mark_and_cr_before_lf():
    assert dropped("\ufeffa\r\nb\r\r\n\ufeff") == [0, 2, 6]


REFUSED = [*range(9), *range(11, 32), *range(0x7F, 0xA0)]


@pytest.mark.parametrize("code", [code for code in REFUSED if code not in (0x0C, 0x0D)])
def test_controls_are_refused_or_replaced(code):
    with pytest.raises(Refused) as caught:
        accept_text(f"😀{chr(code)}b", where="a.txt")
    assert caught.value.where == "a.txt: code point 1"
    assert f"U+{code:04X}" in caught.value.why
    assert accept_text(f"😀{chr(code)}b{chr(code)}", replace_controls=True) == Loaded("😀 b ", 2)


@pytest.mark.parametrize("code", [0x0C, 0x0D])
def test_line_ends_that_were_not_normalised_are_refused(code):
    with pytest.raises(Refused):
        check_text(f"a{chr(code)}")


@given(st.characters(exclude_categories=["Cs"]))
def test_every_other_character_is_taken(char):
    check_text(f"a{char}") if ord(char) not in REFUSED else None
    if ord(char) in REFUSED:
        with pytest.raises(Refused):
            check_text(f"a{char}")


@pytest.mark.parametrize("surrogate", [0xD800, 0xDBFF, 0xDC00, 0xDFFF], ids=hex)
@pytest.mark.parametrize("replace", [False, True])
def test_lone_surrogates_are_refused_always(surrogate, replace):
    with pytest.raises(Refused) as caught:
        accept_text(f"ab{chr(surrogate)}", replace_controls=replace)
    assert caught.value.where == "code point 2"
    assert "surrogate" in caught.value.why


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u00a0\u2003\u2028"])
def test_nothing_but_white_space_is_refused(text):
    with pytest.raises(Refused, match="white space") as caught:
        accept_text(text, where="a.txt")
    assert caught.value.where == "a.txt: code point 0"


def test_controls_replaced_may_leave_nothing():
    with pytest.raises(Refused, match="white space"):
        accept_text("\x00\x01", replace_controls=True)


def test_limit_counts_code_points():
    check_text("😀" * 5, limit=5)
    with pytest.raises(Refused) as caught:
        load_text("😀😀😀😀😀😀".encode(), limit=5)
    assert caught.value.where == "code point 5"
    check_text("a" * core_text.LIMIT)
    with pytest.raises(Refused):
        check_text("a" * (core_text.LIMIT + 1))


def test_load_text_goes_all_the_way():
    data = codecs.BOM_UTF16_LE + "a\r\n😀\x01".encode("utf-16-le")
    assert load_text(data, replace_controls=True) == Loaded("a\n😀 ", 1)


@given(hostile_text())
def test_loaded_text_comes_back_as_it_was(text):
    assert load_text(text.encode()) == Loaded(text.removeprefix("\ufeff"), 0)


def test_hash_is_of_the_utf8_bytes():
    assert text_sha256("Zürich 😀") == hashlib.sha256("Zürich 😀".encode()).hexdigest()


# Blocks


def kinds(text, title=None):
    return [(text[block.start : block.end], block.kind, block.level) for block in split_blocks(text, title)]


@given(hostile_text())
def test_blocks_are_the_lines_that_hold_something(text):
    blocks = split_blocks(text)
    assert [text[block.start : block.end] for block in blocks] == [line for line in text.split("\n") if line.strip()]
    assert all(text[block.end : block.end + 1] in ("", "\n") for block in blocks)


def test_blocks_end_before_their_line_ends():
    assert split_blocks("\na \n \t\n\nb") == (Block(1, 3), Block(8, 9))


@pytest.mark.parametrize(
    "line, kind",
    [
        ("- one", "list_item"), ("-- one", "list_item"), ("– one", "list_item"), ("— one", "list_item"),
        ("• one", "list_item"), ("* one", "list_item"), ("\t *\tone", "list_item"), ("1. one", "list_item"),
        ("123) one", "list_item"), ("-one", "paragraph"), ("--- one", "paragraph"), ("1.5 one", "paragraph"),
        ("2022. Then", "paragraph"), ("1.", "paragraph"), ("> one", "quotation"), (">one", "quotation"),
        (" > one", "paragraph"), ("One", "paragraph"),
    ],
)  # fmt: skip
def test_kind_of_a_line_by_its_beginning(line, kind):
    assert kinds(line) == [(line, kind, 0)]


def test_title_is_the_first_line_that_is_it():
    assert kinds("By us\n- T\n- T\n- T ", "- T") == [
        ("By us", "paragraph", 0), ("- T", "heading", 1), ("- T", "list_item", 0), ("- T ", "list_item", 0),
    ]  # fmt: skip


@pytest.mark.parametrize("heading", [
    "Who runs them?", "48 more", "“Patrol and Persuade”", "Österreich", "A " * 12, "N" * 80, " Indented",
])  # fmt: skip
def test_short_line_between_long_ones_is_a_heading(heading):
    assert kinds(f"{LONG}\n\n{heading}\n \n\n{LONG}")[1] == (heading, "heading", 2)


@pytest.mark.parametrize("line", [
    "who runs them?", "(Who)", "A " * 13, "N" * 81, "Ends.", "Ends,", "Ends;", "Ends: ", "Ends…",
])  # fmt: skip
def test_line_that_is_no_heading_by_its_words(line):
    assert kinds(f"{LONG}\n\n{line}\n\n{LONG}")[1] == (line, "paragraph", 0)


@pytest.mark.parametrize(
    "text",
    [
        f"{LONG}\nWho?\n\n{LONG}",
        f"{LONG}\n\nWho?\n{LONG}",
        f"Who?\n\n{LONG}",
        f"\n\nWho?\n\n{LONG}",
        f"{LONG}\n\nWho?\n\n",
        f"{LONG}\n\nWho?",
        f"{'Short ' * 19}\n\nWho?\n\n{LONG}",
        f"{LONG}\n\nWho?\n\n{'Short ' * 19}",
    ],
)
def test_line_that_is_no_heading_by_where_it_stands(text):
    assert "heading" not in [kind for _, kind, _ in kinds(text)]


def test_heading_needs_120_characters_on_either_side():
    assert kinds(f"{'l' * 120}\n\nWho?\n\n{'l' * 120}")[1] == ("Who?", "heading", 2)
    assert kinds(f"{'l' * 119}\n\nWho?\n\n{'l' * 120}")[1] == ("Who?", "paragraph", 0)


# Clusters


@given(hostile_text(line_ends=("\r\n", "\r", "\f", "\ufeff")))
def test_splits_cluster_agrees_with_a_scan_of_the_whole_text(text):
    whole = set(boundaries(text))
    assert [offset for offset in range(len(text) + 1) if not splits_cluster(text, offset)] == sorted(whole)


@given(st.text(min_size=1, max_size=20))
def test_splits_cluster_agrees_on_any_text(text):
    assert {o for o in range(len(text) + 1) if not splits_cluster(text, o)} == set(boundaries(text))


def test_short_way_below_u0300_is_right_for_every_pair():
    for first in map(chr, range(0x310)):
        row = "".join(first + second for second in map(chr, range(0x310)))
        whole = set(boundaries(row))
        assert [o for o in range(1, len(row)) if splits_cluster(row, o) != (o not in whole)] == []


@pytest.mark.parametrize("offset", [-1, 0, 2, 3])
def test_edges_of_the_text_and_beyond_split_nothing(offset):
    assert not splits_cluster("e\u0301", offset)


@pytest.mark.parametrize("flags", [1, 2, 3, 1000, 1001])
def test_flags_pair_from_the_start_of_their_run(flags):
    text = "a" + "🇬" * flags + "b"
    assert [splits_cluster(text, 1 + at) for at in range(flags + 1)] == [
        at % 2 == 1 and at < flags for at in range(flags + 1)
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_cases_are_true(case):
    text, (start, end) = case["text"], case["code_points"]
    assert text[start:end] == case["quote"]
    assert [len(text[:offset].encode("utf-16-le")) // 2 for offset in (start, end)] == case["utf16"]
    assert not splits_cluster(text, start)
    assert not splits_cluster(text, end)


def test_excerpt_is_the_first_words_on_one_line():
    assert excerpt("One\n\ntwo  three") == "One two three"
    assert excerpt("one two three", 9) == "one two…"
    assert excerpt("x" * 100, 10) == "x" * 9 + "…"
