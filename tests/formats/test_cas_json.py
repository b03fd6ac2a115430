import contextlib
import io
import json
from collections import Counter

import pytest

from annotator.errors import Refused
from annotator.formats import cas_json
from annotator.formats.folder import read_all
from annotator.formats.options import Options

SOFA = {
    "%ID": 1, "%TYPE": "uima.cas.Sofa", "sofaNum": 1, "sofaID": "_InitialView", "mimeType": "text",
    "sofaString": "😀 a b\nc",
}  # fmt: skip
SPAN = {
    "%ID": 2, "%TYPE": "webanno.custom.Span", "@sofa": 1, "begin": 3, "end": 4, "label": "claim", "note": "n",
    "value": 7, "part": 1.5, "true": True, "none": None, "#bad": "NaN", "^anchor": "x", "list": [1], "@other": 9,
}  # fmt: skip
OTHER = {"%ID": 3, "%TYPE": "custom.Thing", "@sofa": 1, "begin": 0, "end": 2}
LINK = {
    "%ID": 4,
    "%TYPE": "custom.Link",
    "@sofa": 1,
    "begin": 0,
    "end": 2,
    "@Governor": 2,
    "@Dependent": 3,
    "value": "v",
}
TOKEN = {
    "%ID": 5,
    "%TYPE": "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token",
    "@sofa": 1,
    "begin": 0,
    "end": 2,
}


def document(*structures):
    return {"%TYPES": {}, "%FEATURE_STRUCTURES": list(structures), "%VIEWS": {"_InitialView": {"%SOFA": 1}}}


def read(given, **options):
    data = given if isinstance(given, bytes) else json.dumps(given).encode()
    [article] = cas_json.read(io.BytesIO(data), "a.json", Options(**options))
    return article


def test_spans_and_relations_are_read():
    passed_over = Counter()
    found = read(document(SOFA, SPAN, OTHER, LINK, TOKEN), key="a.json", passed_over=passed_over)
    assert (found.text, found.key) == ("😀 a b\nc", "a.json")
    assert [(it.start, it.end, it.label, it.note) for it in found.spans] == [(2, 3, "claim", "n"), (0, 1, "Thing", "")]
    assert found.spans[0].attributes == {"value": 7, "part": 1.5, "true": "true"}
    assert [(it.type, it.source, it.target) for it in found.relations] == [("v", found.spans[0].id, found.spans[1].id)]
    assert passed_over == {"numbers that are not finite": 1, "features that are lists or other structures": 2}


def test_structures_by_id_are_read_too():
    given = document()
    given["%FEATURE_STRUCTURES"] = {str(it["%ID"]): it for it in (SOFA, SPAN)}
    assert [it.label for it in read(given).spans] == ["claim"]


@pytest.mark.parametrize("given, where, why", [
    (document(SOFA, {**SPAN, "begin": 1}), "a.json: %FEATURE_STRUCTURES[1]: begin", "between the UTF-16 units"),
    (document(SOFA, {**SPAN, "begin": -1}), "a.json: %FEATURE_STRUCTURES[1]: start", "begins at 0"),
    (document(SOFA, {**SPAN, "end": 4.0}), "a.json: %FEATURE_STRUCTURES[1]: end", "integer"),
    (document(SOFA, {**SPAN, "end": True}), "a.json: %FEATURE_STRUCTURES[1]: end", "integer"),
    (document(SOFA, 1), "a.json: %FEATURE_STRUCTURES[1]", "no structure"), (document(SPAN), "a.json", "no text"),
    ({"%TYPES": {}}, "a.json", "no list"), (b"[]", "a.json", "not a JSON object"), (b"{", "a.json", "JSON"),
    (json.dumps(document({**SOFA, "sofaString": "a\ud800"})).encode(), "a.json", "surrogate"), (b"\xff{}", "a.json: byte 0", "not utf-8"),
])  # fmt: skip
def test_what_is_wrong_is_refused_by_name(given, where, why):
    with pytest.raises(Refused, match=why) as caught:
        read(given)
    assert caught.value.where.startswith(where)


def test_damaged_bytes_are_refused_or_read_but_never_more():
    good = json.dumps(document(SOFA, SPAN, OTHER, LINK)).encode()
    for at in range(0, len(good), 3):
        with contextlib.suppress(Refused):
            read(good[:at] + bytes((good[at] ^ 0x15,)) + good[at + 1 :], refuse=lambda _: None)


def test_a_file_is_known_for_what_it_is(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(document(SOFA, SPAN)))
    assert [it.label for article in read_all([str(path)]) for it in article.spans] == ["claim"]
