"""What a manager says of who gets which article, and what that does to the line."""

import pytest
from sqlalchemy import select
from sqlalchemy import text as sql

from annotator.actions import adjudicating, assigning, projects, reviewing, tagging, workspace
from annotator.actions import people as accounts
from annotator.actions.assigning import Chosen
from annotator.core.assign import needed, share_of
from annotator.errors import Conflict, Missing, Refused
from annotator.store import articles, assignment, line, replay
from annotator.store import people as people_store
from annotator.store import projects as projects_store
from annotator.store.needs import needed as needed_in_sql
from annotator.store.tables import Article
from conftest import LIMITS
from factories import article_text, new_span

LATER = "2999-01-01T00:00:00.000000Z"


@pytest.fixture
def six(db, load):
    """Six articles of `desk`, k0 to k5, as ids by key."""
    load(*({"text": article_text(seed=number), "key": f"k{number}"} for number in range(6)))
    with db.read() as connection:
        return assignment.by_keys(connection, "desk", [f"k{number}" for number in range(6)])


@pytest.fixture
def manage(db, people):
    """The acts of `assigning` as max, in `desk`."""

    def call(act, *args, **named):
        return getattr(assigning, act)(db, people.max, "desk", *args, **named)

    return call


@pytest.fixture
def more(db, people):
    """Two further reviewers of `desk`."""
    for name in ("dan", "dee"):
        accounts.add_user(db, name, project="desk", role="reviewer")
    with db.read() as connection:
        return [people_store.viewer(connection, name) for name in ("dan", "dee")]


@pytest.fixture(autouse=True)
def replays(db):
    """Whatever a test did, the log gives the tables."""
    yield
    with db.read() as connection:
        replay.check_replay(connection)


def keys(*names):
    return Chosen(articles=list(names))


def pulled(db, viewer, six, number=10):
    """The keys of what comes to that person, submitting each."""
    names = {article: key for key, article in six.items()}
    got = []
    while len(got) < number and (article := reviewing.take_next(db, viewer, "desk")) is not None:
        got.append(names[article])
        reviewing.submit(db, viewer, article)
    return got


def holders(db):
    """Who has a review of what: `{key: {name: state}}`."""
    query = sql("SELECT a.key, r.reviewer, r.state FROM reviews r JOIN articles a ON a.id = r.article")
    found = {}
    with db.read() as connection:
        for key, name, state in connection.execute(query):
            found.setdefault(key, {})[name] = state
    return found


def later(monkeypatch):
    monkeypatch.setattr(reviewing, "now", lambda: LATER)


# -- the line


def test_a_higher_priority_comes_first_and_equal_ones_by_age(db, people, six, manage):
    assert manage("set_priority", keys("k4", "k2"), 7) == 2
    manage("set_priority", keys("k5"), -1)
    assert pulled(db, people.ana, six) == ["k2", "k4", "k0", "k1", "k3", "k5"]


def test_by_age_priorities_do_not_count(db, people, six, manage):
    manage("set_priority", keys("k4"), 7)
    manage("change_rules", order="age")
    assert pulled(db, people.ana, six) == ["k0", "k1", "k2", "k3", "k4", "k5"]


def test_shuffled_is_the_same_for_everyone_and_not_the_order_of_loading(db, people, six, manage):
    manage("change_rules", order="shuffled")
    got = pulled(db, people.ana, six)
    assert got == pulled(db, people.ben, six)
    assert sorted(got) == sorted(six)
    assert got != sorted(six)


def test_batches_come_in_their_order_and_what_is_in_none_last(db, people, six, manage):
    manage("fill_batch", "late", keys("k0", "k1"))
    manage("fill_batch", "early", keys("k4", "k3"))
    manage("move_batch", "early", -1)
    assert pulled(db, people.ana, six) == ["k3", "k4", "k0", "k1", "k2", "k5"]


def test_a_paused_batch_is_given_to_nobody_until_it_is_opened(db, people, six, manage):
    manage("fill_batch", "held", keys("k0", "k1"))
    manage("change_batch", "held", paused=True)
    assert pulled(db, people.ana, six) == ["k2", "k3", "k4", "k5"]
    with pytest.raises(Conflict):
        tagging.add_span(
            db, people.ana, six["k0"], new_span("claim", "40 people", article_text(seed=0)), LIMITS, by_hand=False
        )
    assert manage("give_by_round", 9).given == {"ben": 4}
    manage("change_batch", "held", paused=False)
    assert pulled(db, people.ana, six) == ["k0", "k1"]


