"""REDCap: the data dictionary as the designer downloads it or the API gives it (CSV, XLSX, JSON, XML), with events and
arms.

All forms of a project share one data file. Row keys are the record id (the first field of the dictionary, whatever its
name), redcap_event_name, redcap_repeat_instrument and redcap_repeat_instance; each form also has FORM_complete. A
checkbox is one column per choice, FIELD___CODE.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from cdisc_conv.problems import Place, Severity
from cdisc_conv.raw.dictionaries.building import Builder, clean
from cdisc_conv.raw.dictionaries.files import File
from cdisc_conv.raw.dictionaries.model import Column, Dictionary, Event, Role
from cdisc_conv.raw.dictionaries.registry import DictionaryReader, Evidence, Source, missing, register
from cdisc_conv.raw.dictionaries.sheets import Row, Sheet, find_table, normalise

FIELDS: Mapping[str, tuple[str, ...]] = {
    "field_name": ("Variable / Field Name", "Variable/Field Name"),
    "form_name": ("Form Name",),
    "field_type": ("Field Type",),
    "field_label": ("Field Label",),
    "choices": (
        "Choices, Calculations, OR Slider Labels",
        "Choices OR Calculations",
        "select_choices_or_calculations",
    ),
    "validation": (
        "Text Validation Type OR Show Slider Number",
        "text_validation_type_or_show_slider_number",
        "Text Validation Type",
    ),
    "identifier": ("Identifier?",),
    "annotation": ("Field Annotation", "Action Tags / Field Annotation"),
}
EVENTS: Mapping[str, tuple[str, ...]] = {"unique_event_name": (), "event_name": (), "arm_num": (), "day_offset": ()}
ARMS: Mapping[str, tuple[str, ...]] = {"arm_num": (), "name": ()}
EVENT_FORMS: Mapping[str, tuple[str, ...]] = {"unique_event_name": (), "form": ("form_name",), "arm_num": ()}
INSTRUMENTS: Mapping[str, tuple[str, ...]] = {"instrument_name": (), "instrument_label": ()}
REPEATING: Mapping[str, tuple[str, ...]] = {"form_name": (), "custom_form_label": (), "event_name": ()}
EXPORTED: Mapping[str, tuple[str, ...]] = {"original_field_name": (), "choice_value": (), "export_field_name": ()}

KEYS = {
    "redcap_event_name": ("Event", Role.EVENT),
    "redcap_repeat_instrument": ("Repeating instrument", Role.FORM),
    "redcap_repeat_instance": ("Repeat instance", Role.REPEAT),
    "redcap_data_access_group": ("Data access group", Role.SITE),
    "redcap_survey_identifier": ("Survey identifier", Role.SYSTEM),
}
COMPLETE = {"0": "Incomplete", "1": "Unverified", "2": "Complete"}
CHECKED = {"0": "Unchecked", "1": "Checked"}
_CODED = ("radio", "dropdown", "select", "sql", "yesno", "truefalse")
_FIXED = {"yesno": {"1": "Yes", "0": "No"}, "truefalse": {"1": "True", "0": "False"}}
_KNOWN = frozenset({"text", "notes", "textarea", "calc", "checkbox", "file", "slider", "descriptive", *_CODED})


@register
class Redcap(DictionaryReader):
    """REDCap's data dictionary, events, arms, instruments and repeating instruments."""

    name = "redcap"
    label = "REDCap"
    needs = "the data dictionary, with the columns Variable / Field Name, Form Name and Field Type (or field_name ...)"

    def recognise(self, source: Source) -> Evidence | None:
        reasons = []
        described = False
        for sheet in source.heads:
            if find_table(sheet, ("field_name", "form_name", "field_type"), FIELDS):
                reasons.append(f"{sheet.shown} has the columns of a REDCap data dictionary")
                described = True
            elif find_table(sheet, ("unique_event_name", "event_name"), EVENTS):
                reasons.append(f"{sheet.shown} lists REDCap events (unique_event_name)")
            elif signs := _signs_of_data(sheet):
                reasons.append(f"{sheet.shown} has columns that REDCap adds: {', '.join(signs[:3])}")
        return Evidence(0.95 if described else 0.8, tuple(reasons), described) if reasons else None

    def read(self, source: Source) -> Dictionary:
        tables = source.find(("field_name", "form_name", "field_type"), FIELDS)
        if not tables:
            raise missing(self, source)
        builder = Builder(self.name)
        for table in tables:
            builder.require(table, {"field_label": "columns have no labels", "choices": "codes have no decodes"})
        rows = [row for table in tables for row in table.rows if row["field_name"]]
        data = next((sheet for sheet in source.heads if rows and _is_data(sheet, rows)), None)
        reading = _Reading(builder, rows, source, data)
        if rows:
            reading.read()
        used = [*(table.file for table in tables), *reading.used]
        return builder.finish(tuple(dict.fromkeys(file.shown for file in used)))


