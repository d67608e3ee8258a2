"""Adverse events: whether they began under treatment."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field

from cdisc_conv.derivations.base import Derivation, Kind, Ref, Rows, Words
from cdisc_conv.derivations.dates import first_day, last_day
from cdisc_conv.derivations.distinct import TEXT
from cdisc_conv.derivations.registry import register


@register
class TreatmentEmergent(Derivation):
    """Whether an event began under treatment: Y or N.

    An event is treatment-emergent when it started on or after the first dose and, where `days` is given, at most that
    many days after the last. Of a partial start date the parts that are known decide, in favour of treatment-emergent:
    the event is N only when no day it may stand for lies within treatment. A missing start date is taken as
    treatment-emergent once the subject was treated. Subjects who were never treated have N. On the day of the first
    dose an event counts as treatment-emergent, whatever the times.

    | AESTDTC | first dose | AETRTEM |
    |---|---|---|
    | 2022-03-10 | 2022-03-10 | Y |
    | 2022-03 | 2022-03-10 | Y |
    | 2022-02 | 2022-03-10 | N |

    ```yaml
    AETRTEM: {treatment_emergent: {date: AESTDTC, days: 30}, label: Treatment Emergent Flag}
    ```

    Source of the rule: SDTMIG 3.4, section 6.2.1 (AETRTEM as a supplemental qualifier of AE); ICH E9, glossary.
    """

    name = "treatment_emergent"
    topic = "Adverse events"
    shorthand = "date"
    kind = Kind.TEXT

    date: Ref = Field(description="the start date of the event")
    start: Ref = Field(Ref("DM.RFXSTDTC"), description="the first dose")
    end: Ref = Field(Ref("DM.RFXENDTC"), description="the last dose")
    days: int | None = Field(None, ge=0, description="days after the last dose that still count; without it, no limit")
    compare: Literal["date", "text"] = Field("date", description="text: the ISO 8601 texts are compared as they stand")

    def reads(self) -> tuple[str, ...]:
        return (self.date, self.start, *((self.end,) if self.days is not None else ()))

    def derive(self, rows: Rows) -> pd.Series:
        date, start = rows[self.date], rows[self.start]
        treated = (start != "").to_numpy(dtype=bool)
        if self.compare == "text":
            emergent = (date >= start).to_numpy(dtype=bool) & treated & (date != "").to_numpy(dtype=bool)
        else:
            earliest, latest, first = first_day(date), last_day(date), first_day(start)
            emergent = treated & (np.isnan(latest) | (latest >= first))
            if self.days is not None:
                until = last_day(rows[self.end]) + self.days
                emergent &= np.isnan(earliest) | np.isnan(until) | (earliest <= until)
        return pd.Series(np.where(emergent, "Y", "N"), dtype=TEXT)

    def method(self, words: Words) -> str:
        date, start = words(self.date), words(self.start)
        if self.compare == "text":
            return f"Y where {date} is on or after {start}, compared as ISO 8601 texts; N otherwise."
        until = f" and at most {self.days} days after {words(self.end)}" if self.days is not None else ""
        return (
            f"Y where {date} is on or after {start}{until}; the dates are compared without times, so that an event on the day "
            f"of the first dose counts. Where the day or month of {date} is unknown, Y unless no day it may stand for fulfils "
            f"this; where {date} is missing, Y. N otherwise, and for subjects without {start}."
        )
