"""Text that writes numbers."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.columns.distinct import map_distinct, to_arrow
from cdisc_conv.columns.texts import is_number

_NUMBER = r"^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$"
_ALWAYS_HELD = 15
"""Every number of so many digits differs from all others."""
_SMALLEST = 2.0**-1022


def parse_numbers(texts: pd.Series) -> pd.Series:
    """Texts as float64; what is not a plain decimal number is missing (no hexadecimal, no "inf", no "NA").

    >>> parse_numbers(pd.Series(["12.5", " 3 ", "<5", "1e400", ""], dtype="str")).tolist()
    [12.5, 3.0, nan, nan, nan]
    """
    trimmed = pc.utf8_trim_whitespace(to_arrow(texts))
    valid = pc.match_substring_regex(trimmed, _NUMBER)
    plain = pc.replace_substring_regex(trimmed, r"^\+", "")
    numbers = pc.if_else(valid, plain, pa.scalar(None, pa.large_string())).cast(pa.float64())
    values = pc.fill_null(numbers, np.nan).to_numpy(zero_copy_only=False)
    return pd.Series(np.where(np.isfinite(values), values, np.nan))


def as_numbers(series: pd.Series) -> pd.Series:
    """A column as float64; text that is not a number is missing."""
    return series.astype("float64") if is_number(series) else map_distinct(series, parse_numbers)


def find_lost_digits(texts: pd.Series) -> np.ndarray:
    """Which texts write a number of more digits than a float64 holds: it reads back as another number.

    >>> find_lost_digits(pd.Series(["12345678901234567", "0.1", "x", "1e-400"], dtype="str")).tolist()
    [True, False, False, True]
    """
    trimmed = pc.utf8_trim_whitespace(to_arrow(texts))
    numbers = parse_numbers(texts).to_numpy()
    long = pc.greater(pc.utf8_length(trimmed), _ALWAYS_HELD).to_numpy(zero_copy_only=False)
    lost = np.zeros(len(texts), dtype=bool)
    for place in np.flatnonzero(~np.isnan(numbers) & (long | (np.abs(numbers) < _SMALLEST))):
        lost[place] = Decimal(trimmed[int(place)].as_py()) != Decimal(repr(float(numbers[place])))
    return lost
