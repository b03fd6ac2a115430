"""HTML: the article of a saved page, as text by block.

The rule, in order:

1. Bytes are decoded by their mark, else as the page's `meta` or XML declaration says, else as the options say, else as
   UTF-8. As in browsers, ISO-8859-1 and ASCII mean windows-1252, and UTF-16 in a `meta` means UTF-8.
2. The article is the only element with `itemprop="articleBody"`, else the `article` with the most text, else the
   `main` with the most text; one with less than a quarter of the page's text is passed by. Else it is the page.
3. Left out with all they hold, as furniture: `aside button dialog footer menu nav search select`, and a `header`
   outside of articles and sections that has no `h1`. So are, unless they hold more than half of the text, `form`, what
   is `hidden` or `aria-hidden="true"`, what has a role of `FURNITURE_ROLES`, and what has a word of
   `FURNITURE_WORDS` in its class or id. So is an `article` in the article: a comment on it, or another's teaser. What
   is not shown, or not as text, is left out too: `UNSHOWN` of `pages`, comments.
4. Elements of block level begin a block and end one. Blocks are headings (`h1` to `h6`, levels above 3 count as 3),
   list items, quotations (`blockquote`) and paragraphs (any other). Blocks without text are none.
5. In a block, runs of space, tab and line end are one space, and none at either end; `br` is a line end, `pre` is
   kept as it is. Other white space, such as no-break spaces, is kept. A tab parts the cells of a table row.
6. Blocks stand two line ends apart; parts of list items that follow one another, and table rows, one.
7. References such as `&eacute;` and `&#233;` are HTML's own. One to a control character is refused as the control is.
8. The title is the first `h1` of the article, else JSON-LD's `headline`, else `og:title`, else `title`. The author,
   date, source and language are those of JSON-LD, else those of `meta` and `html lang`, else those of the first
   `rel="author"` of the page and the first `time datetime` of the article; the address is that of `link
   rel="canonical"`, else JSON-LD's, else `og:url`, else the one that a browser notes in what it saves.

Blocks left out by 2 and 3 are counted as passed over. Where the options ask for it, blocks that are left in are marked
as furniture by `boilerplate`; the text is the same.
"""
# ruff: noqa: SIM905 - lists of words are easier to read than lists of strings

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from annotator.core.text import Block, accept_text, decode, normalise
from annotator.formats.blocks import Blocks
from annotator.formats.boilerplate import marked
from annotator.formats.described import described
from annotator.formats.format import Format
from annotator.formats.options import Options
from annotator.formats.pages import Element, Page, parse
from annotator.formats.records import Incoming

FURNITURE = frozenset("aside button dialog footer menu nav search select".split())
FURNITURE_ROLES = frozenset(
    "alert alertdialog banner button complementary contentinfo dialog form menu menubar navigation search tablist "
    "toolbar tooltip".split()
)
FURNITURE_WORDS = frozenset(
    "ad ads advert advertisement breadcrumb breadcrumbs comments cookie cookies disqus menu navigation newsletter "
    "pagination promo recirc recommended related share sharing sidebar social sponsored subscribe toolbar".split()
)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_CHARSET = re.compile(rb"<meta\s[^>]*?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]+)")
_HEAD_END = re.compile(rb"</head|<body", re.IGNORECASE)
# Labels that the Encoding standard takes for another encoding than Python does, or that Python does not know.
_LABELS = {
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "iso88591", "latin1", "latin-1", "l1", "ascii", "us-ascii"), "cp1252"),
    **dict.fromkeys(("iso-8859-9", "iso8859-9", "latin5", "l5"), "cp1254"),
    **dict.fromkeys(("iso-8859-11", "tis-620", "dos-874", "windows-874"), "cp874"),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk", "gb_2312-80", "chinese"), "gb18030"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j"), "cp932"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "ksc5601", "windows-949", "korean"), "cp949"),
    **dict.fromkeys(("utf-16", "utf-16le", "utf-16be", "unicode", "utf8", "x-unicode20utf8"), "utf-8"),
    "iso-8859-8-i": "iso8859-8", "x-cp1250": "cp1250", "x-cp1251": "cp1251", "x-cp1252": "cp1252",
    "x-mac-roman": "mac-roman", "macintosh": "mac-roman", "x-mac-cyrillic": "mac-cyrillic", "x-euc-jp": "euc-jp",
    "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "x-x-big5": "big5hkscs",
}  # fmt: skip
_SPACE = re.compile(r"[ \t\n\r\f]+")
_AROUND_BREAK = re.compile(r" ?([\n\t]) ?")
_WORD = re.compile("[a-z]+")


def read(stream: IO[bytes], name: str, options: Options) -> Iterator[Incoming]:
    """The one article of a page, its key that of the options, its blocks told; raises Refused as `txt` does."""
    data = stream.read()
    written = normalise(decode(data, declared=_declared(data) or options.encoding, where=name))
    page = parse(written)
    article = _article(page)
    built = _built(page, article, options.passed_over)
    text = "".join(built.parts)
    loaded = accept_text(text, replace_controls=options.replace_controls, where=name)
    found = Incoming(
        name, loaded.text, hashlib.sha256(data).hexdigest(), key=options.key, replaced=loaded.replaced
    )  # fmt: skip
    if len(loaded.text) == len(text):  # else a mark at its start, spelt as a reference, has gone
        found.blocks = tuple(built.blocks)
        if options.boilerplate:
            found.blocks = marked(written, found.text, found.blocks)
    for field_, value in described(page, article).items():
        setattr(found, field_, value)
    yield found


