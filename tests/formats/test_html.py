import io
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.text import Block
from annotator.errors import Refused
from annotator.formats import html
from annotator.formats.options import Options

PAGE = """<!DOCTYPE html><html lang="cs"><head><meta charset="utf-8"><title>Bridge | The Daily</title>
<meta property="og:site_name" content="The Daily"><link rel="canonical" href="https://daily.example/bridge">
<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"Other",
"author":[{"@type":"Person","name":"Ana Ruiz"},{"name":"Ben Low"}],"datePublished":"2026-11-25"}</script></head>
<body><nav><ul><li>Home</li><li>Sport</li></ul></nav><div id="cookie-banner">We use cookies.</div>
<article><h1>The  bridge
 stays</h1><p>The council &mdash; all of it &#8212; said&nbsp;no.<br>Again.</p><h2>Why</h2>
<ul><li>Cost</li><li>Time<p>and more</p></li></ul><blockquote>“Never,” he said.</blockquote>
<pre>  kept
   so </pre><table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>
<aside>Related: a ferry.</aside><div class="share social">Share this</div><script>var x = "<p>no</p>";</script>
<article><p>A comment.</p></article></article><footer>© The Daily</footer></body></html>"""
TEXT = """The bridge stays

The council — all of it — said\u00a0no.
Again.

Why

Cost
Time
and more

“Never,” he said.

  kept
   so\x20

a\tb
c\td"""


def read(page, **options):
    data = page if isinstance(page, bytes) else page.encode()
    [article] = html.read(io.BytesIO(data), "a.html", Options(**options))
    return article


def text_of(body, **options):
    return read(f"<meta charset=utf-8><body>{body}", **options).text


def test_the_article_of_a_page_by_block_with_what_is_said_of_it():
    passed_over = Counter()
    article = read(PAGE, passed_over=passed_over)
    assert article.text == TEXT
    assert (article.title, article.author, article.published) == ("The bridge stays", "Ana Ruiz, Ben Low", "2026-11-25")
    assert (article.url, article.source, article.language) == ("https://daily.example/bridge", "The Daily", "cs")
    kinds = [(it.kind, it.level, TEXT[it.start : it.end]) for it in article.blocks]
    assert kinds[0] == ("heading", 1, "The bridge stays")
    assert [(kind, level) for kind, level, _ in kinds] == [
        ("heading", 1), ("paragraph", 0), ("paragraph", 0), ("heading", 2), ("list_item", 0), ("list_item", 0),
        ("list_item", 0), ("quotation", 0), ("paragraph", 0), ("paragraph", 0), ("paragraph", 0), ("paragraph", 0),
    ]  # fmt: skip
    assert passed_over["blocks of menus, forms, notices and the like"] == 6
    assert passed_over["blocks of articles in the article"] == 1


@pytest.mark.parametrize("body, text", [
    ("a<b>b</b>c", "abc"), ("<p>a<p>b", "a\n\nb"), ("a<div>b</div>c", "a\n\nb\n\nc"), ("a<br/>b<br>c", "a\nb\nc"),
    ("a&amp;b &lt;i&gt; &eacute; &#x1F600;", "a&b <i> é 😀"), ("a &notin; &unknown; b", "a ∉ &unknown; b"),
    ("<p>a<!-- no --> b<![CDATA[no]]></p>", "a b"), ("a <style>p{}</style>b<noscript>c</noscript>", "a b"),
    ("<p>1 < 2 > 1</p>", "1 < 2 > 1"), ("<table><tr><td>a<td>b</table>c", "a\tb\n\nc"), ("<p hidden>no</p>yes, this is longer", "yes, this is longer"),
    ("a<p></p><p> </p>b", "a\n\nb"), ("<ruby>漢<rt>kan</rt></ruby>", "漢kan"), ("<h4>a</h4>b", "a\n\nb"), ("&#128;", "€"),
    ("a\u00adb\u200b\u2028c", "a\u00adb\u200b\u2028c"), ("<main>" * 600 + "deep", "deep"),
])  # fmt: skip
def test_markup_becomes_text(body, text):
    assert text_of(body) == text


