from collections import Counter

import pytest
from hypothesis import given, settings

from annotator.formats import FORMATS
from annotator.formats.losses import COUNTED, all_but, counted
from formats.made import line, relation, some_lines, span

FULL = {
    "key": "k", "title": "t", "url": "u", "source": "s", "author": "a", "published": "p", "language": "en",
    "meta": "{}", "layer": "review", "reviewer": "bob", "split": "dev", "relations": [relation("s1", "s1")],
}  # fmt: skip


def test_each_part_of_a_record_is_counted_once():
    full = span(note="n", attributes={"speaker": "x", "value": 0, "unit": None}, by="eve", from_=["r1", "r2"])
    lost = Counter()
    assert list(counted([line(spans=[full, span(by="bob", at="")], **FULL)], tuple(COUNTED), lost))
    assert lost.pop("values of attributes") == 2
    assert lost.pop("ids of spans") == 2
    assert lost == dict.fromkeys(COUNTED.keys() - {"values of attributes", "ids of spans"}, 1)


def test_what_is_not_there_is_not_lost():
    lost = Counter()
    assert list(counted([line()], all_but("names of projects", "ids of articles"), lost))
    assert lost == {"names of layers": 1, "hashes of source files": 1}


def test_a_format_names_only_what_is_counted():
    with pytest.raises(AssertionError):
        all_but("colours")


@pytest.mark.parametrize("name", [name for name, format_ in FORMATS.items() if format_.write])
@settings(deadline=None)  # the first call loads the packages of extras
@given(articles=some_lines())
def test_writing_twice_gives_the_same_bytes_counted_or_not(name, articles):
    lost, again = Counter(), Counter()
    write = FORMATS[name].write
    assert b"".join(write(articles)) == b"".join(write(iter(articles), lost))
    list(write(articles, again))
    assert lost == again
    for words in FORMATS[name].cannot_hold:
        assert lost[words] == sum(COUNTED[words](article) for article in articles)
