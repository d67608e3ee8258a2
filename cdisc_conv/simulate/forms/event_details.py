"""What is asked of single adverse events: hospital stays, findings about neuropathy, comments."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cdisc_conv.simulate.course.story import Events, Story, read_events
from cdisc_conv.simulate.settings.topics import Details
from cdisc_conv.simulate.tables.draws import Draws, Ints
from cdisc_conv.simulate.tables.rows import Rows, no_days, rank_within
from cdisc_conv.simulate.tables.words import NO_DAY, dates, is_word, numbers, words_of, yes_no

DETAIL_FORMS = ("ho", "fa", "co")


def make_event_details(story: Story, draws: Draws) -> Iterator[Rows]:
    """A stay for each event that needed the hospital, questions about each neuropathy, comments on severe events."""
    about = story.settings.details
    if about is None:  # the settings were checked against the data dictionary
        raise KeyError("details")
    events = read_events(story)
    yield _make_stays(story, about, events, draws)
    yield _make_findings(story, about, events, draws)
    yield _make_comments(story, about, events, draws)


def _last_seen(story: Story, subject: Ints) -> Ints:
    """The last day on which anything can happen to a subject; the day of death is one."""
    last: Ints = np.where(story.cohort.enrolled, story.course.off, story.cohort.decision_day)[subject]
    return last


def _log(story: Story, form: str, events: Events, items: dict) -> Rows:  # type: ignore[type-arg]
    m = len(events.subject)
    event = np.full(m, story.dictionary.event("LOG"))
    return Rows(form, events.subject, event, no_days(m), items, fseq=rank_within(events.subject, events.start))


def _make_stays(story: Story, about: Details, events: Events, draws: Draws) -> Rows:
    """From the day on which the event became serious to discharge, or death; ongoing where the subject left before."""
    events = events.take(events.hospital)
    m = len(events.subject)
    last = _last_seen(story, events.subject)
    start = np.minimum(events.start + draws.whole(0, 1, m), last)
    # Stays are asked of the time in the study.
    start = np.maximum(start, story.cohort.roster.consent[events.subject])
    start = np.where((events.end != NO_DAY) & (start > events.end), events.start, start)
    end = start + draws.whole(*about.stay_days, m)
    end = np.where(events.end == NO_DAY, end, np.minimum(end, events.end))
    end = np.where(events.fatal, events.end, end)
    unknown = end > last
    intensive = (events.grade >= 4) & draws.chance(about.intensive_care_grade_4, m)
    items = {
        "HOTERM": words_of(intensive.astype(np.int64), ("WARD", "ICU")),
        "HOAENO": numbers(events.number),
        "HOSTDAT": dates(start),
        "HOENDAT": dates(np.where(unknown, NO_DAY, end)),
        "HOONGO": yes_no(unknown),
    }
    return _log(story, "ho", events, items)


def _make_findings(story: Story, about: Details, events: Events, draws: Draws) -> Rows:
    """What an oncologist asks of a neuropathy by oxaliplatin or thalidomide."""
    events = events.take(is_word(events.term, about.neuropathy))
    m = len(events.subject)
    limits = draws.chance(np.array((*about.daily_activities_by_grade, 0.0))[events.grade - 1], m)
    items = {
        "FAAENO": numbers(events.number),
        "FADAT": dates(events.start),
        "FACOLD": yes_no(draws.chance(about.provoked_by_cold, m)),
        "FAHANDS": yes_no(np.ones(m, dtype=bool)),
        "FAFEET": yes_no(draws.chance(about.feet_too, m)),
        "FALIMIT": yes_no(limits),
    }
    return _log(story, "fa", events, items)


def _make_comments(story: Story, about: Details, events: Events, draws: Draws) -> Rows:
    chosen = draws.chance(np.array(about.comments_by_grade)[events.grade - 1], len(events.subject))
    events = events.take(chosen & (events.start >= story.cohort.roster.consent[events.subject]))
    m = len(events.subject)
    day = np.minimum(events.start + draws.whole(0, 3, m), _last_seen(story, events.subject) - 1)
    items = {
        "COAENO": numbers(events.number),
        "CODAT": dates(np.maximum(day, story.cohort.roster.consent[events.subject])),
        "COVAL": words_of(draws.whole(0, len(about.comments) - 1, m), about.comments),
    }
    return _log(story, "co", events, items)
