import contextlib
import io
import posixpath
import zipfile
from collections import Counter

import cassis
import pytest
from hypothesis import given, settings

from annotator.core.text import text_sha256
from annotator.errors import Refused
from annotator.formats import xmi
from annotator.formats.folder import read_all
from annotator.formats.options import Options
from formats.made import line, links, places, relation, some_lines, span, with_notes

TEXT = "😀 The army denied it.\n\nZürich 👩‍🚒 53\t<b>&\"'"
SLOW = settings(deadline=None)


def files(*articles, lost=None):
    return {name: b"".join(pieces) for name, pieces in xmi.write_parts(articles, lost)}


def read(data, name="a.xmi", types=None, **options):
    data = data if isinstance(data, bytes) else data.encode()
    beside = {"TypeSystem.xml": types}.get
    [article] = xmi.read(io.BytesIO(data), name, Options(beside=beside, **options))
    return article


def whole():
    """An article with a span before and one behind an emoji, that overlap."""
    spans = [
        span(0, 8, TEXT, id="s1", note="a\nb", attributes={"speaker": "é\t<", "value": None}),
        span(6, 17, TEXT, id="s2", label="claim", attributes={"value": 53, "speaker": None}),
        span(24, 37, TEXT, id="s3", label="figure", attributes={"value": 1.5}),
    ]
    return line(TEXT, spans, relations=[relation("s1", "s3")], title="T", language="en")


def loaded(written, name="a" * 16):
    """What dkpro-cassis makes of a file that was written."""
    types = cassis.load_typesystem(io.BytesIO(written["TypeSystem.xml"]))
    return cassis.load_cas_from_xmi(io.BytesIO(written[f"{name}.xmi"]), typesystem=types)


# -- with the real consumer


def test_dkpro_cassis_reads_what_is_written():
    cas = loaded(files(whole()))
    assert cas.sofa_string == TEXT
    spans = cas.select("webanno.custom.Span")
    assert [(it.begin, it.end, it.label, it.get_covered_text()) for it in spans] == [
        (0, 8, "denial", TEXT[0:8]), (6, 17, "claim", TEXT[6:17]), (24, 37, "figure", TEXT[24:37]),
    ]  # fmt: skip
    assert [(it.note, it.speaker, it.value) for it in spans] == [
        ("a\nb", "é\t<", None), (None, None, 53.0), (None, None, 1.5),
    ]  # fmt: skip
    [link] = cas.select("webanno.custom.Relation")
    assert (link.label, link.Governor, link.Dependent) == ("denies", spans[0], spans[2])
    [document] = cas.select("de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData")
    assert (document.documentTitle, document.language, document.end) == ("T", "en", len(TEXT))


@SLOW
@given(some_lines())
def test_dkpro_cassis_reads_every_span_where_it_is(articles):
    written = files(*articles)
    names = [name[:-4] for name in written if name.endswith(".xmi")]
    for name, article in zip(names, articles, strict=True):
        types = cassis.load_typesystem(io.BytesIO(written[posixpath.join(posixpath.dirname(name), "TypeSystem.xml")]))
        cas = cassis.load_cas_from_xmi(io.BytesIO(written[f"{name}.xmi"]), typesystem=types)
        assert cas.sofa_string == article.text
        assert places_in(cas) == places(article.spans)


def places_in(cas):
    return sorted((it.begin, it.end, it.label) for it in cas.select("webanno.custom.Span"))


def test_what_dkpro_cassis_writes_is_read_as_xmi_and_as_json():
    from annotator.formats import cas_json

    cas = loaded(files(whole()))
    ours = read(files(whole())["a" * 16 + ".xmi"], types=files(whole())["TypeSystem.xml"])
    again = read(cas.to_xmi(), types=cas.typesystem.to_xml().encode())
    [json] = cas_json.read(io.BytesIO(cas.to_json().encode()), "a.json", Options())
    for found in again, json:
        assert (found.text, found.language, found.title) == (TEXT, "en", "T")
        assert sorted(with_notes(found.spans)) == sorted(with_notes(ours.spans))
        assert links_of(found) == links_of(ours)
    assert [it.attributes for it in ours.spans] == [{"speaker": "é\t<"}, {"value": 53}, {"value": 1.5}]


def links_of(article):
    return links(article.spans, article.relations)


# -- there and back


@SLOW
@given(some_lines())
def test_what_fits_comes_back_and_what_does_not_is_counted(articles):
    lost = Counter()
    written = files(*articles, lost=lost)
    names = [name for name in written if name.endswith(".xmi")]
    kinds = {}
    for name, article in zip(names, articles, strict=True):
        found = read(written[name], types=written[posixpath.join(posixpath.dirname(name), "TypeSystem.xml")])
        for it in article.spans:
            for attribute, value in it.attributes.items():
                if value is not None and kinds.setdefault(attribute, type(value) is str) != (type(value) is str):
                    it.attributes[attribute] = None
        assert found.text == article.text
        assert with_notes(found.spans) == with_notes(article.spans)
        assert links_of(found) == links(article.spans, article.relations)
    assert {key for key in lost if key not in xmi.CANNOT_HOLD} == set()


