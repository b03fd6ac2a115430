import io
import json
from collections import Counter

import pytest

from annotator.errors import Refused
from annotator.formats import nitf
from annotator.formats.folder import read_all
from annotator.formats.options import Options

HEAD = """<head>
 <title>Slug line</title>
 <docdata management-status="usable">
  <doc-id id-string="x-1" regsrc="desk.example"/><urgency ed-urg="3"/>
  <date.issue norm="20261125T120000Z"/><key-list><keyword key="tunnel"/><keyword key="leak"/></key-list>
 </docdata>
</head>"""
BODY_HEAD = """<body.head>
 <hedline><hl1>Ministry denies <em>leak</em></hl1><hl2>Union disagrees</hl2></hedline>
 <byline>By <person>Ana Ruiz</person></byline>
 <distributor><org>Desk Wire</org></distributor>
 <dateline><location><city>Zürich</city></location><story.date norm="20261124">Nov. 24</story.date></dateline>
</body.head>"""
CONTENT = """<body.content>
 <p>At least <num>53</num> workers <em>fell ill</em>, the <org>union</org> says &amp;&#160;repeats.</p>
 <hl2>What is known</hl2>
 <media media-type="image"><media-reference source="a.jpg"/><media-caption><p>A tunnel</p></media-caption></media>
 <block><p>“Nobody was hurt,”<br/>a spokesman said.</p></block>
 <bq><block><p>It leaks.</p></block><credit>Inspector</credit></bq>
 <ul><li>one</li><li><p>two</p></li></ul>
 <table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>
</body.content>"""


def document(content=CONTENT, head=HEAD, body_head=BODY_HEAD, opening='<nitf xml:lang="en-GB">'):
    return (
        f"{opening}{head}<body>{body_head}{content}<body.end><tagline>Ben wrote too</tagline></body.end></body></nitf>"
    )


def read(given, **options):
    data = given if isinstance(given, bytes) else given.encode()
    return list(nitf.read(io.BytesIO(data), "a.xml", Options(**options)))


def test_the_text_is_by_block():
    passed_over = Counter()
    [article] = read(document(), passed_over=passed_over)
    assert article.text == (
        "At least 53 workers fell ill, the union says &\u00a0repeats.\n\nWhat is known\n\n"
        "“Nobody was hurt,”\na spokesman said.\n\nIt leaks.\n\nInspector\n\none\ntwo\n\na\tb\nc\td"
    )
    kinds = [(block.kind, block.level) for block in article.blocks]
    assert kinds == [
        ("paragraph", 0), ("heading", 2), ("paragraph", 0), ("paragraph", 0), ("quotation", 0), ("quotation", 0),
        ("list_item", 0), ("list_item", 0), ("paragraph", 0), ("paragraph", 0),
    ]  # fmt: skip
    assert passed_over == {"pictures and the like, with their captions": 1}


def test_what_is_said_of_it():
    [article] = read(document(), key="a.xml")
    assert (article.title, article.author) == ("Ministry denies leak", "By Ana Ruiz")
    assert (article.published, article.source) == ("20261125T120000Z", "Desk Wire")
    assert (article.language, article.key, article.url) == ("en-GB", "x-1", None)
    meta = json.loads(article.meta)
    assert meta["docdata"]["urgency"] == {"ed-urg": "3"}
    assert meta["docdata"]["key-list"]["keyword"] == [{"key": "tunnel"}, {"key": "leak"}]
    assert meta["hedline"] == {"hl1": "Ministry denies leak", "hl2": "Union disagrees"}
    assert (meta["tagline"], meta["title"]) == ("Ben wrote too", "Slug line")


def test_little_may_be_said_of_it():
    [article] = read("<nitf><body><body.content><p>x</p></body.content></body></nitf>", key="a.xml")
    assert (article.title, article.author, article.published, article.source) == (None, None, None, None)
    assert (article.key, article.meta) == ("a.xml", None)


def test_other_places_for_the_same():
    head = """<head><docdata><doc-id regsrc="desk.example"/><date.release norm="2026"/></docdata>
    <pubdata name="The Paper" ex-ref="https://paper.example/1"/></head>"""
    [article] = read(document(head=head, body_head=""))
    assert (article.published, article.source, article.url) == ("2026", "The Paper", "https://paper.example/1")


def test_a_document_type_is_no_hindrance():
    [article] = read('<?xml version="1.0"?>\n<!DOCTYPE nitf SYSTEM "nitf-3-4.dtd">\n' + document())
    assert article.title == "Ministry denies leak"


@pytest.mark.parametrize("given, where, why", [
    ("<rss/>", "a.xml:1", "not NITF"), ("<nitf><body/></nitf>", "a.xml:1", "no body.content"),
    (document("<body.content><p> </p></body.content>"), "a.xml: code point 0", "white space"),
    (document("<body.content><p>a&#x80;</p></body.content>"), "a.xml: code point 1", "control"),
    (document().encode("windows-1252"), f"a.xml: byte {document().index(chr(252))}", "not utf-8"),
    ('<!DOCTYPE nitf [<!ENTITY a "b">]>' + document(), "a.xml:1", "declares"),
])  # fmt: skip
def test_what_cannot_be_read_is_refused(given, where, why):
    with pytest.raises(Refused, match=why) as caught:
        read(given)
    assert caught.value.where == where


def test_an_xml_file_is_known_for_what_it_is(tmp_path):
    path = tmp_path / "a.xml"
    path.write_text(document())
    [article] = read_all([str(path)])
    assert article.key == "x-1"
