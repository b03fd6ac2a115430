"""What the extra `web` leaves out of a saved page is marked, and nothing else is another for it."""

import io
import sys

import pytest

from annotator.core.text import Block
from annotator.errors import Refused
from annotator.formats import boilerplate, html
from annotator.formats.options import Options

pytest.importorskip("trafilatura")
BODY = [
    "The council said on Tuesday that the old bridge over the river stays closed until the end of next year, all of it.",
    "Engineers had found cracks in 40 of the 53 beams in August; “nobody was in danger,” the mayor told reporters then.",
    "A ferry takes cyclists and people on foot across in the meantime, every ten minutes from six in the morning on.",
]
LEFT_IN = [f"Story {number} you may like" for number in range(6)]  # a list that our rule takes for text


def page(body):
    links = "".join(f'<li><a href="/{words[6]}">{words}</a></li>' for words in LEFT_IN)
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>Bridge</title></head><body>
<div class="top"><ul>{links}</ul></div><div class="story"><h1>The bridge stays closed</h1>{body}</div></body></html>"""


def read(data, **options):
    [article] = html.read(io.BytesIO(data.encode()), "a.html", Options(**options))
    return article


def marked(article):
    return [article.text[it.start : it.end] for it in article.blocks if it.furniture]


PARAGRAPHS = page("".join(f"<p>{words}</p>" for words in BODY))


def test_the_blocks_it_leaves_out_are_marked_and_the_text_and_its_blocks_are_the_same():
    plain, judged = read(PARAGRAPHS), read(PARAGRAPHS, boilerplate="trafilatura")
    assert marked(judged) == LEFT_IN
    assert marked(plain) == []
    assert (judged.text, judged.title, judged.source_sha256) == (plain.text, plain.title, plain.source_sha256)
    assert [(it.start, it.end, it.kind, it.level) for it in judged.blocks] == [
        (it.start, it.end, it.kind, it.level) for it in plain.blocks
    ]


def test_lines_of_a_paragraph_and_other_white_space_and_marks_are_found_again():
    body = f"<p>{BODY[0]}<br>{BODY[1].replace(' ', '&nbsp;')}<br>{BODY[2].replace(' ', '  ')}</p><p>***</p>"
    assert marked(read(page(body), boilerplate="trafilatura")) == LEFT_IN


def test_a_page_in_which_nothing_is_found_stays_as_it_is(monkeypatch):
    for found in (None, "", "Words that stand nowhere in the page at all"):
        monkeypatch.setattr(sys.modules["trafilatura"], "extract", lambda *_, found=found, **__: found)
        assert marked(read(PARAGRAPHS, boilerplate="trafilatura")) == []


def test_few_letters_are_not_found_within_others(monkeypatch):
    monkeypatch.setattr(sys.modules["trafilatura"], "extract", lambda *_, **__: f"Shareholders met.\n{BODY[0]}")
    text = f"Share\n{BODY[0]}"
    blocks = (Block(0, 5), Block(6, len(text)))
    assert [it.furniture for it in boilerplate.marked("", text, blocks)] == [True, False]


@pytest.mark.parametrize("body", ["<div>" * 5000 + "deep", "<p>" * 2000, "<table>" * 400, "&#0;<svg><p>x", "<" * 5000])
def test_hostile_pages_are_no_other_with_it(body):
    data = page(f"{body}<p>{BODY[0]}</p>")

    def outcome(**options):
        try:
            return read(data, **options).text
        except Refused as refused:
            return refused.why

    assert outcome(boilerplate="trafilatura") == outcome()


def test_nothing_in_a_page_is_fetched(monkeypatch):
    import socket

    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("it went to the network"))
    head = '<base href="https://a.example/"><link rel="canonical" href="https://a.example/b"><meta property="og:url" content="//c">'
    read(PARAGRAPHS.replace("<title>", f"{head}<title>"), boilerplate="trafilatura")


def test_without_the_extra_it_is_refused_with_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    assert read(PARAGRAPHS).blocks
    with pytest.raises(Refused, match=r'pip install "newsroom-annotator\[web\]"'):
        read(PARAGRAPHS, boilerplate="trafilatura")
