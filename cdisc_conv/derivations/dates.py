"""Dates and times: collected text to ISO 8601 with the precision that was collected, and study days."""

from __future__ import annotations

import re
from calendar import monthrange
from functools import cache
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, Field, field_validator

from cdisc_conv.dataset import OriginType
from cdisc_conv.derivations.base import Derivation, Kind, Ref, Rows, Words
from cdisc_conv.derivations.distinct import TEXT, encode, map_distinct, spread
from cdisc_conv.derivations.registry import register
from cdisc_conv.problems import Severity

DEFAULT_FORMATS = ("DD-MON-YYYY", "YYYY-MM-DD", "YYYY-MM", "YYYY")
_MONTHS = {
    name: f"{number:02d}"
    for number, name in enumerate(
        ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), 1
    )
}
_UNKNOWN = r"UNK|UN|UK|U|NK|XX|--?|00?|\?+"
_PARTS = {
    "YYYY": rf"(?P<year>\d{{4}}|{_UNKNOWN})",
    "MON": rf"(?P<month>[A-Z]{{3}}|{_UNKNOWN})",
    "MM": rf"(?P<month>\d{{1,2}}|{_UNKNOWN})",
    "DD": rf"(?P<day>\d{{1,2}}|{_UNKNOWN})",
}
_TIME = re.compile(rf"(?P<hour>\d{{1,2}}|{_UNKNOWN}):(?P<minute>\d\d|{_UNKNOWN})(:(?P<second>\d\d|{_UNKNOWN}))?")


class ImpossibleDate(ValueError):
    """The text has the form of a date, but no calendar has it."""


@cache
def _pattern(format: str) -> re.Pattern[str]:
    pieces = re.split("(YYYY|MON|MM|DD)", format)
    return re.compile("".join(_PARTS.get(piece) or re.escape(piece) for piece in pieces))


def parse_date(text: str, formats: tuple[str, ...] = DEFAULT_FORMATS) -> str | None:
    """One date as written to ISO 8601 with the precision it has; None when no format fits.

    Raises ImpossibleDate for the 31st of February and the like.

    >>> parse_date("UN-MAR-2022"), parse_date("7-mar-2022"), parse_date("UN-UNK-2022")
    ('2022-03', '2022-03-07', '2022')
    """
    written = text.strip().upper()
    impossible: ImpossibleDate | None = None
    for format in formats:
        found = _pattern(format).fullmatch(written)
        if found is None:
            continue
        try:
            return _to_iso(found.groupdict())
        except ImpossibleDate as error:
            impossible = error
    if impossible is not None:
        raise impossible
    return None


def _to_iso(parts: dict[str, str | None]) -> str:
    year = _known(parts.get("year"))
    month = _known(parts.get("month"))
    day = _known(parts.get("day"))
    if month and not month.isdigit():
        if month not in _MONTHS:
            raise ImpossibleDate(f"there is no month {month}")
        month = _MONTHS[month]
    month, day = month.zfill(2) if month else "", day.zfill(2) if day else ""
    if month and not 1 <= int(month) <= 12:
        raise ImpossibleDate(f"there is no month {int(month)}")
    if day and not 1 <= int(day) <= (monthrange(int(year or 2000), int(month))[1] if month else 31):
        raise ImpossibleDate(f"the month has no day {int(day)}")
    if not year and not month and not day:
        return ""
    # SDTMIG 3.4, 4.4.2: a missing part before a known one is a hyphen, missing parts at the end are left out.
    return (
        re.sub(r"(--?)+$", "", f"{year or '-'}-{month or '-'}-{day or '-'}")
        if year
        else f"--{month or '-'}-{day}".rstrip("-")
    )


