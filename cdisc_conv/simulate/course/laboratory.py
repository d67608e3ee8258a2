"""Results of the central laboratory: what subjects usually have, what treatment does to it, what events are made of.

A value out of range that is an adverse event lies in the range of the event's grade as long as the event lasts, and
outside of events no value is of grade 2 or worse. So laboratory and adverse events tell the same story.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cdisc_conv.simulate.course.ongoing import find_effect, find_grade
from cdisc_conv.simulate.course.story import Story, read_events
from cdisc_conv.simulate.forms.visits import choose_visits
from cdisc_conv.simulate.settings.kinds import Spread
from cdisc_conv.simulate.settings.topics import Laboratory, LaboratoryTest
from cdisc_conv.simulate.tables.draws import Bools, Draws, Floats, Ints
from cdisc_conv.simulate.tables.rows import Rows, join_rows
from cdisc_conv.simulate.tables.words import blank, choose, constant, dates, numbers, times, words_of

LABORATORY_FORMS = ("lb", "lk")
ORGAN_CRITERION = "INC04"
"""The criterion that organs function: who fails it has values of grade 2 in the tests that say so."""
PREGNANCY = "PREG"
LEAST_OF_LIMIT = 0.15
"""What healthy tissue gives of a tumour marker, of its upper limit."""


@dataclass(frozen=True, slots=True)
class _Samples:
    """One row per sample and panel: whose, at which visit, and where in the list of visits."""

    subject: Ints
    visit: Ints
    day: Ints
    minute: Ints
    number: Ints
    """Accession number of the sample, the same for all panels of a visit."""


def make_laboratory(story: Story, draws: Draws) -> Iterator[Rows]:
    """The file of the central laboratory, a row per test of each sample, and the form that knows its subjects.

    The laboratory numbers its subjects in the order in which they come, and knows no other number.
    """
    about = story.settings.laboratory
    if about is None:  # the settings were checked against the data dictionary
        raise KeyError("laboratory")
    samples = _take_samples(story, about, draws)
    values = {test.code: _measure(story, test, samples, draws) for test in about.tests if test.of_tumour is None}
    _settle_counts(values)
    taken = {name: _choose_samples(story, about, name, samples, draws) for name in about.panels}
    lost = draws.chance(about.haemolysed, len(samples.subject))
    for test in about.tests:
        if test.of_tumour is not None:
            values[test.code] = _measure_marker(story, test, test.of_tumour, samples, draws)
    parts = []
    for test in about.tests:
        chosen = np.flatnonzero(taken[test.panel])
        unreadable = lost[chosen] & test.spoilt_by_haemolysis
        parts.append(_write_results(story, test, samples, values[test.code], chosen, unreadable))
    yield _join_by_sample(story, parts)
    subject = np.unique(samples.subject)
    consent = story.cohort.roster.consent[subject]
    event = np.full(len(subject), story.dictionary.event("SCR"))
    yield Rows("lk", subject, event, consent, {"LKID": words_of(subject, _number_subjects(story))})


def _take_samples(story: Story, about: Laboratory, draws: Draws) -> _Samples:
    """A sample at each visit at which blood is taken; numbered over all subjects in the order of the visits."""
    visits = story.visits
    wanted = choose_visits(visits, story.dictionary, (), about.every_maintenance_cycles)
    wanted &= ~draws.chance(about.not_done, len(visits.event)) | (visits.event == story.dictionary.event("SCR"))
    visit = np.flatnonzero(wanted)
    minute = draws.whole(*about.minutes, len(visit))
    return _Samples(visits.subject[visit], visit, visits.day[visit], minute, np.arange(len(visit)))


def _choose_samples(story: Story, about: Laboratory, panel: str, samples: _Samples, draws: Draws) -> Bools:
    """Which samples a panel is asked of: at the events it names (or all); for pregnancy, of who can bear children."""
    eids = np.array([event.eid for event in story.dictionary.events])[story.visits.event[samples.visit]]
    prefixes = tuple(about.panels[panel])
    asked = np.array([not prefixes or str(eid).startswith(prefixes) for eid in eids], dtype=bool)
    if panel == PREGNANCY:
        asked &= story.conditions.can_bear_children(story.cohort)[samples.subject]
    return asked


def _find_limits(story: Story, test: LaboratoryTest) -> tuple[Floats, Floats]:
    """The normal range of each subject, by sex and age; NaN where the test has none."""
    cohort = story.cohort
    low, high = np.full(len(cohort), np.nan), np.full(len(cohort), np.nan)
    for limits in reversed(test.ranges):
        mine = np.ones(len(cohort), dtype=bool)
        if limits.sex:
            mine &= cohort.female == (limits.sex == "F")
        if limits.to_age is not None:
            mine &= cohort.age <= limits.to_age
        low[mine], high[mine] = limits.low, limits.high
    return low, high


def _measure(story: Story, test: LaboratoryTest, samples: _Samples, draws: Draws) -> Floats:
    """The value of a test in every sample, whether or not it is asked of it."""
    if test.answer:
        return np.zeros(len(samples.subject))
    low, high = (limit[samples.subject] for limit in _find_limits(story, test))
    width, m = high - low, len(samples.subject)
    usual = draws.spread(test.usual.quantiles, len(story.cohort))[samples.subject]
    effect = find_effect(story, samples.subject, samples.day)
    place = usual + draws.fraction(-test.noise, test.noise, m) + test.treatment * effect
    value = low + place * width
    if not test.grades:
        return np.round(value, test.decimals)
    scale = np.where(test.of_limit, high, 1.0)
    mild_low, mild_high = np.array(test.grades[0])[:, None] * scale
    value = np.maximum(value, mild_low) if test.side == "low" else np.minimum(value, mild_high)
    grade = _find_grades(story, test, samples)
    bands = np.array([(0.0, 0.0), *test.grades])
    inside = draws.fraction(bands[grade, 0], bands[grade, 1], m) * scale
    # What is not of the event's grade because the limit lies beyond it is one step out of range.
    step = 10.0**-test.decimals
    out_of_range = np.minimum(inside, low - step) if test.side == "low" else np.maximum(inside, high + step)
    measured: Floats = np.where(grade > 0, out_of_range, value).astype(np.float64)
    return np.round(measured, test.decimals)


def _measure_marker(story: Story, test: LaboratoryTest, baseline: Spread, samples: _Samples, draws: Draws) -> Floats:
    """A tumour marker in every sample: what it was at baseline, times what has become of the sum of the lesions."""
    disease, subject = story.disease, samples.subject
    _, high = (limit[subject] for limit in _find_limits(story, test))
    sums = disease.true.sum(axis=2)
    latest = np.maximum((disease.day[subject] <= samples.day[:, None]).sum(axis=1) - 1, 0)
    ratio = sums[subject, latest] / np.maximum(sums[subject, 0], 1)
    usual = draws.spread(baseline.quantiles, len(story.cohort))[subject]
    noise = 1 + draws.fraction(-test.noise, test.noise, len(subject))
    return np.asarray(np.round(np.maximum(usual * ratio, LEAST_OF_LIMIT) * high * noise, test.decimals))


def _find_grades(story: Story, test: LaboratoryTest, samples: _Samples) -> Ints:
    """The grade of the event that a test shows, at each sample; 0 without one."""
    grade = np.zeros(len(samples.subject), dtype=np.int64)
    if test.event:
        grade = find_grade(read_events(story), test.event, samples.subject, samples.day)
    if test.organ_function:
        criteria = list(story.settings.enrolment.failed_criteria)
        place = criteria.index(ORGAN_CRITERION) if ORGAN_CRITERION in criteria else -2
        fails = (story.cohort.failed == place) | (story.cohort.failed_also == place)
        grade = np.where(fails[samples.subject], np.maximum(grade, 2), grade)
    return np.minimum(grade, len(test.grades))


def _settle_counts(values: dict[str, Floats]) -> None:
    """Neutrophils and lymphocytes are among the leukocytes."""
    if {"WBC", "NEU", "LYM"} <= values.keys():
        values["NEU"] = np.minimum(values["NEU"], np.round(0.8 * values["WBC"], 2))
        values["LYM"] = np.minimum(values["LYM"], np.round(values["WBC"] - values["NEU"], 2))


def _write_results(
    story: Story, test: LaboratoryTest, samples: _Samples, values: Floats, chosen: Ints, lost: Bools
) -> tuple[Rows, Ints]:
    """The rows of one test, and the sample of each."""
    subject, m = samples.subject[chosen], len(chosen)
    low, high = (limit[subject] for limit in _find_limits(story, test))
    value, there = values[chosen], ~lost
    result = constant(test.answer, m) if test.answer else numbers(value, test.decimals)
    flag = choose(m, (there & (value < low), "L"), (there & (value > high), "H"))
    visit, visits = samples.visit[chosen], story.visits
    unscheduled = visits.event[visit] == story.dictionary.event("UNS")
    items = {
        "LBPAT": words_of(subject, _number_subjects(story)),
        "LBVIS": words_of(visits.event[visit], [event.eid for event in story.dictionary.events]),
        "LBREP": numbers(visits.eseq[visit]).where(unscheduled),
        "LBACC": words_of(samples.number[chosen], _number_samples(story, samples)),
        "LBDAT": dates(samples.day[chosen]),
        "LBTIM": times(samples.minute[chosen], np.ones(m, dtype=bool)),
        "LBPANEL": constant(test.panel, m),
        "LBCODE": constant(test.code, m),
        "LBRES": result.where(there),
        "LBUNIT": constant(test.unit, m).where(there) if test.unit else blank(m),
        "LBLOW": numbers(low, test.decimals),
        "LBHIGH": numbers(high, test.decimals),
        "LBFLAG": flag,
        "LBNOTE": constant("HAEM", m).where(lost),
    }
    return Rows("lb", subject, visits.event[visit], visits.day[visit], items, visits.eseq[visit]), chosen


def _number_samples(story: Story, samples: _Samples) -> list[str]:
    """The laboratory's own number of each sample: that of the subject, and a count."""
    subjects = _number_subjects(story)
    count: dict[int, int] = {}
    found = []
    for subject in samples.subject.tolist():
        count[subject] = count.get(subject, 0) + 1
        found.append(f"{subjects[subject]}{count[subject]:03d}")
    return found


def _number_subjects(story: Story) -> list[str]:
    """The laboratory's number of each subject."""
    return [f"CL{number:05d}" for number in story.cohort.roster.registered.tolist()]


def _join_by_sample(story: Story, parts: list[tuple[Rows, Ints]]) -> Rows:
    """The rows of all tests by the laboratory's numbers, those of a sample side by side in the order of the tests."""
    rows = join_rows([part for part, _ in parts])
    sample = np.concatenate([sample for _, sample in parts])
    order = np.lexsort((sample, story.cohort.roster.registered[rows.subject]))
    items = {name: words.take(order) for name, words in rows.items.items()}
    return Rows("lb", rows.subject[order], rows.event[order], rows.day[order], items, rows.event_sequence[order])
