"""Datasets that are given, not made: SDTM that comes as it is in CSV or XPT files, typed by the standard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from cdisc_conv.columns.distinct import TEXT, find_distinct
from cdisc_conv.columns.numbers import find_lost_digits, parse_numbers
from cdisc_conv.columns.numerals import write_number
from cdisc_conv.columns.stored import IN_MEMORY, Frame, Shelf
from cdisc_conv.columns.texts import as_text
from cdisc_conv.engine.given.files import read_file
from cdisc_conv.problems import SHOWN_ROWS, Place, Problem, Severity, did_you_mean
from cdisc_conv.spec.model import GivenDataset, Study


@dataclass(frozen=True)
class Given:
    """The given datasets of a run: one frame per dataset, the files they were read from, and what was found."""

    frames: Mapping[str, Frame] = field(default_factory=dict)
    files: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_given(study: Study, folder: Path, shelf: Shelf = IN_MEMORY) -> Given:
    """The given datasets of a study from the files in `folder` that study.yaml names, with the columns it names.

    Each goes to the shelf as soon as it is read.

    A file that cannot be read counts as empty, a column that is not there is blank. Findings: those of the readers,
    GIVEN001, NUM002 and GIVEN010 of `type_columns`, GIVEN003 for a column that the file does not have.
    """
    frames: dict[str, Frame] = {}
    files: list[Path] = []
    problems: list[Problem] = []
    for given in study.given.values():
        frame, found = read_file(given.name, given.file, folder)
        problems.extend(found)
        if frame is None:
            frames[given.name] = blank_frame(given)
            continue
        files.append(folder / given.file)
        problems.extend(_find_missing(given, frame))
        typed, found = type_columns(given, frame)
        problems.extend(found)
        frames[given.name] = shelf.put(typed)
    return Given(frames, tuple(files), tuple(problems))


def type_columns(given: GivenDataset, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    """The columns of a given dataset as the standard types them; one that the file does not have is blank.

    Numbers of a transport file stay numbers, text becomes them. What no standard knows is text. Findings: GIVEN001
    text where the standard wants a number, NUM002 more digits than a number holds, GIVEN010 numbers where the standard
    wants text.
    """
    columns: dict[str, pd.Series] = {}
    problems: list[Problem] = []
    for name in given.columns:
        standard = given.standard.variable(name)
        series = frame[name] if name in frame else pd.Series("", index=frame.index, dtype=TEXT)
        numeric = standard is not None and standard.numeric
        if numeric == (series.dtype != TEXT):
            columns[name] = series
        elif numeric:
            columns[name] = parse_numbers(series)
            problems.extend(_describe_text(given, name, series, columns[name]))
            problems.extend(_describe_lost_digits(given, name, series))
        else:
            columns[name] = as_text(series)
            if standard is not None:
                problems.append(_describe_numbers(given, name))
    return pd.DataFrame(columns, frame.index, copy=False), problems


def blank_frame(given: GivenDataset) -> pd.DataFrame:
    """The dataset without a record."""
    return type_columns(given, pd.DataFrame(index=pd.RangeIndex(0)))[0]


def _find_missing(given: GivenDataset, frame: pd.DataFrame) -> Iterator[Problem]:
    missing = [name for name in given.columns if name not in frame]
    yield from (_describe_missing(given, name, frame) for name in missing if name not in given.optional)
    if optional := [name for name in missing if name in given.optional]:
        message = f"{given.file} has no {', '.join(optional)}, which study.yaml says may be missing"
        place = Place(file=given.file, dataset=given.name)
        yield Problem("GIVEN003", message, Severity.NOTE, place, "right where nothing that reads them is wanted")


def _describe_missing(given: GivenDataset, name: str, frame: pd.DataFrame) -> Problem:
    place = Place(file=given.file, dataset=given.name, variable=name)
    known: Sequence[str] = [str(column) for column in frame.columns]
    hint = did_you_mean(name, known) or f"it has {', '.join(known[:20])}{' ...' if len(known) > 20 else ''}"
    return Problem(
        "GIVEN003", f"{given.file} has no {given.name}.{name}, which counts as blank", place=place, hint=hint
    )


def _describe_text(given: GivenDataset, name: str, series: pd.Series, numbers: pd.Series) -> list[Problem]:
    bad = numbers.isna() & (series.str.strip() != "")
    if not bad.any():
        return []
    rows = tuple(int(row) + 1 for row in bad[bad].index[:SHOWN_ROWS])
    place = Place(dataset=given.name, variable=name, rows=rows)
    count = int(bad.sum())
    more = f" and {count - 1} more" if count > 1 else ""
    message = f"'{series[bad].iloc[0]}'{more} in {given.file} is not a number; {name} is left missing"
    return [Problem("GIVEN001", message, place=place, count=count)]


def _describe_lost_digits(given: GivenDataset, name: str, series: pd.Series) -> list[Problem]:
    found = find_distinct(series)
    lost = find_lost_digits(found.values)[found.codes]
    if not lost.any():
        return []
    rows = tuple(int(row) + 1 for row in np.flatnonzero(lost)[:SHOWN_ROWS])
    place = Place(dataset=given.name, variable=name, rows=rows)
    count = int(lost.sum())
    text = str(series.iloc[rows[0] - 1]).strip()
    message = (
        f"'{text}' in {given.file} has more digits than a number holds; {name} becomes {write_number(float(text))}"
    )
    if count > 1:
        message += f"; so it is in {count - 1:,} more {'record' if count == 2 else 'records'}"
    hint = "a transport file holds about 15 digits: round it where it is made, or keep it in a text variable"
    return [Problem("NUM002", message, Severity.WARNING, place, hint, text, count)]


def _describe_numbers(given: GivenDataset, name: str) -> Problem:
    message = f"{name} is a number in {given.file}, but text by the standard; its values are taken as text"
    place = Place(dataset=given.name, variable=name)
    date = name.endswith("DTC")
    hint = "dates of SDTM are ISO 8601 text, such as 2026-01-31" if date else "leading zeros may be lost: write text"
    return Problem("GIVEN010", message, Severity.WARNING, place, hint)
