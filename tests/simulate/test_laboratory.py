"""The central laboratory: results lie where ranges and adverse events want them, and say nothing else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cdisc_conv.simulate.study import read_study

WITH_EVENT = {
    "HB": "Anemia",
    "WBC": "White blood cell decreased",
    "PLT": "Platelet count decreased",
    "K": "Hypokalemia",
    "GOT": "Aspartate aminotransferase increased",
    "TBIL": "Blood bilirubin increased",
}
"""Tests that show an event and depend on no other test."""


@pytest.fixture(scope="module")
def results(many, read_dates) -> pd.DataFrame:
    """Results as numbers, with their day and what demographics say."""
    dm = many["dm"][["SUBJID", "SEX", "AGE"]]
    subjects = many["lk"][["SUBJID", "LKID"]].rename(columns={"LKID": "LBPAT"})
    lb = many["lb"].merge(subjects, validate="many_to_one").merge(dm, on="SUBJID", validate="many_to_one")
    for name in ("LBRES", "LBLOW", "LBHIGH", "AGE"):
        lb[name] = pd.to_numeric(lb[name], errors="coerce")
    return lb.assign(day=read_dates(lb["LBDAT"]))


@pytest.fixture(scope="module")
def laboratory(study_dir):
    return read_study(study_dir)[1].laboratory


def events_of(many, read_dates, term: str) -> pd.DataFrame:
    ae = many["ae"]
    ae = ae[ae["AECTCTRM"].str.split().str.join(" ").str.upper() == term.upper()].copy()
    ae["start"], ae["end"] = read_dates(ae["AESTDAT"]), read_dates(ae["AEENDAT"])
    ae["partial"] = ae["AESTDAT"].str.startswith("UN-") | ae["AEENDAT"].str.startswith("UN-")
    return ae


@pytest.mark.parametrize(("code", "term"), WITH_EVENT.items())
def test_results_are_of_the_grade_of_the_event_that_they_show(many, results, laboratory, read_dates, code, term):
    test = next(one for one in laboratory.tests if one.code == code)
    events = events_of(many, read_dates, term)
    mine = (
        results[(results["LBCODE"] == code) & results["LBRES"].notna()]
        .reset_index(drop=True)
        .rename_axis("n")
        .reset_index()
    )
    mine = mine[~mine["SUBJID"].isin(events.loc[events["partial"], "SUBJID"])]  # nobody knows when those were
    both = mine.merge(events[["SUBJID", "start", "end", "AETOXGR"]], on="SUBJID")
    inside = both[(both["day"] >= both["start"]) & ~(both["day"] > both["end"])]
    grade = inside.groupby("n")["AETOXGR"].max().astype(int)
    shown = mine.loc[grade.index]
    scale = shown["LBHIGH"] if test.of_limit else 1.0
    bands = np.array([(0, 0), *test.grades])
    step = 10.0**-test.decimals
    assert len(shown) > 20
    assert (shown["LBRES"] >= bands[grade, 0] * scale - step).all()
    limit = shown["LBHIGH"] + step if test.side == "high" else shown["LBLOW"] - step
    most = bands[grade, 1] * scale
    assert (
        shown["LBRES"] <= (np.maximum(most, limit) if test.side == "high" else np.minimum(most, limit)) + step
    ).all()
    healthy = mine[~mine["n"].isin(grade.index)]
    fails = many["ie"].loc[many["ie"]["IETESTCD"] == "INC04", "SUBJID"]
    healthy = healthy[~healthy["SUBJID"].isin(fails)] if test.organ_function else healthy
    mild = test.grades[0]
    if test.side == "low":
        assert (healthy["LBRES"] >= mild[0] - step).all()
    else:
        assert (healthy["LBRES"] <= mild[1] * healthy["LBHIGH"] + step).all()


def test_neutrophils_and_lymphocytes_are_among_the_leukocytes(results):
    wide = results.pivot(index="LBACC", columns="LBCODE", values="LBRES")
    assert (wide["NEU"] + wide["LYM"] <= wide["WBC"] + 0.011).all()
    assert wide[["NEU", "LYM", "WBC"]].gt(0).all().all()


def test_flags_say_what_the_range_says(results):
    expected = np.select([results["LBRES"] < results["LBLOW"], results["LBRES"] > results["LBHIGH"]], ["L", "H"], "")
    assert (results["LBFLAG"] == expected).all()


def test_ranges_go_by_sex_and_age(results):
    found = results[results["LBCODE"] == "CREA"].groupby(["SEX", results["AGE"] < 60])["LBHIGH"].unique()
    assert {key: values.tolist() for key, values in found.items()} == {
        ("F", False): [0.92], ("F", True): [0.83], ("M", False): [1.26], ("M", True): [1.1],
    }  # fmt: skip


def test_women_who_can_bear_children_are_tested_for_pregnancy(many, results):
    tested = results[results["LBPANEL"] == "PREG"]
    assert set(tested["SEX"]) == {"F"}
    assert set(many["rp"].query('RPCHILD == "Y"')["SUBJID"]) == set(tested["SUBJID"])
    assert set(many["lb"].loc[many["lb"]["LBPANEL"] == "PREG", "LBRES"]) == {"NEG"}


def test_a_sample_is_one_visit_of_one_subject(many, results):
    per = many["lb"].groupby("LBACC")[["LBPAT", "LBVIS", "LBREP", "LBDAT", "LBTIM"]].nunique()
    assert per.eq(1).all().all()
    assert many["lb"]["LBACC"].str.fullmatch(r"CL\d{5}\d{3}").all()
    assert not many["lb"].duplicated(["LBACC", "LBCODE"]).any()
    taken = results.drop_duplicates("LBACC").rename(columns={"LBVIS": "EVENTEID"})
    taken["ESEQ"] = taken["LBREP"].where(taken["LBREP"] != "", "1")
    visits = many["vs"].merge(taken, on=["SUBJID", "EVENTEID", "ESEQ"], how="right")
    assert (visits["VSYN"] != "").all()
    measured = visits[visits["VSDAT"].fillna("") != ""]
    assert (measured["VSDAT"] == measured["LBDAT"]).all()


def test_the_laboratory_knows_its_own_numbers_of_subjects(many, study_dir):
    """In the order in which they came, one each, none that the study would recognise; the sites enter them."""
    lab, key = many["lb"], many["lk"]
    assert not {"SUBJID", "SITENUM", "EVENT"} & set(lab.columns)
    assert key["SUBJID"].is_unique and key["LKID"].is_unique
    assert set(lab["LBPAT"]) == set(key["LKID"]) == {f"CL{number:05d}" for number in range(1, 1501)}
    assert lab["LBPAT"].is_monotonic_increasing
    first = key.merge(many["ic"].query('ICTYPE == "INIT"'), on="SUBJID").sort_values("LKID")["ICDAT"]
    assert pd.to_datetime(first, format="%d-%b-%Y").is_monotonic_increasing
    assert read_study(study_dir)[0].forms["lb"].file == "laboratory/lb.csv"


def test_a_source_that_the_study_does_not_have(study_dir, tmp_path):
    from cdisc_conv.problems import ProblemsError

    for name in ("forms.yaml", "simulation.yaml"):
        (tmp_path / name).write_text((study_dir / name).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "study.yaml").write_text("study: X\nraw: {sources: {laboratories: {path: lab}}}\n", encoding="utf-8")
    with pytest.raises(ProblemsError) as raised:
        read_study(tmp_path)
    (problem,) = raised.value.problems
    assert str(problem).endswith(
        " SIM001 form 'lb' comes from source 'laboratory', which study.yaml does not have (did you mean laboratories?)"
    )


def test_a_tumour_marker_falls_with_the_lesions_and_rises_with_progression(many, results, read_dates):
    cea = results[results["LBCODE"] == "CEA"].sort_values("day")
    first = cea.groupby("SUBJID")["LBRES"].first()
    assert (first > 5).mean() > 0.3
    assert (first < 5).mean() > 0.3
    rs = many["rs"].assign(day=read_dates(many["rs"]["RSDAT"]))
    last = cea.groupby("SUBJID")["LBRES"].last()
    high = first.index[first > 20]
    responded = rs.loc[rs["RSOVR"].isin(["CR", "PR"]), "SUBJID"].unique()
    lowest = cea.groupby("SUBJID")["LBRES"].min()
    fall = (lowest / first).loc[high.intersection(responded)]
    assert len(fall) > 30
    assert (fall < 0.8).mean() > 0.9
    progressed = rs.loc[(rs["RSOVR"] == "PD"), "SUBJID"].unique()
    rise = (last / lowest).loc[high.intersection(responded).intersection(progressed)]
    assert rise.median() > 1.1


def test_haemolysed_samples_have_no_potassium(many):
    lost = many["lb"][many["lb"]["LBNOTE"] != ""]
    assert set(lost["LBCODE"]) == {"K", "GOT", "LDH"}
    assert lost["LBRES"].eq("").all()
    assert set(lost["LBNOTE_DEC"]) == {"Sample haemolysed"}


def test_who_fails_for_organ_function_has_values_that_say_so(many, results):
    fails = many["ie"].loc[many["ie"]["IETESTCD"] == "INC04", "SUBJID"]
    screening = results[(results["LBVIS"] == "SCR") & results["SUBJID"].isin(fails) & (results["LBCODE"] == "GPT")]
    assert len(screening) > 5
    assert (screening["LBRES"] > 3 * screening["LBHIGH"]).all()


def test_a_parameter_without_its_section(study_dir, tmp_path):
    from cdisc_conv.problems import ProblemsError

    for name in ("forms.yaml", "simulation.yaml", "study.yaml"):
        (tmp_path / name).write_text((study_dir / name).read_text(encoding="utf-8"), encoding="utf-8")
    text = (tmp_path / "simulation.yaml").read_text(encoding="utf-8")
    before, _, after = text.partition("\nlaboratory:\n")
    review = after[after.index("\nreview:\n") :]
    (tmp_path / "simulation.yaml").write_text(before + review, encoding="utf-8")
    with pytest.raises(ProblemsError, match="'laboratory' is missing"):
        read_study(tmp_path)
