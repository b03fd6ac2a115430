import hashlib
import io
import json

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from annotator.core.text import text_sha256
from annotator.errors import Refused
from annotator.formats import jsonl, strict_json
from annotator.formats.options import Options
from annotator.formats.records import IncomingRelation, IncomingSpan, Line, RelationLine, SpanLine
from strategies import boundaries, hostile_text, text_with_spans

SHA = "0" * 64


def read(data, name="a.jsonl", **options):
    return list(jsonl.read(io.BytesIO(data), name, Options(**options)))


def read_one(**members):
    [article] = read(json.dumps(members).encode())
    return article


def refused(data, **options):
    with pytest.raises(Refused) as caught:
        read(data, **options)
    return caught.value


def line(text="😀 The army denied it.", spans=(), **members):
    fields = dict.fromkeys(Line.__struct_fields__)
    fields |= {"schema": "annotator/1", "project": "seeds", "id": "a" * 16, "text": text}
    fields |= {"text_sha256": text_sha256(text), "source_sha256": SHA, "layer": "gold", "relations": []}
    return Line(**(fields | {"spans": list(spans)} | members))


def span_line(text="😀 The army denied it.", start=11, end=17, **members):
    fields = {"id": "s1", "start": start, "end": end, "label": "denial", "text": text[start:end], "note": ""}
    fields |= {"attributes": {"speaker": None}, "by": "bob", "at": "2026-11-25T08:26:45.123456Z", "from_": []}
    return SpanLine(**(fields | members))


# Foreign lines


def test_line_needs_no_more_than_a_text():
    article = read_one(text="😀 denied")
    assert (article.text, article.key, article.meta, article.spans) == ("😀 denied", None, None, [])
    assert (article.project, article.id, article.layer, article.replaced) == (None, None, None, 0)
    assert article.where == "a.jsonl:1"


def test_fields_are_taken_over():
    named = {
        "project": "p",
        "key": "k",
        "title": "T",
        "url": "u",
        "source": "s",
        "author": "a",
        "published": "2026",
        "language": "en",
    }
    article = read_one(text="t", **named)
    assert {name: getattr(article, name) for name in named} == named
    assert article.meta is None


@pytest.mark.parametrize("members, key, meta", [
    ({"key": "a"}, "a", None), ({"key": 7}, "7", None), ({"id": "a"}, "a", None), ({"id": 0}, "0", None),
    ({"key": "a", "id": 7}, "a", '{"id":7}'), ({"key": None, "id": "b"}, "b", None), ({"key": "a", "id": None}, "a", None),
    ({"key": None}, None, None),
])  # fmt: skip
def test_key_or_else_id_is_the_key(members, key, meta):
    article = read_one(text="t", **members)
    assert (article.key, article.meta) == (key, meta)


def test_other_fields_come_out_in_meta_sorted_and_compact():
    article = read_one(text="t", z=[1, {"b": 1, "a": None}], schema="theirs/2", é=10**30, layer="x")
    assert (
        article.meta == '{"layer":"x","schema":"theirs/2","z":[1,{"a":null,"b":1}],"é":1000000000000000000000000000000}'
    )


def test_source_hash_is_of_the_line_without_its_end():
    data = b'\xef\xbb\xbf {"text": "a"} \r\n\n{"text":"b"}\n'
    assert [it.source_sha256 for it in read(data)] == [
        hashlib.sha256(part).hexdigest() for part in (b' {"text": "a"} ', b'{"text":"b"}')
    ]


def test_spans_are_checked_and_taken_over():
    spans = [
        {
            "start": 2,
            "end": 8,
            "label": "denial",
            "text": "denied",
            "reviewer": "ann",
            "note": "n",
            "attributes": {"speaker": "x", "unit": None},
        },
        {"start": 0, "end": 1, "label": "claim", "quote": "😀", "by": "bob", "id": "theirs", "score": 0.5},
        {
            "start": 0,
            "end": 1,
            "label": "claim",
            "text": "😀",
            "quote": "😀",
            "reviewer": "ann",
            "by": "bob",
            "note": None,
        },
        {"start": 0, "end": 8, "label": "claim"},
    ]
    assert read_one(text="😀 denied", spans=spans).spans == [
        IncomingSpan(2, 8, "denial", "n", {"speaker": "x"}, "ann"),
        IncomingSpan(0, 1, "claim", reviewer="bob"),
        IncomingSpan(0, 1, "claim", reviewer="ann"),
        IncomingSpan(0, 8, "claim"),
    ]
    assert read_one(text="a", spans=None).spans == []


