"""The forms of the independent review: lesions and responses by reader, and the adjudicator's choice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cdisc_conv.simulate.course.response import RESPONSES
from cdisc_conv.simulate.course.review import ALWAYS_TARGETS, READERS, Reading, needs_adjudication, read_scans
from cdisc_conv.simulate.course.story import Story
from cdisc_conv.simulate.course.tumours import (
    MERGED,
    MOST_NON_TARGETS,
    NO_LESION,
    NON_TARGET_STATES,
    NOTASSESSED,
    NT_NOTASSESSED,
    SPLIT,
    STATES,
)
from cdisc_conv.simulate.forms.tumours import SLOT_NAMES, draw_places
from cdisc_conv.simulate.settings.model import ASSESSMENT_WEEKS, MOST_TARGETS
from cdisc_conv.simulate.tables.draws import NEVER, Draws, Ints
from cdisc_conv.simulate.tables.rows import Rows, join_rows, no_days
from cdisc_conv.simulate.tables.words import NO_DAY, Words, choose, constant, dates, numbers, words_of, yes_no

REVIEW_FORMS = ("rtl", "rntl", "rnl", "rrs", "radj")


def make_review(story: Story, draws: Draws) -> Iterator[Rows]:
    """The five forms of the review. Readers number their lesions themselves; a form of the second reader has FSEQ 2."""
    about = story.settings.review
    if about is None:  # the settings were checked against the data dictionary
        raise KeyError("review")
    readings = read_scans(story, about, draws)
    for make in (_make_targets, _make_non_targets, _make_new_lesions, _make_responses):
        yield join_rows([make(story, reading, number, draws) for number, reading in enumerate(readings)])
    yield _make_adjudication(story, *readings, draws)


def _place_rows(story: Story, form: str, number: int, subject: Ints, visit: Ints, items: dict[str, Words]) -> Rows:
    """Rows of one reader at the assessments of some subjects, in the events of the investigator's assessments."""
    disease, dictionary = story.disease, story.dictionary
    count = disease.day.shape[1]
    weeks = [dictionary.event("SCR")] + [dictionary.event(f"TA{ASSESSMENT_WEEKS * k:03d}") for k in range(1, count)]
    unscheduled = disease.unscheduled[subject, visit]
    event = np.where(unscheduled, dictionary.event("UNS"), np.array(weeks)[visit])
    eseq = np.where(unscheduled, story.scan_eseq[subject], 1)
    fseq = np.full(len(subject), number + 1)
    reader = {"READER": constant(READERS[number], len(subject))}
    return Rows(form, subject, event, disease.day[subject, visit], reader | items, eseq, fseq)


def _find_first(rows: Rows, item: str, words: Sequence[str], subjects: int) -> Ints:
    """Position of the first row of each subject with each of some words in an item; -1 without one."""
    column = rows.items[item]
    slots = np.array([words.index(word) if word in words else -1 for word in column.words] + [-1])[column.codes]
    found = np.full((subjects, len(words)), -1)
    chosen = np.flatnonzero(slots >= 0)[::-1]
    found[rows.subject[chosen], slots[chosen]] = chosen
    return found


def _find_method(story: Story, subject: Ints) -> Words:
    """How the subjects are scanned: as the form of target lesions has it."""
    rows = story.core["tl"]
    first = _find_first(rows, "TLID", SLOT_NAMES[:1], len(story.cohort))[:, 0]
    return rows.items["TLMETHOD"].take(first[subject])


def _find_target_places(story: Story, subject: Ints, slot: Ints) -> Words:
    """Where in its organ a lesion is: in the investigator's words, which every reader is given."""
    rows = story.core["tl"]
    return rows.items["TLLOCSP"].take(_find_first(rows, "TLID", SLOT_NAMES, len(story.cohort))[subject, slot])


def _find_non_target_places(story: Story, subject: Ints, slot: Ints) -> Words:
    """The same for the non-target lesions of a reader, some of which are target lesions to the investigator."""
    rows, own = story.core["ntl"], MOST_NON_TARGETS
    first = _find_first(rows, "NTLID", [f"NT{k + 1:02d}" for k in range(own)], len(story.cohort))
    mine = rows.items["NTLLOCSP"].take(first[subject, np.minimum(slot, own - 1)]).where(slot < own)
    return mine.fill(_find_target_places(story, subject, np.maximum(slot - own, 0) + ALWAYS_TARGETS).where(slot >= own))


def _find_new_lesions(story: Story, subject: Ints, visit: Ints, draws: Draws) -> tuple[Words, Words]:
    """Organ and place of new lesions: the investigator's, or drawn for those that a reader alone has seen."""
    rows, about = story.core["nl"], story.settings.tumours
    organs = words_of(draws.pick(about.new_lesion_organs, len(subject)), about.new_lesion_organs)
    places = draw_places(about.places, organs, (len(subject),), draws)
    first = np.full(story.disease.day.shape, -1)
    certain = np.flatnonzero(rows.items["NLSTATE"].codes == rows.items["NLSTATE"].words.index("UNEQUIVOCAL"))
    at = (story.disease.day[rows.subject[certain]] == rows.day[certain, None]).argmax(axis=1)
    first[rows.subject[certain], at] = certain
    row = first[subject, visit]
    known = row >= 0
    organ = rows.items["NLLOC"].take(row).where(known).fill(organs.where(~known))
    return organ, rows.items["NLLOCSP"].take(row).where(known).fill(places.where(~known))


def _name_targets(reading: Reading) -> Ints:
    """Position in SLOT_NAMES of each lesion's number: without gaps, the parts of the first lesion as they are."""
    number = np.cumsum(reading.organ[:, :MOST_TARGETS] != NO_LESION, axis=1) - 1
    parts = np.broadcast_to(np.arange(MOST_TARGETS, len(SLOT_NAMES)), (len(number), len(SLOT_NAMES) - MOST_TARGETS))
    return np.column_stack([number, parts])


