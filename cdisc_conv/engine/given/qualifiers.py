"""Supplemental qualifiers that are given as SUPP--, back beside the records they belong to (SDTMIG 3.4, 8.4)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from cdisc_conv.columns.distinct import TEXT
from cdisc_conv.columns.numbers import as_numbers
from cdisc_conv.columns.rows import group_codes, take_rows
from cdisc_conv.columns.texts import is_number
from cdisc_conv.derivations.base import SUBJECT
from cdisc_conv.problems import Place, Problem, Severity

NEEDED = (SUBJECT, "QNAM", "QVAL")


def add_qualifiers(
    dataset: str, frame: pd.DataFrame, supplement: pd.DataFrame, names: Iterable[str], file: str
) -> tuple[pd.DataFrame, list[Problem]]:
    """The records of a dataset with some qualifiers of its SUPP-- as columns; "" where a record has none.

    A qualifier belongs to the records of its subject whose variable IDVAR has the value IDVARVAL (numbers are compared
    as numbers); a blank IDVAR stands for all records of the subject. `file` is what the findings call SUPP--. Findings:
    GIVEN006 qualifiers that belong to no record, GIVEN008 two qualifiers of one name for a record (the first counts).

    >>> frame = pd.DataFrame({"USUBJID": ["1", "1"], "AESEQ": [1.0, 2.0]})
    >>> supplement = pd.DataFrame({"USUBJID": ["1"], "IDVAR": ["AESEQ"], "IDVARVAL": ["2"], "QNAM": ["AETRTEM"],
    ...                            "QVAL": ["Y"]})
    >>> add_qualifiers("AE", frame, supplement, ["AETRTEM"], "suppae.csv")[0]["AETRTEM"].tolist()
    ['', 'Y']
    """
    if "RDOMAIN" in supplement:
        supplement = supplement[supplement["RDOMAIN"] == dataset]
    problems: list[Problem] = []
    columns: dict[str, pd.Series] = {}
    for name in names:
        mine = supplement[supplement["QNAM"] == name].reset_index(drop=True)
        columns[name] = _spread(dataset, name, frame, mine, file, problems)
    return frame.assign(**columns), problems


def _spread(
    dataset: str, name: str, frame: pd.DataFrame, supplement: pd.DataFrame, file: str, problems: list[Problem]
) -> pd.Series:
    """One qualifier as a column."""
    chosen = np.full(len(frame), len(supplement))  # the place behind the last value is blank
    lost = np.zeros(len(supplement), dtype=bool)
    doubled = np.zeros(len(frame), dtype=bool)
    identifiers = supplement["IDVAR"] if "IDVAR" in supplement else pd.Series("", supplement.index, dtype=TEXT)
    for variable in identifiers.unique():
        rows = np.flatnonzero((identifiers == variable).to_numpy(dtype=bool))
        if variable and variable not in frame:
            lost[rows] = True
            continue
        mine, theirs = _match(frame, supplement.iloc[rows], variable)
        lost[rows] = ~np.isin(theirs, mine)
        first, counts = _first_places(theirs, int(max(mine.max(initial=-1), theirs.max(initial=-1))) + 1)
        found = first[mine] if len(mine) else first[:0]
        known = found >= 0
        doubled |= (known & (chosen < len(supplement))) | (counts[mine] > 1)
        chosen = np.where(known & (chosen == len(supplement)), rows[np.maximum(found, 0)] if len(rows) else 0, chosen)
    problems.extend(_describe(dataset, name, supplement, lost, doubled, file))
    values = pd.concat([supplement["QVAL"].astype(TEXT), pd.Series([""], dtype=TEXT)], ignore_index=True)
    return take_rows(values, chosen)


def _match(frame: pd.DataFrame, supplement: pd.DataFrame, variable: str) -> tuple[np.ndarray, np.ndarray]:
    """Group numbers of the records and of the qualifiers; equal ones belong together."""
    pairs = [(frame[SUBJECT], supplement[SUBJECT])]
    if variable:
        values = supplement["IDVARVAL"] if "IDVARVAL" in supplement else pd.Series("", supplement.index, dtype=TEXT)
        pairs.append((frame[variable], as_numbers(values) if is_number(frame[variable]) else values))
    stacked = [pd.concat(pair, ignore_index=True) for pair in pairs]
    codes = group_codes(stacked, len(frame) + len(supplement))
    return codes[: len(frame)], codes[len(frame) :]


def _first_places(codes: np.ndarray, groups: int) -> tuple[np.ndarray, np.ndarray]:
    """For each group the first place that has its number (-1 for none), and how many have it."""
    first = np.full(groups, -1)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    return first, np.bincount(codes, minlength=groups)


def _describe(
    dataset: str, name: str, supplement: pd.DataFrame, lost: np.ndarray, doubled: np.ndarray, file: str
) -> list[Problem]:
    problems: list[Problem] = []
    place = Place(dataset=dataset, variable=name)
    if lost.any():
        subject = supplement[SUBJECT].iloc[int(np.argmax(lost))]
        verb = "belongs" if lost.sum() == 1 else "belong"
        message = (
            f"{_count(lost, 'value')} of {name} in {file} {verb} to no record of {dataset}, such as one of {subject}"
        )
        hint = "do USUBJID, IDVAR and IDVARVAL name a record of the dataset?"
        problems.append(Problem("GIVEN006", message, Severity.WARNING, place, hint, count=int(lost.sum())))
    if doubled.any():
        verb = "has" if doubled.sum() == 1 else "have"
        message = (
            f"{_count(doubled, 'record')} of {dataset} {verb} several values of {name} in {file}; the first counts"
        )
        problems.append(Problem("GIVEN008", message, Severity.WARNING, place, count=int(doubled.sum())))
    return problems


def _count(mask: np.ndarray, noun: str) -> str:
    number = int(mask.sum())
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
