"""`annotator`: the command on the instance that `db` is in; `fresh`: on a folder that is not there yet."""

import pytest

from annotator.actions import adjudicating, reviewing, tagging
from annotator.actions.tagging import NewRelation
from annotator.core.decisions import Decision
from cli.command import Command
from factories import TEXT, span


@pytest.fixture
def annotator(tmp_path, db):
    folder = tmp_path / "files"
    folder.mkdir()
    return Command(folder, tmp_path)


@pytest.fixture
def fresh(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir(exist_ok=True)
    return Command(folder, tmp_path / "fresh")


@pytest.fixture
def closed(db, people, article, tag):
    """The article adjudicated by cyd: agreed, edited, accepted, rejected and added, with a relation, a note, attributes."""
    for me, claim in ((people.ana, "53 workers fell ill"), (people.ben, "At least 53 workers fell ill")):
        quote = tag(me, "quote", "Nobody was hurt", attributes={"speaker": "a spokesman"}, note="“so” he says\n👍🏽")
        told = tag(me, "claim", claim, attributes={"speaker": "the union"})
        tagging.add_relation(db, me, article, NewRelation("attributed_to", quote.id, told.id))
    tag(people.ana, "figure", "53 workers", attributes={"value": 53, "unit": "workers", "qualifier": "at least"})
    tag(people.ana, "claim", "Two inspectors disagree")
    tag(people.ben, "denial", "Two inspectors disagree")
    for me in (people.ana, people.ben):
        reviewing.submit(db, me, article)
    wanted = span("claim", "At least 53 workers fell ill", TEXT)
    place = (wanted["start"], wanted["end"], "claim")
    for one in adjudicating.open_case(db, people.cyd, article).groups:
        choice = {
            "boundary": {"action": "edit", "spans": (place,)},
            "missing": {"action": "accept", "variants": (0,)},
            "label": {"action": "reject", "reason": "not said"},
        }.get(one.kind)
        if choice:
            adjudicating.decide(db, people.cyd, article, Decision(one.id, **choice))
    years = span("figure", "12 years", TEXT)
    adjudicating.add(db, people.cyd, article, (years["start"], years["end"], "figure"))
    adjudicating.close(db, people.cyd, article)
    return article
