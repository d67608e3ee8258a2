"""Adverse events: whether they began under treatment."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from pydantic import Field

from cdisc_conv.columns.distinct import to_arrow
from cdisc_conv.columns.texts import flag_column, is_filled, is_number
from cdisc_conv.derivations.base import Derivation, Kind, Ref, Rows, Words
from cdisc_conv.derivations.dates.findings import moments_of, report_mixture
from cdisc_conv.derivations.registry import register
from cdisc_conv.problems import Severity


@register
class TreatmentEmergent(Derivation):
    """Whether an event began under treatment: Y or N.

    An event is treatment-emergent when it began on or after the first dose and, where `days` is given, at most so many
    days after the last. Times count where both are known; without them an event on the day of the first dose is
    treatment-emergent. Of a partial start date the known part decides: N only when every day that it may stand for is
    outside. A missing start date is taken as treatment-emergent, unless `ended` shows that the event was over before
    the first dose. Subjects who were never treated have N. A missing last dose sets no limit. A date that cannot be
    read is an error finding (DATE004), and the flag that depends on it is blank. Worsening of an event that began
    earlier is not looked at: it has to be an event of its own.

    Dates are ISO 8601 text or SAS numbers: a column of numbers is a SAS datetime when its name ends in DTM, else a SAS
    date. In ADaM: `TRTEMFL: {treatment_emergent: {date: ASTDTM, start: ADSL.TRTSDTM, end: ADSL.TRTEDTM, days: 30, no:
    ""}}`.

    With `compare: text` the ISO 8601 texts are compared as they stand, so that `2022-03` is before `2022-03-10` and a
    missing date is N. Numbers cannot be compared so, which is an error finding (TEAE001).

    | AESTDTC | DM.RFXSTDTC | AETRTEM |
    |---|---|---|
    | 2022-03-10 | 2022-03-10T09:00 | Y |
    | 2022-03-10T08:00 | 2022-03-10T09:00 | N |
    | 2022-03 | 2022-03-10 | Y |
    | 2022-02 | 2022-03-10 | N |
    | | 2022-03-10 | Y |

    ```yaml
    AETRTEM: {treatment_emergent: {date: AESTDTC, days: 30}}
    ```

    Source: ICH E9 glossary (treatment emergent); SDTMIG 3.4, AE examples (AETRTEM in SUPPAE); ADaM OCCDS 1.1 (TRTEMFL).
    """

    name: ClassVar[str] = "treatment_emergent"
    topic: ClassVar[str] = "Adverse events"
    shorthand: ClassVar[str] = "date"
    kind: ClassVar[Kind] = Kind.TEXT

    date: Ref = Field(description="the start of the event")
    start: Ref = Field(Ref("DM.RFXSTDTC"), description="the first dose")
    end: Ref = Field(Ref("DM.RFXENDTC"), description="the last dose; read only with `days`")
    days: int | None = Field(None, ge=0, description="days after the last dose that still count; without it, no limit")
    ended: Ref | None = Field(None, description="the end of the event, for events without a start")
    compare: Literal["date", "text"] = Field("date", description="compare dates, or the ISO 8601 texts as they stand")
    no: Literal["N", ""] = Field("N", description="the value of events that are not treatment-emergent")

    def reads(self) -> tuple[str, ...]:
        end = (self.end,) if self.days is not None else ()
        return (self.date, self.start, *end, *((self.ended,) if self.ended else ()))

    def derive(self, rows: Rows) -> pd.Series:
        if self.compare == "text":
            return flag_column(self._compare_texts(rows), "Y", self.no)
        emergent, unread = self._compare_dates(rows)
        return flag_column(emergent, "Y", self.no).mask(unread, "")

    def _compare_texts(self, rows: Rows) -> np.ndarray:
        date, start = rows[self.date], rows[self.start]
        if is_number(date) or is_number(start):
            name = self.date if is_number(date) else self.start
            message = f"{name} holds numbers, which 'compare: text' cannot compare; no event is treatment-emergent"
            rows.report("TEAE001", message, severity=Severity.ERROR, field=name, hint="leave 'compare' out")
            return np.zeros(len(rows), dtype=bool)
        later = np.asarray(pc.greater_equal(to_arrow(date), to_arrow(start)).to_numpy(zero_copy_only=False))
        return np.asarray(later & is_filled(date) & is_filled(start))

    def _compare_dates(self, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
        """Which events are treatment-emergent, and for which a date that cannot be read leaves that open."""
        date, start = moments_of(rows, self.date), moments_of(rows, self.start)
        report_mixture(rows, self.date, self.start, date.mixes_with(start))
        unread = date.faults | start.faults
        start = start.on_clock_of(date)
        # A comparison with NaN is false: what is not known does not exclude.
        emergent = ~np.isnan(start.earliest) & ~(date.latest < start.earliest)
        if self.days is not None:
            end = moments_of(rows, self.end)
            unread = unread | (emergent & end.faults)
            emergent &= ~(date.first_day > end.last_day + self.days)
        if self.ended is not None:
            ended = moments_of(rows, self.ended)
            undated = np.isnan(date.latest)
            unread = unread | (emergent & undated & ended.faults)
            emergent &= ~(undated & (ended.latest < moments_of(rows, self.start).on_clock_of(ended).earliest))
        return np.asarray(emergent), np.asarray(unread)

    def method(self, words: Words) -> str:
        date, start = words(self.date), words(self.start)
        no = self.no or "blank"
        if self.compare == "text":
            return (
                f"Y where {date} is on or after {start}, compared as ISO 8601 texts, so that a partial date comes "
                f"before the dates it may stand for; otherwise {no}, also where either is missing."
            )
        until = f" and at most {self.days} days after the date of {words(self.end)}" if self.days is not None else ""
        limit = f" A missing {words(self.end)} sets no limit." if self.days is not None else ""
        over = f", unless {words(self.ended)} is before {start}" if self.ended else ""
        return (
            f"Y where {date} is on or after {start}{until}; otherwise {no}. Times are compared where both are known; "
            f"without them an event on the day of {start} is Y. Where {date} is partial, Y unless every day that it "
            f"may stand for is outside; where it is missing, Y{over}.{limit} Subjects without {start} have {no}."
        )
