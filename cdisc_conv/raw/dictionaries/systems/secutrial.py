"""secuTrial: the project tables of an export (forms, questions, items, codes, visits, centres), or its ODM file.

Names of files may have a prefix, a date and short or long names, so tables are known by their columns. A data table is
named after its form (``mnp`` before the name is secuTrial's); the columns that begin with ``mnp`` are the system's.
Dates are 20190401, moments 201903052356. With "separate reference values" codes and words are in the table ``cl``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cdisc_conv.problems import Severity
from cdisc_conv.raw.dictionaries.building import Builder, CodeLists, clean
from cdisc_conv.raw.dictionaries.model import Column, Dictionary, Event, Role
from cdisc_conv.raw.dictionaries.registry import DictionaryReader, Evidence, Source, missing, register
from cdisc_conv.raw.dictionaries.sheets import Row, Sheet, Table

ITEMS: Mapping[str, tuple[str, ...]] = {
    "fgid": (),
    "ffcolname": (),
    "fflabel": (),
    "itemtype": (),
    "unit": ("ffunit",),
    "formtablename": (),
    "formname": (),
}
QUESTIONS: Mapping[str, tuple[str, ...]] = {"fgid": (), "formtablename": (), "formname": (), "formid": ()}
FORMS: Mapping[str, tuple[str, ...]] = {"formid": (), "formname": (), "formtablename": ()}
CODES: Mapping[str, tuple[str, ...]] = {"column": (), "code": (), "value": ()}
VISITS: Mapping[str, tuple[str, ...]] = {"mnpvisid": (), "mnpvislabel": (), "visitnumber": (), "mnpvisno": ()}
VISIT_FORMS: Mapping[str, tuple[str, ...]] = {"mnpvisid": (), "formid": ()}

SYSTEM: Mapping[str, tuple[str, Role]] = {
    "mnpaid": ("Additional subject id", Role.SUBJECT),
    "mnplabid": ("Laboratory id", Role.SYSTEM),
    "mnppid": ("Subject id of the system", Role.SYSTEM),
    "pat_id": ("Subject", Role.SUBJECT),
    "centre": ("Centre", Role.SITE),
    "mnpctrid": ("Centre id", Role.SITE),
    "mnpctrname": ("Centre", Role.SITE),
    "mnpvisid": ("Visit id", Role.EVENT),
    "mnpvislabel": ("Visit", Role.EVENT_NAME),
    "visit_name": ("Visit", Role.EVENT_NAME),
    "mnpvispdt": ("Planned date of the visit", Role.EVENT_DATE),
    "mnpvisdt": ("Date of the visit", Role.EVENT_DATE),
    "mnpvisno": ("Number of the visit", Role.REPEAT),
    "mnpdocid": ("Id of the document", Role.REPEAT),
    "position": ("Number of the row", Role.REPEAT),
    "sigstatus": ("Status of the signature", Role.SYSTEM),
}
_DATE = re.compile(r"dat|fecha", re.IGNORECASE)
_NOT_DATES = re.compile(r"\(yyyy\)|\(jjjj\)|interval", re.IGNORECASE)
_WHOLE = re.compile(r"integer|ganz|entier|entero|inter[oa]", re.IGNORECASE)
_NUMBER = re.compile(r"number|numeri|zahl|nombre|n[uú]mero|liczb|float|real", re.IGNORECASE)


@register
class SecuTrial(DictionaryReader):
    """secuTrial's project tables."""

    name = "secutrial"
    label = "secuTrial"
    needs = (
        "the project tables of an export (items with fgid, ffcolname, fflabel), or an ODM-XML file with MetaDataVersion"
    )

    def recognise(self, source: Source) -> Evidence | None:
        reasons = [
            f"{table.sheet.shown} is secuTrial's table of items"
            for table in source.find(("ffcolname", "fflabel"), ITEMS)
        ]
        described = bool(reasons)
        reasons += [f"{sheet.shown} has secuTrial's columns mnppid, mnpdocid" for sheet, _ in _find_data(source)]
        return Evidence(0.95 if described else 0.85, tuple(reasons), described) if reasons else None

    def read(self, source: Source) -> Dictionary:
        items = source.find(("fgid", "ffcolname", "fflabel"), ITEMS)
        if not items:
            raise missing(self, source)
        builder = Builder(self.name)
        project = _read_project(builder, source, items)
        for table in source.find(("mnpvisid", "mnpvislabel"), VISITS):
            if "mnpdocid" not in table.columns:
                project.files.append(table.file.shown)
            for row in table.rows:
                if row["mnpvisid"] and row["mnpvisid"] not in builder.events:
                    builder.add_event(Event(clean(row["mnpvislabel"]), row["mnpvisid"], place=row.place))
        data = _find_data(source)
        for name, rows in project.forms.items():
            _add_form(builder, project, name, rows, data)
        used = [*(table.file.shown for table in items), *project.files]
        return builder.finish(tuple(dict.fromkeys(used)))


