"""Deaths by the disease: each follows a progression, on scans or clinical."""

from __future__ import annotations

import pandas as pd


def test_every_death_by_the_disease_follows_a_progression(many, read_dates):
    dd = many["dd"]
    by_disease = dd["DTHCAUS"] == "PD"
    assert set(dd.loc[by_disease, "DTHPROG"]) == {"RAD", "CLIN"}
    assert set(dd.loc[~by_disease, "DTHPROG"]) == {""}
    seen = many["rs"].loc[many["rs"]["RSOVR"] == "PD", "SUBJID"]
    assert set(dd.loc[dd["DTHPROG"] == "RAD", "SUBJID"]) <= set(seen)
    assert not set(dd.loc[dd["DTHPROG"] == "CLIN", "SUBJID"]) & set(seen)


def test_a_clinical_progression_lies_between_the_last_scan_and_the_death(many, read_dates):
    dd = many["dd"][many["dd"]["DTHPROG"] == "CLIN"].set_index("SUBJID")
    assert len(dd) > 10
    assert dd["DTHPRSGN"].isin(["LIVER", "ASCITES", "OBSTR", "GENERAL"]).all()
    day, death = read_dates(dd["DTHPRDAT"]), read_dates(dd["DTHDAT"])
    gap = (death - day).dropna().dt.days
    assert gap.between(1, 43).all()
    scans = many["tl"].assign(day=read_dates(many["tl"]["TLDAT"])).groupby("SUBJID")["day"].max()
    assert (day > scans.reindex(dd.index)).all()
    doses = pd.concat([many[form].assign(day=read_dates(many[form]["EXENDAT"])) for form in ("exox", "exca", "exth")])
    last = doses[doses["EXOCCUR"] == "Y"].groupby("SUBJID")["day"].max().reindex(dd.index)
    assert ((last - day).dt.days.dropna() <= 7).all()


def test_the_others_say_nothing_of_a_clinical_progression(many):
    dd = many["dd"][many["dd"]["DTHPROG"] != "CLIN"]
    assert set(dd["DTHPRSGN"]) == set(dd["DTHPRDAT"]) == {""}


def test_nobody_is_fit_in_the_weeks_before_a_death_by_the_disease(many, read_dates):
    dd = many["dd"][many["dd"]["DTHCAUS"] == "PD"].set_index("SUBJID")
    ecog = many["ecog"][many["ecog"]["EVENTEID"] != "SCR"]
    left = (ecog["SUBJID"].map(read_dates(dd["DTHDAT"])) - read_dates(ecog["ECOGDAT"])).dt.days
    late = ecog[(left <= 21) & ecog["EVENTEID"].ne("C1D1") & (ecog["ECOGRES"] != "")]
    assert len(late) > 50
    assert set(late["ECOGRES"]) == {"2", "3"}
