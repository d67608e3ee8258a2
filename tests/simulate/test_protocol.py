"""Laws of the protocol, checked on what was written. 1,500 subjects, so that rare courses are among them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cdisc_conv.simulate.course.exposure import round_to_tablets

DRUGS = ("exox", "exca", "exth")


@pytest.fixture(scope="module")
def consent(many, read_dates):
    first = many["ic"].query("ICTYPE == 'INIT'").set_index("SUBJID")
    return read_dates(first["ICDAT"])


@pytest.fixture(scope="module")
def leaving(many, read_dates):
    return read_dates(many["eos"].set_index("SUBJID")["EOSDAT"])


@pytest.fixture(scope="module")
def deaths(many, read_dates):
    """Day of death: the end of study form has it complete."""
    dead = many["eos"].query("EOSREAS == 'DEATH'").set_index("SUBJID")
    return read_dates(dead["EOSDAT"])


@pytest.fixture(scope="module")
def doses(many, read_dates):
    """Intervals with doses; the few partial start dates are taken from the end of the interval."""
    table = pd.concat([many[form].assign(drug=form) for form in DRUGS], ignore_index=True).query("EXOCCUR == 'Y'")
    end = read_dates(table["EXENDAT"])
    return table.assign(end=end, start=read_dates(table["EXSTDAT"]).fillna(end))


@pytest.fixture(scope="module")
def responses(many, read_dates):
    table = many["rs"].query("RSYN == 'Y'")
    return table.assign(day=read_dates(table["RSDAT"]))


def test_one_row_per_subject_where_there_must_be(many):
    for form in ("dm", "eos"):
        assert many[form]["SUBJID"].is_unique
        assert len(many[form]) == 1500


def test_age_and_ecog_of_the_enrolled(many):
    enrolled = many["ie"].query("IEYN == 'Y'")["SUBJID"]
    age = many["dm"].set_index("SUBJID")["AGE"].astype(int)[enrolled]
    assert age.between(18, 75).all()
    ecog = many["ecog"].query("EVENTEID == 'SCR' and ECOGYN == 'Y'").set_index("SUBJID")["ECOGRES"]
    assert set(ecog[ecog.index.isin(enrolled)]) == {"0", "1"}


def test_age_is_that_of_the_birth_date_at_consent(many, consent, read_dates):
    people = many["dm"].set_index("SUBJID")
    birth = read_dates(people["BRTHDAT"]).dropna()
    at = consent[birth.index]
    had_birthday = (at.dt.month * 100 + at.dt.day) >= (birth.dt.month * 100 + birth.dt.day)
    assert (
        (at.dt.year - birth.dt.year - ~had_birthday)
        .astype(str)
        .equals(people["AGE"][birth.index].astype(object).astype(str))
    )


def test_screen_failures_name_a_criterion_and_get_nothing(many):
    failed = set(many["ie"].query("IEYN == 'N'")["SUBJID"])
    assert failed
    assert (many["ie"].query("IEYN == 'N'")["IETESTCD"] != "").all()
    for form in (*DRUGS, "tl", "ntl", "nl", "rs", "eot", "sfu", "dd"):
        assert not failed & set(many[form]["SUBJID"])
    reasons = many["eos"].set_index("SUBJID")["EOSREAS"]
    assert set(reasons[list(failed)]) == {"SCRFAIL"}
    assert set(reasons.drop(list(failed))) == {"COMPLETED", "DEATH", "SUBJECT", "LTFU"}


def test_criterion_and_finding_agree(many):
    by_ecog = many["ie"].query("IETESTCD == 'INC02'")["SUBJID"]
    ecog = many["ecog"].query("EVENTEID == 'SCR' and ECOGYN == 'Y'").set_index("SUBJID")["ECOGRES"]
    assert set(ecog[ecog.index.isin(by_ecog)]) == {"2"}
    by_age = many["ie"].query("IETESTCD == 'INC01'")["SUBJID"]
    assert (many["dm"].set_index("SUBJID")["AGE"][by_age].astype(int) > 75).all()


def test_every_enrolled_subject_has_a_liver_target_and_at_most_five(many):
    baseline = many["tl"].query("EVENTEID == 'SCR'")
    enrolled = set(many["ie"].query("IEYN == 'Y'")["SUBJID"])
    assert set(baseline.query("TLLOC == 'LIVER'")["SUBJID"]) == enrolled
    assert baseline.groupby("SUBJID").size().max() == 5
    assert baseline.groupby(["SUBJID", "TLLOC"]).size().max() == 2


def test_target_lesions_are_measurable_at_baseline(many):
    baseline = many["tl"].query("EVENTEID == 'SCR'")
    nodal = baseline["TLNODAL"] == "Y"
    assert (baseline.loc[nodal, "TLSAXIS"].astype(float) >= 15).all()
    assert (baseline.loc[~nodal, "TLLDIAM"].astype(float) >= 10).all()
    assert (baseline.loc[nodal, "TLLDIAM"] == "").all()
    assert (baseline.loc[~nodal, "TLSAXIS"] == "").all()


def test_one_to_six_cycles_at_least_21_days_apart(many, read_dates):
    cycles = many["exox"].assign(start=read_dates(many["exox"]["EVENTDT"])).sort_values(["SUBJID", "start"])
    gap = cycles.groupby("SUBJID")["start"].diff().dt.days.dropna()
    assert gap.between(21, 35).all()
    assert (gap > 21).any()
    assert cycles.groupby("SUBJID").size().between(1, 6).all()


def test_completed_combination_has_four_to_six_cycles(many):
    completed = many["eot"].query("EOTPHASE == 'COMB' and EOTREAS == 'COMPLETED'")["SUBJID"]
    cycles = many["exth"][many["exth"]["EVENTEID"].str.startswith("C")].groupby("SUBJID")["EVENTEID"].nunique()
    assert set(cycles[completed]) == {4, 5, 6}


def test_only_responders_and_stable_go_on_to_maintenance(many, responses, read_dates):
    combination = many["eot"].query("EOTPHASE == 'COMB'").set_index("SUBJID")
    maintained = set(many["eot"].query("EOTPHASE == 'MAINT'")["SUBJID"])
    assert maintained == set(combination.query("EOTCONT == 'Y'").index)
    assert set(combination.loc[list(maintained), "EOTREAS"]) == {"COMPLETED"}
    end = read_dates(combination["EOTDAT"])
    before = responses[(responses["day"] <= responses["SUBJID"].map(end)) & (responses["RSOVR"] != "NE")]
    latest = before.sort_values("day").groupby("SUBJID")["RSOVR"].last()
    assert set(latest[list(maintained)]) == {"CR", "PR", "SD"}
    assert set(many["exth"][many["exth"]["EVENTEID"].str.startswith("M")]["SUBJID"]) == maintained


def test_only_thalidomide_in_maintenance(many):
    for form in ("exox", "exca"):
        assert many[form]["EVENTEID"].str.startswith("C").all()


def test_doses_of_the_protocol(many):
    ox, ca, th = (many[form] for form in DRUGS)
    assert set(ox["EXPLLVL"]) == {"130"}
    assert set(ca["EXPLLVL"]) == {"1000"}
    assert set(th["EXPLDOSE"]) == {"100"}
    assert set(th.query("EXOCCUR == 'Y'")["EXDOSE"]) == {"100", "50"}
    full = ca.query("EXOCCUR == 'Y' and EXREDUC == 'N'")
    assert (full["EXDOSE"].astype(float) - full["EXPLDOSE"].astype(float)).abs().max() <= 75
    full = ox.query("EXOCCUR == 'Y' and EXREDUC == 'N'")
    assert (full["EXDOSE"].astype(float) - full["EXPLDOSE"].astype(float)).abs().max() <= 2.5


def test_planned_dose_is_level_times_body_surface(many):
    area = many["vs"].query("BSA != ''").set_index(["SUBJID", "EVENTEID"])["BSA"].astype(float)
    ox = many["exox"].set_index(["SUBJID", "EVENTEID"])
    both = ox.join(area, how="inner")
    assert len(both) > 1000
    assert (both["EXPLDOSE"].astype(float) - 130 * both["BSA"]).abs().max() < 0.06


def test_tablets():
    assert round_to_tablets(np.array([1340.0, 1600.0, 2075.0, 575.0]), (500, 150)).tolist() == [
        1300.0,
        1600.0,
        2100.0,
        600.0,
    ]


def test_capecitabine_within_14_days(doses, many, read_dates):
    ca = doses.query("drug == 'exca'")
    day_1 = read_dates(ca["EVENTDT"])
    assert ((ca["end"] - day_1).dt.days <= 13).all()
    assert (ca["start"] >= day_1).all()


def test_intervals_are_in_order_and_apart(many, read_dates):
    for form in DRUGS:
        table = many[form]
        start, end = read_dates(table["EXSTDAT"]), read_dates(table["EXENDAT"])
        assert not (start > end).any()
        known = table.assign(start=start, end=end).dropna(subset=["start"]).sort_values(["SUBJID", "start"])
        assert not (known["start"] <= known.groupby("SUBJID")["end"].shift()).any()


def test_doses_not_given_have_no_dose_and_a_reason(many):
    for form in DRUGS:
        missed = many[form].query("EXOCCUR == 'N'")
        assert len(missed)
        assert (missed["EXDOSE"] == "").all()
        assert (missed["EXREASND"] != "").all()
        given = many[form].query("EXOCCUR == 'Y'")
        assert (given["EXDOSE"].astype(float) > 0).all()
        assert (given["EXREASND"] == "").all()


def test_adjusted_doses_have_a_reason(many):
    for form in DRUGS:
        adjusted = many[form].query("EXOCCUR == 'Y' and (EXDELAY == 'Y' or EXREDUC == 'Y')")
        assert len(adjusted)
        assert (adjusted["EXADJRS"] != "").all()


def test_nothing_after_death(many, doses, deaths, read_dates):
    assert len(deaths) > 500
    assert not (doses["end"] >= doses["SUBJID"].map(deaths)).any()
    dated = {
        "tl": "TLDAT",
        "ntl": "NTLDAT",
        "nl": "NLDAT",
        "rs": "RSDAT",
        "vs": "VSDAT",
        "ecog": "ECOGDAT",
        "sfu": "SFUDAT",
    }
    for form, item in dated.items():
        table = many[form]
        assert not (read_dates(table[item]) >= table["SUBJID"].map(deaths)).any(), form


def test_nothing_before_consent_or_after_leaving(many, doses, consent, leaving, read_dates):
    dated = {
        "tl": "TLDAT",
        "rs": "RSDAT",
        "vs": "VSDAT",
        "ecog": "ECOGDAT",
        "sfu": "SFUDAT",
        "eot": "EOTDAT",
        "ie": "IEDAT",
    }
    for form, item in dated.items():
        table = many[form]
        day = read_dates(table[item])
        assert not (day < table["SUBJID"].map(consent)).any(), form
        assert not (day > table["SUBJID"].map(leaving)).any(), form
    assert not (doses["start"] < doses["SUBJID"].map(consent)).any()
    events = many["ae"]
    for item in ("AESTDAT", "AEENDAT"):
        assert not (read_dates(events[item]) > events["SUBJID"].map(leaving)).any()


def test_deaths_agree_between_forms(many, doses, deaths, read_dates):
    assert set(many["dd"]["SUBJID"]) == set(deaths.index)
    causes = many["dd"].set_index("SUBJID")
    assert set(causes["DTHCAUS"]) == {"PD", "AE", "UNK"}
    last_dose = doses.groupby("SUBJID")["end"].max()
    collected = deaths <= last_dose[deaths.index] + pd.Timedelta(days=30)
    unexplained = causes.index[(causes["DTHCAUS"] == "UNK") & collected[causes.index]]
    fatal = many["ae"].query("AESDTH == 'Y'").set_index("SUBJID")
    by_event = causes.query("DTHCAUS == 'AE'")
    assert len(unexplained) and sorted(fatal.index) == sorted([*by_event.index, *unexplained])
    assert by_event["DTHSP"].tolist() == fatal["AEPT"][by_event.index].tolist()
    assert set(fatal["AEPT"][unexplained]) == {"Death NOS"}
    for item, only in {"AETOXGR": "5", "AEOUT": "FATAL", "AESER": "Y", "AEONGO": "N"}.items():
        assert set(fatal[item]) == {only}
    assert set(many["ae"].query("AETOXGR == '5' or AEOUT == 'FATAL'")["AESDTH"]) == {"Y"}
    assert (read_dates(fatal["AEENDAT"]) == deaths[fatal.index]).all()
    assert (causes["DTHDAT"][fatal.index] == fatal["AEENDAT"]).all()


def test_assessments_every_six_weeks_from_the_first_dose(many, doses, read_dates):
    planned = many["rs"][many["rs"]["EVENTEID"].str.startswith("TA") & (many["rs"]["RSYN"] == "Y")]
    week = planned["EVENTEID"].str[2:].astype(int)
    since = (read_dates(planned["EVENTDT"]) - planned["SUBJID"].map(doses.groupby("SUBJID")["start"].min())).dt.days
    assert set(week % 6) == {0}
    assert (since - 7 * week).between(-5, 5).all()


def test_nothing_is_assessed_or_given_after_progression(responses, doses):
    progression = responses.query("RSOVR == 'PD'").groupby("SUBJID")["day"].min()
    assert not (responses["day"] > responses["SUBJID"].map(progression)).any()
    assert not (doses["end"] > doses["SUBJID"].map(progression)).any()


def test_last_dose_on_end_of_treatment_is_that_of_dosing(many, doses, read_dates):
    written = read_dates(many["eot"]["EOTLSDAT"]).groupby(many["eot"]["SUBJID"]).max()
    assert written.equals(doses.groupby("SUBJID")["end"].max().rename("EOTLSDAT"))


def test_no_drug_is_related_to_what_came_before_the_first_dose(many, doses, read_dates):
    events = many["ae"].query("AEYN == 'Y'")
    first = events["SUBJID"].map(doses.groupby("SUBJID")["start"].min())
    early = events[read_dates(events["AESTDAT"]) < first]
    for drug in ("OX", "CA", "TH"):
        assert set(early[f"AEREL{drug}"]) == {"NOT"}
        assert set(early[f"AEACN{drug}"]) == {"NA"}


def test_changes_of_dosing_for_an_event_have_that_event(many):
    events = many["ae"]
    for form, drug in (("exox", "OX"), ("exca", "CA"), ("exth", "TH")):
        changed = many[form].query("EXADJRS == 'AE' and EXREDUC == 'Y' and EXDELAY != 'Y'")["SUBJID"]
        assert set(changed) <= set(events.query(f"AEACN{drug} == 'REDUCED'")["SUBJID"])
    stopped = many["eot"].query("EOTREAS == 'AE'")["SUBJID"]
    assert set(stopped) <= set(events.query("AEACNTH == 'WITHDRAWN'")["SUBJID"])


def test_severe_events_under_treatment_change_the_dosing(many, doses, read_dates):
    events = many["ae"].query("AEYN == 'Y' and AEOUT != 'FATAL'")
    start = read_dates(events["AESTDAT"])
    spans = doses.groupby("SUBJID")
    during = (start >= events["SUBJID"].map(spans["start"].min())) & (start <= events["SUBJID"].map(spans["end"].max()))
    unchanged = ~events[["AEACNOX", "AEACNCA", "AEACNTH"]].isin(["REDUCED", "INTERRUPTED", "WITHDRAWN"]).any(axis=1)
    left = events[during & unchanged]
    laboratory = ["Neutrophil count decreased", "Platelet count decreased", "White blood cell decreased", "Anemia"]
    recovers = left["AEPT"].isin([*laboratory, "Hypokalemia"])
    assert left.loc[recovers, "AETOXGR"].max() == "3"
    assert left.loc[~recovers, "AETOXGR"].max() == "2"
    assert (events["AETOXGR"].astype(int) >= 3).sum() > 500


def test_episodes_of_a_term_do_not_overlap(many, read_dates):
    events = many["ae"].query("AEYN == 'Y'")
    table = events.assign(start=read_dates(events["AESTDAT"]), end=read_dates(events["AEENDAT"])).dropna(subset="start")
    table = table.sort_values(["SUBJID", "AEPT", "start"])
    before = table.groupby(["SUBJID", "AEPT"])["end"].shift()
    # Two drugs may be changed on one day for the same event; an event may turn out to have begun before consent.
    same_day = table.duplicated(["SUBJID", "AEPT", "start"], keep=False)
    first_dose = table["SUBJID"].map(read_dates(many["exth"]["EXSTDAT"]).groupby(many["exth"]["SUBJID"]).min())
    early = table.groupby(["SUBJID", "AEPT"])["start"].transform("min") < first_dose
    assert not ((table["start"] <= before) & ~same_day & ~early).any()


def test_what_only_the_drugs_cause_does_not_begin_before_them(many, doses, read_dates):
    events = many["ae"].query("AEYN == 'Y'")
    treated = events[events["SUBJID"].isin(doses["SUBJID"])]
    early = treated[read_dates(treated["AESTDAT"]) < treated["SUBJID"].map(doses.groupby("SUBJID")["start"].min())]
    assert len(early) > 100
    by_drugs = ["Palmar-plantar", "Peripheral sensory", "Neutrophil", "Platelet", "Somnolence", "Infusion", "Thrombo"]
    assert not early["AEPT"].str.startswith(tuple(by_drugs)).any()


def test_an_infusion_that_was_interrupted_has_its_reaction(many):
    stopped = many["exox"].query("EXINTER == 'Y'")
    reactions = many["ae"].query("AEPT == 'Infusion related reaction' and AEACNOX == 'INTERRUPTED'")
    days = ["SUBJID", "EXSTDAT"]
    both = stopped.merge(reactions, left_on=days, right_on=["SUBJID", "AESTDAT"], how="left")
    assert len(stopped) > 50 and (both["AESTTIM"] > both["EXSTTIM"]).all() and (both["AESTTIM"] < both["EXENTIM"]).all()


def test_one_primary_tumour(many):
    lesions = many["ntl"].query("EVENTEID == 'SCR' and NTLLOC == 'STOMACH'")
    assert len(lesions) and lesions["SUBJID"].is_unique


def test_what_eligibility_and_doses_need_was_measured(many):
    assert set(many["ecog"].query("EVENTEID == 'SCR'")["ECOGYN"]) == {"Y"}
    cycles = many["vs"][many["vs"]["EVENTEID"].str.fullmatch(r"SCR|C\dD1")]
    assert set(cycles["VSYN"]) == {"Y"} and (cycles["BSA"] != "").all()
    baseline = many["ecog"].query("EVENTEID == 'C1D1' and ECOGYN == 'Y'")
    assert set(baseline["ECOGRES"]) == {"0", "1"}


def test_seriousness_has_a_criterion(many):
    events = many["ae"].query("AESER == 'Y'")
    criteria = events[["AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG", "AESMIE"]]
    assert (criteria == "Y").any(axis=1).all()


def test_sites_are_in_china_and_enrolment_is_2022_to_2024(many, consent):
    assert set(many["dm"]["COUNTRY"]) == {"CHN"}
    assert consent.min().year == 2022
    assert consent.max().year == 2024
    assert many["ic"]["ICSITE"].str.contains("Shandong").any()
