"""Epochs of the trial."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, Field

from cdisc_conv.columns.calendar import DAY
from cdisc_conv.columns.moments import Moments, find_instants
from cdisc_conv.columns.rows import pick_or_blank
from cdisc_conv.columns.texts import text_column
from cdisc_conv.derivations.base import SUBJECT, Derivation, Kind, Reach, Ref, Rows, Words
from cdisc_conv.derivations.dates.findings import moments_of, report_mixed_groups, report_mixture, table_moments
from cdisc_conv.derivations.parameters import Parameters, Text, join_words
from cdisc_conv.derivations.records.joining import Matches, find_last_before, match_records
from cdisc_conv.derivations.registry import register

ELEMENTS = "SE"


class EpochStart(Parameters):
    """An epoch and the date on which it begins for a subject."""

    epoch: Text = Field(description="the epoch")
    start: Ref = Field(description="the variable with the date on which it begins")
    days: int = Field(0, description="days after that date on which it begins: 1 for the day after")


def _read_list(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@register
class Epoch(Derivation):
    """The epoch of the trial in which a date lies: the last one that began on or before it.

    Epochs and their starts are given by `epochs`, or else are those of the dataset SE (subject elements). A date on the
    first day of an epoch is in that epoch; when both have times, the time decides. Of a partial date the known part
    decides: when the days that it may stand for lie in different epochs, there is none. There is none before the first
    start either. An epoch whose start is missing did not take place for the subject. Where the start of an epoch is
    partial or cannot be read, a date has an epoch only when it is certain: else it has none, which is a finding
    (EPOCH001).

    | AESTDTC | screening began | treatment began | EPOCH |
    |---|---|---|---|
    | 2022-02-20 | 2022-02-15 | 2022-03-01 | SCREENING |
    | 2022-03-01 | 2022-02-15 | 2022-03-01 | TREATMENT |
    | 2022-04 | 2022-02-15 | 2022-03-01 | TREATMENT |
    | 2022 | 2022-02-15 | 2022-03-01 | missing |

    ```yaml
    EPOCH:
      epoch:
        date: AESTDTC
        epochs:
          - {epoch: SCREENING, start: DM.RFICDTC}
          - {epoch: TREATMENT, start: DM.RFXSTDTC}
          - {epoch: FOLLOW-UP, start: DM.RFXENDTC, days: 1}
    ```

    Source: SDTMIG 3.4, domain SE (subject elements) and section 7 (epochs of the trial design).
    """

    name: ClassVar[str] = "epoch"
    topic: ClassVar[str] = "Visits and epochs"
    shorthand: ClassVar[str] = "date"
    kind: ClassVar[Kind] = Kind.TEXT

    date: Ref = Field(description="the date: ISO 8601 text, or a SAS number")
    epochs: Annotated[tuple[EpochStart, ...], BeforeValidator(_read_list)] = Field(
        (), description="epochs in their order: `epoch`, `start`, and `days` after it; without them those of SE"
    )

    def reads(self) -> tuple[str, ...]:
        own = () if self.epochs else (SUBJECT,)
        return tuple(dict.fromkeys((self.date, *own, *(each.start for each in self.epochs))))

    def tables(self) -> dict[str, tuple[str, ...]]:
        return {} if self.epochs else {ELEMENTS: (SUBJECT, "EPOCH", "SESTDTC")}

    def actual_reach(self) -> Reach:
        return Reach.ROW if self.epochs else Reach.SUBJECT

    def derive(self, rows: Rows) -> pd.Series:
        date = moments_of(rows, self.date)
        return self._among_given(rows, date) if self.epochs else self._among_elements(rows, date)

    def _among_given(self, rows: Rows, date: Moments) -> pd.Series:
        low, high, unread = np.full(len(rows), -1), np.full(len(rows), -1), np.zeros(len(rows), dtype=bool)
        partial = unread.copy()
        for number, each in enumerate(self.epochs):
            start = moments_of(rows, each.start)
            unread = unread | start.faults
            report_mixture(rows, self.date, each.start, date.mixes_with(start))
            first, last = (bound + each.days * DAY for bound in _find_starts(start.on_clock_of(date)))
            partial |= (first != last) & (date.latest >= first) & (_first_moment(date) < last)
            low[_first_moment(date) >= last] = number
            high[date.latest >= first] = number
        same = (low == high) & ~unread
        self._report_uncertain(rows, ~same & (partial | unread) & date.complete, "an epoch")
        return pick_or_blank(text_column(each.epoch for each in self.epochs), np.where(same, low, -1))

    def _among_elements(self, rows: Rows, date: Moments) -> pd.Series:
        table = rows.table(ELEMENTS)
        matches = match_records(rows, (SUBJECT,), [table[SUBJECT]])
        start = table_moments(table, "SESTDTC")
        instants = find_instants(matches.count, (matches.theirs, start), (matches.ours, date))
        report_mixed_groups(rows, (self.date, f"{ELEMENTS}.SESTDTC"), (matches.ours, date), (matches.theirs, start))
        start = start.on_common_clock(matches.theirs, instants)
        date = date.on_common_clock(matches.ours, instants)
        codes, names = pd.factorize(table["EPOCH"])
        first, last = _find_starts(start)
        low, high = (
            _find_last(matches, codes, bound, moment)
            for bound, moment in ((last, _first_moment(date)), (first, date.latest))
        )
        unread = np.isin(matches.ours, matches.theirs[(matches.theirs >= 0) & start.faults])
        same = (low == high) & ~unread
        partly = np.isin(matches.ours, matches.theirs[(matches.theirs >= 0) & (first != last) & ~np.isnan(first)])
        self._report_uncertain(rows, ~same & (partly | unread) & date.complete, "an element of SE")
        return pick_or_blank(text_column(names), np.where(same, low, -1))

    def _report_uncertain(self, rows: Rows, open_: np.ndarray, what: str) -> None:
        """Complete dates for which the start of an epoch, partial or unreadable, leaves open which one they are in."""
        if not open_.any():
            return
        message = (
            "{count:# complete date|# complete dates} of {date} {count:lies|lie} in no certain epoch, because the "
            "start of {what} is partial or cannot be read; {variable} is left missing"
        )
        parameters = {"date": str(self.date), "what": what, "variable": rows.variable}
        hint = "complete the start, or impute it"
        rows.report("EPOCH001", message, where=open_, field=self.date, hint=hint, parameters=parameters)

    def method(self, words: Words) -> str:
        date = words(self.date)
        if self.epochs:
            starts = join_words([_describe_start(each, words) for each in self.epochs])
            which = f"The last epoch that began on or before {date}. Epochs begin: {starts}."
        else:
            which = f"EPOCH of the last element of the subject in SE that began (SE.SESTDTC) on or before {date}."
        return (
            f"{which} A date on the first day of an epoch is in it; where both have times, the times decide. Blank "
            f"before the first start, where {date} is missing, and where the days that a partial {date} may stand "
            "for are not all in one epoch."
        )


def _find_last(matches: Matches, codes: np.ndarray, start: np.ndarray, moments: np.ndarray) -> np.ndarray:
    """The epoch of the subject's last element that began on or before each moment; -1 for none."""
    known = np.flatnonzero((matches.theirs >= 0) & ~np.isnan(start))
    known = known[np.lexsort([start[known], matches.theirs[known]])]
    place = find_last_before(matches.theirs[known], start[known], matches.ours, moments)
    return np.asarray(np.append(codes[known], -1)[place])


def _find_starts(start: Moments) -> tuple[np.ndarray, np.ndarray]:
    """The first and the last moment from which something may go on that begins on a date; a day begins at midnight."""
    return start.earliest, np.where(start.complete, start.earliest, start.last_day * DAY)


def _first_moment(date: Moments) -> np.ndarray:
    """The first moment a date may stand for; a day without time counts as its end: it is in what begins on it."""
    return np.asarray(date.first_day * DAY + np.where(date.timed, date.first_second, DAY - 1))


def _describe_start(each: EpochStart, words: Words) -> str:
    if each.days == 0:
        return f"{each.epoch} on {words(each.start)}"
    count = f"{abs(each.days)} day{'s' if abs(each.days) != 1 else ''}"
    return f"{each.epoch} {count} {'after' if each.days > 0 else 'before'} {words(each.start)}"
