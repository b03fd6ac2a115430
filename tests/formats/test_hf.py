import io
import json
from collections import Counter

import datasets
import pytest
from hypothesis import given

from annotator.formats import hf, jsonl
from annotator.formats.options import Options
from formats.made import line, places, some_lines, span


@given(some_lines())
def test_what_is_written_is_read_as_jsonl(articles):
    read = list(jsonl.read(io.BytesIO(b"".join(hf.write(articles))), "a", Options()))
    assert [(it.key, it.text, places(it.spans)) for it in read] == [
        (it.id, it.text, places(it.spans)) for it in articles
    ]


def test_every_line_has_the_same_members():
    one, two = b"".join(hf.write([line(spans=[span()]), line(id="b")])).splitlines()
    assert json.loads(one) == {
        "id": "a" * 16,
        "text": line().text,
        "spans": [{"start": 11, "end": 17, "label": "denial", "text": "denied"}],
    }
    assert list(json.loads(two)) == ["id", "text", "spans"]


def test_relations_notes_and_the_rest_are_counted():
    lost = Counter()
    list(hf.write([line(spans=[span(note="n")])], lost))
    assert lost["notes"] == lost["ids of spans"] == lost["names of layers"] == 1
    assert "ids of articles" not in lost


@pytest.mark.filterwarnings("ignore")
def test_datasets_loads_it(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"".join(hf.write([line(id="empty"), line(spans=[span()])])))
    [_, two] = datasets.load_dataset("json", data_files=str(path), cache_dir=str(tmp_path / "cache"), split="train")
    [one] = two["spans"]
    assert two["text"][one["start"] : one["end"]] == one["text"] == "denied"
