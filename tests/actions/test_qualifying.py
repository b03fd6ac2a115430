"""Gold put to use: training with feedback, hidden checks, accuracy; and that neither gets in the way of the work."""

import pytest
from sqlalchemy import text as sql

from annotator.actions import adjudicating, assigning, exporting, measuring, qualifying, queueing, reviewing, tagging
from annotator.actions import people as accounts
from annotator.actions.assigning import Chosen
from annotator.core.agreement_counts import ANY
from annotator.core.decisions import Decision
from annotator.core.quality import Tally
from annotator.errors import Conflict, Missing, Refused
from annotator.store import articles, assignment, journal, replay, visible
from annotator.store import people as people_store
from annotator.store import projects as projects_store
from conftest import LIMITS
from factories import article_text, export_line, export_span, new_span

GOLDEN = article_text(seed=90)


@pytest.fixture
def ids(db, load):
    """Three open articles, k0 to k2, and between them g, which has gold: one claim, one denial."""
    gold = export_line(GOLDEN, [
        export_span("g1", "claim", "40 people", GOLDEN), export_span("g2", "denial", "She denied it", GOLDEN),
    ], key="g")  # fmt: skip
    load({"text": article_text(seed=0), "key": "k0"})
    load(gold)
    load(*({"text": article_text(seed=number), "key": f"k{number}"} for number in (1, 2)))
    with db.read() as connection:
        return assignment.by_keys(connection, "desk", ["k0", "g", "k1", "k2"])


@pytest.fixture
def put(db, people, ids):
    """Puts g to use."""
    return lambda purpose: assigning.use_gold(db, people.max, "desk", Chosen(articles=["g"]), purpose)


@pytest.fixture(autouse=True)
def replays(db):
    """Whatever a test did, the log gives the tables."""
    yield
    with db.read() as connection:
        replay.check_replay(connection)


@pytest.fixture
def mark(db, ids):
    """Tags words of g as someone."""

    def call(viewer, label, words):
        return tagging.add_span(db, viewer, ids["g"], new_span(label, words, GOLDEN), LIMITS, by_hand=False).after

    return call


def pulled(db, viewer, ids, number=10):
    names = {article: key for key, article in ids.items()}
    got = []
    while len(got) < number and (article := reviewing.take_next(db, viewer, "desk")) is not None:
        got.append(names[article])
        reviewing.submit(db, viewer, article)
    return got


def accuracy(db, viewer, name="ana"):
    qualifying.serve_all(db, viewer, "desk")
    with db.read() as connection:
        found = qualifying.accuracies(connection, viewer, projects_store.project(connection, "desk"))
    return next((one for one in found if one.name == name), None)


# -- the line


def test_gold_that_is_put_to_no_use_comes_to_nobody(db, people, ids):
    assert pulled(db, people.ana, ids) == ["k0", "k1", "k2"]


def test_training_comes_first_and_to_everyone(db, people, ids, put):
    put("training")
    for viewer in (people.ana, people.ben, people.root):
        assert pulled(db, viewer, ids, 1) == ["g"]


def test_a_check_comes_where_it_stands_in_line_and_to_everyone(db, people, ids, put):
    put("check")
    assert pulled(db, people.ana, ids) == pulled(db, people.ben, ids) == ["k0", "g", "k1", "k2"]
    assert pulled(db, people.root, ids) == ["g"]


def test_who_made_the_gold_or_was_shown_it_never_gets_it(db, people, load, ids, put, api):
    put("check")
    accounts.add_user(db, "max", project="desk", role="reviewer")
    api("max").get("/projects/desk/export?layer=gold")
    with db.read() as connection:
        both = people_store.viewer(connection, "max")
    assert pulled(db, both, ids) == ["k0", "k1", "k2"]


def test_gold_that_is_opened_again_is_given_to_nobody_until_it_is_closed(db, people, ids, put):
    put("check")
    adjudicating.reopen(db, people.root, ids["g"])
    assert pulled(db, people.ana, ids) == ["k0", "k1", "k2"]


def test_only_gold_in_force_is_put_to_use(db, people, ids):
    for keys in (["k0"], ["g", "k0"]):
        with pytest.raises(Refused, match="no gold"):
            assigning.use_gold(db, people.max, "desk", Chosen(articles=keys), "check")
    with pytest.raises(Refused, match="used for"):
        assigning.use_gold(db, people.max, "desk", Chosen(articles=["g"]), "decoration")


# -- beside the work