def _make_targets(story: Story, reading: Reading, number: int, draws: Draws) -> Rows:
    disease, reasons = story.disease, story.settings.untidiness.not_assessed_reasons
    slots = reading.organ.shape[1]
    subject, visit, slot = np.nonzero((reading.state != NO_LESION) & reading.read[:, :, None])
    state, mm, m = reading.state[subject, visit, slot], reading.mm[subject, visit, slot], len(subject)
    organs = words_of(reading.organ.reshape(-1), disease.organs)
    nodal = reading.organ[subject, slot] == (disease.organs.index("LN") if "LN" in disease.organs else -9)
    measured = (state != NOTASSESSED) & (state != MERGED) & (state != SPLIT)
    items = {
        "TLID": words_of(_name_targets(reading)[subject, slot], SLOT_NAMES),
        "TLLOC": organs.take(subject * slots + slot),
        "TLLOCSP": _find_target_places(story, subject, slot),
        "TLNODAL": yes_no(nodal),
        "TLMETHOD": _find_method(story, subject),
        "TLDAT": dates(disease.day[subject, visit]),
        "TLSTATE": words_of(state, STATES),
        "TLLDIAM": numbers(mm, 1, measured & ~nodal),
        "TLSAXIS": numbers(mm, 1, measured & nodal),
        "TLREASNA": words_of(draws.pick(reasons, m), reasons).where(state == NOTASSESSED),
        "TLMERGE": choose(m, (state == MERGED, SLOT_NAMES[0])),
        "TLSPLIT": choose(m, (slot >= MOST_TARGETS, SLOT_NAMES[0])),
        "TLSUM": numbers(reading.total[subject, visit], 1, reading.complete[subject, visit]),
    }
    return _place_rows(story, "rtl", number, subject, visit, items)


def _make_non_targets(story: Story, reading: Reading, number: int, draws: Draws) -> Rows:
    disease, reasons = story.disease, story.settings.untidiness.not_assessed_reasons
    slots = reading.non_target_organ.shape[1]
    subject, visit, slot = np.nonzero((reading.non_target_state != NO_LESION) & reading.read[:, :, None])
    state, m = reading.non_target_state[subject, visit, slot], len(subject)
    organs = words_of(reading.non_target_organ.reshape(-1), disease.organs)
    position = np.cumsum(reading.non_target_organ != NO_LESION, axis=1) - 1
    items = {
        "NTLID": words_of(position[subject, slot], [f"NT{k + 1:02d}" for k in range(slots)]),
        "NTLLOC": organs.take(subject * slots + slot),
        "NTLLOCSP": _find_non_target_places(story, subject, slot),
        "NTLMETH": _find_method(story, subject),
        "NTLDAT": dates(disease.day[subject, visit]),
        "NTLSTATE": words_of(state, NON_TARGET_STATES),
        "NTLREANA": words_of(draws.pick(reasons, m), reasons).where(state == NT_NOTASSESSED),
    }
    return _place_rows(story, "rntl", number, subject, visit, items)


def _make_new_lesions(story: Story, reading: Reading, number: int, draws: Draws) -> Rows:
    """One row for each new lesion: there is one at most, since the reader stops with it."""
    subject, visit = np.nonzero(reading.new & reading.read)
    m = len(subject)
    organs, places = _find_new_lesions(story, subject, visit, draws)
    items = {
        "NLID": constant("N01", m),
        "NLLOC": organs,
        "NLLOCSP": places,
        "NLMETHOD": _find_method(story, subject),
        "NLDAT": dates(story.disease.day[subject, visit]),
    }
    return _place_rows(story, "rnl", number, subject, visit, items)


def _make_responses(story: Story, reading: Reading, number: int, draws: Draws) -> Rows:
    after = reading.read.copy()
    after[:, 0] = False
    subject, visit = np.nonzero(after)
    items = {
        "RSDAT": dates(story.disease.day[subject, visit]),
        "RSTRG": words_of(reading.target[subject, visit], RESPONSES),
        "RSNTRG": words_of(reading.non_target[subject, visit], RESPONSES),
        "RSNEW": yes_no(reading.new[subject, visit]),
        "RSOVR": words_of(reading.overall[subject, visit], RESPONSES),
    }
    return _place_rows(story, "rrs", number, subject, visit, items)


def _make_adjudication(story: Story, first: Reading, second: Reading, draws: Draws) -> Rows:
    """One form per reviewed subject: whether an adjudicator was needed, why, when, and whose reading is accepted."""
    about, n = story.settings.review, len(story.cohort)
    if about is None:
        raise KeyError("review")
    best, progression = needs_adjudication(first, second)
    needed = best | progression
    both = first.read | second.read
    last = both.shape[1] - 1 - both[:, ::-1].argmax(axis=1)
    day = story.disease.day[np.arange(n), last] + draws.whole(*about.adjudication_days, n)
    day = np.minimum(day, story.course.seen_until())
    chosen = np.where(needed, draws.whole(0, 1, n), 0)
    items = {
        "ADJYN": yes_no(needed),
        "ADJREAS": choose(n, (best, "BEST"), (progression, "DATE")),
        "ADJDAT": dates(np.where(needed, day, NO_DAY)),
        "ADJREAD": words_of(chosen, READERS),
    }
    (subject,) = np.nonzero(both.any(axis=1) & (day < NEVER))
    event = np.full(len(subject), story.dictionary.event("LOG"))
    taken = {name: column.take(subject) for name, column in items.items()}
    return Rows("radj", subject, event, no_days(len(subject)), taken)
