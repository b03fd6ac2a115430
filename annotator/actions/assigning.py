"""What a manager does to say who gets which article: rules, priorities, batches, giving out, taking back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection

from annotator.actions.projects import MAX_REVIEWS
from annotator.actions.reviewing import assigned, give_back_idle
from annotator.core.access import Viewer
from annotator.core.assign import (
    MAX_PRIORITY,
    PURPOSES,
    Given,
    Rules,
    Seats,
    by_round,
    by_share,
    check_rules,
    parse_shares,
)
from annotator.core.events import Event
from annotator.core.states import REVIEW, step
from annotator.core.values import Project
from annotator.errors import Conflict, Missing, Refused
from annotator.store import articles, assignment, line, people, projects
from annotator.store.db import Database
from annotator.store.ids import now
from annotator.store.journal import COMMAND_LINE, record, record_loads

AT_ONCE = 1000


@dataclass(slots=True)
class Report:
    """What giving out did: reviews `given` (by reviewer), had `already`, and articles that were `full`."""

    given: dict[str, int]
    already: int = 0
    full: int = 0


def change_rules(db: Database, viewer: Viewer, slug: str, **fields: Any) -> Rules:
    """Changes some of the project's rules (`core.assign.Rules`); raises Refused for one that cannot be."""
    viewer.require("manage project", slug)
    with db.write() as connection:
        before = projects.project(connection, slug).rules
        after = check_rules(_rules(before, fields))
        if after != before:
            data = {"before": msgspec.to_builtins(before), "after": msgspec.to_builtins(after)}
            record(connection, viewer.name, Event("assignment.changed", data, slug))
        return after


def _rules(before: Rules, fields: dict[str, Any]) -> Rules:
    try:
        return msgspec.convert({**msgspec.to_builtins(before), **fields}, Rules)
    except msgspec.ValidationError as error:
        why, _, where = str(error).partition(" - at ")
        raise Refused(f"{why}.", where=where.strip("`").removeprefix("$.") or None) from None


# -- which articles


class Chosen(msgspec.Struct, forbid_unknown_fields=True):
    """Articles of a project, chosen by one of these: ids or keys, a range of positions, a load, a batch."""

    articles: list[str] | None = None
    first: int | None = None
    last: int | None = None
    loaded_at: str | None = None
    batch: str | None = None


def chosen(connection: Connection, slug: str, choice: Chosen) -> list[str]:
    """The ids of what is chosen. Raises Refused unless exactly one way is used, or for what is not there."""
    ways = [choice.articles is not None, choice.first is not None or choice.last is not None,
            choice.loaded_at is not None, choice.batch is not None]  # fmt: skip
    if sum(ways) != 1:
        raise Refused("Choose articles in one way: by key, by positions, by load or by batch.", where="articles")
    if choice.articles is not None:
        return _by_keys(connection, slug, choice.articles)
    if choice.batch is not None:
        _batch(connection, slug, choice.batch)
        found, where = assignment.in_batch(connection, slug, choice.batch), "batch"
    elif choice.loaded_at is not None:
        found, where = assignment.in_load(connection, slug, choice.loaded_at), "loaded_at"
    else:
        if choice.first is None or choice.last is None:
            raise Refused("Give the first and the last position.", where="last" if choice.last is None else "first")
        found, where = assignment.in_range(connection, slug, choice.first, choice.last), "first"
    if not found:
        raise Refused("There is no article there.", where=where)
    return found


def _by_keys(connection: Connection, slug: str, keys: Sequence[str]) -> list[str]:
    found = assignment.by_keys(connection, slug, keys)
    missing = [key for key in keys if key not in found]
    if missing:
        shown = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        raise Refused(f"No article of the project has this key or id: {shown}.", where="articles")
    if not found:
        raise Refused("Name at least one article.", where="articles")
    return list(dict.fromkeys(found[key] for key in keys))


def _portions(ids: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), AT_ONCE):
        yield list(ids[start : start + AT_ONCE])


def set_priority(db: Database, viewer: Viewer, slug: str, choice: Chosen, priority: int) -> int:
    """Gives articles a priority, the highest first in line; answers with how many. Raises Refused."""
    viewer.require("manage project", slug)
    if not -MAX_PRIORITY <= priority <= MAX_PRIORITY:
        raise Refused(f"A priority is a whole number from −{MAX_PRIORITY:,} to {MAX_PRIORITY:,}.", where="priority")
    with db.write() as connection:
        projects.project(connection, slug)
        ids = chosen(connection, slug, choice)
        events = [Event("articles.ranked", {"articles": part, "priority": priority}, slug) for part in _portions(ids)]
        record(connection, viewer.name, *events)
        return len(ids)


# -- giving out