@pytest.mark.parametrize("purpose", ["training", "check"])
def test_a_measured_review_is_no_part_of_the_gold_of_agreement_or_of_exports(purpose, db, people, ids, put, mark):
    put(purpose)
    mark(people.ana, "figure", "40 people")
    reviewing.submit(db, people.ana, ids["g"])
    summary = exporting.Summary()
    with db.read() as connection:
        project = projects_store.project(connection, "desk")
        lines = list(exporting.lines(connection, [project], "all", summary))
        assert [(line.key, line.layer, len(line.spans)) for line in lines] == [("g", "gold", 2)]
        assert [line["id"] for line in measuring.lines(connection, None, project, measuring.Kept())] == [None]
    assert summary.left_out["reviews for training and checks"] == 1
    adjudicating.reopen(db, people.root, ids["g"])
    adjudicating.serve(db, people.root, "desk", [ids["g"]], "review")
    with db.read() as connection:
        assert visible.layers(connection, people.root, articles.article(connection, ids["g"])) == {}


def test_opening_a_check_again_leaves_the_gold_in_force(db, people, ids, put, mark):
    put("check")
    mark(people.ana, "claim", "40 people")
    reviewing.submit(db, people.ana, ids["g"])
    reviewing.reopen(db, people.ana, ids["g"])
    mark(people.ana, "denial", "She denied it")
    reviewing.submit(db, people.ana, ids["g"])
    with db.read() as connection:
        assert connection.execute(sql("SELECT state, stale FROM articles WHERE key = 'g'")).one() == ("closed", 0)
    assert accuracy(db, people.max).by_purpose["check"].same == 1


def test_a_reviewer_s_measured_reviews_take_no_place(db, people, ids, put):
    put("check")
    for viewer in (people.ana, people.ben, people.root):
        pulled(db, viewer, ids)
    with db.read() as connection:
        count = sql("SELECT count(*) FROM reviews WHERE purpose = 'check'")
        assert connection.execute(count).scalar() == 3
        assert assignment.places(connection, projects_store.project(connection, "desk")) == (6, 6)


# -- feedback


def test_feedback_comes_after_submitting_and_the_log_has_it(db, people, ids, put, mark, log):
    put("training")
    mark(people.ana, "figure", "40 people")
    mark(people.ana, "denial", "She denied it")
    with pytest.raises(Conflict, match="Submit"):
        qualifying.feedback(db, people.ana, ids["g"])
    reviewing.submit(db, people.ana, ids["g"])
    assert "spans.served" not in [entry.action for entry in log()]
    found = qualifying.feedback(db, people.ana, ids["g"])
    assert (found.same, [(one.kind, one.mine[2], one.gold[2]) for one in found.differences]) == (
        1, [("label", "figure", "claim")]
    )  # fmt: skip
    served = [entry for entry in log() if entry.action == "spans.served"]
    assert [(entry.actor, entry.article) for entry in served] == [("ana", ids["g"])]
    with db.read() as connection:
        review = replay.blind_reviews(journal.entries(connection))
    assert [(one.reviewer, one.blind) for one in review] == [("ana", True)]


def test_what_was_compared_with_the_gold_stays_as_it_is(db, people, ids, put):
    put("training")
    reviewing.submit(db, people.ana, ids["g"])
    reviewing.reopen(db, people.ana, ids["g"])
    reviewing.submit(db, people.ana, ids["g"])
    qualifying.feedback(db, people.ana, ids["g"])
    with pytest.raises(Conflict, match="stays"):
        reviewing.reopen(db, people.ana, ids["g"])


def test_nobody_else_and_nothing_else_has_feedback(db, people, ids, put):
    put("training")
    reviewing.submit(db, people.ana, ids["g"])
    reviewing.submit(db, people.ana, ids["k0"])
    for viewer, key in (
        (people.ben, "g"),
        (people.max, "g"),
        (people.root, "g"),
        (people.eve, "g"),
        (people.ana, "k0"),
    ):
        with pytest.raises(Missing):
            qualifying.feedback(db, viewer, ids[key])


def test_a_check_has_no_feedback(db, people, ids, put):
    put("check")
    reviewing.submit(db, people.ana, ids["g"])
    with pytest.raises(Missing):
        qualifying.feedback(db, people.ana, ids["g"])


def test_feedback_waits_while_the_gold_is_being_changed(db, people, ids, put):
    put("training")
    reviewing.submit(db, people.ana, ids["g"])
    adjudicating.reopen(db, people.root, ids["g"])
    with pytest.raises(Conflict, match="being changed"):
        qualifying.feedback(db, people.ana, ids["g"])


# -- accuracy


