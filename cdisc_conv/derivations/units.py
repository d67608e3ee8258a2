"""Results in standard units."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from pydantic import Field

from cdisc_conv.columns.distinct import find_distinct, find_distinct_rows
from cdisc_conv.derivations.base import Derivation, Kind, Ref, Rows, Words
from cdisc_conv.derivations.findings import report_values
from cdisc_conv.derivations.numbers import as_numbers
from cdisc_conv.derivations.parameters import Parameters, Text
from cdisc_conv.derivations.registry import register
from cdisc_conv.derivations.texts import as_text, is_filled, is_number, repeat_text
from cdisc_conv.expr.library import round_numbers
from cdisc_conv.problems import Problem, ProblemsError, Severity
from cdisc_conv.standards import Conversion, Units, UnknownStandardError, load_units


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


@register
class Convert(Derivation):
    """A result as a number in another unit, by a table of conversions.

    The table of the package holds the usual clinical units; a study adds its own under `units` among its settings
    (`{from: stone, to: kg, factor: 6.35029318}`), and a conversion for one test only (mg/dL to mmol/L) has `test`.
    Conversions are followed over several steps. The result is rounded once, by the arithmetic, or to `decimals` places,
    halves away from zero.

    A result that is no number is an error finding (NUM001), a pair of units that the table does not know UNIT001, and a
    result with only one of the two units UNIT002; the number is then missing. A result without any unit stays as it is.

    | VSORRES | VSORRESU | VSSTRESU | VSSTRESN |
    |---|---|---|---|
    | `70` | `in` | `cm` | 177.8 |
    | `1.72` | `m` | `cm` | 172 |
    | `high` | `cm` | `cm` | missing, NUM001 |

    ```yaml
    VSSTRESN: {convert: {value: VSORRES, from: VSORRESU, to: VSSTRESU, test: VSTESTCD}}
    ```

    Source: SDTMIG 3.4 section 4.5.1 (original and standardized results); UCUM for the factors.
    """

    name: ClassVar[str] = "convert"
    topic: ClassVar[str] = "Findings"
    kind: ClassVar[Kind] = Kind.NUMBER

    value: Ref = Field(description="the column with the result")
    unit: Unit = Field(alias="from", description="the column with its unit, or {constant: cm}")
    to: Unit = Field(description="the column with the unit wanted, or {constant: cm}")
    test: Ref | None = Field(None, description="the column with the test code, for conversions of one test only")
    decimals: int | None = Field(None, ge=0, le=15, description="decimal places to round to")

    def derive(self, rows: Rows) -> pd.Series:
        values = rows[self.value]
        numbers = as_numbers(values).to_numpy()
        if not is_number(values):
            self._report_text(rows, values, numbers)
        test = as_text(rows[self.test]) if self.test else repeat_text("", len(rows))
        if not len(rows):
            return pd.Series(numbers)
        codes, columns = find_distinct_rows([self._read_unit(rows, self.unit), self._read_unit(rows, self.to), test])
        result = numbers.copy()
        table = read_units(rows.setting("units"))
        filled = is_filled(values)
        for number, (unit, to, code) in enumerate(zip(*columns, strict=True)):
            here = (codes == number) & filled
            if unit == to or not here.any():
                continue
            result[here] = self._convert_group(rows, here, numbers[here], table, (unit, to, code))
        return pd.Series(result if self.decimals is None else round_numbers(result, self.decimals))

    def _convert_group(
        self, rows: Rows, here: np.ndarray, numbers: np.ndarray, table: Units, key: tuple[str, str, str]
    ) -> np.ndarray:
        """The numbers of one combination of units and test; missing, and reported, when there is no way."""
        unit, to, test = key
        field = self.unit if isinstance(self.unit, Ref) else ""
        left = f"{rows.variable} is left missing"
        if not unit or not to:
            lacking = "no unit" if not unit else f"the unit {unit}, but there is no unit to convert to"
            rows.report(
                "UNIT002", f"the result has {lacking}; {left}", where=here, severity=Severity.ERROR, field=field
            )
            return np.full(len(numbers), np.nan)
        try:
            return np.asarray(table.find(unit, to, test).convert(numbers), dtype=float)
        except UnknownStandardError:
            substance = f" for {test}" if test else ""
            message = f"no conversion is known from {unit} to {to}{substance}; {left}"
            hint = "correct the unit, or add the conversion under 'units' in the settings of the study"
            rows.report("UNIT001", message, where=here, severity=Severity.ERROR, field=field, value=unit, hint=hint)
            return np.full(len(numbers), np.nan)

    def _report_text(self, rows: Rows, values: pd.Series, numbers: np.ndarray) -> None:
        found = find_distinct(values)
        bad = np.zeros(len(found.values), dtype=bool)
        bad[found.codes[np.isnan(numbers) & is_filled(values)]] = True

        def describe(text: str) -> tuple[str, str]:
            return f"'{text.strip()}' is not a number; {rows.variable} is left missing", ""

        report_values(rows, "NUM001", found.codes, found.values, bad, describe, field=self.value)

    def _read_unit(self, rows: Rows, unit: Unit) -> pd.Series:
        return as_text(rows[unit]) if isinstance(unit, Ref) else repeat_text(unit.constant, len(rows))

    def method(self, words: Words) -> str:
        source, target = (words(unit) if isinstance(unit, Ref) else unit.constant for unit in (self.unit, self.to))
        test = f" and test ({words(self.test)})" if self.test else ""
        rounding = (
            "" if self.decimals is None else f" Rounded to {self.decimals} decimal places, halves away from zero."
        )
        return (
            f"{words(self.value)} as a number, converted from the unit {source} to the unit {target} by the fixed "
            f"factor (and offset, for temperatures) of each pair of units{test}; unchanged where the units are "
            f"equal.{rounding} Missing where {words(self.value)} is missing or no number, or its unit cannot be "
            f"converted."
        )
