"""From one value of a package to the cells it comes from: fields of raw rows, and variables of other records.

The package says what each kind of record reads (report/lineage.json), which rows are behind a record, and which records
single values were taken from (report/records). So only cells are named that the very record was made from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cdisc_conv.package.reading.confine import is_name
from cdisc_conv.problems import Problem, ProblemsError
from cdisc_conv.tables import SUBJECT, ColumnRef, TableId


@dataclass(frozen=True, slots=True)
class Cell:
    """A value somewhere: row `row` (from 1) of ``form ae`` or record of ``dataset AE``, and the column."""

    source: str
    row: int
    column: str

    @property
    def table(self) -> TableId:
        """The form or dataset that it is in."""
        return TableId.of_source(self.source)

    @property
    def name(self) -> str:
        """``ae.AESTDAT`` or ``AE.AESTDTC``."""
        return ColumnRef.of(self.table.name, self.column)


@dataclass
class Way:
    """What was found on the way: `cells` by the record's own rows, `elsewhere` by the records of the same subject."""

    cells: dict[Cell, None] = field(default_factory=dict)
    elsewhere: dict[Cell, None] = field(default_factory=dict)
    others: dict[str, None] = field(default_factory=dict)
    seen: set[tuple[Cell, bool]] = field(default_factory=set)


