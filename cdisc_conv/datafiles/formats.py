"""What the numbers of a variable count, by its SAS format: days, seconds, or a time of day."""

from __future__ import annotations

import re
from enum import StrEnum


class Unit(StrEnum):
    """What a number counts, as SAS does: days or seconds since 1960-01-01, or seconds since midnight."""

    NONE = ""
    DAY = "D"
    SECOND = "s"
    TIME = "t"


_PARTS = re.compile(r"(?P<name>[A-Z_](?:[A-Z0-9_]*[A-Z_])?)\d*(?:\.\d*)?")
_ISO_FAMILIES = ("E8601", "B8601", "IS8601")
_DAYS = frozenset(
    (
        "DATE",
        "DAY",
        "DOWNAME",
        "JULDATE",
        "JULDAY",
        "JULIAN",
        "MINGUO",
        "MONNAME",
        "MONTH",
        "MONYY",
        "NENGO",
        "NLDATE",
        "PDJULG",
        "PDJULI",
        "QTR",
        "QTRR",
        "WEEKDATE",
        "WEEKDATX",
        "WEEKDAY",
        "WEEKU",
        "WEEKV",
        "WEEKW",
        "WORDDATE",
        "WORDDATX",
        "YEAR",
        "YYMON",
        "YYWEEKU",
        "YYWEEKV",
        "YYWEEKW",
    )
)
_SEPARATED = ("DDMMYY", "MMDDYY", "YYMMDD", "MMYY", "YYMM", "YYQ", "YYQR")
_SECONDS = frozenset(
    ("DATETIME", "DATEAMPM", "DTDATE", "DTMONYY", "DTWKDATX", "DTYEAR", "DTYYQC", "MDYAMPM", "NLDATM", "YMDDTTM")
)
_TIMES = frozenset(("HHMM", "HOUR", "MMSS", "NLTIME", "TIME", "TIMEAMPM", "TOD"))
_ISO_ENDINGS = {
    "DA": Unit.DAY,
    **dict.fromkeys(("DN", "DT", "DX", "DZ", "LX"), Unit.SECOND),
    **dict.fromkeys(("LZ", "TM", "TX", "TZ"), Unit.TIME),
}


def split_name(form: str) -> str:
    """The name of a numeric SAS format in capitals, without width and decimals; "" for one that has none.

    >>> split_name("e8601da10."), split_name("8.2"), split_name("$20.")
    ('E8601DA', '', '')
    """
    match = _PARTS.fullmatch(form.upper())
    return match["name"] if match else ""


def find_unit(form: str) -> Unit:
    """What a number with a SAS format counts.

    Source: SAS 9.4 Formats and Informats: Reference, date, time and datetime formats.

    >>> [str(find_unit(form)) for form in ("DATE9.", "DTDATE9.", "E8601DN10.", "TIME8.", "8.2")]
    ['D', 's', 's', 't', '']
    """
    name = split_name(form)
    for family in _ISO_FAMILIES:
        if name.startswith(family):
            return _ISO_ENDINGS.get(name.removeprefix(family), Unit.NONE)
    if name in _SECONDS:
        return Unit.SECOND
    if name in _TIMES:
        return Unit.TIME
    separated = name in _SEPARATED or (name[-1:] in ("B", "C", "D", "N", "P", "S") and name[:-1] in _SEPARATED)
    return Unit.DAY if separated or name in _DAYS else Unit.NONE
