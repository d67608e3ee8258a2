"""HOPE2021-Thal-AGC: vital signs, electrocardiograms and physical examinations in VS, EG, PE, ADVS and ADEG."""

from __future__ import annotations

from functools import cache

import pandas as pd
from hope2021 import convert_subject, frame, raw

DAY_0 = pd.Timestamp("1960-01-01")


@cache
def _signs() -> dict[str, pd.DataFrame]:
    """01-020 (first dose 2023-03-13): screening, cycle 1, cycle 2."""
    forms = raw()["vs"].query('SUBJID == "01-020"').head(3).reset_index(drop=True)
    assert forms["EVENTEID"].tolist() == ["SCR", "C1D1", "C2D1"]
    return convert_subject(
        "01-020",
        "VS ADVS",
        vs=forms.assign(
            VSDAT=["01-MAR-2023", "13-MAR-2023", "03-APR-2023"],
            VSTIM=["08:00", "08:30", "07:45"],
            HEIGHT=["170", "", ""],
            HEIGHTU=["CM", "", ""],
            WEIGHT=["72", "70", "65"],
            SYSBP=["120", "118", "142"],
            DIABP=["70", "70", "70"],
            PULSE=["72", "74", "80"],
            TEMP=["36.5", "36.6", "38.2"],
            VSPOS=["SITTING", "SITTING", "SUPINE"],
        ),
    )


def test_vital_signs_by_hand() -> None:
    made = _signs()
    vs = made["VS"].query('VSTESTCD in ("SYSBP", "TEMP")').sort_values(["VSTESTCD", "VISITNUM"])
    columns = ["VSTESTCD", "VSTEST", "VSORRES", "VSORRESU", "VSSTRESC", "VSPOS", "VSLOC", "VSDTC", "VSLOBXFL"]
    assert vs[columns].to_numpy().tolist() == [
        ["SYSBP", "Systolic Blood Pressure", "120", "mmHg", "120", "SITTING", "", "2023-03-01T08:00", ""],
        ["SYSBP", "Systolic Blood Pressure", "118", "mmHg", "118", "SITTING", "", "2023-03-13T08:30", "Y"],
        ["SYSBP", "Systolic Blood Pressure", "142", "mmHg", "142", "SUPINE", "", "2023-04-03T07:45", ""],
        ["TEMP", "Temperature", "36.5", "C", "36.5", "", "AXILLA", "2023-03-01T08:00", ""],
        ["TEMP", "Temperature", "36.6", "C", "36.6", "", "AXILLA", "2023-03-13T08:30", "Y"],
        ["TEMP", "Temperature", "38.2", "C", "38.2", "", "AXILLA", "2023-04-03T07:45", ""],
    ]


def test_analysis_of_vital_signs_by_hand() -> None:
    advs = _signs()["ADVS"]
    columns = ["AVAL", "BASE", "CHG", "AVISIT", "ABLFL", "ANL01FL", "ANRIND", "SHIFT1", "CRIT1FL", "CRIT2FL"]

    def rows(parameter: str) -> list[list[object]]:
        mine = advs[advs["PARAMCD"] == parameter].sort_values("ADT").round({"CHG": 6})
        return mine[columns].astype(object).where(mine[columns].notna(), None).to_numpy().tolist()

    assert rows("SYSBP") == [
        [120, 118, None, "Baseline", "", "", "NORMAL", "NORMAL to NORMAL", "", ""],
        [118, 118, None, "Baseline", "Y", "Y", "NORMAL", "NORMAL to NORMAL", "", ""],
        [142, 118, 24, "Week 3", "", "Y", "HIGH", "NORMAL to HIGH", "N", "N"],
    ]
    assert rows("TEMP")[2] == [38.2, 36.6, 1.6, "Week 3", "", "Y", "HIGH", "NORMAL to HIGH", "Y", ""]
    # Lost 5 of 70 kg.
    assert rows("WEIGHT")[2] == [65, 70, -5, "Week 3", "", "Y", "", "", "N", "Y"]
    assert [row[0] for row in rows("MAP")] == [87, 86, 94]
    assert [row[0] for row in rows("BMI")] == [24.9, 24.2, 22.5]
    week_3 = advs.query('PARAMCD == "SYSBP" and AVISIT == "Week 3"').iloc[0]
    assert [week_3[name] for name in ("AVISITN", "AWTARGET", "AWTDIFF", "AWLO", "AWHI", "ADY")] == [3, 22, 0, 2, 32, 22]


@cache
def _tracings() -> dict[str, pd.DataFrame]:
    """01-020: normal at screening, a long QTcF with flat T waves at cycle 3, not done at the third one."""
    forms = raw()["eg"].query('SUBJID == "01-020"').head(3).reset_index(drop=True)
    assert forms["EVENTEID"].tolist()[:2] == ["SCR", "C3D1"]
    return convert_subject(
        "01-020",
        "EG ADEG",
        eg=forms.assign(
            EGYN=["Y", "Y", "N"],
            EGND=["", "", "ILL"],
            EGND_DEC=["", "", "Subject too ill"],
            EGDAT=["02-MAR-2023", "24-APR-2023", ""],
            EGTIM=["08:10", "08:20", ""],
            EGHR=["60", "60", ""],
            EGPR=["160", "162", ""],
            EGQRS=["90", "92", ""],
            EGQT=["400", "485", ""],
            EGQTCF=["400", "485", ""],
            EGRHY=["SR", "SR", ""],
            EGRHY_DEC=["Sinus rhythm", "Sinus rhythm", ""],
            EGOTH=["NONE", "TFLAT", ""],
            EGOTH_DEC=["None", "Flat T waves", ""],
            EGINTP=["N", "CS", ""],
            EGINTP_DEC=["Normal", "Abnormal, clinically significant", ""],
        ),
    )