def give(db: Database, viewer: Viewer | None, slug: str, name: str, choice: Chosen) -> Report:
    """Gives these articles to this reviewer, as far as they have places; what is theirs already stays.

    A review that was taken back from them goes on where it was. `viewer` None is the command line.
    Raises Refused for someone who does not review the project.
    """
    actor = _manager(viewer, slug)
    with db.write() as connection:
        project = _ready_to_give(connection, slug)
        account = people.account(connection, name)
        if account is None or account.name not in assignment.reviewers(connection, slug):
            raise Refused(f"{name} does not review this project.", where="reviewer")
        ids = chosen(connection, slug, choice)
        report = Report({account.name: 0})
        events = []
        for seat in assignment.seats(connection, project, ids, paused_too=True):
            events += _given(connection, project, seat, account.name, report)
        if events:
            record(connection, actor, *events)
        return report


def _given(
    connection: Connection, project: Project, seat: Seats, name: str, report: Report
) -> list[Event]:  # fmt: skip
    review = assignment.review_of(connection, seat.article, name) if name in seat.holders else None
    if review is not None and review.state not in {"lapsed", "withdrawn"}:
        report.already += 1
        return []
    if seat.free < 1:
        report.full += 1
        return []
    report.given[name] += 1
    if review is not None:
        step(REVIEW, review.state, "resume")
        return [Event("review.resumed", {"review": review.id}, project.slug, seat.article, review=review.id)]
    return [assigned(name, seat.article, project)[1]]


def give_by_share(
    db: Database, viewer: Viewer | None, slug: str, shares: Mapping[str, int], batch: str | None = None
) -> Report:  # fmt: skip
    """Gives each reviewer that per cent of all reviews needed (in the batch), as far as they lack it."""
    actor = _manager(viewer, slug)
    parse_shares(shares.items())
    with db.write() as connection:
        project = _ready_to_give(connection, slug)
        known = assignment.reviewers(connection, slug)
        for name in shares:
            if name not in known:
                raise Refused(f"{name} does not review this project.", where="shares")
        seats = _seats(connection, project, batch)
        return _give(connection, actor, project, by_share(seats, shares))


def give_by_round(
    db: Database, viewer: Viewer | None, slug: str, each: int, batch: str | None = None
) -> Report:  # fmt: skip
    """Gives every reviewer articles until each has `each` that are not submitted."""
    actor = _manager(viewer, slug)
    if not 1 <= each <= AT_ONCE:
        raise Refused(f"A round gives 1 to {AT_ONCE:,} articles each, not {each}.", where="each")
    with db.write() as connection:
        project = _ready_to_give(connection, slug)
        names = assignment.reviewers(connection, slug)
        has = assignment.open_now(connection, slug)
        return _give(connection, actor, project, by_round(_free_seats(connection, project, batch), names, each, has))


def _manager(viewer: Viewer | None, slug: str) -> str:
    if viewer is None:
        return COMMAND_LINE
    viewer.require("manage project", slug)
    return viewer.name


def _ready_to_give(connection: Connection, slug: str) -> Project:
    project = projects.project(connection, slug)
    give_back_idle(connection, project)
    return project


def _seats(connection: Connection, project: Project, batch: str | None) -> list[Seats]:
    if batch is not None:
        _batch(connection, project.slug, batch)
    return assignment.seats(connection, project, batch=batch)


def _free_seats(connection: Connection, project: Project, batch: str | None) -> Iterator[Seats]:
    paused = batch is not None and _batch(connection, project.slug, batch).paused
    batches = [batch] if batch is not None else [*line.open_batches(connection, project.slug), None]
    for name in [] if paused else batches:
        yield from assignment.free_seats(connection, project, name)


def _give(connection: Connection, actor: str, project: Project, given: Iterable[Given]) -> Report:
    report = Report({})
    events = []
    for article_id, name in given:
        report.given[name] = report.given.get(name, 0) + 1
        events.append(assigned(name, article_id, project)[1])
    record_loads(connection, actor, events, now())
    return report


def take_back(db: Database, viewer: Viewer, article_id: str, name: str, to: str | None = None) -> str:
    """Takes a review that is not submitted from someone, and gives the article to `to`, if named; answers the slug.

    What was marked stays with its author and is shown to nobody. Raises Missing without such a review,
    Conflict for one that is submitted, or when `to` has had the article, Refused for someone who does not review.
    """
    with db.write() as connection:
        article = articles.article(connection, article_id)
        viewer.require("manage project", article.project)
        project = _ready_to_give(connection, article.project)
        review = assignment.review_of(connection, article_id, name)
        if review is None:
            raise Missing(f"{name} has no review of this article.", where="from")
        step(REVIEW, review.state, "withdraw")
        events = [Event("review.withdrawn", {"review": review.id}, project.slug, article_id, review=review.id)]
        if to is not None:
            if to not in assignment.reviewers(connection, project.slug):
                raise Refused(f"{to} does not review this project.", where="to")
            if assignment.review_of(connection, article_id, to) is not None:
                raise Conflict(f"{to} has or had a review of this article; nobody gets one twice.", where="to")
            events.append(assigned(to, article_id, project, review.purpose)[1])
        record(connection, viewer.name, *events)
        return project.slug


