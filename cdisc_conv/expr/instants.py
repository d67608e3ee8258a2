"""Texts that are times with an offset from UTC, which are in order by their instants and not by their characters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.columns.distinct import find_distinct, from_arrow
from cdisc_conv.columns.moments import read_written

_OFFSET = r"T.*(?:Z|[+-][0-9]{2}:[0-9]{2})$"


def has_instants(text: Any) -> bool:
    """Whether any of the texts looks like a time with an offset from UTC.

    >>> has_instants(pa.array(["2022-03-01", "2022-03-01T08:00Z"])), has_instants("2022-03-01T08:00")
    (True, False)
    """
    if isinstance(text, pa.DictionaryArray):
        text = text.dictionary
    array = pa.array([text], pa.large_string()) if isinstance(text, str) else text
    return bool(pc.any(pc.match_substring_regex(array, _OFFSET)).as_py())


def read_instants(text: pa.Array) -> np.ndarray:
    """Seconds since 1970 by UTC of times with an offset, at the earliest that they may stand for; NaN for other texts.

    >>> read_instants(pa.array(["1970-01-01T02:00+01:00", "1970-01-01T02:00"])).tolist()
    [3600.0, nan]
    """
    found = find_distinct(from_arrow(text))
    moments = read_written(found.values).moments
    utc = moments.on_clock(np.zeros(len(moments.offset)))
    return np.asarray(np.where(moments.has_offset, utc.earliest, np.nan)[found.codes])
