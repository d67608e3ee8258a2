"""What the names of a mapping stand for, by the rules of spec/references.py."""

from __future__ import annotations

import pytest

from cdisc_conv.spec.references import Target, TargetKind, resolve

FORMS = {
    "dm": {"SUBJID": []},
    "ae": {"SUBJID": [], "AETERM": [], "IT.AESEV": [], "AE TERM": [], "不良事件": [], "ONLY": []},
}
AE = """\
records:
  - {form: ae, for_each: [{TERM: raw.AETERM, AETERM: literal}]}
  - {form: ae, set: {AESEV: {copy: IT.AESEV}}}
variables:
  AETERM: {copy: AETERM}
  AEDECOD: {copy: AETERM}
supplemental:
  AENOTE: {copy: ONLY, label: Note}
working:
  STEP: {copy: ONLY}
"""
DM = "records: [{form: dm}]\nvariables: {SUBJID: {copy: SUBJID}}\n"
GIVEN = "given: {DS: {file: ds.csv, columns: [USUBJID, DSDECOD]}}\n"


@pytest.fixture
def target(lab):
    study = lab.load(FORMS, {"AE": AE, "DM": DM}, GIVEN)
    spec = study.datasets["AE"]
    return lambda ref, block=1, variable="AEDECOD": resolve(study, spec, spec.blocks[block], variable, ref)


OWN, SOURCE, OTHER, GIVEN_NAME = TargetKind.OWN, TargetKind.SOURCE, TargetKind.OTHER, TargetKind.GIVEN


@pytest.mark.parametrize(
    ("ref", "expected"),
    [
        ("raw.AETERM", Target(SOURCE, "form ae", "AETERM")),
        ("raw.IT.AESEV", Target(SOURCE, "form ae", "IT.AESEV")),
        ("raw.AE TERM", Target(SOURCE, "form ae", "AE TERM")),
        ("raw.NOTHING", None),
        ("IT.AESEV", Target(SOURCE, "form ae", "IT.AESEV")),
        ("不良事件", Target(SOURCE, "form ae", "不良事件")),
        ("AETERM", Target(OWN, "AE", "AETERM")),
        ("AENOTE", Target(OWN, "AE", "AENOTE")),
        ("STEP", Target(OWN, "AE", "STEP")),
        ("AESEV", Target(OWN, "AE", "AESEV")),
        ("AE.AETERM", Target(OWN, "AE", "AETERM")),
        ("AE.NOTHING", None),
        ("DM.SUBJID", Target(OTHER, "DM", "SUBJID")),
        ("DM.NOTHING", None),
        ("DS.DSDECOD", Target(OTHER, "DS", "DSDECOD")),
        ("DS.DSTERM", None),
        ("ONLY", Target(SOURCE, "form ae", "ONLY")),
        ("NOTHING", None),
    ],
)
def test_where_a_name_leads(target, ref, expected):
    assert target(ref) == expected


def test_the_variable_being_made_is_the_column_of_the_source(target):
    assert target("AETERM", variable="AETERM") == Target(SOURCE, "form ae", "AETERM")


def test_names_of_for_each_come_first(target):
    assert target("TERM", block=0) == Target(GIVEN_NAME, "", "TERM")
    assert target("AETERM", block=0) == Target(GIVEN_NAME, "", "AETERM")
    assert target("raw.AETERM", block=0) == Target(TargetKind.SOURCE, "form ae", "AETERM")
    assert target("TERM", block=1) is None


def test_what_only_other_blocks_map_is_the_dataset_s_and_blank(target):
    assert target("AESEV", block=0) == Target(OWN, "AE", "AESEV")


def test_backticks_dots_and_chinese_names_in_a_run(lab, records):
    forms = {
        "ae": {
            "SUBJID": ["1", "2"],
            "IT.AESEV": ["MILD", ""],
            "AE TERM": ["Rash", "Cough"],
            "不良事件": ["皮疹", "咳嗽"],
        }
    }
    text = """\
records: [{form: ae, where: '`AE TERM` != "Cough" or IT.AESEV == "x"'}]
variables:
  AETERM: {copy: '`AE TERM`'}
  AEDECOD: {copy: 不良事件}
  AESEV: {expr: 'lower(IT.AESEV)'}
  AELLT: {expr: 'concat(`AE TERM`, ": ", 不良事件)'}
"""
    run = lab.convert(forms, {"AE": text})
    assert records(run, "AE", "AETERM", "AEDECOD", "AESEV", "AELLT") == [("Rash", "皮疹", "mild", "Rash: 皮疹")]


def test_a_raw_column_may_be_called_like_a_variable_of_another_dataset(lab, records):
    forms = {"dm": {"SUBJID": ["1"], "DM.AGE": ["7"]}}
    text = "records: [{form: dm, where: '`DM.AGE` == \"7\"'}]\nvariables: {AGE: {copy: '`DM.AGE`'}}\n"
    assert records(lab.convert(forms, {"DM": text}), "DM", "USUBJID", "AGE") == [("1", 7.0)]
