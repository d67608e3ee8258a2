"""Every fault of the laboratory is found, and found once; the sound package is silent."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pandas as pd
import pytest

from cdisc_conv.checks import tables
from cdisc_conv.checks.analysis import is_analysis_name
from cdisc_conv.columns.moments import Written, read_written
from cdisc_conv.problems import Severity
from tests.checks.laboratory.bench import find_new, read_bench, read_faults

FILES = ("sdtm_faults.txt", "design_faults.txt", "adam_faults.txt")
FAULTS = [(file, codes, change) for file in FILES for codes, change in read_faults(file)]


@cache
def read_once(texts: tuple[str, ...]) -> Written:
    return read_written(pd.Series(texts, dtype="str"))


@pytest.fixture(autouse=True)
def dates_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most dates are the same for all faults, and reading them is a third of the time."""
    monkeypatch.setattr(tables, "read_written", lambda texts: read_once(tuple(texts)))


@cache
def find_before(analysis: bool) -> Counter[str]:
    return Counter(finding.key for finding in read_bench().check(analysis))


@pytest.mark.parametrize("analysis", [False, True])
def test_the_sound_package_is_silent(analysis: bool) -> None:
    told = [str(one.problem) for one in read_bench().check(analysis) if one.problem.severity is not Severity.NOTE]
    assert [line for line in told if " ADSRC003 " not in line and " ADSRC004 " not in line] == []


@pytest.mark.parametrize(
    ("file", "codes", "change"), FAULTS, ids=[f"{codes}-{change[:40]}" for _, codes, change in FAULTS]
)
def test_a_planted_fault_is_found_once(file: str, codes: str, change: str) -> None:
    analysis = is_analysis_name(change.lstrip("-").partition(" ")[0].partition("[")[0])
    bench = read_bench()
    bench.plant(change)
    found = find_new(find_before(analysis), bench.check(analysis))
    assert sorted(one.problem.code for one in found) == sorted(codes.split(",")), [str(one.problem) for one in found]


def test_the_laboratory_does_not_shrink() -> None:
    assert len(FAULTS) >= 350
