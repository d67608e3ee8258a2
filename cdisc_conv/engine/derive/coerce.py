"""Text to numbers, where the standard wants the variable numeric; what is not a number is a finding."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cdisc_conv.columns.distinct import map_distinct
from cdisc_conv.columns.numbers import parse_numbers
from cdisc_conv.derivations.base import Rows
from cdisc_conv.derivations.findings import report_lost_digits
from cdisc_conv.problems import Severity

SHOWN_VALUES = 20
"""How many distinct values are findings of their own; the rest are counted together."""


def as_number(series: pd.Series, rows: Rows, field: str = "") -> pd.Series:
    """The series as float64; text that is not a number is a finding (NUM001) per distinct value, and missing.

    A text of more digits than a number holds is one, too (NUM002).

    `field` is the column that was read, for the finding; "" when there are several.
    """
    if pd.api.types.is_numeric_dtype(series):
        return series.astype("float64")
    numbers = map_distinct(series, parse_numbers)
    bad = numbers.isna().to_numpy() & (series.str.strip() != "").to_numpy(dtype=bool)
    if bad.any():
        _report(series, bad, rows, field)
    report_lost_digits(rows, series, field)
    return numbers


def _report(series: pd.Series, bad: np.ndarray, rows: Rows, field: str) -> None:
    values = series[bad].unique()
    for value in values[:SHOWN_VALUES]:
        same = bad & (series == value).to_numpy(dtype=bool)
        message = f"'{value}' is not a number; {rows.variable} is left missing"
        rows.report("NUM001", message, where=same, severity=Severity.ERROR, field=field, value=str(value))
    rest = values[SHOWN_VALUES:]
    if len(rest):
        message = f"{len(rest)} more values are not numbers, such as '{rest[0]}'; {rows.variable} is left missing"
        where = bad & series.isin(rest).to_numpy(dtype=bool)
        rows.report("NUM001", message, where=where, severity=Severity.ERROR, field=field, value=str(rest[0]))
