import time

import pytest
from hypothesis import given

from annotator.errors import Refused
from annotator.formats import strict_xml
from annotator.formats.strict_xml import as_json, elements, parse, root_name
from strategies import hostile_text

LAUGHS = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;&x;&x;">]><a>&y;</a>'


def read(document, encoding=None):
    data = document if isinstance(document, bytes) else document.encode()
    return parse(data, "a.xml", encoding)


def refused(document, **options):
    with pytest.raises(Refused) as caught:
        read(document, **options)
    return caught.value


def escaped(text):
    for mark, name in ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;"):
        text = text.replace(mark, name)
    return text


@given(hostile_text(line_ends=("\n", "\r", "&", "<", "]]>", "&eacute;")))
def test_text_is_what_was_written(text):
    node = read(f"<a>{escaped(text)}</a>")
    assert node.text() == text


def test_names_are_without_namespaces_and_lines_are_told():
    node = read('<x:a xmlns:x="urn:x" x:b="1" xml:lang="de">\n<x:c/></x:a>')
    assert (node.name, node.space, node.attributes) == ("a", "urn:x", {"b": "1", "xml:lang": "de"})
    assert [(it.name, it.line) for it in node.nodes()] == [("c", 2)]


@pytest.mark.parametrize("document, text", [
    ("<a>&eacute;&nbsp;&amp;&#233;&NotEqualTilde;</a>", "é\u00a0&é≂\u0338"), ("<a><![CDATA[&eacute;<]]></a>", "&eacute;<"),
    ("<!DOCTYPE a PUBLIC \"-//x>\" 'y[.dtd'>\n<a>x</a>", "x"), ("<!-- <!DOCTYPE a [ --><?p <!DOCTYPE a [?><a>x</a>", "x"),
    ("\ufeff<a>x</a>", "x"),
])  # fmt: skip
def test_characters_by_name_and_a_document_type_that_names_one(document, text):
    assert read(document).text() == text


def test_a_document_type_keeps_the_lines():
    assert refused("<!DOCTYPE a\nSYSTEM\n'x'>\n<a>\n<b></a>").where == "a.xml:5"


@pytest.mark.parametrize("document, why", [
    (LAUGHS, "declares"), ('<!DOCTYPE a SYSTEM "x" [<!ENTITY % x SYSTEM "file:///etc/passwd">%x;]><a/>', "declares"),
    ('<!DOCTYPE a><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "declares"), ("<a>&x;</a>", "undefined entity"),
    ('<a b="&x;"/>', "undefined entity"), ("<a>" * 300 + "</a>" * 300, "200 deep"), ("<a><b></a>", "mismatched tag"),
    ("", "no element found"), ("<a/><b/>", "junk"), ("<x:a/>", "unbound prefix"), ("<a>\x01</a>", "invalid token"),
    ("<a>&#1;</a>", "invalid character"), ("<a>&#xD800;</a>", "invalid character"), ("<a>\ufffe</a>", "invalid token"),
])  # fmt: skip
def test_what_is_not_plain_xml_is_refused(document, why):
    assert why in refused(document).why


def test_too_many_elements_or_bytes_are_refused(monkeypatch):
    monkeypatch.setattr(strict_xml, "MAX_ELEMENTS", 10)
    assert "more than 10 elements" in refused("<a>" + "<b/>" * 10 + "</a>").why
    assert len(list(elements(b"<a>" + b"<b/>" * 20 + b"</a>", "a.xml", None, lambda node: node.name == "b"))) == 20


@pytest.mark.parametrize("opening", ["<!--", "<![CDATA[", "<?x ", "<!DOCTYPE a '", "&a", "<!DOCTYPE"])
def test_what_never_ends_is_refused_in_linear_time(opening):
    begins = time.perf_counter()
    refused("<a>&amp;" + opening * 100_000)
    refused(opening * 100_000)
    assert time.perf_counter() - begins < 5


# -- encodings


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-2", "windows-1250", "utf-16", "utf-16-le", "utf-16-be"])
def test_an_encoding_that_is_declared_or_marked_is_read(encoding):
    declared = "utf-16" if encoding.startswith("utf-16") else encoding
    document = f'<?xml version="1.0" encoding="{declared}"?><a>žluťoučký kůň</a>'
    assert read(document.encode(encoding)).text() == "žluťoučký kůň"


def test_an_encoding_that_is_said_from_outside_counts_where_none_is_declared():
    assert read("<a>ž</a>".encode("iso-8859-2"), encoding="iso-8859-2").text() == "ž"
    assert read('<?xml version="1.0" encoding="utf-8"?><a>ž</a>', encoding="iso-8859-2").text() == "ž"


def test_a_wrong_byte_is_refused_with_its_offset():
    assert refused(b"<a>\xbe</a>").where == "a.xml: byte 3"
    assert refused(b'<?xml version="1.0" encoding="utf-8"?><a>\xbe</a>').where == "a.xml: byte 41"
    assert refused(b'<?xml version="1.0" encoding="utf-16"?><a/>').where == "a.xml: byte 0"
    assert "not known" in refused(b'<?xml version="1.0" encoding="x-none"?><a/>').why


# -- what is made of it


def test_elements_come_whole_and_leave_their_parent():
    document = b"<a><t>x</t><b><b>1</b></b> <c/> <b/></a>"
    found = list(elements(document, "a.xml", None, lambda node: node.name == "b"))
    assert [node.text() for node, _ in found] == ["1", ""]
    assert [node.name for node in found[0][1].nodes()] == ["t", "c"]


def test_elements_are_told_as_json():
    node = read('<a><b>x <i>y</i> z</b><c d="1"/><c>2</c><e d="1">3</e><f><g>4</g></f><h/><b> </b></a>')
    assert as_json(node.nodes(), i="5") == (
        '{"b":"x y z","c":[{"d":"1"},"2"],"e":{"d":"1","text":"3"},"f":{"g":"4"},"i":"5"}'
    )
    assert as_json([], i="") is None


@pytest.mark.parametrize("begins, name", [
    ("<rss version='2.0'>", "rss"), ("<?xml version='1.0'?>\n<!-- x > y -->\n<x:XMI ", "XMI"), ("text", ""), ("", ""),
    ("<!DOCTYPE nitf SYSTEM 'a>b'>\n<nitf>", "nitf"),
])  # fmt: skip
def test_the_root_is_told_by_how_a_document_begins(begins, name):
    assert root_name(begins) == name
