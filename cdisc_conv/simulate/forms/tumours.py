"""The tumour forms: target, non-target and new lesions, and the investigator's response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cdisc_conv.simulate.course.response import RESPONSES
from cdisc_conv.simulate.course.time import Course
from cdisc_conv.simulate.course.tumours import (
    MERGED,
    NO_LESION,
    NON_TARGET_STATES,
    NOTASSESSED,
    NT_NOTASSESSED,
    SPLIT,
    STATES,
    Disease,
)
from cdisc_conv.simulate.settings.dictionary import Dictionary
from cdisc_conv.simulate.settings.model import ASSESSMENT_WEEKS, MOST_TARGETS, Settings
from cdisc_conv.simulate.tables.draws import Bools, Draws, Ints
from cdisc_conv.simulate.tables.rows import Rows, join_rows
from cdisc_conv.simulate.tables.words import NO_DAY, Words, choose, constant, dates, numbers, words_of, yes_no

SLOT_NAMES = (*(f"T{number:02d}" for number in range(1, MOST_TARGETS + 1)), "T01.1", "T01.2")


@dataclass(frozen=True, slots=True)
class _Scans:
    """What all tumour forms share. Axis 0 is the subject, axis 1 the assessment."""

    disease: Disease
    done: Bools
    missed: Bools
    event: Ints
    eseq: Ints
    method: Words
    not_done: Words
    """Reason of a missed assessment, flat over subject and assessment."""

    def at(self, subject: Ints, visit: Ints) -> tuple[Ints, Ints, Ints]:
        """Event, day and event sequence of some assessments."""
        return self.event[subject, visit], self.disease.day[subject, visit], self.eseq[subject, visit]


def make_tumour_forms(
    settings: Settings, disease: Disease, course: Course, unscheduled_eseq: Ints, dictionary: Dictionary, draws: Draws
) -> list[Rows]:
    """Rows of the four tumour forms. `unscheduled_eseq` is the event sequence of each subject's unscheduled scan."""
    n, count = disease.day.shape
    about = settings.tumours
    weeks = [dictionary.event("SCR")] + [dictionary.event(f"TA{ASSESSMENT_WEEKS * k:03d}") for k in range(1, count)]
    event = np.where(disease.unscheduled, dictionary.event("UNS"), np.array(weeks))
    scanner = draws.even(n)
    mri = scanner < about.mri
    method = choose(n, (mri, "MRI"), (scanner < about.mri + about.plain_ct, "CT"), otherwise="CECT")
    reasons = settings.untidiness.no_scan_reasons
    scans = _Scans(
        disease=disease,
        done=course.assessed & ~disease.missed,
        missed=course.assessed & disease.missed,
        event=event,
        eseq=np.where(disease.unscheduled, unscheduled_eseq[:, None], 1),
        method=method,
        not_done=words_of(draws.pick(reasons, n * count), reasons),
    )
    return [
        _make_targets(settings, scans, draws),
        _make_non_targets(settings, scans, draws),
        _make_new_lesions(settings, scans, draws),
        _make_responses(scans),
    ]


def has_unscheduled_scan(disease: Disease, course: Course) -> tuple[Ints, Ints]:
    """Subjects with an unscheduled scan, and its day."""
    subject, visit = np.nonzero(disease.unscheduled & course.assessed)
    return subject, disease.day[subject, visit]


def _make_missed(scans: _Scans, form: str, prefix: str, only: Bools | None = None) -> Rows:
    """One row for an assessment that was due and not done."""
    subject, visit = np.nonzero(scans.missed if only is None else scans.missed & only[:, None])
    count = scans.disease.day.shape[1]
    items = {
        f"{prefix}YN": constant("N", len(subject)),
        f"{prefix}ND": scans.not_done.take(subject * count + visit),
    }
    event, _, eseq = scans.at(subject, visit)
    return Rows(form, subject, event, np.full(len(subject), NO_DAY), items, eseq)


def _name_organs(disease: Disease, organ: Ints) -> Words:
    return words_of(organ, disease.organs)


def draw_places(places: Mapping[str, tuple[str, ...]], organs: Words, shape: tuple[int, ...], draws: Draws) -> Words:
    """A place within its organ for each lesion, flat."""
    words = tuple(place for organ in organs.words for place in places.get(organ, ("",)))
    sizes = np.array([len(places.get(organ, ("",))) for organ in organs.words])
    offsets = np.r_[0, np.cumsum(sizes)[:-1]]
    organ = organs.codes
    within = np.floor(draws.even(int(np.prod(shape))) * sizes[organ]).astype(np.int64)
    distinct = tuple(dict.fromkeys(words))
    lookup = np.array([distinct.index(word) for word in words])
    return words_of(np.where(organ >= 0, lookup[offsets[organ] + within], -1), distinct)


