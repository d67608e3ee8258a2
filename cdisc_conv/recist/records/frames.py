"""TU, TR and RS in the words of this package: one name per thing, whatever the study calls it.

The columns: subject, visit, visit_number, assessment, lesion, group, test, original, result, number, unit, status,
reason, location, category, evaluator, evaluator_id, accepted, date, flagged (bool), record (1-based, as in the
dataset). Text is "" where it is missing or where the
dataset has no such variable; numbers are NaN. Codes are upper case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cdisc_conv.columns.numerals import write_number
from cdisc_conv.columns.portions import divide_subjects
from cdisc_conv.columns.stored import Frame, select, stream
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


@dataclass(frozen=True, slots=True)
class Sources:
    """The datasets that can be used, in memory or on disk, with their variables under the names that they have here."""

    frames: Mapping[str, Frame]
    names: Mapping[str, Mapping[str, str]]
    settings: RecistSettings

    def stream(self, most: int) -> Iterator[Tumours]:
        """The records of some subjects after those of others: about `most` of them at a time."""
        subject = self.settings.variables.subject
        wanted = {name: select(frame, self._list_needed(name)) for name, frame in self.frames.items()}
        for portion in divide_subjects(wanted, subject, most):
            read = {
                name: _rename(name, one.frame, self.names[name], self.settings, one.positions + 1)
                for name, one in portion.items()
            }
            yield Tumours(*(read.get(name, _empty()) for name in NEEDED))

    def list_evaluators(self, dataset: str) -> frozenset[tuple[str, str, bool]]:
        """Role and person of those who made the records of a dataset, and whether a record of theirs has --LNKGRP."""
        found: set[tuple[str, str, bool]] = set()
        if dataset not in self.frames:
            return frozenset()
        asked = ("evaluator", "evaluator_id", "assessment")
        frame, names = self.frames[dataset], [self.names[dataset][field] for field in asked]
        there = [name for name in names if name in frame]
        for piece in stream(frame, there) if there else ():
            role, person, group = (
                _read_field(field, piece[name]) if name in piece else pd.Series("", index=piece.index, dtype="str")
                for field, name in zip(asked, names, strict=True)
            )
            distinct = pd.DataFrame({"role": role, "person": person, "grouped": group != ""}).drop_duplicates()
            found.update(distinct.itertuples(index=False, name=None))
        return frozenset(found) if there else frozenset({("", "", False)})

    def _list_needed(self, dataset: str) -> list[str]:
        flags = [f"{dataset}{flag}" for flag in self.settings.variables.baseline_flags]
        frame = self.frames[dataset]
        return [name for name in dict.fromkeys((*self.names[dataset].values(), *flags)) if name in frame]


def open_tumours(
    datasets: Iterable[Dataset] | Mapping[str, Frame], settings: RecistSettings
) -> tuple[Sources, tuple[Problem, ...]]:
    """The records of TU, TR and RS, of all evaluators.

    `datasets` may be frames by name, such as those read from files. A dataset that is missing counts as empty, and so
    does one without the variables that are needed (RECIST010, a warning).
    """
    problems: list[Problem] = []
    usable: dict[str, Frame] = {}
    names: dict[str, Mapping[str, str]] = {}
    given = _frames_by_name(datasets)
    for name in NEEDED:
        frame = given.get(name)
        if frame is None or not len(frame):
            continue
        mine = {field: _variable(name, field, settings) for field in ("subject", *TEXT, *NUMBERS)}
        if missing := [mine[field] for field in NEEDED[name] if mine[field] not in frame]:
            problems.append(_describe_missing(name, missing))
            continue
        usable[name], names[name] = frame, mine
    return Sources(usable, names, settings), tuple(problems)


def _frames_by_name(datasets: Iterable[Dataset] | Mapping[str, Frame]) -> Mapping[str, Frame]:
    if isinstance(datasets, Mapping):
        return {name.upper(): frame for name, frame in datasets.items()}
    return {dataset.name: dataset.frame for dataset in datasets if dataset.name in NEEDED}


def _rename(
    name: str, frame: pd.DataFrame, names: Mapping[str, str], settings: RecistSettings, records: np.ndarray
) -> pd.DataFrame:
    """The variables under their names here; `records` are the numbers of the records."""
    absent = pd.Series("", index=frame.index, dtype="str")
    columns = {
        field: _read_field(field, frame[names[field]]) if names[field] in frame else absent
        for field in ("subject", *TEXT)
    }
    flags = [f"{name}{flag}" for flag in settings.variables.baseline_flags if f"{name}{flag}" in frame]
    numbers = {
        field: pd.to_numeric(frame[names[field]], errors="coerce").astype("float64")
        if names[field] in frame
        else np.nan
        for field in NUMBERS
    }
    flagged = np.logical_or.reduce([_as_text(frame[flag]) == "Y" for flag in flags]) if flags else False
    return pd.DataFrame({**columns, **numbers, "flagged": flagged, "record": records}, index=frame.index)


def _read_field(field: str, values: pd.Series) -> pd.Series:
    text = _as_text(values)
    return text.str.upper() if field in CODES else text


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
