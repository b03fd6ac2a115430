"""Export → empty instance → export: the same bytes, ids included (contract section 6)."""

import hashlib
import io
import shutil

import msgspec
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from annotator.actions import exporting, loading
from annotator.core.scheme import DEFAULT_SCHEME
from annotator.core.spans import order
from annotator.formats import jsonl
from annotator.formats.options import Options
from annotator.formats.records import Line, RelationLine, SpanLine
from annotator.store.db import Database
from factories import article_text, ndjson, span
from strategies import boundaries, hostile_text


def test_what_was_adjudicated_here_comes_out_of_an_empty_instance_as_it_went_in(annotator, fresh, load, closed):
    load({"text": article_text(), "title": "T", "url": "https://example.org/1", "source": "S", "author": "A",
          "published": "2026-11-25", "language": "de", "desk": {"b": [1, 2.5, None], "a": "ß"}, "spans": [
              span("figure", "40", article_text()) | {"by": who, "note": "n", "attributes": {"value": 40}}
              for who in ("Zoë", "ana", "王伟")]})  # fmt: skip
    exported = annotator.export("-l", "all")
    assert exported == annotator.export("-l", "all")
    assert exported.count(b"\n") == 6
    fresh("load", "-", stdin=exported)
    assert fresh.export("-l", "all") == exported
    assert fresh("verify").lines[-1].startswith("ok: ")


def test_loading_one_layer_after_the_other_is_loading_both(annotator, fresh, closed):
    everything = annotator.export("-l", "all")
    fresh("load", annotator.write("reviews.jsonl", annotator.export("-l", "reviews")))
    ran = fresh("load", annotator.write("gold.jsonl", annotator.export("-l", "gold")))
    assert ran.lines == ["0 loaded, 1 same, 1 gold layers, 4 spans"]
    assert fresh.export("-l", "all") == everything


def test_the_seeds_and_a_split(annotator, fresh, db, seeds):
    lines = [{"text": one.text, "spans": [{"start": 0, "end": 3, "label": "claim", "by": "ana"}]} for one in seeds]
    annotator.inside("load", "-", "-p", "seeds", stdin=ndjson(*lines))
    split = ("-l", "reviews", "--split", "40/30/30")
    exported = annotator.export(*split)
    assert exported.count(b"\n") == len(seeds) == 5
    fresh("load", "-", stdin=exported)
    assert fresh.export(*split) == exported


def test_a_scheme_of_ones_own_goes_before_the_lines(annotator, fresh, db):
    scheme = annotator.write("scheme.json", b'{"labels": [{"name": "rumour", "attributes": ["mood"]}], "attributes":'
                                            b' {"mood": {"type": "choice", "choices": ["glad", "sad"]}}}')  # fmt: skip
    annotator.inside("project", "add", "mine", "--scheme", scheme)
    spans = [span("rumour", "met", article_text()) | {"by": "ana", "attributes": {"mood": "sad"}}]
    annotator.inside("load", "-", "-p", "mine", stdin=ndjson({"text": article_text(), "spans": spans}))
    exported = annotator.export("-l", "reviews")
    assert "the scheme has no label 'rumour'" in fresh.refused_inside("load", "-", stdin=exported).lower()
    fresh.inside("project", "add", "mine", "--scheme", scheme)
    fresh.inside("load", "-", stdin=exported)
    assert fresh.export("-l", "reviews") == exported


# -- any export at all, in process


ids = st.text("abcdefgh234567", min_size=16, max_size=16)
times = st.datetimes().map(lambda at: at.strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0"))
names = st.sampled_from(["ana", "Ben", "zoë", "王伟", "x y", "'; --"])
words = st.none() | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6)


@st.composite
def layers(draw, text, fresh_id, by):
    """Spans and relations of one layer, in export order."""
    edges = boundaries(text)
    place = st.tuples(st.integers(0, len(edges) - 2), st.integers(1, 6), st.sampled_from(DEFAULT_SCHEME.labels))
    found = draw(st.lists(place, max_size=5, unique_by=lambda p: (p[0], min(p[0] + p[1], len(edges) - 1), p[2].name)))
    spans = []
    for first, length, label in found:
        start, end = edges[first], edges[min(first + length, len(edges) - 1)]
        attributes = dict.fromkeys(sorted(DEFAULT_SCHEME.attributes))
        for name in label.attributes:
            number = st.none() | st.integers(-(2**53) + 1, 2**53 - 1) | st.sampled_from([0.1, 1e-7, 1e300, -2.5])
            value = draw(number if name == "value" else words)
            attributes[name] = value or None
        note = draw(words) or ""
        origin = draw(st.lists(ids, max_size=2, unique=True)) if by is None else []
        spans.append(SpanLine(fresh_id(), start, end, label.name, text[start:end], note, attributes,
                              by or draw(names), draw(times), origin))  # fmt: skip
    spans.sort(key=order)
    pairs = [(a, b) for a in spans for b in spans if (a.label, b.label) == ("denial", "claim")]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=2, unique_by=lambda p: (p[0].id, p[1].id))) if pairs else []
    links = [RelationLine(fresh_id(), "denies", a.id, b.id) for a, b in chosen]
    return spans, sorted(links, key=lambda link: link.id)


@st.composite
def exports(draw):
    """Lines as an export with `--layer all` of a project has them."""
    taken = draw(st.lists(ids, min_size=60, max_size=60, unique=True))
    texts = draw(st.lists(hostile_text(max_size=12), min_size=1, max_size=3, unique=True))
    lines = []
    for number, text in enumerate(texts):
        article = Line(
            "annotator/1", "desk", taken.pop(), draw(st.sampled_from([None, f"key {number}"])), draw(words), draw(words),
            draw(words), draw(words), draw(words), draw(words), text, hashlib.sha256(text.encode()).hexdigest(),
            "0" * 64, draw(st.sampled_from([None, '{"a":"ß","b":[1,{"c":null}]}'])), "gold", None, None, [], [],
        )  # fmt: skip
        reviewers = draw(st.lists(names, max_size=2, unique=True))
        layered = [("review", name) for name in sorted(reviewers)]
        if draw(st.booleans()) or not layered:
            layered.insert(0, ("gold", None))
        for layer, name in layered:
            spans, relations = draw(layers(text, taken.pop, name))
            lines.append(msgspec.structs.replace(
                article, layer=layer, reviewer=name, spans=spans, relations=relations,
            ))  # fmt: skip
    return b"".join(jsonl.write(lines))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # an example is a database: shrinking would take minutes
)  # fmt: skip
@given(exports())
def test_any_export_comes_out_as_it_went_in(tmp_path_factory, templates, exported):
    path = tmp_path_factory.mktemp("any") / "annotator.sqlite3"
    shutil.copy(templates.get("empty").path, path)
    db = Database(f"sqlite:///{path}")
    try:
        loading.load(db, jsonl.read(io.BytesIO(exported), "line", Options()))
        with db.read() as connection:
            chosen = exporting.chosen_projects(connection, None)
            lines = exporting.lines(connection, chosen, "all", exporting.Summary())
            assert b"".join(jsonl.write(lines)) == exported
    finally:
        db.dispose()
