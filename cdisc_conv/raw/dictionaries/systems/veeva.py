"""Veeva EDC: Study Data Extracts, with the Study Design Specification (Excel) where it is there.

An extract is one dataset per form. Its key columns differ from version to version of the job, so they are matched by
name. Three identities stand side by side: what is displayed (EVENT), what the definition is called (EVENTDEF) and the
external id (EVENTEID); the last one distinguishes visits. The specification names forms, item groups, items, codelists
and events in sheets that are found by what their headers say, since their layout changed from release to release.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from cdisc_conv.problems import Severity, did_you_mean
from cdisc_conv.raw.dictionaries.building import Builder, CodeLists, clean
from cdisc_conv.raw.dictionaries.files import File
from cdisc_conv.raw.dictionaries.model import Column, Dictionary, Event, Role
from cdisc_conv.raw.dictionaries.registry import DictionaryReader, Evidence, Source, missing, register
from cdisc_conv.raw.dictionaries.sheets import Row, Sheet, Table

KEYS: Mapping[str, tuple[str, str, Role]] = {
    "STUDYID": ("Study", "text", Role.SYSTEM),
    "COUNTRY": ("Country", "text", Role.SITE),
    "SITENUM": ("Study Site Number", "text", Role.SITE),
    "SUBJID": ("Subject", "text", Role.SUBJECT),
    "EGROUP": ("Event Group", "text", Role.EVENT_NAME),
    "EGROUPDEF": ("Event Group Definition", "text", Role.SYSTEM),
    "EGROUPEID": ("Event Group External ID", "text", Role.SYSTEM),
    "EVENT": ("Event", "text", Role.EVENT_NAME),
    "EVENTDEF": ("Event Definition", "text", Role.SYSTEM),
    "EVENTEID": ("Event External ID", "text", Role.EVENT),
    "EVENTDT": ("Event Date", "date", Role.EVENT_DATE),
    "ESEQ": ("Event Sequence", "integer", Role.REPEAT),
    "FORM": ("Form", "text", Role.FORM),
    "FORMDEF": ("Form Definition", "text", Role.SYSTEM),
    "FORMEID": ("Form External ID", "text", Role.FORM),
    "FSEQ": ("Form Sequence", "integer", Role.REPEAT),
    "IGROUP": ("Item Group", "text", Role.SYSTEM),
    "IGROUPEID": ("Item Group External ID", "text", Role.SYSTEM),
    "IGSEQ": ("Item Group Sequence", "integer", Role.REPEAT),
    "DLASTMOD": ("Date of the last change of data", "datetime", Role.SYSTEM),
    "SUBJSTAT": ("Subject Status", "text", Role.SYSTEM),
    "LASTRUN": ("Time of the extract", "datetime", Role.SYSTEM),
}
_SURE = ("EVENTEID", "FORMEID", "FSEQ", "ESEQ", "EGROUP", "IGSEQ", "SITENUM")
_ROW = ("SUBJID", "EGROUPEID", "EVENTEID", "ESEQ", "FORMEID", "FSEQ", "IGROUPEID", "IGSEQ")

_FORM = ("Form External ID", "Form Name", "Form OID", "Form Definition", "Form")
_ITEM = ("Item External ID", "Item Name", "Item OID", "Item Definition", "Export Label", "Item")
ITEMS: Mapping[str, tuple[str, ...]] = {
    "form": _FORM,
    "item": _ITEM,
    "label": ("Item Label", "Label", "Question", "Display Label", "Item Description"),
    "type": ("Data Type", "Item Type", "Type"),
    "codelist": ("Codelist External ID", "Codelist Name", "Codelist Definition", "Codelist"),
    "unit": ("Unit", "Fixed Unit", "Units"),
    "group": ("Item Group External ID", "Item Group Name", "Item Group"),
    "repeating": ("Repeating", "Item Group Repeating", "Repeating?"),
}
FORMS: Mapping[str, tuple[str, ...]] = {
    "form": _FORM,
    "label": ("Form Label", "Label", "Form Title", "Display Label"),
    "repeating": ("Repeating", "Repeating?", "Allow Repeat"),
}
CODES: Mapping[str, tuple[str, ...]] = {
    "codelist": ("Codelist External ID", "Codelist Name", "Codelist Definition", "Codelist"),
    "code": ("Codelist Item Code", "Coded Value", "Item Code", "Code"),
    "decode": ("Codelist Item Label", "Codelist Item Decode", "Item Label", "Decode", "Display Value", "Label"),
}
EVENTS: Mapping[str, tuple[str, ...]] = {
    "event": ("Event External ID", "Event Definition", "Event OID", "Event"),
    "label": ("Event Label", "Event Name", "Label"),
    "group": ("Event Group External ID", "Event Group Label", "Event Group"),
    "day": ("Day Offset", "Target/Offset", "Target Day", "Event Offset"),
    "form": _FORM,
}
_TYPES = (
    ("datetime", "datetime"),
    ("date", "date"),
    ("time", "time"),
    ("integer", "integer"),
    ("number", "decimal"),
    ("decimal", "decimal"),
    ("float", "decimal"),
    ("unit", "decimal"),
    ("boolean", "boolean"),
    ("codelist", "coded"),
)
_SUFFIXES: Mapping[str, tuple[str, str, Role]] = {
    "DEC": ("decode", "text", Role.ITEM),
    "RAW": ("as entered", "text", Role.ITEM),
    "INT": ("imputed", "date", Role.DERIVED),
    "UTC": ("UTC", "datetime", Role.DERIVED),
    "SITE": ("time zone of the site", "datetime", Role.ITEM),
    "USER": ("time zone of the user", "datetime", Role.DERIVED),
}


@register
class Veeva(DictionaryReader):
    """Veeva's Study Data Extracts and Study Design Specification."""

    name = "veeva"
    label = "Veeva EDC"
    needs = "the Study Design Specification (Excel), or the datasets of a Study Data Extract (EVENTEID, FORMEID ...)"

    def recognise(self, source: Source) -> Evidence | None:
        extracts = _find_extracts(source)
        reasons = [
            f"{sheet.shown} has the key columns of a Study Data Extract (EVENTEID, FORMEID ...)"
            for sheet, _ in extracts
        ]
        specified = _find_items(source)
        reasons = [
            f"{table.sheet.shown} lists the items of a Study Design Specification" for table in specified
        ] + reasons
        return Evidence(0.9, tuple(reasons)) if reasons else None

    def read(self, source: Source) -> Dictionary:
        extracts, specified = _find_extracts(source), _find_items(source)
        if not extracts and not specified:
            raise missing(self, source)
        builder = Builder(self.name)
        design = _read_design(builder, source, specified, [sheet.file for sheet, _ in extracts])
        if extracts:
            for sheet, names in extracts:
                _read_extract(builder, source, sheet, names, design)
        else:
            _read_forms(builder, design)
        used = [*(table.file.shown for table in specified), *(sheet.file.shown for sheet, _ in extracts)]
        return builder.finish(tuple(dict.fromkeys(used)))


