"""Datasets that are given, not made: SDTM that comes as it is, read as text and typed by the standard."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from cdisc_conv.derivations.numbers import parse_numbers
from cdisc_conv.problems import Place, Problem
from cdisc_conv.raw import FormSource, read_form
from cdisc_conv.spec.model import GivenDataset, Study


def read_given(study: Study, folder: Path) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """The given datasets of a study from CSV files in `folder`; a file that cannot be read counts as empty.

    Findings: those of the raw reader, and GIVEN001 for text where the standard wants a number.
    """
    frames: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    for given in study.given.values():
        form, found = read_form(FormSource(name=given.name, path=given.file, columns=given.columns), folder)
        problems.extend(
            problem for problem in found if problem.code != "RAW005"
        )  # columns beyond those declared are fine
        blank = pd.DataFrame({name: pd.Series([], dtype="str") for name in given.columns})
        frame, bad = _with_numbers(given, blank if form is None else form.frame)
        frames[given.name] = frame
        problems.extend(bad)
    return frames, problems


def _with_numbers(given: GivenDataset, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    columns: dict[str, pd.Series] = {}
    problems: list[Problem] = []
    for name in given.columns:
        series = frame[name] if name in frame else pd.Series("", index=frame.index, dtype="str")
        standard = given.standard.variable(name)
        if standard is None or not standard.numeric:
            columns[name] = series
            continue
        columns[name] = parse_numbers(series)
        bad = columns[name].isna() & (series.str.strip() != "")
        if bad.any():
            rows = tuple(int(row) + 1 for row in bad[bad].index[:10])
            place = Place(dataset=given.name, variable=name, rows=rows)
            count = int(bad.sum())
            more = f" and {count - 1} more" if count > 1 else ""
            message = f"'{series[bad].iloc[0]}'{more} in {given.file} is no number; {name} is left missing"
            problems.append(Problem("GIVEN001", message, place=place, count=count))
    return pd.DataFrame(columns), problems
