"""Text to numbers and numbers to text, as the standard wants the variable."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cdisc_conv.derivations.base import Rows
from cdisc_conv.derivations.distinct import TEXT, map_distinct
from cdisc_conv.problems import Severity

_NUMBER = r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*"


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


def as_text(series: pd.Series) -> pd.Series:
    """The series as text; numbers in their shortest form that reads back as the same number, missing as blank."""
    if series.dtype == TEXT:
        return series.fillna("") if series.hasnans else series
    if pd.api.types.is_numeric_dtype(series):
        return map_distinct(series.astype("float64"), format_numbers)
    return series.astype(TEXT).fillna("")


def format_numbers(numbers: pd.Series) -> pd.Series:
    """Numbers as text: whole ones without a point, never in exponent form where 17 digits suffice.

    >>> format_numbers(pd.Series([2.0, 0.1, float("nan")])).tolist()
    ['2', '0.1', '']
    """
    texts = ["" if np.isnan(value) else np.format_float_positional(value, trim="-") for value in numbers]
    return pd.Series(texts, index=numbers.index, dtype=TEXT)


def parse_numbers(texts: pd.Series) -> pd.Series:
    """Texts as float64; what is no plain decimal number becomes missing (no hexadecimal, no "inf", no "NA")."""
    return pd.to_numeric(texts.where(texts.str.fullmatch(_NUMBER)), errors="coerce").astype("float64")