@dataclass
class _Project:
    forms: dict[str, list[Row]] = field(default_factory=dict)
    """The items of each form, by the name of its table."""
    labels: dict[str, str] = field(default_factory=dict)
    visits: dict[str, list[str]] = field(default_factory=dict)
    codes: CodeLists | None = None
    files: list[str] = field(default_factory=list)


def _read_project(builder: Builder, source: Source, items: Sequence[Table]) -> _Project:
    project = _Project(codes=CodeLists(builder))
    questions: dict[str, Row] = {}
    for table in source.find(("fgid", "formtablename"), QUESTIONS):
        if "ffcolname" not in {name for item in items if item.sheet is table.sheet for name in item.columns}:
            project.files.append(table.file.shown)
            questions |= {row["fgid"]: row for row in table.rows}
    for row in (row for table in items for row in table.rows if row["ffcolname"]):
        if "dummy" in row["itemtype"].lower():
            continue  # a heading
        question = questions.get(row["fgid"])
        form = row["formtablename"] or (question["formtablename"] if question else "")
        if not form:
            message = f"item {row['ffcolname']} is of question {row['fgid']}, which is of no form"
            hint = "export the table of questions (qs), too"
            builder.note("DICT007", message, row.place, hint, Severity.WARNING)
            continue
        project.forms.setdefault(form, []).append(row)
        project.labels.setdefault(form, clean(row["formname"] or (question["formname"] if question else "")))
    for table in source.find(("column", "code", "value"), CODES):
        project.files.append(table.file.shown)
        for row in table.rows:
            if project.codes is not None and row["code"]:
                project.codes.add(row["column"], row["code"], clean(row["value"]), row.place)
    ids: dict[str, str] = {}
    for table in source.find(("formid", "formname"), FORMS):
        project.files.append(table.file.shown)
        for row in table.rows:
            name = row["formtablename"] or next(
                (n for n, label in project.labels.items() if label == clean(row["formname"])), ""
            )
            ids[row["formid"]] = name
            if name in project.labels:
                project.labels[name] = clean(row["formname"]) or project.labels[name]
    for table in source.find(("mnpvisid", "formid"), VISIT_FORMS):
        project.files.append(table.file.shown)
        for row in table.rows:
            project.visits.setdefault(ids.get(row["formid"], ""), []).append(row["mnpvisid"])
    return project


def _find_data(source: Source) -> list[tuple[Sheet, Sequence[str]]]:
    """The tables with data of forms: rows of documents of subjects; audit tables (at...) are not."""
    found: list[tuple[Sheet, Sequence[str]]] = []
    for sheet in source.heads:
        names = [cell.strip().strip('"') for cell in sheet.rows[0][1]] if sheet.rows else []
        documents = "mnpdocid" in names and not {"mnppid", "mnpaid", "pat_id"}.isdisjoint(names)
        if documents and not sheet.file.stem.casefold().startswith("at"):
            found.append((sheet, names))
    return found


