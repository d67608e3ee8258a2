"""Method texts, origins and lineage of records that `for_each` makes speak of their own entry only."""

# ruff: noqa: E501 (messages stand whole)

from __future__ import annotations

import pytest

from cdisc_conv.engine.describe.lineage import build_lineage
from cdisc_conv.engine.plan.graph import plan_study

RAW = {
    "vs": {
        "SUBJID": ["1", "2"],
        "TEMP": ["98.6", "37"],
        "TEMPU": ["F", "C"],
        "SYS": ["120", ""],
        "POS": ["SITTING", "STANDING"],
    }
}
FORMS = """\
forms:
  dm: {label: Demographics, columns: {SUBJID: Subject}}
  vs:
    label: Vital Signs
    columns:
      SUBJID: Subject
      TEMP: {label: Temperature, page: 4}
      TEMPU: {label: Unit, page: 4}
      SYS: {label: Systolic blood pressure, page: 5}
      POS: {label: Position, page: 5}
"""
VS = """\
keys: [USUBJID, VSTESTCD]
records:
  - form: vs
    for_each:
      - {VSTESTCD: TEMP, VSTEST: Temperature, RESULT: raw.TEMP, UNIT: raw.TEMPU, STANDARD: C}
      - {VSTESTCD: SYSBP, VSTEST: Systolic Blood Pressure, RESULT: raw.SYS, UNIT: mmHg, STANDARD: mmHg}
    where: RESULT != ""
variables:
  VSORRES: {copy: RESULT}
  VSORRESU: {cases: [{when: 'UNIT == "F"', constant: F}, {when: 'UNIT == "mmHg"', constant: mmHg}, {constant: C}]}
  VSPOS: {when: 'VSTESTCD == "SYSBP"', copy: POS}
  VSSTRESC: {expr: 'if(UNIT == "F", text((number(VSORRES) - 32) / 1.8), VSORRES)'}
  VSSTRESU: {copy: STANDARD}
"""


@pytest.fixture
def vs(lab, dataset):
    return dataset(lab.convert(RAW, {"VS": VS}, forms_yaml=FORMS), "VS")


def _said(dataset, column):
    levels = dataset.column(column).value_level
    return {level.conditions[0].values[0]: level.item.method or level.item.comment for level in levels}


def test_units_that_the_entry_decides(vs):
    assert _said(vs, "VSORRESU") == {
        "SYSBP": "Set to mmHg.",
        "TEMP": 'Where the field "Unit" (TEMPU) of form Vital Signs equals F: Set to F. Otherwise, where the field '
        '"Unit" (TEMPU) of form Vital Signs equals mmHg: Set to mmHg. Otherwise: Set to C.',
    }
    assert _said(vs, "VSSTRESC")["SYSBP"] == "The value of VS.VSORRES."
    assert _said(vs, "VSSTRESU") == {"SYSBP": "Set to mmHg.", "TEMP": "Set to C."}


def test_the_code_itself(vs):
    assert vs.column("VSTESTCD").item.comment == "Set for each kind of record: TEMP or SYSBP."


def test_a_variable_of_some_entries(vs):
    assert vs.column("VSPOS").item.comment == (
        'For VSTESTCD SYSBP: The value of the field "Position" (POS) of form Vital Signs. Otherwise blank.'
    )


def test_lineage_names_the_fields_of_the_entry(lab):
    study = lab.load(RAW, {"VS": VS}, forms_yaml=FORMS)
    lineage = build_lineage(study, plan_study(study))
    fields = {
        node.source.partition("(")[2].rstrip(")"): [field.name for field in node.fields()]
        for node in lineage.variables["VS.VSSTRESC"]
    }
    assert fields == {"VSTESTCD TEMP": ["vs.TEMPU", "vs.TEMP"], "VSTESTCD SYSBP": ["vs.SYS"]}


def test_entries_that_differ_in_fields_alone_are_told_apart_by_these(lab, dataset):
    forms = {"dm": {"SUBJID": ["1"]}, "cm": {"SUBJID": ["1"], "A": ["x"], "B": ["y"], "NOTE": ["z"]}}
    cm = """\
keys: [USUBJID, CMTRT]
records: [{form: cm, for_each: [{DRUG: raw.A}, {DRUG: raw.B}]}]
variables: {CMTRT: {cases: [{when: 'NOTE == ""', constant: NONE}, {copy: {source: DRUG, case: upper}}]}}
"""
    found = dataset(lab.convert(forms, {"CM": cm}), "CM").column("CMTRT").item
    assert found.method == (
        'For records with the field "Field A" (A) of form Form cm: Where the field "Field NOTE" (NOTE) of form Form cm '
        'is missing: Set to NONE. Otherwise: The value of the field "Field A" (A) of form Form cm, in capital letters. For '
        'records with the field "Field B" (B) of form Form cm: Where the field "Field NOTE" (NOTE) of form Form cm '
        'is missing: Set to NONE. Otherwise: The value of the field "Field B" (B) of form Form cm, in capital letters.'
    )
