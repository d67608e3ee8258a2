"""Vital signs and ECOG performance status, at planned and unscheduled visits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cdisc_conv.simulate.course.adverse_events import Weighed
from cdisc_conv.simulate.course.exposure import Dosing, compute_body_surface
from cdisc_conv.simulate.course.subjects import Cohort
from cdisc_conv.simulate.course.time import CYCLE_DAYS, CYCLES, STOP_PD, Course
from cdisc_conv.simulate.settings.dictionary import Dictionary
from cdisc_conv.simulate.settings.model import Settings
from cdisc_conv.simulate.tables.draws import Bools, Draws, Floats, Ints
from cdisc_conv.simulate.tables.rows import Rows, rank_within
from cdisc_conv.simulate.tables.words import NO_DAY, Words, constant, dates, numbers, times, words_of, yes_no

WORST_ECOG_TREATED, WORST_ECOG = 2, 3
MORNING = (7 * 60 + 30, 8 * 60 + 55)
"""Visits are measured in the morning, before any infusion."""


@dataclass(frozen=True, slots=True)
class Visits:
    """Visits that took place: whose, which event, when; `ends` marks the visit that ends treatment for progression."""

    subject: Ints
    event: Ints
    day: Ints
    eseq: Ints
    cycle: Ints
    """Cycle number of a combination visit from 0, else -1."""
    ends: Bools


def plan_visits(
    settings: Settings,
    cohort: Cohort,
    course: Course,
    dosing: Dosing,
    scans: tuple[Ints, Ints],
    dictionary: Dictionary,
    draws: Draws,
) -> tuple[Visits, Ints]:
    """All visits, and the event sequence of each subject's unscheduled scan (1 without one).

    `scans` are the subjects with an unscheduled scan and its day: their events are numbered together with the other
    unscheduled visits, in the order of the days.
    """
    parts = [
        *_list_planned(settings, cohort, course, dosing, dictionary, draws),
        _draw_unscheduled(settings, course, draws),
    ]
    subject = np.concatenate([part[1] for part in parts])
    day = np.concatenate([part[2] for part in parts])
    events = [np.full(len(part[1]), dictionary.event(part[0])) for part in parts]
    cycles = [np.full(len(part[1]), int(part[0][1]) - 1 if part[0][0] == "C" else -1) for part in parts]
    endings = [np.full(len(part[1]), part[0] in ("EOTC", "EOTM")) for part in parts]
    ends = np.concatenate(endings) & (course.stop_reason[subject] == STOP_PD)
    event, cycle = np.concatenate(events), np.concatenate(cycles)
    eseq = np.ones(len(subject), dtype=np.int64)
    (unscheduled,) = np.nonzero(event == dictionary.event("UNS"))
    ranks = rank_within(np.r_[subject[unscheduled], scans[0]], np.r_[day[unscheduled], scans[1]])
    eseq[unscheduled] = ranks[: len(unscheduled)]
    scan_eseq = np.ones(len(cohort), dtype=np.int64)
    scan_eseq[scans[0]] = ranks[len(unscheduled) :]
    kept = day <= np.where(cohort.enrolled, course.seen_until(), cohort.decision_day)[subject]
    order = np.flatnonzero(kept)
    return Visits(subject[order], event[order], day[order], eseq[order], cycle[order], ends[order]), scan_eseq


def choose_visits(visits: Visits, dictionary: Dictionary, beginnings: Sequence[str], every: int) -> Bools:
    """The visits whose event ID begins so (all without beginnings); of maintenance cycles the first and every nth."""

    def is_wanted(eid: str) -> bool:
        skipped = eid[0] == "M" and eid[1:].isdigit() and (int(eid[1:]) - 1) % every != 0
        return (not beginnings or eid.startswith(tuple(beginnings))) and not skipped

    wanted = np.array([is_wanted(event.eid) for event in dictionary.events], dtype=bool)
    chosen: Bools = wanted[visits.event]
    return chosen


def _list_planned(
    settings: Settings, cohort: Cohort, course: Course, dosing: Dosing, dictionary: Dictionary, draws: Draws
) -> Iterator[tuple[str, Ints, Ints]]:
    n = len(cohort)
    yield "SCR", np.arange(n), cohort.roster.consent + draws.whole(0, 3, n)
    for number in range(CYCLES):
        (subject,) = np.nonzero(course.given[:, number])
        yield f"C{number + 1}D1", subject, course.plan.start[subject, number]
    for number in range(settings.course.most_maintenance_cycles):
        day = course.maintenance_start + CYCLE_DAYS * number
        (subject,) = np.nonzero(course.maintained & (day < course.maintenance_end))
        yield f"M{number + 1:02d}", subject, day[subject]
    (subject,) = np.nonzero(course.treated)
    yield "EOTC", subject, course.combination_end[subject]
    (subject,) = np.nonzero(course.maintained)
    yield "EOTM", subject, course.maintenance_end[subject]
    day = dosing.last_dose + draws.whole(*settings.follow_up.safety_visit_days, n)
    (subject,) = np.nonzero(course.treated & (day > course.treatment_end))
    yield "SAFU", subject, day[subject]


def _draw_unscheduled(settings: Settings, course: Course, draws: Draws) -> tuple[str, Ints, Ints]:
    """Up to two unscheduled visits during the combination phase, never on the day of another one of these."""
    n, about = len(course.off), settings.follow_up
    length = np.where(course.treated, course.combination_end - course.plan.start[:, 0], 0)
    one = draws.chance(about.unscheduled_visits, n) & (length > 8)
    two = one & draws.chance(about.second_unscheduled_visit, n)
    half = np.maximum(length // 2, 2)
    first = course.plan.start[:, 0] + draws.whole(1, half - 1, n)
    second = course.plan.start[:, 0] + draws.whole(half, np.maximum(length - 1, half), n)
    subject = np.r_[np.flatnonzero(one), np.flatnonzero(two)]
    return "UNS", subject, np.r_[first[one], second[two]]


def make_vital_signs(settings: Settings, cohort: Cohort, dosing: Dosing, visits: Visits, draws: Draws) -> Rows:
    """Weight at each visit, height and body surface where they are asked (screening, cycles)."""
    m, untidy = len(visits.subject), settings.untidiness
    screening = visits.event == visits.event.min(initial=0)
    done, reason = _draw_done(settings, screening | (visits.cycle >= 0), draws)
    subject, noise = visits.subject, settings.demographics.weight_noise_kg
    weight = _weigh(cohort, visits, draws.fraction(-noise, noise, m))
    in_cycle = visits.cycle >= 0
    weight = np.where(in_cycle, dosing.weight[subject, np.maximum(visits.cycle, 0)], weight)
    height = cohort.height[subject]
    metres = draws.chance(untidy.height_in_metres, m)
    items = {
        "VSYN": yes_no(done),
        "VSND": reason,
        "VSDAT": dates(np.where(done, visits.day, NO_DAY)),
        "VSTIM": times(draws.whole(*MORNING, m), done),
        "HEIGHT": numbers(np.where(metres, height / 100, height), 2, screening),
        "HEIGHTU": words_of(metres.astype(np.int64), ("CM", "M")).where(screening),
        "WEIGHT": numbers(weight, 1, done),
        "WEIGHTU": constant("KG", m).where(done),
        "BSA": numbers(compute_body_surface(height, weight), 2, screening | in_cycle),
    }
    return Rows("vs", subject, visits.event, visits.day, items, visits.eseq)


def read_weights(rows: Rows) -> Weighed:
    """The weights of the form of vital signs."""
    weight = rows.items["WEIGHT"]
    kg = np.array([*map(float, weight.words), np.nan])[weight.codes]
    there = np.isfinite(kg)
    return Weighed(rows.subject[there], rows.day[there], kg[there])


def _weigh(cohort: Cohort, visits: Visits, noise: Floats) -> Floats:
    """Weight at the day of each visit; see `Cohort.weigh`."""
    subject = visits.subject
    months = np.clip((visits.day - cohort.decision_day[subject]) / 30.4375, 0, 12)
    return np.rint((cohort.weight[subject] * (1 + cohort.weight_change[subject] * months) + noise) * 10) / 10


def make_ecog(settings: Settings, cohort: Cohort, visits: Visits, fatal: Ints, draws: Draws) -> Rows:
    """Performance status: a slow walk from the screening value, and no better than 2 in the weeks before a death.

    `fatal` is the day on which each subject dies of the disease; `NEVER` for the others.
    """
    m, about = len(visits.subject), settings.follow_up
    screening = visits.event == visits.event.min(initial=0)
    done, reason = _draw_done(settings, screening, draws)
    luck = draws.even(m)
    step = np.where(luck < about.ecog_worse_per_visit, 1, 0) - np.where(luck > 1 - about.ecog_better_per_visit, 1, 0)
    # The value at screening is what eligibility was judged by; it holds until the first dose.
    step = np.where(screening | (visits.cycle == 0), 0, step)
    worse_at_end = visits.ends & draws.chance(about.ecog_at_end_of_treatment, m)
    walked = _accumulate_in_order(visits, step)
    value = np.clip(cohort.ecog[visits.subject] + walked, 0, WORST_ECOG_TREATED)
    value = np.minimum(value + worse_at_end, WORST_ECOG)
    failing = ~screening & (visits.cycle != 0) & (fatal[visits.subject] - visits.day <= about.failing_days)
    value = np.where(failing, np.maximum(value, WORST_ECOG_TREATED), value)
    items = {
        "ECOGYN": yes_no(done),
        "ECOGND": reason,
        "ECOGDAT": dates(np.where(done, visits.day, NO_DAY)),
        "ECOGRES": words_of(np.where(done, value, -1), ("0", "1", "2", "3")),
    }
    return Rows("ecog", visits.subject, visits.event, visits.day, items, visits.eseq)


def _accumulate_in_order(visits: Visits, step: Ints) -> Ints:
    """Sum of the steps up to each visit of the same subject, in the order of the days."""
    order = np.lexsort((visits.day, visits.subject))
    subject, total = visits.subject[order], np.cumsum(step[order])
    starts = np.r_[True, subject[1:] != subject[:-1]] if len(subject) else np.empty(0, dtype=bool)
    before = np.maximum.accumulate(np.where(starts, np.arange(len(subject)), 0)) if len(subject) else order
    result = np.empty(len(step), dtype=np.int64)
    result[order] = total - (total - step[order])[before]
    return result


def _draw_done(settings: Settings, needed: Bools, draws: Draws) -> tuple[Bools, Words]:
    """Whether each form was done, and the reason where not. Done is what eligibility or the dose needs."""
    reasons, m = settings.untidiness.not_done_reasons, len(needed)
    done = ~draws.chance(settings.untidiness.form_not_done, m) | needed
    return done, words_of(draws.pick(reasons, m), reasons).where(~done)
