import io
import sys

import pytest
from hypothesis import given, settings

from annotator.errors import Refused
from annotator.formats import hf, parquet
from formats.made import line, some_lines

library = pytest.importorskip("pyarrow.parquet")


def table(articles):
    return library.read_table(io.BytesIO(b"".join(parquet.write(articles))))


@settings(deadline=None)
@given(some_lines())
def test_rows_are_those_of_hf(articles):
    assert table(articles).to_pylist() == [hf.row(article) for article in articles]


def test_the_columns_do_not_depend_on_what_is_in_them():
    assert table([]).schema == table([line()]).schema


def test_rows_come_in_groups(monkeypatch):
    monkeypatch.setattr(parquet, "ROWS", 2)
    data = b"".join(parquet.write(line(id=f"{number}") for number in range(5)))
    assert library.ParquetFile(io.BytesIO(data)).num_row_groups == 3


def test_without_the_extra_it_says_which(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(Refused, match=r'pip install "newsroom-annotator\[parquet\]"'):
        list(parquet.write([]))
