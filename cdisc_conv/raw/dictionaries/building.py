"""Putting a dictionary together row by row, with everything that is wrong about it noted on the way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from cdisc_conv.problems import Place, Problem, Severity, did_you_mean
from cdisc_conv.raw.dictionaries.model import Column, Dictionary, Event, Form
from cdisc_conv.raw.dictionaries.sheets import Table

MOST_REPORTED = 50
"""Findings of one kind that are listed; the others are counted."""

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|&nbsp;")
_BLANKS = re.compile(r"\s+")


def clean(text: str) -> str:
    """A label as text: without the mark-up of the EDC's screens, blanks and line breaks as single blanks.

    >>> clean('<div class="rich">Date of\\n<b>birth</b></div>')
    'Date of birth'
    """
    return _BLANKS.sub(" ", _TAG.sub(" ", text)).strip() if text else ""


@dataclass
class CodeLists:
    """The code lists of a dictionary, by name: code -> decode, in the order of the file."""

    builder: Builder
    lists: dict[str, dict[str, str]] = field(default_factory=dict)
    _first: dict[tuple[str, str], Place] = field(default_factory=dict)

    def add(self, name: str, code: str, decode: str, place: Place) -> None:
        """One code; DICT008 when the list has it with other words."""
        entries = self.lists.setdefault(name, {})
        if code in entries and entries[code] != decode:
            message = f"code list {name} has the code '{code}' as '{entries[code]}' and as '{decode}'"
            hint = f"the first is {self._first[name, code]}; it is the one that counts"
            self.builder.note("DICT008", message, place, hint, Severity.WARNING)
            return
        self._first.setdefault((name, code), place)
        entries[code] = decode

    def get(self, name: str, what: str, place: Place) -> Mapping[str, str]:
        """The codes of a list; DICT007 when a column (`what`) names one that is not there."""
        if not name:
            return {}
        if name not in self.lists:
            message = f"{what} has the code list {name}, which is not in the dictionary"
            self.builder.note("DICT007", message, place, did_you_mean(name, self.lists), Severity.WARNING)
        return MappingProxyType(self.lists.get(name, {}))


@dataclass
class Builder:
    """Collects what a dictionary says. What comes twice is reported (DICT006), and the first counts."""

    edc: str
    forms: dict[str, Form] = field(default_factory=dict)
    columns: dict[str, dict[str, Column]] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    items: dict[str, Column] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=dict)

    def note(self, code: str, message: str, place: Place, hint: str = "", severity: Severity = Severity.ERROR) -> None:
        """A problem; of one kind, the first fifty are kept and the others counted by `finish`."""
        self._counts[code] = self._counts.get(code, 0) + 1
        if self._counts[code] <= MOST_REPORTED:
            self.problems.append(Problem(code, message, severity, place, hint))

    def add_form(self, name: str, place: Place, **more: Any) -> None:
        """A form; a second one of the name is reported."""
        if name in self.forms:
            self.note("DICT006", f"form {name} is there twice", place, f"the first is {self.forms[name].place}")
            return
        self.forms[name] = Form(name, place=place, **more)
        self.columns[name] = {}

    def change_form(self, name: str, **more: Any) -> None:
        """What else is known of a form."""
        self.forms[name] = replace(self.forms[name], **more)

    def add_column(self, form: str, column: Column) -> None:
        """A column of a form; a second one of the name is reported."""
        known = self.columns[form].get(column.name)
        if known is not None:
            if known.place.file != column.place.file and replace(known, place=column.place) == column:
                return  # two files say the same
            message = f"form {form} has the column {column.name} twice"
            self.note("DICT006", message, column.place, f"the first is {known.place}")
            return
        self.columns[form][column.name] = column

    def add_event(self, event: Event) -> None:
        """A visit; a second one of the eid is reported."""
        if event.eid in self.events:
            message = f"event {event.eid} is there twice"
            self.note("DICT006", message, event.place, f"the first is {self.events[event.eid].place}")
            return
        self.events[event.eid] = event

    def require(self, table: Table, names: Mapping[str, str]) -> None:
        """DICT005: columns that a table of the dictionary should have and lacks; `names` says what each would tell."""
        for name, use in names.items():
            if name not in table.columns:
                place = Place(file=table.sheet.shown, line=1)
                message = f"the dictionary has no column '{name}', so that {use}"
                self.note("DICT005", message, place, severity=Severity.WARNING)

    def finish(self, files: tuple[str, ...]) -> Dictionary:
        """The dictionary. Events that share a name get their group, or their eid, beside it."""
        for code, count in self._counts.items():
            if count > MOST_REPORTED:
                first = next(problem for problem in self.problems if problem.code == code)
                message = f"the dictionary has {count - MOST_REPORTED:,} more faults like {first}"
                self.problems.append(Problem(code, message, first.severity, first.place))
        forms = {name: replace(form, columns=MappingProxyType(self.columns[name])) for name, form in self.forms.items()}
        return Dictionary(
            self.edc,
            MappingProxyType(forms),
            _name_events(list(self.events.values())),
            MappingProxyType(self.items),
            files,
            tuple(self.problems),
        )


def _name_events(events: list[Event]) -> tuple[Event, ...]:
    """The events under names of their own.

    >>> [event.name for event in _name_events([Event("End", "e1", "A"), Event("End", "e2", "B"), Event("Start", "s")])]
    ['End (A)', 'End (B)', 'Start']
    """
    for part in ("group", "eid"):
        counts: dict[str, int] = {}
        for event in events:
            counts[event.name.casefold()] = counts.get(event.name.casefold(), 0) + 1
        events = [
            replace(event, name=f"{event.name} ({getattr(event, part)})")
            if counts[event.name.casefold()] > 1 and getattr(event, part)
            else event
            for event in events
        ]
    return tuple(events)
