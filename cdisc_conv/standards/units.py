"""Conversion of laboratory and vital sign units, from a table of facts."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, cached_property
from typing import Any, TypeVar, cast

from cdisc_conv.standards.files import DATA, UnknownStandardError
from cdisc_conv.standards.unit_names import fold_unit, index_units, read_unit

Numbers = TypeVar("Numbers", bound=Any)


@dataclass(frozen=True, slots=True)
class Conversion:
    """``to = from * factor + offset``, with exact factor and offset.

    ``test`` is the --TESTCD of the one substance that the conversion holds for; empty when it holds for all.
    """

    from_unit: str
    to_unit: str
    factor: Fraction = Fraction(1)
    offset: Fraction = Fraction(0)
    test: str = ""

    def convert(self, values: Numbers) -> Numbers:
        """Convert a number or an array of numbers.

        Multiplied by whole numbers and divided once, so that a result is rounded as seldom as can be.

        >>> load_units().find("F", "C").convert(98.6)
        37.0
        """
        denominator = self.factor.denominator * self.offset.denominator
        multiplier, shift = float(self.factor * denominator), float(self.offset * denominator)
        return cast(Numbers, (values * multiplier + shift) / float(denominator))

    def convert_exactly(self, value: Fraction) -> Fraction:
        """Convert a number without rounding.

        >>> str(load_units().find("F", "C").convert_exactly(Fraction("100.4")))
        '38'
        """
        return value * self.factor + self.offset

    def then(self, following: Conversion) -> Conversion:
        """This conversion and another one behind it."""
        offset = self.offset * following.factor + following.offset
        return Conversion(self.from_unit, following.to_unit, self.factor * following.factor, offset, self.test)

    def invert(self) -> Conversion:
        """The way back."""
        return Conversion(self.to_unit, self.from_unit, 1 / self.factor, -self.offset / self.factor, self.test)


@dataclass(frozen=True)
class Units:
    """The table of conversions, each also the other way round."""

    conversions: tuple[Conversion, ...]

    @cached_property
    def spellings(self) -> Mapping[str, tuple[str, ...]]:
        """The units of the table by their spellings; see `unit_names`."""
        return index_units(unit for one in self.conversions for unit in (one.from_unit, one.to_unit))

    def find(self, from_unit: str, to_unit: str, test: str = "") -> Conversion:
        """The conversion between two units, over other units of the table where it has to be.

        Args:
            from_unit, to_unit: units as CDISC terminology spells them, or as laboratories do (``mg/dl``, ``K/uL``).
            test: --TESTCD, for conversions that hold for one substance only (mg/dL to mmol/L).

        Raises:
            UnknownStandardError: the table does not know the way.

        >>> load_units().find("in", "cm").convert(70.0)
        177.8
        >>> round(load_units().find("mg/dl", "µmol/L", test="CREAT").convert(1.0), 1)
        88.4
        """
        usable = [conversion for conversion in self.conversions if conversion.test in ("", test)]
        starts, goals = read_unit(from_unit, self.spellings), read_unit(to_unit, self.spellings)
        waiting = deque(Conversion(from_unit, start, test=test) for start in starts)
        seen = set(starts)
        while waiting:
            way = waiting.popleft()
            if way.to_unit in goals:
                return replace(way, to_unit=to_unit)
            for step in usable:
                if step.from_unit == way.to_unit and step.to_unit not in seen:
                    seen.add(step.to_unit)
                    waiting.append(way.then(step))
        substance = f" for {test}" if test else ""
        raise UnknownStandardError(f"no conversion from {from_unit} to {to_unit}{substance} in the table of units")

    def knows(self, unit: str) -> bool:
        """Whether a spelling means a unit of the table."""
        return fold_unit(unit) in self.spellings

    def list_tests(self, from_unit: str, to_unit: str) -> tuple[str, ...]:
        """The tests for which a conversion between two units is known, where it depends on the test."""
        tests = dict.fromkeys(one.test for one in self.conversions if one.test)
        return tuple(test for test in tests if self._can_convert(from_unit, to_unit, test))

    def _can_convert(self, from_unit: str, to_unit: str, test: str) -> bool:
        try:
            self.find(from_unit, to_unit, test)
        except UnknownStandardError:
            return False
        return True


@cache
def load_units() -> Units:
    """The table of conversions that comes with the package."""
    with (DATA / "units.csv").open(encoding="utf-8", newline="") as lines:
        table = [
            Conversion(
                row["from"], row["to"], _read_fraction(row["factor"]), _read_fraction(row["offset"]), row["test"]
            )
            for row in csv.DictReader(lines)
        ]
    return Units((*table, *(conversion.invert() for conversion in table)))


def _read_fraction(text: str) -> Fraction:
    """A decimal number or the quotient of two, exactly; empty is 0."""
    numerator, _, denominator = text.partition("/")
    return Fraction(numerator or "0") / Fraction(denominator or "1")
