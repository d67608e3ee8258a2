"""How each subject's time in the study goes: cycles, the end of each phase, progression, death, loss, the end.

Several things compete (progression, adverse event, withdrawal, loss, death, the end of the study); the first counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cdisc_conv.simulate.course.response import CR, NE, PR, SD
from cdisc_conv.simulate.course.subjects import Cohort
from cdisc_conv.simulate.course.tumours import Disease
from cdisc_conv.simulate.settings.model import Settings
from cdisc_conv.simulate.tables.draws import NEVER, Bools, Draws, Ints
from cdisc_conv.simulate.tables.words import Words, epoch_day, words_of

CYCLES = 6
CYCLE_DAYS = 21
STOP_REASONS = ("PD", "AE", "SUBJECT", "PHYSICIAN", "DEATH", "LTFU", "STUDYEND")
STOP_PD, STOP_AE, STOP_SUBJECT, STOP_PHYSICIAN, STOP_DEATH, STOP_LTFU, STOP_END = range(7)
OFF_REASONS = ("DEATH", "SUBJECT", "LTFU", "COMPLETED")
OFF_DEATH, OFF_SUBJECT, OFF_LTFU, OFF_COMPLETED = range(4)


@dataclass(frozen=True, slots=True)
class CyclePlan:
    """Cycles as they would go if nothing ended them; axis 1 is the cycle."""

    planned: Ints
    start: Ints
    delay: Ints
    delay_reason: Ints
    """Position in the settings' reasons of delay."""


@dataclass(frozen=True, slots=True)
class Course:
    """What happened. Days count from 1970; `NEVER` where it did not happen or was not observed."""

    plan: CyclePlan
    given: Bools
    """Cycles begun (axis 1)."""
    combination_complete: Bools
    combination_end: Ints
    maintained: Bools
    maintenance_start: Ints
    maintenance_end: Ints
    maintenance_complete: Bools
    treatment_end: Ints
    stop_reason: Ints
    """Position in STOP_REASONS: why treatment was stopped, where it was not completed."""
    assessed: Bools
    """Assessments that took place or were due and missed (axis 1, 0 = baseline)."""
    progression: Ints
    death: Ints
    off: Ints
    off_reason: Ints

    @property
    def treated(self) -> Bools:
        """Had at least one cycle."""
        return self.given[:, 0]

    def seen_until(self) -> Ints:
        """The last day on which a visit can take place: the day before a death, else the day of leaving."""
        last: Ints = np.where(self.off_reason == OFF_DEATH, self.off - 1, self.off)
        return last


def plan_cycles(settings: Settings, cohort: Cohort, draws: Draws) -> CyclePlan:
    """Starts of up to six cycles with their delays."""
    n, exposure = len(cohort), settings.exposure
    counts = np.array([int(count) for count in settings.course.planned_cycles])
    late = draws.chance(exposure.delayed, (n, CYCLES))
    late[:, 0] = False
    delay = np.where(late, draws.whole(*exposure.delay_days, (n, CYCLES)), 0)
    start = cohort.first_dose[:, None] + np.cumsum(delay, axis=1) + CYCLE_DAYS * np.arange(CYCLES)
    reason = draws.pick(exposure.delay_reasons, (n, CYCLES))
    return CyclePlan(counts[draws.pick(settings.course.planned_cycles, n)], start, delay, reason)


def settle_course(settings: Settings, cohort: Cohort, disease: Disease, plan: CyclePlan, draws: Draws) -> Course:
    """Let the competing events decide."""
    about, n = settings.course, len(cohort)
    first, treated = cohort.first_dose, cohort.treated
    after = np.where(treated, first, cohort.decision_day)
    end = epoch_day(settings.study.end)

    def day_of(hazard: float, earliest: int) -> Ints:
        day: Ints = np.minimum(after + np.maximum(draws.waiting_days(hazard, n), earliest), NEVER)
        return day

    early_death = day_of(about.death_before_progression, about.earliest_stop_day)
    # Who was never treated withdraws within days of the decision.
    withdrawal = np.where(
        treated, day_of(about.withdrawal_of_consent, about.earliest_stop_day), after + draws.whole(1, 5, n)
    )
    loss = day_of(about.lost_to_follow_up, about.earliest_stop_day)
    progression = _find_progression(disease, np.minimum.reduce([early_death, withdrawal, loss, np.full(n, end)]))
    later = np.maximum(draws.waiting_days(about.death_after_progression, n), about.fewest_days_progression_to_death)
    death = np.where(progression < NEVER, progression + later, early_death)
    death = np.where(treated, death, NEVER)
    leaving = np.column_stack([death, withdrawal, np.where(treated, loss, NEVER), np.full(n, end)])
    off_reason, off = leaving.argmin(axis=1), leaving.min(axis=1)
    death = np.where(off_reason == OFF_DEATH, death, NEVER)

    stops = np.column_stack(
        [
            np.where(progression < NEVER, progression + 1, NEVER),
            day_of(about.stop_for_adverse_event, about.earliest_stop_day),
            np.minimum(day_of(about.stop_by_subject, about.earliest_stop_day), withdrawal),
            day_of(about.stop_by_physician, about.earliest_stop_day),
            death,
            np.where(off_reason == OFF_LTFU, off, NEVER),
            np.full(n, end),
        ]
    )
    stop_reason, stop = stops.argmin(axis=1), stops.min(axis=1)
    return _lay_out(settings, cohort, disease, plan, draws, stop, stop_reason, progression, death, off, off_reason)


