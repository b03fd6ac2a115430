"""Adjudication: rules, attributes, relations, questions, notes on the guidelines, spot checks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("projects", schema=None) as batch_op:
        batch_op.add_column(sa.Column("auto_decide", sa.String(), nullable=False, server_default="agreed"))
        batch_op.add_column(sa.Column("reasons", sa.String(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("spot_check", sa.Integer(), nullable=False, server_default="0"))
    op.execute(sa.text("UPDATE projects SET auto_decide = 'never' WHERE NOT auto_agreed"))
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("attributes", sa.String(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("was", sa.String(), nullable=False, server_default="[]"))
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index("ix_events_article_seq", ["article", "seq"], unique=False)
    op.create_table(
        "link_decisions",
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_link_decisions_article")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.name"], name=op.f("fk_link_decisions_decided_by")),
        sa.PrimaryKeyConstraint("article", "id", name=op.f("pk_link_decisions")),
    )
    _questions()
    op.create_table(
        "guideline_notes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("group_id", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("noted_by", sa.String(), nullable=False),
        sa.Column("noted_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_guideline_notes_article")),
        sa.ForeignKeyConstraint(["noted_by"], ["users.name"], name=op.f("fk_guideline_notes_noted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guideline_notes")),
    )
    with op.batch_alter_table("guideline_notes", schema=None) as batch_op:
        batch_op.create_index("ix_guideline_notes_article", ["article"], unique=False)
    for name, at in (("spot_checks", "at"), ("case_openings", "seen_at")):
        op.create_table(
            name,
            sa.Column("article", sa.String(), nullable=False),
            sa.Column("name", sa.String(), nullable=False),
            sa.Column(at, sa.String(), nullable=False),
            sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f(f"fk_{name}_article")),
            sa.ForeignKeyConstraint(["name"], ["users.name"], name=op.f(f"fk_{name}_name")),
            sa.PrimaryKeyConstraint("article", "name", name=op.f(f"pk_{name}")),
        )


def _questions() -> None:
    op.create_table(
        "questions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("group_id", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_questions_article")),
        sa.ForeignKeyConstraint(["asked_by"], ["users.name"], name=op.f("fk_questions_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
    )
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.create_index("ix_questions_article", ["article"], unique=False)
    op.create_table(
        "asked",
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("spans", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["question"], ["questions.id"], name=op.f("fk_asked_question")),
        sa.ForeignKeyConstraint(["name"], ["users.name"], name=op.f("fk_asked_name")),
        sa.PrimaryKeyConstraint("question", "name", name=op.f("pk_asked")),
    )
