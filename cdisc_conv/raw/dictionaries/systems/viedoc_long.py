"""Viedoc's layout of one item a row: forms and items are in the rows, and nothing else describes them.

Each form of the export becomes a form with one column per item, pivoted when it is read (``long`` in forms.yaml). Where
items are called FORM_ITEM, the name of the form is taken away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cdisc_conv.raw.dictionaries.building import Builder, clean
from cdisc_conv.raw.dictionaries.model import Column, Event, Role
from cdisc_conv.raw.dictionaries.registry import Source
from cdisc_conv.raw.dictionaries.sheets import Sheet, normalise

_NEEDED = frozenset(("SubjectId", "FormId", "ItemId", "ItemValue"))
_BY = ("SiteCode", "SubjectId", "EventSeq", "EventId", "ActivityId", "FormSeq", "SubjectFormSeq")
_OF_ITEMS = frozenset(("FormId", "ItemId", "ItemValue", "ItemName", "ItemCode", "EditDateTime"))


@dataclass
class LongSheet:
    """A table of one item a row: its names, and the row (by place) on which they stand."""

    sheet: Sheet
    names: Sequence[str]
    header: Sequence[str]
    first: int
    forms: dict[str, dict[str, tuple[str, int]]] = field(default_factory=dict)


def find_long(source: Source) -> list[LongSheet]:
    """The tables of one item a row."""
    found = []
    for sheet in source.heads:
        for index, (_, cells) in enumerate(sheet.rows[:3]):
            names = [cell.strip() for cell in cells]
            if set(names) >= _NEEDED:
                above = ["labels"] * index
                below = sheet.rows[index + 1][1] if index + 1 < len(sheet.rows) else []
                again = bool(below) and [normalise(cell) for cell in below] == [normalise(name) for name in names]
                header = [*above, "names", *(["labels"] if again else [])]
                found.append(LongSheet(sheet, names, header, index + 1 + again))
                break
    return found


def read_long(builder: Builder, source: Source, found: LongSheet, roles: dict[str, Role]) -> None:
    """The forms and items that the rows of a table name."""
    sheet = source.whole(found.sheet)
    places = {name: place for place, name in enumerate(found.names)}
    for line, cells in sheet.rows[found.first :]:
        row = {name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()}
        items = found.forms.setdefault(row["FormId"], {})
        items.setdefault(row["ItemId"], (clean(row.get("ItemName", "")), line))
        eid = row.get("EventId", "")
        if eid and eid not in builder.events:
            builder.add_event(Event(row.get("EventName", "") or eid, eid, place=sheet.place(line)))
    by = [name for name in _BY if name in places]
    keep = [name for name in found.names if name and name not in by and name not in _OF_ITEMS]
    for form, items in found.forms.items():
        if form:
            _add_form(builder, sheet, found, form, items, (by, keep), roles)


def _add_form(
    builder: Builder,
    sheet: Sheet,
    found: LongSheet,
    form: str,
    items: dict[str, tuple[str, int]],
    columns: tuple[list[str], list[str]],
    roles: dict[str, Role],
) -> None:
    by, keep = columns
    prefix = f"{form}_" if all(item.startswith(f"{form}_") for item in items) else ""
    long = {"item": ["ItemId"], "value": "ItemValue", "by": by, "keep": keep, "prefix": prefix}
    reading = {**sheet.reading, "header": list(found.header), "long": {key: said for key, said in long.items() if said}}
    if found.header == ["names"]:
        del reading["header"]
    if form not in builder.forms:
        place = sheet.place(min(line for _, line in items.values()))
        rows = {"FormId": (form,)}
        builder.add_form(form, place, file=sheet.file.name, table=sheet.name, rows=rows, reading=reading, key=tuple(by))
        for name in (*by, *keep):
            builder.add_column(form, Column(name, role=roles.get(name, Role.SYSTEM), place=place))
    for item, (label, line) in items.items():
        name = item.removeprefix(prefix)
        if name and name not in builder.columns[form]:
            builder.add_column(form, Column(name, label, place=sheet.place(line)))
