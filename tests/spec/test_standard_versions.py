"""A study that follows other versions of the standards than those that are usual."""

from __future__ import annotations

from pathlib import Path

import pytest
from studies import edit, write_tiny_study

from cdisc_conv.spec.expected import label_of
from cdisc_conv.spec.lint.study import lint_study


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_tiny_study(tmp_path)


def test_labels_and_what_is_expected_follow_the_version(folder: Path) -> None:
    edit(folder / "study.yaml", '"3.4"', '"3.2"')
    study, problems = lint_study(folder)
    assert study is not None
    assert [problem.message for problem in problems] == [
        "SDTMIG 3.2 has no variable ARMNRS in DM",
        "SDTMIG 3.2 has no variable ACTARMUD in DM",
    ]
    assert [problem.hint for problem in problems] == [
        "SDTMIG 3.4 has it; under this version it belongs under 'supplemental'",
        "SDTMIG 3.4 has it; under this version it belongs under 'supplemental'",
    ]
    assert study.sdtm.standard.model is not None
    assert study.sdtm.standard.model.version == "1.4"
    assert label_of(study, study.datasets["DM"], "RFICDTC") == "Date/Time of Informed Consent"


def test_a_misspelt_variable_is_that_in_every_version(folder: Path) -> None:
    edit(folder / "study.yaml", '"3.4"', '"3.3"')
    edit(folder / "sdtm" / "ae.yaml", "AEACN: ", "AEACNN:")
    _, problems = lint_study(folder)
    assert [problem.hint for problem in problems if problem.code == "LINT207"] == ["did you mean AEACN?"]


@pytest.mark.parametrize(
    ("version", "occds", "expected"), [("1.1", "", "1.0"), ("1.3", "", "1.1"), ("1.3", "1.0", "1.0")]
)
def test_the_structure_for_occurrences_comes_with_the_guide_or_is_chosen(
    folder: Path, version: str, occds: str, expected: str
) -> None:
    (folder / "adam").mkdir()
    more = f', occds: "{occds}"' if occds else ""
    edit(folder / "study.yaml", "sdtm_ct: 2025-03-28", f'sdtm_ct: 2025-03-28, adamig: "{version}"{more}')
    study, problems = lint_study(folder)
    assert study is not None and problems == []
    occurrences = study.families["adam"].standard.dataset("OCCDS")
    # a variable of the structure that version 1.1 added
    assert ("ASEQ" in occurrences.names) == (expected == "1.1")


def test_an_unknown_version_of_the_structure(folder: Path) -> None:
    edit(folder / "study.yaml", "sdtm_ct: 2025-03-28", 'sdtm_ct: 2025-03-28, occds: "9"')
    _, problems = lint_study(folder)
    assert [problem.message for problem in problems] == [
        "no standard occds 9 here; there is: adamig 1.1, adamig 1.2, adamig 1.3, occds 1.0, occds 1.1, sdtmig 3.2, "
        "sdtmig 3.3, sdtmig 3.4"
    ]
