"""All tables, once. No methods: what happens to them is in `applying`, what is read in the other modules.

People and projects are known by their names, which never change, so a name is the key. Times are
ISO 8601 text in UTC (see `ids.now`), JSON is text, and offsets are code points.
"""

from __future__ import annotations

from typing import cast

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, MetaData, Table, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=CONVENTION)


class User(Base):
    """`folded` is the name case-folded: two names that differ in case only cannot both exist."""

    __tablename__ = "users"
    name: Mapped[str] = mapped_column(primary_key=True)
    folded: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    admin: Mapped[bool] = mapped_column(default=False)
    disabled_at: Mapped[str | None]
    created_at: Mapped[str]


class Token(Base):
    __tablename__ = "tokens"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(ForeignKey("users.name"), index=True)
    hash: Mapped[str | None] = mapped_column(unique=True)
    scope: Mapped[str]
    created_at: Mapped[str]
    expires_at: Mapped[str | None]
    revoked_at: Mapped[str | None]
    __table_args__ = (CheckConstraint("scope IN ('read', 'write')", name="scope"),)


class Project(Base):
    """`scheme` is JSON; `scheme_version` counts its changes. `auto_agreed`: agreed groups need no decision.

    `auto_decide` is the rule as `settling.read_rule` reads it, `auto_agreed` whether it is any but never.
    `reasons` is a JSON list of words to choose from, `spot_check` a share in percent.
    """

    __tablename__ = "projects"
    slug: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    reviews: Mapped[int]
    auto_agreed: Mapped[bool] = mapped_column(default=True)
    own_adjudication: Mapped[bool] = mapped_column(default=False)
    hide_names: Mapped[bool] = mapped_column(default=False)
    scheme: Mapped[str]
    scheme_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[str]
    auto_decide: Mapped[str] = mapped_column(server_default="agreed")
    reasons: Mapped[str] = mapped_column(server_default="[]")
    spot_check: Mapped[int] = mapped_column(server_default="0")
    __table_args__ = (CheckConstraint("reviews BETWEEN 1 AND 20", name="reviews"),)


