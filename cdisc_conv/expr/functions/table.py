"""All functions of the expression language: one table that all other modules and the docs read."""

from __future__ import annotations

from cdisc_conv.expr.functions.choices import CHOICE_FUNCTIONS
from cdisc_conv.expr.functions.dates import DATE_FUNCTIONS
from cdisc_conv.expr.functions.numbers import NUMBER_FUNCTIONS
from cdisc_conv.expr.functions.signature import Function
from cdisc_conv.expr.functions.texts import TEXT_FUNCTIONS

TOPICS: dict[str, tuple[Function, ...]] = {
    "Text": TEXT_FUNCTIONS,
    "Numbers": NUMBER_FUNCTIONS,
    "Dates": DATE_FUNCTIONS,
    "Missing values and choices": CHOICE_FUNCTIONS,
}

FUNCTIONS: dict[str, Function] = {function.name: function for topic in TOPICS.values() for function in topic}

ELSEWHERE: dict[str, str] = {
    "upcase": "upper", "toupper": "upper", "lowcase": "lower", "tolower": "lower", "propcase": "title",
    "str_to_title": "title", "strip": "trim", "trimws": "trim",
    "len": "length", "nchar": "length", "substring": "substr", "mid": "substr", "scan": "word", "cats": "concat",
    "paste": "concat", "paste0": "concat", "join": "concat", "tranwrd": "replace", "index": "contains",
    "find": "contains",
    "like": "matches", "input": "number", "float": "number", "int": "number", "put": "text", "str": "text",
    "is_missing": "missing", "isnull": "missing", "is_null": "missing", "isna": "missing", "ifelse": "if", "ifn": "if",
    "ifc": "if", "iif": "if", "coalescec": "coalesce", "pow": "power", "datepart": "date", "datediff": "days_between",
    "days": "days_between", "intck": "days_between", "intnx": "add_days", "dateadd": "add_days",
}  # fmt: skip
"""What functions of other languages are called here, for the hint."""
