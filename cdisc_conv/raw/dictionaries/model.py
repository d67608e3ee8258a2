"""What every EDC's dictionary becomes: forms, their columns with codes and decodes, events, and where each was said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from cdisc_conv.problems import Place, Problem


class Role(StrEnum):
    """What a column is for. All but items are the EDC's own."""

    ITEM = "item"
    """A question of the form: collected."""
    SUBJECT = "subject"
    SITE = "site"
    EVENT = "event"
    """What identifies the visit (its OID or external id)."""
    EVENT_NAME = "event_name"
    EVENT_DATE = "event_date"
    FORM = "form"
    REPEAT = "repeat"
    """A number that tells repeated events, forms or rows apart."""
    SYSTEM = "system"
    """Internal ids, statuses, time stamps."""
    DERIVED = "derived"
    """Made by the EDC from what was collected: interpolated dates, calculated fields."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an export, as the dictionary describes it."""

    name: str
    label: str = ""
    type: str = "text"
    """In the words of forms.yaml: text, integer, decimal, date, time, datetime, coded, boolean."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Codes and their decodes."""
    decode: str = ""
    """The column that stands beside this one and holds the decodes."""
    separator: str = ""
    """What stands between several codes in one value."""
    unit: str = ""
    role: Role = Role.ITEM
    empty: str = ""
    """A value that says as little as a blank one: 0 of a checkbox that nobody ticked."""
    identifying: bool = False
    """Whether the EDC marks it as personal data."""
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Form:
    """One form: one table of the export.

    Where several forms share a file (REDCap), `rows` says which rows are this form's (column -> values, any of them)
    and `filled` that rows in which no item of the form has a value are not.
    """

    name: str
    label: str = ""
    file: str = ""
    table: str = ""
    """The table inside the file, where it holds several (an ODM file, a workbook)."""
    metadata: tuple[str, ...] = ()
    """Files beside the data that it takes to read them: the metadata of an ODM file."""
    columns: Mapping[str, Column] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    filled: bool = False
    reading: Mapping[str, Any] = field(default_factory=dict)
    """How the file is written, in the words of forms.yaml: delimiter, encoding, header, long."""
    repeating: bool = False
    events: tuple[str, ...] = ()
    """The events at which it is collected, by their eid, where the dictionary says so."""
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Event:
    """A visit: an event, folder or cycle of the EDC."""

    name: str
    eid: str = ""
    group: str = ""
    day: float | None = None
    repeating: bool = False
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A dictionary, read. `items` are columns that it describes without saying on which forms they are."""

    edc: str
    forms: Mapping[str, Form] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    items: Mapping[str, Column] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    """The files that it was read from, as people call them."""
    problems: tuple[Problem, ...] = ()

    def columns_of(self, role: Role) -> tuple[str, ...]:
        """The names of all columns with a role, the most frequent first."""
        counts: dict[str, int] = {}
        for form in self.forms.values():
            for column in form.columns.values():
                if column.role is role:
                    counts[column.name] = counts.get(column.name, 0) + 1
        return tuple(sorted(counts, key=lambda name: -counts[name]))

    @property
    def subject(self) -> str:
        """The column that names the subject; "" where forms do not agree on one."""
        return next(iter(self.columns_of(Role.SUBJECT)), "")
