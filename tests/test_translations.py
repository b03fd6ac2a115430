"""The catalogues of the interface say all that templates, routes and refusals say, and nothing else."""

import gettext
import io
import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import annotator
import catalogues

CATALOGUES = Path(annotator.__file__).parent / "translations"
LANGUAGES = sorted(folder.name for folder in CATALOGUES.iterdir() if folder.is_dir())
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def catalogue(path, language=None):
    with path.open("rb") as file:
        return read_po(file, locale=language)


def words(catalogue):
    """Message → translation, without the header."""
    return {message.id: message.string for message in catalogue if message.id}


def compiled(file):
    return {message: text for message, text in gettext.GNUTranslations(file)._catalog.items() if message}


@pytest.fixture(scope="module")
def messages():
    return set(catalogues.messages())


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


@pytest.fixture
def po(language):
    return catalogue(CATALOGUES / language / "LC_MESSAGES" / "annotator.po", language)


def test_german_is_there():
    assert "de" in LANGUAGES


def test_the_template_of_catalogues_has_every_message(messages):
    assert set(words(catalogue(CATALOGUES / "annotator.pot"))) == messages


def test_every_message_is_translated(po, messages):
    translated = {message for message, text in words(po).items() if text.strip()}
    assert sorted(messages - translated) == []
    assert [message.id for message in po if message.id and message.fuzzy] == []


def test_no_message_is_unused(po, messages):
    assert sorted(set(words(po)) - messages) == []
    assert list(po.obsolete) == []


def test_placeholders_are_those_of_the_message(po):
    for message, text in words(po).items():
        assert Counter(PLACEHOLDER.findall(text)) == Counter(PLACEHOLDER.findall(message)), message
        assert "%" not in PLACEHOLDER.sub("", text), f"{message}: a % that starts no placeholder"


def test_the_compiled_catalogue_is_that_of_the_source(po, language):
    made = io.BytesIO()
    write_mo(made, po)
    made.seek(0)
    with (CATALOGUES / language / "LC_MESSAGES" / "annotator.mo").open("rb") as kept:
        assert compiled(kept) == compiled(made)


def test_a_page_is_german_for_who_chose_german(client):
    client.set_cookie("language", "de")
    page = client.get("/login").get_data(as_text=True)
    assert '<html lang="de"' in page
    assert "<h1>Anmelden</h1>" in page
    assert "Passwort" in page
    assert "Sign in" not in page


def test_a_page_is_german_for_a_browser_that_asks_for_it(client):
    page = client.get("/login", headers={"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}).get_data(as_text=True)
    assert "<h1>Anmelden</h1>" in page


def test_a_language_that_is_not_there_leaves_english(client):
    client.set_cookie("language", "../de")
    page = client.get("/login").get_data(as_text=True)
    assert '<html lang="en"' in page
    assert "<h1>Sign in</h1>" in page
