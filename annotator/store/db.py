"""The database: engine, transactions, migrations."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from annotator.errors import Busy, Refused

if TYPE_CHECKING:
    from alembic.config import Config

NEWEST = "0009"  # of migrations/versions; said here too, so that only a database to migrate loads Alembic
BUSY_SECONDS = 10
_LOCK = 0x616E6E6F  # any number, the same for all our writers on one PostgreSQL database

_SORTED_OTHERWISE = text(
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema() "
    "AND table_name <> 'alembic_version' AND data_type = 'character varying' AND collation_name IS DISTINCT FROM 'C'"
)


class Database:
    """One database and its connections. Every change happens inside `write()`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _engine(url)
        # SQLite's own waiting for the lock sleeps in steps; threads of one process queue better here.
        self._turn: AbstractContextManager[Any] = threading.Lock() if self.is_sqlite else nullcontext()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database from its first query to its last."""
        with _told_plainly(), self.engine.connect() as connection:
            if not self.is_sqlite:  # which by itself would let each query see what others wrote meanwhile
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that no other writer runs beside: what it checks still holds when it writes.

        Commits at the end, rolls back on any exception. Raises Busy when the database stays locked.
        """
        with _told_plainly(), self._turn, self.engine.connect() as plain:
            connection = plain.execution_options(writes=True)
            with connection.begin():
                if not self.is_sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
                yield connection

    def dispose(self) -> None:
        """Closes all connections."""
        self.engine.dispose()

    # -- migrations

    def revision(self) -> str | None:
        """The revision the database is at; None for an empty one."""
        with _told_plainly(), self.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            at: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            return at

    def newest(self) -> str:
        """The revision this version of the program needs."""
        return NEWEST

    def migrate(self) -> None:
        """Brings the database to the newest revision.

        Raises Refused when it is of a newer version than this program, or cannot be opened.
        """
        try:
            at = self.revision()
        except Refused as refused:
            refused.where = self.where
            raise
        if at == NEWEST:
            return
        from alembic import command
        from alembic.script import ScriptDirectory

        script = ScriptDirectory.from_config(self._alembic())
        if at is not None and at not in {revision.revision for revision in script.walk_revisions()}:
            raise Refused(
                f"The database is at revision {at}, which this version does not know: it was made by a newer "
                "one. Install that, or restore a backup.",
                where=self.where,
            )
        engine = _engine(self.url, foreign_keys=False)
        try:
            with _told_plainly(), engine.connect() as plain:
                connection = plain.execution_options(writes=True)
                with connection.begin():
                    config = self._alembic()
                    config.attributes["connection"] = connection
                    command.upgrade(config, "head")
                    self._check_foreign_keys(connection)
                    self._sort_by_code_points(connection)
        finally:
            engine.dispose()

    @property
    def where(self) -> str:
        """The database's address, for messages: no password."""
        return self.engine.url.render_as_string(hide_password=True)

    def _check_foreign_keys(self, connection: Connection) -> None:
        if self.is_sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise Refused(f"The migration would leave {len(broken)} rows without what they refer to.",
                              where=self.where)  # fmt: skip

    def _sort_by_code_points(self, connection: Connection) -> None:
        """Text of our tables sorts as in SQLite and Python, whatever the order that a PostgreSQL database has.

        Exports, agreement and the check of the log all depend on it. Only a migration makes columns, so it is done
        behind each.
        """
        if self.is_sqlite:
            return
        columns: dict[str, list[str]] = {}
        for name, column in connection.execute(_SORTED_OTHERWISE):
            columns.setdefault(name, []).append(f'ALTER COLUMN "{column}" TYPE varchar COLLATE "C"')
        for name, changes in columns.items():
            connection.execute(text(f'ALTER TABLE "{name}" {", ".join(changes)}'))

    def _alembic(self) -> Config:
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        return config


def _engine(url: str, *, foreign_keys: bool = True) -> Engine:
    if not url.startswith("sqlite"):
        return _postgres_engine(url)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _connect(dbapi_connection: Any, _record: Any) -> None:
        # SQLAlchemy begins and commits, the driver must not; FULL keeps an acknowledged save over a power cut.
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        cursor.execute("PRAGMA cache_size = -16000")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgres_engine(url: str) -> Engine:
    try:
        return create_engine(url, pool_pre_ping=True)
    except ModuleNotFoundError:
        why = "PostgreSQL needs one more package: pip install 'newsroom-annotator[postgres]'."
    except (ArgumentError, ValueError):
        why = "It is not of the form postgresql://NAME:PASSWORD@HOST:PORT/DATABASE."
    raise Refused(why, where="ANNOTATOR_DATABASE_URL")


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Turns what only the driver knows into words: locked, unreachable, not a database."""
    try:
        yield
    except OperationalError as error:
        words = " ".join(str(error.orig).split())
        if "locked" in words:
            raise Busy("The database is busy with another write; nothing was changed. Try again.") from error
        raise Refused(f"The database cannot be used: {words}.", where="database") from error
    except DBAPIError as error:
        if "not a database" in str(error.orig):
            raise Refused("The file is not an SQLite database.", where="database") from error
        if "malformed" in str(error.orig):
            raise Refused("The SQLite database is damaged; restore a backup.", where="database") from error
        raise
