"""``codelists`` and ``sponsor_terms`` of study.yaml: terms of the sponsor's own with what they mean, declared once."""

from __future__ import annotations

from pathlib import Path

import pytest
from studies import edit, write_files, write_tiny_raw, write_tiny_study

from cdisc_conv.engine.convert import convert
from cdisc_conv.spec.lint.study import lint_study
from cdisc_conv.spec.load import load_study

SAID = """\
codelists:
  NOTES:
    name: Kinds of remarks
    terms: {MEAL: After lunch, NIGHT: At night}
sponsor_terms:
  VSTESTCD: {MYTEST: My Own Test}
raw:"""
VS = """\
dataset: VS
records:
  - form: ae
    where: AEYN == "Y"
variables:
  VSTESTCD: {constant: MYTEST}
  VSTEST:   {decode: VSTESTCD}
  VSORRES:  {copy: AETERM}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    study = write_tiny_study(tmp_path)
    edit(study / "study.yaml", "raw:", SAID)
    edit(
        study / "sdtm" / "ae.yaml",
        "AENOTE: {copy: AENOTE, label: Remark}",
        "AENOTE: {term: AENOTE, codelist: NOTES, label: Remark}\n"
        "  AEMEAN: {term: {value: raw.AENOTE, return: decode}, codelist: NOTES, label: Meaning}",
    )
    return study


def test_a_codelist_of_ones_own_in_the_data_and_in_define_xml(folder: Path, tmp_path: Path) -> None:
    assert [problem for problem in lint_study(folder)[1] if problem.severity.value == "error"] == []
    made = convert(load_study(folder)[0], write_tiny_raw(tmp_path), ["AE"])
    assert [problem for problem in made.problems if problem.code == "TERM001"] == []
    supplemental = next(dataset for dataset in made.datasets if dataset.name == "SUPPAE")
    assert supplemental.frame[["QNAM", "QVAL"]].to_numpy().tolist() == [
        ["AENOTE", "MEAL"],
        ["AEMEAN", "After lunch"],
    ]
    [value] = [column for column in supplemental.columns if column.name == "QVAL"]
    lists = {str(level.conditions[-1].values[0]): level.item.codelist for level in value.value_level}
    note = lists["AENOTE"]
    assert note is not None
    assert (note.name, note.code, note.standard) == ("Kinds of remarks", "", "")
    assert [(term.value, term.decode) for term in note.terms] == [("MEAL", "After lunch")]


def test_what_the_codelist_does_not_have_is_a_finding(folder: Path, tmp_path: Path) -> None:
    raw = write_tiny_raw(tmp_path)
    edit(raw / "ae.csv", "after lunch", "at dawn")
    made = convert(load_study(folder)[0], raw, ["AE"])
    assert [problem.message for problem in made.problems if problem.code == "TERM001"][:1] == [
        "'at dawn' is not in NOTES (NOTES); it is kept as it is"
    ]


def test_a_test_of_ones_own_has_its_name(folder: Path, tmp_path: Path) -> None:
    write_files(folder, {"sdtm/vs.yaml": VS})
    made = convert(load_study(folder)[0], write_tiny_raw(tmp_path), ["VS"])
    assert made.datasets[0].frame["VSTEST"].unique().tolist() == ["My Own Test"]
    [code] = [column for column in made.datasets[0].columns if column.name == "VSTESTCD"]
    assert code.item.codelist is not None
    assert [(term.value, term.decode, term.extended) for term in code.item.codelist.terms] == [
        ("MYTEST", "My Own Test", True)
    ]


def test_a_name_that_is_taken(folder: Path) -> None:
    edit(folder / "study.yaml", "  NOTES:\n", "  SEX: {terms: [F, M]}\n  NOTES:\n")
    assert [str(one).partition("tiny/")[2] for one in load_study(folder)[1]] == [
        "study.yaml:7: SPEC123 SDTM CT 2025-03-28 has a codelist 'SEX' already "
        "(add terms to it with 'sponsor_terms', or choose a name)"
    ]
