"""A plain table of fields, of whatever system: a row per field with its form and its label.

Columns go by the names that people give them. Codes stand in a column of their own (``1=Yes|2=No``), or in
a second table of code lists.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from cdisc_conv.raw.dictionaries.building import Builder, CodeLists, clean
from cdisc_conv.raw.dictionaries.model import Column, Dictionary
from cdisc_conv.raw.dictionaries.registry import DictionaryReader, Evidence, Source, missing, register
from cdisc_conv.raw.dictionaries.sheets import Row, Table

FIELDS: Mapping[str, tuple[str, ...]] = {
    "form": (
        "Form Name",
        "Form OID",
        "Form ID",
        "CRF",
        "CRF Name",
        "Instrument",
        "Dataset",
        "Dataset Name",
        "Domain",
        "Module",
        "Table",
        "Table Name",
    ),
    "field": (
        "Field Name",
        "Field OID",
        "Field ID",
        "Field Variable Name",
        "Variable",
        "Variable Name",
        "Variable OID",
        "Item",
        "Item Name",
        "Item OID",
        "Item ID",
        "Column",
        "Column Name",
    ),
    "label": (
        "Field Label",
        "Item Label",
        "Variable Label",
        "Column Label",
        "Question",
        "Question Text",
        "Prompt",
        "Description",
    ),
    "type": ("Data Type", "Field Type", "Item Type", "Variable Type", "Format"),
    "codelist": ("Code List", "Codelist Name", "Codelist OID", "Format Name", "Option Group", "Optiongroup Name"),
    "codes": ("Values", "Choices", "Options", "Coded Values", "Code Values", "Allowed Values", "Response Options"),
    "unit": ("Units", "Field Unit", "Unit of measure"),
}
CODES: Mapping[str, tuple[str, ...]] = {
    "codelist": FIELDS["codelist"],
    "code": ("Code Value", "Coded Value", "Value", "Option Value"),
    "decode": ("Code Text", "Decode", "Label", "Text", "Option Name", "Meaning", "User Value"),
}
_NEEDED = ("form", "field", "label")
_TYPES = (
    ("datetime", "datetime"),
    ("date", "date"),
    ("time", "time"),
    ("int", "integer"),
    ("num", "decimal"),
    ("decimal", "decimal"),
    ("float", "decimal"),
    ("double", "decimal"),
    ("real", "decimal"),
)


@register
class TableReader(DictionaryReader):
    """A table of forms and fields, of no system in particular."""

    name = "table"
    label = "a table of fields"
    needs = "a table with a row per field and the columns form, field and label"

    def recognise(self, source: Source) -> Evidence | None:
        tables = source.find(_NEEDED, FIELDS)
        reasons = tuple(f"{table.sheet.shown} has a row per field, with form and label" for table in tables)
        return Evidence(0.3, reasons) if reasons else None

    def read(self, source: Source) -> Dictionary:
        tables = source.find(_NEEDED, FIELDS)
        if not tables:
            raise missing(self, source)
        builder = Builder(self.name)
        lists = CodeLists(builder)
        listed = [
            table for table in source.find(("codelist", "code", "decode"), CODES) if table.file not in _files(tables)
        ]
        for row in (row for table in listed for row in table.rows if row["codelist"] and row["code"]):
            lists.add(row["codelist"], row["code"], clean(row["decode"]), row.place)
        for row in (row for table in tables for row in table.rows if row["form"] and row["field"]):
            if row["form"] not in builder.forms:
                builder.add_form(row["form"], row.place, label=row["form"])
            builder.add_column(row["form"], _describe(row, lists, bool(listed)))
        return builder.finish(tuple(dict.fromkeys(table.file.shown for table in (*tables, *listed))))


def _files(tables: tuple[Table, ...]) -> list[object]:
    return [table.file for table in tables if not table.sheet.name]


def _describe(row: Row, lists: CodeLists, listed: bool) -> Column:
    values = split_codes(row["codes"])
    if not values and listed:
        values = lists.get(row["codelist"], f"field {row['field']} of form {row['form']}", row.place)
    said = row["type"].lower()
    kind = "coded" if values else next((found for word, found in _TYPES if word in said), "text")
    label, values = clean(row["label"]), MappingProxyType(dict(values))
    return Column(row["field"], label, kind, values, unit=row["unit"], place=row.place)


def split_codes(text: str) -> Mapping[str, str]:
    """The codes that one cell lists, each with its words: ``1=Yes|2=No``, ``1, Yes; 2, No``, ``Y: Yes`` on lines.

    >>> dict(split_codes("1=Yes | 2=No")), dict(split_codes("M, Male; F, Female")), dict(split_codes("free text"))
    ({'1': 'Yes', '2': 'No'}, {'M': 'Male', 'F': 'Female'}, {})
    """
    for sign in ("|", "\n", ";"):
        parts = [part.strip() for part in text.split(sign) if part.strip()]
        pairs = [re.fullmatch(r"([^=:,]{1,40}?)\s*[=:,]\s*(.+)", part, re.DOTALL) for part in parts]
        if len(parts) > 1 and all(pairs):
            return {pair[1].strip(): clean(pair[2]) for pair in pairs if pair}
    return {}
