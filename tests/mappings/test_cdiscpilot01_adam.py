"""CDISCPILOT01's analysis datasets, made from the public SDTM datasets and compared cell by cell with the public ones.

Every difference that is left is listed here with its reason. The public oncology data have no ADRS and ADTTE, so for
these the rules behind the published ones are asked: counts and single subjects that are known.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from golden_data import golden_folder, read_golden

from cdisc_conv.columns.sas_dates import to_iso_dates, to_iso_datetimes
from cdisc_conv.columns.texts import as_text, is_number
from cdisc_conv.dataset import Dataset
from cdisc_conv.engine.convert import Conversion, convert_tabulations
from cdisc_conv.spec.load import load_study

KEYS = {"ADSL": ["USUBJID"], "ADAE": ["USUBJID", "AESEQ"], "ADTR": ["USUBJID", "PARAMCD", "AVISITN"]}
FILES = {"ADSL": "adsl.csv", "ADAE": "adae.csv", "ADTR": "adtr_onco.csv"}

# (dataset, variable) -> how many cells differ, and why.
DIFFERENCES = {
    ("ADAE", "ADURU"): (718, "the golden writes 'days', the codelist UNIT has DAYS"),
    ("ADAE", "LDOSEDTM"): (304, "the golden leaves out the intervals at 81 mg, and one without an end"),
    ("ADAE", "DOSEON"): (290, "the golden leaves out the intervals at 81 mg"),
    ("ADAE", "DOSEU"): (290, "the golden leaves out the intervals at 81 mg"),
}
LEFT_OUT = {
    # Empty; but AESPID is in no raw data, and DOMAIN says nothing in ADAE.
    "ADAE": {"AEACN", "AEBDSYCD", "AEHLGTCD", "AEHLTCD", "AELLTCD", "AEPTCD", "AESOCCD", "AESPID", "DOMAIN"},
    # The same in all records, or empty; and variables of ADSL that ADTR does not need.
    "ADTR": {"DOMAIN", "TREVALID", "TRACPTFL"},
}
"""Variables of the golden dataset that ours does not have."""


@cache
def converted() -> Conversion:
    study, problems = load_study("cdiscpilot01")
    assert problems == []
    return convert_tabulations(study, golden_folder() / "sdtm")


def dataset(name: str) -> Dataset:
    return next(dataset for dataset in converted().datasets if dataset.name == name)


def made(name: str) -> pd.DataFrame:
    """A dataset as the golden files have it: dates in ISO 8601, numbers in ten significant digits, all text."""
    found = dataset(name)
    return pd.DataFrame({column.name: _write(found.frame[column.name], column.format) for column in found.columns})


def _write(series: pd.Series, shown: str) -> pd.Series:
    if shown == "DATE9.":
        return to_iso_dates(series)
    if shown == "DATETIME20.":
        return to_iso_datetimes(series)
    return _shorten(as_text(series)) if is_number(series) else series


def _shorten(texts: pd.Series) -> pd.Series:
    """Numbers written alike: the golden files have some with more digits than are theirs."""
    numbers = pd.to_numeric(texts, errors="coerce")
    return texts.where(numbers.isna(), numbers.map(lambda number: f"{number:.10g}").astype("str"))


def compare(name: str) -> tuple[dict[tuple[str, str], int], set[str], set[str]]:
    """Differing cells per variable; variables of the golden dataset that are not in ours, and the reverse."""
    ours = made(name)
    golden = read_golden(golden_folder() / "adam" / FILES[name])
    both = ours.merge(golden, on=KEYS[name], how="outer", suffixes=("", "@"), indicator=True)
    assert (both["_merge"] == "both").all()
    found = {}
    for variable in [variable for variable in golden if variable in ours and variable not in KEYS[name]]:
        theirs = both[f"{variable}@"]
        numeric = is_number(dataset(name).frame[variable])
        differing = int((both[variable] != (_shorten(theirs) if numeric else theirs)).sum())
        if differing:
            found[name, variable] = differing
    return found, {v for v in golden if v not in ours}, {v for v in ours if v not in golden}


@pytest.mark.parametrize("name", ["ADSL", "ADAE", "ADTR"])
def test_every_cell_that_differs_is_listed_with_its_reason(name: str) -> None:
    found, not_ours, only_ours = compare(name)
    assert found == {key: count for key, (count, _) in DIFFERENCES.items() if key[0] == name}
    assert only_ours == set()
    subject = set(made("ADSL")) if name == "ADTR" else set()
    assert not_ours - subject == LEFT_OUT.get(name, set())


def parameter(name: str, code: str) -> pd.DataFrame:
    frame = made(name)
    return frame[frame["PARAMCD"] == code].reset_index(drop=True)


def test_every_derived_response_has_one_record_per_subject() -> None:
    counts = made("ADRS")["PARAMCD"].value_counts().to_dict()
    assert counts.pop("OVR") == 22
    assert counts == dict.fromkeys(
        ["PD", "RSP", "CB", "BOR", "BCP", "CRSP", "CCB", "CBOR", "CBCP", "DEATH", "LSTA", "MDIS"], 306
    )


def test_the_confirmed_best_response_of_a_known_subject() -> None:
    best = parameter("ADRS", "CBOR").set_index("USUBJID").loc["01-701-1118"]
    assert (best["AVALC"], best["AVAL"], best["ADT"]) == ("PR", "2", "2014-04-23")
    # The published dataset has N here, although it asks whether CBOR is CR or PR.
    assert parameter("ADRS", "CBCP").set_index("USUBJID").loc["01-701-1118", "AVALC"] == "Y"


@pytest.mark.parametrize(
    ("code", "counts"),
    [
        ("PD", {"N": 303, "Y": 3}),
        ("RSP", {"N": 302, "Y": 4}),
        ("CRSP", {"N": 305, "Y": 1}),
        ("CB", {"N": 300, "Y": 6}),
        ("CCB", {"N": 300, "Y": 6}),
        ("BOR", {"MISSING": 298, "CR": 3, "PR": 1, "SD": 1, "NON-CR/NON-PD": 1, "PD": 1, "NE": 1}),
        ("CBOR", {"MISSING": 298, "SD": 4, "PR": 1, "NON-CR/NON-PD": 1, "PD": 1, "NE": 1}),
        ("LSTA", {"": 298, "CR": 2, "PR": 1, "SD": 1, "NON-CR/NON-PD": 2, "PD": 2}),
        ("MDIS", {"N": 300, "Y": 6}),
    ],
)
def test_responses_of_all_subjects(code: str, counts: dict[str, int]) -> None:
    assert parameter("ADRS", code)["AVALC"].value_counts().to_dict() == counts


def test_times_to_events_have_the_published_numbers_of_records() -> None:
    assert made("ADTTE")["PARAMCD"].value_counts().to_dict() == {"OS": 254, "PFS": 254, "RSD": 4}


def test_three_survival_times_are_censored_at_randomization() -> None:
    censored = parameter("ADTTE", "OS")
    assert (censored["EVNTDESC"] == "Randomization").sum() == 3
    assert (censored["CNSR"] == "0").sum() == 3
    assert set(censored.loc[censored["CNSR"] == "0", "EVNTDESC"]) == {"Death"}
