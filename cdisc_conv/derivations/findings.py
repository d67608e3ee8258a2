"""Findings about values: one per distinct value, with all its rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from cdisc_conv.columns.distinct import Distinct
from cdisc_conv.columns.numbers import find_lost_digits
from cdisc_conv.columns.numerals import write_number
from cdisc_conv.derivations.base import Rows
from cdisc_conv.derivations.evidence import SingleValues
from cdisc_conv.problems import Severity

MOST_FINDINGS = 100
"""So many distinct values get a finding of their own; the rest share one (a wrong column has them all wrong)."""
REST = "{rest:,} more values are wrong in the same way, such as '{first}'"


def report_values(
    rows: Rows,
    code: str,
    codes: np.ndarray,
    values: pd.Series,
    bad: np.ndarray,
    describe: Callable[[str], tuple[str, str]],
    *,
    severity: Severity = Severity.ERROR,
    field: str = "",
    once: bool = False,
    most: int = MOST_FINDINGS,
    rest: str = REST,
) -> None:
    """One finding per bad value, in the order of their first rows; with more than `most`, the others are one, `rest`.

    `codes` is the number of its value per row, `values` the distinct values, `bad` which of them are bad, and
    `describe` gives message and hint for a value. With `once` a value of the column that another
    variable has reported is left out.
    """
    if bad.any():
        rows.report(
            code,
            rest,
            where=bad[codes],
            severity=severity,
            field=field,
            once=once,
            parameters={"variable": rows.variable},
            values=SingleValues(codes, values, bad, describe, most),
        )


def report_lost_digits(rows: Rows, found: Distinct, field: str = "", number: str = "") -> None:
    """A warning (NUM002) for each text that writes a number of more digits than a numeric variable holds.

    `number` is the variable that loses them, where it is not the one being made.
    """
    lost = find_lost_digits(found.values)

    def describe(text: str) -> tuple[str, str]:
        kept = write_number(float(text))
        message = f"'{text.strip()}' has more digits than a number holds; {number or rows.variable} becomes {kept}"
        return message, "keep it in a text variable if every digit counts"

    if lost.any():
        report_values(
            rows, "NUM002", found.codes, found.values, lost, describe, severity=Severity.WARNING, field=field, once=True
        )
