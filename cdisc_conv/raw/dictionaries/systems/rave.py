"""Medidata Rave: the metadata of clinical views (CSV, XML, JSON) and the Architect Loader Spreadsheet (ALS).

View metadata say which columns an export has; the ALS says what was asked, with codes, units, folders and matrices.
Either is enough, and with both the columns are those of the views and the ALS explains them. What one field becomes:

    date          X, X_RAW (as typed), X_YYYY X_MM X_DD ... (parts), X_INT (interpolated by Rave: not collected)
    number        X, X_RAW
    dictionary    X (the words), X_STD (the code)
    text          X
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from cdisc_conv.problems import Place, Severity, did_you_mean
from cdisc_conv.raw.dictionaries.building import Builder, clean
from cdisc_conv.raw.dictionaries.files import File
from cdisc_conv.raw.dictionaries.model import Column, Dictionary, Role
from cdisc_conv.raw.dictionaries.registry import DictionaryReader, Evidence, Source, missing, register
from cdisc_conv.raw.dictionaries.sheets import Row, Sheet, Table, find_table
from cdisc_conv.raw.dictionaries.systems.rave_als import Architect, Field, find_architect

VIEWS: Mapping[str, tuple[str, ...]] = {
    "viewname": (),
    "varname": (),
    "vartype": (),
    "varformat": (),
    "varlabel": (),
    "projectname": (),
    "ordinal": (),
}
DICTIONARIES: Mapping[str, tuple[str, ...]] = {"DictionaryName": (), "CodedValue": (), "UserValue": ()}

ROLES: Mapping[str, Role] = {
    "subject": Role.SUBJECT,
    "subjectnameoridentifier": Role.SUBJECT,
    "site": Role.SITE,
    "sitenumber": Role.SITE,
    "folder": Role.EVENT,
    "foldername": Role.EVENT_NAME,
    "instancename": Role.EVENT_NAME,
    "recorddate": Role.EVENT_DATE,
    "record_dt": Role.EVENT_DATE,
    "datapagename": Role.FORM,
    "instancerepeatnumber": Role.REPEAT,
    "pagerepeatnumber": Role.REPEAT,
    "recordposition": Role.REPEAT,
}
SYSTEM_COLUMNS = [
    "userid",
    "projectid",
    "project",
    "studyid",
    "environmentname",
    "subjectid",
    "studysiteid",
    "siteid",
    "sitegroup",
    "instanceid",
    "folderid",
    "folderseq",
    "targetdays",
    "datapageid",
    "recordid",
    "recordactive",
    "savets",
    "mincreated",
    "maxupdated",
    "mincreated_dts",
    "maxupdated_dts",
]
_SIGNS = frozenset(("environmentname", "studysiteid", "datapageid", "recordposition", "instanceid", "recordactive"))
_PART = re.compile(r"(.+?)_(RAW|STD|INT|YYYY|YY|MM|DD|HH|NN|MI|SS|UN)(_NSV)?", re.IGNORECASE)
_CODED = re.compile(r"(.+)_(LLT|PT|HLT|HLGT|SOC)(_CODE|_CD)?|(.+)_?Coder(DictName|DictVersion)", re.IGNORECASE)
_INTERNAL = re.compile(r"[A-Z][a-zA-Z]*[a-z]Id|DatapointActive|Created|Updated|fieldOrdinal")
"""Ids and states in the view of laboratory data."""
_PARTS = {
    "raw": "as entered",
    "std": "code",
    "int": "interpolated",
    "yyyy": "year",
    "yy": "year",
    "mm": "month",
    "dd": "day",
    "hh": "hour",
    "nn": "minute",
    "mi": "minute",
    "ss": "second",
    "un": "unit",
}


@register
class Rave(DictionaryReader):
    """Rave's clinical view metadata and Architect Loader Spreadsheets."""

    name = "rave"
    label = "Medidata Rave"
    needs = "the metadata of the clinical views (viewname, varname, vartype) or an Architect Loader Spreadsheet"

    def recognise(self, source: Source) -> Evidence | None:
        reasons = [
            f"{table.sheet.shown} has the columns of Rave's clinical view metadata" for table in _find_views(source)
        ]
        described = bool(reasons)
        for sheet in source.heads:
            if find_table(
                sheet, ("FormOID", "FieldOID", "DataFormat"), {"FormOID": (), "FieldOID": (), "DataFormat": ()}
            ):
                reasons.append(f"{sheet.shown} is the Fields sheet of an Architect Loader Spreadsheet")
                described = True
            elif find_table(sheet, tuple(DICTIONARIES), {**DICTIONARIES, "CRFVersionID": ()}):
                reasons.append(f"{sheet.shown} lists Rave data dictionaries")
            elif len(found := _SIGNS & _list_header(sheet)) >= 4:
                reasons.append(
                    f"{sheet.shown} has the system columns of a Rave clinical view: {', '.join(sorted(found))}"
                )
        return Evidence(0.95 if described else 0.85, tuple(reasons), described) if reasons else None

    def read(self, source: Source) -> Dictionary:
        tables = _find_views(source)
        builder = Builder(self.name)
        architect = find_architect(source, builder)
        if not tables and not architect.fields:
            raise missing(self, source)
        for table in tables:
            builder.require(table, {"varlabel": "columns have no labels"})
        views = _split_views(table_rows for table in tables for table_rows in table.rows)
        if views:
            marked = any(_is_marked(table) for table in tables)
            _read_views(builder, views, architect, source.files, {"end": "EOF"} if marked else {})
        else:
            _read_architect(builder, architect)
        used = [*(table.file for table in tables), *architect.files]
        return builder.finish(tuple(dict.fromkeys(file.shown for file in used)))


