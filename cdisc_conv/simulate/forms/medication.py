"""Prior and concomitant medication: for adverse events, before infusions, and for many weeks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cdisc_conv.simulate.course.story import Story, read_events
from cdisc_conv.simulate.settings.model import Settings
from cdisc_conv.simulate.settings.topics import Medication
from cdisc_conv.simulate.tables.draws import Draws, Ints
from cdisc_conv.simulate.tables.rows import Rows, join_rows, no_days, rank_within
from cdisc_conv.simulate.tables.untidy import Blur
from cdisc_conv.simulate.tables.words import NO_DAY, Words, blank, constant, dates, numbers, words_of, yes_no

MEDICATION_FORMS = ("cm",)
PREMEDICATION = "Prophylaxis of nausea and vomiting"


@dataclass(frozen=True, slots=True)
class _Spells:
    """Medications before they are a form, one row each; `event` is the number of the adverse event, -1 without."""

    subject: Ints
    drug: Ints
    start: Ints
    end: Ints
    indication: Words
    event: Ints


def make_medication(story: Story, draws: Draws) -> Iterator[Rows]:
    """The log of medication: a form per spell, one saying "none" for subjects without."""
    about = story.settings.medication
    if about is None:  # the settings were checked against the data dictionary
        raise KeyError("medication")
    spells = [_treat_events(story, about, draws), *_premedicate(story, about), *_take_long(story, about, draws)]
    parts = [_make_rows(story, about, part, draws) for part in spells]
    rows = join_rows(parts)
    start = np.concatenate([part.start for part in spells])
    rows = Rows("cm", rows.subject, rows.event, rows.day, rows.items, fseq=rank_within(rows.subject, start))
    without = np.setdiff1d(np.arange(len(story.cohort)), rows.subject)
    event = np.full(len(without), story.dictionary.event("LOG"))
    yield join_rows([rows, Rows("cm", without, event, no_days(len(without)), {"CMYN": constant("N", len(without))})])


def blur_medication(settings: Settings) -> dict[str, dict[str, Blur]]:
    """Starts of which parts are unknown: of what was begun before consent, for another reason than an event."""
    about = settings.medication
    if about is None:
        return {}
    known = {*(each.indication for each in about.long if each.from_first_dose), PREMEDICATION}
    blur = Blur(
        about.start_day_unknown,
        about.start_month_unknown,
        lambda frame: ((frame["CMAENO"] == "") & ~frame["CMINDC"].isin(known)).to_numpy(),
    )
    return {"cm": {"CMSTDAT": blur}}


def _find_drug(about: Medication, name: str) -> int:
    return [drug.drug for drug in about.drugs].index(name)


def _treat_events(story: Story, about: Medication, draws: Draws) -> _Spells:
    """A drug for each event that was treated, from its beginning to its end; a later start where it lasts."""
    events = read_events(story)
    events = events.take(events.treated)
    m = len(events.subject)
    choices = [about.for_events.get(term, ()) for term in events.term.words]
    sizes = np.array([len(names) for names in choices] + [0])[events.term.codes]
    events, chance = events.take(sizes > 0), draws.even(m)[sizes > 0]
    within = np.floor(chance * sizes[sizes > 0]).astype(np.int64)
    table = np.full((len(choices), max((len(names) for names in choices), default=1)), -1)
    for row, names in enumerate(choices):
        table[row, : len(names)] = [_find_drug(about, name) for name in names]
    end = events.end - events.fatal  # nothing is given on the day of death
    start = np.where(end == NO_DAY, events.start, np.clip(events.start + 1, None, np.maximum(end, events.start)))
    # Before the consent to the study a medicine for what began before it was taken already.
    start = np.where(events.start < story.cohort.roster.consent[events.subject], events.start, start)
    last = np.where(story.cohort.enrolled, story.course.seen_until(), story.cohort.decision_day)[events.subject]
    start = np.minimum(start, np.maximum(last, events.start))
    drug = table[events.term.codes, within]
    return _Spells(events.subject, drug, start, end, events.term, events.number)


def _premedicate(story: Story, about: Medication) -> Iterator[_Spells]:
    """Drugs before the infusions: one spell from the first to the last infusion."""
    given = story.course.given
    (subject,) = np.nonzero(story.course.treated)
    last = given.shape[1] - 1 - given[subject, ::-1].argmax(axis=1)
    starts = story.course.plan.start
    for name in about.premedication:
        drug = np.full(len(subject), _find_drug(about, name))
        reason = constant(PREMEDICATION, len(subject))
        none = np.full(len(subject), -1)
        yield _Spells(subject, drug, starts[subject, 0], starts[subject, last], reason, none)


def _take_long(story: Story, about: Medication, draws: Draws) -> Iterator[_Spells]:
    """Medications that go on through the study: for a condition, before consent, or from the first dose."""
    n, consent = len(story.cohort), story.cohort.roster.consent
    for each in about.long:
        taken = draws.chance(each.subjects, n)
        start = consent - draws.whole(*each.days_before_consent, n)
        if each.condition:
            taken = taken & story.conditions.has(each.condition)
            since = story.conditions.since(each.condition)
            start = since + np.floor((consent - since) * draws.fraction(0, 0.9, n)).astype(np.int64)
        if each.from_first_dose:
            taken = taken & story.course.treated
            start = story.cohort.first_dose
        (subject,) = np.nonzero(taken)
        m = len(subject)
        drug, none = np.full(m, _find_drug(about, each.drug)), np.full(m, -1)
        yield _Spells(subject, drug, start[subject], np.full(m, NO_DAY), constant(each.indication, m), none)


def _make_rows(story: Story, about: Medication, spells: _Spells, draws: Draws) -> Rows:
    m, drugs = len(spells.subject), about.drugs
    typed = [text for drug in drugs for text in drug.verbatim]
    sizes = np.array([len(drug.verbatim) for drug in drugs])
    first = np.r_[0, np.cumsum(sizes)[:-1]]
    within = np.floor(draws.even(m) * sizes[spells.drug]).astype(np.int64)

    def of_drug(words: list[str]) -> Words:
        distinct = list(dict.fromkeys(words))
        return words_of(np.array([distinct.index(word) for word in words])[spells.drug], distinct)

    items = {
        "CMYN": constant("Y", m),
        "CMTRT": words_of(first[spells.drug] + within, typed),
        "CMDECOD": of_drug([drug.drug for drug in drugs]),
        "CMDRUGCD": of_drug([str(about.drug_codes + 1 + place) for place in range(len(drugs))]),
        "CMCLAS": of_drug([drug.category for drug in drugs]),
        "CMCLASCD": of_drug([drug.atc for drug in drugs]),
        "CMINDC": spells.indication,
        "CMAENO": numbers(spells.event, 0, spells.event >= 0) if m else blank(m),
        "CMDSTXT": numbers(np.array([drug.dose for drug in drugs])[spells.drug], 2),
        "CMDOSU": of_drug([drug.unit for drug in drugs]),
        "CMDOSFRM": of_drug([drug.form for drug in drugs]),
        "CMDOSFRQ": of_drug([drug.frequency for drug in drugs]),
        "CMROUTE": of_drug([drug.route for drug in drugs]),
        "CMSTDAT": dates(spells.start),
        "CMENDAT": dates(spells.end),
        "CMONGO": yes_no(spells.end == NO_DAY),
    }
    event = np.full(m, story.dictionary.event("LOG"))
    return Rows("cm", spells.subject, event, no_days(m), items)
