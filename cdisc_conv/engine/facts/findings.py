"""What was found in the rows of a range; findings of one cause in several ranges are one finding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from cdisc_conv.engine.derive.state import State
from cdisc_conv.problems import SHOWN_ROWS, Problem, Tally


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding apart from how often it was made and in which rows, which `tally` has."""

    problem: Problem
    of_records: bool = False
    """Whether rows are records of the finished dataset, not rows of a raw form."""
    everywhere: bool = False
    """Whether it is about the mapping and not about rows, so that each range finds the very same."""


Findings = Mapping[Finding, Tally]


def list_findings(state: State, places: Mapping[str, np.ndarray]) -> dict[Finding, Tally]:
    """The findings of a range in the order they were made.

    Those about records have the row numbers of the finished dataset (`places`), and none where the dataset is not among
    those that are written.
    """
    found: dict[Finding, Tally] = {}
    for number, problem in enumerate(state.problems):
        rows, of_records = problem.place.rows, number in state.located
        if of_records:
            block, records = state.located[number]
            name = problem.place.dataset
            start = state.length(name, range(block))
            shown = np.unique(places[name][records + start])[:SHOWN_ROWS] if name in places else records[:0]
            rows = tuple(int(row) + 1 for row in shown)
        bare = replace(problem, place=replace(problem.place, rows=()), count=1)
        everywhere = problem.count == 1 and not problem.place.rows and not of_records
        found = merge_findings(found, {Finding(bare, of_records, everywhere): Tally(problem.count, rows)})
    return found


def add_tallies(finding: Finding, one: Tally, other: Tally) -> Tally:
    """How often a finding was made in two ranges together."""
    return one if finding.everywhere else one + other


def move_findings(findings: Findings, records: Mapping[str, int]) -> dict[Finding, Tally]:
    """The findings of a range that comes after so many `records` of each dataset."""
    moved = {}
    for finding, tally in findings.items():
        before = records.get(finding.problem.place.dataset, 0) if finding.of_records else 0
        moved[finding] = Tally(tally.count, tuple(row + before for row in tally.rows)) if before else tally
    return moved


def merge_findings(one: Findings, other: Findings) -> dict[Finding, Tally]:
    """The findings of two ranges, rows counted alike; those of the second that the first has not come last."""
    merged = dict(one)
    for finding, tally in other.items():
        merged[finding] = add_tallies(finding, merged[finding], tally) if finding in merged else tally
    return merged


def describe_findings(findings: Findings) -> Iterable[Problem]:
    """The findings as problems with their counts and first rows."""
    for finding, tally in findings.items():
        place = replace(finding.problem.place, rows=tally.rows)
        yield replace(finding.problem, place=place, count=tally.count)
