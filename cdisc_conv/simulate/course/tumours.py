"""How the tumours behave: lesions over the assessments, and the responses that follow from them.

Each subject has a true course (shrinking for some intervals, growing after that). At each assessment the true
diameters are read with an error and the RECIST rules are applied to what was read. Nothing here knows of dropouts;
`course` cuts the assessments to those that took place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cdisc_conv.simulate.course.response import (
    CR,
    NE,
    NORMAL_NODE_BELOW_MM,
    PD,
    PR,
    SD,
    TOO_SMALL_MM,
    derive_non_target_response,
    derive_overall_response,
    derive_target_response,
)
from cdisc_conv.simulate.course.subjects import Cohort
from cdisc_conv.simulate.settings.model import (
    ASSESSMENT_WEEKS,
    MOST_TARGETS,
    Settings,
    Tumours,
    count_assessments,
)
from cdisc_conv.simulate.tables.draws import NEVER, Bools, Draws, Floats, Ints

SLOTS = MOST_TARGETS + 2  # T01 to T05, and the two parts of T01 when it splits
MOST_NON_TARGETS = 5
STATES = ("MEASURED", "SMALL", "NOTASSESSED", "MERGED", "SPLIT")
MEASURED, SMALL, NOTASSESSED, MERGED, SPLIT = range(5)
NON_TARGET_STATES = ("PRESENT", "ABSENT", "PROGRESSION", "NOTASSESSED")
PRESENT, ABSENT, PROGRESSION, NT_NOTASSESSED = range(4)
NO_LESION = -1
PRIMARY, OTHER_THAN_PRIMARY = "STOMACH", "LN"


@dataclass(frozen=True, slots=True)
class Disease:
    """Lesions and responses. Axis 0 is the subject, axis 1 the assessment (0 = baseline), axis 2 the lesion."""

    organs: tuple[str, ...]
    organ: Ints
    """Organ of each target lesion, `NO_LESION` where there is none (the parts of T01 have its organ)."""
    non_target_organ: Ints
    true: Floats
    """Diameters in mm as they are; `mm` is what the investigator read."""
    state: Ints
    mm: Ints
    non_target_state: Ints
    new_lesions: Ints
    """Number of unequivocal new lesions at the assessment."""
    equivocal: Bools
    day: Ints
    response_day: Ints
    unscheduled: Bools
    missed: Bools
    target: Ints
    non_target: Ints
    overall: Ints
    """By the rules."""
    investigator: Ints
    """As the investigator recorded it."""
    total: Ints
    progressed_at: Ints
    """Number of the assessment with progression; `NEVER` without."""


@dataclass(frozen=True, slots=True)
class _Nature:
    """What is drawn once for each subject."""

    shrink: Floats
    until: Ints
    growth: Floats
    differs: Floats
    deep: Bools
    merge_at: Ints
    split_at: Ints


@dataclass(frozen=True, slots=True)
class _Visit:
    """What one assessment found."""

    true: Floats
    state: Ints
    mm: Ints
    non_target_state: Ints
    new_lesions: Ints
    equivocal: Bools
    missed: Bools
    target: Ints
    non_target: Ints
    overall: Ints
    investigator: Ints
    total: Ints
    absent: Bools
    """Non-target lesions that have vanished; they do not come back except as progression."""


def simulate_disease(settings: Settings, cohort: Cohort, draws: Draws) -> Disease:
    """Lesions and responses of every subject from baseline to progression."""
    about, n = settings.tumours, len(cohort)
    organs = tuple(dict.fromkeys([o for p in about.target_patterns for o in p.organs] + list(about.non_target_organs)))
    organ = _draw_targets(about, organs, cohort, draws)
    non_target_organ = _draw_non_targets(about, organs, n, draws)
    true = _draw_baseline(about, organs, organ, draws)
    nature = _draw_nature(about, organ, true, organs.index("LIVER"), draws)
    nodal = np.column_stack([organ == (organs.index("LN") if "LN" in organs else -9), np.zeros((n, 2), dtype=bool)])
    visits = [_examine_baseline(true, organ, non_target_organ)]
    nadir = baseline = visits[0].total
    progressed_at = np.full(n, NEVER)
    merged, split = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    true = np.column_stack([true, np.zeros((n, 2))])
    for number in range(1, count_assessments(settings) + 1):
        growing = number > nature.until
        change = np.where(growing, nature.growth, -nature.shrink)[:, None] + nature.differs
        true = np.maximum(true * (1 + change), 0.3) * (true > 0)
        true, merged, now_split = _merge_and_split(about, nature, number, true, merged, split)
        visit = _examine(
            settings, draws, nature, visits, true, growing, merged, split, now_split, nodal, baseline, nadir
        )
        split = split | now_split
        visits.append(visit)
        complete = ~visit.missed & ~(visit.state == NOTASSESSED).any(axis=1)
        nadir = np.where(complete, np.minimum(nadir, visit.total), nadir)
        progressed_at = np.where((visit.overall == PD) & (progressed_at == NEVER), number, progressed_at)
        if (progressed_at < NEVER).all():
            break
    return _gather(settings, cohort, draws, organs, organ, non_target_organ, visits, progressed_at)


def _draw_targets(about: Tumours, organs: tuple[str, ...], cohort: Cohort, draws: Draws) -> Ints:
    patterns = about.target_patterns
    table = np.full((len(patterns), MOST_TARGETS), NO_LESION)
    for row, pattern in enumerate(patterns):
        table[row, : len(pattern.organs)] = [organs.index(organ) for organ in pattern.organs]
    for_sex = {
        sex: draws.pick([p.weight if p.sex in (None, sex) else 0.0 for p in patterns], len(cohort))
        for sex in ("F", "M")
    }
    return table[np.where(cohort.female, for_sex["F"], for_sex["M"])]


def _draw_non_targets(about: Tumours, organs: tuple[str, ...], n: int, draws: Draws) -> Ints:
    counts = np.array([int(count) for count in about.non_target_count])
    count = counts[draws.pick(about.non_target_count, n)]
    names = [organs.index(organ) for organ in about.non_target_organs]
    chosen = np.array(names)[draws.pick(about.non_target_organs, (n, MOST_NON_TARGETS))]
    if PRIMARY in organs and OTHER_THAN_PRIMARY in organs:  # there is one primary tumour
        primary = chosen == organs.index(PRIMARY)
        chosen = np.where(primary & (np.cumsum(primary, axis=1) > 1), organs.index(OTHER_THAN_PRIMARY), chosen)
    return np.where(np.arange(MOST_NON_TARGETS) < count[:, None], chosen, NO_LESION)


def _draw_baseline(about: Tumours, organs: tuple[str, ...], organ: Ints, draws: Draws) -> Floats:
    mm = np.zeros(organ.shape)
    for position, name in enumerate(organs):
        spread = about.baseline_mm.get(name, about.baseline_mm["other"])
        mm = np.where(organ == position, np.rint(draws.spread(spread.quantiles, organ.shape)), mm)
    return mm


def _draw_nature(about: Tumours, organ: Ints, true: Floats, liver: int, draws: Draws) -> _Nature:
    n = len(organ)
    course = draws.pick([course.weight for course in about.courses], n)

    def of_course(field: str, end: int) -> Floats:
        return np.array([getattr(each, field)[end] for each in about.courses])[course]

    second_in_liver = organ[:, 1] == liver
    merges = second_in_liver & draws.chance(about.merge, n)
    splits = ~merges & draws.chance(about.split, n)
    return _Nature(
        shrink=draws.fraction(of_course("shrink", 0), of_course("shrink", 1), n),
        until=draws.whole(of_course("assessments", 0).astype(int), of_course("assessments", 1).astype(int), n),
        growth=draws.fraction(of_course("growth", 0), of_course("growth", 1), n),
        differs=draws.fraction(-about.lesion_differs, about.lesion_differs, (n, SLOTS)),
        deep=of_course("shrink", 0) >= 0.4,
        merge_at=np.where(merges, draws.whole(*about.merge_at, n), NEVER),
        split_at=np.where(splits, draws.whole(*about.split_at, n), NEVER),
    )


def _merge_and_split(
    about: Tumours, nature: _Nature, number: int, true: Floats, merged: Bools, split: Bools
) -> tuple[Floats, Bools, Bools]:
    """True diameters after merging and splitting at this assessment, who has merged, and who splits now."""
    large = true[:, 0] >= about.fewest_mm_to_merge_or_split
    merges = (nature.merge_at == number) & large & (true[:, 1] >= about.fewest_mm_to_merge_or_split)
    splits = (nature.split_at == number) & large & ~split
    first = np.where(merges, about.merged_fraction * (true[:, 0] + true[:, 1]), true[:, 0])
    parts = [
        np.where(splits, fraction * first, true[:, MOST_TARGETS + i])
        for i, fraction in enumerate(about.split_fractions)
    ]
    result = true.copy()
    result[:, 0] = np.where(splits, 0, first)
    result[:, 1] = np.where(merges, 0, true[:, 1])
    result[:, MOST_TARGETS], result[:, MOST_TARGETS + 1] = parts
    return result, merged | merges, splits


def _examine_baseline(true: Floats, organ: Ints, non_target_organ: Ints) -> _Visit:
    n = len(organ)
    state = np.where(organ >= 0, MEASURED, NO_LESION)
    parts = np.full((n, 2), NO_LESION)
    none, false = np.full(n, NE), np.zeros(n, dtype=bool)
    mm = np.column_stack([true.astype(np.int64), np.zeros((n, 2), dtype=np.int64)])
    non_target = np.where(non_target_organ >= 0, PRESENT, NO_LESION)
    return _Visit(
        np.column_stack([true, np.zeros((n, 2))]),
        np.column_stack([state, parts]),
        mm,
        non_target,
        np.zeros(n, np.int64),
        false,
        false,
        none,
        none,
        none,
        none,
        mm.sum(axis=1),
        non_target_organ < NO_LESION,
    )


def _examine(
    settings: Settings,
    draws: Draws,
    nature: _Nature,
    visits: list[_Visit],
    true: Floats,
    growing: Bools,
    merged: Bools,
    split: Bools,
    now_split: Bools,
    nodal: Bools,
    baseline: Ints,
    nadir: Ints,
) -> _Visit:
    """Read the lesions at one assessment and apply the rules."""
    about, n = settings.tumours, len(true)
    state, mm = _read_targets(about, draws, visits[0].state, true, merged, split, now_split, nodal)
    counted = (state == MEASURED) | (state == SMALL)
    total = np.where(counted, mm, 0).sum(axis=1)
    incomplete = (state == NOTASSESSED).any(axis=1)
    # Gone: a node of normal size, or another lesion that cannot be seen.
    small_node = nodal & (mm < NORMAL_NODE_BELOW_MM)
    all_gone = (~counted | small_node | (mm == 0)).all(axis=1)
    target = derive_target_response(total, baseline, nadir, incomplete, all_gone)
    non_target_state, absent = _read_non_targets(
        about, draws, visits[0].non_target_state, visits[-1].absent, nature.deep, growing
    )
    present = non_target_state != NO_LESION
    non_target = derive_non_target_response(
        present.sum(axis=1),
        (non_target_state == ABSENT).sum(axis=1),
        (non_target_state == PROGRESSION).sum(axis=1),
        (non_target_state == NT_NOTASSESSED).sum(axis=1),
    )
    risk = np.where(growing, about.new_lesion_growing, about.new_lesion_shrinking)
    new = draws.chance(risk, n).astype(np.int64)
    equivocal = draws.chance(about.new_lesion_equivocal, n) & (new == 0)
    missed = draws.chance(about.missed, n)
    overall = np.where(missed, NE, derive_overall_response(target, non_target, new > 0))
    disagrees = draws.chance(settings.untidiness.response_disagrees, n) & ~missed
    other = np.select([overall == CR, overall == PR, overall == SD, overall == NE], [PR, SD, PR, SD], default=PD)
    investigator = np.where(disagrees, other, overall)
    return _Visit(
        true,
        state,
        mm,
        non_target_state,
        new,
        equivocal,
        missed,
        target,
        non_target,
        overall,
        investigator,
        total,
        absent,
    )


def _read_targets(
    about: Tumours,
    draws: Draws,
    baseline_state: Ints,
    true: Floats,
    merged: Bools,
    split: Bools,
    now_split: Bools,
    nodal: Bools,
) -> tuple[Ints, Ints]:
    """State and diameter of each target lesion as read."""
    n = len(true)
    error = draws.whole(-about.reading_error_mm, about.reading_error_mm, (n, SLOTS))
    reading = np.maximum(np.rint(true).astype(np.int64) + error, 1)
    skipped = draws.chance(about.lesion_not_assessed, (n, SLOTS))
    gone = (true < about.gone_below_mm) & ~nodal
    small = ~gone & (reading < TOO_SMALL_MM)
    there = baseline_state != NO_LESION
    there[:, MOST_TARGETS:] = (split | now_split)[:, None]
    there[:, 0] &= ~split
    state = np.select([~there, small], [NO_LESION, SMALL], default=MEASURED)
    mm = np.select([~there | gone, small], [0, TOO_SMALL_MM], default=reading)
    # The lesions that merge or split at this assessment were looked at.
    certain = np.zeros((n, SLOTS), dtype=bool)
    certain[:, [0, 1, MOST_TARGETS, MOST_TARGETS + 1]] = (merged | now_split)[:, None]
    state = np.where(skipped & there & ~certain, NOTASSESSED, state)
    state[:, 1] = np.where(merged, MERGED, state[:, 1])
    state[:, 0] = np.where(now_split, SPLIT, state[:, 0])
    return state, np.where((state == MEASURED) | (state == SMALL), mm, 0)


def _read_non_targets(
    about: Tumours, draws: Draws, baseline_state: Ints, absent: Bools, deep: Bools, growing: Bools
) -> tuple[Ints, Bools]:
    """State of each non-target lesion, and which have vanished.

    They vanish only in a deep response, and progress only while the disease grows.
    """
    shape = baseline_state.shape
    absent = absent | (draws.chance(about.non_target_absent, shape) & (deep & ~growing)[:, None])
    progresses = draws.chance(about.non_target_progression, shape) & growing[:, None]
    skipped = draws.chance(about.non_target_not_assessed, shape)
    conditions = [baseline_state == NO_LESION, progresses, skipped, absent]
    return np.select(conditions, [NO_LESION, PROGRESSION, NT_NOTASSESSED, ABSENT], default=PRESENT), absent


def _gather(
    settings: Settings,
    cohort: Cohort,
    draws: Draws,
    organs: tuple[str, ...],
    organ: Ints,
    non_target_organ: Ints,
    visits: list[_Visit],
    progressed_at: Ints,
) -> Disease:
    """Stack the visits and put them on days; some progressions are found earlier, on an unscheduled scan."""
    about, n, count = settings.tumours, len(cohort), len(visits)
    number = np.arange(count)
    day = cohort.first_dose[:, None] + 7 * ASSESSMENT_WEEKS * number + draws.whole(*about.scan_days, (n, count))
    found_early = draws.chance(about.progression_found_unscheduled, n)
    unscheduled = found_early[:, None] & (number == progressed_at[:, None])
    day = np.where(unscheduled, day - draws.whole(*about.unscheduled_days_earlier, n)[:, None], day)
    day[:, 0] = cohort.scan_day
    whole_organ = np.column_stack([organ, organ[:, 0], organ[:, 0]])

    def stack(field: str) -> Ints:
        return np.stack([getattr(visit, field) for visit in visits], axis=1)

    names = (
        "state",
        "mm",
        "non_target_state",
        "new_lesions",
        "target",
        "non_target",
        "overall",
        "investigator",
        "total",
    )
    return Disease(
        organs=organs,
        organ=whole_organ,
        non_target_organ=non_target_organ,
        equivocal=stack("equivocal").astype(bool),
        missed=stack("missed").astype(bool),
        true=np.stack([visit.true for visit in visits], axis=1),
        day=day,
        response_day=day + draws.whole(*about.response_days, (n, count)),
        unscheduled=unscheduled,
        progressed_at=progressed_at,
        **{name: stack(name) for name in names},
    )
