import hashlib
import io

import pytest
from hypothesis import given

from annotator.errors import Refused
from annotator.formats import txt
from annotator.formats.options import Options
from strategies import hostile_text


def read(data, name="news/a.txt", **options):
    [article] = txt.read(io.BytesIO(data), name, Options(**options))
    return article


def test_file_is_the_article():
    data = "\ufeffOne 😀\r\ntwo\r\n".encode()
    article = read(data, key="a.txt")
    assert (article.where, article.key, article.text) == ("news/a.txt", "a.txt", "One 😀\ntwo\n")
    assert article.source_sha256 == hashlib.sha256(data).hexdigest()
    assert (article.title, article.project, article.spans, article.replaced) == (None, None, [], 0)


def test_without_a_key_it_has_none():
    assert read(b"a").key is None


def test_encoding_and_controls_are_as_the_options_say():
    article = read(b"Z\xfcrich\x01", encoding="latin-1", replace_controls=True)
    assert (article.text, article.replaced) == ("Zürich ", 1)


@pytest.mark.parametrize("data, place", [
    (b"ab\xff", "byte 2"), ("\ufeff😀\x00".encode(), "code point 1"), (b"", "code point 0"), (b" \n", "code point 0"),
])  # fmt: skip
def test_what_cannot_be_taken_is_refused_with_its_place(data, place):
    with pytest.raises(Refused) as caught:
        read(data)
    assert caught.value.where == f"news/a.txt: {place}"


@given(hostile_text())
def test_any_text_comes_as_it_is(text):
    assert read(text.encode()).text == text
