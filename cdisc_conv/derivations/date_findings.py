"""The dates that derivations read, and what they report of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cdisc_conv.columns.distinct import find_distinct
from cdisc_conv.columns.moments import DAY, SAS_OFFSET, Moments, is_datetime, read_moments, read_sas_moments
from cdisc_conv.columns.sas_dates import to_iso_dates, to_iso_datetimes
from cdisc_conv.derivations.base import SUBJECT, Rows, Table
from cdisc_conv.derivations.findings import report_values
from cdisc_conv.derivations.texts import is_number
from cdisc_conv.problems import Severity


def moments_of(columns: Rows | Table, name: str) -> Moments:
    """The moments of a column of dates, of our records or of another table: ISO 8601 text, or SAS numbers.

    Numbers are SAS datetimes (seconds) when the column is called ``--DTM``, and SAS dates (days) under any other name.
    """
    series = columns[name]
    return read_sas_moments(series, is_datetime(name)) if is_number(series) else read_moments(series)


def report_order(
    rows: Rows,
    code: str,
    wrong: np.ndarray,
    dates: tuple[np.ndarray, np.ndarray],
    message: str,
    outcome: str,
    *,
    severity: Severity = Severity.ERROR,
    times: bool = False,
) -> None:
    """One finding per subject and pair of dates, for the records where `wrong` is true.

    `dates` are days since 1970; with `times` their fractions are told too. The finding reads ``message (subject: first
    and second); outcome``. The derivation has to declare USUBJID among what it reads.
    """
    if not wrong.any():
        return
    bad = rows.matching(wrong)
    first, second = (_write(days[wrong], times) for days in dates)
    found = find_distinct((bad[SUBJECT] + ": " + first + " and " + second).astype("str"))

    def describe(text: str) -> tuple[str, str]:
        return f"{message} ({text}); {outcome}", "correct one of the two dates, or its imputation"

    every = np.ones(len(found.values), dtype=bool)
    report_values(bad, code, found.codes, found.values, every, describe, severity=severity)


def _write(days: np.ndarray, times: bool) -> pd.Series:
    sas = pd.Series(days - SAS_OFFSET)
    return to_iso_datetimes((sas * DAY).round()) if times else to_iso_dates(sas)