class Member(Base):
    __tablename__ = "members"
    project: Mapped[str] = mapped_column(ForeignKey("projects.slug"), primary_key=True)
    name: Mapped[str] = mapped_column(ForeignKey("users.name"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    __table_args__ = (
        CheckConstraint("role IN ('reviewer', 'adjudicator', 'manager')", name="role"),
        Index("ix_members_name", "name"),
    )


class Article(Base):
    """Everything about an article but its text, so that lists and boards never read texts.

    `excerpt` is the text's first words, to call an article by that has no title. `rank` is minus the
    priority, so that one index has the order; `share` and `shuffle` are those of `core.assign`.
    """

    __tablename__ = "articles"
    id: Mapped[str] = mapped_column(primary_key=True)
    project: Mapped[str] = mapped_column(ForeignKey("projects.slug"))
    position: Mapped[int]
    key: Mapped[str | None]
    title: Mapped[str | None]
    url: Mapped[str | None]
    source: Mapped[str | None]
    author: Mapped[str | None]
    published: Mapped[str | None]
    language: Mapped[str | None]
    excerpt: Mapped[str]
    length: Mapped[int]
    text_sha256: Mapped[str]
    source_sha256: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    stale: Mapped[bool] = mapped_column(default=False)
    closed_by: Mapped[str | None] = mapped_column(ForeignKey("users.name"))
    closed_at: Mapped[str | None]
    loaded_at: Mapped[str]
    batch: Mapped[str | None]
    rank: Mapped[int] = mapped_column(default=0)
    share: Mapped[int]
    shuffle: Mapped[int]
    needed: Mapped[int | None]
    purpose: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed', 'reopened')", name="state"),
        CheckConstraint("length > 0", name="length"),
        CheckConstraint("purpose IN ('training', 'check')", name="purpose"),
        UniqueConstraint("project", "position"),
        UniqueConstraint("project", "key"),
        Index("ix_articles_project_text", "project", "text_sha256"),
        Index("ix_articles_by_age", "project", "state", "batch", "position"),
        Index("ix_articles_by_rank", "project", "state", "batch", "rank", "position"),
        Index("ix_articles_by_shuffle", "project", "state", "batch", "shuffle", "position"),
        Index("ix_articles_project_purpose", "project", "purpose"),
    )


class ArticleText(Base):
    """`blocks` is JSON: a list of [start, end, kind, level], with true behind for furniture.

    `meta` is the loader's other fields, as JSON.
    """

    __tablename__ = "article_texts"
    article: Mapped[str] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    blocks: Mapped[str]
    meta: Mapped[str | None]
    text: Mapped[str]


# Words of SQL, not values: an index of some rows is used where a query says the very same.
NOT_SUBMITTED = "reviews.state <> 'submitted'"
_NOT_SUBMITTED = text("state <> 'submitted'")


class Review(Base):
    """`purpose` is set for a review of an article with gold that is there to be measured against it."""

    __tablename__ = "reviews"
    id: Mapped[str] = mapped_column(primary_key=True)
    article: Mapped[str] = mapped_column(ForeignKey("articles.id"))
    reviewer: Mapped[str] = mapped_column(ForeignKey("users.name"))
    state: Mapped[str]
    scheme_version: Mapped[int]
    assigned_at: Mapped[str]
    begun_at: Mapped[str | None]
    submitted_at: Mapped[str | None]
    purpose: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("state IN ('assigned', 'in_progress', 'submitted', 'lapsed', 'withdrawn')", name="state"),
        CheckConstraint("purpose IN ('training', 'check')", name="purpose"),
        UniqueConstraint("article", "reviewer"),
        Index("ix_reviews_reviewer_state", "reviewer", "state"),
        Index("ix_reviews_article_state", "article", "state", "reviewer", "submitted_at"),
        Index("ix_reviews_open", "assigned_at", "id", sqlite_where=_NOT_SUBMITTED, postgresql_where=_NOT_SUBMITTED),
    )


class Span(Base):
    """`start_at` and `end_at` are code points; the plain names are words of SQL."""

    __tablename__ = "spans"
    id: Mapped[str] = mapped_column(primary_key=True)
    review: Mapped[str] = mapped_column(ForeignKey("reviews.id"))
    start_at: Mapped[int]
    end_at: Mapped[int]
    label: Mapped[str]
    note: Mapped[str]
    attributes: Mapped[str]
    version: Mapped[int]
    changed_at: Mapped[str]
    __table_args__ = (
        CheckConstraint("start_at >= 0 AND end_at > start_at", name="extent"),
        UniqueConstraint("review", "start_at", "end_at", "label"),
    )


class Relation(Base):
    __tablename__ = "relations"
    id: Mapped[str] = mapped_column(primary_key=True)
    review: Mapped[str] = mapped_column(ForeignKey("reviews.id"))
    type: Mapped[str]
    source: Mapped[str] = mapped_column(ForeignKey("spans.id"), index=True)
    target: Mapped[str] = mapped_column(ForeignKey("spans.id"), index=True)
    __table_args__ = (
        CheckConstraint("source <> target", name="ends"),
        UniqueConstraint("review", "type", "source", "target"),
    )


class Suggestion(Base):
    """A span that came with a file and that no reviewer is named for."""

    __tablename__ = "suggestions"
    id: Mapped[str] = mapped_column(primary_key=True)
    article: Mapped[str] = mapped_column(ForeignKey("articles.id"))
    start_at: Mapped[int]
    end_at: Mapped[int]
    label: Mapped[str]
    note: Mapped[str]
    attributes: Mapped[str]
    __table_args__ = (
        CheckConstraint("start_at >= 0 AND end_at > start_at", name="extent"),
        UniqueConstraint("article", "start_at", "end_at", "label"),
    )


