"""Best responses and times to progression held against the assessments that they are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal

import numpy as np

from cdisc_conv.checks.analysis import show_date
from cdisc_conv.checks.functions.analysis.best_responses import (
    NAMES,
    NE,
    PR,
    TERMS,
    Answers,
    Conventions,
    find_answers,
    require_answers,
    split_parameter,
)
from cdisc_conv.checks.model import Hits, Parameters, Scope
from cdisc_conv.checks.registry import register_check
from cdisc_conv.checks.tables import SUBJECT, Table

_RESPONSES = ("RSP", "CRSP")
_CONFIRMED = {"CBOR": True, "CRSP": True, "BOR": False, "RSP": False}
_PROGRESSED = "PD"
_PROGRESSION = ("PFS", "TTP")
_DURATION = ("DOR", "DUROR", "RSD")
_TO_RESPONSE = ("TTR", "TTRESP")


class BestResponses(Parameters):
    """Days, for conventions that differ: ``interval`` to a confirmation; stable disease counts from ``early`` or later,
    from ``late`` everywhere; beyond ``longest`` some do not take a later response as a confirmation.
    """

    interval: int = 28
    longest: int = 105
    early: int = 35
    late: int = 84

    @property
    def conventions(self) -> Conventions:
        return Conventions(self.interval, self.longest, self.early, self.late)


class ResponseTimes(BestResponses):
    """``finds``: the ``event`` is none or on another day; it is ``censored`` on or after the event; it is censored
    before it without one of the ``reasons`` (words of EVNTDESC or CNSDTDSC); the ``start`` is no response.
    """

    finds: Literal["event", "censored", "reason", "start"]
    reasons: tuple[str, ...] = ()


@register_check(BestResponses, reach="subject")
def check_best_responses(scope: Scope) -> Iterator[Hits]:
    """Best responses (BOR, CBOR), responses (RSP, CRSP) and progressions (PD) that no convention gives for the
    assessments of the subject.

    The assessments are those of the parameter OVR or OVRLRESP with the same suffix (BORIR and OVRIR), or without one
    those of RS. Those up to the first progression count, of one day the worst, all of them or those of the analysis
    flags. A CR is confirmed by a later CR, a PR by a CR or PR, `interval` days later without progression between. A
    response that is not confirmed is stable disease. Stable disease has to last; else the best response is PD, or NE.
    BOR and RSP may be confirmed or not where the dataset has no CBOR or CRSP.
    """
    table = scope.table
    table.require("PARAMCD", "AVALC", SUBJECT)
    known, wrong = list(_list_parameters(scope, (*_CONFIRMED, _PROGRESSED))), _Wrong(scope, "AVALC")
    require_answers(known)
    codes = table.coded("PARAMCD").texts
    for code, (name, suffix), answers in known:
        if name == _PROGRESSED:
            _compare_progression(wrong, code, answers)
            continue
        options = answers.confirmed if _CONFIRMED[name] else answers.best
        if not _CONFIRMED[name] and not {f"CBOR{suffix}", f"CRSP{suffix}"} & set(codes):
            options = options | answers.confirmed
        (_compare_response if name in _RESPONSES else _compare_best)(wrong, code, answers, options)
    yield wrong.hits()


class _Wrong:
    """Records that are wrong, each with what was expected."""

    def __init__(self, scope: Scope, variable: str) -> None:
        self.scope, self.table, self.variable = scope, scope.table, variable
        self.expected: dict[int, str] = {}

    def rows_of(self, code: int) -> np.ndarray:
        """The records of a parameter."""
        return np.flatnonzero((self.table.coded("PARAMCD").codes == code) & self.scope.mask)

    def add(self, rows: np.ndarray, wrong: np.ndarray, expected: Callable[[int], str]) -> None:
        """Those of some rows that are `wrong` (bool); `expected` takes their places among the rows."""
        self.expected |= {int(rows[place]): expected(int(place)) for place in np.flatnonzero(wrong)}

    def hits(self) -> Hits:
        """A finding per parameter, value and what was expected."""
        rows = sorted(self.expected)
        keys = [tuple(self._fill(row).items()) for row in rows]
        numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
        groups = np.array([numbers[key] for key in keys], dtype="int64")
        return Hits(self.variable, np.array(rows, dtype="int64"), groups, self._fill)

    def _fill(self, row: int) -> Mapping[str, str]:
        return {
            "parameter": self.table.text("PARAMCD", row),
            "value": self.table.text(self.variable, row) or "blank",
            "expected": self.expected[row],
        }


def _list_parameters(scope: Scope, stems: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, str], Answers]]:
    """The parameters of a kind that have assessments behind them: the code, stem and suffix, and the answers."""
    table = scope.table
    for code, text in enumerate(table.coded("PARAMCD").texts):
        stem = split_parameter(text, stems)
        if stem is not None:
            answers = find_answers(table, stem[1], scope.parameters.conventions)
            if answers is not None:
                yield code, stem, answers


def _compare_best(found: _Wrong, code: int, answers: Answers, options: np.ndarray) -> None:
    table, rows = found.table, found.rows_of(code)
    texts, places = table.coded("AVALC"), answers.place(table)[rows]
    kinds = texts.spread(np.array([TERMS.get(text.strip().upper(), -1) for text in texts.texts], dtype="int64"))[rows]
    known = (places >= 0) & answers.asked[places]
    allowed = np.where((places >= 0)[:, None], options[places], False)
    allowed[places < 0, NE] = True
    fits = allowed[np.arange(len(rows)), np.maximum(kinds, 0)]
    wrong = (kinds >= 0) & ~fits & (known | ((places < 0) & (kinds < NE)))
    sets = [tuple(line) for line in allowed.tolist()]

    def name(place: int) -> str:
        return " or ".join(NAMES[kind] for kind, is_there in enumerate(sets[place]) if is_there)

    found.add(rows, wrong, name)


def _compare_progression(found: _Wrong, code: int, answers: Answers) -> None:
    seen = np.isfinite(answers.progressions)
    some, every = (np.asarray(each, dtype=bool) for each in (seen.any(axis=0), seen.all(axis=0)))
    _compare_answer(found, code, answers, some, every)


def _compare_response(found: _Wrong, code: int, answers: Answers, options: np.ndarray) -> None:
    may, other = (np.asarray(part.any(axis=1), dtype=bool) for part in (options[:, : PR + 1], options[:, PR + 1 :]))
    _compare_answer(found, code, answers, may, ~other)


def _compare_answer(found: _Wrong, code: int, answers: Answers, may: np.ndarray, must: np.ndarray) -> None:
    """Records of a parameter that are Y although they may not be, or N although they must be Y; by subject."""
    table, rows = found.table, found.rows_of(code)
    texts, places = table.coded("AVALC"), answers.place(table)[rows]
    yes, no = (texts.spread(np.array([text == each for text in texts.texts], dtype=bool))[rows] for each in "YN")
    known = (places >= 0) & answers.asked[places]
    may, must = ((places >= 0) & each[places] for each in (may, must))
    wrong = (yes & ~may & (known | (places < 0))) | (no & must & known)
    found.add(rows, wrong, lambda place: "Y" if must[place] else "N")


@register_check(ResponseTimes, reach="subject")
def check_response_times(scope: Scope) -> Iterator[Hits]:
    """Times to progression or death (PFS, TTP), durations of response (DOR, DUROR, RSD) and times to response (TTR,
    TTRESP) that the subject's assessments do not give.

    The event is the first progression after the start, by any convention of which assessments count; for PFS and
    durations also the death of ADSL, whichever comes first. A duration begins with the first response, or with the
    first that is confirmed, and so does a time to response end. An event that EVNTDESC calls clinical is not asked.
    """
    table = scope.table
    table.require("PARAMCD", "ADT", "CNSR", "STARTDT", SUBJECT)
    known = list(_list_parameters(scope, (*_PROGRESSION, *_DURATION, *_TO_RESPONSE)))
    require_answers(known)
    wrong = _Wrong(scope, "STARTDT" if scope.parameters.finds == "start" else "ADT")
    for code, (name, _), answers in known:
        if name in _TO_RESPONSE:
            if scope.parameters.finds == "event":
                _compare_response_day(wrong, code, answers)
        elif scope.parameters.finds != "start":
            _compare_end(wrong, code, answers, dies=name != "TTP")
        elif name in _DURATION:
            _compare_start(wrong, code, answers)
    yield wrong.hits()


def _compare_start(found: _Wrong, code: int, answers: Answers) -> None:
    """Durations that begin on a day that is none of a first response."""
    rows = found.rows_of(code)
    places = answers.place(found.table)[rows]
    starts = found.table.numbers("STARTDT")[rows]
    days = np.where(places >= 0, answers.responses[:, places], np.inf)
    known = (places < 0) | answers.asked[places]
    wrong = known & ~np.isnan(starts) & ~(days == starts).any(axis=0)
    found.add(rows, wrong, lambda place: _show_days(days[:, place]) or "no duration")


def _compare_response_day(found: _Wrong, code: int, answers: Answers) -> None:
    """Times to response that end with an event on a day that is none of a first response."""
    rows = found.rows_of(code)
    places = answers.place(found.table)[rows]
    dates, censored = (found.table.numbers(name)[rows] for name in ("ADT", "CNSR"))
    days = np.where(places >= 0, answers.responses[:, places], np.inf)
    known = (places < 0) | answers.asked[places]
    wrong = known & (censored == 0) & ~np.isnan(dates) & ~(days == dates).any(axis=0)
    found.add(rows, wrong, lambda place: _show_days(days[:, place]) or "no response")


def _compare_end(found: _Wrong, code: int, answers: Answers, dies: bool) -> None:
    """Events that are none, and censoring on or after an event, or before one without a reason."""
    table, rows, parameters = found.table, found.rows_of(code), found.scope.parameters
    places = answers.place(table)[rows]
    dates, starts, censored = (table.numbers(name)[rows] for name in ("ADT", "STARTDT", "CNSR"))
    days = np.where(places >= 0, answers.progressions[:, places], np.inf)
    days = np.where(days < starts, np.inf, days)
    if dies:
        days = np.minimum(days, _find_deaths(table)[rows])
    known = (places >= 0) & answers.asked[places] & ~np.isnan(dates) & ~np.isnan(starts)
    last = days.max(axis=0)
    if parameters.finds == "event":
        wrong = (censored == 0) & ~(days == dates).any(axis=0) & ~_says(table, ("EVNTDESC",), ("CLINIC", "SYMPT"))[rows]
    elif parameters.finds == "censored":
        wrong = (censored > 0) & (dates >= last)
    else:
        explained = _says(table, ("EVNTDESC", "CNSDTDSC"), parameters.reasons)[rows]
        wrong = (censored > 0) & (dates < last) & np.isfinite(last) & ~explained
    found.add(rows, wrong & known, lambda place: _show_days(days[:, place]) or "no event")


def _find_deaths(table: Table) -> np.ndarray:
    """The day of death per record, inf where none is known."""
    if not table.has("ADSL.DTHDT"):
        return np.full(table.length, np.inf)
    days = table.numbers("ADSL.DTHDT")
    return np.where(np.isnan(days), np.inf, np.floor(days))


def _says(table: Table, names: tuple[str, ...], words: tuple[str, ...]) -> np.ndarray:
    """Which records have one of some words in texts (bool)."""
    found = np.zeros(table.length, dtype=bool)
    for name in filter(table.has, names):
        texts = table.coded(name)
        found |= texts.spread(
            np.array([any(word in text.upper() for word in words) for text in texts.texts], dtype=bool)
        )
    return found


def _show_days(days: np.ndarray) -> str:
    """Days as dates, each once; "" where there is none."""
    return " or ".join(show_date(str(int(day)), "date") for day in np.unique(days[np.isfinite(days)]))
