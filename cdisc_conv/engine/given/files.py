"""One given dataset from its file: delimited text, or a SAS transport file, by the end of the file's name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from cdisc_conv.columns.distinct import TEXT
from cdisc_conv.columns.numbers import as_numbers
from cdisc_conv.columns.stored import load
from cdisc_conv.columns.texts import is_number
from cdisc_conv.datafiles.encodings import find_codec
from cdisc_conv.derivations.base import SUBJECT
from cdisc_conv.engine.plan.order import order_records
from cdisc_conv.problems import Place, Problem, ProblemsError, Severity
from cdisc_conv.raw import FormSource, read_form
from cdisc_conv.raw.files.locate import locate_file
from cdisc_conv.xpt import list_members, read_xpt

TRANSPORT = ".xpt"
SUFFIXES = (TRANSPORT, ".csv")
"""The ends of files that are looked for where only the dataset is known."""
PARTS = " + "
"""Between the files of a domain that was split."""

_HINTS = {
    "RAW008": "given datasets are separated by commas: write it again",
    "RAW009": "given datasets are UTF-8: write it again; what cannot be read stands as U+FFFD",
}
"""What to do about a file whose encoding and delimiter no mapping declares."""


def read_file(
    dataset: str, file: str, folder: Path, *, strict: bool = False
) -> tuple[pd.DataFrame | None, list[Problem]]:
    """A dataset with all columns of its file, named in capitals: text as ``str``, numbers of an XPT file float64.

    `file` is relative to `folder` and may not lead out of it. The frame is None when nothing sensible can be read.
    `strict` wants a transport file to hold the dataset under its own name. Findings: those of the readers (RAW...,
    XPT...), about the dataset, GIVEN005 for a transport file that holds other datasets, and GIVEN011 for columns that
    differ in capitals alone. A domain in several files (``lbch.xpt + lbhe.xpt``) comes in the order of its subjects
    and of --SEQ, which counts across them.
    """
    if PARTS in file:
        return _read_parts(dataset, file.split(PARTS), folder)
    reader = _read_transport if file.lower().endswith(TRANSPORT) else _read_text
    frame, problems = reader(dataset, file, folder, strict)
    if frame is None:
        return None, problems
    frame, found = _name_in_capitals(dataset, file, frame)
    return frame, [*problems, *found]


def _read_parts(dataset: str, files: Sequence[str], folder: Path) -> tuple[pd.DataFrame | None, list[Problem]]:
    """The records of all parts; a variable that a part lacks is blank there. None where a part cannot be read."""
    frames: list[pd.DataFrame] = []
    problems: list[Problem] = []
    for file in files:
        frame, found = read_file(Path(file).stem.upper(), file, folder, strict=True)
        problems += found
        frames += [] if frame is None else [frame]
    if len(frames) < len(files):
        return None, problems
    numbers = {str(name) for one in frames for name in one.columns if is_number(one[name]) and len(one)}
    names = dict.fromkeys(str(name) for one in frames for name in one.columns)
    whole = pd.DataFrame(
        {name: pd.concat([_fill(one, name, name in numbers) for one in frames], ignore_index=True) for name in names}
    )
    sequence = f"{dataset[:2]}SEQ"
    by = [as_numbers(whole[name]) if name == sequence else whole[name] for name in (SUBJECT, sequence) if name in whole]
    order = order_records(by) if by else np.arange(len(whole))
    return whole.take(order).reset_index(drop=True), problems


def _fill(frame: pd.DataFrame, name: str, number: bool) -> pd.Series:
    """A variable of a part as the other parts have it."""
    if name in frame:
        column = frame[name]
        return as_numbers(column) if number and not is_number(column) else column
    return pd.Series(np.nan if number else "", index=frame.index, dtype="float64" if number else TEXT)


def _read_text(dataset: str, file: str, folder: Path, strict: bool) -> tuple[pd.DataFrame | None, list[Problem]]:
    form, problems = read_form(FormSource(dataset, file), folder)
    return (None if form is None else load(form.frame)), _retell(dataset, problems)


def _read_transport(dataset: str, file: str, folder: Path, strict: bool) -> tuple[pd.DataFrame | None, list[Problem]]:
    located = locate_file(FormSource(dataset, file), folder)
    if located.path is None:
        return None, _retell(dataset, located.problems)
    shown = Place(file=located.reporter.file, dataset=dataset)
    try:
        held = [member.name for member in list_members(located.path)]
        same = next((name for name in held if name.upper() == dataset), None)
        if same is None and (strict or len(held) != 1):
            message = f"{file} should hold the dataset {dataset}, but holds {', '.join(held) or 'none'}"
            return None, [Problem("GIVEN005", message, place=shown, hint="give each dataset in a file of its name")]
        read = read_xpt(located.path, member=same, encoding=find_codec(located.path))
    except ProblemsError as error:
        return None, [replace(problem, place=shown) for problem in error.problems]
    except OSError as error:
        message = f"dataset {dataset} cannot be read: {error.strerror or error}"
        return None, [Problem("RAW003", message, place=shown, hint="check the permissions of the file")]
    frame, found = read.frame, [replace(problem, place=shown) for problem in read.problems]
    if len(frame):
        return frame, found
    message = f"dataset {dataset} has no records"
    return frame, [
        *found,
        Problem("RAW007", message, Severity.WARNING, shown, "export it again if subjects have data there"),
    ]


def _retell(dataset: str, problems: Iterable[Problem]) -> list[Problem]:
    """Findings of the reader of raw forms, about a dataset."""
    return [
        replace(
            problem,
            hint=_HINTS.get(problem.code, problem.hint),
            message=problem.message.replace(f"form '{dataset}'", f"dataset {dataset}"),
            place=replace(problem.place, form="", field="", dataset=dataset, variable=problem.place.field),
        )
        for problem in problems
    ]


def _name_in_capitals(dataset: str, file: str, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    """The frame with the names of SAS; of columns that would become one, the first. GIVEN011 reports the others."""
    names = pd.Index([str(name).upper() for name in frame.columns])
    again = names.duplicated()
    problems = [
        Problem(
            "GIVEN011",
            f"{file} has the columns {' and '.join(str(name) for name in frame.columns[names == twice])}, "
            "which are one name in SAS; the first is read",
            place=Place(dataset=dataset, variable=twice),
            hint="give the others names of their own",
        )
        for twice in dict.fromkeys(names[again])
    ]
    return frame.set_axis(names, axis="columns").loc[:, ~again], problems
