"""OpenClinica and LibreClinica: ODM files, and the workbooks that define their CRFs (one per form).

A workbook of OpenClinica 3 and LibreClinica has the sheets CRF, Sections, Groups and Items; one of OpenClinica 4 is an
XLSForm with settings, choices and survey.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import ClassVar

from cdisc_conv.problems import Severity
from cdisc_conv.raw.dictionaries.building import Builder, CodeLists, clean
from cdisc_conv.raw.dictionaries.model import Column, Dictionary, Role
from cdisc_conv.raw.dictionaries.registry import DictionaryReader, Evidence, Source, missing, register
from cdisc_conv.raw.dictionaries.sheets import Row, Table

CRF: Mapping[str, tuple[str, ...]] = {"CRF_NAME": (), "VERSION": ()}
ITEMS: Mapping[str, tuple[str, ...]] = {
    name: (f"{name}*",)
    for name in [
        "ITEM_NAME",
        "DESCRIPTION_LABEL",
        "LEFT_ITEM_TEXT",
        "UNITS",
        "RESPONSE_TYPE",
        "RESPONSE_LABEL",
        "RESPONSE_OPTIONS_TEXT",
        "RESPONSE_VALUES_OR_CALCULATIONS",
        "DATA_TYPE",
        "PHI",
        "GROUP_LABEL",
    ]
}
SURVEY: Mapping[str, tuple[str, ...]] = {
    "type": (),
    "name": (),
    "label": ("label::English (en)", "label::en"),
    "group": ("bind::oc:itemgroup",),
    "description": ("bind::oc:description",),
    "calculation": (),
}
CHOICES: Mapping[str, tuple[str, ...]] = {"list_name": (), "name": (), "label": ("label::English (en)", "label::en")}
SETTINGS: Mapping[str, tuple[str, ...]] = {"form_title": (), "form_id": (), "version": ()}
_TYPES = {"INT": "integer", "REAL": "decimal", "DATE": "date", "PDATE": "date"}
_SURVEY_TYPES = {
    "integer": "integer",
    "decimal": "decimal",
    "date": "date",
    "time": "time",
    "datetime": "datetime",
    "text": "text",
    "calculate": "text",
}
_SKIPPED = ("note", "begin", "end", "begin group", "end group", "begin repeat", "end repeat", "")


class _Workbooks(DictionaryReader):
    """CRF workbooks; ODM files are read by the registry."""

    needs: ClassVar[str] = "an ODM-XML file with MetaDataVersion, or CRF workbooks (sheets CRF and Items, or survey)"

    def recognise(self, source: Source) -> Evidence | None:
        reasons = [f"{table.sheet.shown} is the Items sheet of an OpenClinica CRF" for table in _find_items(source)]
        reasons += [f"{table.sheet.shown} is the survey of an OpenClinica 4 form" for table in _find_surveys(source)]
        return Evidence(0.9 if self.name == "openclinica" else 0.4, tuple(reasons)) if reasons else None

    def read(self, source: Source) -> Dictionary:
        items, surveys = _find_items(source), _find_surveys(source)
        if not items and not surveys:
            raise missing(self, source)
        builder = Builder(self.name)
        for table in items:
            _read_crf(builder, source, table)
        for table in surveys:
            _read_survey(builder, source, table)
        return builder.finish(tuple(dict.fromkeys(table.file.shown for table in (*items, *surveys))))


@register
class OpenClinica(_Workbooks):
    """OpenClinica's ODM files and CRF workbooks."""

    name = "openclinica"
    label = "OpenClinica"


@register
class LibreClinica(_Workbooks):
    """LibreClinica's ODM files and CRF workbooks, which are those of OpenClinica 3."""

    name = "libreclinica"
    label = "LibreClinica"


def _find_items(source: Source) -> tuple[Table, ...]:
    return source.find(("ITEM_NAME", "DESCRIPTION_LABEL", "RESPONSE_TYPE", "DATA_TYPE"), ITEMS)


def _find_surveys(source: Source) -> tuple[Table, ...]:
    return source.find(("type", "name", "label", "group"), SURVEY)


