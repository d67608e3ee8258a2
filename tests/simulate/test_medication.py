"""Medication: each treated event has a drug that suits it, none is given on the day of death, spells are in order."""

from __future__ import annotations

import pandas as pd
import yaml


def test_events_that_were_treated_have_a_drug_for_them(many, study_dir):
    suits = yaml.safe_load((study_dir / "simulation.yaml").read_text(encoding="utf-8"))["medication"]["for_events"]
    treated = many["ae"].query('AECONTRT == "Y"')
    treated = treated[treated["AEPT"].isin(list(suits))].set_index(["SUBJID", "FSEQ"])["AEPT"]
    given = many["cm"].query('CMAENO != ""').set_index(["SUBJID", "CMAENO"])
    assert sorted(given.index) == sorted(treated.index)
    of_event = given.join(treated.rename_axis(["SUBJID", "CMAENO"]))
    assert all(row.CMDECOD in suits[row.AEPT] for row in of_event.itertuples())
    assert (of_event["CMINDC"] == of_event["AEPT"]).all()


def test_no_event_that_was_treated_is_without_a_drug(many):
    treated = many["ae"].query('AECONTRT == "Y"')[["SUBJID", "FSEQ"]]
    given = many["cm"].query('CMAENO != ""')[["SUBJID", "CMAENO"]]
    assert set(treated.itertuples(index=False, name=None)) == set(given.itertuples(index=False, name=None))


def test_spells_are_in_order_and_within_the_events(many, read_dates):
    cm = many["cm"].query('CMYN == "Y"')
    start, end = read_dates(cm["CMSTDAT"]), read_dates(cm["CMENDAT"])
    both = start.notna() & end.notna()
    assert (start[both] <= end[both]).all()
    assert ((cm["CMENDAT"] == "") == (cm["CMONGO"] == "Y")).all()
    death = many["dd"].set_index("SUBJID")["DTHDAT"]
    death = read_dates(death[death.str[:2] != "UN"])
    last = pd.concat([start, end], axis=1).max(axis=1)
    at_death = cm["SUBJID"].map(death)
    assert not (last[at_death.notna()] >= at_death[at_death.notna()]).any()
    events = many["ae"].set_index(["SUBJID", "FSEQ"])["AESTDAT"]
    mine = cm[cm["CMAENO"] != ""]
    began = read_dates(events.reindex(pd.MultiIndex.from_frame(mine[["SUBJID", "CMAENO"]])).set_axis(mine.index))
    assert not (start[mine.index] < began).any()


def test_premedication_lasts_from_the_first_to_the_last_infusion(many):
    first = many["exox"].groupby("SUBJID")["EXPLDAT"].agg(["first", "last"])
    given = many["cm"].query('CMDECOD == "PALONOSETRON"').set_index("SUBJID")
    exact = given[~given["CMSTDAT"].str.startswith("UN")]
    assert len(exact) > 1000
    assert (exact["CMSTDAT"] == first.loc[exact.index, "first"]).all()


def test_every_subject_has_a_form_and_numbers_run_on(raw):
    cm = raw["cm"]
    assert set(cm["SUBJID"]) == set(raw["dm"]["SUBJID"])
    assert cm.groupby("SUBJID")["FSEQ"].agg(list).map(lambda seen: seen == [str(k + 1) for k in range(len(seen))]).all()
    assert (cm.query('CMYN == "N"')["CMTRT"] == "").all()
    assert cm["CMSTDAT"].str.startswith("UN-UNK").any()
