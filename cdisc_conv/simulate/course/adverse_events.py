"""Adverse events: those that come by chance, those that changed the dosing, those that killed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cdisc_conv.simulate.course.exposure import CAPECITABINE, INTERRUPTED, REDUCED, WITHDRAWN, Dosing
from cdisc_conv.simulate.course.subjects import Cohort
from cdisc_conv.simulate.course.time import Course
from cdisc_conv.simulate.settings.model import Settings, Term
from cdisc_conv.simulate.tables.draws import NEVER, Bools, Draws, Floats, Ints
from cdisc_conv.simulate.tables.words import NO_DAY

DRUGS = ("OX", "CA", "TH")
ACTIONS = ("", REDUCED, INTERRUPTED, WITHDRAWN)
FATAL_GRADE = 5
FATAL_DAYS = (0, 7)
"""Days from the beginning of a fatal event to the death."""
MOST_UNCHANGED, MOST_LABORATORY = 2, 3
"""Highest grades under treatment without a change of dosing."""
REACTION_MINUTES = (0, 60)
WEIGHT_LOSS = (0.05, 0.10, 0.20)
"""Share of the weight at the first dose that is lost in grade 1, 2 and 3 (CTCAE 5.0)."""
LABORATORY = "LAB"
"""The code of a delay for laboratory values."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """Weights as they were recorded, one row each."""

    subject: Ints
    day: Ints
    kg: Floats


@dataclass(frozen=True, slots=True)
class Events:
    """Events before they are a form, one row each; `drug` and `action` of a dose change (-1 and 0 without)."""

    subject: Ints
    term: Ints
    start: Ints
    end: Ints
    grade: Ints
    drug: Ints
    action: Ints
    fatal: Bools
    minute: Ints

    def take(self, chosen: Ints | Bools) -> Events:
        return Events(*(getattr(self, name)[chosen] for name in _FIELDS))


_FIELDS = ("subject", "term", "start", "end", "grade", "drug", "action", "fatal", "minute")


def draw_adverse_events(
    settings: Settings,
    cohort: Cohort,
    course: Course,
    dosing: Dosing,
    fatal: Ints,
    weighed: Weighed,
    draws: Draws,
) -> Events:
    """The adverse events of all subjects. `fatal` is the position of the term that caused each subject's death,
    negative without; `weighed` are the weights of the visits."""
    parts = [
        *_draw_by_chance(settings, cohort, course, dosing, draws),
        _draw_before_first_dose(settings, cohort, course, draws),
        _draw_triggered(settings, cohort, dosing, draws),
        _draw_fatal(settings, cohort, course, fatal, draws),
        *_draw_delays(settings, cohort, course, draws),
        *_find_weight_losses(settings, cohort, weighed),
    ]
    events = Events(*(np.concatenate([getattr(part, name) for part in parts]) for name in _FIELDS))
    events = _keep_in_time(settings, cohort, course, dosing, events)
    events = _separate(_limit_grades(settings, cohort, course, events))
    return _start_before_consent(settings, cohort, events, draws)


def _episodes(
    term: Term, number: int, subject: Ints, start: Ints, grade: Ints, draws: Draws, minute: Ints | None = None
) -> Events:
    m = len(subject)
    length = np.rint(draws.spread(term.duration_days.quantiles, m)).astype(np.int64)
    none = np.full(m, -1)
    return Events(
        subject=subject,
        term=np.full(m, number),
        start=start,
        end=start + length,
        grade=grade,
        drug=none,
        action=np.zeros(m, np.int64),
        fatal=np.zeros(m, dtype=bool),
        minute=none if minute is None else minute,
    )


def _draw_by_chance(
    settings: Settings, cohort: Cohort, course: Course, dosing: Dosing, draws: Draws
) -> Iterator[Events]:
    """First and second episodes of each term; those that would start too late are dropped later."""
    n = len(cohort)
    for number, term in enumerate(settings.adverse_events.terms):
        strikes = draws.chance(term.incidence, n) & course.treated
        again = strikes & draws.chance(term.again, n)
        subject = np.r_[np.flatnonzero(strikes), np.flatnonzero(again)]
        m = len(subject)
        onset = np.floor(draws.spread(term.onset_days.quantiles, m)).astype(np.int64)
        # A second episode comes after the longest first one could be told apart from it.
        onset += np.where(np.arange(m) >= strikes.sum(), int(term.duration_days.quantiles[-1]) + 7, 0)
        start, minute = cohort.first_dose[subject] + onset, None
        if term.on_infusion:
            cycles = np.maximum(course.given.sum(axis=1), 1)[subject]
            cycle = np.floor(draws.even(m) * np.minimum(cycles, 2)).astype(np.int64)
            start = course.plan.start[subject, cycle]
            latest = settings.exposure.oxaliplatin.start_minutes[1]
            minute = latest + draws.whole(*REACTION_MINUTES, m)
        grade = draws.pick(term.grades, m) + 1
        yield _episodes(term, number, subject, start, grade, draws, minute)


def _draw_before_first_dose(settings: Settings, cohort: Cohort, course: Course, draws: Draws) -> Events:
    """Mild events between consent and the first dose (or the decision, for those not treated)."""
    about, n = settings.adverse_events, len(cohort)
    until = np.where(course.treated, cohort.first_dose, cohort.decision_day) - 1
    (subject,) = np.nonzero(draws.chance(about.before_first_dose, n))
    weights = [term.incidence * term.by_disease for term in about.terms]
    m = len(subject)
    number = draws.pick(weights, m)
    start = draws.whole(cohort.roster.consent[subject], until[subject], m)
    events = _episodes(about.terms[0], 0, subject, start, draws.whole(1, 2, m), draws)
    return replace(events, term=number, end=start + draws.whole(1, 10, m))


def _draw_triggered(settings: Settings, cohort: Cohort, dosing: Dosing, draws: Draws) -> Events:
    """The event behind each change of dosing that was made for an adverse event: of a kind that the drug causes."""
    about, triggers = settings.adverse_events, dosing.triggers
    m = len(triggers.subject)
    number = np.zeros(m, dtype=np.int64)
    for drug in range(len(DRUGS)):
        weights = [term.incidence * term.related[drug] * (not term.on_infusion) for term in about.terms]
        number = np.where(triggers.drug == drug, draws.pick(weights, m), number)
    at_infusion = triggers.minute >= 0
    reactions = [term.on_infusion for term in about.terms]
    if any(reactions):
        number = np.where(at_infusion, reactions.index(True), number)
    before = np.where(at_infusion, 0, draws.whole(*about.trigger_days_before, m))
    start = np.maximum(triggers.day - before, cohort.first_dose[triggers.subject])
    grade = np.maximum(draws.pick(about.trigger_grades, m) + 1, _find_mildest(about.terms)[number])
    grade = np.where(at_infusion, MOST_UNCHANGED, grade)  # the infusion was given to its end
    action = np.array([ACTIONS.index(word) for word in triggers.action.words] + [0])[triggers.action.codes]
    events = _episodes(about.terms[0], 0, triggers.subject, start, grade, draws)
    usual = np.array([int(np.median(term.duration_days.quantiles)) for term in about.terms])[number]
    length = np.maximum(before + 3, usual) + draws.whole(0, 18, m)
    end = start + np.where(at_infusion, 0, length)
    return replace(events, term=number, end=end, drug=triggers.drug, action=action, minute=triggers.minute)


def _find_mildest(terms: Sequence[Term]) -> Ints:
    """The lowest grade that each term has; 5 for those that are fatal only."""
    return np.array([next((k + 1 for k, weight in enumerate(term.grades) if weight), FATAL_GRADE) for term in terms])


def _draw_fatal(settings: Settings, cohort: Cohort, course: Course, fatal: Ints, draws: Draws) -> Events:
    about = settings.adverse_events
    (subject,) = np.nonzero(fatal >= 0)
    m = len(subject)
    number = fatal[subject]
    longest = np.array([int(term.duration_days.quantiles[-1]) for term in about.terms])[number]
    before = np.minimum(draws.whole(*FATAL_DAYS, m), longest)  # a sudden death has no days before it
    start = np.maximum(course.death[subject] - before, cohort.first_dose[subject])
    events = _episodes(about.terms[0], 0, subject, start, np.full(m, FATAL_GRADE), draws)
    return replace(events, term=number, end=course.death[subject], fatal=np.ones(m, dtype=bool))


def _draw_delays(settings: Settings, cohort: Cohort, course: Course, draws: Draws) -> Iterator[Events]:
    """The event behind each cycle that was delayed for laboratory values; it is over when the cycle begins."""
    about, reasons = settings.adverse_events, list(settings.exposure.delay_reasons)
    if about.laboratory_delays is None or LABORATORY not in reasons:
        return
    plan, names = course.plan, [term.term for term in about.terms]
    subject, cycle = np.nonzero((plan.delay > 0) & (plan.delay_reason == reasons.index(LABORATORY)) & course.given)
    m = len(subject)
    places = np.array([names.index(term) for term in about.laboratory_delays])
    start = (plan.start - plan.delay)[subject, cycle] - draws.whole(0, 5, m)
    start = np.maximum(start, cohort.first_dose[subject] + 1)
    events = _episodes(about.terms[0], 0, subject, start, draws.whole(2, 3, m), draws)
    number, end = places[draws.pick(about.laboratory_delays, m)], plan.start[subject, cycle] - 1
    drug, action = np.full(m, CAPECITABINE), np.full(m, ACTIONS.index(INTERRUPTED))
    yield replace(events, term=number, end=end, drug=drug, action=action)


def _find_weight_losses(settings: Settings, cohort: Cohort, weighed: Weighed) -> Iterator[Events]:
    """Where a visit finds 5 % less than at the first dose: from the first such visit to the last, as bad as it gets."""
    n, order = len(cohort), np.lexsort((weighed.day, weighed.subject))
    subject, day, kg = weighed.subject[order], weighed.day[order], weighed.kg[order]
    first_dose = cohort.first_dose[subject]
    base, last = np.full(n, np.nan), np.zeros(n, np.int64)
    before = day <= first_dose
    base[subject[before]] = kg[before]  # of several the last
    np.maximum.at(last, subject, day)
    loss = np.where(before, 0.0, np.round(1 - kg / base[subject], 6))
    worst, start, end = np.zeros(n), np.full(n, NEVER), np.zeros(n, np.int64)
    np.maximum.at(worst, subject, loss)
    lost = loss >= WEIGHT_LOSS[0]
    np.minimum.at(start, subject[lost], day[lost])
    np.maximum.at(end, subject[lost], day[lost])
    (loser,) = np.nonzero(start < NEVER)
    grade = (worst[loser, None] >= np.array(WEIGHT_LOSS)).sum(axis=1)
    m, none = len(loser), np.full(len(loser), -1)
    until = np.where(end < last, end, NEVER)[loser]
    for number, term in enumerate(settings.adverse_events.terms):
        if term.weighed:
            yield Events(loser, np.full(m, number), start[loser], until, grade, none, np.zeros(m, np.int64),
                          np.zeros(m, bool), none)  # fmt: skip


def _keep_in_time(settings: Settings, cohort: Cohort, course: Course, dosing: Dosing, events: Events) -> Events:
    """Events that start in the period of collection; an end after the subject left is not known."""
    subject = events.subject
    about, until = settings.adverse_events, np.where(cohort.enrolled, course.seen_until(), cohort.decision_day)
    limit = np.where(course.treated, dosing.last_dose + about.days_after_last_dose, NEVER)
    limit = np.minimum(limit, until)[subject]
    events = events.take((events.start <= limit) | events.fatal)
    # What a dead subject still had is still there at death: no end.
    known = np.minimum(until, dosing.last_dose + about.ends_known_days_after_last_dose)
    known = np.where(course.treated, known, until)
    unknown = (events.end > known[events.subject]) & ~events.fatal
    return replace(events, end=np.where(unknown, NO_DAY, events.end))


def _limit_grades(settings: Settings, cohort: Cohort, course: Course, events: Events) -> Events:
    """Events under treatment that changed no dosing: grade 2 at most, laboratory values grade 3.

    A term that is never so mild (sepsis) comes under treatment with a change of dosing only.
    """
    terms, subject = settings.adverse_events.terms, events.subject
    treated = (events.start >= cohort.first_dose[subject]) & (events.start < course.treatment_end[subject])
    limited = treated & (events.action == 0) & ~events.fatal
    most = np.array([MOST_LABORATORY if term.laboratory else MOST_UNCHANGED for term in terms])[events.term]
    mildest = _find_mildest(terms)[events.term]
    events = replace(events, grade=np.where(limited, np.minimum(events.grade, most), events.grade))
    return events.take(~limited | (mildest <= most))


def _separate(events: Events) -> Events:
    """Episodes of one term in a subject apart from each other.

    One that comes by chance within an earlier one is dropped; any other ends on the day before the next begins, which
    is how a change of grade or action is recorded.
    """
    events = events.take(np.lexsort((events.action == 0, events.start, events.term, events.subject)))
    same = np.r_[False, (events.subject[1:] == events.subject[:-1]) & (events.term[1:] == events.term[:-1])]
    group = np.cumsum(~same)
    last_day = np.maximum.accumulate(group * (2 * NEVER) + np.where(events.end == NO_DAY, NEVER, events.end))
    within = same & (group * (2 * NEVER) + events.start <= np.r_[0, last_day[:-1]])
    kept = ~within | (events.action > 0) | events.fatal
    events, group = events.take(kept), group[kept]
    followed = np.r_[group[1:] == group[:-1], False]
    following = np.where(followed, np.r_[events.start[1:], 0], NEVER)
    open_end = (events.end == NO_DAY) | (events.end >= following)
    cut = followed & open_end & (following > events.start)
    return replace(events, end=np.where(cut, following - 1, events.end))


def _start_before_consent(settings: Settings, cohort: Cohort, events: Events, draws: Draws) -> Events:
    """Some events turn out to have begun before consent; neither fatal ones nor those that changed the dosing."""
    about, m = settings.untidiness, len(events.subject)
    moved = draws.chance(about.event_starts_before_consent, m)
    moved &= ~events.fatal & (events.action == 0) & (events.minute < 0)
    moved &= np.array([term.by_disease for term in settings.adverse_events.terms])[events.term]
    early = cohort.roster.consent[events.subject] - draws.whole(*about.event_days_before_consent, m)
    return replace(events, start=np.where(moved, early, events.start))
