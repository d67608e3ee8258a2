"""Supplemental qualifiers: one record of SUPP-- per value, tied to its parent record."""

from __future__ import annotations

import pytest

AE = """\
keys: [USUBJID, AETERM]
records: [{form: ae}]
variables:
  AETERM: {copy: TERM}
supplemental:
  AENOTE: {copy: NOTE, label: Remark}
  AEFLAG: {constant: Y, when: 'TERM == "b"', label: Flag, evaluator: ADJUDICATOR}
"""
FORM = {"ae": {"SUBJID": ["1", "1", "2"], "TERM": ["b", "a", "b"], "NOTE": ["late", "", "皮疹"]}}
ALL = ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QLABEL", "QVAL", "QORIG", "QEVAL")


def test_each_value_is_a_record(lab, records):
    run = lab.convert(FORM, {"AE": AE})
    assert records(run, "SUPPAE", *ALL) == [
        ("S1", "AE", "1", "AESEQ", "2", "AENOTE", "Remark", "late", "CRF", ""),
        ("S1", "AE", "1", "AESEQ", "2", "AEFLAG", "Flag", "Y", "ASSIGNED", "ADJUDICATOR"),
        ("S1", "AE", "2", "AESEQ", "1", "AENOTE", "Remark", "皮疹", "CRF", ""),
        ("S1", "AE", "2", "AESEQ", "1", "AEFLAG", "Flag", "Y", "ASSIGNED", "ADJUDICATOR"),
    ]


def test_the_dataset_is_described(lab, dataset):
    found = dataset(lab.convert(FORM, {"AE": AE}), "SUPPAE")
    assert found.supplemental_to == "AE"
    assert found.label == "Supplemental Qualifiers for AE"
    assert found.keys == ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM")
    assert [column.name for column in found.columns] == list(ALL)
    assert found.column("QVAL").length == 6
    assert found.column("QVAL").item.origin is None


def test_values_are_described_by_qnam(lab, dataset):
    levels = dataset(lab.convert(FORM, {"AE": AE}), "SUPPAE").column("QVAL").value_level
    assert [(level.conditions[0].variable, level.conditions[0].values, level.label) for level in levels] == [
        ("QNAM", ("AENOTE",), "Remark"), ("QNAM", ("AEFLAG",), "Flag"),
    ]  # fmt: skip
    assert [(level.item.type, level.item.length, str(level.item.origin.type)) for level in levels] == [
        ("text", 6, "Collected"), ("text", 1, "Assigned"),
    ]  # fmt: skip


def test_raw_rows_are_those_of_the_parent(lab, dataset):
    found = dataset(lab.convert(FORM, {"AE": AE}), "SUPPAE")
    assert list(found.records.frame[["record", "source", "row"]].itertuples(index=False, name=None)) == [
        (0, "form ae", 1), (1, "form ae", 1), (2, "form ae", 3), (3, "form ae", 3),
    ]  # fmt: skip


def test_a_dataset_without_sequence_has_no_idvar(lab, records):
    text = "records: [{form: dm}]\nsupplemental: {RACEOTH: {copy: RACE, label: Other}}\n"
    run = lab.convert({"dm": {"SUBJID": ["1", "2"], "RACE": ["", "mixed"]}}, {"DM": text})
    assert records(run, "SUPPDM", "USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QVAL") == [("2", "", "", "RACEOTH", "mixed")]


def test_without_a_value_there_is_no_dataset(lab):
    run = lab.convert({"ae": {"SUBJID": ["1"], "TERM": ["a"], "NOTE": [""]}}, {"AE": AE})
    assert [found.name for found in run.datasets] == ["AE"]


def test_qualifiers_of_a_block(lab, records):
    text = """\
keys: [USUBJID, AETERM]
records:
  - {form: ae, supplemental: {AENOTE: {copy: NOTE, label: Remark}}}
  - {form: ae, set: {AETERM: {constant: x}}}
variables:
  AETERM: {copy: TERM}
"""
    run = lab.convert({"ae": {"SUBJID": ["1"], "TERM": ["b"], "NOTE": ["late"]}}, {"AE": text})
    assert records(run, "SUPPAE", "IDVARVAL", "QVAL") == [("1", "late")]


def test_numbers_become_text(lab, records):
    text = AE.split("supplemental:")[0] + "supplemental:\n  AEDAYS: {expr: 'number(NOTE) / 4', label: Days}\n"
    run = lab.convert({"ae": {"SUBJID": ["1", "2"], "TERM": ["a", "b"], "NOTE": ["8", "1"]}}, {"AE": text})
    assert records(run, "SUPPAE", "QVAL", "QORIG") == [("2", "DERIVED"), ("0.25", "DERIVED")]


@pytest.mark.parametrize(
    ("origin", "word"),
    [
        ("Collected", "CRF"),
        ("Derived", "DERIVED"),
        ("Assigned", "ASSIGNED"),
        ("Protocol", "PROTOCOL"),
        ("Predecessor", "PREDECESSOR"),
    ],
)
def test_qorig_follows_the_origin(lab, records, origin, word):
    text = (
        AE.split("supplemental:")[0] + f"supplemental:\n  AEX: {{copy: NOTE, label: X, origin: {{type: {origin}}}}}\n"
    )
    assert {word} == {row[0] for row in records(lab.convert(FORM, {"AE": text}), "SUPPAE", "QORIG")}