def test_what_xml_or_uima_cannot_hold_is_counted():
    text = "a\ufffe"
    odd = {"a-b": "x", "label": "y", "Governor": "z", "ok": "\uffff", "value": 1, "fine": "w"}
    spans = [
        span(id="s1", attributes=odd, note="\uffff"), span(id="s2", label="x\ufffe"),
        span(0, 1, id="s3", attributes={"value": "text"}),
    ]  # fmt: skip
    lost = Counter()
    written = files(
        line(text, [span(0, 1, text)], id="b"), line(spans=spans, relations=[relation("s1", "s2")]), lost=lost
    )
    assert "b.xmi" not in written
    found = read(written["a" * 16 + ".xmi"], types=written["TypeSystem.xml"])
    assert [(it.label, it.attributes) for it in found.spans] == [("denial", {"value": 1, "fine": "w"}), ("denial", {})]
    assert {key: number for key, number in lost.items() if key not in xmi.CANNOT_HOLD} == {
        "articles with characters that XML does not have": 1, "spans of articles left out": 1,
        "values of attributes whose name UIMA cannot have": 3, "values of attributes that XML cannot hold": 1,
        "notes that XML cannot hold": 1, "spans whose label XML cannot hold": 1, "relations of spans left out": 1,
        "values of attributes of another kind than the first": 1,
    }  # fmt: skip


def test_a_folder_and_an_archive_are_read_back_whole(tmp_path):
    review = line(
        spans=[span(attributes={"value": 2})], id="b", layer="review", reviewer="bob", key="k", meta='{"a":1}'
    )
    path = tmp_path / "out.zip"
    path.write_bytes(b"".join(xmi.write([whole(), review])))
    assert zipfile.ZipFile(path).namelist() == [
        "a" * 16 + ".xmi", "bob/b.xmi", "TypeSystem.xml", "bob/TypeSystem.xml", "metadata.jsonl",
    ]  # fmt: skip
    first, second = read_all([str(path)])
    assert (first.id, first.title, first.key, len(first.spans)) == ("a" * 16, "T", None, 3)
    assert (second.id, second.key, second.reviewer, second.meta) == ("b", "k", "bob", '{"a":1}')
    assert [(it.attributes, it.reviewer) for it in second.spans] == [({"value": 2}, "bob")]
    assert text_sha256(first.text) == text_sha256(TEXT)


# -- of others


HEAD = """<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore" xmlns:tcas="http:///uima/tcas.ecore"
 xmlns:custom="http:///webanno/custom.ecore" xmlns:ner="http:///de/tudarmstadt/ukp/dkpro/core/api/ner/type.ecore"
 xmlns:seg="http:///de/tudarmstadt/ukp/dkpro/core/api/segmentation/type.ecore" xmi:version="2.0">
<cas:NULL xmi:id="0"/><seg:Token xmi:id="8" sofa="1" begin="0" end="2" lemma="9"/>
"""
TAIL = '<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" mimeType="text" sofaString="&#128512; a b&#10;c"/></xmi:XMI>'


def other(*structures, tail=TAIL):
    return HEAD + "\n".join(structures) + tail


def test_layers_of_others_are_read():
    passed_over = Counter()
    found = read(
        other(
            '<ner:NamedEntity xmi:id="2" sofa="1" begin="3" end="4" value="PER" identifier="Q1" id="3"/>',
            '<custom:Thing xmi:id="3" sofa="1" begin="0" end="2"><words>a</words><words>b</words></custom:Thing>',
            '<custom:Empty xmi:id="4" sofa="1" begin="3" end="3"/><custom:Nowhere xmi:id="5"/>',
            '<custom:Link xmi:id="6" sofa="1" begin="0" end="2" Governor="2" Dependent="3"/>',
            '<custom:Link xmi:id="7" sofa="1" begin="0" end="2" Governor="8" Dependent="3"/>',
            '<tcas:DocumentAnnotation xmi:id="9" sofa="1" begin="0" end="8" language="de"/>',
        ),
        key="x/a.xmi", passed_over=passed_over,
    )  # fmt: skip
    assert (found.text, found.language, found.title, found.key) == ("😀 a b\nc", "de", None, "x/a.xmi")
    assert [(it.start, it.end, it.label, it.attributes) for it in found.spans] == [
        (2, 3, "PER", {"identifier": "Q1", "id": "3"}), (0, 1, "Thing", {}),
    ]  # fmt: skip
    assert [(it.type, it.source, it.target) for it in found.relations] == [
        ("Link", found.spans[0].id, found.spans[1].id)
    ]
    assert passed_over == {
        "features that are lists or other structures": 1, "annotations between two characters, of none": 1,
        "structures that are nowhere in the text": 1, "relations of what was passed over": 1,
    }  # fmt: skip


