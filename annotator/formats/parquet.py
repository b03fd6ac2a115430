"""Parquet with the columns of `hf` (contract 6); needs the extra `parquet`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from annotator.formats.extras import extra
from annotator.formats.format import Format
from annotator.formats.hf import CANNOT_HOLD, row
from annotator.formats.losses import Lost, counted
from annotator.formats.records import Line
from annotator.formats.sinks import Sink

ROWS = 1000  # of one row group


def write(articles: Iterable[Line], lost: Lost | None = None) -> Iterator[bytes]:
    """A row for each article and layer; raises Refused, when first asked for a piece, without pyarrow."""
    arrow, parquet = extra("pyarrow", "parquet"), extra("pyarrow.parquet", "parquet")
    schema = _schema(arrow)
    sink = Sink()
    rows = map(row, counted(articles, CANNOT_HOLD, lost))
    with parquet.ParquetWriter(sink, schema) as file:
        while batch := list(islice(rows, ROWS)):
            file.write_table(arrow.Table.from_pylist(batch, schema=schema))
            yield sink.take()
    yield sink.take()


def _schema(arrow: Any) -> Any:
    span = arrow.struct(
        [("start", arrow.int64()), ("end", arrow.int64()), ("label", arrow.string()), ("text", arrow.string())]
    )
    return arrow.schema([("id", arrow.string()), ("text", arrow.string()), ("spans", arrow.list_(span))])


FORMAT = Format("parquet", None, write, (".parquet",), CANNOT_HOLD, extra="parquet")