@pytest.mark.parametrize("span, member", [
    ({"start": 0, "end": 10, "label": "x"}, "spans[1].end"),
    ({"start": 1.0, "end": 2, "label": "x"}, "spans[1].start"),
    ({"start": True, "end": 2, "label": "x"}, "spans[1].start"),
    ({"start": 3, "end": 3, "label": "x"}, "spans[1].start"),
    ({"start": 1, "end": 3, "label": "x"}, "spans[1].start"),
    ({"start": 0, "end": 2, "label": "x", "text": "e"}, "spans[1].quote"),
    ({"start": 0, "end": 2, "label": "x", "quote": "e"}, "spans[1].quote"),
    ({"start": 0, "end": 2, "label": "x", "quote": "e", "text": "e\u0301"}, "spans[1].quote"),
    ({"start": 0, "end": 2, "label": 1}, "spans[1].label"),
    ({"start": 0, "end": 2}, "spans[1]"),
    ({"start": 0, "end": 2, "label": "x", "note": 1}, "spans[1].note"),
    ({"start": 0, "end": 2, "label": "x", "attributes": []}, "spans[1].attributes"),
    ("x", "spans[1]"),
])  # fmt: skip
def test_bad_span_is_refused_with_its_place(span, member):
    good = {"start": 0, "end": 2, "label": "claim"}
    error = refused(b"\n" + json.dumps({"text": "e\u0301 denied", "spans": [good, span]}).encode())
    assert error.where == f"a.jsonl:2: {member}"
    assert error.status == 422


def test_spans_follow_the_text_through_its_line_ends():
    text = "\ufeffOne 😀\r\ntwo\r\rthree\ffour\r\n"
    spans = [
        {"start": text.index(words), "end": text.index(words) + len(words), "label": "x", "text": words}
        for words in ("One", "two", "😀\r\ntwo\r", "three\ffour", "\r\n")
    ]
    article = read_one(text=text, spans=spans)
    assert article.text == "One 😀\ntwo\n\nthree\nfour\n"
    assert [article.text[it.start : it.end] for it in article.spans] == ["One", "two", "😀\ntwo\n", "three\nfour", "\n"]
    assert article.spans[1].start == article.text.index("two")


def test_span_between_cr_and_lf_is_refused():
    span = {"start": 0, "end": 2, "label": "x"}
    assert refused(json.dumps({"text": "a\r\nb", "spans": [span]}).encode()).where == "a.jsonl:1: spans[0].end"


def test_span_that_a_replaced_control_joins_to_its_neighbour_is_refused():
    data = json.dumps({"text": "a\x01\u0301b", "spans": [{"start": 2, "end": 4, "label": "x"}]}).encode()
    assert refused(data).where == "a.jsonl:1: code point 1"
    assert refused(data, replace_controls=True).where == "a.jsonl:1: spans[0].start"


@given(hostile_text(line_ends=("\r\n", "\r", "\f", "\ufeff")), st.data())
def test_offsets_in_the_text_as_given_mark_the_same_words(text, data):
    parts = boundaries(text)
    start, end = data.draw(st.tuples(st.sampled_from(parts), st.sampled_from(parts)).filter(lambda it: it[0] < it[1]))
    words = text[start:end]
    assume(text.removeprefix("\ufeff").strip())
    kept = words.removeprefix("\ufeff") if start == 0 else words
    members = {"text": text, "spans": [{"start": start, "end": end, "label": "x", "text": words}]}
    if not kept:
        assert refused(json.dumps(members).encode()).where.startswith("a.jsonl:1: spans[0]")
        return
    [span] = read_one(**members).spans
    expected = kept.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    assert read_one(**members).text[span.start : span.end] == expected


def test_controls_are_replaced_when_asked():
    [article] = read(b'{"text":"a\\u0001\\u0085"}', replace_controls=True)
    assert (article.text, article.replaced) == ("a  ", 2)


# What is no line


