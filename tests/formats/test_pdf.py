import contextlib
import io
import json
import sys
from collections import Counter

import pytest

from annotator.errors import Refused
from annotator.formats import pdf
from annotator.formats.folder import read_all
from annotator.formats.options import Options

library = pytest.importorskip("pypdf")


def made(*pages, info=None, password=None):
    """A PDF with these lines on its pages, in a font that every reader has."""
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = library.PdfWriter()
    font = DictionaryObject({
        NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
        NameObject("/BaseFont"): NameObject("/Helvetica"), NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
    })  # fmt: skip
    for lines in pages:
        page = writer.add_blank_page(400, 400)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F"): font})}
        )
        stream = DecodedStreamObject()
        shown = b"".join(b"(%s) Tj T* " % line.encode("cp1252") for line in lines)
        stream.set_data(b"BT /F 12 Tf 14 TL 20 300 Td " + shown + b"ET")
        page[NameObject("/Contents")] = writer._add_object(stream)
    writer.add_metadata(info or {})
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    data = io.BytesIO()
    writer.write(data)
    return data.getvalue()


def read(data, **options):
    [article] = pdf.read(io.BytesIO(data), "a.pdf", Options(**options))
    return article


def test_pages_lines_and_hyphens_are_left_as_they_are():
    passed_over = Counter()
    info = {"/Title": "Army  denies", "/Author": "Ana Ruiz", "/Subject": "s"}
    article = read(
        made(["The army de-", "nied it in Zürich.  ", "7"], [], ["“Nobody”"], info=info),
        key="a.pdf", passed_over=passed_over,
    )  # fmt: skip
    assert article.text == "The army de-\nnied it in Zürich.\n7\n\n“Nobody”"
    assert (article.title, article.author, article.key, article.blocks) == ("Army denies", "Ana Ruiz", "a.pdf", None)
    assert json.loads(article.meta)["subject"] == "s"
    assert passed_over == {"pages without text": 1}


@pytest.mark.parametrize("data, why", [
    (made([], []), "no text layer"), (b"", "Not a PDF"), (b"%PDF-1.7 nonsense", "Not a PDF"),
    (made(["x"], password="p"), "encrypted"),
])  # fmt: skip
def test_what_has_no_text_is_refused_by_name(data, why):
    with pytest.raises(Refused, match=why) as caught:
        read(data)
    assert caught.value.where == "a.pdf"


def test_too_many_pages_are_refused(monkeypatch):
    monkeypatch.setattr(pdf, "MAX_PAGES", 2)
    with pytest.raises(Refused, match="3 pages; 2 at most"):
        read(made(["a"], ["b"], ["c"]))


def test_damaged_bytes_are_refused_or_read_but_never_more():
    good = made(["The army denied it."])
    for at in range(0, len(good), 23):
        with contextlib.suppress(Refused):
            read(good[:at] + bytes((good[at] ^ 0x55,)) + good[at + 1 :])


def test_a_file_is_known_by_its_name(tmp_path):
    (tmp_path / "a.pdf").write_bytes(made(["x"]))
    assert [article.text for article in read_all([str(tmp_path)])] == ["x"]


def test_without_the_extra_it_says_which(monkeypatch):
    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(Refused, match=r'pip install "newsroom-annotator\[office\]"'):
        read(b"")
