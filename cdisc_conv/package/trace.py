"""From records of a package back to the raw rows and fields they were made from; needs the package alone.

The package says which rows (report/records) and which fields (report/lineage.json); the values come from the raw files,
when they are still where they were.
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

from cdisc_conv.expr import Type, parse
from cdisc_conv.package.manifest import describe_file
from cdisc_conv.package.staging import read_manifest
from cdisc_conv.problems import Place, Problem, ProblemsError, Severity, did_you_mean
from cdisc_conv.raw import FormSource, read_form
from cdisc_conv.xpt import read_xpt

ROWS_SHOWN = 20
"""Raw rows listed for one record; a record that is made of more says how many."""


@dataclass(frozen=True, slots=True)
class TracedRow:
    """A raw row behind a record: data row `row` (from 1) of `form`. `values` is empty when the file is not there."""

    form: str
    label: str
    file: str
    row: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TracedVariable:
    """A variable of a record: its value, the fields of the raw rows it comes from, and what else it reads."""

    name: str
    value: str
    fields: tuple[str, ...]
    """``ae.AESTDAT``: fields of the rows behind the record."""
    others: tuple[str, ...]
    """Variables of other datasets, and fields of other forms."""


@dataclass(frozen=True, slots=True)
class TracedRecord:
    """A record (from 1), the raw rows behind it, and how many there are."""

    number: int
    rows: tuple[TracedRow, ...]
    count: int
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
    frame = read_xpt(out / "sdtm" / f"{name.lower()}.xpt").frame
    matching = select_records(frame, where, name)
    shown = matching[:limit]
    behind = _read_origins(out / "report" / "records" / f"{name.lower()}.parquet", shown + 1)
    records = tuple(package.trace(name, frame, int(position), behind) for position in shown)
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
    """A package on disk, and the raw forms behind it, read when first needed."""

    def __init__(self, out: Path, raw: Path | None) -> None:
        manifest = read_manifest(out)
        if manifest is None:
            hint = "give the output folder of 'cdisc-conv run' or 'demo'"
            raise ProblemsError([Problem("TRC001", f"'{out}' holds no package of cdisc-conv", hint=hint)])
        self._out = out
        self._manifest = manifest
        self._raw = raw if raw is not None else (out / manifest["raw"]["folder"]).resolve()
        self._lineage = json.loads((out / "report" / "lineage.json").read_text(encoding="utf-8"))
        self._forms: dict[str, pd.DataFrame | None] = {}
        self.problems: list[Problem] = []

    def find_dataset(self, name: str) -> str:
        """The name of a dataset with records, whatever its case."""
        known = [key for key in self._lineage["datasets"] if (self._out / "sdtm" / f"{key.lower()}.xpt").is_file()]
        if name.upper() in known:
            return name.upper()
        hint = did_you_mean(name, known) or f"there are: {', '.join(known)}"
        raise ProblemsError([Problem("TRC002", f"the package has no dataset {name} with records", hint=hint)])

    def trace(self, dataset: str, frame: pd.DataFrame, position: int, origins: pd.DataFrame) -> TracedRecord:
        """One record with the raw rows and the fields behind it."""
        direct = origins[origins["record"] == position + 1]
        sources = list(direct["source"].astype("str").unique())
        mine = self._resolve(direct)
        rows = tuple(self._read_row(source[5:], row) for source, row in mine[:ROWS_SHOWN] if source.startswith("form "))
        record = frame.iloc[position]
        variables = tuple(self._trace_variable(dataset, str(name), record, sources) for name in frame.columns)
        return TracedRecord(position + 1, rows, len(mine), variables)

    def _resolve(self, origins: pd.DataFrame, depth: int = 0) -> list[tuple[str, int]]:
        """(source, row) pairs with records of other datasets followed down to the forms."""
        found: dict[tuple[str, int], None] = {}
        for source, part in origins.groupby("source", observed=True, sort=False):
            path = self._out / "report" / "records" / f"{str(source).removeprefix('dataset ').lower()}.parquet"
            if str(source).startswith("dataset ") and path.is_file() and depth < 10:
                found.update(dict.fromkeys(self._resolve(_read_origins(path, part["row"].to_numpy()), depth + 1)))
            else:
                found.update(dict.fromkeys((str(source), int(row)) for row in part["row"]))
        return list(found)

    def _read_row(self, form: str, row: int) -> TracedRow:
        described = self._lineage["forms"][form]
        frame = self._read_form(form)
        values = (
            {}
            if frame is None or row > len(frame)
            else {str(key): str(cell) for key, cell in frame.iloc[row - 1].items()}
        )
        return TracedRow(form, described["label"], described["file"], row, values)

    def _read_form(self, form: str) -> pd.DataFrame | None:
        if form not in self._forms:
            self._forms[form] = self._load_form(form)
        return self._forms[form]

    def _load_form(self, form: str) -> pd.DataFrame | None:
        file = self._lineage["forms"][form]["file"]
        known = next((entry for entry in self._manifest["raw"]["files"] if entry["path"] == file), None)
        path = self._raw / file
        if not path.is_file():
            hint = "give its folder with --raw; the rows are those of the file the package was made from"
            self.problems.append(Problem("TRC004", f"the raw file '{path}' is not there", Severity.WARNING, hint=hint))
            return None
        if known is None or describe_file(path, file)["sha256"] != known["sha256"]:
            message = f"the raw file '{path}' has changed since the package was made, so rows and values may not fit"
            self.problems.append(Problem("TRC005", message, Severity.WARNING, hint="run again to bring them together"))
        raw = self._lineage["raw"]
        read, _ = read_form(FormSource(form, file, raw["encoding"], raw["delimiter"]), self._raw)
        return read.frame if read is not None else None

    def _trace_variable(self, dataset: str, name: str, record: pd.Series, sources: Sequence[str]) -> TracedVariable:
        parent = self._lineage["datasets"][dataset]["supplemental_to"]
        mapped = self._name_mapped(parent, record, name) if parent else f"{dataset}.{name}"
        entries: list[Mapping[str, Any]] = self._lineage["variables"].get(mapped, {}).get("entries", [])
        mine = [entry for entry in entries if not sources or set(entry["sources"]) & set(sources)]
        # Blocks that share an entry have forms of their own; those of other records are none of this one's.
        elsewhere = {source for entry in mine for source in entry["sources"]} - set(sources)
        fields = tuple(field for field in _unique(mine, "row_fields") if _form_of(field) in sources)
        own = parent or dataset
        others = (
            read
            for read in _unique(mine, "reads")
            if not read.startswith(f"{own}.") and read not in fields and _form_of(read) not in elsewhere
        )
        return TracedVariable(name, _show(record[name]), fields, tuple(others))

    @staticmethod
    def _name_mapped(parent: str, record: pd.Series, name: str) -> str:
        """The variable of the parent dataset behind a variable of a supplemental qualifier."""
        names = {"QVAL": record["QNAM"], "IDVARVAL": record["IDVAR"]}
        return f"{parent}.{names.get(name, name)}"


def _read_origins(path: Path, records: np.ndarray) -> pd.DataFrame:
    """The rows behind some records (from 1): columns record, source, row."""
    table = pq.read_table(path)
    wanted = table.filter(pc.is_in(table["record"], value_set=pc.cast(np.asarray(records, dtype="int64"), "int64")))
    frame: pd.DataFrame = wanted.to_pandas()
    return frame


def _form_of(field: str) -> str:
    return f"form {field.partition('.')[0]}"


def _unique(entries: Sequence[Mapping[str, Any]], key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for entry in entries for name in entry[key]))


def _show(value: Any) -> str:
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{value:.15g}"
    return str(value)


def _unknown_variable(name: str, dataset: str, known: list[str]) -> Problem:
    hint = did_you_mean(name, known) or f"there are: {', '.join(known)}"
    return Problem("TRC003", f"{dataset} has no variable {name}", place=Place(), hint=hint)
