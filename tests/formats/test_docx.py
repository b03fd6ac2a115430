import contextlib
import io
import json
import zipfile
from collections import Counter

import docx as library
import pytest
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from hypothesis import given, settings

from annotator.core.text import accept_text
from annotator.errors import Refused
from annotator.formats import docx
from annotator.formats.folder import read_all
from annotator.formats.options import Options
from strategies import hostile_text

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def saved(document):
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def read(data, **options):
    [article] = docx.read(io.BytesIO(data), "a.docx", Options(**options))
    return article


def changed(data, **parts):
    """The document with other parts: by their file's stem, in `word`; None takes one out."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            stem = member.filename.rpartition("/")[2].partition(".")[0] if member.filename.endswith(".xml") else ""
            part = parts.pop(stem, old.read(member)) if stem != "rels" else old.read(member)
            if part is not None:
                new.writestr(member.filename, part)
    return stream.getvalue()


def with_body(inside, **parts):
    """A document whose body is this XML."""
    return changed(
        saved(library.Document()), document=f"<w:document {W}><w:body>{inside}</w:body></w:document>", **parts
    )


def p(*runs, properties=""):
    inside = "".join(
        run if run.startswith("<") else f'<w:r><w:t xml:space="preserve">{run}</w:t></w:r>' for run in runs
    )
    return f"<w:p><w:pPr>{properties}</w:pPr>{inside}</w:p>"


def test_a_document_of_word_is_read_by_block():
    document = library.Document()
    document.add_heading("Army denies it", 0)
    document.add_heading("Part", 2)
    paragraph = document.add_paragraph("The army ")
    paragraph.add_run("denied").bold = True
    paragraph.add_run(" it.\t53  ").add_break(WD_BREAK.LINE)
    paragraph.add_run("Zürich 👩‍🚒")
    document.add_paragraph("one", style="List Bullet")
    document.add_paragraph("two", style="List Number")
    document.add_paragraph("")
    document.add_paragraph("It leaks.", style="Quote")
    document.add_heading("Deep", 5)
    table = document.add_table(2, 2)
    for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"cell {number}"
    document.core_properties.author = "Ana Ruiz"
    document.core_properties.title = "Not this"
    document.core_properties.language = "en-GB"
    article = read(saved(document), key="a.docx")
    assert article.text == (
        "Army denies it\n\nPart\n\nThe army denied it.\t53  \nZürich 👩‍🚒\n\none\ntwo\n\nIt leaks.\n\nDeep\n\n"
        "cell 0\tcell 1\ncell 2\tcell 3"
    )
    assert [(it.kind, it.level) for it in article.blocks] == [
        ("heading", 1), ("heading", 2), ("paragraph", 0), ("paragraph", 0), ("list_item", 0), ("list_item", 0),
        ("quotation", 0), ("heading", 3), ("paragraph", 0), ("paragraph", 0),
    ]  # fmt: skip
    assert (article.title, article.author, article.language) == ("Army denies it", "Ana Ruiz", "en-GB")
    assert (article.key, "created" in json.loads(article.meta)) == ("a.docx", True)


@settings(deadline=None, max_examples=25)
@given(hostile_text(line_ends=("\n", "<b>", "&amp;", "]]>")))
def test_the_text_of_a_paragraph_is_as_it_was(text):
    document = library.Document()
    document.add_paragraph(text)
    assert read(saved(document)).text == accept_text(text).text


def test_the_title_is_told_by_style_then_heading_then_document():
    document = library.Document()
    document.core_properties.title = "Of the document"
    document.add_paragraph("x")
    assert read(saved(document)).title == "Of the document"
    document.add_heading("First", 1)
    assert read(saved(document)).title == "First"


# -- tracked changes and what is left out


def test_inserted_text_is_kept_and_deleted_text_counted():
    passed_over = Counter()
    article = read(
        with_body(
            p("a ", "<w:ins><w:r><w:t>new</w:t></w:r></w:ins>", "<w:del><w:r><w:delText>old!</w:delText></w:r></w:del>",
              "<w:moveTo><w:r><w:t> here</w:t></w:r></w:moveTo>", "<w:moveFrom><w:r><w:t>there</w:t></w:r></w:moveFrom>")
            + p("goes ", properties="<w:rPr><w:del/></w:rPr>") + p("on") + p("<w:ins><w:r><w:t>last</w:t></w:r></w:ins>")
            + "<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p><w:r><w:t>gone</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
        ),
        passed_over=passed_over,
    )  # fmt: skip
    assert article.text == "a new here\n\ngoes on\n\nlast"
    assert passed_over == {
        "characters deleted in tracked changes": 8, "characters moved away in tracked changes": 5,
        "ends of paragraphs that were deleted": 1,
    }  # fmt: skip


def test_what_is_no_text_of_the_article_is_left_out_and_counted():
    box = "<w:drawing><w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent></w:drawing>"
    passed_over = Counter()
    document = library.Document()
    document.sections[0].header.paragraphs[0].text = "Header"
    document.add_paragraph("a").add_run("b").font.hidden = True
    body = document.element.body
    body.append(parse_xml(f"""<w:p {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">
      <w:r><mc:AlternateContent><mc:Choice Requires="wps">{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>
      <w:r><w:fldChar w:fldCharType="begin"/><w:instrText>PAGE</w:instrText></w:r><w:r><w:sym w:font="Wingdings" w:char="F04A"/></w:r>
      <w:r><w:commentReference w:id="1"/></w:r><w:hyperlink><w:r><w:t>link</w:t></w:r></w:hyperlink>
      <w:r><w:t>x</w:t><w:noBreakHyphen/><w:t>y</w:t><w:softHyphen/></w:r></w:p>"""))  # fmt: skip
    article = read(saved(document), passed_over=passed_over)
    assert article.text == "a\n\nlinkx\u2011y\u00ad"
    assert passed_over == {
        "headers and footers": 1, "runs of hidden text": 1, "text boxes": 1, "symbols of a font of their own": 1,
        "comments": 1,
    }  # fmt: skip


def test_footnotes_stand_behind_the_text_in_order():
    document = with_body(
        p("a", '<w:r><w:footnoteReference w:id="3"/></w:r>', " b", '<w:r><w:footnoteReference w:id="2"/></w:r>')
        + f"<w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent>{p('held')}</w:sdtContent></w:sdt>"
    )
    notes = "".join(
        f'<w:footnote w:id="{id_}"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t xml:space="preserve"> {text}</w:t></w:r></w:p></w:footnote>'
        for id_, text in (("1", "not named"), ("2", "second"), ("3", "first"))
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as old, zipfile.ZipFile(stream, "w") as new:
        for member in old.infolist():
            data = old.read(member)
            if member.filename == "word/_rels/document.xml.rels":
                kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
                more = f'<Relationship Id="f" Type="{kind}" Target="footnotes.xml"/></Relationships>'
                data = data.replace(b"</Relationships>", more.encode())
            new.writestr(member.filename, data)
        new.writestr("word/footnotes.xml", f"<w:footnotes {W}>{notes}</w:footnotes>")
    assert read(stream.getvalue()).text == "a b\n\nheld\n\nfirst\n\nsecond"


def test_styles_and_outline_levels_tell_headings():
    styles = f"""<w:styles {W}><w:style w:styleId="a"><w:name w:val="heading 1"/><w:basedOn w:val="b"/></w:style>
    <w:style w:styleId="b"><w:name w:val="Own"/><w:basedOn w:val="a"/></w:style>
    <w:style w:styleId="c"><w:name w:val="Loop"/><w:basedOn w:val="c"/></w:style></w:styles>"""
    body = "".join(
        p(text, properties=properties)
        for text, properties in (
            ("one", '<w:pStyle w:val="b"/>'), ("two", '<w:outlineLvl w:val="1"/>'), ("three", '<w:pStyle w:val="c"/>'),
            ("four", '<w:pStyle w:val="a"/><w:outlineLvl w:val="9"/>'), ("five", '<w:pStyle w:val="none"/>'),
        )
    )  # fmt: skip
    kinds = [(it.kind, it.level) for it in read(with_body(body, styles=styles)).blocks]
    assert kinds == [("heading", 1), ("heading", 2), ("paragraph", 0), ("paragraph", 0), ("paragraph", 0)]


# -- hostile


def test_what_is_no_document_is_refused():
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("a.txt", "x")
    for data in (b"", b"nonsense", plain.getvalue(), changed(saved(library.Document()), document=None)):
        with pytest.raises(Refused, match="Not a Word document") as caught:
            read(data)
        assert caught.value.where.startswith("a.docx")


def test_a_document_without_text_is_refused():
    with pytest.raises(Refused, match="white space"):
        read(saved(library.Document()))


def test_bombs_and_entities_are_refused():
    good = saved(library.Document())
    bomb = changed(good, document=b"<a>" + b" " * 50_000_000 + b"</a>")
    assert len(bomb) < 200_000
    with pytest.raises(Refused, match="not safe"):
        read(bomb)
    with pytest.raises(Refused, match="declares") as caught:
        read(changed(good, document=f'<!DOCTYPE a [<!ENTITY x "y">]><w:document {W}>&x;</w:document>'))
    assert caught.value.where == "a.docx/word/document.xml:1"
    with pytest.raises(Refused, match="deep"):
        read(with_body("<w:sdt>" * 300 + "</w:sdt>" * 300))
    slip = io.BytesIO(good)
    with zipfile.ZipFile(slip, "a") as archive:
        archive.writestr("../out", "x")
    with pytest.raises(Refused, match="leads out"):
        read(slip.getvalue())


def test_damaged_bytes_are_refused_or_read_but_never_more():
    document = library.Document()
    document.add_paragraph("The army denied it.")
    good = saved(document)
    for at in range(0, len(good), 97):
        with contextlib.suppress(Refused):
            read(good[:at] + bytes((good[at] ^ 0x55,)) + good[at + 1 :])


def test_a_file_is_known_by_its_name(tmp_path):
    document = library.Document()
    document.add_paragraph("x")
    (tmp_path / "a.docx").write_bytes(saved(document))
    assert [article.text for article in read_all([str(tmp_path)])] == ["x"]
