"""Flags on records."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from cdisc_conv.columns.moments import find_instants, rank_in_time
from cdisc_conv.columns.texts import flag_column, is_filled
from cdisc_conv.derivations.base import SUBJECT, Derivation, ExpressionField, Kind, Reach, Ref, Rows, Words
from cdisc_conv.derivations.dates.findings import moments_of, report_mixture
from cdisc_conv.derivations.parameters import Refs, join_words
from cdisc_conv.derivations.registry import register
from cdisc_conv.expr import Expression

_SAME_DAY = {
    "time": (
        "On the date of {reference} itself times decide where both are known: a record at a later time does not "
        "count; where either time is missing, the record counts."
    ),
    "include": "Records on the date of {reference} itself count, whatever their times.",
    "exclude": "Records on the date of {reference} itself do not count, whatever their times.",
}


@register
class LastBefore(Derivation):
    """Y on the last record with a result on or before a reference date, for --LOBXFL and --BLFL.

    One record per subject and combination of `by` gets the flag: the last one, by date and time, that has a result and
    is on or before the reference. Missing and partial dates of records do not count, and neither does a subject whose
    reference is missing or partial. On the reference day itself `same_day` decides. Of records at the same date and
    time the last by `order` is taken, then the last in the order of the source; on one day a record without a time
    comes before those with one. Records of unscheduled visits count like others unless `where` leaves them out. Dates
    are ISO 8601 text or SAS numbers: a column of numbers is a SAS datetime when its name ends in DTM, else a SAS date.

    | VSTESTCD | VSDTC | VSORRES | DM.RFXSTDTC | VSLOBXFL |
    |---|---|---|---|---|
    | WEIGHT | 2022-02-20 | 71 | 2022-03-01T09:00 | missing |
    | WEIGHT | 2022-03-01T08:00 | 70 | 2022-03-01T09:00 | Y |
    | WEIGHT | 2022-03-01T10:00 | 70 | 2022-03-01T09:00 | missing |

    ```yaml
    VSLOBXFL: {last_before: {date: VSDTC, by: [VSTESTCD], where: VISITNUM == floor(VISITNUM)}}
    ```

    Source: SDTMIG 3.4 section 4.5.9 (baseline flags) and SDTM 2.0 (--LOBXFL is the last observation before exposure).
    """

    name: ClassVar[str] = "last_before"
    topic: ClassVar[str] = "Flags"
    shorthand: ClassVar[str] = "date"
    reach: ClassVar[Reach] = Reach.SUBJECT
    kind: ClassVar[Kind] = Kind.TEXT

    date: Ref = Field(description="the date of the record")
    by: Refs = Field((), description="variables whose combinations each have a last record, such as --TESTCD")
    result: Ref | None = Field(
        None, description="the result that must be there; AVAL for ADT or ADTM, else --ORRES of the domain of `date`"
    )
    reference: Ref = Field(Ref("DM.RFXSTDTC"), description="the date before which the record lies")
    same_day: Literal["time", "include", "exclude"] = Field("time", description="records on the reference date itself")
    order: Refs = Field((), description="variables that order records of the same date and time; the last is taken")
    where: Annotated[Expression, ExpressionField] | None = Field(None, description="which records count at all")

    @property
    def needed(self) -> Ref:
        """The column with the result."""
        return self.result or Ref("AVAL" if self.date in ("ADT", "ADTM") else f"{self.date[:2]}ORRES")

    def reads(self) -> tuple[str, ...]:
        where = self.where.names if self.where is not None else ()
        return tuple(dict.fromkeys((self.date, self.needed, self.reference, *self.by, *self.order, *where)))

    def derive(self, rows: Rows) -> pd.Series:
        date, reference = moments_of(rows, self.date), moments_of(rows, self.reference)
        report_mixture(rows, self.date, self.reference, date.mixes_with(reference))
        if self.same_day == "include":
            before = date.days <= reference.days
        elif self.same_day == "exclude":
            before = date.days < reference.days
        else:
            reference = reference.on_clock_of(date)
            before = (date.days < reference.days) | (
                (date.days == reference.days) & (date.earliest <= reference.latest)
            )
        counts = before & is_filled(rows[self.needed])
        if self.where is not None:
            counts &= self.where.evaluate(rows.__getitem__, len(rows)).to_numpy(dtype=bool)
        picked = np.flatnonzero(counts)
        ranks = [rank_in_time(rows[name])[picked] for name in reversed(self.order)]
        whole, found = pd.factorize(rows.codes([SUBJECT, *self.by]))
        groups, dates = whole[picked], date.take(picked)
        dates = dates.on_common_clock(groups, find_instants(len(found), (groups, dates)))
        time = np.where(dates.timed, dates.first_second, -1.0)
        order = picked[np.lexsort([*ranks, time, dates.days, groups])]
        ordered = whole[order]
        last = order[np.concatenate([ordered[1:] != ordered[:-1], [True]])] if len(order) else order
        flagged = np.zeros(len(rows), dtype=bool)
        flagged[last] = True
        return flag_column(flagged)

    def method(self, words: Words) -> str:
        date, reference = words(self.date), words(self.reference)
        group = join_words(["subject", *map(words, self.by)])
        before = f"before the date of {reference}" if self.same_day == "exclude" else f"on or before {reference}"
        records = (
            f"Only records where {words.condition(self.where)} count."
            if self.where is not None
            else "Records of scheduled and unscheduled visits count alike."
        )
        last = "the last one in the order of the source data"
        ties = f"{last} is flagged"
        if self.order:
            by_order = join_words(map(words, self.order))
            ties = f"the one that is last by {by_order} is flagged, and of those that are equal in this too {last}"
        return (
            f"Y on the last record, by {date}, that has a value of {words(self.needed)} and whose {date} is "
            f"{before}, for each {group}; blank on all other records. "
            f"{_SAME_DAY[self.same_day].format(reference=reference)} {records} Records whose {date} is missing or "
            f"partial do not count, and subjects whose {reference} is missing or partial have no flag. On one day a "
            f"record without a time comes before those with one. Of several records at the same date and time {ties}."
        )
