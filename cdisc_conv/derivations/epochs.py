"""Epochs of the trial."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, Field

from cdisc_conv.columns.moments import DAY, Moments, read_moments
from cdisc_conv.derivations.base import SUBJECT, Derivation, Kind, Reach, Ref, Rows, Words
from cdisc_conv.derivations.date_findings import moments_of
from cdisc_conv.derivations.joining import find_last_before, match_records
from cdisc_conv.derivations.parameters import Parameters, Text, join_words
from cdisc_conv.derivations.registry import register
from cdisc_conv.derivations.texts import text_column

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
    start either. An epoch whose start is missing did not take place for the subject.

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
        low, high = (np.full(len(rows), -1) for _ in range(2))
        for number, each in enumerate(self.epochs):
            start = moments_of(rows, each.start).earliest + each.days * DAY
            low[_first_moment(date) >= start] = number
            high[date.latest >= start] = number
        names = text_column([*(each.epoch for each in self.epochs), ""])
        return names.take(np.where(low == high, low, -1)).reset_index(drop=True)

    def _among_elements(self, rows: Rows, date: Moments) -> pd.Series:
        table = rows.table(ELEMENTS)
        matches = match_records(rows, (SUBJECT,), [table[SUBJECT]])
        start = read_moments(table["SESTDTC"]).earliest
        known = np.flatnonzero((matches.theirs >= 0) & ~np.isnan(start))
        known = known[np.lexsort([start[known], matches.theirs[known]])]
        low, high = (
            find_last_before(matches.theirs[known], start[known], matches.ours, moment)
            for moment in (_first_moment(date), date.latest)
        )
        codes, names = pd.factorize(table["EPOCH"])
        in_order = np.append(codes[known], -1)
        same = in_order[low] == in_order[high]
        return text_column([*names, ""]).take(np.where(same, in_order[low], -1)).reset_index(drop=True)

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


def _first_moment(date: Moments) -> np.ndarray:
    """The first moment a date may stand for; a day without time counts as its end: it is in what begins on it."""
    return np.asarray(date.first_day * DAY + np.where(date.timed, date.first_second, DAY - 1))


def _describe_start(each: EpochStart, words: Words) -> str:
    if each.days == 0:
        return f"{each.epoch} on {words(each.start)}"
    count = f"{abs(each.days)} day{'s' if abs(each.days) != 1 else ''}"
    return f"{each.epoch} {count} {'after' if each.days > 0 else 'before'} {words(each.start)}"