def _find_progression(disease: Disease, before: Ints) -> Ints:
    """Day of the response with progression, where the scan and the response fall before the subject leaves."""
    rows = np.arange(len(before))
    at = np.minimum(disease.progressed_at, disease.day.shape[1] - 1)
    day = disease.response_day[rows, at]
    return np.where((disease.progressed_at < NEVER) & (day < before), day, NEVER)


def _lay_out(
    settings: Settings,
    cohort: Cohort,
    disease: Disease,
    plan: CyclePlan,
    draws: Draws,
    stop: Ints,
    stop_reason: Ints,
    progression: Ints,
    death: Ints,
    off: Ints,
    off_reason: Ints,
) -> Course:
    """Phases, cycles and assessments within the time that the competing events leave."""
    about, n = settings.course, len(cohort)
    treated = cohort.treated
    number = np.arange(CYCLES)
    given = treated[:, None] & (number < plan.planned[:, None]) & (plan.start < stop[:, None])
    planned_end = plan.start[np.arange(n), plan.planned - 1] + CYCLE_DAYS
    complete = treated & (planned_end <= stop)
    combination_end = np.where(treated, np.where(complete, planned_end, stop), NEVER)
    assessed = _select_assessments(disease, cohort, off, off_reason, progression)
    controlled = np.isin(_find_latest_response(disease, assessed, combination_end), (CR, PR, SD))
    gap = draws.whole(*about.gap_before_maintenance_days, n)
    maintenance_start = combination_end + gap
    declines = draws.chance(about.declines_maintenance, n)
    maintained = complete & controlled & ~declines & (maintenance_start < stop) & (about.most_maintenance_cycles > 0)
    full_end = maintenance_start + CYCLE_DAYS * about.most_maintenance_cycles
    maintenance_complete = maintained & (full_end <= stop)
    maintenance_end = np.where(maintained, np.minimum(full_end, stop), NEVER)
    return Course(
        plan=plan,
        given=given,
        combination_complete=complete,
        combination_end=combination_end,
        maintained=maintained,
        maintenance_start=np.where(maintained, maintenance_start, NEVER),
        maintenance_end=maintenance_end,
        maintenance_complete=maintenance_complete,
        treatment_end=np.where(maintained, maintenance_end, combination_end),
        stop_reason=stop_reason,
        assessed=assessed,
        progression=progression,
        death=death,
        off=off,
        off_reason=off_reason,
    )


def _select_assessments(disease: Disease, cohort: Cohort, off: Ints, off_reason: Ints, progression: Ints) -> Bools:
    """Assessments up to the first progression and before the subject leaves; baseline for everybody enrolled."""
    number = np.arange(disease.day.shape[1])
    last_day = np.where(off_reason == OFF_DEATH, off - 1, off)[:, None]
    # The response is given within the study; that of a progression was found to be so already.
    in_time = disease.response_day <= last_day
    before = number <= np.minimum(disease.progressed_at, number[-1])[:, None]
    observed = np.where(number == disease.progressed_at[:, None], (progression < NEVER)[:, None], True)
    assessed: Bools = cohort.treated[:, None] & in_time & before & observed
    assessed[:, 0] = cohort.enrolled
    return assessed


def _find_latest_response(disease: Disease, assessed: Bools, by: Ints) -> Ints:
    """The investigator's last response other than NE given by a day; NE without one."""
    usable = assessed & ~disease.missed & (disease.investigator != NE) & (disease.response_day <= by[:, None])
    usable[:, 0] = False
    last = usable.shape[1] - 1 - usable[:, ::-1].argmax(axis=1)
    response = disease.investigator[np.arange(len(by)), last]
    return np.where(usable.any(axis=1), response, NE)


def name_combination_reason(course: Course) -> Words:
    """Why the combination phase ended, as a code of the end-of-treatment form."""
    words = ("COMPLETED", *STOP_REASONS)
    return words_of(np.where(course.combination_complete, 0, course.stop_reason + 1), words)


def name_maintenance_reason(course: Course) -> Words:
    """Why the maintenance phase ended."""
    words = ("COMPLETED", *STOP_REASONS)
    return words_of(np.where(course.maintenance_complete, 0, course.stop_reason + 1), words)