class Records:
    """The files of report/records, read when first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tables: dict[str, Any] = {}

    def origins(self, dataset: str, record: int) -> pd.DataFrame:
        """The rows behind a record (from 1): source, row and, in packages of today, variant and read."""
        found = self._rows_of(dataset, record)
        return found[found["variable"] == ""] if "variable" in found else found

    def picked(self, dataset: str, record: int, variable: str) -> pd.DataFrame:
        """The records that a value of a record is from: source and row."""
        found = self._rows_of(dataset, record)
        return found[found["variable"] == variable] if "variable" in found else found.iloc[:0]

    def has(self, dataset: str) -> bool:
        """Whether the rows behind the records of a dataset are known."""
        return is_name(dataset) and (self._folder / f"{dataset.lower()}.parquet").is_file()

    def _rows_of(self, dataset: str, record: int) -> pd.DataFrame:
        if not is_name(dataset):
            return pd.DataFrame({"record": [], "source": [], "row": []})
        if dataset not in self._tables:
            path = self._folder / f"{dataset.lower()}.parquet"
            self._tables[dataset] = _read_records(path) if path.is_file() else None
        table = self._tables[dataset]
        if table is None:
            return pd.DataFrame({"record": [], "source": [], "row": []})
        found: pd.DataFrame = table.filter(pc.equal(table["record"], record)).to_pandas()
        return found


def _read_records(path: Path) -> Any:
    """A file of records. Raises ProblemsError (TRC006) when it is damaged."""
    try:
        table = pq.read_table(path)
        table.validate(full=True)
        if not {"record", "source", "row"} <= set(table.column_names):
            raise ValueError("it has not the columns record, source and row")
        for name in ("record", "row"):
            table[name].cast("int64")
        return table
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = (str(error).splitlines() or ["damaged"])[0].rstrip(".")
        hint = "run the study again, or take the package from where it is whole"
        raise ProblemsError([Problem("TRC006", f"'{path}' cannot be read: {reason}", hint=hint)]) from None


class Follower:
    """Follows values of a package. `frames` gives the records of a dataset of the package, or None."""

    def __init__(
        self, lineage: Mapping[str, Any], records: Records, frames: Callable[[str], pd.DataFrame | None]
    ) -> None:
        self._variables: Mapping[str, Any] = lineage["variables"]
        self._given = lineage.get("given", {})
        self._domains: dict[str, str] = {
            name: one["domain"] for name, one in lineage["datasets"].items() if one.get("domain")
        }
        """The domains of datasets that are parts of one, by the names of which the mapping speaks."""
        self._qualifiers = {one["supplemental_to"]: one["qualifiers"] for one in lineage["datasets"].values()}
        self._records = records
        self._frames = frames

    def follow(self, dataset: str, record: int, variable: str) -> Way:
        """All that a variable of a record (from 1) comes from."""
        found = Way()
        self._follow(Cell(TableId(dataset).source, record, variable), found, beside=False, start=dataset)
        found.elsewhere = {cell: None for cell in found.elsewhere if cell not in found.cells}
        named = {ColumnRef.of(self._domain_of(cell.table.name), cell.column) for cell in found.cells}
        found.others = {name: None for name in found.others if name not in named}
        return found

    def _follow(self, cell: Cell, found: Way, beside: bool, start: str) -> None:
        if (cell, beside) in found.seen:
            return
        found.seen.add((cell, beside))
        dataset = cell.table
        origins = self._records.origins(dataset, cell.row)
        for entry in self._entries(f"{self._domain_of(dataset)}.{cell.column}", origins):
            own = dataset == start and not beside
            if own:
                domain = self._domain_of(dataset)
                found.others.update(dict.fromkeys(name for name in entry["reads"] if ColumnRef(name).table != domain))
            links = [link for link in entry.get("links", ()) if link[1] not in entry["matched_by"]]
            rows = _rows_of_entry(entry, origins)
            for kind, name in links:
                for next_cell in self._cells(kind, name, cell, rows):
                    outside = beside or kind == "subject"
                    self._note(next_cell, found, outside, start)
                    if not next_cell.table.is_form:
                        self._follow(next_cell, found, outside, start)

    def _domain_of(self, table: str) -> str:
        """What the mapping calls the table of a part of a domain."""
        return self._domains.get(table, table)

    def _is_there(self, cell: Cell) -> bool:
        """Whether a cell stands in a file: working variables do not, and neither do datasets that are not written."""
        if (name := cell.table).is_form:
            return True
        frame = self._frames(name)
        if frame is None:
            return name in self._given
        return cell.column in frame or cell.column in self._qualifiers.get(name, ())

    def _note(self, cell: Cell, found: Way, beside: bool, start: str) -> None:
        if cell.table != start and self._is_there(cell):
            (found.elsewhere if beside else found.cells)[cell] = None

    def _cells(self, kind: str, name: str, cell: Cell, origins: pd.DataFrame) -> Iterator[Cell]:
        """The cells behind one link of a variable; `origins` are the rows behind the record that the link is about."""
        table, column = ColumnRef(name).table, ColumnRef(name).column
        if kind in ("own", "subject", "picked") and "read" in origins and len(origins) and not origins["read"].any():
            return  # the record has this of another entry of for_each
        if kind == "own":
            yield Cell(cell.source, cell.row, column)
        elif kind in ("row", "rows"):
            read = origins["read"] if kind == "row" and "read" in origins else [True] * len(origins)
            for source, row, counts in zip(origins["source"], origins["row"], read, strict=True):
                if counts and self._domain_of(TableId.of_source(str(source)).name) == table:
                    yield Cell(str(source), int(row), column)
        elif kind == "subject":
            row = self._record_of_subject(table, cell)
            if row:
                yield Cell(table.source, row, column)
        elif kind in ("picked", "taken"):
            variable = cell.column if kind == "picked" else f"raw.{column}"
            mine = self._records.picked(cell.table, cell.row, variable)
            for source, row in zip(mine["source"], mine["row"], strict=True):
                if self._domain_of(TableId.of_source(str(source)).name) == table:
                    yield Cell(str(source), int(row), column)

    def _record_of_subject(self, dataset: str, cell: Cell) -> int:
        """The record (from 1) of another dataset for the subject of a cell; 0 for none."""
        ours, theirs = self._frames(cell.table), self._frames(dataset)
        if ours is None or theirs is None or SUBJECT not in ours or SUBJECT not in theirs:
            return 0
        places = np.flatnonzero((theirs[SUBJECT] == ours[SUBJECT].iloc[cell.row - 1]).to_numpy(dtype=bool))
        return int(places[0]) + 1 if len(places) else 0

    def _entries(self, name: str, origins: pd.DataFrame) -> list[Mapping[str, Any]]:
        """The mapping entries of a variable that hold for a record; all where nothing is known of its rows."""
        entries: list[Mapping[str, Any]] = self._variables.get(name, {}).get("entries", [])
        if "variant" in origins:
            kinds = set(origins["variant"].tolist())
            return [entry for entry in entries if kinds & set(entry.get("variants", kinds))]
        sources = set(origins["source"].astype("str"))
        return [entry for entry in entries if not sources or sources & set(entry["sources"])]


def _rows_of_entry(entry: Mapping[str, Any], origins: pd.DataFrame) -> pd.DataFrame:
    """The rows behind a record that an entry of the mapping makes it of."""
    if "variant" not in origins or "variants" not in entry:
        return origins
    return origins[origins["variant"].isin(entry["variants"])]
