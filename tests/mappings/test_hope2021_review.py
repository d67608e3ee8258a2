"""HOPE2021-Thal-AGC: the independent review in TU, TR and RS, and what ADRS and ADTTE make of the accepted reader."""

from __future__ import annotations

import pandas as pd
from hope2021 import convert_subject, frame, raw, read_days


def _rows(data: pd.DataFrame, columns: str) -> list[tuple[str, ...]]:
    return [tuple(map(str, row)) for row in data[columns.split()].itertuples(index=False, name=None)]


def test_a_reviewed_subject_by_hand() -> None:
    """01-010: 56 mm at week 30 are 30 % over the second reader's nadir of 43 mm; the first reader and the investigator
    see the progression at week 36 only. The adjudicator accepts the second reader."""
    mine = {name: frame(name).query('USUBJID == "HOPE2021-Thal-AGC-01-010"') for name in ("TU", "TR", "RS")}
    assert _rows(mine["RS"].query('RSEVALID == "ADJUDICATOR 1"'), "RSTESTCD RSORRES RSSTRESC RSDTC VISIT RSACPTFL") == [
        ("ADJREAD", "Reader 2", "RADIOLOGIST 2", "2023-04-18", "", "")
    ]
    supp = frame("SUPPRS").query('USUBJID == "HOPE2021-Thal-AGC-01-010"')
    assert _rows(supp, "QNAM QVAL") == [("RSADJRS", "DATES OF PROGRESSION DIFFER")]
    progression = mine["RS"].query('RSTESTCD == "OVRLRESP" and RSSTRESC == "PD"')
    assert _rows(progression, "RSLNKGRP RSEVAL RSEVALID RSACPTFL RSDTC") == [
        ("R1-TA036", "INDEPENDENT ASSESSOR", "RADIOLOGIST 1", "", "2023-04-13"),
        ("R2-TA030", "INDEPENDENT ASSESSOR", "RADIOLOGIST 2", "Y", "2023-03-01"),
        ("TA036", "INVESTIGATOR", "", "", "2023-04-15"),
    ]
    assert _rows(mine["TR"].query('TRLNKGRP == "R2-TA030"'), "TRLNKID TRTESTCD TRSTRESC TREVALID TRACPTFL") == [
        ("R2-T01", "LDIAM", "34", "RADIOLOGIST 2", "Y"),
        ("R2-T02", "LPERP", "22", "RADIOLOGIST 2", "Y"),
        ("", "SUMDIAM", "56", "RADIOLOGIST 2", "Y"),
        ("R2-NT01", "TUMSTATE", "PRESENT", "RADIOLOGIST 2", "Y"),
    ]
    assert _rows(mine["TU"].query('TUEVALID == "RADIOLOGIST 2"'), "TULNKID TUORRES TULOC TUACPTFL") == [
        ("R2-NT01", "NON-TARGET", "STOMACH", "Y"),
        ("R2-T01", "TARGET", "LIVER", "Y"),
        ("R2-T02", "TARGET", "LYMPH NODE", "Y"),
    ]
    times = frame("ADTTE").query('SUBJID == "01-010" and PARAMCD in ("PFS", "PFSIR")').set_index("PARAMCD")
    assert times["AVAL"].to_dict() == {"PFS": 258, "PFSIR": 213}


def test_records_of_readers_are_those_of_their_forms() -> None:
    names = {"R1": "RADIOLOGIST 1", "R2": "RADIOLOGIST 2"}
    for name, forms in (("TU", []), ("TR", ["rtl", "rntl", "rnl"]), ("RS", ["rrs"])):
        data = frame(name).query(f'{name}EVAL == "INDEPENDENT ASSESSOR" and {name}EVALID != "ADJUDICATOR 1"')
        assert set(data[f"{name}EVALID"]) == set(names.values())
        accepted = raw()["radj"].set_index("SUBJID")["ADJREAD"]
        expected = data["USUBJID"].str[-6:].map(accepted).map(names) == data[f"{name}EVALID"]
        assert ((data[f"{name}ACPTFL"] == "Y") == expected).all()
        for form in forms:
            rows = raw()[form]
            assert set(rows["SUBJID"]) <= set(data["USUBJID"].str[-6:])
    lesions = frame("TR").query('TREVAL == "INDEPENDENT ASSESSOR" and TRLNKID != "" and not TRLNKID.str.contains("/")')
    known = frame("TU").query('TUEVAL == "INDEPENDENT ASSESSOR"')
    assert set(zip(lesions["USUBJID"], lesions["TRLNKID"], strict=True)) <= set(
        zip(known["USUBJID"], known["TULNKID"], strict=True)
    )
    assert lesions["TRLNKID"].str.match(r"R[12]-(T|NT|N)\d\d(\.\d)?$").all()
    assert (lesions["TRLNKID"].str[:2].map(names) == lesions["TREVALID"]).all()