def _find_items(source: Source) -> tuple[Table, ...]:
    """The sheets that name both a form and an item: those of a specification."""
    return tuple(
        table
        for table in source.find(("form", "item", "type"), ITEMS)
        if {"label", "codelist"} & table.columns.keys() and table.columns["form"] != table.columns["item"]
    )


def _find_extracts(source: Source) -> list[tuple[Sheet, Sequence[str]]]:
    found: list[tuple[Sheet, Sequence[str]]] = []
    for sheet in source.heads:
        names = [cell.strip() for cell in sheet.rows[0][1]] if sheet.rows else []
        if "SUBJID" in names and len(set(_SURE) & set(names)) >= 3:
            found.append((sheet, names))
    return found


@dataclass
class _Design:
    """What the specification says, by the external ids of forms and items."""

    labels: dict[str, str] = field(default_factory=dict)
    repeating: set[str] = field(default_factory=set)
    items: dict[str, dict[str, Column]] = field(default_factory=dict)
    events: dict[str, list[str]] = field(default_factory=dict)

    def items_of(self, form: str) -> Mapping[str, Column]:
        """The items of a form by their names in capitals; a form goes by any case."""
        return next((own for name, own in self.items.items() if name.casefold() == form.casefold()), {})


def _read_design(builder: Builder, source: Source, specified: Iterable[Table], data: Sequence[File]) -> _Design:
    design, lists = _Design(), CodeLists(builder)
    for table in source.find(("codelist", "code", "decode"), CODES):
        for row in (row for row in table.rows if row["codelist"] and row["code"]):
            lists.add(row["codelist"], row["code"], clean(row["decode"]), row.place)
    for table in source.find(("form", "label"), FORMS):
        if "item" not in {name for name in ITEMS if name in table.columns}:
            for row in table.rows:
                design.labels.setdefault(row["form"], clean(row["label"]))
                if row["repeating"].lower() in ("yes", "true", "1", "y"):
                    design.repeating.add(row["form"])
    for table in specified:
        for row in (row for row in table.rows if row["form"] and row["item"]):
            _add_item(builder, design, row, lists)
    for table in source.find(("event", "form"), EVENTS):
        if table.file not in data:
            _read_schedule(builder, design, table)
    return design


