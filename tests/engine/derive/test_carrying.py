"""carry: records for visits that a subject lacks, from earlier ones (LOCF, BOCF, WOCF)."""

from __future__ import annotations

from pathlib import Path

import pytest
from studies import edit, write_files, write_tiny_raw, write_tiny_study

from cdisc_conv.engine.convert import convert
from cdisc_conv.spec.lint.study import lint_study
from cdisc_conv.spec.load import load_study

FORM = "  pain: {label: Pain, file: pain.csv, columns: {WEEK: Week, SCORE: Score}}\n"
QS = """\
dataset: QS
records:
  - form: pain
variables:
  QSTESTCD: {constant: PAIN}
  QSTEST:   {constant: Pain}
  QSCAT:    {constant: PAIN}
  QSORRES:  {copy: SCORE}
  QSSTRESN: {copy: SCORE}
  VISITNUM: {copy: WEEK}
"""
ADPAIN = """\
dataset: ADPAIN
class: BASIC DATA STRUCTURE
label: Pain
keys: [STUDYID, USUBJID, PARAMCD, AVISITN]
records:
  - from: QS
    set:
      AVISITN: {copy: VISITNUM}
      AVAL:    {copy: QSSTRESN}
  - from: self
    for_each: [{AVISITN: 2, AVISIT: Week 2}, {AVISITN: 4, AVISIT: Week 4}, {AVISITN: 6, AVISIT: Week 6}]
    carry: {by: [USUBJID, PARAMCD]}
    set:
      AVAL:  {copy: raw.AVAL}
      DTYPE: {constant: LOCF}
variables:
  PARAMCD: {constant: PAIN}
  PARAM:   {constant: Pain}
"""
RAW = """\
SUBJID,VISIT,WEEK,SCORE
001,Log,0,7
001,Log,2,9
001,Log,6,3
002,Log,2,5
003,Log,4,1
003,Log,4,2
"""


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = write_tiny_study(tmp_path)
    text = (folder / "forms.yaml").read_text(encoding="utf-8")
    write_files(folder, {"forms.yaml": text + FORM, "sdtm/qs.yaml": QS, "adam/adpain.yaml": ADPAIN})
    write_tiny_raw(tmp_path)
    write_files(tmp_path, {"raw/pain.csv": RAW})
    return folder


def carried(study: Path) -> list[list[object]]:
    """Subject, visit and value of the records that were carried."""
    made = convert(load_study(study)[0], study.parent / "raw", ["ADPAIN"])
    assert [str(problem) for problem in made.problems if problem.code.startswith(("RUN", "GROUP"))] == []
    frame = made.datasets[0].frame
    rows = frame[frame["DTYPE"] != ""]
    return [[str(one)[-3:], visit, value] for one, visit, value in rows[["USUBJID", "AVISITN", "AVAL"]].to_numpy()]


def test_the_last_observation_is_carried_forward(study: Path) -> None:
    assert carried(study) == [["001", 4, 9], ["002", 4, 5], ["002", 6, 5], ["003", 6, 2]]


@pytest.mark.parametrize(
    ("how", "value"),
    [("first", 7), ("max", 9), ("min", 7)],
)
def test_another_one_is_carried(study: Path, how: str, value: float) -> None:
    edit(study / "adam" / "adpain.yaml", "PARAMCD]}", f"PARAMCD], take: {how}}}")
    assert carried(study)[0] == ["001", 4, value]


def test_what_where_leaves_out_is_neither_there_nor_carried(study: Path) -> None:
    edit(study / "adam" / "adpain.yaml", "    carry:", "    where: raw.AVAL < 9\n    carry:")
    assert carried(study)[:2] == [["001", 2, 7], ["001", 4, 7]]


def test_the_method_of_the_value_says_it(study: Path) -> None:
    made = convert(load_study(study)[0], study.parent / "raw", ["ADPAIN"])
    [column] = [column for column in made.datasets[0].columns if column.name == "AVAL"]
    assert column.item.method == (
        "For records from QS: The value of QS.QSSTRESN. For records from ADPAIN: The value of ADPAIN.AVAL. Where "
        "records of one USUBJID and PARAMCD have none with AVISITN 2, 4 and 6, the last record "
        "before it is carried to it."
    )
    found = [str(one) for one in lint_study(study)[1] if one.severity.value == "error"]
    assert [one for one in found if "adpain" in one] == []


def test_entries_without_a_visit(study: Path) -> None:
    edit(study / "adam" / "adpain.yaml", "{AVISITN: 4, AVISIT: Week 4}", "{AVISIT: Week 4}")
    assert [str(one).partition("adam/")[2] for one in lint_study(study)[1] if one.code == "SPEC114"] == [
        "adpain.yaml:12: SPEC114 ADPAIN records 2 carries to visits, but not every entry of its 'for_each' says which: "
        "AVISITN (such as for_each: [{AVISITN: 4, AVISIT: Week 4}])"
    ]
    edit(study / "adam" / "adpain.yaml", "{AVISIT: Week 4}", "{AVISITN: 4}")
    edit(study / "adam" / "adpain.yaml", "by: [USUBJID, PARAMCD]", "by: [USUBJID, PARAM, COHORT]")
    assert any("COHORT" in str(one) and one.code.startswith("LINT30") for one in lint_study(study)[1])