@pytest.mark.parametrize(
    "choice", [{"first": 2, "last": 3}, {"articles": ["k1", "k2"]}, {"batch": "two"}], ids=lambda one: next(iter(one))
)
def test_articles_are_chosen_in_one_way_of_several(choice, db, people, six, manage):
    manage("fill_batch", "two", keys("k1", "k2"))
    assert manage("set_priority", Chosen(**choice), 1) == 2
    assert pulled(db, people.ana, six, 2) == ["k1", "k2"]


def test_what_one_load_brought_is_a_choice(db, people, six, load, manage):
    load({"text": article_text(seed=9), "key": "k9"})
    with db.read() as connection:
        latest = assignment.loads(connection, "desk")[0]
    assert (latest.articles, latest.first, latest.last) == (1, 7, 7)
    assert manage("set_priority", Chosen(loaded_at=latest.at), 1) == 1


@pytest.mark.parametrize(
    "choice",
    [{}, {"articles": []}, {"articles": ["k0", "nowhere"]}, {"first": 1}, {"first": 7, "last": 9}, {"batch": "x"},
     {"articles": ["k0"], "batch": "x"}, {"loaded_at": "2020"}],
)  # fmt: skip
def test_a_choice_of_nothing_or_in_two_ways_is_refused(choice, six, manage):
    with pytest.raises((Refused, Missing)):
        manage("set_priority", Chosen(**choice), 1)


# -- how many reviews an article needs


def test_the_number_of_an_article_is_the_same_as_a_value_and_in_queries(db, people, six, more, manage):
    manage("change_rules", shared_percent=50)
    manage("fill_batch", "thrice", keys("k1"))
    manage("change_batch", "thrice", reviews=3)
    with db.read() as connection:
        project = projects_store.project(connection, "desk")
        in_sql = dict(connection.execute(select(Article.id, needed_in_sql(project))).all())
        found = {key: needed(project, articles.article(connection, one)) for key, one in six.items()}
    assert {key: in_sql[one] for key, one in six.items()} == found
    expected = {key: 4 if share_of(articles_hash(db, one)) < 5000 else 2 for key, one in six.items() if key != "k1"}
    assert found == expected | {"k1": 3}
    assert set(expected.values()) == {2, 4}


def articles_hash(db, article):
    with db.read() as connection:
        return articles.article(connection, article).text_sha256


def test_a_share_goes_to_everyone_and_the_rest_to_one(db, people, six, more, manage):
    projects.change_project(db, people.max, "desk", reviews=1)
    manage("change_rules", shared_percent=50)
    everyone = {key for key, one in six.items() if share_of(articles_hash(db, one)) < 5000}
    assert 0 < len(everyone) < 6
    for viewer in (people.ana, people.ben, *more):
        pulled(db, viewer, six)
    assert {key: len(names) for key, names in holders(db).items()} == {key: 4 if key in everyone else 1 for key in six}


def test_adjudication_opens_by_the_article_s_own_number(db, people, six, manage):
    manage("fill_batch", "single", keys("k0"))
    manage("change_batch", "single", reviews=1)
    reviewing.submit(db, people.ana, six["k0"])
    reviewing.submit(db, people.ana, six["k1"])
    with db.read() as connection:
        project = projects_store.project(connection, "desk")
        assert [one.article.key for one in articles.ready(connection, project)] == ["k0"]
        assert articles.progress(connection, project) == articles.Progress(6, 1, 1, 0, missing=9)
        assert articles.missing_reviews(connection, project, six["k1"]) == (1, 2)
    assert adjudicating.close(db, people.cyd, six["k0"]) == 0
    with pytest.raises(Conflict):
        adjudicating.close(db, people.cyd, six["k1"])


def test_a_batch_taken_away_leaves_its_articles_with_the_project_s_number(db, people, six, manage):
    manage("fill_batch", "single", keys("k0"))
    manage("change_batch", "single", reviews=1)
    manage("remove_batch", "single")
    assert pulled(db, people.ana, six, 1) == pulled(db, people.ben, six, 1) == ["k0"]


# -- giving out


def test_by_hand_what_is_theirs_or_full_is_not_given_again(db, people, six, more, manage):
    assert manage("give", "ana", keys("k0", "k1")).given == {"ana": 2}
    again = manage("give", "ana", keys("k0", "k1", "k2"))
    assert (again.given, again.already, again.full) == ({"ana": 1}, 2, 0)
    manage("give", "ben", keys("k0"))
    third = manage("give", "dan", keys("k0"))
    assert (third.given, third.full) == ({"dan": 0}, 1)
    assert pulled(db, people.ana, six, 3) == ["k0", "k1", "k2"]


def test_by_share_each_has_the_per_cent_and_again_gives_nothing_more(db, people, six, more, manage):
    shares = {"ana": 50, "ben": 25, "dan": 25}
    assert manage("give_by_share", shares).given == {"ana": 6, "ben": 3, "dan": 3}
    assert manage("give_by_share", shares).given == {}
    assert {len(names) for names in holders(db).values()} == {2}


