"""One finding for one cause: rules do not repeat what a derivation reported."""

from __future__ import annotations

from cdisc_conv.package.write import drop_repeated
from cdisc_conv.problems import Place, Problem


def problem(code: str, variable: str, count: int, dataset: str = "LB") -> Problem:
    return Problem(code, "", place=Place(dataset=dataset, variable=variable), count=count)


def test_blank_results_whose_unit_cannot_be_converted_are_reported_once() -> None:
    blank = problem("FND008", "LBSTRESC", 3)
    causes = [problem("UNIT001", "LBSTRESN", 2), problem("UNIT002", "LBSTRESN", 1)]
    assert drop_repeated([blank], causes) == []


def test_more_blank_results_than_causes_are_reported() -> None:
    blank = problem("FND008", "LBSTRESC", 3)
    assert drop_repeated([blank], [problem("UNIT001", "LBSTRESN", 2)]) == [blank]
    assert drop_repeated([blank], [problem("UNIT001", "VSSTRESN", 3, dataset="VS")]) == [blank]
    assert drop_repeated([blank], [problem("UNIT001", "LBSTRESN", 2), problem("UNIT001", "LBSTRESC", 2)]) == [blank]
