import io
import json
import os
import sys
import zipfile

import pytest

from annotator.errors import Refused
from annotator.formats import archives, folder
from annotator.formats.folder import read_all, walk
from annotator.formats.options import Options


def write(root, **files):
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def zipped(path, files, **options):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def metadata(*members):
    return "\n".join(json.dumps(it) for it in members)


def refused(*paths, **options):
    with pytest.raises(Refused) as caught:
        list(read_all([str(path) for path in paths], **options))
    return caught.value


@pytest.fixture
def corpus(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    root = tmp_path / "corpus"
    write(root, **{"b.txt": "B", "a/z.txt": "Z", "a/b.jsonl": '{"text":"1","key":"one"}\n{"text":"2"}', "a.TXT": "A"})
    write(root, **{".hidden.txt": "h", ".git/x.txt": "h", "README.md": "r", "a/LICENSE": "l", "readme": "r"})
    return root


# Files and folders


def test_folder_is_read_by_name_without_hidden_files(corpus):
    articles = list(read_all(["corpus"]))
    assert [(it.text, it.key, it.where) for it in articles] == [
        ("1", "one", "corpus/a/b.jsonl:1"),
        ("2", None, "corpus/a/b.jsonl:2"),
        ("Z", "a/z.txt", "corpus/a/z.txt"),
        ("A", "a.TXT", "corpus/a.TXT"),
        ("B", "b.txt", "corpus/b.txt"),
    ]
    os.chdir("corpus")
    assert [it.key for it in read_all(["."])] == [it.key for it in articles]


def test_file_given_by_itself_has_its_name_for_key(corpus):
    given = ["corpus/a/z.txt", "./corpus/b.txt", str(corpus / "b.txt")]
    assert [it.key for it in read_all(given)] == ["z.txt", "b.txt", "b.txt"]
    os.chdir("corpus/a")
    assert [it.key for it in read_all(["../b.txt"])] == ["b.txt"]


def test_options_reach_the_readers(tmp_path):
    write(tmp_path, **{"a.text": b"Z\xfcrich\x01"})
    [article] = read_all([str(tmp_path)], "txt", Options("latin-1", replace_controls=True))
    assert (article.text, article.replaced, article.key) == ("Zürich ", 1, "a.text")


def test_what_cannot_be_read_is_refused_by_name(tmp_path):
    write(tmp_path, **{"dir/a.docx": "x", "b.docx": "x", "bad.txt": b"\xff", "bad.jsonl": "\nnope", "a.txt": "a"})
    assert refused(tmp_path / "dir").where == f"{tmp_path}/dir/a.docx"
    assert refused(tmp_path / "b.docx").where == f"{tmp_path}/b.docx"
    assert refused(tmp_path / "none.txt").where == f"{tmp_path}/none.txt"
    assert refused("\0").where == "\0"
    assert refused(tmp_path / "bad.txt").where == f"{tmp_path}/bad.txt: byte 0"
    assert refused(tmp_path / "bad.jsonl").where == f"{tmp_path}/bad.jsonl:2"
    assert "nosuch" in refused(tmp_path / "a.txt", format="nosuch").why


if sys.platform == "linux":  # other systems have no such names

    def test_name_that_is_not_utf8_is_refused(tmp_path):
        (tmp_path / "b\udcff.txt").write_text("a")
        error = refused(tmp_path)
        assert "\\udcff.txt" in error.where
        error.where.encode()


def test_file_that_may_not_be_read_is_refused(corpus, monkeypatch):
    (corpus / "gone.txt").symlink_to("nowhere")
    assert refused("corpus/gone.txt").where == "corpus/gone.txt"
    assert refused("corpus").where == "corpus/gone.txt"

    def denied(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(folder.Path, "iterdir", denied)
    error = refused("corpus")
    assert (error.where, "Permission denied" in error.why) == ("corpus", True)


# Metadata


def test_metadata_describes_the_files_of_its_folder(corpus):
    write(corpus, **{
        "metadata.jsonl": metadata(
            {"file_name": "b.txt", "title": "T", "author": "a", "source": "s", "published": "2026", "language": "en",
             "url": "u", "project": "p", "key": 7, "desk": "foreign"},
            {"file_name": "./a/z.txt", "title": None, "id": "z"},
        ),
        "a/metadata.jsonl": metadata({"file_name": "b.jsonl", "title": "Both", "desk": "home"}),
        "a/b.jsonl": '{"text":"1","key":"one","title":"Own","page":3,"desk":"x"}\n{"text":"2"}',
    })  # fmt: skip
    one, two, z, _, b = read_all(["corpus"])
    assert (b.title, b.author, b.source, b.published, b.language, b.url, b.project) == (
        "T",
        "a",
        "s",
        "2026",
        "en",
        "u",
        "p",
    )
    assert (b.key, b.meta, b.text) == ("7", '{"desk":"foreign"}', "B")
    assert (z.title, z.key, z.meta) == (None, "z", None)
    assert (one.title, one.key, one.meta) == ("Both", "one", '{"desk":"home","page":3}')
    assert (two.title, two.key, two.meta) == ("Both", None, '{"desk":"home"}')


def test_metadata_without_other_fields_leaves_meta_alone(tmp_path):
    write(
        tmp_path,
        **{"a.jsonl": '{"text":"1","page":3}', "metadata.jsonl": metadata({"file_name": "a.jsonl", "title": "T"})},
    )
    [article] = read_all([str(tmp_path)])
    assert (article.title, article.meta) == ("T", '{"page":3}')


@pytest.mark.parametrize("members, why", [
    ([{"file_name": "none.txt"}], "'none.txt'"), ([{"file_name": "../corpus/b.txt"}], "'../corpus/b.txt'"),
    ([{"file_name": "a"}], "'a'"), ([{"title": "T"}], "file_name"), ([{"file_name": "b.txt", "title": 1}], "str"),
    ([{"file_name": "b.txt"}, {"file_name": "a/../b.txt"}], "already"), ([[]], "object"),
])  # fmt: skip
def test_metadata_that_describes_nothing_is_refused(corpus, members, why):
    write(corpus, **{"metadata.jsonl": "\n" + metadata(*members)})
    error = refused("corpus")
    assert error.where.startswith(f"corpus/metadata.jsonl:{1 + len(members)}")
    assert why in error.why


def test_metadata_given_as_a_file_is_a_file(corpus):
    write(corpus, **{"metadata.jsonl": '{"text":"m"}'})
    assert [it.text for it in read_all(["corpus/metadata.jsonl"])] == ["m"]


# Archives


def test_archive_is_read_as_a_folder_is(corpus):
    files = {str(path.relative_to(corpus)): path.read_bytes() for path in corpus.rglob("*") if path.is_file()}
    files |= {"__MACOSX/._b.txt": b"x", "empty/": b"", "metadata.jsonl": metadata({"file_name": "b.txt", "title": "T"})}
    zipped("corpus.ZIP", dict(reversed(files.items())))
    articles = list(read_all(["corpus.ZIP"]))
    assert [(it.text, it.key) for it in articles] == [(it.text, it.key) for it in read_all(["corpus"])]
    assert articles[0].where == "corpus.ZIP/a/b.jsonl:1"
    assert articles[-1].title == "T"


@pytest.mark.parametrize(
    "name",
    ["/etc/a.txt", "../a.txt", "a/../../a.txt", "..", "..\\a.txt", "a\\..\\b.txt", "\\a.txt", "C:\\a.txt", "c:a.txt"],
)
def test_archive_that_leads_outside_is_refused(tmp_path, name):
    error = refused(zipped(tmp_path / "a.zip", {"ok.txt": "a", name: "b"}))
    assert (error.where, repr(name) in error.why) == (f"{tmp_path}/a.zip", True)


@pytest.mark.parametrize("name", ["a..txt", "..a.txt", "a/b..c/d.txt"])
def test_dots_in_names_lead_nowhere(tmp_path, name):
    assert len(list(read_all([str(zipped(tmp_path / "a.zip", {"x" + name: "a"}))]))) == 1


def test_archive_that_swells_is_refused(tmp_path, monkeypatch):
    bomb = zipped(tmp_path / "a.zip", {"a.txt": b"a" * 5_000_000})
    assert "5,000,000" in refused(bomb).why
    monkeypatch.setattr(archives, "MAX_RATIO", 10_000)
    assert len(list(walk([str(bomb)]))) == 1
    monkeypatch.setattr(archives, "MAX_UNPACKED", 4_999_999)
    assert refused(bomb).where == str(bomb)


def test_small_archive_may_be_packed_tight(tmp_path):
    assert len(list(read_all([str(zipped(tmp_path / "a.zip", {"a.txt": "ab" * 400_000}))]))) == 1


def test_encrypted_archive_is_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a.txt": "a"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert "encrypted" in refused(path).why


def test_damaged_archive_is_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a.txt": "word " * 20})
    data = bytearray(path.read_bytes())
    path.write_bytes(b"no archive")
    assert refused(path).where == str(path)
    data[data.index(b"PK\x01\x02") + 16] ^= 0xFF  # the checksum
    path.write_bytes(data)
    assert refused(path).where == f"{path}/a.txt"


# Standard input


@pytest.mark.parametrize("data, format_, texts", [
    (b'{"text":"a"}\n{"text":"b"}', "auto", ["a", "b"]), (b'\xef\xbb\xbf \n{"text":"a"}', "auto", ["a"]),
    (b"Some words", "auto", ["Some words"]), (b'{"text":"a"}', "txt", ['{"text":"a"}']),
])  # fmt: skip
def test_standard_input_is_read_by_what_it_begins_with(monkeypatch, data, format_, texts):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    articles = list(read_all(["-"], format_))
    assert [it.text for it in articles] == texts
    assert articles[0].key is None
    assert articles[0].where.startswith("standard input")
    assert not sys.stdin.buffer.closed
