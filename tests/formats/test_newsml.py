import io
import json
from collections import Counter

import pytest

from annotator.errors import Refused
from annotator.formats import newsml
from annotator.formats.folder import read_all
from annotator.formats.options import Options

XHTML = """<inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><head><title>no</title>
</head><body><h2>Part</h2><p>The army <b>denied</b> it.</p><blockquote><p>It leaks.</p></blockquote></body></html></inlineXML>"""
NITF = """<inlineXML contenttype="application/nitf+xml"><nitf xmlns="http://iptc.org/std/NITF/2006-10-18/"><body><body.head>
<hedline><hl1>From NITF</hl1></hedline></body.head><body.content><p>By the rule of NITF.</p></body.content></body></nitf>
</inlineXML>"""
META = """<itemMeta><itemClass qcode="ninat:text"/><provider qcode="nprov:D"><name>Desk Wire</name></provider>
<versionCreated>2026-11-25T12:00:00Z</versionCreated><firstCreated>2026-11-25T11:00:00Z</firstCreated>
<pubStatus qcode="stat:usable"/></itemMeta>"""
ABOUT = """<contentMeta><urgency>3</urgency><creator literal="someone"/><language tag="en-GB"/>
<subject qcode="medtop:1"><name>unrest</name></subject><subject qcode="medtop:2"/><slugline>TUNNEL</slugline>
<headline>Army denies it</headline><by>By Ana Ruiz</by></contentMeta>"""


def item(*contents, meta=META, about=ABOUT, guid="urn:x:1", name="newsItem"):
    inside = "".join(contents)
    return (
        f"""<{name} guid="{guid}" version="2" xml:lang="en">{meta}{about}<contentSet>{inside}</contentSet></{name}>"""
    )


def message(*items):
    head = '<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header><sent>x</sent></header><itemSet>\n'
    return head + "\n".join(items) + "</itemSet></newsMessage>"


def read(given, **options):
    return list(newsml.read(io.BytesIO(given.encode()), "a.xml", Options(**options)))


def test_xhtml_is_read_by_block():
    [article] = read(message(item(XHTML)))
    assert article.text == "Part\n\nThe army denied it.\n\nIt leaks."
    assert [block.kind for block in article.blocks] == ["heading", "paragraph", "quotation"]


def test_what_is_said_of_an_item():
    [article] = read(message(item(XHTML)))
    assert (article.key, article.title, article.author) == ("urn:x:1", "Army denies it", "By Ana Ruiz")
    assert (article.published, article.source, article.language) == ("2026-11-25T11:00:00Z", "Desk Wire", "en-GB")
    meta = json.loads(article.meta)
    assert (meta["urgency"], meta["slugline"], meta["version"]) == ("3", "TUNNEL", "2")
    assert meta["subject"] == [{"name": "unrest", "qcode": "medtop:1"}, {"qcode": "medtop:2"}]
    assert (meta["versionCreated"], "headline" in meta) == ("2026-11-25T12:00:00Z", False)


def test_nitf_and_data_are_read_too():
    plain = '<inlineData contenttype="text/plain">\nAs it\n  stands &amp; is.</inlineData>'
    html = '<inlineData contenttype="text/html"><![CDATA[<p>Für &eacute;</p><p>b]]></inlineData>'
    packed = '<inlineData contenttype="text/plain" encoding="base64">YQ==</inlineData>'
    nitf_, plain_, html_, both = read(message(*map(item, (NITF, plain, packed + html, XHTML + plain))))
    assert (nitf_.text, nitf_.title) == ("By the rule of NITF.", "Army denies it")
    assert (plain_.text, plain_.blocks) == ("\nAs it\n  stands & is.", None)
    assert html_.text == "Für é\n\nb"
    assert both.text == plain_.text


def test_nitf_says_what_the_item_does_not():
    [article] = read(message(item(NITF, meta="", about="")))
    assert (article.title, article.language, article.published) == ("From NITF", "en", None)


def test_an_item_may_stand_alone_and_say_little():
    meta = '<itemMeta><provider literal="D"/><versionCreated>2026</versionCreated><title>T</title></itemMeta>'
    [article] = read(item(XHTML, meta=meta, about="<contentMeta><creator><name>Ben</name></creator></contentMeta>"))
    assert (article.title, article.author, article.source) == ("T", "Ben", "D")
    assert (article.published, article.language) == ("2026", "en")


def test_what_is_no_text_is_counted():
    picture = item('<remoteContent href="https://x.example/a.jpg"/>', meta=META.replace("ninat:text", "ninat:picture"))
    passed_over = Counter()
    found = read(message(picture, item(XHTML), item(name="packageItem")), passed_over=passed_over)
    assert [article.key for article in found] == ["urn:x:1"]
    assert passed_over == {"items that are not text (pictures, packages and the like)": 2}


def test_each_item_that_is_wrong_is_named_with_its_line():
    refused = []
    empty = item('<remoteContent href="https://x.example/a.txt" contenttype="text/plain"/>')
    blank = item('<inlineXML><p xmlns="http://www.w3.org/1999/xhtml"> </p></inlineXML>')
    found = read(message(item(XHTML), empty, item(), blank, item(NITF, guid="urn:x:2")), refuse=refused.append)
    assert [article.key for article in found] == ["urn:x:1", "urn:x:2"]
    assert [(one.where.split(":")[0], "contentSet" in one.why) for one in refused] == [("a.xml", True)] * 2 + [
        ("a.xml", False)
    ]
    assert "remoteContent text/plain" in refused[0].why
    assert len({one.where for one in refused}) == 3


@pytest.mark.parametrize("given, where", [
    (message(), "a.xml"), ("<rss/>", "a.xml"), (message(item(XHTML))[:-1], "a.xml:"),
    ('<!DOCTYPE a [<!ENTITY a "b">]>' + message(item(XHTML)), "a.xml:1"),
])  # fmt: skip
def test_what_is_no_message_is_refused(given, where):
    with pytest.raises(Refused) as caught:
        read(given)
    assert caught.value.where.startswith(where)


def test_a_message_is_known_for_what_it_is(tmp_path):
    path = tmp_path / "a.xml"
    path.write_text('<?xml version="1.0" encoding="UTF-8"?>\n' + message(item(NITF)))
    assert [article.key for article in read_all([str(path)])] == ["urn:x:1"]
