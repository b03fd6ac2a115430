import hashlib
import zipfile

import pytest

from annotator.errors import Refused
from annotator.formats import FORMATS, output
from formats.made import line, span

LINES = [line(spans=[span()])]


def failing():
    yield from LINES
    raise Refused("No further.")


def test_a_file_and_what_is_said_of_it(tmp_path):
    path = tmp_path / "a.jsonl"
    [file] = output.write(FORMATS["jsonl"], LINES, str(path))
    data = path.read_bytes()
    assert (file.path, file.size, file.sha256) == (str(path), len(data), hashlib.sha256(data).hexdigest())
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "name, target", [("jsonl", "a"), ("w3c", "a"), ("brat", "a"), ("brat", "a.zip"), ("w3c", "a.zip")]
)
def test_what_fails_leaves_nothing(tmp_path, name, target):
    with pytest.raises(Refused, match="No further"):
        output.write(FORMATS[name], failing(), str(tmp_path / target))
    assert list(tmp_path.iterdir()) == []


def test_what_was_there_stays_where_writing_fails(tmp_path):
    path = tmp_path / "a"
    path.write_text("before")
    for name in ("jsonl", "w3c"):
        with pytest.raises(Refused):
            output.write(FORMATS[name], failing(), str(path))
    assert path.read_text() == "before"


def test_files_side_by_side(tmp_path):
    files = output.write(FORMATS["w3c"], LINES, str(tmp_path / "a.jsonld"))
    assert [file.path for file in files] == [str(tmp_path / "a.jsonld"), str(tmp_path / "a.texts.json")]
    assert all(hashlib.sha256((tmp_path / file.path).read_bytes()).hexdigest() == file.sha256 for file in files)


def test_an_archive_has_the_same_files_and_the_same_bytes_twice(tmp_path):
    for name in ("one.zip", "two.zip"):
        output.write(FORMATS["w3c"], LINES, str(tmp_path / name))
    assert zipfile.ZipFile(tmp_path / "one.zip").namelist() == ["one.jsonld", "one.texts.json"]
    output.write(FORMATS["brat"], LINES, str(tmp_path / "b.zip"))
    first = (tmp_path / "b.zip").read_bytes()
    output.write(FORMATS["brat"], LINES, str(tmp_path / "b.zip"))
    assert (tmp_path / "b.zip").read_bytes() == first


def test_a_folder_that_holds_something_is_not_written_over(tmp_path):
    (tmp_path / "out").mkdir()
    output.write(FORMATS["brat"], LINES, str(tmp_path / "out"))  # an empty one is as none
    with pytest.raises(Refused, match="there already"):
        output.write(FORMATS["brat"], LINES, str(tmp_path / "out"))
    with pytest.raises(Refused, match="no file"):
        output.write(FORMATS["jsonl"], LINES, str(tmp_path / "out"))


def test_what_cannot_be_written_is_refused(tmp_path):
    for name in ("jsonl", "w3c", "brat"):
        with pytest.raises(Refused, match="cannot be written"):
            output.write(FORMATS[name], LINES, str(tmp_path / "no" / "such" / "folder"))
