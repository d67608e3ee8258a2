"""What the responses of RECIST 1.1 at single assessments come to: best response, confirmation, progression.

Studies differ in what they count: which assessments (analysis flags), how many not evaluable ones may stand between a
response and its confirmation, from which day on stable disease counts. So everything is worked out for each convention,
and an answer is what some convention gives.

Source: Eisenhauer et al., RECIST 1.1 (2009), 4.4 and table 3 (best response when confirmation is required), 4.6.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cdisc_conv.checks.codes import combine
from cdisc_conv.checks.tables import SUBJECT, NotRunnableError, Table
from cdisc_conv.columns.moments import SAS_OFFSET

CR, PR, SD, NON, PD, NE = range(6)
TERMS: Mapping[str, int] = {
    "CR": CR, "COMPLETE RESPONSE": CR, "PR": PR, "PARTIAL RESPONSE": PR, "SD": SD, "STABLE DISEASE": SD,
    "NON-CR/NON-PD": NON, "NON-CR/NON-PROGRESSIVE DISEASE": NON, "PD": PD, "PROGRESSIVE DISEASE": PD,
    "NE": NE, "NOT EVALUABLE": NE, "INEVALUABLE": NE, "ND": NE, "NOT DONE": NE, "NA": NE, "NOT APPLICABLE": NE,
    "MISSING": NE, "NOT ASSESSED": NE, "UNKNOWN": NE, "": NE,
}  # fmt: skip
"""Responses as they are written. Others (NED, those of iRECIST or of lymphoma) are of other rules than these."""
NAMES = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE")
OVERALL = ("OVR", "OVRLRESP")
_CRITERIA = "RECIST"
_FAR = np.inf


@dataclass(frozen=True, slots=True)
class Conventions:
    """Days: ``interval`` to the confirmation, at least; ``longest`` beyond which some ask for no missed assessment
    between; ``early`` before which stable disease counts nowhere, and ``late`` from which on it counts everywhere.
    """

    interval: int = 28
    longest: int = 105
    early: int = 35
    late: int = 84


@dataclass(frozen=True)
class Responses:
    """Assessments of one convention, by subject and day, the worst of each day, up to the first progression.

    ``subject``: codes of ``subjects``; ``day``: SAS days; ``since``: days from the start; ``kind``: of `NAMES`.
    """

    subjects: int
    subject: np.ndarray
    day: np.ndarray
    since: np.ndarray
    kind: np.ndarray

    def has(self, mask: np.ndarray) -> np.ndarray:
        """Which subjects have such an assessment."""
        found = np.zeros(self.subjects, dtype=bool)
        found[self.subject[mask]] = True
        return found

    def first(self, mask: np.ndarray) -> np.ndarray:
        """The day of each subject's first such assessment, inf where there is none."""
        found = np.full(self.subjects, _FAR)
        np.minimum.at(found, self.subject[mask], self.day[mask])
        return found

    def last(self, mask: np.ndarray) -> np.ndarray:
        """How late each subject's last such assessment is, in days from the start; -inf where there is none."""
        found = np.full(self.subjects, -_FAR)
        np.fmax.at(found, self.subject[mask], self.since[mask])
        return found

    def find_confirmed(self, conventions: Conventions, strict: bool) -> np.ndarray:
        """Which assessments are a CR or PR that a later one confirms: for certain, or if one counts generously.

        A CR needs a later CR, a PR a CR or PR, ``interval`` days later. Between them may stand whatever is no
        progression; `strict` takes only responses at least as good, and no longer time than ``longest``.
        """
        confirmed = np.zeros(len(self.kind), dtype=bool)
        broken = np.zeros(len(self.kind), dtype=bool)
        response = self.kind <= PR
        for lag in range(1, len(self.kind)):
            ours, later = slice(None, -lag), slice(lag, None)
            same = self.subject[ours] == self.subject[later]
            if not same.any():
                break
            gap = self.day[later] - self.day[ours]
            good = self.kind[later] <= self.kind[ours]
            pair = response[ours] & same & good & (gap >= conventions.interval)
            if strict:
                pair &= ~broken[ours] & (gap <= conventions.longest)
                broken[ours] |= self.kind[later] > self.kind[ours]
            confirmed[ours] |= pair
        return confirmed


@dataclass(frozen=True)
class Answers:
    """What the assessments of all subjects may come to.

    ``best`` and ``confirmed`` (bool, subjects times `NAMES`): best responses without and with confirmation;
    ``responses``: days on which a response may begin, a row per convention; ``progressions``: first progressions, a row
    per convention; ``asked``: which subjects have assessments that these rules know.
    """

    codes: Mapping[str, int]
    asked: np.ndarray
    best: np.ndarray
    confirmed: np.ndarray
    responses: np.ndarray
    progressions: np.ndarray

    def place(self, table: Table) -> np.ndarray:
        """The subject of each record, -1 for one without assessments."""
        subjects = table.coded(SUBJECT)
        return subjects.spread(np.array([self.codes.get(text, -1) for text in subjects.texts], dtype="int64"))


