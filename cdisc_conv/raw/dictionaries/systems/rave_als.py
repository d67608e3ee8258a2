"""The Architect Loader Spreadsheet of Rave: forms, fields, dictionaries, units, folders, matrices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cdisc_conv.problems import Place, Severity, did_you_mean
from cdisc_conv.raw.dictionaries.building import Builder, CodeLists, clean
from cdisc_conv.raw.dictionaries.files import File
from cdisc_conv.raw.dictionaries.model import Event
from cdisc_conv.raw.dictionaries.registry import Source
from cdisc_conv.raw.dictionaries.sheets import Row, Sheet

FORMS: Mapping[str, tuple[str, ...]] = {"OID": (), "DraftFormName": (), "DraftFormActive": (), "LogDirection": ()}
FIELDS: Mapping[str, tuple[str, ...]] = dict.fromkeys(
    [
        "FormOID",
        "FieldOID",
        "DraftFieldName",
        "DraftFieldActive",
        "VariableOID",
        "DataFormat",
        "DataDictionaryName",
        "UnitDictionaryName",
        "ControlType",
        "PreText",
        "FixedUnit",
        "SASLabel",
        "IsLog",
    ],
    (),
)
FOLDERS: Mapping[str, tuple[str, ...]] = {
    "OID": (),
    "FolderName": (),
    "Targetdays": (),
    "IsReusable": (),
    "ParentFolderOID": (),
}
ENTRIES: Mapping[str, tuple[str, ...]] = {"DataDictionaryName": (), "CodedData": (), "UserDataString": ()}
UNITS: Mapping[str, tuple[str, ...]] = {"UnitDictionaryName": (), "CodedUnit": (), "UnitString": ()}
_NO = ("false", "0", "no", "n")
_NO_DATA = ("signature page", "label")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the draft that holds data."""

    variable: str
    label: str
    type: str
    values: Mapping[str, str]
    coded: bool
    unit: str
    log: bool
    place: Place


@dataclass(frozen=True, slots=True)
class ArchitectForm:
    """A form of the draft."""

    name: str
    label: str
    repeating: bool
    place: Place


@dataclass
class Architect:
    """What the workbook says; empty where there is none."""

    forms: dict[str, ArchitectForm] = field(default_factory=dict)
    fields: dict[str, list[Field]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    matrix: dict[str, list[str]] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)

    def form(self, name: str) -> ArchitectForm | None:
        """A form, whatever the case of its name."""
        return next((form for form in self.forms.values() if form.name.casefold() == name.casefold()), None)

    def fields_of(self, form: str) -> Sequence[Field]:
        """The fields of a form, in the order of the workbook."""
        return next((own for name, own in self.fields.items() if name.casefold() == form.casefold()), [])

    def events_of(self, form: str) -> tuple[str, ...]:
        """The folders that a form is in, by the matrices."""
        known = next((own for name, own in self.matrix.items() if name.casefold() == form.casefold()), [])
        return tuple(dict.fromkeys(known))

    def add_events(self, builder: Builder) -> None:
        """The folders as events."""
        for event in self.events:
            builder.add_event(event)


def find_architect(source: Source, builder: Builder) -> Architect:
    """The parts of an ALS in some files."""
    found = Architect()
    lists, units = CodeLists(builder), CodeLists(builder)
    for row in _rows(source, ("DataDictionaryName", "CodedData", "UserDataString"), ENTRIES, found):
        lists.add(row["DataDictionaryName"], row["CodedData"], clean(row["UserDataString"]), row.place)
    for row in _rows(source, ("UnitDictionaryName", "CodedUnit"), UNITS, found):
        units.add(row["UnitDictionaryName"], row["CodedUnit"], row["UnitString"] or row["CodedUnit"], row.place)
    for row in _rows(source, ("OID", "DraftFormName"), FORMS, found):
        _add_form(found, builder, row)
    for row in _rows(source, ("FormOID", "FieldOID", "DataFormat"), FIELDS, found):
        _add_field(found, builder, row, lists, units)
    for row in _rows(source, ("OID", "FolderName"), FOLDERS, found):
        day = row["Targetdays"]
        number = float(day) if re.fullmatch(r"-?\d+(\.\d+)?", day) else None
        repeating = row["IsReusable"].lower() in ("true", "1")
        found.events.append(
            Event(clean(row["FolderName"]), row["OID"], day=number, repeating=repeating, place=row.place)
        )
    for sheet in source.heads:
        _add_matrix(found, sheet, source)
    return found


