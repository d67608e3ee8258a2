"""One finding for one cause: rules do not repeat what a derivation reported."""

from __future__ import annotations

from pathlib import Path

from analysis import write_analysis
from studies import edit, write_tiny_raw, write_tiny_study

from cdisc_conv.package.causes import drop_repeated
from cdisc_conv.package.run import run_study
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


def test_a_variable_that_was_left_blank_is_not_reported_as_blank() -> None:
    blank = problem("EX004", "EXSTDTC", 2, dataset="EX")
    assert drop_repeated([blank], [problem("DATE001", "EXSTDTC", 2, dataset="EX")]) == []
    assert drop_repeated([blank], [problem("DATE001", "EXSTDTC", 1, dataset="EX")]) == [blank]
    assert drop_repeated([blank], [problem("DATE001", "EXENDTC", 2, dataset="EX")]) == [blank]
    assert drop_repeated([blank], [problem("TERM001", "EXSTDTC", 2, dataset="EX")]) == [blank]


def test_a_date_lost_in_sdtm_decides_nothing_in_adam(tmp_path: Path) -> None:
    study, raw = write_tiny_study(tmp_path), write_tiny_raw(tmp_path)
    write_analysis(tmp_path)
    entries = """variables:
  ASTDT: {numeric_date: AESTDTC}
  TRTEMFL: {treatment_emergent: {date: AE.AESTDTC, start: ADSL.RFSTDTC}}
  EMERG: {treatment_emergent: {date: ASTDT, start: TRTSDT}, label: The Same by Numbers}
"""
    edit(study / "adam/adae.yaml", "variables:\n", entries)
    edit(study / "sdtm/ae.yaml", "{datetime: AESTDAT}", '{cases: [{when: AETERM != "", datetime: AESTDAT}]}')
    edit(raw / "ae.csv", "07-JAN-2022", "31-FEB-2022")
    edit(raw / "dm.csv", "10-JAN-2022", "31-FEB-2022")
    package = run_study(study, raw, tmp_path / "out")
    made = next(each.frame for each in package.datasets if each.name == "ADAE")
    assert made["AETERM"].tolist() == ["Nausea", "Fatigue", "Neutropenia"]
    assert made["TRTEMFL"].tolist() == made["EMERG"].tolist() == ["", "Y", ""]
    assert {(each.code, each.value) for each in package.problems} == {("DATE001", "31-FEB-2022")}
