"""The adverse event log: what was typed, how it was coded and judged, what was done and how it ended."""

from __future__ import annotations

import numpy as np

from cdisc_conv.simulate.course.adverse_events import ACTIONS, DRUGS, FATAL_GRADE, MOST_UNCHANGED, Events
from cdisc_conv.simulate.course.exposure import CAPECITABINE, OXALIPLATIN, WITHDRAWN
from cdisc_conv.simulate.course.subjects import Cohort
from cdisc_conv.simulate.course.time import OFF_DEATH, OFF_LTFU, Course
from cdisc_conv.simulate.settings.dictionary import Dictionary
from cdisc_conv.simulate.settings.model import Settings
from cdisc_conv.simulate.tables.draws import Bools, Draws, Ints
from cdisc_conv.simulate.tables.rows import Rows, join_rows, no_days, rank_within
from cdisc_conv.simulate.tables.words import NO_DAY, Words, choose, constant, dates, times, words_of, yes_no


def make_adverse_event_log(
    settings: Settings, cohort: Cohort, course: Course, events: Events, dictionary: Dictionary, draws: Draws
) -> Rows:
    """One form per event, and one that says "none" for each subject without."""
    rows = _make_rows(settings, cohort, course, events, dictionary, draws)
    return join_rows([rows, _make_none(len(cohort), events, dictionary)])


def _make_none(n: int, events: Events, dictionary: Dictionary) -> Rows:
    without = np.setdiff1d(np.arange(n), events.subject)
    event = np.full(len(without), dictionary.event("LOG"))
    return Rows("ae", without, event, no_days(len(without)), {"AEYN": constant("N", len(without))})


def _make_rows(
    settings: Settings,
    cohort: Cohort,
    course: Course,
    events: Events,
    dictionary: Dictionary,
    draws: Draws,
) -> Rows:
    m = len(events.subject)
    items = {
        "AEYN": constant("Y", m),
        "AESTDAT": dates(events.start),
        "AESTTIM": times(events.minute, events.minute >= 0),
        "AEENDAT": dates(events.end),
        "AEONGO": yes_no(events.end == NO_DAY),
        "AETOXGR": words_of(events.grade - 1, ("1", "2", "3", "4", "5")),
        **_code_terms(settings, events, draws),
        **_judge_seriousness(settings, events, draws),
        **_attribute(settings, cohort, course, events, draws),
        # Who dies on the day on which it begins is not treated for it.
        "AECONTRT": yes_no(
            _by_grade(settings.adverse_events.treated_by_grade, events.grade, draws)
            & ~(events.fatal & (events.start == events.end))
        ),
        "AEOUT": _name_outcome(settings, course, events, draws),
    }
    fseq = rank_within(events.subject, events.start)
    event = np.full(m, dictionary.event("LOG"))
    return Rows("ae", events.subject, event, no_days(m), items, fseq=fseq)


def _code_terms(settings: Settings, events: Events, draws: Draws) -> dict[str, Words]:
    """What was typed, and the dictionary's levels: terms as published by CTCAE, invented words and codes above."""
    terms, base, m = settings.adverse_events.terms, settings.adverse_events.codes, len(events.subject)
    typed: list[str] = []
    first, sizes, long_first = [], [], []
    for term in terms:
        for grade in ("1", "2", "3", "4", "5"):
            words = [*term.verbatim, *term.by_grade.get(grade, ())]
            # What a death is called is said by its own words where there are some.
            words = list(term.by_grade.get(grade, words)) if int(grade) == FATAL_GRADE else words
            first.append(len(typed))
            sizes.append(len(words))
            typed.extend(words)
        long_first.append(len(typed))
        typed.extend(text.replace("{text}", term.verbatim[0]) for text in settings.untidiness.long_verbatims)
    kind = events.term * FATAL_GRADE + events.grade - 1
    plain = np.array(first)[kind] + np.floor(draws.even(m) * np.array(sizes)[kind]).astype(np.int64)
    tales = len(settings.untidiness.long_verbatims)
    long = np.array(long_first)[events.term] + draws.whole(0, tales - 1, m)
    # The long ones are about complaints, not about values, that need no change of dosing.
    complaint = np.array([not term.laboratory for term in terms])[events.term]
    complaint &= (events.grade <= MOST_UNCHANGED) & (events.action == 0)
    is_long = draws.chance(settings.untidiness.long_verbatim, m) & complaint
    items = {"AETERM": words_of(np.where(is_long, long, plain), typed)}
    names = [term.term for term in terms]
    levels = {
        "AELLT": (names, base.llt),
        "AEPT": (names, base.pt),
        "AEHLT": ([f"Synthetic HLT {term.group.lower()}" for term in terms], base.hlt),
        "AEHLGT": ([f"Synthetic HLGT {term.soc.split()[0].lower()}" for term in terms], base.hlgt),
        "AESOC": ([term.soc for term in terms], base.soc),
    }
    for item, (words, code) in levels.items():
        distinct = list(dict.fromkeys(words))
        position = np.array([distinct.index(word) for word in words])[events.term]
        items[item] = words_of(position, distinct)
        items[f"{item}CD"] = words_of(position, [str(code + 1 + k) for k in range(len(distinct))])
    return items | {"AECTCTRM": words_of(events.term, names)}