def _make_targets(settings: Settings, scans: _Scans, draws: Draws) -> Rows:
    disease, n = scans.disease, len(scans.done)
    slots = len(SLOT_NAMES)
    there = (disease.state != NO_LESION) & scans.done[:, :, None]
    subject, visit, slot = np.nonzero(there)
    state, mm = disease.state[subject, visit, slot], disease.mm[subject, visit, slot]
    organs = _name_organs(disease, disease.organ.reshape(-1))
    lesion = subject * slots + slot
    places = draw_places(settings.tumours.places, organs, (n, slots), draws)
    nodal = disease.organ[subject, slot] == (disease.organs.index("LN") if "LN" in disease.organs else -9)
    measured = (state != NOTASSESSED) & (state != MERGED) & (state != SPLIT)
    reasons = settings.untidiness.not_assessed_reasons
    m = len(subject)
    incomplete = (disease.state == NOTASSESSED).any(axis=2)
    event, day, eseq = scans.at(subject, visit)
    items = {
        "TLYN": constant("Y", m),
        "TLID": words_of(slot, SLOT_NAMES),
        "TLLOC": organs.take(lesion),
        "TLLOCSP": places.take(lesion),
        "TLNODAL": yes_no(nodal),
        "TLMETHOD": scans.method.take(subject),
        "TLDAT": dates(day),
        "TLSTATE": words_of(state, STATES),
        "TLLDIAM": numbers(mm, 1, measured & ~nodal),
        "TLSAXIS": numbers(mm, 1, measured & nodal),
        "TLREASNA": words_of(draws.pick(reasons, m), reasons).where(state == NOTASSESSED),
        "TLMERGE": choose(m, (state == MERGED, SLOT_NAMES[0])),
        "TLSPLIT": choose(m, (slot >= MOST_TARGETS, SLOT_NAMES[0])),
        "TLSUM": numbers(disease.total[subject, visit], 1, ~incomplete[subject, visit]),
    }
    return join_rows([Rows("tl", subject, event, day, items, eseq), _make_missed(scans, "tl", "TL")])


def _make_non_targets(settings: Settings, scans: _Scans, draws: Draws) -> Rows:
    disease, n = scans.disease, len(scans.done)
    slots = disease.non_target_organ.shape[1]
    subject, visit, slot = np.nonzero((disease.non_target_state != NO_LESION) & scans.done[:, :, None])
    state = disease.non_target_state[subject, visit, slot]
    organs = _name_organs(disease, disease.non_target_organ.reshape(-1))
    lesion = subject * slots + slot
    reasons = settings.untidiness.not_assessed_reasons
    m = len(subject)
    event, day, eseq = scans.at(subject, visit)
    items = {
        "NTLYN": constant("Y", m),
        "NTLID": words_of(slot, [f"NT{number + 1:02d}" for number in range(slots)]),
        "NTLLOC": organs.take(lesion),
        "NTLLOCSP": draw_places(settings.tumours.places, organs, (n, slots), draws).take(lesion),
        "NTLMETH": scans.method.take(subject),
        "NTLDAT": dates(day),
        "NTLSTATE": words_of(state, NON_TARGET_STATES),
        "NTLREANA": words_of(draws.pick(reasons, m), reasons).where(state == NT_NOTASSESSED),
    }
    has_any = (disease.non_target_organ != NO_LESION).any(axis=1)
    return join_rows([Rows("ntl", subject, event, day, items, eseq), _make_missed(scans, "ntl", "NTL", has_any)])


def _make_new_lesions(settings: Settings, scans: _Scans, draws: Draws) -> Rows:
    """One row per assessment after baseline; numbers run on over equivocal and certain lesions."""
    disease = scans.disease
    done = scans.done.copy()
    done[:, 0] = False
    certain = (disease.new_lesions > 0) & done
    seen = certain | (disease.equivocal & done)
    number = np.cumsum(seen, axis=1)
    subject, visit = np.nonzero(done)
    m, any_new = len(subject), seen[subject, visit]
    about = settings.tumours
    organs = words_of(draws.pick(about.new_lesion_organs, m), about.new_lesion_organs)
    most = int(number.max(initial=0))
    event, day, eseq = scans.at(subject, visit)
    items = {
        "NLYN": yes_no(any_new),
        "NLID": words_of(number[subject, visit] - 1, [f"N{k + 1:02d}" for k in range(most)]).where(any_new),
        "NLLOC": organs.where(any_new),
        "NLLOCSP": draw_places(about.places, organs, (m,), draws).where(any_new),
        "NLMETHOD": scans.method.take(subject).where(any_new),
        "NLDAT": dates(np.where(any_new, day, NO_DAY)),
        "NLSTATE": choose(m, (certain[subject, visit], "UNEQUIVOCAL"), (any_new, "EQUIVOCAL")),
    }
    return Rows("nl", subject, event, day, items, eseq)


def _make_responses(scans: _Scans) -> Rows:
    disease = scans.disease
    done = scans.done.copy()
    done[:, 0] = False
    subject, visit = np.nonzero(done)
    m = len(subject)
    event, day, eseq = scans.at(subject, visit)
    items = {
        "RSYN": constant("Y", m),
        "RSDAT": dates(disease.response_day[subject, visit]),
        "RSTRG": words_of(disease.target[subject, visit], RESPONSES),
        "RSNTRG": words_of(disease.non_target[subject, visit], RESPONSES),
        "RSNEW": yes_no(disease.new_lesions[subject, visit] > 0),
        "RSOVR": words_of(disease.investigator[subject, visit], RESPONSES),
    }
    return join_rows([Rows("rs", subject, event, day, items, eseq), _make_missed(scans, "rs", "RS")])
