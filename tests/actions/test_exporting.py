"""What an export holds, for whom, and that the log has it before it is served."""

import pytest
from sqlalchemy import text as sql

from annotator.actions import adjudicating, cards, exporting, reviewing
from annotator.actions.export_filters import Filters
from annotator.core.access import Viewer
from annotator.errors import Missing, Refused
from annotator.store import exported, replay
from annotator.store.journal import entries
from factories import article_text, export_line, export_span

DENIAL = article_text(seed=9)


@pytest.fixture
def export(db, project):
    """The lines of an export, and its summary in words."""

    def call(layer, viewer=None):
        summary = exporting.Summary()
        with db.read() as connection:
            lines = list(exporting.lines(connection, [project], layer, summary, viewer=viewer))
        return lines, summary

    return call


@pytest.fixture
def closed(db, people, two_reviews):
    """The article with all of ana's and ben's variants accepted, closed."""
    from annotator.core.decisions import Decision

    for group in adjudicating.open_case(db, people.cyd, two_reviews.article).undecided:
        decision = Decision(group.id, "accept", tuple(range(len(group.variants))))
        adjudicating.decide(db, people.cyd, two_reviews.article, decision)
    adjudicating.close(db, people.cyd, two_reviews.article)
    return two_reviews.article


def test_gold_comes_first_and_then_each_review_by_name(export, closed):
    lines, summary = export("all")
    assert [(line.layer, line.reviewer) for line in lines] == [("gold", None), ("review", "ana"), ("review", "ben")]
    assert all(span.text == line.text[span.start : span.end] for line in lines for span in line.spans)
    assert (summary.articles, summary.lines, summary.spans) == (1, 3, sum(len(line.spans) for line in lines))


def test_an_empty_export_says_why(export, two_reviews):
    lines, summary = export("gold")
    assert lines == []
    assert summary.words() == ["0 articles, 0 lines, 0 spans", "left out: 1 articles not closed"]


def test_what_is_reopened_or_stale_is_left_out_with_the_reason(export, closed, db, people):
    reviewing.reopen(db, people.ana, closed)
    lines, summary = export("gold")
    assert lines == []
    assert "stale" in summary.words()[1]
    reviewing.submit(db, people.ana, closed)
    adjudicating.reopen(db, people.cyd, closed)
    assert "re-opened" in export("gold")[1].words()[1]


def test_reviews_that_are_not_submitted_are_left_out_and_counted(export, db, people, two_reviews):
    reviewing.reopen(db, people.ana, two_reviews.article)
    lines, summary = export("reviews")
    assert [line.reviewer for line in lines] == ["ben"]
    assert summary.left_out["reviews not submitted"] == 1


def test_the_majority_is_what_more_than_half_have(export, closed):
    (line,), _ = export("majority")
    assert [(span.label, span.text) for span in line.spans] == [("claim", "The tunnel leaks")]
    assert len(line.spans[0].from_) == 2
    assert export("majority")[0] == [line]


def test_who_is_no_admin_gets_reviews_of_closed_articles_only(export, people, two_reviews):
    for viewer in (people.cyd, people.max):
        assert export("reviews", viewer)[0] == []
    assert len(export("reviews", people.root)[0]) == 2


@pytest.mark.parametrize("who", ["ana", "ben", "eve"])
def test_a_reviewer_exports_nothing(who, export, people, closed, db):
    viewer = getattr(people, who)
    with pytest.raises(Missing):
        export("gold", viewer)
    with pytest.raises(Missing):
        exporting.serve_all(db, viewer, "desk", "gold")


def test_an_unknown_layer_is_refused():
    with pytest.raises(Refused, match="majority"):
        exporting.check_layer("silver")


def served(db):
    with db.read() as connection:
        return connection.execute(sql("SELECT name, article FROM served ORDER BY name")).all()


def test_the_first_serving_is_an_event_and_the_second_is_none(db, people, closed, log):
    before = len(log())
    for _ in range(2):
        exporting.serve_all(db, people.max, "desk", "all")
    assert [(entry.actor, entry.action) for entry in log()[before:]] == [("max", "spans.served")]
    assert served(db) == [("cyd", closed), ("max", closed)]


def test_looking_at_a_case_is_a_serving(db, people, two_reviews, log):
    before = len(log())
    for _ in range(2):
        adjudicating.open_case(db, people.cyd, two_reviews.article)
    assert [(entry.actor, entry.action) for entry in log()[before:]] == [("cyd", "spans.served")]


def test_an_article_that_is_not_closed_is_not_served_to_a_manager(db, people, two_reviews):
    exporting.serve_all(db, people.max, "desk", "all")
    assert served(db) == []


def test_the_log_proves_each_review_blind_or_not(db, people, closed):
    def blind():
        with db.read() as connection:
            return {one.reviewer: one.blind for one in replay.blind_reviews(entries(connection))}

    assert blind() == {"ana": True, "ben": True}
    ana = Viewer("ana", roles={"desk": frozenset({"reviewer", "manager"})})
    exporting.serve_all(db, ana, "desk", "all")
    assert blind() == {"ana": True, "ben": True}
    reviewing.reopen(db, people.ana, closed)
    assert blind() == {"ben": True}
    reviewing.submit(db, people.ana, closed)
    assert blind() == {"ana": False, "ben": True}


def test_spans_are_read_by_nobody_who_was_not_served_them(db, people, two_reviews):
    from annotator.store import articles, visible

    with db.read() as connection:
        article = articles.article(connection, two_reviews.article)
        for viewer in (people.cyd, people.root, people.max, people.ana):
            with pytest.raises(Missing):
                visible.layers(connection, viewer, article)
            with pytest.raises(Missing):
                visible.gold(connection, viewer, article)


