"""The functions of the expression language: one table that all other modules and the docs read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cdisc_conv.expr import library
from cdisc_conv.expr.nodes import Type
from cdisc_conv.expr.vectors import Value, is_missing, map_distinct

TEXT = frozenset({Type.TEXT})
NUMBER = frozenset({Type.NUMBER})
BOOLEAN = frozenset({Type.BOOLEAN})
VALUE = TEXT | NUMBER


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a function takes at one place.

    `same`: all parameters so marked have one type, which may be any they accept. `literal`: must be written out;
    `regex`: it is a regular expression. `repeats`: any number of further arguments of this kind may follow.
    """

    name: str
    accepts: frozenset[Type]
    same: bool = False
    literal: bool = False
    optional: bool = False
    repeats: bool = False
    regex: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """One function. `returns` is None where it is the type of the `same` parameters.

    `words` says it in English, with {0}, {1} for the arguments and {all} for all of them; `negative` says the opposite.
    `examples` are pairs of an expression and its value.
    """

    name: str
    parameters: tuple[Parameter, ...]
    returns: Type | None
    doc: str
    compute: Callable[..., Value]
    words: str
    examples: tuple[tuple[str, str | float | bool], ...]
    negative: str = ""

    @property
    def fewest(self) -> int:
        return sum(not parameter.optional for parameter in self.parameters)

    @property
    def most(self) -> int | None:
        return None if self.parameters[-1].repeats else len(self.parameters)

    @property
    def signature(self) -> str:
        """How it is called, optional arguments in brackets.

        >>> FUNCTIONS["substr"].signature, FUNCTIONS["min"].signature
        ('substr(text, start, [length])', 'min(value, ...)')
        """
        shown = [f"[{item.name}]" if item.optional else item.name for item in self.parameters]
        return f"{self.name}({', '.join([*shown, '...'] if self.most is None else shown)})"

    def parameter(self, place: int) -> Parameter:
        """The parameter that the argument at a place, counted from 0, belongs to."""
        return self.parameters[min(place, len(self.parameters) - 1)]


def _text(name: str = "text", **more: bool) -> Parameter:
    return Parameter(name, TEXT, **more)


def _number(name: str = "number", **more: bool) -> Parameter:
    return Parameter(name, NUMBER, **more)


def _value(name: str = "value", **more: bool) -> Parameter:
    return Parameter(name, VALUE, **more)


_WORDS = re.compile(r"[^\W\d_](?:[^\W\d_]|['’])*")


def make_title(text: str) -> str:
    """The text with the first letter of each word in capitals and the others small.

    >>> make_title("AE FOLLOW-UP 2")
    'Ae Follow-Up 2'
    """
    return _WORDS.sub(lambda word: word[0].capitalize(), text)


def _per_value(function: Callable[..., object], returns: Type) -> Callable[..., Value]:
    return lambda *arguments: map_distinct(function, arguments, returns)


