"""An analysis dataset that is made of a dataset which was not given whole is left out; an empty one stays."""

from __future__ import annotations

import pandas as pd

from cdisc_conv.dataset import Column, Dataset, Item
from cdisc_conv.package.writing.families import leave_out_unmade
from cdisc_conv.problems import Place, Problem
from cdisc_conv.spec.load import load_study

LACKS = Problem("GIVEN003", "lb.csv has no LB.VISIT, which counts as blank", place=Place(dataset="LB"))


def make(name: str, subjects: list[str]) -> Dataset:
    frame = pd.DataFrame({"USUBJID": pd.Series(subjects, dtype="str")})
    return Dataset(name, name, frame, (Column("USUBJID", "Subject", False, Item("text", 2)),))


def test_a_dataset_whose_source_lacks_something_is_left_out():
    study, _ = load_study("cdiscpilot01")
    adsl, adlb = make("ADSL", ["01"]), make("ADLB", [])
    kept, notes = leave_out_unmade(study, [adsl, adlb], [LACKS])
    assert kept == [adsl]
    assert [f"{note.severity}: {note}" for note in notes] == [
        "note: ADLB: PKG024 the package has no ADLB: it is made of LB, which was not given as a whole (give all of LB)"
    ]


def test_one_with_records_or_with_a_whole_source_stays():
    study, _ = load_study("cdiscpilot01")
    for adlb, found in ((make("ADLB", ["01"]), [LACKS]), (make("ADLB", []), [])):
        assert leave_out_unmade(study, [adlb], found) == ([adlb], [])
