"""Why variables differ between two packages: one planted change each, told from the packages alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from studies import edit, write_files, write_tiny_raw, write_tiny_study

from cdisc_conv.compare.packages.why import CauseKind, describe_reason, explain_changes
from cdisc_conv.package.run import run_study
from cdisc_conv.problems import ProblemsError

NOTHING = (
    "  nothing recorded explains it: mapping entries, raw columns, settings and versions that it goes back to are the "
    "same"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The tiny study, its export, and its package `base`; the raw folder is not needed afterwards."""
    write_tiny_study(tmp_path)
    write_tiny_raw(tmp_path)
    run_study(tmp_path / "tiny", tmp_path / "raw", tmp_path / "base")
    return tmp_path


def explain(folder: Path, dataset: str, *variables: str) -> list[str]:
    """Run the study as it is now into `other`, take the inputs away, and explain."""
    run_study(folder / "tiny", folder / "raw", folder / "other")
    shutil.rmtree(folder / "raw")
    shutil.rmtree(folder / "tiny")
    reasons = explain_changes(folder / "base", folder / "other", {dataset: variables})
    return [line for reason in reasons for line in describe_reason(reason)]


def test_a_mapping_line_changed(folder):
    edit(folder / "tiny/sdtm/ae.yaml", "AEDECOD:  {copy: raw.AETERM}", "AEDECOD:  {expr: upper(raw.AETERM)}")
    assert explain(folder, "AE", "AEDECOD") == [
        "AE.AEDECOD",
        "  itself: mapping entry {copy: raw.AETERM} (tiny/sdtm/ae.yaml:9) -> {expr: upper(raw.AETERM)} "
        "(tiny/sdtm/ae.yaml:9)",
    ]


def test_a_line_that_only_moved_is_no_cause(folder):
    edit(folder / "tiny/sdtm/ae.yaml", "variables:\n", "variables:\n\n\n")
    assert explain(folder, "AE", "AEDECOD") == [
        "AE.AEDECOD",
        f"{NOTHING} (tiny/sdtm/ae.yaml changed elsewhere)",
    ]


def test_a_raw_value_changed(folder):
    edit(folder / "raw/ae.csv", "Fatigue", "Fatigue at night")
    assert explain(folder, "AE", "AETERM", "AESTDTC") == [
        "AE.AETERM",
        "  from ae.AETERM: other values",
        "AE.AESTDTC",
        NOTHING,
    ]


def test_a_raw_row_added(folder):
    edit(folder / "raw/ae.csv", "003,Log,N,,,,\n", "003,Log,Y,Fever,10-JAN-2022,N,\n")
    edit(folder / "raw/dm.csv", "003,Screening,F,Female,58,\n", "003,Screening,F,Female,58,\n004,Screening,M,Male,1,\n")
    assert explain(folder, "DM", "AGE") == [
        "DM.AGE",
        "  from dm.AGE: other values (3 rows -> 4 rows)",
        "  from records of DM <- form dm: 3 rows -> 4 rows",
    ]


def test_two_steps_upstream_in_another_dataset(folder):
    edit(folder / "raw/dm.csv", "05-JAN-2022", "04-JAN-2022")
    run_study(folder / "tiny", folder / "raw", folder / "other")
    (reason,) = explain_changes(folder / "base", folder / "other", {"AE": ["AESTDY"]})
    (cause,) = reason.causes
    assert (cause.kind, cause.name, cause.path) == (
        CauseKind.COLUMN,
        "dm.DOSEDAT",
        ("AE.AESTDY", "DM.RFSTDTC", "dm.DOSEDAT"),
    )
    assert (cause.direct, cause.inherited) == (False, True)
    assert describe_reason(reason) == ["AE.AESTDY", "  from DM.RFSTDTC <- dm.DOSEDAT: other values"]


def test_nearest_first_and_what_is_read_by_the_mapping_of_either(folder):
    edit(folder / "tiny/sdtm/ae.yaml", "AESTDY:   {study_day: AESTDTC}", "AESTDY:   {study_day: AEENDTC}")
    edit(folder / "tiny/sdtm/dm.yaml", "RFSTDTC:  {datetime: DOSEDAT}", 'RFSTDTC:  {constant: "2022-01-01"}')
    edit(folder / "raw/ae.csv", "07-JAN-2022", "08-JAN-2022")
    assert explain(folder, "AE", "AESTDY") == [
        "AE.AESTDY",
        "  itself: mapping entry {study_day: AESTDTC} (tiny/sdtm/ae.yaml:26) -> {study_day: AEENDTC} "
        "(tiny/sdtm/ae.yaml:26)",
        "  from DM.RFSTDTC: mapping entry {datetime: DOSEDAT} (tiny/sdtm/dm.yaml:6) -> {constant: '2022-01-01'} "
        "(tiny/sdtm/dm.yaml:6)",
        "  from AE.AESTDTC <- ae.AESTDAT: other values",
    ]