def _list_header(sheet: Sheet) -> set[str]:
    return {cell.strip().lower() for cell in sheet.rows[0][1]} if sheet.rows else set()


def _find_views(source: Source) -> list[Table]:
    """The rows of view metadata; a JSON file of one dataset's columns has the file's name for its view."""
    found = list(source.find(("viewname", "varname", "vartype"), VIEWS))
    for table in source.find(("varname", "vartype", "varlabel"), VIEWS):
        names = {row["varname"].casefold() for row in table.rows}
        of_rave = len(names & {"datapagename", "datapageid", "instancename", "foldername", "recordid"}) >= 2
        if table.file.suffix == ".json" and "viewname" not in table.columns and of_rave:
            view = re.sub(r"_?metadata$", "", table.file.stem, flags=re.IGNORECASE)
            rows = tuple(Row({**row.cells, "viewname": view}, row.place) for row in table.rows)
            found.append(replace(table, rows=rows))
    return found


def _split_views(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The rows of each view, in the order of its columns, without ``..._RAW`` views that repeat another as text."""
    views: dict[str, list[Row]] = {}
    for row in rows:
        if row["viewname"] and row["varname"]:
            views.setdefault(row["viewname"], []).append(row)
    views = {name: own for name, own in views.items() if name.removesuffix("_RAW") == name or name[:-4] not in views}
    for own in views.values():
        if all(row["ordinal"].isdigit() for row in own):
            own.sort(key=lambda row: int(row["ordinal"]))
    return views


def _read_views(
    builder: Builder,
    views: Mapping[str, list[Row]],
    architect: Architect,
    beside: Sequence[File],
    reading: Mapping[str, Any],
) -> None:
    files = {file.stem.casefold(): file.name for file in beside}
    prefix = _common_prefix(views)
    for view, rows in views.items():
        form = _name_form(view, rows[0]["projectname"], prefix)
        known = architect.form(form)
        bare = view.rpartition(".")[2]
        builder.add_form(
            form,
            rows[0].place,
            label=known.label if known else form,
            file=files.get(bare.casefold(), f"{bare}.csv"),
            reading=reading,
            repeating=known.repeating if known else False,
            events=architect.events_of(form),
        )
        names = {row["varname"].casefold(): row["varname"] for row in rows}
        fields = {field.variable.casefold(): field for field in architect.fields_of(form)}
        for row in rows:
            builder.add_column(form, _describe(row, names, fields))
        page = next((row["varname"] for row in rows if row["varname"].casefold() == "recordid"), "")
        builder.change_form(form, key=(page,) if page else ())
    _compare(builder, architect)
    architect.add_events(builder)


def _is_marked(table: Table) -> bool:
    """Whether the last line only says EOF: the web service that writes it so does the same with the data."""
    rows = table.sheet.rows
    return bool(rows) and [cell.strip() for cell in rows[-1][1] if cell.strip()] == ["EOF"]


def _common_prefix(views: Mapping[str, list[Row]]) -> str:
    """``V_STUDY_`` of views whose metadata do not name the project."""
    names = [name.rpartition(".")[2] for name in views]
    start = re.match(r"V_.*_", names[0]) if len(names) > 1 else None
    prefix = start.group(0) if start else ""
    while prefix and not all(name.startswith(prefix) for name in names):
        prefix = prefix[:-1].rpartition("_")[0]
        prefix = f"{prefix}_" if prefix else ""
    return prefix if prefix != "V_" else ""


def _name_form(view: str, project: str, prefix: str) -> str:
    """The OID of the form in the name of a view.

    >>> _name_form("prod.V_STUDY_AE", "STUDY", ""), _name_form("ae", "", "")
    ('AE', 'ae')
    """
    bare = view.rpartition(".")[2]
    for start in (f"V_{project}_", prefix):
        if len(start) > 3 and bare.casefold().startswith(start.casefold()) and len(bare) > len(start):
            return bare[len(start) :]
    return bare


def _describe(row: Row, names: Mapping[str, str], fields: Mapping[str, Field]) -> Column:
    """What a column of a view is: of the system, a field, or one of the columns that a field becomes."""
    name, label = row["varname"], clean(row["varlabel"])
    small = name.casefold()
    bare = small.removesuffix("_nsv")
    if small in ROLES or bare in ROLES:
        return Column(
            name, label, _find_type(row), role=ROLES.get(small, ROLES.get(bare, Role.SYSTEM)), place=row.place
        )
    if small in SYSTEM_COLUMNS or bare in SYSTEM_COLUMNS or _INTERNAL.fullmatch(name):
        return Column(name, label, _find_type(row), role=Role.SYSTEM, place=row.place)
    found = _PART.fullmatch(name)
    base = next((names[key] for key in _bases(found) if key in names), "") if found else ""
    field = fields.get((base or name).casefold()) or fields.get(bare)
    if base and found:
        return _describe_part(row, base, found[2].lower(), names, field)
    coded = _CODED.fullmatch(name)
    if coded and (coded[1] or coded[4] or "").casefold() in names:
        return Column(name, label, _find_type(row), role=Role.DERIVED, place=row.place)
    if small.endswith("_nsv") and small.removesuffix("_nsv") in names:
        return Column(name, label, _find_type(row), place=row.place)
    text = label if label and label.casefold() != small else (field.label if field else "") or label
    coded_beside = any(key in names for key in (f"{small}_std", f"{small}_std_nsv"))
    values = field.values if field and not coded_beside else {}
    kind = "text" if coded_beside else "coded" if values else _find_type(row)
    return Column(name, text, kind, MappingProxyType(dict(values)), unit=field.unit if field else "", place=row.place)


def _bases(found: re.Match[str]) -> Iterator[str]:
    """What the field of a column such as ``BRTHDAT_YY_NSV`` may be called."""
    yield found[1].casefold()
    yield f"{found[1]}_nsv".casefold()


def _describe_part(row: Row, base: str, part: str, names: Mapping[str, str], field: Field | None) -> Column:
    own = clean(row["varlabel"])
    question = field.label if field and field.label else base
    label = (
        own
        if own and own.casefold() not in (row["varname"].casefold(), base.casefold())
        else f"{question} ({_PARTS[part]})"
    )
    if part == "std" and f"{base}_un".casefold() in names:  # the value in the standard unit
        return Column(row["varname"], label, "decimal", role=Role.DERIVED, place=row.place)
    if part == "std":
        values = field.values if field else {}
        return Column(row["varname"], label, "coded", MappingProxyType(dict(values)), decode=base, place=row.place)
    if part == "int":
        return Column(row["varname"], label, _find_type(row), role=Role.DERIVED, place=row.place)
    kind = "integer" if part in ("yyyy", "yy", "mm", "dd", "hh", "nn", "mi", "ss") else "text"
    return Column(row["varname"], label, kind, place=row.place)


def _find_type(row: Row) -> str:
    """The type in the words of forms.yaml: ``num`` with a format of dates, decimals or none; else text."""
    kind, form = row["vartype"].lower(), row["varformat"].lower()
    if kind in ("num", "float", "double", "integer", "timestamp"):
        if form.startswith(("datetime", "e8601dt")) or kind == "timestamp":
            return "datetime"
        if form.startswith(("date", "yymmdd", "ddmmyy", "mmddyy", "e8601da")):
            return "date"
        if form.startswith("time"):
            return "time"
        whole = re.fullmatch(r"\d+\.(0?)", form)
        return "integer" if whole or kind == "integer" else "decimal"
    return "text"


def _compare(builder: Builder, architect: Architect) -> None:
    """DICT011: fields of the ALS that no view has, which are missing in the export."""
    for form, columns in builder.columns.items():
        known = {name.casefold() for name in columns}
        for field in architect.fields_of(form):
            if field.variable.casefold() not in known:
                hint = (
                    did_you_mean(field.variable, columns)
                    or "were the views refreshed after the last change of the draft?"
                )
                message = f"field {field.variable} of form {form} is in the ALS, and the view has no column for it"
                builder.note("DICT011", message, field.place, hint, Severity.WARNING)


@dataclass(frozen=True, slots=True)
class _Expanded:
    suffix: str
    type: str
    role: Role = Role.ITEM


_EXPANSIONS: Mapping[str, Sequence[_Expanded]] = {
    "integer": (_Expanded("RAW", "text"),),
    "decimal": (_Expanded("RAW", "text"),),
    "date": (
        _Expanded("RAW", "text"),
        _Expanded("INT", "datetime", Role.DERIVED),
        _Expanded("YYYY", "integer"),
        _Expanded("MM", "integer"),
        _Expanded("DD", "integer"),
    ),
}
_KEYS = (
    ("Subject", "Subject name or identifier", "text", Role.SUBJECT),
    ("SiteNumber", "Site number", "text", Role.SITE),
    ("InstanceName", "Folder instance name", "text", Role.EVENT_NAME),
    ("InstanceRepeatNumber", "Repeat number of the folder instance", "integer", Role.REPEAT),
    ("Folder", "Folder OID", "text", Role.EVENT),
    ("DataPageName", "Form", "text", Role.FORM),
    ("PageRepeatNumber", "Repeat number of the form", "integer", Role.REPEAT),
    ("RecordDate", "Record date", "date", Role.EVENT_DATE),
    ("recordposition", "Number of the log line", "integer", Role.REPEAT),
)


def _read_architect(builder: Builder, architect: Architect) -> None:
    """The forms as the ALS alone tells them: the columns of a clinical view follow from the kinds of the fields."""
    for form in architect.forms.values():
        builder.add_form(
            form.name, form.place, label=form.label, repeating=form.repeating, events=architect.events_of(form.name)
        )
        for name, label, kind, role in _KEYS:
            builder.add_column(form.name, Column(name, label, kind, role=role, place=form.place))
        for field in architect.fields_of(form.name):
            for column in _expand(field):
                builder.add_column(form.name, column)
    architect.add_events(builder)


def _expand(field: Field) -> Iterator[Column]:
    place: Place = field.place
    if field.coded:
        yield Column(field.variable, field.label, "text", place=place)
        label = f"{field.label} (code)"
        values = MappingProxyType(dict(field.values))
        yield Column(f"{field.variable}_STD", label, "coded", values, decode=field.variable, place=place)
        return
    yield Column(field.variable, field.label, field.type, unit=field.unit, place=place)
    for more in _EXPANSIONS.get("date" if field.type == "datetime" else field.type, ()):
        label = f"{field.label} ({_PARTS[more.suffix.lower()]})"
        yield Column(f"{field.variable}_{more.suffix}", label, more.type, role=more.role, place=place)
