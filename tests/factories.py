"""Texts, spans and lines to load. A span is named by its words, never by numbers."""

import json

from annotator.actions.tagging import NewSpan

TEXT = """Ministry denies that the tunnel leaks

“The tunnel leaks,” said Ana Ruiz 👩‍🚒, who has worked there for 12 years. At least 53 workers fell ill, the union says.

The ministry denied that anyone fell ill.  “Nobody was hurt,” a spokesman said at the cafe\u0301 <b>opposite</b>.
> Two inspectors disagree.
The last words end here"""


def article_text(*lines, seed=0):
    """A text that no other seed gives, of these lines or of a few that read as news."""
    return "\n\n".join(lines or ("The mayor met 40 people.", "She denied it.")) + f"\n\nNumber {seed}."


def span(label, words, text=TEXT, *, quote=True):
    """Where `words` stand in `text`, as a client sends it; they must stand there once."""
    assert text.count(words) == 1, f"{words!r} stands {text.count(words)} times"
    start = text.index(words)
    place = {"start": start, "end": start + len(words), "label": label}
    return place | ({"quote": words} if quote else {})


def new_span(label, words, text=TEXT, **more):
    """The same as the actions take it."""
    return NewSpan(**span(label, words, text), **more)


def ndjson(*objects):
    """The objects as lines to load; what is bytes already goes as it is."""
    return b"".join(o if isinstance(o, bytes) else json.dumps(o).encode() + b"\n" for o in objects)


def export_line(text, spans=(), **fields):
    """A line of our own export format with this text; `spans` are of `export_span`."""
    from annotator.core.text import text_sha256

    line = {
        "schema": "annotator/1", "project": "desk", "id": "from-elsewhere", "key": None, "title": None, "url": None,
        "source": None, "author": None, "published": None, "language": None, "text": text,
        "text_sha256": text_sha256(text), "source_sha256": "0" * 64, "meta": None, "layer": "gold",
        "reviewer": None, "split": None, "spans": list(spans), "relations": [],
    }  # fmt: skip
    return line | fields


def export_span(span_id, label, words, text, by="cyd"):
    place = span(label, words, text, quote=False)
    return {
        "id": span_id, "start": place["start"], "end": place["end"], "label": label, "text": words, "note": "",
        "attributes": {"speaker": None, "value": None, "unit": None, "qualifier": None}, "by": by,
        "at": "2026-11-25T08:26:45.123456Z", "from": [],
    }  # fmt: skip
