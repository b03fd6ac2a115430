"""The true server and the true browser that tests, pictures and benchmarks drive."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"]


def chromium_path():
    """The browser that `tests/run` found, or one on the PATH."""
    if "CHROMIUM" in os.environ:
        return os.environ["CHROMIUM"]
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), "")


class Server:
    """`annotator serve` on an instance; `start` and `stop` as often as one likes."""

    def __init__(self, instance):
        self.instance = instance
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.output = ""

    @property
    def env(self):
        return {**os.environ, "ANNOTATOR_INSTANCE": str(self.instance)}

    def command(self, *words, stdin=None):
        done = subprocess.run(
            [sys.executable, "-m", "annotator", *words], env=self.env, input=stdin, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self):
        log = open(self.instance.with_suffix(".log"), "a+")  # noqa: PTH123
        self.process = subprocess.Popen(
            [sys.executable, "-m", "annotator", "serve", "--port", str(self.port)], env=self.env, stdout=log,
            stderr=log, start_new_session=True,
        )  # fmt: skip
        for _ in range(200):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(self.url + "/healthz", timeout=5).read()
                break
            assert self.process.poll() is None, self.instance.with_suffix(".log").read_text()
            time.sleep(0.05)
        log.seek(0)
        self.output = log.read()
        log.close()
        return self

    def stop(self, sign=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, sign)
            self.process.wait(15)
