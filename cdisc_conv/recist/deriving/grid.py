"""The lesions that are to be assessed at each assessment, and what was found: merged ones as one, split ones as parts.

RECIST 1.1, section 4.3.2: when a lesion splits, the diameters of the parts are added up; lesions that coalesce and can
no longer be told apart are measured as one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cdisc_conv.problems import Place, Problem, Severity
from cdisc_conv.recist.deriving.assessments import KEY
from cdisc_conv.recist.records.frames import Tumours
from cdisc_conv.recist.records.lesions import IDENTIFIED, LESION, MERGED, NEW, NON_TARGET, PART, TARGET, Lesions
from cdisc_conv.recist.records.readings import MERGED as MERGED_STATE
from cdisc_conv.recist.records.readings import NOT_ASSESSED, READING, Readings

NEVER = 1_000_000


def build_grid(
    tumours: Tumours, lesions: Lesions, readings: Readings, assessments: pd.DataFrame
) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """One row per assessment from baseline on and lesion that is to be assessed then.

    Columns: subject, assessment, number, lesion, group, nodal, location, unit, state, mm, why, counted, missing.
    ``unit`` is the lesion, or the merged one that it has become part of; ``counted`` the millimetres that go into the
    sum (NaN for none); ``missing`` is true for one row of each unit that was not assessed.
    Target lesions are those measured at baseline, non-target lesions those of TU and those found at baseline; a late
    non-target lesion counts from when it is first known (RECIST008, a warning, for others and for late ones). Parts
    replace their lesion and merged lesions their members from when they are first known.
    """
    numbers = assessments.set_index(KEY)["number"]
    known = _add_spans(tumours, lesions, readings, numbers)
    problems = tuple(_describe_unmeasured(known, assessments))
    spans = known[known["start"] < known["end"]]
    there = assessments.loc[(assessments["number"] >= 0) & assessments["has_records"], [*KEY, "number"]]
    grid = there.merge(spans, on="subject")
    grid = grid[(grid["start"] <= grid["number"]) & (grid["number"] < grid["end"])]
    grid = grid.merge(readings.frame, how="left", on=READING)
    grid = grid.merge(readings.excuses, how="left", on=["subject", "assessment", "group"])
    read = grid["state"].notna()
    why = grid["why"].where(read, grid["excuse"].fillna("no record"))
    grid = grid.assign(state=grid["state"].where(read, NOT_ASSESSED), why=why)
    grid = _count_units(_name_units(grid, lesions, spans))
    columns = ["group", "nodal", "location", "unit", "state", "mm", "why", "counted", "missing", "record"]
    grid = grid.assign(order=grid["group"].map([TARGET, NON_TARGET, NEW].index))
    grid = grid.sort_values(["subject", "number", "order", "lesion"], kind="stable", ignore_index=True)
    return grid[[*KEY, "number", "lesion", *columns]], problems


def _add_spans(tumours: Tumours, lesions: Lesions, readings: Readings, numbers: pd.Series) -> pd.DataFrame:
    """The lesions with the numbers of the assessments from which (`start`) and up to which (`end`) they are due."""
    read = _number_records(readings.frame[[*READING, "mm"]], numbers)
    told = _number_records(tumours.tu[READING], numbers)
    both = pd.concat([read, told])
    first = both[both["number"] >= 0].groupby(LESION)["number"].min().rename("first")
    identified_at = told.groupby(LESION)["number"].min().rename("identified_at")
    measured = read[read["number"] == 0].groupby(LESION)["mm"].count().rename("measured")
    known = lesions.frame.join(first, on=LESION).join(identified_at, on=LESION).join(measured, on=LESION)
    first_known, was_measured = known["first"].fillna(NEVER), known["measured"].fillna(0) > 0
    identified = known["kind"] == IDENTIFIED
    target, other = identified & (known["group"] == TARGET), identified & (known["group"] == NON_TARGET)
    at_baseline = other & known["in_tu"] & (known["identified_at"].fillna(0) <= 0)
    start = np.select([target & was_measured, target, at_baseline], [0, NEVER, 0], default=first_known)
    known = known.assign(
        start=start.astype("int64"),
        unmeasured=target & ~was_measured & (first_known < NEVER),
        late=other & (start > 0) & (first_known < NEVER),
    )
    parts = known[(known["kind"] == PART) & (known["parent"] != "")]
    split = parts.groupby(["subject", "parent"])["start"].min().rename_axis(LESION).rename("end")
    known = known.join(split, on=LESION)
    return known.assign(end=known["end"].fillna(NEVER).astype("int64"))


def _number_records(records: pd.DataFrame, numbers: pd.Series) -> pd.DataFrame:
    """The records whose assessment is known, with its number."""
    return records.join(numbers, on=KEY).dropna(subset="number")


def _name_units(grid: pd.DataFrame, lesions: Lesions, spans: pd.DataFrame) -> pd.DataFrame:
    starts = spans.loc[spans["kind"] == MERGED, [*LESION, "start"]].set_axis(["subject", "merged", "merged_at"], axis=1)
    members = lesions.members.merge(starts, on=["subject", "merged"])
    grid = grid.merge(members, how="left", on=LESION)
    is_member = grid["merged_at"].notna() & (grid["number"] >= grid["merged_at"])
    silent = is_member & (grid["state"] == NOT_ASSESSED)
    return grid.assign(
        unit=grid["merged"].where(is_member, grid["lesion"]),
        state=grid["state"].mask(silent, MERGED_STATE),
        why=grid["why"].mask(silent, ""),
    )


def _count_units(grid: pd.DataFrame) -> pd.DataFrame:
    """What goes into the sum: the measurement of the merged lesion, else what was measured of its members."""
    unit = [grid[column] for column in ("subject", "number", "unit")]
    own = grid["lesion"] == grid["unit"]
    own_mm = grid["mm"].where(own & (grid["group"] == TARGET))
    has_own = own_mm.groupby(unit).transform("count") > 0
    counted = grid["mm"].where((grid["group"] == TARGET) & (own | ~has_own))
    told = counted.notna() | ((grid["group"] != TARGET) & ~grid["state"].isin([NOT_ASSESSED, MERGED_STATE]))
    assessed = told.groupby(unit).transform("any")
    missing = own & ~assessed & (grid["group"] != NEW)
    return grid.assign(counted=counted, missing=missing)


def _describe_unmeasured(known: pd.DataFrame, assessments: pd.DataFrame) -> Iterator[Problem]:
    """RECIST008: lesions that should have been there at baseline and were not."""
    place = Place(dataset="TR", variable="TRLNKID")
    rows = known[known["unmeasured"]]
    for subject, lesion in zip(rows["subject"], rows["lesion"], strict=True):
        message = f"subject {subject}: target lesion {lesion} was not measured at baseline and is left out of every sum"
        hint = "give its diameter at baseline in TR, or correct the name that ties TR to TU"
        yield Problem("RECIST008", message, Severity.WARNING, place, hint, value=lesion)
    names = assessments[["subject", "number", "assessment"]].rename(columns={"number": "start"})
    rows = known[known["late"]].merge(names, on=["subject", "start"])
    for subject, lesion, first in zip(rows["subject"], rows["lesion"], rows["assessment"], strict=True):
        message = f"subject {subject}: non-target lesion {lesion} is first known at {first}, after baseline"
        hint = "a lesion that was not there at baseline is a new lesion (RECIST 1.1, 4.3.5)"
        yield Problem("RECIST008", message, Severity.WARNING, place, hint, value=lesion)
