"""HOPE2021-Thal-AGC: what an oncologist and a reviewer of data look for, against the raw export in plain pandas."""

from __future__ import annotations

import pandas as pd
import pytest
from hope2021 import convert_subject, frame, raw, read_days

DRUGS = {"exox": "OXALIPLATIN", "exca": "CAPECITABINE", "exth": "THALIDOMIDE"}
PREFIX = "HOPE2021-Thal-AGC-"


def by_subject(data: pd.DataFrame) -> pd.DataFrame:
    """A dataset with the subject's number as on the forms."""
    return data.assign(SUBJID=data["USUBJID"].str.removeprefix(PREFIX))


def iso(texts: pd.Series) -> pd.Series:
    return read_days(texts).dt.strftime("%Y-%m-%d")


# Exposure


@pytest.mark.parametrize(("form", "drug"), DRUGS.items())
def test_ec_has_what_was_planned_for_each_drug_and_cycle(form: str, drug: str) -> None:
    rows = raw()[form].drop_duplicates(["SUBJID", "EVENTEID"])
    expected = zip(rows["SUBJID"], rows["EVENTEID"], iso(rows["EXPLDAT"]), rows["EXPLDOSE"].astype(float), strict=True)
    made = by_subject(frame("EC").query('ECMOOD == "SCHEDULED" and ECTRT == @drug'))
    assert set(made[["SUBJID", "ECGRPID", "ECSTDTC", "ECDOSE"]].itertuples(index=False, name=None)) == set(expected)
    assert len(made) == len(rows)
    assert set(made["ECDOSU"]) == {"mg"}
    assert set(made["ECPRESP"]) == set(made["ECOCCUR"]) == set(made["ECADJ"]) == {""}


def test_ec_has_each_row_of_the_dosing_forms_as_performed() -> None:
    performed = frame("EC").query('ECMOOD == "PERFORMED"')
    for form, drug in DRUGS.items():
        mine = performed[performed["ECTRT"] == drug]
        assert mine["ECOCCUR"].value_counts().to_dict() == raw()[form]["EXOCCUR"].value_counts().to_dict()
        given = pd.to_numeric(raw()[form]["EXDOSE"], errors="coerce").dropna()
        assert mine["ECDOSE"].sum() == given.sum() and mine["ECDOSE"].count() == len(given)
    assert set(frame("EC")["ECMOOD"]) == {"SCHEDULED", "PERFORMED"}


def test_supplemental_qualifiers_of_ec_are_what_has_no_place_there() -> None:
    supp = frame("SUPPEC")
    forms = pd.concat([raw()[form] for form in DRUGS])
    ticked = {f"EC{name[2:]}": (forms[name] == "Y").sum() for name in ("EXDELAY", "EXREDUC", "EXINTER")}
    levels = sum(len(raw()[form].drop_duplicates(["SUBJID", "EVENTEID"])) for form in ("exox", "exca"))
    specified = (forms["EXREASSP"] != "").sum()
    assert supp["QNAM"].value_counts().to_dict() == {**ticked, "ECPLLVL": levels, "ECREASSP": specified}
    assert set(supp.loc[supp["QNAM"].isin(list(ticked)), "QVAL"]) == {"Y"}


def test_ex_is_made_of_the_doses_of_ec_that_were_given() -> None:
    given = frame("EC").query('ECMOOD == "PERFORMED" and ECOCCUR == "Y"')
    ex = frame("EX")
    keys = ["USUBJID", "ECTRT", "ECSTDTC"]
    first = set(given[keys].itertuples(index=False, name=None))
    assert set(ex[["USUBJID", "EXTRT", "EXSTDTC"]].itertuples(index=False, name=None)) <= first
    ends = given.groupby(["USUBJID", "ECTRT"])["ECENDTC"].max()
    assert ex.groupby(["USUBJID", "EXTRT"])["EXENDTC"].max().tolist() == ends.tolist()
    assert (ex["EXCAT"] == "MAINTENANCE").sum() and set(ex.query('EXCAT == "MAINTENANCE"')["EXTRT"]) == {"THALIDOMIDE"}


