"""What goes on with a subject on a day: adverse events, and how far treatment has its effect."""

from __future__ import annotations

import numpy as np

from cdisc_conv.simulate.course.story import Events, Story
from cdisc_conv.simulate.course.time import CYCLE_DAYS
from cdisc_conv.simulate.tables.draws import NEVER, Floats, Ints
from cdisc_conv.simulate.tables.words import NO_DAY, is_word

FULL_EFFECT_DAYS = 4 * CYCLE_DAYS
"""Days of treatment after which its effect is whole."""
EFFECT_OF_MAINTENANCE = 0.4


def find_effect(story: Story, subject: Ints, day: Ints) -> Floats:
    """How much of its effect the treatment has on a day: it grows with the cycles, and is less in maintenance."""
    course = story.course
    growing = np.clip((day - story.cohort.first_dose[subject]) / FULL_EFFECT_DAYS, 0, 1)
    after = day > course.combination_end[subject] + CYCLE_DAYS
    return np.where(course.treated[subject], growing * np.where(after, EFFECT_OF_MAINTENANCE, 1.0), 0.0)


def find_grade(events: Events, term: str, subject: Ints, day: Ints) -> Ints:
    """The highest grade of the events of a term that go on in a subject on a day; 0 without one."""
    events = events.take(is_word(events.term, term))
    grade = np.zeros(len(subject), dtype=np.int64)
    end = np.where(events.end == NO_DAY, NEVER, events.end)
    order = np.argsort(subject, kind="stable")
    first = np.searchsorted(subject[order], events.subject, side="left")
    lengths = np.searchsorted(subject[order], events.subject, side="right") - first
    event = np.repeat(np.arange(len(events.subject)), lengths)
    steps = np.arange(len(event)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    row = order[first[event] + steps]
    lasts = (day[row] >= events.start[event]) & (day[row] <= end[event])
    np.maximum.at(grade, row[lasts], events.grade[event[lasts]])
    return grade
