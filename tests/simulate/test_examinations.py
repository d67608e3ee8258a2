"""Vital signs, electrocardiograms and physical examinations agree with adverse events, history and each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

SIGNS = ["SYSBP", "DIABP", "PULSE", "TEMP"]


@pytest.fixture(scope="module")
def events(many, read_dates) -> pd.DataFrame:
    ae = many["ae"].query('AEYN == "Y"')
    # Those with complete dates; an event that goes on has no end.
    end = read_dates(ae["AEENDAT"]).mask(ae["AEENDAT"] == "", pd.Timestamp("2030-01-01"))
    ae = ae.assign(start=read_dates(ae["AESTDAT"]), end=end)
    return ae.dropna(subset=["start", "end"])[["SUBJID", "AEPT", "AETOXGR", "start", "end"]]


def _during(rows: pd.DataFrame, events: pd.DataFrame, term: str) -> pd.DataFrame:
    """The rows of which the day lies within an event of a term."""
    both = rows.reset_index().merge(events[events["AEPT"] == term], on="SUBJID")
    return both[(both["start"] <= both["day"]) & (both["day"] <= both["end"])]


def test_signs_are_measured_with_weight_or_not_at_all(many):
    vs = many["vs"]
    measured = vs["VSYN"] == "Y"
    assert (vs.loc[measured, [*SIGNS, "VSPOS", "WEIGHT"]] != "").all(axis=None)
    assert (vs.loc[~measured, [*SIGNS, "VSPOS", "WEIGHT"]] == "").all(axis=None)
    numbers = vs.loc[measured, SIGNS].astype(float)
    assert (numbers["SYSBP"] - numbers["DIABP"] >= 20).all()
    assert numbers["SYSBP"].between(88, 148).all() and numbers["PULSE"].between(54, 118).all()


def test_a_temperature_of_38_is_a_fever_that_goes_on(many, events, read_dates):
    vs = many["vs"].query('VSYN == "Y"')
    vs = vs.assign(day=read_dates(vs["VSDAT"]), heat=vs["TEMP"].astype(float))
    fever = _during(vs, events, "Fever")
    assert len(fever) > 10
    fever = fever.sort_values("AETOXGR").drop_duplicates("index", keep="last")
    lowest = fever["AETOXGR"].map({"1": 38.0, "2": 39.1, "3": 40.1, "4": 40.1})
    assert (fever["heat"] >= lowest).all()
    # Of the others only those whose event has a date of which a part is unknown.
    assert len(set(vs.index[vs["heat"] >= 38]) - set(fever["index"])) <= 0.2 * len(fever)


def test_hypertension_shows(many):
    high = many["mh"].query('MHPT == "Hypertension" and MHONGO == "Y"')["SUBJID"]
    vs = many["vs"].query('EVENTEID == "SCR"').set_index("SUBJID")["SYSBP"].astype(int)
    assert vs[vs.index.isin(high)].mean() > vs[~vs.index.isin(high)].mean() + 8


def test_qtcf_is_fridericias_of_qt_and_rate(many):
    eg = many["eg"].query('EGYN == "Y"')
    rate, qt = eg["EGHR"].astype(int), eg["EGQT"].astype(int)
    assert (eg["EGQTCF"].astype(int) == np.rint(qt / np.cbrt(60 / rate))).all()
    assert eg["EGQTCF"].astype(int).max() <= 471
    assert (eg["EGRHY"] == np.select([rate < 60, rate > 100], ["SB", "ST"], "SR")).all()
    vs = many["vs"].set_index(["SUBJID", "EVENTEID", "ESEQ"])["PULSE"]
    pulse = vs.reindex(pd.MultiIndex.from_frame(eg[["SUBJID", "EVENTEID", "ESEQ"]])).to_numpy()
    there = pulse != ""
    assert (np.abs(pulse[there].astype(int) - rate.to_numpy()[there]) <= 4).all()


def test_interpretation_follows_from_the_tracing(many):
    eg = many["eg"].query('EGYN == "Y"')
    female = eg["SUBJID"].map(many["dm"].set_index("SUBJID")["SEX"]) == "F"
    long = (eg["EGPR"].astype(int) > 200) | (eg["EGQRS"].astype(int) > 119)
    long |= eg["EGQTCF"].astype(int) > np.where(female, 470, 450)
    normal = ~long & (eg["EGRHY"] == "SR") & (eg["EGOTH"] == "NONE")
    assert ((eg["EGINTP"] == "N") == normal).all()
    assert set(eg["EGINTP"]) >= {"N", "NCS"}
    assert set(eg.loc[eg["EGINTP"] == "CS", "EGOTH"]) <= {"MI"}


def test_a_physical_examination_has_every_system_once(many):
    pe = many["pe"]
    done = pe.query('PEYN == "Y"')
    assert (done.groupby(["SUBJID", "EVENTEID"])["PESYS"].agg(["size", "nunique"]) == 9).all(axis=None)
    missed = pe.query('PEYN == "N"')
    assert len(missed) > 20 and (missed["PEND"] != "").all() and (missed["PESYS"] == "").all()
    assert "SCR" not in set(missed["EVENTEID"])
    assert ((pe["PERES"] == "A") == (pe["PEDESC"] != "")).all()
    assert ((pe["PERES"] == "A") == (pe["PECS"] != "")).all()


@pytest.mark.parametrize(
    ("term", "system"),
    [
        ("Peripheral sensory neuropathy", "NEURO"),
        ("Palmar-plantar erythrodysesthesia syndrome", "SKIN"),
        ("Edema limbs", "EXTREM"),
    ],
)
def test_what_goes_on_is_found(many, events, read_dates, term, system):
    pe = many["pe"].query(f'PESYS == "{system}"')
    pe = pe.assign(day=read_dates(pe["PEDAT"]))
    found = _during(pe, events, term).sort_values("AETOXGR").drop_duplicates("index", keep="last")
    assert len(found) > 50
    assert set(found["PERES"]) == {"A"}
    # Clinically significant from grade 2 on.
    assert set(found.loc[found["AETOXGR"] >= "2", "PECS"]) == {"Y"}


def test_medication_for_a_condition_is_that_of_subjects_who_have_it(many, read_dates):
    history = many["mh"].query('MHCAT == "GEN" and MHONGO == "Y"').set_index(["SUBJID", "MHPT"])["MHSTDAT"]
    for drug, condition in (
        ("AMLODIPINE", "Hypertension"),
        ("METFORMIN", "Type 2 diabetes mellitus"),
        ("ENTECAVIR", "Chronic hepatitis B"),
    ):
        taken = many["cm"].query(f'CMDECOD == "{drug}"')
        assert len(taken) > 50 and set(taken["CMINDC"]) == {condition}
        began = history[[(subject, condition) for subject in taken["SUBJID"]]].set_axis(taken.index)
        both = pd.concat([read_dates(began), read_dates(taken["CMSTDAT"])], axis=1).dropna()
        assert (both.iloc[:, 0] <= both.iloc[:, 1]).all()


def test_nobody_takes_something_for_cancer_pain_before_the_cancer_is_known(many, read_dates):
    pain = many["cm"].query('CMINDC == "Cancer pain"').set_index("SUBJID")["CMSTDAT"]
    found = many["mh"].query('MHCAT == "DIAG"').set_index("SUBJID")["MHSTDAT"]
    start = read_dates(pain)
    assert len(start) > 100
    assert not (start < read_dates(found)[start.index]).any()


def test_weight_loss_is_an_event_where_the_weights_say_so(many, read_dates):
    vs = many["vs"].query('WEIGHT != ""')
    vs = vs.assign(day=read_dates(vs["VSDAT"]), kg=vs["WEIGHT"].astype(float)).sort_values(["SUBJID", "day"])
    first = read_dates(many["exth"].groupby("SUBJID")["EXPLDAT"].first())
    before = vs[vs["day"] <= vs["SUBJID"].map(first)]
    loss = 1 - vs["kg"] / vs["SUBJID"].map(before.groupby("SUBJID")["kg"].last())
    after = vs["day"] > vs["SUBJID"].map(first)
    worst = loss[after].groupby(vs["SUBJID"]).max().round(6)
    events = many["ae"].query('AEPT == "Weight loss"').set_index("SUBJID")
    assert events.index.is_unique and len(events) > 200
    assert (worst[events.index] >= 0.05).all()
    assert ((worst[events.index] >= 0.10) <= (events["AETOXGR"] >= "2")).all()
    # Who has none lost it when events were no longer collected.
    assert len(events) > 0.85 * (worst >= 0.05).sum()


def test_a_delay_for_laboratory_values_has_such_an_event_before_the_cycle(many, read_dates):
    late = many["exca"].query('EXDELAY == "Y" and EXADJRS == "LAB"').drop_duplicates(["SUBJID", "EVENTEID"])
    late = late.assign(planned=read_dates(late["EXPLDAT"]), begun=read_dates(late["EVENTDT"]))
    terms = ["Neutrophil count decreased", "Platelet count decreased", "White blood cell decreased"]
    ae = many["ae"][many["ae"]["AEPT"].isin(terms) & (many["ae"]["AEACNCA"] == "INTERRUPTED")]
    ae = ae.assign(start=read_dates(ae["AESTDAT"]))
    both = late.merge(ae[["SUBJID", "start", "AETOXGR"]].dropna(), on="SUBJID")
    near = both[(both["start"] <= both["planned"]) & (both["start"] >= both["planned"] - pd.Timedelta(days=5))]
    assert set(near["AETOXGR"]) <= {"2", "3"}
    assert len(late) > 200 and len(near.drop_duplicates(["SUBJID", "EVENTEID"])) > 0.9 * len(late)
