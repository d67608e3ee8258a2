"""LB and ADLB of the shipped study: SI units, ranges, grades, baseline, shifts and the worst on treatment."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from cdisc_conv.engine.convert import convert
from cdisc_conv.simulate import simulate_study, write_exports
from cdisc_conv.spec.load import load_study

STUDY = Path(__file__).parents[2] / "mappings" / "hope2021_thal_agc"
SUBJECTS = 12


@cache
def made() -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame]]:
    """The raw tables and the datasets of a few subjects."""
    import tempfile

    raw = simulate_study(STUDY, SUBJECTS, 7)
    study, _ = load_study(STUDY)
    with tempfile.TemporaryDirectory() as folder:
        write_exports(STUDY, SUBJECTS, 7, Path(folder) / "raw")
        found = convert(study, Path(folder) / "raw", ("LB", "ADLB"))
    return raw, {dataset.name: dataset.frame for dataset in found.datasets}


def test_every_result_is_a_record() -> None:
    raw, datasets = made()
    assert len(datasets["LB"]) == len(raw["lb"])
    assert set(datasets["LB"]["LBREFID"]) == set(raw["lb"]["LBACC"])


def test_every_result_has_the_subject_that_the_site_registered() -> None:
    raw, datasets = made()
    numbers = dict(zip(raw["lk"]["LKID"], raw["lk"]["SUBJID"], strict=True))
    said = {row.LBACC: f"HOPE2021-Thal-AGC-{numbers[row.LBPAT]}" for row in raw["lb"].itertuples()}
    lb = datasets["LB"]
    assert len(set(lb["USUBJID"])) == SUBJECTS
    assert list(lb["USUBJID"]) == [said[number] for number in lb["LBREFID"]]


def test_units_are_si_and_ranges_go_with_them() -> None:
    lb = made()[1]["LB"]
    hgb = lb[lb["LBTESTCD"] == "HGB"]
    assert set(hgb["LBSTRESU"]) == {"g/L"}
    assert (hgb["LBSTRESN"] - 10 * pd.to_numeric(hgb["LBORRES"])).abs().max() < 1e-9
    assert set(hgb["LBSTNRLO"]) <= {115.0, 130.0}
    creatinine = lb[lb["LBTESTCD"] == "CREAT"]
    assert set(creatinine["LBSTRESU"]) == {"umol/L"}
    factor = creatinine["LBSTRESN"] / pd.to_numeric(creatinine["LBORRES"])
    assert factor.between(88.3, 88.5).all()


def test_the_indicator_is_the_flag_of_the_laboratory() -> None:
    raw, datasets = made()
    words = {"L": "LOW", "H": "HIGH"}
    flags = raw["lb"].assign(said=raw["lb"]["LBFLAG"].map(words).fillna(""))
    codes = {"HB": "HGB", "PLT": "PLAT", "GPT": "ALT", "TBIL": "BILI", "CREA": "CREAT", "NA": "SODIUM"}
    flags = flags[flags["LBCODE"].isin(codes)].assign(LBTESTCD=flags["LBCODE"].map(codes))
    both = datasets["LB"].merge(flags, left_on=["LBREFID", "LBTESTCD"], right_on=["LBACC", "LBTESTCD"])
    assert len(both) == len(flags)
    assert (both["LBNRIND"].where(both["LBNRIND"] != "NORMAL", "") == both["said"]).all()


def test_a_pregnancy_test_has_words_and_no_unit() -> None:
    lb = made()[1]["LB"]
    tests = lb[lb["LBTESTCD"] == "HCG"]
    assert set(tests["LBSTRESC"]) <= {"NEGATIVE"}
    assert set(tests["LBSTRESU"]) <= {""}


def test_baseline_and_change() -> None:
    adlb = made()[1]["ADLB"]
    baseline = adlb[adlb["ABLFL"] == "Y"]
    assert not baseline.duplicated(["USUBJID", "PARAMCD"]).any()
    assert (baseline["ADT"] <= baseline["TRTSDT"]).all()
    assert (baseline["AVISIT"] == "Baseline").all()
    changed = adlb[adlb["CHG"].notna()]
    assert np.allclose(changed["CHG"], changed["AVAL"] - changed["BASE"])
    assert (changed["ABLFL"] == "").all()


def test_one_worst_record_of_each_side_and_parameter() -> None:
    adlb = made()[1]["ADLB"]
    for flag, grade in (("ANL02FL", "ATOXGRL"), ("ANL03FL", "ATOXGRH")):
        graded = adlb[(adlb[grade] != "") & (adlb["ONTRTFL"] == "Y")]
        worst = graded.groupby(["USUBJID", "PARAMCD"])[grade].max()
        flagged = adlb[adlb[flag] == "Y"].set_index(["USUBJID", "PARAMCD"])[grade]
        assert flagged.sort_index().equals(worst.sort_index())


def test_shifts_join_baseline_and_result() -> None:
    adlb = made()[1]["ADLB"]
    both = adlb[(adlb["BNRIND"] != "") & (adlb["ANRIND"] != "")]
    assert (both["SHIFT1"] == both["BNRIND"] + " to " + both["ANRIND"]).all()
