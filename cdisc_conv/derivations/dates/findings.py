"""The dates that derivations read, and what they report of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cdisc_conv.columns.calendar import DAY
from cdisc_conv.columns.distinct import Distinct, find_distinct
from cdisc_conv.columns.moments import SAS_OFFSET, Moments, Written, is_datetime, read_sas_moments, read_written
from cdisc_conv.columns.sas_dates import to_iso_dates, to_iso_datetimes
from cdisc_conv.columns.texts import is_number
from cdisc_conv.derivations.base import SUBJECT, Rows, Table
from cdisc_conv.derivations.findings import report_values
from cdisc_conv.problems import Severity

Grouped = tuple[np.ndarray, Moments]


def moments_of(rows: Rows, name: str, outcome: str = "is left missing") -> Moments:
    """The moments of a column of dates: ISO 8601 text, or SAS numbers.

    Numbers are SAS datetimes (seconds) when the column is called ``--DTM``, and SAS dates (days) under any other name.
    Texts that are not dates are errors (DATE004), each once per run, and faults of the moments; so is a value that is
    missing because what it was made of could not be read. `outcome` says what becomes of the variable being made.
    """
    series = rows[name]
    if is_number(series):
        moments = read_sas_moments(series, is_datetime(name))
    else:
        found = find_distinct(series)
        written = read_written(found.values)
        report_faults(rows, name, found, written, outcome)
        moments = written.moments.take(found.codes)
    return find_lost(rows, name, moments)


def find_lost(rows: Rows, name: str, moments: Moments) -> Moments:
    """The moments, where one that is missing because what it was made of could not be read is a fault too."""
    missing = np.isnan(moments.earliest) & ~moments.faults
    if not missing.any():
        return moments
    lost = missing & rows.unread(name)
    return moments.with_faults(lost) if lost.any() else moments


def table_moments(table: Table, name: str) -> Moments:
    """The moments of a column of another table; see `moments_of`. Nothing is reported."""
    series = table[name]
    if is_number(series):
        return read_sas_moments(series, is_datetime(name))
    found = find_distinct(series)
    return read_written(found.values).moments.take(found.codes)


def report_faults(rows: Rows, name: str, found: Distinct, written: Written, outcome: str = "is left missing") -> None:
    """Distinct texts that are not dates: one error each (DATE004), unless another variable has reported it."""

    def describe(text: str) -> tuple[str, str]:
        message = f"'{text}' is not an ISO 8601 date that the calendar has; {rows.variable} {outcome}"
        return message, "correct the date where it is made, or take the variable that holds ISO 8601 dates"

    faults = written.parts.faults
    report_values(rows, "DATE004", found.codes, found.values, faults, describe, field=name, once=True)


def report_mixture(rows: Rows, first: str, second: str, mixed: np.ndarray) -> None:
    """Records whose two times cannot be put on one clock (DATE005)."""
    if not mixed.any():
        return
    message = (
        "{count:# record has|# records have} a UTC offset in only one of {first} and {second}, which are compared as "
        "written"
    )
    parameters, hint = {"first": first, "second": second}, "give all times an offset, or none"
    rows.report("DATE005", message, where=mixed, field=first, hint=hint, parameters=parameters)


def report_mixed_groups(rows: Rows, names: tuple[str, str], ours: Grouped, theirs: Grouped) -> None:
    """Records compared with records of a group where not all times have an offset (DATE005).

    `ours` and `theirs` are pairs of the group of each record (negative for none) and its date, called as in `names`.
    """
    groups, dates = ours
    count = int(max((group.max(initial=-1) for group, _ in (ours, theirs)))) + 1
    kinds = np.zeros((2, count), dtype=bool)
    for group, moments in (ours, theirs):
        for number, has in enumerate((moments.has_offset, ~moments.has_offset)):
            kinds[number, group[(group >= 0) & moments.timed & has]] = True
    mixed = kinds.all(axis=0)
    where = (groups >= 0) & dates.timed & np.append(mixed, False)[groups]
    if where.any():
        message = f"times of {names[0]} and {names[1]} with and without UTC offset are compared as written"
        rows.report("DATE005", message, where=where, field=names[0], hint="give all times an offset, or none")


def report_order(
    rows: Rows,
    code: str,
    wrong: np.ndarray,
    dates: tuple[np.ndarray, np.ndarray],
    message: str,
    outcome: str,
    *,
    severity: Severity = Severity.ERROR,
    times: bool = False,
    field: str = "",
) -> None:
    """One finding per subject and pair of dates, for the records where `wrong` is true.

    `dates` are days since 1970; with `times` their fractions are shown too. The finding reads ``message (subject: first
    and second); outcome``. The derivation has to declare USUBJID among what it reads.
    """
    if not wrong.any():
        return
    bad = rows.matching(wrong)
    first, second = (_write(days[wrong], times) for days in dates)
    found = find_distinct((bad[SUBJECT] + ": " + first + " and " + second).astype("str"))

    def describe(text: str) -> tuple[str, str]:
        return f"{message} ({text}); {outcome}", "correct one of the two dates, or its imputation"

    every = np.ones(len(found.values), dtype=bool)
    report_values(bad, code, found.codes, found.values, every, describe, severity=severity, field=field)


def _write(days: np.ndarray, times: bool) -> pd.Series:
    sas = pd.Series(days - SAS_OFFSET)
    return to_iso_datetimes((sas * DAY).round()) if times else to_iso_dates(sas)