def _by_grade(probabilities: tuple[float, ...], grade: Ints, draws: Draws) -> Bools:
    by_grade = np.array([*probabilities, 1.0])
    return draws.chance(by_grade[grade - 1], len(grade))


def _judge_seriousness(settings: Settings, events: Events, draws: Draws) -> dict[str, Words]:
    about, m = settings.adverse_events, len(events.subject)
    serious = _by_grade(about.serious_by_grade, events.grade, draws) | events.fatal
    threat = serious & (events.grade == 4) & draws.chance(about.life_threatening_grade_4, m)
    hospital = serious & draws.chance(about.hospitalized, m)
    other = serious & ~(threat | hospital | events.fatal)
    never = np.zeros(m, dtype=bool)
    answers = {
        "AESDTH": events.fatal,
        "AESLIFE": threat,
        "AESHOSP": hospital,
        "AESDISAB": never,
        "AESCONG": never,
        "AESMIE": other,
    }
    return {"AESER": yes_no(serious)} | {item: yes_no(answer, serious) for item, answer in answers.items()}


def _attribute(settings: Settings, cohort: Cohort, course: Course, events: Events, draws: Draws) -> dict[str, Words]:
    """Relationship to and action taken with each drug.

    A drug that was never given before the event is not related, and nothing was done with a drug that was no longer,
    or not yet, being given. A dose change names the drug; when treatment is stopped, all current drugs are withdrawn.
    """
    about, m, subject = settings.adverse_events, len(events.subject), events.subject
    related = np.array([term.related for term in about.terms])[events.term]
    began = events.start >= cohort.first_dose[subject]
    items = {}
    for drug, short in enumerate(DRUGS):
        short_lived = drug in (OXALIPLATIN, CAPECITABINE)
        until = (course.combination_end if short_lived else course.treatment_end)[subject]
        current = began & (events.start < until)
        stopped = (events.action == ACTIONS.index(WITHDRAWN)) & current
        changed = ((events.drug == drug) & (events.action > 0)) | stopped
        caused = changed | (draws.chance(related[:, drug], m) & began & (events.start <= until + 30))
        words = words_of(draws.pick(about.related_words, m), about.related_words)
        unlikely = draws.chance(about.unlikely, m) & began
        items[f"AEREL{short}"] = words.where(caused).fill(choose(m, (unlikely, "UNLIKELY"), otherwise="NOT"))
        action = words_of(np.where(changed, events.action, 0), ACTIONS).where(changed)
        items[f"AEACN{short}"] = action.fill(choose(m, (~current | events.fatal, "NA"), otherwise="NONE"))
    return items


def _name_outcome(settings: Settings, course: Course, events: Events, draws: Draws) -> Words:
    about, m = settings.adverse_events, len(events.subject)
    ongoing = events.end == NO_DAY
    lost = course.off_reason[events.subject] == OFF_LTFU
    dead = course.off_reason[events.subject] == OFF_DEATH
    unknown = ongoing & ~dead & (lost | draws.chance(about.unknown_outcome, m))
    return choose(
        m,
        (events.fatal, "FATAL"),
        (unknown, "UNK"),
        (ongoing & ~dead & draws.chance(about.recovering, m), "RECOVERING"),
        (ongoing, "NOTRECOV"),
        (draws.chance(about.sequelae, m), "SEQUELAE"),
        otherwise="RECOVERED",
    )