def _signs_of_data(sheet: Sheet) -> list[str]:
    header = [cell.strip() for cell in sheet.rows[0][1]] if sheet.rows else []
    return [name for name in header if name in KEYS or "___" in name] or [
        name for name in header if name.endswith("_complete")
    ]


def _is_data(sheet: Sheet, rows: list[Row]) -> bool:
    """Whether a sheet is the record export: its first column is the record id, and it has more of the fields."""
    header = [cell.strip() for cell in sheet.rows[0][1]] if sheet.rows else []
    fields = {row["field_name"] for row in rows}
    return (
        bool(header)
        and header[0] == rows[0]["field_name"]
        and (len(fields.intersection(header)) > 1 or len(fields) == 1)
    )


class _Reading:
    """One dictionary on its way: the rows of the fields, the tables beside them, the data file."""

    def __init__(self, builder: Builder, rows: list[Row], source: Source, data: Sheet | None) -> None:
        self.builder = builder
        self.rows = rows
        self.source = source
        self.used: list[File] = []
        self.header = [cell.strip() for cell in data.rows[0][1]] if data else []
        self.file = data.file.name if data else ""
        self.reading = data.reading if data else {}
        self.labels = {
            row["instrument_name"]: row["instrument_label"] for row in self._find(("instrument_label",), INSTRUMENTS)
        }
        self.exported = {
            (row["original_field_name"], row["choice_value"]): row["export_field_name"]
            for row in self._find(("export_field_name", "original_field_name"), EXPORTED)
        }
        self.repeating = {row["form_name"] for row in self._find(("form_name", "custom_form_label"), REPEATING)}
        self.record = rows[0]["field_name"] if rows else ""

    def _find(self, required: tuple[str, ...], names: Mapping[str, Iterable[str]]) -> Iterator[Row]:
        for table in self.source.find(required, names):
            self.used.append(table.file)
            yield from table.rows

    def read(self) -> None:
        self._read_events()
        keys = self._list_keys()
        forms = list(dict.fromkeys(row["form_name"] for row in self.rows))
        shared = len(forms) > 1 or len(keys) > 1
        for name in forms:
            own = [row for row in self.rows if row["form_name"] == name]
            self._check_order(name, own)
            self.builder.add_form(
                name,
                own[0].place,
                label=clean(self.labels.get(name, "")) or name.replace("_", " ").title(),
                file=self.file,
                reading=self.reading,
                key=tuple(
                    column.name for column in keys if column.role in (Role.SUBJECT, Role.EVENT, Role.FORM, Role.REPEAT)
                ),
                rows=MappingProxyType(self._choose_rows(name, keys)),
                filled=shared,
                repeating=name in self.repeating,
                events=self.events_of.get(name, ()),
            )
            for column in keys:
                self.builder.add_column(name, column)
            for row in own:
                if row["field_name"] != self.record:
                    for column in self._read_field(row):
                        self.builder.add_column(name, column)
            for column in self._list_status(name, own[0].place):
                self.builder.add_column(name, column)
        self._check_header()

    def _choose_rows(self, form: str, keys: list[Column]) -> dict[str, tuple[str, ...]]:
        if not any(column.name == "redcap_repeat_instrument" for column in keys):
            return {}
        return {"redcap_repeat_instrument": (form,) if form in self.repeating and not self.events_of else ("", form)}

    def _read_events(self) -> None:
        arms = {row["arm_num"]: row["name"] for row in self._find(("arm_num", "name"), ARMS)}
        for row in self._find(("unique_event_name", "event_name"), EVENTS):
            day = row["day_offset"]
            group = arms.get(row["arm_num"], f"Arm {row['arm_num']}" if row["arm_num"] else "")
            number = float(day) if re.fullmatch(r"-?\d+(\.\d+)?", day) else None
            self.builder.add_event(
                Event(clean(row["event_name"]), row["unique_event_name"], group, number, place=row.place)
            )
        if len({event.group for event in self.builder.events.values()}) < 2:
            self.builder.events = {eid: replace(event, group="") for eid, event in self.builder.events.items()}
        found: dict[str, list[str]] = {}
        for row in self._find(("unique_event_name", "form"), EVENT_FORMS):
            if row["form"]:
                found.setdefault(row["form"], []).append(row["unique_event_name"])
        self.events_of = {form: tuple(events) for form, events in found.items()}

    def _list_keys(self) -> list[Column]:
        first = self.rows[0]
        plain = Column(first["field_name"], clean(first["field_label"]), place=first.place)
        record = replace(next(self._read_field(first), plain), role=Role.SUBJECT)
        present = set(self.header)
        if self.builder.events:
            present.add("redcap_event_name")
        if self.repeating:
            present |= {"redcap_repeat_instrument", "redcap_repeat_instance"}
        more = [
            Column(name, label, "integer" if role is Role.REPEAT else "text", role=role, place=first.place)
            for name, (label, role) in KEYS.items()
            if name in present
        ]
        return [record, *more]

    def _list_status(self, form: str, place: Place) -> Iterator[Column]:
        status = f"{form}_complete"
        label = f"Status of the form {form}"
        yield Column(status, label, "coded", MappingProxyType(COMPLETE), role=Role.SYSTEM, empty="0", place=place)
        if f"{form}_timestamp" in self.header:
            yield Column(f"{form}_timestamp", f"Time stamp of the survey {form}", "text", role=Role.SYSTEM, place=place)

    def _read_field(self, row: Row) -> Iterator[Column]:
        """The columns of a field: one, but of a checkbox one per choice, and of a descriptive text none."""
        name, kind, label = row["field_name"], normalise(row["field_type"]), clean(row["field_label"])
        if kind not in _KNOWN:
            hint = f"known are: {', '.join(sorted(_KNOWN))}; it is read as text"
            message = f"field {name} has the type '{row['field_type']}', which REDCap does not have"
            self.builder.note("DICT009", message, row.place, hint, Severity.WARNING)
        personal = row["identifier"].lower() in ("y", "yes", "1", "true")
        if kind == "checkbox":
            yield from self._read_checkbox(row, label, personal)
        elif kind != "descriptive":
            values = _FIXED.get(kind) or (self._read_choices(row) if kind in _CODED else {})
            derived = kind == "calc" or re.search(r"@CALC(TEXT|DATE)", row["annotation"], re.IGNORECASE) is not None
            yield Column(
                name,
                label,
                _find_type(kind, row["validation"]),
                MappingProxyType(dict(values)),
                role=Role.DERIVED if derived else Role.ITEM,
                identifying=personal,
                place=row.place,
            )

    def _read_checkbox(self, row: Row, label: str, personal: bool) -> Iterator[Column]:
        field = row["field_name"]
        for code, words in self._read_choices(row).items():
            name = self.exported.get((field, code)) or self._find_box(field, code)
            yield Column(
                name,
                f"{label} (choice={words})",
                "coded",
                MappingProxyType(CHECKED),
                empty="0",
                identifying=personal,
                place=row.place,
            )

    def _find_box(self, field: str, code: str) -> str:
        name = name_checkbox(field, code)
        others = {other.lower(): other for other in self.header if other.startswith(f"{field}___")}
        return others.get(name.lower(), name)

    def _read_choices(self, row: Row) -> dict[str, str]:
        """``1, one | 2, two``; of two choices with one code, the first (DICT008)."""
        choices: dict[str, str] = {}
        for part in row["choices"].replace("\\n", "|").replace("\n", "|").split("|"):
            code, comma, words = (text.strip() for text in part.partition(","))
            if not code:
                continue
            if code in choices:
                message = f"field {row['field_name']} has the choice '{code}' twice"
                hint = f"'{choices[code]}' counts, '{clean(words)}' does not"
                self.builder.note("DICT008", message, row.place, hint, Severity.WARNING)
                continue
            choices[code] = clean(words) if comma else code
        return choices

    def _check_order(self, form: str, rows: list[Row]) -> None:
        lines = [self.rows.index(row) for row in rows]
        if lines[-1] - lines[0] >= len(rows):
            message = f"the fields of form {form} do not stand together"
            self.builder.note(
                "DICT010", message, rows[-1].place, "REDCap refuses such a dictionary; was it sorted?", Severity.WARNING
            )

    def _check_header(self) -> None:
        """DICT011: columns that the record export beside the dictionary lacks."""
        if not self.header:
            return
        for form, columns in self.builder.columns.items():
            absent = [column for column in columns.values() if column.name not in self.header]
            if absent and len(absent) < len(columns):
                shown = ", ".join(column.name for column in absent[:3]) + (" ..." if len(absent) > 3 else "")
                message = f"form {form} has {len(absent)} columns that {self.file} does not: {shown}"
                hint = "export all fields as raw data, or a dictionary of the same date"
                self.builder.note("DICT011", message, absent[0].place, hint, Severity.WARNING)


def name_checkbox(field: str, code: str) -> str:
    """The column of a choice: three underscores and the code in small letters, its other signs as underscores.

    >>> name_checkbox("race", "4"), name_checkbox("race", "-1"), name_checkbox("race", "NA")
    ('race___4', 'race____1', 'race___na')
    """
    return f"{field}___{re.sub(r'[^a-z0-9_]', '_', code.lower())}"


def _find_type(kind: str, validation: str) -> str:
    validation = validation.lower()
    if kind in _CODED:
        return "coded"
    if kind in ("calc",):
        return "decimal"
    if kind == "slider":
        return "integer"
    if kind != "text":
        return "text"
    for start, found in (
        ("datetime", "datetime"),
        ("date", "date"),
        ("time", "time"),
        ("integer", "integer"),
        ("number", "decimal"),
    ):
        if validation.startswith(start) or (start == "integer" and validation == "int"):
            return found
    return "decimal" if validation == "float" else "text"