@pytest.mark.parametrize("data, options, text", [
    ('<meta charset="windows-1250"><p>Příliš</p>'.encode("cp1250"), {}, "Příliš"),
    ('<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2"><p>Příliš</p>'.encode("iso8859-2"), {}, "Příliš"),
    ("<meta charset=iso-8859-1><p>“a” €</p>".encode("cp1252"), {}, "“a” €"),
    ("<p>“a” €</p>".encode("cp1252"), {"encoding": "windows-1252"}, "“a” €"),
    ("<p>“a” €</p>".encode("utf-16"), {}, "“a” €"), ("<meta charset=utf-16><p>€</p>".encode(), {}, "€"),
    ('<?xml version="1.0" encoding="windows-1250"?><html><p>Příliš</p></html>'.encode("cp1250"), {}, "Příliš"),
    ('\ufeff<meta charset="windows-1250"><p>Příliš</p>'.encode(), {}, "Příliš"),
    ("<!-- <meta charset=utf-7> --><p>é</p>".encode(), {}, "é"),
])  # fmt: skip
def test_the_encoding_is_the_marks_or_the_declared_or_the_one_given(data, options, text):
    assert read(data, **options).text == text


@pytest.mark.parametrize("data, why, where", [
    (b"<p>caf\xe9</p>", "not utf-8", "a.html: byte 6"), (b"<meta charset=windows-1252>\x81", "not cp1252", "a.html: byte 27"),
    (b"<meta charset=klingon>a", "'klingon' is not known", "a.html"), (b"<nav>a</nav>", "nothing but white space", "a.html: code point 0"),
    (b"<p>a&#1;b</p>", "control character U\\+0001", "a.html: code point 1"), (b"", "nothing but white space", "a.html: code point 0"),
])  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_place(data, why, where):
    with pytest.raises(Refused, match=why) as caught:
        read(data)
    assert caught.value.where == where


def test_a_page_that_is_no_article_is_itself():
    assert text_of("<div>One</div><div>Two</div><nav>Menu</nav>") == "One\n\nTwo"
    long = "Long words here. " * 20
    assert text_of(f"<article>Teaser</article><main><p>{long}</p></main>").startswith("Long words")


def test_the_longest_of_several_articles_is_it_with_none_of_the_others():
    assert text_of(f"<article>{'long ' * 40}</article><article>{'short ' * 15}</article>") == ("long " * 40).strip()


def test_a_tag_that_does_not_end_is_counted():
    passed_over = Counter()
    assert text_of('<p>a</p><p title="b', passed_over=passed_over) == "a"
    assert passed_over["characters of a tag or comment without an end"] == len('<p title="b')


@pytest.mark.parametrize("page", [
    "<" * 200_000 + "a", "<p>" * 100_000 + "a", "<div><p>" * 50_000 + "a" + "</p></div>" * 50_000, "<!--" * 50_000 + "a",
    '<p a="' * 50_000 + 'b">c', "&" * 200_000, "<a " + "b " * 100_000 + ">c", "</p" * 60_000 + "a", "<li>a" * 20_000,
])  # fmt: skip
def test_hostile_markup_is_read_in_linear_time(page):
    try:
        read(page)
    except Refused:
        pass


@given(st.text(st.sampled_from("<>/!-=\"'& \nabp"), max_size=60))
def test_any_text_is_read_or_refused(page):
    try:
        article = read(page)
    except Refused:
        return
    for block in article.blocks or ():
        assert article.text[block.start : block.end].strip()
        assert "\n" not in article.text[block.start : block.end]


def test_a_fragment_has_no_furniture():
    text, blocks = html.fragment("<p>One</p><aside>Two</aside><p class='share'>Three</p>")
    assert text == "One\n\nTwo\n\nThree"
    assert blocks == (Block(0, 3), Block(5, 8), Block(10, 15))
