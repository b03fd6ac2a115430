"""Prints how fast articles go in and out, beside bare loops over the same articles, and the most memory either takes.

    python tests/bench/inout.py [ARTICLES]...      default: 10000

Each article has about 4,000 characters and 12 spans of one reviewer. The bare insert parses the lines and puts them into
two tables with `executemany`, in one transaction; the bare export merges two ordered cursors and writes a line at a time.
Neither checks, hashes or logs anything. JSON is orjson's where it is installed, else msgspec's.
"""

from __future__ import annotations

import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCHEMA = """
create table doc(id integer primary key, key text not null unique, title text not null, text text not null);
create table span(id integer primary key, doc_id integer not null references doc(id), start integer not null,
                  stop integer not null, label text not null, author text not null, created real not null);
create index span_doc on span(doc_id, start);
"""
LABELS = ("claim", "denial", "quote", "figure")
WORDS = (
    "council",
    "harbour",
    "denied",
    "Zürich",
    "million",
    "“never”",
    "said",
    "the",
    "of",
    "53",
    "vote",
    "river",
    "😀",
)


def article(number: int) -> dict[str, object]:
    """An invented article with 12 spans apart from one another, some behind emoji."""
    rng = random.Random(number)
    text, spans = f"Report {number}\n\n", []
    for at in range(12):
        text += " ".join(rng.choices(WORDS, k=30)) + ". "
        start = len(text)
        text += " ".join(rng.choices(WORDS, k=8))
        spans.append({"start": start, "end": len(text), "label": rng.choice(LABELS), "by": "ana"})
        text += ".\n\n" if at % 3 == 2 else ", "
        text += " ".join(rng.choices(WORDS, k=15)) + ". "
    return {"key": f"doc-{number:06}", "title": f"Report {number}", "text": text.rstrip(), "spans": spans}


def write_articles(path: Path, articles: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        for number in range(articles):
            file.write(json.dumps(article(number), ensure_ascii=False) + "\n")


# -- each in a process of its own: prints seconds and the most memory


def bare_insert(source: str, database: str) -> None:
    from msgspec import json as decoder

    loads = decoder.decode
    try:
        from orjson import loads
    except ImportError:
        pass
    connection = bare(database)
    connection.executescript(SCHEMA)
    start = time.perf_counter()
    connection.execute("begin immediate")
    with Path(source).open("rb") as file:
        lines = enumerate(file, 1)
        while batch := list(islice(lines, 10_000)):
            documents, spans = [], []
            for number, line in batch:
                one = loads(line)
                documents.append((number, one["key"], one["title"], one["text"]))
                spans.extend((number, it["start"], it["end"], it["label"], it["by"], 0.0) for it in one["spans"])
            connection.executemany("insert into doc values(?,?,?,?)", documents)
            connection.executemany(
                "insert into span(doc_id,start,stop,label,author,created) values(?,?,?,?,?,?)", spans
            )
    connection.execute("commit")
    connection.execute("pragma wal_checkpoint(truncate)")
    tell(start)


def bare_export(database: str, target: str) -> None:
    from msgspec import json as encoder

    dumps = encoder.encode
    try:
        from orjson import dumps
    except ImportError:
        pass
    connection = bare(database)
    start = time.perf_counter()
    rows = iter(connection.execute("select doc_id,start,stop,label,author from span order by doc_id,start"))
    span = next(rows, None)
    with Path(target).open("wb", buffering=1 << 20) as file:
        for number, key, title, text in connection.execute("select id,key,title,text from doc order by id"):
            mine = []
            while span is not None and span[0] == number:
                mine.append(
                    {
                        "start": span[1],
                        "end": span[2],
                        "label": span[3],
                        "author": span[4],
                        "text": text[span[1] : span[2]],
                    }
                )
                span = next(rows, None)
            file.write(dumps({"key": key, "title": title, "text": text, "spans": mine}) + b"\n")
    tell(start)


def bare(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=wal", "synchronous=normal", "foreign_keys=on"):
        connection.execute(f"pragma {pragma}")
    return connection


def our_load(source: str, _database: str) -> None:
    from annotator.cli import cli

    start = time.perf_counter()
    cli(["load", source, "--project", "bench"], standalone_mode=False)
    tell(start)


def our_export(_database: str, target: str) -> None:
    from annotator.cli import cli

    start = time.perf_counter()
    cli(["export", "--project", "bench", "--layer", "reviews", "-o", target], standalone_mode=False)
    tell(start)


def tell(start: float) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": time.perf_counter() - start, "peak": peak}))


# -- together


def run(step: str, *args: object, instance: Path) -> dict[str, float]:
    environment = {**os.environ, "ANNOTATOR_INSTANCE": str(instance), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, __file__, step, *map(str, args)]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(ran.stderr)
    return json.loads(ran.stdout.splitlines()[-1])


def measure(articles: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        source, instance = work / "articles.jsonl", work / "instance"
        write_articles(source, articles)
        environment = {**os.environ, "ANNOTATOR_INSTANCE": str(instance), "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-m", "annotator", "project", "add", "bench"], env=environment, check=True)
        for name, ours, theirs in (
            ("load", ("our_load", source, "-"), ("bare_insert", source, work / "bare.sqlite3")),
            (
                "export",
                ("our_export", "-", work / "ours.jsonl"),
                ("bare_export", work / "bare.sqlite3", work / "bare.jsonl"),
            ),
        ):
            floor, found = run(*theirs, instance=instance), run(*ours, instance=instance)
            print(
                f"{articles:,} articles, {name}: {articles / found['seconds']:,.0f}/s, bare {articles / floor['seconds']:,.0f}/s, "
                f"ratio {floor['seconds'] / found['seconds']:.2f}; most memory {found['peak']:.0f} MB (bare {floor['peak']:.0f} MB)",
                flush=True,
            )


if __name__ == "__main__":
    if sys.argv[1:2] and not sys.argv[1].isdecimal():
        globals()[sys.argv[1]](*sys.argv[2:])
    else:
        for number in sys.argv[1:] or ["10000"]:
            measure(int(number))
