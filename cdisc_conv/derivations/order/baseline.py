"""Baseline, and what is reckoned from it: change, percent change and shift (Basic Data Structure)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from cdisc_conv.columns.numbers import as_numbers
from cdisc_conv.columns.rows import pick_or_blank
from cdisc_conv.columns.texts import as_text
from cdisc_conv.derivations.base import Derivation, Kind, Reach, Ref, Rows, Words
from cdisc_conv.derivations.evidence import Each, Parameters
from cdisc_conv.derivations.order.placing import Groups, find_placed, group_records, name_groups, rank_records
from cdisc_conv.derivations.parameters import Refs, Text, join_words
from cdisc_conv.derivations.registry import register
from cdisc_conv.problems import Severity

PARAMETER = Ref("PARAMCD")
FLAG = Ref("ABLFL")
_TOPIC = "Analysis values"


def find_baselines(rows: Rows, groups: Groups, flag: Ref) -> tuple[np.ndarray, np.ndarray]:
    """The position of the flagged record of each group, -1 for none or several; and which groups have several."""
    flagged = np.flatnonzero((as_text(rows[flag]) == "Y").to_numpy(dtype=bool))
    counts = np.bincount(groups.codes[flagged], minlength=groups.count)
    position = np.full(groups.count, -1)
    position[groups.codes[flagged]] = flagged
    position[counts > 1] = -1
    return position, counts > 1


@register
class Baseline(Derivation):
    """The value that the baseline record of the subject and parameter has, on all its records.

    The baseline record is the one whose `flag` is Y among the records of the subject that are equal in `by`. A group
    without a flagged record has no baseline. Several flagged records in a group are an error finding (BASE001) that
    names the group, and the value stays missing there. Where a parameter has several types of baseline, BASETYPE
    belongs into `by`.

    | USUBJID | PARAMCD | ADY | AVAL | ABLFL | BASE |
    |---|---|---|---|---|---|
    | 01 | WEIGHT | 1 | 70 | Y | 70 |
    | 01 | WEIGHT | 22 | 68 | | 70 |
    | 02 | WEIGHT | 22 | 81 | | missing |

    ```yaml
    BASE: {baseline: AVAL}
    ```

    Source: ADaMIG 1.3 section 3.3.4 (BASE and BASEC hold the value of AVAL and AVALC of the record flagged by ABLFL).
    """

    name: ClassVar[str] = "baseline"
    topic: ClassVar[str] = _TOPIC
    shorthand: ClassVar[str] = "value"
    reach: ClassVar[Reach] = Reach.SUBJECT

    value: Ref = Field(Ref("AVAL"), description="the column whose value at baseline is taken: AVAL, or AVALC for BASEC")
    flag: Ref = Field(FLAG, description="the flag that is Y on the baseline record")
    by: Refs = Field((PARAMETER,), description="columns that split the subject's records, each with its own baseline")

    def makes_numbers(self, is_number: Callable[[str], bool]) -> bool:
        return is_number(self.value)

    def derive(self, rows: Rows) -> pd.Series:
        groups = group_records(rows, self.by)
        position, several = find_baselines(rows, groups, self.flag)
        if several.any():
            self._report(rows, groups, several)
        return pick_or_blank(rows[self.value], position[groups.codes])

    def _report(self, rows: Rows, groups: Groups, several: np.ndarray) -> None:
        flagged = (as_text(rows[self.flag]) == "Y").to_numpy(dtype=bool) & several[groups.codes]
        message = (
            "{groups.records_of_first} records are flagged as baseline by {flag} for {groups.first}"
            "{groups.others:?, and # more group has several|, and # more groups have several}; "
            "{variable} is blank there"
        )
        parameters: Parameters = {
            "groups": Each(name_groups(rows, self.by, flagged)), "flag": str(self.flag), "variable": rows.variable
        }  # fmt: skip
        hint = "a group has one baseline: narrow the rule of {flag}, or split the group with 'by' (BASETYPE)"
        rows.report(
            "BASE001",
            message,
            where=flagged,
            severity=Severity.ERROR,
            value="{groups.first}",
            hint=hint,
            parameters=parameters,
        )

    def method(self, words: Words) -> str:
        record = f"the record of the same {join_words(['subject', *map(words, self.by)])}"
        return (
            f"{words(self.value)} of {record} whose {words(self.flag)} is Y. Blank where no record is so flagged, or "
            "more than one is."
        )


class _Difference(Derivation):
    """What `change` and `percent_change` share: all but the arithmetic."""

    topic: ClassVar[str] = _TOPIC
    shorthand: ClassVar[str] = "base"
    kind: ClassVar[Kind] = Kind.NUMBER

    base: Ref = Field(Ref("BASE"), description="the value to compare with: BASE, or NADIR")
    value: Ref = Field(Ref("AVAL"), description="the value that changed")
    records: Literal["all", "from_baseline", "after_baseline"] = Field(
        "all", description="which records get a change: all that have both values, or those from or after the baseline"
    )
    order: Refs = Field(
        (Ref("ADT"),), description="columns that say which records are after baseline; only with `records`"
    )
    by: Refs = Field((PARAMETER,), description="columns that split the subject's records; only with `records`")
    flag: Ref = Field(FLAG, description="the flag that is Y on the baseline record; only with `records`")

    def reads(self) -> tuple[str, ...]:
        if self.records == "all":
            return (self.value, self.base)
        return tuple(dict.fromkeys((self.value, self.base, *self.order, *self.by, self.flag)))

    def actual_reach(self) -> Reach:
        return Reach.ROW if self.records == "all" else Reach.SUBJECT

    def derive(self, rows: Rows) -> pd.Series:
        value, base = (as_numbers(rows[name]).to_numpy() for name in (self.value, self.base))
        made = self._compute(value, base)
        return pd.Series(made if self.records == "all" else np.where(self._find_records(rows), made, np.nan))

    @abstractmethod
    def _compute(self, value: np.ndarray, base: np.ndarray) -> np.ndarray:
        """The difference, record by record."""

    def _find_records(self, rows: Rows) -> np.ndarray:
        """The records after the baseline record of their group, and that record itself where it counts."""
        groups = group_records(rows, self.by)
        position, _ = find_baselines(rows, groups, self.flag)
        columns = [rows[name] for name in self.order]
        place, placed = rank_records(columns, len(rows)), find_placed(columns, len(rows))
        of_mine = position[groups.codes]
        after = (of_mine >= 0) & placed & placed[of_mine] & (place > place[of_mine])
        itself = of_mine == np.arange(len(rows))
        return np.asarray(after | itself if self.records == "from_baseline" else after)

    def _describe_records(self, words: Words) -> str:
        if self.records == "all":
            return ""
        group = join_words(["subject", *map(words, self.by)])
        flagged = f"the record flagged as baseline by {words(self.flag)}"
        which = (
            f"{flagged} and on the records after it"
            if self.records == "from_baseline"
            else f"the records after {flagged}"
        )
        return f" Given on {which}, by {join_words(map(words, self.order))}, of the same {group}; blank on all others."


@register
class Change(_Difference):
    """The change from baseline: the value less the base; missing where either is missing.

    Which records have a change is the sponsor's choice. With `records: all` every record has one that has both
    values, the baseline record 0 and records before baseline too. With `from_baseline` only the record flagged as
    baseline and those after it by `order`; with `after_baseline` not the flagged record either. A record at the same
    place in the order as the flagged one is not after it, and neither is one without a value to order by.

    | PARAMCD | ADY | AVAL | BASE | ABLFL | CHG | CHG, after_baseline |
    |---|---|---|---|---|---|---|
    | SDIAM | -14 | 98 | 96 | | 2 | missing |
    | SDIAM | 1 | 96 | 96 | Y | 0 | missing |
    | SDIAM | 22 | 38 | 96 | | -58 | -58 |

    ```yaml
    CHG: {change: {base: BASE, records: from_baseline, order: [ADT]}}
    ```

    Source: ADaMIG 1.3 section 3.3.4 (CHG is AVAL - BASE; records that have it are left to the sponsor).
    """

    name: ClassVar[str] = "change"

    def _compute(self, value: np.ndarray, base: np.ndarray) -> np.ndarray:
        return np.asarray(value - base)

    def method(self, words: Words) -> str:
        both = f"{words(self.value)} minus {words(self.base)}. Blank where either is missing."
        return f"{both}{self._describe_records(words)}"


@register
class PercentChange(_Difference):
    """The percent change from baseline: 100 times the value less the base, divided by the base.

    Missing where either is missing or the base is 0. Nothing is rounded. `records` says which records have one, as in
    `change`.

    | PARAMCD | ADY | AVAL | BASE | PCHG |
    |---|---|---|---|---|
    | SDIAM | 1 | 80 | 80 | 0 |
    | SDIAM | 22 | 60 | 80 | -25 |
    | SDIAM | 43 | 5 | 0 | missing |

    ```yaml
    PCHGNAD: {percent_change: NADIR}
    ```

    Source: ADaMIG 1.3 section 3.3.4 (PCHG is ((AVAL - BASE) / BASE) * 100).
    """

    name: ClassVar[str] = "percent_change"

    def _compute(self, value: np.ndarray, base: np.ndarray) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(base == 0, np.nan, 100 * (value - base) / base)

    def method(self, words: Words) -> str:
        value, base = words(self.value), words(self.base)
        rule = f"100 times ({value} minus {base}), divided by {base}, not rounded."
        return f"{rule} Blank where either is missing or {base} is 0.{self._describe_records(words)}"


@register
class Shift(Derivation):
    """The shift from one category to another as one text, such as from the grade at baseline to the grade now.

    The text is the first category, the separator, and the second. Without a word for `missing` a record that lacks
    either category has no shift; with one, the word stands for the category that is missing, and only a record that
    lacks both has none. `prefix` is written before each category that is there.

    | BTOXGR | ATOXGR | SHIFT1 |
    |---|---|---|
    | 0 | 2 | `GRADE 0 to GRADE 2` |
    | | 1 | missing |

    ```yaml
    SHIFT1: {shift: {from: BTOXGR, to: ATOXGR, prefix: 'GRADE '}}
    ```

    Source: ADaMIG 1.3 section 3.3.4 (SHIFTy is a shift in values depending on the defined pairing).
    """

    name: ClassVar[str] = "shift"
    topic: ClassVar[str] = _TOPIC
    kind: ClassVar[Kind] = Kind.TEXT

    source: Ref = Field(alias="from", description="the category before, such as BASECAT1 or BNRIND")
    to: Ref = Field(description="the category now, such as AVALCAT1 or ANRIND")
    separator: str = Field(" to ", description="what stands between the two")
    prefix: str = Field("", description="what stands before each category")
    missing: Text = Field("", description="the word for a category that is missing; without it there is no shift")

    def derive(self, rows: Rows) -> pd.Series:
        before, now = as_text(rows[self.source]), as_text(rows[self.to])
        none = (before == "") & (now == "") if self.missing else (before == "") | (now == "")
        text = self._name(before) + self.separator + self._name(now)
        return text.mask(none, "")

    def _name(self, category: pd.Series) -> pd.Series:
        return (self.prefix + category).mask(category == "", self.missing)

    def method(self, words: Words) -> str:
        before, now = words(self.source), words(self.to)
        start = f", each after the text '{self.prefix}'" if self.prefix else ""
        joined = f"{before} and {now} joined by '{self.separator}'{start}."
        if self.missing:
            return f"{joined} '{self.missing}' stands for one that is missing. Blank where both are missing."
        return f"{joined} Blank where either is missing."