def test_a_later_dose_of_unknown_day_does_not_hide_the_first_one() -> None:
    """The first dose is on 2022-02-18. An interval that began on an unknown day of that month leaves it there."""
    rows = raw()["exth"].query('SUBJID == "01-002"').reset_index(drop=True)
    assert (rows.loc[0, "EXSTDAT"], rows.loc[1, "EVENTEID"]) == ("18-FEB-2022", "C2D1")
    rows.loc[1, "EXSTDAT"] = "UN-FEB-2022"
    made = convert_subject("01-002", "DM ADSL", exth=rows)
    dm, adsl = made["DM"].iloc[0], made["ADSL"].iloc[0]
    assert (dm["RFSTDTC"], dm["RFXSTDTC"]) == ("2022-02-18", "2022-02-18")
    assert adsl["TRTSDT"] == adsl["AP01SDT"] == (pd.Timestamp(2022, 2, 18) - pd.Timestamp(1960, 1, 1)).days


def test_a_later_dose_of_unknown_day_does_not_hide_the_first_one_of_maintenance() -> None:
    """01-020: maintenance from 2023-07-08, interrupted, and again from 2023-07-13, of which the day is made unknown."""
    rows = raw()["exth"].query('SUBJID == "01-020"').reset_index(drop=True)
    (again,) = rows.index[rows["EXSTDAT"] == "13-JUL-2023"]
    rows.loc[again, "EXSTDAT"] = "UN-JUL-2023"
    adsl = convert_subject("01-020", "ADSL", exth=rows)["ADSL"].iloc[0]
    first = (pd.Timestamp(2023, 7, 8) - pd.Timestamp(1960, 1, 1)).days
    assert (adsl["TR02SDT"], adsl["TR02SDTF"], adsl["AP02SDT"], adsl["AP01EDT"]) == (first, "", first, first - 1)


# Tumours


def test_everybody_enrolled_has_a_sum_of_diameters_at_baseline() -> None:
    lesions = raw()["tl"].query('EVENTEID == "SCR" and TLYN == "Y"')
    size = lesions["TLLDIAM"].where(lesions["TLLDIAM"] != "", lesions["TLSAXIS"]).astype(float)
    expected = size.groupby(lesions["SUBJID"]).sum()
    tr = frame("TR").query('TREVAL == "INVESTIGATOR"')
    made = by_subject(tr.query('TRTESTCD == "SUMDIAM" and VISIT == "SCREENING"')).set_index("SUBJID")
    assert made["TRSTRESN"].to_dict() == expected.to_dict()
    assert set(expected.index) == set(raw()["ie"].query('IEYN == "Y"')["SUBJID"])
    treated = set(frame("DM").query('RFXSTDTC != ""')["USUBJID"])
    assert set(made.query('TRLOBXFL == "Y"')["USUBJID"]) == treated
    measured = tr.query('TRTESTCD == "LDIAM" and VISIT == "SCREENING"').groupby("USUBJID")["TRDTC"].first()
    assert (made.set_index("USUBJID")["TRDTC"] == measured).all()


# Therapies after the study's


def test_cm_has_one_drug_a_record() -> None:
    told = raw()["sfu"].query('SFUTRTYN == "Y"')
    drugs = [f"SFUDRUG{number}" for number in (1, 2, 3)]
    long = told.melt(["SUBJID"], drugs, value_name="drug").query('drug != ""')[["SUBJID", "drug"]].drop_duplicates()
    made = by_subject(frame("CM").query('CMCAT == "NEW ANTI-CANCER THERAPY"'))
    assert sorted(made[["SUBJID", "CMDECOD"]].itertuples(index=False, name=None)) == sorted(
        long.itertuples(index=False, name=None)
    )
    assert set(made["CMDECOD"]) == {
        "APATINIB", "DOCETAXEL", "FLUOROURACIL", "FOLINIC ACID", "IRINOTECAN", "NIVOLUMAB", "PACLITAXEL", "RAMUCIRUMAB",
    }  # fmt: skip
    assert not made["CMTRT"].str.contains(r"[+/]| and ").any()
    together = frame("SUPPCM").query('QNAM == "CMREGIM"')
    together = together.assign(CMSEQ=together["IDVARVAL"].astype(float)).merge(made[["USUBJID", "CMSEQ"]])
    entries = together["QVAL"].str.split().str.join(" ")
    assert set(entries) == {"FOLFIRI", "紫杉醇 + RAMUCIRUMAB"}