def test_by_round_each_has_so_many_open_and_again_only_after_submitting(db, people, six, more, manage):
    assert manage("give_by_round", 2).given == {"ana": 2, "ben": 2, "dan": 2, "dee": 2}
    assert manage("give_by_round", 2).given == {}
    pulled(db, people.ana, six, 2)
    assert manage("give_by_round", 2).given == {"ana": 2}


@pytest.mark.parametrize("who", ["cyd", "max", "eve", "nobody"])
def test_who_reviews_nothing_here_is_given_nothing(who, six, manage):
    with pytest.raises(Refused):
        manage("give", who, keys("k0"))
    with pytest.raises(Refused):
        manage("give_by_share", {who: 10})


@pytest.mark.parametrize("who", ["ana", "cyd", "eve"])
def test_only_managers_give_out(who, db, people, six, tag_on):
    viewer = getattr(people, who)
    tag_on(people.ana, "k0")
    acts = [
        lambda: assigning.give(db, viewer, "desk", "ana", keys("k1")),
        lambda: assigning.give_by_share(db, viewer, "desk", {"ana": 10}),
        lambda: assigning.give_by_round(db, viewer, "desk", 1),
        lambda: assigning.change_rules(db, viewer, "desk", order="age"),
        lambda: assigning.set_priority(db, viewer, "desk", keys("k0"), 1),
        lambda: assigning.fill_batch(db, viewer, "desk", "b", keys("k0")),
        lambda: assigning.use_gold(db, viewer, "desk", keys("k0"), "check"),
        lambda: assigning.take_back(db, viewer, six["k0"], "ana"),
    ]
    for act in acts:
        with pytest.raises(Missing):
            act()


# -- left and taken back


@pytest.fixture
def tag_on(db, six):
    """Tags one span of that person's review of that article."""

    def call(viewer, key, words="40 people"):
        text = article_text(seed=int(key[1:]))
        return tagging.add_span(db, viewer, six[key], new_span("claim", words, text), LIMITS, by_hand=False).after

    return call


def test_nothing_returns_by_itself(db, people, six, more, tag_on, monkeypatch):
    for viewer in (people.ana, people.ben):
        tag_on(viewer, "k0")
    later(monkeypatch)
    assert pulled(db, more[0], six, 1) == ["k1"]


def test_idle_work_gives_its_place_back_and_keeps_its_spans(db, people, six, more, tag_on, manage, monkeypatch):
    manage("change_rules", return_hours=48)
    kept = tag_on(people.ana, "k0")
    tag_on(people.ben, "k0")
    assert pulled(db, more[0], six, 1) == ["k1"]
    later(monkeypatch)
    assert reviewing.take_next(db, more[0], "desk") == six["k0"]
    assert holders(db)["k0"] == {"ana": "lapsed", "ben": "lapsed", "dan": "assigned"}
    with db.read() as connection:
        assert connection.execute(sql("SELECT id FROM spans WHERE id = :id"), {"id": kept.id}).first()


def test_who_comes_back_goes_on_while_a_place_is_free(db, people, six, more, tag_on, manage, monkeypatch):
    manage("change_rules", return_hours=1)
    mine = tag_on(people.ana, "k0")
    theirs = tag_on(people.ben, "k0")
    with monkeypatch.context() as patch:
        later(patch)
        assert reviewing.take_next(db, more[0], "desk") == six["k0"]
    reviewing.submit(db, more[0], six["k0"])
    assert reviewing.take_next(db, people.ana, "desk") == six["k0"]
    assert holders(db)["k0"] == {"ana": "in_progress", "ben": "lapsed", "dan": "submitted"}
    tagging.change_span(db, people.ana, mine.id, tagging.SpanChange(note="on"), 1)
    for act in (
        lambda: tagging.change_span(db, people.ben, theirs.id, tagging.SpanChange(note="on"), 1),
        lambda: tagging.delete_span(db, people.ben, theirs.id),
        lambda: reviewing.submit(db, people.ben, six["k0"]),
        lambda: tag_on(people.ben, "k0", "denied"),
    ):
        with pytest.raises(Conflict, match="place went to someone else"):
            act()
    assert reviewing.take_next(db, people.ben, "desk") == six["k1"]


def test_any_write_takes_the_place_up_again(db, people, six, more, tag_on, manage, monkeypatch):
    manage("change_rules", return_hours=1)
    mine = tag_on(people.ana, "k0")
    with monkeypatch.context() as patch:
        later(patch)
        reviewing.take_next(db, more[0], "desk")
    assert holders(db)["k0"]["ana"] == "lapsed"
    tagging.delete_span(db, people.ana, mine.id)
    assert holders(db)["k0"]["ana"] == "in_progress"


