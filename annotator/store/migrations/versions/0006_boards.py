"""What boards count reviews by"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.batch_alter_table("reviews") as batch_op:
        batch_op.create_index(
            "ix_reviews_article_state", ["article", "state", "reviewer", "submitted_at"], unique=False
        )
