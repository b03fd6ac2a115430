"""Undo and redo: whatever was done, step by step back to nothing and forth again."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from annotator.actions import reviewing, tagging, undoing
from annotator.actions.tagging import NewRelation, NewSpan, SpanChange
from annotator.core.access import Viewer
from annotator.errors import Conflict, Refused
from annotator.store import replay, visible
from conftest import LIMITS
from factories import TEXT, span

PLACES = [
    span("claim", words, quote=False)
    for words in ("The tunnel leaks", "Ana Ruiz 👩‍🚒", "53 workers fell ill", "fell ill, the union")
]
LABELS = ("claim", "denial", "quote", "figure")


def state(db, viewer, article):
    """All of a review but versions and times: spans with notes and attributes, and relations, by id."""
    with db.read() as connection:
        review = visible.my_review(connection, viewer, article)
        spans = visible.my_spans(connection, viewer, review)
        relations = visible.my_relations(connection, viewer, review)
    return (
        {s.id: (s.start, s.end, s.label, s.note, tuple(s.attributes.items())) for s in spans},
        {(r.id, r.type, r.source, r.target) for r in relations},
    )


@pytest.fixture
def now(db, people, article):
    return lambda: state(db, people.ana, article)


def test_undo_of_a_deletion_brings_back_id_note_and_attributes(db, people, article, tag, now):
    one = tag(people.ana, "claim", "53 workers", note="n", attributes={"speaker": "union"})
    before = now()
    tagging.delete_span(db, people.ana, one.id)
    done = undoing.undo(db, people.ana, article)
    assert now() == before
    assert done.after.id == one.id
    assert done.before is None


def test_an_undone_change_counts_its_version_on(db, people, article, tag):
    one = tag(people.ana, "claim", "53 workers")
    tagging.change_span(db, people.ana, one.id, SpanChange(note="n"), 1)
    back = undoing.undo(db, people.ana, article).after
    assert (back.note, back.version) == ("", 3)
    assert undoing.redo(db, people.ana, article).after.version == 4


def test_a_new_step_cuts_redo(db, people, article, tag, now):
    tag(people.ana, "claim", "53 workers")
    undoing.undo(db, people.ana, article)
    tag(people.ana, "figure", "12 years")
    after = now()
    with pytest.raises(Conflict, match="redo"):
        undoing.redo(db, people.ana, article)
    assert now() == after


def test_nothing_to_undo_conflicts(db, people, article, tag):
    with pytest.raises(Conflict, match="undo"):
        undoing.undo(db, people.ana, article)
    tag(people.ben, "claim", "53 workers")
    with pytest.raises(Conflict, match="undo"):
        undoing.undo(db, people.ana, article)


def test_undo_goes_on_after_submitting_and_reopening(db, people, article, tag, now):
    tag(people.ana, "claim", "53 workers")
    both = (now(), tag(people.ana, "figure", "12 years"))[0]
    reviewing.submit(db, people.ana, article)
    with pytest.raises(Conflict, match="submitted"):
        undoing.undo(db, people.ana, article)
    reviewing.reopen(db, people.ana, article)
    undoing.undo(db, people.ana, article)
    assert now() == both
    reviewing.submit(db, people.ana, article)
    reviewing.reopen(db, people.ana, article)
    undoing.redo(db, people.ana, article)
    assert len(now()[0]) == 2


def test_each_undoes_their_own_steps_only(db, people, article, tag, now):
    tag(people.ana, "claim", "53 workers")
    tag(people.ben, "claim", "12 years")
    undoing.undo(db, people.ana, article)
    assert now() == ({}, set())
    assert len(state(db, people.ben, article)[0]) == 1


class Session(RuleBasedStateMachine):
    """A reviewer at work: after every step the review is what a list of remembered states says."""

    db = article = None
    ana = Viewer("ana", roles={"desk": frozenset({"reviewer"})})

    @initialize()
    def begin(self):
        for _ in range(1000):
            try:
                undoing.undo(self.db, self.ana, self.article)
            except Conflict:
                break
        # What earlier runs left to redo is cut by a step of ours, which stays at the bottom.
        tagging.add_span(self.db, self.ana, self.article, NewSpan(0, 8, "claim"), LIMITS, by_hand=False)
        self.past, self.future = [self.now()], []

    def now(self):
        return state(self.db, self.ana, self.article)

    def step(self, act):
        """Does `act`: it either changes the state, and is one step, or leaves it wholly alone."""
        try:
            act()
        except Refused:
            assert self.now() == self.past[-1]
            return
        if self.now() != self.past[-1]:
            self.past.append(self.now())
            self.future.clear()

    def span(self, number):
        spans = sorted(self.past[-1][0])
        return spans[number % len(spans)] if spans else "none"

    def version(self, span_id):
        with self.db.read() as connection:
            try:
                return visible.my_span(connection, self.ana, span_id)[0].version
            except Refused:
                return 1

    @rule(place=st.sampled_from(PLACES), label=st.sampled_from(LABELS), note=st.sampled_from(["", "n"]))
    def add(self, place, label, note):
        new = NewSpan(place["start"], place["end"], label, note=note)
        self.step(lambda: tagging.add_span(self.db, self.ana, self.article, new, LIMITS, by_hand=False))

    @rule(number=st.integers(0, 9), change=st.sampled_from([
        SpanChange(label="claim"), SpanChange(label="denial"), SpanChange(label="figure"), SpanChange(note="changed"),
        SpanChange(attributes={"speaker": "s"}), SpanChange(attributes={"speaker": None}),
        *(SpanChange(start=place["start"], end=place["end"]) for place in PLACES),
    ]))  # fmt: skip
    def change(self, number, change):
        one = self.span(number)
        self.step(lambda: tagging.change_span(self.db, self.ana, one, change, self.version(one)))

    @rule(number=st.integers(0, 9))
    def delete(self, number):
        self.step(lambda: tagging.delete_span(self.db, self.ana, self.span(number)))

    @rule(kind=st.sampled_from(["denies", "attributed_to"]), a=st.integers(0, 9), b=st.integers(0, 9))
    def relate(self, kind, a, b):
        new = NewRelation(kind, self.span(a), self.span(b))
        self.step(lambda: tagging.add_relation(self.db, self.ana, self.article, new))

    @rule(number=st.integers(0, 9))
    def unrelate(self, number):
        ids = sorted(self.past[-1][1])
        if ids:
            self.step(lambda: tagging.delete_relation(self.db, self.ana, ids[number % len(ids)][0]))

    @rule(times=st.integers(1, 4))
    def undo(self, times):
        for _ in range(min(times, len(self.past) - 1)):
            undoing.undo(self.db, self.ana, self.article)
            self.future.append(self.past.pop())

    @rule(times=st.integers(1, 4))
    def redo(self, times):
        for _ in range(min(times, len(self.future))):
            undoing.redo(self.db, self.ana, self.article)
            self.past.append(self.future.pop())
        if not self.future:
            with pytest.raises(Conflict):
                undoing.redo(self.db, self.ana, self.article)

    @rule()
    def hand_in_and_take_back(self):
        reviewing.submit(self.db, self.ana, self.article)
        reviewing.reopen(self.db, self.ana, self.article)

    @invariant()
    def as_remembered(self):
        if hasattr(self, "past"):
            assert self.now() == self.past[-1]

    def teardown(self):
        if not hasattr(self, "past"):
            return
        while len(self.past) > 1:
            undoing.undo(self.db, self.ana, self.article)
            self.past.pop()
            assert self.now() == self.past[-1]


def test_any_session_undoes_and_redoes_to_the_states_it_had_and_replays(db, people, article):
    assert TEXT.startswith("Ministry")

    class Here(Session):
        pass

    Here.db, Here.article = db, article
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    with db.read() as connection:
        assert replay.check_replay(connection) > 50
