"""Unit conversions: well-known values, and the table against the terminology."""

import re

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


@pytest.mark.parametrize(
    ("from_unit", "to_unit", "test", "expected"),
    [
        ("x10(9)/L", "10^9/L", "", 1.0),
        ("109/L", "10^9/L", "", 1.0),
        ("10 12/L", "10^12/L", "", 1.0),
        ("E9/L", "10^9/L", "", 1.0),
        ("/nL", "10^9/L", "", 1.0),
        ("103/uL", "10^9/L", "", 1.0),
        ("Units/L", "U/L", "", 1.0),
        ("UI/L", "U/L", "ALT", 1.0),
        ("mval/L", "mmol/L", "CA", 0.5),
        ("mg/24 h", "g/day", "", 0.001),
        ("kg/m^2", "kg/m2", "", 1.0),
        ("um^3", "fL", "", 1.0),
        ("yrs", "MONTHS", "", 12.0),
        ("ng/mL FEU", "mg/L FEU", "", 0.001),
        ("ug/mL FEU", "mg/L FEU", "", 1.0),
    ],
)
def test_units_as_laboratories_spell_them(from_unit: str, to_unit: str, test: str, expected: float) -> None:
    assert UNITS.find(from_unit, to_unit, test).convert(1.0) == expected


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


@pytest.mark.parametrize(
    ("spelling", "unit", "test"),
    [
        ("mg/dl", "mg/dL", ""), ("MG / DL", "mg/dL", ""), ("mg%", "mg/dL", ""), ("mg/100 mL", "mg/dL", ""),
        ("mcg/mL", "ug/mL", ""), ("\u00b5mol/L", "umol/L", ""), ("\u03bcmol/L", "umol/L", ""), ("mM", "mmol/L", ""),
        ("K/uL", "10^9/L", ""), ("K/\u00b5L", "10^9/L", ""), ("THOU/uL", "10^9/L", ""), ("x10E9/L", "10^9/L", ""),
        ("10*9/L", "10^9/L", ""), ("10\u2079/L", "10^9/L", ""), ("10^9 cells/L", "10^9/L", ""), ("G/L", "10^9/L", ""),
        ("G/L", "g/L", ""), ("GI/L", "10^9/L", ""), ("M/uL", "10^12/L", ""), ("cells/uL", "/uL", ""),
        ("IU/L", "U/L", "ALT"), ("mIU/mL", "IU/L", ""), ("uIU/mL", "mIU/L", ""), ("mEq/L", "mmol/L", "SODIUM"),
        ("lbs", "LB", ""), ("Pounds", "LB", ""), ("inches", "in", ""), ("\u00b0F", "F", ""), ("degC", "C", ""),
        ("mm[Hg]", "mmHg", ""), ("bpm", "BEATS/MIN", ""), ("hrs", "HOURS", ""), ("cc", "mL", ""), ("mM", "mM", ""),
        ("mL/min/1.73m2", "mL/min/1.73 m2", ""),
    ],
)  # fmt: skip
def test_spellings_of_laboratories(spelling: str, unit: str, test: str) -> None:
    found = UNITS.find(spelling, unit, test)
    assert (found.factor, found.offset) == (1, 0)


@pytest.mark.parametrize(
    ("from_unit", "to_unit", "test"),
    [
        ("IU/L", "U/L", "INSULIN"),
        ("mEq/L", "mmol/L", "PHOS"),
        ("mM", "cm", ""),
        ("G/L", "10^9/L/day", ""),
        ("10", "L", ""),
    ],
)
def test_spellings_that_mean_something_else(from_unit: str, to_unit: str, test: str) -> None:
    with pytest.raises(UnknownStandardError):
        UNITS.find(from_unit, to_unit, test)


WEIGHTS = {"H": 1.008, "C": 12.011, "N": 14.007, "O": 15.999, "P": 30.974, "S": 32.06, "Co": 58.933, "I": 126.904}
"""IUPAC standard atomic weights, abridged (2021)."""


@pytest.mark.parametrize(
    ("test", "formula"),
    [
        ("GLUC", "C6H12O6"), ("CREAT", "C4H7N3O"), ("BILI", "C33H36N4O6"), ("BILDIR", "C33H36N4O6"),
        ("BILIND", "C33H36N4O6"), ("CHOL", "C27H46O"), ("HDL", "C27H46O"), ("LDL", "C27H46O"), ("VLDL", "C27H46O"),
        ("TRIG", "C57H104O6"), ("UREAN", "N2"), ("UREA", "CH4N2O"), ("URATE", "C5H4N4O3"), ("AMMONIA", "NH3"),
        ("LACTICAC", "C3H6O3"), ("PYRUVATE", "C3H4O3"), ("BHYXBTR", "C4H8O3"), ("CORTISOL", "C21H30O5"),
        ("TESTOS", "C19H28O2"), ("ESTRDIOL", "C18H24O2"), ("PROGEST", "C21H30O2"), ("T4", "C15H11I4NO4"),
        ("T3", "C15H12I3NO4"), ("VITB12", "C63H88CoN14O14P"), ("VITB9", "C19H19N7O6"), ("V25HD3", "C27H44O2"),
        ("HOMOCY", "C4H9NO2S"), ("PHE", "C9H11NO2"), ("TYR", "C9H11NO3"), ("ETHANOL", "C2H6O"), ("PHOS", "P"),
    ],
)  # fmt: skip
def test_molar_factors_follow_from_the_formula(test: str, formula: str) -> None:
    parts = re.findall(r"([A-Z][a-z]?)(\d*)", formula)
    mass = sum(WEIGHTS[element] * int(count or 1) for element, count in parts)
    assert float(UNITS.find("g/L", "mmol/L", test).factor) == pytest.approx(1000 / mass, rel=1e-6)


@pytest.mark.parametrize(
    ("value", "from_unit", "to_unit", "test", "expected"),
    [
        (7.0, "%", "mmol/mol", "HBA1C", 53.0),
        (53.0, "mmol/mol", "%", "HBA1C", 7.0),
        (14.0, "g/dL", "mmol/L", "HGB", 8.7),
        (8.0, "mg/dL", "mEq/L", "CA", 4.0),
        (100.0, "ug/dL", "umol/L", "IRON", 17.9),
    ],
)
def test_conversions_of_one_substance(value: float, from_unit: str, to_unit: str, test: str, expected: float) -> None:
    assert round(UNITS.find(from_unit, to_unit, test).convert(value), 1) == expected
