"""Exports of known systems without their dictionary: the system's own columns, and forms that share a table."""

from __future__ import annotations

from pathlib import Path

from cdisc_conv.draft.run import init_study
from cdisc_conv.package.lint import lint_whole
from cdisc_conv.package.run import run_study
from cdisc_conv.problems import Severity
from cdisc_conv.xpt import read_xpt

RAVE = "project,subjectId,Subject,SiteNumber,Folder,FolderName,DataPageName,RecordId,recordposition,RecordActive"
EGS = {
    "dm.csv": f"{RAVE},SEX,SEX_STD\nP1,901,001,S1,SCR,Screening,Demographics,1,0,1,Male,M\n"
    "P1,902,002,S1,SCR,Screening,Demographics,2,0,1,Female,F\n",
    "eg.csv": f"{RAVE},EGDAT,EGHR,EGPR,EGNOISE\nP1,901,001,S1,SCR,Screening,ECG,3,0,1,2024-02-10T00:00:00,60,150,low\n"
    "P1,902,002,S1,SCR,Screening,ECG,4,0,1,2024-02-11T00:00:00,62,140,high\n",
}
REDCAP = (
    "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,sex,dm_complete,"
    "ae_term,ae_start,adverse_events_complete\n"
    "1,base_arm_1,,,Male,2,,,\n1,logs_arm_1,adverse_events,1,,,Cough,2024-02-01,2\n"
    "1,logs_arm_1,adverse_events,2,,,Rash,2024-02-02,2\n2,base_arm_1,,,Female,2,,,\n"
)


