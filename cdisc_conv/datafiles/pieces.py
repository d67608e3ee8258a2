"""Datasets of any format some records at a time, for files that would fill the memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from cdisc_conv.datafiles.columns import make_column
from cdisc_conv.datafiles.encodings import find_codec
from cdisc_conv.datafiles.faults import check_names
from cdisc_conv.datafiles.read import (
    DatasetFile,
    count_sas_rows,
    describe_xpt,
    read_parquet_columns,
    read_sas,
    refuse_parquet,
)
from cdisc_conv.datafiles.read_csv import iter_csv
from cdisc_conv.datafiles.stream_json import iter_dataset_json
from cdisc_conv.datafiles.table import Table
from cdisc_conv.problems import ProblemsError
from cdisc_conv.xpt import XptMember, iter_xpt, list_members

_UNPACKED = 10
"""How many times as large as its file a compressed dataset is, more or less."""
_FIRST_ROWS = 1_000
"""Rows of a SAS dataset that say how many bytes a row takes."""


def read_pieces(file: DatasetFile, encoding: str | None, most: int) -> Iterator[Table]:
    """The records of a dataset in tables of about `most` bytes, in the order of the file; at least one table.

    Everything else is as in `DatasetFile.read`: a file that is no larger is read at once. What is wrong with the file
    may come up after some of its records: then it cannot be read whole, and these do not count.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "dm.csv"
    >>> _ = path.write_text("USUBJID,AGE\\n" + "01,64\\n02,48\\n" * 20)
    >>> pieces = list(read_pieces(DatasetFile("DM", path), None, most=100))
    >>> sum(piece.rows for piece in pieces), len(pieces) > 1, pieces[0].names
    (40, True, ('USUBJID', 'AGE'))
    """
    reader = _READERS.get(file.path.suffix.lower())
    if reader is None or measure(file) <= most:
        yield file.read(encoding)
        return
    any_piece = False
    for piece in reader(file, encoding, max(1, most)):
        any_piece = True
        yield piece
    if not any_piece:
        yield file.read(encoding)


def measure(file: DatasetFile) -> int:
    """About how many bytes the records of a dataset take. 0 for a file that cannot be read."""
    ending = file.path.suffix.lower()
    try:
        if ending == ".xpt":
            member = _find_member(file, None)
            return member.rows * member.row_length
        if ending == ".parquet":
            return _measure_parquet(file.path)
        size = file.path.stat().st_size
    except (ProblemsError, OSError, ValueError):
        return 0
    return size * _UNPACKED if ending == ".dsjc" else size


def _find_member(file: DatasetFile, encoding: str | None) -> XptMember:
    members = list_members(file.path, encoding=encoding)
    return next(one for one in members if file.member is None or one.name.upper() == file.member.upper())


def _iter_xpt(file: DatasetFile, encoding: str | None, most: int) -> Iterator[Table]:
    codec = find_codec(file.path)
    chosen = _choose_encoding(file, encoding, most) if encoding else codec
    member = _find_member(file, chosen)
    variables = describe_xpt(member.variables)
    rows = max(1, most // max(1, member.row_length))
    first = True
    for frame in iter_xpt(file.path, rows, member=file.member, encoding=chosen):
        columns = {one.name: make_column(one.name, frame[one.name])[1] for one in variables}
        problems = member.problems if first else ()
        yield Table(file.name, str(file.path), variables, columns, len(frame), member.label, special=True,
                    problems=problems, codec=codec or "utf-8")  # fmt: skip
        first = False


def _choose_encoding(file: DatasetFile, encoding: str, most: int) -> str:
    """UTF-8 where the whole file is, else the encoding that is named for others."""
    try:
        member = _find_member(file, "utf-8")
        rows = max(1, most // max(1, member.row_length))
        for _ in iter_xpt(file.path, rows, member=file.member, encoding="utf-8"):
            pass
    except ProblemsError as error:
        if {problem.code for problem in error.problems} != {"XPT025"}:
            raise
        return encoding
    return "utf-8"


def _iter_sas(file: DatasetFile, encoding: str | None, most: int) -> Iterator[Table]:
    """Pieces of a SAS dataset; reading one goes through the file from its beginning, so they are not small."""
    start, rows = 0, _FIRST_ROWS
    total = count_sas_rows(file.path, encoding)
    while start < total:
        piece = read_sas(file.path, file.name, encoding, start, min(rows, total - start))
        yield piece
        start += piece.rows
        rows = max(1, most * piece.rows // max(1, sum(int(values.nbytes) for values in piece.columns.values())))


def _measure_parquet(path: Path) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        facts = pq.read_metadata(path)
    except pa.ArrowException as error:
        raise ValueError(str(error)) from None
    return sum(facts.row_group(number).total_byte_size for number in range(facts.num_row_groups))


def _iter_parquet(file: DatasetFile, encoding: str | None, most: int) -> Iterator[Table]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(file.path) as source:
            check_names(file.path, source.schema_arrow.names)
            rows = max(1, most * source.metadata.num_rows // max(1, _measure_parquet(file.path)))
            for batch in source.iter_batches(batch_size=rows):
                yield read_parquet_columns(file.path, file.name, pa.Table.from_batches([batch]))
    except (pa.ArrowException, OSError, UnicodeError, ValueError) as error:
        raise refuse_parquet(file.path, error) from None


_Reader = Callable[[DatasetFile, "str | None", int], Iterator[Table]]
_READERS: dict[str, _Reader] = {
    ".xpt": _iter_xpt,
    ".sas7bdat": _iter_sas,
    ".csv": lambda file, encoding, most: iter_csv(file.path, file.name, encoding, most),
    ".parquet": _iter_parquet,
    ".json": lambda file, encoding, most: iter_dataset_json(file.path, file.name, most),
    ".ndjson": lambda file, encoding, most: iter_dataset_json(file.path, file.name, most),
    ".dsjc": lambda file, encoding, most: iter_dataset_json(file.path, file.name, most),
}
