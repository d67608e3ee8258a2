"""Tiny datasets written as text: a header, then a line per record, cells between bars, ␣ for a blank, ␉ for a tab."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cdisc_conv.checks.analysis import name_date_kind
from cdisc_conv.columns.sas_dates import SAS_EPOCH
from cdisc_conv.dataset import Column, Dataset, Item
from cdisc_conv.standards import load_standard, load_terminology

STANDARD = load_standard("sdtmig", "3.4")
TERMINOLOGY = load_terminology("sdtm", "2025-03-28")
ADAM_STANDARD = load_standard("adamig", "1.3")
ADAM_TERMINOLOGY = load_terminology("adam", "2025-03-28").with_beside(TERMINOLOGY)
OCCURRENCES = ("ADAE", "ADCM", "ADMH")
FORMATS = {"date": "DATE9.", "datetime": "DATETIME20.", "time": "TIME8.", "": ""}
UNITS = {"date": "D", "datetime": "s"}


def make_dataset(
    name: str,
    text: str,
    *,
    labels: Mapping[str, str] = {},
    dataset_label: str = "",
    other_type: Sequence[str] = (),
    lengths: Mapping[str, int] = {},
) -> Dataset:
    """A dataset of the standard with its labels and types, and lengths that fit; `labels`, `other_type` and `lengths`
    say which variables differ.
    """
    standard = STANDARD.datasets.get(name) or STANDARD.supplemental(name.removeprefix("SUPP"))
    lines = [[_read_cell(cell) for cell in line.split("|")] for line in text.strip().splitlines()]
    frame = pd.DataFrame(lines[1:], columns=lines[0], dtype="str")
    columns = []
    for variable in lines[0]:
        known = STANDARD.variable(standard, variable)
        numeric = bool(known and known.numeric) != (variable in other_type)
        if numeric:
            frame[variable] = pd.to_numeric(frame[variable].replace("", None)).astype("float64")
        label = labels.get(variable, known.label if known else variable)
        longest = 8 if numeric else max([1, *(len(value.encode()) for value in frame[variable])])
        item = Item("float" if numeric else "text", lengths.get(variable, longest))
        columns.append(Column(variable, label, numeric, item))
    return Dataset(
        name=name,
        label=dataset_label or standard.label,
        frame=frame,
        columns=tuple(columns),
        class_name=standard.class_name,
        supplemental_to=name.removeprefix("SUPP") if name.startswith("SUPP") else "",
    )


def make_analysis_dataset(
    name: str,
    text: str,
    *,
    labels: Mapping[str, str] = {},
    dataset_label: str = "",
    other_type: Sequence[str] = (),
    formats: Mapping[str, str] = {},
    class_name: str = "",
    sub_class: str = "",
) -> Dataset:
    """An analysis dataset; dates are written as ISO 8601, times as seconds. ADSL, ADAE, ADCM and ADMH have their
    classes, all others are BDS; ADTTE and ADAE have their subclasses.
    """
    structure = "ADSL" if name == "ADSL" else "OCCDS" if name in OCCURRENCES else "BDS"
    known = ADAM_STANDARD.dataset(structure)
    class_name = class_name or known.class_name
    sub_class = sub_class or {"ADTTE": "TIME-TO-EVENT", "ADAE": "ADVERSE EVENT"}.get(name, "")
    lines = [[_read_cell(cell) for cell in line.split("|")] for line in text.strip().splitlines()]
    frame = pd.DataFrame(lines[1:], columns=lines[0], dtype="str")
    columns = []
    for variable in lines[0]:
        standard = known.variable(variable)
        kind = name_date_kind(variable)
        guessed = bool(kind) or variable.endswith(("FN", "SEQ", "DY"))
        numeric = (standard.numeric if standard else guessed) != (variable in other_type)
        if numeric:
            frame[variable] = [read_number(cell, kind) for cell in frame[variable]]
            frame[variable] = frame[variable].astype("float64")
        label = standard.label if standard and "{" not in standard.label else variable
        display = formats.get(variable, FORMATS[kind] if numeric else "")
        item = Item("float" if numeric else "text", 200)
        columns.append(Column(variable, labels.get(variable, label), numeric, item, display))
    return Dataset(
        name, dataset_label or name, frame, tuple(columns), class_name, standard="ADaMIG 1.3", sub_class=sub_class
    )


def read_number(cell: str, kind: str) -> float:
    """A number, or the SAS date of an ISO 8601 text."""
    if not cell or kind not in UNITS or "-" not in cell[1:]:
        return float(cell or "nan")
    return float((np.datetime64(cell, UNITS[kind]) - SAS_EPOCH.astype(f"datetime64[{UNITS[kind]}]")).astype(int))


def _read_cell(cell: str) -> str:
    return cell.strip().replace("␣", " ").replace("␉", "\t")