def find_answers(table: Table, suffix: str, conventions: Conventions) -> Answers | None:
    """What the overall responses come to that parameters with a suffix are made of; None where there are none.

    They are those of the analysis dataset: the parameter OVR or OVRLRESP with the suffix; without one, those of RS by
    RECIST, of each evaluator.
    """
    source = next(_list_sources(table, suffix), None)
    if source is None:
        return None
    owner, masks, names = source
    key = f"responses {suffix} {conventions}"
    if key not in owner.memo:
        owner.memo[key] = _work_out(owner, masks, names, conventions)
    answers: Answers = owner.memo[key]
    return answers


def _list_sources(table: Table, suffix: str) -> Iterator[tuple[Table, list[np.ndarray], tuple[str, str]]]:
    """Where overall responses are: the dataset, the records of each evaluator, the variables of response and date."""
    for other in dict.fromkeys((table, *table.tables.tables)):
        if all(map(other.has, (SUBJECT, "PARAMCD", "AVALC", "ADT"))):
            codes = other.coded("PARAMCD")
            rows = codes.spread(np.array([text in _with_suffix(suffix) for text in codes.texts], dtype=bool))
            if rows.any():
                yield other, [rows], ("AVALC", "ADT")
    responses = table.tables.find("RS")
    if responses is not None and not suffix:
        masks = _choose_overall(responses)
        if masks:
            yield responses, masks, ("RSSTRESC", "RSDTC")


def _with_suffix(suffix: str) -> tuple[str, ...]:
    return tuple(f"{name}{suffix}" for name in OVERALL)


def _choose_overall(responses: Table) -> list[np.ndarray]:
    """The overall responses of RS by RECIST, those of each evaluator apart."""
    if not all(map(responses.has, (SUBJECT, "RSTESTCD", "RSSTRESC", "RSDTC"))):
        return []
    rows = responses.select('RSTESTCD == "OVRLRESP"')
    if responses.has("RSCAT"):
        criteria = responses.coded("RSCAT")
        known = [not text or text.upper().startswith(_CRITERIA) for text in criteria.texts]
        rows = rows & criteria.spread(np.array(known, dtype=bool))
    names = [name for name in ("RSEVAL", "RSEVALID") if responses.has(name)]
    evaluators = combine([responses.coded(name) for name in names], responses.length)
    return [rows & (evaluators == one) for one in np.unique(evaluators[rows])]


def _work_out(owner: Table, masks: Sequence[np.ndarray], names: tuple[str, str], conventions: Conventions) -> Answers:
    rows = np.any(masks, axis=0)
    subjects, terms = owner.coded(SUBJECT), owner.coded(names[0])
    kinds = terms.spread(np.array([TERMS.get(text.strip().upper(), -1) for text in terms.texts], dtype="int64"))
    days = owner.numbers(names[1]) if owner.is_numeric(names[1]) else _read_days(owner, names[1])
    count = len(subjects.values)
    asked = np.zeros(count, dtype=bool)
    asked[subjects.codes[rows]] = True
    assessed = asked.copy()
    odd = rows & ((kinds < 0) | (np.isnan(days) & (kinds != NE)))
    asked[subjects.codes[odd]] = False
    starts = _find_starts(owner)
    views = []
    for chosen in (view for mask in masks for view in _list_views(owner, mask)):
        use = np.flatnonzero(chosen & ~np.isnan(days) & (kinds >= 0) & ~(days < starts))
        views.append(_order(count, subjects.codes[use], days[use], (days - starts)[use], kinds[use]))
    parts = [_answer(view, conventions) for view in views]
    return Answers(
        {text: code for code, text in enumerate(subjects.texts) if assessed[code]},
        asked,
        np.any([part[0] for part in parts], axis=0),
        np.any([part[1] for part in parts], axis=0),
        np.concatenate([part[2] for part in parts]),
        np.stack([view.first(view.kind == PD) for view in views]),
    )


def _read_days(owner: Table, name: str) -> np.ndarray:
    moments = owner.moments(name)
    return np.where(moments.complete, moments.first_day - SAS_OFFSET, np.nan)


