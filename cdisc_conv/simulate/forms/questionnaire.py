"""The subjects' own answers about nausea and sleep, at screening, before each cycle and at the end of each phase."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cdisc_conv.simulate.course.ongoing import find_grade
from cdisc_conv.simulate.course.story import Story, read_events
from cdisc_conv.simulate.settings.topics import Question, Questionnaire
from cdisc_conv.simulate.tables.draws import Draws, Ints
from cdisc_conv.simulate.tables.rows import Rows
from cdisc_conv.simulate.tables.words import NO_DAY, dates, words_of, yes_no

QUESTIONNAIRE_FORMS = ("qs",)
NOT_ASKED = ("UNS", "SAFU")
ANSWERS = ("0", "1", "2", "3", "4")


def make_questionnaire(story: Story, draws: Draws) -> Iterator[Rows]:
    """A form per visit; the answers follow the adverse events that go on that day."""
    about = story.settings.questionnaire
    if about is None:  # the settings were checked against the data dictionary
        raise KeyError("questionnaire")
    visits, events = story.visits, story.dictionary.events
    asked = ~np.isin(visits.event, [place for place, event in enumerate(events) if event.eid in NOT_ASKED])
    subject, event, day = visits.subject[asked], visits.event[asked], visits.day[asked]
    m, reasons = len(subject), story.settings.untidiness.not_done_reasons
    done = ~draws.chance(about.not_done, m)
    answers: dict[str, Ints] = {}
    for question in about.questions:
        if question.follows:  # who has none of it at all is not bothered by it either
            other = answers[question.follows]
            answer = np.where(other == 0, 0, np.clip(other + _draw_steps(about, m, draws), 1, len(ANSWERS) - 1))
        else:
            answer = _answer(story, about, question, subject, day, draws)
        answers[question.item] = answer
    items = {
        "QSYN": yes_no(done),
        "QSND": words_of(draws.pick(reasons, m), reasons).where(~done),
        "QSDAT": dates(np.where(done, day, NO_DAY)),
        **{item: words_of(answer, ANSWERS).where(done) for item, answer in answers.items()},
    }
    yield Rows("qs", subject, event, day, items)


def _draw_steps(about: Questionnaire, count: int, draws: Draws) -> Ints:
    """One step up or down now and then."""
    luck = draws.even(count)
    steps: Ints = np.where(luck < about.changes / 2, 1, np.where(luck > 1 - about.changes / 2, -1, 0))
    return steps


def _answer(story: Story, about: Questionnaire, question: Question, subject: Ints, day: Ints, draws: Draws) -> Ints:
    """The subject's usual answer, a step now and then, the effect of thalidomide, and the event that goes on."""
    n, m = len(story.cohort), len(subject)
    usual = draws.pick(question.screening, n)[subject]
    steps = _draw_steps(about, m, draws)
    on_treatment = (day > story.cohort.first_dose[subject]) & (day <= story.course.treatment_end[subject])
    helped = draws.chance(question.helped_by_treatment, m) & on_treatment
    grade = find_grade(read_events(story), question.term, subject, day)
    answer: Ints = np.clip(usual + steps - helped + grade, 0, len(ANSWERS) - 1)
    return answer
