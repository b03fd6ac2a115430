import io
import json
from collections import Counter

import pytest
from hypothesis import given

from annotator.errors import Refused
from annotator.formats import w3c
from annotator.formats.options import Options
from formats.made import AT, TEXT, line, some_lines, span, with_notes

CONTEXT = {"@context": {
    "oa": "http://www.w3.org/ns/oa#", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#", "as": "http://www.w3.org/ns/activitystreams#",
    "dc": "http://purl.org/dc/terms/", "schema": "http://schema.org/", "foaf": "http://xmlns.com/foaf/0.1/",
    "id": "@id", "type": "@type", "Annotation": "oa:Annotation", "TextualBody": "oa:TextualBody", "Person": "schema:Person",
    "AnnotationCollection": "as:OrderedCollection", "AnnotationPage": "as:OrderedCollectionPage",
    "TextPositionSelector": "oa:TextPositionSelector", "TextQuoteSelector": "oa:TextQuoteSelector",
    "body": {"@id": "oa:hasBody", "@type": "@id"}, "target": {"@id": "oa:hasTarget", "@type": "@id"},
    "source": {"@id": "oa:hasSource", "@type": "@id"}, "selector": {"@id": "oa:hasSelector", "@type": "@id"},
    "start": {"@id": "oa:start", "@type": "xsd:nonNegativeInteger"},
    "end": {"@id": "oa:end", "@type": "xsd:nonNegativeInteger"}, "exact": "oa:exact", "prefix": "oa:prefix",
    "suffix": "oa:suffix", "value": "rdf:value", "purpose": {"@id": "oa:hasPurpose", "@type": "@vocab"},
    "motivation": {"@id": "oa:motivatedBy", "@type": "@vocab"}, "tagging": "oa:tagging", "commenting": "oa:commenting",
    "describing": "oa:describing", "creator": {"@id": "dc:creator", "@type": "@id"}, "name": "foaf:name",
    "created": {"@id": "dc:created", "@type": "xsd:dateTime"}, "format": "dc:format",
    "first": {"@id": "as:first", "@type": "@id"}, "total": "as:totalItems", "startIndex": "as:startIndex",
    "items": {"@id": "as:items", "@type": "@id", "@container": "@list"},
}}  # fmt: skip


def files(*articles, lost=None):
    return {name: b"".join(pieces) for name, pieces in w3c.write_parts(articles, lost)}


def read(collection, texts, **options):
    """The articles of a collection and its texts, each bytes or a value."""
    data, beside = (it if isinstance(it, bytes) else json.dumps(it).encode() for it in (collection, texts))
    return list(w3c.read(io.BytesIO(data), "x/a.jsonld", Options(beside={"a.texts.json": beside}.get, **options)))


def annotation(start=0, end=1, source="urn:x", **members):
    selector = {"type": "TextPositionSelector", "start": start, "end": end}
    body = [{"type": "TextualBody", "purpose": "tagging", "value": "claim"}]
    return {"type": "Annotation", "body": body, "target": {"source": source, "selector": selector}} | members


def collection(*items, **first):
    return {"type": "AnnotationCollection", "first": {"items": list(items)} | first}


@given(some_lines())
def test_what_fits_comes_back_and_what_does_not_is_counted(articles):
    lost = Counter()
    written = files(*articles, lost=lost)
    found = read(written[".jsonld"], written[".texts.json"])
    assert [it.text for it in found] == [it.text for it in articles]
    for one, article in zip(found, articles, strict=True):
        assert one.id == article.id
        assert with_notes(one.spans) == with_notes(article.spans)
        assert {it.id for it in one.spans} == {it.id for it in article.spans}
        if article.spans:
            assert one.reviewer == article.reviewer
    assert lost["relations"] == sum(len(it.relations) for it in articles)
    assert lost["reviews without a span"] == sum(it.layer == "review" and not it.spans for it in articles)


