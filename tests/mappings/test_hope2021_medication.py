"""HOPE2021-Thal-AGC: medication in CM and ADCM."""

from __future__ import annotations

from functools import cache

import pandas as pd
from hope2021 import convert_subject, frame, raw


@cache
def _made() -> dict[str, pd.DataFrame]:
    """01-020 with three medications: one from before consent, one for an event, one that goes on."""
    log = raw()["cm"].query('SUBJID == "01-020"').head(3).reset_index(drop=True)
    log = log.assign(
        CMTRT=["  泮托拉唑", "Imodium", "Low molecular weight heparin "],
        CMDECOD=["PANTOPRAZOLE", "LOPERAMIDE", "ENOXAPARIN"],
        CMAENO=["", "2", ""],
        CMDSTXT=["40", "2", "4000"],
        CMDOSU=["MG", "MG", "IU"],
        CMDOSFRQ=["QD", "PRN", "QD"],
        CMROUTE=["PO", "PO", "SC"],
        CMSTDAT=["UN-UNK-2021", "02-APR-2023", "13-MAR-2023"],
        CMENDAT=["", "04-APR-2023", ""],
        CMONGO=["Y", "N", "Y"],
    )
    return convert_subject("01-020", "CM ADCM", cm=log)


def test_medications_by_hand() -> None:
    cm = _made()["CM"].query('CMCAT == "CONCOMITANT MEDICATION"')
    columns = [
        "CMTRT",
        "CMDECOD",
        "CMLNKID",
        "CMDOSU",
        "CMDOSFRQ",
        "CMROUTE",
        "CMSTDTC",
        "CMENDTC",
        "CMENRTPT",
        "EPOCH",
    ]
    assert [tuple(row) for row in cm[columns].itertuples(index=False)] == [
        (
            "LOW MOLECULAR WEIGHT HEPARIN", "ENOXAPARIN", "", "IU", "QD", "SUBCUTANEOUS", "2023-03-13", "", "ONGOING",
            "INDUCTION TREATMENT",
        ),
        ("IMODIUM", "LOPERAMIDE", "2", "mg", "PRN", "ORAL", "2023-04-02", "2023-04-04", "", "INDUCTION TREATMENT"),
        ("泮托拉唑", "PANTOPRAZOLE", "", "mg", "QD", "ORAL", "2021", "", "ONGOING", ""),
    ]  # fmt: skip
    assert cm["CMDOSE"].tolist() == [4000, 2, 40]


def test_analysis_of_medications_by_hand() -> None:
    adcm = _made()["ADCM"].set_index("CMDECOD").loc[["PANTOPRAZOLE", "LOPERAMIDE", "ENOXAPARIN"]]
    day = (pd.to_datetime(["2021-01-01", "2023-04-02", "2023-03-13"]) - pd.Timestamp("1960-01-01")).days
    assert adcm["ASTDT"].tolist() == day.tolist()
    assert adcm["ASTDTF"].tolist() == ["M", "", ""]
    assert adcm["PREFL"].tolist() == ["Y", "", ""]
    assert adcm["ONTRTFL"].tolist() == ["Y", "Y", "Y"]
    assert adcm["AOCCPFL"].tolist() == ["Y", "Y", "Y"]
    assert adcm["AOCCFL"].tolist() == ["Y", "", ""]
    assert adcm["ASTDY"].tolist()[1:] == [21, 1]


def test_records_are_those_of_the_log_and_of_the_contacts() -> None:
    cm, log = frame("CM"), raw()["cm"].query('CMYN == "Y"')
    assert (cm["CMCAT"] == "CONCOMITANT MEDICATION").sum() == len(log)
    assert set(cm["CMCAT"]) == {"CONCOMITANT MEDICATION", "PRIOR CANCER THERAPY", "NEW ANTI-CANCER THERAPY"}
    ae = frame("AE")
    linked = cm[cm["CMLNKID"] != ""]
    assert set(zip(linked["USUBJID"], linked["CMLNKID"], strict=True)) <= set(
        zip(ae["USUBJID"], ae["AESPID"], strict=True)
    )
    assert len(frame("ADCM")) == len(cm)
    assert (frame("ADCM").query('CMCAT == "NEW ANTI-CANCER THERAPY"')["PREFL"] == "").all()
    relrec = frame("RELREC").query('RELID == "AECM"')
    assert relrec[["RDOMAIN", "IDVAR", "RELTYPE"]].to_numpy().tolist() == [
        ["AE", "AESPID", "ONE"],
        ["CM", "CMLNKID", "MANY"],
    ]
