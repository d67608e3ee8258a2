"""Values of other records: one record's value, and whether there is a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from cdisc_conv.columns.distinct import find_distinct
from cdisc_conv.columns.moments import find_instants, is_datetime, rank_in_time
from cdisc_conv.columns.numbers import as_numbers
from cdisc_conv.columns.rows import pick_or_blank, take_rows
from cdisc_conv.columns.texts import flag_column, is_filled, is_number
from cdisc_conv.derivations.base import (
    SELF,
    SUBJECT,
    Derivation,
    ExpressionField,
    Kind,
    Reach,
    Ref,
    Rows,
    Table,
    TableRef,
    Words,
)
from cdisc_conv.derivations.dates.findings import moments_of, report_mixed_groups, table_moments
from cdisc_conv.derivations.evidence import Each, First
from cdisc_conv.derivations.order.ordering import sort_rows
from cdisc_conv.derivations.parameters import Names, join_words
from cdisc_conv.derivations.records.joining import (
    BY_SUBJECT,
    Keys,
    Matches,
    NearMisses,
    check_keys,
    describe_keys,
    find_last_before,
    find_near_misses,
    find_reach,
    find_unmatched,
    match_records,
    name_column,
    name_keys,
    names_in,
    own_names,
    select_records,
)
from cdisc_conv.derivations.records.pairing import Ranges, Selection, describe_ranges, pair_records
from cdisc_conv.derivations.registry import register
from cdisc_conv.expr import Expression
from cdisc_conv.problems import Severity

_NO_RANGES: Mapping[Ref, tuple[str, str]] = MappingProxyType({})
"""Keys that a finding shows."""


class _OtherRecords(Derivation):
    """What `lookup` and `exists` share: the table, its keys and the condition."""

    topic: ClassVar[str] = "Other records"
    reach: ClassVar[Reach] = Reach.SUBJECT

    source: str = Field(alias="from", description="the dataset (DS) or raw form (form ic) to look in")
    by: Keys = Field(BY_SUBJECT, description="keys that must be equal: names, or own column -> their column")
    where: Annotated[Expression, ExpressionField] | None = Field(
        None, description="a condition on their columns, and with `own.` on ours"
    )

    @model_validator(mode="after")
    def _check_keys(self) -> Self:
        check_keys(self.source, self.by)
        return self

    def reads(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.by, *own_names(self.where))))

    def actual_reach(self) -> Reach:
        return find_reach(self.by)

    def _match(
        self, rows: Rows, table: Table, ranges: Mapping[Ref, tuple[str, str]] = _NO_RANGES, folded: bool = False
    ) -> tuple[np.ndarray, Matches, list[pd.Series]]:
        """The positions of their records that meet the condition, how they match ours, and their keys.

        With ranges, or a condition that sees both sides, there is a position for each pair that they leave.
        """
        both_sides = self.where if own_names(self.where) else None
        picked = select_records(table, None if both_sides is not None else self.where)
        theirs = [take_rows(table[name], picked) for name in self.by.values()]
        matches = match_records(rows, tuple(self.by), theirs, folded)
        if ranges or both_sides is not None:
            pairs = pair_records(rows, Selection(table, picked), matches, ranges, both_sides)
            return picked[pairs.picked], pairs.matches, theirs
        return picked, matches, theirs

    def _where(self, words: Words) -> str:
        return f" and where {words.condition(self.where, self.source)}" if self.where is not None else ""


@register
class Lookup(_OtherRecords):
    """A value from the matching record of another dataset or form.

    Records match when all keys are equal; `where` says which of theirs count. When several match, `order` sorts them
    and `keep` takes the first (the default once there is an `order`) or the last. Without both, several different
    values are an error finding (LOOK001) that names the keys, and the value stays missing; several records with the
    same value are fine. In the order a record with a missing value comes after all others for `first` and before them
    for `last`, so that it is taken only when there is no other.

    No match leaves the value missing, and is a finding (LOOK002) with the keys that are not there, unless `optional`
    says that it may be so. A look-up by the subject alone that has a condition asks whether there is such a record at
    all, so it is optional by itself. `ignore_case` takes keys for equal that differ in letter case or blanks alone.

    `within` asks for ranges: `{AGE: [AGELO, AGEHI]}` takes the records whose range our value is in, both ends included,
    where a blank end is open. Numbers and dates have ranges; a missing value and a partial date are in none. In `where`
    the name `own.SEX` is a column of our record, all others are theirs. So a normal range is found by test, sex, age
    and date: `{from: form ranges, by: {LBTESTCD: TEST}, within: {AGE: [AGELO, AGEHI]}, where: SEX == "" or SEX ==
    own.SEX, take: LLN}`.

    `up_to` ties a date of ours to one of theirs: of the records that match, the last one whose date is on or before
    ours is taken, so no `order` is needed. `LDOSEDTC: {lookup: {from: EX, up_to: {ASTDT: EXSTDTC}, take: EXSTDTC}}` is
    the start of the last dosing interval before an event. Dates are ISO 8601 text or SAS numbers; where both have times
    the times decide, and partial dates do not count. Plain numbers, such as study days, are compared as numbers. Of
    records of one date the last of the source is taken.

    In ADaM the name `self` stands for the records of the earlier blocks of the dataset; numbers stay numbers.

    | DS.USUBJID | DS.DSDECOD | DS.DSSTDTC | | USUBJID | DTHDTC |
    |---|---|---|---|---|---|
    | 01 | DEATH | 2022-08-01 | | 01 | 2022-08-01 |
    | 02 | COMPLETED | 2022-09-01 | | 02 | missing |

    ```yaml
    DTHDTC: {lookup: {from: DS, where: 'DSDECOD == "DEATH"', take: DSSTDTC}}
    ```

    Source: a rule of the mapping language.
    """

    name: ClassVar[str] = "lookup"

    take: str = Field(description="their column whose value is taken")
    order: Names = Field((), description="their columns that sort the records that match, ascending")
    keep: Literal["first", "last"] | None = Field(None, description="which of several records to take")
    up_to: dict[Ref, str] = Field(
        default_factory=dict, description="own date or number -> theirs: take the last record that is not after ours"
    )
    within: Ranges = Field(
        default_factory=dict, description="own number or date -> their lowest and highest, both included; blank is open"
    )
    optional: bool = Field(False, description="records without a match are expected, and no finding")
    ignore_case: bool = Field(False, description="keys that differ in letter case or blanks alone are equal")

    @model_validator(mode="after")
    def _check_up_to(self) -> Self:
        if len(self.up_to) > 1:
            raise ValueError("'up_to' ties one date of ours to one of theirs, such as {ASTDT: EXSTDTC}")
        if self.up_to and (self.within or own_names(self.where)):
            raise ValueError("'up_to' and 'within' do not go together, nor 'up_to' and names with 'own.' in 'where'")
        if self.up_to and (self.order or self.keep):
            raise ValueError("'up_to' says which record is taken; leave 'order' and 'keep' out")
        return self

    def reads(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.by, *self.up_to, *self.within, *own_names(self.where))))

    @property
    def bounds(self) -> tuple[str, ...]:
        """Their columns that are the ends of ranges."""
        return tuple(bound for bounds in self.within.values() for bound in bounds)

    @property
    def which(self) -> str:
        """``first``, ``last``, or "" when the record must be the only one."""
        return self.keep or ("first" if self.order else "")

    def tables(self) -> dict[str, tuple[str, ...]]:
        columns = (*self.by.values(), *names_in(self.where), *self.order, *self.up_to.values(), *self.bounds, self.take)
        return {self.source: tuple(dict.fromkeys(columns))}

    def picks(self) -> dict[str, tuple[str, ...]]:
        columns = (*names_in(self.where), *self.up_to.values(), *self.bounds, self.take)
        return {self.source: tuple(dict.fromkeys(columns))}

    def makes_numbers(self, is_number: Callable[[str], bool]) -> bool:
        return is_number(TableRef(f"{self.source}.{self.take}"))

    def derive(self, rows: Rows) -> pd.Series:
        table = rows.table(self.source)
        picked, matches, theirs = self._match(rows, table, self.within, self.ignore_case)
        if not self.optional:
            self._report_none(rows, matches, theirs)
        rows.matched(self.source, picked, picked[matches.theirs >= 0])
        values = take_rows(table[self.take], picked)
        place = self._find_up_to(rows, table, picked, matches) if self.up_to else self._choose(rows, picked, matches)
        rows.took(self.source, np.append(picked, -1)[place])
        return pick_or_blank(values, place)

    def _choose(self, rows: Rows, picked: np.ndarray, matches: Matches) -> np.ndarray:
        """Among the records picked, the one that `order` and `keep` say, or the only one; -1 where there is none."""
        table = rows.table(self.source)
        ranks = [self._rank(take_rows(table[name], picked)) for name in self.order]
        sorted_rows = sort_rows(matches.theirs + 1, ranks)
        sorted_rows = sorted_rows[matches.theirs[sorted_rows] >= 0]
        position = np.full(matches.count, -1)
        if self.which == "last":
            position[matches.theirs[sorted_rows]] = sorted_rows
        else:
            position[matches.theirs[sorted_rows[::-1]]] = sorted_rows[::-1]
        if not self.which:
            position[self._report_several(rows, matches, take_rows(table[self.take], picked))] = -1
        return np.asarray(position[matches.ours])

    def _find_up_to(self, rows: Rows, table: Table, picked: np.ndarray, matches: Matches) -> np.ndarray:
        """Among the records picked, the last one on or before our date; -1 where there is none."""
        ((own, their),) = self.up_to.items()
        theirs, ours = take_rows(table[their], picked), rows[own]
        plain = _find_plain_numbers(theirs, their, ours, own, matches)
        start, limit = np.full(len(theirs), np.nan), np.full(len(ours), np.nan)
        if plain.any():
            start = np.where(plain[matches.theirs], as_numbers(theirs), np.nan)
            limit = np.where(plain[matches.ours], as_numbers(ours), np.nan)
        if not plain.all():
            mine = np.flatnonzero(~plain[matches.ours])
            asked, groups = rows if not plain.any() else rows.matching(~plain[matches.ours]), matches.ours[mine]
            dates, limits = table_moments(table, their).take(picked), moments_of(asked, own)
            instants = find_instants(matches.count, (matches.theirs, dates), (groups, limits))
            report_mixed_groups(asked, (own, f"{self.source}.{their}"), (groups, limits), (matches.theirs, dates))
            dates, limits = dates.on_common_clock(matches.theirs, instants), limits.on_common_clock(groups, instants)
            start = np.where(dates.complete & ~plain[matches.theirs], dates.earliest, start)
            limit[mine] = np.where(limits.complete, limits.latest, np.nan)
        known = np.flatnonzero((matches.theirs >= 0) & ~np.isnan(start))
        known = known[np.lexsort([start[known], matches.theirs[known]])]
        place = find_last_before(matches.theirs[known], start[known], matches.ours, limit)
        return np.where(place < 0, -1, known[place]) if len(known) else place

    def _report_none(self, rows: Rows, matches: Matches, theirs: Sequence[pd.Series]) -> None:
        """LOOK002: the keys that their records do not have, with how many records of ours ask for them."""
        subject = [own.removeprefix("raw.") in (SUBJECT, rows.setting("subject")) for own in self.by]
        if all(subject) and self.where is not None:
            return
        unmatched = find_unmatched(matches)
        if not len(unmatched):
            return
        # The subject is named only where there is no other key.
        asked = [*subject, *([False] * len(self.within))]
        parts = [number for number, one in enumerate(asked) if not one or all(asked)]
        names = [self._key_names[number] for number in parts]
        keys = name_keys(names, [matches.examples[number] for number in parts], unmatched, matches.count)
        message = "{source} has no record{condition} for {keys.number:# key|# keys} of {count:# record|# records}: "
        near = NearMisses() if all(subject) or self.within else find_near_misses(matches, unmatched, theirs)
        rows.report(
            "LOOK002",
            f"{message}{{keys.ranked}}",
            where=np.isin(matches.ours, unmatched),
            severity=Severity.NOTE if all(subject) else Severity.WARNING,
            value="{keys.most}",
            hint="{near}",
            parameters={
                "source": f"{rows.dataset} before this block" if self.source == SELF else self.source,
                "condition": " that meets the condition" if self.where is not None else "",
                "keys": Each(take_rows(keys, matches.ours)),
                "near": near,
            },
        )

    @property
    def _key_names(self) -> tuple[str, ...]:
        """What the key values of a finding are called: their keys, and our values that are to be in ranges."""
        return (*self.by.values(), *self.within)

    def _rank(self, values: pd.Series) -> np.ndarray:
        """Ranks in which a missing value is never preferred."""
        ranks = rank_in_time(values)
        missing = values.isna() if is_number(values) else values == ""
        return np.where(missing.to_numpy(dtype=bool), len(ranks), ranks) if self.which == "first" else ranks

    def _report_several(self, rows: Rows, matches: Matches, values: pd.Series) -> np.ndarray:
        """The groups with several different values, after they were reported."""
        asked = matches.theirs >= 0
        found = find_distinct(values)
        pairs = np.unique(matches.theirs[asked] * (len(found.values) + 1) + found.codes[asked])
        several = np.flatnonzero(np.bincount(pairs // (len(found.values) + 1), minlength=matches.count) > 1)
        if len(several):
            counts = np.bincount(matches.theirs[asked], minlength=matches.count)
            rows.report(
                "LOOK001",
                "{source} has {number} records with different {take} for {keys.first}"
                "{keys.others:?, and so it is for # more}",
                where=np.isin(matches.ours, several),
                severity=Severity.ERROR,
                value="{keys.first}",
                hint="say which one to take with 'order' and 'keep', or narrow 'where'",
                parameters={
                    "source": self.source,
                    "number": First(lambda record: str(counts[matches.ours[record]])),
                    "take": self.take,
                    "keys": Each(matches.name_keys(several, self._key_names)),
                },
            )
        return several

    def method(self, words: Words) -> str:
        table = words.table(self.source)
        ranges = describe_ranges(words, self.source, self.within)
        records = f"{describe_keys(words, self.by)}{ranges}{self._where(words)}"
        value = f"{name_column(words, self.source, self.take)} from"
        none = "Blank where there is no such record."
        if self.up_to:
            ((own, their),) = self.up_to.items()
            theirs = name_column(words, self.source, their)
            return (
                f"{value} the last record of {table}, by {theirs}, {records} and whose {theirs} is on or before "
                f"{words(own)}. Where both have times, the times decide; partial dates do not count. Of records of one "
                f"date, the last in the order of the source data. {none}"
            )
        if not self.which:
            several = "Blank where several such records have different values."
            return f"{value} the record of {table} {records}. {none} {several}"
        if not self.order:
            return f"{value} the {self.which} record of {table}, in the order of the source data, {records}. {none}"
        end = "last" if self.which == "first" else "first"
        return (
            f"{value} the {self.which} of the records of {table} {records}, sorted ascending by "
            f"{join_words(self.order)}. Records without a value there come {end}; equal records keep the order of "
            f"the source data. {none}"
        )


@register
class Exists(_OtherRecords):
    """Whether another dataset or form has a matching record: Y, or blank when it has none.

    Population flags of ADaM are Y or N: `SAFFL: {exists: {from: EX, where: EXDOSE > 0, no: N}}`. The name `self` stands
    for the records of the earlier blocks of the dataset.

    | DD.USUBJID | | USUBJID | DTHFL |
    |---|---|---|---|
    | 01 | | 01 | Y |
    | | | 02 | missing |

    ```yaml
    DTHFL: {exists: {from: DS, where: 'DSDECOD == "DEATH"'}}
    ```

    Source: SDTMIG 3.4, DM assumptions (DTHFL is Y or null); ADaMIG 1.3 section 3.1.4 (population flags are Y or N).
    """

    name: ClassVar[str] = "exists"
    shorthand: ClassVar[str] = "source"
    kind: ClassVar[Kind] = Kind.TEXT

    yes: str = Field("Y", description="the value where there is a record")
    no: str = Field("", description="the value where there is none")

    def tables(self) -> dict[str, tuple[str, ...]]:
        return {self.source: tuple(dict.fromkeys((*self.by.values(), *names_in(self.where))))}

    def derive(self, rows: Rows) -> pd.Series:
        table = rows.table(self.source)
        picked, matches, _ = self._match(rows, table)
        rows.matched(self.source, picked, picked[matches.theirs >= 0])
        present = np.zeros(matches.count, dtype=bool)
        present[matches.theirs[matches.theirs >= 0]] = True
        return flag_column(present[matches.ours], self.yes, self.no)

    def method(self, words: Words) -> str:
        records = f"{describe_keys(words, self.by)}{self._where(words)}"
        return f"{self.yes} where {words.table(self.source)} has a record {records}; otherwise {self.no or 'blank'}."


def _find_plain_numbers(theirs: pd.Series, their: str, ours: pd.Series, own: str, matches: Matches) -> np.ndarray:
    """The groups of matching records whose values are numbers that can be compared as they are.

    So are texts that are numbers throughout, unless all of them may be years: these are partial dates.
    """
    if is_number(theirs) or is_number(ours):
        plain = is_number(theirs) and is_number(ours) and is_datetime(their) == is_datetime(own)
        return np.full(matches.count, plain)
    groups, texts = np.concatenate([matches.theirs, matches.ours]), pd.concat([theirs, ours], ignore_index=True)
    there = np.flatnonzero((groups >= 0) & is_filled(texts))
    groups, texts = groups[there], take_rows(texts, there)
    wordy = np.bincount(groups, weights=as_numbers(texts).isna(), minlength=matches.count)
    others = np.bincount(groups, weights=~texts.str.fullmatch(r"\s*(19|20)\d\d\s*"), minlength=matches.count)
    return np.asarray((wordy == 0) & (others > 0))
