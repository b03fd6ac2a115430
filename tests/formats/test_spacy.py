import contextlib
import io
import sys
from collections import Counter

import pytest
from hypothesis import given, settings

from annotator.errors import Refused
from annotator.formats import spacy
from annotator.formats.options import Options
from annotator.formats.tokens import longest_first
from formats.made import line, places, some_lines, span

library = pytest.importorskip("spacy")
SLOW = settings(deadline=None, max_examples=25)


def written(*articles, lost=None):
    return b"".join(spacy.write(articles, lost))


def docs(data):
    return list(library.tokens.DocBin().from_bytes(data).get_docs(library.blank("en").vocab))


def read(data, **options):
    return list(spacy.read(io.BytesIO(data), "a.spacy", Options(**options)))


def stored(doc):
    return library.tokens.DocBin(docs=[doc], store_user_data=True).to_bytes()


@SLOW
@given(some_lines())
def test_spacy_reads_every_span_where_it_is(articles):
    for doc, article in zip(docs(written(*articles)), articles, strict=True):
        assert doc.text == article.text
        found = [(it.start_char, it.end_char, it.label_, it.text) for it in doc.spans["sc"]]
        assert found == [(it.start, it.end, it.label, it.text) for it in article.spans]
        assert [tuple(it) for it in doc.user_data["surface"]] == found
        kept = [(it.start, it.end) for it in longest_first(article.spans)]
        assert [(it.start_char, it.end_char) for it in doc.ents] == kept


@SLOW
@given(some_lines())
def test_all_but_what_is_counted_comes_back(articles):
    lost = Counter()
    for found, article in zip(read(written(*articles, lost=lost)), articles, strict=True):
        for name in ("text", "id", "project", "key", "title", "meta", "reviewer", "source_sha256"):
            assert getattr(found, name) == getattr(article, name)
        assert places(found.spans) == places(article.spans)
        assert {it.id for it in found.spans} == {it.id for it in article.spans}
    assert set(lost) <= set(spacy.CANNOT_HOLD)


def test_entities_are_read_where_there_is_no_group_of_spans():
    doc = library.blank("en")("The army denied it.")
    doc.ents = [doc.char_span(4, 8, label="ORG", span_id="Q1")]
    doc.spans["other"] = [doc[0:1]]
    doc.user_data["article"] = {"id": "no id", "source_sha256": "0", "title": 1, "key": "k"}
    passed_over = Counter()
    [found] = read(stored(doc), passed_over=passed_over)
    assert places(found.spans) == [(4, 8, "ORG")]
    assert (found.id, found.reviewer, found.layer, found.title, found.key) == (None, None, None, None, "k")
    assert (found.spans[0].id, len(found.source_sha256)) == (None, 64)
    assert passed_over == {"groups of spans other than sc": 1}


def test_a_span_that_splits_a_character_is_refused():
    doc = library.tokens.Doc(library.vocab.Vocab(), words=["e", "\u0301"], spaces=[False, False])
    doc.spans["sc"] = [library.tokens.Span(doc, 0, 1, label="x")]
    with pytest.raises(Refused) as caught:
        read(stored(doc))
    assert caught.value.where == "a.spacy:1: spans[0]: end"


@pytest.mark.parametrize("data", [b"", b"nonsense", b"x\x9c"])
def test_what_is_no_docbin_is_refused(data):
    with pytest.raises(Refused, match="DocBin") as caught:
        read(data)
    assert caught.value.where == "a.spacy"


def test_damaged_bytes_are_refused_or_read_but_never_more():
    good = written(line(spans=[span()]))
    for at in range(0, len(good), 7):
        with contextlib.suppress(Refused):
            read(good[:at] + bytes((good[at] ^ 0x55,)) + good[at + 1 :])


def test_without_the_extra_it_says_which(monkeypatch):
    monkeypatch.setitem(sys.modules, "spacy.tokens", None)
    with pytest.raises(Refused, match=r'pip install "newsroom-annotator\[spacy\]"'):
        written(line())
    with pytest.raises(Refused, match=r"\[spacy\]"):
        read(b"")
