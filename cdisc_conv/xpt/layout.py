"""The header records of a transport file: bytes for members and variables, and back.

Everything is in records of 80 bytes. A library header (three records) is followed by members; each has two header
records, two descriptor records, a name record (140 bytes per variable, padded to 80) and an observation header.
Integers are big-endian. Source: TS-140 (version 5); "Record Layout of a SAS Version 8 or 9 Data Set in SAS Transport
Format" (version 8).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate

from cdisc_conv.xpt.variables import DisplayFormat, XptVariable, parse_format

RECORD = 80
BLANK = b" "
EARLIEST_YEAR = 1960
"""Timestamps have two-digit years; SAS time begins in 1960, so 60 to 99 are taken for 1960 to 1999."""

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_TIMESTAMP = re.compile(rb"(\d\d)([A-Z]{3})(\d\d):(\d\d):(\d\d):(\d\d)")
_MADE_BY = b"9.4     CDISCCNV"  # SAS version whose layout this is; operating system field: the program

NAMESTR = struct.Struct(">hhhh8s40s8shhh2s8shhl52s")
"""type, hash, length, number, name, label, format (name, width, decimals, justification), fill, informat (name,
width, decimals), position, rest."""


def make_header(kind: str, numbers: str = "") -> bytes:
    """One header record.

    >>> make_header("MEMBER", "000000000000000001600000000140").decode()
    'HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!000000000000000001600000000140  '
    """
    return f"HEADER RECORD*******{kind:<8}HEADER RECORD!!!!!!!{numbers:0<30}  ".encode("ascii")


def format_timestamp(moment: datetime) -> bytes:
    """Sixteen bytes, months in English whatever the locale.

    >>> format_timestamp(datetime(1960, 1, 1))
    b'01JAN60:00:00:00'
    """
    return f"{moment.day:02}{_MONTHS[moment.month - 1]}{moment:%y:%H:%M:%S}".encode("ascii")


def parse_timestamp(field: bytes) -> datetime | None:
    """The moment in a header, or None for a blank or unreadable one (files without it are common).

    >>> parse_timestamp(b"31DEC59:23:59:59")
    datetime.datetime(2059, 12, 31, 23, 59, 59)
    """
    match = _TIMESTAMP.fullmatch(field.upper())
    if not match or match[2].decode() not in _MONTHS:
        return None
    day, year, hour, minute, second = (int(match[part]) for part in (1, 3, 4, 5, 6))
    century = 1900 if year >= EARLIEST_YEAR % 100 else 2000
    try:
        return datetime(century + year, _MONTHS.index(match[2].decode()) + 1, day, hour, minute, second)
    except ValueError:
        return None


def make_headers(
    name: str,
    label: str,
    type_: str,
    variables: Sequence[XptVariable],
    created: datetime,
    modified: datetime,
    codec: str = "ascii",
) -> bytes:
    """All that comes before the first observation of a file with one member."""
    born, changed = format_timestamp(created), format_timestamp(modified)
    records = [
        make_header("LIBRARY"),
        b"SAS     SAS     SASLIB  " + _MADE_BY + 24 * BLANK + born,
        changed.ljust(RECORD),
        make_header("MEMBER", "000000000000000001600000000140"),
        make_header("DSCRPTR"),
        b"SAS     " + _pad(name, 8) + b"SASDATA " + _MADE_BY + 24 * BLANK + born,
        changed + 16 * BLANK + _pad(label, 40, codec) + _pad(type_, 8),
        make_header("NAMESTR", f"000000{len(variables):04}"),
        pad_record(b"".join(_pack_variables(variables, codec))),
        make_header("OBS"),
    ]
    return b"".join(records)


def pad_record(content: bytes) -> bytes:
    """The content with blanks up to the next multiple of 80 bytes."""
    return content + padding_after(len(content))


def padding_after(size: int) -> bytes:
    """The blanks that complete the last record of so many bytes."""
    return -size % RECORD * BLANK


def row_positions(variables: Sequence[XptVariable]) -> list[int]:
    """The first byte of each variable in an observation, and at the end the length of the observation."""
    return [0, *accumulate(variable.length for variable in variables)]


def _pack_variables(variables: Sequence[XptVariable], codec: str) -> list[bytes]:
    return [
        _pack_variable(variable, number, position, codec)
        for number, (variable, position) in enumerate(zip(variables, row_positions(variables), strict=False), start=1)
    ]


def _pack_variable(variable: XptVariable, number: int, position: int, codec: str) -> bytes:
    shown = parse_format(variable.format) or DisplayFormat()
    entered = parse_format(variable.informat) or DisplayFormat()
    return NAMESTR.pack(
        1 if variable.numeric else 2, 0, variable.length, number,
        _pad(variable.name, 8), _pad(variable.label, 40, codec),
        _pad(shown.name, 8), shown.width, shown.decimals, 0, b"\0\0",
        _pad(entered.name, 8), entered.width, entered.decimals,
        position, b"",
    )  # fmt: skip


def _pad(text: str, width: int, codec: str = "ascii") -> bytes:
    return text.encode(codec).ljust(width)