TYPES = b"""<typeSystemDescription xmlns="http://uima.apache.org/resourceSpecifier"><types>
<typeDescription><name>webanno.custom.Base</name><supertypeName>uima.tcas.Annotation</supertypeName><features>
<featureDescription><name>whole</name><rangeTypeName>uima.cas.Integer</rangeTypeName></featureDescription>
<featureDescription><name>kind</name><rangeTypeName>my.Kind</rangeTypeName></featureDescription>
<featureDescription><name>true</name><rangeTypeName>uima.cas.Boolean</rangeTypeName></featureDescription>
<featureDescription><name>part</name><rangeTypeName>uima.cas.Double</rangeTypeName></featureDescription>
<featureDescription><name>other</name><rangeTypeName>uima.tcas.Annotation</rangeTypeName></featureDescription></features>
</typeDescription><typeDescription><name>my.Kind</name><supertypeName>uima.cas.String</supertypeName></typeDescription>
<typeDescription><name>webanno.custom.Thing</name><supertypeName>webanno.custom.Base</supertypeName></typeDescription>
<typeDescription><name>a.Loop</name><supertypeName>a.Loop</supertypeName></typeDescription>
</types></typeSystemDescription>"""


def test_features_are_of_the_kinds_that_the_type_system_says():
    passed_over = Counter()
    thing = (
        '<custom:Thing xmi:id="3" sofa="1" begin="0" end="2" whole="7" kind="K" true="true" part="{}" other="2" x="5"/>'
    )
    found = read(other(thing.format("1.5"), thing.format("NaN")), types=TYPES, passed_over=passed_over)
    first, second = found.spans
    assert first.attributes == {"whole": 7, "kind": "K", "true": "true", "part": 1.5, "x": "5"}
    assert "part" not in second.attributes
    assert passed_over == {"features that are lists or other structures": 2, "numbers that are not finite": 1}


@pytest.mark.parametrize("structure, where, why", [
    ('<custom:T xmi:id="2" sofa="1" begin="1" end="4"/>', "a.xmi:5: begin", "between the UTF-16 units"),
    ('<custom:T xmi:id="2" sofa="1" begin="0" end="99"/>', "a.xmi:5: end", "past the end of the text at 8"),
    ('<custom:T xmi:id="2" sofa="1" begin="x" end="4"/>', "a.xmi:5: begin", "integer"),
    ('<custom:T xmi:id="2" sofa="1" begin="4" end="3"/>', "a.xmi:5: start", "not before"),
    ('<custom:Thing xmi:id="2" sofa="1" begin="0" end="3" whole="x"/>', "a.xmi:5: whole", "no value of uima.cas.Integer"),
])  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(structure, where, why):
    with pytest.raises(Refused, match=why) as caught:
        read(other(structure), types=TYPES)
    assert caught.value.where == where


def test_each_span_that_is_wrong_is_named():
    refused = []
    bad = '<custom:T xmi:id="2" sofa="1" begin="1" end="4"/>'
    good = '<custom:T xmi:id="3" sofa="1" begin="0" end="4"/>'
    assert len(read(other(bad, bad, good), refuse=refused.append).spans) == 1
    assert [one.where for one in refused] == ["a.xmi:5: begin", "a.xmi:6: begin"]


@pytest.mark.parametrize("data", [
    "", "<a/>", other(tail="</xmi:XMI>"), other()[:-1], '<!DOCTYPE a [<!ENTITY b "c">]>' + other(),
    other(tail='<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" sofaURI="file:///etc/passwd"/></xmi:XMI>'),
    other(tail='<cas:Sofa xmi:id="1" sofaID="_InitialView" sofaString=" "/></xmi:XMI>'),
])  # fmt: skip
def test_what_holds_no_text_is_refused(data):
    with pytest.raises(Refused) as caught:
        read(data)
    assert caught.value.where.startswith("a.xmi")


def test_other_views_are_counted():
    passed_over = Counter()
    sofa = '<cas:Sofa xmi:id="2" sofaNum="2" sofaID="other" sofaString="else"/><custom:T xmi:id="3" sofa="2" begin="0" end="1"/>'
    found = read(other(sofa), passed_over=passed_over)
    assert (found.text, found.spans) == ("😀 a b\nc", [])
    assert passed_over == {"views beside the first, with their annotations": 1}


def test_damaged_bytes_are_refused_or_read_but_never_more():
    good = files(whole())["a" * 16 + ".xmi"]
    for at in range(0, len(good), 5):
        with contextlib.suppress(Refused):
            read(good[:at] + bytes((good[at] ^ 0x15,)) + good[at + 1 :], refuse=lambda _: None)