def _add_item(builder: Builder, design: _Design, row: Row, lists: CodeLists) -> None:
    form, item = row["form"], row["item"]
    own = design.items.setdefault(form, {})
    if item.upper() in own:
        message = f"form {form} has the item {item} twice"
        builder.note("DICT006", message, row.place, f"the first is {own[item.upper()].place}", Severity.WARNING)
        return
    values = lists.get(row["codelist"], f"item {item} of form {form}", row.place)
    said = row["type"].lower()
    kind = "coded" if row["codelist"] else next((found for word, found in _TYPES if word in said), "text")
    own[item.upper()] = Column(item, clean(row["label"]), kind, values, unit=row["unit"], place=row.place)


def _read_schedule(builder: Builder, design: _Design, table: Table) -> None:
    for row in (row for row in table.rows if row["event"]):
        day = row["day"]
        number = float(day) if re.fullmatch(r"-?\d+(\.\d+)?", day) else None
        if row["event"] not in builder.events:
            builder.add_event(
                Event(clean(row["label"]) or row["event"], row["event"], row["group"], number, place=row.place)
            )
        if row["form"]:
            design.events.setdefault(row["form"], []).append(row["event"])


def _read_extract(builder: Builder, source: Source, sheet: Sheet, names: Sequence[str], design: _Design) -> None:
    """The dataset of a form: its columns, and from its rows the form's ids and the events."""
    whole = source.whole(sheet)
    rows = [dict(zip(names, cells, strict=False)) for _, cells in whole.rows[1:]]
    first = rows[0] if rows else {}
    form = sheet.name or sheet.file.stem
    external = first.get("FORMEID", "") or form
    items = design.items_of(external) or design.items_of(form)
    place = sheet.place(1)
    known = next((label for name, label in design.labels.items() if name.casefold() == external.casefold()), "")
    events = list(dict.fromkeys(row.get("EVENTEID", "") for row in rows if row.get("EVENTEID")))
    builder.add_form(
        form,
        place,
        label=known or first.get("FORM", ""),
        file=sheet.file.name,
        table=sheet.name,
        reading=sheet.reading,
        key=tuple(name for name in _ROW if name in names),
        events=tuple(events),
    )
    upper = {name.upper(): name for name in names}
    for name in dict.fromkeys(name for name in names if name):
        if name in KEYS:
            label, kind, role = KEYS[name]
            builder.add_column(form, Column(name, label, kind, role=role, place=place))
        else:
            builder.add_column(form, _describe(name, upper, items, sheet))
    for item in items.values():
        if item.name.upper() not in upper:
            message = f"item {item.name} of form {form} is in the specification, and {sheet.shown} has no column for it"
            builder.note("DICT011", message, item.place, did_you_mean(item.name, names), Severity.WARNING)
    for row in rows:
        eid = row.get("EVENTEID", "")
        if eid and eid not in builder.events:
            builder.add_event(Event(row.get("EVENT", "") or eid, eid, row.get("EGROUP", ""), place=place))


def _describe(name: str, upper: Mapping[str, str], items: Mapping[str, Column], sheet: Sheet) -> Column:
    place = sheet.place(1)
    item = items.get(name.upper())
    if item is not None:
        decode = upper.get(f"{name.upper()}_DEC", "") if item.values else ""
        return Column(name, item.label, item.type, item.values, decode=decode, unit=item.unit, place=item.place)
    base, _, suffix = name.upper().rpartition("_")
    if base in upper and suffix in _SUFFIXES:
        words, kind, role = _SUFFIXES[suffix]
        question = items[base].label if base in items else upper[base]
        return Column(name, f"{question} ({words})", kind, role=role, place=place)
    role = Role.SYSTEM if name.upper().startswith("SYS_") else Role.ITEM
    decode = upper.get(f"{name.upper()}_DEC", "")
    return Column(name, "", "coded" if decode else "text", decode=decode, role=role, place=place)


def _read_forms(builder: Builder, design: _Design) -> None:
    """The forms as the specification alone tells them, with the key columns of an extract."""
    for form, items in design.items.items():
        first = next(iter(items.values())).place
        builder.add_form(
            form,
            first,
            label=design.labels.get(form, ""),
            key=("SUBJID", "EVENTEID", "ESEQ", "FSEQ", "IGSEQ"),
            repeating=form in design.repeating,
            events=tuple(dict.fromkeys(design.events.get(form, ()))),
        )
        for name in (
            "STUDYID",
            "COUNTRY",
            "SITENUM",
            "SUBJID",
            "EGROUP",
            "EVENT",
            "EVENTEID",
            "EVENTDT",
            "ESEQ",
            "FORM",
        ):
            builder.add_column(form, Column(name, *KEYS[name][:2], role=KEYS[name][2], place=first))
        for name in ("FORMEID", "FSEQ", "IGSEQ"):
            builder.add_column(form, Column(name, *KEYS[name][:2], role=KEYS[name][2], place=first))
        for item in items.values():
            values = MappingProxyType(dict(item.values))
            builder.add_column(form, Column(item.name, item.label, item.type, values, unit=item.unit, place=item.place))
