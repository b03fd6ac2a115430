"""Many rows into one table."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Dialect, Insert

_compiled: dict[tuple[int, str], tuple[str, list[str] | None]] = {}


def insert_many(connection: Connection, statement: Insert, rows: list[dict[str, Any]]) -> None:
    """As `execute`, for rows that all have the same columns, every value as the driver takes it.

    The rows go to the driver as they are: for a load, SQLAlchemy's own work on each is longer than the insert.
    `statement` must live as long as the program.
    """
    key = (id(statement), connection.dialect.name)
    if key not in _compiled:
        _compiled[key] = _compile(statement, connection.dialect, list(rows[0]))
    sql, order = _compiled[key]
    if order is None:
        connection.exec_driver_sql(sql, rows)
    else:
        connection.exec_driver_sql(sql, [tuple(map(row.__getitem__, order)) for row in rows])


def _compile(statement: Insert, dialect: Dialect, columns: list[str]) -> tuple[str, list[str] | None]:
    """The SQL, and the order of its parameters, None where they go by name."""
    compiled: Any = statement.compile(dialect=dialect, column_keys=columns)
    return str(compiled), compiled.positiontup
