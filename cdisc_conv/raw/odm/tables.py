"""The forms of subjects as rows of tables, kept in batches of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from cdisc_conv.problems import Tally
from cdisc_conv.raw.odm.data import FormInstance, Group, Subject
from cdisc_conv.raw.odm.definitions import Metadata
from cdisc_conv.raw.odm.layout import Layout, TableLayout, name_keys
from cdisc_conv.raw.tables import TEXT

BATCH = 8192


@dataclass
class TableRows:
    """One table on its way: full batches as columns, the rest as rows."""

    layout: TableLayout
    known: bool
    """Whether the metadata have it."""
    rows: list[dict[str, str]] = field(default_factory=list)
    batches: list[dict[str, pa.Array]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    extra: dict[str, Tally] = field(default_factory=dict)
    """Items that the metadata do not have here, with the lines."""
    repeated: Tally = field(default_factory=Tally)
    """Repeats of an item group that does not repeat."""

    def add(self, row: dict[str, str], line: int) -> None:
        """One more row."""
        self.rows.append(row)
        self.lines.append(line)
        if len(self.rows) >= BATCH:
            self.pack()

    def pack(self) -> None:
        """The rows so far as a batch."""
        if self.rows:
            names = dict.fromkeys(name for row in self.rows for name in row)
            self.batches.append({name: pa.array([row.get(name, "") for row in self.rows], TEXT) for name in names})
            self.rows = []

    def names(self) -> list[str]:
        """Every column that has been filled, in the order of the first row that has it."""
        return list(dict.fromkeys(name for batch in self.batches for name in batch))

    def read(self, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """The batches with these columns; one that a batch does not have is blank."""
        for batch in self.batches:
            length = len(next(iter(batch.values())))
            columns = [batch[name] if name in batch else pa.array([""] * length, TEXT) for name in names]
            places = [str(place) for place in range(len(names))]
            yield pa.RecordBatch.from_arrays(columns, names=places)


class Tabulator:
    """Puts the forms of subjects into tables, as the layout says; what the layout does not know has its own table."""

    def __init__(self, metadata: Metadata, layout: Layout) -> None:
        self.metadata = metadata
        self.layout = layout
        self.tables = {name: TableRows(table, known=True) for name, table in layout.tables.items()}

    def take(self, subject: Subject) -> None:
        """The forms of a subject, which is whole."""
        for form in subject.forms.values():
            form.keys |= subject.keys
            self._take_form(form)

    def _take_form(self, form: FormInstance) -> None:
        shared: dict[tuple[str, str], tuple[dict[str, str], int]] = {}
        for path, group in form.groups.items():
            if not group.items:
                continue
            oid = path[-1][0] if path else form.form
            table = self._find_table(form.form, oid)
            self._note_unknown(table, oid, group)
            if table.layout.repeating:
                table.add(self._make_row(form, table, group, oid), group.line)
                continue
            number = self._number(shared, table, group)
            row, line = shared.setdefault((table.layout.name, number), (dict(form.keys), group.line))
            if number:
                row["ItemGroupRepeatKey"] = path[-1][1] if path else ""
                table.repeated += Tally(1, (group.line,))
            row.update(group.items)
            shared[table.layout.name, number] = (row, line)
        for (name, _), (row, line) in shared.items():
            self.tables[name].add(row, line)

    @staticmethod
    def _number(shared: dict[tuple[str, str], tuple[dict[str, str], int]], table: TableRows, group: Group) -> str:
        """ "" for the row of the form; a number for the repeats of a group that should not repeat."""
        number = 0
        while True:
            key = (table.layout.name, str(number or ""))
            if key not in shared or not group.items.keys() & shared[key][0].keys():
                return key[1]
            number += 1

    def _make_row(self, form: FormInstance, table: TableRows, group: Group, oid: str) -> dict[str, str]:
        outer = {f"{around}RepeatKey": repeat for around, repeat in group.path[:-1] if around in table.layout.outer}
        repeat = group.path[-1][1] if group.path else form.keys.get("FormRepeatKey", "")
        return {**form.keys, "ItemGroupOID": oid, "ItemGroupRepeatKey": repeat, **outer, **group.items}

    def _find_table(self, form: str, group: str) -> TableRows:
        name = self.layout.find(form, group)
        if not name and form == group and form in self.layout.forms:
            name = self.layout.forms[form]
        if name in self.tables:
            return self.tables[name]
        bare = self.layout.forms.get(form, form)
        name = f"{bare}.{group}" if group != form else bare
        if name not in self.tables:
            self.tables[name] = TableRows(TableLayout(name, form, repeating=True), known=False)
            self.tables[name].layout.groups[group] = None
        return self.tables[name]

    def _note_unknown(self, table: TableRows, group: str, values: Group) -> None:
        if not table.known or values.items.keys() <= table.layout.items.keys():
            return
        for oid in values.items:
            if oid not in table.layout.items and not oid.endswith("_UNIT"):
                table.extra[oid] = table.extra.get(oid, Tally()) + Tally(1, (values.line,))

    def finish(self) -> dict[str, TableRows]:
        """All tables by name. Without metadata, the only item group of a form is the form."""
        for table in self.tables.values():
            table.pack()
        unknown: dict[str, list[str]] = {}
        for name, table in self.tables.items():
            if not table.known:
                unknown.setdefault(table.layout.form, []).append(name)
        for form, names in unknown.items():
            bare = self.layout.forms.get(form, form)
            if len(names) == 1 and bare not in self.tables:
                table = self.tables.pop(names[0])
                table.layout.name = bare
                self.tables[bare] = table
        return self.tables

    def header(self, table: TableRows) -> list[str]:
        """The columns of a table: keys, the items of the metadata, then whatever else the data have."""
        filled = table.names()
        keys = name_keys(self.metadata, table.layout)
        if table.repeated.count and "ItemGroupRepeatKey" not in keys:
            keys.append("ItemGroupRepeatKey")
        units = [f"{oid}_UNIT" for oid in table.layout.items if self._has_units(oid)]
        items: list[str] = []
        for oid in table.layout.items:
            items += [oid, f"{oid}_UNIT"] if f"{oid}_UNIT" in (*units, *filled) else [oid]
        return list(dict.fromkeys([*keys, *items, *filled]))

    def _has_units(self, oid: str) -> bool:
        item = self.metadata.items.get(oid)
        return item is not None and len(item.units) > 1
