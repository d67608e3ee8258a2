"""Physical examinations by body system: what goes on is seen or felt, and some findings are there from the start."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cdisc_conv.simulate.course.ongoing import find_grade
from cdisc_conv.simulate.course.story import Events, Story, read_events
from cdisc_conv.simulate.forms.visits import choose_visits
from cdisc_conv.simulate.settings.examinations import BodySystem, Examination
from cdisc_conv.simulate.tables.draws import Bools, Draws, Ints
from cdisc_conv.simulate.tables.rows import Rows, join_rows
from cdisc_conv.simulate.tables.words import choose, constant, dates, words_of

PHYSICAL_FORMS = ("pe",)
SIGNIFICANT = 2
"""The grade from which on what an event shows is clinically significant."""


def make_physical(story: Story, draws: Draws) -> Iterator[Rows]:
    """A row per body system at each examination; one row of an examination that was not done."""
    about = story.settings.physical
    if about is None:  # the settings were checked against the data dictionary
        raise KeyError("physical")
    visits, events = story.visits, read_events(story)
    chosen = choose_visits(story.visits, story.dictionary, about.visits, about.every_maintenance_cycles)
    place = np.flatnonzero(chosen)
    # What eligibility is judged by is done.
    first = visits.event[place] == story.dictionary.event("SCR")
    done = ~draws.chance(about.not_done, len(place)) | first
    reasons = story.settings.untidiness.not_done_reasons
    missed, reason = place[~done], words_of(draws.pick(reasons, len(place)), reasons).take(~done)
    parts = [_make_rows(story, missed, {"PEYN": constant("N", len(missed)), "PEND": reason})]
    parts += [_examine(story, about, system, place[done], events, draws) for system in about.systems]
    rows = join_rows(parts)
    position = np.concatenate([missed, *[place[done]] * len(about.systems)])
    order = np.argsort(position, kind="stable")
    items = {name: words.take(order) for name, words in rows.items.items()}
    yield Rows("pe", rows.subject[order], rows.event[order], rows.day[order], items, rows.event_sequence[order])


def _make_rows(story: Story, place: Ints, items: dict) -> Rows:  # type: ignore[type-arg]
    visits = story.visits
    return Rows("pe", visits.subject[place], visits.event[place], visits.day[place], items, visits.eseq[place])


def _examine(story: Story, about: Examination, system: BodySystem, place: Ints, events: Events, draws: Draws) -> Rows:
    """One body system at all examinations."""
    subject, day, m = story.visits.subject[place], story.visits.day[place], len(place)
    texts = [*system.usual_findings, *(text for texts in system.events.values() for text in texts)]
    finding, grade = _find_usual(story, system, subject, draws), np.zeros(m, dtype=np.int64)
    for term, words in system.events.items():
        mine = find_grade(events, term, subject, day)
        chosen = texts.index(words[0]) + draws.whole(0, len(words) - 1, len(story.cohort))[subject]
        finding, grade = np.where(mine > grade, chosen, finding), np.maximum(grade, mine)
    left_out = draws.chance(about.not_examined, m) & (finding < 0)
    abnormal: Bools = finding >= 0
    reasons = story.settings.untidiness.not_done_reasons
    return _make_rows(story, place, {
        "PEYN": constant("Y", m),
        "PEND": words_of(draws.pick(reasons, m), reasons).where(left_out),
        "PEDAT": dates(day),
        "PESYS": constant(system.code, m),
        "PERES": choose(m, (abnormal, "A"), (left_out, "ND"), otherwise="N"),
        "PEDESC": words_of(finding, texts),
        "PECS": choose(m, (abnormal & (grade >= SIGNIFICANT), "Y"), (abnormal, "N")),
    })  # fmt: skip


def _find_usual(story: Story, system: BodySystem, subject: Ints, draws: Draws) -> Ints:
    """Which finding a subject has from the start; -1 for none."""
    n = len(story.cohort)
    has = draws.chance(system.usually_abnormal, n) if system.usual_findings else np.zeros(n, dtype=bool)
    which = draws.whole(0, max(len(system.usual_findings) - 1, 0), n)
    usual: Ints = np.where(has, which, -1)[subject]
    return usual