def test_the_selectors_are_where_the_words_stand():
    written = files(line(spans=[span(note="n", attributes={"speaker": "é"})]))
    value = json.loads(written[".jsonld"])
    assert value["type"] == "AnnotationCollection"
    assert value["total"] == 1
    [item] = value["first"]["items"]
    position, quote = item["target"]["selector"]
    text = json.loads(written[".texts.json"])[item["target"]["source"]]
    assert text == TEXT
    assert text[position["start"] : position["end"]] == quote["exact"] == "denied"
    assert quote["prefix"] + quote["exact"] + quote["suffix"] in text
    assert [(it["purpose"], it["value"]) for it in item["body"]] == [
        ("tagging", "denial"), ("commenting", "n"), ("describing", '{"speaker":"é"}'),
    ]  # fmt: skip
    assert (item["creator"]["name"], item["created"]) == ("bob", AT)


def test_a_processor_of_linked_data_takes_all_of_it():
    jsonld = pytest.importorskip("pyld.jsonld")
    written = files(line(spans=[span(note="n"), span(0, 1, id="s2", label="claim")]))
    quads = jsonld.to_rdf(json.loads(written[".jsonld"]), {"documentLoader": lambda url, _: {
        "contextUrl": None, "documentUrl": url, "document": CONTEXT,
    }})["@default"]  # fmt: skip
    said = {(it["subject"]["value"], it["predicate"]["value"].split("#")[-1], it["object"]["value"]) for it in quads}
    assert ("urn:annotator:gold:s1", "motivatedBy", "http://www.w3.org/ns/oa#tagging") in said
    assert {it[2] for it in said if it[1] == "exact"} == {"denied", "😀"}
    assert {it[2] for it in said if it[1] == "start"} == {"11", "0"}


def test_alone_it_counts_the_texts():
    lost = Counter()
    assert json.loads(b"".join(w3c.write([line(), line(layer="majority")], lost)))["total"] == 0
    assert lost["texts of articles"] == 1


def test_those_of_others_are_read():
    items = [
        annotation(creator="https://x.org/ana", body={"purpose": "tagging", "value": "claim"}),
        annotation(2, 3, creator=[{"nickname": "ben", "name": "Ben B."}], id="urn:other:1"),
        annotation(0, 3, body=[{"type": "Image"}]),
    ]
    passed_over = Counter()
    ana, ben = read(collection(*items), {"urn:x": "a b"}, passed_over=passed_over)
    assert [(it.reviewer, it.url, it.id) for it in (ana, ben)] == [
        ("https://x.org/ana", "urn:x", None),
        ("ben", "urn:x", None),
    ]
    assert [(it.start, it.end, it.id) for it in ben.spans] == [(2, 3, None)]
    assert passed_over == {"bodies that are no tag, comment or description": 1, "annotations without a tag": 1}


@pytest.mark.parametrize("given, texts, why", [
    (collection(annotation(0, 9)), {"urn:x": "ab"}, "past the end"),
    (collection(annotation(source="urn:y")), {"urn:x": "ab"}, "No text is beside"),
    (collection(annotation(target="urn:x")), {"urn:x": "ab"}, "no source with a TextPositionSelector"),
    (collection(next="urn:2"), {"urn:x": "ab"}, "goes on in a page"),
    (collection() | {"total": 4}, {"urn:x": "ab"}, "goes on in a page"),
    (collection(annotation(target={"source": "urn:x", "selector": [
        {"type": "TextPositionSelector", "start": 0, "end": 1}, {"type": "TextQuoteSelector", "exact": "b"},
    ]})), {"urn:x": "ab"}, "not 'b'"),
    (collection(), {"urn:x": 5}, "not a string"), (collection(), b"[]", "not a JSON object"), (b"[]", {}, "not a JSON object"),
])  # fmt: skip
def test_what_does_not_fit_is_refused(given, texts, why):
    with pytest.raises(Refused, match=why):
        read(given, texts)


def test_without_its_texts_it_is_refused():
    with pytest.raises(Refused, match=r"no a\.texts\.json beside it"):
        list(w3c.read(io.BytesIO(json.dumps(collection()).encode()), "a.jsonld", Options()))


def test_each_annotation_that_is_wrong_is_told():
    told = []
    [article] = read(
        collection(annotation(0, 9), annotation(source="urn:y"), annotation()), {"urn:x": "ab"}, refuse=told.append
    )
    assert [it.where for it in told] == ["x/a.jsonld: items[1]", "x/a.jsonld: items[0]: end"]
    assert len(article.spans) == 1
