"""The page of a project's scheme: rows, saving, files, versions; and the workspace of an older version."""

import io
import re

import msgspec
import pytest
from werkzeug.datastructures import MultiDict

from annotator.actions import projects
from annotator.core.scheme import DEFAULT_SCHEME, PAGE_KEYS, Label, read_scheme
from annotator.store import projects as store
from annotator.store.journal import COMMAND_LINE
from annotator.web.scheme_form import contrast, form_of, read_form, scheme_in
from factories import article_text

HERE = "/projects/desk/scheme"


def fields(browser, path=HERE, page=None):
    """What the form on the page would send, as a browser collects it."""
    html = page or browser.get(path).get_data(as_text=True)
    html = html[html.index('<form class="scheme"') : html.index("</form>", html.index('<form class="scheme"'))]
    sent = MultiDict()
    for tag in re.findall(r"<input [^>]*>", html):
        found = dict(re.findall(r'([a-z]+)="([^"]*)"', tag))
        if found.get("type") != "checkbox" or " checked" in tag:
            sent[found["name"]] = unescaped(found.get("value", ""))
    for name, body in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        sent[name] = re.search(r'value="([^"]*)" selected', body)[1]
    for name, body in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL):
        sent[name] = unescaped(body)
    return sent.to_dict()


def unescaped(text):
    import html

    return html.unescape(text)


def scheme(db, slug="desk"):
    with db.read() as connection:
        found = store.project(connection, slug)
    return found.scheme, found.scheme_version


@pytest.fixture
def browser(login_as):
    return login_as("max")


def post(browser, data, act="save", path=HERE):
    return browser.post(path, data=data | {"act": act}, headers=browser.headers)


def test_the_form_unchanged_is_the_scheme_it_shows(db, browser):
    assert post(browser, fields(browser)).status_code == 303
    assert scheme(db) == (DEFAULT_SCHEME, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"labels.0.title": "Behauptung", "labels.0.help": "One\n\n*two*"},
        {"labels.1.key": "d", "labels.1.line": "dotted", "labels.1.quotes": "drop"},
        {"labels.2.light": "#000000", "labels.2.dark": "#ffffff"},
        {"labels.3.attributes": "value, unit"},
        {"labels.3.retired": "on"},
        {"attributes.0.type": "choice", "attributes.0.choices": "he\nshe, who", "attributes.1.required": "on"},
        {"relations.0.from": "denial, claim"},
        {"guidelines": "# Read\n\nall of it"},
    ],
)
def test_each_field_is_saved_as_a_version(db, browser, change):
    sent = fields(browser) | change
    assert post(browser, sent).status_code == 303
    saved, version = scheme(db)
    assert version == 2
    assert saved != DEFAULT_SCHEME
    again = fields(browser)
    assert {name: again[name] for name in change} == change
    assert {name for name in again if again[name] != sent.get(name)} == {"version"}


def test_rows_come_go_and_move_without_being_saved(db, browser):
    sent = fields(browser)
    added = fields(browser, page=post(browser, sent, "add labels").get_data(as_text=True))
    assert added["labels.4.name"] == ""
    sent = fields(
        browser, page=post(browser, added | {"labels.4.name": "rumour"}, "up labels 4").get_data(as_text=True)
    )
    assert [sent[f"labels.{n}.name"] for n in range(5)] == ["claim", "denial", "quote", "rumour", "figure"]
    sent = fields(browser, page=post(browser, sent, "down labels 0").get_data(as_text=True))
    sent = fields(browser, page=post(browser, sent, "remove labels 4").get_data(as_text=True))
    assert scheme(db) == (DEFAULT_SCHEME, 1)
    assert post(browser, sent).status_code == 303
    assert [label.name for label in scheme(db)[0].labels] == ["denial", "claim", "quote", "rumour"]


def test_acts_that_cannot_be_are_refused(browser):
    for act in ("remove labels 9", "up labels 0", "down labels 3", "add", "add labels 1", "remove labels", "x"):
        assert post(browser, fields(browser), act).status_code == 422, act


