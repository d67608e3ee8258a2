"""HOPE2021-Thal-AGC: values of single subjects, worked out by hand from the rows of the raw export."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hope2021 import convert_subject, frame, raw, read_days

EPOCH = pd.Timestamp("1960-01-01")


def parameter(name: str, code: str) -> pd.DataFrame:
    """The records of a parameter, by subject number."""
    data = frame(name)
    return data[data["PARAMCD"] == code].set_index("SUBJID")


def days(texts: pd.Series) -> pd.Series:
    """DD-MON-YYYY as days since 1960; missing where a part is unknown."""
    return (read_days(texts) - EPOCH).dt.days.astype("float64")


def iso(day: float) -> str:
    return "" if np.isnan(day) else (EPOCH + pd.Timedelta(days=day)).date().isoformat()


def value(name: str, subject: str, code: str) -> pd.Series:
    return parameter(name, code).loc[subject]


def test_doses_of_a_subject_who_missed_a_cycle_of_either_drug_by_hand() -> None:
    """01-004: six infusions planned (202.8, 202.8, 201.5, 200.2, 198.9, 198.9 mg), the fourth not given; capecitabine
    1600, 1600, -, 1500, 1500, 1500 mg twice daily; cycle 1 began 2022-03-21, cycle 6 on 2022-07-04."""
    assert value("ADEX", "01-004", "CDOSO")["AVAL"] == 205 + 205 + 200 + 200 + 200
    assert value("ADEX", "01-004", "PDOSO")["AVAL"] == pytest.approx(1205.1)
    assert value("ADEX", "01-004", "CDOSC")["AVAL"] == 28 * (2 * 1600 + 3 * 1500)
    assert value("ADEX", "01-004", "TDURO")["AVAL"] == 126
    assert value("ADEX", "01-004", "RDIO")["AVAL"] == pytest.approx(100 * 1010 / 1205.1)
    assert value("ADEX", "01-004", "NMISC")["AVAL"] == 28 and value("ADEX", "01-004", "NMISO")["AVAL"] == 1
    # 205 mg at 1.56, 205 at 1.56, 200 at 1.55, 200 at 1.53 and 200 at 1.53 square metres
    assert value("ADEX", "01-004", "CDM2O")["AVAL"] == pytest.approx(410 / 1.56 + 200 / 1.55 + 400 / 1.53)


def test_a_lesion_that_split_by_hand() -> None:
    """01-006: T01 (25 mm) split into T01.1 (6) and T01.2 (too small) at week 12, beside T02 (node, 10) and T03 (17)."""
    week12 = frame("ADTR").query('SUBJID == "01-006" and PARAMCD == "SDIAM" and AVISIT == "Week 12"').iloc[0]
    assert (week12["AVAL"], week12["BASE"], week12["NADIR"]) == (38, 83, 58)
    assert week12["LSEXP"] == week12["LSASS"] == "T01.1, T01.2, T02, T03"
    assert value("ADTR", "01-006", "BESTPCHG")["AVAL"] == pytest.approx(100 * (10 - 83) / 83)


def test_a_lesion_that_merged_by_hand() -> None:
    """01-020: T02 merged into T01 (60 mm then) at week 18, beside the node T03 (12 mm)."""
    week18 = frame("ADTR").query('SUBJID == "01-020" and PARAMCD == "SDIAM" and AVISIT == "Week 18"').iloc[0]
    assert (week18["AVAL"], week18["LSEXP"], week18["ANL01FL"]) == (72, "T01, T03", "Y")


def test_times_of_a_subject_by_hand() -> None:
    """01-020: first dose 2023-03-13, PR on 22 July and 30 August, PD on an unscheduled scan of 2023-12-26,
    maintenance from 2023-07-08, alive at withdrawal."""
    made = {code: value("ADTTE", "01-020", code)["AVAL"] for code in ("PFS", "PFSM", "RSD", "TTR")}
    assert made == {"PFS": 289, "PFSM": 172, "RSD": 158, "TTR": 132}
    assert value("ADTTE", "01-020", "OS")["CNSR"] == 1


def test_a_response_that_could_not_be_evaluated_does_not_end_eligibility_by_hand() -> None:
    """04-011: SD, PR and then NE in the combination phase, which ended 2024-07-11; maintenance from 2024-07-15."""
    made = value("ADRS", "04-011", "MNTELIG")
    assert (made["AVALC"], iso(made["ADT"]), iso(made["AP02SDT"])) == ("Y", "2024-05-19", "2024-07-15")


def test_a_death_of_unknown_day_is_not_before_the_last_contact_by_hand() -> None:
    """02-018: known to be alive on 2024-08-10; died in August 2024, of which the day is made unknown here."""
    form = raw()["dd"][lambda d: d["SUBJID"] == "02-018"]
    assert form["DTHDAT"].tolist() == ["11-AUG-2024"]
    subject = convert_subject("02-018", "ADSL", dd=form.assign(DTHDAT="UN-AUG-2024"))["ADSL"].iloc[0]
    assert (iso(subject["DTHDT"]), subject["DTHDTF"], iso(subject["LSTALVDT"])) == ("2024-08-10", "D", "2024-08-10")


def test_a_last_contact_of_unknown_day_does_not_move_a_known_one_back_by_hand() -> None:
    """05-003: lost after an answer on 2023-09-17; the later contacts that failed are made to name the month only."""
    form = raw()["sfu"][lambda d: d["SUBJID"] == "05-003"]
    failed = form["SFUYN"] == "N"
    assert failed.any() and form.loc[~failed, "SFUALIVE"].iloc[-1] == "17-SEP-2023"
    made = convert_subject(
        "05-003", "ADSL ADRS ADTTE", sfu=form.assign(SFUALIVE=form["SFUALIVE"].mask(failed, "UN-SEP-2023"))
    )
    subject = made["ADSL"].iloc[0]
    assert iso(subject["LSTALVDT"]) == "2023-09-17" and subject["DTHDTC"] == ""
    assert made["ADTTE"].query('PARAMCD == "OS"')["CNSR"].tolist() == [1]
