"""Name records: 140 bytes (136 from VAX/VMS) per variable, and in version 8 the records with long labels."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from cdisc_conv.xpt.layout import NAMESTR
from cdisc_conv.xpt.text import decode_text
from cdisc_conv.xpt.variables import DisplayFormat, XptVariable

_LONG_NAME = slice(88, 120)


@dataclass(slots=True)
class Field:
    """A variable and where it begins in an observation."""

    variable: XptVariable
    position: int


def parse_namestrs(content: bytes, count: int, size: int, encoding: str | None, *, long_names: bool) -> list[Field]:
    """The variables of a member; raises ValueError(offset in the content, message) for an impossible one."""
    fields = []
    for begin in range(0, count * size, size):
        fields.append(_parse_namestr(content[begin : begin + size], begin, encoding, long_names))
    _place_fields(fields)
    _check_positions(fields, size)
    _check_names(fields, size)
    return fields


def parse_long_labels(content: bytes, count: int, parts: int, fields: list[Field], encoding: str | None) -> int:
    """Put long names and labels (3 parts: number, name, label; 5 parts: formats too) into the fields.

    Returns the bytes used; raises ValueError(offset, message) when they do not fit together.
    """
    numbers = struct.Struct(f">{parts}h")
    place = 0
    for _ in range(count):
        if place + numbers.size > len(content):
            raise ValueError(place, "the long labels are cut off")
        variable, *sizes = numbers.unpack_from(content, place)
        end = place + numbers.size + sum(sizes)
        if not 1 <= variable <= len(fields) or min(sizes) < 0 or end > len(content):
            raise ValueError(place, f"a long label for variable {variable} of {len(fields)} with {sum(sizes)} bytes")
        texts = []
        start = place + numbers.size
        for size in sizes:
            texts.append(_text(content[start : start + size], place, encoding))
            start += size
        field = fields[variable - 1]
        known = {"name": texts[0] or field.variable.name, "label": texts[1]}
        if parts == 5:
            known |= {"format": texts[2] or field.variable.format, "informat": texts[3] or field.variable.informat}
        field.variable = replace(field.variable, **known)
        place = end
    return place


def _parse_namestr(record: bytes, begin: int, encoding: str | None, long_names: bool) -> Field:
    (
        kind, _, length, _, name, label, shown, shown_width, shown_decimals, _, _,
        entered, entered_width, entered_decimals, position, _,
    ) = NAMESTR.unpack(record.ljust(NAMESTR.size))  # fmt: skip
    if kind not in (1, 2):
        raise ValueError(begin, f"a variable of type {kind}; expected 1 (numeric) or 2 (text)")
    shortest, longest = (2, 8) if kind == 1 else (1, 2**15 - 1)
    if not shortest <= length <= longest:
        what = "numeric" if kind == 1 else "text"
        raise ValueError(begin + 4, f"a {what} variable of {length} bytes; expected {shortest} to {longest}")
    if long_names and record[_LONG_NAME].strip(b" \0"):
        name = record[_LONG_NAME]
    variable = XptVariable(
        _text(name, begin + 8, encoding).strip(),
        _text(label, begin + 16, encoding),
        numeric=kind == 1,
        length=length,
        format=str(DisplayFormat(_text(shown, begin + 56, encoding), shown_width, shown_decimals)),
        informat=str(DisplayFormat(_text(entered, begin + 72, encoding), entered_width, entered_decimals)),
    )
    if not variable.name:
        raise ValueError(begin + 8, "a variable without a name")
    return Field(variable, position)


def _place_fields(fields: Sequence[Field]) -> None:
    """Settle positions that are not filled in: all are the same, or 0 beside those that the order of the names gives.

    Then the order of the name records is the order of the bytes.
    """
    ends = accumulate(field.variable.length for field in fields)
    in_order = [0, *ends][: len(fields)]
    same = len({field.position for field in fields}) == 1
    if same or all(field.position in (0, place) for field, place in zip(fields, in_order, strict=True)):
        for field, place in zip(fields, in_order, strict=True):
            field.position = place


def _check_positions(fields: Sequence[Field], size: int) -> None:
    """The variables must fill the observation, in whatever order, without gaps and without overlap."""
    ordered = sorted(range(len(fields)), key=lambda number: fields[number].position)
    if ordered and fields[ordered[0]].position:
        raise ValueError(
            ordered[0] * size + 84,
            f"{fields[ordered[0]].variable.name} begins at byte {fields[ordered[0]].position} of the observation; "
            "expected 0",
        )
    for before, after in pairwise(ordered):
        end = fields[before].position + fields[before].variable.length
        if fields[after].position != end:
            raise ValueError(
                after * size + 84,
                f"{fields[after].variable.name} begins at byte {fields[after].position} of the observation; "
                f"expected {end}, where {fields[before].variable.name} ends",
            )


def _check_names(fields: Sequence[Field], size: int) -> None:
    seen: set[str] = set()
    for number, field in enumerate(fields):
        if field.variable.name in seen:
            raise ValueError(number * size + 8, f"a second variable of the name {field.variable.name}")
        seen.add(field.variable.name)


def _text(field: bytes, place: int, encoding: str | None) -> str:
    try:
        return decode_text(field.rstrip(b" \0"), encoding)
    except UnicodeDecodeError:
        raise ValueError(place, f"bytes that are not text: {field.rstrip(bytes(1))!r}") from None
