"""What ADaM says by names: data structures, dates and their parts, pairs of variables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from cdisc_conv.columns.sas_dates import to_iso_dates, to_iso_datetimes

_LATEST = 1e11
"""Beyond so many days or seconds from 1960 there is no date to show."""

ALL_ANALYSIS = "ADAM"
"""In a rule's ``datasets``: every analysis dataset."""

STRUCTURES = {
    "SUBJECT LEVEL ANALYSIS DATASET": "ADSL",
    "BASIC DATA STRUCTURE": "BDS",
    "OCCURRENCE DATA STRUCTURE": "OCCDS",
}
"""Short names of the data structures, as ADaMIG has them, by class of Define-XML."""

TIME_TO_EVENT = "TIME-TO-EVENT"
_GROUPS = (ALL_ANALYSIS, *STRUCTURES, *STRUCTURES.values(), "ADAM OTHER", TIME_TO_EVENT, "ADVERSE EVENT")
_DATASET = re.compile(r"AD[A-Z0-9]{1,6}")
_TOPIC = re.compile(r"([A-Z]{2})(TERM|TRT)")

DateKind = Literal["", "date", "datetime", "time"]

_FORMATS: tuple[tuple[tuple[str, ...], DateKind], ...] = (
    (("DATETIME", "E8601DT", "B8601DT", "DATEAMPM", "MDYAMPM"), "datetime"),
    (("DATE", "E8601DA", "B8601DA", "YYMMDD", "DDMMYY", "MMDDYY", "IS8601DA"), "date"),
    (("TIME", "E8601TM", "B8601TM", "TOD", "HHMM", "IS8601TM"), "time"),
)
_SUBPERIOD = re.compile(r"(P\d\dS\d[SE])(DT|TM|DM|DF|TF)")
_CATEGORY = re.compile(r"(AVAL|BASE|PCHG|BCHG)CA(\d+)N")
_TO_BASELINE = re.compile(r"PBCHGC(\d+)N")
_RESPONSE = re.compile(r"(MCRIT\d+)MN")
_NO_CODES = ("ADURN",)
"""Names that end like those of a numeric code but are none."""


def is_analysis_name(name: str) -> bool:
    """Whether a name in a rule's ``datasets`` is that of an analysis dataset, or of a group of them.

    >>> [is_analysis_name(name) for name in ("ADAE", "ADSL", "BDS", "TIME-TO-EVENT", "AE", "EVENTS")]
    [True, True, True, True, False, False]
    """
    return name in _GROUPS or _DATASET.fullmatch(name) is not None


def find_topic_prefix(names: tuple[str, ...]) -> str:
    """The two letters before the topic variable of an occurrence dataset, "" when it has none.

    >>> find_topic_prefix(("STUDYID", "USUBJID", "AETERM"))
    'AE'
    """
    return next((found[1] for name in names if (found := _TOPIC.fullmatch(name))), "")


def is_topic_name(name: str) -> bool:
    """Whether a variable is the topic of an occurrence dataset, such as ``AETERM`` or ``CMTRT``."""
    return _TOPIC.fullmatch(name) is not None


def read_date_kind(name: str, sas_format: str = "") -> DateKind:
    """What a numeric variable counts: days, seconds since 1960, seconds since midnight, or none of these.

    A SAS format of dates or times decides; without one, the name does (ADaMIG 1.3, 3.1.2).

    >>> [read_date_kind(name) for name in ("ASTDT", "ASTDTM", "ASTTM", "P01S1SDM", "AVAL")]
    ['date', 'datetime', 'time', 'datetime', '']
    >>> read_date_kind("TRTSTART", "DATE9.")
    'date'
    """
    for starts, kind in _FORMATS if sas_format else ():
        if sas_format.upper().startswith(starts):
            return kind
    return name_date_kind(name)


def name_date_kind(name: str) -> DateKind:
    """The same by the name alone."""
    if name.endswith("DTM") or ((found := _SUBPERIOD.fullmatch(name)) and found[2] == "DM"):
        return "datetime"
    return "date" if name.endswith("DT") else "time" if name.endswith("TM") else ""


