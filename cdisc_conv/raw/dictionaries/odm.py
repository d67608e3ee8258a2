"""The metadata of ODM files as a dictionary, whatever system wrote them.

Columns are called by the OIDs of items; rows are found by the keys of ODM, under the names of its attributes, and by
what a vendor adds to them (OpenClinica's StudySubjectID, Rave's SubjectName).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from cdisc_conv.problems import Place, Severity
from cdisc_conv.raw.dictionaries.building import Builder, clean
from cdisc_conv.raw.dictionaries.files import File
from cdisc_conv.raw.dictionaries.model import Column, Dictionary, Event, Role
from cdisc_conv.raw.odm.definitions import CodeListDef, FormDef, ItemDef, Metadata
from cdisc_conv.raw.odm.layout import TableLayout, name_keys, plan_layout

_LABELS: Mapping[str, tuple[str, Role]] = {
    "StudyOID": ("Study or site", Role.SYSTEM),
    "SubjectKey": ("Subject", Role.SUBJECT),
    "LocationOID": ("Site", Role.SITE),
    "StudyEventOID": ("Event", Role.EVENT),
    "StudyEventRepeatKey": ("Repeat of the event", Role.REPEAT),
    "FormOID": ("Form", Role.FORM),
    "FormRepeatKey": ("Repeat of the form", Role.REPEAT),
    "ItemGroupOID": ("Item group", Role.SYSTEM),
    "ItemGroupRepeatKey": ("Repeat of the item group", Role.REPEAT),
}
SUBJECTS = ("StudySubjectID", "SubjectName")
"""Attributes that hold the subject as people know it, where SubjectKey is internal."""
_TYPES = {
    "integer": "integer",
    "float": "decimal",
    "double": "decimal",
    "decimal": "decimal",
    "date": "date",
    "time": "time",
    "datetime": "datetime",
    "boolean": "boolean",
}


def read_odm_dictionary(edc: str, files: Sequence[tuple[File, Metadata]]) -> Dictionary:
    """The dictionary in the metadata of some ODM files."""
    builder = Builder(edc)
    metadata = files[0][1]
    data = next((file for file, found in files if found.has_data), files[0][0])
    for _, found in files[1:]:
        metadata.add(found)
    others = tuple(file.name for file, found in files if file is not data and found.defined)
    builder.problems += [*metadata.problems, *metadata.check_includes()]
    _check_references(builder, metadata)
    layout = plan_layout(metadata)
    forms = dict(_versions(layout.forms))
    for table in layout.tables.values():
        _add_table(builder, metadata, table, forms.get(layout.forms[table.form], (table.form,)), data, others)
    for event in metadata.events.values():
        day = event.more.get("DayOffset", "")
        builder.add_event(
            Event(
                clean(event.name) or event.oid,
                event.oid,
                clean(event.more.get("ArmName", "")),
                float(day) if re.fullmatch(r"-?\d+(\.\d+)?", day) else None,
                event.repeating,
                event.place,
            )
        )
    return builder.finish(tuple(file.shown for file, found in files if found.defined))


def _versions(forms: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The OIDs of all versions of each form, by the name of its table."""
    names = dict.fromkeys(forms.values())
    for name in names:
        yield name, tuple(oid for oid, own in forms.items() if own == name)


def _check_references(builder: Builder, metadata: Metadata) -> None:
    """DICT007: references to definitions that are not there."""
    for form in metadata.forms.values():
        for oid in form.groups:
            if oid not in metadata.groups:
                message = f"form {form.oid} has the item group {oid}, which is not defined"
                builder.note("DICT007", message, form.place, severity=Severity.WARNING)
    for group in metadata.groups.values():
        for oid in group.items:
            if oid not in metadata.items:
                message = f"item group {group.oid} has the item {oid}, which is not defined"
                builder.note("DICT007", message, group.place, severity=Severity.WARNING)
    for item in metadata.items.values():
        if item.codelist and item.codelist not in metadata.codelists:
            message = f"item {item.oid} has the code list {item.codelist}, which is not defined"
            builder.note("DICT007", message, item.place, severity=Severity.WARNING)


