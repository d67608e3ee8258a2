"""Instruments: a mapping's categories and tests choose the codelists of its records."""

from __future__ import annotations

from pathlib import Path

import pytest
from studies import edit, write_tiny_study

from cdisc_conv.spec.expected import codelist_of
from cdisc_conv.spec.lint.study import check_study
from cdisc_conv.spec.load import load_study
from cdisc_conv.spec.model import Study

RS = """\
dataset: RS
records:
  - form: ae
    set:
      RSTESTCD: {constant: ECOG101}
      RSCAT: {constant: ECOG}
      RSSTRESC: {constant: "1"}
  - form: ae
    set:
      RSTESTCD: {constant: OVRLRESP}
      RSCAT: {constant: RECIST 1.1}
      RSSTRESC: {constant: PR}
variables:
  RSTEST: {decode: RSTESTCD}
  RSORRES: {copy: raw.AENOTE}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tiny = write_tiny_study(tmp_path)
    (tiny / "sdtm" / "rs.yaml").write_text(RS, encoding="utf-8")
    return tiny


def load(folder: Path) -> Study:
    study, problems = load_study(folder)
    assert problems == []
    return study


def lists(study: Study, name: str) -> list[str]:
    rs = study.datasets["RS"]
    entries = [rs.own_variable(name, block) for block in rs.blocks]
    found = [codelist_of(study, rs, entry) for entry in entries if entry is not None]
    return [terms.short_name if terms is not None else "" for terms in found]


def test_each_block_has_the_codelists_of_its_category(folder: Path) -> None:
    study = load(folder)
    assert lists(study, "RSTESTCD") == ["ECOG1TC", "ONCRTSCD"]
    assert lists(study, "RSSTRESC") == ["ECOG101STR", "ONCRSR"]
    assert lists(study, "RSTEST") == ["ONCRTS; ECOG1TN", "ONCRTS; ECOG1TN"]
    assert lists(study, "RSORRES") == ["", ""]


def codes(folder: Path) -> list[str]:
    found = check_study(load(folder))
    return [problem.message for problem in found if "RS.RS" in problem.message and "codelist" in problem.message]


def test_lint_knows_the_terms_of_the_category(folder: Path) -> None:
    assert codes(folder) == []
    edit(folder / "sdtm" / "rs.yaml", 'RSSTRESC: {constant: "1"}', 'RSSTRESC: {constant: "6"}')
    edit(folder / "sdtm" / "rs.yaml", "RSTESTCD: {constant: OVRLRESP}", "RSTESTCD: {constant: ECOG101}")
    assert codes(folder) == [
        "RS.RSSTRESC: '6' is not in codelist ECOG101STR (C179944)",
        "RS.RSTESTCD: 'ECOG101' is not in codelist ONCRTSCD (C96782)",
        "RS.RSSTRESC: 'PR' is not in codelist ECOG101STR (C179944)",
    ]


def test_a_category_that_no_package_here_binds_leaves_the_standards_codelist(folder: Path) -> None:
    edit(folder / "sdtm" / "rs.yaml", "RSCAT: {constant: ECOG}", "RSCAT: {constant: CHILD-PUGH CLASSIFICATION}")
    study = load(folder)
    assert lists(study, "RSTESTCD") == ["ONCRTSCD", "ONCRTSCD"]
    assert [str(problem) for problem in check_study(study) if problem.code == "LINT316"] == [
        f"{folder}/sdtm/rs.yaml:3: LINT316 RS: the SDTM CT 2025-03-28 that comes with cdisc-conv leaves out the "
        "codelists of the instrument 'CHILD-PUGH CLASSIFICATION', so its tests and results are not checked (import the "
        "whole package with 'cdisc-conv ct import FILE')"
    ]
