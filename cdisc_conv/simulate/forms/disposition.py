"""Consent, eligibility, end of treatment, survival follow-up, end of study, death."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cdisc_conv.simulate.course.exposure import Dosing
from cdisc_conv.simulate.course.subjects import Cohort
from cdisc_conv.simulate.course.time import (
    OFF_DEATH,
    OFF_LTFU,
    OFF_REASONS,
    OFF_SUBJECT,
    STOP_SUBJECT,
    Course,
    name_combination_reason,
    name_maintenance_reason,
)
from cdisc_conv.simulate.settings.dictionary import Dictionary
from cdisc_conv.simulate.settings.model import MOST_DRUGS, Settings
from cdisc_conv.simulate.tables.draws import NEVER, Draws, Ints
from cdisc_conv.simulate.tables.rows import Rows, join_rows
from cdisc_conv.simulate.tables.words import NO_DAY, Words, choose, constant, dates, epoch_day, times, words_of, yes_no

OFFICE_HOURS = (8 * 60, 17 * 60)
NO_EVENT = -1


@dataclass(frozen=True, slots=True)
class Deaths:
    """Why each subject died, one each; only the subjects who left by death count."""

    cause: Words
    event: Ints
    """Position of the adverse event behind the death in the terms of the settings, `NO_EVENT` without."""


def find_leaving(cohort: Cohort, course: Course) -> Ints:
    """The day on which each subject leaves the study; screen failures leave at the decision."""
    return np.where(cohort.enrolled, course.off, cohort.decision_day)


def make_consent(settings: Settings, cohort: Cohort, course: Course, dictionary: Dictionary, draws: Draws) -> Rows:
    """First consent of everybody, and consent to each later version while a subject is on treatment."""
    n, versions = len(cohort), settings.enrolment.consent_versions
    since = np.array([epoch_day(version.since) for version in versions])
    names = [version.version for version in versions]
    consent = cohort.roster.consent
    site = words_of(cohort.roster.site, [place.name for place in settings.sites])
    current = np.searchsorted(since, consent, side="right") - 1
    everyone = np.arange(n)
    parts = [_make_consent_rows("INIT", "SCR", everyone, consent, current, names, site, dictionary, draws)]
    until = np.where(course.treated, np.minimum(course.treatment_end, course.seen_until()), 0)
    for number in range(1, len(versions)):
        day = since[number] + draws.whole(*settings.enrolment.reconsent_days, n)
        (subject,) = np.nonzero((current < number) & (day > cohort.first_dose) & (day <= until))
        version = np.full(len(subject), number)
        parts.append(
            _make_consent_rows("RE", "LOG", subject, day[subject], version, names, site, dictionary, draws, number + 1)
        )
    return join_rows(parts)


def _make_consent_rows(
    kind: str,
    event: str,
    subject: Ints,
    day: Ints,
    version: Ints,
    names: list[str],
    site: Words,
    dictionary: Dictionary,
    draws: Draws,
    fseq: int = 1,
) -> Rows:
    m = len(subject)
    items = {
        "ICTYPE": constant(kind, m),
        "ICDAT": dates(day),
        "ICTIM": times(draws.whole(*OFFICE_HOURS, m), np.ones(m, dtype=bool)),
        "ICVERS": words_of(version, names),
        "ICSITE": site.take(subject),
    }
    event_day = day if event == "SCR" else np.full(m, NO_DAY)
    return Rows("ic", subject, np.full(m, dictionary.event(event)), event_day, items, fseq=np.full(m, fseq))


def make_eligibility(settings: Settings, cohort: Cohort, dictionary: Dictionary) -> Rows:
    """One row for the eligible; one row per criterion not met for the others."""
    criteria = list(settings.enrolment.failed_criteria)
    everyone, second = np.arange(len(cohort)), np.flatnonzero(cohort.failed_also >= 0)
    parts = []
    for subject, failed in ((everyone, cohort.failed), (second, cohort.failed_also[second])):
        m, met = len(subject), failed < 0
        day = cohort.decision_day[subject]
        types = words_of(np.where(met, -1, failed), [criterion[:3] for criterion in criteria])
        items = {
            "IEYN": yes_no(met),
            "IEDAT": dates(day),
            "IECAT": types,
            "IETESTCD": words_of(failed, criteria),
            "ENRDAT": dates(np.where(met, day, NO_DAY)),
        }
        parts.append(Rows("ie", subject, np.full(m, dictionary.event("SCR")), cohort.roster.consent[subject], items))
    return join_rows(parts)


def make_end_of_treatment(
    settings: Settings, course: Course, dosing: Dosing, dictionary: Dictionary, draws: Draws
) -> Rows:
    """One form per phase that was begun."""
    n = len(course.off)
    words = settings.follow_up.withdrawal_words
    typed = words_of(draws.whole(0, len(words) - 1, n), words).where(course.stop_reason == STOP_SUBJECT)
    parts = []
    for phase, event, begun, end, dose, reason, complete in (
        (
            "COMB",
            "EOTC",
            course.treated,
            course.combination_end,
            dosing.last_in_combination,
            name_combination_reason(course),
            course.combination_complete,
        ),
        (
            "MAINT",
            "EOTM",
            course.maintained,
            course.maintenance_end,
            dosing.last_dose,
            name_maintenance_reason(course),
            course.maintenance_complete,
        ),
    ):
        (subject,) = np.nonzero(begun)
        m = len(subject)
        items = {
            "EOTPHASE": constant(phase, m),
            "EOTDAT": dates(end[subject]),
            "EOTLSDAT": dates(dose[subject]),
            "EOTREAS": reason.take(subject),
            "EOTSP": typed.where(~complete).take(subject),
        }
        if phase == "COMB":
            items["EOTCONT"] = yes_no(course.maintained[subject])
        parts.append(Rows("eot", subject, np.full(m, dictionary.event(event)), end[subject], items))
    return join_rows(parts)


def make_survival_follow_up(settings: Settings, course: Course, dictionary: Dictionary, draws: Draws) -> Rows:
    """Contacts every 12 weeks after treatment; the last one of a subject who is lost is a failed one."""
    about, n = settings.follow_up, len(course.off)
    therapy_day = _draw_therapy(settings, course, draws)
    chosen = draws.whole(0, len(about.therapies) - 1, n)
    columns = {"SFUTRT": words_of(chosen, [therapy.entry for therapy in about.therapies])}
    for place in range(MOST_DRUGS):
        drugs = [("", *therapy.drugs[place : place + 1])[-1] for therapy in about.therapies]
        columns[f"SFUDRUG{place + 1}"] = _blank_empty(words_of(chosen, drugs))
    reached = course.treatment_end.copy()
    parts = []
    failed_contact = np.zeros(n, dtype=bool)
    for number in range(1, dictionary.count_events("SFU") + 1):
        day = course.treatment_end + about.every_days * number + draws.whole(*about.contact_window_days, n)
        due = course.treated & (day <= course.seen_until()) & (day < NEVER)
        lost_now = course.treated & (course.off_reason == OFF_LTFU) & ~due & ~failed_contact
        failed_contact |= lost_now
        made = due & ~draws.chance(settings.untidiness.form_not_done, n)
        # Nobody is known to be alive beyond the day on which he left.
        reached = np.where(made, day, np.minimum(reached, course.seen_until()))
        known = made & (therapy_day <= day)
        (subject,) = np.nonzero(due | lost_now)
        items = {
            "SFUYN": yes_no(made),
            "SFUDAT": dates(np.where(made, day, NO_DAY)),
            "SFUSTAT": choose(n, (made, "ALIVE"), otherwise="UNK"),
            "SFUALIVE": dates(np.where(reached < NEVER, reached, NO_DAY)),
            "SFUTRTYN": yes_no(known, made),
            **{name: column.where(known) for name, column in columns.items()},
            "SFUTRDAT": dates(np.where(known, therapy_day, NO_DAY)),
        }
        taken = {name: column.take(subject) for name, column in items.items()}
        event_day = np.where(made, day, NO_DAY)[subject]
        parts.append(
            Rows("sfu", subject, np.full(len(subject), dictionary.event(f"SFU{number:02d}")), event_day, taken)
        )
    return join_rows(parts)


def _draw_therapy(settings: Settings, course: Course, draws: Draws) -> Ints:
    """First day of a new anti-cancer therapy after progression, `NEVER` without."""
    about, n = settings.follow_up, len(course.off)
    gets = draws.chance(about.new_therapy, n) & (course.progression < NEVER)
    day = np.maximum(course.progression + draws.whole(*about.new_therapy_days, n), course.treatment_end + 1)
    return np.where(gets & (day < course.seen_until()), day, NEVER)


def make_end_of_study(settings: Settings, cohort: Cohort, course: Course, dictionary: Dictionary, draws: Draws) -> Rows:
    """One form per subject, screen failures included."""
    n = len(cohort)
    day = find_leaving(cohort, course)
    reason = words_of(course.off_reason, OFF_REASONS).where(cohort.enrolled)
    reason = reason.fill(choose(n, (~cohort.enrolled, "SCRFAIL")))
    words = settings.follow_up.withdrawal_words
    typed = words_of(draws.whole(0, len(words) - 1, n), words)
    items = {
        "EOSDAT": dates(day),
        "EOSREAS": reason,
        "EOSSP": typed.where(cohort.enrolled & (course.off_reason == OFF_SUBJECT)),
    }
    return Rows("eos", np.arange(n), np.full(n, dictionary.event("EOS")), day, items)


def draw_causes(settings: Settings, course: Course, dosing: Dosing, draws: Draws) -> Deaths:
    """Cause of each death, and the adverse event behind it.

    An adverse event that causes a death is recorded whenever that is. A death of unknown cause is an event itself as
    long as events are collected.
    """
    about, events, n = settings.course, settings.adverse_events, len(course.off)
    after = words_of(draws.pick(about.cause_of_death_after_progression, n), about.cause_of_death_after_progression)
    without = words_of(
        draws.pick(about.cause_of_death_without_progression, n), about.cause_of_death_without_progression
    )
    progressed = course.progression < NEVER
    cause = after.where(progressed).fill(without.where(~progressed))
    names = [term.term for term in events.terms]
    collected = course.death <= dosing.last_dose + events.days_after_last_dose
    unknown = (cause.codes == _code(cause, "UNK")) & collected
    event = np.where(unknown, names.index(events.death_of_unknown_cause), NO_EVENT)
    fatal = draws.pick([term.fatal for term in events.terms], n)
    event = np.where(cause.codes == _code(cause, "AE"), fatal, event)
    return Deaths(cause, np.where(course.off_reason == OFF_DEATH, event, NO_EVENT))


def make_death(settings: Settings, course: Course, deaths: Deaths, dictionary: Dictionary, draws: Draws) -> Rows:
    """Deaths within the study; what the adverse event was is written beside the cause."""
    (subject,) = np.nonzero(course.off_reason == OFF_DEATH)
    m, cause = len(subject), deaths.cause.take(subject)
    event = words_of(deaths.event[subject], [term.term for term in settings.adverse_events.terms])
    items = {
        "DTHDAT": dates(course.death[subject]),
        "DTHCAUS": cause,
        "DTHSP": event.where(cause.codes == _code(cause, "AE")),
        "DTHAUT": yes_no(draws.chance(settings.course.autopsy, m)),
    }
    return Rows("dd", subject, np.full(m, dictionary.event("EOS")), course.death[subject], items)


def _blank_empty(column: Words) -> Words:
    """Blank where the word is empty."""
    return column.where(column.codes != _code(column, ""))


def _code(column: Words, word: str) -> int:
    return column.words.index(word) if word in column.words else -9
