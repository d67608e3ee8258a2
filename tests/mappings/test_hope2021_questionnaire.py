"""HOPE2021-Thal-AGC: answers about nausea and sleep in QS and ADQS."""

from __future__ import annotations

import pandas as pd
from hope2021 import convert_subject, frame, raw

DAY_0 = pd.Timestamp("1960-01-01")


def _made() -> dict[str, pd.DataFrame]:
    """01-020 (first dose 2023-03-13): answers at screening, before cycle 1, before cycle 2; not at cycle 3."""
    forms = raw()["qs"].query('SUBJID == "01-020"').head(4).reset_index(drop=True)
    assert forms["EVENTEID"].tolist() == ["SCR", "C1D1", "C2D1", "C3D1"]
    words = ["None", "Mild", "Moderate", "Severe"]
    said = ["1", "2", "3", ""]
    return convert_subject(
        "01-020",
        "QS ADQS",
        qs=forms.assign(
            QSYN=["Y", "Y", "Y", "N"],
            QSND=["", "", "", "ILL"],
            QSND_DEC=["", "", "", "Subject too ill"],
            QSDAT=["01-MAR-2023", "13-MAR-2023", "03-APR-2023", ""],
            INSSEV=said,
            INSSEV_DEC=[words[int(answer)] if answer else "" for answer in said],
            **dict.fromkeys(["NAUFRQ", "NAUFRQ_DEC", "NAUSEV", "NAUSEV_DEC", "INSINT", "INSINT_DEC"], ""),
        ),
    )


def test_answers_by_hand() -> None:
    made = _made()
    qs = made["QS"].query('QSTESTCD == "PT01052A"').sort_values("VISITNUM")
    assert qs[
        ["QSTEST", "QSCAT", "QSORRES", "QSSTRESC", "QSDTC", "QSLOBXFL", "QSSTAT", "QSREASND"]
    ].to_numpy().tolist() == [
        ["PT01-Insomnia Severity", "PRO-CTCAE V1.0", "Mild", "1", "2023-03-01", "", "", ""],
        ["PT01-Insomnia Severity", "PRO-CTCAE V1.0", "Moderate", "2", "2023-03-13", "Y", "", ""],
        ["PT01-Insomnia Severity", "PRO-CTCAE V1.0", "Severe", "3", "2023-04-03", "", "", ""],
        ["PT01-Insomnia Severity", "PRO-CTCAE V1.0", "", "", "", "", "NOT DONE", "Subject too ill"],
    ]
    assert (made["QS"]["QSSTAT"] == "NOT DONE").sum() == 4
    adqs = made["ADQS"].query('PARAMCD == "PT01052A"')
    assert adqs[["PARAM", "AVALC", "AVISIT", "ABLFL", "ANL01FL", "ANL02FL"]].to_numpy().tolist() == [
        ["Insomnia Severity", "Mild", "Baseline", "", "", ""],
        ["Insomnia Severity", "Moderate", "CYCLE 1 DAY 1", "Y", "", ""],
        ["Insomnia Severity", "Severe", "CYCLE 2 DAY 1", "", "Y", "Y"],
    ]
    assert adqs["AVAL"].tolist() == [1, 2, 3]
    assert adqs["BASE"].tolist() == [2, 2, 2]
    assert adqs["CHG"].iloc[-1] == 1
    assert adqs["ADT"].iloc[-1] == (pd.Timestamp("2023-04-03") - DAY_0).days


def test_records_are_the_answers_of_the_forms() -> None:
    forms = raw()["qs"]
    assert len(frame("QS")) == 4 * len(forms)
    assert len(frame("ADQS")) == 4 * (forms["QSYN"] == "Y").sum()
    baseline = frame("ADQS").query('ABLFL == "Y"')
    assert not baseline.duplicated(["USUBJID", "PARAMCD"]).any()
    assert set(frame("ADQS")["PARAMCD"]) == {"PT01009A", "PT01009B", "PT01052A", "PT01052B"}
