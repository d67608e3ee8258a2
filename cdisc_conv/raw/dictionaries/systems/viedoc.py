"""Viedoc: the Items and CodeLists of an export (CSV or the workbook), and the headers of the form files beside them.

Items says what a column is, not on which form; that is in the form files, whose first row has the labels and whose
second the names. A coded item is two columns: X holds the words and XCD the code. Dates may have unknown parts
(2023-10-NK).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from cdisc_conv.problems import Place, Severity
from cdisc_conv.raw.dictionaries.building import Builder, CodeLists, clean
from cdisc_conv.raw.dictionaries.model import Column, Dictionary, Event, Role
from cdisc_conv.raw.dictionaries.registry import DictionaryReader, Evidence, Source, missing, register
from cdisc_conv.raw.dictionaries.sheets import Row, Sheet, Table, normalise
from cdisc_conv.raw.dictionaries.systems.viedoc_long import find_long, read_long

ITEMS: Mapping[str, tuple[str, ...]] = {
    "ID": (),
    "Label": (),
    "DataType": ("Data Type",),
    "FormatName": ("Format Name",),
    "ContentLength": ("Content Length",),
    "Mandatory": (),
}
CODES: Mapping[str, tuple[str, ...]] = {
    "FormatName": ("Format Name",),
    "CodeValue": ("Code Value",),
    "CodeText": ("Code Text",),
    "DataType": ("Data Type",),
}
ROLES: Mapping[str, Role] = {
    "SubjectId": Role.SUBJECT,
    "SiteCode": Role.SITE,
    "SiteName": Role.SITE,
    "EventId": Role.EVENT,
    "EventName": Role.EVENT_NAME,
    "EventDate": Role.EVENT_DATE,
    "FormId": Role.FORM,
    "FormName": Role.FORM,
    "EventSeq": Role.REPEAT,
    "EventRepeatKey": Role.REPEAT,
    "FormSeq": Role.REPEAT,
    "FormRepeatKey": Role.REPEAT,
    "SubjectFormSeq": Role.REPEAT,
}
_SYSTEM = frozenset(
    [
        "SiteSeq",
        "SubjectSeq",
        "ActivityId",
        "ActivityName",
        "OriginSubjectFormSeq",
        "SourceSubjectFormSeq",
        "DesignVersion",
        "Country",
        "CountryCode",
        "EventStatus",
        "FormStatus",
        "SubjectStatus",
        "InitiatedBy",
        "InitiatedDate",
        "LastEditedBy",
        "LastEditedDate",
        "EventInitiatedDate",
        "EventPlannedDate",
        "EventProposedDate",
        "EventWindowStartDate",
        "EventWindowEndDate",
        "SubjectKey",
        "SiteKey",
    ]
)
_TYPES = {
    "integer": "integer",
    "double": "decimal",
    "float": "decimal",
    "date": "date",
    "datetime": "datetime",
    "time": "time",
}
_TEXT = ("text", "string", "base64binary", "boolean")
_MOMENT = re.compile(r"\d{8}_\d{6}")
_KEY = ("SubjectId", "EventSeq", "EventId", "ActivityId", "FormId", "FormSeq", "SubjectFormSeq")


@dataclass(frozen=True, slots=True)
class _FormSheet:
    """A table with the data of a form: names and labels of its columns."""

    sheet: Sheet
    form: str
    names: Sequence[str]
    labels: Sequence[str]
    line: int


@register
class Viedoc(DictionaryReader):
    """Viedoc's Items and CodeLists, with the headers of the form files."""

    name = "viedoc"
    label = "Viedoc"
    needs = "the Items of an export (ID, Label, Data Type, Format Name), with CodeLists and the form files beside it"

    def recognise(self, source: Source) -> Evidence | None:
        reasons = [f"{table.sheet.shown} is a list of Viedoc items" for table in _find_items(source)]
        described = bool(reasons)
        forms = _find_forms(source)
        reasons += [f"{found.sheet.shown} has Viedoc's columns SiteSeq, SubjectSeq, SubjectId" for found in forms]
        reasons += [f"{found.sheet.shown} has Viedoc's layout of one item a row" for found in find_long(source)]
        described = described or bool(find_long(source))
        return Evidence(0.95 if described else 0.85, tuple(reasons), described) if reasons else None

    def read(self, source: Source) -> Dictionary:
        tables = _find_items(source)
        long = find_long(source)
        if not tables and not long:
            raise missing(self, source)
        builder = Builder(self.name)
        for found in long:
            read_long(builder, source, found, dict(ROLES))
        lists = CodeLists(builder)
        codes = list(source.find(("FormatName", "CodeValue", "CodeText"), CODES))
        for row in (row for table in codes for row in table.rows):
            lists.add(row["FormatName"], row["CodeValue"], clean(row["CodeText"]), row.place)
        rows = [row for table in tables for row in table.rows if row["ID"]]
        builder.items |= _read_items(builder, rows, lists, bool(codes))
        for found_form in _find_forms(source):
            _read_form(builder, found_form)
            _read_visits(builder, source.whole(found_form.sheet), found_form)
        used = [
            *(found.sheet.file.shown for found in long),
            *(table.file.shown for table in tables),
            *(table.file.shown for table in codes),
        ]
        return builder.finish(tuple(dict.fromkeys(used)))


