"""Rows of a range counted as their raw files count them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from cdisc_conv.engine.facts.facts import Facts
from cdisc_conv.findings import Finding, Findings, Found
from cdisc_conv.problems import Tally
from cdisc_conv.tables import TableId

Numbers = Mapping[str, np.ndarray]
"""Form -> the number (from 1) that each row of the range has in its file; a form that is not there is whole."""


def number_rows(facts: Facts, numbers: Numbers) -> Facts:
    """Facts with the row numbers of raw forms as their files count them."""
    if not numbers:
        return facts

    def count(tally: Tally, form: str) -> Tally:
        if form not in numbers:
            return tally
        return Tally(tally.count, tuple(int(numbers[form][row - 1]) for row in tally.rows))

    return replace(
        facts,
        findings=number_findings(facts.findings, numbers),
        account=tuple(replace(line, tally=count(line.tally, line.form)) for line in facts.account),
        wrong_codes={wrong: count(tally, wrong.form) for wrong, tally in facts.wrong_codes.items()},
        wrong_types={key: count(tally, key[0]) for key, tally in facts.wrong_types.items()},
        near_misses={
            miss: count(tally, miss.table.name) if miss.table.is_form else tally
            for miss, tally in facts.near_misses.items()
        },
    )


def number_findings(findings: Findings, numbers: Numbers) -> dict[Finding, Found]:
    """Findings with the row numbers of raw forms as their files count them."""

    def number(found: Found, table: TableId) -> Found:
        if not table.is_form or table.name not in numbers:
            return found
        return found.renumber(lambda row: int(numbers[table.name][row - 1]))

    return {finding: number(found, TableId(finding.rows_of)) for finding, found in findings.items()}


def number_sources(frame: pd.DataFrame, numbers: Numbers) -> pd.DataFrame:
    """A table of the rows behind records (`Records`) with those of raw forms as their files count them."""
    there = {form for form in numbers if f"form {form}" in frame["source"].cat.categories}
    if not there:
        return frame
    rows = frame["row"].to_numpy().copy()
    for form in sorted(there):
        mask = (frame["source"] == f"form {form}").to_numpy(dtype=bool)
        rows[mask] = numbers[form][rows[mask] - 1]
    return frame.assign(row=rows)
