import sys

import pytest

from annotator import formats
from annotator.errors import Refused
from annotator.formats import FORMATS, OWN, reader, writer
from annotator.formats.folder import read_all
from annotator.formats.format import Seen
from annotator.formats.guess import guess
from annotator.formats.losses import COUNTED

CMS = """
from annotator.formats.format import Format
from annotator.formats.records import Incoming


def read(stream, name, options):
    yield Incoming(name, stream.read().decode()[::-1], "0" * 64)


FORMAT = Format("ourcms", read, None, (".cms",))
"""


def test_every_format_of_ours_is_a_module_of_its_name():
    assert tuple(FORMATS)[: len(OWN)] == OWN
    for name in OWN:
        module = sys.modules[f"annotator.formats.{name.replace('-', '_')}"]
        assert module.FORMAT is FORMATS[name]
        assert module.FORMAT.name == name
        assert module.FORMAT.extension.startswith(".")
        assert module.__doc__


def test_what_a_format_cannot_hold_is_in_words_that_are_counted():
    assert all(set(one.cannot_hold) <= COUNTED.keys() for one in FORMATS.values())


def test_a_format_is_found_by_name():
    assert reader("jsonl") is FORMATS["jsonl"].read
    assert writer("csv") is FORMATS["csv"].write


@pytest.mark.parametrize("find, name, why", [
    (reader, "x", "'x' cannot be read; these can: txt, jsonl, "), (writer, "x", "cannot be written; these can: jsonl, csv, "),
    (writer, "txt", "'txt' cannot be written"), (reader, "hf", "'hf' cannot be read"),
])  # fmt: skip
def test_a_format_that_cannot_is_refused(find, name, why):
    with pytest.raises(Refused, match=why):
        find(name)


# -- of other packages


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Installs a package with the entry points given; formats are found anew, then and afterwards."""

    def install(entry_points, source=CMS):
        (tmp_path / "ourcms_format.py").write_text(source)
        info = tmp_path / "ourcms-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: ourcms\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[annotator.formats]\n{entry_points}\n")
        monkeypatch.syspath_prepend(str(tmp_path))
        formats._found.cache_clear()
        return tmp_path

    yield install
    sys.modules.pop("ourcms_format", None)
    formats._found.cache_clear()


def test_another_package_brings_a_format(package):
    path = package("ourcms = ourcms_format:FORMAT") / "a.cms"
    path.write_text("txet")
    [article] = read_all([str(path)])
    assert article.text == "text"


def test_another_package_takes_no_name_of_ours(package):
    package("txt = ourcms_format:FORMAT")
    assert FORMATS["txt"].read.__module__ == "annotator.formats.txt"


@pytest.mark.parametrize("entry, why", [
    ("ourcms = ourcms_format:NONE", "AttributeError"), ("ourcms = ourcms_format:read", "is not a Format"),
    ("other = ourcms_format:FORMAT", "is not a Format of that name"), ("ourcms = no_such_module:FORMAT", "ModuleNotFound"),
])  # fmt: skip
def test_one_that_does_not_load_spoils_no_other(package, entry, why):
    package(entry)
    assert guess(Seen("a.txt")).name == "txt"
    name = entry.split(" ")[0]
    for use in (FORMATS[name].read, FORMATS[name].write):
        with pytest.raises(Refused, match=why):
            use(None, "a", None)


# -- by name and content


@pytest.mark.parametrize("name, begins, found", [
    ("a.txt", b"{}", "txt"), ("b/c.TXT", b"", "txt"), ("a.b.jsonl", b"", "jsonl"), ("a.ndjson", b'{"text":"a"}', "jsonl"),
    ("a.jsonl", b'{"text":"a","entities":[]}', "doccano"), ("a.jsonl", b'{"text":"a","label":[[0,1,"x"]]}', "doccano"),
    ("a.jsonl", b'{"text":"a"}\n{"text":"entities","entities":[]}', "jsonl"), ("a.jsonl", b"[", "jsonl"),
    ("a.json", b' \n[{"id":1}]', "labelstudio"), ("a.json", b'[{"data":{},"annotations":[]}]', "labelstudio"),
    ("a.json", b'[{"uri":"x","headline":"y"}]', "ninjs"), ("a.json", b'{"bodies":[]}', "ninjs"),
    ("a.json", b'\xef\xbb\xbf{"type":"AnnotationCollection"}', "w3c"), ("a.jsonld", b"", "w3c"),
    ("a.json", '{"body_text":"x"}'.encode("utf-16"), "ninjs"), ("a.json", b'{"text":"a"}', "jsonl"),
    ("a.HTM", b"", "html"), ("a.tsv", b"", "csv"), ("article", b'{"schema":"annotator/1","text":"a"}', "jsonl"),
])  # fmt: skip
def test_the_format_is_told_by_name_and_content(name, begins, found):
    assert guess(Seen(name, lambda: begins)).name == found


def test_a_text_with_annotations_beside_it_is_brats():
    assert guess(Seen("x/a.txt", beside=lambda name: name == "a.ann")).name == "brat"


@pytest.mark.parametrize("name, begins, why", [
    ("a.out", b"", r"does not tell the format \(\.txt, \.jsonl, .*\); give --format"), ("txt", b"", "does not tell"),
    ("a.jsonl", b'{"text":"a","spans":[],"entities":[]}', "may be jsonl or doccano; give --format"),
    ("a.json", b"nothing", "not that of jsonl, ninjs, labelstudio, w3c, cas-json, as its name says"),
])  # fmt: skip
def test_what_cannot_be_told_is_refused_with_the_ways_it_might_be(name, begins, why):
    with pytest.raises(Refused, match=why) as caught:
        guess(Seen(name, lambda: begins))
    assert caught.value.where == name
