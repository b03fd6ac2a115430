"""The one place where HTML that people write or load becomes HTML that we serve.

An allow-list of what running text needs; everything else goes, scripts and styles with their content.
The pages' content security policy forbids what should slip through all the same.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import bleach
import mistune

TAGS = frozenset(
    {"p", "br", "hr", "strong", "em", "del", "code", "pre", "ul", "ol", "li", "blockquote", "a", "h3", "h4", "mark"}
)
ATTRIBUTES = {"a": ["href", "title"]}
PROTOCOLS = frozenset({"http", "https", "mailto"})

_markdown = mistune.create_markdown(escape=False, plugins=["strikethrough"])


def cleaned(html: str) -> str:
    """The HTML with only the tags, attributes and link protocols of the lists above; other tags lose their marks.

    Links open nothing of ours to the page they lead to.
    """
    kept = bleach.clean(html, tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS, strip=True, strip_comments=True)
    return str(bleach.linkify(kept, callbacks=[_outward], parse_email=False, skip_tags={"pre", "code"}))


def _outward(attributes: dict[Any, str], new: bool = False) -> dict[Any, str]:  # noqa: ARG001 - bleach's signature
    attributes[None, "rel"] = "nofollow noopener noreferrer"
    attributes[None, "target"] = "_blank"
    return attributes


@lru_cache(maxsize=512)
def rendered(text: str) -> str:
    """Markdown as clean HTML; headings begin at the third level, below the page's own."""
    html = str(_markdown(text))
    for level in (1, 2):
        html = html.replace(f"<h{level}>", "<h3>").replace(f"</h{level}>", "</h3>")
    return cleaned(html)
