import io
import json
from collections import Counter

import pytest

from annotator.errors import Refused
from annotator.formats import feeds
from annotator.formats.folder import read_all
from annotator.formats.options import Options

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:media="http://search.yahoo.com/mrss/">
<channel>
<item>
 <title>Army &amp; union</title><link>https://x.example/1</link><guid isPermaLink="false">x-1</guid>
 <media:description>not this</media:description><media:title>nor this</media:title>
 <description>Short</description>
 <content:encoded><![CDATA[<p>The army <b>denied</b>&nbsp;it.</p><ul><li>one<li>two</ul>]]></content:encoded>
 <dc:creator>Ana Ruiz</dc:creator><pubDate>Wed, 25 Nov 2026 08:00:00 GMT</pubDate>
 <category>politics</category><category>army</category>
</item>
<item><title>Only short</title><link>https://x.example/2</link><description>&lt;p&gt;Für &amp;amp; wider&lt;/p&gt;</description></item>
<item><title>Picture</title><link>https://x.example/3</link></item>
<title>The Desk</title><language>en-gb</language>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title type="html">Der &amp;amp; Tisch</title>
<entry xml:lang="fr"><id>urn:x:1</id><title type="html">&lt;b&gt;Kopf&lt;/b&gt;</title><link rel="self" href="https://x.example/s"/>
 <link href="https://x.example/1"/><author><name>Ana</name><email>a@x.example</email></author><author><name>Ben</name></author>
 <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><h2>A</h2><p>b</p></div></content>
 <updated>2026-11-25T09:00:00Z</updated><published>2026-11-25T08:00:00Z</published></entry>
<entry><id>urn:x:2</id><updated>2026</updated><summary>  As it &lt;b&gt;
stands</summary><content src="https://x.example/a.mp3" type="audio/mpeg"/></entry>
<entry><id>urn:x:3</id><content type="html">&lt;p&gt;c</content></entry>
</feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Old</title></channel>
<item rdf:about="https://x.example/1"><title>T</title><link>https://x.example/1</link><description>d</description>
<dc:date>2026-11-25</dc:date></item></rdf:RDF>"""


def read(given, **options):
    data = given if isinstance(given, bytes) else given.encode()
    return list(feeds.read(io.BytesIO(data), "a.xml", Options(**options)))


def test_rss_is_read_by_item():
    passed_over = Counter()
    first, second = read(RSS, passed_over=passed_over)
    assert first.text == "The army denied\u00a0it.\n\none\ntwo"
    assert [block.kind for block in first.blocks] == ["paragraph", "list_item", "list_item"]
    assert (first.title, first.key, first.url) == ("Army & union", "x-1", "https://x.example/1")
    assert (first.author, first.published) == ("Ana Ruiz", "Wed, 25 Nov 2026 08:00:00 GMT")
    assert (first.source, first.language) == ("The Desk", "en-gb")
    assert json.loads(first.meta) == {
        "category": ["politics", "army"], "description": "not this", "title": "nor this",
    }  # fmt: skip
    assert (second.text, second.key, second.author, second.meta) == ("Für & wider", "https://x.example/2", None, None)
    assert passed_over == {"items without a text": 1}


def test_atom_is_read_by_entry():
    first, second, third = read(ATOM)
    assert (first.text, first.blocks[0].kind, first.title) == ("A\n\nb", "heading", "Kopf")
    assert (first.key, first.url, first.author) == ("urn:x:1", "https://x.example/1", "Ana, Ben")
    assert (first.published, first.language, first.source) == ("2026-11-25T08:00:00Z", "fr", "Der & Tisch")
    assert json.loads(first.meta) == {
        "link": {"href": "https://x.example/s", "rel": "self"},
        "updated": "2026-11-25T09:00:00Z",
    }
    assert (second.text, second.blocks, second.published) == ("  As it <b>\nstands", None, "2026")
    assert (second.language, third.text, third.url) == ("de", "c", None)


def test_rss_1_is_read():
    [article] = read(RDF)
    assert (article.text, article.source, article.published, article.title) == ("d", "Old", "2026-11-25", "T")


@pytest.mark.parametrize("given, where, why", [
    ("<rss><channel><title>x</title></channel></rss>", "a.xml", "no item"), ("<html/>", "a.xml", "no item"),
    (RSS[:-3], "a.xml:16", "well-formed"), (RSS.encode("windows-1252", errors="replace"), "a.xml: byte", "not utf-8"),
    ('<!DOCTYPE rss [<!ENTITY x "y">]>' + RDF, "a.xml:1", "declares"),
    (RDF.replace("<description>d", "<description>&amp;#1;"), "a.xml:3: code point 0", "control"),
])  # fmt: skip
def test_what_cannot_be_read_is_refused(given, where, why):
    with pytest.raises(Refused, match=why) as caught:
        read(given)
    assert caught.value.where.startswith(where)


@pytest.mark.parametrize("given", [RSS, ATOM, RDF, '<!DOCTYPE rss SYSTEM "rss-0.91.dtd">' + RDF])
def test_a_feed_is_known_for_what_it_is(tmp_path, given):
    path = tmp_path / "a.xml"
    path.write_text(given)
    assert len(list(read_all([str(path)]))) >= 1
