"""From records of a package back to the raw rows and fields they were made from; needs the package alone.

The package says which rows (report/records) and which fields (report/lineage.json); the values come from the raw files,
when they are still where they were. A record that was made from records (ADaM from SDTM) leads to these, and on to what
they were made from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from cdisc_conv.columns.sas_dates import to_iso_dates, to_iso_datetimes
from cdisc_conv.datafiles.encodings import find_codec
from cdisc_conv.expr import Expression, Type, parse, suggest_quotes
from cdisc_conv.package.listing import read_manifest
from cdisc_conv.package.reading.confine import is_name
from cdisc_conv.package.reading.follow import Cell, Follower, Records, Way
from cdisc_conv.package.reading.recorded import check_manifest, read_lineage
from cdisc_conv.package.reading.sources import Sources, TracedRow, read_values, show_value
from cdisc_conv.problems import Place, Problem, ProblemsError, did_you_mean
from cdisc_conv.tables import TableId
from cdisc_conv.workplace import recover
from cdisc_conv.xpt import XptFile, read_xpt

ROWS_SHOWN = 20
"""Raw rows listed for one record; a record that is made of more says how many."""

FOLDERS = ("sdtm", "adam")


@dataclass(frozen=True, slots=True)
class TracedCell:
    """A value behind another: ``ae.AESTDAT`` in a raw row, or ``AE.AESTDTC`` in a record of another dataset."""

    name: str
    row: int
    """From 1, of the form or dataset."""
    value: str
    is_raw: bool = False
    """Whether it is in a raw row."""


@dataclass(frozen=True, slots=True)
class TracedVariable:
    """A variable of a record: its value, the cells it comes from, and what else it reads."""

    name: str
    value: str
    cells: tuple[TracedCell, ...]
    """In the rows behind the record, in the records that its value was taken from, and in the rows behind these."""
    others: tuple[str, ...]
    """Variables of other datasets, and fields of other forms."""
    elsewhere: tuple[TracedCell, ...] = ()
    """The cells behind `others` that are known: the values of the same subject, and what these come from."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of `cells`, each once."""
        return tuple(dict.fromkeys(cell.name for cell in self.cells))


@dataclass(frozen=True, slots=True)
class TracedRecord:
    """A record (from 1), the raw rows behind it, and how many there are.

    `through` are the records of other datasets on the way there, nearest first, and `through_count` how many there are.
    Records of a dataset that was given are at the end of the way, among `rows`. `beside` are rows and records that
    single values were taken from.
    """

    number: int
    rows: tuple[TracedRow, ...]
    count: int
    through: tuple[TracedRow, ...]
    through_count: int
    variables: tuple[TracedVariable, ...]
    beside: tuple[TracedRow, ...] = ()


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
    ways = [package.trace(name, frame, int(position)) for position in matching[:limit]]
    seen = len(package.problems)
    records = tuple(package.add_elsewhere(record, found) for record, found in ways)
    # What stands elsewhere is shown as far as it can be read.
    problems = [*package.problems[:seen], *(one for one in package.problems[seen:] if one.code != "TRC004")]
    return Trace(name, len(matching), records, tuple(problems))


