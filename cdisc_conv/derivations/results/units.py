"""Results in standard units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from cdisc_conv.columns.distinct import find_distinct
from cdisc_conv.columns.rows import find_distinct_rows, take_rows
from cdisc_conv.columns.texts import as_text, is_number, repeat_text, text_column
from cdisc_conv.derivations.base import Derivation, Kind, Ref, Rows, Words
from cdisc_conv.derivations.evidence import Each
from cdisc_conv.derivations.findings import report_lost_digits, report_values
from cdisc_conv.derivations.parameters import Parameters, Text
from cdisc_conv.derivations.registry import register
from cdisc_conv.derivations.results.results import Result, ResultKind, parse_result, round_exactly, suggest_number
from cdisc_conv.problems import Problem, ProblemsError, Severity
from cdisc_conv.standards import Conversion, Units, UnknownStandardError, load_units

SHOWN_WORDS = 10


class LiteralUnit(Parameters):
    """A unit written in the mapping: ``{constant: cm}``."""

    constant: Text = Field(description="the unit")


Unit = Ref | LiteralUnit


def read_units(table: Any) -> Units:
    """The package's table of conversions, after those of the study's settings.

    An entry has ``from``, ``to`` and ``factor``, and may have ``offset`` and ``test``: to = from * factor + offset.
    Raises ProblemsError (UNIT003).
    """
    try:
        own = [_read_conversion(entry) for entry in table or ()]
        inverted = [each.invert() for each in own]
    except (AttributeError, KeyError, TypeError, ValueError, ZeroDivisionError):
        message = "the units in the settings of the study cannot be read"
        hint = "they are a list of {from: stone, to: kg, factor: 6.35029318}; the factor is a number and not 0"
        raise ProblemsError([Problem("UNIT003", message, hint=hint)]) from None
    return Units((*own, *inverted, *load_units().conversions))


def _read_conversion(entry: Any) -> Conversion:
    factor, offset = Fraction(str(entry["factor"])), Fraction(str(entry.get("offset", 0)))
    return Conversion(str(entry["from"]), str(entry["to"]), factor, offset, str(entry.get("test", "")))


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one result with its units and test."""

    text: str
    number: float
    unit: str
    trouble: str = ""
    """The code of the finding, or "" where all is well."""


_Key = tuple[str, str, str, str]


