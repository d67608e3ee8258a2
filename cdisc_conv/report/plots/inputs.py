"""Reading the ADaM datasets for a picture: what is not there, who is counted, and the records of a parameter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cdisc_conv.columns.stored import Frame, load, stream
from cdisc_conv.dataset import Dataset
from cdisc_conv.report.plots.figure import NothingToDraw, count_words

EFFICACY = ("FASFL", "ITTFL", "SAFFL")
SAFETY = ("SAFFL", "TRTFL")
POPULATIONS = {
    "FASFL": "full analysis set (FASFL = Y)",
    "ITTFL": "intent-to-treat population (ITTFL = Y)",
    "SAFFL": "safety population (SAFFL = Y)",
    "TRTFL": "treated population (TRTFL = Y)",
    "": "subjects of ADSL",
}


@dataclass(frozen=True, slots=True)
class Population:
    """The subjects a picture is about: one row of ADSL each, with ``SUBJECT``, the short name to show."""

    label: str
    frame: pd.DataFrame

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def words(self) -> str:
        """The population as a sentence begins with it."""
        return f"{self.label[:1].upper()}{self.label[1:]}: N = {len(self):,}"


def find_missing(datasets: Mapping[str, Dataset], needs: Mapping[str, tuple[str, ...]]) -> list[str]:
    """One phrase for each dataset that is not there and for the variables that a dataset does not have."""
    missing = []
    for name, variables in needs.items():
        if name not in datasets:
            missing.append(f"there is no dataset {name}")
        elif lacking := [variable for variable in variables if variable not in datasets[name].frame]:
            missing.append(f"{name} has no variable {', '.join(lacking)}")
    return missing


def read_population(datasets: Mapping[str, Dataset], flags: tuple[str, ...]) -> Population:
    """The subjects of ADSL with the first of these population flags that the study uses; without any, all subjects.

    A flag is used when the variable is there and some subject has Y. A subject counts once, by the first record.
    NothingToDraw when ADSL has no records.
    """
    adsl = load(datasets["ADSL"].frame).drop_duplicates("USUBJID").reset_index(drop=True)
    if adsl.empty:
        raise NothingToDraw("ADSL has no records")
    flag = next((flag for flag in flags if flag in adsl and (adsl[flag] == "Y").any()), "")
    frame = adsl[adsl[flag] == "Y"] if flag else adsl
    short = frame["SUBJID"] if "SUBJID" in frame else frame["USUBJID"]
    usable = short.is_unique and bool((short != "").all())
    return Population(POPULATIONS[flag], frame.assign(SUBJECT=short if usable else frame["USUBJID"]))


def read_parameter(datasets: Mapping[str, Dataset], name: str, parameter: str, population: Population) -> pd.DataFrame:
    """The records of one parameter of the subjects of the population. NothingToDraw when there are none."""
    records = find_parameter(datasets, name, parameter)
    if records.empty:
        raise NothingToDraw(f"{name} has no record with PARAMCD = {parameter}")
    inside = records[records["USUBJID"].isin(population.frame["USUBJID"])]
    if inside.empty:
        raise NothingToDraw(f"{name} has no record with PARAMCD = {parameter} of the {population.label}")
    return inside


def find_parameter(datasets: Mapping[str, Dataset], name: str, parameter: str) -> pd.DataFrame:
    """The records of one parameter, without any when dataset or parameter are not there."""
    if name not in datasets or not {"USUBJID", "PARAMCD"} <= set(datasets[name].frame):
        return pd.DataFrame({"USUBJID": pd.Series(dtype="str")})
    return collect_records(datasets[name].frame, "PARAMCD", parameter)


READ = (
    "USUBJID", "PARAMCD", "AVAL", "AVALC", "PCHG", "ADT", "ADY", "ABLFL", "ANL01FL", "CNSR", "EVNTDESC", "CNSDTDSC",
    "TRTEMFL", "AEDECOD", "ATOXGR",
)  # fmt: skip
"""The variables of records that pictures look at."""


def collect_records(frame: Frame, name: str, value: str) -> pd.DataFrame:
    """The records that have a value in a column, with the variables of `READ`."""
    names = [one for one in READ if one in frame]
    pieces = [piece[piece[name] == value] for piece in stream(frame, names)]
    return pieces[0] if len(pieces) == 1 else pd.concat(pieces, ignore_index=True)


def read_numbers(frame: pd.DataFrame, name: str) -> pd.Series:
    """A column as float64, all missing when it is not there; what is not a finite number is missing."""
    if name not in frame:
        return pd.Series(np.nan, index=frame.index, dtype="float64")
    numbers = pd.to_numeric(frame[name], errors="coerce").astype("float64")
    return numbers.where(np.isfinite(numbers))


def read_texts(frame: pd.DataFrame, name: str) -> pd.Series:
    """A column of text, all empty when it is not there."""
    return frame[name] if name in frame else pd.Series("", index=frame.index, dtype="str")


def take_first(frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The first record of each subject, and a sentence on subjects with several (empty without any)."""
    first = frame.drop_duplicates("USUBJID")
    several = int(frame["USUBJID"].duplicated(keep=False).groupby(frame["USUBJID"]).any().sum())
    words = f"{count_words(several)} with several records of the parameter: the first one is shown." if several else ""
    return first, words


def read_best_responses(datasets: Mapping[str, Dataset]) -> tuple[pd.Series, str]:
    """Best overall response by USUBJID, and what it is: the confirmed one, else the unconfirmed, else nothing."""
    for parameter, words in (
        ("CBOR", "confirmed best overall response (ADRS, CBOR)"),
        ("BOR", "best overall response, not confirmed (ADRS, BOR), as there is no confirmed one (CBOR)"),
    ):
        records = find_parameter(datasets, "ADRS", parameter)
        if len(records) and "AVALC" in records:
            return records.drop_duplicates("USUBJID").set_index("USUBJID")["AVALC"], words
    return pd.Series(dtype="str"), ""


def match_responses(subjects: pd.Series, responses: pd.Series) -> pd.Series:
    """The response of each subject, empty when there is none."""
    return subjects.map(responses).astype("str").where(subjects.isin(responses.index), "")


def describe_groups(population: Population) -> str:
    """A sentence for a picture that does not tell several treatment groups apart; empty for a single group."""
    groups = set(read_texts(population.frame, "TRT01P")) - {""}
    return f"All {len(groups)} treatment groups together." if len(groups) > 1 else ""


def describe_outsiders(records: pd.DataFrame, population: Population, name: str) -> str:
    """A sentence on subjects that have records but are not in the population; empty without any."""
    outside = records["USUBJID"][~records["USUBJID"].isin(population.frame["USUBJID"])].nunique()
    return f"{count_words(outside)} with records in {name} not in this population." if outside else ""