@pytest.mark.parametrize(
    ("change", "field", "why"),
    [
        ({"labels.1.name": "Not a name"}, "labels-1-name", "Names are"),
        ({"labels.1.name": "claim"}, "labels-1-name", "Twice in the list: claim."),
        ({"labels.1.key": "1"}, "labels-1-key", "stands for two labels: claim, denial"),
        ({"labels.0.attributes": "mood"}, "labels-0-attributes", "not defined"),
        ({"labels.0.light": "red"}, "labels-0-color", "#rrggbb"),
        ({"attributes.1.type": "choice"}, "attributes-1-choices", "needs choices"),
        ({"attributes.2.name": "speaker"}, "attributes-2-name", "Twice in the list: speaker."),
        ({"relations.1.to": "nothing"}, "relations-1-to", "not there"),
        ({"relations.1.type": "denies"}, "relations-1-type", "Twice"),
        *(({"labels.0.key": key}, "labels-0-key", f"&#39;{key}&#39; is not free: the page has it") for key in "np?"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_saved(db, browser, change, field, why):
    answer = post(browser, fields(browser) | change)
    assert answer.status_code == 422
    beside = re.search(rf'id="e-{field}">([^<]*)<', answer.get_data(as_text=True))
    assert why in beside[1]
    assert scheme(db) == (DEFAULT_SCHEME, 1)
    assert fields(browser, page=answer.get_data(as_text=True)).items() >= change.items()


def test_every_key_of_the_page_is_refused():
    form = form_of(DEFAULT_SCHEME)
    for key in PAGE_KEYS:
        form.labels[0]["key"] = key
        form.errors.clear()
        assert scheme_in(form) is None
        assert repr(key) in form.errors["labels", 0, "key"]


def test_a_label_in_use_cannot_be_taken_away_or_renamed(db, browser, load):
    load({"text": article_text(), "spans": [{"start": 0, "end": 3, "label": "claim"}]})
    html = browser.get(HERE).get_data(as_text=True)
    assert 'value="remove labels 0"' not in html
    assert 'value="remove labels 1"' in html
    answer = post(browser, fields(browser) | {"labels.0.name": "assertion", "relations.0.to": "", "relations.1.to": ""})
    assert answer.status_code == 422
    assert "In use and so not to be taken away: claim." in answer.get_data(as_text=True)
    assert scheme(db)[1] == 1


def test_a_save_over_somebody_elses_is_told_first(db, browser, people):
    sent = fields(browser)
    projects.change_scheme(db, people.root, "desk", msgspec.structs.replace(DEFAULT_SCHEME, guidelines="theirs"))
    answer = post(browser, sent | {"guidelines": "mine"})
    assert answer.status_code == 422
    again = fields(browser, page=answer.get_data(as_text=True))
    assert again["guidelines"] == "mine"
    assert post(browser, again).status_code == 303
    assert scheme(db)[0].guidelines == "mine"


@pytest.mark.parametrize("form", ["toml", "json"])
def test_down_and_up_again(db, browser, form):
    answer = browser.get(f"{HERE}/download?format={form}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="desk-scheme-1.{form}"'
    assert read_scheme(answer.data, f"s.{form}") == DEFAULT_SCHEME
    sent = {"file": (io.BytesIO(answer.data.replace(b"Figure", b"Zahl")), f"s.{form}")}
    shown = browser.post(f"{HERE}/upload", data=sent, headers=browser.headers)
    assert scheme(db)[1] == 1
    assert post(browser, fields(browser, page=shown.get_data(as_text=True))).status_code == 303
    assert scheme(db)[0].labels[3].title == "Zahl"


def test_a_file_that_is_no_scheme_is_told_beside_the_field(browser):
    for name, data in (("s.toml", b"labels = ["), ("s.json", b'{"labels": []}'), ("s.txt", b"\xff"), ("", b"")):
        answer = browser.post(f"{HERE}/upload", data={"file": (io.BytesIO(data), name)}, headers=browser.headers)
        assert answer.status_code == 422
        assert 'id="e-file"' in answer.get_data(as_text=True)


def test_versions_with_who_and_what(db, browser, people):
    projects.change_scheme(db, people.root, "desk", msgspec.structs.replace(DEFAULT_SCHEME, guidelines="theirs"))
    post(browser, fields(browser) | {"guidelines": "mine"})
    html = browser.get(f"{HERE}/versions").get_data(as_text=True)
    assert re.findall(r"<td class=\"num\" [^>]*>(\d)</td><td>([^<]+)</td>", html) == [
        ("3", "max"),
        ("2", "root"),
        ("1", COMMAND_LINE),
    ]
    assert "<ins>guidelines = &#34;mine&#34;</ins>" in html
    assert "<del>guidelines = &#34;theirs&#34;</del>" in html
    html = browser.get(f"{HERE}/versions?from=1&to=2").get_data(as_text=True)
    assert "theirs" in html
    assert "mine" not in html
    assert "These two are the same" in browser.get(f"{HERE}/versions?from=2&to=2").get_data(as_text=True)
    for wrong in ("from=9", "to=0"):
        assert browser.get(f"{HERE}/versions?{wrong}").status_code == 404
    older = browser.get(f"{HERE}/download?version=2&format=json")
    assert read_scheme(older.data, "s.json").guidelines == "theirs"
    assert browser.get(f"{HERE}/download?version=9").status_code == 404
    assert browser.get(f"{HERE}/download?format=xml").status_code == 422


def test_the_workspace_shows_the_version_of_its_review(db, people, article, tag, login_as):
    tag(people.ana, "claim", "53 workers")
    labels = (
        *(msgspec.structs.replace(one, retired=one.name == "quote") for one in DEFAULT_SCHEME.labels),
        Label("new"),
    )
    changed = msgspec.structs.replace(DEFAULT_SCHEME, labels=labels, guidelines="Only now.")
    projects.change_scheme(db, people.max, "desk", changed)
    ana, ben = login_as("ana"), login_as("ben")
    path = f"/articles/{article}"

    def shown(browser):
        html = browser.get(path).get_data(as_text=True)
        return set(re.findall(r'data-label="(\w+)"', html)), "Only now." in html, f'action="{path}/scheme"' in html

    assert shown(ben) == ({"claim", "denial", "figure", "new"}, True, False)
    assert shown(ana) == ({"claim", "denial", "quote", "figure"}, False, True)
    assert ana.post(f"{path}/scheme", headers=ana.headers).status_code == 303
    assert shown(ana) == ({"claim", "denial", "figure", "new"}, True, False)


def test_a_form_of_too_many_rows_is_refused(browser):
    sent = {f"labels.{n}.name": f"l{n}" for n in range(201)}
    assert post(browser, sent).status_code == 422
    assert read_form({"labels.x.name": "a", "labels.1.nothing": "b", "others.1.name": "c"}).labels == []
    assert post(browser, fields(browser) | {"labels.0.line": "wavy"}).status_code == 422


def test_contrast_is_that_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#ffffff", "#ffffff") == 1
