"""The real command, in a process and an instance folder of its own."""

import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

import annotator
from annotator.cli import main

ROOT = Path(annotator.__file__).parent.parent


def environment(instance, **more):
    """Ours without any setting but the instance folder, and `more`."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ANNOTATOR_") and k != "DATABASE_URL"}
    return kept | {"ANNOTATOR_INSTANCE": str(instance), "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"} | more


@dataclass(frozen=True)
class Ran:
    code: int
    out: bytes
    err: str

    @property
    def lines(self):
        return self.out.decode().splitlines()

    @property
    def objects(self):
        return [msgspec.json.decode(line) for line in self.out.splitlines()]


class Command:
    """Runs `annotator ARG…` in `folder`, in a process of its own.

    A call fails unless the command exits with `code`, and on any traceback.
    """

    def __init__(self, folder, instance):
        self.folder, self.instance = folder, instance

    def __call__(self, *args, code=0, stdin=b"", **env):
        done = subprocess.run(
            [sys.executable, "-m", "annotator", *map(str, args)],
            input=stdin, capture_output=True, cwd=self.folder, env=environment(self.instance, **env), timeout=60,
            check=False,
        )  # fmt: skip
        return _checked(Ran(done.returncode, done.stdout, done.stderr.decode()), code)

    def inside(self, *args, code=0, stdin=b"", **env):
        """The same in this process, which spares the start of another: for tables of many cases."""
        streams = [
            io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", write_through=True) for data in (stdin, b"", b"")
        ]
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            patch.setattr(os, "environ", environment(self.instance, **env))
            patch.setattr(sys, "argv", ["annotator", *map(str, args)])
            for name, stream in zip(("stdin", "stdout", "stderr"), streams, strict=True):
                patch.setattr(sys, name, stream)
            try:
                main()
                ended = 0
            except SystemExit as exit_:
                ended = exit_.code
        out, err = (stream.buffer.getvalue() for stream in streams[1:])
        return _checked(Ran(ended, out, err.decode()), code)

    def refused(self, *args, **options):
        """What a refusal writes behind `error: `."""
        return _refusal(self(*args, code=1, **options))

    def refused_inside(self, *args, **options):
        """As `refused`, in this process."""
        return _refusal(self.inside(*args, code=1, **options))

    def export(self, *args):
        """An export's bytes."""
        return self("export", *args).out

    def at(self, instance):
        """The same command on another instance folder."""
        return Command(self.folder, instance)

    def write(self, name, content):
        """A file in the folder that commands run in."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return name


def _checked(ran, code):
    assert "Traceback" not in ran.err, ran.err
    assert ran.code == code, ran
    return ran


def _refusal(ran):
    assert ran.out == b""
    assert ran.err.startswith("error: "), ran.err
    assert ran.err.count("\n") == 1, ran.err
    return ran.err.removeprefix("error: ").removesuffix("\n")