class Decision(Base):
    """What was decided on one group of an article.

    `variants`, `spans`, `attributes` and `was` are JSON lists, as in `decisions.Decision`.
    """

    __tablename__ = "decisions"
    article: Mapped[str] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    group_id: Mapped[str] = mapped_column(primary_key=True)
    action: Mapped[str]
    variants: Mapped[str]
    spans: Mapped[str]
    reason: Mapped[str]
    decided_by: Mapped[str] = mapped_column(ForeignKey("users.name"))
    decided_at: Mapped[str]
    attributes: Mapped[str] = mapped_column(server_default="[]")
    was: Mapped[str] = mapped_column(server_default="[]")
    __table_args__ = (CheckConstraint("action IN ('accept', 'edit', 'reject', 'add')", name="action"),)


class LinkDecision(Base):
    """What was decided on a relation of the gold to be; `source` and `target` are JSON: start, end, label."""

    __tablename__ = "link_decisions"
    article: Mapped[str] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    source: Mapped[str]
    target: Mapped[str]
    accepted: Mapped[bool]
    reason: Mapped[str]
    decided_by: Mapped[str] = mapped_column(ForeignKey("users.name"))
    decided_at: Mapped[str]


class Question(Base):
    """What an adjudicator asks reviewers whose review was re-opened for it, perhaps about one group."""

    __tablename__ = "questions"
    id: Mapped[str] = mapped_column(primary_key=True)
    article: Mapped[str] = mapped_column(ForeignKey("articles.id"), index=True)
    group_id: Mapped[str | None]
    text: Mapped[str]
    asked_by: Mapped[str] = mapped_column(ForeignKey("users.name"))
    asked_at: Mapped[str]


class Asked(Base):
    """Whom a question went to, and what they answered. `spans` is a JSON list of ids of their own in the group."""

    __tablename__ = "asked"
    question: Mapped[str] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    name: Mapped[str] = mapped_column(ForeignKey("users.name"), primary_key=True)
    spans: Mapped[str]
    answer: Mapped[str | None]
    answered_at: Mapped[str | None]


class GuidelineNote(Base):
    """What a group taught about the guideline of a label (empty: about all of it)."""

    __tablename__ = "guideline_notes"
    id: Mapped[str] = mapped_column(primary_key=True)
    article: Mapped[str] = mapped_column(ForeignKey("articles.id"), index=True)
    group_id: Mapped[str]
    label: Mapped[str]
    text: Mapped[str]
    noted_by: Mapped[str] = mapped_column(ForeignKey("users.name"))
    noted_at: Mapped[str]


class SpotCheck(Base):
    """An article with one review that an adjudicator looked through."""

    __tablename__ = "spot_checks"
    article: Mapped[str] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    name: Mapped[str] = mapped_column(ForeignKey("users.name"), primary_key=True)
    at: Mapped[str]


class GoldSpan(Base):
    __tablename__ = "gold_spans"
    id: Mapped[str] = mapped_column(primary_key=True)
    article: Mapped[str] = mapped_column(ForeignKey("articles.id"))
    start_at: Mapped[int]
    end_at: Mapped[int]
    label: Mapped[str]
    note: Mapped[str]
    attributes: Mapped[str]
    decided_by: Mapped[str] = mapped_column(ForeignKey("users.name"))
    decided_at: Mapped[str]
    __table_args__ = (
        CheckConstraint("start_at >= 0 AND end_at > start_at", name="extent"),
        UniqueConstraint("article", "start_at", "end_at", "label"),
    )


