import io
import json
from collections import Counter

import pytest

from annotator.errors import Refused
from annotator.formats import ninjs
from annotator.formats.options import Options

HTML = '<section class="main"><p>Für «ihn» &amp; &nbsp;mich.</p><ul><li>eins</ul></section>'
ITEM = {
    "uri": "urn:x:1", "version": "2", "versionCreated": "2026-11-25T08:00:00+01:00", "language": "de",
    "by": "Von Ann, dpa", "headlines": [{"role": "main", "value": "Kopf"}],
    "bodies": [{"role": "html", "contentType": "text/html", "value": HTML}],
}  # fmt: skip


def read(*items, one=False, **options):
    data = json.dumps(items[0] if one else items).encode()
    return list(ninjs.read(io.BytesIO(data), "a.json", Options(**options)))


def item(**members):
    return ITEM | members


def test_version_3_is_read():
    [article] = read(ITEM, one=True)
    assert article.text == "Für «ihn» & \u00a0mich.\n\neins"
    assert [(it.kind, article.text[it.start : it.end]) for it in article.blocks] == [
        ("paragraph", "Für «ihn» & \u00a0mich."),
        ("list_item", "eins"),
    ]
    assert (article.key, article.title, article.author) == ("urn:x:1", "Kopf", "Von Ann, dpa")
    assert (article.published, article.language) == ("2026-11-25T08:00:00+01:00", "de")
    assert article.meta == '{"version":"2"}'


def test_versions_2_and_1_are_read():
    bodies = [1, {"contenttype": "text/plain", "value": "a\r\nb <i>"}]
    two = {"uri": "u", "versioncreated": "2", "bodies": bodies, "bylines": [{"by": "x"}]}
    one = {
        "uri": "v",
        "firstcreated": "1",
        "byline": "B",
        "headline_main": "H",
        "body_text": "Plain",
        "body_xhtml": "<p>no",
    }
    second, first = read(two, one)
    assert (second.text, second.published, second.blocks) == ("a\nb <i>", "2", None)
    assert (first.text, first.title, first.author, first.published, first.meta) == ("Plain", "H", "B", "1", None)


def test_plain_text_goes_before_html_and_the_main_headline_before_others():
    bodies = [*ITEM["bodies"], {"contentType": "text/plain; charset=utf-8", "value": "Plain"}]
    [article] = read(item(bodies=bodies, headlines=[{"role": "sub", "value": "S"}, {"role": "main", "value": "M"}]))
    assert (article.text, article.title) == ("Plain", "M")
    assert "headlines" in article.meta


def test_all_of_a_body_that_is_shown_is_text():
    value = "<nav>a</nav><p>b</p><aside>c</aside><script>d</script>"
    [article] = read(item(bodies=[{"contentType": "text/html", "value": value}]))
    assert article.text == "a\n\nb\n\nc"


def test_a_body_without_a_type_is_plain_text_unless_its_role_says_html():
    plain, html = read(item(bodies=[{"value": "a <i>"}]), item(bodies=[{"role": "xhtml", "value": "<p>a<p>b"}]))
    assert (plain.text, html.text) == ("a <i>", "a\n\nb")


def test_nitf_is_read_where_there_is_nothing_else():
    value = "<nitf><body><body.content><hl2>A</hl2><p>b &amp; c</p></body.content></body></nitf>"
    nitf = {"role": "nitf", "contentType": "text/vnd.IPTC.NITF", "value": value}
    alone, beside = read(item(bodies=[nitf]), item(bodies=[nitf, {"value": "plain"}]))
    assert (alone.text, alone.blocks[0].kind, beside.text) == ("A\n\nb & c", "heading", "plain")


def test_headlines_in_html_the_title_and_sources():
    headlines = [{"contenttype": "text/html", "value": "<h1>A &amp; <em>b</em></h1>"}]
    sources = {"infosources": [{"name": "Wire"}], "contentcreated": "2026", "versionCreated": None}
    first, second = read(item(headlines=headlines, title="T", **sources), item(headlines=[], title="T"))
    assert (first.title, first.source, first.published) == ("A & b", "Wire", "2026")
    assert json.loads(first.meta)["title"] == "T"
    assert (second.title, "title" in json.loads(second.meta)) == ("T", False)


def test_a_picture_without_a_text_is_counted():
    passed_over = Counter()
    picture = {"uri": "urn:x:2", "type": "picture", "renditions": [{"name": "r", "href": "https://x.example/a.jpg"}]}
    found = read(picture, ITEM, item(type="picture"), passed_over=passed_over)
    assert [article.key for article in found] == ["urn:x:1", "urn:x:1"]
    assert passed_over == {"items that are not text (pictures, events and the like)": 1}


@pytest.mark.parametrize("members, where", [
    ({"bodies": []}, "a.json:1"), ({"bodies": [{"contentType": "image/png", "value": "x"}]}, "a.json:1"),
    ({"bodies": [{"contentType": "text/plain", "value": "a\x01"}]}, "a.json:1: code point 1"), ({"bodies": 1}, "a.json:1"),
    ({"bodies": [{"contentType": "text/html", "value": "<p>&#1;"}]}, "a.json:1: code point 0"),
])  # fmt: skip
def test_an_item_without_text_is_refused(members, where):
    with pytest.raises(Refused) as caught:
        read(item(**members))
    assert caught.value.where == where