def test_export_streams_over_more_than_one_batch(db, load, export, monkeypatch):
    from factories import article_text

    monkeypatch.setattr(exported, "BATCH", 2)
    load(*({"text": article_text(seed=n), "key": str(n)} for n in range(5)))
    _, summary = export("gold")
    assert summary.left_out == {"articles not closed": 5}


# -- filters


def filtered(db, project, layer, **given):
    summary = exporting.Summary()
    filters = Filters(**{name: v if isinstance(v, str) else frozenset(v) for name, v in given.items()}).check()
    with db.read() as connection:
        return list(exporting.lines(connection, [project], layer, summary, filters=filters)), summary


def test_only_spans_of_a_label_and_the_links_between_them(db, project, closed):
    [gold], summary = filtered(db, project, "gold", labels=["figure"])
    assert {span.label for span in gold.spans} == {"figure"}
    [whole], _ = filtered(db, project, "gold")
    assert summary.left_out == {"spans of other labels": len(whole.spans) - len(gold.spans)}


def test_links_of_spans_left_out_are_left_out_and_counted(db, project, load):
    spans = [export_span("d", "denial", "denied", DENIAL), export_span("c", "claim", "met 40 people", DENIAL)]
    load(export_line(DENIAL, spans, relations=[{"id": "r", "type": "denies", "from": "d", "to": "c"}]))
    [gold], summary = filtered(db, project, "gold", labels=["claim"])
    assert ([span.id for span in gold.spans], gold.relations) == (["c"], [])
    assert summary.left_out == {"spans of other labels": 1, "relations of spans of other labels": 1}


def test_only_reviews_by_a_person(db, project, two_reviews):
    [line], summary = filtered(db, project, "reviews", reviewers=["ben"])
    assert line.reviewer == "ben"
    assert summary.left_out == {"reviews of other reviewers": 1}
    assert filtered(db, project, "majority", reviewers=["ben"])[0] == []


def test_only_articles_in_a_state(db, project, closed, load):
    load(export_line(DENIAL, [], layer="review", reviewer="ana"))
    assert len(filtered(db, project, "all")[0]) == 4
    lines, summary = filtered(db, project, "all", states=["open"])
    assert [line.text for line in lines] == [DENIAL]
    assert summary.left_out["articles in another state"] == 1


def test_only_of_a_time(db, project, closed, people):
    with db.read() as connection:
        at = connection.execute(sql("SELECT closed_at FROM articles WHERE closed_at IS NOT NULL")).scalar()
    for since, until, found in (
        (at[:10], "", 3),
        ("", at[:7], 3),
        ("", at[:4], 3),
        ("2999", "", 0),
        ("", "2025-01-01", 0),
    ):
        lines, summary = filtered(db, project, "all", since=since, until=until)
        assert len(lines) == found
        assert summary.left_out.get("layers of another time", 0) == 3 - found


@pytest.mark.parametrize("given, where", [
    ({"states": ["shut"]}, "state"), ({"since": "25.11.2026"}, "since"), ({"until": "2026-1"}, "until"),
])  # fmt: skip
def test_filters_that_mean_nothing_are_refused(db, project, given, where):
    with pytest.raises(Refused) as refused:
        filtered(db, project, "gold", **given)
    assert refused.value.where == where


# -- splits and the card


def test_near_copies_are_in_one_split_whatever_the_export_holds(db, project, load):
    story = " ".join(f"word{number}" for number in range(300))
    texts = [f"{story} and then {'very ' * number}much else." for number in range(40)]
    load(*[export_line(text, [], id=f"id{number}") for number, text in enumerate(texts)])
    load(*[export_line(f"Unlike {number} anything", [], id=f"un{number}") for number in range(40)])
    summary = exporting.Summary()
    with db.read() as connection:
        lines = list(exporting.lines(connection, [project], "gold", summary, shares=(34, 33, 33)))
        first = next(exporting.lines(connection, [project], "gold", exporting.Summary(), shares=(34, 33, 33)))
    by_text = {line.text: line.split for line in lines}
    assert len({by_text[text] for text in texts}) == 1
    assert len(set(by_text.values())) == 3
    assert first.split == by_text[first.text]
    assert sum(summary.splits.values()) == 80


def test_the_card_says_what_is_in_it(db, project, closed):
    summary = exporting.Summary()
    with db.read() as connection:
        list(exporting.lines(connection, [project], "all", summary, shares=(100, 0, 0)))
        words = cards.card(
            connection, [project], summary, format="jsonl", layer="all", audit_hash="h", licence="CC BY 4.0 | x"
        )
    rows = {row.split(" | ")[0].strip("| "): row for row in words.splitlines() if row.startswith("|")}
    assert "| 3 |" in rows["Lines"]
    assert "CC BY 4.0 \\| x" in rows["Licence"]
    assert "| 3 | 100.0 % |" in rows["train"]
    assert rows["1"].endswith("| none |")
    assert "Mean F1 of exact spans with label: 0." in words
    assert sum(1 for row in words.splitlines() if row.startswith("| gold | ")) == len({
        label for layer, label in summary.labels if layer == "gold"
    })  # fmt: skip


def test_the_card_of_nothing(db, project):
    summary = exporting.Summary()
    with db.read() as connection:
        words = cards.card(connection, [project], summary, format="jsonl", layer="gold", audit_hash="h")
    assert "There are no spans." in words
    assert "| Licence | not stated |" in words
    assert "no two reviewers" in words
    assert "None is known." in words
