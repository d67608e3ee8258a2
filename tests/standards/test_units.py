"""Unit conversions: well-known values, and the table against the terminology."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.standards import UnknownStandardError, load_terminology, load_units

UNITS = load_units()


@pytest.mark.parametrize(
    ("value", "from_unit", "to_unit", "test", "expected"),
    [
        (70.0, "in", "cm", "", 177.8),
        (100.0, "LB", "kg", "", 45.359237),
        (98.6, "F", "C", "", 37.0),
        (37.0, "C", "F", "", 98.6),
        (25.0, "cm", "mm", "", 250.0),
        (1.5, "g", "mg", "", 1500.0),
        (1.7, "m", "cm", "", 170.0),
        (2.0, "WEEKS", "DAYS", "", 14.0),
        (7500.0, "/uL", "10^9/L", "", 7.5),
        (14.2, "g/dL", "g/L", "", 142.0),
        (60.0, "U/L", "ukat/L", "", 1.0),
        (5.0, "mg", "mg", "", 5.0),
    ],
)
def test_convert(value: float, from_unit: str, to_unit: str, test: str, expected: float) -> None:
    assert UNITS.find(from_unit, to_unit, test).convert(value) == expected


@pytest.mark.parametrize(
    ("value", "from_unit", "to_unit", "test", "expected"),
    [
        (90.0, "mg/dL", "mmol/L", "GLUC", 4.996),
        (1.0, "mg/dL", "umol/L", "CREAT", 88.402),
        (1.0, "mg/dL", "umol/L", "BILI", 17.104),
        (10.0, "mmol/L", "mg/L", "CA", 400.78),
        (120.0, "mmHg", "kPa", "", 15.999),
    ],
)
def test_convert_by_substance(value: float, from_unit: str, to_unit: str, test: str, expected: float) -> None:
    assert round(UNITS.find(from_unit, to_unit, test).convert(value), 3) == expected


def test_convert_a_column_keeps_missing_values() -> None:
    found = UNITS.find("in", "cm").convert(np.array([60.0, np.nan]))
    np.testing.assert_array_equal(found, [152.4, np.nan])


@given(st.sampled_from(UNITS.conversions), st.floats(0.001, 1000))
def test_there_and_back(conversion: object, value: float) -> None:
    there = UNITS.find(conversion.from_unit, conversion.to_unit, conversion.test)  # type: ignore[attr-defined]
    assert there.invert().convert(there.convert(value)) == pytest.approx(value, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("from_unit", "to_unit", "test"), [("kg", "cm", ""), ("mg/dL", "mmol/L", ""), ("qq", "cm", "")]
)
def test_no_conversion(from_unit: str, to_unit: str, test: str) -> None:
    with pytest.raises(UnknownStandardError) as error:
        UNITS.find(from_unit, to_unit, test)
    assert str(error.value) == f"no conversion from {from_unit} to {to_unit} in the table of units"


def test_no_conversion_for_a_substance() -> None:
    with pytest.raises(UnknownStandardError) as error:
        UNITS.find("mg/dL", "mmol/L", "ALB")
    assert str(error.value) == "no conversion from mg/dL to mmol/L for ALB in the table of units"


def test_every_unit_means_a_term_of_the_terminology() -> None:
    codelist = load_terminology("sdtm", "2025-03-28").codelist("UNIT")
    units = {unit for conversion in UNITS.conversions for unit in (conversion.from_unit, conversion.to_unit)}
    assert {unit for unit in units if codelist.find(unit) is None} == set()


def test_every_test_is_a_laboratory_test() -> None:
    tests = {conversion.test for conversion in UNITS.conversions if conversion.test}
    assert tests <= load_terminology("sdtm", "2025-03-28").codelist("LBTESTCD").values
