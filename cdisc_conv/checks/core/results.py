"""What CDISC's rules found, as findings: one per rule, dataset and values, with the records behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cdisc_conv.checks.core.data.vectors import Value, Vector, as_items, group_rows, is_missing, to_text
from cdisc_conv.checks.core.evaluate import NOT_THERE, STUDY, Hits
from cdisc_conv.checks.core.rule.model import PREFIX, CoreRule
from cdisc_conv.checks.core.run import CoreReport
from cdisc_conv.problems import SHOWN_ROWS, Place, Problem, Severity

MOST_FINDINGS = 5
"""So many combinations of values of a rule and dataset are findings of their own; more are one that lists them."""
_LONGEST_LIST = 5
_ABOUT_RECORDS = ("record data", "range and limit", "value check", "dataset contents")


@dataclass(frozen=True)
class CoreFinding:
    """Records of a dataset in which a rule found the same values.

    ``rows`` are all record numbers, from 1, each once (the places of variables, for rules about variables); none for a
    finding about the dataset, or about the package (``STUDY``).
    ``values`` holds the reported variables.
    ``prefix`` is what ``--`` stands for, ``ids`` are the rule's numbers for the standard.
    """

    rule: CoreRule
    dataset: str
    rows: np.ndarray
    values: Mapping[str, Value]
    prefix: str = ""
    ids: tuple[str, ...] = ()

    @property
    def about_records(self) -> bool:
        """Whether the rows are records of the dataset, and not variables or whole datasets."""
        return self.rule.type.casefold().startswith(_ABOUT_RECORDS)

    @property
    def count(self) -> int:
        return max(len(self.rows), 1)

    def as_problem(self) -> Problem:
        """The finding in the shape that all stages share; its code is the rule's id."""
        place = Place(
            dataset="" if self.dataset == STUDY else self.dataset,
            variable=next((name for name in self.values if name.isidentifier() and name.isupper()), ""),
            rows=tuple(self.rows[:SHOWN_ROWS].tolist()) if self.about_records else (),
        )
        value = "/".join(_shorten(each) or "blank" for each in self.values.values())
        hint = ", ".join(self.ids)
        severity = Severity.NOTE if self.rule.draft else Severity.WARNING
        return Problem(self.rule.id, self._say(), severity, place, f"rule {hint}" if hint else "", value, self.count)

    @property
    def text(self) -> str:
        """What is wrong, without how many records there are."""
        values = ", ".join(f"{name} {_shorten(value) or 'blank'}" for name, value in self.values.items())
        message = self.rule.message.replace(PREFIX, self.prefix).rstrip(".")
        return f"{message}: {values}" if values else message

    def _say(self) -> str:
        shown = len(self.rows) if self.about_records else 0
        counted = f"; {shown:,} record{'s' if shown > 1 else ''}" if shown else ""
        draft = " (a draft: CDISC has not published this rule)" if self.rule.draft else ""
        return f"{self.text}{counted}{draft}"


def list_findings(report: CoreReport) -> tuple[CoreFinding, ...]:
    """The findings of a report, those of one rule together."""
    return tuple(
        replace(finding, prefix=hits.prefix, ids=hits.rule.ids_for(report.standard))
        for hits in report.hits
        for finding in _split(hits)
    )


def _split(hits: Hits) -> Iterator[CoreFinding]:
    """One finding for each dataset and combination of values, in the order of the first records."""
    if hits.whole:
        names = sorted({to_text(hits.view.datasets.at(int(row))) for row in hits.rows})
        name = STUDY if hits.dataset == STUDY else ", ".join(names)
        yield CoreFinding(hits.rule, name, np.zeros(0, dtype="int64"), hits.values(int(hits.rows[0])))
        return
    datasets = hits.view.datasets.take(hits.rows)
    for code in pd.unique(datasets.codes):
        yield from _split_dataset(hits, to_text(datasets.values[code]), hits.rows[datasets.codes == code])


def _split_dataset(hits: Hits, dataset: str, rows: np.ndarray) -> Iterator[CoreFinding]:
    """The findings in one dataset, or in one part of a split dataset."""
    columns = {name: vector.take(rows) for name in hits.names if (vector := hits.view.find(name)) is not None}
    groups = group_rows(list(columns.values()), len(rows))
    if int(groups.max()) >= MOST_FINDINGS:
        values = hits.values(int(rows[0])) | {name: _sum_up(vector) for name, vector in columns.items()}
        yield CoreFinding(hits.rule, dataset, np.unique(hits.view.rows[rows]), values)
        return
    for group in range(int(groups.max()) + 1):
        own = rows[groups == group]
        yield CoreFinding(hits.rule, dataset, np.unique(hits.view.rows[own]), hits.values(int(own[0])))


def _sum_up(vector: Vector) -> Value:
    """The value that all records share, or the list of those that occur."""
    return vector.used[0] if len(vector.used) == 1 else tuple(vector.used)


def _shorten(value: Value) -> str:
    """A value for a sentence; of a long list the beginning."""
    if is_missing(value):
        return ""
    if not isinstance(value, tuple):
        return "not there" if value == NOT_THERE else to_text(value)
    items = [to_text(item) for item in as_items(value)]
    more = f" and {len(items) - _LONGEST_LIST} more" if len(items) > _LONGEST_LIST else ""
    return ", ".join(items[:_LONGEST_LIST]) + more
