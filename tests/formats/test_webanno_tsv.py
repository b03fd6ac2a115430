import contextlib
import io
import posixpath
from collections import Counter

import pytest
from hypothesis import given, settings

from annotator.errors import Refused
from annotator.formats import webanno_tsv
from annotator.formats.folder import read_all
from annotator.formats.options import Options
from formats.made import line, links, places, relation, some_lines, span, with_notes

TEXT = "😀 it leaks.\n\nZürich 53"
SLOW = settings(deadline=None)


def files(*articles, lost=None):
    return {name: b"".join(pieces) for name, pieces in webanno_tsv.write_parts(articles, lost)}


def read(data, **options):
    data = data if isinstance(data, bytes) else data.encode()
    [article] = webanno_tsv.read(io.BytesIO(data), "a.tsv", Options(**options))
    return article


def test_the_lines_are_those_of_inception():
    spans = [
        span(2, 10, TEXT, id="s1", note="a|b", attributes={"speaker": "x_y", "value": None}),
        span(5, 10, TEXT, id="s2", label="claim"), span(20, 22, TEXT, id="s3", label="figure", attributes={"value": 53}),
    ]  # fmt: skip
    lost = Counter()
    written = files(line(TEXT, spans, relations=[relation("s1", "s3"), relation("s3", "s2", "x", "r2")]), lost=lost)
    assert written["a" * 16 + ".tsv"].decode() == (
        "#FORMAT=WebAnno TSV 3.3\n#T_SP=webanno.custom.Span|label|note|speaker|value\n"
        "#T_RL=webanno.custom.Relation|label|BT_webanno.custom.Span\n\n"
        "\n#Text=😀 it leaks.\n#Text=\n"
        "1-1\t0-2\t😀\t_\t_\t_\t_\t_\t_\t\n"
        "1-2\t3-5\tit\tdenial[1]\ta\\|b[1]\tx\\_y[1]\t*[1]\t_\t_\t\n"
        "1-3\t6-11\tleaks\tdenial[1]|claim[2]\ta\\|b[1]|*[2]\tx\\_y[1]|*[2]\t*[1]|*[2]\tx\t2-2[0_2]\t\n"
        "1-4\t11-12\t.\t_\t_\t_\t_\t_\t_\t\n"
        "\n#Text=Zürich 53\n"
        "2-1\t14-20\tZürich\t_\t_\t_\t_\t_\t_\t\n"
        "2-2\t21-23\t53\tfigure\t*\t*\t53\tdenies\t1-2[1_0]\t\n"
    )
    assert lost["numbers that become text"] == 1


@SLOW
@given(some_lines())
def test_what_fits_comes_back_and_what_does_not_is_counted(articles):
    lost = Counter()
    written = files(*articles, lost=lost)
    names = [name for name in written if name.endswith(".tsv")]
    numbers = 0
    for name, article in zip(names, articles, strict=True):
        found = read(written[name])
        for it in article.spans:
            numbers += sum(isinstance(value, (int, float)) for value in it.attributes.values())
            it.attributes = {key: None if value is None else str(value) for key, value in it.attributes.items()}
        assert found.text == article.text
        assert with_notes(found.spans) == with_notes(article.spans)
        assert links(found.spans, found.relations) == links(article.spans, article.relations)
    assert lost["numbers that become text"] == numbers
    assert {key for key in lost if key not in webanno_tsv.CANNOT_HOLD} <= {"numbers that become text"}


def test_what_it_cannot_hold_is_counted():
    odd = {"a-b": "x", "empty": "", "control": "\x01", "fine": "w"}
    spans = [span(id="s1", attributes=odd, note="\x85"), span(id="s2", label="a\rb")]
    lost = Counter()
    found = read(files(line(spans=spans, relations=[relation()]), lost=lost)["a" * 16 + ".tsv"])
    assert [(it.label, it.note, it.attributes) for it in found.spans] == [("denial", "", {"fine": "w"})]
    assert {key: number for key, number in lost.items() if key not in webanno_tsv.CANNOT_HOLD} == {
        "values of attributes whose name UIMA cannot have": 1, "values of attributes that TSV cannot hold": 2,
        "notes that TSV cannot hold": 1, "spans whose label TSV cannot hold": 1, "relations of spans left out": 1,
    }  # fmt: skip


