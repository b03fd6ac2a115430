"""What the pages show, as plain data: templates compute nothing, and nothing else reaches them.

Every class is one template's `page`. Texts of spans are cut here, on the server, and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from annotator.store.invitations import Invitation


@dataclass(frozen=True, slots=True)
class PieceView:
    """A run of one block's text under the same spans: plain text when `ids` is empty.

    `ids` and `labels` are joined by spaces, outermost first, for `data-spans` and `data-labels`.
    `classes` has `on`, one `u<lane>-<label>` a span (its underline on that lane, 0 nearest the text; lanes
    from 5 on share lane 5), and `tint-<label>` of the innermost. `title` names the labels for a tooltip.
    """

    text: str
    ids: str = ""
    labels: str = ""
    classes: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class BlockView:
    """A block (`kind`: heading, paragraph, list_item, quotation) and `gap`, the text that stands before it.

    `tight`: only one line feed stands before it although the article parts its paragraphs by empty lines.
    `furniture`: no part of the article, by the viewer's mark or by its file.
    """

    index: int
    start: int
    end: int
    kind: str
    level: int
    gap: str
    tight: bool
    pieces: list[PieceView]
    furniture: bool = False


@dataclass(frozen=True, slots=True)
class AttributeView:
    """A field of the span editor; `labels` has it (joined by spaces), `choices` is empty but for a choice."""

    name: str
    type: str
    required: bool
    choices: tuple[str, ...]
    labels: str


@dataclass(frozen=True, slots=True)
class RelationView:
    """A relation that begins at a span: its id and type, and the span at the other end with its words."""

    id: str
    type: str
    target: str
    target_label: str
    target_text: str


@dataclass(frozen=True, slots=True)
class SpanView:
    """One item of the list of spans. `after` is the id of the item before it, empty for the first.

    `values` is JSON, field of the editor → text, of those that are not empty; "" when all are.
    """

    id: str
    start: int
    end: int
    label: str
    label_title: str
    text: str
    note: str
    version: int
    values: str
    relations: list[RelationView]
    after: str


@dataclass(frozen=True, slots=True)
class LabelView:
    """A label with its number of spans. `guide` is its help as clean HTML, `help` as it was written."""

    name: str
    title: str
    key: str
    help: str
    guide: Markup
    line: str
    count: int
    retired: bool = False


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One of my articles. `state` in words; `minutes` of work on it, idle time left out."""

    id: str
    title: str
    state: str
    spans: int
    current: bool
    minutes: int
    submitted: bool


@dataclass(frozen=True, slots=True)
class OpenView:
    """Something a span still lacks, with the span's label and first words. `why` is in words."""

    span: str
    label: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question that an adjudicator asks me: my spans that it is about as (id, label, words), and what I answered."""

    id: str
    by: str
    text: str
    spans: list[tuple[str, str, str]]
    answer: str


@dataclass(frozen=True, slots=True)
class Workspace:
    """templates/article/page.html. `locked` says in words why nothing can be tagged here, or is empty.

    `tail` is the text behind the last block. `undo` and `redo`: whether there is a step to take back or
    to do again. `direction` is `ltr`, `rtl` or `auto`. `people` are names to complete a
    speaker from, `chosen` the span that the address names, `place` the offset to scroll to, `guidelines` HTML.
    `training` is `open` or `done` (submitted) for training, else empty.
    """

    project: str
    project_title: str
    id: str
    title: str
    byline: str
    url: str | None
    language: str
    direction: str
    state: str
    locked: str
    may_submit: bool
    may_reopen: bool
    blocks: list[BlockView]
    tail: str
    spans: list[SpanView]
    labels: list[LabelView]
    attributes: list[AttributeView]
    relations: list[dict[str, Any]]
    queue: list[QueueItem]
    done: int
    total: int
    undo: bool
    redo: bool
    open_items: list[OpenView]
    people: list[str]
    chosen: str
    place: int
    newer_scheme: bool
    guidelines: Markup
    training: str
    questions: list[QuestionView] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Changes:
    """templates/article/_changes.html: what one step changed, each part swapped by its id (out of band).

    `removed` are ids of list items to delete; `items` are to be inserted behind `after` (or replaced in
    place when `moved` is false for them); `message` goes to #status. `current` is this article's item in the
    queue, with its new number of spans, None without a review of it; `queue` is the whole of it when this step
    took the article up, else empty.
    """

    id: str
    blocks: list[BlockView]
    removed: list[str]
    inserted: list[SpanView]
    replaced: list[SpanView]
    labels: list[LabelView]
    count: int
    undo: bool
    redo: bool
    message: str
    chosen: str
    open_items: list[OpenView]
    current: QueueItem | None
    queue: list[QueueItem]
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ProjectCard:
    """A project on the start page, with what there is to do in it for the viewer."""

    slug: str
    title: str
    roles: str
    articles: int
    mine_open: int
    mine_done: int
    to_adjudicate: int
    may_review: bool
    may_adjudicate: bool


@dataclass(frozen=True, slots=True)
class Home:
    """templates/home.html."""

    projects: list[ProjectCard]
    admin: bool


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """`state` is my own review's in words; `progress` like "1 of 2 submitted", for those who may see it."""

    id: str
    title: str
    source: str
    length: int
    state: str
    progress: str
    may_adjudicate: bool
    closed: bool


@dataclass(frozen=True, slots=True)
class FlagView:
    """A problem that someone told of, with the article's title."""

    id: str
    article: str
    title: str
    name: str
    text: str
    at: str


@dataclass(frozen=True, slots=True)
class Board:
    """templates/project/board.html and articles.html. `sees_progress`: of all reviewers, not only their own."""

    slug: str
    title: str
    roles: str
    rows: list[ArticleRow]
    sees_progress: bool
    ready: list[ArticleRow]
    ready_in_all: int
    may_export: bool
    may_manage: bool
    may_review: bool
    flags: list[FlagView]
    next_page: int | None = None
    search: str = ""
    spot_checks: bool = False


@dataclass(frozen=True, slots=True)
class MemberRow:
    name: str
    roles: list[str]


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """templates/project/settings.html."""

    slug: str
    title: str
    reviews: int
    auto_agreed: bool
    own_adjudication: bool
    hide_names: bool
    labels: list[LabelView]
    members: int
    message: str = ""
    auto_decide: str = "agreed"
    reasons: tuple[str, ...] = ()
    spot_check: int = 0


@dataclass(frozen=True, slots=True)
class MembersPage:
    """templates/project/members.html. `people` are all accounts, for admins; `link` of a new invitation, shown once."""

    slug: str
    title: str
    members: list[MemberRow]
    people: list[str]
    invitations: list[Invitation]
    link: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    name: str
    admin: bool
    disabled: bool
    can_sign_in: bool
    roles: list[str]


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """templates/account/people.html."""

    people: list[PersonRow]
    projects: list[str]
    message: str = ""


@dataclass(frozen=True, slots=True)
class AccountPage:
    """templates/account/account.html."""

    name: str
    roles: list[tuple[str, str]]
    theme: str
    lines: bool
    message: str = ""
