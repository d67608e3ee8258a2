"""What CDISC's rules found, as findings: one per rule, dataset and values, with the records behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from cdisc_conv.checks.core.evaluate import NOT_THERE, STUDY, Hits
from cdisc_conv.checks.core.model import PREFIX, CoreRule
from cdisc_conv.checks.core.run import CoreReport
from cdisc_conv.checks.core.vectors import Value, as_items, group_rows, is_missing, to_text
from cdisc_conv.problems import SHOWN_ROWS, Place, Problem, Severity

MOST_FINDINGS = 5
"""How many combinations of values of one rule and dataset get a finding of their own; one more counts the others."""
_LONGEST_LIST = 8
_ABOUT_RECORDS = ("record data", "range and limit", "value check", "dataset contents")


@dataclass(frozen=True)
class CoreFinding:
    """Records of a dataset in which a rule found the same values.

    ``rows`` are all record numbers, from 1 (the places of variables, for rules about variables); none for a finding
    about the dataset, or about the package (``STUDY``).
    ``values`` holds the reported variables. ``others`` is how many further combinations of values this one stands for.
    ``prefix`` is what ``--`` stands for, ``ids`` are the rule's numbers for the standard.
    """

    rule: CoreRule
    dataset: str
    rows: np.ndarray
    values: Mapping[str, Value]
    others: int = 0
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
        if self.others:
            return f"the same for {self.others:,} more combinations of values"
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
        datasets = sorted({to_text(hits.view.datasets.at(int(row))) for row in hits.rows})
        name = STUDY if hits.dataset == STUDY else ", ".join(datasets)
        yield CoreFinding(hits.rule, name, np.zeros(0, dtype="int64"), hits.values(int(hits.rows[0])))
        return
    columns = [vector for name in hits.names if (vector := hits.view.find(name)) is not None]
    keys = [hits.view.datasets, *columns]
    groups = group_rows([key.take(hits.rows) for key in keys], len(hits.rows))
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(groups[order], prepend=-1))
    shown: dict[str, int] = {}
    rest: dict[str, list[np.ndarray]] = {}
    for places in np.split(order, starts[1:]):
        rows = hits.rows[places]
        dataset = to_text(hits.view.datasets.at(int(rows[0])))
        shown[dataset] = shown.get(dataset, 0) + 1
        if shown[dataset] > MOST_FINDINGS:
            rest.setdefault(dataset, []).append(hits.view.rows[rows])
        else:
            yield CoreFinding(hits.rule, dataset, hits.view.rows[rows], hits.values(int(rows[0])))
    for dataset, parts in rest.items():
        yield CoreFinding(hits.rule, dataset, np.sort(np.concatenate(parts)), {}, len(parts))


def _shorten(value: Value) -> str:
    """A value for a sentence; of a long list the beginning."""
    if is_missing(value):
        return ""
    if not isinstance(value, tuple):
        return "not there" if value == NOT_THERE else to_text(value)
    items = [to_text(item) for item in as_items(value)]
    more = f" and {len(items) - _LONGEST_LIST} more" if len(items) > _LONGEST_LIST else ""
    return ", ".join(items[:_LONGEST_LIST]) + more