def test_who_has_the_article_open_is_not_idle(db, people, six, more, tag_on, manage):
    manage("change_rules", return_hours=1)
    for viewer in (people.ana, people.ben):
        tag_on(viewer, "k0")
    with db.write() as connection:
        connection.execute(sql("UPDATE places SET at = '2026'"))
    with db.read() as connection:
        assert {one.reviewer for one in assignment.idle(connection, "desk", LATER)} == {"ana", "ben"}
    workspace.keep_place(db, people.ben, six["k0"], 3, 10)
    with db.read() as connection:
        seen = {one.reviewer: one.seen for one in assignment.open_reviews(connection, "desk", 9)}
        assert [one.reviewer for one in assignment.idle(connection, "desk", seen["ben"])] == ["ana"]


def test_a_place_never_depends_on_what_was_marked(db, people, six, more, tag_on, manage):
    """The signs of life are the same whether someone marked a hundred spans or none."""
    manage("change_rules", return_hours=1)
    for viewer in (people.ana, people.ben):
        reviewing.take_next(db, viewer, "desk")
    with db.read() as connection:
        before = assignment.open_reviews(connection, "desk", 9)
    tag_on(people.ana, "k0")
    with db.read() as connection:
        after = assignment.open_reviews(connection, "desk", 9)
    assert [(one.since, one.seen) for one in before] == [(one.since, one.seen) for one in after]


def test_taken_back_and_given_to_another_who_never_sees_it(db, people, six, more, tag_on, manage, api):
    tag_on(people.ana, "k0")
    assigning.take_back(db, people.max, six["k0"], "ana", "ben")
    assert holders(db)["k0"] == {"ana": "withdrawn", "ben": "assigned"}
    assert api("ben").get(f"/articles/{six['k0']}").json["spans"] == []
    assert len(api("ana").get(f"/articles/{six['k0']}").json["spans"]) == 1
    with pytest.raises(Conflict, match="taken back"):
        tag_on(people.ana, "k0", "denied")
    assert reviewing.take_next(db, people.ana, "desk") == six["k1"]
    for viewer in (people.ben, more[0]):
        reviewing.submit(db, viewer, six["k0"])
    case = adjudicating.open_case(db, people.cyd, six["k0"])
    assert (case.layers, case.groups) == ({"ben": [], "dan": []}, [])


def test_what_was_taken_back_can_be_given_back(db, people, six, tag_on, manage):
    tag_on(people.ana, "k0")
    assigning.take_back(db, people.max, six["k0"], "ana")
    assert manage("give", "ana", keys("k0")).given == {"ana": 1}
    assert holders(db)["k0"] == {"ana": "in_progress"}
    tag_on(people.ana, "k0", "denied")


def test_what_is_submitted_is_not_taken_back_and_nobody_gets_an_article_twice(db, people, six, more, tag_on):
    tag_on(people.ana, "k0")
    tag_on(people.ben, "k0")
    with pytest.raises(Conflict, match="twice"):
        assigning.take_back(db, people.max, six["k0"], "ana", "ben")
    assert holders(db)["k0"] == {"ana": "in_progress", "ben": "in_progress"}
    reviewing.submit(db, people.ana, six["k0"])
    with pytest.raises(Conflict, match="submitted"):
        assigning.take_back(db, people.max, six["k0"], "ana", "dan")
    with pytest.raises(Missing):
        assigning.take_back(db, people.max, six["k0"], "dee")


def test_an_abandoned_review_does_not_hold_up_adjudication(db, people, six, more, tag_on, manage, monkeypatch):
    manage("change_rules", return_hours=1)
    tag_on(people.ana, "k0")
    with monkeypatch.context() as patch:
        later(patch)
        reviewing.take_next(db, more[0], "desk")
    for viewer in (people.ben, more[0]):
        reviewing.submit(db, viewer, six["k0"])
    with db.read() as connection:
        project = projects_store.project(connection, "desk")
        assert [one.article.key for one in articles.ready(connection, project)] == ["k0"]
        assert line.is_free(connection, project, six["k0"]) is False
    assert set(adjudicating.open_case(db, people.cyd, six["k0"]).layers) == {"ben", "dan"}


@pytest.mark.parametrize(
    "fields",
    [{"order": "luck"}, {"return_hours": 0}, {"return_hours": "1"}, {"shared_percent": 101}, {"shared": 1}],
)
def test_rules_that_cannot_be_are_refused_with_the_field(fields, manage):
    with pytest.raises(Refused) as refused:
        manage("change_rules", **fields)
    assert refused.value.where == next(iter(fields)) or "shared" in refused.value.why
