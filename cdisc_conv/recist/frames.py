"""TU, TR and RS in the words of this package: one name per thing, whatever the study calls it.

The columns: subject, visit, visit_number, assessment, lesion, group, test, original, result, number, unit, status,
reason, location, category, evaluator, evaluator_id, accepted, date, flagged (bool), record (1-based, as in the
dataset). Text is "" where it is missing or where the
dataset has no such variable; numbers are NaN. Codes are upper case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cdisc_conv.columns.numerals import write_number
from cdisc_conv.columns.stored import load
from cdisc_conv.dataset import Dataset
from cdisc_conv.problems import Place, Problem, Severity
from cdisc_conv.recist.settings import RecistSettings

NEEDED: Mapping[str, tuple[str, ...]] = {
    "TU": ("subject", "lesion", "test", "result"),
    "TR": ("subject", "lesion", "test", "result"),
    "RS": ("subject", "test", "result"),
}
"""Without these nothing can be derived or compared."""

TEXT = (
    "visit", "assessment", "lesion", "group", "test", "original", "result", "unit", "status", "reason", "location",
    "category", "evaluator", "evaluator_id", "accepted", "date",
)  # fmt: skip
CODES = (
    "group", "test", "original", "result", "unit", "status", "location", "category", "evaluator", "evaluator_id",
    "accepted",
)  # fmt: skip
NUMBERS = ("visit_number", "number", "sequence")


@dataclass(frozen=True, slots=True)
class Tumours:
    """The records of one evaluator, or of all of them."""

    tu: pd.DataFrame
    tr: pd.DataFrame
    rs: pd.DataFrame


def read_tumours(
    datasets: Iterable[Dataset] | Mapping[str, pd.DataFrame], settings: RecistSettings
) -> tuple[Tumours, tuple[Problem, ...]]:
    """The records of TU, TR and RS, of all evaluators.

    `datasets` may be frames by name, such as those read from files. A dataset that is missing counts as empty, and so
    does one without the variables that are needed (RECIST010, a warning).
    """
    frames = _frames_by_name(datasets)
    problems: list[Problem] = []
    read = {name: _read(name, frames.get(name), settings, problems) for name in NEEDED}
    return Tumours(read["TU"], read["TR"], read["RS"]), tuple(problems)


def _frames_by_name(datasets: Iterable[Dataset] | Mapping[str, pd.DataFrame]) -> Mapping[str, pd.DataFrame]:
    if isinstance(datasets, Mapping):
        return {name.upper(): frame for name, frame in datasets.items()}
    return {dataset.name: load(dataset.frame) for dataset in datasets if dataset.name in NEEDED}


def _read(name: str, frame: pd.DataFrame | None, settings: RecistSettings, problems: list[Problem]) -> pd.DataFrame:
    if frame is None or frame.empty:
        return _empty()
    names = {field: _variable(name, field, settings) for field in ("subject", *TEXT, *NUMBERS)}
    missing = [names[field] for field in NEEDED[name] if names[field] not in frame]
    if missing:
        problems.append(_describe_missing(name, missing))
        return _empty()
    return _rename(name, frame, names, settings).reset_index(drop=True)


def _rename(name: str, frame: pd.DataFrame, names: Mapping[str, str], settings: RecistSettings) -> pd.DataFrame:
    """The variables under their names here."""
    absent = pd.Series("", index=frame.index, dtype="str")
    columns = {
        field: _as_text(frame[names[field]]) if names[field] in frame else absent for field in ("subject", *TEXT)
    }
    columns |= {field: columns[field].str.upper() for field in CODES}
    flags = [f"{name}{flag}" for flag in settings.variables.baseline_flags if f"{name}{flag}" in frame]
    numbers = {
        field: pd.to_numeric(frame[names[field]], errors="coerce").astype("float64")
        if names[field] in frame
        else np.nan
        for field in NUMBERS
    }
    flagged = np.logical_or.reduce([_as_text(frame[flag]) == "Y" for flag in flags]) if flags else False
    record = np.arange(1, len(frame) + 1)
    return pd.DataFrame({**columns, **numbers, "flagged": flagged, "record": record}, index=frame.index)


def _variable(dataset: str, field: str, settings: RecistSettings) -> str:
    name = str(getattr(settings.variables, field))
    return name if field in ("subject", "visit", "visit_number") else f"{dataset}{name}"


def _as_text(values: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(values):
        values = values.map(write_number, na_action="ignore")
    return values.astype("str").fillna("").str.strip()


def _as_number(frame: pd.DataFrame, name: str) -> pd.Series:
    values = frame[name] if name in frame else pd.Series(np.nan, index=frame.index)
    return pd.to_numeric(values, errors="coerce").astype("float64")


def _empty() -> pd.DataFrame:
    text = {field: pd.Series(dtype="str") for field in ("subject", *TEXT)}
    numbers = {field: pd.Series(dtype="float64") for field in NUMBERS}
    return pd.DataFrame({**text, **numbers, "flagged": pd.Series(dtype="bool"), "record": pd.Series(dtype="int64")})


def _describe_missing(name: str, missing: list[str]) -> Problem:
    message = f"{name} has no {', '.join(missing)}: its records cannot be used to derive or compare responses"
    hint = "map it, or name the variable the study uses in 'settings: recist: variables' of study.yaml"
    return Problem("RECIST010", message, Severity.WARNING, Place(dataset=name, variable=missing[0]), hint)
