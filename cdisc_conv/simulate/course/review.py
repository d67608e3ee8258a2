"""The independent review: two readers read the scans of some subjects, and an adjudicator chooses between them.

A reader sees the same lesions as the investigator, measures them anew, may follow another choice of them, and may miss
what the other sees. The responses follow from what was read by the rules of RECIST 1.1. A reader reads no further than
to the first progression, nor beyond the scans that were made. Where the readers' best responses or days of progression
differ, an adjudicator accepts one of them; else the first reader is accepted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cdisc_conv.simulate.course.response import (
    NE,
    NORMAL_NODE_BELOW_MM,
    PD,
    TOO_SMALL_MM,
    derive_non_target_response,
    derive_overall_response,
    derive_target_response,
)
from cdisc_conv.simulate.course.story import Story
from cdisc_conv.simulate.course.tumours import (
    ABSENT,
    MEASURED,
    MERGED,
    NO_LESION,
    NOTASSESSED,
    NT_NOTASSESSED,
    PRESENT,
    PROGRESSION,
    SLOTS,
    SMALL,
    SPLIT,
    Disease,
)
from cdisc_conv.simulate.settings.model import MOST_TARGETS
from cdisc_conv.simulate.settings.topics import Review
from cdisc_conv.simulate.tables.draws import NEVER, Bools, Draws, Ints

READERS = ("R1", "R2")
ALWAYS_TARGETS = 2
"""So many lesions every reader follows as targets; those that merge or split are among them."""
LEAST_MM, LEAST_NODE_MM = 10, 15
"""Smallest diameter at baseline of a target lesion, and smallest short axis of a node (RECIST 1.1, 3.1.1)."""
GROWN_TIMES = 2
"""A non-target lesion that has grown so many times over its smallest diameter progresses unequivocally."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader saw. Axis 0 is the subject, axis 1 the assessment (0 = baseline), axis 2 the lesion."""

    read: Bools
    organ: Ints
    state: Ints
    mm: Ints
    total: Ints
    complete: Bools
    non_target_organ: Ints
    non_target_state: Ints
    new: Bools
    target: Ints
    non_target: Ints
    overall: Ints

    @property
    def best(self) -> Ints:
        """Best response of each subject, NE without one."""
        after = self.read.copy()
        after[:, 0] = False
        best: Ints = np.where(after, self.overall, NE).min(axis=1)
        return best

    @property
    def progressed_at(self) -> Ints:
        """Number of the assessment with progression; `NEVER` without."""
        found = self.read & (self.overall == PD)
        return np.where(found.any(axis=1), found.argmax(axis=1), NEVER)


def read_scans(story: Story, about: Review, draws: Draws) -> tuple[Reading, Reading]:
    """The readings of both readers."""
    reviewed = story.course.treated & draws.chance(about.subjects, len(story.cohort))
    scanned = story.course.assessed & ~story.disease.missed & reviewed[:, None]
    first, second = (_read(story, about, scanned, draws) for _ in READERS)
    return first, second


def needs_adjudication(first: Reading, second: Reading) -> tuple[Bools, Bools]:
    """Subjects whose best responses differ, and those whose days of progression do."""
    return first.best != second.best, first.progressed_at != second.progressed_at


def _read(story: Story, about: Review, scanned: Bools, draws: Draws) -> Reading:
    disease, n = story.disease, len(scanned)
    followed = np.ones((n, SLOTS), dtype=bool)
    others = slice(ALWAYS_TARGETS, MOST_TARGETS)
    followed[:, others] = ~draws.chance(about.followed_as_non_target, (n, MOST_TARGETS - ALWAYS_TARGETS))
    nodal = disease.organ == (disease.organs.index("LN") if "LN" in disease.organs else -9)
    state, mm = _read_targets(story, about, followed, nodal, draws)
    counted = (state == MEASURED) | (state == SMALL)
    total = np.where(counted, mm, 0).sum(axis=2)
    complete = ~(state == NOTASSESSED).any(axis=2)
    small_node = nodal[:, None, :] & (mm < NORMAL_NODE_BELOW_MM)
    target = derive_target_response(
        total,
        np.repeat(total[:, :1], total.shape[1], axis=1),
        _find_nadir(total, scanned & complete),
        ~complete,
        (~counted | small_node | (mm == 0)).all(axis=2),
    )
    non_target_state = _read_non_targets(story, about, followed[:, others], draws)
    non_target = derive_non_target_response(
        (non_target_state != NO_LESION).sum(axis=2),
        (non_target_state == ABSENT).sum(axis=2),
        (non_target_state == PROGRESSION).sum(axis=2),
        (non_target_state == NT_NOTASSESSED).sum(axis=2),
    )
    there = np.where(disease.new_lesions > 0, about.new_lesion_seen, about.new_lesion_of_reader)
    new = draws.chance(there, there.shape)
    new[:, 0] = False
    overall = derive_overall_response(target, non_target, new)
    overall[:, 0] = NE
    progressed = np.cumsum(scanned & (overall == PD), axis=1) > 0
    before = np.column_stack([np.zeros(n, dtype=bool), progressed[:, :-1]])
    return Reading(
        read=scanned & ~before,
        organ=np.where(followed, disease.organ, NO_LESION),
        state=state,
        mm=mm,
        total=total,
        complete=complete,
        non_target_organ=np.column_stack(
            [disease.non_target_organ, np.where(followed[:, others], NO_LESION, disease.organ[:, others])]
        ),
        non_target_state=non_target_state,
        new=new,
        target=target,
        non_target=non_target,
        overall=overall,
    )


