"""Dates and times in ISO 8601, from their parts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.columns.distinct import from_arrow, to_arrow
from cdisc_conv.columns.texts import is_written

NO_DATE = "-----"
"""The date before a time where no date was collected (SDTMIG 3.4, 4.4.2)."""


def format_date(parts: dict[str, np.ndarray], before_time: bool = False) -> pd.Series:
    """The ISO 8601 date of parts, with a hyphen for each unknown part that a known one follows.

    With `before_time`, a time follows, so that no part may be left out (SDTMIG 3.4 section 4.4.2).
    """
    known = {part: ~np.isnan(parts[part]) for part in ("year", "month", "day")}
    after_month = known["day"] | before_time
    after_year = known["month"] | after_month
    year = _pick(known["year"], _digits(parts["year"], 4), _pick(after_year, "-", ""))
    month = _pick(known["month"], _digits(parts["month"], 2, "-"), _pick(after_month, "--", ""))
    day = _pick(known["day"], _digits(parts["day"], 2, "-"), "--" if before_time else "")
    return from_arrow(pc.binary_join_element_wise(year, month, day, ""))


def format_time(parts: dict[str, np.ndarray], fraction: pd.Series, offset: pd.Series) -> pd.Series:
    """The ISO 8601 time of parts with its T, the decimals of its seconds and its offset, "" when nothing is known."""
    known = {part: ~np.isnan(parts[part]) for part in ("hour", "minute", "second")}
    hour = _pick(known["hour"], _digits(parts["hour"], 2, "T"), _pick(known["minute"] | known["second"], "T-", ""))
    minute = _pick(known["minute"], _digits(parts["minute"], 2, ":"), _pick(known["second"], ":-", ""))
    second = _pick(known["second"], _digits(parts["second"], 2, ":"), "")
    decimals = _pick(known["second"] & is_written(fraction), _dotted(fraction), "")
    zone = _pick(known["hour"], to_arrow(offset), "")
    clock = pc.binary_join_element_wise(hour, minute, second, "").cast(pa.large_string())
    return from_arrow(pc.binary_join_element_wise(clock, decimals, zone, _empty()))


def _empty() -> pa.Scalar:
    return pa.scalar("", pa.large_string())


def _dotted(fraction: pd.Series) -> pa.Array:
    return pc.binary_join_element_wise(pa.scalar(".", pa.large_string()), to_arrow(fraction), _empty())


def _digits(numbers: np.ndarray, width: int, before: str = "") -> pa.Array:
    whole = pa.array(np.nan_to_num(numbers, nan=0.0).astype(np.int64)).cast(pa.string())
    padded = pc.utf8_lpad(whole, width, "0")
    return pc.binary_join_element_wise(pa.scalar(before), padded, "") if before else padded


def _pick(mask: np.ndarray, yes: pa.Array | str, no: pa.Array | str) -> pa.Array:
    return pc.if_else(pa.array(mask), yes, no)
