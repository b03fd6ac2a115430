import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import Refused
from annotator.formats import strict_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda it: st.lists(it) | st.dictionaries(st.text(), it)
)


def items(data, encoding=None):
    return list(strict_json.items(io.BytesIO(data), "a", encoding))


@pytest.fixture(params=[1, 2, 1 << 20])
def chunk(request, monkeypatch):
    monkeypatch.setattr(strict_json, "_CHUNK", request.param)


@given(st.lists(JSON), st.sampled_from([None, 1]), st.sampled_from([1, 3, 1 << 20]))
def test_elements_are_those_of_the_array(values, indent, size):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strict_json, "_CHUNK", size)
        found = items(json.dumps(values, indent=indent, ensure_ascii=False).encode(errors="surrogatepass"))
    assert [json.loads(it.decode(errors="surrogatepass")) for _, it in found] == values


@pytest.mark.usefixtures("chunk")
def test_each_has_the_line_it_begins_on():
    assert items(b'\n [ {"a":\n1},\n\n2 , [3,\n"]\\""]\n] \n') == [
        ("a:2", b'{"a":\n1}'),
        ("a:5", b"2"),
        ("a:5", b'[3,\n"]\\""]'),
    ]


@pytest.mark.usefixtures("chunk")
@pytest.mark.parametrize("data, where", [
    (b"[1,2", "a:1"), (b"[", "a:1"), (b'["a', "a:1"), (b"[\n1]\n2", "a:2"), (b"[1]]", "a:1"),
])  # fmt: skip
def test_an_array_that_does_not_end_well_is_refused(data, where):
    with pytest.raises(Refused) as caught:
        items(data)
    assert caught.value.where == where


def test_what_stands_between_commas_is_for_the_reader_to_check():
    assert [it for _, it in items(b"[1,,2,]")] == [b"1", b"", b"2", b""]
    assert items(b"[ ]") == []


def test_anything_else_is_one_element():
    assert items(b'{"a":[1,2]}') == [("a", b'{"a":[1,2]}')]
    assert items("[1, 2]".encode("utf-16")) == items(b"\xef\xbb\xbf[1, 2]") == [("a:1", b"1"), ("a:1", b"2")]
    assert items('["ü"]'.encode("latin-1"), "latin-1") == [("a:1", '"ü"'.encode())]


def test_elements_have_a_limit(monkeypatch):
    monkeypatch.setattr(strict_json, "MAX_LINE", 10)
    monkeypatch.setattr(strict_json, "_CHUNK", 4)
    for data in (b"[" + b" " * 4 + b'"' + b"a" * 50 + b'"]', b"[[" + b"1," * 50 + b"1]]", b'{"a":1234567}'):
        with pytest.raises(Refused, match="longer than"):
            items(data)
    assert items(b"[" + b"1,\n" * 50 + b"1]")[-1] == ("a:51", b"1")