def select_records(frame: pd.DataFrame, where: str, dataset: str) -> np.ndarray:
    """Positions (from 0) of the records that meet a condition in the language of mappings; all for an empty one."""
    if not where.strip():
        return np.arange(len(frame))
    condition = parse(where)
    unknown = [name for name in condition.names if name not in frame.columns]
    if unknown:
        raise ProblemsError([_unknown_variable(name, condition, dataset, list(frame.columns)) for name in unknown])
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
        check_manifest(manifest, out, "TRC006")
        self._lineage = read_lineage(out, "TRC006")
        self._sources = Sources(out, manifest, self._lineage, raw)
        self._frames: dict[str, pd.DataFrame] = {}
        self._records = Records(out / "report" / "records")
        self._follower = Follower(self._lineage, self._records, self._read_if_there)

    def _read_if_there(self, name: str) -> pd.DataFrame | None:
        return self.read_dataset(name) if self._find_file(name) is not None else None

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
            read = read_xpt(file, encoding=find_codec(file))
            if read.problems:
                raise ProblemsError(read.problems)
            self._frames[name] = _with_iso_dates(read)
        return self._frames[name]

    def _find_file(self, name: str) -> Path | None:
        files = (self._out / folder / f"{name.lower()}.xpt" for folder in FOLDERS if is_name(name))
        return next((file for file in files if file.is_file()), None)

    def add_elsewhere(self, record: TracedRecord, ways: Mapping[str, Way]) -> TracedRecord:
        """A record with the cells that its variables come from in the records of the same subject."""
        variables = (
            replace(one, elsewhere=tuple(self._read_cell(cell) for cell in ways[one.name].elsewhere))
            for one in record.variables
        )
        return replace(record, variables=tuple(variables))

    def trace(self, dataset: str, frame: pd.DataFrame, position: int) -> tuple[TracedRecord, dict[str, Way]]:
        """One record with the records on the way, the raw rows and the cells behind it."""
        through: dict[tuple[str, int], None] = {}
        ends = self._resolve(self._records.origins(dataset, position + 1), through)
        record = frame.iloc[position]
        ways = {str(name): self._follow(dataset, position + 1, str(name), record) for name in frame.columns}
        known = {*ends, *through, (TableId(dataset).source, position + 1)}
        cells = dict.fromkeys((cell.source, cell.row) for way in ways.values() for cell in way.cells)
        traced = TracedRecord(
            position + 1,
            tuple(self._sources.read_row(source, row) for source, row in ends[:ROWS_SHOWN]),
            len(ends),
            tuple(self._read_record(source, row) for source, row in list(through)[:ROWS_SHOWN]),
            len(through),
            tuple(self._describe(name, show_value(record[name]), way) for name, way in ways.items()),
            tuple(self._read_row(source, row) for source, row in cells if (source, row) not in known),
        )
        return traced, ways

    def _follow(self, dataset: str, number: int, name: str, record: pd.Series) -> Way:
        """What a variable comes from; that of a supplemental qualifier stands in the parent's record."""
        parent = self._lineage["datasets"][dataset]["supplemental_to"]
        if not parent:
            return self._follower.follow(dataset, number, name)
        names = {"QVAL": record["QNAM"], "IDVARVAL": record["IDVAR"]}
        frame = self._read_if_there(parent)
        found = self._find_parent(frame, record) if frame is not None else 0
        return self._follower.follow(parent, found, str(names.get(name, name)))

    @staticmethod
    def _find_parent(frame: pd.DataFrame, record: pd.Series) -> int:
        """The record (from 1) of the parent dataset that a supplemental qualifier belongs to; 0 for none."""
        mask = frame["USUBJID"] == record["USUBJID"] if "USUBJID" in frame else pd.Series(True, frame.index)
        if record["IDVAR"] and record["IDVAR"] in frame:
            mask &= frame[record["IDVAR"]].map(show_value) == record["IDVARVAL"]
        places = np.flatnonzero(mask.to_numpy(dtype=bool))
        return int(places[0]) + 1 if len(places) else 0

    def _describe(self, name: str, value: str, way: Way) -> TracedVariable:
        cells = tuple(self._read_cell(cell) for cell in way.cells)
        return TracedVariable(name, value, cells, tuple(way.others))

    def _read_cell(self, cell: Cell) -> TracedCell:
        values = self._read_row(cell.source, cell.row).values
        value = values[cell.column] if cell.column in values else self._read_qualifier(cell)
        return TracedCell(cell.name, cell.row, value, cell.table.is_form)

    def _read_qualifier(self, cell: Cell) -> str:
        """The value of a supplemental qualifier of a record; nothing where there is none."""
        parent = cell.table
        frame, values = self._read_if_there(parent), self._read_if_there(self._find_qualifiers(parent))
        if frame is None or values is None:
            return ""
        record = frame.iloc[cell.row - 1]
        mine = values[(values["QNAM"] == cell.column) & (values["USUBJID"] == record["USUBJID"])]
        found = (
            value
            for value, name, wanted in zip(mine["QVAL"], mine["IDVAR"], mine["IDVARVAL"], strict=True)
            if not name or show_value(record[name]) == wanted
        )
        return str(next(found, ""))

    def _find_qualifiers(self, parent: str) -> str:
        known = self._lineage["datasets"].items()
        return next((name for name, one in known if one["supplemental_to"] == parent), f"SUPP{parent}")

    def _read_row(self, source: str, row: int) -> TracedRow:
        """A raw row, a record of the package, or one of a given dataset."""
        table = TableId.of_source(source)
        made = not table.is_form and self._find_file(table) is not None
        return self._read_record(source, row) if made else self._sources.read_row(source, row)

    def _resolve(self, origins: pd.DataFrame, through: dict[tuple[str, int], None]) -> list[tuple[str, int]]:
        """(source, row) pairs with records of other datasets followed down to forms and given datasets.

        The records on the way go into `through`; none is followed twice, so records of records of one dataset end.
        """
        found: dict[tuple[str, int], None] = {}
        pairs = dict.fromkeys(zip(map(str, origins["source"]), map(int, origins["row"]), strict=True))
        for source, row in pairs:
            table = TableId.of_source(source)
            if table.is_form or not self._records.has(table):
                found[source, row] = None
        new = [pair for pair in pairs if pair not in found and pair not in through]
        through.update(dict.fromkeys(new))
        for source, row in new:
            behind = self._records.origins(TableId.of_source(source), row)
            found.update(dict.fromkeys(self._resolve(behind, through)))
        return list(found)

    def _read_record(self, source: str, row: int) -> TracedRow:
        """A record of a dataset of the package."""
        name = TableId.of_source(source)
        file = self._find_file(name)
        frame = self.read_dataset(name) if file is not None else pd.DataFrame()
        label = self._lineage["datasets"].get(name, {}).get("label", "")
        return TracedRow(name, label, file.name if file is not None else "", row, read_values(frame, row), "dataset")


def _with_iso_dates(file: XptFile) -> pd.DataFrame:
    """The records, with numbers that are shown as dates turned into ISO 8601 text."""
    writers = {"DATE": to_iso_dates, "DATETIME": to_iso_datetimes}
    kinds = {variable.name: variable.format.rstrip("0123456789.") for variable in file.variables if variable.numeric}
    dates = {name: writers[kind](file.frame[name]) for name, kind in kinds.items() if kind in writers}
    return file.frame.assign(**dates)


def _unknown_variable(name: str, condition: Expression, dataset: str, known: list[str]) -> Problem:
    hint = did_you_mean(name, known) or suggest_quotes(name, condition) or f"there are: {', '.join(known)}"
    return Problem("TRC003", f"{dataset} has no variable {name}", place=Place(), hint=hint)
