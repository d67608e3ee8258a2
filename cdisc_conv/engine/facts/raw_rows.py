"""Rows of a range counted as their raw files count them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from cdisc_conv.engine.account.lines import Line
from cdisc_conv.engine.facts.facts import Facts
from cdisc_conv.findings import Finding, Findings, Found
from cdisc_conv.problems import Tally
from cdisc_conv.tables import TableId

Numbers = Mapping[TableId, np.ndarray]
"""Raw form or given dataset -> the number (from 1) that each row of the range has in its file; one that is not there is
whole."""


def number_rows(facts: Facts, numbers: Numbers) -> Facts:
    """Facts with the row numbers of raw forms and given datasets as their files count them."""
    if not numbers:
        return facts

    def count(tally: Tally, table: TableId) -> Tally:
        if table not in numbers:
            return tally
        return Tally(tally.count, tuple(int(numbers[table][row - 1]) for row in tally.rows))

    def of_line(line: Line) -> TableId:
        form = TableId.of_form(line.form)
        return form if form in numbers else TableId(line.form)

    return replace(
        facts,
        findings=number_findings(facts.findings, numbers),
        account=tuple(replace(line, tally=count(line.tally, of_line(line))) for line in facts.account),
        wrong_codes={wrong: count(tally, TableId.of_form(wrong.form)) for wrong, tally in facts.wrong_codes.items()},
        wrong_types={wrong: count(tally, TableId.of_form(wrong[0])) for wrong, tally in facts.wrong_types.items()},
        near_misses={miss: count(tally, miss.table) for miss, tally in facts.near_misses.items()},
    )


def number_findings(findings: Findings, numbers: Numbers) -> dict[Finding, Found]:
    """Findings with the row numbers of raw forms and given datasets as their files count them."""

    def number(found: Found, table: TableId) -> Found:
        return found.renumber(lambda row: int(numbers[table][row - 1])) if table in numbers else found

    return {finding: number(found, TableId(finding.rows_of)) for finding, found in findings.items()}


def number_sources(frame: pd.DataFrame, numbers: Numbers) -> pd.DataFrame:
    """A table of the rows behind records (`Records`) with those of files as their files count them."""
    there = [table for table in numbers if table.source in frame["source"].cat.categories]
    if not there:
        return frame
    rows = frame["row"].to_numpy().copy()
    for table in there:
        mask = (frame["source"] == table.source).to_numpy(dtype=bool)
        rows[mask] = numbers[table][rows[mask] - 1]
    return frame.assign(row=rows)
