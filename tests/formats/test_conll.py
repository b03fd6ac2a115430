import json
import re
from collections import Counter

import pytest
from hypothesis import given
from seqeval.metrics.sequence_labeling import get_entities

from annotator.formats import conll
from formats.made import line, some_lines, span


def written(*articles, lost=None):
    return b"".join(conll.write(articles, lost)).decode()


def documents(text):
    """Of each document its text, the spans in its comments, and its tokens with their tags."""
    found = []
    for one in text.splitlines():
        if one.startswith("-DOCSTART-"):
            found.append([None, [], []])
        elif one.startswith("# text = "):
            found[-1][0] = json.loads(one.removeprefix("# text = "))
        elif one.startswith("# span\t"):
            start, end, label, words = one.split("\t")[1:]
            found[-1][1].append((int(start), int(end), label, json.loads(words)))
        elif one:
            found[-1][2].append(tuple(one.split("\t")))
    return found


def longest_first(spans):
    """As the contract says it, quadratic: the longest first, dropped if it overlaps one that is kept."""
    kept = []
    for it in sorted(spans, key=lambda it: (it.start - it.end, it.start, spans.index(it))):
        if all(it.end <= other.start or other.end <= it.start for other in kept):
            kept.append(it)
    return sorted(kept, key=lambda it: it.start)


@given(some_lines())
def test_texts_and_spans_come_back_and_the_rest_is_counted(articles):
    lost = Counter()
    found = documents(written(*articles, lost=lost))
    kept = [longest_first(article.spans) for article in articles]
    assert [(text, spans) for text, spans, _ in found] == [
        (article.text, [(it.start, it.end, it.label, it.text) for it in spans])
        for article, spans in zip(articles, kept, strict=True)
    ]
    assert lost["spans that overlap a longer one"] == sum(len(a.spans) for a in articles) - sum(map(len, kept))
    assert lost["spans of white space, in no tag"] == sum(it.text.isspace() for spans in kept for it in spans)


@given(some_lines())
def test_seqeval_finds_the_spans_in_the_tags(articles):
    for article, (_, _, tokens) in zip(articles, documents(written(*articles)), strict=True):
        assert "".join(token for token, _ in tokens) == re.sub(r"\s", "", article.text)
        entities = get_entities([tag for _, tag in tokens])
        assert [
            (label, "".join(token for token, _ in tokens[first : last + 1])) for label, first, last in entities
        ] == [(it.label, re.sub(r"\s", "", it.text)) for it in longest_first(article.spans) if not it.text.isspace()]


def test_tokens_are_cut_at_the_edges_of_spans():
    text = "It was denied.\nTwo\u2028three"
    spans = [span(7, 10, text, label="claim"), span(10, 18, text), span(8, 9, text, label="figure")]
    lost = Counter()
    assert written(line(text, spans), lost=lost) == (
        '-DOCSTART-\tO\n# text = "It was denied.\\nTwo\\u2028three"\n# span\t7\t10\tclaim\t"den"\n'
        '# span\t10\t18\tdenial\t"ied.\\nTwo"\n\nIt\tO\nwas\tO\nden\tB-claim\nied\tB-denial\n.\tI-denial\nTwo\tI-denial\n'
        "three\tO\n\n"
    )
    assert lost["spans that overlap a longer one"] == 1


def test_blank_lines_part_sentences():
    assert written(line("\na b\n\nc\n")).split("\n", 3)[3] == "a\tO\nb\tO\n\nc\tO\n\n"


@pytest.mark.parametrize("label", ["a b", "", "a\tb"])
def test_labels_that_would_break_the_columns_are_counted(label):
    lost = Counter()
    assert "# span" not in written(line(spans=[span(label=label)]), lost=lost)
    assert lost["spans whose label holds white space"] == 1