def _beside(
    source: Source, table: Table, required: tuple[str, ...], names: Mapping[str, tuple[str, ...]]
) -> Iterator[Row]:
    """The rows of another sheet of the same workbook."""
    for other in source.find(required, names):
        if other.file is table.file:
            yield from other.rows


def _read_crf(builder: Builder, source: Source, table: Table) -> None:
    crf = next(_beside(source, table, ("CRF_NAME", "VERSION"), CRF), None)
    form = crf["CRF_NAME"] if crf else table.file.stem
    first = table.rows[0].place if table.rows else table.sheet.place(1)
    if form in builder.forms:
        builder.note(
            "DICT006",
            f"form {form} is there in two workbooks",
            first,
            f"the first is {builder.forms[form].place.file}; give the version that is in use",
        )
        return
    builder.add_form(form, first, label=form)
    lists = CodeLists(builder)
    for row in (row for row in table.rows if row["ITEM_NAME"]):
        kind = row["RESPONSE_TYPE"].lower()
        name = row["RESPONSE_LABEL"] or row["ITEM_NAME"]
        coded = kind in ("radio", "single-select", "multi-select", "checkbox")
        if coded and name not in lists.lists:
            _add_options(builder, lists, name, row)
        values = MappingProxyType(dict(lists.lists.get(name, {}))) if coded else {}
        builder.add_column(
            form,
            Column(
                row["ITEM_NAME"],
                clean(row["LEFT_ITEM_TEXT"]) or clean(row["DESCRIPTION_LABEL"]),
                "coded" if coded else _TYPES.get(row["DATA_TYPE"].upper(), "text"),
                values,
                separator="," if kind in ("multi-select", "checkbox") else "",
                unit=row["UNITS"],
                role=Role.DERIVED if "calculation" in kind else Role.ITEM,
                identifying=row["PHI"].lower() in ("1", "yes", "true"),
                place=row.place,
            ),
        )


def _add_options(builder: Builder, lists: CodeLists, name: str, row: Row) -> None:
    words, codes = _split(row["RESPONSE_OPTIONS_TEXT"]), _split(row["RESPONSE_VALUES_OR_CALCULATIONS"])
    if len(words) != len(codes):
        message = f"item {row['ITEM_NAME']} has {len(words)} options and {len(codes)} values"
        builder.note(
            "DICT012", message, row.place, "a comma inside an option needs a backslash before it", Severity.WARNING
        )
    for code, text in zip(codes, [*words, *codes[len(words) :]], strict=False):
        lists.add(name, code, clean(text), row.place)


def _split(text: str) -> list[str]:
    """Options between commas; one inside an option has a backslash before it.

    >>> _split("Mild, Moderate\\\\, or so,Severe")
    ['Mild', 'Moderate, or so', 'Severe']
    """
    parts = re.split(r"(?<!\\),", text)
    return [part.replace("\\,", ",").strip() for part in parts if part.strip()]


def _read_survey(builder: Builder, source: Source, table: Table) -> None:
    settings = next(_beside(source, table, ("form_title", "form_id"), SETTINGS), None)
    form = settings["form_id"] if settings and settings["form_id"] else table.file.stem
    lists = CodeLists(builder)
    for row in _beside(source, table, ("list_name", "name", "label"), CHOICES):
        if row["list_name"] and row["name"]:
            lists.add(row["list_name"], row["name"], clean(row["label"]), row.place)
    builder.add_form(form, table.sheet.place(1), label=clean(settings["form_title"]) if settings else form)
    for row in (row for row in table.rows if row["name"]):
        kind, _, choices = row["type"].strip().partition(" ")
        if row["type"].strip().lower() in _SKIPPED or kind.lower() in ("begin", "end", "note"):
            continue
        select = kind.lower().startswith("select")
        values = lists.get(choices.split()[0] if choices else "", f"item {row['name']}", row.place) if select else {}
        builder.add_column(
            form,
            Column(
                row["name"],
                clean(row["label"]) or clean(row["description"]),
                "coded" if select else _SURVEY_TYPES.get(kind.lower(), "text"),
                values,
                separator="," if kind.lower() == "select_multiple" else "",
                role=Role.DERIVED if kind.lower() == "calculate" or row["calculation"] else Role.ITEM,
                place=row.place,
            ),
        )
