"""The members of a transport file: headers are read and checked, data only searched for the next member.

Version 8 says in its header how many observations follow. Version 5 does not: there a member ends where the header of
the next one stands. Text may look like one, so a marker that lies in text counts only where the whole header of a
member follows and what precedes it is whole observations and filling.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import numpy as np

from cdisc_conv.problems import Problem, Severity
from cdisc_conv.xpt.layout import RECORD, parse_timestamp
from cdisc_conv.xpt.namestr import Field, parse_long_labels, parse_namestrs
from cdisc_conv.xpt.problems import XptError, make_error, place_file
from cdisc_conv.xpt.rows import FILLING, CutOff, count_possible_rows, count_rows_between
from cdisc_conv.xpt.text import decode_text
from cdisc_conv.xpt.variables import XptVariable

_KINDS = {
    5: {"library": "LIBRARY", "member": "MEMBER", "descriptor": "DSCRPTR", "names": "NAMESTR", "observations": "OBS"},
    8: {"library": "LIBV8", "member": "MEMBV8", "descriptor": "DSCPTV8", "names": "NAMSTV8", "observations": "OBSV8"},
}
_BEFORE, _BEHIND = b"HEADER RECORD*******", b"HEADER RECORD!!!!!!!"
_TITLE_BYTES = len(_BEFORE) + 8 + len(_BEHIND)
_FIRST_WORD = np.frombuffer(b"HEADER R", dtype=np.uint64)[0]
_SEARCH_BYTES = RECORD << 14
_TEXT_ENDS, _MOST_STRAY = b"\r\n\x1a", 3
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
    problems: tuple[Problem, ...] = ()
    """What is wrong with the data although they can be read: XPT026, the file ends within an observation."""


class MemberReader:
    """Goes through an open file, record by record, and knows where it is when something is not as it should be."""

    def __init__(self, file: BinaryIO, path: Path, encoding: str | None = None) -> None:
        self._file, self._path, self._encoding = file, path, encoding
        self._size = file.seek(0, 2)
        self._offset = 0
        self._version = 5
        self._cut: CutOff | None = None
        """Where the file ends within an observation."""

    def read_members(self) -> list[XptMember]:
        """All members; raises `XptError` with byte offset and expectation where the file is not a valid one."""
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
            if _is_header(start, kinds["library"]):
                self._version = version
                break
        else:
            known = next((hint for mark, hint in _FOREIGN if mark in start), "is it another kind of file?")
            raise make_error(
                "XPT020",
                f"byte 0: this is not a SAS transport file: expected the record {_title('LIBRARY').decode()!r}, "
                f"found {_show(start[:48])}",
                self._path,
                known,
            )
        self._offset = RECORD
        self._take(RECORD, "the library record")
        self._take(RECORD, "the second library record")

    def _read_member(self) -> XptMember:
        member, told = self._read_header()
        self._cut = None
        end, rows = self._find_told_end(member, told) if told else self._find_end(member)
        self._offset = end
        problems = () if self._cut is None else (self._describe_cut(member, self._cut),)
        return replace(member, rows=rows, problems=problems)

    def _describe_cut(self, member: XptMember, cut: CutOff) -> Problem:
        message = (
            f"byte {cut.place}: the file ends within observation {cut.rows + 1:,} of {member.name}, of which "
            f"{cut.left:,} of {cut.row_length:,} bytes are there and are dropped; what comes before it is read"
        )
        hint = "records are missing: get the file again, whole"
        return Problem("XPT026", message, Severity.WARNING, place_file(self._path), hint)

    def _read_header(self) -> tuple[XptMember, int]:
        """A member up to its first observation, and how many observations its header tells, 0 for none."""
        kinds = _KINDS[self._version]
        sizes = self._expect(kinds["member"], "the member header")
        name_size = self._number(sizes[74:78], self._offset - RECORD + 74, "the size of a name record")
        if name_size not in (136, 140):
            raise self._error(self._offset - RECORD + 74, f"a name record of {name_size} bytes; expected 140 or 136")
        self._expect(kinds["descriptor"], "the descriptor header")
        first = self._take(RECORD, "the first descriptor record")
        second = self._take(RECORD, "the second descriptor record")
        header = self._expect(kinds["names"], "the name header")
        count = self._number(header[48:58], self._offset - RECORD + 48, "the number of variables")
        fields = self._read_fields(count, name_size)
        told = self._expect_observations(fields)
        wide = self._version == 8
        member = XptMember(
            name=self._text(first[8:40] if wide else first[8:16]).strip(),
            label=self._text(second[32:72]), type=self._text(second[72:80]),
            variables=tuple(field.variable for field in fields), rows=0,
            row_length=sum(field.variable.length for field in fields),
            created=parse_timestamp(first[64:80]), modified=parse_timestamp(second[:16]),
            version=self._version, made_by=" ".join(self._text(first[48:64] if wide else first[24:40]).split()),
            offset=self._offset, positions=tuple(field.position for field in fields),
        )  # fmt: skip
        return member, told

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
        header = self._expect(_KINDS[self._version]["observations"], "the observation header")
        told = header[48:63].strip()
        return int(told) if self._version == 8 and told.isdigit() else 0

    def _read_long_labels(self, fields: list[Field]) -> None:
        for kind, parts in (("LABELV8", 3), ("LABELV9", 5)):
            if _is_header(self._peek(), kind):
                header = self._take(RECORD, "the label header")
                count = self._number(_first_number(header[48:]), self._offset - RECORD + 48, "the number of labels")
                begin = self._offset
                content = self._read_at(begin, min(count, len(fields)) * (2 * parts + 4 * 2**15))
                try:
                    used = parse_long_labels(content, count, parts, fields, self._encoding)
                except ValueError as wrong:
                    place, message = wrong.args
                    raise self._error(begin + place, message) from None
                self._offset = begin + used + -used % RECORD

    def _find_told_end(self, member: XptMember, told: int) -> tuple[int, int]:
        """Where a member ends whose header tells the number of its observations, and that number."""
        end = member.offset + told * member.row_length
        if end <= self._size:
            self._refuse_filling(member, told)
            place = self._find_used(end)
            if place >= self._size - self._count_stray_bytes():
                return self._size, told
            if place % RECORD == 0 and self._is_marker(place):
                return place, told
        found = count_possible_rows(self._size - member.offset, member.row_length) if member.row_length else 0
        place = member.offset + min(told, found) * member.row_length
        raise self._error(place, f"the header tells {told:,} observations, found {found:,}", code="XPT021")

    def _refuse_filling(self, member: XptMember, told: int) -> None:
        """Raise where the last observation that the header tells has a blank number: that is filling, not data."""
        begin = member.offset + (told - 1) * member.row_length
        row = self._read_at(begin, member.row_length)
        for variable, position in zip(member.variables, member.positions, strict=True):
            if variable.numeric and not row[position : position + variable.length].strip(b" "):
                message = f"the header tells {told:,} observations, but in the last of them {variable.name} is blank"
                raise self._error(begin + position, message, code="XPT021")

    def _find_end(self, member: XptMember) -> tuple[int, int]:
        """Where a member ends whose header does not tell, and the number of its observations."""
        refused: CutOff | None = None
        for place in self._find_markers(member.offset):
            in_text = _lies_in_text(member, place - member.offset)
            if in_text and not self._is_member(place):
                continue
            try:
                return place, self._count_rows(member, place)
            except CutOff as cut:
                refused = refused or cut
                if not in_text:
                    break
        else:
            for end in dict.fromkeys((self._size, self._size - self._count_stray_bytes())):
                try:
                    return self._size, self._count_rows(member, end)
                except CutOff as cut:
                    refused = refused or cut
                    self._cut = self._cut or cut
            if self._cut is not None:
                return self._size, self._cut.rows
        assert refused is not None
        raise self._error(refused.place, refused.message, code="XPT021")

    def _count_rows(self, member: XptMember, end: int) -> int:
        size = end - member.offset
        if not member.row_length:
            if size:
                raise self._error(member.offset, f"{size} bytes of data for a member without variables")
            return 0
        ends: dict[bool, int] = {}
        is_text = np.zeros(member.row_length, dtype=bool)
        for variable, position in zip(member.variables, member.positions, strict=True):
            ends[variable.numeric] = min(ends.get(variable.numeric, member.row_length), position + variable.length)
            is_text[position : position + variable.length] = not variable.numeric
        return count_rows_between(
            self._read_at,
            member.offset,
            end,
            member.row_length,
            text=ends.get(False, 0),
            numbers=ends.get(True, 0),
            is_text=is_text,
        )

    def _find_markers(self, start: int) -> Iterator[int]:
        """Where member headers may begin, from an offset on: at multiples of 80 bytes."""
        buffer = np.empty(_SEARCH_BYTES, dtype=np.uint8)
        kind = _KINDS[self._version]["member"]
        for begin in range(start, self._size, _SEARCH_BYTES):
            self._file.seek(begin)
            size = self._file.readinto(buffer)  # type: ignore[attr-defined]
            firsts = buffer[: size - size % RECORD].view(np.uint64)[:: RECORD // 8]
            for record in np.flatnonzero(firsts == _FIRST_WORD).tolist():
                if _is_header(buffer[record * RECORD : (record + 1) * RECORD].tobytes(), kind):
                    yield begin + record * RECORD

    def _count_stray_bytes(self) -> int:
        """The bytes behind the last whole record that only end a text file: line ends, the mark of DOS."""
        rest = self._size % RECORD
        stray = rest <= _MOST_STRAY and not self._read_at(self._size - rest, rest).strip(_TEXT_ENDS)
        return rest if stray else 0

    def _find_used(self, place: int) -> int:
        """The first byte from an offset on that is not filling, or the end of the file."""
        while place < self._size:
            content = self._read_at(place, _SEARCH_BYTES)
            filling = len(content) - len(content.lstrip(FILLING))
            place += filling
            if filling < len(content):
                break
        return place

    def _is_marker(self, place: int) -> bool:
        return _is_header(self._read_at(place, RECORD), _KINDS[self._version]["member"])

    def _is_member(self, place: int) -> bool:
        """Whether the whole header of a member stands at an offset."""
        before, self._offset = self._offset, place
        try:
            self._read_header()
        except XptError:
            return False
        finally:
            self._offset = before
        return True

    def _read_at(self, offset: int, size: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(size)

    def _expect(self, kind: str, what: str) -> bytes:
        begin = self._offset
        record = self._take(RECORD, what)
        if not _is_header(record, kind):
            raise self._error(begin, f"expected {what} {_title(kind).decode()!r}, found {_show(record[:_TITLE_BYTES])}")
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
    return b"%s%-8s%s" % (_BEFORE, kind.encode("ascii"), _BEHIND)


def _is_header(record: bytes, kind: str) -> bool:
    """Whether a record is the header of a kind; the kind may stand to the right of its field."""
    return (
        record.startswith(_BEFORE)
        and record[len(_BEFORE) : _TITLE_BYTES - len(_BEHIND)].strip() == kind.encode("ascii")
        and record[_TITLE_BYTES - len(_BEHIND) : _TITLE_BYTES] == _BEHIND
    )


def _first_number(content: bytes) -> bytes:
    """The digits that begin some text: five at most, as zeros may follow, or all up to a blank where blanks precede."""
    digits = content.split()[:1]
    return digits[0] if digits and content.startswith(b" ") else content[:5]


def _lies_in_text(member: XptMember, place: int) -> bool:
    """Whether the title of a header, so many bytes behind the first observation, would be nothing but text."""
    if not member.row_length:
        return False
    spans = [
        (position, position + variable.length)
        for variable, position in zip(member.variables, member.positions, strict=True)
        if variable.numeric
    ]
    start = place % member.row_length
    first_round = _TITLE_BYTES // member.row_length + 2
    return not any(
        first + turn * member.row_length < start + _TITLE_BYTES and last + turn * member.row_length > start
        for first, last in spans
        for turn in range(first_round)
    )


def _show(content: bytes) -> str:
    return repr(content)[1:] if content else "nothing"
