"""Tiny datasets written as text: a header, then a line per record, cells between bars, ␣ for a blank, ␉ for a tab."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from cdisc_conv.dataset import Column, Dataset, Item
from cdisc_conv.standards import load_standard, load_terminology

STANDARD = load_standard("sdtmig", "3.4")
TERMINOLOGY = load_terminology("sdtm", "2025-03-28")


def make_dataset(
    name: str,
    text: str,
    *,
    labels: Mapping[str, str] = {},
    dataset_label: str = "",
    other_type: Sequence[str] = (),
) -> Dataset:
    """A dataset of the standard with its labels and types; `labels` and `other_type` say which variables differ."""
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
        columns.append(Column(variable, label, numeric, Item("float" if numeric else "text", 200)))
    return Dataset(
        name=name,
        label=dataset_label or standard.label,
        frame=frame,
        columns=tuple(columns),
        class_name=standard.class_name,
        supplemental_to=name.removeprefix("SUPP") if name.startswith("SUPP") else "",
    )


def _read_cell(cell: str) -> str:
    return cell.strip().replace("␣", " ").replace("␉", "\t")
