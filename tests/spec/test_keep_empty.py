"""Permissible variables that no record has a value of: left out, or kept where the mapping says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from studies import edit, write_tiny_raw, write_tiny_study

from cdisc_conv.engine.convert import convert
from cdisc_conv.spec.lint.study import lint_study
from cdisc_conv.spec.load import load_study

EMPTY = ("AESEV", "AEOUT")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    study = write_tiny_study(tmp_path)
    edit(
        study / "sdtm" / "ae.yaml",
        "  AEACN:    *blank\n",
        "  AEACN:    *blank\n  AESEV:    *blank\n  AEOUT:    *blank\n",
    )
    return study


def list_kept(folder: Path, tmp_path: Path) -> tuple[list[str], list[str]]:
    """The empty variables that are in the dataset, and the notes about others."""
    study, problems = load_study(folder)
    assert problems == []
    made = convert(study, write_tiny_raw(tmp_path), ["AE"])
    notes = [problem.message for problem in made.problems if problem.code == "DROP001"]
    return [name for name in EMPTY if name in made.datasets[0].frame], notes


def test_empty_ones_are_left_out_with_a_note(folder: Path, tmp_path: Path) -> None:
    assert list_kept(folder, tmp_path) == (
        [],
        ["no record has a value of AESEV, AEOUT; permissible and empty, so left out of the dataset"],
    )


def test_a_dataset_keeps_some_or_all(folder: Path, tmp_path: Path) -> None:
    edit(folder / "sdtm" / "ae.yaml", "records:\n", "keep_empty: [AEOUT]\nrecords:\n")
    assert list_kept(folder, tmp_path) == (
        ["AEOUT"],
        ["no record has a value of AESEV; permissible and empty, so left out of the dataset"],
    )
    edit(folder / "sdtm" / "ae.yaml", "keep_empty: [AEOUT]", "keep_empty: true")
    assert list_kept(folder, tmp_path) == (["AESEV", "AEOUT"], [])


def test_a_study_keeps_them_all(folder: Path, tmp_path: Path) -> None:
    edit(folder / "study.yaml", "variables:\n", "settings: {keep_empty: true}\nvariables:\n")
    assert list_kept(folder, tmp_path) == (["AESEV", "AEOUT"], [])


def test_a_name_that_is_not_mapped(folder: Path) -> None:
    edit(folder / "sdtm" / "ae.yaml", "records:\n", "keep_empty: [AESEVV]\nrecords:\n")
    found = [str(problem) for problem in lint_study(folder)[1]]
    assert [one.partition("sdtm/")[2] for one in found] == [
        "ae.yaml:3: LINT219 'keep_empty' of AE names AESEVV, which is not mapped (did you mean AESEV?)"
    ]
