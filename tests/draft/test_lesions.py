"""Forms of lesions become TU and TR, responses name their assessments, and comments the lines that they are about."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cdisc_conv.draft.add import add_form
from cdisc_conv.draft.run import init_study
from cdisc_conv.package.lint import lint_whole
from cdisc_conv.package.run import run_study
from cdisc_conv.problems import Severity

DM = "SUBJID,SEX,RACE\n001,Male,White\n002,Female,Asian\n"
EX = "SUBJID,EXTRT,EXDOSE,EXDOSU,EXSTDAT\n001,Drug A,5,mg,2024-01-10\n002,Drug A,5,mg,2024-01-10\n"


def run_draft(folder: Path, forms: dict[str, str]) -> dict[str, pd.DataFrame]:
    """The datasets that the untouched draft makes; the draft has to lint clean and account for everything."""
    raw = folder / "raw"
    raw.mkdir()
    for name, text in {"dm.csv": DM, "ex.csv": EX, **forms}.items():
        (raw / name).write_text(text)
    init_study(raw, folder / "study")
    assert [str(one) for one in lint_whole(folder / "study")[1] if one.severity is not Severity.NOTE] == []
    package = run_study(folder / "study", raw, folder / "out")
    assert [str(one) for one in package.problems if one.code in ("ACC001", "ACC002", "ACC003")] == []
    return {one.name: one.frame for one in package.datasets}


def list_rows(frame: pd.DataFrame, columns: str) -> list[list[str]]:
    return [["" if cell != cell else str(cell) for cell in row] for row in frame[columns.split()].to_numpy()]


@pytest.fixture(scope="module")
def recist(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    keys = "SUBJID,VISIT,TLDAT"
    return run_draft(
        tmp_path_factory.mktemp("recist"),
        {
            "target_lesions.csv": f"{keys},TLID,TLLOC,TLLOCSP,TLMETHOD,TLSTATE,TLLDIAM,TLSAXIS,TLREASNA,TLSUM\n"
            "001,Screening,05-JAN-2024,T01,Liver,segment 4,CT scan,Measured,41,,,56\n"
            "001,Screening,05-JAN-2024,T02,Lymph node,hilar,CT scan,Measured,,15,,56\n"
            "001,Week 6,16-FEB-2024,T01,Liver,segment 4,CT scan,Measured,30,,,\n"
            "001,Week 6,16-FEB-2024,T02,Lymph node,hilar,CT scan,Not assessed,,,Artefact,\n",
            "non_target_lesions.csv": "SUBJID,VISIT,NTLDAT,NTLID,NTLLOC,NTLMETH,NTLSTATE\n"
            "001,Screening,05-JAN-2024,N01,Peritoneum,CT scan,Present\n"
            "001,Week 6,16-FEB-2024,N01,Peritoneum,CT scan,Disappeared\n",
            "rs.csv": "SUBJID,VISIT,RSDAT,RSTRG,RSNTRG,RSNEW,RSOVR\n001,Week 6,16-FEB-2024,NE,CR,No,NE\n",
            "response_review.csv": "SUBJID,VISIT,READER,RSDAT,RSTRG,RSOVR\n001,Week 6,Reader 1,16-FEB-2024,PR,PR\n",
        },
    )


def test_measurements_states_and_sums_are_tumour_results(recist: dict[str, pd.DataFrame]) -> None:
    tr = list_rows(recist["TR"], "TRTESTCD TRLNKID TRGRPID TRORRES TRORRESU TRSTRESC TRSTAT TRREASND TRDTC")
    assert sorted(tr) == [
        ["LDIAM", "T01", "TARGET", "30", "mm", "30", "", "", "2024-02-16"],
        ["LDIAM", "T01", "TARGET", "41", "mm", "41", "", "", "2024-01-05"],
        ["LDIAM", "T02", "TARGET", "", "", "", "NOT DONE", "Artefact", "2024-02-16"],
        ["LPERP", "T02", "TARGET", "15", "mm", "15", "", "", "2024-01-05"],
        ["SUMDIAM", "", "TARGET", "56", "mm", "56", "", "", "2024-01-05"],
        ["TUMSTATE", "N01", "NON-TARGET", "DISAPPEARED", "", "ABSENT", "", "", "2024-02-16"],
        ["TUMSTATE", "N01", "NON-TARGET", "PRESENT", "", "PRESENT", "", "", "2024-01-05"],
    ]


def test_lesions_are_identified_where_they_were_first_assessed(recist: dict[str, pd.DataFrame]) -> None:
    assert sorted(list_rows(recist["TU"], "TULNKID TUORRES TULOC TUMETHOD TUDTC VISIT")) == [
        ["N01", "NON-TARGET", "PERITONEUM", "CT SCAN", "2024-01-05", "SCREENING"],
        ["T01", "TARGET", "LIVER", "CT SCAN", "2024-01-05", "SCREENING"],
        ["T02", "TARGET", "LYMPH NODE", "CT SCAN", "2024-01-05", "SCREENING"],
    ]


def test_responses_name_the_assessment_and_who_evaluated_it(recist: dict[str, pd.DataFrame]) -> None:
    assert sorted(list_rows(recist["RS"], "RSTESTCD RSORRES RSSTRESC RSEVALID RSLNKGRP")) == [
        ["NEWLIND", "No", "N", "", "Week 6"],
        ["NTRGRESP", "CR", "CR", "", "Week 6"],
        ["OVRLRESP", "NE", "NE", "", "Week 6"],
        ["OVRLRESP", "PR", "PR", "READER 1", "Reader 1-Week 6"],
        ["TRGRESP", "NE", "NE", "", "Week 6"],
        ["TRGRESP", "PR", "PR", "READER 1", "Reader 1-Week 6"],
    ]
    assert set(recist["TR"]["TRLNKGRP"]) == {"Screening", "Week 6"}


def test_one_form_of_lesions_of_all_kinds_and_an_identification_form(tmp_path: Path) -> None:
    found = run_draft(
        tmp_path,
        {
            "tumor_assessment.csv": "SUBJID,VISIT,SCANDAT,LESNO,LESTYPE,ORGAN,SIZE_CM\n"
            "001,Base,2024-01-05,1,Target,Liver,4.1\n001,Base,2024-01-05,2,Non-target,Lung,\n"
            "001,Week 6,2024-02-16,1,Target,Liver,3.9\n001,Week 6,2024-02-16,3,New,Bone,1.2\n",
        },
    )
    assert sorted(list_rows(found["TR"], "TRLNKID TRGRPID TRORRES TRORRESU TRSTRESC TRSTRESU")) == [
        ["1", "TARGET", "3.9", "cm", "39", "mm"],
        ["1", "TARGET", "4.1", "cm", "41", "mm"],
        ["3", "NEW", "1.2", "cm", "12", "mm"],
    ]
    assert sorted(list_rows(found["TU"], "TULNKID TUORRES TULOC")) == [
        ["1", "TARGET", "LIVER"],
        ["2", "NON-TARGET", "LUNG"],
        ["3", "NEW", "BONE"],
    ]


def test_comments_are_about_numbered_lines(tmp_path: Path) -> None:
    ae = (
        "project,subjectId,Subject,SiteNumber,Folder,DataPageName,RecordId,recordposition,RecordActive,AETERM,AESTDAT\n"
    )
    found = run_draft(
        tmp_path,
        {
            "dm.csv": ae.replace("AETERM,AESTDAT", "SEX") + "P1,901,001,S1,SCR,Demographics,1,0,1,Male\n",
            "ex.csv": ae.replace("AETERM,AESTDAT", "EXTRT,EXSTDAT") + "P1,901,001,S1,C1,Dosing,2,0,1,A,2024-01-10\n",
            "ae.csv": f"{ae}P1,901,001,S1,LOG,Adverse Events,3,1,1,Cough,2024-02-01\n"
            "P1,901,001,S1,LOG,Adverse Events,4,2,1,Rash,2024-02-02\n",
            "comments.csv": ae.replace("AETERM,AESTDAT", "COAENO,CODAT,COVAL")
            + "P1,901,001,S1,LOG,Comments,5,1,1,2,2024-02-03,Seen by phone\n",
        },
    )
    assert list_rows(found["AE"], "AESPID AETERM") == [["1", "COUGH"], ["2", "RASH"]]
    assert list_rows(found["CO"], "RDOMAIN IDVAR IDVARVAL COVAL CODTC") == [
        ["AE", "AESPID", "2", "Seen by phone", "2024-02-03"],
    ]


def test_a_form_of_lesions_that_comes_later(tmp_path: Path) -> None:
    run_draft(tmp_path, {})
    (tmp_path / "raw" / "target_lesions.csv").write_text(
        "SUBJID,VISIT,TLDAT,TLID,TLLOC,TLLDIAM\n001,Base,2024-01-05,T1,Liver,41\n"
    )
    add_form(tmp_path / "raw", tmp_path / "study", "target_lesions")
    package = run_study(tmp_path / "study", tmp_path / "raw", tmp_path / "again")
    tu = next(one.frame for one in package.datasets if one.name == "TU")
    assert list_rows(tu, "TULNKID TUORRES TULOC TUDTC") == [["T1", "TARGET", "LIVER", "2024-01-05"]]
