"""`check`: any package, whoever made it: what is read, what it is held against, what is said of it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import cdisc_conv as cc
from cdisc_conv.problems import ProblemsError
from cdisc_conv.xpt import XptVariable, write_xpt

DM = "STUDYID,DOMAIN,USUBJID,SUBJID,SEX\nS,DM,01,01,F\nS,DM,02,02,M\n"
AE = "STUDYID,DOMAIN,USUBJID,AESEQ,AETERM,AEDECOD,AESER\nS,AE,01,1,Nausea,Nausea,U\n"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def told(result, *codes: str) -> list[str]:
    return [str(one.problem) for one in result.findings if one.problem.code in codes]


def test_names_in_any_case_are_asked_and_small_variables_are_told(tmp_path: Path) -> None:
    small = AE.lower().replace("nausea", "Nausea").replace(",u\n", ",U\n")
    result = cc.check(write(tmp_path, Dm=DM, ae=small))
    assert [one.name for one in result.datasets] == ["DM", "AE"]
    assert told(result, "AE009") == [
        "AE.AESER row 1: AE009 AESER is 'U', which is neither Y nor N; 1 record: subject 01 AESEQ 1 (ask the site)"
    ]
    assert told(result, "CHK004") == [
        "AE: CHK004 7 names of variables have small letters: studyid, domain, usubjid, aeseq, aeterm and 2 more; "
        "checked as if in capitals (write them in capitals)"
    ]


def test_formats_may_be_mixed_and_versions_5_and_8_are_read(tmp_path: Path) -> None:
    write(tmp_path, dm=DM)
    frame = pd.DataFrame({"STUDYID": ["S"], "DOMAIN": ["AE"], "USUBJID": ["03"], "AESEQ": [1.0], "AETERM": ["x"]})
    write_xpt(frame.astype({"AESEQ": float}), tmp_path / "ae.xpt", name="AE", label="Adverse Events")
    frame.assign(DOMAIN="CM").drop(columns=["AESEQ", "AETERM"]).to_parquet(tmp_path / "cm.parquet")
    result = cc.check(tmp_path)
    assert [(one.name, one.file) for one in result.datasets] == [
        ("AE", "ae.xpt"), ("CM", "cm.parquet"), ("DM", "dm.csv"),
    ]  # fmt: skip
    assert [line.partition(";")[0] for line in told(result, "ID002")] == [
        "AE.USUBJID row 1: ID002 subject 03 is not in DM",
        "CM.USUBJID row 1: ID002 subject 03 is not in DM",
    ]


def test_split_datasets_are_asked_as_their_domain(tmp_path: Path) -> None:
    head = "STUDYID,DOMAIN,USUBJID,LBSEQ,LBTESTCD,LBTEST,LBORRES,LBORRESU\n"
    write(tmp_path, dm=DM, lbch=head + "S,LB,01,1,ALT,Alanine Aminotransferase,20,U/L\n",
          lbhe=head + "S,LB,01,2,HGB,Hemoglobin,9,g/dL\n")  # fmt: skip
    result = cc.check(tmp_path)
    assert told(result, "ID007", "VAR004") == []
    assert {one.problem.place.dataset for one in result.findings if one.problem.code == "VAR003"} >= {"LBCH", "LBHE"}


def test_custom_domains_have_the_class_of_their_topic(tmp_path: Path) -> None:
    xx = "STUDYID,DOMAIN,USUBJID,XXSEQ,XXTESTCD,XXTEST,XXORRES,XXFUNNY\nS,XX,01,1,ABC,A test,1,2\n"
    result = cc.check(write(tmp_path, dm=DM, xx=xx))
    assert told(result, "VAR004") == [
        "XX.XXFUNNY: VAR004 the standard does not allow a variable XXFUNNY in this dataset "
        "(did you mean XXXFN? otherwise make it a supplemental qualifier)"
    ]


def test_a_dataset_of_no_known_class_is_said(tmp_path: Path) -> None:
    result = cc.check(write(tmp_path, dm=DM, zz="STUDYID,DOMAIN,USUBJID,ZZSEQ\nS,ZZ,01,1\n"), sdtmig="3.4")
    assert told(result, "CHK013") == [
        "ZZ: CHK013 SDTMIG 3.4 has no ZZ, and neither define.xml nor a topic variable says its class (rules about its "
        "variables are not asked; a custom domain has --TRT, --TERM or --TESTCD, as its class wants)"
    ]


def test_sdtm_and_adam_are_told_apart_whatever_the_folder(tmp_path: Path) -> None:
    adae = "STUDYID,USUBJID,DOMAIN,AESEQ,AETERM\nS,01,AE,1,Nausea\n"
    result = cc.check(write(tmp_path, dm=DM, adae=adae))
    assert [(one.name, one.family) for one in result.datasets] == [("DM", "SDTM"), ("ADAE", "ADaM")]
    assert told(result, "ID007") == []


def test_two_files_of_one_dataset_are_one_finding(tmp_path: Path) -> None:
    write(tmp_path, dm=DM)
    (tmp_path / "again").mkdir()
    write(tmp_path / "again", dm=DM)
    assert told(cc.check(tmp_path), "CHK002") == [
        "DM: CHK002 dataset DM is in several files: dm.csv, again/dm.csv; the first is checked (keep one of them)"
    ]


def test_a_dataset_has_the_name_that_its_file_says(tmp_path: Path) -> None:
    column = {"itemOID": "IT.USUBJID", "name": "USUBJID", "label": "Subject", "dataType": "string"}
    document = {"datasetJSONVersion": "1.1.0", "name": "DM", "label": "D", "columns": [column], "rows": [["01"]]}
    (tmp_path / "subjects.json").write_text(json.dumps(document))
    assert [(one.name, one.file) for one in cc.check(tmp_path).datasets] == [("DM", "subjects.json")]
    write(tmp_path, dm=DM)
    assert told(cc.check(tmp_path), "CHK002") == [
        "DM: CHK002 dataset DM is in several files: dm.csv, subjects.json; the first is checked (keep one of them)"
    ]


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    write(tmp_path, dm=DM)
    (tmp_path / "ae.xpt").write_bytes(b"nothing of the kind")
    (tmp_path / "vs.json").write_text('{"datasetJSONVersion": "1.1.0", "columns": [')
    (tmp_path / "define.xml").write_text("<ODM")
    (tmp_path / "lb.csv.gz").write_bytes(b"\x1f\x8b")
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n")
    result = cc.check(tmp_path)
    assert [one.name for one in result.datasets] == ["DM"]
    unread = {(one.problem.place.file, one.problem.code) for one in result.findings if one.problem.place.file}
    assert unread == {("ae.xpt", "XPT020"), ("vs.json", "CMP001"), ("define.xml", "DEF001"), ("lb.csv.gz", "CHK003"),
                      ("notes.csv", "CHK007")}  # fmt: skip
    assert "3 files cannot be read: ae.xpt, define.xml, vs.json" in result.verdict.sentence


def test_nothing_to_check_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as raised:
        cc.check(tmp_path)
    assert str(raised.value).startswith(f"CHK001 there is nothing to check in {tmp_path} (datasets end in .xpt")
    with pytest.raises(ProblemsError, match="CMP001 there is no such file or folder"):
        cc.check(tmp_path / "none")


def test_standards_are_given_guessed_or_refused(tmp_path: Path) -> None:
    write(tmp_path, dm=DM)
    assert [str(one) for one in cc.check(tmp_path, sdtmig="3.4", ct="2025-03-28").used] == [
        "SDTMIG 3.4 (by the command line)", "SDTM CT 2025-03-28 (by the command line)",
    ]  # fmt: skip
    guessed = cc.check(tmp_path)
    assert all(str(one).endswith("(guessed)") for one in guessed.used)
    assert len(told(guessed, "CHK011")) == 2
    with pytest.raises(ProblemsError, match=r"CHK010 --sdtmig 9\.9: there is no SDTMIG 9\.9 here"):
        cc.check(tmp_path, sdtmig="9.9")


def test_a_standard_that_the_trial_summary_names_and_is_not_here_is_said(tmp_path: Path) -> None:
    ts = "STUDYID,DOMAIN,TSSEQ,TSPARMCD,TSPARM,TSVAL\nS,TS,1,SDTIGVER,SDTM IG Version,1.0\n"
    result = cc.check(write(tmp_path, dm=DM, ts=ts))
    (message,) = told(result, "CHK010")
    assert message.startswith("CHK010 TS names SDTMIG 1.0, which is not here; 3.")


def test_sponsor_terms_are_not_asked_for_where_nothing_could_declare_them(tmp_path: Path) -> None:
    result = cc.check(write(tmp_path, dm=DM))
    assert result.not_run["CT004"] == "nothing declares the sponsor's own terms: there is no define.xml"


def test_the_verdict_says_why(tmp_path: Path) -> None:
    ts = "STUDYID,DOMAIN,TSSEQ,TSPARMCD,TSPARM,TSVAL\nS,TS,1,SSTDTC,Study Start Date,2022-03\n"
    verdict = cc.check(write(tmp_path, dm=DM, ts=ts)).verdict
    assert verdict.answer == "no"
    assert [one.why for one in verdict.criteria if one.met is False] == [
        "SSTDTC of TS is '2022-03', which is no whole date",
        "the SDTM datasets have no define.xml",
        "not submitted as they are: dm.csv, ts.csv (agencies take NAME.xpt)",
    ]
    assert cc.check(tmp_path / "dm.csv").verdict.answer == "cannot be said"


@pytest.mark.parametrize(
    ("study", "why"), [("", "TS has no STUDYID"), ("T", "STUDYID of TS is 'T', but 'S' in DM"), ("S", "")]
)
def test_the_trial_summary_is_of_the_study(tmp_path: Path, study: str, why: str) -> None:
    ts = f"STUDYID,DOMAIN,TSSEQ,TSPARMCD,TSPARM,TSVAL\n{study},TS,1,SSTDTC,Study Start Date,2022-03-01\n"
    criterion = cc.check(write(tmp_path, dm=DM, ts=ts)).verdict.criteria[2]
    assert (criterion.title, criterion.met) == ("The trial summary names the study of its subjects", not why)
    assert criterion.why == why


def test_analysis_datasets_alone_are_no_whole_package(tmp_path: Path) -> None:
    verdict = cc.check(write(tmp_path, adsl="STUDYID,USUBJID\nS,01\n")).verdict
    assert [(one.id, one.met) for one in verdict.criteria][:4] == [
        ("1734", None), ("1734", None), ("1734", None), ("1736", None),
    ]  # fmt: skip
    assert [(one.id, one.met) for one in verdict.criteria][4:5] == [("1736", True)]
    assert verdict.answer == "no"  # it has no define.xml


def test_an_explained_finding_stays_explained(tmp_path: Path) -> None:
    write(tmp_path, dm=DM, ae=AE)
    (tmp_path / "explanations.yaml").write_text(
        "explanations:\n"
        "  - {rule: AE009, dataset: ae, reason: the site writes U}\n"
        "  - {rule: AE001, dataset: AE, reason: it was}\n"
        "  - {rule: AE900, dataset: AE, reason: it was}\n"
        "  - {rule: AE009, dataset: AE, reason: once more}\n"
        "set_aside:\n"
        "  - {rule: VAR003, reason: not expected by us}\n"
    )
    result = cc.check(tmp_path)
    (explained,) = (one for one in result.findings if one.problem.code == "AE009")
    assert (explained.explained, explained.open) == ("the site writes U", False)
    assert [line.partition("explanations.yaml:")[2] for line in told(result, "EXPL001", "EXPL002", "EXPL003")] == [
        "4: EXPL001 there is no rule AE900 (did you mean AE009?)",
        "5: EXPL003 AE009 AE is explained twice; the first is on line 2 (keep one of them)",
        "3: EXPL002 nothing is left to explain: AE001 AE finds nothing (take the explanation out)",
    ]
    assert result.set_aside == {"VAR003": "not expected by us"}
    assert "VAR003" not in result.run
    assert told(result, "VAR003") == []


def test_a_file_of_explanations_that_is_wrong_is_refused_as_a_whole(tmp_path: Path) -> None:
    write(tmp_path, dm=DM)
    (tmp_path / "explanations.yaml").write_text(
        "explanations:\n  - {rule: AE009, dataset: AE, reason: ' . '}\n  - {rule: AE001}\nset_asid: []\n"
    )
    with pytest.raises(ProblemsError) as raised:
        cc.check(tmp_path)
    assert [problem.code for problem in raised.value.problems] == ["SPEC002", "SPEC001"]


def test_only_what_is_new(tmp_path: Path) -> None:
    from cdisc_conv.checks.output import write_reports

    write(tmp_path, dm=DM, ae=AE)
    earlier = tmp_path / "earlier.json"
    write_reports(cc.check(tmp_path), {"json": earlier})
    same = cc.check(tmp_path, against=earlier)
    assert (same.exit_code, same.gone) == (0, ())
    write(tmp_path, ae=AE + "S,AE,02,1,Nausea,Nausea,U\nS,AE,02,2,Nausea,Nausea,NA\n", dm=DM.replace("02,F", "02,Q"))
    later = cc.check(tmp_path, against=earlier)
    states = {(one.text, str(one.state)) for one in later.findings if one.problem.code == "AE009"}
    assert states == {("AESER is 'U', which is neither Y nor N", "more records"),
                      ("AESER is 'NA', which is neither Y nor N", "new")}  # fmt: skip
    assert later.exit_code == 1


@pytest.mark.parametrize(
    "content", ["", "[]", '{"kind": "other"}', '{"kind": "cdisc-conv check"}', "\x00", "[" * 99999]
)
def test_an_earlier_result_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    write(tmp_path, dm=DM)
    (tmp_path / "old.json").write_text(content)
    with pytest.raises(ProblemsError, match="CHK020 this is not the JSON of an earlier check"):
        cc.check(tmp_path, against=tmp_path / "old.json")


def test_rules_and_terms_of_a_study(tmp_path: Path) -> None:
    write(tmp_path, dm=DM)
    result = cc.check(tmp_path, study="hope2021_thal_agc")
    assert [str(one) for one in result.used] == [
        "SDTMIG 3.4 (by the command line)", "SDTM CT 2025-03-28 (by the command line)",
    ]  # fmt: skip
    assert any(rule.startswith("HOPE") for rule in result.rules)


def test_what_a_rule_lacked_is_said(tmp_path: Path) -> None:
    result = cc.check(write(tmp_path, dm=DM, ae=AE))
    assert result.not_run["TS001"] == "none of the datasets it is about is there"
    assert result.not_run["AE008"] == "AE has no AEENDTC"


def test_the_same_package_gives_the_same_json(tmp_path: Path) -> None:
    from cdisc_conv.checks.output.plain import make_plain

    write(tmp_path, dm=DM, ae=AE)
    first, second = (json.dumps(make_plain(cc.check(tmp_path))) for _ in range(2))
    assert first == second


def test_a_transport_file_that_is_cut_off_is_checked_as_far_as_it_goes(tmp_path: Path) -> None:
    write(tmp_path, dm=DM)
    frame = pd.DataFrame({"STUDYID": ["S"] * 2, "DOMAIN": ["AE"] * 2, "USUBJID": ["01", "02"], "AETERM": ["x"] * 2})
    write_xpt(frame, tmp_path / "ae.xpt", name="AE")
    (tmp_path / "ae.xpt").write_bytes((tmp_path / "ae.xpt").read_bytes()[: -80 + 8])
    assert [line.partition(";")[0] for line in told(cc.check(tmp_path), "XPT026")] == [
        "ae.xpt: XPT026 byte 1286: the file ends within observation 2 of AE, of which 2 of 6 bytes are there and are "
        "dropped"
    ]


def test_numbers_of_csv_files_are_the_same_with_and_without_a_point(tmp_path: Path) -> None:
    adsl = "STUDYID,USUBJID,AGE,NCYC,SAFFL\nS,01,61,4.0,Y\nS,02,60,,Y\n"
    adae = "STUDYID,USUBJID,AESEQ,AETERM,AGE,NCYC\nS,01,1,Nausea,61.0,4\nS,02,1,Rash,59.0,\n"
    result = cc.check(write(tmp_path, adsl=adsl, adae=adae))
    assert told(result, "ADSRC001") == [
        "ADAE.AGE row 2: ADSRC001 AGE is not that of ADSL; 1 record: subject 02 AESEQ 1 (AGE 59, in ADSL 60) "
        "(copy it, or give it another name)"
    ]


def test_labels_of_custom_domains_and_of_events_without_their_source(tmp_path: Path) -> None:
    frame = pd.DataFrame({"STUDYID": ["S"], "DOMAIN": ["XE"], "USUBJID": ["03"], "XETERM": ["x"], "EPOCH": ["y"]})
    labels = {"XETERM": "Reported Term for the Sponsor Event", "EPOCH": "Phase"}
    variables = [XptVariable(name, labels.get(name, ""), numeric=False, length=40) for name in frame]
    write_xpt(frame, tmp_path / "xe.xpt", name="XE", label="Sponsor Events", variables=variables)
    frame = pd.DataFrame({"STUDYID": ["S"], "USUBJID": ["03"], "AESEQ": [1.0], "AETERM": ["x"]})
    labels = {"AETERM": "Reported Term for the Adverse Event"}
    variables = [
        XptVariable(name, labels.get(name, ""), numeric=name == "AESEQ", length=8 if name == "AESEQ" else 40)
        for name in frame
    ]
    write_xpt(frame, tmp_path / "adae.xpt", name="ADAE", label="Events", variables=variables)
    found = {one.problem.place.variable for one in cc.check(tmp_path).findings if one.problem.code == "VAR005"}
    assert ("EPOCH" in found, "XETERM" in found) == (True, False)
    found = {one.problem.place.variable for one in cc.check(tmp_path).findings if one.problem.code == "ADVAR003"}
    assert ("AESEQ" in found, "AETERM" in found) == (True, False)


def test_files_that_programs_leave_open_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path, dm=DM)
    (tmp_path / "~$dm.xpt").write_bytes(b"")
    (tmp_path / ".dm.xpt").write_bytes(b"")
    assert [one for one in cc.check(tmp_path).findings if one.problem.code.startswith("XPT")] == []