def test_electrocardiograms_by_hand() -> None:
    eg = _tracings()["EG"].sort_values(["VISITNUM", "EGSEQ"])
    words = eg[eg["EGTESTCD"].isin(["SNRARRY", "STSTWUW", "INTP"])]
    assert words[["EGTESTCD", "EGORRES", "EGSTRESC", "EGCLSIG", "EGEVAL"]].to_numpy().tolist() == [
        ["INTP", "Normal", "NORMAL", "N", "INVESTIGATOR"],
        ["SNRARRY", "Sinus rhythm", "SINUS RHYTHM", "", ""],
        ["INTP", "Abnormal, clinically significant", "ABNORMAL", "Y", "INVESTIGATOR"],
        ["SNRARRY", "Sinus rhythm", "SINUS RHYTHM", "", ""],
        ["STSTWUW", "Flat T waves", "T WAVES FLAT", "", ""],
    ]
    qtcf = eg[eg["EGTESTCD"] == "QTCFAG"]
    assert qtcf[["EGTEST", "EGORRES", "EGORRESU", "EGPOS", "EGMETHOD", "EGDTC", "EGLOBXFL"]].to_numpy().tolist() == [
        ["QTcF Interval, Aggregate", "400", "ms", "SUPINE", "12 LEAD STANDARD", "2023-03-02T08:10", "Y"],
        ["QTcF Interval, Aggregate", "485", "ms", "SUPINE", "12 LEAD STANDARD", "2023-04-24T08:20", ""],
    ]
    missed = eg[eg["EGSTAT"] == "NOT DONE"]
    assert missed[["EGTESTCD", "EGORRES", "EGREASND", "EGPOS"]].to_numpy().tolist() == [
        ["EGALL", "", "Subject too ill", ""]
    ]


def test_analysis_of_electrocardiograms_by_hand() -> None:
    adeg = _tracings()["ADEG"].sort_values("ADT")
    qtcf = adeg[adeg["PARAMCD"] == "QTCFAG"]
    columns = ["AVAL", "AVALCAT1", "AVALCA1N", "BASECAT1", "CHGCAT1", "SHIFT1", "ABLFL", "ANL02FL"]
    found = qtcf[columns].astype(object).where(qtcf[columns].notna(), None).to_numpy().tolist()
    assert found == [
        [400, "<=450 ms", 1, "<=450 ms", "", "<=450 ms to <=450 ms", "Y", ""],
        [485, ">480 to <=500 ms", 3, "<=450 ms", ">60 ms", "<=450 ms to >480 to <=500 ms", "", "Y"],
    ]
    judged = adeg[adeg["PARAMCD"] == "INTP"]
    assert judged[["AVALC", "BASEC", "SHIFT1"]].to_numpy().tolist() == [
        ["NORMAL", "NORMAL", "NORMAL to NORMAL"],
        ["ABNORMAL CS", "NORMAL", "NORMAL to ABNORMAL CS"],
    ]
    assert judged["CHG"].isna().all()


def test_physical_examinations_by_hand() -> None:
    form = raw()["pe"].query('SUBJID == "01-020" and EVENTEID == "C2D1"').reset_index(drop=True).head(3)
    form = form.assign(
        PEYN="Y",
        PEDAT="03-APR-2023",
        PESYS=["SKIN", "NEURO", "RESP"],
        PESYS_DEC=["Skin", "Neurological", "Respiratory"],
        PERES=["A", "N", "ND"],
        PEDESC=["手足皮肤红斑脱屑", "", ""],
        PECS=["Y", "", ""],
        PEND=["", "", "REFUSED"],
        PEND_DEC=["", "", "Subject refused"],
    )
    missed = form.head(1).assign(PEYN="N", EVENTEID="C3D1", PESYS="", PESYS_DEC="", PERES="", PEDESC="", PECS="",
                                 PEDAT="", PEND="ILL", PEND_DEC="Subject too ill")  # fmt: skip
    pe = convert_subject("01-020", "PE", pe=pd.concat([form, missed], ignore_index=True))["PE"].sort_values("PETESTCD")
    columns = ["PETESTCD", "PETEST", "PEORRES", "PESTRESC", "PECLSIG", "PESTAT", "PEREASND", "PEDTC"]
    assert pe[columns].to_numpy().tolist() == [
        ["NEURO", "Neurological", "NORMAL", "NORMAL", "", "", "", "2023-04-03"],
        ["PEALL", "Physical Examination", "", "", "", "NOT DONE", "Subject too ill", ""],
        ["RESP", "Respiratory", "", "", "", "NOT DONE", "Subject refused", "2023-04-03"],
        ["SKIN", "Skin", "手足皮肤红斑脱屑", "手足皮肤红斑脱屑", "Y", "", "", "2023-04-03"],
    ]


def test_records_are_those_of_the_forms() -> None:
    assert len(frame("PE")) == len(raw()["pe"])
    eg = raw()["eg"]
    done = eg[eg["EGYN"] == "Y"]
    others = (done["EGOTH"] != "NONE").sum()
    assert len(frame("EG")) == 7 * len(done) + others + (eg["EGYN"] == "N").sum()
    treated = frame("ADSL").query('SAFFL == "Y"')["USUBJID"]
    for name in ("ADVS", "ADEG"):
        assert set(frame(name)["USUBJID"]) <= set(treated)
        assert not frame(name).query('ABLFL == "Y"').duplicated(["USUBJID", "PARAMCD"]).any()
        analysed = frame(name).query('ANL01FL == "Y"')
        assert len(analysed)
    windows = frame("ADVS").query('ANL01FL == "Y"')
    assert not windows.duplicated(["USUBJID", "PARAMCD", "AVISIT"]).any()
