"""Whatever is sent, no answer is a 500, and what is refused changes nothing."""

import json
import random

import pytest

from annotator.store import replay
from factories import span

TEXTS = [
    "", " ", "0", "-1", "1.5", "1e999", "９", "null", "x" * 5001, "\x00", "\ud800".encode("utf-8", "replace").decode(),
    "\u202e", "' OR 1=1 --", "<script>", "../../etc/passwd", "{}", "[]", "[[[[", '[{"start":0,"end":5,"label":"claim"}]',
    "9" * 400, "true", "claim", "denies", "accept", "edit", "root", "reviewer", "desk", "//[", "/\r\nx",
]  # fmt: skip
VALUES = [
    None, True, 0, -1, 1.5, 10**15, 10**19, 10**400, 1e308, "", "x", "\x00", "9" * 400, [], [1], [[]], [None], {},
    {"a": 1}, {"start": 0, "end": 5, "label": "claim"}, [{"start": 0, "end": 10**30, "label": "claim"}],
    [{"start": 0, "end": 5, "label": "claim"}], "claim", "accept", "edit", "reject", "denies", list(range(500)),
]  # fmt: skip
FIELDS = (
    "start end label quote note attributes attr.value attr.x version type from to name password old new key next theme "
    "lines title reviews role project admin auto_agreed action variants spans reason id scheme text x"
).split()
PARAMETERS = [
    "x",
    "desk",
    "a" * 300,
    "%00",
    "..%2f",
    "%ff",
    "-",
    "9" * 40,
    "ＡＢ",
    "root",
    "{span}",
    "{article}",
    "{group}",
]


@pytest.fixture
def filled(two_reviews, api):
    """Values for the parameters: a real article, span and group."""
    case = api("root").get(f"/articles/{two_reviews.article}/adjudication").json
    return {
        "article": two_reviews.article,
        "span": next(iter(two_reviews.ana.values())).id,
        "group": case["groups"][1]["id"],
    }


def addresses(app, filled, chance, methods):
    """Each route of those methods, with parameters that fit and with ones that do not."""
    for rule in sorted(app.url_map.iter_rules(), key=str):
        for method in sorted(rule.methods & methods):
            if rule.endpoint == "static":
                continue
            fit = rule.rule.replace("<slug>", "desk").replace("<name>", "ben").replace("<group>", filled["group"])
            fit = fit.replace(
                "<id>", filled["span"] if fit.startswith(("/spans", "/api/v1/spans")) else filled["article"]
            )
            for path in (fit, rule.rule):
                for _ in range(2):
                    yield method, fill(path, filled, chance)


def fill(path, filled, chance):
    while "<" in path:
        head, _, rest = path.partition("<")
        parameter, _, tail = rest.partition(">")
        if parameter.startswith("any("):
            value = chance.choice(parameter[4:].partition(")")[0].split(", "))
        else:
            value = chance.choice(PARAMETERS).format(**filled)
        path = head + value + tail
    return path


def some(chance, values):
    return {field: chance.choice(values) for field in chance.sample(FIELDS, chance.randint(0, 12))}


def json_body(chance):
    kind = chance.randrange(4)
    if kind == 0:
        return chance.choice([b"", b"{", b"[]", b"null", b"\xff", b'"x"', b"1", b'{"a":1,"a":2}', b"\xef\xbb\xbf{}"])
    body = json.dumps(some(chance, VALUES))
    return (body + "\n" + body if kind == 1 else body).encode()


@pytest.mark.parametrize("seed", range(2))
def test_odd_forms_never_break_a_page(seed, app, login_as, filled, db):
    chance, root, ana = random.Random(seed), login_as("root"), login_as("ana")
    for method, path in addresses(app, filled, chance, {"POST"}):
        if path == "/logout" or path.endswith("/disable") or "/people/root/password" in path:
            continue
        for browser in (root, ana):
            if path == "/account/password":
                continue
            headers = browser.headers | chance.choice([{}, {"HX-Request": "true"}, {"Idempotency-Key": "k"}])
            form = some(chance, TEXTS)
            answer = browser.open(path, method=method, data=form, headers=headers, buffered=True)
            assert answer.status_code < 500, (method, path, form)
    with db.read() as connection:
        replay.check_replay(connection)


@pytest.mark.parametrize("seed", range(3))
def test_odd_bodies_never_break_the_api(seed, app, api, filled, db):
    chance = random.Random(seed)
    for method, path in addresses(app, filled, chance, {"POST", "PUT", "PATCH", "DELETE"}):
        if not path.startswith("/api/v1"):
            continue
        for name in ("root", "ana", "cyd"):
            headers = {"Content-Type": chance.choice(["application/json", "application/x-ndjson", "text/plain"])}
            headers |= chance.choice([{}, {"If-Match": '"1"'}, {"If-Match": "*"}, {"If-Match": "9" * 99}])
            headers |= chance.choice([{}, {"Idempotency-Key": chance.choice(TEXTS[:4])}])
            body = json_body(chance)
            answer = api(name).open(method, path.removeprefix("/api/v1"), headers=headers, data=body)
            assert answer.status_code < 500, (method, path, body)
            if answer.status_code >= 400:
                assert answer.mimetype == "application/problem+json", (method, path)
    with db.read() as connection:
        replay.check_replay(connection)


def test_odd_addresses_never_break_a_page(app, login_as, filled):
    chance, root = random.Random(0), login_as("root")
    for method, path in addresses(app, filled, chance, {"GET"}):
        for query in (
            {},
            {name: chance.choice(TEXTS) for name in ("after", "limit", "q", "layer", "format", "next", "key")},
        ):
            answer = root.open(path, method=method, query_string=query, buffered=True)
            assert answer.status_code < 500, (path, query)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "multipart/form-data"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/x-www-form-urlencoded; charset=utf-99"},
        {"Content-Length": "99999999999"},
        {"Cookie": "annotator=garbage; theme=\x00; lines=\xff"},
        {"Authorization": "Bearer \xff"},
        {"Referer": "http://["},
        {"If-None-Match": '"' * 99},
        {"HX-Request": "x", "HX-Current-URL": "%"},
        {"Accept": "\x01"},
    ],
)
def test_odd_headers_never_break_a_page(headers, client, people, article):
    for method, path in (("POST", "/login"), ("GET", "/login"), ("GET", f"/api/v1/articles/{article}"), ("GET", "/")):
        assert client.open(path, method=method, headers=headers, data=b"--x\r\n\r\n%ff=1").status_code < 500


def test_a_body_that_is_too_large_is_refused(login_as, api, article):
    ana = login_as("ana")
    form = {"note": "x" * (9 << 20), "csrf_token": ana.csrf}
    assert ana.post(f"/articles/{article}/spans", data=form).status_code == 413
    answer = api("ana").post(f"/articles/{article}/spans", span("claim", "53 workers") | {"note": "x" * (9 << 20)})
    assert (answer.status_code, answer.mimetype) == (413, "application/problem+json")