@pytest.mark.parametrize("bad, why", [
    (b"nope", "JSON"), (b'{"text":"a"', "JSON"), (b'{"text":"a"} x', "JSON"), (b'{"text":"a"}{"text":"b"}', "JSON"),
    (b"{'text':'a'}", "JSON"), (b'{"text":"a",}', "JSON"), (b'{"text":"a\tb"}', "JSON"), (b'{"text":"a\x00"}', "JSON"),
    (b'{"text":"a","n":NaN}', "JSON"), (b'{"text":"a","n":-Infinity}', "JSON"), (b'{"text":"a","n":1e999}', "range"),
    (b'{"text":"a","n":' + b"1" * 5000 + b"}", "range"), (b'{"text":"a","n":01}', "JSON"),
    (b'{"text":"a","n":"\\ud800"}', "JSON"), (b'{"text":"a\\udc00"}', "JSON"), (b'{"text":"a","\\ud800x":1}', "JSON"),
    (b"\xef\xbb\xbf{}", "JSON"),
    (b"[]", "object"), (b'"text"', "object"), (b"1", "object"), (b"null", "object"),
    (b"{}", "text"), (b'{"text":null}', "str"), (b'{"text":1}', "str"), (b'{"text":["a"]}', "str"),
    (b'{"text":"a","title":1}', "str"), (b'{"text":"a","key":1.5}', "int"), (b'{"text":"a","key":true}', "int"),
    (b'{"text":"a","spans":{}}', "array"), (b'{"text":" "}', "white space"), (b'{"text":"a\\u0000"}', "U+0000"),
    (b'{"text":"a","text":"a"}', "'text'"), (b'{"text":"a","spans":[{"start":0,"end":1,"label":"x","label":"x"}]}', "'label'"),
    (b'{"text":"a","m":{"b":[[{"c":1,"c":2}]]}}', "'c'"), (b'{"text":"a","\\u0074ext":"a"}', "'text'"),
    (b'{"text":"a","b" \t:1,"b"  :2}', "'b'"), (b'{"text":"a \\": b","c":1,"c":2}', "'c'"),
    (b'{"text":"a","m":' + b"[" * 100 + b"]" * 100 + b"}", "deep"),
    (b'{"text":"a","m":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}", "deep"),
    (b"[" * 1_000_000, "deep"),
    (b'{"schema":"annotator/2","text":"a"}', "another version"), (b'{"schema":"annotator/","text":"a"}', "another version"),
])  # fmt: skip
def test_bad_line_is_refused_with_its_number(bad, why):
    error = refused(b'{"text":"good"}\n\n' + bad + b"\n")
    assert error.where.startswith("a.jsonl:3")
    assert why in f"{error.where} {error.why}"


def test_byte_that_is_not_utf8_is_named_within_its_line():
    assert refused(b'{"text":"good"}\n{"text":"b\xffd"}').where == "a.jsonl:2: byte 10"
    assert refused(b'{"text":"b", "\xff":1}').where == "a.jsonl:1: byte 14"


def test_good_lines_come_out_before_the_bad_one():
    articles = jsonl.read(io.BytesIO(b'{"text":"a"}\nnope\n'), "a.jsonl", Options())
    assert next(articles).text == "a"
    with pytest.raises(Refused):
        next(articles)


def test_quote_and_colon_in_a_text_are_no_key():
    text = 'He said "this": "that" : "text":"text" \\":'
    assert read_one(text=text, b=1, c={"b": text}).text == text


def test_nesting_is_taken_up_to_its_limit():
    deep = "[" * (strict_json.MAX_DEPTH - 1) + "]" * (strict_json.MAX_DEPTH - 1)
    [article] = read(f'{{"text":"a","m":{deep}}}'.encode())
    assert article.meta == f'{{"m":{deep}}}'


def test_line_over_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(strict_json, "MAX_LINE", 20)
    assert len(read(b'{"text":"12345678"}\n' * 2)) == 2
    assert refused(b'{"text":"a"}\n{"text":"123456789"}\n').where == "a.jsonl:2"
    assert refused(b'{"text":"12345678901234567890"}').where == "a.jsonl:1"


def test_file_is_read_line_by_line():
    class Endless(io.RawIOBase):
        def readable(self):
            return True

        def readinto(self, buffer):
            data = (b'{"text":"a"}\n' * 1000)[: len(buffer)]
            buffer[: len(data)] = data
            return len(data)

    articles = jsonl.read(io.BufferedReader(Endless()), "-", Options())
    assert next(articles).where == "-:1"


def test_empty_file_holds_nothing():
    assert read(b"") == read(b"\n \r\n") == read(b"\xef\xbb\xbf") == []


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_other_encodings_are_read_by_their_mark(encoding):
    data = '\ufeff{"text":"😀"}\n{"text":"b\u2028"}'.encode(encoding)
    assert [(it.text, it.where) for it in read(data)] == [("😀", "a.jsonl:1"), ("b\u2028", "a.jsonl:2")]


def test_other_encodings_are_read_when_named():
    assert read('{"text":"Zürich"}\n'.encode("latin-1"), encoding="latin-1")[0].text == "Zürich"
    assert refused(b'{"text":"\x81"}', encoding="cp1252").where == "a.jsonl: byte 9"
    assert refused(b'{"text":"+2AA-"}', encoding="utf-7").where == "a.jsonl:1: byte 9"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.sampled_from('ab":\\ é'), max_size=4), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


