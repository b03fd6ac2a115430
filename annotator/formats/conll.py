"""CoNLL: a token and its IOB2 tag a line, for sequence taggers (contract 6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from annotator.formats.format import Format
from annotator.formats.losses import Lost, all_but, counted, lose
from annotator.formats.records import Line, SpanLine
from annotator.formats.tokens import cut, edges, longest_first

CANNOT_HOLD = all_but()
_LINE_ENDS = re.compile("[\u2028\u2029]")  # JSON has them as they are; readers that split lines by them do not


def write(articles: Iterable[Line], lost: Lost | None = None) -> Iterator[bytes]:
    """The articles, each after a `-DOCSTART-` line, with token and tag between tabs.

    `# text = JSON` holds the text, `# span<TAB>start<TAB>end<TAB>label<TAB>JSON` each span that is kept, which
    is also how white space at a span's ends is kept. Of spans that overlap, the longest is kept and the others
    are counted. So are spans whose label has white space in it. A span of white space alone stands in its
    comment, with no token to tag. A blank line ends a sentence: a line of the text that ends in no span.
    """
    for article in counted(articles, CANNOT_HOLD, lost):
        yield _document(article, lost).encode()


def _document(article: Line, lost: Lost | None) -> str:
    fit = [span for span in article.spans if span.label and not re.search(r"\s", span.label)]
    kept = longest_first(fit)
    lose(lost, "spans whose label holds white space", len(article.spans) - len(fit))
    lose(lost, "spans that overlap a longer one", len(fit) - len(kept))
    lines = ["-DOCSTART-\tO", f"# text = {_json(article.text)}"]
    lines += [f"# span\t{it.start}\t{it.end}\t{it.label}\t{_json(it.text)}" for it in kept]
    lines.append("")
    tagged = False
    for start, end, span in _tokens(article.text, kept):
        token = article.text[start:end]
        if not token.isspace():
            within = "I" if tagged else "B"
            lines.append(f"{token}\t{within}-{span.label}" if span else f"{token}\tO")
            tagged = span is not None and end < span.end
        elif span is None:
            if "\n" in token and lines[-1]:
                lines.append("")
        elif end == span.end:
            lose(lost, "spans of white space, in no tag", span.text.isspace())
            tagged = False
    if lines[-1]:
        lines.append("")
    return "\n".join(lines) + "\n"


def _tokens(text: str, kept: list[SpanLine]) -> Iterator[tuple[int, int, SpanLine | None]]:
    """The pieces of the text, each with the kept span that it is in."""
    coming = iter(kept)
    span = next(coming, None)
    for start, end in cut(text, edges(kept)):
        while span is not None and span.end <= start:
            span = next(coming, None)
        yield start, end, span if span is not None and span.start <= start else None


def _json(text: str) -> str:
    """The text as a JSON string on one line, whatever a reader takes for a line end."""
    return _LINE_ENDS.sub(lambda found: f"\\u{ord(found[0]):04x}", msgspec.json.encode(text).decode())


FORMAT = Format("conll", None, write, (".conll",), CANNOT_HOLD)
