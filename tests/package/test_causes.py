"""One finding for one cause: rules do not repeat what a derivation reported."""

from __future__ import annotations

from pathlib import Path

from analysis import write_analysis
from studies import edit, write_tiny_raw, write_tiny_study

from cdisc_conv.package.run import run_study
from cdisc_conv.package.writing.causes import Ties, drop_caused, drop_repeated
from cdisc_conv.problems import Place, Problem, Severity


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


def test_a_copy_of_a_variable_has_its_fault() -> None:
    copies = {"ADAE.AESEV": "AE.AESEV", "ADAE.ASEV": "ADAE.AESEV"}
    wrong, other, copied, twice = (
        Problem("CT004", "", place=Place(dataset=dataset, variable=variable), value=value)
        for dataset, variable, value in (
            ("AE", "AESEV", "BAD"),
            ("ADAE", "AESEV", "WORSE"),
            ("ADAE", "AESEV", "BAD"),
            ("ADAE", "ASEV", "BAD"),
        )
    )
    assert drop_repeated([wrong, other, copied, twice], [], Ties(copies=copies)) == [wrong, other]
    raw = Problem("TERM001", "", place=Place(dataset="AE", variable="AESEV"), value="BAD")
    assert drop_repeated([wrong, copied], [raw], Ties(copies=copies)) == []
    assert drop_repeated([wrong, copied], []) == [wrong, copied]


def test_subjects_that_demographics_lack_are_an_error_of_their_form() -> None:
    raw = Problem("RAW016", "", Severity.WARNING, Place(form="ae"), value="009")
    lacking, other = (Problem("ID002", "", place=Place(dataset="AE"), value=f"S-{name}") for name in ("009", "010"))
    ties = Ties(home="dm", strangers=frozenset({"009"}))
    assert drop_repeated([lacking, other], [raw], ties) == [other]
    assert [each.severity for each in drop_caused([raw], [lacking], ties)] == [Severity.ERROR]
    assert drop_caused([raw], [other], ties) == [raw]


def test_a_subject_is_not_repeated_for_qualifiers() -> None:
    record, qualifier = (
        Problem("ID002", "", place=Place(dataset=dataset, variable="USUBJID"), value="S-010")
        for dataset in ("AE", "SUPPAE")
    )
    assert drop_repeated([record, qualifier], []) == [record]


def test_an_end_before_its_start_is_reported_once() -> None:
    lasting = Problem("DUR001", "", place=Place(dataset="ADAE", variable="ADURN"), cause="ADAE.AENDT")
    dates = Problem("ADDAT001", "", place=Place(dataset="ADAE", variable="AENDT"))
    assert drop_caused([lasting], [dates]) == []
    assert drop_caused([lasting, lasting], [dates]) == [lasting, lasting]
    assert drop_caused([lasting], []) == [lasting]
