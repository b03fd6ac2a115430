import csv as library
import io
from collections import Counter

import pytest
from hypothesis import given

from annotator.errors import Refused
from annotator.formats import csv
from annotator.formats.options import Options
from formats.made import line, some_lines, span
from strategies import hostile_text

BASE = ["article", "key", "title", "layer", "reviewer", "id", "start", "end", "label", "text", "note"]
RUN = ("=", "+", "-", "@", "\t", "\r")


def rows(articles, lost=None):
    written = b"".join(csv.write(articles, lost)).decode()
    return list(library.reader(io.StringIO(written, newline=""), strict=True))


def read(data, name="a.csv", **options):
    return list(csv.read(io.BytesIO(data), name, Options(**options)))


def refused(data, **options):
    with pytest.raises(Refused) as caught:
        read(data, **options)
    return caught.value


# Spans out


@given(some_lines())
def test_a_row_holds_a_span_and_the_guard_is_counted(articles):
    lost = Counter()
    header, *found = rows(articles, lost)
    spans = [(article, it) for article in articles for it in article.spans]
    assert header == BASE + (["speaker", "value"] if spans else [])
    assert len(found) == len(spans)
    guarded = 0
    for row, (article, it) in zip(found, spans, strict=True):
        values = [article.id, article.key, article.title, article.layer, article.reviewer, it.id, it.start, it.end]
        values += [it.label, it.text, it.note, *it.attributes.values()]
        for cell, value in zip(row, values, strict=True):
            value = "" if value is None else str(value)
            guarded += value.startswith(RUN)
            assert cell == ("'" + value if value.startswith(RUN) else value)
        assert article.text[int(row[6]) : int(row[7])] == it.text
    assert lost["cells that now begin with '"] == guarded
    assert lost["texts of articles"] == len(articles)
    assert lost["articles without a span"] == sum(not article.spans for article in articles)


def test_attributes_are_columns_as_they_are_met_and_none_is_taken_for_another():
    articles = [
        line(spans=[span(attributes={"speaker": "=x", "note": "y"})]), line(id="b", spans=[span(attributes={"unit": "m"})])
    ]  # fmt: skip
    header, one, two = rows(articles)
    assert header == [*BASE, "speaker", "attributes.note", "unit"]
    assert (one[11:], two[11:]) == (["'=x", "y", ""], ["", "", "m"])


def test_it_is_utf8_without_a_mark_and_crlf():
    assert b"".join(csv.write([])) == (",".join(BASE) + "\r\n").encode()


# Articles in


def test_columns_are_found_by_name():
    data = '\ufeffTitle,desk,TEXT,id,empty\r\nT,home,"One, 😀\r\n""two""",7,\r\n,,x,,\r\n'.encode()
    one, two = read(data)
    assert (one.title, one.text, one.key, one.meta, one.where) == (
        "T", 'One, 😀\n"two"', "7", '{"desk":"home"}', "a.csv:3"
    )  # fmt: skip
    assert (two.title, two.text, two.key, two.meta) == (None, "x", None, None)
    assert one.source_sha256 != two.source_sha256
    options = Options()
    list(csv.read(io.BytesIO(data), "a.csv", options))
    assert options.found["a.csv"] == [
        ("Title", "title"),
        ("desk", None),
        ("TEXT", "text"),
        ("id", "id"),
        ("empty", None),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_one_that_gives_a_text(delimiter):
    assert read(f"key{delimiter}text\na{delimiter}b\n\n".encode())[0].text == "b"


def test_columns_may_be_named_from_outside():
    [article] = read("Haupttext;Überschrift\na;b".encode(), columns={"Haupttext": "text", "Überschrift": "title"})
    assert (article.text, article.title) == ("a", "b")


def test_key_and_id_are_both_kept():
    [article] = read(b"id,key,text\n1,k,t")
    assert (article.key, article.meta) == ("k", '{"id":"1"}')


@pytest.mark.parametrize("encoding", ["utf-16", "windows-1252", "iso-8859-2"])
def test_encodings(encoding):
    named = {} if encoding == "utf-16" else {"encoding": encoding}
    assert read("text\nZürich".encode(encoding), **named)[0].text == "Zürich"


@pytest.mark.parametrize("data, where, why", [
    (b"a,b\n1,2", "a.csv:1", "text"), (b"", "a.csv:1", "text"), (b"text,key\n1", "a.csv:2", "1 cells"),
    (b"text,Text\n1,2", "a.csv:1", "text"), (b"text,x,x\n1,2,3", "a.csv:1", "'x'"), (b'text\n"a"b', "a.csv:2", "CSV"),
    (b'text\n"a', "a.csv:2", "CSV"), (b"text\nok\nZ\xfcrich", "a.csv:3: byte 1", "UTF-8"),
    (b'text,key\n"",1', "a.csv:2: text: code point 0", "white space"), (b"text\na\x01", "a.csv:2: text: code point 1", "0001"),
    (",".join(BASE).encode(), "a.csv:1", "spans without their articles"),
])  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_line(data, where, why):
    error = refused(data)
    assert (error.where, why in error.why) == (where, True)


def test_long_lines_are_refused(monkeypatch):
    monkeypatch.setattr(csv, "MAX_LINE", 10)
    assert refused(b"text\n" + b"a" * 11).where == "a.csv:2"


@given(hostile_text(("\n", "'", '"', ",", ";", "=")))
def test_any_text_comes_as_it_is(text):
    out = io.StringIO(newline="")
    library.writer(out).writerows([["text"], [text]])
    [article] = read(out.getvalue().encode())
    assert article.text == text
