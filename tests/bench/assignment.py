"""Prints how long the page of assignment takes, and giving a round, with 100,000 articles.

    python tests/bench/assignment.py [ARTICLES [EACH]]

EACH is how many articles a round gives each of the 20 reviewers. A round is timed beside the bare writes: the same
number of entries appended to the log and applied.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from board import REVIEWERS, made
from flask import Flask

from annotator.actions import assigning
from annotator.actions.reviewing import assigned
from annotator.app import create_app
from annotator.settings import Settings
from annotator.store import assignment, projects
from annotator.store import people as store
from annotator.store.db import Database
from annotator.store.ids import now
from annotator.store.journal import record_loads


def pages(app: Flask, db: Database, times: int = 15) -> list[float]:
    browser, found = app.test_client(), []
    with db.write() as connection:
        key = store.open_session(connection, "max")
    with browser.session_transaction() as session:
        session["id"] = key
    for _ in range(times):
        begin = time.perf_counter()
        answer = browser.get("/projects/big/assignment")
        found.append((time.perf_counter() - begin) * 1000)
        assert answer.status_code == 200, answer.status
    return found[2:]


def bare_writes(db: Database, number: int) -> float:
    """Seconds to write that many reviews, and nothing else."""
    with db.write() as connection:
        project = projects.project(connection, "big")
        seats = assignment.seats(connection, project)
        given = [(REVIEWERS[0], seat.article) for seat in seats if seat.free and REVIEWERS[0] not in seat.holders]
        events = [assigned(name, article, project)[1] for name, article in given[:number]]
        begin = time.perf_counter()
        record_loads(connection, "max", events, now())
    return (time.perf_counter() - begin) * number / len(events)


def main() -> None:
    articles = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    each = int(sys.argv[2]) if len(sys.argv) > 2 else 700
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'annotator.sqlite3'}"
        db = Database(url)
        made(db, articles)
        app = create_app(Settings(instance=Path(folder), database_url=url, secret_key="for the bench only " * 3))
        print(f"page    p50 {statistics.median(pages(app, db)):7.1f} ms")
        begin = time.perf_counter()
        report = assigning.give_by_round(db, None, "big", each)
        took, number = time.perf_counter() - begin, sum(report.given.values())
        print(f"round   {took:7.2f} s for {number:,} reviews")
        print(f"writes  {bare_writes(db, number):7.2f} s for as many")
        print(f"page    p50 {statistics.median(pages(app, db)):7.1f} ms")
        app.extensions["database"].dispose()
        db.dispose()


if __name__ == "__main__":
    main()
