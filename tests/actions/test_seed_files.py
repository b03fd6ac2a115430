"""Each seed as a text file and as a saved page: the same article comes of both."""

import json
import re
from html import escape
from itertools import groupby

import pytest

from annotator.actions import loading, projects
from annotator.core.text import split_blocks
from annotator.formats.folder import read_all
from annotator.store import articles
from annotator.store import projects as projects_store
from conftest import SEEDS

METADATA = [json.loads(line) for line in (SEEDS / "metadata.jsonl").read_text(encoding="utf-8").splitlines()]
TAGS = {"paragraph": "p", "list_item": "li", "quotation": "blockquote"}


def page_of(text, about):
    """A page as a newspaper's is when it is saved: the blocks of the text between a menu and an imprint."""
    head = [f"<title>{escape(about['title'])} | Home</title>"] if "title" in about else []
    for name, key in (("og:site_name", "source"), ("author", "author")):
        if key in about:
            head.append(f'<meta {"property" if ":" in name else "name"}="{name}" content="{escape(about[key])}">')
    body = []
    for kind, blocks in groupby(split_blocks(text, about.get("title")), key=lambda block: block.kind):
        made = []
        for one in blocks:
            tag = TAGS.get(kind) or f"h{one.level}"
            made.append(f"<{tag}>{escape(text[one.start : one.end])}</{tag}>")
        body += ["<ul>", *made, "</ul>"] if kind == "list_item" else made
    return "\n".join([
        f'<!DOCTYPE html>\n<html lang="{about["language"]}"><head><meta charset="utf-8">', *head, "</head><body>",
        "<nav><ul><li>Home</li><li>World</li></ul></nav><article>", *body, "</article><footer>Imprint</footer>",
        "</body></html>\n",
    ])  # fmt: skip


@pytest.fixture
def loaded(db, tmp_path):
    """The one article of a file, loaded into an empty project, with its text and blocks."""

    def load(name, *files):
        folder = tmp_path / name
        folder.mkdir()
        for path, content in files:
            (folder / path).write_bytes(content)
        projects.add_project(db, name)
        loading.load(db, read_all([str(folder)]), project=name)
        with db.read() as connection:
            [one] = articles.listed(connection, projects_store.project(connection, name), "ana")
            return one.article, articles.body(connection, one.article.id)

    return load


@pytest.mark.parametrize("about", METADATA, ids=lambda about: about["file_name"][:3])
def test_a_seed_is_the_same_article_as_text_and_as_a_page(about, loaded):
    """What must be equal, and what alone may differ.

    Equal: the blocks, in order, each with its kind, level and every character of its text; title, source, author and
    language; the whole text but for the line ends between blocks. Of those a page keeps none: its blocks stand two
    apart, parts of a list one, whatever the text file has. Menu and imprint are no part of either.
    """
    path = about["file_name"]
    data = (SEEDS / path).read_bytes()
    txt, as_txt = loaded("txt", (path, data), ("metadata.jsonl", json.dumps(about).encode()))
    html, as_html = loaded("html", ("page.html", page_of(data.decode(), about).encode()))

    def blocks(body):
        return [(one.kind, one.level, body.text[one.start : one.end]) for one in body.blocks]

    assert as_txt.text == data.decode()
    assert blocks(as_html) == blocks(as_txt)
    assert len(as_html.blocks) >= 10
    assert re.sub(r"\n+", "\n", as_html.text) == re.sub(r"\n+", "\n", as_txt.text)
    assert set(re.findall(r"\n+", as_html.text)) <= {"\n", "\n\n"}
    for field in ("title", "source", "author", "language"):
        assert getattr(html, field) == getattr(txt, field) == about.get(field)
