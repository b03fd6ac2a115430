"""JSONL for the `datasets` library: text and spans, the same features on every line (contract 6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from annotator.formats.format import Format
from annotator.formats.losses import Lost, all_but, counted
from annotator.formats.records import Line

CANNOT_HOLD = all_but("ids of articles")
_ENCODER = msgspec.json.Encoder()


def row(article: Line) -> dict[str, Any]:
    """The columns of an article: `id`, `text`, and `spans` of `start`, `end`, `label`, `text`."""
    spans = [{"start": it.start, "end": it.end, "label": it.label, "text": it.text} for it in article.spans]
    return {"id": article.id, "text": article.text, "spans": spans}


def write(articles: Iterable[Line], lost: Lost | None = None) -> Iterator[bytes]:
    """A line for each article and layer, in UTF-8."""
    for article in counted(articles, CANNOT_HOLD, lost):
        yield _ENCODER.encode(row(article)) + b"\n"


FORMAT = Format("hf", None, write, (".jsonl",), CANNOT_HOLD)
