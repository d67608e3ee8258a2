"""`simulation.yaml` as a checked, typed object."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from cdisc_conv.problems import Problem, ProblemsError, did_you_mean
from cdisc_conv.simulate.dictionary import Dictionary
from cdisc_conv.simulate.kinds import (
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
from cdisc_conv.spec.validate import validate
from cdisc_conv.spec.yaml_nodes import Node, read_yaml

ASSESSMENT_WEEKS = 6
MOST_TARGETS = 5
MOST_TARGETS_IN_AN_ORGAN = 2


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
    fatal: Annotated[float, Field(ge=0)] = 0.0
    on_infusion: bool = False


class AdverseEvents(Section):
    codes: Codes
    terms: Annotated[tuple[Term, ...], Field(min_length=1)]
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


class FollowUp(Section):
    safety_visit_days: Days
    every_days: Annotated[int, Field(ge=28)]
    contact_window_days: Days
    new_therapy: Probability
    new_therapy_days: Days
    therapies: Words
    ecog_worse_per_visit: Probability
    ecog_better_per_visit: Probability
    ecog_at_end_of_treatment: Probability
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
    not_assessed_reasons: Weights
    height_in_metres: Probability
    stray_blanks: Probability
    stray_case: Probability
    lesion_number_small_letters: Probability
    long_verbatim: Probability
    long_verbatims: Words
    response_disagrees: Probability


class Settings(Section):
    """Everything in `simulation.yaml`."""

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


def read_settings(path: Path, dictionary: Dictionary, shown: str = "") -> Settings:
    """Read and check `simulation.yaml` against the data dictionary.

    Raises ProblemsError with every finding: YAML001-004 (not readable), SPEC001 unknown key, SPEC002 missing key,
    SPEC003 wrong value, SIM002 a code that the dictionary does not have, SIM003 parameters that contradict each other.
    """
    node = read_yaml(path, shown or path.name)
    settings, problems = validate(Settings, node, "simulation.yaml")
    if settings is None:
        raise ProblemsError(problems)
    problems = _check_codes(settings, dictionary, node) + _check_sense(settings, dictionary, node)
    if problems:
        raise ProblemsError(problems)
    return settings


def _check_codes(settings: Settings, dictionary: Dictionary, node: Node) -> list[Problem]:
    """Codes written in the settings must be codes of the item they end up in."""
    tumours, untidy, exposure = settings.tumours, settings.untidiness, settings.exposure
    used: list[tuple[str, str, tuple[str, ...], tuple[str | int, ...]]] = [
        ("tl", "TLLOC", pattern.organs, ("tumours", "target_patterns", number, "organs"))
        for number, pattern in enumerate(tumours.target_patterns)
    ]
    used += [
        ("ntl", "NTLLOC", tuple(tumours.non_target_organs), ("tumours", "non_target_organs")),
        ("nl", "NLLOC", tuple(tumours.new_lesion_organs), ("tumours", "new_lesion_organs")),
        ("tl", "TLLOC", tuple(tumours.places), ("tumours", "places")),
        ("tl", "TLREASNA", tuple(untidy.not_assessed_reasons), ("untidiness", "not_assessed_reasons")),
        ("vs", "VSND", tuple(untidy.not_done_reasons), ("untidiness", "not_done_reasons")),
        ("ie", "IETESTCD", tuple(settings.enrolment.failed_criteria), ("enrolment", "failed_criteria")),
        ("dm", "RACE", tuple(settings.demographics.race), ("demographics", "race")),
        ("dm", "ETHNIC", tuple(settings.demographics.ethnic), ("demographics", "ethnic")),
        ("exox", "EXADJRS", tuple(exposure.delay_reasons), ("exposure", "delay_reasons")),
        ("exox", "EXADJRS", tuple(exposure.reduction_reasons), ("exposure", "reduction_reasons")),
        ("exox", "EXREASND", tuple(exposure.omission_reasons), ("exposure", "omission_reasons")),
        ("exca", "EXREASND", tuple(exposure.interruption_reasons), ("exposure", "interruption_reasons")),
        ("exth", "EXREASND", tuple(exposure.thalidomide.missed_reasons), ("exposure", "thalidomide", "missed_reasons")),
        ("ae", "AERELOX", tuple(settings.adverse_events.related_words), ("adverse_events", "related_words")),
    ]
    for key in ("cause_of_death_without_progression", "cause_of_death_after_progression"):
        used.append(("dd", "DTHCAUS", tuple(getattr(settings.course, key)), ("course", key)))
    problems = []
    for form, item, codes, path in used:
        known = dictionary.values(form, item)
        for code in sorted(set(codes) - set(known)):
            hint = did_you_mean(code, known) or f"the codes are {', '.join(known)}"
            place = node.at(path).get(code) or node.at(path)
            problems.append(place.problem("SIM002", f"{item} of form '{form}' has no code '{code}'", hint))
    return problems


def _check_sense(settings: Settings, dictionary: Dictionary, node: Node) -> list[Problem]:
    """Parameters that do not fit together or do not fit the events of the dictionary."""
    problems = []

    def report(path: tuple[str | int, ...], message: str, hint: str) -> None:
        problems.append(node.at(path).problem("SIM003", message, hint))

    enrolment, tumours, course = settings.enrolment, settings.tumours, settings.course
    if settings.study.end <= enrolment.window[1]:
        report(("study", "end"), f"the study ends on {settings.study.end}, before the last consent", "make it later")
    if enrolment.consent_versions[0].since > enrolment.window[0]:
        report(("enrolment", "consent_versions"), "no version is in force on the first day of the enrolment window", "")
    if enrolment.scan_days[1] >= enrolment.decision_days[0]:
        report(("enrolment", "scan_days"), "the baseline scan can fall on or after the eligibility decision", "")
    needed = count_assessments(settings)
    there = dictionary.count_events("TA")
    if there < needed:
        hint = f"the study's length needs {needed} and the data dictionary has {there}"
        report(("study", "end"), "there are not enough tumour assessment events", hint)
    there = dictionary.count_events("M")
    if there < course.most_maintenance_cycles:
        hint = f"the data dictionary has {there}"
        report(("course", "most_maintenance_cycles"), "there are not enough maintenance events", hint)
    strange = sorted(set(course.planned_cycles) - {"1", "2", "3", "4", "5", "6"})
    if strange:
        report(("course", "planned_cycles"), f"'{strange[0]}' is not a number of cycles", "1 to 6")
    strange = sorted(set(tumours.non_target_count) - {"0", "1", "2", "3", "4", "5"})
    if strange:
        report(("tumours", "non_target_count"), f"'{strange[0]}' is not a number of lesions", "0 to 5")
    organs = {organ for pattern in tumours.target_patterns for organ in pattern.organs}
    organs |= set(tumours.non_target_organs) | set(tumours.new_lesion_organs)
    for organ in sorted(organs - set(tumours.places)):
        report(("tumours", "places"), f"no place is named for {organ}", "add at least one")
    if "other" not in tumours.baseline_mm:
        report(("tumours", "baseline_mm"), "'other' is missing", "it serves the organs that are not named")
    for number, pattern in enumerate(tumours.target_patterns):
        if all(pattern.sex for pattern in tumours.target_patterns):
            report(("tumours", "target_patterns", number), "no pattern is open to both sexes", "leave `sex` out of one")
            break
    if not any(term.fatal for term in settings.adverse_events.terms):
        report(("adverse_events", "terms"), "no term can be fatal", "give one `fatal: 1`")
    return problems


def count_assessments(settings: Settings) -> int:
    """How many tumour assessments after baseline the longest possible participation holds."""
    enrolment = settings.enrolment
    first_dose = enrolment.decision_days[0] + enrolment.first_dose_days[0]
    days = (settings.study.end - enrolment.window[0]).days - first_dose - settings.tumours.scan_days[0]
    return max(1, days // (7 * ASSESSMENT_WEEKS))
