"""Categories of numbers, such as age groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, Field, field_validator, model_validator

from cdisc_conv.columns.distinct import Distinct, find_distinct
from cdisc_conv.columns.numbers import as_numbers
from cdisc_conv.columns.numerals import write_number
from cdisc_conv.columns.texts import as_text, is_filled, text_column
from cdisc_conv.derivations.base import Derivation, Kind, Ref, Rows, Words
from cdisc_conv.derivations.findings import report_values
from cdisc_conv.derivations.parameters import Parameters, Text
from cdisc_conv.derivations.registry import register
from cdisc_conv.derivations.values.copying import check_term
from cdisc_conv.problems import Problem, Severity
from cdisc_conv.standards import CodelistTerms


class Range(Parameters):
    """One category: the numbers from a lower to an upper bound, either of which may be left out."""

    start: float | None = Field(None, alias="from", description="the least number in it")
    above: float | None = Field(None, description="the number that all in it are above")
    end: float | None = Field(None, alias="to", description="the greatest number in it")
    below: float | None = Field(None, description="the number that all in it are below")
    name: Text = Field(description="the name of the category")
    number: float | None = Field(None, description="the number of the category; its place without it")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.start is None) + (self.above is None) == 0 or (self.end is None) + (self.below is None) == 0:
            raise ValueError(
                f"'{self.name}' has two bounds on one side; write one of 'from' and 'above', 'to' and 'below'"
            )
        if self.low is None and self.high is None:
            raise ValueError(f"'{self.name}' has no bound; write 'from', 'above', 'to' or 'below'")
        if self._is_empty:
            raise ValueError(f"'{self.name}' is empty: no number is {self.words}")
        return self

    @property
    def _is_empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.start is None or self.end is None))

    @property
    def low(self) -> float | None:
        return self.above if self.start is None else self.start

    @property
    def high(self) -> float | None:
        return self.below if self.end is None else self.end

    @property
    def words(self) -> str:
        """The bounds: ``at least 18 and below 65``."""
        bounds = (("at least", self.start), ("above", self.above), ("at most", self.end), ("below", self.below))
        return " and ".join(f"{word} {write_number(bound)}" for word, bound in bounds if bound is not None)

    def contains(self, values: np.ndarray) -> np.ndarray:
        """Which values are in it; none that is missing."""
        inside = ~np.isnan(values)
        if self.start is not None:
            inside &= values >= self.start
        if self.above is not None:
            inside &= values > self.above
        if self.end is not None:
            inside &= values <= self.end
        if self.below is not None:
            inside &= values < self.below
        return np.asarray(inside)


def _read_ranges(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _check_neighbours(first: Range, second: Range, whole: bool) -> str:
    """What is wrong between a range and the next one; "" when they fit."""
    names = f"'{first.name}' and '{second.name}'"
    if first.high is None or second.low is None:
        return f"{names} overlap: the first has no upper bound, or the second no lower one"
    upper, lower = first.high, second.low
    inclusive = (first.end is not None) + (second.start is not None)
    if whole:
        upper = np.ceil(upper) - 1 if first.end is None else np.floor(upper)
        lower = np.floor(lower) + 1 if second.start is None else np.ceil(lower)
        fits, overlap = upper + 1 == lower, upper >= lower
    else:
        fits, overlap = upper == lower and inclusive == 1, upper > lower or (upper == lower and inclusive == 2)
    if fits:
        return ""
    if overlap:
        where = (
            f"at {write_number(upper)}" if upper == lower else f"from {write_number(lower)} to {write_number(upper)}"
        )
        return f"{names} overlap {where}; ranges are written in ascending order"
    if upper == lower:
        return f"there is a gap between {names}: {write_number(upper)} is in neither"
    hint = "" if whole else f"; write 'above: {write_number(upper)}', or 'whole: true' where only whole numbers occur"
    return f"there is a gap between {names}, from {write_number(upper)} to {write_number(lower)}{hint}"


class _Categories(Derivation):
    """What a category and its number share."""

    topic: ClassVar[str] = "Computation"

    value: Ref = Field(description="the number, such as AGE")
    ranges: Annotated[tuple[Range, ...], BeforeValidator(_read_ranges)] = Field(
        description="categories in ascending order: `name`, `from` or `above`, `to` or `below`, `number`"
    )
    whole: bool = Field(False, description="values are whole numbers, so that 64 and 65 have nothing between them")
    missing: str = Field("", description="the category of missing values, if they have one")

    @field_validator("ranges")
    @classmethod
    def _check_names(cls, value: tuple[Range, ...]) -> tuple[Range, ...]:
        if not value:
            raise ValueError("there must be at least one range")
        names = [each.name for each in value]
        twice = [name for number, name in enumerate(names) if name in names[:number]]
        if twice:
            raise ValueError(f"two ranges are called '{twice[0]}'")
        return value

    @model_validator(mode="after")
    def _check_ranges(self) -> Self:
        for first, second in pairwise(self.ranges):
            fault = _check_neighbours(first, second, self.whole)
            if fault:
                raise ValueError(fault)
        return self

    @property
    def _numbers(self) -> list[float]:
        """The numbers of the ranges, of values outside them, and of missing ones: in the order of `_sort_values`."""
        numbers = [float(place) if each.number is None else each.number for place, each in enumerate(self.ranges, 1)]
        return [*numbers, np.nan, max(numbers) + 1 if self.missing else np.nan]

    def _sort_values(self, rows: Rows) -> tuple[Distinct, np.ndarray, np.ndarray]:
        """Distinct values, as numbers, and the place of the range of each; -1 for missing, -2 for none."""
        found = find_distinct(rows[self.value])
        numbers = as_numbers(found.values).to_numpy(dtype=float)
        places = np.full(len(numbers), -2)
        for place, each in enumerate(self.ranges):
            places[each.contains(numbers)] = place
        if self.whole:
            places[np.floor(numbers) != numbers] = -2
        places[~is_filled(found.values)] = -1
        return found, numbers, places

    def _give_numbers(self, found: Distinct, places: np.ndarray) -> pd.Series:
        return found.spread(pd.Series(np.array(self._numbers)[places]))


class CategoryNumber(_Categories):
    """The number of a category. Comes along with its name."""

    name: ClassVar[str] = "category_number"
    kind: ClassVar[Kind] = Kind.NUMBER

    def derive(self, rows: Rows) -> pd.Series:
        found, _, places = self._sort_values(rows)
        return self._give_numbers(found, places)

    def method(self, words: Words) -> str:
        return _describe(self, words, [write_number(number) for number in self._numbers])


@register
class Category(_Categories):
    """The category that a number falls into, such as an age group, and the number of the category.

    Ranges stand in ascending order. `from` and `to` belong to a range, `above` and `below` do not. Ranges that overlap,
    or leave numbers out between them, are refused when the mapping is read; where only whole numbers occur, `whole:
    true` lets `to: 64` and `from: 65` meet, and refuses fractions in the data. A value outside all ranges is a finding
    (CATG001) and has no category; a text that is not a number, or a fraction among whole numbers, is an error
    (CATG002).

    `number` names the variable with the number of the category, which comes along: its place from 1, unless the range
    has a `number`. `give: number` makes the variable itself that number. With `missing`, missing values have a category
    of their own, numbered last.

    | AGE | AGEGR1 | AGEGR1N |
    |---|---|---|
    | 64 | <65 | 1 |
    | 65 | >=65 | 2 |
    | missing | missing | missing |

    ```yaml
    AGEGR1:
      category:
        value: AGE
        ranges:
          - {below: 65, name: "<65"}
          - {from: 65, name: ">=65"}
        number: AGEGR1N
    ```

    Source: ADaMIG 1.3 section 3.1.1 (a variable and its numeric version map one to one) and 3.2.2 (AGEGRy, AGEGRyN).
    """

    name: ClassVar[str] = "category"

    number: str = Field("", description="the variable with the number of the category, such as AGEGR1N")
    give: Literal["name", "number"] = Field("name", description="what this variable itself holds")

    def makes_numbers(self, is_number: Callable[[str], bool]) -> bool:
        return self.give == "number"

    def derive(self, rows: Rows) -> pd.Series:
        found, numbers, places = self._sort_values(rows)
        self._report(rows, found, numbers, places)
        if self.give == "number":
            return self._give_numbers(found, places)
        names = text_column([*(each.name for each in self.ranges), "", self.missing])
        return found.spread(names.take(places).reset_index(drop=True))

    def _report(self, rows: Rows, found: Distinct, numbers: np.ndarray, places: np.ndarray) -> None:
        outside = places == -2
        unfit = outside & (np.isnan(numbers) | (self.whole & (np.floor(numbers) != numbers)))
        what = "whole number" if self.whole else "number"
        texts = as_text(found.values)

        def describe_unfit(text: str) -> tuple[str, str]:
            return f"{self.value} '{text}' is not a {what}; {rows.variable} is left missing", f"correct {self.value}"

        def describe_outside(text: str) -> tuple[str, str]:
            message = f"{self.value} {text} is in none of the ranges; {rows.variable} is left missing"
            return message, "correct the value, or widen the first or the last range"

        report_values(rows, "CATG002", found.codes, texts, unfit, describe_unfit, field=self.value)
        report_values(
            rows,
            "CATG001",
            found.codes,
            texts,
            outside & ~unfit,
            describe_outside,
            severity=Severity.WARNING,
            field=self.value,
        )

    def companions(self, variable: str) -> dict[str, Derivation]:
        if not self.number:
            return {}
        shared = {name: getattr(self, name) for name in CategoryNumber.model_fields}
        return {self.number: CategoryNumber.model_validate(shared)}

    def method(self, words: Words) -> str:
        if self.give == "number":
            return _describe(self, words, [write_number(number) for number in self._numbers])
        return _describe(self, words, [*(each.name for each in self.ranges), "", self.missing])

    def check(self, codelist: CodelistTerms | None, numeric: bool) -> list[Problem]:
        if numeric or self.give == "number":
            return []
        names = [each.name for each in self.ranges] + ([self.missing] if self.missing else [])
        return [problem for name in names for problem in check_term(name, codelist)]


def _describe(categories: _Categories, words: Words, given: Sequence[str]) -> str:
    value = words(categories.value)
    terms = [f"{text} where {value} is {each.words}" for text, each in zip(given, categories.ranges, strict=False)]
    if categories.missing:
        return f"{'; '.join(terms)}; {given[-1]} where {value} is missing; blank where it is in none of these ranges."
    return f"{'; '.join(terms)}; blank where {value} is missing or in none of these ranges."
