import io
import json
from collections import Counter

import pytest
from hypothesis import given

from annotator.errors import Refused
from annotator.formats import doccano
from annotator.formats.options import Options
from formats.made import line, links, places, relation, some_lines, span


def read(*lines, **options):
    data = b"\n".join(it if isinstance(it, bytes) else json.dumps(it).encode() for it in lines)
    return list(doccano.read(io.BytesIO(data), "a.jsonl", Options(**options)))


@given(some_lines())
def test_texts_spans_and_relations_come_back(articles):
    read_again = read(*doccano.write(articles))
    assert [(it.text, it.key, it.meta) for it in read_again] == [(it.text, None, None) for it in articles]
    for found, article in zip(read_again, articles, strict=True):
        assert places(found.spans) == places(article.spans)
        assert links(found.spans, found.relations) == links(article.spans, article.relations)


def test_ids_are_integers_unique_in_the_file():
    one = line(spans=[span(), span(0, 1, id="s2", label="claim")], relations=[relation()])
    two = line(id="b", spans=[span()], relations=[relation("s1", "s1")])
    lost = Counter()
    first, second = (json.loads(it) for it in doccano.write([one, two], lost))
    assert first == {
        "id": 1, "text": one.text, "surface": ["denied", "😀"],
        "entities": [{"id": 1, "label": "denial", "start_offset": 11, "end_offset": 17},
                     {"id": 2, "label": "claim", "start_offset": 0, "end_offset": 1}],
        "relations": [{"id": 1, "from_id": 1, "to_id": 2, "type": "denies"}],
    }  # fmt: skip
    assert (second["id"], second["entities"][0]["id"], second["relations"][0]) == (
        2, 3, {"id": 2, "from_id": 3, "to_id": 3, "type": "denies"}
    )  # fmt: skip
    assert lost["ids of articles"] == 2


def test_what_doccano_exports_is_read():
    one, two = read(
        {"id": 7, "text": "a😀\r\nbc", "label": [[1, 2, "claim"], [4, 6, "figure"]], "Comments": [], "desk": "home"},
        {"text": "x", "labels": [[0, 1, "claim"]]},
    )
    assert (one.key, one.text, one.meta) == ("7", "a😀\nbc", '{"Comments":[],"desk":"home"}')
    assert places(one.spans) == [(1, 2, "claim"), (3, 5, "figure")]
    assert (two.key, places(two.spans), two.spans[0].reviewer, two.spans[0].id) == (None, [(0, 1, "claim")], None, None)


ENTITY = {"id": 1, "label": "a", "start_offset": 0, "end_offset": 1}


@pytest.mark.parametrize("members, where", [
    ({"entities": [ENTITY | {"end_offset": 9}]}, "a.jsonl:1: entities[0].end"),
    ({"entities": [ENTITY | {"end_offset": 1.0}]}, "a.jsonl:1: entities[0].end"),
    ({"entities": [ENTITY], "surface": ["x"]}, "a.jsonl:1: entities[0].quote"),
    ({"entities": [ENTITY], "surface": ["t", "t"]}, "a.jsonl:1: surface"),
    ({"entities": [ENTITY, ENTITY], "relations": [{"from_id": 1, "to_id": 1, "type": "x"}]}, "a.jsonl:1: entities"),
    ({"entities": [ENTITY], "relations": [{"from_id": 1, "to_id": 2, "type": "x"}]}, "a.jsonl:1: relations[0]"),
    ({"label": ["politics"]}, "a.jsonl:1: label[0]"), ({"text": "a\x00"}, "a.jsonl:1: code point 1"),
    ({"text": None}, "a.jsonl:1: text"),
])  # fmt: skip
def test_what_does_not_fit_is_refused(members, where):
    with pytest.raises(Refused) as caught:
        read({"text": "text"} | members)
    assert caught.value.where == where
