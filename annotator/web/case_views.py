"""What the adjudication page and those about it show, as plain data (see `views`)."""

from __future__ import annotations

from dataclasses import dataclass, field

from annotator.web.views import BlockView, LabelView


@dataclass(frozen=True, slots=True)
class ValueView:
    """A value that an attribute could take: who has it, and whether it goes to the gold as things stand."""

    value: str
    who: str
    taken: bool


@dataclass(frozen=True, slots=True)
class ValuesView:
    """An attribute of a gold span to be. `field` names it in the form; `number` type is for numbers.

    `open`: the reviewers differ and nobody chose, so it is left out.
    """

    field: str
    title: str
    type: str
    values: list[ValueView]
    open: bool


@dataclass(frozen=True, slots=True)
class VariantView:
    """`parts` are (text, differs): the letters that not every variant of the group has are marked.

    `who` are the columns' names (A, B or reviewers'). `taken`: part of the decision in force. `past`: it was
    gold when the article was closed last; one that no reviewer has now has no `key` and cannot be taken.
    """

    index: int
    key: str
    start: int
    end: int
    label: str
    parts: list[tuple[str, bool]]
    who: str
    taken: bool
    past: bool = False


@dataclass(frozen=True, slots=True)
class AnswerView:
    """A question on a group or the article, with who was asked (a column) and what they answered, if anything."""

    text: str
    by: str
    who: str
    answer: str


@dataclass(frozen=True, slots=True)
class GroupView:
    """One card. `decision` in words (accepted 1 and 2, edited, rejected, added, accepted by rule), or empty.

    `act` is the decision's action, `edits` are the edited spans as (start, end, label, text), `spans` the same
    as JSON for the form. `start` is where the text is scrolled to. `before` says what was decided before on
    these words, where that can be decided again; `version` stands for the state that the card shows.
    """

    id: str
    number: int
    kind: str
    who: str
    start: int
    end: int
    variants: list[VariantView]
    decision: str
    act: str
    by_rule: bool
    by: str
    reason: str
    edits: list[tuple[int, int, str, str]]
    spans: str
    version: str
    values: list[ValuesView]
    before: str
    questions: list[AnswerView]


@dataclass(frozen=True, slots=True)
class LinkView:
    """A relation between two spans of the gold to be; `ends` are the groups (ids) that they stand in."""

    id: str
    type: str
    source_label: str
    source: str
    target_label: str
    target: str
    who: str
    able: str
    accepted: bool
    decision: str
    decided: bool
    by: str
    reason: str
    ends: str
    version: str


@dataclass(frozen=True, slots=True)
class LeftView:
    """A decision on words that no reviewer has now: what it was, and the spans it made as (label, text)."""

    id: str
    decision: str
    by: str
    reason: str
    spans: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A reviewer's column of bars beside the text; `title` is empty where names are hidden."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Adjudication:
    """templates/adjudication/page.html.

    `ends` are the spans of the gold so far as (value for a form, label, words), to link; `bulk` is
    (k, groups that it would decide); `company` says in words who else is here and what they did;
    `agreement` is how far the reviewers agree in words; `single`: one review, so a spot check, `checked` by whom.
    """

    project: str
    project_title: str
    id: str
    title: str
    byline: str
    language: str
    direction: str
    state: str
    stale: bool
    columns: list[ColumnView]
    blocks: list[BlockView]
    tail: str
    groups: list[GroupView]
    labels: list[LabelView]
    decided: int
    total: int
    links: list[LinkView]
    left: list[LeftView]
    relations: list[str]
    ends: list[tuple[str, str, str]]
    bulk: list[tuple[int, int]]
    undo: bool
    redo: bool
    reasons: tuple[str, ...]
    questions: list[AnswerView]
    company: list[str]
    agreement: str
    single: bool
    past: bool
    message: str = ""
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class UnclearView:
    """A note, or a group decided as unclear. `group` is empty for who may not open it; `since`: clear since then."""

    article: str
    title: str
    group: str
    label: str
    text: str
    by: str
    at: str
    since: int | None


@dataclass(frozen=True, slots=True)
class GuidelinesPage:
    """templates/project/guidelines.html: what is to be cleared up (`open`), and what a newer scheme has (`done`)."""

    slug: str
    title: str
    may_manage: bool
    open_notes: list[UnclearView] = field(default_factory=list)
    open_groups: list[UnclearView] = field(default_factory=list)
    done: list[UnclearView] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SpotRow:
    """An article to look through: its state in words, and who did."""

    id: str
    title: str
    state: str
    checked_by: str


@dataclass(frozen=True, slots=True)
class SpotChecks:
    """templates/project/spot_checks.html. `percent` 0: the project has none."""

    slug: str
    title: str
    percent: int
    rows: list[SpotRow]
    done: int
