"""CSV files as tables of text that nobody calls text or numbers."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path
from typing import Any

from cdisc_conv.datafiles.columns import combine
from cdisc_conv.datafiles.faults import check_names, make_error
from cdisc_conv.datafiles.table import TEXT, Kind, Table, Variable

_DELIMITERS = ",;\t|"
_MOST_HEADER = 1 << 20
_BLOCK, _LARGEST_BLOCK = 1 << 20, 2**31 - 1
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_csv(path: Path, name: str, encoding: str | None = None) -> Table:
    """Every cell as its text. UTF-8, or what a byte order mark says, or else ``encoding``.

    Raises ProblemsError: CMP001 no header, rows of different lengths, an open quote; CMP003 text in no known encoding;
    CMP014 a column that is there twice.
    """
    data = _read_utf8(path, encoding)
    if not data.strip():
        raise make_error("CMP001", "the file is empty", path, "the first line must name the columns")
    data = data.lstrip(b"\r\n")
    delimiter, names = _read_header(path, data)
    check_names(path, names)
    if data.count(b'"') % 2 and _is_open(data, delimiter):
        raise make_error("CMP001", "a quotation mark is not closed", path, "the file is damaged or was cut off")
    if b"\n" not in data and b"\r" not in data:
        data += b"\n"  # the parser wants the end of a header without records
    table = _parse(path, data, delimiter, names)
    variables = tuple(Variable(one, Kind.UNTYPED) for one in names)
    return Table(name, str(path), variables, {one: combine(table.column(one)) for one in names}, table.num_rows)


def _read_header(path: Path, data: bytes) -> tuple[str, list[str]]:
    """The delimiter and the names of the columns."""
    head = data[: max(_MOST_HEADER, data.find(b"\n") + 1)].decode("utf-8", "ignore")
    delimiter = max(_DELIMITERS, key=head.partition("\n")[0].count)
    try:
        return delimiter, next(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter))
    except csv.Error:
        raise make_error("CMP001", "the first line names no columns", path, "is it a CSV file?") from None


def _parse(path: Path, data: bytes, delimiter: str, names: list[str]) -> Any:
    """An arrow table of texts."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    for block in (_BLOCK, min(len(data) + 1, _LARGEST_BLOCK)):
        try:
            return arrow_csv.read_csv(
                pa.BufferReader(data),
                read_options=arrow_csv.ReadOptions(column_names=names, skip_rows_after_names=1, block_size=block),
                parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
                convert_options=arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, TEXT)),
            )
        except pa.ArrowInvalid as error:
            if "straddling" in str(error) and block <= len(data):
                continue  # a record longer than a block; the second block holds everything
            message = str(error).removeprefix("CSV parse error: ").splitlines()[0]
            raise make_error("CMP001", f"the rows do not fit the header: {message}", path, "is it whole?") from None
    raise AssertionError("unreachable")


def _is_open(data: bytes, delimiter: str) -> bool:
    """Whether the file ends within quotation marks; an odd one inside a cell that has none around it is only text."""
    reader = csv.reader(io.StringIO(data.decode("utf-8", "replace"), newline=""), delimiter=delimiter, strict=True)
    try:
        for _ in reader:
            pass
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def _read_utf8(path: Path, encoding: str | None) -> bytes:
    data = path.read_bytes()
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if marked == "utf-8-sig":
        data = data.removeprefix(codecs.BOM_UTF8)
    if data.isascii():
        return data
    try:
        text = data.decode(marked or "utf-8")
        return text.encode() if marked == "utf-16" else data
    except UnicodeDecodeError as error:
        place = f"byte {error.start + 1} (0x{data[error.start]:02X})"
    if encoding is None:
        hint = "name its encoding with --encoding, such as cp1252, latin-1 or shift_jis"
        raise make_error("CMP003", f"{place} is not UTF-8 text", path, hint)
    try:
        return data.decode(encoding).encode()
    except LookupError:
        hint = "common ones are cp1252, latin-1, gb18030, shift_jis"
        raise make_error("CMP003", f"there is no encoding {encoding}", path, hint) from None
    except UnicodeDecodeError as error:
        place = f"byte {error.start + 1} (0x{data[error.start]:02X})"
        raise make_error("CMP003", f"{place} is neither UTF-8 nor {encoding} text", path) from None
