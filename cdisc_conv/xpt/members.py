"""The members of a transport file: headers are read and checked, data only searched for the next member."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import numpy as np

from cdisc_conv.xpt.layout import RECORD, parse_timestamp
from cdisc_conv.xpt.namestr import Field, parse_long_labels, parse_namestrs
from cdisc_conv.xpt.problems import XptError, make_error
from cdisc_conv.xpt.rows import count_possible_rows, count_rows
from cdisc_conv.xpt.text import decode_text
from cdisc_conv.xpt.variables import XptVariable

_KINDS = {
    5: {"library": "LIBRARY", "member": "MEMBER", "descriptor": "DSCRPTR", "names": "NAMESTR", "observations": "OBS"},
    8: {"library": "LIBV8", "member": "MEMBV8", "descriptor": "DSCPTV8", "names": "NAMSTV8", "observations": "OBSV8"},
}
_FIRST_WORD = np.frombuffer(b"HEADER R", dtype=np.uint64)[0]
_SEARCH_BYTES = RECORD << 14
_HINT = "the file is damaged or was changed after it was written: get it again (transfer it in binary mode)"
_FOREIGN = (
    (b"**COMPRESSED**", "this is a CPORT file: export it with the XPORT engine instead"),
    (b"\0\0\0\0\0\0\0\0\0\0\0\0\xc2\xea\x81\x60", "this is a SAS7BDAT file: export it with the XPORT engine"),
    (b"PK\x03\x04", "this is a ZIP archive: unpack it first"),
)


@dataclass(frozen=True, slots=True)
class XptMember:
    """One dataset of a transport file, without its data.

    ``version`` is the layout, 5 or 8. ``made_by`` is the SAS version and operating system named in the file.
    ``rows`` follows from the size of the data; see docs/transport-files.md for blank rows at the end.
    """

    name: str
    label: str
    type: str
    variables: tuple[XptVariable, ...]
    rows: int
    row_length: int
    created: datetime | None
    modified: datetime | None
    version: int
    made_by: str
    offset: int
    """Where the first observation begins in the file."""
    positions: tuple[int, ...]
    """Where each variable begins in an observation."""


class MemberReader:
    """Goes through an open file, record by record, and knows where it is when something is not as it should be."""

    def __init__(self, file: BinaryIO, path: Path, encoding: str | None = None) -> None:
        self._file, self._path, self._encoding = file, path, encoding
        self._size = file.seek(0, 2)
        self._offset = 0
        self._version = 5

    def read_members(self) -> list[XptMember]:
        """All members; raises `XptError` with byte offset and expectation where the file is no valid transport file."""
        self._read_library()
        members = []
        while self._offset < self._size:
            members.append(self._read_member())
        if not members:
            raise self._error(self._offset, "the file ends before the first member", code="XPT021")
        return members

    def _read_library(self) -> None:
        self._file.seek(0)
        start = self._file.read(RECORD)
        for version, kinds in _KINDS.items():
            if start.startswith(_title(kinds["library"])):
                self._version = version
                break
        else:
            known = next((hint for mark, hint in _FOREIGN if mark in start), "is it another kind of file?")
            raise make_error(
                "XPT020",
                f"byte 0: this is no SAS transport file: expected the record {_title('LIBRARY').decode()!r}, "
                f"found {_show(start[:48])}",
                self._path,
                known,
            )
        excess = self._size % RECORD
        if excess:
            raise self._error(
                self._size, f"the file ends {excess} bytes into a record of {RECORD} bytes", code="XPT021"
            )
        self._offset = RECORD
        self._expect(b"SAS     SAS     SASLIB  ", "the library record")
        self._take(RECORD, "the second library record")

    def _read_member(self) -> XptMember:
        kinds = _KINDS[self._version]
        sizes = self._expect(_title(kinds["member"]), "the member header")
        name_size = self._number(sizes[74:78], self._offset - RECORD + 74, "the size of a name record")
        if name_size not in (136, 140):
            raise self._error(self._offset - RECORD + 74, f"a name record of {name_size} bytes; expected 140 or 136")
        self._expect(_title(kinds["descriptor"]), "the descriptor header")
        first = self._expect(b"SAS     ", "the first descriptor record")
        second = self._take(RECORD, "the second descriptor record")
        header = self._expect(_title(kinds["names"]), "the name header")
        count = self._number(header[48:58], self._offset - RECORD + 48, "the number of variables")
        fields = self._read_fields(count, name_size)
        expected = self._expect_observations(fields)
        offset, end = self._offset, self._find_member_end(_title(kinds["member"]))
        rows = self._count_rows(offset, end, fields, expected)
        self._offset = end
        wide = self._version == 8
        return XptMember(
            name=self._text(first[8:40] if wide else first[8:16]),
            label=self._text(second[32:72]), type=self._text(second[72:80]),
            variables=tuple(field.variable for field in fields), rows=rows,
            row_length=sum(field.variable.length for field in fields),
            created=parse_timestamp(first[64:80]), modified=parse_timestamp(second[:16]),
            version=self._version, made_by=" ".join(self._text(first[48:64] if wide else first[24:40]).split()),
            offset=offset, positions=tuple(field.position for field in fields),
        )  # fmt: skip

    def _read_fields(self, count: int, name_size: int) -> list[Field]:
        begin = self._offset
        content = self._take(count * name_size + -(count * name_size) % RECORD, f"the names of {count} variables")
        try:
            return parse_namestrs(content, count, name_size, self._encoding, long_names=self._version == 8)
        except ValueError as wrong:
            place, message = wrong.args
            raise self._error(begin + place, message) from None

    def _expect_observations(self, fields: list[Field]) -> int:
        """Pass the observation header (in version 8 after long labels); the number of rows it tells, 0 for none."""
        if self._version == 8:
            self._read_long_labels(fields)
        header = self._expect(_title(_KINDS[self._version]["observations"]), "the observation header")
        told = header[48:63].strip()
        return int(told) if self._version == 8 and told.isdigit() else 0

    def _read_long_labels(self, fields: list[Field]) -> None:
        for kind, parts in (("LABELV8", 3), ("LABELV9", 5)):
            if self._peek().startswith(_title(kind)):
                header = self._take(RECORD, "the label header")
                count = self._number(header[48:53], self._offset - RECORD + 48, "the number of labels")
                begin = self._offset
                self._file.seek(begin)
                content = self._file.read(min(self._size - begin, count * (2 * parts + 4 * 2**15)))
                try:
                    used = parse_long_labels(content, count, parts, fields, self._encoding)
                except ValueError as wrong:
                    place, message = wrong.args
                    raise self._error(begin + place, message) from None
                self._offset = begin + used + -used % RECORD

    def _find_member_end(self, title: bytes) -> int:
        """Where the next member begins, or the end of the file: headers stand at multiples of 80 bytes."""
        buffer = np.empty(_SEARCH_BYTES, dtype=np.uint8)
        self._file.seek(self._offset)
        for begin in range(self._offset, self._size, _SEARCH_BYTES):
            size = self._file.readinto(buffer)  # type: ignore[attr-defined]
            firsts = buffer[: size - size % RECORD].view(np.uint64)[:: RECORD // 8]
            for record in np.flatnonzero(firsts == _FIRST_WORD).tolist():
                if buffer[record * RECORD : record * RECORD + len(title)].tobytes() == title:
                    return begin + record * RECORD
        return self._size

    def _count_rows(self, offset: int, end: int, fields: list[Field], told: int) -> int:
        """Rows between two offsets, after a look at what is left behind them."""
        size, length = end - offset, sum(field.variable.length for field in fields)
        if not length:
            if size:
                raise self._error(offset, f"{size} bytes of data for a member without variables")
            return 0
        rows = count_possible_rows(size, length)
        rest = self._read_at(offset + rows * length, size - rows * length)
        if len(rest) >= RECORD or rest.strip(b" "):
            raise self._error(
                offset + rows * length,
                f"observation {rows + 1:,} is cut off: expected {length} bytes, found {len(rest)}",
                code="XPT021",
            )
        if any(field.variable.numeric for field in fields):  # a number is never blank: such rows are padding
            while rows and not self._read_at(offset + (rows - 1) * length, length).strip(b" "):
                rows -= 1
        else:
            rows = count_rows(size, length, self._read_at(max(offset, end - RECORD), min(size, RECORD)), told)
        if told and told != rows:
            raise self._error(
                offset + rows * length, f"the header tells {told:,} observations, found {rows:,}", code="XPT021"
            )
        return rows

    def _read_at(self, offset: int, size: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(size)

    def _expect(self, start: bytes, what: str) -> bytes:
        begin = self._offset
        record = self._take(RECORD, what)
        if not record.startswith(start):
            raise self._error(
                begin, f"expected {what} {start.decode()!r}, found {_show(record[: max(len(start), 16)])}"
            )
        return record

    def _take(self, size: int, what: str) -> bytes:
        left = max(self._size - self._offset, 0)
        # Asked before reading: a damaged count must not make room for bytes that the file does not have.
        if left < size:
            raise self._error(
                self._offset, f"the file ends within {what}: expected {size} bytes, found {left}", code="XPT021"
            )
        self._file.seek(self._offset)
        content = self._file.read(size)
        self._offset += size
        return content

    def _peek(self) -> bytes:
        self._file.seek(self._offset)
        return self._file.read(RECORD)

    def _number(self, digits: bytes, place: int, what: str) -> int:
        if not re.fullmatch(rb" *\d+ *", digits):
            raise self._error(place, f"expected {what} in digits, found {_show(digits)}")
        return int(digits)

    def _text(self, field: bytes) -> str:
        try:
            return decode_text(field.rstrip(b" \0"), self._encoding)
        except UnicodeDecodeError:
            return field.rstrip(b" \0").decode("latin-1")

    def _error(self, place: int, message: str, code: str = "XPT022") -> XptError:
        return make_error(code, f"byte {place}: {message}", self._path, _HINT)


def _title(kind: str) -> bytes:
    return f"HEADER RECORD*******{kind:<8}HEADER RECORD!!!!!!!".encode("ascii")


def _show(content: bytes) -> str:
    return repr(content)[1:] if content else "nothing"
