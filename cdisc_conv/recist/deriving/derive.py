"""The responses at each assessment from what was found of the lesions (RECIST 1.1, sections 4.3 and 4.4)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cdisc_conv.recist.deriving.assessments import KEY
from cdisc_conv.recist.records.lesions import LESION, NEW, NON_TARGET, TARGET
from cdisc_conv.recist.records.readings import ABSENT, EQUIVOCAL, MERGED, NOT_ASSESSED, PROGRESSED, UNEQUIVOCAL
from cdisc_conv.recist.settings import RecistSettings
from cdisc_conv.recist.tables import CR, NE, NO, NO_LESIONS, NON_CR_NON_PD, PD, PR, SD, YES, look_up_overall

UNCERTAIN = "EQUIVOCAL"
"""New lesions: what was seen may or may not be new. It is not progression yet (section 4.3.5)."""
UNKNOWN = "UNKNOWN"
"""New lesions: nothing at all was assessed."""

TOLERANCE = 1e-9
"""Relative; sums of decimal diameters are not exact."""


def derive_responses(assessments: pd.DataFrame, grid: pd.DataFrame, settings: RecistSettings) -> pd.DataFrame:
    """The assessments with sums and responses.

    Columns added, in mm: sum, baseline, nadir (smallest complete sum before, baseline included), change, nadir_change;
    change_percent, nadir_change_percent; target, non_target, new, overall; table and row (that tell the overall
    response); targets, targets_missing, non_targets, non_targets_missing (numbers of lesions); again (a target lesion
    is there after an overall CR), carried (a new lesion counts that is not new at this assessment).
    The baseline, what is before it, and an assessment that only RS knows have no responses.
    """
    frame = _add_sums(_count_lesions(assessments, grid, settings))
    after = (frame["number"] > 0) & frame["has_records"]
    frame = frame.assign(**_derive_new(frame, grid, settings), non_target=_derive_non_target(frame).where(after, ""))
    frame = frame.assign(new=frame["new"].where(after, ""))
    frame = frame.assign(again=_find_again(frame, settings))
    frame = frame.assign(target=_derive_target(frame, settings).where(after, ""))
    certain = frame["new"].eq(YES).map({True: YES, False: NO})
    found = look_up_overall(frame["target"], frame["non_target"], certain)
    return frame.assign(
        overall=found["overall"].where(after, ""),
        table=found["table"].where(after, 0),
        row=found["row"].where(after, 0),
    )


def _count_lesions(assessments: pd.DataFrame, grid: pd.DataFrame, settings: RecistSettings) -> pd.DataFrame:
    """How many lesions of which kind there are at each assessment, and the sum of diameters."""
    state, counted = grid["state"], grid["counted"]
    limit = np.where(grid["nodal"], settings.limits.normal_node_mm, 0)
    there = np.where(grid["nodal"], counted >= limit, counted > 0)
    unit = ~((grid["lesion"] != grid["unit"]) | state.eq(MERGED)) | grid["missing"]
    target, non_target = grid["group"] == TARGET, grid["group"] == NON_TARGET
    flags = grid[KEY].assign(
        sum=counted,
        targets=target & (grid["lesion"] == grid["unit"]),
        targets_missing=target & grid["missing"],
        targets_there=target & there,
        non_targets=non_target & unit,
        non_targets_missing=non_target & grid["missing"],
        non_targets_absent=non_target & unit & (state == ABSENT),
        non_targets_progressed=non_target & (state == PROGRESSED),
        assessed=~state.isin([NOT_ASSESSED, MERGED]),
    )
    counts = flags.drop(columns="sum").groupby(KEY).sum()
    sums = flags.groupby(KEY)["sum"].sum(min_count=1)
    frame = assessments.join(counts, on=KEY).join(sums, on=KEY)
    return frame.assign(**{name: frame[name].fillna(0).astype("int64") for name in counts.columns})


def _add_sums(frame: pd.DataFrame) -> pd.DataFrame:
    subject = frame["subject"]
    base = frame["sum"].where(frame["number"] == 0).groupby(subject).transform("max")
    complete = frame["sum"].where((frame["targets_missing"] == 0) & (frame["number"] >= 0))
    smallest = complete.groupby(subject).cummin().groupby(subject).ffill()
    nadir = smallest.groupby(subject).shift(1)
    total = frame["sum"]
    return frame.assign(
        baseline=base,
        nadir=nadir,
        change=(total - base).where(frame["number"] > 0),
        change_percent=(100 * (total - base) / base.where(base > 0)).where(frame["number"] > 0),
        nadir_change=total - nadir,
        nadir_change_percent=100 * (total - nadir) / nadir.where(nadir > 0),
    )


def _derive_non_target(frame: pd.DataFrame) -> pd.Series:
    conditions = [
        _so_far(frame, "non_targets") == 0,
        frame["non_targets_progressed"] > 0,
        (frame["non_targets_missing"] > 0) | (frame["non_targets"] == 0),
        frame["non_targets_absent"] == frame["non_targets"],
    ]
    return _select(frame, conditions, [NO_LESIONS, PD, NE, CR], NON_CR_NON_PD)


def _derive_new(frame: pd.DataFrame, grid: pd.DataFrame, settings: RecistSettings) -> dict[str, pd.Series]:
    """Y, N, EQUIVOCAL or UNKNOWN; and whether the Y is only that of a lesion that was new at an earlier assessment."""
    new = grid[grid["group"] == NEW].sort_values([*LESION, "number"], kind="stable")
    lesion = [new["subject"], new["lesion"]]
    known = new["state"].where(new["state"] != NOT_ASSESSED)
    if settings.new_lesions_stay:
        known = known.groupby(lesion).ffill()
    certain = known == UNEQUIVOCAL
    earlier = certain.astype("int64").groupby(lesion).cumsum() - certain.astype("int64") > 0
    flags = new[KEY].assign(certain=certain, first=certain & ~earlier, doubtful=new["state"] == EQUIVOCAL)
    flags = flags.groupby(KEY)[["certain", "first", "doubtful"]].any()
    found = frame[KEY].join(flags, on=KEY)
    found = found.assign(**{name: found[name].eq(True) for name in flags.columns})
    conditions = [found["certain"], found["doubtful"], frame["assessed"] == 0]
    answer = _select(frame, conditions, [YES, UNCERTAIN, UNKNOWN], NO)
    return {"new": answer, "carried": found["certain"] & ~found["first"]}


def _find_again(frame: pd.DataFrame, settings: RecistSettings) -> pd.Series:
    """Assessments with a target lesion, after one where everything was gone and nothing new had come."""
    if not settings.reappearance_is_progression:
        return pd.Series(False, index=frame.index)
    gone = _all_gone(frame) & frame["non_target"].isin([CR, NO_LESIONS]) & (frame["new"] != YES) & (frame["number"] > 0)
    return _earlier(gone, frame) & (frame["targets_there"] > 0)


def _derive_target(frame: pd.DataFrame, settings: RecistSettings) -> pd.Series:
    limits = settings.limits
    total, nadir, base = frame["sum"], frame["nadir"], frame["baseline"]
    slack = TOLERANCE * base
    grown = (total - nadir >= limits.progression_mm - slack) & (
        total - nadir >= limits.progression_percent / 100 * nadir - slack
    )
    shrunk = base - total >= limits.partial_response_percent / 100 * base - slack
    missing = (frame["targets_missing"] > 0) | (frame["targets"] == 0)
    conditions = [_so_far(frame, "targets") == 0, _all_gone(frame), grown | frame["again"], missing, shrunk]
    target = _select(frame, conditions, [NO_LESIONS, CR, PD, NE, PR], SD)
    if settings.partial_response_stays:
        after = frame["number"] > 0
        reached = _earlier(target.isin([CR, PR]) & after, frame) & ~_earlier((target == PD) & after, frame)
        target = target.mask((target == SD) & reached, PR)
    return target


def _all_gone(frame: pd.DataFrame) -> pd.Series:
    """Every target lesion was assessed; none is there, and no node has 10 mm or more."""
    return (frame["targets"] > 0) & (frame["targets_missing"] == 0) & (frame["targets_there"] == 0)


def _so_far(frame: pd.DataFrame, count: str) -> pd.Series:
    """The largest count up to each assessment: 0 while the subject has no such lesions."""
    return frame[count].groupby(frame["subject"]).cummax()


def _earlier(flag: pd.Series, frame: pd.DataFrame) -> pd.Series:
    """True where the flag was true at an earlier assessment of the subject."""
    seen = flag.astype("int64").groupby(frame["subject"]).cummax()
    return seen.groupby(frame["subject"]).shift(1, fill_value=0) > 0


def _select(frame: pd.DataFrame, conditions: list[pd.Series], choices: list[str], default: str) -> pd.Series:
    return pd.Series(np.select(conditions, choices, default=default), index=frame.index, dtype="str")
