"""The workspace: furniture, skips, flags, places, versions of schemes"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "scheme_versions",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["project"], ["projects.slug"], name=op.f("fk_scheme_versions_project")),
        sa.PrimaryKeyConstraint("project", "version", name=op.f("pk_scheme_versions")),
    )
    op.create_table(
        "flags",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("resolved_at", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_flags_article")),
        sa.ForeignKeyConstraint(["name"], ["users.name"], name=op.f("fk_flags_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flags")),
    )
    with op.batch_alter_table("flags", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flags_article"), ["article"], unique=False)

    op.create_table(
        "places",
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("offset", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_places_article")),
        sa.ForeignKeyConstraint(["name"], ["users.name"], name=op.f("fk_places_name")),
        sa.PrimaryKeyConstraint("article", "name", name=op.f("pk_places")),
    )
    op.create_table(
        "skips",
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_skips_article")),
        sa.ForeignKeyConstraint(["name"], ["users.name"], name=op.f("fk_skips_name")),
        sa.PrimaryKeyConstraint("article", "name", name=op.f("pk_skips")),
    )
    op.create_table(
        "furniture",
        sa.Column("review", sa.String(), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["review"], ["reviews.id"], name=op.f("fk_furniture_review")),
        sa.PrimaryKeyConstraint("review", "block", name=op.f("pk_furniture")),
    )
    # Keys live as long as a client may send a write again; none is worth a guess at its article.
    op.execute("DELETE FROM idempotency_keys")
    with op.batch_alter_table("idempotency_keys", recreate="always") as batch_op:
        batch_op.add_column(sa.Column("article", sa.String(), nullable=False))
    op.execute(
        "INSERT INTO scheme_versions (project, version, scheme, created_at) "
        "SELECT slug, scheme_version, scheme, created_at FROM projects"
    )
