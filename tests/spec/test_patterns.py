"""Column patterns of for_each: one entry for every column of the form that fits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from studies import write_files, write_tiny_raw, write_tiny_study

from cdisc_conv.engine.convert import convert
from cdisc_conv.spec.load import load_study

FORM = """\
  qs:
    label: Questionnaire
    file: qs.csv
    columns:
      QSDAT: {label: Date, type: date}
      QS01: Slept well
      QS02: {label: Mood, type: coded, decode: QS02_DEC, values: {G: Good, B: Bad}}
      SYSBP_VSORRES: Systolic
      SYSBP_VSORRESU: Unit
      PULSE_VSORRES: {label: Pulse, unit: beats/min}
"""
QS = """\
dataset: QS
records:
  - form: qs
    for_each: {for_each}
variables:
  QSCAT:    {{constant: MINE}}
  QSTESTCD: {{copy: {code}}}
  QSTEST:   {{copy: {test}}}
  QSORRES:  {{copy: {value}}}
  QSSTRESC: {{copy: QSORRES}}
  VISITNUM: {{constant: 1}}
  QSDTC:    {{datetime: QSDAT}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    study = write_tiny_study(tmp_path)
    write_files(study, {"forms.yaml": (study / "forms.yaml").read_text(encoding="utf-8") + FORM})
    return study


def list_entries(folder: Path, for_each: str, code: str = "CODE", test: str = "LABEL", value: str = "VALUE") -> Any:
    text = QS.format(for_each=for_each, code=code, test=test, value=value)
    write_files(folder, {"sdtm/qs.yaml": text})
    study, problems = load_study(folder)
    spec = study.datasets.get("QS")
    return [dict(entry) for entry in spec.blocks[0].for_each] if spec else [], [str(one) for one in problems]


def test_star_column_label_and_unit(folder: Path) -> None:
    text = (
        '[{CODE: "{column}", LABEL: "{label}", VALUE: raw.QS*, except: [QSDAT]}, {CODE: X, LABEL: Y, VALUE: raw.QSDAT}]'
    )
    assert list_entries(folder, text)[0] == [
        {"CODE": "QS01", "LABEL": "Slept well", "VALUE": "raw.QS01"},
        {"CODE": "QS02", "LABEL": "Mood", "VALUE": "raw.QS02"},
        {"CODE": "X", "LABEL": "Y", "VALUE": "raw.QSDAT"},
    ]
    text = '[{CODE: "*", LABEL: "* in {unit}", VALUE: raw.*_VSORRES, UNIT: raw.*_VSORRESU}]'
    assert list_entries(folder, text)[0] == [
        {"CODE": "SYSBP", "LABEL": "SYSBP in ", "VALUE": "raw.SYSBP_VSORRES", "UNIT": "raw.SYSBP_VSORRESU"},
        {"CODE": "PULSE", "LABEL": "PULSE in beats/min", "VALUE": "raw.PULSE_VSORRES", "UNIT": ""},
    ]


def test_a_pattern_alone_gives_the_names_that_the_mapping_speaks_of(folder: Path) -> None:
    assert list_entries(folder, "raw.QS0*", code="COLUMN") == (
        [
            {"VALUE": "raw.QS01", "COLUMN": "QS01", "LABEL": "Slept well"},
            {"VALUE": "raw.QS02", "COLUMN": "QS02", "LABEL": "Mood"},
        ],
        [],
    )


def test_a_pattern_that_nothing_fits(folder: Path) -> None:
    _, problems = list_entries(folder, "[{CODE: A, LABEL: B, VALUE: raw.QX*}]")
    assert [one.partition("sdtm/")[2] for one in problems] == [
        "qs.yaml:4: SPEC122 'for_each' of QS records 1 names raw.QX*, which no column of form qs fits "
        "(the form has: QSDAT, QS01, QS02, SYSBP_VSORRES, SYSBP_VSORRESU, PULSE_VSORRES)"
    ]


def test_records_of_a_pattern(folder: Path, tmp_path: Path) -> None:
    list_entries(folder, "raw.QS0*", code="COLUMN")
    raw = write_tiny_raw(tmp_path)
    header = "SUBJID,VISIT,QSDAT,QS01,QS02,QS02_DEC,SYSBP_VSORRES,SYSBP_VSORRESU,PULSE_VSORRES"
    write_files(raw, {"qs.csv": f"{header}\n001,Screening,05-JAN-2022,4,G,Good,,,\n"})
    made = convert(load_study(folder)[0], raw, ["QS"])
    frame = made.datasets[0].frame
    assert frame[["QSTESTCD", "QSTEST", "QSORRES", "QSDTC"]].to_numpy().tolist() == [
        ["QS01", "Slept well", "4", "2022-01-05"],
        ["QS02", "Mood", "G", "2022-01-05"],
    ]