def _rows(source: Source, required: Sequence[str], names: Mapping[str, Any], found: Architect) -> Iterator[Row]:
    for table in source.find(required, names):
        found.files.append(table.file)
        yield from (row for row in table.rows if row[required[0]])


def _add_form(found: Architect, builder: Builder, row: Row) -> None:
    name = row["OID"]
    if row["DraftFormActive"].lower() in _NO:
        return
    if name in found.forms:
        builder.note("DICT006", f"form {name} is there twice", row.place, f"the first is {found.forms[name].place}")
        return
    found.forms[name] = ArchitectForm(name, clean(row["DraftFormName"]), bool(row["LogDirection"]), row.place)


def _add_field(found: Architect, builder: Builder, row: Row, lists: CodeLists, units: CodeLists) -> None:
    form, variable = row["FormOID"], row["VariableOID"] or row["FieldOID"]
    if row["DraftFieldActive"].lower() in _NO or not variable:
        return
    if not row["DataFormat"] and (not row["ControlType"] or row["ControlType"].lower() in _NO_DATA):
        return  # a text on the screen, or a signature
    if found.forms and form not in found.forms:
        hint = did_you_mean(form, found.forms) or "the form is not active, or not in the sheet Forms"
        message = f"field {variable} is of form {form}, which is not in the sheet Forms"
        builder.note("DICT007", message, row.place, hint, Severity.WARNING)
        return
    if form not in found.forms:
        found.forms[form] = ArchitectForm(form, form, False, row.place)
    own = found.fields.setdefault(form, [])
    earlier = next((other for other in own if other.variable == variable), None)
    if earlier is not None:
        message = f"form {form} has the field {variable} twice"
        builder.note("DICT006", message, row.place, f"the first is {earlier.place}")
        return
    name = f"field {variable} of form {form}"
    values = lists.get(row["DataDictionaryName"], name, row.place)
    choices = units.get(row["UnitDictionaryName"], name, row.place)
    unit = row["FixedUnit"] or (next(iter(choices.values())) if len(choices) == 1 else "")
    label = clean(row["PreText"]) or clean(row["SASLabel"]) or clean(row["DraftFieldName"])
    kind = find_type(row["DataFormat"], row["ControlType"])
    log = row["IsLog"].lower() in ("true", "1", "yes")
    own.append(Field(variable, label, kind, values, bool(row["DataDictionaryName"]), unit, log, row.place))


def find_type(form: str, control: str) -> str:
    """The type of a field by its data format.

    >>> find_type("dd MMM yyyy", ""), find_type("5.1", ""), find_type("3", ""), find_type("$200", "")
    ('date', 'decimal', 'integer', 'text')
    """
    bare = form.strip()
    if re.fullmatch(r"\d+", bare):
        return "integer"
    if re.fullmatch(r"\d+\.\d*\+?", bare):
        return "decimal"
    day, clock = "yy" in bare.lower(), bool(re.search(r"HH|hh|nn", bare))
    if day:
        return "datetime" if clock else "date"
    if clock:
        return "time"
    return "date" if control.lower() == "datetime" and not bare.startswith("$") else "text"


def _add_matrix(found: Architect, sheet: Sheet, source: Source) -> None:
    """A sheet ``MatrixN#OID``: forms in rows, folders in columns, a mark where the form is in the folder."""
    if not sheet.rows:
        return
    header = sheet.rows[0][1]
    if not header or not header[0].strip().lower().startswith("matrix:"):
        return
    found.files.append(sheet.file)
    for _, cells in source.whole(sheet).rows[1:]:
        for folder, mark in zip(header[1:], cells[1:], strict=False):
            if cells[0].strip() and folder.strip() and mark.strip():
                found.matrix.setdefault(cells[0].strip(), []).append(folder.strip())
