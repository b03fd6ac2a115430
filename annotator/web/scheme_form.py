"""The form of a scheme: rows of plain text, to and from `core.scheme`, with what is wrong beside each field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

import msgspec

from annotator.core.scheme import Scheme, names_amiss, problems
from annotator.errors import Refused

Row = dict[str, str]
LISTS: Final = {
    "labels": ("name", "title", "key", "light", "dark", "line", "quotes", "help", "attributes", "retired"),
    "attributes": ("name", "type", "choices", "required"),
    "relations": ("type", "from", "to"),
}
CHOSEN: Final = {"line": "solid", "type": "text"}  # what a select stands at in a new row
PLAIN: Final = ("#1d4ed8", "#7aa2ff")  # the colours of a label that has none of its own
PAPERS: Final = ("#fbfaf7", "#16171a")
READABLE: Final = 4.5  # WCAG 2.2, 1.4.3
MOST_ROWS: Final = 200
_FIELD = re.compile(r"(labels|attributes|relations)\.(\d{1,3})\.([a-z]+)")


@dataclass
class Form:
    """What stands in the form. `errors` are by (list, row, field), of a whole list by (list, None, "")."""

    guidelines: str = ""
    labels: list[Row] = field(default_factory=list)
    attributes: list[Row] = field(default_factory=list)
    relations: list[Row] = field(default_factory=list)
    errors: dict[tuple[str, int | None, str], str] = field(default_factory=dict)

    def rows(self, name: str) -> list[Row]:
        """The rows of that list."""
        return cast("list[Row]", getattr(self, name))


def form_of(scheme: Scheme) -> Form:
    """The form filled in with a scheme."""
    labels = []
    for label in scheme.labels:
        light, _, dark = label.color.partition("/")
        labels.append({
            "name": label.name, "title": label.title, "key": label.key, "light": light or PLAIN[0],
            "dark": dark or light or PLAIN[1], "line": label.line, "quotes": label.quotes, "help": label.help,
            "attributes": ", ".join(label.attributes), "retired": "on" if label.retired else "",
        })  # fmt: skip
    attributes = [
        {"name": name, "type": rule.type, "choices": "\n".join(rule.choices), "required": "on" if rule.required else ""}
        for name, rule in scheme.attributes.items()
    ]
    relations = [
        {"type": one.type, "from": ", ".join(one.from_), "to": ", ".join(one.to)} for one in scheme.relations
    ]  # fmt: skip
    return Form(scheme.guidelines, labels, attributes, relations)


def read_form(sent: Mapping[str, str]) -> Form:
    """The form as it was sent; raises Refused for more rows than anyone means."""
    found: dict[str, dict[int, Row]] = {name: {} for name in LISTS}
    for key, value in sent.items():
        match = _FIELD.fullmatch(key)
        if match and match[3] in LISTS[match[1]]:
            found[match[1]].setdefault(int(match[2]), {})[match[3]] = value.replace("\r\n", "\n").strip()
    form = Form(sent.get("guidelines", "").replace("\r\n", "\n").strip())
    for name, rows in found.items():
        if len(rows) > MOST_ROWS:
            raise Refused(f"A scheme has {MOST_ROWS} {name} at most.", where=name)
        form.rows(name).extend({**_new(name), **rows[number]} for number in sorted(rows))
    return form


def _new(name: str) -> Row:
    row = {one: CHOSEN.get(one, "") for one in LISTS[name]}
    return row | {"light": PLAIN[0], "dark": PLAIN[1]} if name == "labels" else row


def act(form: Form, words: str) -> None:
    """Does to the rows what a button says: `add labels`, `remove labels 2`, `up labels 2`, `down labels 2`.

    Raises Refused for anything else, and for a row that is not there.
    """
    match = re.fullmatch(r"(?:(add)|(remove|up|down)) (labels|attributes|relations)(?: (\d{1,3}))?", words)
    if match is None or (match[1] is None) != (match[4] is not None):
        raise Refused(f"There is no act {words!r}.", where="act")
    rows = form.rows(match[3])
    if match[1]:
        rows.append(_new(match[3]))
        return
    at = int(match[4])
    to = {"remove": at, "up": at - 1, "down": at + 1}[match[2]]
    if not (0 <= at < len(rows) and 0 <= to < len(rows)):
        raise Refused(f"There is no such row to {match[2]}.", where="act")
    row = rows.pop(at)
    if match[2] != "remove":
        rows.insert(to, row)


def scheme_in(form: Form) -> Scheme | None:
    """The scheme that the form makes; None when something is wrong with it, which `errors` then say."""
    try:
        scheme = msgspec.convert(_values(form), Scheme)
    except msgspec.ValidationError as error:  # what only a forged form can hold
        raise Refused(str(error), where="scheme") from None
    names = [row["name"] for row in form.attributes]
    rows = [names.index(name) for name in scheme.attributes]
    for one in (*names_amiss("attributes", names), *problems(scheme)):
        mapped = one.where == "attributes" and one.field != "name" and one.row is not None
        row = rows[one.row or 0] if mapped else one.row
        form.errors.setdefault((one.where, row, one.field), one.why)
    return None if form.errors else scheme


def _values(form: Form) -> dict[str, Any]:
    return {
        "guidelines": form.guidelines,
        "labels": [
            {
                **{name: row[name] for name in ("name", "title", "key", "line", "quotes", "help")},
                "color": _color(row), "attributes": _names(row["attributes"]), "retired": bool(row["retired"]),
            }
            for row in form.labels
        ],
        "attributes": {
            row["name"]: {
                "type": row["type"], "required": bool(row["required"]),
                "choices": [line.strip() for line in row["choices"].split("\n") if line.strip()],
            }
            for row in form.attributes
        },
        "relations": [
            {"type": row["type"], "from": _names(row["from"]), "to": _names(row["to"])} for row in form.relations
        ],
    }  # fmt: skip


def _color(row: Row) -> str:
    pair = (row["light"], row["dark"])
    return "" if pair == PLAIN else "/".join(pair)


def _names(text: str) -> list[str]:
    return [name for name in re.split(r"[,\s]+", text) if name]


@dataclass(frozen=True, slots=True)
class Sample:
    """How a label will look on one paper; `contrast` is 1 to 21, of the label on the paper."""

    words: str
    paper: str
    color: str
    line: str
    contrast: float
    readable: bool


def samples(row: Row) -> list[Sample]:
    """The label on light and on dark paper; none where a colour is no colour."""
    words = row["title"] or row["name"] or "…"
    shown = words if len(words) <= 14 else words[:13] + "…"
    found = []
    for paper, color in zip(PAPERS, (row["light"], row["dark"]), strict=True):
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", color):
            return []
        ratio = contrast(color, paper)
        found.append(Sample(shown, paper, color, row["line"], round(ratio, 1), ratio >= READABLE))
    return found


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours #rrggbb (WCAG 2.2, definition of contrast ratio)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
