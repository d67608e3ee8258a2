"""A dataset that is too large for one transport file, in parts: whole subjects, in the order of the records.

Source: FDA, Study Data Technical Conformance Guide: a dataset over 5 GB is submitted as a whole and, in a folder
`split`, in parts that are no larger, which the reviewer's guide explains.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from cdisc_conv.dataset import Dataset
from cdisc_conv.xpt.layout import RECORD, make_headers
from cdisc_conv.xpt.variables import LONGEST_NAME, variables_of

MOST_BYTES = 5 * 1024**3
"""A dataset that is larger has to be split."""

FOLDER = "split"
_SUBJECT = "USUBJID"
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMG]?)i?B?", re.IGNORECASE)
_UNITS = {"": 0, "K": 1, "M": 2, "G": 3}


@dataclass(frozen=True, slots=True)
class Part:
    """Records ``start`` to ``stop`` (from 0) of a dataset, as a dataset of their own, and whose they are."""

    name: str
    start: int
    stop: int
    first_subject: str = ""
    last_subject: str = ""


def read_size(text: str) -> int | None:
    """A size in bytes from words such as ``5GB``, ``200 KB`` or ``1048576``; None for anything else, and for nothing.

    >>> read_size("5GB"), read_size("1.5 KB"), read_size("80"), read_size("a lot"), read_size("0")
    (5368709120, 1536, 80, None, None)
    """
    found = _SIZE.fullmatch(text.strip())
    size = int(float(found[1]) * 1024 ** _UNITS[found[2].upper()]) if found else 0
    return size or None


def measure_file(dataset: Dataset) -> tuple[int, int]:
    """The bytes of the headers of a dataset's transport file, and of each record."""
    variables = variables_of(dataset)
    moment = datetime(1960, 1, 1)
    head = make_headers(dataset.name, "", "", [replace(one, label="") for one in variables], moment, moment)
    return len(head), sum(variable.length for variable in variables)


def plan_parts(dataset: Dataset, most: int = MOST_BYTES) -> tuple[Part, ...]:
    """The parts of a dataset whose transport file is larger than so many bytes; none where it is not.

    A part ends with a subject, unless the records of one subject alone are too many for it.

    >>> import pandas as pd
    >>> from cdisc_conv.dataset import Column, Item
    >>> frame = pd.DataFrame({"USUBJID": pd.Series(["01", "01", "02", "03"], dtype="str")})
    >>> ae = Dataset("AE", "Adverse Events", frame, (Column("USUBJID", "Subject", False, Item("text", 40)),))
    >>> [(part.name, part.start, part.stop) for part in plan_parts(ae, most=1000)]
    [('AE1', 0, 2), ('AE2', 2, 4)]
    """
    head, width = measure_file(dataset)
    rows = len(dataset.frame)
    if not width or head + _fill(rows * width) <= most:
        return ()
    fitting = max(1, (most - head) // RECORD * RECORD // width)
    bounds = _find_bounds(dataset, rows, fitting)
    subjects = dataset.frame[_SUBJECT].to_numpy() if _SUBJECT in dataset.frame else np.full(rows, "")
    return tuple(
        Part(_name_part(dataset.name, number), start, stop, str(subjects[start]), str(subjects[stop - 1]))
        for number, (start, stop) in enumerate(bounds, 1)
    )


def _fill(size: int) -> int:
    """Bytes with the last record of 80 filled up."""
    return size + -size % RECORD


def _find_bounds(dataset: Dataset, rows: int, fitting: int) -> list[tuple[int, int]]:
    ends = np.array([rows])
    if _SUBJECT in dataset.frame:
        subjects = dataset.frame[_SUBJECT].to_numpy()
        ends = np.r_[np.flatnonzero(subjects[1:] != subjects[:-1]) + 1, rows]
    found, start = [], 0
    while start < rows:
        last = ends[np.searchsorted(ends, start + fitting, side="right") - 1] if ends[0] <= start + fitting else 0
        stop = int(last) if last > start else min(start + fitting, rows)
        found.append((start, stop))
        start = stop
    return found


def _name_part(name: str, number: int) -> str:
    """The name of a part: that of the dataset and the number, in eight characters."""
    return f"{name[: LONGEST_NAME - len(str(number))]}{number}"
