"""The sections of `simulation.yaml` for further forms; a study has those of the forms that it has."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cdisc_conv.simulate.settings.kinds import (
    Count,
    Days,
    Positive,
    Probability,
    Range,
    Section,
    Spread,
    Weights,
    Words,
)


class Review(Section):
    """Independent reading of the scans."""

    subjects: Probability
    reading_error_mm: Count
    reader_differs: Probability
    followed_as_non_target: Probability
    lesion_not_assessed: Probability
    progression_seen: Probability
    new_lesion_seen: Probability
    new_lesion_of_reader: Probability
    adjudication_days: Days


class Drug(Section):
    """A drug of the dictionary of drugs, as it is given; codes of the form."""

    drug: str
    verbatim: Words
    category: str
    atc: str
    dose: Positive
    unit: str
    form: str
    frequency: str
    route: str


class LongMedication(Section):
    """A medication of many weeks."""

    drug: str
    indication: str
    subjects: Probability
    """Of all, or of those with the condition."""
    condition: str = ""
    """Of the medical history: taken by those in whom it goes on, begun some time after it."""
    days_before_consent: Days = (0, 0)
    from_first_dose: bool = False
    """Begun with the treatment; else before consent."""


class Medication(Section):
    """Prior and concomitant medication."""

    drug_codes: Count
    drugs: Annotated[tuple[Drug, ...], Field(min_length=1)]
    for_events: dict[str, Words]
    """CTCAE term to drugs, of which one is given."""
    premedication: Words
    long: tuple[LongMedication, ...]
    start_day_unknown: Probability
    start_month_unknown: Probability


class Regimen(Section):
    entry: str
    drugs: Words


class Procedure(Section):
    verbatim: Words
    decode: str
    indication: str
    location: str


class Condition(Section):
    """Another condition that subjects have: how many, since when, and how many of these no longer."""

    term: str
    verbatim: Words
    share: Probability
    days_before_consent: Days
    over: Probability


class MedicalHistory(Section):
    """Diagnosis, stage, metastases, and other conditions."""

    diagnosis: Words
    metastases: Words
    days_before_treatment: Days
    days_before_consent: Days
    relapse_days_before_consent: Days
    resected_stages: Weights
    metastatic_stages: Weights
    conditions: tuple[Condition, ...]


class Biomarkers(Section):
    """HER2 by staining and by copies of its gene."""

    days_after_consent: Days
    negative_scores: Weights
    strong_of_positive: Probability
    normal_ratio: Range
    amplified_ratio: Range
    chromosomes: Range


class History(Section):
    """Treatment of the cancer before the study, and procedures."""

    resected: Probability
    surgery_days_before_consent: Days
    surgeries: Annotated[tuple[Procedure, ...], Field(min_length=1)]
    neoadjuvant: Probability
    adjuvant: Probability
    course_days: Days
    days_from_surgery: Days
    fewest_days_without: Count
    regimens: Annotated[tuple[Regimen, ...], Field(min_length=1)]
    port: Procedure
    with_port: Probability
    port_days_before: Days
    day_unknown: Probability
    month_unknown: Probability
    medical: MedicalHistory | None = None


class Details(Section):
    """What is asked of single adverse events: hospital stays, comments, and findings about neuropathy."""

    intensive_care_grade_4: Probability
    stay_days: Days
    comments_by_grade: Annotated[tuple[Probability, ...], Field(min_length=5, max_length=5)]
    comments: Words
    neuropathy: str
    provoked_by_cold: Probability
    feet_too: Probability
    daily_activities_by_grade: Annotated[tuple[Probability, ...], Field(min_length=5, max_length=5)]


class Deviations(Section):
    late_consent_days: Count
    forgotten_evenings: Count


class Reproduction(Section):
    menopause_years: Days
    sterilized: Probability
    methods: Weights
    methods_of_men: Weights


class Question(Section):
    """A question about the last week, answered from 0 to 4."""

    item: str
    screening: Weights = Field(default_factory=lambda: {"0": 1.0})
    """Of the answers 0, 1 ... before treatment."""
    term: str = ""
    """CTCAE term that makes it worse while it lasts, by its grade."""
    helped_by_treatment: Probability = 0.0
    """How often the answer on treatment is one step better."""
    follows: str = ""
    """Item of an earlier question: 0 here where it is 0 there and only there, else a step from it."""


class Questionnaire(Section):
    questions: Annotated[tuple[Question, ...], Field(min_length=1)]
    changes: Probability
    not_done: Probability


class LaboratoryRange(Section):
    """A normal range; the first that fits a subject counts."""

    sex: Annotated[str, Field(pattern="^[FM]$")] | None = None
    to_age: Count | None = None
    low: Annotated[float, Field(ge=0)]
    high: Positive


class LaboratoryTest(Section):
    """A test of the central laboratory."""

    code: str
    panel: str
    unit: str = ""
    decimals: Count = 0
    answer: str = ""
    ranges: tuple[LaboratoryRange, ...] = ()
    usual: Spread = Spread(quantiles=(0.2, 0.8))
    noise: Annotated[float, Field(ge=0)] = 0.1
    treatment: float = 0.0
    event: str = ""
    side: Annotated[str, Field(pattern="^(low|high)$")] = "low"
    of_limit: bool = False
    grades: tuple[Range, ...] = ()
    organ_function: bool = False
    of_tumour: Spread | None = None
    """Of a tumour marker: its value at baseline in multiples of the upper limit; it follows the sum of the lesions."""
    spoilt_by_haemolysis: bool = False


class Laboratory(Section):
    """The central laboratory: its panels, the visits at which they are asked, and its tests."""

    not_done: Probability
    haemolysed: Probability
    minutes: Days
    every_maintenance_cycles: Annotated[int, Field(ge=1)]
    panels: dict[str, tuple[str, ...]]
    tests: Annotated[tuple[LaboratoryTest, ...], Field(min_length=1)]
