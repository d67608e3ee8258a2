"""Small packages and rules for the tests of CDISC's rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cdisc_conv.checks.core import (
    CoreFinding,
    CoreRule,
    Study,
    from_standard,
    list_findings,
    make_study,
    read_rule,
    run_core,
)
from cdisc_conv.checks.core.data.library import Library
from cdisc_conv.columns.distinct import TEXT
from cdisc_conv.dataset import Column, Dataset, Item
from cdisc_conv.standards import load_standard

LIBRARY: Library = from_standard(load_standard("sdtmig", "3.4"))


def make_dataset(name: str, columns: Mapping[str, Sequence[Any]], label: str = "") -> Dataset:
    """A dataset; a column of numbers (or None) is numeric, any other is text."""
    frame, described = {}, []
    for variable, values in columns.items():
        numeric = any(isinstance(value, int | float) for value in values)
        frame[variable] = (
            pd.Series([float("nan") if value is None else float(value) for value in values])
            if numeric
            else pd.Series(["" if value is None else value for value in values], dtype=TEXT)
        )
        described.append(Column(variable, f"Label of {variable}", numeric, Item("float" if numeric else "text", 8)))
    return Dataset(name, label, pd.DataFrame(frame), tuple(described))


def make_package(**datasets: Mapping[str, Sequence[Any]]) -> Study:
    """A package of datasets by name, held against SDTMIG 3.4."""
    return make_study([make_dataset(name, columns) for name, columns in datasets.items()], LIBRARY)


def make_rule(check: str, more: str = "") -> CoreRule:
    """A rule with a check, and whatever else it says, in YAML."""
    text = f"Core: {{Id: X-1, Status: Published}}\nRule Type: Record Data\nSensitivity: Record\nCheck: {check}\n"
    return read_rule(f"{text}Outcome: {{Message: It is wrong}}\n{more}" if "Outcome" not in more else text + more)


def list_found(study: Study, rule: CoreRule) -> list[CoreFinding]:
    """What a rule finds in a package."""
    return list(list_findings(run_core(study, [rule])))
