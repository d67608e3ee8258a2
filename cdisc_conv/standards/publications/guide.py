"""Read an implementation guide or a model as the CDISC Library publishes it: CSV, XLSX, or the JSON of its API."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from cdisc_conv.problems import Place, Problem, ProblemsError
from cdisc_conv.standards.publications.library import read_json
from cdisc_conv.standards.publications.library_guides import GuideDocument, read_library_guide
from cdisc_conv.standards.publications.rows import (
    CLASS_NAMES,
    STRUCTURES,
    GuideRow,
    check_rows,
    clean_set,
    complete_model,
    complete_rows,
    format_guide,
    format_model,
    read_restrictions,
)
from cdisc_conv.standards.publications.tables import Row, Table, find_table, read_bytes, read_tables
from cdisc_conv.standards.store import Key

WHAT = "a table of variables of an implementation guide or model"
VARIABLES: Mapping[str, tuple[str, ...]] = {
    "dataset": ("Dataset Name", "Data Structure Name", "Domain", "dataset"),
    "variable": ("Variable Name", "variable"),
    "label": ("Variable Label", "label"),
    "type": ("Type", "type"),
    "class": ("?", "Class", "class"),
    "role": ("?", "Role", "Variable Set", "Variable Group", "Variable Grouping", "role"),
    "core": ("?", "Core", "core"),
    "codelist": ("?", "CDISC CT Codelist Code(s)", "codelist"),
    "described": ("?", "Described Value Domain(s)", "Described Value Domain", "described"),
    "values": ("?", "Value List", "Value List Value", "Value List Value(s)", "values"),
    "restrictions": ("?", "Usage Restrictions", "restrictions"),
    "version": ("?", "Version"),
}
DATASETS: Mapping[str, tuple[str, ...]] = {
    "dataset": ("Dataset Name", "Data Structure Name", "dataset"),
    "label": ("Dataset Label", "Data Structure Description", "label"),
    "structure": ("?", "Structure", "Dataset Structure", "structure"),
    "class": ("?", "Class", "class"),
}

_VERSION = re.compile(
    r"\b(SDTMIG|SDTM|ADaMIG|OCCDS|SENDIG|CDASHIG|ADaM [A-Z]+)[ _-]*v?(\d+(?:[.-]\d+)+)", re.IGNORECASE
)
_MODELS = {"3.1.2": "1.2", "3.1.3": "1.3", "3.2": "1.4", "3.3": "1.7", "3.4": "2.0"}
"""The model behind each version of the SDTMIG, for tables, which do not say it."""


@dataclass(frozen=True)
class PublishedGuide:
    """A guide or a model (`key.kind` is ``ig`` or ``model``), in the form in which it is kept."""

    key: Key
    name: str
    dataset_count: int
    variable_count: int
    content: bytes
    warnings: tuple[Problem, ...] = field(default=())


def read_guide(path: Path, *, name: str = "", version: str = "", sheet: str = "", model: str = "") -> PublishedGuide:
    """Read a published guide or model.

    Args:
        path: a table of variables (CSV, or an XLSX with or without a table of datasets), or JSON.
        name, version: where the file does not say them, such as ``SDTMIG`` and ``3.3``.
        sheet: the sheet with the variables, where several look like it.
        model: the version of the SDTM behind a guide whose version is not known here.

    Raises:
        ProblemsError: STD001 the file is no such table or is damaged; STD002 rows that no publication has; STD003 its
            name or version is not known.
        OSError: the file cannot be read.
    """
    data = read_bytes(path)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        document = read_library_guide(path, read_json(path, data))
    else:
        document = _read_tables(path, data, sheet)
    label, found_version = _identify(path, document, name, version)
    if problems := check_rows(document.rows, str(path)):
        raise ProblemsError(problems)
    if document.is_model:
        rows = complete_model(document.rows)
        content = format_model(label, found_version, rows)
        return PublishedGuide(Key.of("model", label, found_version), label, 0, len(rows), content)
    rows, losses = complete_rows(document.rows, label, found_version)
    warnings = tuple(Problem("STD007", loss.text, loss.severity, Place(file=str(path))) for loss in losses)
    content = format_guide(label, found_version, rows, *_find_behind(label, found_version, model or document.model))
    datasets = len({row.dataset for row in rows})
    return PublishedGuide(Key.of("ig", label, found_version), label, datasets, len(rows), content, warnings)


def _read_tables(path: Path, data: bytes, sheet: str) -> GuideDocument:
    tables = read_tables(path, data)
    table = find_table(path, tables, VARIABLES, WHAT, sheet)
    said = next((row["version"] for _, row in table.rows if row["version"]), "") or table.sheet
    # the model has variables with "--", and classes where a guide has datasets
    is_model = any(row["variable"].startswith("--") for _, row in table.rows) and bool(table.rows[0][1]["class"])
    rows = tuple(_make_row(line, row) for line, row in table.rows if not (is_model and row["dataset"]))
    labels = {} if is_model else _read_datasets(path, tables, table)
    return GuideDocument(said, tuple(_add_dataset(row, labels) for row in rows), is_model)


def _read_datasets(path: Path, tables: Iterable[Table], variables: Table) -> dict[str, Row]:
    """The table of datasets, where the workbook has one beside that of the variables."""
    others = [table for table in tables if table.sheet != variables.sheet]
    try:
        table = find_table(path, others, DATASETS, "a table of datasets") if others else None
    except ProblemsError:
        return {}
    return {row["dataset"]: row for _, row in table.rows} if table is not None else {}


def _make_row(line: int, row: Row) -> GuideRow:
    class_name = row["class"].casefold()
    only, never = read_restrictions(row["restrictions"])
    return GuideRow(
        dataset=row["dataset"],
        class_name=CLASS_NAMES.get(class_name, row["class"].upper()),
        variable=row["variable"],
        label=row["label"],
        type=row["type"],
        role=clean_set(row["role"]),
        core=row["core"],
        codelists=tuple(re.findall(r"\bC\d+\b", row["codelist"])),
        described=row["described"],
        values=tuple(filter(None, re.split(r"[;,]\s*|\s+", row["values"]))),
        only=only,
        never=never,
        line=line,
    )


def _add_dataset(row: GuideRow, datasets: Mapping[str, Row]) -> GuideRow:
    found = datasets.get(row.dataset)
    name = STRUCTURES.get(row.dataset, row.dataset)
    if found is None:
        return replace(row, dataset=name)
    class_name = CLASS_NAMES.get(found["class"].casefold(), found["class"].upper()) or row.class_name
    return replace(row, dataset=name, dataset_label=found["label"], structure=found["structure"], class_name=class_name)


def _identify(path: Path, document: GuideDocument, name: str, version: str) -> tuple[str, str]:
    said = _VERSION.search(document.said) or _VERSION.search(path.name.replace("_", " "))
    label = name or (said[1] if said else "")
    found = version or (said[2].replace("-", ".") if said else "")
    missing = [option for option, value in (("--name", label), ("--version", found)) if not value]
    if missing:
        message = "neither the file nor its name says which standard it is"
        hint = f"give {' and '.join(missing)}, such as --name SDTMIG --version 3.3"
        raise ProblemsError([Problem("STD003", message, place=Place(file=str(path)), hint=hint)])
    known = {known.casefold(): known for known in ("SDTMIG", "SDTM", "ADaMIG", "OCCDS", "SENDIG")}
    short = re.sub(r"^ADaM(IG)? ", "", label, flags=re.IGNORECASE)
    return known.get(short.casefold(), short.upper()), found


def _find_behind(label: str, version: str, model: str) -> tuple[str, ...]:
    """What a guide builds on, for the title of its file: the SDTM behind the SDTMIG, OCCDS beside the ADaMIG."""
    if label == "SDTMIG":
        found = model or _MODELS.get(version, "")
        return (f"SDTM {found}",) if found else ()
    if label == "ADaMIG":
        return ("OCCDS 1.1",) if version >= "1.3" else ("OCCDS 1.0",)
    return ()
