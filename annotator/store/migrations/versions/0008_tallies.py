"""What boards count, kept"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

ARTICLES = """
INSERT INTO tallies (project, kind, name, value, day, number)
SELECT project, 'article', state, value, '', count(*) FROM (
    SELECT a.project, a.state, count(r.id) || ' ' || coalesce(sum(CASE WHEN r.state = 'submitted' THEN 1 ELSE 0 END), 0)
        || ' ' || coalesce(a.needed, 0) || ' ' || (a.share / 100) AS value
    FROM articles a LEFT JOIN reviews r ON r.article = a.id AND r.purpose IS NULL
        AND r.state IN ('assigned', 'in_progress', 'submitted')
    GROUP BY a.id, a.project, a.state, a.needed, a.share
) AS counted GROUP BY project, state, value
"""
REVIEWS = """
INSERT INTO tallies (project, kind, name, value, day, number)
SELECT project, 'review', reviewer, state, day, count(*) FROM (
    SELECT a.project, r.reviewer, r.state,
        CASE WHEN r.state = 'submitted' THEN coalesce(substr(r.submitted_at, 1, 10), '') ELSE '' END AS day
    FROM reviews r JOIN articles a ON a.id = r.article
) AS counted GROUP BY project, reviewer, state, day
"""
GOLD = """
INSERT INTO tallies (project, kind, name, value, day, number)
SELECT a.project, 'gold', g.label, '', '', count(*) FROM gold_spans g JOIN articles a ON a.id = g.article
WHERE a.state = 'closed' GROUP BY a.project, g.label
"""


def upgrade() -> None:
    op.create_table(
        "tallies",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["project"], ["projects.slug"], name=op.f("fk_tallies_project")),
        sa.PrimaryKeyConstraint("project", "kind", "name", "value", "day", name=op.f("pk_tallies")),
    )
    for filling in (ARTICLES, REVIEWS, GOLD):
        op.execute(filling)
