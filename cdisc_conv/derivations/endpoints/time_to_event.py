"""Time to event: the date that ends the time, whether it is an event, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, Field, model_validator

from cdisc_conv.columns.rows import pick_or_blank
from cdisc_conv.columns.texts import text_column
from cdisc_conv.derivations.base import SUBJECT, Derivation, Kind, Reach, Ref, Rows, Words
from cdisc_conv.derivations.endpoints.censoring_rules import (
    CensoringRule,
    MissedRule,
    NewTherapyRule,
    Time,
    UnassessedRule,
)
from cdisc_conv.derivations.endpoints.endings import (
    Adequate,
    AssessmentSource,
    CensorSource,
    DatedSource,
    Dates,
    Ending,
    EventSource,
    missing_dates,
    pick_earliest,
    pick_latest,
    read_adequate,
)
from cdisc_conv.derivations.evidence import Each, Parameters
from cdisc_conv.derivations.parameters import Text, join_words
from cdisc_conv.derivations.records.subject_records import (
    describe_where,
    name_field,
    name_source,
    read_days,
)
from cdisc_conv.derivations.registry import register

MONTH = 30.4375
"""Days of a month: 365.25 / 12."""


def _read_list(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


START_FLAG = "STARTDTF"


@dataclass(frozen=True)
class Result:
    """How the time of each row ends: the place of its ending among `endings` (-1 for none) and its date."""

    endings: tuple[Ending, ...]
    ending: np.ndarray
    start: np.ndarray
    dates: Dates

    @property
    def ends(self) -> np.ndarray:
        """The date, never before the start."""
        return np.asarray(np.where(self.dates.date < self.start, self.start, self.dates.date))

    def texts(self, name: str) -> pd.Series:
        """A text of the endings."""
        return pick_or_blank(text_column(str(getattr(each, name)) for each in self.endings), self.ending)

    def numbers(self, name: str) -> pd.Series:
        """A number of the endings."""
        return pd.Series(np.array([*(float(getattr(each, name)) for each in self.endings), np.nan])[self.ending])


@register
class TimeToEvent(Derivation):
    """The date that ends a time to event: that of the event, or of censoring.

    Dates are SAS dates, the days of SAS datetimes (columns called --DTM), or complete dates in ISO 8601 text, so that a
    source may be an SDTM dataset.

    The earliest date among `events` ends the time, whatever the dates of censoring; of events on one date the one
    listed first counts. Without event the latest date among `censors` does; of equal dates the one listed last. A date
    before `start` is set to `start` and reported (TTE001). Records without a date do not count; for events with a
    `where` they are reported (TTE004). A subject without start, or with neither event nor censoring, has no date
    (TTE002, TTE003); subjects that shall have no record are left out with `where` of the block.

    A source may name the imputation flag of its date as `flag`; then the flag of the date that ends the time comes
    along (ADT brings ADTF), so that a death whose day was imputed shows it. `start_flag` names that of the start, which
    comes along as STARTDTF, and as the flag of the date where that is the start.

    STARTDT, CNSR (0 for an event), EVNTDESC, CNSDTDSC, SRCDOM, SRCVAR and SRCSEQ come along, and with `unit` AVAL: the
    days from start to end, both counted, or these divided by 30.4375 as months.

    Optional rules speak of `assessments`, the adequate ones. The first that applies censors the time, at the last
    adequate assessment, or at the start where there is none:

    1. `unassessed`: there is no baseline assessment (`baseline`) or none after the start; censored at the start, unless
       there is an event with `unassessed: true`, such as death.
    2. `new_therapy`: another therapy began, and no event is on or before that date; censored at the last adequate
       assessment on or before it.
    3. `missed`: the event is more than so many days after the last adequate assessment before it; censored there.

    | subject | start | PD | death | last assessment | | ADT | CNSR | EVNTDESC |
    |---|---|---|---|---|---|---|---|---|
    | 01 | 2022-03-01 | 2022-05-10 | 2022-06-01 | 2022-05-10 | | 2022-05-10 | 0 | Progression |
    | 02 | 2022-03-01 | | | 2022-07-01 | | 2022-07-01 | 1 | Last tumor assessment |
    | 03 | 2022-03-01 | | | | | 2022-03-01 | 1 | Start of treatment |

    ```yaml
    ADT:
      time_to_event:
        start: TRTSDT
        events:
          - {from: ADRS, where: 'PARAMCD == "PD" and AVALC == "Y"', description: Progression, sequence: ASEQ}
          - {from: ADSL, date: DTHDT, description: Death}
        censors:
          - {from: ADRS, where: 'PARAMCD == "LSTA"', description: Last tumor assessment, sequence: ASEQ}
          - {from: ADSL, date: TRTSDT, description: Start of treatment}
        unit: days
        assessments: {from: ADRS, where: PARAMCD == "OVR" and AVALC != "NE", sequence: ASEQ}
        missed: {assessments: 2, every: 42, window: 14, description: Missed assessments, cnsr: 2}
    ```

    Source: CDISC ADaM Basic Data Structure for Time-to-Event Analyses 1.0; for the rules FDA guidance "Clinical Trial
    Endpoints for the Approval of Cancer Drugs and Biologics" (2018), appendix 3 (example tables for PFS analysis).
    """

    name: ClassVar[str] = "time_to_event"
    topic: ClassVar[str] = "Response and time to event"
    reach: ClassVar[Reach] = Reach.SUBJECT
    kind: ClassVar[Kind] = Kind.NUMBER

    start: Ref = Field(
        description="the date from which the time counts; `raw.ADT` where the source calls it as the variable is called"
    )
    start_flag: Ref | None = Field(None, description="the imputation flag of the start, which comes along as STARTDTF")
    events: Annotated[tuple[EventSource, ...], BeforeValidator(_read_list)] = Field(
        description="events: `from`, `where`, `date`, `description`, `domain`, `variable`, `sequence`, `flag`"
    )
    censors: Annotated[tuple[CensorSource, ...], BeforeValidator(_read_list)] = Field(
        description="dates of censoring: as events, and `cnsr` (1) and `date_description`"
    )
    unit: Literal["days", "months"] | None = Field(None, description="unit of AVAL, which comes along when it is given")
    assessments: AssessmentSource | None = Field(None, description="adequate assessments: `from`, `where`, `date` ...")
    unassessed: UnassessedRule | None = Field(None, description="rule: `description`, `cnsr`, `baseline` (condition)")
    new_therapy: NewTherapyRule | None = Field(None, description="rule: `date` (reference), `description`, `cnsr`")
    missed: MissedRule | None = Field(
        None, description="rule: `gap_days`, or `assessments`, `every` and `window`; `description`, `cnsr`"
    )
    start_description: Text = Field("Start", description="CNSDTDSC where a rule censors at the start")
    start_domain: Text = Field("ADSL", description="SRCDOM where a rule censors at the start")

    @model_validator(mode="after")
    def _check(self) -> Self:
        for name in ("events", "censors"):
            if not getattr(self, name):
                raise ValueError(f"'{name}' is empty; it lists at least one source of dates")
        used = [name for name in ("unassessed", "new_therapy", "missed") if getattr(self, name) is not None]
        if used and self.assessments is None:
            raise ValueError(f"'{used[0]}' needs 'assessments', which says where the adequate assessments are")
        return self

    def rules(self) -> tuple[CensoringRule, ...]:
        """The optional rules that are in use, in their order."""
        return tuple(rule for rule in (self.unassessed, self.new_therapy, self.missed) if rule is not None)

    def reads(self) -> tuple[str, ...]:
        therapy = (self.new_therapy.date,) if self.new_therapy else ()
        baseline = self.unassessed.baseline if self.unassessed else None
        flag = (self.start_flag,) if self.start_flag else ()
        return tuple(dict.fromkeys((SUBJECT, self.start, *flag, *therapy, *(baseline.names if baseline else ()))))

    def tables(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for each in (*self.events, *self.censors, *((self.assessments,) if self.assessments else ())):
            found[each.source] = tuple(dict.fromkeys((*found.get(each.source, ()), *each.columns())))
        return found

    def companions(self, variable: str) -> dict[str, Derivation]:
        texts = ("EVNTDESC", "CNSDTDSC", "SRCDOM", "SRCVAR")
        numbers = ("STARTDT", "CNSR", *(["SRCSEQ"] if self._numbered() else []), *(["AVAL"] if self.unit else []))
        made: dict[str, Derivation] = {part: NumberPart(of=self, part=part) for part in numbers}
        made |= {part: TextPart(of=self, part=part) for part in texts}
        if self.start_flag:
            made[START_FLAG] = FlagPart(of=self, part=START_FLAG)
        if self.start_flag or any(each.flag for each in self._ending_sources() if each is not None):
            made[f"{variable}F"] = FlagPart(of=self, part=f"{variable}F")
        return {part: each for part, each in made.items() if part != variable}

    def _numbered(self) -> bool:
        return any(each.sequence for each in (*self.events, *self.censors))

    def endings(self) -> tuple[Ending, ...]:
        """All ways to end: the events, the censors, and for each rule at an assessment and at the start."""
        found = [*(each.ending() for each in self.events), *(each.ending() for each in self.censors)]
        start = self.start.rpartition(".")[2]
        for rule in self.rules():
            assert self.assessments is not None  # the validator has seen to it
            at = self.assessments
            there = Ending(rule.description, at.description, rule.cnsr, at.domain or at.source, at.variable or at.date)
            here = Ending(rule.description, self.start_description, rule.cnsr, self.start_domain, start, at_start=True)
            found += [here if isinstance(rule, UnassessedRule) else there, here]
        return tuple(found)

    def _ending_sources(self) -> list[DatedSource | None]:
        """For each of the endings, where its date is from; None for the start."""
        found: list[DatedSource | None] = [*self.events, *self.censors]
        for rule in self.rules():
            found += [None if isinstance(rule, UnassessedRule) else self.assessments, None]
        return found

    def find_flags(self, rows: Rows) -> pd.Series:
        """How much of the date was imputed where it is from, also where that is the start."""
        result = self.resolve(rows)
        kept = ~np.isnan(result.dates.record) & ~(result.dates.date < result.start)
        flags = np.full(len(rows), "", dtype=object)
        for place, source in enumerate(self._ending_sources()):
            here = kept & (result.ending == place)
            if source is not None and source.flag and here.any():
                values = rows.table(source.source)[source.flag]
                flags[here] = values.take(result.dates.record[here].astype(np.int64)).to_numpy(dtype=object)
        if self.start_flag:
            at_start = (result.ending >= 0) & ~kept
            flags[at_start] = rows[self.start_flag][at_start].to_numpy(dtype=object)
        return text_column(flags)

    def find_start(self, rows: Rows) -> np.ndarray:
        """The start of each row in days."""
        return read_days(self.start, rows[self.start])

    def resolve(self, rows: Rows) -> Result:
        """How the time of each row ends; found once for all variables that say something of it."""
        result = rows.share((TimeToEvent.name, id(self)), lambda: self._find_endings(rows))
        self._note(rows, result.ending, result.dates)
        return result

    def _find_endings(self, rows: Rows) -> Result:
        start = self.find_start(rows)
        adequate = read_adequate(rows, self.assessments, start) if self.assessments else None
        lacking = np.zeros(len(rows), dtype=bool)
        if adequate is not None and self.unassessed is not None:
            lacking = self.unassessed.find_lacking(rows, adequate)
        events = [each.pick(rows, "first") for each in self.events]
        place, dates = pick_earliest(events, [~lacking | each.unassessed for each in self.events])
        last, censored = pick_latest([each.pick(rows, "last") for each in self.censors])
        ending = np.where((place < 0) & (last >= 0), last + len(events), place)
        time = Time(start, place >= 0, lacking, censored.where(place < 0, dates))
        ending, dates = self._apply_rules(rows, time, adequate, ending)
        ending = np.where(np.isnan(start), -1, ending)
        dates = missing_dates(len(rows)).where(ending < 0, dates)
        return Result(self.endings(), ending, start, dates)

    def _note(self, rows: Rows, ending: np.ndarray, dates: Dates) -> None:
        """Say which records the dates are from."""
        listed = [*self.events, *self.censors]
        place = np.where(np.isnan(dates.record), -1, dates.record).astype(np.int64)
        for number, each in enumerate(listed):
            rows.took(each.source, np.where(ending == number, place, -1))
        if self.assessments is not None:
            rows.took(self.assessments.source, np.where(ending >= len(listed), place, -1))

    def picks(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for each in (*self.events, *self.censors, *((self.assessments,) if self.assessments else ())):
            columns = [name for name in each.columns() if name != SUBJECT]
            found[each.source] = tuple(dict.fromkeys((*found.get(each.source, ()), *columns)))
        return found

    def _apply_rules(
        self, rows: Rows, time: Time, adequate: Adequate | None, ending: np.ndarray
    ) -> tuple[np.ndarray, Dates]:
        """The ending and its date after the optional rules, of which the first that applies to a row decides."""
        dates, left = time.dates, ~np.isnan(time.start)
        place = len(self.events) + len(self.censors)
        for rule in self.rules():
            assert adequate is not None  # the validator has seen to it
            applies, (censored, found) = rule.judge(rows, time, adequate)
            ending = np.where(left & applies, np.where(found, place, place + 1), ending)
            dates = censored.where(left & applies, dates)
            left &= ~applies
            place += 2
        return ending, dates

    def derive(self, rows: Rows) -> pd.Series:
        result = self.resolve(rows)
        self._report(rows, result)
        return pd.Series(result.ends)

    def _report(self, rows: Rows, result: Result) -> None:
        known: Parameters = {"names": Each(rows[SUBJECT]), "start": str(self.start)}
        early = result.dates.date < result.start
        for place in np.unique(result.ending[early]):
            where, each = early & (result.ending == place), result.endings[place]
            message = (
                "'{ending}' of {names.subjects} ({domain}.{variable}) is dated before {start}, so the time ends on its "
                "first day"
            )
            hint = "correct one of the dates, or the records of {domain}"
            ending = {"ending": each.description, "domain": each.domain, "variable": each.variable}
            rows.report("TTE001", message, where=where, hint=hint, parameters={**known, **ending})
        unstarted = np.isnan(result.start)
        if unstarted.any():
            message = "{names.subjects} has no {start}, so there is no time to event"
            hint = "leave such subjects out with 'where' of the block"
            rows.report("TTE002", message, where=unstarted, hint=hint, parameters=known)
        endless = ~unstarted & (result.ending < 0)
        if endless.any():
            message = "{names.subjects} has neither an event nor a date of censoring"
            hint = "add a censoring at the start as the first of 'censors'"
            rows.report("TTE003", message, where=endless, hint=hint, parameters=known)
        for event in self.events:
            records, dates = event.find(rows)
            undated = records.rows_of(np.isnan(dates))
            if event.where is not None and undated.any():
                message = "'{event}' of {names.subjects} has no complete date in {date} and does not count"
                hint = "complete the date, or narrow 'where'"
                named = {"event": event.description, "date": f"{event.source}.{event.date}"}
                rows.report("TTE004", message, where=undated, hint=hint, parameters={**known, **named})

    def method(self, words: Words) -> str:
        start = words(self.start)
        events = _number_list([each.describe(words, "earliest") for each in self.events])
        censors = _number_list([each.describe(words, "latest") for each in self.censors])
        return (
            f"The date on which the time from {start} ends. Events: {events}. The earliest event ends the time, "
            "whatever the dates of censoring; of events on one date the one listed first counts. Without event the "
            f"time is censored at the latest of: {censors}; of equal dates the one listed last counts. "
            f"{self._describe_rules(words)}A date before {start} is set to {start}. Blank where {start} is missing, "
            "and where there is neither an event nor a date of censoring."
        )

    def _describe_rules(self, words: Words) -> str:
        """The optional rules as whole sentences; "" without any."""
        rules = self.rules()
        if self.assessments is None or not rules:
            return ""
        start, source = words(self.start), self.assessments
        where = describe_where(words, source.source, source.where)
        kept = [each.description for each in self.events if each.unassessed]
        said = _number_list([rule.describe(words, start, kept) for rule in rules])
        return (
            f"Before that, the first of these rules that applies decides: {said}. Adequate assessments are the "
            f"subject's records in {name_source(words, source.source)}{where}, dated by "
            f"{name_field(words, source.source, source.date)}, on or after {start}; where there is none, the time is "
            f"censored at {start}. "
        )


class _Part(Derivation):
    """A variable that comes along with the date of a `time_to_event`; never written in a mapping."""

    name: ClassVar[str] = "part_of_time_to_event"
    topic: ClassVar[str] = TimeToEvent.topic
    reach: ClassVar[Reach] = Reach.SUBJECT

    of: TimeToEvent = Field(description="the derivation of the date")
    part: str = Field(description="the variable")

    def reads(self) -> tuple[str, ...]:
        if self.part == START_FLAG and self.of.start_flag:
            return (self.of.start_flag,)
        return self.of.reads()

    def tables(self) -> dict[str, tuple[str, ...]]:
        return {} if self.part in ("STARTDT", START_FLAG) else self.of.tables()

    def picks(self) -> dict[str, tuple[str, ...]]:
        return {} if self.part in ("STARTDT", START_FLAG) else self.of.picks()

    def _group(self, attribute: str, blank: str = "") -> str:
        """The values of an attribute with the endings that have them: ``ADRS for Progression; ADSL for Death``."""
        found: dict[str, list[str]] = {}
        for each in self.of.endings():
            found.setdefault(str(getattr(each, attribute)) or blank, []).append(
                each.description if attribute == "cnsr" else each.label
            )
        return "; ".join(f"{value} for {join_words(dict.fromkeys(names))}" for value, names in found.items())


class NumberPart(_Part):
    """STARTDT, CNSR, SRCSEQ or AVAL."""

    kind: ClassVar[Kind] = Kind.NUMBER

    def derive(self, rows: Rows) -> pd.Series:
        if self.part == "STARTDT":
            return pd.Series(self.of.find_start(rows))
        result = self.of.resolve(rows)
        if self.part == "CNSR":
            return result.numbers("cnsr")
        if self.part == "SRCSEQ":
            return pd.Series(result.dates.sequence)
        days = result.ends - result.start + 1
        return pd.Series(days / MONTH if self.of.unit == "months" else days)

    def method(self, words: Words) -> str:
        date = f"{words.dataset}.ADT"
        if self.part == "STARTDT":
            return f"{words(self.of.start)}, the start of the time to event."
        if self.part == "CNSR":
            return f"By what ends the time on {date}: {self._group('cnsr')}."
        if self.part == "SRCSEQ":
            sources = (*self.of.events, *self.of.censors, *((self.of.assessments,) if self.of.assessments else ()))
            fields = dict.fromkeys(name_field(words, each.source, each.sequence) for each in sources if each.sequence)
            return f"{join_words(fields, 'or')} of the record that gives {date}; blank where it has none."
        months = f", divided by {MONTH} (months)" if self.of.unit == "months" else " (days)"
        return f"{date} − {words.dataset}.STARTDT + 1{months}."


class TextPart(_Part):
    """EVNTDESC, CNSDTDSC, SRCDOM or SRCVAR."""

    kind: ClassVar[Kind] = Kind.TEXT
    attributes: ClassVar[dict[str, str]] = {
        "EVNTDESC": "description",
        "CNSDTDSC": "date_description",
        "SRCDOM": "domain",
        "SRCVAR": "variable",
    }

    def derive(self, rows: Rows) -> pd.Series:
        return self.of.resolve(rows).texts(self.attributes[self.part])

    def method(self, words: Words) -> str:
        date = f"{words.dataset}.ADT"
        if self.part == "EVNTDESC":
            listed = dict.fromkeys(each.description for each in self.of.endings())
            return f"The event or the reason of censoring that ends the time on {date}: {join_words(listed, 'or')}."
        what = {"CNSDTDSC": "What the date of censoring is", "SRCDOM": "The dataset of the date"}
        head = what.get(self.part, "The variable of the date")
        return f"{head}, by what ends the time on {date}: {self._group(self.attributes[self.part], 'blank')}."


class FlagPart(_Part):
    """ADTF, how much of the date was imputed, or STARTDTF, how much of the start."""

    kind: ClassVar[Kind] = Kind.TEXT

    def derive(self, rows: Rows) -> pd.Series:
        if self.part == START_FLAG and self.of.start_flag:
            return rows[self.of.start_flag].reset_index(drop=True)
        return self.of.find_flags(rows)

    def method(self, words: Words) -> str:
        start = words(self.of.start_flag) if self.of.start_flag else ""
        if self.part == START_FLAG:
            return f"{start}, the imputation flag of the start of the time to event."
        sources = (*self.of.events, *self.of.censors, *((self.of.assessments,) if self.of.assessments else ()))
        fields = dict.fromkeys(name_field(words, each.source, each.flag) for each in sources if each.flag)
        date = f"{words.dataset}.{self.part[:-1]}"
        if not fields:
            return f"{start} where {date} is the start; blank elsewhere."
        there = f"; {start} where the date is the start" if start else ", and where the date is the start"
        return f"{join_words(fields, 'or')} of the record that gives {date}; blank where it has none{there}."


def _number_list(items: list[str]) -> str:
    return "; ".join(f"({number}) {item}" for number, item in enumerate(items, start=1))
