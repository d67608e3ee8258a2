"""The disease before the study, and what else the subjects have: diagnosis, stage, metastases, other conditions.

Whose primary tumour was taken out was diagnosed before that, in a stage that can be operated on; the others were found
with their metastases. HER2 is read at screening, and agrees with the criterion that it has to be negative.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cdisc_conv.simulate.course.story import Story
from cdisc_conv.simulate.settings.topics import Biomarkers, MedicalHistory
from cdisc_conv.simulate.tables.draws import Bools, Draws, Floats, Ints
from cdisc_conv.simulate.tables.rows import Rows, join_rows, no_days, rank_within
from cdisc_conv.simulate.tables.words import NO_DAY, Words, constant, dates, numbers, words_of, yes_no

BIOMARKER_FORMS = ("bm",)
HER2_CRITERION = "INC07"
RATIO_POSITIVE = 2.0
"""HER2 to chromosome 17: from here on the gene is amplified."""
IHC = ("0", "1", "2", "3")
EQUIVOCAL = 2


def make_medical_history(
    story: Story, about: MedicalHistory, resected: Bools, treated_from: Ints, draws: Draws
) -> Rows:
    """The log of medical history; `treated_from` is the day of the surgery, or of the therapy before it."""
    n, consent = len(story.cohort), story.cohort.roster.consent
    found = np.where(
        resected,
        treated_from - draws.whole(*about.days_before_treatment, n),
        consent - draws.whole(*about.days_before_consent, n),
    )
    spread = np.where(resected, consent - draws.whole(*about.relapse_days_before_consent, n), found)
    stages = [about.resected_stages, about.metastatic_stages]
    stage = np.where(resected, draws.pick(stages[0], n), len(stages[0]) + draws.pick(stages[1], n))
    everyone = np.arange(n)
    parts = [
        _make_items("DIAG", found, np.full(n, NO_DAY), about.diagnosis, "Gastric cancer", draws)
        | {"MHSTAGE": words_of(stage, [*stages[0], *stages[1]])},
        _make_items("MET", spread, np.full(n, NO_DAY), about.metastases, "Metastases to liver", draws),
    ]
    subjects = [everyone, everyone]
    conditions = story.conditions
    for row, condition in enumerate(about.conditions):
        (subject,) = np.nonzero(conditions.present[row])
        start, end = conditions.start[row, subject], conditions.end[row, subject]
        parts.append(_make_items("GEN", start, end, condition.verbatim, condition.term, draws))
        subjects.append(subject)
    event = story.dictionary.event("LOG")
    rows = join_rows(
        [
            Rows("mh", subject, np.full(len(subject), event), no_days(len(subject)), items)
            for subject, items in zip(subjects, parts, strict=True)
        ]
    )
    return Rows("mh", rows.subject, rows.event, rows.day, rows.items, fseq=rank_within(rows.subject))


def _make_items(
    category: str, start: Ints, end: Ints, verbatim: Sequence[str], term: str, draws: Draws
) -> dict[str, Words]:
    m = len(start)
    return {
        "MHCAT": constant(category, m),
        "MHTERM": words_of(draws.whole(0, len(verbatim) - 1, m), verbatim),
        "MHPT": constant(term, m),
        "MHSTDAT": dates(start),
        "MHENDAT": dates(end),
        "MHONGO": yes_no(end == NO_DAY),
    }


def make_biomarkers(story: Story, draws: Draws) -> Iterator[Rows]:
    """HER2 at screening: staining of everybody, and copies of the gene where that is equivocal."""
    about = story.settings.biomarkers
    if about is None:  # the settings were checked against the data dictionary
        raise KeyError("biomarkers")
    n, cohort = len(story.cohort), story.cohort
    criteria = list(story.settings.enrolment.failed_criteria)
    place = criteria.index(HER2_CRITERION) if HER2_CRITERION in criteria else -2
    positive = (cohort.failed == place) | (cohort.failed_also == place)
    score = np.where(
        positive,
        np.where(draws.chance(about.strong_of_positive, n), 3, EQUIVOCAL),
        draws.pick(about.negative_scores, n),
    )
    hybridised = score == EQUIVOCAL
    yield Rows("bm", np.arange(n), np.full(n, story.dictionary.event("SCR")), cohort.roster.consent, {
        "BMDAT": dates(cohort.roster.consent + draws.whole(*about.days_after_consent, n)),
        "BMIHC": words_of(score, IHC),
        **_count_copies(about, positive, hybridised, draws),
    })  # fmt: skip


def _count_copies(about: Biomarkers, positive: Bools, done: Bools, draws: Draws) -> dict[str, Words]:
    n = len(positive)
    true = np.where(positive, draws.fraction(*about.amplified_ratio, n), draws.fraction(*about.normal_ratio, n))
    copies = true * draws.fraction(*about.chromosomes, n)
    ratio: Floats = np.rint(true * 100) / 100
    return {
        "BMFISH": yes_no(done),
        "BMRATIO": numbers(ratio, 2, done),
        "BMCOPIES": numbers(copies, 1, done),
        "BMAMP": yes_no(ratio >= RATIO_POSITIVE, done),
    }
