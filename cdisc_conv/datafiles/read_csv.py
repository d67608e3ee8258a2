"""CSV files as tables of text that nobody calls text or numbers."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from cdisc_conv.datafiles.columns import combine
from cdisc_conv.datafiles.faults import check_names, make_error
from cdisc_conv.datafiles.table import TEXT, Kind, Table, Variable
from cdisc_conv.problems import ProblemsError

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


def iter_csv(path: Path, name: str, encoding: str | None, most: int) -> Iterator[Table]:
    """The same in tables of about `most` bytes.

    The file is gone through once before, so that a wrong encoding or an open quote is known before the first table. A
    file in another encoding than UTF-8 is read at once.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    with path.open("rb") as stream:
        head = stream.read(max(most, _MOST_HEADER))
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or head[:1] in b"\r\n" or not _is_utf8(path):
        yield read_csv(path, name, encoding)
        return
    delimiter, names = _read_header(path, head.removeprefix(codecs.BOM_UTF8))
    check_names(path, names)
    if _count_quotes(path) % 2 and _ends_open(path, delimiter):
        raise make_error("CMP001", "a quotation mark is not closed", path, "the file is damaged or was cut off")
    variables = tuple(Variable(one, Kind.UNTYPED) for one in names)
    done = 0
    for block in (most, _BLOCK, _LARGEST_BLOCK):
        try:
            with arrow_csv.open_csv(path, *_choose_options(names, delimiter, block, done)) as source:
                for batch in source:
                    columns = {one: batch.column(one) for one in names}
                    yield Table(name, str(path), variables, columns, batch.num_rows)
                    done += batch.num_rows
                return
        except pa.ArrowInvalid as error:
            if "straddling" not in str(error):
                raise _refuse_rows(path, error) from None
    raise make_error("CMP001", "a record is longer than 2 GB", path, "the file is damaged")


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for data in _iter_bytes(path):
            decoder.decode(data)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _count_quotes(path: Path) -> int:
    return sum(data.count(b'"') for data in _iter_bytes(path))


def _iter_bytes(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        yield from iter(lambda: stream.read(_BLOCK), b"")


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
            return arrow_csv.read_csv(pa.BufferReader(data), *_choose_options(names, delimiter, block))
        except pa.ArrowInvalid as error:
            if "straddling" in str(error) and block <= len(data):
                continue  # a record longer than a block; the second block holds everything
            raise _refuse_rows(path, error) from None
    raise AssertionError("unreachable")


def _choose_options(names: list[str], delimiter: str, block: int, done: int = 0) -> tuple[Any, Any, Any]:
    """How arrow reads the records behind those that are `done`: every cell as its text."""
    from pyarrow import csv as arrow_csv

    return (
        arrow_csv.ReadOptions(column_names=names, skip_rows_after_names=1 + done, block_size=block),
        arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, TEXT)),
    )


def _refuse_rows(path: Path, error: Exception) -> ProblemsError:
    message = str(error).removeprefix("CSV parse error: ").splitlines()[0]
    return make_error("CMP001", f"the rows do not fit the header: {message}", path, "is it whole?")


def _ends_open(path: Path, delimiter: str) -> bool:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return _is_left_open(stream, delimiter)


def _is_open(data: bytes, delimiter: str) -> bool:
    """Whether the file ends within quotation marks; an odd one inside a cell that has none around it is only text."""
    return _is_left_open(io.StringIO(data.decode("utf-8", "replace"), newline=""), delimiter)


def _is_left_open(stream: Iterable[str], delimiter: str) -> bool:
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
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
