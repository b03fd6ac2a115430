"""Who made each version of a scheme; invitations"""

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
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=True),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("expires_at", sa.String(), nullable=False),
        sa.Column("revoked_at", sa.String(), nullable=True),
        sa.CheckConstraint("role IN ('reviewer', 'adjudicator', 'manager')", name=op.f("ck_invitations_role")),
        sa.CheckConstraint("used BETWEEN 0 AND uses", name=op.f("ck_invitations_used")),
        sa.ForeignKeyConstraint(["project"], ["projects.slug"], name=op.f("fk_invitations_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("hash", name=op.f("uq_invitations_hash")),
    )
    with op.batch_alter_table("invitations") as batch_op:
        batch_op.create_index(batch_op.f("ix_invitations_project"), ["project"], unique=False)
