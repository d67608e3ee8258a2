"""`simulation.yaml` as a checked, typed object."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from cdisc_conv.simulate.settings.examinations import Electrocardiograms, Examination, VitalSigns
from cdisc_conv.simulate.settings.kinds import (
    Count,
    Days,
    Hazard,
    Positive,
    Probability,
    Range,
    Section,
    Spread,
    Weights,
    Words,
)
from cdisc_conv.simulate.settings.topics import (
    Biomarkers,
    Details,
    Deviations,
    History,
    Laboratory,
    Medication,
    Questionnaire,
    Reproduction,
    Review,
)

ASSESSMENT_WEEKS = 6
MOST_TARGETS = 5
MOST_TARGETS_IN_AN_ORGAN = 2
MOST_DRUGS = 3
"""Drugs of one new anti-cancer therapy, as many as the form has columns."""


class Study(Section):
    id: str
    country: str
    end: date


class Site(Section):
    number: str
    name: str
    weight: Positive


class ConsentVersion(Section):
    version: str
    since: date = Field(alias="from")


def _check_window(value: tuple[date, date]) -> tuple[date, date]:
    if value[0] > value[1]:
        raise ValueError(f"the first date {value[0]} is after the last {value[1]}")
    return value


class Enrolment(Section):
    window: Annotated[tuple[date, date], AfterValidator(_check_window)]
    screen_failure: Probability
    never_treated: Probability
    scan_days: Days
    decision_days: Days
    first_dose_days: Days
    second_failed_criterion: Probability
    failed_criteria: Weights
    consent_versions: Annotated[tuple[ConsentVersion, ...], Field(min_length=1)]
    reconsent_days: Days


class Height(Section):
    male: Spread
    female: Spread


class Demographics(Section):
    age_years: Spread
    too_old_years: Days
    female: Probability
    race: Weights
    ethnic: Weights
    group: Weights
    ecog_1: Probability
    height_cm: Height
    body_mass_index: Spread
    weight_change_per_month: Range
    weight_noise_kg: Positive


class Course(Section):
    planned_cycles: Weights
    death_before_progression: Hazard
    death_after_progression: Hazard
    fewest_days_progression_to_death: Count
    withdrawal_of_consent: Hazard
    lost_to_follow_up: Hazard
    stop_for_adverse_event: Hazard
    stop_by_subject: Hazard
    stop_by_physician: Hazard
    earliest_stop_day: Count
    declines_maintenance: Probability
    gap_before_maintenance_days: Days
    most_maintenance_cycles: Count
    cause_of_death_without_progression: Weights
    cause_of_death_after_progression: Weights
    autopsy: Probability


def _check_organs(value: tuple[str, ...]) -> tuple[str, ...]:
    if value[0] != "LIVER":
        raise ValueError("the first target lesion must be in the LIVER")
    crowded = sorted({organ for organ in value if value.count(organ) > MOST_TARGETS_IN_AN_ORGAN})
    if crowded:
        raise ValueError(f"more than {MOST_TARGETS_IN_AN_ORGAN} target lesions in {', '.join(crowded)}")
    return value


class TargetPattern(Section):
    organs: Annotated[tuple[str, ...], Field(min_length=1, max_length=MOST_TARGETS), AfterValidator(_check_organs)]
    weight: Positive
    sex: Annotated[str, Field(pattern="^[FM]$")] | None = None


class TumourCourse(Section):
    name: str
    weight: Positive
    shrink: Range
    assessments: Days
    growth: Range


class Tumours(Section):
    target_patterns: Annotated[tuple[TargetPattern, ...], Field(min_length=1)]
    baseline_mm: dict[str, Spread]
    courses: Annotated[tuple[TumourCourse, ...], Field(min_length=1)]
    lesion_differs: Probability
    reading_error_mm: Count
    gone_below_mm: Positive
    scan_days: Days
    response_days: Days
    missed: Probability
    lesion_not_assessed: Probability
    mri: Probability
    plain_ct: Probability
    progression_found_unscheduled: Probability
    unscheduled_days_earlier: Days
    merge: Probability
    merge_at: Days
    merged_fraction: Positive
    split: Probability
    split_at: Days
    split_fractions: tuple[Positive, Positive]
    fewest_mm_to_merge_or_split: Positive
    non_target_count: Weights
    non_target_organs: Weights
    non_target_absent: Probability
    non_target_progression: Probability
    non_target_not_assessed: Probability
    new_lesion_growing: Probability
    new_lesion_shrinking: Probability
    new_lesion_equivocal: Probability
    new_lesion_organs: Weights
    places: dict[str, Words]


class Oxaliplatin(Section):
    levels_mg_m2: Annotated[tuple[Positive, ...], Field(min_length=1)]
    round_to_mg: Positive
    reduced: Probability
    omitted: Probability
    interrupted: Probability
    start_minutes: Days
    infusion_minutes: Days
    interruption_minutes: Days


class Capecitabine(Section):
    levels_mg_m2: Annotated[tuple[Positive, ...], Field(min_length=1)]
    days: Annotated[int, Field(ge=1, le=21)]
    tablets_mg: Annotated[tuple[Annotated[int, Field(gt=0)], ...], Field(min_length=1)]
    reduced: Probability
    omitted: Probability
    interrupted: Probability
    interruption_starts_on_day: Days
    interruption_days: Days


class Thalidomide(Section):
    levels_mg: Annotated[tuple[Positive, ...], Field(min_length=1)]
    reduced: Probability
    interrupted: Probability
    interruption_nights: Days
    missed: Probability
    missed_nights: Days
    missed_reasons: Weights


class Exposure(Section):
    oxaliplatin: Oxaliplatin
    capecitabine: Capecitabine
    thalidomide: Thalidomide
    delayed: Probability
    delay_days: Days
    delay_reasons: Weights
    reduction_reasons: Weights
    omission_reasons: Weights
    interruption_reasons: Weights
    other_reasons: Words


Four = Annotated[tuple[Probability, ...], Field(min_length=4, max_length=4)]
Grades = Annotated[tuple[Annotated[float, Field(ge=0)], ...], Field(min_length=4, max_length=4)]


class Codes(Section):
    llt: Count
    pt: Count
    hlt: Count
    hlgt: Count
    soc: Count


class Term(Section):
    term: str
    soc: str
    group: str
    incidence: Probability
    again: Probability
    grades: Grades
    onset_days: Spread
    duration_days: Spread
    related: Annotated[tuple[Probability, ...], Field(min_length=3, max_length=3)]
    verbatim: Words
    by_grade: dict[Annotated[str, Field(pattern="^[1-5]$")], Words] = Field(default_factory=dict)
    fatal: Annotated[float, Field(ge=0)] = 0.0
    on_infusion: bool = False
    laboratory: bool = False
    by_disease: bool = False
    weighed: bool = False
    """Follows from the weights of the visits."""


class AdverseEvents(Section):
    codes: Codes
    terms: Annotated[tuple[Term, ...], Field(min_length=1)]
    death_of_unknown_cause: str
    before_first_dose: Probability
    days_after_last_dose: Count
    ends_known_days_after_last_dose: Count
    trigger_grades: Grades
    trigger_days_before: Days
    serious_by_grade: Four
    hospitalized: Probability
    life_threatening_grade_4: Probability
    treated_by_grade: Four
    unknown_outcome: Probability
    sequelae: Probability
    recovering: Probability
    unlikely: Probability
    related_words: Weights
    laboratory_delays: Weights | None = None
    """Terms behind a cycle that was delayed for laboratory values; without them it has no event."""


class Therapy(Section):
    entry: str
    drugs: Annotated[tuple[str, ...], Field(min_length=1, max_length=MOST_DRUGS)]


class FollowUp(Section):
    safety_visit_days: Days
    every_days: Annotated[int, Field(ge=28)]
    contact_window_days: Days
    new_therapy: Probability
    new_therapy_days: Days
    therapies: Annotated[tuple[Therapy, ...], Field(min_length=1)]
    ecog_worse_per_visit: Probability
    ecog_better_per_visit: Probability
    ecog_at_end_of_treatment: Probability
    failing_days: Count = 0
    """Days before a death by the disease in which the performance status is 2 or worse."""
    unscheduled_visits: Probability
    second_unscheduled_visit: Probability
    withdrawal_words: Words


class Untidiness(Section):
    birth_day_unknown: Probability
    birth_month_unknown: Probability
    event_start_day_unknown: Probability
    event_start_month_unknown: Probability
    event_end_day_unknown: Probability
    event_end_month_unknown: Probability
    dose_day_unknown: Probability
    death_day_unknown: Probability
    last_alive_day_unknown: Probability
    new_therapy_day_unknown: Probability
    new_therapy_month_unknown: Probability
    event_starts_before_consent: Probability
    event_days_before_consent: Days
    form_not_done: Probability
    not_done_reasons: Weights
    no_scan_reasons: Weights
    not_assessed_reasons: Weights
    height_in_metres: Probability
    stray_blanks: Probability
    stray_case: Probability
    lesion_number_small_letters: Probability
    long_verbatim: Probability
    long_verbatims: Words
    response_disagrees: Probability


class Settings(Section):
    """Everything in `simulation.yaml`. A topic of further forms has its section when the study has its forms."""

    study: Study
    sites: Annotated[tuple[Site, ...], Field(min_length=1)]
    enrolment: Enrolment
    demographics: Demographics
    course: Course
    tumours: Tumours
    exposure: Exposure
    adverse_events: AdverseEvents
    follow_up: FollowUp
    untidiness: Untidiness
    review: Review | None = None
    medication: Medication | None = None
    history: History | None = None
    details: Details | None = None
    deviations: Deviations | None = None
    reproduction: Reproduction | None = None
    questionnaire: Questionnaire | None = None
    vital_signs: VitalSigns | None = None
    electrocardiograms: Electrocardiograms | None = None
    physical: Examination | None = None
    laboratory: Laboratory | None = None
    biomarkers: Biomarkers | None = None


def count_assessments(settings: Settings) -> int:
    """How many tumour assessments after baseline the longest possible participation holds."""
    enrolment = settings.enrolment
    first_dose = enrolment.decision_days[0] + enrolment.first_dose_days[0]
    days = (settings.study.end - enrolment.window[0]).days - first_dose - settings.tumours.scan_days[0]
    return max(1, days // (7 * ASSESSMENT_WEEKS))
