"""HOPE2021-Thal-AGC: the analysis datasets of a simulated export, against the raw export in plain pandas."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from hope2021 import conversion, datasets, frame, raw, read_days

from cdisc_conv.package.writing.package import run_checks
from cdisc_conv.problems import Severity

DATASETS = ["ADSL", "ADAE", "ADCM", "ADEG", "ADEX", "ADLB", "ADMH", "ADQS", "ADTR", "ADRS", "ADTTE", "ADVS"]
EPOCH = pd.Timestamp("1960-01-01")
RANKS = {"CR": 1, "PR": 2, "SD": 3, "NON-CR/NON-PD": 4, "PD": 5, "NE": 6, "MISSING": 7}


def subjects() -> pd.DataFrame:
    return frame("ADSL").set_index("SUBJID")


def parameter(name: str, code: str) -> pd.DataFrame:
    """The records of a parameter, by subject number."""
    data = frame(name)
    return data[data["PARAMCD"] == code].set_index("SUBJID")


def days(texts: pd.Series) -> pd.Series:
    """DD-MON-YYYY as days since 1960; missing where a part is unknown."""
    return (read_days(texts) - EPOCH).dt.days.astype("float64")


def iso(day: float) -> str:
    return "" if np.isnan(day) else (EPOCH + pd.Timedelta(days=day)).date().isoformat()


def test_all_datasets_are_made() -> None:
    assert sorted(name for name in datasets() if name.startswith("AD")) == sorted(DATASETS)
    assert all(len(frame(name)) for name in DATASETS)


def test_neither_conversion_nor_checks_find_an_error() -> None:
    found = [*conversion().problems, *run_checks(conversion(), conversion().datasets).problems]
    assert [str(problem) for problem in found if problem.severity is Severity.ERROR] == []


def test_the_checks_of_the_study_are_asked_and_find_nothing_in_analysis_datasets() -> None:
    report = run_checks(conversion(), conversion().datasets)
    asked = {"HOPE010", "HOPE011", "HOPE012", "HOPE013", "HOPE014"}
    assert asked.isdisjoint(report.not_run)
    assert [str(problem) for problem in report.problems if problem.code in asked] == []


# ADSL


def test_adsl_has_one_record_per_subject_of_dm() -> None:
    assert frame("ADSL")["USUBJID"].tolist() == sorted(frame("DM")["USUBJID"])


def test_populations() -> None:
    data = subjects()
    ie = raw()["ie"]
    assert set(data.index[data["ENRLFL"] == "Y"]) == set(ie.loc[ie["ENRDAT"] != "", "SUBJID"])
    given = pd.concat([raw()[form].query('EXOCCUR == "Y"')["SUBJID"] for form in ("exox", "exca", "exth")])
    assert set(data.index[data["SAFFL"] == "Y"]) == set(given) == set(data.index[data["FASFL"] == "Y"])
    rs = raw()["rs"]
    assessed = set(rs.loc[~rs["RSOVR"].isin(["", "NE"]), "SUBJID"])
    assert set(data.index[data["RESPFL"] == "Y"]) == assessed
    narrower = [("RESPFL", "FASFL"), ("PPROTFL", "FASFL"), ("FASFL", "SAFFL"), ("SAFFL", "ENRLFL")]
    for small, large in narrower:
        assert (data.loc[data[small] == "Y", large] == "Y").all()


def test_cycles_are_those_with_a_dose_of_xelox() -> None:
    given = pd.concat([raw()[form].query('EXOCCUR == "Y"')[["SUBJID", "EVENTEID"]] for form in ("exox", "exca")])
    cycles = given.drop_duplicates().groupby("SUBJID").size()
    data = subjects()
    assert data["NCYC"].astype(int).to_dict() == cycles.reindex(data.index, fill_value=0).to_dict()


def test_phases_follow_each_other_and_hold_their_doses() -> None:
    data = subjects()[lambda d: d["SAFFL"] == "Y"]
    assert (data["AP01SDT"] == data["TRTSDT"]).all()
    assert (data["AP01SDT"] <= data["TR01EDT"]).all() and (data["TR01EDT"] <= data["AP01EDT"]).all()
    second = data[data["AP02SDT"].notna()]
    assert (second["AP01EDT"] == second["AP02SDT"] - 1).all()
    assert (second["TR02EDT"] <= second["AP02EDT"]).all() and (second["TR02EDT"] == second["TRTEDT"]).all()
    went_on = raw()["exth"].query('EGROUP == "Maintenance" and EXOCCUR == "Y"')["SUBJID"]
    assert set(second.index) == set(went_on)


def test_nobody_is_seen_alive_after_death() -> None:
    data = subjects()
    dead = data[data["DTHDT"].notna()]
    assert (dead["LSTALVDT"] == dead["DTHDT"]).all() and (dead["EOSDT"] == dead["DTHDT"]).all()
    contacts = raw()["sfu"].query('SFUSTAT == "ALIVE"').assign(day=lambda d: days(d["EVENTDT"]))
    last = contacts.groupby("SUBJID")["day"].max()
    known = last.index.intersection(dead.index)
    assert len(known) and (dead.loc[known, "DTHDT"] >= last[known]).all()


def test_deaths_are_those_of_the_form_as_far_as_known() -> None:
    form = raw()["dd"].set_index("SUBJID")["DTHDAT"]
    dead = subjects().loc[form.index]
    exact = days(form)
    known = exact.notna()
    assert (dead.loc[known, "DTHDT"] == exact[known]).all() and (dead.loc[known, "DTHDTF"] == "").all()
    imputed = dead.loc[~known]
    assert len(imputed) and (imputed["DTHDTF"] == "D").all()
    assert [iso(day)[:7] for day in imputed["DTHDT"]] == [
        pd.to_datetime(text[3:], format="%b-%Y").strftime("%Y-%m") for text in form[~known]
    ]


# ADAE


def test_every_event_has_its_record_in_adae() -> None:
    keys = ["USUBJID", "AESEQ"]
    assert (
        frame("ADAE")[keys].sort_values(keys).to_numpy().tolist()
        == frame("AE")[keys].sort_values(keys).to_numpy().tolist()
    )


def test_events_end_after_they_start_and_by_the_end_of_the_study() -> None:
    data = frame("ADAE").merge(frame("ADSL")[["USUBJID", "EOSDT"]], on="USUBJID")
    known = data["ASTDT"].notna() & data["AENDT"].notna()
    assert data["ASTDT"].notna().all() and (data["ASTDT"] <= data["AENDT"])[known].all()
    assert (data["ADURN"] == data["AENDT"] - data["ASTDT"] + 1)[known].all() and data["ADURN"][~known].isna().all()
    assert not (data["AENDT"] > data["EOSDT"]).any()


def test_treatment_emergent_events_begin_on_treatment_or_within_thirty_days() -> None:
    data = frame("ADAE")
    emergent = (data["ASTDT"] >= data["TRTSDT"]) & (data["ASTDT"] <= data["TRTEDT"] + 30)
    assert ((data["TRTEMFL"] == "Y") == emergent).all()
    assert (data.loc[emergent, "ONTRTFL"] == "Y").all()


def test_the_phase_of_an_event_is_that_of_its_start() -> None:
    data = frame("ADAE")
    expected = np.select(
        [
            data["ASTDT"] > data["TRTEDT"] + 30,
            data["ASTDT"] >= data["AP02SDT"],
            data["ASTDT"] >= data["AP01SDT"],
        ],
        ["Follow-up", "Maintenance", "Combination"],
        "Screening",
    )
    assert data["APHASE"].tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("flag", "by"), [("AOCCFL", []), ("AOCCSFL", ["AEBODSYS"]), ("AOCCPFL", ["AEBODSYS", "AEDECOD"])]
)
def test_one_first_occurrence_per_subject_and_group(flag: str, by: list[str]) -> None:
    emergent = frame("ADAE").query('TRTEMFL == "Y"')
    first = emergent.sort_values(["ASTDT", "AESEQ"]).groupby(["USUBJID", *by]).head(1)
    assert set(frame("ADAE").query(f'{flag} == "Y"').index) == set(first.index)


@pytest.mark.parametrize(
    ("flag", "by"), [("AOCCIFL", []), ("AOCCSIFL", ["AEBODSYS"]), ("AOCCPIFL", ["AEBODSYS", "AEDECOD"])]
)
def test_one_worst_grade_per_subject_and_group(flag: str, by: list[str]) -> None:
    emergent = frame("ADAE").query('TRTEMFL == "Y"')
    flagged = frame("ADAE").query(f'{flag} == "Y"')
    groups = ["USUBJID", *by]
    assert flagged.set_index(groups)["ATOXGRN"].to_dict() == emergent.groupby(groups)["ATOXGRN"].max().to_dict()


def test_an_event_is_related_when_it_is_to_any_drug() -> None:
    data = frame("ADAE")
    related = data[["RELOXFL", "RELCAFL", "RELTHFL"]].eq("Y").any(axis=1)
    assert ((data["AREL"] == "RELATED") == related).all()
    words = data["AEREL"].isin(["POSSIBLY RELATED", "PROBABLY RELATED", "DEFINITELY RELATED"])
    assert (words == related).all()


# ADEX


@cache
def doses(form: str) -> pd.DataFrame:
    """The rows of a dosing form with their days; a start without its day follows the row before it, and the plan."""
    data = raw()[form].assign(start=lambda d: days(d["EXSTDAT"]), end=lambda d: days(d["EXENDAT"]))
    before = data.groupby("SUBJID")["end"].shift() + 1
    data["start"] = data["start"].fillna(np.maximum(before, days(data["EXPLDAT"])))
    data["days"] = data["end"] - data["start"] + 1
    for column in ("EXDOSE", "EXPLDOSE"):
        data[column] = pd.to_numeric(data[column], errors="coerce")
    return data


DRUGS = {"O": ("exox", 1, 1), "C": ("exca", 2, 28), "T": ("exth", 1, None)}
"""Form, doses a day, planned doses of a cycle (none: as many as the row has days) by suffix of the parameters."""


def first_of_cycles(rows: pd.DataFrame) -> pd.DataFrame:
    """The first row of each cycle; the rows are in the order of time."""
    return rows[~rows.duplicated(["SUBJID", "EVENTEID"])]


def expected_exposure(suffix: str) -> pd.DataFrame:
    """Cumulative, planned and missed doses, duration and dose intensities of a drug, one row per subject."""
    form, times, planned = DRUGS[suffix]
    rows = doses(form)
    cycles = rows if planned is None else first_of_cycles(rows)
    amount = cycles["EXPLDOSE"] * (cycles["days"] if planned is None else planned)
    by = rows["SUBJID"]
    total = pd.DataFrame({"CDOS": (rows["EXDOSE"] * times * rows["days"]).groupby(by).sum()})
    total["PDOS"] = amount.groupby(cycles["SUBJID"]).sum()
    missed = (times * rows["days"]).where(rows["EXOCCUR"] == "N", 0)
    total["NMIS"] = missed.groupby(by).sum()
    last = rows["end"] if planned is None else cycles["start"] + 20
    total["TDUR"] = last.groupby(by).max() - rows["start"].groupby(by).min() + 1
    total["DI"] = total["CDOS"] / total["TDUR"] * 7
    weeks = total["TDUR"] / 7 if planned is None else cycles.groupby("SUBJID").size() * 3
    total["PDI"] = total["PDOS"] / weeks
    total["RDI"] = 100 * total["DI"] / total["PDI"]
    return total


@pytest.mark.parametrize("suffix", list(DRUGS))
def test_doses_and_intensities_are_those_of_the_dosing_forms(suffix: str) -> None:
    for code, expected in expected_exposure(suffix).items():
        made = parameter("ADEX", f"{code}{suffix}")["AVAL"]
        assert sorted(made.index) == sorted(treated())
        np.testing.assert_allclose(made.sort_index(), expected.sort_index(), rtol=1e-12, err_msg=f"{code}{suffix}")


@pytest.mark.parametrize(("drug", "suffix"), [("OXALIPLATIN", "O"), ("CAPECITABINE", "C"), ("THALIDOMIDE", "T")])
def test_intervals_sum_up_to_the_cumulative_dose(drug: str, suffix: str) -> None:
    data = frame("ADEX").query('PARCAT1 == "INTERVAL" and PARCAT2 == @drug')
    given = data[data["PARAMCD"] == f"AMT{suffix}"].groupby("SUBJID")["AVAL"].sum()
    np.testing.assert_allclose(given, parameter("ADEX", f"CDOS{suffix}")["AVAL"].sort_index(), rtol=1e-12)


@pytest.mark.parametrize("suffix", ["O", "C"])
def test_relative_dose_intensity_is_given_over_planned_in_the_time_it_took(suffix: str) -> None:
    made = {code: parameter("ADEX", f"{code}{suffix}")["AVAL"] for code in ("CDOS", "PDOS", "TDUR", "RDI")}
    cycles = first_of_cycles(doses(DRUGS[suffix][0])).groupby("SUBJID").size()
    expected = 100 * made["CDOS"] / made["PDOS"] * (cycles * 21) / made["TDUR"]
    np.testing.assert_allclose(made["RDI"].sort_index(), expected.sort_index(), rtol=1e-12)


@pytest.mark.parametrize("suffix", list(DRUGS))
def test_cycles_given_reduced_and_delayed(suffix: str) -> None:
    rows = raw()[DRUGS[suffix][0]]
    cycles = rows[rows["EGROUP"] == "Combination Treatment"]
    kept_rows = {"NCYC": cycles["EXOCCUR"] == "Y", "NRED": cycles["EXREDUC"] == "Y"}
    if suffix != "T":  # thalidomide goes on when a cycle is delayed
        kept_rows["NDEL"] = cycles["EXDELAY"] == "Y"
    for code, kept in kept_rows.items():
        made = parameter("ADEX", f"{code}{suffix}")["AVAL"].astype(int)
        expected = cycles[kept].groupby("SUBJID")["EVENTEID"].nunique()
        assert made.to_dict() == expected.reindex(made.index, fill_value=0).to_dict(), code


def test_intervals_of_a_drug_do_not_overlap() -> None:
    data = frame("ADEX").query('PARAMCD in ("AMTO", "AMTC", "AMTT", "MISO", "MISC", "MIST")')
    data = data.sort_values(["USUBJID", "PARCAT2", "ASTDT"])
    before = data.groupby(["USUBJID", "PARCAT2"])["AENDT"].shift()
    assert not (data["ASTDT"] <= before).any() and (data["ASTDT"] <= data["AENDT"]).all()


# ADTR


@cache
def readings() -> pd.DataFrame:
    """The rows of target lesions where assessed: longest diameter, or short axis of nodes; 5 mm where too small."""
    data = raw()["tl"].query('TLYN == "Y" and TLSTATE in ("MEASURED", "SMALL", "NOTASSESSED")')
    size = pd.to_numeric(data["TLLDIAM"].where(data["TLNODAL"] != "Y", data["TLSAXIS"]), errors="coerce")
    size = size.mask(data["TLSTATE"] == "SMALL", 5)
    return data.assign(size=size, day=days(data["TLDAT"]))


@cache
def sums() -> pd.DataFrame:
    """One row per assessment: sum, whether all lesions were assessed, day, by subject and in the order of time."""
    groups = readings().groupby(["SUBJID", "EVENTEID", "ESEQ"])
    found = pd.DataFrame({
        "total": groups["size"].sum(min_count=1),
        "complete": groups["size"].apply(lambda sizes: sizes.notna().all()),
        "day": groups["day"].min(),
    }).reset_index()  # fmt: skip
    return found.sort_values(["SUBJID", "day"]).reset_index(drop=True)


def test_sums_of_diameters_are_those_of_the_form() -> None:
    made = frame("ADTR").query('PARAMCD == "SDIAM"').sort_values(["SUBJID", "ADT"])
    assert made["SUBJID"].tolist() == sums()["SUBJID"].tolist() and made["ADT"].tolist() == sums()["day"].tolist()
    np.testing.assert_array_equal(made["AVAL"], sums()["total"])
    assert (made["ANL01FL"] == "Y").tolist() == sums()["complete"].tolist()


def test_changes_from_baseline_and_from_nadir() -> None:
    """Of treated subjects: without a first dose there is no baseline."""
    made = frame("ADTR").query('PARAMCD == "SDIAM"').sort_values(["SUBJID", "ADT"])
    assert made.loc[~made["SUBJID"].isin(treated()), "BASE"].isna().all()
    made = made[made["SUBJID"].isin(treated())].reset_index(drop=True)
    expected = sums()[lambda d: d["SUBJID"].isin(treated())].reset_index(drop=True)
    screening = expected[expected["EVENTEID"] == "SCR"].set_index("SUBJID")["total"]
    base = expected["SUBJID"].map(screening)
    np.testing.assert_array_equal(made["BASE"], base)
    np.testing.assert_array_equal(made["CHG"], expected["total"] - base)
    np.testing.assert_allclose(made["PCHG"], 100 * (expected["total"] - base) / base)
    counted = expected["total"].where(expected["complete"])
    lowest = counted.groupby(expected["SUBJID"]).cummin().groupby(expected["SUBJID"]).ffill()
    nadir = lowest.groupby(expected["SUBJID"]).shift()
    np.testing.assert_array_equal(made["NADIR"], nadir)
    np.testing.assert_array_equal(made["CHGNAD"], expected["total"] - nadir)


def test_the_best_change_is_the_smallest_complete_sum_after_baseline() -> None:
    after = sums()[lambda d: d["complete"] & (d["EVENTEID"] != "SCR")]
    base = sums().query('EVENTEID == "SCR"').set_index("SUBJID")["total"]
    lowest = after.groupby("SUBJID")["total"].min()
    expected = 100 * (lowest - base[lowest.index]) / base[lowest.index]
    made = parameter("ADTR", "BESTPCHG")["AVAL"]
    assert sorted(made.index) == sorted(expected.index)
    np.testing.assert_allclose(made.sort_index(), expected.sort_index())


def test_the_baseline_sum_is_in_adsl() -> None:
    made = parameter("ADTR", "SDIAM").query('ABLFL == "Y"')["AVAL"]
    expected = subjects()["SDIAMBL"].dropna()
    assert made.sort_index().to_dict() == expected.sort_index().to_dict()


# ADRS


@cache
def responses() -> dict[str, list[tuple[float, str]]]:
    """Subject -> (day, investigator's overall response) in the order of time, up to the first progression."""
    data = raw()["rs"].query('RSOVR != ""').assign(day=lambda d: days(d["RSDAT"])).sort_values(["SUBJID", "day"])
    found: dict[str, list[tuple[float, str]]] = {subject: [] for subject in treated()}
    for subject, day, response in zip(data["SUBJID"], data["day"], data["RSOVR"], strict=True):
        if not any(earlier == "PD" for _, earlier in found[subject]):
            found[subject].append((day, "NON-CR/NON-PD" if response == "NCRNPD" else response))
    return found


def treated() -> list[str]:
    data = subjects()
    return data.index[data["FASFL"] == "Y"].tolist()


def best(visits: list[tuple[float, str]], start: float) -> str:
    words = {response for day, response in visits if response != "SD" or day - start >= 35}
    words |= {"NE" for _, response in visits if response == "SD"}
    return min(words or {"MISSING"}, key=RANKS.__getitem__)


def is_confirmed(visits: list[tuple[float, str]], index: int, words: set[str]) -> bool:
    """A response of `words` again 28 days later or more, with at most one NE and nothing worse between."""
    for later in range(index + 1, len(visits)):
        between = [response for _, response in visits[index + 1 : later]]
        if visits[later][1] in words and visits[later][0] - visits[index][0] >= 28:
            return between.count("NE") <= 1 and set(between) <= words | {"NE"}
    return False


def test_the_best_response_of_every_subject() -> None:
    start = subjects()["TRTSDT"]
    expected = {subject: best(visits, start[subject]) for subject, visits in responses().items()}
    made = parameter("ADRS", "BOR")["AVALC"].to_dict()
    assert made == expected


def test_confirmed_responses_are_confirmed_and_no_others() -> None:
    expected = {}
    for subject, visits in responses().items():
        expected[subject] = "N"
        for index, (_, response) in enumerate(visits):
            words = {"CR"} if response == "CR" else {"CR", "PR"}
            if response in ("CR", "PR") and is_confirmed(visits, index, words):
                expected[subject] = "Y"
    assert parameter("ADRS", "CRSP")["AVALC"].to_dict() == expected
    assert set(expected.values()) == {"Y", "N"}


def test_a_confirmed_best_response_is_never_better_than_the_unconfirmed() -> None:
    unconfirmed, confirmed = (parameter("ADRS", code)["AVALC"].map(RANKS) for code in ("BOR", "CBOR"))
    assert (confirmed >= unconfirmed.loc[confirmed.index]).all()
    responders = parameter("ADRS", "CRSP")["AVALC"] == "Y"
    assert (confirmed[responders[confirmed.index]] <= 2).all() and (confirmed[~responders[confirmed.index]] > 2).all()


def test_progression_is_the_first_one_of_the_investigator() -> None:
    expected = {subject: [day for day, word in visits if word == "PD"] for subject, visits in responses().items()}
    made = parameter("ADRS", "PD")
    assert made["AVALC"].to_dict() == {subject: "Y" if found else "N" for subject, found in expected.items()}
    dates = made["ADT"].dropna()
    assert dates.to_dict() == {subject: found[0] for subject, found in expected.items() if found}


def test_who_goes_on_to_maintenance_was_eligible() -> None:
    ends = subjects()["AP01EDT"]
    expected = {}
    for subject, visits in responses().items():
        evaluable = [word for day, word in visits if word != "NE" and day <= ends[subject]]
        expected[subject] = "Y" if evaluable and evaluable[-1] in ("CR", "PR", "SD") else "N"
    made = parameter("ADRS", "MNTELIG")
    assert made["AVALC"].to_dict() == expected
    assert (made.loc[made["AP02SDT"].notna(), "AVALC"] == "Y").all()


def test_every_derived_response_has_one_record_per_treated_subject() -> None:
    counts = frame("ADRS")["PARAMCD"].value_counts().to_dict()
    assert counts.pop("OVR") == (raw()["rs"]["RSOVR"] != "").sum()
    codes = ["PD", "RSP", "CRSP", "BOR", "CBOR", "DCR", "CB", "CCB", "MNTELIG", "LSTA", "MDIS", "DEATH"]
    reviewed = raw()["rrs"]["SUBJID"].nunique()
    by_review = ["PDIR", "RSPIR", "CRSPIR", "BORIR", "CBORIR", "DCRIR", "LSTAIR"]
    accepted = raw()["rrs"].merge(raw()["radj"], on="SUBJID").query("READER == ADJREAD")
    assert counts.pop("OVRIR") == len(accepted)
    assert counts == dict.fromkeys(codes, 89) | dict.fromkeys(by_review, reviewed)


# ADTTE


def expected_time(subject: str, start: float, *, death: bool) -> tuple[float, float]:
    """Day and censor of progression, or of death if that counts, after `start`."""
    visits = responses()[subject]
    events = [day for day, word in visits if word == "PD"]
    if death and not np.isnan(died := subjects()["DTHDT"][subject]):
        events.append(died)
    if events:
        return min(events), 0
    assessed = [day for day, word in visits if word != "NE"]
    return max([start, *assessed]), 1


@pytest.mark.parametrize(
    ("code", "start", "death"), [("PFS", "TRTSDT", True), ("TTP", "TRTSDT", False), ("PFSM", "AP02SDT", True)]
)
def test_times_to_progression(code: str, start: str, death: bool) -> None:
    starts = subjects()[start].dropna()
    expected = {subject: expected_time(subject, day, death=death) for subject, day in starts.items()}
    made = parameter("ADTTE", code)
    assert dict(zip(made.index, zip(made["ADT"], made["CNSR"], strict=True), strict=True)) == expected
    assert (made["AVAL"] == made["ADT"] - starts[made.index] + 1).all()


def test_overall_survival() -> None:
    made = parameter("ADTTE", "OS")
    data = subjects().loc[made.index]
    assert (made["ADT"] == data["DTHDT"].fillna(data["LSTALVDT"])).all()
    assert ((made["CNSR"] == 0) == data["DTHDT"].notna()).all()


def test_a_date_of_death_that_was_imputed_shows_it_wherever_it_stands() -> None:
    imputed = {subject for subject, flag in subjects()["DTHDTF"].items() if flag == "D"}
    assert imputed
    for name, code in (("ADRS", "DEATH"), ("ADTTE", "OS")):
        flags = parameter(name, code)["ADTF"]
        assert {subject for subject, flag in flags.items() if flag == "D"} == imputed & set(flags.index)


def test_a_time_without_censoring_has_an_event_and_the_others_a_reason() -> None:
    data = frame("ADTTE")
    event = data["EVNTDESC"].isin(["Disease progression", "Death", "Confirmed response"])
    assert ((data["CNSR"] == 0) == event).all()
    assert ((data["CNSDTDSC"] != "") == (data["CNSR"] > 0)).all()
    assert (data["AVAL"] > 0).all() and (data["AVAL"] == data["ADT"] - data["STARTDT"] + 1).all()


def test_progression_free_survival_is_never_longer_than_survival() -> None:
    pfs, os = (parameter("ADTTE", code)["AVAL"] for code in ("PFS", "OS"))
    sensitive = parameter("ADTTE", "PFSSENS")["AVAL"]
    assert (pfs <= os.loc[pfs.index]).all() and (sensitive <= pfs.loc[sensitive.index]).all()


def test_response_lasts_from_its_first_day_for_confirmed_responders_only() -> None:
    responders = parameter("ADRS", "CRSP").query('AVALC == "Y"')["ADT"]
    made = parameter("ADTTE", "RSD")
    assert made["STARTDT"].to_dict() == responders.to_dict()
    assert parameter("ADTTE", "TTR").query("CNSR == 0")["ADT"].to_dict() == responders.to_dict()


def test_sources_of_times_are_records_that_hold_the_date() -> None:
    data = frame("ADTTE").query('SRCDOM == "ADRS"')
    source = frame("ADRS").set_index(["USUBJID", "ASEQ"])["ADT"]
    assert (
        len(data)
        and data["ADT"].tolist() == source.loc[list(zip(data["USUBJID"], data["SRCSEQ"], strict=True))].tolist()
    )
