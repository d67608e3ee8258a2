"""Findings about two dates that stand in the wrong order."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cdisc_conv.derivations.base import SUBJECT, Rows
from cdisc_conv.derivations.distinct import find_distinct
from cdisc_conv.derivations.findings import report_values
from cdisc_conv.derivations.moments import DAY, SAS_OFFSET
from cdisc_conv.derivations.sas_dates import to_iso_dates, to_iso_datetimes
from cdisc_conv.problems import Severity


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