# -- batches


def _batch(connection: Connection, slug: str, name: str) -> assignment.Batch:
    found = assignment.batch(connection, slug, name)
    if found is None:
        raise Missing(f"There is no batch {name!r} in this project.", where="batch")
    return found


def fill_batch(db: Database, viewer: Viewer, slug: str, name: str, choice: Chosen) -> int:
    """Puts articles into a batch, made at the end if it is new; answers with how many.

    An article is in one batch at most; what it needs follows the batch. Raises Refused.
    """
    viewer.require("manage project", slug)
    name = " ".join(name.split())
    if not 1 <= len(name) <= 100 or not name.isprintable():
        raise Refused("A batch's name has 1 to 100 characters, none of them a control.", where="name")
    with db.write() as connection:
        projects.project(connection, slug)
        ids = chosen(connection, slug, choice)
        there = assignment.batch_order(connection, slug)
        events = []
        batch = next((one for one in there if one.name == name), None)
        if batch is None:
            batch = assignment.Batch(name, max((one.place for one in there), default=0) + 1, False, None)
            events.append(_batch_event(slug, name, None, _batch_data(batch)))
        for part in _portions(ids):
            data = {"name": name, "reviews": batch.reviews, "articles": part}
            events.append(Event("batch.filled", data, slug))
        record(connection, viewer.name, *events)
        return len(ids)


def change_batch(
    db: Database, viewer: Viewer, slug: str, name: str, *, paused: bool | None = None, reviews: Any = msgspec.UNSET
) -> None:  # fmt: skip
    """Pauses or opens a batch; gives its articles a number of reviews of their own (None: the project's)."""
    viewer.require("manage project", slug)
    if isinstance(reviews, int) and not 1 <= reviews <= MAX_REVIEWS:
        raise Refused(f"An article needs 1 to {MAX_REVIEWS} reviews, not {reviews}.", where="reviews")
    with db.write() as connection:
        before = _batch_data(_batch(connection, slug, name))
        after = before | ({} if paused is None else {"paused": paused})
        after |= {} if reviews is msgspec.UNSET else {"reviews": reviews}
        if after != before:
            record(connection, viewer.name, _batch_event(slug, name, before, after))


def move_batch(db: Database, viewer: Viewer, slug: str, name: str, places: int) -> None:
    """Moves a batch that many places towards the end of the line (below 0: towards its front)."""
    viewer.require("manage project", slug)
    with db.write() as connection:
        _batch(connection, slug, name)
        order = assignment.batch_order(connection, slug)
        at = next(place for place, one in enumerate(order) if one.name == name)
        order.insert(max(at + places, 0), order.pop(at))
        events = [
            _batch_event(slug, one.name, _batch_data(one), _batch_data(one) | {"place": place})
            for place, one in enumerate(order, 1) if one.place != place
        ]  # fmt: skip
        if events:
            record(connection, viewer.name, *events)


def remove_batch(db: Database, viewer: Viewer, slug: str, name: str) -> None:
    """Ends a batch; its articles stay, in none."""
    viewer.require("manage project", slug)
    with db.write() as connection:
        before = _batch_data(_batch(connection, slug, name))
        record(connection, viewer.name, _batch_event(slug, name, before, None))


def _batch_data(batch: assignment.Batch) -> dict[str, Any]:
    return {"place": batch.place, "paused": batch.paused, "reviews": batch.reviews}


def _batch_event(slug: str, name: str, before: dict[str, Any] | None, after: dict[str, Any] | None) -> Event:
    return Event("batch.changed", {"name": name, "before": before, "after": after}, slug)


# -- gold put to use


def use_gold(db: Database, viewer: Viewer, slug: str, choice: Chosen, purpose: str | None) -> int:
    """Puts articles with gold to use for training or as checks, or (None) ends that; answers with how many.

    Raises Refused when one of them has no gold in force.
    """
    viewer.require("manage project", slug)
    if purpose is not None and purpose not in PURPOSES:
        raise Refused(f"Gold is used for {' or '.join(PURPOSES)}, not for {purpose!r}.", where="purpose")
    with db.write() as connection:
        projects.project(connection, slug)
        ids = chosen(connection, slug, choice)
        if purpose is not None:
            lacking = len(ids) - len(assignment.gold_among(connection, slug, ids))
            if lacking:
                raise Refused(f"{lacking} of these articles have no gold, or gold that is stale.", where="articles")
        events = [Event("gold.used", {"articles": part, "purpose": purpose}, slug) for part in _portions(ids)]
        record(connection, viewer.name, *events)
        return len(ids)
