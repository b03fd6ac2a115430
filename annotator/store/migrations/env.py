"""Alembic's entry: runs the revisions on the connection that `Database.migrate` hands over."""

from __future__ import annotations

from alembic import context

from annotator.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
