"""Who made each version of a scheme"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("scheme_versions") as batch_op:
        batch_op.add_column(sa.Column("made_by", sa.String(), nullable=True))
    op.execute(
        "UPDATE scheme_versions SET made_by = coalesce((SELECT events.actor FROM events "
        "WHERE events.project = scheme_versions.project AND events.at = scheme_versions.created_at "
        "AND events.action IN ('project.added', 'scheme.changed') ORDER BY events.seq LIMIT 1), '')"
    )
    with op.batch_alter_table("scheme_versions") as batch_op:
        batch_op.alter_column("made_by", existing_type=sa.String(), nullable=False)
