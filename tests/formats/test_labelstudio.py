import csv
import io
import json
from collections import Counter

import pytest
from hypothesis import given

from annotator.errors import Refused
from annotator.formats import labelstudio
from annotator.formats.options import Options
from formats.made import line, links, relation, some_lines, span, with_notes

CONFIG = """<View><Labels name="label" toName="text"><Label value="denial"/><Label value="claim"/></Labels>
<Text name="text" value="$text"/></View>"""
REGION = {"id": "r", "type": "labels", "value": {"start": 1, "end": 2, "labels": ["a"]}}


def read(data, **options):
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    return list(labelstudio.read(io.BytesIO(data), "a.json", Options(**options)))


def written(*articles, lost=None):
    return b"".join(labelstudio.write(articles, lost))


@given(some_lines())
def test_all_but_layers_and_times_comes_back(articles):
    read_again = read(written(*articles))
    for found, article in zip(read_again, articles, strict=True):
        for name in ("text", "id", "project", "key", "title", "meta", "reviewer"):
            assert getattr(found, name) == getattr(article, name)
        assert {it.id for it in found.spans} == {it.id for it in article.spans}
        assert with_notes(found.spans) == with_notes(article.spans)
        assert links(found.spans, found.relations) == links(article.spans, article.relations)


def test_a_task_has_an_annotation_for_each_reviewer():
    layers = [line(spans=[span()]), line(layer="review", reviewer="ann"), line(layer="review", reviewer="bob")]
    lost = Counter()
    [task, other] = json.loads(written(*layers, line(id="b"), lost=lost))
    assert (task["data"]["text"], other["data"]["annotator_id"]) == (line().text, "b")
    assert [(it["completed_by"], it["ground_truth"]) for it in task["annotations"]] == [
        ({}, True), ({"email": "ann"}, False), ({"email": "bob"}, False)
    ]  # fmt: skip
    [region] = task["annotations"][0]["result"]
    assert region == {
        "id": "s1", "from_name": "label", "to_name": "text", "type": "labels",
        "value": {"start": 11, "end": 17, "text": "denied", "labels": ["denial"]},
    }  # fmt: skip
    assert lost["names of layers"] == 4
    gold, ann, bob, _ = read(written(*layers, line(id="b")))
    assert [(it.layer, it.reviewer, len(it.spans)) for it in (gold, ann, bob)] == [
        (None, None, 1), ("review", "ann", 0), ("review", "bob", 0)
    ]  # fmt: skip


def test_nothing_is_a_list_too():
    assert json.loads(written()) == read(written()) == []


@pytest.mark.filterwarnings("ignore")
def test_the_sdk_converts_it(tmp_path):
    converter = pytest.importorskip("label_studio_sdk.converter", exc_type=ImportError)
    path = tmp_path / "tasks.json"
    path.write_bytes(written(line(spans=[span()], layer="review", reviewer="ann", relations=[relation("s1", "s1")])))
    made = converter.Converter(CONFIG, str(tmp_path), download_resources=False)
    made.convert_to_csv(str(path), str(tmp_path / "csv"), is_dir=False, sep=",")
    [row] = csv.DictReader((tmp_path / "csv" / "result.csv").open(encoding="utf-8", newline=""))
    assert (row["text"], row["annotator"]) == (line().text, "ann")
    assert json.loads(row["label"])[0] | {"labels": ["denial"]} == json.loads(row["label"])[0]
    assert json.loads(row["label"])[0]["start"] == 11


def test_what_label_studio_exports_is_read():
    result = [
        REGION | {"value": {"start": 1, "end": 2, "labels": ["a", "b"], "text": "b"}, "meta": {"text": ["x", "y"]}},
        {"id": "q", "type": "choices", "value": {"choices": ["z"]}}, {"id": "n", "type": "labels", "value": {"start": 1, "end": 2}},
        {"type": "relation", "from_id": "r", "to_id": "r", "direction": "bi", "labels": ["t"]},
        {"type": "relation", "from_id": "r", "to_id": "r", "direction": "left"},
        {"type": "relation", "from_id": "r", "to_id": "q", "direction": "right"},
    ]  # fmt: skip
    tasks = [
        {"id": 5, "data": {"text": "\ufeffbc", "id": 7, "desk": "home"}, "annotations": [
            {"completed_by": 3, "result": result}, {"completed_by": {"id": 4}, "result": []},
            {"completed_by": 9, "was_cancelled": True, "result": [REGION]},
        ], "predictions": [{"result": [REGION]}]},
        {"data": {"text": "none"}},
    ]  # fmt: skip
    passed_over = Counter()
    one, two, three, four = read(tasks, passed_over=passed_over)
    assert (one.text, one.key, one.meta, one.reviewer, one.where) == ("bc", "7", '{"desk":"home"}', "3", "a.json:1")
    assert [(it.start, it.end, it.label, it.note, it.reviewer) for it in one.spans] == [
        (0, 1, "a", "x\ny", "3"), (0, 1, "b", "x\ny", "3")
    ]  # fmt: skip
    assert [(it.type, it.source, it.target) for it in one.relations] == [("t", one.spans[0].id, one.spans[0].id)] * 2
    assert (two.reviewer, two.layer, two.spans, four.text, four.spans) == ("4", "review", [], "none", [])
    assert (three.reviewer, three.layer, len(three.spans)) == (None, None, 1)
    assert +passed_over == {
        "annotations that were cancelled": 1, "results of type choices": 1, "relations without a type": 1,
        "relations of what was passed over": 1, "regions without a label": 1,
    }  # fmt: skip


@pytest.mark.parametrize("task, where", [
    ({"data": {}}, "a.json:1: data"), ({"text": "x"}, "a.json:1"), ({"data": {"text": ""}}, "a.json:1: data.text: code point 0"),
    ({"annotations": [{"result": [REGION | {"value": {"start": 0, "end": 9, "labels": ["a"]}}]}]},
     "a.json:1: annotations[0].result[0].value: end"),
    ({"annotations": [{"result": [REGION | {"value": {"start": 0, "end": 1, "labels": ["a"], "text": "b"}}]}]},
     "a.json:1: annotations[0].result[0].value: quote"),
    ({"annotations": [{"result": [{"type": "relation", "from_id": "x", "to_id": "y"}]}]}, "a.json:1: annotations[0].result[0]"),
    ({"annotations": [{"result": [REGION, {"type": "relation", "from_id": "r", "to_id": "r", "direction": "up"}]}]},
     "a.json:1: annotations[0].result[1].direction"),
    ({"data": {"text": "x", "annotator_id": "i", "annotator_meta": "[]"}}, "a.json:1: data.annotator_meta"),
])  # fmt: skip
def test_what_does_not_fit_is_refused(task, where):
    with pytest.raises(Refused) as caught:
        read([{"data": {"text": "text"}} | task] if "text" not in task else [task])
    assert caught.value.where == where


def test_tasks_are_read_one_at_a_time():
    tasks = labelstudio.read(io.BytesIO(b'[{"data":{"text":"a"}},\n{"data":{"text":""}}]'), "a.json", Options())
    assert next(tasks).text == "a"
    with pytest.raises(Refused) as caught:
        next(tasks)
    assert caught.value.where == "a.json:2: data.text: code point 0"


def test_what_we_wrote_may_have_got_more_fields():
    [task] = json.loads(written(line(meta='{"desk":"x"}')))
    task["data"]["page"] = 3
    assert read([task])[0].meta == '{"desk":"x","page":3}'
