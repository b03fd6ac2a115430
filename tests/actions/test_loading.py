"""Loading articles with layers into a database that may hold some already."""

import io

import msgspec
import pytest
from sqlalchemy import text as sql

from annotator.actions import loading, projects
from annotator.core.access import Viewer
from annotator.core.text import Block
from annotator.errors import Refused
from annotator.formats import jsonl
from annotator.formats.records import Incoming
from annotator.store import projects as projects_store
from annotator.store import replay
from factories import article_text, export_line, export_span, ndjson, span

A, B, C = (article_text(seed=number) for number in range(3))


@pytest.fixture
def rows(db):
    def read(query):
        with db.read() as connection:
            return connection.execute(sql(query)).all()

    return read


def replays(db):
    with db.read() as connection:
        return replay.check_replay(connection) > 0


def test_the_same_key_and_text_is_the_same_article(load, rows):
    load({"text": A, "key": "k"})
    report = load({"text": A, "key": "k"}, {"text": A}, {"text": B, "key": "l"})
    assert (report.loaded, report.same) == (1, 2)
    assert len(rows("SELECT id FROM articles")) == 2


def test_the_same_key_with_other_text_is_refused_and_nothing_is_loaded(load, log):
    load({"text": A, "key": "k"})
    before = log()
    with pytest.raises(Refused) as refused:
        load({"text": C, "key": "new"}, {"text": B, "key": "k"})
    assert refused.value.where.startswith("line:2")
    assert log() == before


def test_a_line_without_a_key_is_the_first_article_of_that_text(load, rows):
    load({"text": A, "key": "first"}, {"text": A, "key": "second"})
    load({"text": A, "spans": [span("figure", "40", A, quote=False)]}, {"text": A, "key": "second"})
    assert rows("SELECT a.key FROM suggestions s JOIN articles a ON a.id = s.article") == [("first",)]


def test_a_dry_run_reports_and_loads_nothing(load, log):
    before = log()
    report = load({"text": A}, {"text": B, "spans": [span("figure", "40", B)]}, dry_run=True)
    assert (report.loaded, report.suggestions) == (2, 1)
    assert log() == before


def test_spans_become_the_reviews_of_the_reviewers_they_name(db, load, rows):
    spans = [span("figure", "40", A) | {"by": "ana"}, span("denial", "denied", A) | {"reviewer": "guest"}]
    report = load({"text": A, "spans": spans})
    assert (report.reviews, report.spans, report.people) == (2, 2, ["guest"])
    assert rows("SELECT reviewer, state FROM reviews ORDER BY 1") == [("ana", "submitted"), ("guest", "submitted")]
    assert rows("SELECT disabled_at IS NOT NULL FROM users WHERE name = 'guest'") == [(1,)]
    assert replays(db)


def test_loading_reviews_again_changes_nothing_and_other_ones_conflict(load, log):
    line = {"text": A, "spans": [span("figure", "40", A) | {"by": "ana"}]}
    load(line)
    before = log()
    load(line)
    assert log() == before
    with pytest.raises(Refused):
        load({"text": A, "spans": [span("figure", "40 people", A) | {"by": "ana"}]})
    assert log() == before


def test_spans_of_nobody_are_suggestions_once(load, rows):
    line = {"text": A, "spans": [span("figure", "40", A)]}
    assert [load(line).suggestions, load(line, line).suggestions] == [1, 0]
    assert rows("SELECT count(*) FROM suggestions") == [(1,)]
    assert rows("SELECT count(*) FROM spans") == [(0,)]


def test_gold_of_our_own_export_closes_the_article_and_keeps_ids(db, load, rows):
    load(export_line(A, [export_span("gold-1", "figure", "40", A)], id="theirs"))
    assert rows("SELECT id, state, stale FROM articles") == [("theirs", "closed", 0)]
    assert rows("SELECT id, decided_by FROM gold_spans") == [("gold-1", "cyd")]
    assert replays(db)