def _read_targets(story: Story, about: Review, followed: Bools, nodal: Bools, draws: Draws) -> tuple[Ints, Ints]:
    """State and diameter of each target lesion as this reader has it."""
    disease, limits = story.disease, story.settings.tumours
    n, shape = len(followed), disease.true.shape
    own = 1 + draws.fraction(-about.reader_differs, about.reader_differs, n)[:, None, None]
    error = draws.whole(-about.reading_error_mm, about.reading_error_mm, shape)
    reading = np.maximum(np.rint(disease.true * own).astype(np.int64) + error, 1)
    least = np.where(nodal, LEAST_NODE_MM, LEAST_MM)
    reading[:, 0] = np.maximum(reading[:, 0], least)
    there = (disease.state != NO_LESION) & followed[:, None, :]
    gone = (disease.true < limits.gone_below_mm) & ~nodal[:, None, :]
    small = ~gone & (reading < TOO_SMALL_MM)
    skipped = draws.chance(about.lesion_not_assessed, shape)
    skipped[:, 0] = False
    skipped[(disease.state == MERGED).any(axis=2) | (disease.state == SPLIT).any(axis=2)] = False
    conditions = [~there, disease.state == MERGED, disease.state == SPLIT, skipped, small]
    state = np.select(conditions, [NO_LESION, MERGED, SPLIT, NOTASSESSED, SMALL], default=MEASURED)
    mm = np.select([gone, small], [0, TOO_SMALL_MM], default=reading)
    return state, np.where((state == MEASURED) | (state == SMALL), mm, 0)


def _find_nadir(total: Ints, usable: Bools) -> Ints:
    """The smallest complete sum before each assessment; at baseline the sum itself."""
    lowest = np.minimum.accumulate(np.where(usable, total, NEVER), axis=1)
    lowest[:, 0] = total[:, 0]
    return np.column_stack([total[:, 0], np.minimum(lowest[:, :-1], total[:, :1])])


def _read_non_targets(story: Story, about: Review, followed: Bools, draws: Draws) -> Ints:
    """States of the non-target lesions: the investigator's, then the target lesions that this reader follows so.

    A lesion that has vanished stays away until it progresses.
    """
    disease = story.disease
    known = disease.non_target_state
    seen = draws.chance(about.progression_seen, known.shape)
    absent = np.logical_or.accumulate(known == ABSENT, axis=1)
    state = np.select(
        [known == NO_LESION, (known == PROGRESSION) & seen, absent], [NO_LESION, PROGRESSION, ABSENT], PRESENT
    )
    added = _follow_as_non_target(disease, followed, story.settings.tumours.gone_below_mm)
    both = np.concatenate([state, added], axis=2)
    skipped = draws.chance(about.lesion_not_assessed, both.shape) & ((both == PRESENT) | (both == ABSENT))
    skipped[:, 0] = False
    return np.where(skipped, NT_NOTASSESSED, both)


def _follow_as_non_target(disease: Disease, followed: Bools, gone_below: float) -> Ints:
    true = disease.true[:, :, ALWAYS_TARGETS:MOST_TARGETS]
    there = (disease.organ[:, None, ALWAYS_TARGETS:MOST_TARGETS] != NO_LESION) & ~followed[:, None, :]
    grown = (true >= GROWN_TIMES * np.minimum.accumulate(true, axis=1)) & (true >= LEAST_MM)
    nodal = disease.organ == (disease.organs.index("LN") if "LN" in disease.organs else -9)
    below = np.where(nodal[:, None, ALWAYS_TARGETS:MOST_TARGETS], NORMAL_NODE_BELOW_MM, gone_below)
    absent = np.logical_or.accumulate(true < below, axis=1)
    there = np.broadcast_to(there, true.shape)
    return np.select([~there, grown, absent], [NO_LESION, PROGRESSION, ABSENT], default=PRESENT)
