"""Hypothesis strategies: texts in which code points, UTF-16 units and what readers see all differ, and spans."""

import regex
from hypothesis import strategies as st

from annotator.core.spans import Span

PIECES = [
    "a", "Zürich", "53", " ", "  ", "\t", "\n", "\n\n", ".", "“", "”", "—", "©", "\u00a0", "\u00ad", "\u2028",  # plain
    "😀", "👍🏽", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "❤️", "1️⃣", "👩‍", "\u200d", "\ufe0f", "🏽",  # emoji, and loose parts of them
    "🇬", "🇧", "🇬🇧", "🇨🇳🇺🇦",  # flags and halves
    "e\u0301", "\u0301", "\u0300\u0327", "a\u0332\u0310",  # combining marks, with and without a base
    "क", "क्", "क्ष", "्", "़", "नि", "ക്", "ക",  # conjuncts
    "각", "ᄀ", "ᅡ", "ᆨ", "가",  # Hangul, whole and in parts
    "שלום", "العربية", "\u0600", "\u202e", "\u200f",  # right to left; a prepended mark
    "北京", "𠮷", "𝔘", "ก", "ำ", "\u200b", "\u200c", "\u2060",  # astral and zero-width
]  # fmt: skip
CLUSTER = regex.compile(r"\X")


def hostile_text(line_ends=("\n",), max_size=40):
    """A text that holds something other than white space; `line_ends` may bring in CR and CRLF."""
    pieces = st.sampled_from([*PIECES, *line_ends])
    return st.lists(pieces, min_size=1, max_size=max_size).map("".join).filter(lambda text: text.strip())


def boundaries(text):
    """Every offset that splits no cluster, by a scan of the whole text."""
    return [0, *(match.end() for match in CLUSTER.finditer(text))]


@st.composite
def spans_of(draw, text, labels=("claim", "denial", "quote", "figure"), max_size=12):
    """Spans of the text that start and end between clusters; they overlap, nest and repeat at will."""
    edges = boundaries(text)
    place = st.tuples(st.integers(0, len(edges) - 2), st.integers(1, len(edges) - 1))
    places = draw(st.lists(place.filter(lambda ends: ends[0] < ends[1]), max_size=max_size))
    return [
        Span(edges[first], edges[last], id=f"s{number}", label=draw(st.sampled_from(labels)))
        for number, (first, last) in enumerate(places)
    ]


@st.composite
def text_with_spans(draw, **options):
    text = draw(hostile_text())
    return text, draw(spans_of(text, **options))
