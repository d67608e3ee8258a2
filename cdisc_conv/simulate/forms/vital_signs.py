"""Blood pressure, pulse and temperature at the visits, and electrocardiograms whose rate is that of the pulse.

Values that would be an adverse event of their own (a blood pressure of grade 2, a fever) are measured only while that
event goes on; so the form of adverse events never lacks what is measured here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from cdisc_conv.simulate.course.ongoing import find_effect, find_grade
from cdisc_conv.simulate.course.story import Events, Story, read_events
from cdisc_conv.simulate.forms.visits import choose_visits
from cdisc_conv.simulate.settings.examinations import Electrocardiograms, Sign, VitalSigns
from cdisc_conv.simulate.tables.draws import Bools, Draws, Floats, Ints
from cdisc_conv.simulate.tables.rows import Rows
from cdisc_conv.simulate.tables.words import (
    NO_DAY,
    Words,
    choose,
    dates,
    is_word,
    numbers,
    times,
    words_of,
    yes_no,
)

VITAL_FORMS = ("eg",)
VITAL_ITEMS = {"vs": ("VSPOS", "SYSBP", "DIABP", "PULSE", "TEMP")}
"""Items that are added to the form of vital signs."""
PULSE = "PULSE"
SLOW, FAST = 60, 100
"""Beats per minute of a normal rhythm, both included."""
LONGEST_PR, LONGEST_QRS, LONGEST_QTCF, LONGER_IN_WOMEN = 200, 119, 450, 20
"""Milliseconds up to which an interval is normal."""
NO_FINDING = "NONE"


def make_vital_signs_and_tracings(story: Story, draws: Draws) -> Iterator[Rows]:
    """Items of the form of vital signs, one row for each of its rows, and the form of electrocardiograms."""
    about, tracings = story.settings.vital_signs, story.settings.electrocardiograms
    if about is None or tracings is None:  # the settings were checked against the data dictionary
        raise KeyError("vital_signs")
    values = _measure(story, about, draws)
    yield _write_signs(story, about, values, draws)
    yield _make_tracings(story, tracings, values[PULSE], draws)


def _measure(story: Story, about: VitalSigns, draws: Draws) -> dict[str, Floats]:
    """The value of every sign at every visit, whether or not it was measured."""
    events, values = read_events(story), dict[str, Floats]()
    for sign in about.signs:
        values[sign.item] = _measure_sign(story, sign, values, events, draws)
    return values


def _measure_sign(story: Story, sign: Sign, others: Mapping[str, Floats], events: Events, draws: Draws) -> Floats:
    visits, n = story.visits, len(story.cohort)
    subject, day, m = visits.subject, visits.day, len(visits.subject)
    value = draws.spread(sign.usual.quantiles, n)[subject] + draws.fraction(-sign.noise, sign.noise, m)
    if sign.follows:
        value = value + sign.times * others[sign.follows]
    value += sign.treatment * find_effect(story, subject, day)
    for term, difference in sign.conditions.items():
        value += difference * story.conditions.has(term)[subject]
    for term, difference in sign.events.items():
        value += difference * (find_grade(events, term, subject, day) > 0)
    value = np.clip(value, *sign.limits)
    for term, ranges in sign.grades.items():
        grade = np.minimum(find_grade(events, term, subject, day), len(ranges))
        bands = np.array([(0.0, 0.0), *ranges])
        shown = draws.fraction(bands[grade, 0], bands[grade, 1], m)
        value = np.where(grade > 0, shown, value)
    return np.asarray(np.round(value, sign.decimals))


def _write_signs(story: Story, about: VitalSigns, values: Mapping[str, Floats], draws: Draws) -> Rows:
    """What is measured is measured in all of them or in none, as the form says of weight."""
    rows = story.core["vs"]
    done, m = is_word(rows.items["VSYN"], "Y"), len(rows)
    position = words_of(draws.pick(about.positions, len(story.cohort))[rows.subject], about.positions)
    items = {"VSPOS": position.where(done)}
    items |= {sign.item: numbers(values[sign.item], sign.decimals, done) for sign in about.signs}
    assert m == len(story.visits.subject)  # the form has a row for every visit
    return Rows("vs", rows.subject, rows.event, rows.day, items, rows.eseq)


def _make_tracings(story: Story, about: Electrocardiograms, pulse: Floats, draws: Draws) -> Rows:
    visits, cohort = story.visits, story.cohort
    chosen = choose_visits(story.visits, story.dictionary, about.visits, about.every_maintenance_cycles)
    subject, day, m = visits.subject[chosen], visits.day[chosen], int(chosen.sum())
    done, reasons = ~draws.chance(about.not_done, m), story.settings.untidiness.not_done_reasons
    rate = pulse[chosen].astype(np.int64) + draws.whole(-about.rate_differs, about.rate_differs, m)
    women = cohort.female[subject]
    pr, qrs = (_draw_interval(about, spread.quantiles, story, subject, draws) for spread in (about.pr_ms, about.qrs_ms))
    longer = about.qtcf_longer_in_women_ms * women
    longer = longer + about.qtcf_longer_on_treatment_ms * find_effect(story, subject, day)
    corrected = _draw_interval(about, about.qtcf_ms.quantiles, story, subject, draws) + longer
    qt = np.rint(np.minimum(corrected, about.longest_qtcf_ms) * np.cbrt(60 / rate)).astype(np.int64)
    # As the EDC calculates it from what was entered (Fridericia).
    qtcf = np.rint(qt / np.cbrt(60 / rate)).astype(np.int64)
    other, acute = _find_others(story, about, subject, day, draws)
    rhythm = choose(m, (rate < SLOW, "SB"), (rate > FAST, "ST"), otherwise="SR")
    long = (pr > LONGEST_PR) | (qrs > LONGEST_QRS) | (qtcf > LONGEST_QTCF + LONGER_IN_WOMEN * women)
    abnormal = long | ~is_word(rhythm, "SR") | ~is_word(other, NO_FINDING)
    items = {
        "EGYN": yes_no(done),
        "EGND": words_of(draws.pick(reasons, m), reasons).where(~done),
        "EGDAT": dates(np.where(done, day, NO_DAY)),
        "EGTIM": times(draws.whole(*about.minutes, m), done),
        "EGHR": numbers(rate, 0, done),
        "EGPR": numbers(pr, 0, done),
        "EGQRS": numbers(qrs, 0, done),
        "EGQT": numbers(qt, 0, done),
        "EGQTCF": numbers(qtcf, 0, done),
        "EGRHY": rhythm.where(done),
        "EGOTH": other.where(done),
        "EGINTP": choose(m, (acute, "CS"), (abnormal, "NCS"), otherwise="N").where(done),
    }
    return Rows("eg", subject, visits.event[chosen], day, items, visits.eseq[chosen])


def _draw_interval(
    about: Electrocardiograms, quantiles: tuple[float, ...], story: Story, subject: Ints, draws: Draws
) -> Ints:
    """An interval of each subject, a little different every time."""
    usual = draws.spread(quantiles, len(story.cohort))[subject]
    interval: Ints = np.rint(usual + draws.fraction(-about.noise_ms, about.noise_ms, len(subject))).astype(np.int64)
    return interval


def _find_others(
    story: Story, about: Electrocardiograms, subject: Ints, day: Ints, draws: Draws
) -> tuple[Words, Bools]:
    """The finding beside the rhythm, and whether it comes from an event: from then on it stays."""
    events, names = read_events(story), list(dict.fromkeys([*about.others, *about.of_events.values()]))
    code = draws.pick(about.others, len(story.cohort))[subject]
    acute = np.zeros(len(subject), dtype=bool)
    for term, finding in about.of_events.items():
        mine = events.take(is_word(events.term, term))
        since = np.full(len(story.cohort), np.iinfo(np.int64).max)
        np.minimum.at(since, mine.subject, mine.start)
        seen = day > since[subject]
        code, acute = np.where(seen, names.index(finding), code), acute | seen
    return words_of(code, names), acute