@register
class Convert(Derivation):
    """A result in another unit, by a table of conversions.

    In a numeric variable (--STRESN) it is the number; in a text variable (--STRESC) the text with the number in it
    converted: `<5` and `>= 2000` keep their qualifier, a range both its ends, and words such as NEGATIVE, TRACE, 1+ or
    1:80 stay as they are. The numeric result of a qualified result, a range or a word is missing, without
    an error.

    In --STRESN it brings --STRESC along (in --STRESC --STRESN), and --STRESU where `to` is another column: the standard
    unit only beside a result that was converted or already had it, never beside a word. Entries of the mapping for
    them go first.

    The table of the package holds the usual clinical units and the ways laboratories spell them (mg/dl, K/uL, x10E9/L,
    µmol/L, °C); a study adds its own under `units` among its settings (`{from: stone, to: kg, factor: 6.35029318}`),
    and a conversion for one test only (mg/dL to mmol/L) has `test`. Conversions are followed over several steps, in
    exact arithmetic; the result is rounded once, or to `decimals` places, halves away from zero. A text that does not
    change stays as it is written.

    A text that begins like a number and is none (`1,5`, `10 000`) is an error finding (NUM001), one of more digits than
    a number holds a warning (NUM002), results in words a note (NUM003). A pair of units that the table does not know is
    an error (UNIT001), and so is a number with only one of the two units (UNIT002); both results are then missing. A
    result without any unit stays as it is.

    | VSORRES | VSORRESU | `to` | VSSTRESC | VSSTRESN | VSSTRESU |
    |---|---|---|---|---|---|
    | `70` | `in` | `cm` | `177.8` | 177.8 | `cm` |
    | `<5` | `in` | `cm` | `<12.7` | missing | `cm` |
    | `UNKNOWN` | `in` | `cm` | `UNKNOWN` | missing, NUM003 | missing |
    | `1,72` | `m` | `cm` | `1,72` | missing, NUM001 | missing |

    ```yaml
    LBSTRESN: {convert: {value: LBORRES, from: LBORRESU, to: STANDARD, test: LBTESTCD}}
    ```

    Source: SDTMIG 3.4 section 4.5.1 (original and standardized results); UCUM for the factors, IUPAC standard atomic
    weights (abridged, 2021) for molar masses, NGSP for hemoglobin A1c.
    """

    name: ClassVar[str] = "convert"
    topic: ClassVar[str] = "Findings"
    kind: ClassVar[Kind] = Kind.ANY

    value: Ref = Field(description="the column with the result")
    unit: Unit = Field(alias="from", description="the column with its unit, or {constant: cm}")
    to: Unit = Field(description="the column with the unit wanted, or {constant: cm}")
    test: Ref | None = Field(None, description="the column with the test code, for conversions of one test only")
    decimals: int | None = Field(None, ge=0, le=15, description="decimal places to round to")

    def makes_numbers(self, is_number: Callable[[str], bool]) -> bool:
        return True

    def companions(self, variable: str) -> dict[str, Derivation]:
        parts: dict[str, Literal["number", "text", "unit"]] = {"STRESN": "number", "STRESC": "text", "STRESU": "unit"}
        own = next((end for end in ("STRESN", "STRESC") if variable.endswith(end) and variable != end), "")
        if not own:
            return {}
        parameters = {name: getattr(self, name) for name in Convert.model_fields}
        brought = {variable.removesuffix(own) + end: part for end, part in parts.items() if end != own}
        return {name: ConvertedPart(**parameters, part=part) for name, part in brought.items() if name != self.to}

    def derive(self, rows: Rows) -> pd.Series:
        codes, outcomes = self._convert(rows, report=True)
        if rows.numeric:
            return _spread(codes, [one.number for one in outcomes])
        return _spread_texts(codes, [one.text for one in outcomes])

    def _convert(self, rows: Rows, report: bool) -> tuple[np.ndarray, list[_Outcome]]:
        """The number of its outcome per row, and the outcomes: one for each combination of result, units and test."""
        if not len(rows):
            return np.empty(0, dtype=np.int64), []
        values = rows[self.value]
        test = as_text(rows[self.test]) if self.test else repeat_text("", len(rows))
        columns = [as_text(values), self._read_unit(rows, self.unit), self._read_unit(rows, self.to), test]
        codes, distinct = find_distinct_rows(columns)
        keys: list[_Key] = list(zip(*(column.tolist() for column in distinct), strict=True))
        results = {text: parse_result(text) for text in dict.fromkeys(key[0] for key in keys)}
        find = _Finder(read_units(rows.setting("units")))
        outcomes = [self._convert_one(results[key[0]], key, find) for key in keys]
        if report:
            self._report(rows, codes, keys, [results[key[0]] for key in keys], outcomes, find)
            number = rows.variable if rows.numeric else _name_number(rows.variable)
            if number and not is_number(values):
                report_lost_digits(rows, find_distinct(values), self.value, number)
        return codes, outcomes

    def _convert_one(self, result: Result, key: _Key, find: Callable[[_Key], Conversion | None]) -> _Outcome:
        _, unit, to, _ = key
        if result.kind is ResultKind.MISSING:
            return _Outcome("", np.nan, "")
        if not result.numbers:
            wrong = result.kind is ResultKind.UNREADABLE
            return _Outcome(result.text, np.nan, "", "NUM001" if wrong else "NUM003")
        if unit != to and not (unit and to):
            return _Outcome("", np.nan, "", "UNIT002")
        conversion = find(key) if unit != to else Conversion(unit, to)
        if conversion is None:
            return _Outcome("", np.nan, "", "UNIT001")

        def convert(number: Fraction) -> Fraction:
            made = conversion.convert_exactly(number)
            return made if self.decimals is None else round_exactly(made, self.decimals)

        try:
            text = result.change(convert)
            number = float(convert(Fraction(result.numbers[0]))) if result.kind is ResultKind.NUMBER else np.nan
        except OverflowError:
            return _Outcome(result.text, np.nan, "", "NUM001")
        return _Outcome(text, number, to)

    def _report(
        self,
        rows: Rows,
        codes: np.ndarray,
        keys: list[_Key],
        results: list[Result],
        outcomes: list[_Outcome],
        find: _Finder,
    ) -> None:
        left = f"{rows.variable} is left missing" if rows.numeric else f"{rows.variable} keeps the text"
        troubles = np.array([one.trouble for one in outcomes])

        def describe(text: str) -> tuple[str, str]:
            return f"'{text}' is not a number; {left}", suggest_number(text)

        texts = text_column(result.text for result in results)
        whole, distinct = find_distinct_rows([texts])
        bad = np.zeros(len(distinct[0]), dtype=bool)
        bad[whole[troubles == "NUM001"]] = True
        report_values(rows, "NUM001", whole[codes], distinct[0], bad, describe, field=self.value, once=True)
        if rows.numeric and (in_words := troubles == "NUM003").any():
            rows.report(
                "NUM003",
                f"results in words leave {{variable}} missing: {{words:{SHOWN_WORDS}...}}",
                where=in_words[codes],
                severity=Severity.NOTE,
                field=self.value,
                parameters={"variable": rows.variable, "words": Each(take_rows(texts, codes))},
            )
        self._report_units(rows, codes, keys, troubles, find)

    def _report_units(
        self, rows: Rows, codes: np.ndarray, keys: list[_Key], troubles: np.ndarray, find: _Finder
    ) -> None:
        """One finding per pair of units and test without a way, in the order of the records."""
        field = self.unit if isinstance(self.unit, Ref) else ""
        groups: dict[tuple[str, ...], list[int]] = {}
        for number, (trouble, key) in enumerate(zip(troubles.tolist(), keys, strict=True)):
            if trouble.startswith("UNIT"):
                groups.setdefault((trouble, *key[1:]), []).append(number)
        for (trouble, unit, to, test), numbers in groups.items():
            where = np.isin(codes, numbers)
            left = f"{rows.variable} is left missing"
            if trouble == "UNIT002":
                lacking = "no unit" if not unit else f"the unit {unit}, but there is no unit to convert to"
                message = f"the result{f' of {test}' if test else ''} has {lacking}; {left}"
                rows.report(
                    "UNIT002", message, where=where, severity=Severity.ERROR, field=field, once=f"{unit}/{to}/{test}"
                )
                continue
            substance = f" for {test}" if test else ""
            message = f"no conversion is known from {unit} to {to}{substance}; {left}"
            rows.report("UNIT001", message, where=where, severity=Severity.ERROR, field=field, value=unit,
                        hint=find.suggest(unit, to, test), once=f"{unit}/{to}/{test}")  # fmt: skip

    def _read_unit(self, rows: Rows, unit: Unit) -> pd.Series:
        return as_text(rows[unit]) if isinstance(unit, Ref) else repeat_text(unit.constant, len(rows))

    def method(self, words: Words) -> str:
        value = words(self.value)
        if words.variable.endswith("C"):
            return (
                f"{value} with the numbers in it converted{self._say_how(words)} A qualifier such as < is kept, words "
                f"stay as they are. Missing where {value} is missing, or its unit cannot be converted."
            )
        return (
            f"{value} as a number, converted{self._say_how(words)} Missing where {value} is missing or no number, or "
            f"its unit cannot be converted."
        )

    def _say_how(self, words: Words) -> str:
        source, target = (words(unit) if isinstance(unit, Ref) else unit.constant for unit in (self.unit, self.to))
        test = f" and test ({words(self.test)})" if self.test else ""
        places = "place" if self.decimals == 1 else "places"
        rounding = (
            "" if self.decimals is None else f" Rounded to {self.decimals} decimal {places}, halves away from zero."
        )
        return (
            f" from the unit {source} to the unit {target} by the fixed factor (and offset, for temperatures) of each "
            f"pair of units{test}; unchanged where the units are equal.{rounding}"
        )


