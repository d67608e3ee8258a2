"""The cells that a trace names are those that made the value, and no other."""

from __future__ import annotations

import pytest
from studies import edit, write_files, write_tiny_raw, write_tiny_study

from cdisc_conv.package.reading.trace import trace_records
from cdisc_conv.package.run import run_study
from cdisc_conv.xpt import read_xpt

VS = """\
dataset: VS
keys: [STUDYID, USUBJID, VSTESTCD]
records:
  - form: vs
    for_each:
      - {VSTESTCD: HEIGHT, VSTEST: Height, RESULT: raw.HEIGHT, UNIT: cm}
      - {VSTESTCD: WEIGHT, VSTEST: Weight, RESULT: raw.WEIGHT, UNIT: raw.WEIGHTU}
    where: RESULT != ""
working:
  FOUND: {lookup: {from: form rf, by: {raw.SUBJID: SUBJID}, order: [RFNO], keep: last, take: RFDAT}}
variables:
  VSSEQ:    {sequence: [VSTESTCD]}
  VSORRES:  {copy: RESULT}
  VSORRESU: {cases: [{when: 'UNIT == "cm"', constant: cm}, {copy: UNIT}]}
  VSSTRESC: {copy: VSORRES}
  VSSTRESN: {blank}
  VSSTRESU: {copy: VSORRESU}
  VSDTC:    {datetime: FOUND}
  VSPOS:    {when: 'VSTESTCD == "HEIGHT"', copy: POS}
""".replace("{blank}", '{constant: "", comment: Not computed here.}')
FORMS = """\
  vs:
    label: Vital Signs
    file: vs.csv
    columns: {HEIGHT: Height, WEIGHT: Weight, WEIGHTU: Unit, POS: Position}
  rf:
    label: Reference
    file: rf.csv
    columns: {RFNO: Number, RFDAT: {label: Date, type: date}}
"""
RAW = {
    "vs.csv": "SUBJID,VISIT,HEIGHT,WEIGHT,WEIGHTU,POS\n001,V1,170,60,kg,SITTING\n002,V1,180,75,kg,\n",
    "rf.csv": "SUBJID,VISIT,RFNO,RFDAT\n002,V1,1,01-MAR-2022\n001,V1,1,02-MAR-2022\n001,V1,2,03-MAR-2022\n",
}


@pytest.fixture
def folder(tmp_path):
    study, raw = write_tiny_study(tmp_path), write_tiny_raw(tmp_path)
    edit(study / "forms.yaml", "forms:\n", f"forms:\n{FORMS}")
    write_files(study, {"sdtm/vs.yaml": VS})
    write_files(raw, RAW)
    run_study(study, raw, tmp_path / "out")
    return tmp_path


def cells(folder, where: str) -> dict[str, list[tuple[str, int, str]]]:
    (record,) = trace_records(folder / "out", "VS", where).records
    return {one.name: [(cell.name, cell.row, cell.value) for cell in one.cells] for one in record.variables}


def test_only_the_fields_of_the_entry(folder):
    weight = cells(folder, 'VSTESTCD == "WEIGHT" and USUBJID == "TINY-01-001"')
    assert weight["VSORRES"] == weight["VSSTRESC"] == [("vs.WEIGHT", 1, "60")]
    assert weight["VSORRESU"] == weight["VSSTRESU"] == [("vs.WEIGHTU", 1, "kg")]
    assert weight["VSTESTCD"] == weight["VSPOS"] == []
    height = cells(folder, 'VSTESTCD == "HEIGHT" and USUBJID == "TINY-01-001"')
    assert height["VSORRES"] == [("vs.HEIGHT", 1, "170")]
    assert height["VSORRESU"] == []
    assert height["VSPOS"] == [("vs.POS", 1, "SITTING")]


def test_the_row_behind_a_looked_up_working_value(folder):
    (record,) = trace_records(folder / "out", "VS", 'VSTESTCD == "WEIGHT" and USUBJID == "TINY-01-001"').records
    found = cells(folder, 'VSTESTCD == "WEIGHT" and USUBJID == "TINY-01-001"')
    assert found["VSDTC"] == [("vs.SUBJID", 1, "001"), ("rf.RFDAT", 3, "03-MAR-2022")]
    assert [(row.form, row.row) for row in record.rows] == [("vs", 1)]
    assert [(row.form, row.row) for row in record.beside] == [("rf", 3)]


FIELDS = {"vs": ["HEIGHT", "WEIGHT", "WEIGHTU", "POS"], "rf": ["RFDAT"]}


def test_a_value_changes_with_the_cells_that_are_named_and_with_no_other(folder):
    """Every raw cell is changed in turn: the values whose trace names it change, all others stay."""
    before = read_xpt(folder / "out" / "sdtm" / "vs.xpt").frame.fillna(0.0)
    traced = trace_records(folder / "out", "VS", limit=10).records
    named = {
        (record.number - 1, variable.name): {(cell.name, cell.row) for cell in variable.cells}
        for record in traced
        for variable in record.variables
        if variable.name not in ("VSSEQ", "USUBJID")
    }
    for form, fields in FIELDS.items():
        lines = RAW[f"{form}.csv"].splitlines()
        head = lines[0].split(",")
        for number, line in enumerate(lines[1:], start=1):
            for field in fields:
                values = line.split(",")
                old = values[head.index(field)]
                values[head.index(field)] = old[:-1] + "9" if old[-1:].isdigit() else f"{old}X"
                text = "\n".join([*lines[:number], ",".join(values), *lines[number + 1 :]]) + "\n"
                write_files(folder / "raw", {f"{form}.csv": text})
                run_study(folder / "tiny", folder / "raw", folder / "other")
                after = read_xpt(folder / "other" / "sdtm" / "vs.xpt").frame.fillna(0.0)
                changed = {key for key in named if before[key[1]].iloc[key[0]] != after[key[1]].iloc[key[0]]}
                assert changed == {key for key, cells in named.items() if (f"{form}.{field}", number) in cells}
        write_files(folder / "raw", {f"{form}.csv": RAW[f"{form}.csv"]})
