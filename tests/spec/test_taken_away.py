"""An entry without a value takes away what would be there without it: a companion, or a variable of study.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest
from studies import edit, write_files, write_tiny_study

from cdisc_conv.spec.lint.study import lint_study
from cdisc_conv.spec.load import load_study

ADAE = """\
dataset: ADAE
class: OCCURRENCE DATA STRUCTURE
label: Adverse Events
records:
  - from: AE
    set:
      AENDT: {numeric_date: {date: AESTDTC, impute: day}}
variables:
  AETERM: {predecessor: AE.AETERM}
  ASTDT:  {numeric_date: {date: AESTDTC, impute: day}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    study = write_tiny_study(tmp_path)
    write_files(study, {"adam/adae.yaml": ADAE})
    return study


def list_names(folder: Path) -> list[str]:
    study, problems = load_study(folder)
    assert problems == []
    return sorted(study.datasets["ADAE"].names())


def test_a_companion_can_be_switched_off(folder: Path) -> None:
    both = ["AENDT", "AENDTF", "AETERM", "ASTDT", "ASTDTF", "STUDYID", "USUBJID"]
    assert list_names(folder) == both
    edit(folder / "adam" / "adae.yaml", "  AETERM:", "  ASTDTF:\n  AENDTF:\n  AETERM:")
    assert list_names(folder) == ["AENDT", "AETERM", "ASTDT", "STUDYID", "USUBJID"]


def test_a_variable_of_the_study_can_be_left_out_of_a_dataset(folder: Path) -> None:
    edit(folder / "study.yaml", "variables:\n", "variables:\n  EPOCH: {constant: TREATMENT}\n")
    assert "EPOCH" in load_study(folder)[0].datasets["AE"].names()
    edit(folder / "sdtm" / "ae.yaml", "  AESEQ:", "  EPOCH:\n  AESEQ:")
    assert "EPOCH" not in load_study(folder)[0].datasets["AE"].names()


def test_through_layers(folder: Path) -> None:
    layer = (folder / "adam" / "adae.yaml").read_text(encoding="utf-8")
    write_files(
        folder,
        {"layers/adae.yaml": layer, "adam/adae.yaml": "extends: layers/adae\ndataset: ADAE\nvariables: {ASTDTF: }\n"},
    )
    assert "ASTDTF" not in list_names(folder)


def test_nothing_to_take_away(folder: Path) -> None:
    edit(folder / "adam" / "adae.yaml", "  AETERM:", "  ASTDTFF:\n  AETERM:")
    found = [str(problem) for problem in lint_study(folder)[1] if problem.code == "SPEC201"]
    assert [one.partition("adam/")[2] for one in found] == [
        "adae.yaml:9: SPEC201 ADAE.ASTDTFF needs a derivation (such as {copy: AETERM})"
    ]
