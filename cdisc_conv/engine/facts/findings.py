"""The findings of a range: what was reported, with the row numbers of the finished tables."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

import numpy as np

from cdisc_conv.derivations.evidence import count_numbers, settle_parameters
from cdisc_conv.engine.derive.reports import Report, ReportedRows
from cdisc_conv.engine.derive.state import State
from cdisc_conv.findings import Finding, Findings, Found, merge_findings
from cdisc_conv.problems import Tally
from cdisc_conv.spec.references import NO_TABLE


def list_findings(
    state: State,
    places: Mapping[str, np.ndarray],
    repeated: Collection[str] = (),
    chosen: Callable[[Report], bool] = lambda report: True,
) -> dict[Finding, Found]:
    """The findings of a range, or those that are `chosen` among them.

    Those about records have the row numbers of the finished dataset (`places`), and none where the dataset is not among
    those that are written. What is found in rows of tables that every range has (`repeated`) is found once.
    """
    found: dict[Finding, Found] = {}
    for report in filter(chosen, state.reports):
        numbers = _number_rows(state, report.rows, places)
        values = report.values.settle(report.records, numbers) if report.values else {}
        parameters = settle_parameters(report.parameters, report.records, numbers)
        tally = count_numbers(numbers) if report.rows.table != NO_TABLE else Tally(len(numbers))
        finding = replace(report.finding, everywhere=True) if report.rows.table in repeated else report.finding
        found = merge_findings(found, {finding: Found(tally, report.at, parameters, values)})
    return found


def _number_rows(state: State, rows: ReportedRows, places: Mapping[str, np.ndarray]) -> np.ndarray:
    """The numbers of reported rows, from 1; 0 where they have none."""
    pieces = [np.zeros(0, dtype=np.int64)]
    for block, positions in rows.pieces:
        if rows.final and (rows.table not in state.study.datasets or rows.table in places):
            pieces.append(positions + 1)
        elif rows.table in places:
            pieces.append(places[rows.table][positions + state.length(rows.table, range(block))] + 1)
        else:
            pieces.append(np.zeros(len(positions), dtype=np.int64))
    return np.concatenate(pieces)


def move_findings(findings: Findings, records: Mapping[str, int]) -> dict[Finding, Found]:
    """The findings of a range that comes after so many `records` of each dataset."""

    def move(finding: Finding, found: Found) -> Found:
        before = records.get(finding.rows_of, 0)
        return found.renumber(lambda row: row + before) if before else found

    return {finding: move(finding, found) for finding, found in findings.items()}
