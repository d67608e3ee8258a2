"""The fault laboratory: a small, sound package in memory, and faults that are planted in it one at a time.

A fault is a line: the code of the finding that has to come of it (codes, where one fault is two findings for good
reason), and what is changed, several changes with ``;``:

    AE[2] AESER=Y, AEOUT=FATAL     values of record 2 (of all records: ``AE[*]``); a new variable is added at the end
    AE +[1] AESEQ=9                a copy of record 1 at the end, with other values
    AE -[1]                        record 1 goes
    AE -AETERM                     a variable goes
    AE <AETERM                     a variable comes first
    AE AETERM label=Term           another label of a variable; of the dataset: ``AE label=Events``
    -AE                            the dataset goes
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from cdisc_conv.checks import CheckReport, check_datasets
from cdisc_conv.checks.analysis import is_analysis_name
from cdisc_conv.checks.findings import Finding
from cdisc_conv.dataset import Dataset
from tests.checks.conftest import (
    ADAM_STANDARD,
    ADAM_TERMINOLOGY,
    STANDARD,
    TERMINOLOGY,
    make_analysis_dataset,
    make_dataset,
)

FOLDER = Path(__file__).parent
_RECORD = re.compile(r"(\w+) ?(\+?)\[(\d+|\*)\] ?(.*)")
_NEXT = re.compile(r", (?=\w+=)")
_LABEL = re.compile(r"(\w+)(?: (\w+))? label=(.*)")

Rows = list[dict[str, str]]


@dataclass
class Bench:
    """The tables of a package as text, and the labels that were changed."""

    tables: dict[str, Rows]
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    dataset_labels: dict[str, str] = field(default_factory=dict)

    def plant(self, words: str) -> None:
        """Make the changes of one fault."""
        for change in words.split("; "):
            self._plant(change.strip())

    def _plant(self, change: str) -> None:
        if change.startswith("-"):
            del self.tables[change[1:]]
        elif found := _LABEL.fullmatch(change):
            name, variable, label = found.groups()
            if variable:
                self.labels.setdefault(name, {})[variable] = label
            else:
                self.dataset_labels[name] = label
        elif found := _RECORD.fullmatch(change):
            self._change_records(*found.groups())
        else:
            name, _, what = change.partition(" ")
            self._change_variables(name, what)

    def _change_records(self, name: str, copied: str, number: str, values: str) -> None:
        rows = self.tables[name]
        changed = dict(part.strip().split("=", 1) for part in _NEXT.split(values)) if values else {}
        changed = {key: _expand(value) for key, value in changed.items()}
        if copied:
            rows.append({**rows[int(number) - 1], **changed})
            return
        for row in rows if number == "*" else [rows[int(number) - 1]]:
            row.update(changed)
        for row in rows:
            for variable in changed:
                row.setdefault(variable, "")

    def _change_variables(self, name: str, what: str) -> None:
        rows = self.tables[name]
        if gone := re.fullmatch(r"-\[(\d+)\]", what):
            del rows[int(gone[1]) - 1]
        elif what.startswith("-"):
            for row in rows:
                del row[what[1:]]
        else:
            first = what.removeprefix("<")
            self.tables[name] = [{first: row[first], **row} for row in rows]

    def make(self) -> tuple[list[Dataset], list[Dataset]]:
        """The SDTM and the ADaM datasets."""
        made: tuple[list[Dataset], list[Dataset]] = ([], [])
        for name, rows in self.tables.items():
            names = list(dict.fromkeys(variable for row in rows for variable in row))
            lines = ["|".join(row.get(variable, "") for variable in names) for row in rows]
            text = "\n".join(["|".join(names), *lines])
            labels, label = tuple(self.labels.get(name, {}).items()), self.dataset_labels.get(name, "")
            made[is_analysis_name(name)].append(_make(name, text, labels, label))
        return made

    def check(self, analysis: bool) -> list[Finding]:
        """What all rules find in the SDTM datasets, or in those of ADaM beside them."""
        tabulations, analyses = self.make()
        if not analysis:
            return list(_check(tabulations, STANDARD, TERMINOLOGY).findings)
        return list(_check(analyses, ADAM_STANDARD, ADAM_TERMINOLOGY, beside=tabulations).findings)


def _expand(value: str) -> str:
    """``x*201`` is 201 times an x."""
    found = re.fullmatch(r"(.)\*(\d+)", value)
    return found[1] * int(found[2]) if found else value


@cache
def _make(name: str, text: str, labels: tuple[tuple[str, str], ...], label: str) -> Dataset:
    """A dataset; most are the same for all faults."""
    make = make_analysis_dataset if is_analysis_name(name) else make_dataset
    return make(name, text, labels=dict(labels), dataset_label=label)


def _check(datasets: list[Dataset], *versus: Any, beside: Sequence[Dataset] = ()) -> CheckReport:
    return check_datasets(datasets, *versus, created="2022-12-31", beside=beside, occasion="package")


def read_bench() -> Bench:
    """The sound package."""
    tables: dict[str, Rows] = {}
    for file in ("sdtm.txt", "adam.txt"):
        for block in (FOLDER / file).read_text(encoding="utf-8").split("== ")[1:]:
            name, head, *lines = block.strip().splitlines()
            tables[name] = [dict(zip(head.split("|"), line.split("|"), strict=True)) for line in lines]
    return Bench(tables)


def read_faults(file: str) -> list[tuple[str, str]]:
    """The faults of a file: code and changes."""
    lines = (FOLDER / file).read_text(encoding="utf-8").splitlines()
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines if line and line[0] != "#"]


def find_new(before: Mapping[str, int], after: list[Finding]) -> list[Finding]:
    """The findings of a faulty package that the sound one does not have."""
    left = Counter(before)
    new = []
    for finding in after:
        if left[finding.key]:
            left[finding.key] -= 1
        else:
            new.append(finding)
    return new
