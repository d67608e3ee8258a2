"""Flags on the lowest, highest, worst, first or last record of a group, held against their method (DEF223)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from cdisc_conv.checks.codes import Coded, combine
from cdisc_conv.checks.define.columns import SUBJECT, Columns
from cdisc_conv.checks.define.evaluating import evaluate, find_flagged, own_name
from cdisc_conv.checks.define.statements import ItemStatement
from cdisc_conv.checks.define.wording import read_condition
from cdisc_conv.checks.findings import Finding
from cdisc_conv.problems import Severity

_VARIABLE = r"[A-Z][A-Z0-9]*(?:\.[A-Z][A-Z0-9]*)?"
_SHAPE = re.compile(
    rf"Y on the (?:record with the (?P<extreme>lowest|highest|worst) (?P<value>{_VARIABLE})"
    rf"|(?P<end>first|last) record by (?P<order>{_VARIABLE})(?:(?:,| and) {_VARIABLE})*)"
    rf" for each subject(?P<per>(?:(?:,| and|, and) {_VARIABLE})*)[;.,]"
    r"(?:.*?Only records where (?P<condition>.+?)(?: and that have (?P<has>" + _VARIABLE + r"))? count\.)?.*",
    re.DOTALL,
)
_EARLY = ("lowest", "first")
_WORST = re.compile(r"From best to worst the values are (?P<values>.+?)\.(?=\s|$)")


def check_extreme(columns: Columns, item: ItemStatement) -> Iterator[Finding]:
    """Flags on records that do not count, or that are not the extreme of their group, and several in one group.

    Of records that are equally extreme any may have the flag. Groups with a record of which it is not certain whether
    it counts are not asked.
    """
    found = _SHAPE.fullmatch(item.method)
    if found is None or not columns.has(SUBJECT):
        return
    names = [own_name(name, columns) for name in re.findall(_VARIABLE, found["per"])]
    value = own_name(found["value"] or found["order"], columns)
    wanted = [value, *names, *([own_name(found["has"], columns)] if found["has"] else [])]
    if not all(map(columns.has, wanted)):
        return
    counts, known = np.ones(columns.length, dtype=bool), np.ones(columns.length, dtype=bool)
    if found["condition"]:
        condition = read_condition(found["condition"], lambda name: columns.has(own_name(name, columns)))
        answer = evaluate(columns, *condition) if condition else None
        if answer is None:
            return
        counts, known = answer
    for name in (value, *wanted[len(names) + 1 :]):
        counts = counts & ~columns.coded(name).blank
    ranks = _rank(columns.coded(value))
    if found["extreme"] == "worst":
        ranks = _rank_by_list(columns.coded(value), item.method)
        known, counts = known & (~np.isnan(ranks) | ~counts), counts & ~np.isnan(ranks)
    groups = combine([columns.coded(name) for name in (SUBJECT, *names)], columns.length)
    ranks = ranks * (1 if (found["extreme"] or found["end"]) in _EARLY else -1)
    wrong = _find_wrong(groups, ranks, counts, known, find_flagged(columns, item.name))
    if wrong.any():
        text = f"{item.name} is not what its method in define.xml says: {item.method[:200]}"
        hint = "derive it again, or correct the method"
        rows = np.flatnonzero(wrong)
        yield columns.report("DEF223", text, variable=item.name, rows=rows, severity=Severity.WARNING, hint=hint)


def _find_wrong(
    groups: np.ndarray, ranks: np.ndarray, counts: np.ndarray, known: np.ndarray, flagged: np.ndarray
) -> np.ndarray:
    size = int(groups.max(initial=-1)) + 1
    best = np.full(size, np.inf)
    np.minimum.at(best, groups[counts], ranks[counts])
    uncertain = np.zeros(size, dtype=bool)
    uncertain[groups[~known]] = True
    missing = (np.bincount(groups[flagged], minlength=size) == 0) & np.isfinite(best)
    extreme = counts & (ranks == best[groups])
    several = np.bincount(groups[flagged & extreme], minlength=size) > 1
    wrong = (flagged & (~extreme | several[groups])) | (extreme & missing[groups])
    return np.asarray(wrong & ~uncertain[groups])


def _rank(coded: Coded) -> np.ndarray:
    """A number per record that orders like its value: numbers by size, texts by their characters."""
    if isinstance(coded.values, np.ndarray):
        return coded.spread(coded.values.astype("float64"))
    order = np.empty(len(coded.texts))
    order[np.argsort(np.array(coded.texts, dtype=object), kind="stable")] = np.arange(len(coded.texts))
    return coded.spread(order)


def _rank_by_list(coded: Coded, method: str) -> np.ndarray:
    """The place of each value in the list of a method, from best to worst; NaN for one that is not there."""
    found = _WORST.search(method)
    texts = re.split(r", and |, | and ", found["values"]) if found else []
    places = {text.strip("'\""): float(number) for number, text in enumerate(texts)}
    return coded.spread(np.array([places.get(text, np.nan) for text in coded.texts]))
