"""CDISCPILOT01's ADLB, made from every sixth subject of the public LB and compared cell by cell with the public ADLB.

Every difference that is left is listed here with its reason; no other cell differs.
"""

from __future__ import annotations

import gzip
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from golden_data import golden_folder

from cdisc_conv.checks import check_datasets
from cdisc_conv.columns.sas_dates import to_iso_dates
from cdisc_conv.engine.convert import convert_tabulations
from cdisc_conv.spec.load import load_study

KEYS = ["USUBJID", "PARAMCD", "ADT", "AVISITN", "DTYPE", "LBSEQ"]

UNIT = "the golden grades hemoglobin in g/L alone, and the results are in mmol/L, for which the CTCAE has numbers, too"
TERM = "the golden grades lymphocytes by the criteria of CD4 lymphocytes"

# Variable -> (cells of hemoglobin, cells of lymphocytes) that differ.
GRADES = {
    "ATOXDSCL": (0, 431),
    "ATOXGR": (432, 8),
    "ATOXGRL": (432, 8),
    "ATOXGRH": (432, 0),
    "BTOXGR": (432, 25),
    "BTOXGRL": (432, 25),
    "BTOXGRH": (432, 0),
    "SHIFT2": (432, 31),
}
LEFT_OUT = {"BASEC"}
"""Empty in all records: permissible, and dropped."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    golden = golden_folder()
    if not (golden / "sdtm" / "lb_part.csv.gz").is_file():
        pytest.skip("the golden datasets have no LB here")
    folder = tmp_path_factory.mktemp("sdtm")
    for name in ("dm.csv", "ds.csv", "ex.csv", "sv.csv", "ae.csv"):
        shutil.copyfile(golden / "sdtm" / name, folder / name)
    (folder / "lb.csv").write_bytes(gzip.decompress((golden / "sdtm" / "lb_part.csv.gz").read_bytes()))
    study, problems = load_study("cdiscpilot01")
    assert problems == []
    return study, convert_tabulations(study, folder, ("ADLB",))


def read_golden_adlb() -> pd.DataFrame:
    path = golden_folder() / "adam" / "adlb_part.csv.gz"
    return pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8")


def test_every_cell_but_the_grades_of_two_parameters(made):
    (dataset,) = made[1].datasets
    ours = dataset.frame.assign(ADT=to_iso_dates(dataset.frame["ADT"]))
    golden = read_golden_adlb()
    assert set(golden.columns) - set(ours.columns) == LEFT_OUT
    for frame in (ours, golden):
        for name in ("AVISITN", "LBSEQ"):
            frame[name] = pd.to_numeric(frame[name]).fillna(-1)
    both = ours.merge(golden, on=KEYS, how="outer", suffixes=("", "@"), indicator=True)
    assert both["_merge"].eq("both").all()
    assert len(both) == len(golden) == 14502
    differing: dict[str, dict[str, int]] = {}
    for name in set(golden.columns) - set(KEYS) - LEFT_OUT:
        wrong = ~same(both[name], both[f"{name}@"])
        if wrong.any():
            differing[name] = both.loc[wrong, "PARAMCD"].value_counts().to_dict()
    expected = {name: {"HGB": hgb, "LYMPH": lymph} for name, (hgb, lymph) in GRADES.items()}
    assert differing == {name: {key: n for key, n in found.items() if n} for name, found in expected.items()}


def same(ours: pd.Series, golden: pd.Series) -> pd.Series:
    """Numbers alike to ten significant digits, texts letter for letter."""
    if not pd.api.types.is_numeric_dtype(ours):
        return ours.fillna("") == golden
    numbers = pd.to_numeric(golden)
    close = (ours - numbers).abs() <= 1e-10 * ours.abs().clip(lower=1)
    return close | (ours.isna() & numbers.isna())


def test_nothing_is_found_on_the_way(made):
    assert [str(problem) for problem in made[1].problems] == [
        "ADLB: DROP001 no record has a value of BASEC; permissible and empty, so left out of the dataset"
    ]


def test_one_rule_finds_what_is_meant(made):
    study, conversion = made
    family = study.families["adam"]
    report = check_datasets(
        conversion.datasets, family.standard, family.terminology, created=study.created, complete=False
    )
    assert [(problem.code, problem.place.variable, problem.count) for problem in report.problems] == [
        ("ADBDS020", "ABLFL", 2)  # the counts of one subject that are made from shares, as in the golden
    ]