@dataclass(frozen=True)
class DateFamily:
    """The variables that belong to one date: ``ASTDT``, ``ASTDTM``, ``ASTTM``, ``ASTDTF``, ``ASTTMF``, ``ASTDY``."""

    date: str
    datetime: str
    time: str
    date_flag: str
    time_flag: str
    day: str


def name_family(date: str) -> DateFamily:
    """The names that go with a date variable.

    >>> name_family("ASTDT").date_flag, name_family("P01S1SDT").datetime
    ('ASTDTF', 'P01S1SDM')
    """
    stem = date[:-2]
    if _SUBPERIOD.fullmatch(date):
        return DateFamily(date, f"{stem}DM", f"{stem}TM", f"{stem}DF", f"{stem}TF", f"{stem}DY")
    return DateFamily(date, f"{date}M", f"{stem}TM", f"{date}F", f"{stem}TMF", f"{stem}DY")


def name_families(names: tuple[str, ...]) -> tuple[DateFamily, ...]:
    """The families of a dataset's variables: of every date, and of every datetime or flag whose date is not there.

    >>> [family.date for family in name_families(("ASTDTM", "ASTDTF", "ADT", "AVAL"))]
    ['ASTDT', 'ADT']
    """
    dates = [name if name_date_kind(name) == "date" else _find_date(name) for name in names]
    return tuple(name_family(date) for date in dict.fromkeys(dates) if date)


def _find_date(name: str) -> str:
    if found := _SUBPERIOD.fullmatch(name):
        return f"{found[1]}DT"
    for ending, cut in (("DTM", 1), ("DTF", 1)):
        if name.endswith(ending):
            return name[:-cut]
    return f"{name[:-3]}DT" if name.endswith("TMF") else ""


def name_end(start: str) -> str:
    """The variable of the end that belongs to a start, "" when the name is not that of a start.

    >>> [name_end(name) for name in ("ASTDT", "ASTDTM", "TRTSDT", "AP01SDTM", "P01S1SDM", "ADT")]
    ['AENDT', 'AENDTM', 'TRTEDT', 'AP01EDTM', 'P01S1EDM', '']
    """
    if found := re.fullmatch(r"(.*)(S)(DTM?|DM)", start):
        return f"{found[1]}E{found[3]}"
    return f"{found[1]}EN{found[2]}" if (found := re.fullmatch(r"(.*)ST(DTM?)", start)) else ""


def name_text(number: str) -> str:
    """The text variable whose numeric code a variable is, by its name; "" when the name is not that of a code.

    >>> [name_text(name) for name in ("AVISITN", "AVALCA1N", "PBCHGC1N", "MCRIT1MN", "SAFFN", "ADURN")]
    ['AVISIT', 'AVALCAT1', 'PBCHGCA1', 'MCRIT1ML', 'SAFFL', '']
    """
    if number in _NO_CODES:
        return ""
    if found := _CATEGORY.fullmatch(number):
        return f"{found[1]}CAT{found[2]}"
    if found := _TO_BASELINE.fullmatch(number):
        return f"PBCHGCA{found[1]}"
    if found := _RESPONSE.fullmatch(number):
        return f"{found[1]}ML"
    if number.endswith("FN"):
        return f"{number[:-1]}L"
    return number[:-1] if number.endswith("N") else ""


def show_date(text: str, kind: DateKind) -> str:
    """A number that counts days or seconds, written as a date; any other as it is.

    >>> show_date("22645", "date"), show_date("3661", "datetime"), show_date("3661", "time"), show_date("3", "")
    ('2021-12-31', '1960-01-01T01:01:01', '01:01:01', '3')
    """
    if not (kind and text):
        return text
    value = pd.Series([float(text)])
    if value.abs().iloc[0] > _LATEST:
        return text
    if kind == "date":
        return str(to_iso_dates(value).iloc[0])
    shown = str(to_iso_datetimes(value).iloc[0])
    return shown if kind == "datetime" else shown[11:]