_TEXT_FUNCTIONS = (
    Function(
        "upper",
        (_text(),),
        Type.TEXT,
        "The text in capital letters.",
        _per_value(str.upper, Type.TEXT),
        "{0} in upper case",
        (('upper("mild")', "MILD"),),
    ),
    Function(
        "lower",
        (_text(),),
        Type.TEXT,
        "The text in small letters.",
        _per_value(str.lower, Type.TEXT),
        "{0} in lower case",
        (('lower("MILD")', "mild"),),
    ),
    Function(
        "title",
        (_text(),),
        Type.TEXT,
        "The text with the first letter of each word in capitals and the others small.",
        _per_value(make_title, Type.TEXT),
        "{0} in title case",
        (('title("UNSCHEDULED 1.1")', "Unscheduled 1.1"), ('title("patient\'s follow-up")', "Patient's Follow-Up")),
    ),
    Function(
        "trim",
        (_text(),),
        Type.TEXT,
        "The text without blanks at its ends.",
        _per_value(str.strip, Type.TEXT),
        "{0} without leading and trailing blanks",
        (('trim("  10 mg ")', "10 mg"),),
    ),
    Function(
        "length",
        (_text(),),
        Type.NUMBER,
        "How many characters the text has; 0 when it is missing.",
        _per_value(len, Type.NUMBER),
        "the number of characters of {0}",
        (('length("10 mg")', 5.0),),
    ),
    Function(
        "substr",
        (_text(), _number("start"), _number("length", optional=True)),
        Type.TEXT,
        "Part of the text from character `start`, counted from 1, to the end or over `length` characters. Missing "
        "when `start` is missing or less than 1, or `length` is missing or negative.",
        _per_value(library.cut_text, Type.TEXT),
        "the part of {0} from character {1}{2:, of length {}}",
        (('substr("2022-03-01", 1, 4)', "2022"), ('substr("701-1015", 5)', "1015")),
    ),
    Function(
        "word",
        (_text(), _number("n")),
        Type.TEXT,
        "The n-th of the words that blanks separate; -1 is the last. Missing when there is none.",
        _per_value(library.pick_word, Type.TEXT),
        "word {1} of {0}",
        (('word("Mild Adverse Event", 1)', "Mild"), ('word("Mild Adverse Event", -1)', "Event")),
    ),
    Function(
        "concat",
        (_value(repeats=True),),
        Type.TEXT,
        "The values joined without anything between them; a missing one adds nothing, a number is written like `text`.",
        library.join_texts,
        "{all} joined",
        (('concat("701", "-", "1015")', "701-1015"), ('concat("C", 2)', "C2")),
    ),
    Function(
        "replace",
        (_text(), _text("old"), _text("new")),
        Type.TEXT,
        "The text with every `old` in it made `new`.",
        _per_value(library.replace_text, Type.TEXT),
        "{0} with {1} replaced by {2}",
        (('replace("10,5", ",", ".")', "10.5"),),
    ),
    Function(
        "starts_with",
        (_text(), _text("start")),
        Type.BOOLEAN,
        "Whether the text begins with `start`; false when either is missing.",
        _per_value(library.starts_with, Type.BOOLEAN),
        "{0} starts with {1}",
        (('starts_with("C1D1", "C1")', True),),
        "{0} does not start with {1}",
    ),
    Function(
        "ends_with",
        (_text(), _text("end")),
        Type.BOOLEAN,
        "Whether the text ends with `end`; false when either is missing.",
        _per_value(library.ends_with, Type.BOOLEAN),
        "{0} ends with {1}",
        (('ends_with("C1D1", "D1")', True),),
        "{0} does not end with {1}",
    ),
    Function(
        "contains",
        (_text(), _text("part")),
        Type.BOOLEAN,
        "Whether `part` stands anywhere in the text, letter case mattering; false when either is missing.",
        _per_value(library.contains, Type.BOOLEAN),
        "{0} contains {1}",
        (('contains("LIVER, LEFT", "LIVER")', True),),
        "{0} does not contain {1}",
    ),
    Function(
        "matches",
        (_text(), _text("pattern", literal=True)),
        Type.BOOLEAN,
        "Whether the whole text fits the pattern, in which `*` stands for any characters (or none), `?` for exactly "
        "one, and everything else for itself; false when the text is missing.",
        library.match_pattern,
        "{0} has the form {1}",
        (('matches("UN-MAR-2022", "UN-???-????")', True), ('matches("Mild Adverse Event", "Mild*")', True)),
        "{0} does not have the form {1}",
    ),
)

_NUMBER_FUNCTIONS = (
    Function(
        "match",
        (_text(), _text("pattern", literal=True, regex=True)),
        Type.BOOLEAN,
        "Whether some place of the text fits the regular expression (RE2); false when the text is missing.",
        library.find_regex,
        "{0} has a place that fits the regular expression {1}",
        (('match("took 2 tablets", "[0-9]+ tab")', True), ('match("Grade 3", "^[0-9]")', False)),
        "{0} has no place that fits the regular expression {1}",
    ),
    Function(
        "extract",
        (_text(), _text("pattern", literal=True, regex=True)),
        Type.TEXT,
        "What fits the regular expression (RE2) first: its first group in parentheses, or all of it where it has none. "
        "Missing where nothing fits.",
        library.extract_regex,
        "the part of {0} that fits the regular expression {1}",
        (('extract("10.5 mg daily", "[0-9.]+")', "10.5"), ('extract("10.5 mg daily", "[0-9.]+ *([a-z]+)")', "mg")),
    ),
    Function(
        "part",
        (_text(), _text("separator"), _number("n")),
        Type.TEXT,
        "The n-th of the parts that `separator` parts, without blanks around it; -1 is the last. Blank parts do not "
        "count. Missing when there is none.",
        _per_value(library.pick_part, Type.TEXT),
        "part {2} of {0}, parted by {1}",
        (('part("Asian | White", "|", 2)', "White"), ('part("a;b;c", ";", -1)', "c")),
    ),
    Function(
        "parts",
        (_text(), _text("separator")),
        Type.NUMBER,
        "How many parts a text has that `separator` parts; blank parts do not count.",
        _per_value(library.count_parts, Type.NUMBER),
        "the number of parts of {0}, parted by {1}",
        (('parts("Asian | White", "|")', 2.0), ('parts("", "|")', 0.0)),
    ),
    Function(
        "number",
        (_value("value"),),
        Type.NUMBER,
        "The number that the text writes (blanks around it, a sign, a decimal point and an exponent are allowed); "
        "missing when the text is anything else.",
        library.read_numbers,
        "{0} as a number",
        (('number(" 12.50 ")', 12.5), ('missing(number("<5"))', True)),
    ),
    Function(
        "text",
        (_value("value"),),
        Type.TEXT,
        "The number in the fewest digits that tell it from every other; whole numbers without a decimal point. Missing "
        "for a missing number.",
        library.write_numbers,
        "{0} as text",
        (("text(12.50)", "12.5"), ("text(3)", "3")),
    ),
    Function(
        "round",
        (_number(), _number("digits", literal=True, optional=True)),
        Type.NUMBER,
        "The number rounded to so many decimal places (none when left out), halves away from zero. A number that is a "
        "half but for the error of binary arithmetic counts as a half, as in SAS.",
        library.round_numbers,
        "{0} rounded{1: (decimal places: {})}",
        (("round(2.345, 2)", 2.35), ("round(-0.5)", -1.0)),
    ),
    Function(
        "floor",
        (_number(),),
        Type.NUMBER,
        "The largest whole number that is not greater.",
        np.floor,
        "{0} rounded down",
        (("floor(2.7)", 2.0),),
    ),
    Function(
        "ceil",
        (_number(),),
        Type.NUMBER,
        "The smallest whole number that is not less.",
        np.ceil,
        "{0} rounded up",
        (("ceil(2.1)", 3.0),),
    ),
    Function(
        "abs",
        (_number(),),
        Type.NUMBER,
        "The number without its sign.",
        np.abs,
        "the absolute value of {0}",
        (("abs(-2)", 2.0),),
    ),
    Function(
        "sqrt",
        (_number(),),
        Type.NUMBER,
        "The square root; missing for a negative number.",
        library.take_root,
        "the square root of {0}",
        (("sqrt(9)", 3.0),),
    ),
    Function(
        "power",
        (_number(), _number("exponent")),
        Type.NUMBER,
        "The number raised to the exponent; missing where that is not a finite number.",
        library.raise_to_power,
        "{0} raised to the power of {1}",
        (("power(2, 3)", 8.0), ("missing(power(0, -1))", True)),
    ),
)

