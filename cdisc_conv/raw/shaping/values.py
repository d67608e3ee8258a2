"""Typed values as text, one way for every format that has types.

Numbers in the fewest digits that read back as they are, without exponent; dates and times in ISO 8601, with seconds
where there can be any and fractions only where there are; nothing for a missing value.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cdisc_conv.columns.numerals import write_number
from cdisc_conv.datafiles.formats import Unit, find_unit
from cdisc_conv.raw.tables import TEXT

_EPOCH = np.datetime64("1960-01-01", "us")
_MICROSECONDS = 1_000_000
_FARTHEST = {Unit.DAY: 2_936_547.0, Unit.SECOND: 253_717_747_199.0 + 86_400.0, Unit.TIME: 86_400.0 * 100_000}
"""Beyond these SAS has no date; what is beyond is a number."""


def write_numbers(values: NDArray[np.float64]) -> pa.Array:
    """Numbers as text.

    >>> write_numbers(np.array([2.0, 0.1, np.nan, 1e21, -0.0])).to_pylist()
    ['2', '0.1', '', '1000000000000000000000', '0']
    """
    numbers = values + 0.0
    text = pa.array(numbers, from_pandas=True).cast(TEXT)
    odd = pc.fill_null(pc.or_(pc.match_substring(text, "e"), pc.ends_with(text, ".0")), False)
    if pc.any(odd).as_py():
        places = np.flatnonzero(odd.to_numpy(zero_copy_only=False))
        distinct, which = np.unique(numbers[places], return_inverse=True)
        written = pa.array([write_number(number) for number in distinct], TEXT).take(pa.array(which))
        text = pc.replace_with_mask(text, odd, written)
    return pc.fill_null(text, "")


def write_sas_numbers(values: NDArray[np.float64], form: str) -> pa.Array:
    """Numbers of SAS as text: those with a format of dates or times in ISO 8601.

    >>> write_sas_numbers(np.array([21915.0, np.nan]), "DATE9.").to_pylist()
    ['2020-01-01', '']
    >>> write_sas_numbers(np.array([1893456000.5]), "DATETIME20.").to_pylist()
    ['2020-01-01T00:00:00.5']
    >>> write_sas_numbers(np.array([34200.0]), "TIME5.").to_pylist()
    ['09:30:00']
    """
    unit = find_unit(form)
    if unit == Unit.NONE:
        return write_numbers(values)
    far = ~(np.abs(values) <= _FARTHEST[unit])
    sound = np.where(far, 0.0, values)
    if unit == Unit.DAY:
        days = np.floor(sound).astype("int64")
        text = _write(_EPOCH.astype("datetime64[D]") + days, "datetime64[D]")
    elif unit == Unit.SECOND:
        text = _write(_EPOCH + np.rint(sound * _MICROSECONDS).astype("timedelta64[us]"), "datetime64[us]")
    else:
        text = _write_times(sound)
    return pc.if_else(pa.array(far), write_numbers(values), _cut(text)) if far.any() else _cut(text)


def _write(moments: NDArray[np.datetime64], unit: str) -> pa.Array:
    return pa.array(np.datetime_as_string(moments.astype(unit)).astype(object), TEXT)


def _write_times(seconds: NDArray[np.float64]) -> pa.Array:
    micro = np.rint(np.abs(seconds) * _MICROSECONDS).astype("int64")
    whole, fraction = np.divmod(micro, _MICROSECONDS)
    sign = np.where(seconds < 0, "-", "")
    parts = zip(sign, whole // 3600, whole // 60 % 60, whole % 60, fraction, strict=True)
    return pa.array([f"{s}{h:02}:{m:02}:{x:02}.{f:06}" for s, h, m, x, f in parts], TEXT)


def _cut(text: pa.Array) -> pa.Array:
    """Times without a fraction of zeros, and without zeros at the end of one."""
    shorter = pc.replace_substring_regex(text, r"(:\d\d\.\d*?)0+$", r"\1")
    return pc.replace_substring_regex(shorter, r"\.$", "")


def write_arrow(column: pa.Array) -> pa.Array | None:
    """A typed Arrow column as text; None for types that hold no single values.

    >>> import datetime, decimal
    >>> write_arrow(pa.array([datetime.datetime(2024, 1, 5, 10, 30), None])).to_pylist()
    ['2024-01-05T10:30:00', '']
    >>> write_arrow(pa.array([decimal.Decimal("1.50")])).to_pylist(), write_arrow(pa.array([True, None])).to_pylist()
    (['1.50'], ['true', ''])
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return write_arrow(column.dictionary_decode())
    if pa.types.is_floating(kind):
        return write_numbers(column.cast(pa.float64()).to_numpy(zero_copy_only=False))
    if pa.types.is_timestamp(kind):
        local = pc.local_timestamp(column) if kind.tz else column
        text = pc.replace_substring(local.cast(pa.timestamp("us")).cast(TEXT), " ", "T")
        return pc.fill_null(_cut(text), "")
    if pa.types.is_time(kind):
        return pc.fill_null(_cut(column.cast(TEXT)), "")
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return None
    return pc.fill_null(column.cast(TEXT), "")