def test_a_folder_is_read_back_whole(tmp_path):
    review = line(spans=[span()], id="b", layer="review", reviewer="bob", key="k")
    for name, data in files(line(title="T"), review).items():
        path = tmp_path / posixpath.dirname(name)
        path.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    first, second = read_all([str(tmp_path)])
    assert (first.title, first.spans, second.key, second.reviewer) == ("T", [], "k", "bob")
    assert places(second.spans) == [(11, 17, "denial")]


# -- of others

OTHERS = """#FORMAT=WebAnno TSV 3.3
#T_SP=de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|PosValue
#T_SP=webanno.custom.Plain|
#T_SP=webanno.custom.Slots|value|ROLE_webanno.custom.Slots:links_webanno.custom.SlotsLink|webanno.custom.Plain
#T_CH=webanno.custom.CoreferenceLink|referenceRelation|referenceType
#T_RL=webanno.custom.Relation|value|BT_webanno.custom.Plain


#Sentence.id=x
#Text=Tab\\there \\\\ now
1-1\t0-3\tTab\tNN\t*\tv[1]\t*->1-1\tx->1-1\t*\t_\t_\t_\t
1-2\t4-8\there\tVB\t_\tv[1]\t_\t_\t_\t_\t_\t_\t
1-2.1\t4-6\the\t_\t*[2]|*[3]\t_\t_\t_\t_\t_\tr\t1-1[0_3]\t

#Text=Next
2-1\t16-20\tNext\t_\t_\t_\t_\t_\t_\t_\t_\t_\t
"""


def test_layers_of_others_are_read():
    passed_over = Counter()
    found = read(OTHERS, key="a.tsv", passed_over=passed_over)
    assert (found.text, found.key) == ("Tab\there \\ now\n Next", "a.tsv")
    assert [(it.start, it.end, it.label) for it in found.spans] == [
        (0, 3, "Plain"), (0, 8, "v"), (4, 6, "Plain"), (4, 6, "Plain"),
    ]  # fmt: skip
    [link] = found.relations
    assert (link.type, link.source, link.target) == ("r", found.spans[0].id, found.spans[3].id)
    assert passed_over == {"values of chains and of links to other spans": 3}


HEAD = "#FORMAT=WebAnno TSV 3.3\n#T_SP=a.B|label\n\n\n#Text=ab cd\n"


@pytest.mark.parametrize("given, where, why", [
    ("", "a.tsv:1", "does not begin"), ("#FORMAT=WebAnno TSV 3.1\n", "a.tsv:1", "does not begin"),
    ("text\tlabel\n", "a.tsv:1", "does not begin"), (HEAD + "1-1\t0-2\t\n", "a.tsv:6", "2 columns; 4 are announced"),
    (HEAD + "x\t0-2\tab\t_\n", "a.tsv:6", "no token"), (HEAD + "1-1\t0-x\tab\t_\n", "a.tsv:6", "no token"),
    (HEAD + "1-1\t0-2\tab\t_\n1-1\t3-5\tcd\t_\n", "a.tsv:7", "there already"),
    (HEAD + "1-1\t0-2\tab\tx[\n", "a.tsv:6", "no value"), (HEAD + "1-1\t0-9\tab\tx\n", "a.tsv:6: end", "past the end"),
    (HEAD + "1-1\t999999999-9999999999\tab\tx\n", "a.tsv:6", "begins at"), (HEAD.replace("a.B", "|"), "a.tsv:2", "no layer"),
    (HEAD.replace("ab cd", "😀") + "1-1\t0-1\tx\tx\n", "a.tsv:6: end", "between the UTF-16 units"),
    (HEAD.replace("ab cd", ""), "a.tsv", "white space"), (HEAD.encode() + b"\xff", "a.tsv: byte 54", "not utf-8"),
])  # fmt: skip
def test_what_is_wrong_is_refused_with_its_line(given, where, why):
    with pytest.raises(Refused, match=why) as caught:
        read(given)
    assert caught.value.where.startswith(where)


def test_damaged_bytes_are_refused_or_read_but_never_more():
    good = OTHERS.encode()
    for at in range(len(good)):
        with contextlib.suppress(Refused):
            read(good[:at] + bytes((good[at] ^ 0x15,)) + good[at + 1 :], refuse=lambda _: None)


def test_a_tsv_is_known_by_how_it_begins(tmp_path):
    (tmp_path / "a.tsv").write_text(HEAD + "1-1\t0-2\tab\tx\n")
    (tmp_path / "b.tsv").write_text("text\tkey\nfrom a table\tk\n")
    assert [article.text for article in read_all([str(tmp_path)])] == ["ab cd", "from a table"]
