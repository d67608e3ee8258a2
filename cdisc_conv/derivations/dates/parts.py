"""The date and the time of day of analysis datetimes."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd
from pydantic import Field

from cdisc_conv.columns.moments import SAS_OFFSET
from cdisc_conv.derivations.base import Derivation, Kind, Ref, Rows, Words
from cdisc_conv.derivations.dates.findings import moments_of
from cdisc_conv.derivations.registry import register


@register
class DatePart(Derivation):
    """The date of a datetime, as a SAS number.

    Takes a SAS datetime (a variable called --DTM, in seconds) or ISO 8601 text, and gives days since 1960-01-01. A
    partial or missing date is missing; nothing is imputed.

    | ASTDTM (as a datetime) | ASTDT (as a date) |
    |---|---|
    | 2022-03-10T23:59:59 | 2022-03-10 |
    | missing | missing |

    ```yaml
    ASTDT: {date_part: ASTDTM}
    ```

    Source: ADaMIG 1.3 section 3.1.2 (--DT and --DTM of one stem are the same date).
    """

    name: ClassVar[str] = "date_part"
    topic: ClassVar[str] = "Analysis dates and times"
    shorthand: ClassVar[str] = "of"
    kind: ClassVar[Kind] = Kind.NUMBER

    of: Ref = Field(description="the datetime, such as ASTDTM or EX.EXSTDTC")

    def derive(self, rows: Rows) -> pd.Series:
        return pd.Series(moments_of(rows, self.of).days - SAS_OFFSET)

    def find_unread(self, rows: Rows) -> np.ndarray:
        return moments_of(rows, self.of).faults

    def method(self, words: Words) -> str:
        return (
            f"The date of {words(self.of)} as a SAS date (days since 1960-01-01); missing where {words(self.of)} has "
            "no complete date."
        )


@register
class TimePart(Derivation):
    """The time of day of a datetime, as a SAS number.

    Takes a SAS datetime (a variable called --DTM, in seconds) or ISO 8601 text, and gives seconds since midnight. A
    text without a time, or whose minutes are unknown, has none; unknown seconds are 0.

    | ASTDTM (as a datetime) | ASTTM (as a time) |
    |---|---|
    | 2022-03-10T23:59:59 | 23:59:59 |
    | missing | missing |

    ```yaml
    ASTTM: {time_part: ASTDTM}
    ```

    Source: ADaMIG 1.3 section 3.1.2 (--TM and --DTM of one stem are the same time).
    """

    name: ClassVar[str] = "time_part"
    topic: ClassVar[str] = "Analysis dates and times"
    shorthand: ClassVar[str] = "of"
    kind: ClassVar[Kind] = Kind.NUMBER

    of: Ref = Field(description="the datetime, such as ASTDTM or LB.LBDTC")

    def derive(self, rows: Rows) -> pd.Series:
        moments = moments_of(rows, self.of)
        known = moments.timed & (moments.last_second - moments.first_second < 60)
        return pd.Series(np.where(known, moments.first_second, np.nan))

    def method(self, words: Words) -> str:
        of = words(self.of)
        return (
            f"The time of {of} as a SAS time (seconds since midnight); missing where {of} has no hour and minute, and "
            "with 0 for unknown seconds."
        )
