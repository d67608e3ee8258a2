"""Baseline flags held against a method of define.xml that says "the last record before treatment" (DEF223)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from cdisc_conv.checks.codes import combine
from cdisc_conv.checks.define.columns import SUBJECT, Columns
from cdisc_conv.checks.define.statements import ItemStatement
from cdisc_conv.checks.findings import Finding
from cdisc_conv.problems import Severity

_FLAG, _DATE, _VALUE, _START = "ABLFL", "ADT", "AVAL", "ADSL.TRTSDT"
_LAST = re.compile(
    r"\blast\b.*(?:\b(?:before|prior to|at most|earlier than|preceding)\b|<)"
    r".*(?:TRTSDTM?\b|first\s+(?:dose|treatment|administration|exposure|study drug)|start of (?:study )?treatment)",
    re.IGNORECASE | re.DOTALL,
)
_WINDOW = re.compile(r"\bwithin (?:the )?(?:last )?(\d{1,3}) days\b", re.IGNORECASE)
_NAME = re.compile(r"\b(?:[A-Z][A-Z0-9]{1,7}\.)?([A-Z][A-Z0-9]{2,7})\b")
_USUAL = re.compile(r"USUBJID|PARAM(?:CD)?|BASETYPE|ADTM?|AVALC?|TRTSDTM?|ABLFL|ADSL|[A-Z]{2}(?:DTC|STRES[CN]|SEQ)")


def check_baseline(columns: Columns, item: ItemStatement) -> Iterator[Finding]:
    """Baselines after which there is another value of the parameter before the day of the first treatment.

    Nothing is said where the method names further variables: they may leave such a value out. Records that were made up
    (DTYPE) do not count.
    """
    needed = (_FLAG, _DATE, _VALUE, _START, SUBJECT, "PARAMCD")
    if item.name != _FLAG or not _LAST.search(item.method) or not all(map(columns.has, needed)):
        return
    if any(not _USUAL.fullmatch(name) for name in _NAME.findall(item.method)):
        return
    dates, starts, values = (columns.coded(name) for name in (_DATE, _START, _VALUE))
    if not all(isinstance(each.values, np.ndarray) for each in (dates, starts, values)):
        return
    days, first = dates.spread(dates.values), starts.spread(starts.values)
    keys = [columns.coded(name) for name in (SUBJECT, "PARAMCD", "BASETYPE") if columns.has(name)]
    groups = combine(keys, columns.length)
    with np.errstate(invalid="ignore"):
        counts = ~values.blank & (np.floor(days) < np.floor(first))
    window = _WINDOW.search(item.method)
    if window:
        with np.errstate(invalid="ignore"):
            counts &= np.floor(days) >= np.floor(first) - int(window[1])
    if columns.has("DTYPE"):
        counts &= columns.coded("DTYPE").blank
    latest = np.full(int(groups.max(initial=-1)) + 1, -np.inf)
    np.maximum.at(latest, groups[counts], days[counts])
    flags = columns.coded(_FLAG)
    flagged = flags.spread(np.array([text == "Y" for text in flags.texts], dtype=bool))
    with np.errstate(invalid="ignore"):
        wrong = flagged & (days < latest[groups]) if columns.length else flagged
        if window:
            wrong |= flagged & (np.floor(days) < np.floor(first) - int(window[1]))
    if wrong.any():
        text = f"{_FLAG} is not on the last value before treatment, as its method in define.xml says"
        hint = "flag the last one, or say in the method which values count"
        yield columns.report(
            "DEF223", text, variable=_FLAG, rows=np.flatnonzero(wrong), severity=Severity.WARNING, hint=hint
        )
