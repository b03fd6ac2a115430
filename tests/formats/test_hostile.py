"""What no reader may choke on: it is read, or refused with its place, in little time and memory."""

import io
import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.errors import Refused
from annotator.formats import FORMATS
from annotator.formats.convert import records
from annotator.formats.options import Options
from cli.command import ROOT

READERS = [name for name, one in FORMATS.items() if one.read]
DEEP = 200_000
TASK = {"data": {"text": "ab"}, "annotations": [{"result": []}]}
COLLECTION = {"type": "AnnotationCollection", "first": {"items": []}}


def attempt(name, data, **options):
    """What the reader, and the writer of records behind it, makes of the bytes: articles, and what it refused."""
    told = []
    beside = {"a.ann": data, "a.texts.json": data}
    read = FORMATS[name].read(io.BytesIO(data), "a", Options(refuse=told.append, beside=beside.get, **options))
    found = []
    try:
        found += records(read)
    except Refused as refused:
        told.append(refused)
    assert all(refused.why and refused.where for refused in told), told
    return found, told


HOSTILE = {
    "deep lists": b'{"text":"a","x":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "deep objects": b'{"text":"a","x":' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"}",
    "a deep file": b"[" * DEEP, "a deep list of lists": b"[" * DEEP + b"]" * DEEP,
    "a key twice": b'{"text":"a","text":"b"}', "a key twice below": b'{"text":"a","x":[{"y":1,"y":2}]}',
    "a key twice, spelt otherwise": b'{"text":"a","te\\u0078t":"b"}',
    "not a number": b'{"text":"a","x":NaN}', "no end": b'{"text":"a","x":-Infinity}', "too large": b'{"text":"a","x":1e999}',
    "a lone surrogate": b'{"text":"a\\ud800"}', "a lone surrogate in UTF-8": b'{"text":"a\xed\xa0\x80"}',
    "a lone surrogate in a key": b'{"text":"a","\\udfff":1}',
    "a huge integer": b'{"text":"a","spans":[{"start":0,"end":1' + b"0" * 10_000 + b',"label":"x"}]}',
    "a huge integer elsewhere": b'{"text":"a","x":' + b"9" * 10_000 + b"}",
    "a float for an integer": b'{"text":"a","spans":[{"start":0.0,"end":1,"label":"x"}]}',
    "entities": b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY a%d "&a%d;&a%d;&a%d;&a%d;">' % (n, n - 1, n - 1, n - 1, n - 1) for n in range(1, 30)
    ) + b"]><x>&a29;</x>", "an outer entity": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><p>&a;</p>',
    "a lone CR": b"text\rmore\n", "nothing": b"", "a mark alone": b"\xef\xbb\xbf", "half of UTF-16": b"\xff\xfea", "zeros": b"\0" * 1000,
    "all bytes": bytes(range(256)) * 4, "one long line": b"a" * 2_000_000, "quotes": b'"' * 100_000, "commas": b"text\n" + b"," * 100_000,
    "a task with deep data": json.dumps(TASK).replace('"ab"', '"ab","x":' + "[" * 300 + "]" * 300).encode(),
    "a task that names nothing": json.dumps([TASK | {"annotations": [{"result": [{"type": "relation"}]}]}]).encode(),
    "an item that is none": json.dumps(COLLECTION | {"first": {"items": [{"target": []}]}}).encode(),
}  # fmt: skip


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("name", READERS)
def test_it_is_read_or_refused_with_its_place(name, data):
    found, told = attempt(name, data)
    assert found or told or name in {"jsonl", "doccano", "labelstudio", "ninjs"}  # which may be empty


@pytest.mark.parametrize("name", ["jsonl", "doccano"])
@pytest.mark.parametrize("what", [
    "deep lists", "deep objects", "a key twice", "a key twice below", "a key twice, spelt otherwise", "not a number", "no end",
    "too large", "a lone surrogate", "a lone surrogate in UTF-8", "a lone surrogate in a key",
])  # fmt: skip
def test_json_is_strict(name, what):
    found, told = attempt(name, HOSTILE[what])
    assert (found, [it.where.split(":")[:2] for it in told]) == ([], [["a", "1"]])


