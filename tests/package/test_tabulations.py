"""ADaM without raw forms: SDTM is read from files, and what they lack is told."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest
from analysis import write_analysis
from lxml import html
from studies import edit, read_tree, write_files, write_tiny_raw, write_tiny_study

from cdisc_conv.package.reading.trace import trace_records
from cdisc_conv.package.run import run_study
from cdisc_conv.problems import ProblemsError
from cdisc_conv.xpt import read_xpt, write_xpt


@pytest.fixture
def folder(tmp_path):
    """A folder with the study, its SDTM datasets in `given`, and the package they are from in `whole`."""
    write_tiny_study(tmp_path)
    write_tiny_raw(tmp_path)
    write_analysis(tmp_path)
    run_study(tmp_path / "tiny", tmp_path / "raw", tmp_path / "whole")
    shutil.copytree(tmp_path / "whole" / "sdtm", tmp_path / "given")
    return tmp_path


def run(folder, **options):
    return run_study(folder / "tiny", None, folder / "out", sdtm=folder / "given", **options)


def refused(folder, **options) -> list[str]:
    """The problems that stopped a run."""
    with pytest.raises(ProblemsError) as caught:
        run(folder, **options)
    assert not (folder / "out").exists()
    return [str(problem) for problem in caught.value.problems]


def told(package) -> list[str]:
    return [f"{problem.severity}: {problem}" for problem in package.problems]


def to_csv(folder, *names: str, **renamed: str) -> None:
    """Write datasets of `given` as CSV instead, under names of their own where `renamed` says so."""
    for name in names:
        path = folder / "given" / f"{name}.xpt"
        frame = read_xpt(path).frame
        frame.to_csv(folder / "given" / renamed.get(name, f"{name}.csv"), index=False, lineterminator="\n")
        path.unlink()


def rewrite(folder, name: str, change) -> None:
    """Change the records of a transport file of `given`."""
    path = folder / "given" / f"{name}.xpt"
    file = read_xpt(path)
    write_xpt(change(file.frame), path, name=file.name, label=file.label)


def test_the_datasets_are_those_that_a_run_from_raw_forms_makes(folder):
    package = run(folder)
    assert package.problems == ()
    assert [dataset.name for dataset in package.datasets] == ["ADSL", "ADAE", "ADNN"]
    whole, alone = read_tree(folder / "whole"), read_tree(folder / "out")
    assert sorted(name for name in alone if not name.startswith("report/")) == [
        "adam/adae.xpt",
        "adam/adnn.xpt",
        "adam/adsl.xpt",
        "adam/define.html",
        "adam/define.xml",
        "adam/define2-1.xsl",
        "manifest.json",
    ]
    same = [name for name in alone if name.startswith("adam/")]
    assert [name for name in same if alone[name] != whole[name]] == []


def test_csv_files_in_any_case_make_the_same(folder):
    run(folder)
    first = read_tree(folder / "out" / "adam")
    to_csv(folder, "dm", "ae", "suppae", ae="AE.CSV", dm="Dm.csv")
    assert run(folder).problems == ()
    assert read_tree(folder / "out" / "adam") == first
    run(folder)
    assert read_tree(folder / "out" / "adam") == first


def test_the_manifest_and_the_report_tell_what_was_read(folder):
    run(folder)
    manifest = json.loads((folder / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["raw"] == {"folder": "", "files": [], "columns": {}}
    assert manifest["given"]["folder"] == "../given"
    assert [entry["path"] for entry in manifest["given"]["files"]] == ["ae.xpt", "dm.xpt", "suppae.xpt"]
    assert sorted(manifest["given"]["columns"]) == ["AE", "DM"]
    assert manifest["datasets"] == ["ADSL", "ADAE", "ADNN"]
    page = html.fromstring((folder / "out" / "report" / "index.html").read_text(encoding="utf-8"))
    assert page.xpath("//section/@id") == ["summary", "findings", "rules", "terms", "accounting", "lineage"]
    ids = set(page.xpath("//@id"))
    assert {link[1:] for link in page.xpath("//a/@href") if link.startswith("#")} - ids == set()
    for name, content in read_tree(folder / "out").items():
        assert str(folder).encode() not in content, name


def test_datasets_of_a_synthetic_package_stay_synthetic(folder):
    (folder / "raw" / "SYNTHETIC.txt").write_text("simulated", encoding="utf-8")
    run_study(folder / "tiny", folder / "raw", folder / "whole")
    run_study(folder / "tiny", None, folder / "out", sdtm=folder / "whole" / "sdtm")
    words = b"Synthetic data: simulated from the protocol"
    assert words in (folder / "out" / "adam" / "define.xml").read_bytes()
    run(folder)
    assert words not in (folder / "out" / "adam" / "define.xml").read_bytes()


def test_a_trace_ends_at_the_given_record(folder):
    run(folder)
    traced = trace_records(folder / "out", "ADAE", 'AETERM == "Fatigue"')
    (record,) = traced.records
    assert [(row.kind, row.form, row.file, row.row, row.values["AETERM"]) for row in record.rows] == [
        ("dataset", "AE", "ae.xpt", 1, "Fatigue")
    ]
    assert (record.through, traced.problems) == ((), ())
    shutil.move(folder / "given", folder / "moved")
    traced = trace_records(folder / "out", "ADAE")
    assert [problem.code for problem in traced.problems] == ["TRC004"]
    traced = trace_records(folder / "out", "ADAE", raw=folder / "moved")
    assert traced.problems == ()


def test_datasets_restricts_what_is_read_and_written(folder):
    (folder / "given" / "ae.xpt").unlink()
    edit(
        folder / "tiny" / "adam" / "adsl.yaml",
        "  LASTAE: {max: [AE.AESTDTC], label: Start of Last Adverse Event}\n",
        "",
    )
    package = run(folder, datasets=["ADSL"])
    assert package.problems == ()
    assert [dataset.name for dataset in package.datasets] == ["ADSL"]
    assert sorted(path.name for path in (folder / "out" / "adam").glob("*.xpt")) == ["adsl.xpt"]


def test_a_qualifier_of_the_whole_subject_and_of_one_record(folder):
    (folder / "given" / "suppae.xpt").unlink()
    write_files(
        folder / "given",
        {
            "SUPPAE.csv": "STUDYID,RDOMAIN,USUBJID,IDVAR,IDVARVAL,QNAM,QLABEL,QVAL\n"
            "TINY-01,AE,TINY-01-001,,,AENOTE,Remark,all\n"
            "TINY-01,AE,TINY-01-002,AESEQ,1.0,AENOTE,Remark,one\n"
            "TINY-01,AE,TINY-01-002,AESEQ,7,AENOTE,Remark,lost\n"
            "TINY-01,AE,TINY-01-002,AEGRPID,7,AENOTE,Remark,lost too\n"
            "TINY-01,AE,TINY-01-002,AESEQ,1,AENOTE,Remark,again\n"
        },
    )
    package = run(folder)
    frame = read_xpt(folder / "out" / "adam" / "adae.xpt").frame
    assert list(zip(frame["AETERM"], frame["AENOTE"], strict=True)) == [
        ("Nausea", "all"),
        ("Fatigue", "all"),
        ("Neutropenia", "one"),
    ]
    assert told(package) == [
        "warning: AE.AENOTE: GIVEN006 2 values of AENOTE in SUPPAE.csv belong to no record of AE, such as one of "
        "TINY-01-002 (do USUBJID, IDVAR and IDVARVAL name a record of the dataset?)",
        "warning: AE.AENOTE: GIVEN008 1 record of AE has several values of AENOTE in SUPPAE.csv; the first counts",
    ]


def test_a_qualifier_that_is_nowhere_is_blank_and_told(folder):
    (folder / "given" / "suppae.xpt").unlink()
    assert told(run(folder)) == [
        "warning: AE.AENOTE: GIVEN003 ADAE.AENOTE reads AE.AENOTE, a supplemental qualifier that no SUPPAE has "
        "(it counts as blank)"
    ]


def test_variables_that_are_not_there_are_told_all_at_once(folder):
    rewrite(folder, "dm", lambda frame: frame.drop(columns=["RFSTDTC", "AGEU"]))
    rewrite(folder, "ae", lambda frame: frame.drop(columns=["AESTDTC", "AEDECOD"]).rename(columns={"AETERM": "AETREM"}))
    found = [line for line in told(run(folder)) if "GIVEN" in line]
    assert found == [
        "error: DM.AGEU: GIVEN003 ADSL.AGEU reads DM.AGEU, which dm.xpt does not have (it counts as blank)",
        "error: DM.RFSTDTC: GIVEN003 ADSL.RFSTDTC reads DM.RFSTDTC, which dm.xpt does not have (it counts as blank)",
        "error: AE.AETERM: GIVEN003 ADAE.AETERM and ADNN.TERM read AE.AETERM, which ae.xpt does not have "
        "(it counts as blank; did you mean AETREM?)",
        "error: AE.AEDECOD: GIVEN003 ADAE.AEDECOD reads AE.AEDECOD, which ae.xpt does not have (it counts as blank)",
        "error: AE.AESTDTC: GIVEN003 ADSL.LASTAE and ADAE.AESTDTC read AE.AESTDTC, which ae.xpt does not have "
        "(it counts as blank)",
    ]


def test_a_permissible_variable_may_be_missing_with_a_warning(folder):
    edit(folder / "tiny" / "adam" / "adae.yaml", "AESTDTC, AENOTE]", "AESTDTC, AENOTE, AELLT, AESTDY]")
    rewrite(folder, "ae", lambda frame: frame.drop(columns=["AESTDY"]))
    found = [line for line in told(run(folder)) if "GIVEN" in line]
    assert found == [
        "warning: AE.AESTDY: GIVEN003 ADAE.AESTDY reads AE.AESTDY, which ae.xpt does not have (it counts as blank)"
    ]


def test_a_dataset_that_is_only_looked_up_may_be_missing(folder):
    (folder / "tiny" / "adam" / "adae.yaml").unlink()
    (folder / "tiny" / "adam" / "adnn.yaml").unlink()
    (folder / "given" / "ae.xpt").unlink()
    package = run(folder)
    assert told(package) == [
        "error: AE: GIVEN002 ADSL.LASTAE reads AE, and given has no ae.xpt or ae.csv (it counts as empty)"
    ]
    assert read_xpt(folder / "out" / "adam" / "adsl.xpt").frame["LASTAE"].tolist() == ["", "", ""]


def test_a_dataset_that_records_are_made_of_must_be_there(folder):
    (folder / "given" / "ae.xpt").unlink()
    assert refused(folder) == [
        "AE: GIVEN002 the records of ADAE, the records of ADNN, ADSL.LASTAE and 10 more read AE, and given has no "
        "ae.xpt or ae.csv (ADAE, ADNN cannot be made without it; leave them out with --datasets, or add the file)"
    ]


def test_what_decides_about_records_must_be_there(folder):
    edit(folder / "tiny" / "adam" / "adae.yaml", "  - from: AE\n", '  - from: AE\n    where: AESER == "N"\n')
    to_csv(folder, "ae", "dm")
    for name in ("ae", "dm"):
        path = folder / "given" / f"{name}.csv"
        frame = pd.read_csv(path, dtype="str", keep_default_na=False)
        frame.drop(columns=["USUBJID"] if name == "dm" else ["AESER"]).to_csv(path, index=False)
    assert refused(folder) == [
        "DM.USUBJID: GIVEN003 ADSL.USUBJID reads DM.USUBJID, which dm.csv does not have "
        "(add it to the file: without it no records can be told)",
        "AE.AESER: GIVEN003 the records of ADAE read AE.AESER, which ae.csv does not have "
        "(add it to the file: without it no records can be told)",
    ]


def test_a_damaged_file_stops_the_run(folder):
    path = folder / "given" / "ae.xpt"
    path.write_bytes(path.read_bytes()[:1000])
    (message,) = refused(folder)
    assert message.startswith("given/ae.xpt: XPT0")
    path.write_text("no transport file", encoding="utf-8")
    (message,) = refused(folder)
    assert message.startswith("given/ae.xpt: XPT0")


def test_an_empty_file_stops_the_run(folder):
    (folder / "given" / "ae.xpt").unlink()
    (folder / "given" / "ae.csv").write_text("", encoding="utf-8")
    assert refused(folder) == ["given/ae.csv: RAW006 dataset AE is empty, without even a header (export it again)"]


def test_a_file_without_records_is_told(folder):
    rewrite(folder, "ae", lambda frame: frame.iloc[:0])
    found = [line for line in told(run(folder)) if "RAW" in line]
    assert found == [
        "warning: given/ae.xpt: RAW007 dataset AE has no records (export it again if subjects have data there)"
    ]


def test_a_dataset_that_is_there_twice(folder):
    shutil.copy(folder / "given" / "ae.xpt", folder / "given" / "keep.xpt")
    to_csv(folder, "ae")
    shutil.move(folder / "given" / "keep.xpt", folder / "given" / "AE.XPT")
    assert refused(folder) == [
        "AE: GIVEN004 AE is there twice: AE.XPT and ae.csv (keep the one that counts in the sdtm folder)"
    ]


def test_a_file_that_holds_another_dataset(folder):
    shutil.copy(folder / "given" / "dm.xpt", folder / "given" / "ae.xpt")
    assert refused(folder) == [
        "given/ae.xpt: GIVEN005 ae.xpt should hold the dataset AE, but holds DM "
        "(give each dataset in a file of its name)"
    ]


def test_the_wrong_folder(folder):
    shutil.rmtree(folder / "given")
    shutil.copytree(folder / "raw", folder / "given")
    for path in (folder / "given").iterdir():
        path.rename(path.with_name(f"raw_{path.name}"))
    assert refused(folder) == [
        f"GIVEN007 '{folder / 'given'}' has none of the SDTM datasets that are read: DM, AE (it holds raw_ae.csv, "
        "raw_dm.csv)"
    ]
    shutil.copytree(folder / "whole" / "sdtm", folder / "given" / "sdtm")
    assert refused(folder) == [
        f"GIVEN007 '{folder / 'given'}' has none of the SDTM datasets that are read: DM, AE "
        f"(did you mean '{folder / 'given' / 'sdtm'}'?)"
    ]


def test_text_where_a_number_is_expected_and_the_other_way_round(folder):
    to_csv(folder, "ae")
    path = folder / "given" / "ae.csv"
    frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    frame.loc[frame["AETERM"] == "Nausea", "AESEQ"] = "first"
    frame.to_csv(path, index=False)
    rewrite(folder, "dm", lambda frame: frame.assign(SITEID=1.0))
    found = [line for line in told(run(folder)) if "GIVEN" in line]
    assert found == [
        "warning: DM.SITEID: GIVEN010 SITEID is a number in dm.xpt, but text by the standard; its values are taken as "
        "text (leading zeros may be lost: write text)",
        "error: AE.AESEQ row 2: GIVEN001 'first' in ae.csv is not a number; AESEQ is left missing",
    ]
    assert read_xpt(folder / "out" / "adam" / "adsl.xpt").frame["SITEID"].tolist() == ["1", "1", "1"]


def test_a_mapping_that_reads_raw_forms(folder):
    edit(
        folder / "tiny" / "adam" / "adsl.yaml",
        "variables:\n",
        "variables:\n  RAWAGE: {lookup: {from: form dm, by: SUBJID, take: AGE}, label: Raw Age}\n",
    )
    assert refused(folder) == [
        "GIVEN009 ADSL.RAWAGE reads the raw form dm, and there are no raw forms in a run without --raw "
        "(give the raw folder, too)"
    ]


def test_sdtm_datasets_are_not_made_without_raw_forms(folder):
    assert refused(folder, datasets=["DM", "ADSL"]) == [
        "PKG009 DM cannot be made without raw forms (give --raw, or ask for some of ADSL, ADAE, ADNN)"
    ]
    shutil.rmtree(folder / "tiny" / "adam")
    (message,) = refused(folder)
    assert message.endswith(
        "PKG009 TINY-01 maps no analysis datasets, so there is nothing to make without raw forms (give --raw)"
    )


def test_nothing_to_read(folder):
    with pytest.raises(ProblemsError) as caught:
        run_study(folder / "tiny", None, folder / "out")
    assert str(caught.value) == (
        "PKG008 there is nothing to read: give --raw, --sdtm, or both (--raw names the folder of the raw export, "
        "--sdtm that of SDTM datasets to make ADaM datasets from)"
    )


def test_the_sdtm_folder_is_no_place_to_write(folder):
    with pytest.raises(ProblemsError) as caught:
        run_study(folder / "tiny", None, folder / "given", sdtm=folder / "given")
    assert str(caught.value).startswith("PKG001 the output folder")


def test_a_given_file_by_the_name_that_study_yaml_says(folder):
    given = "given:\n  TU: {file: tu_all.csv, columns: [STUDYID, USUBJID, TUORRES]}\n"
    edit(folder / "tiny" / "study.yaml", "raw: {", f"{given}raw: {{")
    edit(
        folder / "tiny" / "adam" / "adsl.yaml",
        "variables:\n",
        "variables:\n  TUMOUR: {lookup: {from: TU, take: TUORRES}, label: Tumour}\n",
    )
    write_files(folder / "given", {"tu_all.csv": "studyid,usubjid,tuorres\nTINY-01,TINY-01-002,TARGET\n"})
    assert [line for line in told(run(folder)) if "GIVEN" in line] == []
    assert read_xpt(folder / "out" / "adam" / "adsl.xpt").frame["TUMOUR"].tolist() == ["", "TARGET", ""]


def test_dates_of_given_datasets_are_checked(folder):
    bad = ["2022-02-30", "0022-03-01"]
    rewrite(folder, "ae", lambda frame: frame.assign(AESTDTC=[*bad, *frame["AESTDTC"].tolist()[2:]]))
    found = [(problem.code, problem.place.dataset, problem.value) for problem in run(folder).problems]
    assert {("DAT001", "AE", "2022-02-30"), ("DAT014", "AE", "0022-03-01")} <= set(found)


def test_a_given_date_that_cannot_be_read_is_reported_where_it_is(folder):
    edit(folder / "tiny" / "adam" / "adae.yaml", "variables:\n", "variables:\n  ASTDT: {numeric_date: AESTDTC}\n")
    rewrite(folder, "ae", lambda frame: frame.assign(AESTDTC=["2022-02-30", *frame["AESTDTC"].tolist()[1:]]))
    found = [(each.code, each.place.dataset) for each in run(folder).problems if each.value == "2022-02-30"]
    assert found == [("DAT001", "AE")]
