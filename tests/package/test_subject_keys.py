"""A source with ids of its own: a form of the study says whose they are."""

# ruff: noqa: E501 (messages stand whole)

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from studies import edit, write_files, write_tiny_raw, write_tiny_study

from cdisc_conv.engine.convert import convert
from cdisc_conv.engine.ranges.range import Division
from cdisc_conv.package.reading.trace import trace_records
from cdisc_conv.package.run import run_study
from cdisc_conv.problems import Severity
from cdisc_conv.spec.lint.study import lint_study

LAB = """\
  labkey:
    label: Laboratory Numbers
    file: labkey.csv
    columns: {LABID: Number at the laboratory}
  lb:
    label: Central Laboratory
    source: lab
    file: lb.csv
    columns: {TEST: Test, RESULT: Result}
"""
FA = """\
dataset: FA
keys: [STUDYID, USUBJID, FATESTCD]
records:
  - form: lb
variables:
  FATESTCD: {copy: TEST}
  FATEST: {copy: TEST}
  FAOBJ: {constant: Blood}
  FAORRES: {copy: RESULT}
"""
KEYED = "home: dm, sources: {lab: {path: lab, subject: PATIENT, subject_key: {form: labkey, by: LABID}}}}"
KEYS = "SUBJID,VISIT,LABID\n001,Log,LAB0007\n002,Log,LAB0012\n003,Log,\n"
ROWS = "PATIENT,TEST,RESULT\nLAB0012,ALT,12\n LAB0007,ALT,7\nLAB0007,AST,8\n"


def write_lab(tmp_path: Path, keys: str = KEYS, rows: str = ROWS, keyed: str = KEYED) -> tuple[Path, Path]:
    study, raw = write_tiny_study(tmp_path), write_tiny_raw(tmp_path)
    edit(study / "study.yaml", "home: dm}", keyed)
    edit(study / "forms.yaml", "  ae:\n", LAB + "  ae:\n")
    write_files(study, {"sdtm/fa.yaml": FA})
    write_files(raw, {"labkey.csv": keys, "lab/lb.csv": rows})
    return study, raw


def list_subjects(study: Path, raw: Path) -> tuple[list[tuple[str, str]], list[str]]:
    loaded, problems = lint_study(study)
    assert loaded is not None and [one for one in problems if one.severity is Severity.ERROR] == []
    made = convert(loaded, raw)
    frame = next(one.frame for one in made.datasets if one.name == "FA")
    return list(zip(frame["USUBJID"], frame["FAORRES"], strict=True)), [str(problem) for problem in made.problems]


def test_ids_of_a_laboratory_become_subjects_of_the_study(tmp_path):
    records, problems = list_subjects(*write_lab(tmp_path))
    assert records == [("TINY-01-001", "7"), ("TINY-01-001", "8"), ("TINY-01-002", "12")]
    assert not any("RAW" in problem or "SUBJ" in problem for problem in problems)