def test_gold_with_a_span_twice_keeps_it_once(db, load, rows):
    doubled = [export_span(name, "figure", "40", A, by=by) for name, by in (("one", "cyd"), ("two", "max"))]
    report = load(export_line(A, [*doubled, export_span("three", "denial", "denied", A, by="max")]))
    assert report.doubles == 1
    assert rows("SELECT id, decided_by FROM gold_spans ORDER BY id") == [("one", "cyd"), ("three", "max")]
    assert replays(db)


def test_a_link_twice_is_kept_once(db, load, rows):
    spans = [
        export_span("d1", "denial", "denied", A),
        export_span("d2", "denial", "denied", A),
        export_span("c", "claim", "met 40 people", A),
    ]
    links = [{"id": f"r-{end}", "type": "denies", "from": end, "to": "c"} for end in ("d1", "d2", "d1")]
    for number, link in enumerate(links):
        link["id"] += str(number)
    load(export_line(A, spans, relations=links))
    assert rows("SELECT id, source, target FROM gold_relations") == [("r-d10", "d1", "c")]
    assert replays(db)


def test_gold_for_an_article_that_is_there_and_for_a_new_one_closes_both(db, load, rows):
    load({"text": A, "key": "a"})
    load(
        export_line(A, [export_span("g1", "figure", "40", A)], key="a", id="one"),
        export_line(B, [export_span("g2", "figure", "40", B)], key="b", id="two"),
    )
    assert rows("SELECT key, state FROM articles ORDER BY key") == [("a", "closed"), ("b", "closed")]
    assert replays(db)


def test_other_gold_than_there_is_conflicts(load, log):
    load(export_line(A, [export_span("g1", "figure", "40", A)]))
    before = log()
    load(export_line(A, [export_span("g1", "figure", "40", A)]))
    with pytest.raises(Refused):
        load(export_line(A, [export_span("g1", "figure", "40 people", A)]))
    assert log() == before


@pytest.mark.parametrize(
    ("spans", "where"),
    [
        ([{"start": 0, "end": 10**6, "label": "claim"}], "line:2: spans[0].end"),
        ([{"start": 0, "end": 3, "label": "claim", "text": "xxx"}], "line:2: spans[0].quote"),
        ([{"start": 0, "end": 3, "label": "opinion"}], "line:2: spans[0]: label"),
        ([{"start": 0, "end": 3, "label": "claim", "note": "\x00"}], "line:2: spans[0]: note"),
        ([{"start": 0, "end": 3, "label": "claim", "by": "a/b"}], "line:2: name"),
    ],
)
def test_a_bad_span_is_refused_with_its_line_and_nothing_is_loaded(spans, where, load, log):
    before = log()
    with pytest.raises(Refused) as refused:
        load({"text": A}, {"text": B, "spans": spans})
    assert refused.value.where == where
    assert log() == before


def test_an_id_that_is_taken_elsewhere_is_made_anew(db, load, rows):
    line = export_line(A, [export_span("g1", "figure", "40", A)], id="same")
    load(line)
    load(line | {"project": "other"}, project=None)
    assert len(rows("SELECT id FROM articles")) == len(rows("SELECT id FROM gold_spans")) == 2
    assert replays(db)


def test_a_thousand_lines_come_in_order(db, load, rows):
    load(*({"text": article_text(seed=number), "key": str(number)} for number in range(1100)))
    assert [int(key) for (key,) in rows("SELECT key FROM articles ORDER BY position")] == list(range(1100))


# -- the report


def reported(db, *objects, **options):
    report = loading.Report()
    incoming = jsonl.read(io.BytesIO(ndjson(*objects)), "f.jsonl", report.options())
    return loading.attempt(db, incoming, project="desk", report=report, **options)


