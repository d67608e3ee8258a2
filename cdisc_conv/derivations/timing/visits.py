"""Visits: numbers, names and planned days of the events of the EDC, unscheduled ones included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from cdisc_conv.columns.distinct import Distinct, map_distinct
from cdisc_conv.columns.moments import read_moments
from cdisc_conv.columns.numbers import as_numbers
from cdisc_conv.columns.texts import as_text, find_texts, fold, format_numbers, is_written, text_column
from cdisc_conv.dataset import OriginType
from cdisc_conv.derivations.base import SUBJECT, Derivation, Reach, Ref, Rows, Words
from cdisc_conv.derivations.dates.collected import read_dates, study_formats
from cdisc_conv.derivations.evidence import Each, First
from cdisc_conv.derivations.findings import report_values
from cdisc_conv.derivations.parameters import Names, join_words
from cdisc_conv.derivations.records.joining import find_last_before, match_records
from cdisc_conv.derivations.registry import register
from cdisc_conv.problems import Problem, ProblemsError, Severity, did_you_mean
from cdisc_conv.tables import TableId

MOST_UNSCHEDULED = 99
"""Two decimal places number so many unscheduled visits."""


@dataclass(frozen=True)
class Visits:
    """The study's table of visits, by folded event name."""

    numbers: Mapping[str, float]
    names: Mapping[str, str]
    days: Mapping[str, float]
    events: tuple[str, ...]
    """Every name and identifier as written."""
    identifiers: Mapping[str, str]
    """Folded event names by the folded identifiers (``eid``) that no other event has."""

    def key(self, event: str) -> str:
        """The folded name of an event that is written as its name or as its identifier."""
        folded = fold(event)
        return folded if folded in self.names else self.identifiers.get(folded, folded)

    def number(self, event: str) -> float:
        return self.numbers.get(self.key(event), np.nan)


