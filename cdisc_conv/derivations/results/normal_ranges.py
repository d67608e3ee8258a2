"""Results against their normal ranges, and the grades of their toxicity."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from cdisc_conv.columns.numbers import as_numbers
from cdisc_conv.columns.rows import find_distinct_rows
from cdisc_conv.columns.texts import as_text, text_column
from cdisc_conv.dataset import OriginType
from cdisc_conv.derivations.base import Derivation, Kind, Ref, Rows, Words
from cdisc_conv.derivations.parameters import join_words
from cdisc_conv.derivations.registry import register
from cdisc_conv.derivations.values.copying import check_term
from cdisc_conv.problems import Problem, Severity
from cdisc_conv.standards import CodelistTerms, Conversion, UnknownStandardError, load_units
from cdisc_conv.standards.toxicity import Results, ToxicityTerm, load_toxicity
from cdisc_conv.standards.unit_names import fold_unit

Direction = Literal["low", "high", "both"]


@register
class NormalRange(Derivation):
    """Whether a result is below, in or above its normal range: LOW, NORMAL or HIGH.

    Both limits belong to the range. One limit is enough: a result on its right side is NORMAL. Without a limit or a
    number (`<5`, NEGATIVE) it is missing.

    | LBSTRESN | LBSTNRLO | LBSTNRHI | LBNRIND |
    |---|---|---|---|
    | 3.2 | 3.3 | 4.9 | `LOW` |
    | 4.9 | 3.3 | 4.9 | `NORMAL` |
    | 12 | missing | 10 | `HIGH` |
    | 12 | missing | missing | missing |

    ```yaml
    LBNRIND: {normal_range: {value: LBSTRESN, low: LBSTNRLO, high: LBSTNRHI}}
    ```

    Source: SDTMIG 3.4, LB (LBNRIND is how the value compares with the range); ADaMIG 1.3 section 3.3.4 (ANRIND).
    """

    name: ClassVar[str] = "normal_range"
    topic: ClassVar[str] = "Findings"
    kind: ClassVar[Kind] = Kind.TEXT
    origin: ClassVar[OriginType] = OriginType.DERIVED

    value: Ref = Field(description="the number of the result")
    low: Ref | None = Field(None, description="the lower limit of the normal range")
    high: Ref | None = Field(None, description="the upper limit of the normal range")
    below: str = Field("LOW", description="the value below the range")
    within: str = Field("NORMAL", description="the value in the range")
    above: str = Field("HIGH", description="the value above the range")

    @model_validator(mode="after")
    def _check_limits(self) -> Self:
        if self.low is None and self.high is None:
            raise ValueError("a range needs a limit: give 'low', 'high' or both")
        return self

    def derive(self, rows: Rows) -> pd.Series:
        value, low, high = (_numbers(rows, ref) for ref in (self.value, self.low, self.high))
        with np.errstate(invalid="ignore"):
            known = ~np.isnan(value) & ~(np.isnan(low) & np.isnan(high))
            words = np.select([~known, value < low, value > high], ["", self.below, self.above], self.within)
        return text_column(words)

    def method(self, words: Words) -> str:
        value = words(self.value)
        parts = [f"{self.below} where {value} is less than {words(self.low)}"] if self.low else []
        parts += [f"{self.above} where it is greater than {words(self.high)}"] if self.high else []
        text = join_words(parts)
        text = text if self.low else text.replace("where it is", f"where {value} is")
        return f"{text}; else {self.within}. Missing where there is no number or no limit."

    def check(self, codelist: CodelistTerms | None, numeric: bool) -> list[Problem]:
        terms = (self.below, self.within, self.above) if codelist is not None else ()
        return [problem for term in terms for problem in check_term(term, codelist)]


@register
class ToxicityGrade(Derivation):
    """The grade of toxicity of a laboratory result by the CTCAE: 0 to 4, or the term that it is a grade of.

    The criteria are data of the package (CTCAE 5.0, or 4.03 by `version`, for the tests that results alone can be
    graded by), by --TESTCD: in numbers of one unit, in multiples of the limits of the normal range, or of the
    baseline result where that was abnormal. The highest grade whose criterion holds counts; 0 where none does;
    missing where none holds and one cannot be judged, because a limit or the baseline is missing, and for tests
    that the CTCAE does not grade. What only a clinician can say, such as symptoms, is taken at its worst, so grade
    4 of a term may be out of reach.

    A result in another unit than the criteria is converted with its limits and its baseline; a unit that cannot be is
    an error finding (TOX001), one per test and unit, and the grade is missing. Without `base` the rules for a normal
    baseline hold for all. `direction` picks the low or the high side of tests that have both; `both` gives the higher
    of the two.

    | LBTESTCD | LBSTRESN | LBSTRESU | LBSTNRLO | LBSTNRHI | LBTOXGR | LBTOX |
    |---|---|---|---|---|---|---|
    | HGB | 95 | g/L | 120 | 160 | `2` | `Anemia` |
    | HGB | 150 | g/L | 120 | 160 | `0` | missing |
    | K | 6.5 | mmol/L | 3.5 | 5.1 | `3` | `Hyperkalemia` |

    ```yaml
    LBTOXGR: {toxicity_grade: {test: LBTESTCD, value: LBSTRESN, unit: LBSTRESU, low: LBSTNRLO, high: LBSTNRHI}}
    ```

    Source: NCI Common Terminology Criteria for Adverse Events (CTCAE) version 5.0, 27 November 2017, and version 4.03,
    14 June 2010.
    """

    name: ClassVar[str] = "toxicity_grade"
    topic: ClassVar[str] = "Findings"
    origin: ClassVar[OriginType] = OriginType.DERIVED

    test: Ref = Field(description="the test code (LBTESTCD)")
    value: Ref = Field(description="the number of the result")
    unit: Ref = Field(description="its unit, as CDISC terminology or the laboratory spells it")
    low: Ref | None = Field(None, description="the lower limit of the normal range")
    high: Ref | None = Field(None, description="the upper limit of the normal range")
    base: Ref | None = Field(None, description="the result at baseline, in the same unit")
    base_indicator: Ref | None = Field(None, description="NORMAL, or how the result at baseline was not (BNRIND)")
    direction: Direction = Field("both", description="`low`, `high` or `both` sides of the normal range")
    give: Literal["grade", "term"] = Field("grade", alias="return", description="the grade, or the term that it is of")
    version: str = Field("5.0", description="the version of the CTCAE")

    @model_validator(mode="after")
    def _check_parameters(self) -> Self:
        if (self.base is None) != (self.base_indicator is None):
            raise ValueError(
                "'base' and 'base_indicator' go together: the result at baseline, and whether it was normal"
            )
        try:
            load_toxicity(self.version)
        except UnknownStandardError as error:
            raise ValueError(str(error)) from None
        return self

    def makes_numbers(self, is_number: object) -> bool:
        return False

    def derive(self, rows: Rows) -> pd.Series:
        tests, units = as_text(rows[self.test]), as_text(rows[self.unit])
        codes, distinct = find_distinct_rows([tests, units])
        numbers = [_numbers(rows, ref) for ref in (self.value, self.low, self.high, self.base)]
        state = as_text(rows[self.base_indicator]).to_numpy() if self.base_indicator is not None else None
        grades, terms = np.full(len(rows), np.nan), np.full(len(rows), "", dtype=object)
        for code, (test, unit) in enumerate(zip(*(column.tolist() for column in distinct), strict=True)):
            mine = np.flatnonzero(codes == code)
            for term, conversion in self._find(rows, test, unit, mine):
                results = _take(numbers, state, mine, conversion)
                found = term.grade(results)
                better = np.isnan(grades[mine]) | (found > grades[mine])
                better &= ~np.isnan(found)
                grades[mine[better]] = found[better]
                terms[mine[better & (found > 0)]] = term.term
        if self.give == "term":
            return text_column(terms)
        if rows.numeric:
            return pd.Series(grades)
        return text_column("" if np.isnan(grade) else str(int(grade)) for grade in grades)

    def _find(
        self, rows: Rows, test: str, unit: str, mine: np.ndarray
    ) -> Iterator[tuple[ToxicityTerm, Conversion | None]]:
        """The terms of a test, one per direction, each with the way to its unit where that is another one."""
        terms = [one for one in load_toxicity(self.version) if test in one.tests]
        for direction in ("low", "high") if self.direction == "both" else (self.direction,):
            sides = [one for one in terms if one.direction == direction]
            same = [one for one in sides if not one.unit or fold_unit(one.unit) == fold_unit(unit)]
            if same:
                yield same[0], None
            elif sides:
                yield from self._convert(rows, sides, test, unit, mine)

    def _convert(
        self, rows: Rows, sides: list[ToxicityTerm], test: str, unit: str, mine: np.ndarray
    ) -> Iterator[tuple[ToxicityTerm, Conversion | None]]:
        for side in sides:
            try:
                yield side, load_units().find(unit, side.unit, test)
            except UnknownStandardError:
                continue
            return
        where = np.zeros(len(rows), dtype=bool)
        where[mine] = True
        where &= ~np.isnan(_numbers(rows, self.value))
        shown = f"'{unit}'" if unit else "no unit"
        wanted = " or ".join(side.unit for side in sides)
        rows.report(
            "TOX001",
            f"{test} in {shown} cannot be graded as {sides[0].term}, whose criteria are in {wanted}",
            where=where,
            severity=Severity.ERROR,
            field=self.unit,
            value=f"{test} {unit}",
            hint="correct the unit, or convert the result first",
            once=True,
        )

    def method(self, words: Words) -> str:
        what = "The grade" if self.give == "grade" else "The term"
        side = {"low": " of low results", "high": " of high results", "both": ""}[self.direction]
        limits = [words(ref) for ref in (self.low, self.high, self.base, self.base_indicator) if ref is not None]
        by = f", with {join_words(limits)}" if limits else ""
        subject = f"{words(self.value)} in {words(self.unit)} of the test {words(self.test)}{by}"
        if self.give == "term":
            end = "missing where that is 0 or missing."
            return f"{what}{side} of CTCAE {self.version} that gives {subject} its grade; {end}"
        return (
            f"{what}{side} by CTCAE {self.version} of {subject}. The highest grade whose criterion holds; what only a "
            "clinician can say is taken at its worst. 0 where no criterion holds; missing where it cannot be judged, "
            "or the test is not graded."
        )


def _numbers(rows: Rows, ref: Ref | None) -> np.ndarray:
    return np.full(len(rows), np.nan) if ref is None else as_numbers(rows[ref]).to_numpy()


def _take(
    numbers: list[np.ndarray], state: np.ndarray | None, mine: np.ndarray, conversion: Conversion | None
) -> Results:
    """The results of some records in the unit of the criteria."""
    value, low, high, base = (
        column[mine] if conversion is None else conversion.convert(column[mine]) for column in numbers
    )
    known = np.ones(len(mine), dtype=bool) if state is None else state[mine] != ""
    normal = known if state is None else state[mine] == "NORMAL"
    return Results(value, low, high, base, normal, known & ~normal)