def test_the_condition_of_the_records(folder):
    edit(folder / "tiny/sdtm/ae.yaml", 'where: AEYN == "Y"', 'where: AETERM != ""')
    lines = explain(folder, "AE", "AESER")
    assert lines == [
        "AE.AESER",
        '  from records of AE: records entry {form: ae, where: AEYN == "Y"} (tiny/sdtm/ae.yaml:4) -> '
        '{form: ae, where: AETERM != ""} (tiny/sdtm/ae.yaml:4)',
    ]


def test_the_terminology_changed(folder):
    run_study(folder / "tiny", folder / "raw", folder / "other")
    edit(folder / "other/manifest.json", "SDTM CT 2025-03-28", "SDTM CT 2025-09-26")
    (reason,) = explain_changes(folder / "base", folder / "other", {"DM": ["SEX"]})
    assert describe_reason(reason) == [
        "DM.SEX",
        "  for the whole study: terminology SDTM CT 2025-03-28 -> SDTM CT 2025-09-26",
    ]
    assert [(cause.kind, cause.direct, cause.inherited) for cause in reason.causes] == [
        (CauseKind.VERSION, False, False)
    ]


def test_another_version_of_cdisc_conv_comes_after_what_is_nearer(folder):
    edit(folder / "raw/dm.csv", "003,Screening,F", "003,Screening,M")
    run_study(folder / "tiny", folder / "raw", folder / "other")
    manifest = json.loads((folder / "other/manifest.json").read_text(encoding="utf-8"))
    version = manifest["tool"]["version"]
    manifest["tool"]["version"] = "99.0"
    (folder / "other/manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (reason,) = explain_changes(folder / "base", folder / "other", {"DM": ["SEX"]})
    assert describe_reason(reason) == [
        "DM.SEX",
        "  from dm.SEX: other values",
        f"  for the whole study: cdisc-conv {version} -> 99.0",
    ]
    assert describe_reason(reason, shown=1)[1:] == ["  from dm.SEX: other values", "  and 1 more"]


def test_a_setting_of_the_study(folder):
    edit(folder / "tiny/study.yaml", "not_submitted:", "settings:\n  date_formats: [DD-MON-YYYY]\nnot_submitted:")
    lines = explain(folder, "AE", "AESTDTC")
    assert lines[0] == "AE.AESTDTC"
    assert "  for the whole study: setting date_formats changed (not there -> there)" in lines


def test_the_entry_is_the_same_but_says_something_else(folder):
    edit(folder / "tiny/forms.yaml", "label: Date of first dose", "label: Date of consent")
    assert explain(folder, "DM", "RFSTDTC") == [
        "DM.RFSTDTC",
        "  itself: the entry at tiny/sdtm/dm.yaml:6 is the same, but it says now: "
        '... the field "Date of first dose" (DOSEDAT) of form Demographics ... -> '
        '... the field "Date of consent" (DOSEDAT) of form Demographics ...',
    ]


def test_a_given_dataset(folder):
    edit(
        folder / "tiny/study.yaml",
        "not_submitted:",
        "given:\n  DS: {file: ds.csv, columns: [USUBJID, DSSTDTC]}\nnot_submitted:",
    )
    edit(folder / "tiny/sdtm/dm.yaml", "RFSTDTC:  {datetime: DOSEDAT}", "RFSTDTC:  {min: DS.DSSTDTC}")
    write_files(folder / "raw", {"ds.csv": "USUBJID,DSSTDTC\nTINY-01-001,2022-01-05\n"})
    run_study(folder / "tiny", folder / "raw", folder / "base")
    edit(folder / "raw/ds.csv", "2022-01-05", "2022-01-06")
    assert explain(folder, "AE", "AESTDY") == [
        "AE.AESTDY",
        "  from DM.RFSTDTC <- DS.DSSTDTC: other values",
    ]


def test_other_records(folder):
    edit(folder / "raw/ae.csv", "003,Log,N,,,,\n", "003,Log,Y,Fever,10-JAN-2022,N,\n")
    assert explain(folder, "AE", "") == [
        "records of AE",
        "  from ae.AEYN: other values",
        "  from AE.AETERM <- ae.AETERM: other values",
        "  from AE.AESTDTC <- ae.AESTDAT: other values",
    ]


def test_other_values_of_the_key_are_other_records(folder):
    edit(folder / "raw/ae.csv", "Fatigue", "Fatigue at night")
    edit(folder / "raw/dm.csv", "05-JAN-2022", "04-JAN-2022")
    assert explain(folder, "AE", "") == ["records of AE", "  from AE.AETERM <- ae.AETERM: other values"]


def test_other_records_of_a_supplemental_dataset(folder):
    edit(folder / "raw/ae.csv", "after lunch", "")
    assert explain(folder, "SUPPAE", "") == ["records of SUPPAE", "  from ae.AENOTE: other values"]


def test_nothing_changed(folder):
    assert explain(folder, "DM", "AGE") == [
        "DM.AGE",
        NOTHING,
    ]


def test_a_variable_that_is_not_mapped(folder):
    assert explain(folder, "DM", "AGEX") == [
        "DM.AGEX",
        "  nothing recorded explains it: the mapping has no entry for it",
    ]


def test_a_variable_that_only_one_mapping_has(folder):
    edit(
        folder / "tiny/sdtm/ae.yaml", "AENOTE: {copy: AENOTE, label: Remark}", "AELATER: {copy: AENOTE, label: Remark}"
    )
    assert explain(folder, "AE", "AELATER") == [
        "AE.AELATER",
        "  itself: mapping entry (none) -> {copy: AENOTE, label: Remark} (tiny/sdtm/ae.yaml:28)",
    ]


def test_supplemental_qualifiers_go_back_to_the_entries_of_the_parent(folder):
    edit(folder / "tiny/sdtm/ae.yaml", "{copy: AENOTE, label: Remark}", "{expr: upper(AENOTE), label: Remark}")
    edit(folder / "raw/ae.csv", "after lunch", "after dinner")
    assert explain(folder, "SUPPAE", "QVAL", "IDVARVAL") == [
        "SUPPAE.QVAL",
        "  itself (AE.AENOTE): mapping entry {copy: AENOTE, label: Remark} (tiny/sdtm/ae.yaml:28) -> "
        "{expr: upper(AENOTE), label: Remark} (tiny/sdtm/ae.yaml:28)",
        "  from ae.AENOTE: other values",
        "SUPPAE.IDVARVAL",
        f"{NOTHING} (tiny/sdtm/ae.yaml changed elsewhere)",
    ]


def test_a_package_that_records_less_says_so(folder):
    run_study(folder / "tiny", folder / "raw", folder / "other")
    manifest = json.loads((folder / "base/manifest.json").read_text(encoding="utf-8"))
    del manifest["raw"]["columns"], manifest["settings"]
    (folder / "base/manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    lineage = json.loads((folder / "base/report/lineage.json").read_text(encoding="utf-8"))
    for described in lineage["variables"].values():
        for entry in described["entries"]:
            del entry["entry"]
    (folder / "base/report/lineage.json").write_text(json.dumps(lineage), encoding="utf-8")
    (reason,) = explain_changes(folder / "base", folder / "other", {"DM": ["SEX"]})
    assert reason.causes == ()
    assert describe_reason(reason)[-1] == (
        "  one of the packages was made by an earlier cdisc-conv, which recorded less: make it again"
    )


def test_what_is_no_package(folder):
    with pytest.raises(ProblemsError) as raised:
        explain_changes(folder / "base", folder / "raw", {})
    assert str(raised.value) == (
        f"WHY001 '{folder / 'raw'}' holds no package of cdisc-conv "
        "(give the output folder of 'cdisc-conv run' or 'demo')"
    )
    (folder / "base/report/lineage.json").write_text("[]", encoding="utf-8")
    with pytest.raises(ProblemsError) as raised:
        explain_changes(folder / "base", folder / "base", {})
    assert str(raised.value) == f"WHY002 '{folder / 'base/report/lineage.json'}' is not a lineage of cdisc-conv"


def test_a_record_number_goes_back_to_what_orders_and_makes_the_records(folder):
    edit(folder / "raw/ae.csv", "003,Log,N,,,,\n", "003,Log,N,,,,\n003,Log,Y,Fever,10-JAN-2022,N,\n")
    assert explain(folder, "AE", "AESEQ") == [
        "AE.AESEQ",
        "  from AE.AESTDTC <- ae.AESTDAT: other values (4 rows -> 5 rows)",
        "  from AE.AETERM <- ae.AETERM: other values (4 rows -> 5 rows)",
        "  from records of AE <- ae.AEYN: other values (4 rows -> 5 rows)",
        "  from records of AE <- form ae: 4 rows -> 5 rows",
        "  from AE.USUBJID <- ae.SUBJID: other values (4 rows -> 5 rows)",
    ]


def test_columns_alike_are_one_line(folder):
    edit(folder / "tiny/sdtm/ae.yaml", "{copy: raw.AETERM}", "{expr: 'concat(raw.AETERM, raw.AENOTE)'}")
    run_study(folder / "tiny", folder / "raw", folder / "base")
    edit(folder / "raw/ae.csv", "Fatigue,UN-FEB-2022,N,after lunch", "Tiredness,UN-FEB-2022,N,after dinner")
    assert explain(folder, "AE", "AEDECOD") == ["AE.AEDECOD", "  from ae.AETERM, ae.AENOTE: other values"]
