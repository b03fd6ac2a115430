"""What a page of HTML says of its article, in JSON-LD, `meta` and `link` elements; for `html`, which has the rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from annotator.errors import Refused
from annotator.formats.pages import Element, Page
from annotator.formats.strict_json import strict_value

_METAS = {
    "title": ("og:title", "twitter:title", "dc.title"),
    "author": ("author", "article:author", "parsely-author", "sailthru.author", "byl", "dc.creator"),
    "published": ("article:published_time", "datepublished", "parsely-pub-date", "pubdate", "date", "dc.date"),
    "url": ("og:url",),
    "source": ("og:site_name", "application-name"),
}
_LINKED = {
    "title": ("headline",), "author": ("author",), "published": ("datePublished",), "url": ("url", "mainEntityOfPage"),
    "source": ("publisher",), "language": ("inLanguage",),
}  # fmt: skip
_SAYS = ("name", "@id")  # of a person, an organisation, a page


def described(page: Page, article: Element) -> dict[str, str]:
    """The article's fields that are said, white space in them as single spaces."""
    texts = _texts(page)
    linked = _linked(page, texts)
    metas = _metas(page)
    within = _within(page, article)
    found = {
        name: [*linked.get(name, ()), *metas.get(name, ())]
        for name in ("title", "author", "published", "url", "source", "language")
    }
    found["title"][:0] = [texts[it] for it in page.elements if it.tag == "h1" and it in within and texts.get(it)]
    found["title"] += [texts[it] for it in page.elements if it.tag == "title" and it in texts and not _is_drawn(it)]
    found["author"] = [name for name in found["author"] if "://" not in name]
    found["author"] += [texts[it] for it in page.elements if _is_author(it) and texts.get(it)]
    found["published"] += [
        it.attributes["datetime"] for it in page.elements
        if it.tag == "time" and it in within and it.attributes.get("datetime")
    ]  # fmt: skip
    canonical = [it.attributes.get("href", "") for it in page.elements if it.tag == "link" and _rel(it, "canonical")]
    found["url"] = [*canonical, *found["url"], page.saved_from]
    found["language"].append(page.root.attributes.get("lang", ""))
    firsts = {name: next(filter(None, (" ".join(value.split()) for value in found[name])), "") for name in found}
    return {name: value for name, value in firsts.items() if value}


def _is_drawn(title: Element) -> bool:
    return title.parent is not None and title.parent.tag not in {"head", "html", "body"}


def _is_author(element: Element) -> bool:
    return _rel(element, "author") or "author" in element.attributes.get("itemprop", "").split()


def _rel(element: Element, word: str) -> bool:
    return word in element.attributes.get("rel", "").lower().split()


def _texts(page: Page) -> dict[Element, str]:
    """The text of each `h1`, title, author and JSON-LD script."""
    wanted = {
        it for it in page.elements
        if it.tag in {"h1", "title"} or _is_author(it) or (it.tag == "script" and _is_linked_data(it))
    }  # fmt: skip
    inside: dict[Element | None, Element | None] = {None: None}
    for element in page.elements:
        inside[element] = element if element in wanted else inside[element.parent]
    parts: dict[Element, list[str]] = {}
    for element, mark, words in page.pieces:
        if one := inside[element]:
            parts.setdefault(one, []).append(" " if mark else words)
    return {
        element: "".join(words) if element.tag == "script" else " ".join("".join(words).split())
        for element, words in parts.items()
    }


def _within(page: Page, article: Element) -> set[Element]:
    within = {article}
    for element in page.elements:
        if element.parent in within:
            within.add(element)
    return within


def _metas(page: Page) -> dict[str, list[str]]:
    said: dict[str, str] = {}
    for element in page.elements:
        if element.tag == "meta":
            it = element.attributes
            name = it.get("name") or it.get("property") or it.get("itemprop", "")
            said.setdefault(name.lower(), it.get("content", ""))
    return {field: [said[name] for name in names if name in said] for field, names in _METAS.items()}


# -- JSON-LD


def _is_linked_data(element: Element) -> bool:
    return element.attributes.get("type", "").strip().lower() == "application/ld+json"


def _linked(page: Page, texts: dict[Element, str]) -> dict[str, list[str]]:
    """What the first article says of itself; what is not JSON says nothing."""
    for element in page.elements:
        if element.tag == "script" and element in texts:
            try:
                value = strict_value(texts[element].encode(), "JSON-LD")
            except Refused:
                continue
            for item in _items(value):
                if _is_article(item):
                    return {
                        field: [", ".join(_said(item[name])) for name in names if name in item]
                        for field, names in _LINKED.items()
                    }
    return {}


def _items(value: Any) -> Iterator[dict[str, Any]]:
    """The objects of a value that stand at its top, in a list or in a graph."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            yield one
            yield from _items(one.get("@graph", []))


def _is_article(item: dict[str, Any]) -> bool:
    types = item.get("@type")
    return any(
        isinstance(one, str) and one.rpartition("/")[2].endswith(("Article", "BlogPosting", "Report"))
        for one in (types if isinstance(types, list) else [types])
    )


def _said(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            one = next((one[name] for name in _SAYS if isinstance(one.get(name), str)), None)  # noqa: PLW2901
        if isinstance(one, str) and one.strip():
            yield one
