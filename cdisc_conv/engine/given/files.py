"""One given dataset from its file: delimited text, or a SAS transport file, by the end of the file's name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from cdisc_conv.datafiles.encodings import find_codec
from cdisc_conv.problems import Place, Problem, ProblemsError, Severity
from cdisc_conv.raw import FormSource, read_form
from cdisc_conv.raw.files.locate import locate_file
from cdisc_conv.xpt import list_members, read_xpt

TRANSPORT = ".xpt"
SUFFIXES = (TRANSPORT, ".csv")
"""The ends of files that are looked for where only the dataset is known."""

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
    differ in capitals alone.
    """
    reader = _read_transport if file.lower().endswith(TRANSPORT) else _read_text
    frame, problems = reader(dataset, file, folder, strict)
    if frame is None:
        return None, problems
    frame, found = _name_in_capitals(dataset, file, frame)
    return frame, [*problems, *found]


def _read_text(dataset: str, file: str, folder: Path, strict: bool) -> tuple[pd.DataFrame | None, list[Problem]]:
    form, problems = read_form(FormSource(dataset, file), folder)
    return (None if form is None else form.frame), _retell(dataset, problems)


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