def write_files(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def list_findings(study: Path) -> list[str]:
    return [str(one) for one in lint_whole(study)[1] if one.severity is not Severity.NOTE]


def test_rave_views_without_metadata(tmp_path: Path) -> None:
    raw = write_files(tmp_path / "raw", EGS)
    outcome = init_study(raw, tmp_path / "study")
    assert list_findings(tmp_path / "study") == []
    assert [(name, label) for name, label, *_ in outcome.draft.forms] == [("dm", "Demographics"), ("eg", "ECG")]
    run_study(tmp_path / "study", raw, tmp_path / "out")
    eg = read_xpt(tmp_path / "out" / "sdtm" / "eg.xpt").frame
    assert eg["USUBJID"].drop_duplicates().tolist() == ["P1-001", "P1-002"]
    assert eg["EGTESTCD"].drop_duplicates().tolist() == ["EGHRMN", "PRAG"]
    assert eg["EGDTC"].drop_duplicates().tolist() == ["2024-02-10", "2024-02-11"]
    dm = (tmp_path / "study" / "sdtm" / "dm.yaml").read_text()
    assert dm.count("SITEID:") == 1


def test_a_redcap_export_without_its_data_dictionary(tmp_path: Path) -> None:
    raw = write_files(tmp_path / "raw", {"export.csv": REDCAP})
    outcome = init_study(raw, tmp_path / "study")
    assert list_findings(tmp_path / "study") == []
    assert [(name, rows) for name, _, rows, *_ in outcome.draft.forms] == [("dm", 2), ("adverse_events", 2)]
    package = run_study(tmp_path / "study", raw, tmp_path / "out")
    assert [one.code for one in package.problems if one.code.startswith("ACC")] == []
    assert read_xpt(tmp_path / "out" / "sdtm" / "ae.xpt").frame["AETERM"].tolist() == ["COUGH", "RASH"]


def test_events_are_named_and_numbered_by_the_dates_of_all_forms(tmp_path: Path) -> None:
    keys = "SUBJID,EVENTEID,EVENTNAME,VISITDATE"
    files = {
        "dm.csv": "SUBJID,SEX,RACE\n001,Male,White\n",
        "vs.csv": f"{keys},PULSE\n001,SCR,Screening,2024-01-01,60\n001,W2,Week 2,2024-01-20,61\n"
        "001,UNS,Unscheduled,2024-01-25,62\n",
        "fu.csv": f"{keys},FEELING\n001,FU,Follow-up,2024-03-01,fine\n001,LOG,Logs,,fine\n",
    }
    raw = write_files(tmp_path / "raw", files)
    init_study(raw, tmp_path / "study")
    events = (tmp_path / "study" / "forms.yaml").read_text().partition("events:\n")[2].splitlines()
    assert [line.partition("  #")[0] for line in events][:3] == [
        "  - {event: Screening, eid: SCR, visitnum: 1}",
        "  - {event: Week 2, eid: W2, visitnum: 2}",
        "  - {event: Follow-up, eid: FU, visitnum: 3}",
    ]
    assert "unscheduled: numbered after the visit that it follows" in "\n".join(events)


def test_demographics_visits_and_epochs_from_several_forms(tmp_path: Path) -> None:
    files = {
        "dm.csv": "SUBJID,SITEID,SEX,RACE,BRTHDAT\n001,S1,Male,White,1960-05-01\n002,S1,Female,Asian,1971-02-01\n",
        "consent.csv": "SUBJID,ICDAT,ICTIM\n001,2024-01-02,10:15\n002,2024-01-03,11:00\n",
        "randomisation.csv": "SUBJID,RANDDAT,TRTARM\n001,2024-01-09,Placebo\n002,2024-01-09,Drug A\n",
        "visit_dates.csv": "SUBJID,VISIT,VISITDAT\n001,Screening,2024-01-02\n001,Week 4,2024-02-06\n"
        "002,Screening,2024-01-03\n",
        "ex.csv": "SUBJID,EXTRT,EXDOSE,EXDOSU,EXSTDAT,EXENDAT\n001,Drug A,5,mg,2024-01-10,2024-02-20\n"
        "002,Drug A,5,mg,2024-01-10,2024-02-20\n",
        "eos.csv": "SUBJID,EOSDAT,EOSREAS,EOSSP\n001,2024-03-01,Completed,\n002,2024-02-25,Death,at home\n",
        "ae.csv": "SUBJID,AETERM,AESTDAT,AESOC\n001,Cough,2024-01-05,Respiratory\n001,Rash,2024-01-15,Skin\n",
    }
    raw = write_files(tmp_path / "raw", files)
    init_study(raw, tmp_path / "study")
    assert list_findings(tmp_path / "study") == []
    package = run_study(tmp_path / "study", raw, tmp_path / "out")
    assert [str(one) for one in package.problems if one.code.startswith("ACC")] == []
    frames = {one.name: one.frame for one in package.datasets}
    dm = frames["DM"][["RFICDTC", "RFPENDTC", "DTHDTC", "DTHFL", "AGE", "ARM"]].astype(str).to_numpy().tolist()
    assert dm == [
        ["2024-01-02T10:15", "2024-03-01", "", "", "63.0", "Placebo"],
        ["2024-01-03T11:00", "2024-02-25", "2024-02-25", "Y", "52.0", "Drug A"],
    ]
    assert frames["SV"][["USUBJID", "VISITNUM", "VISIT", "SVSTDTC"]].to_numpy().tolist() == [
        ["STUDY-001", 1.0, "SCREENING", "2024-01-02"],
        ["STUDY-001", 2.0, "WEEK 4", "2024-02-06"],
        ["STUDY-002", 1.0, "SCREENING", "2024-01-03"],
    ]
    assert frames["AE"][["AETERM", "EPOCH", "AEBODSYS"]].to_numpy().tolist() == [
        ["COUGH", "SCREENING", "Respiratory"],
        ["RASH", "TREATMENT", "Skin"],
    ]
    ds = frames["DS"][["DSDECOD", "DSTERM", "DSCAT"]].drop_duplicates().to_numpy().tolist()
    assert sorted(ds) == [
        ["COMPLETED", "COMPLETED", "DISPOSITION EVENT"],
        ["DEATH", "AT HOME", "DISPOSITION EVENT"],
        ["INFORMED CONSENT OBTAINED", "INFORMED CONSENT OBTAINED", "PROTOCOL MILESTONE"],
        ["RANDOMIZED", "RANDOMIZED", "PROTOCOL MILESTONE"],
    ]
    assert frames["SE"]["ETCD"].tolist() == ["SCRN", "TRT", "FU", "SCRN", "TRT", "FU"]


def test_a_dictionary_with_a_column_that_the_export_lacks(tmp_path: Path) -> None:
    header = (
        '"Variable / Field Name","Form Name","Field Type","Field Label","Choices, Calculations, OR Slider Labels"\n'
    )
    files = {
        "dictionary.csv": f'{header}record_id,dm,text,Record ID,\nsex,dm,radio,Sex,"1, Male | 2, Female"\n'
        "lost,dm,text,Lost,\n",
        "data.csv": "record_id,sex,dm_complete\n1,1,2\n2,2,2\n",
    }
    raw = write_files(tmp_path / "raw", files)
    outcome = init_study(raw, tmp_path / "study")
    assert not any(".cdisc-conv-" in str(one) for one in outcome.problems)
    text = (tmp_path / "study" / "forms.yaml").read_text()
    assert "lost: null  # draft to do: the export has no such column" in text
    package = run_study(tmp_path / "study", raw, tmp_path / "out")
    assert "RAW004" not in {one.code for one in package.problems}


def test_a_workbook_with_merged_headings_above_the_names(tmp_path: Path) -> None:
    import openpyxl

    (tmp_path / "raw").mkdir()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "dm"
    for row in (["Keys", None, "Subject"], ["SUBJID", "SITEID", "SEX"], ["001", "S1", "Male"], ["002", "S1", "Female"]):
        sheet.append(row)
    sheet.merge_cells("A1:B1")
    book.save(tmp_path / "raw" / "export.xlsx")
    init_study(tmp_path / "raw", tmp_path / "study")
    assert "header: [skip, names]" in (tmp_path / "study" / "forms.yaml").read_text()
    assert list_findings(tmp_path / "study") == []


def test_what_rave_makes_of_dates_is_declared(tmp_path: Path) -> None:
    keys = "project,environmentName,subjectId,StudySiteId,Subject,SiteNumber,instanceId,DataPageId,"
    keys += "recordposition,RecordActive"
    columns = {"DM": ["SEX"], "LB": ["LBDAT", "LBDAT_RAW", "LBDAT_INT", "HGB"]}
    described = [
        f"P1,V_P1_{form},{number},{name},char,20,$20,"
        for form, own in columns.items()
        for number, name in enumerate([*keys.split(","), *own], 1)
    ]
    start = "P1,Prod,{n},5,00{n},S1,7,8,1,1"
    files = {
        "metadata.csv": "\n".join(
            ["projectname,viewname,ordinal,varname,vartype,varlength,varformat,varlabel", *described, ""]
        ),
        "V_P1_DM.csv": f"{keys},SEX\n{start.format(n=1)},Male\n{start.format(n=2)},Female\n",
        "V_P1_LB.csv": f"{keys},LBDAT,LBDAT_RAW,LBDAT_INT,HGB\n"
        f"{start.format(n=1)},2024-02-01T00:00:00,2024 Feb 01,2024-02-01T00:00:00,12.1\n",
    }
    raw = write_files(tmp_path / "raw", files)
    outcome = init_study(raw, tmp_path / "study", "rave")
    fates = {one.column: (one.fate.value, one.reason) for one in outcome.draft.used if one.form == "LB"}
    assert fates["LBDAT_INT"] == ("not submitted: system column", "added by the EDC: made of what was collected")
    package = run_study(tmp_path / "study", raw, tmp_path / "out")
    assert [str(one) for one in package.problems if one.code in ("ACC001", "ACC002", "ACC003")] == []
