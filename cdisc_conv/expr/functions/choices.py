"""Functions of missing values, and choices between values."""

from __future__ import annotations

from cdisc_conv.expr import library
from cdisc_conv.expr.functions.signature import BOOLEAN, Function, Parameter, value_parameter
from cdisc_conv.expr.nodes import Type
from cdisc_conv.expr.vectors import is_missing

CHOICE_FUNCTIONS = (
    Function(
        "missing",
        (value_parameter(),),
        Type.BOOLEAN,
        'Whether the value is missing: a text "", or a number that is not there.',
        is_missing,
        "{0} is missing",
        (('missing("")', True), ('missing("NA")', False)),
        "{0} is not missing",
    ),
    Function(
        "coalesce",
        (value_parameter(same=True, repeats=True),),
        None,
        "The first value that is not missing; missing when all are.",
        library.take_first,
        "the first of {all} that is not missing",
        (('coalesce("", "MODERATE")', "MODERATE"),),
    ),
    Function(
        "if",
        (Parameter("condition", BOOLEAN), value_parameter("yes", same=True), value_parameter("no", same=True)),
        None,
        '`yes` where the condition is true, else `no`. A "" among numbers is a missing number.',
        library.choose,
        "{1} if {0}, otherwise {2}",
        (('if(2 > 1, "LATE", "EARLY")', "LATE"),),
    ),
    Function(
        "min",
        (value_parameter(same=True, repeats=True),),
        None,
        "The least value (of texts, the first in text order), missing ones left out; missing when all are.",
        library.take_least,
        "the least of {all} that is not missing",
        (("min(3, 1, 2)", 1.0), ('min("2022-03-01", "")', "2022-03-01")),
    ),
    Function(
        "max",
        (value_parameter(same=True, repeats=True),),
        None,
        "The greatest value (of texts, the last in text order), missing ones left out; missing when all are.",
        library.take_greatest,
        "the greatest of {all} that is not missing",
        (("max(3, 1, 2)", 3.0),),
    ),
)
