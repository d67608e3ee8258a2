"""split: a column that holds several values makes a record for each."""

from __future__ import annotations

from pathlib import Path

import pytest
from studies import edit, write_files, write_tiny_raw, write_tiny_study

from cdisc_conv.engine.convert import convert
from cdisc_conv.spec.lint.study import lint_study
from cdisc_conv.spec.load import load_study

FORM = "  rx: {label: Therapy, file: rx.csv, columns: {DRUGS: Drugs given, DOSE: Dose}}\n"
CM = """\
dataset: CM
records:
  - form: rx
    split: {column: DRUGS, into: DRUG, by: "|"}
    where: DRUG != ""
variables:
  CMTRT:  {copy: DRUG}
  CMDOSE: {copy: DOSE}
"""
RAW = "SUBJID,VISIT,DRUGS,DOSE\n001,Log,Aspirin | Ibuprofen,1\n002,Log,,2\n003,Log,Codeine||,3\n"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = write_tiny_study(tmp_path)
    text = (folder / "forms.yaml").read_text(encoding="utf-8")
    write_files(folder, {"forms.yaml": text + FORM, "sdtm/cm.yaml": CM})
    write_tiny_raw(tmp_path)
    write_files(tmp_path, {"raw/rx.csv": RAW})
    return folder


def test_a_record_for_each_value(study: Path, tmp_path: Path) -> None:
    made = convert(load_study(study)[0], tmp_path / "raw", ["CM"])
    frame = made.datasets[0].frame
    assert frame[["USUBJID", "CMTRT", "CMDOSE"]].to_numpy().tolist() == [
        ["TINY-01-001", "Aspirin", 1.0],
        ["TINY-01-001", "Ibuprofen", 1.0],
        ["TINY-01-003", "Codeine", 3.0],
    ]
    behind = made.datasets[0].records
    assert behind is not None
    assert behind.frame["row"].tolist() == [1, 1, 3]
    assert made.datasets[0].comment == 'One record for each value of DRUGS of form Therapy, between which stands "|".'
    assert lint_study(study)[1] == []


def test_beside_for_each(study: Path, tmp_path: Path) -> None:
    edit(study / "sdtm" / "cm.yaml", "    where:", "    for_each: [{CMCAT: A}, {CMCAT: B}]\n    where:")
    made = convert(load_study(study)[0], tmp_path / "raw", ["CM"])
    frame = made.datasets[0].frame
    assert sorted(map(tuple, frame[["CMTRT", "CMCAT"]].to_numpy().tolist())) == [
        ("Aspirin", "A"),
        ("Aspirin", "B"),
        ("Codeine", "A"),
        ("Codeine", "B"),
        ("Ibuprofen", "A"),
        ("Ibuprofen", "B"),
    ]


def test_a_column_that_is_not_there(study: Path) -> None:
    edit(study / "sdtm" / "cm.yaml", "column: DRUGS", "column: DRUGZ")
    assert [str(one).partition("sdtm/")[2] for one in lint_study(study)[1]] == [
        "cm.yaml:4: LINT301 the records of CM depend on raw.DRUGZ, which is not a column of form rx "
        "(did you mean DRUGS?)"
    ]
