"""Prints p50 and p95 of opening an article and of saving a span, beside a bare Flask and SQLite page.

    python tests/bench/pages.py [REQUESTS]

Both run under the same server with the same number of workers and threads, on loopback, one request
after the other over one kept connection. A ratio of 0.5 means half the bare page's rate.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SERVER = (
    "import sys; sys.path.insert(0, {here!r}); import bare; from granian import Granian; "
    "Granian('bare', address='127.0.0.1', port={port}, interface='wsgi', workers=2, blocking_threads=4, "
    "log_enabled=False).serve(target_loader=bare.load)"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(command: list[str], port: int, path: str, env: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(command, env={**os.environ, **env}, stdout=subprocess.DEVNULL, cwd=ROOT)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                client.request("GET", path)
                client.getresponse().read()
                break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(15)


def timed(act: Callable[[int], None], times: int, warm: int = 20) -> list[float]:
    found = []
    for number in range(times + warm):
        begin = time.perf_counter()
        act(number)
        if number >= warm:
            found.append((time.perf_counter() - begin) * 1000)
    return found


def place(number: int) -> dict[str, object]:
    """Spans spread over the article, as people's are: the same for both."""
    start = 200 + number * 997 % 10_000
    return {"start": start, "end": start + 30 + number % 7, "label": "claim"}


class Client:
    """One kept connection with its cookies."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.cookie = ""

    def __call__(self, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, str]:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, body, {"Cookie": self.cookie, **given})
        response = self.connection.getresponse()
        text = response.read().decode()
        for value in response.headers.get_all("Set-Cookie") or ():
            if value.startswith("annotator="):
                self.cookie = value.split(";")[0]
        return response.status, text


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    text = (ROOT / "seeds" / "004_22214ef7e09dc778.txt").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        figures = {"bare": bare(Path(folder), text, times), "annotator": ours(Path(folder), times)}
    for what in ("open", "save"):
        for name, found in figures.items():
            quantiles = statistics.quantiles(found[what], n=20)
            print(f"{what:5} {name:10} p50 {statistics.median(found[what]):6.2f} ms   p95 {quantiles[18]:6.2f} ms")
        ratio = statistics.median(figures["bare"][what]) / statistics.median(figures["annotator"][what])
        print(f"{what:5} ratio to the bare page {ratio:.2f}")


def bare(folder: Path, text: str, times: int) -> dict[str, list[float]]:
    sys.path.insert(0, str(HERE))
    import bare as bare_app

    path = str(folder / "bare.sqlite3")
    connection = bare_app.connect(path)
    connection.executescript(bare_app.SCHEMA)
    connection.execute("insert into doc values (1, 'Title', ?)", (text,))
    port = free_port()
    with running(
        [sys.executable, "-c", SERVER.format(here=str(HERE), port=port)], port, "/ok", {"BARE_DATABASE": path}
    ):
        client = Client(port)

        def save(number: int) -> None:
            body = json.dumps(place(number))
            assert client("POST", "/doc/1/spans", body, Content_Type="application/json")[0] == 201

        for number in range(15):
            save(number)
        return {"open": timed(lambda _: client("GET", "/doc/1"), times), "save": timed(save, times)}


def ours(folder: Path, times: int) -> dict[str, list[float]]:
    env = {"ANNOTATOR_INSTANCE": str(folder / "instance")}
    run = [sys.executable, "-m", "annotator"]

    def command(*words: str, stdin: str = "") -> None:
        subprocess.run([*run, *words], env={**os.environ, **env}, cwd=ROOT, input=stdin, text=True, check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip

    command("project", "add", "seeds")
    command("load", "seeds", "--project", "seeds")
    command("user", "add", "bench", "--project", "seeds", "--role", "reviewer", "--password-stdin", stdin="password1\n")
    port = free_port()
    with running([*run, "serve", "--port", str(port)], port, "/healthz", env):
        client = Client(port)
        form = {"Content_Type": "application/x-www-form-urlencoded"}
        token = found(r'name="csrf-token" content="([^"]+)', client("GET", "/login")[1])
        login = {"csrf_token": token, "name": "bench", "password": "password1"}
        client("POST", "/login", urllib.parse.urlencode(login), **form)
        listing = client("GET", "/projects/seeds/articles")[1]
        article = re.findall(r'href="/articles/([a-z2-7]+)"', listing)[-1]
        token = found(r'name="csrf-token" content="([^"]+)', client("GET", f"/articles/{article}")[1])

        def save(number: int) -> None:
            body = urllib.parse.urlencode(place(number))
            status, answer = client(
                "POST", f"/articles/{article}/spans", body, X_CSRF_Token=token, HX_Request="true", **form
            )
            assert status < 300, answer

        for number in range(15):
            save(number)
        return {"open": timed(lambda _: client("GET", f"/articles/{article}"), times), "save": timed(save, times)}


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, text[:500]
    return match[1]


if __name__ == "__main__":
    main()
