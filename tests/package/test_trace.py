"""Tracing records that were made from records, through to the raw rows."""

from __future__ import annotations

from studies import write_files, write_tiny_raw, write_tiny_study

from cdisc_conv.package.run import run_study
from cdisc_conv.package.trace import trace_records

ZZ = """\
dataset: ZZ
class: EVENTS
label: Events seen again
keys: [STUDYID, USUBJID, ZZTERM]
records:
  - from: AE
    where: AETERM != "Nausea"
variables:
  USUBJID: {copy: USUBJID}
  ZZSEQ:   {sequence: [ZZTERM]}
  ZZTERM:  {copy: AETERM}
"""


def test_records_of_records_lead_to_raw_rows(tmp_path):
    study, raw = write_tiny_study(tmp_path), write_tiny_raw(tmp_path)
    write_files(study, {"sdtm/zz.yaml": ZZ})
    run_study(study, raw, tmp_path / "out")
    traced = trace_records(tmp_path / "out", "ZZ", 'ZZTERM == "Neutropenia"')
    (record,) = traced.records
    assert [(row.form, row.row, row.values["AETERM"]) for row in record.rows] == [("ae", 3, "Neutropenia")]
    (term,) = [variable for variable in record.variables if variable.name == "ZZTERM"]
    assert (term.value, term.fields, term.others) == ("Neutropenia", ("AE.AETERM", "ae.AETERM"), ())
    assert [(row.form, row.row, row.values["AETERM"]) for row in record.through] == [("AE", 3, "Neutropenia")]


def test_records_in_another_order_than_their_source(tmp_path):
    study, raw = write_tiny_study(tmp_path), write_tiny_raw(tmp_path)
    write_files(study, {"sdtm/zz.yaml": ZZ.replace('    where: AETERM != "Nausea"\n', "")})
    run_study(study, raw, tmp_path / "out")
    traced = trace_records(tmp_path / "out", "ZZ")
    found = {record.variables[4].value: [row.row for row in record.rows] for record in traced.records}
    assert found == {"Nausea": [1], "Fatigue": [2], "Neutropenia": [3]}