def fragment(html: str) -> tuple[str, tuple[Block, ...]]:
    """The text and blocks of HTML that is an article's body and no more: nothing of it is furniture."""
    return blocks_of(parse(normalise(html)))


def blocks_of(page: Page) -> tuple[str, tuple[Block, ...]]:
    """The text and blocks of all that a page shows."""
    text = _Text()
    for element, mark, words in page.pieces:
        if not element.unshown:
            text.take(element, mark, words)
    text.flush()
    return "".join(text.parts), tuple(text.blocks)


def _declared(data: bytes) -> str | None:
    if found := _XML.match(data):
        return _python_name(found[1])
    end = _HEAD_END.search(data)
    found = _CHARSET.search(_COMMENT.sub(b"", data[: max(1024, end.start() if end else 0)]))
    return _python_name(found[1]) if found else None


def _python_name(label: bytes) -> str:
    name = label.decode().lower()
    return _LABELS.get(name, name)


# -- the article, and what is left out


def _article(page: Page) -> Element:
    why = _furniture(page, page.root)
    size: Counter[Element] = Counter()  # of the text that is not furniture
    for element, _, words in page.pieces:
        if words and not why[element] and not element.unshown:
            size[element] += sum(map(len, words.split()))
    own = size.copy()  # without that of articles in it
    for element in reversed(page.elements):
        if element.parent is not None:
            size[element.parent] += size[element]
            own[element.parent] += own[element] if element.tag != "article" else 0
    bodies = [it for it in page.elements if "articleBody" in it.attributes.get("itemprop", "").split()]
    mains = [it for it in page.elements if it.tag == "main" or it.attributes.get("role") == "main"]
    articles = [it for it in page.elements if it.tag == "article"]
    for candidates, sizes in ((bodies if len(bodies) == 1 else [], size), (articles, own), (mains, size)):
        longest = max(candidates, key=sizes.__getitem__, default=page.root)
        if longest is not page.root and 4 * sizes[longest] >= max(1, size[page.root]):
            return longest
    return page.root


def _furniture(page: Page, article: Element) -> dict[Element, str]:
    """Why each element is left out of the article, in plural words; empty for those that are in."""
    outside = "blocks outside the article"
    why: dict[Element, str] = {}
    for element in page.elements:
        around = outside if element.parent is None else why[element.parent]
        if element is article:
            why[element] = ""
        elif around and around is not outside:
            why[element] = around
        elif _is_furniture(element, page.root.size):
            why[element] = "blocks of menus, forms, notices and the like"
        elif not around and element.tag == "article" and article is not page.root:
            why[element] = "blocks of articles in the article"
        else:
            why[element] = around
    return why


def _is_furniture(element: Element, page_size: int) -> bool:
    if element.tag in FURNITURE or element.banner:
        return True
    if 2 * element.size > page_size or element.tag in {"html", "body"}:
        return False
    said = element.attributes
    return (
        element.tag == "form"
        or "hidden" in said
        or said.get("aria-hidden", "").lower() == "true"
        or not FURNITURE_ROLES.isdisjoint(said.get("role", "").lower().split())
        or not FURNITURE_WORDS.isdisjoint(_WORD.findall(f"{said.get('class', '')} {said.get('id', '')}".lower()))
    )


# -- from pieces to text


@dataclass(slots=True)
class _Text(Blocks):
    """The pieces of the block that is being read, besides."""

    inline: list[str] = field(default_factory=list)
    within: Element | None = None

    def take(self, element: Element, mark: str, words: str) -> None:
        if mark == "block":
            self.flush()
        elif mark == "cell":
            if self.within is not None:
                self.inline.append("\t")
        elif mark == "line":
            self.inline.append("\n")
        else:
            self.inline.append(words if element.pre else _SPACE.sub(" ", words))
            if self.within is None and not words.isspace():
                self.within = element

    def flush(self) -> None:
        """Ends the block."""
        within, text = self.within, "".join(self.inline)
        self.inline.clear()
        self.within = None
        if within is None:
            return
        if within.pre:
            text = normalise(text).strip("\n")
        else:
            text = _AROUND_BREAK.sub(r"\1", re.sub(" +", " ", text)).strip(" \n\t")
        self.add(text, within.kind, within.level, within.listed)


def _built(page: Page, article: Element, passed_over: Counter[str]) -> _Text:
    """The article's text; the blocks left out are counted by why."""
    why = _furniture(page, article)
    texts: dict[str, _Text] = {"": _Text()}
    for element, mark, words in page.pieces:
        if mark == "block":  # what is left out within a line of the article does not end that line
            for left_out in [text for reason, text in texts.items() if reason]:
                left_out.flush()
        if not element.unshown:
            texts.setdefault(why[element], _Text()).take(element, mark, words)
    for words, text in texts.items():
        text.flush()
        if words and text.count:
            passed_over[words] += text.count
    if page.unfinished:
        passed_over["characters of a tag or comment without an end"] += len(page.unfinished)
    return texts[""]


FORMAT = Format("html", read, None, (".html", ".htm", ".xhtml"))
