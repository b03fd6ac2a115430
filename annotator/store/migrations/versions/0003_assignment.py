"""Assignment: rules, batches, priorities, numbers of reviews, reviews given back, gold put to use"""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

PURPOSE = "purpose IN ('training', 'check')"
STATES = "state IN ('assigned', 'in_progress', 'submitted', 'lapsed', 'withdrawn')"


def upgrade() -> None:
    op.create_table(
        "assignments",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["project"], ["projects.slug"], name=op.f("fk_assignments_project")),
        sa.PrimaryKeyConstraint("project", name=op.f("pk_assignments")),
    )
    op.create_table(
        "batches",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("reviews", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["project"], ["projects.slug"], name=op.f("fk_batches_project")),
        sa.PrimaryKeyConstraint("project", "name", name=op.f("pk_batches")),
    )
    op.add_column("places", sa.Column("at", sa.String(), nullable=True))
    for name, kind in (
        ("batch", sa.String()), ("rank", sa.Integer()), ("share", sa.Integer()), ("shuffle", sa.Integer()),
        ("needed", sa.Integer()), ("purpose", sa.String()),
    ):  # fmt: skip
        op.add_column("articles", sa.Column(name, kind, nullable=True))
    op.add_column("reviews", sa.Column("purpose", sa.String(), nullable=True))
    _draw()
    with op.batch_alter_table("articles") as articles:
        for name in ("rank", "share", "shuffle"):
            articles.alter_column(name, nullable=False)
        articles.create_check_constraint(op.f("ck_articles_purpose"), PURPOSE)
    with op.batch_alter_table("reviews") as reviews:
        reviews.drop_constraint(op.f("ck_reviews_state"), type_="check")
        reviews.create_check_constraint(op.f("ck_reviews_state"), STATES)
        reviews.create_check_constraint(op.f("ck_reviews_purpose"), PURPOSE)
    op.drop_index("ix_articles_project_state", "articles")
    op.create_index("ix_articles_by_age", "articles", ["project", "state", "batch", "position"])
    op.create_index("ix_articles_by_rank", "articles", ["project", "state", "batch", "rank", "position"])
    op.create_index("ix_articles_by_shuffle", "articles", ["project", "state", "batch", "shuffle", "position"])
    op.create_index("ix_articles_project_purpose", "articles", ["project", "purpose"])


def _draw() -> None:
    """What stands for each text in `core.assign`, as it is there at this revision."""
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, text_sha256 FROM articles")).all()
    change = sa.text("UPDATE articles SET rank = 0, share = :share, shuffle = :shuffle WHERE id = :id")
    found = [
        {"id": row.id, "share": _number(f"shared {row.text_sha256}", 10_000),
         "shuffle": _number(f"shuffled {row.text_sha256}", 2**28)}
        for row in rows
    ]  # fmt: skip
    if found:
        connection.execute(change, found)


def _number(text: str, size: int) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:15], 16) * size // 16**15
