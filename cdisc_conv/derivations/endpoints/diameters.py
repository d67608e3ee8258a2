"""The sum of the diameters of the target lesions at an assessment (RECIST 1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
import pandas as pd
import pyarrow as pa
from pydantic import Field, model_validator

from cdisc_conv.columns.distinct import Distinct, from_arrow, to_arrow
from cdisc_conv.columns.numbers import as_numbers
from cdisc_conv.columns.numerals import write_number
from cdisc_conv.columns.texts import find_texts, fold, is_written
from cdisc_conv.derivations.base import SUBJECT, Derivation, ExpressionField, Kind, Reach, Ref, Rows, Words
from cdisc_conv.derivations.evidence import Sum
from cdisc_conv.derivations.parameters import Names, join_words
from cdisc_conv.derivations.records.gathering import ValuesRef, describe_condition, find_members, list_references
from cdisc_conv.derivations.records.groups import add_up, join_distinct
from cdisc_conv.derivations.registry import register
from cdisc_conv.expr import Expression
from cdisc_conv.problems import Severity


@dataclass(frozen=True)
class Lesions:
    """The lesions that were measured or accounted for at each record; one entry per record and lesion."""

    record: np.ndarray
    lesion: np.ndarray
    """A number per lesion identifier, the same for all subjects."""
    diameter: np.ndarray
    names: pd.Series
    """The identifiers by their number."""
    clashes: np.ndarray
    """Which source rows disagree with another row on the diameter of the same lesion."""
    unnamed: np.ndarray
    """Which source rows have a diameter but no lesion identifier."""
    rows: np.ndarray
    """The record of each source row."""
    subject: np.ndarray
    """The subject of each record, from 0."""
    expected: np.ndarray
    """Each different pair of a subject and a lesion that was measured at baseline, as `_pair` numbers it."""

    def pair(self, group: np.ndarray, lesion: np.ndarray) -> np.ndarray:
        """One number for a group and a lesion."""
        return np.asarray(group * (len(self.names) + 1) + lesion)

    @cached_property
    def incomplete(self) -> np.ndarray:
        """For each record whether a lesion that was measured at baseline has no diameter."""
        wanted = np.bincount(self.expected // (len(self.names) + 1), minlength=int(self.subject.max(initial=0)) + 1)
        known = np.isin(self.pair(self.subject[self.record], self.lesion), self.expected)
        found = np.bincount(self.record[known], minlength=len(self.subject))
        return np.asarray(found < wanted[self.subject])

    def list_expected(self) -> pd.Series:
        """The lesions measured at baseline, for each record."""
        size = len(self.names) + 1
        names = from_arrow(to_arrow(self.names).take(pa.array(self.expected % size)))
        texts = join_distinct(self.expected // size, names, int(self.subject.max(initial=-1)) + 1, ", ")
        return from_arrow(to_arrow(texts).take(pa.array(self.subject)))

    def list_assessed(self) -> pd.Series:
        """The lesions with a diameter, for each record."""
        names = from_arrow(to_arrow(self.names).take(pa.array(self.lesion)))
        return join_distinct(self.record, names, len(self.subject), ", ")


@register
class SumOfDiameters(Derivation):
    """The sum of the diameters of the target lesions that stand behind a record: one per subject and assessment.

    The source rows are those that a block with `group` made one record of; `where` of the block leaves target lesions
    of one evaluator. A lesion (`lesion`) that meets `nodal` counts with its short axis, any other with its longest
    diameter; which tests these are say `short_axis` and `longest`. Without `nodal` each lesion has only one of these
    tests. A lesion whose text is one of `too_small` and that has no number counts `too_small_value`. A lesion that
    meets `accounted` and has no diameter counts 0 mm and as assessed: one that is absent, or one that merged with
    another and is measured with it. The parts of a lesion that split count each under their own identifier. One lesion
    with two different diameters at an assessment is an error finding (DIAM001), and there is no sum; rows with a
    diameter but without a lesion identifier do not count (DIAM002).

    The lesions with a diameter in the rows that meet `baseline` are expected at every assessment of the subject. With
    `missing: blank` there is no sum where one of them has no diameter; with `ignore` the others are added, and the
    finding DIAM003 reports it. `expected_list` and `assessed_list` name variables that come along: the identifiers of
    the expected lesions and of those with a diameter. There is no sum where no lesion has a diameter.

    | source rows: VISIT | TRLNKID | TULOC | TRTESTCD | TRSTRESN | TRSTRESC | | VISIT | AVAL |
    |---|---|---|---|---|---|---|---|---|
    | WEEK 6 | T01 | LIVER | LDIAM | 21.5 | 21.5 | | WEEK 6 | 38.5 |
    | WEEK 6 | T01 | LIVER | LPERP | 15 | 15 | | | |
    | WEEK 6 | T02 | LYMPH NODE | LPERP | 12 | 12 | | | |
    | WEEK 6 | T03 | LIVER | LDIAM | | TOO SMALL TO MEASURE | | | |

    ```yaml
    AVAL:
      sum_of_diameters:
        nodal: TULOC == "LYMPH NODE"
        baseline: VISIT == "SCREENING"
        missing: blank
        expected_list: LSEXP
        assessed_list: LSASS
    ```

    Source: RECIST 1.1 (Eisenhauer 2009), section 4.2 (the sum: longest diameter of non-nodal and short axis of nodal
    target lesions) and section 4.3.2 (lesions too small to measure count 5 mm; lesions that split or coalesce).
    """

    name: ClassVar[str] = "sum_of_diameters"
    topic: ClassVar[str] = "Response and time to event"
    shorthand: ClassVar[str] = "value"
    reach: ClassVar[Reach] = Reach.SUBJECT
    kind: ClassVar[Kind] = Kind.NUMBER

    value: ValuesRef = Field(ValuesRef("TRSTRESN"), description="the source column with the diameter in mm")
    test: ValuesRef = Field(ValuesRef("TRTESTCD"), description="the source column that says what was measured")
    lesion: ValuesRef = Field(ValuesRef("TRLNKID"), description="the source column that identifies the lesion")
    text: ValuesRef | None = Field(
        ValuesRef("TRSTRESC"), description="the source column with the words of `too_small`; null when there is none"
    )
    longest: Names = Field(("LDIAM", "DIAMETER"), description="tests that are a longest diameter")
    short_axis: Names = Field(("LPERP",), description="tests that are a short axis")
    nodal: Annotated[Expression, ExpressionField] | None = Field(
        None, description="a condition on source columns that identifies lymph nodes"
    )
    too_small: Names = Field(("TOO SMALL TO MEASURE",), description="texts of lesions too small to measure")
    too_small_value: float = Field(5, ge=0, description="the diameter, in mm, of a lesion too small to measure")
    accounted: Annotated[Expression, ExpressionField] | None = Field(
        None, description="a condition on source columns: the lesion is absent or merged, and counts 0 mm"
    )
    baseline: Annotated[Expression, ExpressionField] | None = Field(
        None, description="a condition on source columns that identifies the baseline assessment"
    )
    missing: Literal["ignore", "blank"] = Field(
        "ignore", description="what happens when an expected lesion has no diameter: add the others, or give no sum"
    )
    expected_list: str = Field("", description="the variable that lists the expected lesions, such as LSEXP")
    assessed_list: str = Field("", description="the variable that lists the lesions with a diameter, such as LSASS")

    @model_validator(mode="after")
    def _check(self) -> Self:
        for name in ("value", "test", "lesion", "text"):
            if (ref := getattr(self, name)) is not None and ref.table:
                raise ValueError(f"'{name}' must be a column of the source rows behind the record, not {ref}")
        for name in ("nodal", "accounted", "baseline"):
            if foreign := [ref for ref in _names(getattr(self, name)) if "." in ref.removeprefix("raw.")]:
                raise ValueError(f"'{name}' can ask only for columns of the source rows, not for {foreign[0]}")
        if self.baseline is None and (self.missing == "blank" or self.expected_list):
            raise ValueError("'missing: blank' and 'expected_list' need 'baseline', which tells the expected lesions")
        if both := {fold(text) for text in self.longest} & {fold(text) for text in self.short_axis}:
            raise ValueError(f"{both.pop().upper()} is both in 'longest' and in 'short_axis'")
        return self

    def reads(self) -> tuple[str, ...]:
        columns = [ref for ref in (self.value, self.test, self.lesion, self.text) if ref is not None]
        conditions = (_names(each) for each in (self.nodal, self.accounted, self.baseline))
        return list_references([*columns, *(ValuesRef(name) for names in conditions for name in names)], {}, None)

    def reads_siblings(self) -> bool:
        """Baseline stands in the same block, so a later block may read the sums."""
        return False

    def companions(self, variable: str) -> dict[str, Derivation]:
        parameters = {name: getattr(self, name) for name in type(self).model_fields}
        return {
            getattr(self, f"{part}_list"): LesionList(**parameters, part=part)
            for part in ("expected", "assessed")
            if getattr(self, f"{part}_list")
        }

    def derive(self, rows: Rows) -> pd.Series:
        lesions = self.find_lesions(rows)
        blank = np.bincount(lesions.record, minlength=len(rows)) == 0
        if lesions.unnamed.any():
            self._report_unnamed(rows, lesions)
        if lesions.clashes.any():
            blank |= self._report_clashes(rows, lesions)
        if self.missing == "blank":
            blank |= lesions.incomplete
        elif (short := lesions.incomplete & ~blank).any():
            message = (
                "{count:# sum leaves out a lesion that was|# sums leave out lesions that were} measured at baseline "
                "and not at this assessment"
            )
            hint = "a sum without a lesion looks smaller than it is"
            rows.report("DIAM003", message, where=short, hint=hint, parameters={})
        total = add_up(lesions.record, lesions.diameter, len(rows))
        return pd.Series(np.where(blank, np.nan, total))

    def find_lesions(self, rows: Rows) -> Lesions:
        """The lesions behind each record, each once."""
        record, values = rows.members(self.value.column)
        size = len(record)
        names = find_texts(rows.members(self.lesion.column)[1])
        named = is_written(names.values)[names.codes]
        diameter = np.where(self._find_measures(rows, size), self._read_diameters(rows, values), np.nan)
        accounted = find_members(rows, self.accounted, size) if self.accounted is not None else np.zeros(size, bool)
        pair = record * (len(names.values) + 1) + names.codes
        measured = ~np.isnan(diameter) & named
        zero = accounted & named & ~np.isin(pair, pair[measured])
        used = np.flatnonzero(measured | zero)
        pairs, first, back = np.unique(pair[used], return_index=True, return_inverse=True)
        size_of = np.where(zero, 0.0, diameter)[used]
        clashes = np.zeros(size, dtype=bool)
        clashes[used[size_of != size_of[first][back]]] = True
        subject = pd.factorize(rows.codes([SUBJECT]))[0].astype(np.int64)
        return Lesions(
            record=pairs // (len(names.values) + 1),
            lesion=pairs % (len(names.values) + 1),
            diameter=size_of[first],
            names=names.values,
            clashes=clashes,
            unnamed=~np.isnan(diameter) & ~named,
            rows=record,
            subject=subject,
            expected=self._find_expected(rows, measured, subject[record], names),
        )

    def _find_expected(self, rows: Rows, measured: np.ndarray, subject: np.ndarray, names: Distinct) -> np.ndarray:
        if self.baseline is None:
            return np.array([], dtype=np.int64)
        at_baseline = measured & find_members(rows, self.baseline, len(measured))
        return np.unique((subject * (len(names.values) + 1) + names.codes)[at_baseline])

    def _find_measures(self, rows: Rows, size: int) -> np.ndarray:
        """Which source rows hold the diameter that counts for their lesion."""
        tests = rows.members(self.test.column)[1]
        longest, short = _among(tests, self.longest), _among(tests, self.short_axis)
        return np.where(find_members(rows, self.nodal, size), short, longest) if self.nodal else longest | short

    def _read_diameters(self, rows: Rows, values: pd.Series) -> np.ndarray:
        numbers = as_numbers(values).to_numpy()
        if self.text is None:
            return np.asarray(numbers)
        too_small = _among(rows.members(self.text.column)[1], self.too_small)
        return np.where(np.isnan(numbers) & too_small, self.too_small_value, numbers)

    def _report_clashes(self, rows: Rows, lesions: Lesions) -> np.ndarray:
        """The records without a sum, after they were reported."""
        where = np.zeros(len(rows), dtype=bool)
        where[lesions.rows[lesions.clashes]] = True
        rows.report(
            "DIAM001",
            "{count:# assessment has|# assessments have} a lesion with two different diameters; {variable} is blank "
            "there",
            where=where,
            severity=Severity.ERROR,
            field=self.value,
            hint="{lesion} and {test} must tell one measurement: take one evaluator, or say 'nodal'",
            parameters={"variable": rows.variable, "lesion": str(self.lesion), "test": str(self.test)},
        )
        return where

    def _report_unnamed(self, rows: Rows, lesions: Lesions) -> None:
        counts = np.bincount(lesions.rows[lesions.unnamed], minlength=len(rows))
        message = (
            "{diameters:# diameter has no lesion identifier and does|"
            "# diameters have no lesion identifier and do} not count"
        )
        rows.report(
            "DIAM002",
            message,
            where=counts > 0,
            field=self.lesion,
            hint="fill {lesion}, which tells the lesion",
            parameters={"diameters": Sum(counts), "lesion": str(self.lesion)},
        )

    def method(self, words: Words) -> str:
        value, lesion = _word(words, self.value), _word(words, self.lesion)
        both = f"tests {join_words((*self.longest, *self.short_axis), 'or')}"
        if self.nodal is not None:
            nodes = f"lesions where {_describe(words, self.nodal)}"
            short, long = (join_words(tests, "or") for tests in (self.short_axis, self.longest))
            both = f"short axis (tests {short}) of {nodes} and longest diameter (tests {long}) of all others"
        parts = [f"The sum of {value} over the lesions ({lesion}) grouped into this record, each counted once: {both}."]
        if self.text is not None and self.too_small:
            named = f"{_word(words, self.text)} is {join_words(self.too_small, 'or')}"
            parts.append(f"A lesion without a number whose {named} counts {write_number(self.too_small_value)} mm.")
        if self.accounted is not None:
            parts.append(f"A lesion without a diameter where {_describe(words, self.accounted)} counts 0 mm.")
        parts.append("Blank where no lesion has a diameter, or one has two different ones.")
        if self.missing == "blank":
            parts.append(f"Blank also where a lesion has none that had one where {_describe(words, self.baseline)}.")
        else:
            parts.append("Lesions that were not measured are left out of the sum.")
        return " ".join(parts)


class LesionList(SumOfDiameters):
    """The lesions that a sum of diameters expects, or those that it has; comes along with `sum_of_diameters`."""

    kind: ClassVar[Kind] = Kind.TEXT
    shorthand: ClassVar[str] = "part"

    part: Literal["expected", "assessed"] = Field(description="which list")

    def companions(self, variable: str) -> dict[str, Derivation]:
        return {}

    def derive(self, rows: Rows) -> pd.Series:
        lesions = self.find_lesions(rows)
        return lesions.list_expected() if self.part == "expected" else lesions.list_assessed()

    def method(self, words: Words) -> str:
        lesion = _word(words, self.lesion)
        if self.part == "assessed":
            return f"The {lesion} of the lesions that have a diameter in the sum, sorted and joined by ', '."
        where = _describe(words, self.baseline)
        return f"The {lesion} of the subject's lesions that have a diameter where {where}, sorted and joined by ', '."


def _names(expression: Expression | None) -> tuple[str, ...]:
    return expression.names if expression is not None else ()


def _among(column: pd.Series, words: Names) -> np.ndarray:
    """Which texts are one of the words, without regard to case and blanks."""
    wanted = {fold(word) for word in words}
    found = find_texts(column)
    among = np.array([fold(text) in wanted for text in found.values], dtype=bool)
    return np.asarray(among[found.codes])


def _word(words: Words, ref: ValuesRef) -> str:
    return words(Ref(f"raw.{ref.column}"))


def _describe(words: Words, condition: Expression | None) -> str:
    assert condition is not None
    return describe_condition(words, condition)
