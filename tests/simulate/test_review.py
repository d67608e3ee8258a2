"""The independent review: RECIST 1.1 holds for what each reader read, and one of them is accepted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

VISIT = ["SUBJID", "READER", "EVENTEID", "ESEQ"]
READER = ["SUBJID", "READER"]


@pytest.fixture(scope="module")
def responses(many) -> pd.DataFrame:
    """The readers' responses with the sum of their measurements, its baseline and the smallest complete sum before."""
    tl = many["rtl"].copy()
    tl["mm"] = pd.to_numeric(tl["TLLDIAM"].where(tl["TLLDIAM"] != "", tl["TLSAXIS"]))
    by_visit = tl.groupby(VISIT)
    sums = pd.DataFrame(
        {
            "sum": by_visit["mm"].sum(),
            "complete": by_visit["TLSTATE"].apply(lambda states: "NOTASSESSED" not in set(states)),
            "day": pd.to_datetime(by_visit["TLDAT"].first(), format="%d-%b-%Y"),
        }
    ).reset_index()
    sums = sums.sort_values([*READER, "day"]).reset_index(drop=True)
    sums["baseline"] = sums.groupby(READER)["sum"].transform("first")
    whole = sums["sum"].where(sums["complete"])
    sums["nadir"] = whole.groupby([sums[name] for name in READER]).transform(lambda mm: mm.cummin().ffill().shift())
    return many["rrs"].merge(sums, on=VISIT, validate="one_to_one").sort_values([*READER, "day"])


def test_target_responses_follow_from_what_the_reader_measured(responses):
    grown = (5 * (responses["sum"] - responses["nadir"]) >= responses["nadir"]) & (
        responses["sum"] - responses["nadir"] >= 5
    )
    rest = responses[responses["RSTRG"] != "CR"]
    expected = np.select(
        [grown[rest.index], ~rest["complete"].astype(bool), 10 * rest["sum"] <= 7 * rest["baseline"]],
        ["PD", "NE", "PR"],
        "SD",
    )
    assert (rest["RSTRG"].to_numpy() == expected).all()
    assert set(responses["RSTRG"]) == {"CR", "PR", "SD", "PD", "NE"}


def test_non_target_responses_follow_from_the_states(many, responses):
    states = many["rntl"].groupby(VISIT)["NTLSTATE"].agg(set).rename("states").reset_index()
    both = responses.merge(states, on=VISIT, how="left")
    expected = [
        "NA" if not isinstance(found, set)
        else "PD" if "PROGRESSION" in found
        else "NE" if "NOTASSESSED" in found
        else "CR" if found == {"ABSENT"}
        else "NCRNPD"
        for found in both["states"]
    ]  # fmt: skip
    assert both["RSNTRG"].tolist() == expected
    assert set(expected) == {"NA", "PD", "NE", "CR", "NCRNPD"}


def test_new_lesions_are_on_their_form_and_make_progression(many, responses):
    new = many["rnl"].set_index(VISIT).index
    has_new = responses.set_index(VISIT).index.isin(new)
    assert (has_new == (responses["RSNEW"] == "Y")).all()
    assert set(responses.loc[responses["RSNEW"] == "Y", "RSOVR"]) == {"PD"}
    assert has_new.sum() > 30


def test_a_reader_stops_with_the_first_progression(responses):
    last = responses.groupby(READER)["RSOVR"].agg(list)
    assert all("PD" not in overall[:-1] for overall in last)
    assert sum(overall[-1] == "PD" for overall in last) > 300


def test_readers_read_what_was_scanned_and_disagree_now_and_then(many, responses):
    scanned = many["tl"][many["tl"]["TLYN"] == "Y"].set_index(["SUBJID", "EVENTEID", "ESEQ", "EVENTDT"]).index
    read = many["rtl"].set_index(["SUBJID", "EVENTEID", "ESEQ", "EVENTDT"]).index
    assert read.isin(scanned).all()
    both = responses.pivot(index=["SUBJID", "EVENTEID", "ESEQ"], columns="READER", values="RSOVR").dropna()
    assert 0.75 < (both["R1"] == both["R2"]).mean() < 0.97
    targets = many["rtl"][many["rtl"]["EVENTEID"] == "SCR"]
    assert (
        targets.groupby(READER)["TLID"]
        .agg(list)
        .map(lambda ids: ids == [f"T{k + 1:02d}" for k in range(len(ids))])
        .all()
    )
    short = pd.to_numeric(targets["TLSAXIS"]).dropna()
    long = pd.to_numeric(targets["TLLDIAM"]).dropna()
    assert short.min() >= 15
    assert long.min() >= 10


def test_the_adjudicator_is_asked_where_the_readers_differ(many, responses):
    rank = {"CR": 0, "PR": 1, "SD": 2, "PD": 3, "NE": 4}
    best = responses.assign(rank=responses["RSOVR"].map(rank)).groupby(READER)["rank"].min().unstack()
    day = responses[responses["RSOVR"] == "PD"].groupby(READER)["EVENTDT"].first().unstack().reindex(best.index)
    decided = many["radj"].set_index("SUBJID")
    differs = (best["R1"] != best["R2"]).reindex(decided.index, fill_value=False)
    late = (day["R1"].fillna("") != day["R2"].fillna("")).reindex(decided.index, fill_value=False)
    assert (decided["ADJREAS"] == np.select([differs, late], ["BEST", "DATE"], "")).all()
    assert (decided["ADJYN"] == np.where(differs | late, "Y", "N")).all()
    assert set(decided.loc[decided["ADJYN"] == "N", "ADJREAD"]) == {"R1"}
    assert decided.loc[decided["ADJYN"] == "Y", "ADJREAD"].value_counts(normalize=True).min() > 0.4
    assert set(decided.index) == set(many["rtl"]["SUBJID"])


def test_readers_tell_places_in_the_investigators_words(raw):
    mine = raw["nl"][raw["nl"]["NLSTATE"] == "UNEQUIVOCAL"]
    both = raw["rnl"].merge(mine, on=["SUBJID", "EVENTEID", "ESEQ"], suffixes=("", "_I"))
    assert len(both) > 10
    assert both["NLLOC"].tolist() == both["NLLOC_I"].tolist()
