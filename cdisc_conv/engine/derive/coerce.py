"""Text to numbers, where the standard wants the variable numeric; what is not a number is a finding."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cdisc_conv.columns.distinct import find_distinct
from cdisc_conv.columns.numbers import parse_numbers
from cdisc_conv.columns.texts import is_number
from cdisc_conv.derivations.base import Rows
from cdisc_conv.derivations.findings import report_lost_digits, report_values

SHOWN_VALUES = 20
"""How many distinct values are findings of their own; the rest are counted together."""
REST = "{rest} more values are not numbers, such as '{first}'; {variable} is left missing"


def as_number(series: pd.Series, rows: Rows, field: str = "") -> pd.Series:
    """The series as float64; text that is not a number is a finding (NUM001) per distinct value, and missing.

    A text of more digits than a number holds is one, too (NUM002).

    `field` is the column that was read, for the finding; "" when there are several.
    """
    if is_number(series):
        return series if series.dtype == np.float64 else series.astype("float64")
    found = find_distinct(series)
    parsed = parse_numbers(found.values)
    bad = (parsed.isna() & (found.values.str.strip() != "")).to_numpy(dtype=bool)

    def describe(text: str) -> tuple[str, str]:
        return f"'{text}' is not a number; {rows.variable} is left missing", ""

    report_values(rows, "NUM001", found.codes, found.values, bad, describe, field=field, most=SHOWN_VALUES, rest=REST)
    report_lost_digits(rows, found, field)
    return found.spread(parsed)