def test_accuracy_is_by_purpose_label_and_week(db, people, ids, put, mark):
    put("check")
    mark(people.ana, "claim", "40 people")
    mark(people.ana, "denial", "denied it")
    reviewing.submit(db, people.ana, ids["g"])
    found = accuracy(db, people.max)
    assert set(found.by_purpose) == {"check"}
    record = found.by_purpose["check"]
    assert (record.articles, record.same) == (1, 0)
    assert record.labels == {
        "claim": Tally(1, 1, 1, 1, 1), "denial": Tally(1, 1, 0, 1, 1), ANY: Tally(2, 2, 1, 2, 2),
    }  # fmt: skip
    assert [set(kinds) for kinds in found.by_week.values()] == [{"check"}]


def test_reviews_that_the_gold_was_made_from_count_apart(db, people, two_reviews):
    case = adjudicating.open_case(db, people.cyd, two_reviews.article)
    for group in case.undecided:
        adjudicating.decide(db, people.cyd, two_reviews.article, Decision(group.id, "accept", (0,)))
    adjudicating.close(db, people.cyd, two_reviews.article)
    assert set(accuracy(db, people.max, "ben").by_purpose) == {"review"}


def test_a_review_that_is_not_submitted_is_not_measured(db, people, ids, put, mark):
    put("check")
    mark(people.ana, "claim", "40 people")
    assert accuracy(db, people.max) is None


def test_only_managers_measure(db, people, ids):
    for viewer in (people.ana, people.cyd, people.eve):
        with pytest.raises(Missing):
            qualifying.serve_all(db, viewer, "desk")
        with db.read() as connection, pytest.raises(Missing):
            qualifying.accuracies(connection, viewer, projects_store.project(connection, "desk"))


def test_what_was_not_served_is_not_measured(db, people, ids, put):
    put("check")
    reviewing.submit(db, people.ana, ids["g"])
    with db.read() as connection:
        assert qualifying.accuracies(connection, people.max, projects_store.project(connection, "desk")) == []


# -- least agreement first


@pytest.fixture
def waiting(db, people, ids):
    """Three articles that wait: on k0 both agree, on k1 not at all, on k2 half; ids as before."""
    marks = {
        "k0": ([("claim", "40 people")], [("claim", "40 people")]),
        "k1": ([("claim", "40 people")], [("denial", "She denied it")]),
        "k2": ([("claim", "40 people"), ("denial", "denied")], [("claim", "40 people"), ("claim", "The mayor")]),
    }
    for key, layers in marks.items():
        for viewer, spans in zip((people.ana, people.ben), layers, strict=True):
            text = article_text(seed=int(key[1:]))
            for label, words in spans:
                tagging.add_span(db, viewer, ids[key], new_span(label, words, text), LIMITS, by_hand=False)
            reviewing.submit(db, viewer, ids[key])
    return ids


def order(db, viewer):
    return [one.article.key for one in queueing.queue(db, viewer, "desk", measuring.Kept())]


def test_adjudicators_get_articles_by_age_unless_the_project_says_otherwise(db, people, waiting, log):
    seen = len(log())
    assert order(db, people.cyd) == ["k0", "k1", "k2"]
    assert len(log()) == seen


def test_least_agreement_first_and_the_log_has_them_served(db, people, waiting, log):
    assigning.change_rules(db, people.max, "desk", queue="disputed")
    seen = len(log())
    assert order(db, people.cyd) == ["k1", "k2", "k0"]
    assert [(entry.actor, entry.action) for entry in log()[seen:]] == [("cyd", "spans.served")]
    assert order(db, people.cyd) == ["k1", "k2", "k0"]
    assert len(log()) == seen + 1


def test_who_reviews_here_gets_an_order_that_tells_of_no_span(db, people, waiting, log):
    assigning.change_rules(db, people.max, "desk", queue="disputed")
    accounts.add_user(db, "cyd", project="desk", role="reviewer")
    with db.read() as connection:
        both = people_store.viewer(connection, "cyd")
    seen = len(log())
    assert order(db, both) == ["k0", "k1", "k2"]
    assert len(log()) == seen


@pytest.mark.parametrize("who", ["ana", "max", "eve"])
def test_who_does_not_adjudicate_has_no_queue(who, db, people, waiting):
    with pytest.raises(Missing):
        order(db, getattr(people, who))


def test_the_order_follows_when_a_review_changes(db, people, waiting):
    assigning.change_rules(db, people.max, "desk", queue="disputed")
    kept = measuring.Kept()
    queueing.queue(db, people.cyd, "desk", kept)
    reviewing.reopen(db, people.ben, waiting["k1"])
    text = article_text(seed=1)
    new = new_span("claim", "40 people", text)
    tagging.add_span(db, people.ben, waiting["k1"], new, LIMITS, by_hand=False)
    reviewing.submit(db, people.ben, waiting["k1"])
    assert [one.article.key for one in queueing.queue(db, people.cyd, "desk", kept)] == ["k2", "k1", "k0"]
