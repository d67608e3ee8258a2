"""What the subjects say of nausea and sleep: it follows the events that go on, and severity goes with frequency."""

from __future__ import annotations

import pandas as pd


def test_severity_and_frequency_are_zero_together(many):
    done = many["qs"].query('QSYN == "Y"')
    for first, second in (("NAUFRQ", "NAUSEV"), ("INSSEV", "INSINT")):
        assert ((done[first] == "0") == (done[second] == "0")).all()
        apart = (done[first].astype(int) - done[second].astype(int)).abs()
        assert apart.max() == 1
    assert set(done["INSSEV"]) == {"0", "1", "2", "3", "4"}


def test_nausea_is_worse_while_an_event_of_it_goes_on(many, read_dates):
    events = many["ae"].query('AEPT == "Nausea"').assign(start=lambda ae: read_dates(ae["AESTDAT"]))
    events = events.assign(end=read_dates(events["AEENDAT"])).dropna(subset=["start", "end"])
    answers = many["qs"].query('QSYN == "Y"')
    answers = answers.assign(day=read_dates(answers["QSDAT"]), said=answers["NAUFRQ"].astype(int))
    both = answers.merge(events[["SUBJID", "start", "end", "AETOXGR"]], on="SUBJID")
    during = both[(both["start"] <= both["day"]) & (both["day"] <= both["end"])]
    assert len(during) > 100
    assert during["said"].mean() > answers["said"].mean() + 0.7
    # Nobody says that there is none while an event of grade 3 goes on.
    assert (during[during["AETOXGR"] == "3"]["said"] > 0).all()


def test_forms_belong_to_visits(many):
    qs = many["qs"]
    visits = many["vs"].set_index(["SUBJID", "EVENTEID", "EVENTDT"]).index
    assert pd.MultiIndex.from_frame(qs[["SUBJID", "EVENTEID", "EVENTDT"]]).isin(visits).all()
    assert not set(qs["EVENTEID"]) & {"UNS", "SAFU"}
    not_done = qs.query('QSYN == "N"')
    assert 0.02 < len(not_done) / len(qs) < 0.06
    assert (not_done["QSND"] != "").all()
    assert (not_done[["QSDAT", "NAUFRQ", "NAUSEV", "INSSEV", "INSINT"]] == "").all(axis=None)
