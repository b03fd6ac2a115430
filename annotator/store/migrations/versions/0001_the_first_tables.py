"""The first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("project", sa.String(), nullable=True),
        sa.Column("article", sa.String(), nullable=True),
        sa.Column("review", sa.String(), nullable=True),
        sa.Column("data", sa.String(), nullable=False),
        sa.Column("prev", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_events")),
        sa.UniqueConstraint("hash", name=op.f("uq_events_hash")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index("ix_events_actor_seq", ["actor", "seq"], unique=False)
        batch_op.create_index("ix_events_project_seq", ["project", "seq"], unique=False)
        batch_op.create_index("ix_events_review_seq", ["review", "seq"], unique=False)

    op.create_table(
        "projects",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("reviews", sa.Integer(), nullable=False),
        sa.Column("auto_agreed", sa.Boolean(), nullable=False),
        sa.Column("own_adjudication", sa.Boolean(), nullable=False),
        sa.Column("hide_names", sa.Boolean(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("scheme_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.CheckConstraint("reviews BETWEEN 1 AND 20", name=op.f("ck_projects_reviews")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_projects")),
    )
    op.create_table(
        "setup_keys",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_setup_keys")),
    )
    op.create_table(
        "signin_failures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signin_failures")),
    )
    with op.batch_alter_table("signin_failures", schema=None) as batch_op:
        batch_op.create_index("ix_signin_failures_address_at", ["address", "at"], unique=False)
        batch_op.create_index("ix_signin_failures_folded_at", ["folded", "at"], unique=False)

    op.create_table(
        "users",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("admin", sa.Boolean(), nullable=False),
        sa.Column("disabled_at", sa.String(), nullable=True),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_users")),
        sa.UniqueConstraint("folded", name=op.f("uq_users_folded")),
    )
    op.create_table(
        "articles",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("author", sa.String(), nullable=True),
        sa.Column("published", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("excerpt", sa.String(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("text_sha256", sa.String(), nullable=False),
        sa.Column("source_sha256", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.Column("closed_at", sa.String(), nullable=True),
        sa.Column("loaded_at", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed', 'reopened')", name=op.f("ck_articles_state")),
        sa.CheckConstraint("length > 0", name=op.f("ck_articles_length")),
        sa.ForeignKeyConstraint(["closed_by"], ["users.name"], name=op.f("fk_articles_closed_by")),
        sa.ForeignKeyConstraint(["project"], ["projects.slug"], name=op.f("fk_articles_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("project", "key", name=op.f("uq_articles_project_key")),
        sa.UniqueConstraint("project", "position", name=op.f("uq_articles_project_position")),
    )
    with op.batch_alter_table("articles", schema=None) as batch_op:
        batch_op.create_index("ix_articles_project_state", ["project", "state"], unique=False)
        batch_op.create_index("ix_articles_project_text", ["project", "text_sha256"], unique=False)

    op.create_table(
        "idempotency_keys",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("span", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["name"], ["users.name"], name=op.f("fk_idempotency_keys_name")),
        sa.PrimaryKeyConstraint("name", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_table(
        "members",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.CheckConstraint("role IN ('reviewer', 'adjudicator', 'manager')", name=op.f("ck_members_role")),
        sa.ForeignKeyConstraint(["name"], ["users.name"], name=op.f("fk_members_name")),
        sa.ForeignKeyConstraint(["project"], ["projects.slug"], name=op.f("fk_members_project")),
        sa.PrimaryKeyConstraint("project", "name", "role", name=op.f("pk_members")),
    )
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.create_index("ix_members_name", ["name"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("expires_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["name"], ["users.name"], name=op.f("fk_sessions_name")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_name"), ["name"], unique=False)

    op.create_table(
        "tokens",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=True),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("expires_at", sa.String(), nullable=True),
        sa.Column("revoked_at", sa.String(), nullable=True),
        sa.CheckConstraint("scope IN ('read', 'write')", name=op.f("ck_tokens_scope")),
        sa.ForeignKeyConstraint(["name"], ["users.name"], name=op.f("fk_tokens_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("hash", name=op.f("uq_tokens_hash")),
    )
    with op.batch_alter_table("tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tokens_name"), ["name"], unique=False)

    op.create_table(
        "article_texts",
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("blocks", sa.String(), nullable=False),
        sa.Column("meta", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_article_texts_article")),
        sa.PrimaryKeyConstraint("article", name=op.f("pk_article_texts")),
    )
    op.create_table(
        "decisions",
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("group_id", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("variants", sa.String(), nullable=False),
        sa.Column("spans", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.String(), nullable=False),
        sa.CheckConstraint("action IN ('accept', 'edit', 'reject', 'add')", name=op.f("ck_decisions_action")),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_decisions_article")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.name"], name=op.f("fk_decisions_decided_by")),
        sa.PrimaryKeyConstraint("article", "group_id", name=op.f("pk_decisions")),
    )
    op.create_table(
        "gold_spans",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("start_at", sa.Integer(), nullable=False),
        sa.Column("end_at", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("attributes", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.String(), nullable=False),
        sa.CheckConstraint("start_at >= 0 AND end_at > start_at", name=op.f("ck_gold_spans_extent")),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_gold_spans_article")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.name"], name=op.f("fk_gold_spans_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gold_spans")),
        sa.UniqueConstraint(
            "article", "start_at", "end_at", "label", name=op.f("uq_gold_spans_article_start_at_end_at_label")
        ),
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("scheme_version", sa.Integer(), nullable=False),
        sa.Column("assigned_at", sa.String(), nullable=False),
        sa.Column("begun_at", sa.String(), nullable=True),
        sa.Column("submitted_at", sa.String(), nullable=True),
        sa.CheckConstraint("state IN ('assigned', 'in_progress', 'submitted')", name=op.f("ck_reviews_state")),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_reviews_article")),
        sa.ForeignKeyConstraint(["reviewer"], ["users.name"], name=op.f("fk_reviews_reviewer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("article", "reviewer", name=op.f("uq_reviews_article_reviewer")),
    )
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.create_index("ix_reviews_reviewer_state", ["reviewer", "state"], unique=False)

    op.create_table(
        "served",
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_served_article")),
        sa.ForeignKeyConstraint(["name"], ["users.name"], name=op.f("fk_served_name")),
        sa.PrimaryKeyConstraint("article", "name", name=op.f("pk_served")),
    )
    op.create_table(
        "suggestions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("start_at", sa.Integer(), nullable=False),
        sa.Column("end_at", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("attributes", sa.String(), nullable=False),
        sa.CheckConstraint("start_at >= 0 AND end_at > start_at", name=op.f("ck_suggestions_extent")),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_suggestions_article")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestions")),
        sa.UniqueConstraint(
            "article", "start_at", "end_at", "label", name=op.f("uq_suggestions_article_start_at_end_at_label")
        ),
    )
    op.create_table(
        "gold_origins",
        sa.Column("gold", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("span", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["gold"], ["gold_spans.id"], name=op.f("fk_gold_origins_gold")),
        sa.PrimaryKeyConstraint("gold", "place", name=op.f("pk_gold_origins")),
    )
    op.create_table(
        "gold_relations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_gold_relations_article")),
        sa.ForeignKeyConstraint(["source"], ["gold_spans.id"], name=op.f("fk_gold_relations_source")),
        sa.ForeignKeyConstraint(["target"], ["gold_spans.id"], name=op.f("fk_gold_relations_target")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gold_relations")),
        sa.UniqueConstraint("type", "source", "target", name=op.f("uq_gold_relations_type_source_target")),
    )
    with op.batch_alter_table("gold_relations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gold_relations_article"), ["article"], unique=False)
        batch_op.create_index(batch_op.f("ix_gold_relations_source"), ["source"], unique=False)
        batch_op.create_index(batch_op.f("ix_gold_relations_target"), ["target"], unique=False)

    op.create_table(
        "spans",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("review", sa.String(), nullable=False),
        sa.Column("start_at", sa.Integer(), nullable=False),
        sa.Column("end_at", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("attributes", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.String(), nullable=False),
        sa.CheckConstraint("start_at >= 0 AND end_at > start_at", name=op.f("ck_spans_extent")),
        sa.ForeignKeyConstraint(["review"], ["reviews.id"], name=op.f("fk_spans_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spans")),
        sa.UniqueConstraint(
            "review", "start_at", "end_at", "label", name=op.f("uq_spans_review_start_at_end_at_label")
        ),
    )
    op.create_table(
        "relations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("review", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.CheckConstraint("source <> target", name=op.f("ck_relations_ends")),
        sa.ForeignKeyConstraint(["review"], ["reviews.id"], name=op.f("fk_relations_review")),
        sa.ForeignKeyConstraint(["source"], ["spans.id"], name=op.f("fk_relations_source")),
        sa.ForeignKeyConstraint(["target"], ["spans.id"], name=op.f("fk_relations_target")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relations")),
        sa.UniqueConstraint("review", "type", "source", "target", name=op.f("uq_relations_review_type_source_target")),
    )
    with op.batch_alter_table("relations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_relations_source"), ["source"], unique=False)
        batch_op.create_index(batch_op.f("ix_relations_target"), ["target"], unique=False)
