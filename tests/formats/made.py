"""Records to write, and hypothesis strategies for them; what of a record is read back."""

from hypothesis import strategies as st

from annotator.core.spans import order
from annotator.core.text import text_sha256
from annotator.formats.records import SCHEMA, Line, RelationLine, SpanLine
from strategies import hostile_text, spans_of

AT = "2026-11-25T08:26:45.123456Z"
TEXT = "😀 The army denied it.\n\nZürich 53"
WORDS = hostile_text(line_ends=("\n", "=", "+", "-", "@", "'", '"', ";", ",", "#", "\\", "<b>", "&amp;"), max_size=8)
ATTRIBUTES = st.builds(
    lambda speaker, value: {"speaker": speaker, "value": value},
    st.none() | WORDS,
    st.none() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15),
)


def line(text=TEXT, spans=(), **members):
    fields = dict.fromkeys(Line.__struct_fields__)
    fields |= {"schema": SCHEMA, "project": "seeds", "id": "a" * 16, "text": text}
    fields |= {"text_sha256": text_sha256(text), "source_sha256": "0" * 64, "layer": "gold", "relations": []}
    return Line(**(fields | {"spans": list(spans)} | members))


def span(start=11, end=17, text=TEXT, **members):
    fields = {"id": "s1", "start": start, "end": end, "label": "denial", "text": text[start:end], "note": ""}
    fields |= {"attributes": {"speaker": None}, "by": "bob", "at": AT, "from_": []}
    return SpanLine(**(fields | members))


def relation(source="s1", target="s2", kind="denies", id="r1"):
    return RelationLine(id, kind, source, target)


@st.composite
def a_line(draw, number=0):
    text = draw(hostile_text())
    layer = draw(st.sampled_from(["gold", "review", "majority"]))
    reviewer = draw(st.sampled_from(["bob", "Ånn b.", "a:b?"])) if layer == "review" else None
    places = {(it.start, it.end, it.label): it for it in draw(spans_of(text, max_size=8))}
    spans = [
        span(
            it.start, it.end, text, id=f"s{number}-{at}", label=it.label, note=draw(st.just("") | WORDS),
            attributes=draw(ATTRIBUTES), by=reviewer or draw(st.sampled_from(["", "eve"])),
        )
        for at, it in enumerate(places.values())
    ]  # fmt: skip
    ids = [it.id for it in spans]
    links = draw(st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=3)) if ids else []
    return line(
        text, sorted(spans, key=order), id=f"art{number}", layer=layer, reviewer=reviewer,
        key=draw(st.none() | WORDS), title=draw(st.none() | WORDS), meta=draw(st.sampled_from([None, '{"desk":"x"}'])),
        relations=[relation(*ends, id=f"r{number}-{at}") for at, ends in enumerate(dict.fromkeys(links))],
    )  # fmt: skip


@st.composite
def some_lines(draw):
    """Up to three articles, each with one layer."""
    return [draw(a_line(number)) for number in range(draw(st.integers(0, 3)))]


def places(spans):
    return sorted((it.start, it.end, it.label) for it in spans)


def with_notes(spans):
    """Each span's place, note and set attributes."""
    return sorted(
        (it.start, it.end, it.label, it.note, [one for one in it.attributes.items() if one[1] is not None])
        for it in spans
    )


def links(spans, relations):
    """The relations, their spans by place."""
    ids = {it.id: (it.start, it.end, it.label) for it in spans}
    ends = [(it.from_, it.to) if isinstance(it, RelationLine) else (it.source, it.target) for it in relations]
    return sorted((it.type, ids[source], ids[target]) for it, (source, target) in zip(relations, ends, strict=True))