def _find_items(source: Source) -> tuple[Table, ...]:
    return source.find(("ID", "Label", "DataType", "FormatName", "ContentLength"), ITEMS)


def _find_forms(source: Source) -> list[_FormSheet]:
    """The tables with data, by the columns that Viedoc puts first; the name of the form is what theirs differ in."""
    found: list[_FormSheet] = []
    for sheet in source.heads:
        for index, (line, cells) in enumerate(sheet.rows[:3]):
            names = [cell.strip() for cell in cells]
            if {"SiteSeq", "SubjectSeq", "SubjectId"} <= set(names):
                above = [clean(cell) for cell in sheet.rows[index - 1][1]] if index else []
                found.append(_FormSheet(sheet, sheet.name or sheet.file.stem, names, above, line))
                break
    prefix = _find_prefix(source, [form.form for form in found if not form.sheet.name])
    return [form if form.sheet.name else replace(form, form=form.form.removeprefix(prefix)) for form in found]


def _find_prefix(source: Source, stems: Sequence[str]) -> str:
    """What the names of all files begin with: ``STUDY_20240903_072908_``; the list of items knows."""
    items = [table.file.stem for table in _find_items(source) if not table.sheet.name]
    if items and normalise(items[0]).endswith("items"):
        return items[0][: -len("items")]
    start = _MOMENT.search(stems[0]) if stems else None
    prefix = stems[0][: start.end() + 1] if start else ""
    return prefix if all(stem.startswith(prefix) for stem in stems) else ""


def _read_items(builder: Builder, rows: Sequence[Row], lists: CodeLists, listed: bool) -> dict[str, Column]:
    items: dict[str, Column] = {}
    for row in rows:
        name, kind = row["ID"], row["DataType"].lower()
        if kind not in _TYPES and kind not in _TEXT:
            message = f"item {name} has the type '{row['DataType']}', which Viedoc does not have; it is read as text"
            builder.note("DICT009", message, row.place, severity=Severity.WARNING)
        role = ROLES.get(name, Role.SYSTEM if name in _SYSTEM else Role.ITEM)
        values = lists.get(row["FormatName"], f"item {name}", row.place) if listed else {}
        found = "coded" if row["FormatName"] else _TYPES.get(kind, "text")
        column = Column(name, clean(row["Label"]), found, MappingProxyType(dict(values)), role=role, place=row.place)
        if name in items:
            same = replace(column, label="", place=Place()) == replace(items[name], label="", place=Place())
            if not same:
                message = f"item {name} is there twice, with another type or code list"
                builder.note("DICT006", message, row.place, f"the first, of {items[name].place}, counts")
            continue
        items[name] = column
    coded = {name: name[:-2] for name, item in items.items() if item.type == "coded" and name.endswith("CD")}
    return {
        name: replace(item, decode=coded[name]) if coded.get(name) in items else item for name, item in items.items()
    }


def _read_form(builder: Builder, found: _FormSheet) -> None:
    place = found.sheet.place(found.line)
    file = _MOMENT.sub("*", found.sheet.file.name)
    header = {"header": ["labels", "names"]} if found.labels else {}
    builder.add_form(found.form, place, file=file, table=found.sheet.name, reading={**found.sheet.reading, **header})
    columns = builder.columns[found.form]
    labels = dict(zip(found.names, found.labels, strict=False))
    for name in found.names:
        if not name or name in columns:
            continue
        item = builder.items.get(name)
        if item is None:
            if name not in ROLES and name not in _SYSTEM:
                message = f"column {name} of form {found.form} is not among the items"
                builder.note("DICT007", message, place, "are Items and the form files of one export?", Severity.WARNING)
            role = ROLES.get(name, Role.SYSTEM if name in _SYSTEM else Role.ITEM)
            item = Column(name, labels.get(name, ""), role=role, place=place)
        decode = item.decode if item.decode in found.names else ""
        label = labels.get(name) or item.label
        builder.add_column(found.form, replace(item, decode=decode, label=label))
    builder.change_form(found.form, key=tuple(name for name in _KEY if name in found.names))


def _read_visits(builder: Builder, sheet: Sheet, found: _FormSheet) -> None:
    """The events that the rows of a form name, in the order of the rows."""
    if "EventId" not in found.names or "EventName" not in found.names:
        return
    eid, name = found.names.index("EventId"), found.names.index("EventName")
    events = []
    for line, cells in sheet.rows:
        if line > found.line and len(cells) > max(eid, name) and cells[eid].strip():
            events.append(cells[eid].strip())
            if cells[eid].strip() not in builder.events:
                builder.add_event(Event(cells[name].strip(), cells[eid].strip(), place=sheet.place(line)))
    builder.change_form(found.form, events=tuple(dict.fromkeys(events)))
