"""Long layouts: one item a row becomes one column an item."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cdisc_conv.problems import Problem, Severity
from cdisc_conv.raw.source import FormSource, Long, Reporter
from cdisc_conv.raw.tables import TEXT, to_series

_SHOWN = 3
Numbers = NDArray[np.int64]


def pivot_form(
    frame: pd.DataFrame, long: Long, source: FormSource, reporter: Reporter
) -> tuple[pd.DataFrame, list[Problem]]:
    """The rows of a form from rows of single items.

    Records come in the order of their first rows, and items in that of their first values. An item that one record has
    twice is RAW023, and the first is kept; what differs in ``keep`` within a record is a note (RAW024).

    >>> frame = pd.DataFrame({"SUBJ": ["1", "1", "2"], "ITEM": ["T", "S", "T"], "VALUE": ["a", "b", "c"]}, dtype="str")
    >>> long = Long(("ITEM",), "VALUE", ("SUBJ",))
    >>> pivot_form(frame, long, FormSource("ae", "ae.csv"), Reporter("ae", "ae.csv"))[0].to_dict("list")
    {'SUBJ': ['1', '2'], 'T': ['a', 'c'], 'S': ['b', '']}
    """
    if not {*long.item, long.value, *long.by} <= set(frame.columns):  # reported with the header by then
        return pd.DataFrame({name: pd.Series([], dtype="str") for name in (*long.by, *long.keep)}), []
    record, first = _number_records(frame, long.by)
    item, found = pd.factorize(_name_items(frame, long))
    names = [str(name) for name in found]
    repeated = pd.Series(record * max(1, len(names)) + item).duplicated().to_numpy()
    problems = [
        *_report_repeated(np.flatnonzero(repeated), item, names, source, reporter),
        *_report_different(frame, record, first, long, source, reporter),
        *_report_blank_items(item, names, source, reporter),
    ]
    kept = [name for name in (*long.by, *long.keep) if name in frame]
    columns = {name: frame[name].iloc[first].reset_index(drop=True) for name in kept}
    values = pa.array(frame[long.value], TEXT)
    if long.missing:
        values = pc.if_else(pc.is_in(values, pa.array(long.missing, TEXT)), "", values)
    order = np.argsort(item, kind="stable")
    order = order[~repeated[order]]
    bounds = np.searchsorted(item[order], np.arange(len(names) + 1))
    for place, name in enumerate(names):
        rows = order[bounds[place] : bounds[place + 1]]
        columns.setdefault(name, _spread(values, rows, record[rows], len(first)))
    return pd.DataFrame(columns), problems


def _name_items(frame: pd.DataFrame, long: Long) -> pd.Series:
    names = frame[long.item[0]]
    for more in long.item[1:]:
        names = names + "_" + frame[more]
    return names.str.removeprefix(long.prefix) if long.prefix else names


def _spread(values: pa.Array, rows: Numbers, records: Numbers, size: int) -> pd.Series:
    """The values in some rows as a column of all records, "" where a record has none."""
    taken = np.full(size, -1, dtype="int64")
    taken[records] = rows
    return to_series(pc.fill_null(values.take(pa.array(taken, mask=taken < 0)), ""))


def _number_records(frame: pd.DataFrame, by: Sequence[str]) -> tuple[Numbers, Numbers]:
    """The number of each row's record, in the order of their first rows, and these rows."""
    groups = frame.groupby(list(by), sort=False).ngroup().to_numpy()
    record, _ = pd.factorize(groups)
    _, first = np.unique(record, return_index=True)
    return record.astype("int64"), first


def _report_repeated(
    again: Numbers, item: Numbers, names: Sequence[str], source: FormSource, reporter: Reporter
) -> list[Problem]:
    if not len(again):
        return []
    shown = ", ".join(f"{names[item[row]]} in row {row + 1}" for row in again[:_SHOWN])
    more = " ..." if len(again) > _SHOWN else ""
    message = f"form '{source.name}' has items that their record has already: {shown}{more}"
    hint = "the first is kept; add to 'by' what tells the records apart"
    value = names[item[again[0]]]
    return [reporter.report("RAW023", message, hint=hint, rows=again + 1, count=len(again), value=value)]


def _report_different(
    frame: pd.DataFrame, record: Numbers, first: Numbers, long: Long, source: FormSource, reporter: Reporter
) -> list[Problem]:
    problems = []
    for name in long.keep:
        if name not in frame:
            continue
        values = frame[name].to_numpy()
        rows = np.flatnonzero(values != values[first[record]]) + 1
        if len(rows):
            message = f"form '{source.name}' has records that differ in {name}, of which the first is kept"
            hint = "add it to 'by' if it tells records apart"
            note = Severity.NOTE
            problems.append(
                reporter.report("RAW024", message, severity=note, hint=hint, column=name, rows=rows, count=len(rows))
            )
    return problems


def _report_blank_items(item: Numbers, names: Sequence[str], source: FormSource, reporter: Reporter) -> list[Problem]:
    rows = np.flatnonzero(np.array([not name for name in names], dtype=bool)[item]) + 1 if len(names) else item
    if not len(rows):
        return []
    message = f"form '{source.name}' has {len(rows):,} row{'s' * (len(rows) > 1)} that name no item"
    return [reporter.report("RAW023", message, hint="name the item in the export", rows=rows, count=len(rows))]
