"""HOPE2021-Thal-AGC: the results that define.xml of ADaM lists, and what it says of the variables."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import pandas as pd
from hope2021 import conversion, datasets, frame, load

from cdisc_conv.package.writing.described import describe_study
from cdisc_conv.package.writing.package import list_families

DATASETS = ["ADSL", "ADAE", "ADEX", "ADTR", "ADRS", "ADTTE"]


def parameter(name: str, code: str) -> pd.DataFrame:
    """The records of a parameter, by subject number."""
    data = frame(name)
    return data[data["PARAMCD"] == code].set_index("SUBJID")


@cache
def displays() -> dict[str, str]:
    """Result -> its statements, of all displays in study.yaml."""
    family, mine = next(
        (family, mine) for family, mine in list_families(load(), conversion().datasets) if family.is_analysis
    )
    described, problems = describe_study(load(), family, mine)
    assert [str(problem) for problem in problems] == []
    results = [(display.id, result) for display in described.displays for result in display.results]
    return {f"{display} {result.id}": result.programming.code for display, result in results if result.programming}


def run(result: str) -> Any:
    """What the statements of a result make of the datasets."""
    names: dict[str, Any] = {name.lower(): frame(name) for name in DATASETS}
    exec(displays()[result], names)
    return names["result"]


def test_the_statements_of_the_results_run() -> None:
    assert list(displays()) == ["T-14-2-1 MEDIAN", "T-14-2-2 CBOR", "T-14-2-2 ORR", "T-14-3-1 WORST"]
    counts = run("T-14-2-2 CBOR")
    assert counts.to_dict() == parameter("ADRS", "CBOR")["AVALC"].value_counts().to_dict()
    interval = run("T-14-2-2 ORR")
    rate = parameter("ADRS", "CBOR")["AVALC"].isin(["CR", "PR"]).mean()
    assert 0 < interval.low < rate < interval.high < 1
    worst = run("T-14-3-1 WORST")
    emergent = frame("ADAE").query('TRTEMFL == "Y"')
    assert worst.sum() == len(emergent[["USUBJID", "AEBODSYS", "AEDECOD"]].drop_duplicates())


def test_the_median_is_where_the_kaplan_meier_estimate_reaches_one_half() -> None:
    times = parameter("ADTTE", "PFS").sort_values("AVAL")
    survival = 1.0
    for day in sorted(set(times["AVAL"])):
        at_risk, events = (times["AVAL"] >= day).sum(), ((times["AVAL"] == day) & (times["CNSR"] == 0)).sum()
        survival *= 1 - events / at_risk
        if survival <= 0.5:
            break
    assert run("T-14-2-1 MEDIAN").tolist() == [day]


def test_labels_fit_and_every_variable_says_where_it_is_from() -> None:
    for name in DATASETS:
        for column in datasets()[name].columns:
            assert 0 < len(column.label.encode("utf-8")) <= 40, (name, column.name)


def test_visits_are_numbered_in_the_order_of_their_names() -> None:
    for name in ("ADTR", "ADRS"):
        visits = frame(name)[["AVISITN", "AVISIT"]].drop_duplicates().sort_values("AVISITN")
        weeks = [int(visit[5:]) for visit in visits["AVISIT"] if visit.startswith("Week ")]
        assert all(one < other for one, other in pairwise(weeks))
