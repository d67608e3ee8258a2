"""Dates as ADaM has them: numbers that count from 1960, as SAS does.

A ``--DT`` variable holds days since 1 January 1960, a ``--DTM`` variable seconds since its midnight, a ``--TM``
variable seconds since midnight; all float64, NaN for missing. (ADaMIG 1.3, section 3.1.2, and SAS date values.)
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from cdisc_conv.columns.distinct import from_arrow
from cdisc_conv.columns.moments import SAS_OFFSET, read_moments

SAS_EPOCH = np.datetime64("1960-01-01", "s")
DAY = 86400.0
"""Seconds of a day."""


def to_sas_days(iso: pd.Series) -> pd.Series:
    """SAS dates of ISO 8601 text; NaN where no complete date is written. A time behind the date is left out.

    >>> to_sas_days(pd.Series(["1960-01-02T08:00", "2022-03", ""], dtype="str")).tolist()
    [1.0, nan, nan]
    """
    return pd.Series(read_moments(iso).days - SAS_OFFSET)


def to_iso_dates(days: pd.Series) -> pd.Series:
    """ISO 8601 dates of SAS dates; "" where missing.

    >>> to_iso_dates(pd.Series([0.0, 22645.0, float("nan")])).tolist()
    ['1960-01-01', '2021-12-31', '']
    """
    return _write(days * DAY, "D")


def to_iso_datetimes(seconds: pd.Series) -> pd.Series:
    """ISO 8601 datetimes, to the second, of SAS datetimes; "" where missing.

    >>> to_iso_datetimes(pd.Series([3661.0, float("nan")])).tolist()
    ['1960-01-01T01:01:01', '']
    """
    return _write(seconds, "s")


def _write(seconds: pd.Series, unit: str) -> pd.Series:
    known = seconds.notna().to_numpy()
    whole = np.floor(seconds.fillna(0.0).to_numpy()).astype("timedelta64[s]")
    texts = np.datetime_as_string((SAS_EPOCH + whole).astype(f"datetime64[{unit}]"))
    return from_arrow(pa.array(np.where(known, texts, "").astype(object), pa.large_string()))