class GoldOrigin(Base):
    """The review spans a gold span came from, in order. No foreign key: a span may go, its gold stays."""

    __tablename__ = "gold_origins"
    gold: Mapped[str] = mapped_column(ForeignKey("gold_spans.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    span: Mapped[str]


class GoldRelation(Base):
    __tablename__ = "gold_relations"
    id: Mapped[str] = mapped_column(primary_key=True)
    article: Mapped[str] = mapped_column(ForeignKey("articles.id"), index=True)
    type: Mapped[str]
    source: Mapped[str] = mapped_column(ForeignKey("gold_spans.id"), index=True)
    target: Mapped[str] = mapped_column(ForeignKey("gold_spans.id"), index=True)
    __table_args__ = (UniqueConstraint("type", "source", "target"),)


class Served(Base):
    """Who was once served others' spans, or the gold, of an article; the log has when."""

    __tablename__ = "served"
    article: Mapped[str] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    name: Mapped[str] = mapped_column(ForeignKey("users.name"), primary_key=True)


class LogEntry(Base):
    """The audit log. `data` is canonical JSON; `review` is an index for undo and is not part of the entry."""

    __tablename__ = "events"
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str]
    actor: Mapped[str]
    action: Mapped[str]
    project: Mapped[str | None]
    article: Mapped[str | None]
    review: Mapped[str | None]
    data: Mapped[str]
    prev: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)
    __table_args__ = (
        Index("ix_events_review_seq", "review", "seq"),
        Index("ix_events_project_seq", "project", "seq"),
        Index("ix_events_actor_seq", "actor", "seq"),
        Index("ix_events_article_seq", "article", "seq"),
    )


