"""From records of a package back to the raw rows and fields they were made from; needs the package alone.

The package says which rows (report/records) and which fields (report/lineage.json); the values come from the raw files,
when they are still where they were. A record that was made from records (ADaM from SDTM) leads to these, and on to what
they were made from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cdisc_conv.columns.sas_dates import to_iso_dates, to_iso_datetimes
from cdisc_conv.expr import Type, parse
from cdisc_conv.package.sources import Sources, TracedRow, read_values, show_value
from cdisc_conv.package.staging import read_manifest
from cdisc_conv.problems import Place, Problem, ProblemsError, did_you_mean
from cdisc_conv.workplace import recover
from cdisc_conv.xpt import XptFile, read_xpt

ROWS_SHOWN = 20
"""Raw rows listed for one record; a record that is made of more says how many."""

FOLDERS = ("sdtm", "adam")


@dataclass(frozen=True, slots=True)
class TracedVariable:
    """A variable of a record: its value, the fields of the raw rows it comes from, and what else it reads."""

    name: str
    value: str
    fields: tuple[str, ...]
    """``ae.AESTDAT``: fields of the rows behind the record; ``AE.AESTDTC``: variables of records on the way there."""
    others: tuple[str, ...]
    """Variables of other datasets, and fields of other forms."""


@dataclass(frozen=True, slots=True)
class TracedRecord:
    """A record (from 1), the raw rows behind it, and how many there are.

    `through` are the records of other datasets on the way there, nearest first, and `through_count` how many there are.
    Records of a dataset that was given are at the end of the way, among `rows`.
    """

    number: int
    rows: tuple[TracedRow, ...]
    count: int
    through: tuple[TracedRow, ...]
    through_count: int
    variables: tuple[TracedVariable, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """Records of a dataset with where they come from; `found` tells how many meet the condition."""

    dataset: str
    found: int
    records: tuple[TracedRecord, ...]
    problems: tuple[Problem, ...]


def trace_records(out: Path, dataset: str, where: str = "", limit: int = 5, raw: Path | None = None) -> Trace:
    """The first `limit` records of a dataset that meet `where`, back to their raw rows.

    `out` is a package; `raw` the raw folder when it is no longer where the manifest says. Problems of the trace: TRC004
    a raw file is gone, TRC005 it has changed. Raises ProblemsError: TRC001 no package, TRC002 no such dataset, TRC003
    an unknown variable in `where`, and those of the expression.
    """
    package = _Package(out, raw)
    name = package.find_dataset(dataset)
    frame = package.read_dataset(name)
    matching = select_records(frame, where, name)
    records = tuple(package.trace(name, frame, int(position)) for position in matching[:limit])
    return Trace(name, len(matching), records, tuple(package.problems))


def select_records(frame: pd.DataFrame, where: str, dataset: str) -> np.ndarray:
    """Positions (from 0) of the records that meet a condition in the language of mappings; all for an empty one."""
    if not where.strip():
        return np.arange(len(frame))
    condition = parse(where)
    unknown = [name for name in condition.names if name not in frame.columns]
    if unknown:
        raise ProblemsError([_unknown_variable(name, dataset, list(frame.columns)) for name in unknown])
    types = {name: Type.NUMBER if frame[name].dtype.kind == "f" else Type.TEXT for name in condition.names}
    _, problems = condition.check(types.get, Type.BOOLEAN)
    if problems:
        raise ProblemsError(problems)
    return np.flatnonzero(condition.evaluate(frame.__getitem__, len(frame)).to_numpy(dtype=bool))


class _Package:
    """A package on disk, and the forms and given datasets behind it, read when first needed."""

    def __init__(self, out: Path, raw: Path | None) -> None:
        recover(out)
        manifest = read_manifest(out)
        if manifest is None:
            hint = "give the output folder of 'cdisc-conv run' or 'demo'"
            raise ProblemsError([Problem("TRC001", f"'{out}' holds no package of cdisc-conv", hint=hint)])
        self._out = out
        self._lineage = json.loads((out / "report" / "lineage.json").read_text(encoding="utf-8"))
        self._sources = Sources(out, manifest, self._lineage, raw)
        self._frames: dict[str, pd.DataFrame] = {}

    @property
    def problems(self) -> list[Problem]:
        """What was found while the files were read."""
        return self._sources.problems

    def find_dataset(self, name: str) -> str:
        """The name of a dataset with records, whatever its case."""
        known = [key for key in self._lineage["datasets"] if self._find_file(key) is not None]
        if name.upper() in known:
            return name.upper()
        hint = did_you_mean(name, known) or f"there are: {', '.join(known)}"
        raise ProblemsError([Problem("TRC002", f"the package has no dataset {name} with records", hint=hint)])

    def read_dataset(self, name: str) -> pd.DataFrame:
        """The records of a dataset of the package; analysis dates as ISO 8601 text, as they are shown and asked for."""
        if name not in self._frames:
            file = self._find_file(name)
            if file is None:
                raise ProblemsError([Problem("TRC002", f"the package has no dataset {name} with records")])
            self._frames[name] = _with_iso_dates(read_xpt(file))
        return self._frames[name]

    def _find_file(self, name: str) -> Path | None:
        files = (self._out / folder / f"{name.lower()}.xpt" for folder in FOLDERS)
        return next((file for file in files if file.is_file()), None)

    def trace(self, dataset: str, frame: pd.DataFrame, position: int) -> TracedRecord:
        """One record with the records on the way, the raw rows and the fields behind it."""
        origins = _read_origins(self._records_file(dataset), np.array([position + 1]))
        direct = list(origins["source"].astype("str").unique())
        through: dict[tuple[str, int], None] = {}
        ends = self._resolve(origins, through)
        chain = {*direct, *(source for source, _ in (*through, *ends))}
        record = frame.iloc[position]
        return TracedRecord(
            position + 1,
            tuple(self._sources.read_row(source, row) for source, row in ends[:ROWS_SHOWN]),
            len(ends),
            tuple(self._read_record(source, row) for source, row in list(through)[:ROWS_SHOWN]),
            len(through),
            tuple(self._trace_variable(dataset, str(name), record, direct, chain) for name in frame.columns),
        )

    def _records_file(self, dataset: str) -> Path:
        return self._out / "report" / "records" / f"{dataset.lower()}.parquet"

    def _resolve(self, origins: pd.DataFrame, through: dict[tuple[str, int], None]) -> list[tuple[str, int]]:
        """(source, row) pairs with records of other datasets followed down to forms and given datasets.

        The records on the way go into `through`; none is followed twice, so records of records of one dataset end.
        """
        found: dict[tuple[str, int], None] = {}
        for source, part in origins.groupby("source", observed=True, sort=False):
            pairs = [(str(source), int(row)) for row in part["row"]]
            path = self._records_file(str(source).removeprefix("dataset "))
            if not str(source).startswith("dataset ") or not path.is_file():
                found.update(dict.fromkeys(pairs))
                continue
            new = [pair for pair in pairs if pair not in through]
            through.update(dict.fromkeys(new))
            if new:
                rows = np.array([row for _, row in new])
                found.update(dict.fromkeys(self._resolve(_read_origins(path, rows), through)))
        return list(found)

    def _read_record(self, source: str, row: int) -> TracedRow:
        """A record of a dataset of the package."""
        name = source.removeprefix("dataset ")
        file = self._find_file(name)
        frame = self.read_dataset(name) if file is not None else pd.DataFrame()
        label = self._lineage["datasets"].get(name, {}).get("label", "")
        return TracedRow(name, label, file.name if file is not None else "", row, read_values(frame, row), "dataset")

    def _trace_variable(
        self, dataset: str, name: str, record: pd.Series, sources: Sequence[str], chain: set[str]
    ) -> TracedVariable:
        parent = self._lineage["datasets"][dataset]["supplemental_to"]
        mapped = self._name_mapped(parent, record, name) if parent else f"{dataset}.{name}"
        mine = self._entries(mapped, set(sources))
        # Blocks that share an entry have forms of their own; those of other records are none of this one's.
        elsewhere = {source for entry in mine for source in entry["sources"]} - set(sources)
        fields: dict[str, None] = {}
        self._follow(mapped, set(sources), chain, fields, set())
        own = parent or dataset
        others = (
            read
            for read in _unique(mine, "reads")
            if not read.startswith(f"{own}.") and read not in fields and elsewhere.isdisjoint(_tables_of(read))
        )
        return TracedVariable(name, show_value(record[name]), tuple(fields), tuple(others))

    def _entries(self, name: str, sources: set[str]) -> list[Mapping[str, Any]]:
        """The mapping entries of a variable that hold for records from some sources; all for none."""
        entries: list[Mapping[str, Any]] = self._lineage["variables"].get(name, {}).get("entries", [])
        return [entry for entry in entries if not sources or set(entry["sources"]) & sources]

    def _follow(self, name: str, sources: set[str], chain: set[str], found: dict[str, None], seen: set[str]) -> None:
        """Add the fields of raw rows, and the variables of records on the way, that a variable's value comes from.

        `sources` are those of the records that are meant; the variable may stand for other ones further on (`chain`).
        """
        own = name.partition(".")[0]
        for entry in self._entries(name, sources):
            found.update(dict.fromkeys(field for field in entry["row_fields"] if _form_of(field) in chain))
            for read in entry["reads"]:
                table = read.partition(".")[0]
                if f"dataset {table}" in chain and table != own:
                    found[read] = None
                elif table != own:
                    continue
                if read not in seen:
                    seen.add(read)
                    self._follow(read, chain, chain, found, seen)

    @staticmethod
    def _name_mapped(parent: str, record: pd.Series, name: str) -> str:
        """The variable of the parent dataset behind a variable of a supplemental qualifier."""
        names = {"QVAL": record["QNAM"], "IDVARVAL": record["IDVAR"]}
        return f"{parent}.{names.get(name, name)}"


def _with_iso_dates(file: XptFile) -> pd.DataFrame:
    """The records, with numbers that are shown as dates turned into ISO 8601 text."""
    writers = {"DATE": to_iso_dates, "DATETIME": to_iso_datetimes}
    kinds = {variable.name: variable.format.rstrip("0123456789.") for variable in file.variables if variable.numeric}
    dates = {name: writers[kind](file.frame[name]) for name, kind in kinds.items() if kind in writers}
    return file.frame.assign(**dates)


def _read_origins(path: Path, records: np.ndarray) -> pd.DataFrame:
    """The rows behind some records (from 1): columns record, source, row."""
    table = pq.read_table(path)
    wanted = table.filter(pc.is_in(table["record"], value_set=pc.cast(np.asarray(records, dtype="int64"), "int64")))
    frame: pd.DataFrame = wanted.to_pandas()
    return frame


def _form_of(field: str) -> str:
    return f"form {field.partition('.')[0]}"


def _tables_of(field: str) -> tuple[str, str]:
    """What a field may stand in, in the words of sources: a form, or a dataset."""
    return _form_of(field), f"dataset {field.partition('.')[0]}"


def _unique(entries: Sequence[Mapping[str, Any]], key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for entry in entries for name in entry[key]))


def _unknown_variable(name: str, dataset: str, known: list[str]) -> Problem:
    hint = did_you_mean(name, known) or f"there are: {', '.join(known)}"
    return Problem("TRC003", f"{dataset} has no variable {name}", place=Place(), hint=hint)
