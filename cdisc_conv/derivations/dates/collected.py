"""Dates and times: collected text to ISO 8601 with the precision that was collected, and study days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, field_validator, model_validator

from cdisc_conv.columns.dates.formats import DATE_FORMATS, TIME_FORMATS, DateFormat, check_pivot, read_format
from cdisc_conv.columns.dates.parse import Dates, join_time, parse_dates
from cdisc_conv.columns.distinct import Distinct
from cdisc_conv.columns.rows import take_rows
from cdisc_conv.columns.texts import find_texts
from cdisc_conv.dataset import OriginType
from cdisc_conv.derivations.base import Derivation, Kind, Ref, Rows, Words
from cdisc_conv.derivations.dates.findings import moments_of
from cdisc_conv.derivations.findings import report_values
from cdisc_conv.derivations.parameters import Names, join_words
from cdisc_conv.derivations.registry import register
from cdisc_conv.problems import Problem, ProblemsError, Severity

What = Literal["date", "time"]


def choose_formats(written: str | Sequence[str], what: What, pivot: int | None = None) -> tuple[DateFormat, ...]:
    """The formats of dates, or of times, among those written, a list or a single one; the built-in ones without any.

    `pivot` is the first of the hundred years that years of two digits lie in. Raises ProblemsError (DATE003) for a
    format that means nothing.
    """
    listed = [written] if isinstance(written, str) else written
    if not isinstance(listed, list | tuple) or not all(isinstance(text, str) for text in listed):
        message = "the formats of dates cannot be read"
        raise ProblemsError([Problem("DATE003", message, hint="'date_formats' is a list such as [DD-MON-YYYY]")])
    try:
        formats = [read_format(text, pivot) for text in listed]
    except ValueError as error:
        raise ProblemsError([Problem("DATE003", str(error), hint="correct 'date_formats' of the study")]) from None
    wanted = [each for each in formats if each.has_date == (what == "date")]
    defaults = DATE_FORMATS if what == "date" else TIME_FORMATS
    return tuple(wanted or [read_format(text) for text in defaults])


def study_formats(rows: Rows) -> tuple[DateFormat, ...]:
    """The formats of dates that the study declares (`date_formats` and `date_pivot`), or the built-in ones."""
    return choose_formats(rows.setting("date_formats") or (), "date", rows.setting("date_pivot"))


def read_dates(series: pd.Series, formats: Sequence[DateFormat]) -> tuple[pd.Series, pd.Series]:
    """A column of dates as written to ISO 8601, and the values that are not dates, which become "".

    >>> column = pd.Series(["7-mar-2022", "UN-MAR-2022", "31-FEB-2022"], dtype="str")
    >>> read, refused = read_dates(column, choose_formats((), "date"))
    >>> read.tolist(), refused.tolist()
    (['2022-03-07', '2022-03', ''], ['31-FEB-2022'])
    """
    found = find_texts(series)
    dates = parse_dates(found.values, formats)
    wrong = np.flatnonzero((dates.fault != "")[found.codes])
    return found.spread(dates.joined()), take_rows(found.values, found.codes[wrong])


def find_refused(series: pd.Series, formats: Sequence[DateFormat]) -> np.ndarray:
    """Which values of a column of dates as written are not dates."""
    found = find_texts(series)
    return np.asarray((parse_dates(found.values, formats).fault != "")[found.codes])


@register
class Datetime(Derivation):
    """A collected date, with its time where there is one, as ISO 8601 with the precision that was collected.

    Unknown parts are written UN, UNK, UK, NK, XX, -- or ??, and 00 for a day or month. They are left out at the end of
    the text and become a hyphen before a known part; nothing is imputed. A date that the calendar does not have is
    refused: the value is blank and the text is an error finding (DATE001). So is a text in another format, or one that
    can be read in two ways (DATE002). A missing date is not a finding.

    Formats are written with DD, MON or MM, YYYY, HH, MM and SS. A time may follow its date after a T or a blank, and
    have seconds, decimals of a second, AM or PM, and an offset from UTC (`Z`, `+02:00`) whether or not the format says
    so. 00:00 or 00:00:00 at the end of a format stands for itself: the midnight that some systems write behind dates
    without a time (`YYYY-MM-DD 00:00:00`). Years of two digits are read (YY) where `pivot` says which are meant: with
    1930, 30 is 1930 and 29 is 2029; for the formats of the study that is `date_pivot` among its settings. Without
    `formats` those of the study are taken (`date_formats` among its settings), else DD-MON-YYYY, MON-YYYY, YYYY,
    DDMONYYYY, YYYY-MM-DD and YYYY-MM, the first and the fifth also with a time; for times HH:MM and HH:MM:SS.

    | date | time | result |
    |---|---|---|
    | `07-MAR-2022` | `08:05` | `2022-03-07T08:05` |
    | `UN-MAR-2022` | | `2022-03` |
    | `UN-UNK-2022` | | `2022` |
    | `15-UNK-2022` | | `2022---15` |
    | `07-MAR-2022` | `UN:UN` | `2022-03-07` |
    | `07-MAR-2022` | `2:30 PM +02:00` | `2022-03-07T14:30+02:00` |
    | `31-FEB-2022` | | missing, DATE001 |

    ```yaml
    AESTDTC: {datetime: {date: AESTDAT, time: AESTTIM, formats: [DD-MON-YYYY]}}
    ```

    Source: SDTMIG 3.4 sections 4.4.1 (formats) and 4.4.2 (precision).
    """

    name: ClassVar[str] = "datetime"
    topic: ClassVar[str] = "Dates and times"
    shorthand: ClassVar[str] = "date"
    kind: ClassVar[Kind] = Kind.TEXT
    origin: ClassVar[OriginType] = OriginType.COLLECTED

    date: Ref = Field(description="the column with the date, which may hold the time too")
    time: Ref | None = Field(None, description="the column with the time of day")
    formats: Names = Field((), description="how dates and times are written, such as DD-MON-YYYY or HH:MM")

    pivot: int | None = Field(None, description="the first of the hundred years in which two-digit years lie")

    @field_validator("pivot")
    @classmethod
    def _check_pivot(cls, value: int | None) -> int | None:
        return value if value is None else check_pivot(value)

    @field_validator("formats")
    @classmethod
    def _check_formats(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            read_format(text, 1900)
        return value

    @model_validator(mode="after")
    def _check_years(self) -> Self:
        for text in self.formats:
            read_format(text, self.pivot)
        return self

    def _choose(self, rows: Rows, what: What) -> tuple[DateFormat, ...]:
        """The formats of the mapping entry, else those of the study."""
        if self.formats:
            return choose_formats(self.formats, what, self.pivot)
        return choose_formats(rows.setting("date_formats") or (), what, rows.setting("date_pivot"))

    def derive(self, rows: Rows) -> pd.Series:
        found, dates = self._parse(rows, self.date, self._choose(rows, "date"), "date")
        if self.time is None:
            return found.spread(dates.joined())
        times_found, times = self._parse(rows, self.time, self._choose(rows, "time"), "time")
        refused = (dates.fault != "")[found.codes]
        time = times_found.spread(times.time)
        time = time.mask(refused, "") if refused.any() else time
        return join_time(found.spread(dates.joined()), found.spread(dates.date_before_time), time)

    def find_unread(self, rows: Rows) -> np.ndarray:
        return find_refused(rows[self.date], self._choose(rows, "date"))

    def _parse(self, rows: Rows, ref: Ref, formats: tuple[DateFormat, ...], what: What) -> tuple[Distinct, Dates]:
        found = find_texts(rows[ref])
        dates = parse_dates(found.values, formats)
        left = "is left blank" if what == "date" else "is left without time"
        hint = f"expected {join_words([each.text for each in formats], 'or')}; unknown parts are written UN or UNK"

        def report(code: str, bad: np.ndarray, reason: str) -> None:
            def describe(text: str) -> tuple[str, str]:
                return f"'{text}' {reason}; {rows.variable} {left}", hint

            report_values(rows, code, found.codes, found.values, bad, describe, severity=Severity.ERROR, field=ref)

        has = "a date that the calendar" if what == "date" else "a time that the clock"
        report("DATE001", dates.fault == "impossible", f"is {has} does not have")
        report("DATE002", dates.fault == "format", f"is not written as a {what}")
        report("DATE002", dates.fault == "ambiguous", "can be read as several dates")
        return found, dates

    def method(self, words: Words) -> str:
        time = f" and the time in {words(self.time)}" if self.time else ""
        return (
            f"The date in {words(self.date)}{time} in ISO 8601 format, with the precision that was collected. Unknown "
            "parts at the end are left out (a date whose day is unknown is YYYY-MM, one whose day and month are "
            "unknown is YYYY); an unknown part before a known one is written as a hyphen. Nothing is imputed. Blank "
            "where the date was not collected or is wholly unknown."
        )


@register
class StudyDay(Derivation):
    """The study day of a date: 1 on the reference date, -1 on the day before. There is no day 0.

    Only the dates count, not the times. A partial or missing date has no study day, and nobody has one without a
    complete reference date. Dates are ISO 8601 text or SAS numbers: a column of numbers is a SAS datetime when its name
    ends in DTM, else a SAS date. In ADaM: `ASTDY: {study_day: {date: ASTDT, reference: ADSL.TRTSDT}}`.

    | AESTDTC | DM.RFSTDTC | AESTDY |
    |---|---|---|
    | 2022-03-10 | 2022-03-10T09:00 | 1 |
    | 2022-03-09T23:00 | 2022-03-10 | -1 |
    | 2022-03 | 2022-03-10 | missing |

    ```yaml
    AESTDY: {study_day: AESTDTC}
    ```

    Source: SDTMIG 3.4 section 4.4.4 (study day variables); ADaMIG 1.3 section 3.3.3 (--DY variables have no day 0).
    """

    name: ClassVar[str] = "study_day"
    topic: ClassVar[str] = "Dates and times"
    shorthand: ClassVar[str] = "date"
    kind: ClassVar[Kind] = Kind.NUMBER

    date: Ref = Field(description="the variable with the date: ISO 8601 text, or a SAS number")
    reference: Ref = Field(Ref("DM.RFSTDTC"), description="the variable with the date of day 1")

    def derive(self, rows: Rows) -> pd.Series:
        difference = moments_of(rows, self.date).days - moments_of(rows, self.reference).days
        return pd.Series(difference + (difference >= 0))

    def method(self, words: Words) -> str:
        date, reference = words(self.date), words(self.reference)
        return (
            f"The date of {date} minus the date of {reference} in days, plus 1 where {date} is on or after "
            f"{reference}; there is no day 0. Times of day are not used. Missing where either date is missing or "
            f"lacks its day or month."
        )