# Disposition and death


def test_reasons_that_sites_wrote_are_given_in_english() -> None:
    terms = set(frame("DS")["DSTERM"])
    assert {"MOVED TO ANOTHER PROVINCE", "TOO MUCH TRAVELLING", "WANTS TRADITIONAL MEDICINE"} <= terms
    assert all(term.isascii() and term == term.upper() for term in terms)
    typed = set(raw()["eot"]["EOTSP"].str.strip()) | set(raw()["eos"]["EOSSP"].str.strip())
    assert "搬到外省" in typed


def test_deaths_by_adverse_events_have_the_event() -> None:
    ae, dm = by_subject(frame("AE")), frame("DM").set_index("SUBJID")
    fatal = ae.query('AEOUT == "FATAL"').set_index("SUBJID")
    form = raw()["dd"].set_index("SUBJID")
    by_event = form.index[form["DTHCAUS"] == "AE"]
    assert len(by_event) >= 3 and set(by_event) <= set(fatal.index)
    assert fatal.index.is_unique
    assert set(fatal["AESDTH"]) == set(fatal["AESER"]) == {"Y"} and set(fatal["AETOXGR"]) == {"5"}
    assert (fatal["AEENDTC"] == dm.loc[fatal.index, "DTHDTC"]).all()
    assert set(ae.query('AESDTH == "Y" or AETOXGR == "5"')["AEOUT"]) == {"FATAL"}
    cause = by_subject(frame("DD").query('DDTESTCD == "PRCDTH"')).set_index("SUBJID")["DDSTRESC"]
    assert (cause[by_event] == fatal.loc[by_event, "AEDECOD"].str.upper()).all()
    assert set(cause.drop(by_event)) == {"DISEASE UNDER STUDY", "UNKNOWN"}


# Visits and epochs


def test_what_was_not_done_at_a_visit_that_took_place_was_not_a_missed_visit() -> None:
    for form, reason in {"vs": "VSND", "ecog": "ECOGND"}.items():
        held = raw()[form].query('EVENTDT != ""')
        assert set(held[reason]) - {"REFUSED", "ILL", "FORGOTTEN"} == {""}
    missed = frame("SV").query('SVOCCUR == "N"')
    assert (missed["SVSTDTC"] == "").all()


@pytest.mark.parametrize(
    ("visit", "epoch"),
    [
        ("END OF COMBINATION TREATMENT", "INDUCTION TREATMENT"),
        ("END OF MAINTENANCE TREATMENT", "CONTINUATION TREATMENT"),
    ],
)
def test_the_visit_that_ends_a_phase_is_in_the_epoch_of_the_phase(visit: str, epoch: str) -> None:
    for name in ("RS", "VS"):
        data = frame(name).query(f'VISIT == @visit and {name}DTC != ""')
        assert len(data) and set(data["EPOCH"]) == {epoch}


def test_follow_up_begins_on_the_day_after_the_end_of_treatment() -> None:
    ended = read_days(raw()["eot"]["EOTDAT"]).groupby(raw()["eot"]["SUBJID"]).max()
    began = by_subject(frame("SE").query('EPOCH == "FOLLOW-UP"')).set_index("SUBJID")["SESTDTC"]
    assert (pd.to_datetime(began) == ended[began.index] + pd.Timedelta(days=1)).all()


# Adverse events


def test_the_treatment_of_an_event_is_that_of_the_phase_in_which_it_began() -> None:
    data = frame("ADAE")
    phase = {"Screening": "", "Combination": "XELOX + Thalidomide", "Maintenance": "Thalidomide"}
    during = data[data["APHASE"] != "Follow-up"]
    assert during["TRTA"].tolist() == during["APHASE"].map(phase).tolist()
    after = data[data["APHASE"] == "Follow-up"]
    last = after["AP02SDT"].notna().map({True: "Thalidomide", False: "XELOX + Thalidomide"})
    assert len(after) and after["TRTA"].tolist() == last.tolist()
