"""Tracing records that were made from records, through to the raw rows."""

from __future__ import annotations

import pytest
from studies import edit, write_files, write_tiny_raw, write_tiny_study

from cdisc_conv.package.reading.trace import trace_records
from cdisc_conv.package.run import run_study
from cdisc_conv.problems import ProblemsError

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


@pytest.mark.parametrize(
    ("file", "change", "message"),
    [
        (
            "report/lineage.json",
            ('"file": "ae.csv"', '"file": "../../secret.csv"'),
            "the file '../../secret.csv' of form ae, which cannot be one: it goes up with '..'",
        ),
        (
            "report/lineage.json",
            ('"file": "ae.csv"', '"file": "/etc/passwd"'),
            "the file '/etc/passwd' of form ae, which cannot be one: it is absolute",
        ),
        (
            "report/lineage.json",
            ('"SUPPAE": {', '"../SUPPAE": {'),
            "a dataset '../SUPPAE', which cannot be one",
        ),
        (
            "manifest.json",
            ('"folder": "../raw"', '"folder": "/etc"'),
            "the folder '/etc', which cannot be that of the raw files: it is absolute",
        ),
        (
            "manifest.json",
            ('"folder": "../raw"', '"folder": "../../../../etc"'),
            "the folder '../../../../etc', which cannot be that of the raw files: it is too far up",
        ),
    ],
)
def test_a_package_that_names_something_outside_its_folders_is_refused(tmp_path, file, change, message):
    run_study(write_tiny_study(tmp_path), write_tiny_raw(tmp_path), tmp_path / "out")
    edit(tmp_path / "out" / file, *change)
    with pytest.raises(ProblemsError) as caught:
        trace_records(tmp_path / "out", "AE")
    assert str(caught.value) == (
        f"TRC007 the package names {message} "
        "(the package is damaged, or somebody altered it: make it again from its mapping and raw data)"
    )
