"""Undo and redo of an adjudication against a model: a stack of what stood, and a place in it."""

import random

import pytest

from annotator.actions import adjudicating, deciding
from annotator.core.decisions import Decision
from annotator.errors import Conflict
from annotator.store import replay
from factories import span


class Walk:
    """An adjudication by one person, step after step drawn at random."""

    def __init__(self, db, viewer, article, seed):
        self.db, self.viewer, self.article, self.rng = db, viewer, article, random.Random(seed)

    def stands(self):
        """What is decided on groups and links, spans that were added among them."""
        case = adjudicating.open_case(self.db, self.viewer, self.article)
        said = {one: (it.action, it.variants, it.spans, it.reason) for one, it in case.force.items()}
        return said | {one.id: one.decision for one in case.links}

    def decide(self):
        group = self.rng.choice(adjudicating.open_case(self.db, self.viewer, self.article).groups)
        variants = range(len(group.variants))
        action, taken = self.rng.choice([("reject", ()), ("accept", tuple(self.rng.sample(variants, 1)))])
        if group.kind == "added":
            adjudicating.take_back(self.db, self.viewer, self.article, group.id)
            return
        reason = str(self.rng.random())
        adjudicating.decide(
            self.db, self.viewer, self.article, Decision(group.id, action, taken, (), reason), version=None
        )

    def add(self):
        words = self.rng.choice(["the union says", "53 workers", "union"])
        one = span(self.rng.choice(["claim", "quote"]), words)
        adjudicating.add(self.db, self.viewer, self.article, (one["start"], one["end"], one["label"]))

    def take_back(self):
        case = adjudicating.open_case(self.db, self.viewer, self.article)
        taken = sorted(one for one, it in case.force.items() if it.by)
        if not taken:
            raise Conflict("Nothing is decided.")
        adjudicating.take_back(self.db, self.viewer, self.article, self.rng.choice(taken))

    def bulk(self):
        deciding.accept_where(self.db, self.viewer, self.article, self.rng.choice([1, 2]))

    def undo(self):
        deciding.undo(self.db, self.viewer, self.article)

    def redo(self):
        deciding.redo(self.db, self.viewer, self.article)


@pytest.mark.parametrize("seed", range(6))
def test_undo_and_redo_go_through_what_stood(db, people, two_reviews, seed):
    walk = Walk(db, people.cyd, two_reviews.article, seed)
    stood, at, gone = [walk.stands()], 0, 0
    for _ in range(45):
        move = walk.rng.choices(["decide", "add", "take_back", "bulk", "undo", "redo"], [4, 2, 1, 1, 6, 5])[0]
        try:
            getattr(walk, move)()
        except Conflict:
            assert move not in {"undo", "redo"} or at == (0 if move == "undo" else len(stood) - 1)
            continue
        if move in {"undo", "redo"}:
            at += 1 if move == "redo" else -1
            gone += 1
            assert 0 <= at < len(stood)
            assert walk.stands() == stood[at]
        else:
            at += 1
            stood[at:] = [walk.stands()]
    assert gone > 8
    with db.read() as connection:
        replay.check_replay(connection)