def parse_time(text: str) -> str | None:
    """One time of day as written (24 hours) to ISO 8601, "" when wholly unknown; None when it is no time."""
    found = _TIME.fullmatch(text.strip().upper())
    if found is None:
        return None
    hour, minute, second = (_known(found[name]) for name in ("hour", "minute", "second"))
    if (hour and int(hour) > 23) or (minute and int(minute) > 59) or (second and int(second) > 59):
        raise ImpossibleDate("the day has no such time")
    if not hour:
        return ""
    return ":".join([hour.zfill(2), *([minute] if minute else []), *([second] if minute and second else [])])


def _known(part: str | None) -> str:
    return "" if part is None or re.fullmatch(_UNKNOWN, part) else part


def read_dates(series: pd.Series, formats: list[str] | tuple[str, ...] | None = None) -> pd.Series:
    """A column of dates as written to ISO 8601; what is no date becomes blank (`datetime` reports it)."""
    known = tuple(formats or DEFAULT_FORMATS)

    def read(text: str) -> str:
        try:
            return parse_date(text, known) or ""
        except ImpossibleDate:
            return ""

    return map_distinct(series, lambda values: pd.Series([read(value) for value in values], dtype=TEXT))


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


@register
class Datetime(Derivation):
    """A collected date, with its time when there is one, as ISO 8601 with the precision that was collected.

    Formats are written with DD, MM or MON (three letters), and YYYY; the first that fits is taken. Unknown parts are
    written UN, UNK, UK, NK, XX, 00 or with hyphens, and are left out of the result, never filled in. A date that no
    calendar has is refused: the value is blank and the text is reported. A missing date is no finding. A time is
    HH:MM or HH:MM:SS on the 24 hour clock; it is only kept when the whole date is known.

    | AESTDAT | AESTDTC |
    |---|---|
    | 07-MAR-2022 | 2022-03-07 |
    | UN-MAR-2022 | 2022-03 |
    | UN-UNK-2022 | 2022 |
    | 31-FEB-2022 | (blank, finding DATE001) |

    ```yaml
    AESTDTC: {datetime: {date: AESTDAT, time: AESTTIM}}
    ```

    Source of the rule: SDTMIG 3.4, section 4.4.1 and 4.4.2 (ISO 8601, date and time precision).
    """

    name = "datetime"
    topic = "Dates"
    shorthand = "date"
    kind = Kind.TEXT
    origin = OriginType.COLLECTED

    date: Ref = Field(description="the column with the date")
    time: Ref | None = Field(None, description="the column with the time of day")
    formats: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = Field(
        (), description="formats of the date, first fit wins; the study's date_formats when left out"
    )

    @field_validator("formats")
    @classmethod
    def _check_formats(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        for format in formats:
            if "YYYY" not in format:
                raise ValueError(f"'{format}' has no YYYY; a format is written like DD-MON-YYYY or MM/DD/YYYY")
        return formats

    def derive(self, rows: Rows) -> pd.Series:
        formats = self.formats or tuple(rows.setting("date_formats") or DEFAULT_FORMATS)
        dates = self._parse(rows, self.date, lambda text: parse_date(text, formats), f"expected {' or '.join(formats)}")
        if self.time is None:
            return dates
        times = self._parse(rows, self.time, parse_time, "expected HH:MM or HH:MM:SS")
        whole = (dates.str.len() == 10).to_numpy() & (times != "").to_numpy(dtype=bool)
        return dates.mask(whole, dates + "T" + times)

    def _parse(self, rows: Rows, ref: Ref, parse, expected: str) -> pd.Series:  # type: ignore[no-untyped-def]
        codes, distinct = encode(rows[ref])
        values: list[str] = []
        for number, text in enumerate(distinct):
            try:
                value = parse(text) if text.strip() else ""
                reason = "is not written as a date" if ref == self.date else "is not written as a time"
            except ImpossibleDate as error:
                value, reason = None, f"is impossible: {error}"
            if value is None:
                message = f"'{text}' {reason}; {rows.variable} is left blank"
                code = "DATE001" if "impossible" in reason else "DATE002"
                rows.report(
                    code, message, where=codes == number, severity=Severity.ERROR, field=ref, value=text, hint=expected
                )
            values.append(value or "")
        return spread(pd.Series(values, dtype=TEXT), codes)

    def method(self, words: Words) -> str:
        time = f" and the time in {words(self.time)}" if self.time else ""
        only = " The time is kept only where the whole date is known." if self.time else ""
        return (
            f"The date in {words(self.date)}{time} in ISO 8601 format with the precision collected: an unknown day is left "
            f"out (YYYY-MM), an unknown day and month are left out (YYYY), nothing is imputed.{only}"
        )


@register
class StudyDay(Derivation):
    """The study day of a date: 1 on the reference date, -1 on the day before. There is no day 0.

    Only the date parts count, not the times. A date of which the day or month is unknown has no study day, nor has
    one whose reference date is missing or partial.

    | AESTDTC | DM.RFSTDTC | AESTDY |
    |---|---|---|
    | 2022-03-10 | 2022-03-10 | 1 |
    | 2022-03-09T23:00 | 2022-03-10 | -1 |
    | 2022-03 | 2022-03-10 | |

    ```yaml
    AESTDY: {study_day: AESTDTC}
    ```

    Source of the rule: SDTMIG 3.4, section 4.4.4 (study day variables).
    """

    name = "study_day"
    topic = "Dates"
    shorthand = "date"
    kind = Kind.NUMBER

    date: Ref = Field(description="the variable with the ISO 8601 date")
    reference: Ref = Field(Ref("DM.RFSTDTC"), description="the date of day 1")

    def derive(self, rows: Rows) -> pd.Series:
        difference = to_days(rows[self.date]) - to_days(rows[self.reference])
        return pd.Series(np.where(difference >= 0, difference + 1, difference))

    def method(self, words: Words) -> str:
        date, reference = words(self.date), words(self.reference)
        return (
            f"{date} minus {reference} in days, plus 1 where {date} is on or after {reference}; there is no day 0. Times of "
            f"day are not used. Missing where either date is missing or its month or day is unknown."
        )


def to_days(iso: pd.Series) -> np.ndarray:
    """Days since 1970-01-01 of complete ISO 8601 dates (float64); NaN for partial and missing ones."""

    def days(distinct: pd.Series) -> pd.Series:
        date = distinct.str.slice(0, 10)
        complete = distinct.str.fullmatch(r"\d{4}-\d\d-\d\d(T.*)?")
        stamps = pd.to_datetime(date.where(complete), format="%Y-%m-%d", errors="coerce")
        return (stamps - pd.Timestamp(1970, 1, 1)).dt.days.astype("float64")

    return map_distinct(iso, days).to_numpy(dtype=float)


def first_day(iso: pd.Series) -> np.ndarray:
    """Days since 1970-01-01 of the first day that an ISO 8601 date may stand for; NaN when the year is missing."""
    return to_days(
        map_distinct(iso, lambda values: pd.Series([_fill(value, last=False) for value in values], dtype=TEXT))
    )


def last_day(iso: pd.Series) -> np.ndarray:
    """Days since 1970-01-01 of the last day that an ISO 8601 date may stand for; NaN when the year is missing."""
    return to_days(
        map_distinct(iso, lambda values: pd.Series([_fill(value, last=True) for value in values], dtype=TEXT))
    )


def _fill(value: str, last: bool) -> str:
    """The first or last complete date that a partial one may stand for, "" when the year is unknown."""
    found = re.match(r"(\d{4})(?:-(\d\d|-))?(?:-(\d\d))?", value)
    if not found:
        return ""
    year, month, day = found[1], found[2], found[3]
    if month in (None, "-"):
        month = "12" if last else "01"
    if day is None:
        day = str(monthrange(int(year), int(month))[1]) if last else "01"
    return f"{year}-{month}-{day}"