class SchemeVersion(Base):
    """Every scheme that a project has had, as JSON: a review stays readable by the one it was made under."""

    __tablename__ = "scheme_versions"
    project: Mapped[str] = mapped_column(ForeignKey("projects.slug"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    scheme: Mapped[str]
    created_at: Mapped[str]
    made_by: Mapped[str]


class Invitation(Base):
    """A link that gives whoever opens it a role in a project, `uses` times; `hash` is of the key in it."""

    __tablename__ = "invitations"
    id: Mapped[str] = mapped_column(primary_key=True)
    project: Mapped[str] = mapped_column(ForeignKey("projects.slug"), index=True)
    role: Mapped[str]
    hash: Mapped[str | None] = mapped_column(unique=True)
    uses: Mapped[int]
    used: Mapped[int] = mapped_column(default=0)
    made_by: Mapped[str]
    created_at: Mapped[str]
    expires_at: Mapped[str]
    revoked_at: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("role IN ('reviewer', 'adjudicator', 'manager')", name="role"),
        CheckConstraint("used BETWEEN 0 AND uses", name="used"),
    )


class Furniture(Base):
    """A block that a reviewer marked as no part of the article (menus, forms): greyed for that reviewer alone.

    Or as a part of it again, where the block itself is furniture by the file it came from.
    """

    __tablename__ = "furniture"
    review: Mapped[str] = mapped_column(ForeignKey("reviews.id"), primary_key=True)
    block: Mapped[int] = mapped_column(primary_key=True)


class Skip(Base):
    """An article that a person would rather not review, and why; it comes to them last."""

    __tablename__ = "skips"
    article: Mapped[str] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    name: Mapped[str] = mapped_column(ForeignKey("users.name"), primary_key=True)
    reason: Mapped[str]
    at: Mapped[str]


class Flag(Base):
    """A problem with an article, told to the managers."""

    __tablename__ = "flags"
    id: Mapped[str] = mapped_column(primary_key=True)
    article: Mapped[str] = mapped_column(ForeignKey("articles.id"), index=True)
    name: Mapped[str] = mapped_column(ForeignKey("users.name"))
    text: Mapped[str]
    at: Mapped[str]
    resolved_at: Mapped[str | None]


class Assignment(Base):
    """How a project gives its articles out: `core.assign.Rules` as JSON. No row: as the rules are by default."""

    __tablename__ = "assignments"
    project: Mapped[str] = mapped_column(ForeignKey("projects.slug"), primary_key=True)
    rules: Mapped[str]


class Batch(Base):
    """A named group of articles; `place` is its turn, `reviews` the number its articles need, None the project's."""

    __tablename__ = "batches"
    project: Mapped[str] = mapped_column(ForeignKey("projects.slug"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int]
    paused: Mapped[bool]
    reviews: Mapped[int | None]


class Export(Base):
    """An export that was made; `seq` is its entry in the log. `filters` is JSON by the parameters' names.

    `open`: the work on articles that were not closed was in it. `bytes` is None where the file holds other projects
    too. No foreign key to people: the command line is none of them.
    """

    __tablename__ = "exports"
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    project: Mapped[str] = mapped_column(ForeignKey("projects.slug"))
    format: Mapped[str]
    layer: Mapped[str]
    filters: Mapped[str]
    split: Mapped[str | None]
    open: Mapped[bool]
    articles: Mapped[int]
    spans: Mapped[int]
    bytes: Mapped[int | None] = mapped_column(BigInteger)
    made_by: Mapped[str]
    made_at: Mapped[str]
    __table_args__ = (Index("ix_exports_project_seq", "project", "seq"),)


class Tally(Base):
    """A count of what boards show (see `store.tallies`); it follows from the other tables and is not replayed."""

    __tablename__ = "tallies"
    project: Mapped[str] = mapped_column(ForeignKey("projects.slug"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]


# Not part of the log: what comes and goes with sign-ins and with the network.


class Session(Base):
    """A signed-in browser; `hash` is of the id in its cookie."""

    __tablename__ = "sessions"
    hash: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(ForeignKey("users.name"), index=True)
    created_at: Mapped[str]
    expires_at: Mapped[str]


class SetupKey(Base):
    """The key in the one-time link for the first account; at most one row."""

    __tablename__ = "setup_keys"
    hash: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[str]


class SigninFailure(Base):
    __tablename__ = "signin_failures"
    id: Mapped[int] = mapped_column(primary_key=True)
    folded: Mapped[str]
    address: Mapped[str]
    at: Mapped[str]
    __table_args__ = (
        Index("ix_signin_failures_folded_at", "folded", "at"),
        Index("ix_signin_failures_address_at", "address", "at"),
    )


class IdempotencyKey(Base):
    """A client's key for a write and what came of it, so that sending it again does nothing twice."""

    __tablename__ = "idempotency_keys"
    name: Mapped[str] = mapped_column(ForeignKey("users.name"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    span: Mapped[str]
    at: Mapped[str]
    article: Mapped[str]


class Place(Base):
    """Where a person was in an article and when last, and how long they have been at it; idle time is left out."""

    __tablename__ = "places"
    article: Mapped[str] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    name: Mapped[str] = mapped_column(ForeignKey("users.name"), primary_key=True)
    offset: Mapped[int]
    seconds: Mapped[int]
    at: Mapped[str | None]


class CaseOpening(Base):
    """When an adjudicator last had the case of an article before them."""

    __tablename__ = "case_openings"
    article: Mapped[str] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    name: Mapped[str] = mapped_column(ForeignKey("users.name"), primary_key=True)
    seen_at: Mapped[str]


def table(model: type[Base]) -> Table:
    """The table of a model, for statements of SQLAlchemy Core."""
    return cast("Table", model.__table__)


REPLAYED = tuple(
    table(model)
    for model in (
        User, Token, Project, Member, Article, ArticleText, Review, Span, Relation, Suggestion, Decision,
        GoldSpan, GoldOrigin, GoldRelation, Served, SchemeVersion, Furniture, Skip, Flag, LinkDecision, Question,
        Asked, GuidelineNote, SpotCheck,
        Assignment, Batch, Invitation, Export,
    )
)  # fmt: skip
SECRET_COLUMNS = frozenset({table(User).c.password_hash, table(Token).c.hash, table(Invitation).c.hash})