@given(
    st.dictionaries(st.text(st.sampled_from('ab":\\ é'), max_size=4), json_values),
    st.booleans(),
    st.sampled_from([None, (" ,", " : "), (",", ":")]),
)
def test_any_object_without_repeats_is_read(value, ascii_only, separators):
    data = json.dumps(value, ensure_ascii=ascii_only, separators=separators).encode()
    assert strict_json.strict_object(data, "x") == value


@given(
    st.dictionaries(st.text(st.sampled_from('ab":\\ é'), max_size=4), json_values, min_size=1),
    st.sampled_from([" : ", ":", "\t:"]),
    st.data(),
)
def test_any_repeat_is_found(value, colon, data):
    members = [f"{json.dumps(key)}{colon}{json.dumps(it)}" for key, it in value.items()]
    members.insert(data.draw(st.integers(0, len(members))), data.draw(st.sampled_from(members)))
    with pytest.raises(Refused, match="more than once"):
        strict_json.strict_object(("{" + ",".join(members) + "}").encode(), "x")


# Our own lines


def test_written_line_has_its_keys_in_order():
    [written] = jsonl.write([line(spans=[span_line()], relations=[RelationLine("r1", "denies", "s1", "s1")])])
    assert written.endswith(b"}\n")
    assert written.count(b"\n") == 1
    assert "😀".encode() in written
    members = json.loads(written)
    assert (
        list(members)
        == (
            "schema project id key title url source author published language text text_sha256 source_sha256 meta "
            "layer reviewer split spans relations"
        ).split()
    )
    assert list(members["spans"][0]) == "id start end label text note attributes by at from".split()
    assert list(members["relations"][0]) == "id type from to".split()


def test_own_line_comes_back_whole():
    spans = [
        span_line(attributes={"speaker": "x", "unit": None}, note="n", from_=["r1", "r2"]),
        span_line(id="s2", start=0, end=1),
    ]
    own = line(
        spans=spans, relations=[RelationLine("r1", "denies", "s1", "s2")], key="k", title="T", url="u", source="s",
        author="a", published="2026", language="en", meta='{"b": 1}', layer="review", reviewer="bob", split="dev",
        source_sha256="a" * 64,
    )  # fmt: skip
    [article] = read(b"".join(jsonl.write([own])))
    assert (article.project, article.id, article.text) == ("seeds", "a" * 16, own.text)
    for name in (
        "key",
        "title",
        "url",
        "source",
        "author",
        "published",
        "language",
        "meta",
        "layer",
        "reviewer",
        "source_sha256",
    ):
        assert getattr(article, name) == getattr(own, name)
    at = "2026-11-25T08:26:45.123456Z"
    assert article.spans == [
        IncomingSpan(11, 17, "denial", "n", {"speaker": "x", "unit": None}, "bob", "s1", "bob", at, ("r1", "r2")),
        IncomingSpan(0, 1, "denial", "", {"speaker": None}, "bob", "s2", "bob", at, ()),
    ]
    assert article.relations == [IncomingRelation("denies", "s1", "s2", "r1")]