def test_the_method_the_account_and_the_trace_name_the_key_form(tmp_path):
    study, raw = write_lab(tmp_path)
    package = run_study(study, raw, tmp_path / "out")
    (fa,) = [dataset for dataset in package.datasets if dataset.name == "FA"]
    assert fa.column("USUBJID").item.method == (
        'The parts "TINY-01-", the field "Subject" (SUBJID) of form Central Laboratory (found by PATIENT as LABID in form Laboratory Numbers), joined in this order without anything between them.'
    )
    with (package.folder / "report" / "accounting.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = [tuple(row.values()) for row in csv.DictReader(file)]
    assert [line for line in lines if line[0] == "labkey" and "VISIT" not in line] == [
        ("labkey", "", "", "rows read", "3", ""),
        ("labkey", "", "", "rows looked up", "3", "FA.USUBJID"),
        ("labkey", "FA", "", "rows read", "3", ""),
        ("labkey", "FA", "", "rows looked up", "3", "FA.USUBJID"),
        ("labkey", "", "SUBJID", "column mapped", "3", "FA.USUBJID"),
        ("labkey", "", "LABID", "column mapped", "2", "FA.USUBJID"),
    ]
    assert ("lb", "", "PATIENT", "column mapped", "3", "FA.USUBJID") in lines
    (record,) = trace_records(package.folder, "FA", 'FAORRES == "12"').records
    assert [(row.form, row.row, dict(row.values)) for row in record.rows] == [
        ("lb", 1, {"PATIENT": "LAB0012", "TEST": "ALT", "RESULT": "12"})
    ]


def test_ids_that_nobody_has_are_reported_once_and_their_rows_stay(tmp_path):
    study, raw = write_lab(tmp_path, rows=ROWS + "lab0007,ALT,3\nLAB0099,ALT,4\n,ALT,5\n")
    records, _ = list_subjects(study, raw)
    assert records[:3] == [("", "3"), ("", "4"), ("", "5")]
    package = run_study(study, raw, tmp_path / "out")
    found = [str(problem) for problem in package.problems if problem.code in ("RAW016", "RAW017", "RAW041", "SUBJ001")]
    assert found == [
        "raw/lab/lb.csv: RAW017 form 'lb' has 1 row without a subject in PATIENT: row 6 (fill it in the transfer)",
        "raw/lab/lb.csv: RAW041 form 'lb' has 2 ids in PATIENT that form 'labkey' does not have in LABID: lab0007, LAB0099; rows 4, 5 ('lab0007' differs from 'LAB0007' only in blanks or case)",
    ]


def test_an_id_of_several_subjects_is_nobodys(tmp_path):
    study, raw = write_lab(tmp_path, keys=KEYS.replace("003,Log,", "003,Log,LAB0012"))
    records, problems = list_subjects(study, raw)
    assert records == [("", "12"), ("TINY-01-001", "7"), ("TINY-01-001", "8")]
    assert [problem for problem in problems if "RAW" in problem] == [
        "raw/labkey.csv: RAW042 form 'labkey' gives one LABID to several subjects: LAB0012 is 002 and 003 (rows with such an id belong to nobody until the form says whose it is)"
    ]


def test_a_key_form_that_is_not_there(tmp_path):
    study, raw = write_lab(tmp_path)
    (raw / "labkey.csv").unlink()
    records, problems = list_subjects(study, raw)
    assert [subject for subject, _ in records] == ["", "", ""]
    assert (
        "raw/lab/lb.csv: RAW041 form 'lb' has no subjects, since form 'labkey', which knows its ids, cannot be read (fix what is said of form 'labkey')"
        in problems
    )


@pytest.mark.parametrize(
    ("keyed", "keys", "rows"),
    [
        (KEYED.replace("subject: PATIENT, ", "").replace(", by: LABID", ", by: LABID"), KEYS, ROWS.replace("PATIENT", "SUBJID")),
        (KEYED.replace("by: LABID", "by: {SITE: VISIT, PATIENT: LABID}"), KEYS, ROWS.replace("PATIENT", "SITE,PATIENT").replace("\n", "\nLog,").removesuffix("Log,")),
    ],
    ids=["its column is called as the study's", "two columns"],
)  # fmt: skip
def test_other_keys(tmp_path, keyed, keys, rows):
    records, problems = list_subjects(*write_lab(tmp_path, keys, rows, keyed))
    assert records == [("TINY-01-001", "7"), ("TINY-01-001", "8"), ("TINY-01-002", "12")]
    assert not any("RAW" in problem for problem in problems)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("form: labkey", "form: labkye", "LINT115 'subject_key' of source 'lab' names form 'labkye', which is not there (did you mean labkey?)"),
        ("by: LABID", "by: LABDI", "LINT115 'by' of 'subject_key' of source 'lab': form labkey has no column LABDI (did you mean LABID?)"),
        ("by: LABID", "by: LABID, take: SUBJ", "LINT115 'take' of 'subject_key' of source 'lab': form labkey has no column SUBJ (did you mean SUBJID?)"),
        ("form: labkey", "form: lb", "LINT115 'subject_key' of source 'lab' names form 'lb', which does not know subjects itself (name a form that has the subject of the study beside the id)"),
    ],
    ids=["form", "by", "take", "circle"],
)  # fmt: skip
def test_lint(tmp_path, old, new, message):
    study, _ = write_lab(tmp_path, keyed=KEYED.replace(old, new))
    found = [str(problem).partition(": ")[2] for problem in lint_study(study)[1] if problem.code == "LINT115"]
    assert message in found


def test_ranges_of_subjects_make_the_same(tmp_path):
    study, raw = write_lab(tmp_path, rows=ROWS + "LAB0099,ALT,4\n")
    loaded = lint_study(study)[0]
    whole = convert(loaded, raw)
    parted = convert(loaded, raw, division=Division(ranges=3))
    for one, other in zip(whole.datasets, parted.datasets, strict=True):
        assert one.frame.equals(other.frame)
    assert [str(problem) for problem in whole.problems] == [str(problem) for problem in parted.problems]