_DATE_FUNCTIONS = (
    Function(
        "date",
        (_text("iso"),),
        Type.TEXT,
        "The date of an ISO 8601 date and time, with the precision it has; of an interval, what its two ends share. "
        "Missing when nothing of the date is known, and for a text that is no date.",
        library.cut_dates,
        "the date part of {0}",
        (('date("2022-03-01T10:30")', "2022-03-01"), ('date("2022-03")', "2022-03")),
    ),
    Function(
        "year",
        (_text("iso"),),
        Type.NUMBER,
        "The year of an ISO 8601 date, which may be partial; missing when unknown.",
        library.read_years,
        "the year of {0}",
        (('year("2022-03")', 2022.0),),
    ),
    Function(
        "month",
        (_text("iso"),),
        Type.NUMBER,
        "The month, 1 to 12, of an ISO 8601 date, which may be partial; missing when unknown.",
        library.read_months,
        "the month of {0}",
        (('month("2022-03")', 3.0),),
    ),
    Function(
        "days_between",
        (_text("start"), _text("end")),
        Type.NUMBER,
        "How many days the date of `end` is after the date of `start`: 0 for the same day, negative when it is "
        "earlier. Times of day are left out; missing unless both dates are complete.",
        library.count_days,
        "the number of days from {0} to {1}",
        (('days_between("2022-02-28", "2022-03-01T08:00")', 1.0),),
    ),
    Function(
        "add_days",
        (_text("iso"), _number("days")),
        Type.TEXT,
        "The date so many days after an ISO 8601 date, or before it when `days` is negative. A time of day is left "
        "out; missing unless the date is complete and `days` a whole number.",
        library.move_dates,
        "the date {1} days after {0}",
        (('add_days("2022-02-28", 1)', "2022-03-01"), ('add_days("2022-03-01T08:00", -1)', "2022-02-28")),
    ),
)

_CHOICE_FUNCTIONS = (
    Function(
        "missing",
        (_value(),),
        Type.BOOLEAN,
        'Whether the value is missing: a text "", or a number that is not there.',
        is_missing,
        "{0} is missing",
        (('missing("")', True), ('missing("NA")', False)),
        "{0} is not missing",
    ),
    Function(
        "coalesce",
        (_value(same=True, repeats=True),),
        None,
        "The first value that is not missing; missing when all are.",
        library.take_first,
        "the first of {all} that is not missing",
        (('coalesce("", "MODERATE")', "MODERATE"),),
    ),
    Function(
        "if",
        (Parameter("condition", BOOLEAN), _value("yes", same=True), _value("no", same=True)),
        None,
        '`yes` where the condition is true, else `no`. A "" among numbers is a missing number.',
        library.choose,
        "{1} if {0}, otherwise {2}",
        (('if(2 > 1, "LATE", "EARLY")', "LATE"),),
    ),
    Function(
        "min",
        (_value(same=True, repeats=True),),
        None,
        "The least value (of texts, the first in text order), missing ones left out; missing when all are.",
        library.take_least,
        "the least of {all} that is not missing",
        (("min(3, 1, 2)", 1.0), ('min("2022-03-01", "")', "2022-03-01")),
    ),
    Function(
        "max",
        (_value(same=True, repeats=True),),
        None,
        "The greatest value (of texts, the last in text order), missing ones left out; missing when all are.",
        library.take_greatest,
        "the greatest of {all} that is not missing",
        (("max(3, 1, 2)", 3.0),),
    ),
)

TOPICS: dict[str, tuple[Function, ...]] = {
    "Text": _TEXT_FUNCTIONS,
    "Numbers": _NUMBER_FUNCTIONS,
    "Dates": _DATE_FUNCTIONS,
    "Missing values and choices": _CHOICE_FUNCTIONS,
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
