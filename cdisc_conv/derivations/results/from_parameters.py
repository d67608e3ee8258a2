"""A parameter computed from other parameters of the same subject and time point."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from cdisc_conv.columns.rows import pick_or_blank, take_rows
from cdisc_conv.columns.texts import as_text, is_filled
from cdisc_conv.derivations.base import SELF, Derivation, ExpressionField, Reach, Rows, Table, TableRef, Words
from cdisc_conv.derivations.evidence import Each, First
from cdisc_conv.derivations.parameters import join_words
from cdisc_conv.derivations.records.joining import (
    BY_SUBJECT,
    Keys,
    Matches,
    check_keys,
    describe_keys,
    find_reach,
    match_records,
    names_in,
    select_records,
)
from cdisc_conv.derivations.registry import register
from cdisc_conv.expr import Expression, Type
from cdisc_conv.findings import Renumber, Total
from cdisc_conv.problems import Severity, did_you_mean


@dataclass(frozen=True)
class KnownCodes:
    """The parameters that there are, as the hint for one that there is not."""

    wanted: str
    codes: frozenset[str]
    earlier: bool
    """Whether those of earlier blocks are meant."""

    def __add__(self, other: KnownCodes) -> KnownCodes:
        return replace(self, codes=self.codes | other.codes)

    def renumber(self, change: Renumber) -> KnownCodes:
        return self

    def __format__(self, spec: str) -> str:
        if near := did_you_mean(self.wanted, sorted(self.codes)):
            return near
        known = sorted(self.codes - {""})
        there = f"there are {', '.join(known[:10])}{' ...' if len(known) > 10 else ''}" if known else "there are none"
        return f"{there}; put the block that makes it before this one" if self.earlier else there


@register
class FromParameters(Derivation):
    """A value computed from the values that other parameters have for the same subject and time point.

    The names of the formula are parameter codes. For each record the value of each code is that of the record of the
    table with this code whose keys (`by`) are equal and that meets `where`. The table is `self`, the records of the
    earlier blocks of the dataset, or another dataset of the same structure. A parameter without a record, or with a
    missing value, is missing in the formula. A code that no record of the table has is an error finding (PARAM001).
    Several records of one parameter for the same keys are an error finding (PARAM002), and that parameter is missing
    there; several without a difference in value are fine.

    | PARAMCD | AVISITN | AVAL | `100 * 100 * WEIGHT / (HEIGHT * HEIGHT)` |
    |---|---|---|---|
    | HEIGHT | 1 | 170 | |
    | WEIGHT | 1 | 72.25 | |
    | BMI | 1 | | 25 |

    ```yaml
    AVAL: {from_parameters: {formula: 'sqrt(HEIGHT * WEIGHT / 3600)', by: [USUBJID, AVISITN]}}
    ```

    Source: ADaMIG 1.3 section 4.2.1 (a function of more than one parameter is a new parameter). Body surface area:
    Mosteller, N Engl J Med 1987;317:1098 (the example; height in cm, weight in kg), or Du Bois and Du Bois, Arch
    Intern Med 1916;17:863, `0.007184 * power(WEIGHT, 0.425) * power(HEIGHT, 0.725)`.
    """

    name: ClassVar[str] = "from_parameters"
    topic: ClassVar[str] = "Analysis values"
    shorthand: ClassVar[str] = "formula"
    reach: ClassVar[Reach] = Reach.SUBJECT

    formula: Annotated[Expression, ExpressionField] = Field(description="an expression whose names are parameter codes")
    value: str = Field("AVAL", description="their column with the values: AVAL, or AVALC for texts")
    by: Keys = Field(BY_SUBJECT, description="keys that must be equal: names, or own column -> their column")
    source: str = Field(SELF, alias="from", description="the dataset with the parameters; `self`: the earlier blocks")
    parameter: str = Field("PARAMCD", description="their column with the parameter codes")
    where: Annotated[Expression, ExpressionField] | None = Field(None, description="a condition on their columns")

    @model_validator(mode="after")
    def _check(self) -> Self:
        check_keys(self.source, self.by)
        if not self.formula.names:
            raise ValueError(f"'formula' {self.formula} names no parameter")
        if self.formula.check(lambda name: None)[0] is Type.BOOLEAN:
            raise ValueError(
                f'{self.formula} is true or false, which is not a value; write if({self.formula}, "Y", "N")'
            )
        return self

    @property
    def needed(self) -> tuple[str, ...]:
        """The parameter codes of the formula."""
        return tuple(dict.fromkeys(name.removeprefix("raw.") for name in self.formula.names))

    def reads(self) -> tuple[str, ...]:
        return tuple(self.by)

    def tables(self) -> dict[str, tuple[str, ...]]:
        columns = (*self.by.values(), self.parameter, *names_in(self.where), self.value)
        return {self.source: tuple(dict.fromkeys(columns))}

    def actual_reach(self) -> Reach:
        return find_reach(self.by)

    def makes_numbers(self, is_number: Callable[[str], bool]) -> bool:
        numeric = is_number(TableRef(f"{self.source}.{self.value}"))
        made, _ = self.formula.check(lambda name: Type.NUMBER if numeric else Type.TEXT)
        return made is Type.NUMBER

    def derive(self, rows: Rows) -> pd.Series:
        table = rows.table(self.source)
        picked = select_records(table, self.where)
        codes = take_rows(as_text(table[self.parameter]), picked)
        values = take_rows(table[self.value], picked)
        matches = match_records(rows, tuple(self.by), [take_rows(table[name], picked) for name in self.by.values()])
        if len(rows):
            self._report_unknown(rows, table)
        inputs = {}
        for code in self.needed:
            position = self._find_records(rows, matches, code, codes, values)
            rows.took(self.source, np.append(picked, -1)[position])
            inputs[code] = pick_or_blank(values, position)
        return self.formula.evaluate(lambda name: inputs[name.removeprefix("raw.")], len(rows))

    def picks(self) -> dict[str, tuple[str, ...]]:
        return {self.source: (self.value,)}

    def _find_records(self, rows: Rows, matches: Matches, code: str, codes: pd.Series, values: pd.Series) -> np.ndarray:
        """Among the records picked, that with one parameter for each of our records; -1 where there is none."""
        theirs = np.flatnonzero((codes == code).to_numpy(dtype=bool) & (matches.theirs >= 0) & is_filled(values))
        groups = matches.theirs[theirs]
        position = np.full(matches.count, -1)
        position[groups] = theirs
        leader = take_rows(values, position[groups])
        different = (take_rows(values, theirs) != leader).to_numpy(dtype=bool)
        several = np.unique(groups[different])
        if len(several):
            self._report_several(rows, matches, code, several, np.bincount(groups, minlength=matches.count))
            position[several] = -1
        return np.asarray(position[matches.ours])

    def _report_unknown(self, rows: Rows, table: Table) -> None:
        """Parameters that no record has, whatever `where` says: the formula reads them before they exist."""
        known = as_text(table[self.parameter])
        codes = frozenset(known.unique())
        for code in self.needed:
            place = f"no earlier block of {rows.dataset}" if self.source == SELF else f"no record of {self.source}"
            rows.report(
                "PARAM001",
                "the formula {formula} reads parameter {code}, which {place} has",
                severity=Severity.ERROR,
                value="{code}",
                hint="{known}",
                parameters={
                    "formula": str(self.formula),
                    "code": code,
                    "place": place,
                    "known": KnownCodes(code, codes, earlier=self.source == SELF),
                    "against": Total(int((known == code).sum())),
                },
            )

    def _report_several(self, rows: Rows, matches: Matches, code: str, several: np.ndarray, counts: np.ndarray) -> None:
        rows.report(
            "PARAM002",
            "{number} {table} with different {value} have parameter {code} for {keys.first}"
            "{keys.others:?, and so it is for # more}",
            where=np.isin(matches.ours, several),
            severity=Severity.ERROR,
            value="{keys.first}",
            hint="add keys to 'by', or narrow 'where' to one record, such as ANL01FL",
            parameters={
                "number": First(lambda record: str(counts[matches.ours[record]])),
                "table": f"earlier records of {rows.dataset}" if self.source == SELF else f"records of {self.source}",
                "value": self.value,
                "code": code,
                "keys": Each(matches.name_keys(several, tuple(self.by.values()))),
            },
        )

    def method(self, words: Words) -> str:
        text = self.formula.describe(lambda name: name.removeprefix("raw."))
        table = (
            f"earlier records of {words.dataset}" if self.source == SELF else f"records of {words.table(self.source)}"
        )
        where = f" and where {words.condition(self.where, self.source)}" if self.where is not None else ""
        one = len(self.needed) == 1
        what = f"is the value of {self.value} of the" if one else f"are the values of {self.value} of the"
        return (
            f"{text[:1].upper()}{text[1:]}; {join_words(self.needed)} {what} {table} with "
            f"{'this' if one else 'these'} {self.parameter} {describe_keys(words, self.by)}{where}. A parameter is "
            f"missing where there is no such record, or where several have different values."
        )