@pytest.mark.parametrize("layer", ["gold", "majority"])
def test_spans_of_other_layers_have_no_reviewer(layer):
    [article] = read(b"".join(jsonl.write([line(spans=[span_line()], layer=layer)])))
    assert (article.layer, article.reviewer, article.spans[0].reviewer, article.spans[0].by) == (
        layer,
        None,
        None,
        "bob",
    )


@given(text_with_spans())
def test_any_text_and_spans_come_back(made):
    text, spans = made
    own = line(text, [span_line(text, it.start, it.end, id=it.id, label=it.label) for it in spans])
    [written] = jsonl.write([own])
    assert jsonl.check_line(written) == own
    [article] = read(written)
    assert article.text == text
    assert [(it.start, it.end, it.label, it.id) for it in article.spans] == [
        (it.start, it.end, it.label, it.id) for it in spans
    ]


def own_with(**members):
    return msgspec.to_builtins(line(spans=[span_line()])) | members


@pytest.mark.parametrize("members, place", [
    ({"text": "other"}, "a.jsonl:1: text_sha256"),
    ({"text_sha256": SHA}, "a.jsonl:1: text_sha256"),
    ({"text": "a\r\nb", "text_sha256": text_sha256("a\r\nb"), "spans": []}, "a.jsonl:1: text_sha256"),
    ({"text": "a\x00", "text_sha256": text_sha256("a\x00")}, "a.jsonl:1: text: code point 1"),
    ({"source_sha256": "A" * 64}, "a.jsonl:1: source_sha256"),
    ({"meta": "[]"}, "a.jsonl:1: meta"), ({"meta": '{"a":1,"a":1}'}, "a.jsonl:1: meta"),
    ({"id": "no/id"}, "a.jsonl:1: id"), ({"id": ""}, "a.jsonl:1: id"), ({"id": "a" * 65}, "a.jsonl:1: id"),
    ({"layer": "silver"}, "a.jsonl:1: layer"), ({"split": "x"}, "a.jsonl:1: split"), ({"project": None}, "a.jsonl:1: project"),
    ({"layer": "review"}, "a.jsonl:1: reviewer"), ({"reviewer": "bob"}, "a.jsonl:1: reviewer"),
    ({"extra": 1}, "a.jsonl:1"),
    ({"relations": [{"id": "r", "type": "denies", "from": "s1", "to": "s9"}]}, "a.jsonl:1: relations[0]"),
    ({"relations": [{"id": "r", "type": "denies", "from": "s9", "to": "s1"}]}, "a.jsonl:1: relations[0]"),
    ({"relations": [{"id": "é", "type": "denies", "from": "s1", "to": "s1"}]}, "a.jsonl:1: id"),
])  # fmt: skip
def test_own_line_that_we_would_not_write_is_refused(members, place):
    error = refused(json.dumps(own_with(**members)).encode())
    assert error.where == place
    assert error.status == 422


@pytest.mark.parametrize("members, place", [
    ({"start": 10}, "spans[0]: quote"), ({"end": 99}, "spans[0]: end"), ({"text": "denies"}, "spans[0]: quote"),
    ({"id": "s 1"}, "id"), ({"extra": 1}, None), ({"note": None}, "spans[0].note"),
])  # fmt: skip
def test_own_span_that_we_would_not_write_is_refused(members, place):
    spans = [own_with()["spans"][0] | members]
    error = refused(json.dumps(own_with(spans=spans)).encode())
    assert error.where == (f"a.jsonl:1: {place}" if place else "a.jsonl:1")


def test_own_spans_with_one_id_are_refused():
    spans = own_with()["spans"] * 2
    assert refused(json.dumps(own_with(spans=spans)).encode()).where == "a.jsonl:1: spans"


@pytest.mark.parametrize("name", Line.__struct_fields__[1:])
def test_own_line_lacks_nothing(name):
    members = own_with()
    del members[name]
    assert name in refused(json.dumps(members).encode()).why


def test_check_line_takes_no_foreign_line():
    with pytest.raises(Refused) as caught:
        jsonl.check_line(json.dumps(own_with(schema="annotator/2")).encode(), "out:1")
    assert caught.value.where == "out:1: schema"
