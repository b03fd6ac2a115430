"""The reviews that are not submitted, oldest first"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
OPEN = sa.text("state <> 'submitted'")


def upgrade() -> None:
    op.create_index("ix_reviews_open", "reviews", ["assigned_at", "id"], sqlite_where=OPEN, postgresql_where=OPEN)
