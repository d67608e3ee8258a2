"""Findings of raw data that are wrong everywhere do not depend on how the subjects are split."""

from __future__ import annotations

import hope2021
import numpy as np
import pandas as pd

from cdisc_conv.engine.convert import Conversion, convert_frames
from cdisc_conv.engine.plan.graph import plan_study
from cdisc_conv.engine.ranges.range import Division

SUBJECTS = 6


def plant() -> dict[str, pd.DataFrame]:
    """The forms of some subjects in which every column has wrong values, blanks, and values of other rows."""
    random = np.random.default_rng(7)
    subjects = sorted(set(hope2021.raw()["dm"]["SUBJID"]))[:SUBJECTS]
    forms = {}
    for name, frame in hope2021.raw().items():
        mine = frame[frame["SUBJID"].isin(subjects)].reset_index(drop=True) if "SUBJID" in frame else frame
        columns = {}
        for column, values in mine.items():
            rows = random.random(len(mine))
            mixed = values.take(random.permutation(len(mine))).reset_index(drop=True)
            wrong = values.mask(rows < 0.03, "31-FEB-2022").mask(rows > 0.97, "").where(rows.round(1) != 0.5, mixed)
            columns[column] = values if column == "SUBJID" or "SUBJID" not in mine else wrong
        forms[name] = pd.DataFrame(columns)
    return forms


def convert(forms: dict[str, pd.DataFrame], ranges: int) -> Conversion:
    study = hope2021.load()
    division = Division(ranges=ranges)
    return convert_frames(study, plan_study(study), forms, {}, tuple(study.datasets), division=division)


def test_what_is_found_in_ranges_is_what_is_found_in_all():
    forms = plant()
    whole, parts = ([str(problem) for problem in convert(forms, ranges).problems] for ranges in (1, 3))
    assert [text for text in parts if text not in whole] == []
    assert parts == whole
    assert len({text.split(": ", 1)[-1].split(" ")[0] for text in whole}) > 20