class ConvertedPart(Convert):
    """What comes along with a converted result: its number, its text, or its unit."""

    part: Literal["number", "text", "unit"] = Field(description="what it holds")

    def makes_numbers(self, is_number: Callable[[str], bool]) -> bool:
        return self.part == "number"

    def companions(self, variable: str) -> dict[str, Derivation]:
        return {}

    def derive(self, rows: Rows) -> pd.Series:
        codes, outcomes = self._convert(rows, report=False)
        if self.part == "number":
            return _spread(codes, [one.number for one in outcomes])
        return _spread_texts(codes, [one.text if self.part == "text" else one.unit for one in outcomes])

    def method(self, words: Words) -> str:
        if self.part != "unit":
            return super().method(words)
        target = words(self.to) if isinstance(self.to, Ref) else self.to.constant
        value = words(self.value)
        return f"{target} where {value} holds a number that has this unit or was converted to it; else missing."


def _name_number(variable: str) -> str:
    """The number beside a text: --STRESN of --STRESC."""
    return f"{variable[:-1]}N" if variable.endswith("STRESC") else ""


class _Finder:
    """The conversions of a table, each looked up once."""

    def __init__(self, table: Units) -> None:
        self._table = table
        self._known: dict[tuple[str, ...], Conversion | None] = {}

    def __call__(self, key: _Key) -> Conversion | None:
        pair = key[1:]
        if pair not in self._known:
            try:
                self._known[pair] = self._table.find(*pair)
            except UnknownStandardError:
                self._known[pair] = None
        return self._known[pair]

    def suggest(self, unit: str, to: str, test: str) -> str:
        """What to do about a pair of units without a way."""
        tests = self._table.list_tests(unit, to)
        add = "add the conversion under 'units' in the settings of the study"
        if tests and not test:
            return (
                f"it depends on the test: name the column with the test code in 'test' (known for {', '.join(tests)})"
            )
        if tests:
            return f"it depends on the test, and is known for {', '.join(tests)}; for {test}, {add}"
        strange = [name for name in (unit, to) if not self._table.knows(name)]
        return (
            f"{' and '.join(strange)} is not in the table of units: correct it, or {add}"
            if strange
            else (f"correct the unit, or {add}")
        )


def _spread(codes: np.ndarray, numbers: list[float]) -> pd.Series:
    return pd.Series(np.array(numbers, dtype=np.float64)[codes])


def _spread_texts(codes: np.ndarray, texts: list[str]) -> pd.Series:
    return take_rows(text_column(texts), codes)