def test_responses_by_review_are_those_of_the_accepted_reader() -> None:
    accepted = raw()["rrs"].merge(raw()["radj"][["SUBJID", "ADJREAD"]], on="SUBJID").query("READER == ADJREAD")
    made = frame("ADRS").query('PARAMCD == "OVRIR"')
    assert set(made["PARCAT2"]) == {"Independent Review"}
    assert set(made["IRVFL"]) == {"Y"}
    expected = accepted.groupby("SUBJID")["RSOVR"].agg(list).to_dict()
    assert made.sort_values(["SUBJID", "ADT"]).groupby("SUBJID")["AVALC"].agg(list).to_dict() == expected
    progressed = accepted[accepted["RSOVR"] == "PD"].groupby("SUBJID")["RSDAT"].min()
    day = (read_days(progressed) - pd.Timestamp("1960-01-01")).dt.days.to_dict()
    assert frame("ADRS").query('PARAMCD == "PDIR" and AVALC == "Y"').set_index("SUBJID")["ADT"].to_dict() == day


def test_times_by_review() -> None:
    times = frame("ADTTE").set_index(["SUBJID", "PARAMCD"])
    review = frame("ADRS").query('PARAMCD == "PDIR"').set_index("SUBJID")
    death = frame("ADSL").set_index("SUBJID")["DTHDT"]
    for subject, row in review.iterrows():
        pfs = times.loc[(subject, "PFSIR")]
        ends = [day for day in (row["ADT"], death[subject]) if day == day]
        assert pfs["CNSR"] == (0 if ends else 1)
        if ends:
            assert pfs["ADT"] == min(ends)
        assert times.loc[(subject, "TTPIR")]["CNSR"] == (0 if row["AVALC"] == "Y" else 1)
    assert (
        times.xs("PFSIR", level="PARAMCD")["AVAL"] != times.xs("PFS", level="PARAMCD")["AVAL"].reindex(review.index)
    ).any()


def test_diameters_and_sums_by_review_are_those_of_the_accepted_reader() -> None:
    rows = raw()["rtl"].merge(raw()["radj"][["SUBJID", "ADJREAD"]], on="SUBJID").query("READER == ADJREAD")
    rows = rows[rows["TLSTATE"].isin(["MEASURED", "SMALL", "NOTASSESSED"])]
    made = frame("ADTR")
    review = made[made["PARCAT2"] == "Independent Review"]
    lesions = review[review["PARAMCD"].str.match("LDIR|NLDIR")]
    assert len(lesions) == len(rows)
    sums = review[review["PARAMCD"] == "SDIAMIR"]
    assert len(sums) == len(rows.drop_duplicates(["SUBJID", "EVENTEID", "ESEQ"]))
    complete = sums[sums["ANL01FL"] == "Y"].groupby("SUBJID")["AVAL"].agg(list).to_dict()
    written = rows[rows["TLSUM"] != ""].drop_duplicates(["SUBJID", "EVENTEID", "ESEQ"])
    written = written.assign(day=read_days(written["TLDAT"])).sort_values("day")
    unread = rows[rows["TLSTATE"] == "NOTASSESSED"][["SUBJID", "EVENTEID", "ESEQ"]].apply(tuple, axis=1)
    whole = written[~written[["SUBJID", "EVENTEID", "ESEQ"]].apply(tuple, axis=1).isin(unread)]
    assert complete == whole.groupby("SUBJID")["TLSUM"].agg(lambda texts: [float(text) for text in texts]).to_dict()
    best = made.query('PARAMCD == "BESTPCIR"').set_index("SUBJID")["AVAL"]
    assert best.to_dict() == sums.query('ANL02FL == "Y"').set_index("SUBJID")["PCHG"].to_dict()
    assert set(made.query('PARAMCD == "SDIAM"')["PARCAT2"]) == {"Investigator"}


def test_without_a_review_the_investigator_stands_alone() -> None:
    forms = {form: raw()[form].head(0) for form in ("rtl", "rntl", "rnl", "rrs", "radj")}
    made = convert_subject("01-010", "RS ADRS ADSL", **forms)
    assert set(made["RS"]["RSEVAL"]) == {"INVESTIGATOR"}
    assert "IR" not in {code[-2:] for code in made["ADRS"]["PARAMCD"]}
    assert made["ADSL"]["IRVFL"].tolist() == ["N"]
