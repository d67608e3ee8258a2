"""Functions of numbers, and between numbers and texts."""

from __future__ import annotations

import numpy as np

from cdisc_conv.expr import library
from cdisc_conv.expr.functions.signature import (
    Function,
    number_parameter,
    value_parameter,
)
from cdisc_conv.expr.nodes import Type

NUMBER_FUNCTIONS = (
    Function(
        "number",
        (value_parameter("value"),),
        Type.NUMBER,
        "The number that the text writes (blanks around it, a sign, a decimal point and an exponent are allowed); "
        "missing when the text is anything else.",
        library.read_numbers,
        "{0} as a number",
        (('number(" 12.50 ")', 12.5), ('missing(number("<5"))', True)),
    ),
    Function(
        "text",
        (value_parameter("value"),),
        Type.TEXT,
        "The number in the fewest digits that tell it from every other; whole numbers without a decimal point. Missing "
        "for a missing number.",
        library.write_numbers,
        "{0} as text",
        (("text(12.50)", "12.5"), ("text(3)", "3")),
    ),
    Function(
        "round",
        (number_parameter(), number_parameter("digits", literal=True, optional=True)),
        Type.NUMBER,
        "The number rounded to so many decimal places (none when left out), halves away from zero. A number that is a "
        "half but for the error of binary arithmetic counts as a half, as in SAS.",
        library.round_numbers,
        "{0} rounded{1: (decimal places: {})}",
        (("round(2.345, 2)", 2.35), ("round(-0.5)", -1.0)),
    ),
    Function(
        "floor",
        (number_parameter(),),
        Type.NUMBER,
        "The largest whole number that is not greater.",
        np.floor,
        "{0} rounded down",
        (("floor(2.7)", 2.0),),
    ),
    Function(
        "ceil",
        (number_parameter(),),
        Type.NUMBER,
        "The smallest whole number that is not less.",
        np.ceil,
        "{0} rounded up",
        (("ceil(2.1)", 3.0),),
    ),
    Function(
        "abs",
        (number_parameter(),),
        Type.NUMBER,
        "The number without its sign.",
        np.abs,
        "the absolute value of {0}",
        (("abs(-2)", 2.0),),
    ),
    Function(
        "sqrt",
        (number_parameter(),),
        Type.NUMBER,
        "The square root; missing for a negative number.",
        library.take_root,
        "the square root of {0}",
        (("sqrt(9)", 3.0),),
    ),
    Function(
        "power",
        (number_parameter(), number_parameter("exponent")),
        Type.NUMBER,
        "The number raised to the exponent; missing where that is not a finite number.",
        library.raise_to_power,
        "{0} raised to the power of {1}",
        (("power(2, 3)", 8.0), ("missing(power(0, -1))", True)),
    ),
)
