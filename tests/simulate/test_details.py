"""History, pregnancy prevention, deviations, hospital stays, findings and comments agree with the other forms."""

from __future__ import annotations

import pandas as pd


def test_who_was_operated_on_has_no_primary_tumour_and_ended_chemotherapy_in_time(many, read_dates):
    prior = many["pr"].query('PRTYPE == "PRIOR"')
    assert len(prior) > 150
    assert set(prior["SUBJID"]).isdisjoint(many["ntl"].query('NTLLOC == "STOMACH"')["SUBJID"])
    surgery = read_dates(prior.set_index("SUBJID")["PRSTDAT"])
    consent = read_dates(many["ic"].query('ICTYPE == "INIT"').set_index("SUBJID")["ICDAT"])
    therapy = many["pct"]
    assert set(therapy["SUBJID"]) <= set(prior["SUBJID"])
    last = read_dates(therapy["PCENDAT"])
    without = (therapy["SUBJID"].map(consent) - last).dt.days
    refused = set(many["ie"].query('IETESTCD == "INC06"')["SUBJID"])
    mine = therapy["SUBJID"].isin(refused)
    assert without[~mine].min() >= 183
    assert refused and set(therapy.loc[mine, "SUBJID"]) == refused
    assert without[mine].between(10, 182)[without[mine].notna()].all()
    since = (consent[surgery.index] - surgery).dt.days.dropna()
    assert (since[~since.index.isin(refused)] >= 260).all()
    begun, day = read_dates(therapy["PCSTDAT"]), therapy["SUBJID"].map(surgery)
    known = begun.notna() & day.notna()
    assert ((begun < day) == (therapy["PCTYPE"] == "NEO"))[known].all()
    assert set(therapy["PCTYPE"]) == {"NEO", "ADJ"}


def test_pregnancy_prevention_follows_from_sex_and_age(many):
    both = many["rp"].merge(many["dm"][["SUBJID", "SEX", "AGE"]], on="SUBJID")
    men, women = both.query('SEX == "M"'), both.query('SEX == "F"')
    assert set(men["RPCHILD"]) == {""}
    assert (men["RPMETH"] != "").all()
    assert ((women["RPCHILD"] == "Y") == (women["RPMETH"] != "")).all()
    assert ((women["RPCHILD"] == "N") == (women["RPWHY"] != "")).all()
    assert (women[women["AGE"].astype(int) > 55]["RPWHY"] == "MENO").all()
    assert "VASECT" not in set(women["RPMETH"])


def test_deviations_are_those_that_the_data_show(many):
    dv = many["dv"]
    missed = many["tl"].query('TLYN == "N"')
    assert (dv["DVDECOD"] == "ASSESS").sum() == len(missed)
    assert set(dv.query('DVDECOD == "ASSESS"')["SUBJID"]) == set(missed["SUBJID"])
    assert set(dv.query('DVDECOD == "CONSENT"')["SUBJID"]) <= set(many["ic"].query('ICTYPE == "RE"')["SUBJID"])
    forgotten = many["exth"].query('EXREASND == "FORGOT"')
    assert set(dv.query('DVDECOD == "DOSE"')["SUBJID"]) <= set(forgotten["SUBJID"])
    assert (dv["DVDECOD"].value_counts() > 20).all()


def test_details_give_the_number_of_an_event_that_needs_them(many):
    ae = many["ae"].set_index(["SUBJID", "FSEQ"])
    hospital = ae.query('AESHOSP == "Y"').index
    assert sorted(zip(many["ho"]["SUBJID"], many["ho"]["HOAENO"], strict=True)) == sorted(hospital)
    nerves = ae.query('AEPT == "Peripheral sensory neuropathy"').index
    assert sorted(zip(many["fa"]["SUBJID"], many["fa"]["FAAENO"], strict=True)) == sorted(nerves)
    assert set(zip(many["co"]["SUBJID"], many["co"]["COAENO"], strict=True)) <= set(ae.index)
    grade = ae.reindex(pd.MultiIndex.from_frame(many["fa"][["SUBJID", "FAAENO"]]))["AETOXGR"].astype(int)
    # CTCAE 5.0: grade 2 limits instrumental activities of daily living, grade 3 self care.
    assert (many["fa"]["FALIMIT"] == "Y").tolist() == (grade >= 2).tolist()


def test_stays_lie_within_their_events_and_the_study(many, read_dates):
    ho = many["ho"]
    events = many["ae"].set_index(["SUBJID", "FSEQ"]).reindex(pd.MultiIndex.from_frame(ho[["SUBJID", "HOAENO"]]))
    start, end = read_dates(ho["HOSTDAT"]), read_dates(ho["HOENDAT"])
    began = read_dates(events["AESTDAT"].reset_index(drop=True)).set_axis(ho.index)
    ended = read_dates(events["AEENDAT"].reset_index(drop=True)).set_axis(ho.index)
    assert not (start < began).any()
    assert not (end < start).any()
    assert not (end > ended).any()
    left = ho["SUBJID"].map(read_dates(many["eos"].set_index("SUBJID")["EOSDAT"]))
    assert not (start > left).any()
    assert not (end > left).any()
    assert ((ho["HOENDAT"] == "") == (ho["HOONGO"] == "Y")).all()
    fatal = events["AEOUT"].reset_index(drop=True).eq("FATAL").set_axis(ho.index)
    assert (end[fatal] == ended[fatal]).all()
