"""Tables as Parquet files, with pyarrow, which is an extra: whoever needs them installs `possibilities[parquet]`.

Evidence is written as text in every column, as it stands in CSV, so that ids stay what they are. What others wrote may
have numbers and dates where it is plain how they read as text; anything else is refused by its column. Rows are
numbered as in a spreadsheet, where the header is the first.
"""

from __future__ import annotations

import datetime as dt
import importlib
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from forecast.case.phrases import quoted
from forecast.errors import InputError, Problem, UsageError
from forecast.evidence.sheets import MOST_COLUMNS, Line, Table

MOST_ROWS: Final = 1_000_000
LARGEST: Final = 2**28
"""Bytes that a file may say it unpacks to."""
TOGETHER: Final = 256
"""Rows that are unpacked at once."""
WHOLE: Final = 2**53
"""Up to here a number of double precision is the one that was meant."""
_PLAIN: Final = ("string", "large_string", "string_view", "null", "double", "float", "date32[day]")
"""Types whose values read as text in one way, beside whole numbers, text in dictionaries and moments."""
_AS_TEXT: Final = "save the column as text"


def parquet_table(data: bytes, file: str) -> Table:
    """Take a Parquet file apart.

    Raises
    ------
    UsageError
        If pyarrow is not installed.
    InputError
        If it is no Parquet file, one of enormous size, or has columns of a kind that cannot be read as text.
    """
    arrow, parquet = _arrow(file)
    try:
        opened = parquet.ParquetFile(io.BytesIO(data))
        told, schema = opened.metadata, opened.schema_arrow
        unpacked = sum(told.row_group(number).total_byte_size for number in range(told.num_row_groups))
    except (arrow.ArrowException, OSError, ValueError) as error:
        raise _damaged(file) from error
    if told.num_rows > MOST_ROWS or unpacked > LARGEST or len(schema) > MOST_COLUMNS:
        raise InputError.at(file, None, "it is too large to be a file of codings", "split it, or save it as .csv")
    if odd := [Problem(file, None, *_odd(field)) for field in schema if not _is_plain(str(field.type))]:
        raise InputError(odd)
    return Table(file, _lines(opened, tuple(schema.names), file, arrow.ArrowException))


def parquet_bytes(rows: Iterable[Mapping[str, Any]], columns: Mapping[str, str], what: str) -> bytes:
    """Rows as a Parquet file.

    Parameters
    ----------
    rows
        Each a value by column, None where there is none.
    columns
        Name → type, in pyarrow's words: `string`, `double`, `bool`.
    what
        What asks for it, to be named where pyarrow is not installed.

    Raises
    ------
    UsageError
        If pyarrow is not installed.
    """
    arrow, parquet = _arrow(what)
    schema = arrow.schema([arrow.field(name, arrow.type_for_alias(kind)) for name, kind in columns.items()])
    buffer = io.BytesIO()
    parquet.write_table(arrow.Table.from_pylist([dict(row) for row in rows], schema), buffer)
    return buffer.getvalue()


def _arrow(what: str) -> tuple[Any, Any]:
    """The package, asked for by name: a plain import is for what everybody has."""
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise UsageError(
            f"{what}: Parquet takes the extra 'parquet', which is not installed: "
            "`pip install 'possibilities[parquet]'`, or use CSV"
        ) from None


def _lines(opened: Any, names: tuple[str, ...], file: str, broken: type[Exception]) -> Iterator[Line | Problem]:
    """The header, then row by row; the bytes are unpacked as they are asked for."""
    yield Line(1, names)
    number = 1
    try:
        for batch in opened.iter_batches(batch_size=TOGETHER):
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                number += 1
                yield Line(number, tuple(_text(value) for value in row))
    except (broken, OSError, ValueError) as error:
        raise _damaged(file) from error


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < WHOLE else repr(value)
    if isinstance(value, dt.date):  # a moment too
        return value.isoformat()
    return str(value)


def _is_plain(kind: str) -> bool:
    inner = kind.removeprefix("dictionary<values=").partition(",")[0]
    return inner in _PLAIN or inner.startswith(("int", "uint", "timestamp[ms", "timestamp[us", "timestamp[s"))


def _odd(field: Any) -> tuple[str, str]:
    return f"the column {quoted(field.name)} holds values of the kind {quoted(str(field.type))}", _AS_TEXT


def _damaged(file: str) -> InputError:
    return InputError.at(
        file, None, "this is not a Parquet file, or a damaged one", "write it again, or save it as .csv"
    )
