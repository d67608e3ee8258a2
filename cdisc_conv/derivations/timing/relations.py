"""Where a start or end lies relative to the study reference period, or to a reference time point."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
import pandas as pd
from pydantic import Field

from cdisc_conv.columns.rows import take_rows
from cdisc_conv.columns.texts import text_column
from cdisc_conv.derivations.base import Derivation, ExpressionField, Kind, Ref, Rows, Words
from cdisc_conv.derivations.dates.findings import moments_of
from cdisc_conv.derivations.parameters import Text
from cdisc_conv.derivations.registry import register
from cdisc_conv.expr import Expression

_TOPIC = "Periods and treatment"


class _Relation(Derivation):
    """What both relations share: a date, and what the form says where there is no date."""

    topic: ClassVar[str] = _TOPIC
    shorthand: ClassVar[str] = "date"
    kind: ClassVar[Kind] = Kind.TEXT

    date: Ref = Field(description="the start or end that is related, such as CMSTDTC")
    before: Annotated[Expression, ExpressionField] | None = Field(
        None, description="a condition under which a record without a date is BEFORE: the form says that it is prior"
    )
    ongoing: Annotated[Expression, ExpressionField] | None = Field(
        None, description="a condition under which a record without a date goes on"
    )

    def _finish(
        self, rows: Rows, choices: list[tuple[np.ndarray, str]], undated: np.ndarray, going_on: str
    ) -> pd.Series:
        """The first text whose records take in a record; a record without a date has what the form says."""
        said = [(self.before, "BEFORE"), (self.ongoing, going_on)]
        for condition, text in said:
            if condition is not None:
                met = rows.evaluate(condition).to_numpy(dtype=bool)
                choices.append((undated & met, text))
        masks = [mask for mask, _ in choices]
        found = np.select(masks, range(1, len(masks) + 1), default=0)
        return take_rows(text_column(["", *(text for _, text in choices)]), found)

    def _describe_said(self, words: Words, going_on: str) -> str:
        said = [(self.before, "BEFORE"), (self.ongoing, going_on)]
        parts = [f"{text} where {words.condition(one)}" for one, text in said if one is not None]
        missing = f"Where {words(self.date)} is missing: "
        return missing + ("; ".join([*parts, "otherwise blank."]) if parts else "blank.")


@register
class ReferencePeriod(_Relation):
    """How a start or end lies to the study reference period, for --STRF and --ENRF.

    BEFORE, DURING or AFTER the period from `start` to `end`, both included. Of a partial date every day counts that it
    may stand for: where these days fall on both sides it is BEFORE/DURING or DURING/AFTER, and blank where they reach
    over the whole period. Times count where both are known. Without a known `end` what is not before is DURING/AFTER.
    Subjects without `start` have no reference period, and the value is blank.

    A record without a date has what the form says: BEFORE under the condition `before`, and under `ongoing` what goes
    on at the end of the study ends after the period: `ongoing_is`.

    | CMENDTC | CMONGO | DM.RFSTDTC | DM.RFENDTC | CMENRF |
    |---|---|---|---|---|
    | 2022-02-20 | | 2022-03-10 | 2022-06-01 | `BEFORE` |
    | 2022-03-10 | | 2022-03-10 | 2022-06-01 | `DURING` |
    | 2022-06 | | 2022-03-10 | 2022-06-01 | `DURING/AFTER` |
    | | Y | 2022-03-10 | 2022-06-01 | `AFTER` |

    ```yaml
    CMENRF: {reference_period: {date: CMENDTC, ongoing: 'CMONGO == "Y"'}}
    ```

    Source: SDTMIG 3.4 section 4.4.7 (relative timing: --STRF and --ENRF); codelist C66728.
    """

    name: ClassVar[str] = "reference_period"

    start: Ref = Field(Ref("DM.RFSTDTC"), description="the start of the reference period")
    end: Ref = Field(Ref("DM.RFENDTC"), description="its end")
    ongoing_is: Text = Field("AFTER", description="the value of records that go on")

    def derive(self, rows: Rows) -> pd.Series:
        date, start, end = (moments_of(rows, name) for name in (self.date, self.start, self.end))
        first, last = start.on_clock_of(date).earliest, end.on_clock_of(date).latest
        known = ~np.isnan(first) & ~(date.faults | start.faults | end.faults)
        dated = known & ~np.isnan(date.earliest)
        before, not_before = date.latest < first, date.earliest >= first
        open_end = np.isnan(last)
        after, not_after = date.earliest > last, date.latest <= last
        choices = [
            (dated & before, "BEFORE"),
            (dated & after, "AFTER"),
            (dated & not_before & not_after, "DURING"),
            (dated & not_before & (open_end | ~not_after), "DURING/AFTER"),
            (dated & ~not_before & not_after, "BEFORE/DURING"),
        ]
        return self._finish(rows, choices, known & np.isnan(date.earliest) & ~date.faults, self.ongoing_is)

    def method(self, words: Words) -> str:
        date, start, end = words(self.date), words(self.start), words(self.end)
        return (
            f"BEFORE where {date} is before {start}, AFTER where it is after {end}, DURING where it is from {start} to "
            f"{end}. A partial date whose days fall on both sides is BEFORE/DURING or DURING/AFTER; blank where they "
            f"reach over the whole period. Without {end} what is not before is DURING/AFTER. "
            f"{self._describe_said(words, self.ongoing_is)} Subjects without {start} have no value."
        )


@register
class ReferencePoint(_Relation):
    """How a start or end lies to a reference time point, for --STRTPT and --ENRTPT.

    BEFORE or AFTER the time point, or COINCIDENT: on the same day, or at the same time where both are known. Of a
    partial date every day counts that it may stand for; where it may be on either side, the value is `unknown`. The
    time point itself belongs into --STTPT or --ENTPT. Without a time point the value is blank, but for what the form
    says.

    A record without a date has what the form says: BEFORE under the condition `before`, ONGOING under `ongoing`.

    | AEENDTC | AEONGO | AEENTPT | AEENRTPT |
    |---|---|---|---|
    | 2022-05-20 | | 2022-06-01 | `BEFORE` |
    | 2022-06-01 | | 2022-06-01 | `COINCIDENT` |
    | 2022-06 | | 2022-06-01 | missing |
    | | Y | 2022-06-01 | `ONGOING` |

    ```yaml
    AEENRTPT: {reference_point: {date: AEENDTC, point: AEENTPT, ongoing: 'AEONGO == "Y"'}}
    ```

    Source: SDTMIG 3.4 section 4.4.7 (relative timing: --STRTPT with --STTPT, --ENRTPT with --ENTPT); codelist C66728.
    """

    name: ClassVar[str] = "reference_point"

    point: Ref = Field(description="the reference time point, such as CMENTPT or DM.RFPENDTC")
    unknown: Text = Field("", description="the value of a date that may be on either side, such as UNKNOWN")

    def derive(self, rows: Rows) -> pd.Series:
        date, own = moments_of(rows, self.date), moments_of(rows, self.point)
        point = own.on_clock_of(date)
        readable = ~(date.faults | own.faults)
        dated = readable & ~np.isnan(date.earliest) & ~np.isnan(point.earliest)
        same_day = date.complete & point.complete & (date.first_day == point.first_day)
        timed = date.timed & point.timed
        choices = [
            (dated & (date.latest < point.earliest), "BEFORE"),
            (dated & (date.earliest > point.latest), "AFTER"),
            (dated & same_day & (~timed | (date.earliest == point.earliest)), "COINCIDENT"),
            (dated, self.unknown),
        ]
        return self._finish(rows, choices, readable & np.isnan(date.earliest), "ONGOING")

    def method(self, words: Words) -> str:
        date, point = words(self.date), words(self.point)
        unsure = self.unknown or "blank"
        return (
            f"BEFORE where {date} is before {point}, AFTER where it is after it, COINCIDENT where both are the same "
            f"day, or the same time where both are known. A partial date that may be on either side: {unsure}. "
            f"{self._describe_said(words, 'ONGOING')}"
        )
