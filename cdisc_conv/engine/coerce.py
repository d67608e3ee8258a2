"""Text to numbers, where the standard wants the variable numeric; what is no number is a finding."""

from __future__ import annotations

import pandas as pd

from cdisc_conv.derivations.base import Rows
from cdisc_conv.derivations.distinct import map_distinct
from cdisc_conv.derivations.numbers import parse_numbers
from cdisc_conv.problems import Severity


def as_number(series: pd.Series, rows: Rows) -> pd.Series:
    """The series as float64; text that is no number is a finding (NUM001) per distinct value, and missing."""
    if pd.api.types.is_numeric_dtype(series):
        return series.astype("float64")
    numbers = map_distinct(series, parse_numbers)
    bad = numbers.isna().to_numpy() & (series.str.strip() != "").to_numpy(dtype=bool)
    if bad.any():
        for value in series[bad].unique():
            same = bad & (series == value).to_numpy(dtype=bool)
            message = f"'{value}' is not a number; {rows.variable} is left missing"
            rows.report("NUM001", message, where=same, severity=Severity.ERROR, value=str(value))
    return numbers
