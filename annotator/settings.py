"""Settings, from the environment and a `.env` in the instance folder."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from dotenv import dotenv_values

from annotator.errors import Refused


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set; `variable` and `help` of each field make the README's table."""

    instance: Path = field(
        default=Path("instance"),
        metadata={"variable": "ANNOTATOR_INSTANCE", "help": "the folder of the database and the secret key"},
    )
    database_url: str = field(
        default="",
        metadata={
            "variable": "ANNOTATOR_DATABASE_URL",
            "help": "else `DATABASE_URL`; `postgresql://…` or `sqlite:///…`; default: SQLite in the instance folder",
        },
    )
    secret_key: str = field(
        default="",
        repr=False,
        metadata={
            "variable": "ANNOTATOR_SECRET_KEY",
            "help": "signs cookies; default: made once, kept in the instance folder",
        },
    )
    hosts: tuple[str, ...] = field(
        default=(),
        metadata={
            "variable": "ANNOTATOR_HOSTS",
            "help": "host names answered, with commas; default: loopback names and `--host`",
        },
    )
    proxy: int = field(
        default=0, metadata={"variable": "ANNOTATOR_PROXY", "help": "number of trusted proxies in front"}
    )
    max_spans_per_minute: int = field(
        default=0,
        metadata={"variable": "ANNOTATOR_MAX_SPANS_PER_MINUTE", "help": "per reviewer; 0: no limit"},
    )
    max_spans_per_article: int = field(
        default=20_000,
        metadata={"variable": "ANNOTATOR_MAX_SPANS_PER_ARTICLE", "help": "per reviewer and article"},
    )
    signin_failures: int = field(
        default=10,
        metadata={
            "variable": "ANNOTATOR_SIGNIN_FAILURES",
            "help": "failed sign-ins per account in 15 minutes (20 times as many per address)",
        },
    )


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings in force. Makes the instance folder and the secret key if they are missing.

    Raises Refused that names the variable or the folder at fault.
    """
    env = dict(os.environ if environ is None else environ)
    instance = Path(env.get("ANNOTATOR_INSTANCE") or "instance")
    make_folder(instance)
    env = {**_from_file(instance / ".env"), **env}
    values: dict[str, object] = {"instance": instance}
    for spec in fields(Settings):
        text = env.get(spec.metadata["variable"], "")
        if text and spec.name != "instance":
            values[spec.name] = _parse(spec.metadata["variable"], str(spec.type), text)
    url = str(values.get("database_url") or env.get("DATABASE_URL") or "")
    values["database_url"] = database_url(url, instance)
    if "secret_key" not in values:
        values["secret_key"] = _kept_secret(instance)
    return Settings(**values)  # type: ignore[arg-type]


def _from_file(path: Path) -> dict[str, str]:
    try:
        return {name: value for name, value in dotenv_values(path).items() if value is not None}
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"It cannot be read: {error}.", where=str(path)) from error


def make_folder(instance: Path) -> None:
    """Makes the instance folder; raises Refused when it cannot be made or written to."""
    try:
        instance.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(f"The instance folder cannot be made: {error.strerror}.", where=str(instance)) from error
    if not os.access(instance, os.W_OK | os.X_OK):
        raise Refused("The instance folder cannot be written to.", where=str(instance))


def database_url(url: str, instance: Path) -> str:
    """The URL that SQLAlchemy takes: psycopg 3 for PostgreSQL, an SQLite file in `instance` by default."""
    if not url:
        return f"sqlite:///{(instance / 'annotator.sqlite3').resolve()}"
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise Refused(f"The database must be sqlite:///… or postgresql://…, not {url.split(':', maxsplit=1)[0]}:…",
                      where="ANNOTATOR_DATABASE_URL")  # fmt: skip
    return url


def _parse(variable: str, kind: str, text: str) -> object:
    if kind == "int":
        if not text.strip().isdecimal() or len(text) > 15:
            raise Refused(f"It must be a whole number, 0 or more, not {text!r}.", where=variable)
        return int(text)
    if kind.startswith("tuple"):
        return tuple(part.strip().lower() for part in text.split(",") if part.strip())
    return text


def _kept_secret(instance: Path) -> str:
    """The key in the instance folder, made if missing; linked into place whole, so that no one reads half."""
    path = instance / "secret_key"
    try:
        if not path.exists():
            _make_secret(path)
        kept = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"The secret key cannot be read or made: {error}.", where=str(path)) from error
    if len(kept) < 32:
        raise Refused("The secret key is too short; delete the file to have a new one made.", where=str(path))
    return kept


def _make_secret(path: Path) -> None:
    handle, fresh = tempfile.mkstemp(prefix=".secret_key-", dir=path.parent)  # which only its owner may read
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(fresh)
    Path(fresh).unlink()
