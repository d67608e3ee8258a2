"""Datasets of any format as tables: transport files, SAS7BDAT, CSV, Parquet, Dataset-JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cdisc_conv.datafiles.columns import make_column, read_arrow
from cdisc_conv.datafiles.encodings import find_codec
from cdisc_conv.datafiles.faults import check_names, make_error
from cdisc_conv.datafiles.read_csv import read_csv
from cdisc_conv.datafiles.read_json import read_dataset_json
from cdisc_conv.datafiles.table import Kind, Table, Variable
from cdisc_conv.problems import Place, Problem, ProblemsError
from cdisc_conv.xpt import XptVariable, list_members, make_missing, read_xpt


@dataclass(frozen=True, slots=True)
class DatasetFile:
    """A dataset in a file; ``name`` in capitals, ``member`` only where the file can hold several."""

    name: str
    path: Path
    member: str | None = None

    def read(self, encoding: str | None = None) -> Table:
        """The dataset. ProblemsError (CMP001, CMP014, XPT...) when it cannot be read whole."""
        reader = _READERS[self.path.suffix.lower()]
        return reader(self.path, self.name, self.member, encoding)


def list_datasets(path: Path) -> list[DatasetFile]:
    """The datasets of a file, or of a folder and what is right below it; of a package those in its sdtm or adam folder.

    Raises ProblemsError: CMP001 no such file or unknown ending, CMP002 no or doubled datasets in a folder.
    """
    if path.is_dir():
        return _list_folder(path)
    if not path.is_file():
        raise _refuse_path(path)
    if path.suffix.lower() not in _READERS:
        raise make_error("CMP001", f"the ending {path.suffix or '(none)'} is not known", path,
                         f"datasets end in {', '.join(_READERS)}")  # fmt: skip
    if path.suffix.lower() == ".xpt":
        return [DatasetFile(one.name.upper(), path, one.name) for one in list_members(path)]
    return [DatasetFile(path.stem.upper(), path)]


def _refuse_path(path: Path) -> ProblemsError:
    if "\0" not in str(path) and path.exists():
        return make_error("CMP001", "this is a pipe or a device, not a file", path, "save its content in a file first")
    return make_error("CMP001", "there is no such file or folder", path, "check the spelling")


def _list_folder(path: Path) -> list[DatasetFile]:
    folders = [one for one in (path / "sdtm", path / "adam") if one.is_dir()] or [path]
    files = [file for folder in folders for file in sorted(folder.iterdir())
             if file.suffix.lower() in _READERS and not file.is_dir()]  # fmt: skip
    found = [dataset for file in files if file.name != "manifest.json" for dataset in list_datasets(file)]
    if not found:
        raise make_error("CMP002", "the folder holds no datasets", path, f"they end in {', '.join(_READERS)}")
    by_name: dict[str, DatasetFile] = {}
    problems = []
    for one in found:
        if one.name in by_name:
            message = f"dataset {one.name} is in {by_name[one.name].path.name} and in {one.path.name}"
            hint = "keep one of them, or compare the two files"
            problems.append(Problem("CMP002", message, place=Place(file=str(path)), hint=hint))
        by_name[one.name] = one
    if problems:
        raise ProblemsError(problems)
    return list(by_name.values())


def _read_xpt(path: Path, name: str, member: str | None, encoding: str | None) -> Table:
    codec = find_codec(path)
    try:
        file = read_xpt(path, member=member, encoding="utf-8" if encoding else codec)
    except ProblemsError as error:
        if encoding is None or {problem.code for problem in error.problems} != {"XPT025"}:
            raise
        file = read_xpt(path, member=member, encoding=encoding)
    variables = describe_xpt(file.variables)
    columns = {one.name: make_column(one.name, file.frame[one.name])[1] for one in variables}
    return Table(name, str(path), variables, columns, len(file.frame), file.label, special=True, problems=file.problems,
                 codec=codec or "utf-8")  # fmt: skip


def describe_xpt(variables: Iterable[XptVariable]) -> tuple[Variable, ...]:
    """What a transport file says of its variables."""
    return tuple(
        Variable(one.name, Kind.NUMBER if one.numeric else Kind.TEXT, one.label, one.length, one.format, one.informat)
        for one in variables
    )


def _read_sas(path: Path, name: str, member: str | None, encoding: str | None) -> Table:
    return read_sas(path, name, encoding)


def count_sas_rows(path: Path, encoding: str | None) -> int:
    """How many records a SAS dataset says it has. ProblemsError (CMP001) when it cannot be read."""
    return _open_sas(path, encoding, metadataonly=True)[1].number_rows or 0


def _open_sas(path: Path, encoding: str | None, **options: Any) -> tuple[pd.DataFrame, Any]:
    import pyreadstat

    options |= {"user_missing": True, "disable_datetime_conversion": True, "encoding": encoding}
    try:
        return pyreadstat.read_sas7bdat(str(path), **options)
    except Exception as error:  # pyreadstat raises whatever its C code met
        raise make_error("CMP001", f"the SAS dataset cannot be read: {error}", path, "is it whole?") from None


def read_sas(path: Path, name: str, encoding: str | None, start: int = 0, rows: int = 0) -> Table:
    """A SAS dataset, or so many of its records from `start` (from 0) on. ProblemsError (CMP001) when they cannot be
    read whole.
    """
    frame, facts = _open_sas(path, encoding, row_offset=start, row_limit=rows)
    stated = rows or (facts.number_rows or 0) - start
    if len(frame) != stated:
        message = f"the SAS dataset says {start + stated:,} records, but holds {start + len(frame):,}"
        raise make_error("CMP001", message, path, "is it whole?")
    variables, columns = [], {}
    for column in frame.columns:
        numeric = facts.readstat_variable_types.get(column) != "string"
        form = facts.original_variable_types.get(column) or ""
        label = facts.column_names_to_labels.get(column) or ""
        length = facts.variable_storage_width.get(column)
        kind = Kind.NUMBER if numeric else Kind.TEXT
        variables.append(Variable(column, kind, label, length, _write_format(form)))
        if numeric:
            columns[column] = _read_numbers(frame[column])
        else:
            texts: Any = make_column(column, frame[column])[1]
            columns[column] = texts.fill_null("").cast("large_string")
    return Table(name, str(path), tuple(variables), columns, len(frame), facts.file_label or "", special=True)


def _write_format(form: str) -> str:
    """A format as SAS prints it: ReadStat leaves out the point, and names the lack of one BEST or $."""
    if form in ("", "NULL", "BEST", "$"):
        return ""
    return form if "." in form else f"{form}."


def _read_numbers(series: pd.Series) -> np.ndarray:
    """Numbers; letters are SAS's special missing values."""
    if series.dtype != object and not isinstance(series.dtype, pd.StringDtype):
        return series.to_numpy(dtype=np.float64)
    letters = series.map(lambda value: isinstance(value, str)).to_numpy(dtype=bool)
    values = pd.to_numeric(series.where(~letters)).to_numpy(dtype=np.float64).copy()
    values[letters] = [make_missing(f".{letter}") for letter in series[letters]]
    return values


