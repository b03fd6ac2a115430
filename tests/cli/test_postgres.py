"""Load, export and verify on PostgreSQL, whatever order its database puts words in: the same bytes as from SQLite."""

import hashlib

import pytest

from cli.command import Command
from factories import TEXT, article_text, export_line, export_span, ndjson

NAMES = ("Zoë", "ana", "Ben", "王伟", "x-y")  # in another order by their code points than by any dictionary
OTHER = article_text(seed=1)
LAYERS = ("gold", "reviews", "all", "majority")
FORMATS = ("jsonl", "csv", "conll", "doccano", "labelstudio", "hf", "webanno-tsv")


def spans(name, text, *, by, first, second):
    """A denial of a claim with attributes of all types, ids that no dictionary sorts by bytes."""
    made = [export_span(f"{name}{by_case}", label, words, text, by) for by_case, label, words in (
        ("_d", "denial", second), ("-C", "claim", first), ("Af", "figure", first.split()[-2]))]  # fmt: skip
    made[1] |= {"note": "“so” 😀\n", "attributes": made[1]["attributes"] | {"speaker": "the union – ß"}}
    made[2]["attributes"] |= {"value": 53.25, "unit": "workers", "qualifier": "über"}
    made.sort(key=lambda one: (one["start"], -one["end"], one["label"]))
    return made, [{"id": f"{name}_r", "type": "denies", "from": f"{name}_d", "to": f"{name}-C"}]


def lines():
    """Two articles, each with gold and each name's review, in another order than an export has."""
    for article, text, first, second in (
        ("Article-b", TEXT, "At least 53 workers fell", "anyone fell ill"),
        ("article_A", OTHER, "The mayor met 40 people", "She denied it"),
    ):
        about = {"id": article, "key": f"Key {article}", "language": "de", "meta": '{"desk":"ß","n":[1,2.5,null]}'}
        for name in ("gold", *NAMES):
            short = "g" if name == "gold" else f"r{hashlib.sha256(name.encode()).hexdigest()[:4]}"
            held, links = spans(f"{article[-1]}{short}", text, by="cyd" if name == "gold" else name,
                                first=first, second=second)  # fmt: skip
            layer = {"layer": "gold"} if name == "gold" else {"layer": "review", "reviewer": name}
            yield export_line(text, held, relations=links, **about, **layer)


@pytest.fixture
def on_both(tmp_path, postgres_server):
    """Runs a command on a database of each kind; answers with what each printed. Both exit with 0."""
    made = {
        kind: (Command(tmp_path, tmp_path / kind), {"ANNOTATOR_DATABASE_URL": url} if url else {})
        for kind, url in (("sqlite", ""), ("english", postgres_server.fresh("en")), ("c", postgres_server.fresh()))
    }

    def call(*args, stdin=b"", code=0):
        return {kind: command.inside(*args, stdin=stdin, code=code, **env) for kind, (command, env) in made.items()}

    return call


def one_of(ran):
    """What all printed, which is the same."""
    sqlite, *others = ((one.out, one.err) for one in ran.values())
    assert others == [sqlite] * 2
    return sqlite


def test_all_that_a_file_holds_comes_out_as_from_sqlite(on_both):
    given = ndjson(*lines())
    out, _ = one_of(on_both("load", "-", stdin=given))
    assert out == b"2 loaded, 10 same, 10 reviews, 2 gold layers, 36 spans\n"
    for layer in LAYERS:
        for format_ in FORMATS:
            assert one_of(on_both("export", "-l", layer, "-f", format_, "--split", "50/25/25"))[0]
    held, _ = one_of(on_both("export", "-l", "all"))
    assert held.count(b"\n") == 12
    assert held.count(b'"denies"') == 12
    filtered, _ = one_of(on_both("export", "-l", "reviews", "--reviewer", "Zoë", "--label", "figure"))
    assert filtered.count(b'"value":53.25') == 2
    assert one_of(on_both("load", "-", stdin=held))[0] == b"0 loaded, 12 same\n"
    for ran in on_both("verify").values():
        assert ran.lines[-1].startswith("ok: ")


def test_a_refused_file_leaves_nothing_there_either(on_both):
    bad = export_line(OTHER, [export_span("s", "rumour", "She denied it", OTHER)])
    given = ndjson(*lines(), bad)
    on_both("project", "add", "desk")
    assert len({ran.err for ran in on_both("load", "-", stdin=given, code=1).values()}) == 1
    assert one_of(on_both("export", "-l", "all"))[0] == b""


def test_other_orders_are_told_from_that_of_code_points(postgres_server):
    import psycopg

    with psycopg.connect(postgres_server.fresh("en")) as connection:
        sorted_there = connection.execute("SELECT * FROM (VALUES ('Zoë'), ('ana')) AS t(name) ORDER BY name").fetchall()
    assert sorted_there == [("ana",), ("Zoë",)]
