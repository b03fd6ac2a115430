import io
import posixpath
from collections import Counter

import pytest
from hypothesis import given

from annotator.errors import Refused
from annotator.formats import brat
from annotator.formats.folder import read_all
from annotator.formats.options import Options
from formats.made import TEXT, line, links, relation, some_lines, span, with_notes


def files(*articles, lost=None):
    return {name: b"".join(pieces) for name, pieces in brat.write_parts(articles, lost)}


def read(text, ann, name="a.txt", **options):
    beside = {"a.ann": ann if isinstance(ann, bytes) else ann.encode()}.get
    text = text if isinstance(text, bytes) else text.encode()
    [article] = brat.read(io.BytesIO(text), name, Options(beside=beside, **options))
    return article


def fits(it):
    return "\n" not in (it.text[0], it.text[-1])


@given(some_lines())
def test_what_fits_comes_back_and_what_does_not_is_counted(articles):
    lost = Counter()
    written = files(*articles, lost=lost)
    texts = [name for name in written if name.endswith(".txt")]
    for name, article in zip(texts, articles, strict=True):
        beside = {posixpath.basename(it): data for it, data in written.items() if it == name[:-4] + ".ann"}.get
        [found] = brat.read(io.BytesIO(written[name]), name, Options(beside=beside))
        held = [it for it in article.spans if fits(it)]
        ids = {it.id for it in held}
        assert found.text == article.text
        assert with_notes(found.spans) == with_notes(held)
        kept = [it for it in article.relations if {it.from_, it.to} <= ids]
        assert links(found.spans, found.relations) == links(held, kept)
    unfit = [it for article in articles for it in article.spans if not fits(it)]
    assert lost["spans that begin or end with a line end"] == len(unfit)
    ids = {it.id for it in unfit}
    assert lost["relations of spans left out"] == sum(
        bool({it.from_, it.to} & ids) for article in articles for it in article.relations
    )
    assert b"\r" not in b"".join(written.values())


def test_the_lines_are_those_of_brat():
    spans = [span(note="a\nb", attributes={"speaker": "é", "value": None}), span(18, 32, id="s2", label="claim")]
    written = files(line(spans=spans, relations=[relation()]))
    assert written["a" * 16 + ".ann"].decode() == (
        "T1\tdenial 11 17\tdenied\n#1\tAnnotatorNotes T1\ta\n#2\tAnnotatorNotes T1\tb\n"
        '#3\tAttribute T1\tspeaker = "é"\n'
        "T2\tclaim 18 21;23 32\tit. Zürich 53\nR1\tdenies Arg1:T1 Arg2:T2\n"
    )


def test_names_that_brat_cannot_write_are_counted():
    lost = Counter()
    spans = [span(label="a b"), span(0, 1, id="s2", attributes={"a b": 1})]
    [_, ann, _] = files(line(spans=spans, relations=[relation(), relation("s2", "s2", "a b")]), lost=lost).values()
    assert ann == "T1\tdenial 0 1\t😀\n".encode()
    assert lost["spans whose label holds white space"] == 1
    assert lost["values of attributes whose name holds white space"] == 1
    assert lost["relations of spans left out"] == 2


def test_pybrat_reads_it(tmp_path):
    pybrat = pytest.importorskip("pybrat.parser")
    spans = [span(), span(18, 32, id="s2", label="claim")]
    for name, data in files(line(spans=spans, relations=[relation()])).items():
        (tmp_path / name).write_bytes(data)
    [example] = pybrat.BratParser().parse(str(tmp_path))
    assert example.text == TEXT
    one, two = sorted(example.entities, key=lambda it: it.id)
    assert (one.type, one.mention) == ("denial", "denied")
    assert [TEXT[it.start : it.end] for it in two.spans] == ["it.", "Zürich 53"]
    assert [(it.type, it.arg1.id, it.arg2.id) for it in example.relations] == [("denies", "T1", "T2")]


def test_a_folder_of_ours_comes_back_with_what_is_known_of_it(tmp_path):
    article = line(title="T", key="k", meta='{"desk":"x"}', layer="review", reviewer="a/b", spans=[span()])
    for name, data in files(article, line(id="b")).items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    (tmp_path / "annotation.conf").write_text("[entities]")
    one, two = sorted(read_all([str(tmp_path)], "brat"), key=lambda it: it.id)
    assert (one.id, one.title, one.key, one.meta) == (article.id, "T", "k", '{"desk":"x"}')
    assert (one.reviewer, one.project) == ("a/b", "seeds")
    assert (two.id, two.reviewer, two.spans) == ("b", None, [])
    assert len(list(read_all([str(tmp_path)]))) == 2


@pytest.mark.parametrize("format_", ["auto", "brat"])
def test_annotations_without_a_text_are_refused(tmp_path, format_):
    (tmp_path / "a.ann").write_text("T1\tx 0 1\ta")
    with pytest.raises(Refused, match=r"no a\.txt beside it") as caught:
        list(read_all([str(tmp_path)], format_))
    assert caught.value.where == str(tmp_path / "a.ann")


def test_two_layers_of_one_name_are_refused():
    with pytest.raises(Refused, match="Two layers"):
        files(line(), line(layer="majority"))


def test_other_lines_of_brat_are_taken_or_counted():
    passed_over = Counter()
    ann = (
        "\ufeffT1\tclaim 0 2\tab\r\nT2\tclaim 3 4\tc\r\nA1\tNegation T1\nA2\tLevel T1 high\nE1\tEv:T1 A:T2\n"
        "N1\tReference T1 W:1\tx\n*\tEquiv T1 T2\n#1\tAnnotatorNotes E1\tx\nR1\tr Arg2:T1 Arg1:T2\n"
        "A3\tN E1\nR2\tr Arg1:E1 Arg2:T1\n"
    )
    found = read("ab c", ann, passed_over=passed_over)
    one, two = found.spans
    assert one.attributes == {"Negation": True, "Level": "high"}
    assert [(it.source, it.target) for it in found.relations] == [(two.id, one.id)]
    assert sum(passed_over.values()) == 6


def test_offsets_are_of_the_file_with_its_line_ends():
    found = read("\ufeffa\r\nb", "T1\tx 1 2;4 5\ta b\n")
    assert (found.text, [(it.start, it.end) for it in found.spans]) == ("a\nb", [(0, 3)])


@pytest.mark.parametrize("ann, why", [
    ("T1\tx 0 9\tab", "text there"), ("T1\tx 0 2\tac", "text there"), ("T1\tx 0\tab", "no label"),
    ("T1\tx 0 a\tab", "no label"), ("T1\tx 0 1;3 4\ta c", "line ends between"), ("T1\tx 0 2\tab\nT1\tx 0 2\tab", "already"),
    ("R1\tr Arg1:T1", "no relation"), ("R1\tr Arg1:T1 Arg2:T2", "no span"), ("A1\tx", "no attribute"),
    ("#1\tAnnotatorNotes T1\tx", "no span"), ("T1\tx 0 2\tab\n#1\tAttribute T1\ta = {", "JSON"), ("T1\tx 1 1\t", "before"),
])  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_line(ann, why):
    with pytest.raises(Refused, match=why) as caught:
        read("ab c", ann)
    assert caught.value.where == f"a.ann:{ann.count(chr(10)) + 1}"


def test_a_text_without_its_annotations_is_refused():
    with pytest.raises(Refused, match=r"no a\.ann beside"):
        list(brat.read(io.BytesIO(b"a"), "x/a.txt", Options()))