def bare_name(table: str) -> str:
    """The name of a table without what secuTrial puts before it.

    >>> bare_name("mnpctu05baseline"), bare_name("emnpctu05meds")
    ('ctu05baseline', 'ctu05meds')
    """
    return re.sub(r"^e?mnp", "", table.casefold())


def _match(name: str, data: Sequence[tuple[Sheet, Sequence[str]]]) -> tuple[Sheet, Sequence[str]] | None:
    """The data of a form: the file whose name has, or ends, the form's (short names leave the project out)."""
    wanted = bare_name(name)
    stems = [(re.sub(r"_\d{8}.*$", "", bare_name(sheet.file.stem)), sheet, names) for sheet, names in data]
    same = [(sheet, names) for stem, sheet, names in stems if stem == wanted]
    short = [
        (sheet, names) for stem, sheet, names in stems if stem and (wanted.endswith(stem) or stem.startswith(wanted))
    ]
    return next(iter([*same, *short]), None)


def _add_form(
    builder: Builder, project: _Project, name: str, rows: Sequence[Row], data: Sequence[tuple[Sheet, Sequence[str]]]
) -> None:
    found = _match(name, data)
    form = re.sub(r"_\d{8}.*$", "", bare_name(found[0].file.stem)) if found else bare_name(name)
    file = found[0].file.name if found else ""
    place = rows[0].place
    events = tuple(dict.fromkeys(project.visits.get(name, ())))
    builder.add_form(
        form,
        place,
        label=project.labels.get(name, ""),
        file=file,
        reading=found[0].reading if found else {},
        events=events,
    )
    header = list(found[1]) if found else ["mnppid", "mnpaid", "mnpctrid", "mnpvisid", "mnpvislabel", "mnpdocid"]
    subject = "mnpaid" if "mnpaid" in header else "pat_id" if "pat_id" in header else "mnppid"
    for column in header:
        if column in SYSTEM or column.startswith("mnp"):
            label, role = SYSTEM.get(column, ("", Role.SYSTEM))
            role = Role.SUBJECT if column == subject else Role.SYSTEM if role is Role.SUBJECT else role
            builder.add_column(form, Column(column, label, role=role, place=place))
    for row in rows:
        if row["ffcolname"] not in builder.columns[form]:
            builder.add_column(form, _describe(project, name, row))
    key = [column for column in (subject, "mnpdocid", "position") if column in builder.columns[form]]
    builder.change_form(form, key=tuple(key))
    if found:
        absent = [row for row in rows if row["ffcolname"] not in header]
        for row in absent:
            message = (
                f"item {row['ffcolname']} of form {form} is in the project, and {found[0].shown} has no column for it"
            )
            builder.note("DICT011", message, row.place, severity=Severity.WARNING)


def _describe(project: _Project, table: str, row: Row) -> Column:
    codes = project.codes.lists if project.codes is not None else {}
    name, kind = row["ffcolname"], row["itemtype"]
    values = codes.get(f"{table}.{name}") or next(
        (
            own
            for column, own in codes.items()
            if column.rpartition(".")[2] == name and bare_name(column).startswith(bare_name(table))
        ),
        {},
    )
    checkbox = "checkbox" in kind.lower() or "kontroll" in kind.lower()
    return Column(
        name,
        clean(row["fflabel"]),
        "coded" if values else find_type(kind),
        values,
        unit=row["unit"],
        empty="0" if checkbox else "",
        place=row.place,
    )


def find_type(kind: str) -> str:
    """The type of an item by the words that secuTrial has for it, in the languages of its exports.

    >>> find_type("Date (dd.mm.yyyy)"), find_type("Datum (tt.mm.jjjj hh:mm)"), find_type("Ganze Zahl")
    ('date', 'datetime', 'integer')
    """
    if _DATE.search(kind) and not _NOT_DATES.search(kind) and re.search(r"[yjar]{2}", kind, re.IGNORECASE):
        return "datetime" if re.search(r"h+:m", kind, re.IGNORECASE) else "date"
    if _NUMBER.search(kind) or _WHOLE.search(kind):
        return "integer" if _WHOLE.search(kind) else "decimal"
    return "text"
