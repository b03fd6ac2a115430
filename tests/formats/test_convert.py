"""From any format that can be read into any that can be written: what fits is equal, what does not is counted."""

from collections import Counter

import pytest
from hypothesis import given, settings

from annotator.errors import Refused
from annotator.formats import FORMATS, output
from annotator.formats.convert import convert, converted, records
from annotator.formats.losses import COUNTED
from annotator.formats.options import Options
from annotator.formats.records import Incoming, IncomingRelation, IncomingSpan
from formats.made import TEXT, line, links, places, relation, some_lines, span, with_notes

BOTH = [name for name, one in FORMATS.items() if one.read and one.write and name != "csv"]
FOLDERS = {name: one.parts == "folder" and one.write_parts is not None for name, one in FORMATS.items()}
NOT_AS_GIVEN = {"brat": "spans that begin or end with a line end"}


def there_and_back(folder, articles, name):
    """What a format gives back of the articles, and what it counted as lost; written and read as files are."""
    lost = Counter()
    target = folder / ("out" if FOLDERS[name] else f"a{FORMATS[name].extension}")
    output.write(FORMATS[name], articles, str(target), lost)
    return list(converted(str(target), name)), lost


@pytest.mark.parametrize("name", BOTH)
@settings(deadline=None, max_examples=40)
@given(articles=some_lines())
def test_what_a_format_holds_comes_back_equal_and_the_rest_is_counted(name, tmp_path_factory, articles):
    found, lost = there_and_back(tmp_path_factory.mktemp("x"), articles, name)
    cannot = FORMATS[name].cannot_hold
    if FOLDERS[name]:  # in the order of its files
        found.sort(key=lambda it: it.id)
        articles = sorted(articles, key=lambda it: it.id)
    assert [it.text for it in found] == [it.text for it in articles]
    for one, article in zip(found, articles, strict=True):
        spans = [it for it in article.spans if name != "brat" or "\n" not in (it.text[0], it.text[-1])]
        assert places(one.spans) == places(spans)
        if name == "webanno-tsv":  # where all values are text
            for it in spans:
                it.attributes = {key: None if value is None else str(value) for key, value in it.attributes.items()}
        if "notes" not in cannot:
            assert with_notes(one.spans) == with_notes(spans)
        if "relations" not in cannot:
            ids = {it.id for it in spans}
            kept = [it for it in article.relations if {it.from_, it.to} <= ids]
            assert links(one.spans, one.relations) == links(spans, kept)
        for words, member in (("keys", "key"), ("titles", "title"), ("sets of other fields (meta)", "meta")):
            if words not in cannot:
                assert getattr(one, member) == getattr(article, member)
        if "names of reviewers" not in cannot and (spans or name != "w3c"):
            assert one.reviewer == article.reviewer
    for words in cannot:
        assert lost[words] == sum(COUNTED[words](article) for article in articles)


@settings(deadline=None, max_examples=30)
@given(articles=some_lines())
def test_ours_comes_back_byte_for_byte(tmp_path_factory, articles):
    folder = tmp_path_factory.mktemp("x")
    output.write(FORMATS["jsonl"], articles, str(folder / "a.jsonl"))
    convert(str(folder / "a.jsonl"), str(folder / "b.jsonl"), "jsonl", "jsonl")
    assert (folder / "a.jsonl").read_bytes() == (folder / "b.jsonl").read_bytes()


@pytest.mark.parametrize("to", [name for name, one in FORMATS.items() if one.write])
@pytest.mark.parametrize("from_", BOTH)
def test_every_one_into_every_other(tmp_path, from_, to):
    article = line(spans=[span(), span(18, 32, id="s2", label="claim")], relations=[relation()])
    source = tmp_path / ("in" if FOLDERS[from_] else f"in{FORMATS[from_].extension}")
    output.write(FORMATS[from_], [article], str(source))
    files = convert(str(source), str(tmp_path / ("out" if FOLDERS[to] else f"out{FORMATS[to].extension}")), from_, to)
    assert all(file.size for file in files)


# -- records


def incoming(*spans, **members):
    return Incoming("f:1", TEXT, "0" * 64, spans=list(spans), **members)


def test_reviewers_have_a_record_each_and_nobodys_spans_are_gold():
    found = list(records([incoming(
        IncomingSpan(0, 1, "a", reviewer="ben"), IncomingSpan(2, 5, "b"), IncomingSpan(6, 10, "c", reviewer="ana"),
        key="k",
    )]))  # fmt: skip
    assert [(it.layer, it.reviewer, len(it.spans)) for it in found] == [
        ("review", "ben", 1),
        ("gold", None, 1),
        ("review", "ana", 1),
    ]
    assert len({it.id for it in found}) == 1
    assert [it.project for it in found] == ["converted"] * 3
    assert found == list(records([incoming(
        IncomingSpan(0, 1, "a", reviewer="ben"), IncomingSpan(2, 5, "b"), IncomingSpan(6, 10, "c", reviewer="ana"),
        key="k",
    )]))  # fmt: skip


def test_an_article_without_spans_is_gold_without_any():
    [found] = records([incoming()])
    assert (found.layer, found.spans) == ("gold", [])


def test_a_span_twice_is_kept_once_and_links_go_to_the_one_kept():
    lost = Counter()
    spans = [IncomingSpan(0, 1, "a", id="x"), IncomingSpan(0, 1, "a", id="y"), IncomingSpan(2, 5, "b", id="x")]
    [found] = records([incoming(*spans, relations=[IncomingRelation("r", "y", "x")])], lost)
    one, two = found.spans
    assert (one.id, two.id != "x") == ("x", True)
    assert lost == {"spans twice in a file, kept once": 1}
    assert [(it.from_, it.to) for it in found.relations] == [("x", two.id)]


def test_links_between_layers_are_counted():
    lost = Counter()
    spans = [IncomingSpan(0, 1, "a", id="x", reviewer="ana"), IncomingSpan(2, 5, "b", id="y", reviewer="ben")]
    found = list(records([incoming(*spans, relations=[IncomingRelation("r", "x", "y")])], lost))
    assert [it.relations for it in found] == [[], []]
    assert lost == {"relations between spans of two layers": 2}


@pytest.mark.parametrize("given_, where", [
    (IncomingSpan(0, 1, "a", note="\x00"), "f:1: spans[0]: note"),
    (IncomingSpan(0, 1, "a", attributes={"x": [1]}), "f:1: spans[0]: attributes.x"),
])  # fmt: skip
def test_values_that_a_record_does_not_have_are_refused(given_, where):
    with pytest.raises(Refused) as caught:
        list(records([incoming(given_)]))
    assert caught.value.where == where


def test_controls_made_spaces_are_counted(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"a\x01b")
    lost = Counter()
    [found] = converted(str(tmp_path / "a.txt"), "auto", Options(replace_controls=True), lost)
    assert (found.text, lost) == ("a b", {"controls made spaces": 1})
