"""Prints p50 and p95 of a project's board, for its manager and a reviewer, with 100,000 articles.

    python tests/bench/board.py [ARTICLES [REQUESTS]]

Cold: nothing is kept, as after a review was submitted. Warm: since the last time spans were saved at most.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from annotator.actions import boarding, people, projects
from annotator.app import create_app
from annotator.core.assign import share_of, shuffled
from annotator.settings import Settings
from annotator.store import tables as t
from annotator.store import tallies
from annotator.store.db import Database

REVIEWERS = [f"reviewer{number}" for number in range(20)]
LABELS = ("claim", "denial", "quote", "figure")
PASSWORD = "correct horse"


def moment(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def rows(articles: int) -> dict[Any, list[dict[str, Any]]]:
    """Half of the articles closed, a quarter with two submitted reviews, the rest begun or not: five spans each."""
    pick = random.Random(1)
    found: dict[Any, list[dict[str, Any]]] = {t.Article: [], t.Review: [], t.Span: [], t.GoldSpan: []}
    for number in range(articles):
        article, quarter = f"a{number:015}", number * 4 // articles
        closed = quarter < 2
        found[t.Article].append({
            "id": article, "project": "big", "position": number + 1, "key": None, "title": f"Article {number}",
            "url": None, "source": None, "author": None, "published": None, "language": "en", "excerpt": "words",
            "length": 3000, "text_sha256": f"{number:064}", "source_sha256": f"{number:064}",
            "share": share_of(f"{number:064}"), "shuffle": shuffled(f"{number:064}"), "rank": 0,
            "state": "closed" if closed else "open", "stale": False, "closed_by": "max" if closed else None,
            "closed_at": moment(1) if closed else None, "loaded_at": moment(60),
        })  # fmt: skip
        for place in range(2 if quarter < 3 else number % 2):
            review, submitted = f"r{number:014}{place}", quarter < 3
            found[t.Review].append({
                "id": review, "article": article, "reviewer": REVIEWERS[(number + place) % 20],
                "state": "submitted" if submitted else "in_progress", "scheme_version": 1, "assigned_at": moment(50),
                "begun_at": moment(50), "submitted_at": moment(pick.uniform(0, 40)) if submitted else None,
            })  # fmt: skip
            for at in range(5):
                found[t.Span].append({
                    "id": f"s{number:012}{place}{at:02}", "review": review, "start_at": at * 50,
                    "end_at": at * 50 + 20, "label": LABELS[at % 4], "note": "", "attributes": "{}", "version": 1,
                    "changed_at": moment(1),
                })  # fmt: skip
        for at in range(5 if closed else 0):
            found[t.GoldSpan].append({
                "id": f"g{number:013}{at:02}", "article": article, "start_at": at * 50, "end_at": at * 50 + 20,
                "label": LABELS[at % 4], "note": "", "attributes": "{}", "decided_by": "max", "decided_at": moment(1),
            })  # fmt: skip
    return found


def made(db: Database, articles: int) -> None:
    db.migrate()
    projects.add_project(db, "big")
    people.add_user(db, "max", password=PASSWORD, project="big", role="manager")
    people.add_user(db, "max", project="big", role="adjudicator")
    for name in REVIEWERS:
        people.add_user(db, name, password=PASSWORD, project="big", role="reviewer")
    with db.write() as connection:
        for model, values in rows(articles).items():
            for start in range(0, len(values), 5000):
                connection.execute(insert(t.table(model)), values[start : start + 5000])
        tallies.recount(connection, "big")
        if db.is_sqlite:
            connection.exec_driver_sql("ANALYZE")


def main() -> None:
    articles = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    times = int(sys.argv[2]) if len(sys.argv) > 2 else 40
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'annotator.sqlite3'}"
        db = Database(url)
        made(db, articles)
        app = create_app(Settings(instance=Path(folder), database_url=url, secret_key="for the bench only " * 3))
        for name in ("max", REVIEWERS[0]):
            browser = app.test_client()
            with db.write() as connection:
                from annotator.store import people as store

                key = store.open_session(connection, name)
            with browser.session_transaction() as session:
                session["id"] = key
            for kind in ("cold", "warm"):
                found = []
                for _ in range(times + 3):
                    if kind == "cold":
                        app.extensions["boards"] = boarding.Kept()
                    begin = time.perf_counter()
                    answer = browser.get("/projects/big")
                    found.append((time.perf_counter() - begin) * 1000)
                    assert answer.status_code == 200, answer.status
                found = found[3:]
                p95 = statistics.quantiles(found, n=20)[18]
                print(f"{name:10} {kind}  p50 {statistics.median(found):7.1f} ms   p95 {p95:7.1f} ms")
        app.extensions["database"].dispose()
        db.dispose()


if __name__ == "__main__":
    main()