def test_every_refusal_is_reported_with_line_field_and_value(db, people, load, log):
    load({"text": A, "key": "k"})
    before = log()
    bad = {"start": 0, "end": 900, "label": "claim"}
    report = reported(
        db, {"text": B}, {"text": 5}, b'{"text": "a", "text": "b"}\n', {"text": C, "spans": [bad, bad | {"start": "1"}]},
        {"text": B, "key": "k"}, {"text": C, "spans": [{"start": 0, "end": 1, "label": "x"}, bad | {"end": 1}]},
    )  # fmt: skip
    assert [(one.where, one.why.split(";")[0][:45]) for one in report.refusals] == [
        ("f.jsonl:2: text", "Expected `str`, got `int`: 5."),
        ("f.jsonl:3", "The key 'text' is there more than once."),
        ("f.jsonl:4: spans[0].end", "end is 900, past the end of the text at 51."),
        ("f.jsonl:4: spans[1].start", "start must be an integer, not '1'."),
        ("f.jsonl:6: spans[0]: label", "The scheme has no label 'x'"),
        ("f.jsonl:5: key", "There is an article with key 'k' and other te"),
    ]  # fmt: skip
    assert (report.refused, report.loaded) == (6, 2)
    assert log() == before


def test_the_first_hundred_are_in_words_and_all_are_counted(db, people):
    report = reported(db, *[{"text": A, "key": []}] * 250)
    assert (report.refused, len(report.refusals)) == (250, 100)
    with pytest.raises(Refused) as refused:
        report.check()
    assert refused.value.where == "f.jsonl:1: key"
    assert (refused.value.extra["refused"], len(refused.value.extra["refusals"])) == (250, 100)


def test_reviewers_that_a_file_names_become_suggestions_by_choice(db, people, rows):
    spans = [span("figure", "40", A) | {"by": "guest"}, span("denial", "denied", A)]
    gold = export_line(B, [export_span("gold-1", "figure", "40", B)])
    review = export_line(C, [export_span("s-1", "figure", "40", C)], layer="review", reviewer="other")
    report = reported(db, {"text": A, "spans": spans}, gold, review, named="suggestions")
    assert (report.suggestions, report.reviews, report.gold) == (3, 0, 1)
    assert report.people == []
    assert rows("SELECT count(*) FROM reviews") == [(0,)]
    assert replays(db)


def test_links_of_suggestions_are_counted(db, people):
    line = export_line(
        A, [export_span("d", "denial", "denied", A), export_span("c", "claim", "met 40 people", A)], layer="review",
        reviewer="ana", relations=[{"id": "r", "type": "denies", "from": "d", "to": "c"}],
    )  # fmt: skip
    assert reported(db, line, named="suggestions").passed_over == {"relations between suggestions": 1}


def test_blocks_that_the_reader_tells_are_kept(db, people, rows):
    blocks = (Block(0, 3, "quotation"), Block(4, 7, "heading", 2))
    loading.load(db, [Incoming("x", "one\ntwo", "0" * 64, blocks=blocks)], project="desk")
    assert rows("SELECT blocks FROM article_texts") == [('[[0,3,"quotation",0],[4,7,"heading",2]]',)]


def test_nothing_is_locked_while_lines_are_read(db, people):
    def lines():
        with db.write():  # waits ten seconds, in vain, where the load holds the lock already
            yield Incoming("x", A, "0" * 64)

    assert loading.load(db, lines(), project="desk").loaded == 1


def test_a_scheme_changed_while_a_file_was_read_is_refused(db, people):
    admin = Viewer("root", admin=True)

    def lines():
        yield Incoming("x", A, "0" * 64)
        with db.read() as connection:
            scheme = projects_store.project(connection, "desk").scheme
        projects.change_scheme(db, admin, "desk", msgspec.structs.replace(scheme, labels=scheme.labels[:3]))

    with pytest.raises(Refused, match="scheme changed"):
        loading.load(db, lines(), project="desk")


def test_many_batches_and_one_bad_line_between(db, people, log):
    before = log()
    lines = [{"text": f"{A} {number}", "key": str(number)} for number in range(1200)]
    report = reported(db, *lines[:700], {"text": B, "key": "5"}, *lines[700:])
    assert [one.where for one in report.refusals] == ["f.jsonl:701: key"]
    assert log() == before
    assert reported(db, *lines).loaded == 1200
    assert replays(db)