def test_entities_are_not_spelt_out():
    [found], _ = attempt("html", HOSTILE["entities"])
    assert len(found.text) < 10_000
    assert attempt("html", HOSTILE["an outer entity"])[0][0].text.endswith("&a;")


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=80).map(str.encode))
def test_any_bytes_are_read_or_refused(data):
    for name in READERS:
        attempt(name, data)


ENCODED = {"utf-8-sig": "Zürich “53” 😀", "utf-16": "Zürich “53” 😀", "windows-1252": "Zürich “53”", "windows-1250": "Příliš „53“",
           "iso-8859-2": "Příliš 53"}  # fmt: skip
DOCUMENTS = {
    "txt": "{}", "html": "{}", "brat": "{}", "csv": "text\n{}\n", "labelstudio": '[{{"data":{{"text":"{}"}}}}]',
    "ninjs": '{{"body_text":"{}"}}', "jsonl": '{{"text":"{}"}}', "doccano": '{{"text":"{}"}}',
    "nitf": "<nitf><body><body.content>{}</body.content></body></nitf>",
    "newsml": "<newsItem><contentSet><inlineData>{}</inlineData></contentSet></newsItem>",
    "feeds": "<feed xmlns='http://www.w3.org/2005/Atom'><entry><summary>{}</summary></entry></feed>",
    "xmi": "<x:XMI xmlns:x='a' xmlns:c='http:///uima/cas.ecore'><c:Sofa sofaString='{}'/></x:XMI>",
    "webanno-tsv": "#FORMAT=WebAnno TSV 3.3\n\n\n#Text={}\n1-1\t0-1\tx\n",
    "cas-json": '{{"%FEATURE_STRUCTURES":[{{"%TYPE":"uima.cas.Sofa","sofaString":"{}"}}]}}',
}  # fmt: skip


@pytest.mark.parametrize("encoding", ENCODED)
@pytest.mark.parametrize("name", [name for name in READERS if name in DOCUMENTS])
def test_each_encoding_is_read_as_it_is_said(name, encoding):
    text = ENCODED[encoding]
    data = DOCUMENTS[name].format(text).encode(encoding)
    marked = encoding in {"utf-8-sig", "utf-16"}
    beside = {"a.ann": b""}.get
    [article] = FORMATS[name].read(io.BytesIO(data), "a.x", Options(None if marked else encoding, beside=beside))
    assert article.text == text
    if not marked:
        with pytest.raises(Refused, match="utf-8") as caught:
            list(FORMATS[name].read(io.BytesIO(data), "a.x", Options(beside=beside)))
        assert "byte " in caught.value.where


READ = """
import json, re, sys
from pathlib import Path
from annotator.formats.folder import read_all
from annotator.formats.options import Options
told = []
count = sum(1 for _ in read_all([sys.argv[1]], sys.argv[2], Options(refuse=lambda it: told.append(it.where))))
status = Path("/proc/self/status")  # getrusage has the most memory of the process that this one was forked from
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", status.read_text())[1]) / 1024 if status.exists() else 0
print(json.dumps([count, told, peak]))
"""


@pytest.mark.parametrize("name", ["jsonl", "doccano", "csv"])
def test_one_bad_line_among_two_hundred_thousand_is_found_in_flat_memory(name, tmp_path):
    path = tmp_path / "a"
    good = b'"text",1\n' if name == "csv" else b'{"text": "a line", "key": 1}\n'
    with path.open("wb") as file:
        file.write(b"text,key\n" if name == "csv" else b"")
        for _ in range(20):
            file.write(good * 5000)
        file.write(b'" \x01 ",1\n' if name == "csv" else b'{"text": "a \\u0001"}\n')
        for _ in range(20):
            file.write(good * 5000)
    ran = subprocess.run([sys.executable, "-c", READ, str(path), name], capture_output=True, check=True, cwd=ROOT)
    count, told, peak_mb = json.loads(ran.stdout)
    assert count == 200_000
    assert [it.removeprefix(str(path)) for it in told] == [
        ":100002: text: code point 1" if name == "csv" else ":100001: code point 2"
    ]
    assert peak_mb < 60
