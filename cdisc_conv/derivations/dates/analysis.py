"""Analysis dates and times: SAS numbers from ISO 8601 texts, with imputation and its flags."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, Field, field_validator

from cdisc_conv.columns.calendar import DAY
from cdisc_conv.columns.moments import SAS_OFFSET
from cdisc_conv.derivations.base import Derivation, Rows, Words
from cdisc_conv.derivations.dates.imputation_rules import DateFlag, ImputedDate, TimeFlag, write_time
from cdisc_conv.derivations.registry import register

_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])")


def _read_time(value: Any) -> Any:
    """YAML reads 12:30:00 as a number of seconds."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < DAY:
        return f"{value // 3600:02d}:{value // 60 % 60:02d}:{value % 60:02d}"
    return value


@register
class NumericDate(ImputedDate):
    """A date as a SAS number, its unknown parts imputed by rule; with the imputation flag.

    Takes ISO 8601 text of any precision (or a SAS number, which stays as it is) and gives days since 1960-01-01.
    `impute` names the highest part that may be imputed: with `none` a partial date is missing, with `day` a date
    without its day is completed, with `month` one without month and day as well, with `year` a date that is missing
    altogether. Unknown parts become the first (`to: first`) or the last of what they may be, the middle (`mid`: day
    15, or 30 June where the month is unknown), or a given month and day. A known day of an unknown month is kept, and
    the date is put in the month that the rule names, or in the next one that has such a day.

    Then the limits move what was imputed. `not_before` and `not_after` name other dates, SAS numbers or ISO 8601 text.
    The stronger kind goes first (`not_after`, but `not_before` for `to: last`; `stronger` says otherwise): each of its
    limits narrows what the date may stand for, unless nothing would be left; then those of the other kind do so where
    they still can; then the date nearest to the rule's among those left is taken. So the latest floor that is possible
    counts, known parts are never contradicted, and a complete date is never changed. Of a partial limit the first day
    counts for `not_before`, the last for `not_after`. A wholly missing date becomes the limit itself.

    Start and end together: when the start is `not_after` the collected end and the end is `not_before` the analysis
    start, the start is not after the end wherever the known parts allow it.

    The flag (ASTDT brings ASTDTF, ADT brings ADTF) is D, M or Y by the highest part that was imputed. A text that is no
    date is a finding (DATE004) and its date is missing.

    With `impute: month` and `not_before: ADSL.TRTSDT`:

    | AESTDTC | ADSL.TRTSDT | ASTDT (as a date) | ASTDTF |
    |---|---|---|---|
    | 2022-03-05 | 2022-03-10 | 2022-03-05 | |
    | 2022-03 | 2022-03-10 | 2022-03-10 | D |
    | 2022-02 | 2022-03-10 | 2022-02-01 | D |
    | 2022 | 2022-03-10 | 2022-03-10 | M |
    | | 2022-03-10 | missing | |

    ```yaml
    ASTDT: {numeric_date: {date: AESTDTC, impute: month, not_before: ADSL.TRTSDT, not_after: AEENDTC}}
    ```

    Source: ADaMIG 1.3 section 3.1.3 (date and time imputation flags; ADaM terminology DATEFL); the rules themselves are
    the sponsor's.
    """

    name: ClassVar[str] = "numeric_date"

    def derive(self, rows: Rows) -> pd.Series:
        return pd.Series(np.floor(self.resolve(rows, report=True).moments / DAY) - SAS_OFFSET)

    def companions(self, variable: str) -> dict[str, Derivation]:
        if not (self.flags and self.imputes_dates and variable.endswith("DT")):
            return {}
        return {f"{variable}F": self.bring_flag(DateFlag)}

    def method(self, words: Words) -> str:
        return (
            f"The date of {words(self.date)} as a SAS date (days since 1960-01-01). {self.describe_dates(words)}"
            f"{self.describe_limits(words, 'An imputed date')}"
        )


@register
class NumericDatetime(ImputedDate):
    """A date and time as a SAS number, their unknown parts imputed by rule; with the imputation flags.

    Gives seconds since 1960-01-01. Dates are imputed and limited as by `numeric_date`, see there. Unknown hours,
    minutes and seconds become 0 (`time: first`), 23, 59 and 59 (`time: last`) or those of a given time; with `time:
    none` a time that is not complete leaves the value missing. Limits count to the second: a time that was imputed is
    moved within its day, so an event on the day of the first dose without a time does not begin before that dose. A
    time in which minutes or seconds are known but not the hour is imputed, but not moved.

    The flags are ASTDTF (D, M, Y) where dates may be imputed, and ASTTMF (H, M, S by the highest part of the time that
    was imputed) for ASTDTM, and so on; `seconds_flag: false` leaves S out, for data that never had seconds.

    With `time: first` and `not_before: ADSL.TRTSDTM`:

    | AESTDTC | ADSL.TRTSDTM | ASTDTM (as a datetime) | ASTTMF |
    |---|---|---|---|
    | 2022-03-12 | 2022-03-10T09:00:00 | 2022-03-12T00:00:00 | H |
    | 2022-03-10 | 2022-03-10T09:00:00 | 2022-03-10T09:00:00 | H |
    | 2022-03-10T08:15 | 2022-03-10T09:00:00 | 2022-03-10T08:15:00 | S |

    ```yaml
    ASTDTM: {numeric_datetime: {date: AESTDTC, impute: month, time: first, not_before: ADSL.TRTSDTM}}
    ```

    Source: ADaMIG 1.3 section 3.1.3 (date and time imputation flags; ADaM terminology DATEFL and TIMEFL); the rules
    themselves are the sponsor's.
    """

    name: ClassVar[str] = "numeric_datetime"

    time: Annotated[str, BeforeValidator(_read_time)] = Field(
        "first", description="what unknown parts of the time become: `first`, `last`, a time HH:MM:SS; or `none`"
    )
    seconds_flag: bool = Field(True, description="give the flag S where only the seconds were imputed")

    @field_validator("time")
    @classmethod
    def _check_time(cls, value: str) -> str:
        if value in ("none", "first", "last") or _TIME.fullmatch(value):
            return value
        raise ValueError(f"'{value}' is neither none, first, last nor a time such as 12:00:00")

    @property
    def _time(self) -> str | None:
        return self.time

    def derive(self, rows: Rows) -> pd.Series:
        made = self.resolve(rows, report=True)
        return pd.Series(made.moments - SAS_OFFSET * DAY)

    def companions(self, variable: str) -> dict[str, Derivation]:
        if not (self.flags and variable.endswith("DTM")):
            return {}
        date = {f"{variable[:-1]}F": self.bring_flag(DateFlag)} if self.imputes_dates else {}
        time = {f"{variable[:-3]}TMF": self.bring_flag(TimeFlag)} if self.time != "none" else {}
        return date | time

    def method(self, words: Words) -> str:
        if self.time == "none":
            time = "No part of the time is imputed: missing where hour, minute or second is unknown."
        else:
            time = f"Unknown hours, minutes and seconds become those of {write_time(self.time)}."
        return (
            f"The date and time of {words(self.date)} as a SAS datetime (seconds since 1960-01-01). "
            f"{self.describe_dates(words)} {time}{self.describe_limits(words, 'An imputed date or time')}"
        )