def _find_starts(owner: Table) -> np.ndarray:
    """The day that each record's subject was randomised or first treated, the earlier one; NaN where none is known."""
    starts = np.full(owner.length, np.nan)
    subjects = owner.tables.find("ADSL")
    if subjects is not None:
        rows = owner.rows_in("ADSL")
        for name in ("TRTSDT", "RANDDT"):
            if subjects.has(name) and subjects.is_numeric(name):
                starts = np.fmin(starts, np.where(rows >= 0, subjects.numbers(name)[rows], np.nan))
    elif owner.tables.find("DM") is not None and owner.has("DM.RFSTDTC"):
        starts = _read_days(owner, "DM.RFSTDTC")
    return starts


def _list_views(owner: Table, rows: np.ndarray) -> list[np.ndarray]:
    """Which assessments may count: all, those of each analysis flag, those of all flags."""
    flags = []
    for name in owner.names:
        if name.startswith("ANL") and name.endswith("FL"):
            flagged = owner.select(f'{name} == "Y"') & rows
            if flagged.any():
                flags.append(flagged)
    return [rows, *flags, *([np.all(flags, axis=0)] if len(flags) > 1 else [])]


def _order(count: int, subject: np.ndarray, day: np.ndarray, since: np.ndarray, kind: np.ndarray) -> Responses:
    """Assessments in order, of each day the worst, up to the first progression. What is not evaluable is no worse."""
    worse = np.where(kind == NE, -1, kind)
    order = np.lexsort((-worse, day, subject))
    subject, day, since, kind = subject[order], day[order], since[order], kind[order]
    again = np.zeros(len(order), dtype=bool)
    again[1:] = (subject[1:] == subject[:-1]) & (day[1:] == day[:-1])
    end = np.full(count, _FAR)
    np.minimum.at(end, subject[kind == PD], day[kind == PD])
    keep = ~again & (day <= end[subject])
    return Responses(count, subject[keep], day[keep], since[keep], kind[keep])


def _answer(view: Responses, conventions: Conventions) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Best responses without and with confirmation, and the days on which a response may begin."""
    certain, possible = (view.find_confirmed(conventions, strict) for strict in (True, False))
    complete, partial = view.kind == CR, view.kind == PR
    stable = _allow_stable(view, conventions, view.kind <= SD)
    best = _choose(stable, [(view.has(complete),) * 2, (view.has(partial),) * 2])
    levels = [(view.has(each & certain), view.has(each & possible)) for each in (complete, partial)]
    confirmed = _choose(_allow_stable(view, conventions, view.kind <= SD, view.has(complete | partial)), levels)
    starts = [view.first(each) for each in (complete | partial, certain, possible)]
    return best, confirmed, np.stack(starts)


def _choose(lower: np.ndarray, levels: Sequence[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Allowed best responses: CR and then PR; what is certain ends the search, what is merely possible does not."""
    allowed = np.zeros_like(lower)
    open_ = np.ones(len(lower), dtype=bool)
    for kind, (certain, possible) in enumerate(levels):
        allowed[:, kind] = open_ & (certain | possible)
        open_ &= ~certain
    return np.asarray(allowed | (lower & open_[:, None]))


def _allow_stable(
    view: Responses, conventions: Conventions, stable: np.ndarray, unconfirmed: np.ndarray | None = None
) -> np.ndarray:
    """What is left without a response: stable disease that lasted, else progression, else nothing that counts."""
    allowed = np.zeros((view.subjects, len(NAMES)), dtype=bool)
    longest = np.full(view.subjects, -_FAR)
    for kind, mask in ((SD, stable), (NON, view.kind == NON)):
        last = view.last(mask)
        unknown = view.has(mask & np.isnan(view.since))
        allowed[:, kind] = (last >= conventions.early) | unknown
        longest = np.fmax(longest, np.where(unknown, conventions.early, last))
    fallback = ~(longest >= conventions.late)
    if unconfirmed is not None:
        fallback |= unconfirmed  # some count a response that is not confirmed as not evaluable
    progressed = view.has(view.kind == PD)
    allowed[:, PD] = fallback & progressed
    allowed[:, NE] = fallback & ~progressed
    return allowed


def split_parameter(code: str, stems: Sequence[str]) -> tuple[str, str] | None:
    """A parameter as stem and suffix, the longest stem that it begins with.

    >>> split_parameter("PFSIR", ("PFS",)), split_parameter("OS", ("PFS",))
    (('PFS', 'IR'), None)
    """
    stem = max((stem for stem in stems if code.startswith(stem)), key=len, default="")
    return (stem, code[len(stem) :]) if stem else None


def require_answers(found: Sequence[Any]) -> None:
    """NotRunnableError when no parameter has overall responses behind it."""
    if not found:
        raise NotRunnableError("there are no overall responses of RECIST (OVR, OVRLRESP) behind the parameters")