def _read_parquet(path: Path, name: str, member: str | None, encoding: str | None) -> Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
        names = table.column_names
    except (pa.ArrowException, OSError, UnicodeError, ValueError) as error:
        raise refuse_parquet(path, error) from None
    check_names(path, names)
    return read_parquet_columns(path, name, table)


def refuse_parquet(path: Path, error: Exception) -> ProblemsError:
    """The error for a Parquet file that cannot be read, in the words of its reader."""
    message = f"the Parquet file cannot be read: {(str(error).splitlines() or ['damaged'])[0].rstrip('.')}"
    return make_error("CMP001", message, path, "is it whole?")


def read_parquet_columns(path: Path, name: str, table: Any) -> Table:
    """An arrow table of a Parquet file as a dataset. ProblemsError (CMP001) for columns that cannot be read."""
    made = [_read_parquet_column(path, column, table.column(column)) for column in table.column_names]
    variables = tuple(variable for variable, _ in made)
    columns = {variable.name: values for variable, values in made}
    return Table(name, str(path), variables, columns, table.num_rows, nulls=True)


def _read_parquet_column(path: Path, name: str, array: Any) -> tuple[Variable, Any]:
    import pyarrow as pa

    try:
        array.validate(full=True)
        return read_arrow(name, array)
    except (pa.ArrowException, UnicodeError, ValueError, OverflowError) as error:
        text = "UTF" in str(error).upper()
        message = "holds text that is not UTF-8" if text else f"cannot be read: {str(error).splitlines()[0]}"
        raise make_error("CMP001", f"the column {name} {message}", path, "is it whole?") from None


def _read_csv(path: Path, name: str, member: str | None, encoding: str | None) -> Table:
    return read_csv(path, name, encoding)


def _read_json(path: Path, name: str, member: str | None, encoding: str | None) -> Table:
    return read_dataset_json(path, name)


_Reader = Callable[[Path, str, Any, Any], Table]
_READERS: dict[str, _Reader] = {
    ".xpt": _read_xpt,
    ".sas7bdat": _read_sas,
    ".csv": _read_csv,
    ".parquet": _read_parquet,
    ".json": _read_json,
    ".ndjson": _read_json,
    ".dsjc": _read_json,
}
ENDINGS = tuple(_READERS)
"""What the names of dataset files end in."""
