"""Medical history and HER2: the story of the cancer before the study agrees with the other forms."""

from __future__ import annotations

import pandas as pd
import pytest


@pytest.fixture(scope="module")
def history(many, read_dates) -> pd.DataFrame:
    mh = many["mh"]
    consent = many["ic"][many["ic"]["ICTYPE"] == "INIT"].set_index("SUBJID")["ICDAT"]
    return mh.assign(
        start=read_dates(mh["MHSTDAT"]), end=read_dates(mh["MHENDAT"]), consent=read_dates(mh["SUBJID"].map(consent))
    )


def test_everybody_has_the_cancer_and_its_metastases_once(many, history):
    for category in ("DIAG", "MET"):
        assert sorted(history.loc[history["MHCAT"] == category, "SUBJID"]) == sorted(many["dm"]["SUBJID"])
    assert history.loc[history["MHCAT"] == "DIAG", "MHSTAGE"].ne("").all()
    assert history.loc[history["MHCAT"] != "DIAG", "MHSTAGE"].eq("").all()


def test_all_of_it_began_before_consent(history):
    known = history[history["start"].notna()]
    assert (known["start"] < known["consent"]).all()
    ended = history[history["end"].notna()]
    assert (ended["end"] <= ended["consent"]).all()
    assert (ended["start"].isna() | (ended["start"] <= ended["end"])).all()
    assert (history["MHONGO"] == "N").eq(history["MHENDAT"] != "").all()


def test_diagnosis_comes_before_its_treatment(many, history, read_dates):
    diagnosis = history[history["MHCAT"] == "DIAG"].set_index("SUBJID")
    spread = history[history["MHCAT"] == "MET"].set_index("SUBJID")["start"]
    assert (diagnosis["start"] <= spread.loc[diagnosis.index]).all()
    prior = many["pr"][many["pr"]["PRTYPE"] == "PRIOR"]
    treated = pd.concat(
        [
            pd.DataFrame({"SUBJID": prior["SUBJID"], "day": read_dates(prior["PRSTDAT"])}),
            pd.DataFrame({"SUBJID": many["pct"]["SUBJID"], "day": read_dates(many["pct"]["PCSTDAT"])}),
        ]
    ).dropna()
    assert len(treated) > 100
    assert (treated["day"] > treated["SUBJID"].map(diagnosis["start"])).all()
    resected = diagnosis.index.isin(prior["SUBJID"])
    assert set(diagnosis.loc[~resected, "MHSTAGE"]) == {"IVB"}
    assert "IVB" not in set(diagnosis.loc[resected, "MHSTAGE"])
    assert (spread.loc[diagnosis.index[resected]] > diagnosis.loc[resected, "start"]).all()


def test_her2_is_negative_unless_the_criterion_fails(many):
    bm = many["bm"].set_index("SUBJID")
    assert sorted(bm.index) == sorted(many["dm"]["SUBJID"])
    assert (bm["BMFISH"] == "Y").eq(bm["BMIHC"] == "2").all()
    positive = (bm["BMIHC"] == "3") | (bm["BMAMP"] == "Y")
    fails = many["ie"].loc[many["ie"]["IETESTCD"] == "INC07", "SUBJID"]
    assert set(bm.index[positive]) == set(fails)
    assert len(set(fails)) > 5
    done = bm[bm["BMFISH"] == "Y"]
    assert (pd.to_numeric(done["BMRATIO"]) >= 2).eq(done["BMAMP"] == "Y").all()
    assert (pd.to_numeric(done["BMCOPIES"]) > pd.to_numeric(done["BMRATIO"])).all()
    assert bm.loc[bm["BMFISH"] == "N", ["BMRATIO", "BMCOPIES", "BMAMP"]].eq("").all().all()