def read_visits(table: Any) -> Visits:
    """The table from a study's settings: ``event``, and ``eid``, ``visitnum``, ``visit``, ``day`` where it has them.

    A visit without ``visit`` is called as its event, in capital letters. Raises ProblemsError (VISIT003).
    """
    try:
        entries = [(fold(str(entry["event"])), entry) for entry in table or ()]
        identifiers = _list_identifiers([(key, str(entry.get("eid") or "")) for key, entry in entries])
        return Visits(
            {key: float(entry["visitnum"]) for key, entry in entries if entry.get("visitnum") is not None},
            {key: name_visit(entry) for key, entry in entries},
            {key: float(entry["day"]) for key, entry in entries if entry.get("day") is not None},
            (*(str(entry["event"]) for _, entry in entries), *identifiers),
            {fold(identifier): key for identifier, key in identifiers.items()},
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        message = "the study's table of visits cannot be read"
        hint = "it is a list of {event: Screening, visitnum: 1, day: -14}; 'visitnum' and 'day' are numbers"
        raise ProblemsError([Problem("VISIT003", message, hint=hint)]) from None


def name_visit(event: Mapping[str, Any]) -> str:
    """What VISIT is for an event: its own name of the visit, else the name of the event in capital letters.

    >>> name_visit({"event": "Cycle 1 Day 1"}), name_visit({"event": "SCR", "visit": "SCREENING"})
    ('CYCLE 1 DAY 1', 'SCREENING')
    """
    return str(event.get("visit") or str(event["event"]).upper())


def _list_identifiers(entries: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Event names by identifier as written; one that several events have stands for none of them."""
    counts = Counter(fold(identifier) for _, identifier in entries)
    return {identifier: key for key, identifier in entries if identifier and counts[fold(identifier)] == 1}


@register
class Visit(Derivation):
    """The number, name or planned day of the visit that an event of the EDC is.

    Events are looked up in the study's table of visits (`visits` among its settings, or `events` in forms.yaml)
    by their name or their identifier (`eid`), without regard to case and blanks. An event that is not there is an error
    finding (VISIT001). An event without a number, such as a log, has no visit.

    An unscheduled visit is numbered after the scheduled visit that it follows: that visit's number plus 0.01 for the
    subject's first unscheduled visit, 0.02 for the second, as the EDC counts them. So its number is the same in every
    dataset, and it is called `UNSCHEDULED` and the number. Different events of a subject that get one number, because
    the EDC counts them alike, are an error finding (VISIT004). The visit that it follows is the last one planned on or
    before its study day; with `forms`, the last one that the subject really had on or before its date, as these forms
    tell, which is right also when visits were delayed. One that cannot be numbered, for lack of a date, is a
    finding (VISIT002).

    | EVENT | EVENTDT (day 1 is 2022-03-01) | ESEQ | number | name | day |
    |---|---|---|---|---|---|
    | Cycle 1 Day 1 | 2022-03-01 | 1 | 10 | CYCLE 1 DAY 1 | 1 |
    | Cycle 2 Day 1 | 2022-03-23 | 1 | 20 | CYCLE 2 DAY 1 | 22 |
    | Unscheduled | 2022-03-25 | 1 | 20.01 | UNSCHEDULED 20.01 | missing |

    ```yaml
    VISITNUM: {visit: {take: number, forms: [vs, ecog, tl]}}
    ```

    Source: SDTMIG 3.4 section 4.4.5 (clinical encounters and visits) and the SV domain (unplanned visits).
    """

    name: ClassVar[str] = "visit"
    topic: ClassVar[str] = "Visits and epochs"
    shorthand: ClassVar[str] = "take"
    origin: ClassVar[OriginType] = OriginType.ASSIGNED

    take: Literal["number", "name", "day"] = Field(description="what of the visit")
    event: Ref = Field(Ref("EVENT"), description="the column with the name of the event")
    unscheduled: Names = Field(("Unscheduled",), description="events that are unscheduled visits; [] for none")
    date: Ref = Field(Ref("EVENTDT"), description="the date of the event, for unscheduled visits")
    sequence: Ref = Field(Ref("ESEQ"), description="the number of the unscheduled visit in its subject")
    reference: Ref = Field(Ref("DM.RFSTDTC"), description="day 1 of the planned days; not read with `forms`")
    forms: Names = Field((), description="raw forms that say when the subject had the scheduled visits")
    subject: Ref = Field(Ref("SUBJID"), description="the column that names the subject on these forms")

    @property
    def numbers_unscheduled(self) -> bool:
        return bool(self.unscheduled) and self.take != "day"

    def reads(self) -> tuple[str, ...]:
        if not self.numbers_unscheduled:
            return (self.event,)
        base = (f"raw.{self.subject}",) if self.forms else (self.reference, SUBJECT)
        return (self.event, self.date, self.sequence, *base)

    def tables(self) -> dict[str, tuple[str, ...]]:
        if not self.numbers_unscheduled:
            return {}
        return {TableId.of_form(name): (self.subject, *self._their_columns()) for name in self.forms}

    def _their_columns(self) -> tuple[str, str]:
        return self.event.removeprefix("raw."), self.date.removeprefix("raw.")

    def actual_reach(self) -> Reach:
        return Reach.SUBJECT if self.tables() else Reach.ROW

    def derive(self, rows: Rows) -> pd.Series:
        visits = read_visits(rows.setting("visits"))
        found = find_texts(rows[self.event])
        self._report_unknown(rows, visits, found)
        keys = [visits.key(event) for event in found.values]
        if self.take == "day":
            return found.spread(pd.Series([visits.days.get(key, np.nan) for key in keys], dtype="float64"))
        numbers = found.spread(pd.Series([visits.numbers.get(key, np.nan) for key in keys], dtype="float64")).to_numpy()
        open_events = {visits.key(event) for event in self.unscheduled}
        unscheduled = found.spread(pd.Series([key in open_events for key in keys], dtype=bool)).to_numpy()
        if unscheduled.any():
            numbers = numbers.copy()
            mine = rows.matching(unscheduled)
            numbers[unscheduled] = self._number_unscheduled(mine, visits)
            self._report_shared(mine, numbers[unscheduled])
        if self.take == "number":
            return pd.Series(numbers)
        planned = [visits.names[key] if key in visits.numbers else "" for key in keys]
        names = found.spread(text_column(planned))
        return names.where(~unscheduled, map_distinct(pd.Series(numbers), _name_unscheduled))

    def _report_unknown(self, rows: Rows, visits: Visits, found: Distinct) -> None:
        known = {*visits.names, *(visits.key(event) for event in self.unscheduled)}
        bad = np.array([bool(event) and visits.key(event) not in known for event in found.values], dtype=bool)

        def describe(event: str) -> tuple[str, str]:
            hint = did_you_mean(event, visits.events) or "add it to the events of the study"
            return f"'{event}' is not in the study's table of visits; {rows.variable} is left missing", hint

        report_values(rows, "VISIT001", found.codes, found.values, bad, describe, field=self.event)

    def _number_unscheduled(self, rows: Rows, visits: Visits) -> np.ndarray:
        dates = read_moments(read_dates(rows[self.date], study_formats(rows))[0]).days
        base = self._find_attended(rows, visits, dates) if self.forms else self._find_planned(rows, visits, dates)
        sequence = as_numbers(rows[self.sequence]).to_numpy()
        usable = (sequence >= 1) & (sequence <= MOST_UNSCHEDULED) & (sequence % 1 == 0)
        if not usable.all():
            message = f"{self.sequence} does not number the unscheduled visit from 1 to {MOST_UNSCHEDULED}"
            rows.report("VISIT002", f"{message}; {rows.variable} is left missing", where=~usable, field=self.sequence)
        undated = np.isnan(base) & usable
        if undated.any():
            needs = "a complete date" if self.forms else f"a complete date, and {self.reference},"
            message = (
                f"an unscheduled visit without {needs} has no place among the visits; {rows.variable} is left missing"
            )
            rows.report("VISIT002", message, where=undated, field=self.date)
        return np.where(usable, np.round(base + sequence / 100, 2), np.nan)

    def _report_shared(self, rows: Rows, numbers: np.ndarray) -> None:
        """VISIT004: a number that several events of a subject have, by their names and dates."""
        subjects = as_text(rows[f"raw.{self.subject}" if self.forms else SUBJECT])
        visits = pd.DataFrame({"subject": subjects, "number": numbers}).groupby(["subject", "number"]).ngroup()
        events = pd.DataFrame({"event": rows[self.event], "date": as_text(rows[self.date])})
        events = events.apply(lambda texts: texts.str.strip().str.casefold())
        codes = pd.factorize(pd.MultiIndex.from_frame(events))[0]
        several = pd.Series(codes).groupby(visits.to_numpy()).transform("nunique").to_numpy() > 1
        shared = several & ~np.isnan(numbers) & is_written(subjects)
        if not shared.any():
            return
        dates = as_text(rows[self.date])

        def describe(record: int) -> str:
            alike = shared & (visits == visits.iloc[record]).to_numpy()
            when = join_words(list(dict.fromkeys(dates[alike])))
            return f"{subjects.iloc[record]} on {when} have one number, {numbers[record]:g}"

        message = (
            "unscheduled visits of {example}, because {sequence} is the same{visits.others:?, and so it is for # more}"
        )
        rows.report(
            "VISIT004",
            message,
            where=shared,
            severity=Severity.ERROR,
            field=self.sequence,
            hint="number the unscheduled visits of a subject by {sequence} in the export",
            once=True,
            parameters={
                "example": First(describe),
                "sequence": str(self.sequence),
                "visits": Each(subjects + " " + as_text(pd.Series(numbers))),
            },
        )

    def _find_planned(self, rows: Rows, visits: Visits, dates: np.ndarray) -> np.ndarray:
        """The number of the last visit planned on or before the study day; 0 before all of them."""
        difference = dates - read_moments(rows[self.reference]).days
        day = difference + (difference >= 0)
        plan = sorted((visits.days[key], number) for key, number in visits.numbers.items() if key in visits.days)
        days, numbers = np.array([day for day, _ in plan]), np.array([0.0, *(number for _, number in plan)])
        return np.where(np.isnan(day), np.nan, numbers[np.searchsorted(days, day, side="right")])

    def _find_attended(self, rows: Rows, visits: Visits, dates: np.ndarray) -> np.ndarray:
        """The number of the last scheduled visit that the subject had on or before the date; 0 before all of them."""
        subjects, numbers, days = self._read_attended(rows, visits)
        matches = match_records(rows, (f"raw.{self.subject}",), [subjects])
        had = np.flatnonzero((matches.theirs >= 0) & ~np.isnan(days) & ~np.isnan(numbers))
        had = had[np.lexsort([numbers[had], days[had], matches.theirs[had]])]
        place = find_last_before(matches.theirs[had], days[had], matches.ours, dates)
        base = np.append(numbers[had], 0.0)[place]
        return np.where(np.isnan(dates), np.nan, base)

    def _read_attended(self, rows: Rows, visits: Visits) -> tuple[pd.Series, np.ndarray, np.ndarray]:
        """Subject, visit number and day of every event on the forms."""
        event, date = self._their_columns()
        tables = [rows.table(TableId.of_form(name)) for name in self.forms]
        subject, events, dates = (
            pd.concat([table[column] for table in tables], ignore_index=True) for column in (self.subject, event, date)
        )
        numbers = map_distinct(
            as_text(events), lambda names: pd.Series([visits.number(name) for name in names], dtype="float64")
        )
        days = read_moments(read_dates(dates, study_formats(rows))[0]).days
        return subject, numbers.to_numpy(), days

    def method(self, words: Words) -> str:
        what = {"number": "number", "name": "name", "day": "planned study day"}[self.take]
        text = f"The {what} that the study's schedule of visits gives to {words(self.event)}."
        if not self.numbers_unscheduled:
            return f"{text} Blank for unscheduled visits." if self.take == "day" else text
        if self.forms:
            forms = join_words([words.table(TableId.of_form(name)) for name in self.forms])
            follows = f"that the subject had on or before its date, by the dates of the visits on {forms}"
        else:
            follows = f"planned on or before its study day (counted from {words(self.reference)}, without a day 0)"
        number = (
            f"the number of the last scheduled visit {follows}, 0 when there is none, plus one hundredth of its number "
            f"among the unscheduled visits of the subject ({words(self.sequence)})"
        )
        if self.take == "number":
            return f"{text} An unscheduled visit has {number}."
        return f'{text} An unscheduled visit is called "UNSCHEDULED" and its visit number, which is {number}.'


def _name_unscheduled(numbers: pd.Series) -> pd.Series:
    texts = format_numbers(numbers)
    return text_column(f"UNSCHEDULED {text}" if text else "" for text in texts)