def _add_table(
    builder: Builder,
    metadata: Metadata,
    table: TableLayout,
    versions: Sequence[str],
    data: File,
    others: tuple[str, ...],
) -> None:
    form = metadata.forms[table.form]
    events = tuple(event.oid for event in metadata.events.values() if set(versions) & set(event.forms))
    builder.add_form(
        table.name,
        form.place,
        label=_label(metadata, form, table),
        file=data.name,
        table=table.name,
        metadata=others,
        repeating=table.repeating or form.repeating,
        events=events,
    )
    keys = list(list_keys(metadata, table))
    for name, role in keys:
        label = _LABELS[name][0] if name in _LABELS else name
        builder.add_column(table.name, Column(name, label, role=role, place=form.place))
    derived = {oid for group in table.groups if group in metadata.groups for oid in metadata.groups[group].derived}
    for oid in table.items:
        for column in describe_item(metadata, oid, oid in derived, form.place):
            builder.add_column(table.name, column)
    tells = {Role.SUBJECT, Role.EVENT, Role.REPEAT, Role.FORM}
    builder.change_form(table.name, key=tuple(name for name, role in keys if role in tells))


def _label(metadata: Metadata, form: FormDef, table: TableLayout) -> str:
    """The words for a table: those of its form, and of its item group where it has one of its own."""
    label = clean(form.label) or form.oid
    if form.parent:
        label = re.sub(r" - [^-]*$", "", label)  # the version
    group = next(iter(table.groups), "")
    if table.name.endswith(f".{group}") and group in metadata.groups:
        name = clean(metadata.groups[group].name)
        return f"{label}: {name}" if name and name != label else label
    return label


def list_keys(metadata: Metadata, table: TableLayout) -> Iterator[tuple[str, Role]]:
    """The columns by which the rows of a table are found, with their roles."""
    names = name_keys(metadata, table)
    better = next((name for name in SUBJECTS if name in names), "")
    for name in names:
        if name == better:
            yield name, Role.SUBJECT
        elif name == "SubjectKey" and better:
            yield name, Role.SYSTEM
        elif name in _LABELS:
            yield name, _LABELS[name][1]
        else:
            yield name, Role.REPEAT if name.endswith("RepeatKey") else Role.SYSTEM


def describe_item(metadata: Metadata, oid: str, derived: bool, place: Place) -> Iterator[Column]:
    """The columns of an item: its value, and its unit where there is a choice of units."""
    item = metadata.items.get(oid)
    if item is None:
        yield Column(oid, place=place)
        return
    codes = metadata.codelists.get(item.codelist or item.multiple)
    values = codes.values if codes else {}
    checkbox = item.kind == "checkbox"
    units = [metadata.units.get(unit, unit) for unit in item.units]
    complete = item.kind == "select" and oid.endswith("_complete")
    box = _find_choice(codes, oid) if checkbox and codes else ""
    yield Column(
        oid,
        clean(item.label) + (f" (choice={box})" if box else ""),
        "coded" if values else find_type(item),
        MappingProxyType(dict(values)),
        separator="," if item.multiple else "|" if values and metadata.generation > 1 else "",
        unit=units[0] if len(units) == 1 else "",
        role=Role.DERIVED if derived or item.kind == "calc" else Role.SYSTEM if complete else Role.ITEM,
        empty="0" if checkbox else "",
        identifying=item.identifying,
        place=item.place,
    )
    if len(units) > 1:
        choices = MappingProxyType({unit: unit for unit in units})
        yield Column(f"{oid}_UNIT", f"{clean(item.label)} (unit)", "coded", choices, place=item.place)


def _find_choice(codes: CodeListDef, oid: str) -> str:
    """The words of the choice that a box of a checkbox stands for."""
    wanted = oid.rpartition("___")[2]
    for part in codes.choices.split("|"):
        code, _, words = (text.strip() for text in part.partition(","))
        if code.lower().replace("-", "_") == wanted:
            return clean(words)
    return ""


def find_type(item: ItemDef) -> str:
    """The type of an item in the words of forms.yaml; partial and incomplete dates are dates.

    >>> find_type(ItemDef("I", "I", "", "partialDatetime", "", (), Place()))
    'datetime'
    """
    kind = item.type.lower().removeprefix("partial").removeprefix("incomplete")
    return _TYPES.get(kind, "text")
