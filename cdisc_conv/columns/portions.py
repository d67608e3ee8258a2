"""Tables in portions of subjects, of which one is in memory: all records of a subject are in the same one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cdisc_conv.columns.distinct import find_distinct
from cdisc_conv.columns.stored import Frame, take
from cdisc_conv.columns.texts import as_text


@dataclass(frozen=True)
class Portion:
    """Some records of a table, and their positions in it, which ascend."""

    frame: pd.DataFrame
    positions: np.ndarray


def divide_subjects(frames: Mapping[str, Frame], key: str, most: int) -> Iterator[dict[str, Portion]]:
    """The records of all tables, those of some subjects after those of others; `key` is the column of the subject.

    Subjects are in the order of their identifiers (by code point). A portion has as many as have `most` records in all
    tables together, and one subject at least. So portions depend on the records, and not on how tables are stored.

    >>> table = pd.DataFrame({"USUBJID": ["2", "1", "2"], "TRSEQ": [1.0, 1.0, 2.0]}).astype({"USUBJID": "str"})
    >>> [portion["TR"].positions.tolist() for portion in divide_subjects({"TR": table}, "USUBJID", most=2)]
    [[1], [0, 2]]
    """
    found = {name: find_distinct(frame[key]) for name, frame in frames.items()}
    names = {name: as_text(distinct.values).tolist() for name, distinct in found.items()}
    subjects = sorted({subject for known in names.values() for subject in known})
    place = {subject: number for number, subject in enumerate(subjects)}
    places = {name: np.array([place[one] for one in known], dtype=np.int64) for name, known in names.items()}
    records = np.zeros(len(subjects), dtype=np.int64)
    for name, distinct in found.items():
        np.add.at(records, places[name], np.bincount(distinct.codes, minlength=len(distinct.values)))
    numbers = _cut(records, most)
    rows = {name: _find_rows(numbers[places[name]][distinct.codes], numbers) for name, distinct in found.items()}
    del found
    for number in range(int(numbers.max(initial=0)) + 1):
        yield {name: Portion(take(frame, rows[name][number]), rows[name][number]) for name, frame in frames.items()}


def _cut(records: np.ndarray, most: int) -> np.ndarray:
    """The number of the portion of each subject."""
    numbers = np.zeros(len(records), dtype=np.int64)
    number = held = 0
    for place, count in enumerate(records.tolist()):
        if held and held + count > most:
            number, held = number + 1, 0
        held += count
        numbers[place] = number
    return numbers


def _find_rows(of_record: np.ndarray, numbers: np.ndarray) -> list[np.ndarray]:
    """The positions of the records of each portion."""
    order = np.argsort(of_record, kind="stable")
    return np.split(order, np.searchsorted(of_record[order], np.arange(1, int(numbers.max(initial=0)) + 1)))
